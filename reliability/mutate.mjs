// Makes small changes to build/simd.wasm, each alone, and runs the tests that reach the changed function: do they notice?
//   node reliability/mutate.mjs [--count 400] [--seed 29] [--workers 2] [--minutes 60] [--only ID,ID]
// A run with the seed of the last one carries on from its results, and tries those survivors again that nothing explains; --afresh
// tries all.
// Every operator that comes from assembly/ is as likely as any other; the allocator, which is AssemblyScript's, is left out.
// Writes reliability/results/kernels.json.
import { fork } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { instrumented } from './arms/arms.mjs';
import { differ } from './kernels/differ.mjs';
import { explained } from './kernels/explained.mjs';
import { mutations } from './kernels/mutations.mjs';
import { compiled, edited } from './wasm.mjs';

const { values: given } = parseArgs({
  options: {
    count: { type: 'string', default: '400' },
    seed: { type: 'string', default: '29' },
    workers: { type: 'string', default: '2' },
    minutes: { type: 'string', default: '60' },
    only: { type: 'string' },
    afresh: { type: 'boolean', default: false },
  },
});
const PATIENCE = 60_000; // without a word from a test
const HANGS = 'it hangs';
/** of random cases a part */
const part = Number(process.env.FUZZ_PART ?? 0.2);

function random(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

const { code, operators } = compiled('simd'),
  base64 = (module) => Buffer.from(module).toString('base64'),
  from = base64(code);

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
        execArgv: ['--expose-gc', '--disable-warning=ExperimentalWarning'],
        stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
        env: { ...process.env, FUZZ_PART: String(part) },
      });
      child.once('message', resolve);
    });
  const run = async (message) => {
    if (child === undefined) {
      await start();
      if (tests) child.send({ tests });
    }
    return new Promise((resolve) => {
      const finish = (result) => {
        clearTimeout(timer);
        child.removeAllListeners();
        resolve(result);
      };
      const end = (error) => {
        child.kill('SIGKILL');
        finish({ killed: { test: 'none', error, hangs: error === HANGS } });
        child = undefined;
      };
      let timer = setTimeout(end, PATIENCE, HANGS);
      child.on('message', (message) => (message.done ? finish(message) : timer.refresh()));
      child.once('exit', () => end('the process ended'));
      child.send({ from, ...message });
    });
  };
  const stop = () => {
    child?.kill();
    child = undefined;
  };
  return { run, stop };
}

function survey() {
  const { code: counting, arms } = instrumented({ code, operators });
  return { to: base64(counting), arms };
}

const all = candidates(),
  mutants = drawn(all);
const workers = Array.from({ length: Number(given.workers) }, worker);
const start = performance.now();
/** What each test reaches, and how long it takes, once the first worker has seen it. */
let tests;
const surveyed = await workers[0].run(survey());
if (surveyed.killed) throw new Error(`the build with counters: ${surveyed.killed.test}: ${surveyed.killed.error}`);
tests = surveyed.tests;
workers[0].stop();
console.log(
  `${tests.length} tests pass and reach the build; ${mutants.length} mutants of ${all.flat().length} at ${all.length} operators`,
);

const file = join(import.meta.dirname, 'results/kernels.json');
const is = { module: createHash('sha256').update(code).digest('hex'), seed: Number(given.seed) };
const last =
  given.afresh || given.only !== undefined || !existsSync(file) ? {} : JSON.parse(readFileSync(file, 'utf8'));
const carriesOn = last.module === is.module && last.seed === is.seed;
const known = new Map(
  (carriesOn ? last.mutants : []).filter((m) => m.status !== 'survived' || explained(m)).map((m) => [m.id, m]),
);

async function judged({ bytes, from, to, ...mutant }, run) {
  if (known.has(mutant.id)) return known.get(mutant.id);
  const module = edited(code, [{ from, to, bytes }]);
  if (!WebAssembly.validate(module)) return { ...mutant, status: 'invalid' };
  const { killed } = await run({ to: base64(module), name: mutant.function });
  if (killed === undefined) return { ...mutant, status: 'survived', differs: differ(code, module) };
  return { ...mutant, status: killed.hangs ? 'hangs' : 'killed', by: killed.test, error: killed.error };
}

const results = [];
let next = 0;
await Promise.all(
  workers.map(async ({ run }) => {
    while (next < mutants.length && performance.now() - start < 60_000 * given.minutes) {
      const { error, ...result } = await judged(mutants[next++], run);
      results.push(result);
      const { status, at, function: name, id, by, differs } = result;
      if (known.has(id)) continue;
      save();
      console.log(
        `${results.length}/${mutants.length} ${status}: ${id} in ${name}, ${at}: ${by ?? JSON.stringify(differs)}`,
      );
      if (given.only !== undefined) console.log(error);
    }
  }),
);
for (const { stop } of workers) stop();
const found = save();
console.log(
  Object.fromEntries(['killed', 'hangs', 'invalid', 'survived'].map((status) => [status, count(found, status)])),
);
const unexplained = found.filter((mutant) => mutant.status === 'survived' && !explained(mutant)).length;
if (unexplained > 0) {
  console.log(`${unexplained} live, and kernels/explained.md has no line for them`);
  process.exitCode = 1;
}

function count(mutants, status) {
  return mutants.filter((mutant) => mutant.status === status).length;
}

/** Writes what is known, and returns the mutants; a run that is cut off has lost nothing. */
function save() {
  if (given.only !== undefined) return results;
  // those of the last run too that this one has not come to
  const here = new Set(results.map(({ id }) => id)),
    mutants = [...results, ...[...known.values()].filter(({ id }) => !here.has(id))];
  mutants.sort((a, b) => parseInt(a.id) - parseInt(b.id));
  const summary = {
    node: process.version,
    ...is,
    part,
    seconds: Math.round((performance.now() - start) / 1000) + (carriesOn ? last.seconds : 0),
    candidates: all.flat().length,
    operators: all.length,
    tests: tests.length,
  };
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, JSON.stringify({ ...summary, mutants }, null, 1) + '\n');
  return mutants;
}
