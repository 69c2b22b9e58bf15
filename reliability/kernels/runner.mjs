// A process that runs the tests of the kernels against one mutant after the other; see mutate.mjs.
import { dirname } from 'node:path';
import { failureOf, load } from '../inProcess/tests.mjs';
import { swap } from './swap.mjs';

const root = dirname(dirname(import.meta.dirname)),
  files =
    'semantics canary accuracy columns containers companions kernels stream fuzz instances near half gradients labelGradient largest sample spellings'.split(
      ' ',
    );
/** one build; of what walks over all of them in one test, that too */
const simd = /\(simd\)|> (every call of every kind|so does every call|\w+Gradient keeps its bound|the companions give)/;

/** ms that a file took, and how many mutants it has noticed: those first that find most for their time. In a file tests keep their order. */
const took = new Map(),
  noticed = new Map();
const rank = ({ file }) => (took.get(file) ?? 0) / (1 + (noticed.get(file) ?? 0));

async function judge({ from, to }) {
  swap([{ from, code: Buffer.from(to, 'base64') }]);
  let tests;
  try {
    tests = (await load(root, files)).filter(({ id }) => simd.test(id));
  } catch (error) {
    return { passed: 0, killed: { test: 'outside of a test', error: first(error) } };
  }
  const whole = took.size === 0; // the build as it is comes first
  for (const [passed, test] of tests.sort((a, b) => rank(a) - rank(b)).entries()) {
    process.send({ alive: true });
    const start = performance.now(),
      error = await failureOf(test);
    if (whole) took.set(test.file, (took.get(test.file) ?? 0) + performance.now() - start);
    if (error === undefined) continue;
    noticed.set(test.file, (noticed.get(test.file) ?? 0) + 1);
    return { passed, killed: { test: test.id, error: first(error) } };
  }
  return { passed: tests.length, killed: undefined };
}

const first = (error) => String(error.message ?? error).split('\n')[0];

process.on('message', async (mutant) => process.send({ done: true, ...(await judge(mutant)) }));
process.send({ ready: true });
