// A process that runs the tests of the kernels against one module after the other; see mutate.mjs. First one with counters in its
// functions: it tells what each test reaches, and how long it takes. Against a mutant those run that reach its function.
import { readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { counters } from '../arms/arms.mjs';
import { failureOf, load } from '../inProcess/tests.mjs';
import { swap } from './swap.mjs';

const root = dirname(dirname(import.meta.dirname));
/** what needs a flag of Node's, starts processes of its own, or looks at other things than the kernels' results */
const excluded =
  'cli cliFormats cliLarge docs examples hostileMemory long memory modules patch playground proof release site sizes types typesFuzz unzeroed'.split(
    ' ',
  );
const files = readdirSync(join(root, 'test')).flatMap((name) => {
  const [, file] = /^(\w+)\.test\.ts$/.exec(name) ?? [];
  return file === undefined || excluded.includes(file) ? [] : [file];
});
/** the tests that have no part in this build */
const others = /\((relaxed|scalar|js)\)/;

/** of each test the functions that it reaches, and its ms; how many mutants a file has noticed */
let known = new Map();
const noticed = new Map();

/** The tests that reach the function of a mutant: those files first that find most for their time. In a file they keep their order. */
async function judge({ from, to, name }) {
  const tests = await loaded({ from, to });
  if (tests.error) return broken('outside of a test', tests.error);
  const wanted = tests.filter(({ id }) => known.get(id)?.reaches.includes(name)),
    took = new Map();
  for (const { id, file } of wanted) took.set(file, (took.get(file) ?? 0) + known.get(id).ms);
  const rank = ({ file }) => took.get(file) / (1 + (noticed.get(file) ?? 0));
  for (const test of wanted.sort((a, b) => rank(a) - rank(b))) {
    process.send({ alive: true });
    const error = await failureOf(test);
    if (error === undefined) continue;
    noticed.set(test.file, (noticed.get(test.file) ?? 0) + 1);
    return broken(test.id, first(error));
  }
  return {};
}

async function loaded({ from, to, imports }) {
  swap([{ from, code: Buffer.from(to, 'base64'), imports }]);
  try {
    return (await load(root, files)).filter(({ id }) => !others.test(id));
  } catch (error) {
    return { error: first(error) };
  }
}

/** What each test reaches of a module that counts how often its `arms` run. What is reached before the first test, all reach. */
async function survey({ from, to, arms }) {
  const counts = counters(arms),
    tests = await loaded({ from, to, imports: { arms: Object.fromEntries(counts.entries()) } });
  if (tests.error) return broken('outside of a test', tests.error);
  const reached = () => [...new Set(arms.flatMap(({ function: name }, i) => (counts[i].value ? [name] : [])))],
    outside = reached(),
    found = [];
  for (const test of tests) {
    process.send({ alive: true });
    for (const count of counts) count.value = 0;
    const start = performance.now(),
      error = await failureOf(test);
    if (error) return broken(test.id, first(error));
    const ms = performance.now() - start,
      reaches = [...new Set([...outside, ...reached()])];
    if (reaches.length > 0) found.push([test.id, { ms, reaches }]);
  }
  return { tests: found };
}

const broken = (test, error) => ({ killed: { test, error } });

const first = (error) => String(error.message ?? error).split('\n')[0];

process.on('message', async (message) => {
  if (message.tests) known = new Map(message.tests);
  else if (message.arms) process.send({ done: true, ...(await survey(message)) });
  else process.send({ done: true, ...(await judge(message)) });
});
process.on('disconnect', () => process.exit());
process.send({ ready: true });
