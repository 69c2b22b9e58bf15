/**
 * Ours against the rivals: each in a process of its own, one sample of each in turn, ratios within a round.
 * Other benches: `npm run bench -- --calls`, what each form of a call costs (calls.mjs), and `--cliffs`, calls that cost
 * more than 5 times a neighbour (cliffs.mjs).
 * Usage: node bench/bench.mjs [--quick] [--only REGEX] [--without REGEX] [--build simd] [--rounds N] [--node PATH] [--json FILE] [--again]
 * --again: of the run in the file the workloads that --only names, once more; on the same machine, Node and kernels.
 */
import { existsSync, readFileSync } from 'node:fs';
import { loadavg } from 'node:os';
import { builds } from './builds.mjs';
import { Child } from './child.mjs';
import { contenders } from './contenders/index.mjs';
import { digits, inBench, machine, median, options, quantile, relaxedFlag, save, version } from './run.mjs';
import { summarize } from './summary.mjs';
import { isQuick, workloads } from './workloads.mjs';

for (const name of ['calls', 'cliffs']) {
  if (!process.argv.includes(`--${name}`)) continue;
  await import(`./${name}.mjs`);
  process.exit();
}

const args = options({
  only: { type: 'string', default: '' },
  without: { type: 'string', default: '$^' },
  rounds: { type: 'string' },
  build: { type: 'string' },
  relaxed: { type: 'boolean', default: false },
  again: { type: 'boolean', default: false },
  'no-builds': { type: 'boolean', default: false },
});
const ms = args.quick ? 4 : 10,
  warm = args.quick ? 25 : 100,
  rounds = Number(args.rounds ?? 9);
const slow = 0.4e9; // ns of a call from which on a contender sits out after three rounds
const file = args.json ?? inBench('results.json');
const chosen = workloads().filter((w) => new RegExp(args.only).test(w.name) && (!args.quick || isQuick(w)));
const names = Object.keys(contenders).filter(
  (name) => contenders[name].kind !== 'yardstick' && !new RegExp(args.without).test(name),
);

/** @type {Record<string, any>} */
const report = {
  ...machine(args.node),
  quick: args.quick,
  rounds,
  ms,
  versions: {},
  skipped: {},
  failed: [],
  rows: [],
};

const before = args.again ? JSON.parse(readFileSync(file, 'utf8')) : undefined;
for (const what of before ? ['node', 'cpu', 'kernels', 'quick'] : [])
  if (before[what] !== report[what]) throw new Error(`--again: ${what} was ${before[what]} and is ${report[what]}`);

/** The processes that are open, all for one element type. */
const children = new Map();

async function open(name, dtype) {
  const { package: wanted } = contenders[name],
    flags = args.relaxed ? [relaxedFlag] : [];
  if (wanted && !existsSync(inBench(`node_modules/${wanted}`)))
    throw new Error('not installed: node bench/install.mjs');
  const child = new Child(args.node, flags);
  try {
    const { version: opened } = await child.ask('open', { name, dtype, build: args.build });
    if (wanted) report.versions[name] = version(`node_modules/${wanted}`);
    else if (opened) report.versions[name] = `${version('..')} (${opened})`;
  } catch (error) {
    child.end();
    throw error;
  }
  children.set(name, child);
  return child;
}

function endAll() {
  for (const child of children.values()) child.end();
  children.clear();
}

/** Prepares a workload in every process, one after the other; those that cannot run it, or not rightly, are left out. */
async function prepare(work) {
  const ready = new Map();
  for (const name of names) {
    if (report.skipped[name]) continue;
    let child = children.get(name);
    if (!child) {
      try {
        child = await open(name, work.dtype);
      } catch (error) {
        if (name === 'ours') throw error;
        report.skipped[name] = error.message;
        console.log(`without ${name}: ${error.message}`);
        continue;
      }
    }
    try {
      const answer = await child.ask('prepare', { work, warm });
      if (!answer.skip) ready.set(name, { child, error: answer.error, callNs: answer.callNs, samples: [] });
    } catch (error) {
      leaveOut(name, work, error);
    }
  }
  return ready;
}

/** Its process may be gone: the next workload gets a new one. */
function leaveOut(name, work, error) {
  report.failed.push({ workload: work.name, contender: name, reason: error.message });
  children.get(name).end();
  children.delete(name);
}

async function measure(work) {
  const ready = await prepare(work);
  for (let round = 0; round < rounds; round++) {
    for (const [name, { child, callNs, samples }] of ready) {
      if (round >= 3 && callNs > slow) continue;
      try {
        samples.push((await child.ask('sample', { ms })).ns / work.elements);
      } catch (error) {
        ready.delete(name);
        leaveOut(name, work, error);
      }
    }
  }
  for (const { child } of ready.values()) await child.ask('close');
  const ours = ready.get('ours'),
    results = {};
  for (const [name, { samples, error }] of ready) {
    const ratios = ours ? samples.map((ns, round) => ns / ours.samples[round]) : [];
    results[name] = {
      ns: digits(median(samples)),
      best: digits(Math.min(...samples)),
      error: Number(error.toPrecision(2)),
    };
    if (ours && name !== 'ours') {
      Object.assign(results[name], {
        ratio: digits(median(ratios)),
        lower: digits(quantile(ratios, 0.25)),
        upper: digits(quantile(ratios, 0.75)),
      });
    }
  }
  const { name, fn, dtype, mode, shape, axis, note, theta, logits } = work;
  return { name, fn, dtype, mode, shape, axis, note, theta, logits, results };
}

if (!args['no-builds'] && !args.only) report.builds = await builds(args);
let dtype;
for (const work of chosen) {
  if (work.dtype !== dtype) endAll();
  dtype = work.dtype;
  const row = await measure(work);
  report.rows.push(row);
  if (!before) save(file, report); // a long run that is stopped leaves what it has
  if (process.stderr.isTTY) process.stderr.write(`\r${report.rows.length} of ${chosen.length}: ${work.name}\x1b[K`);
}
endAll();
if (process.stderr.isTTY) process.stderr.write('\r\x1b[K');

report.loadAfter = digits(loadavg()[0]);
summarize(report);
if (before) {
  const found = new Map(report.rows.map((row) => [row.name, row]));
  before.rows = before.rows.map((row) => found.get(row.name) ?? row);
  (before.again ??= []).push({ date: report.date, workloads: [...found.keys()] });
}
save(file, before ?? report);
console.log(`\nWritten: ${args.json ?? 'bench/results.json'}`);
process.exit();
