// Makes small changes to build/simd.wasm, each alone, and runs the tests of the kernels against it: do they notice?
//   node reliability/mutate.mjs [--count 300] [--seed 1] [--workers 2] [--minutes 60] [--only ID,ID]
// Every operator that comes from assembly/ is as likely as any other; the allocator, which is AssemblyScript's, is left out.
// Writes reliability/results/kernels.json.
import { fork } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { differ } from './kernels/differ.mjs';
import { mutations } from './kernels/mutations.mjs';
import { compiled, edited } from './wasm.mjs';

const { values: given } = parseArgs({
  options: {
    count: { type: 'string', default: '300' },
    seed: { type: 'string', default: '1' },
    workers: { type: 'string', default: '2' },
    minutes: { type: 'string', default: '60' },
    only: { type: 'string' },
  },
});
const PATIENCE = 60_000; // without a word from a test: it hangs

function random(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

const { code, operators } = compiled('simd');

/** Every mutation of every operator, an entry for each operator. */
function candidates() {
  return operators.flatMap((operator) => {
    if (!operator.at.startsWith('assembly/')) return [];
    const { from, to, at } = operator,
      found = mutations(operator, code);
    if (found.length === 0) return [];
    return [
      found.map(({ kind, text, bytes }) => ({
        id: `${from} ${text}`,
        kind,
        text,
        at,
        function: operator.function,
        from,
        to,
        bytes,
      })),
    ];
  });
}

function drawn(all) {
  if (given.only !== undefined) return all.flat().filter(({ id }) => given.only.split(',').includes(id));
  const draw = random(Number(given.seed)),
    left = [...all];
  return Array.from({ length: Math.min(Number(given.count), left.length) }, () => {
    const [of] = left.splice(Math.floor(draw() * left.length), 1);
    return of[Math.floor(draw() * of.length)];
  });
}

/** Runs the tests on one module after the other in a process of its own, which is ended where it hangs. */
function worker() {
  let child;
  const start = () =>
    new Promise((resolve) => {
      child = fork(join(import.meta.dirname, 'kernels/runner.mjs'), {
        execArgv: ['--expose-gc'],
        stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
      });
      child.once('message', resolve);
    });
  const run = async (module) => {
    if (child === undefined) await start();
    return new Promise((resolve) => {
      const finish = (result) => {
        clearTimeout(timer);
        child.removeAllListeners();
        resolve(result);
      };
      const end = (error) => {
        child.kill('SIGKILL');
        finish({ killed: { test: 'none', error } });
        child = undefined;
      };
      let timer = setTimeout(end, PATIENCE, 'it hangs');
      child.on('message', (message) => (message.done ? finish(message) : timer.refresh()));
      child.once('exit', () => end('the process ended'));
      child.send({ from: code.toString('base64'), to: Buffer.from(module).toString('base64') });
    });
  };
  return { run, stop: () => child?.kill() };
}

const all = candidates(),
  mutants = drawn(all);
const workers = Array.from({ length: Number(given.workers) }, worker);
const start = performance.now();
const sound = await workers[0].run(code);
if (sound.killed) throw new Error(`the build as it is fails: ${sound.killed.test}: ${sound.killed.error}`);
console.log(
  `${sound.passed} tests pass on the build as it is; ${mutants.length} mutants of ${all.flat().length} at ${all.length} operators`,
);

const results = [];
let next = 0;
await Promise.all(
  workers.map(async ({ run }) => {
    while (next < mutants.length && performance.now() - start < 60_000 * given.minutes) {
      const { bytes, to, ...mutant } = mutants[next++];
      const module = edited(code, [{ from: mutant.from, to, bytes }]),
        valid = WebAssembly.validate(module);
      const result = valid ? await run(module) : { killed: { test: 'none', error: 'it is no module' } };
      results.push({
        ...mutant,
        status: !valid
          ? 'invalid'
          : result.killed
            ? result.killed.error === 'it hangs'
              ? 'hangs'
              : 'killed'
            : 'survived',
        by: result.killed,
      });
      const last = results.at(-1);
      if (last.status === 'survived') last.differs = differ(code, module);
      console.log(
        `${results.length}/${mutants.length} ${last.status} ${last.at} ${last.function} [${last.id}] ${last.by?.test ?? JSON.stringify(last.differs)}`,
      );
    }
  }),
);
for (const { stop } of workers) stop();
results.sort((a, b) => a.from - b.from);
const count = (status) => results.filter((result) => result.status === status).length;
const summary = {
  node: process.version,
  seconds: Math.round((performance.now() - start) / 1000),
  seed: Number(given.seed),
  candidates: all.flat().length,
  operators: all.length,
  tests: sound.passed,
  killed: count('killed'),
  hangs: count('hangs'),
  invalid: count('invalid'),
  survived: count('survived'),
};
console.log(summary);
if (given.only === undefined) {
  mkdirSync(join(import.meta.dirname, 'results'), { recursive: true });
  writeFileSync(
    join(import.meta.dirname, 'results/kernels.json'),
    JSON.stringify(
      { ...summary, mutants: results.map(({ from, by, ...rest }) => ({ ...rest, by: by?.test })) },
      null,
      1,
    ) + '\n',
  );
}
