/**
 * Ours against the rivals: each in a process of its own, one sample of each in turn, ratios within a round.
 * Usage: node bench/bench.mjs [--quick] [--only REGEX] [--without REGEX] [--build simd] [--rounds N] [--node PATH] [--json FILE]
 */
import { existsSync } from 'node:fs';
import { builds } from './builds.mjs';
import { Child } from './child.mjs';
import { contenders } from './contenders/index.mjs';
import { geometricMean, inBench, machine, median, options, print, relaxedFlag, save, short, version } from './run.mjs';
import { isQuick, workloads } from './workloads.mjs';

const args = options({
  only: { type: 'string', default: '' }, without: { type: 'string', default: '$^' }, rounds: { type: 'string' },
  build: { type: 'string' }, relaxed: { type: 'boolean', default: false }, 'no-builds': { type: 'boolean', default: false },
});
const ms = args.quick ? 4 : 10, warm = args.quick ? 25 : 100, rounds = Number(args.rounds ?? 9);
const slow = 0.4e9; // ns of a call from which on a contender sits out after three rounds
const file = args.json ?? inBench('results.json');
const chosen = workloads().filter((w) => new RegExp(args.only).test(w.name) && (!args.quick || isQuick(w)));
const names = Object.keys(contenders).filter((name) => contenders[name].kind !== 'yardstick' && !new RegExp(args.without).test(name));

const report = { ...machine(args.node), quick: args.quick, rounds, ms, versions: { ours: version('..') }, skipped: {}, rows: [] };

/** The processes that are open, all for one element type. */
const children = new Map();

async function open(name, dtype) {
  const { package: wanted } = contenders[name], flags = args.relaxed ? [relaxedFlag] : [];
  if (wanted && !existsSync(inBench(`node_modules/${wanted}`))) throw new Error('not installed: node bench/install.mjs');
  const child = new Child(args.node, flags);
  try {
    const { version: opened } = await child.ask('open', { name, dtype, build: args.build });
    report.versions[name] = wanted ? version(`node_modules/${wanted}`) : (opened ?? report.versions.ours);
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
        report.skipped[name] = error.message;
        console.log(`without ${name}: ${error.message}`);
        continue;
      }
    }
    try {
      const answer = await child.ask('prepare', { work, warm });
      if (!answer.skip) ready.set(name, { child, error: answer.error, callNs: answer.callNs, samples: [] });
    } catch (error) {
      (report.failed ??= []).push({ workload: work.name, contender: name, reason: error.message });
      child.end();
      children.delete(name);
    }
  }
  return ready;
}

async function measure(work) {
  const ready = await prepare(work);
  for (let round = 0; round < rounds; round++) {
    for (const entry of ready.values()) {
      if (round < 3 || entry.callNs < slow) entry.samples.push((await entry.child.ask('sample', { ms })).ns / work.elements);
    }
  }
  for (const { child } of ready.values()) await child.ask('close');
  const ours = ready.get('ours'), results = {};
  for (const [name, { samples, error }] of ready) {
    const ratios = ours ? samples.map((ns, round) => ns / ours.samples[round]) : [];
    results[name] = { ns: round3(median(samples)), best: round3(Math.min(...samples)), error: Number(error.toPrecision(2)) };
    if (ours && name !== 'ours') {
      Object.assign(results[name], { ratio: round3(median(ratios)), min: round3(Math.min(...ratios)), max: round3(Math.max(...ratios)) });
    }
  }
  return { name: work.name, fn: work.fn, dtype: work.dtype, mode: work.mode, shape: work.shape, axis: work.axis, results };
}

const round3 = (v) => Number(v.toPrecision(4));

/** The smallest ratio among contenders of a kind: [ratio, name]. */
function fastest(row, ...kinds) {
  const list = Object.entries(row.results).filter(([name]) => kinds.includes(contenders[name].kind)).map(([name, { ratio }]) => [ratio, name]);
  return list.sort((a, b) => a[0] - b[0])[0];
}

function means(rows) {
  const of = (pick) => {
    const list = rows.map(pick).filter((v) => v !== undefined);
    return list.length === 0 ? undefined : { mean: round3(geometricMean(list)), least: round3(Math.min(...list)), workloads: list.length };
  };
  return {
    'fastest library': of((row) => fastest(row, 'library')?.[0]),
    ...Object.fromEntries(names.filter((name) => name !== 'ours').map((name) => [name, of((row) => row.results[name]?.ratio)])),
  };
}

if (!args['no-builds'] && !args.only) report.builds = await builds(args);
let dtype;
const started = performance.now();
for (const work of chosen) {
  if (work.dtype !== dtype) endAll();
  dtype = work.dtype;
  const row = await measure(work);
  report.rows.push(row);
  if (process.stderr.isTTY) process.stderr.write(`\r${report.rows.length} of ${chosen.length}: ${work.name}\x1b[K`);
}
endAll();
if (process.stderr.isTTY) process.stderr.write('\r\x1b[K');

const rivals = names.filter((name) => name !== 'ours' && report.rows.some((row) => row.results[name]));
console.log(`\n${report.date}, Node ${report.node}, ${report.cpu}; ${((performance.now() - started) / 1000).toFixed(0)} s`);
console.log('Ours in ns per element; of the others the time relative to ours (more than 1: ours is faster), median of rounds.\n');
print([
  ['workload', 'ours', ...rivals, 'fastest', 'spread'],
  ...report.rows.map((row) => {
    const best = fastest(row, 'js', 'library', 'native'), spread = best && row.results[best[1]];
    return [row.name, short(row.results.ours?.ns), ...rivals.map((name) => short(row.results[name]?.ratio)), best?.[1] ?? '-', spread ? `${short(spread.min)} .. ${short(spread.max)}` : '-'];
  }),
]);

report.means = { all: means(report.rows) };
for (const [dtype, mode] of [['float32', 'fresh'], ['float32', 'into'], ['float32', 'resident'], ['float64', 'fresh'], ['float64', 'into'], ['float64', 'resident']]) {
  const rows = report.rows.filter((row) => row.dtype === dtype && row.mode === mode);
  if (rows.length > 0) report.means[`${dtype} ${mode}`] = means(rows);
}
console.log('\nGeometric means of these ratios (and the least):\n');
print([
  ['', 'fastest library', ...rivals],
  ...Object.entries(report.means).map(([group, mean]) =>
    [group, ...['fastest library', ...rivals].map((name) => (mean[name] ? `${short(mean[name].mean)} (${short(mean[name].least)})` : '-'))]),
]);
for (const { workload, contender, reason } of report.failed ?? []) console.log(`\nleft out: ${contender} on ${workload}: ${reason}`);
save(file, report);
console.log(`\nWritten: ${args.json ?? 'bench/results.json'}`);
process.exit();
