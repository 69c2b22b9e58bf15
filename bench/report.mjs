/**
 * Writes docs/performance.md from the files of the last runs: nothing in it that no run printed. With --all it prints the full
 * tables instead, every workload of every run.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { goals } from './goals.mjs';
import { inBench, kernels, short } from './run.mjs';
import { meansOf, rivalsOf } from './summary.mjs';
import { everything, table, title } from './tables.mjs';
import { tokens } from './tokensTable.mjs';

const load = (file) => (existsSync(inBench(file)) ? JSON.parse(readFileSync(inBench(file), 'utf8')) : undefined);
const results = load('results.json'),
  others = [20, 22, 26].map((node) => load(`results-node${node}.json`)).filter(Boolean),
  resident = load('resident.json'),
  growth = load('growth.json'),
  cold = load('cold.json'),
  profile = load('profile.json');
if (results === undefined) throw new Error('bench/results.json is not there: npm run bench first');

const where = (r) =>
  `${r.cpu}, ${r.memory}, ${r.platform}; Node ${r.node} (V8 ${r.v8}); ${r.date}; load of the machine at the start ${r.load}`;

/** Said of a run whose kernels are not those that the repository builds now. */
const earlier = (run) => (run.kernels === kernels() ? [] : ['**Measured with an earlier build of the kernels.**', '']);

/** A chart of site/charts/draw.mjs, for light and for dark pages. */
const picture = (file, what) => [
  '<picture>',
  `  <source media="(prefers-color-scheme: dark)" srcset="charts/${file}-dark.svg">`,
  `  <img alt="${what}" src="charts/${file}-light.svg">`,
  '</picture>',
  '',
];

function sayGoals() {
  const { list, reasons } = goals(results, cold, resident);
  return [
    '## Goals',
    '',
    "The other contender's time divided by ours, unless it says otherwise. Medians of ratios of one run.",
    '',
    ...table(['', 'asked', 'measured', ''], list),
    ...(reasons.length > 0 ? ['What stands in the way:', '', ...reasons.map((reason) => `- ${reason}`), ''] : []),
  ];
}

function charts() {
  return [
    '## Charts',
    '',
    'float32. In one unit, or as the time of others divided by ours: right of 1 ours is faster.',
    '',
    ...picture('size', 'Time per element of softmax against the number of elements, ours and others'),
    ...picture('ratio', 'Time of others divided by ours for each workload, with the middle half of the rounds'),
    ...picture('growth', 'Time per element as a lane grows, beside plain copies'),
  ];
}

/** Geometric means of the ratios, the least in parentheses; one row for each dtype and mode of each Node. */
function means() {
  const rivals = rivalsOf(results),
    columns = ['fastest library', ...rivals];
  const cell = (mean) => (mean ? `${short(mean.mean)} (${short(mean.least)})` : '');
  const rows = [results, ...others].flatMap((run) =>
    meansOf(run)
      .filter(([group]) => run === results || /^float\d+ \w+$/.test(group))
      .map(([group, mean]) => [`${run.node.split('.')[0]} ${group}`, ...columns.map((name) => cell(mean[name]))]),
  );
  return [
    "## The other contender's time divided by ours",
    '',
    'Geometric means over the workloads, the least ratio in parentheses: above 1 ours is faster. "fastest library" takes, workload by workload, the fastest of the JavaScript and wasm libraries; xnnpack is none, but the kernel of tfjs-wasm called by itself. fresh: a new result; into: a given one; resident: input and result stay where the library computes. `node bench/report.mjs --all` prints every workload of every Node, builds, and how cost grows.',
    '',
    ...table(['', ...columns], rows),
    ...lost(rivals),
    ...runs(),
  ];
}

/** Where others are faster: a line for each of them. */
function lost(rivals) {
  const lines = rivals.flatMap((name) => {
    const rows = results.rows.filter((row) => row.results[name]),
      ahead = rows.filter((row) => row.results[name].ratio < 1);
    if (ahead.length === 0) return [];
    const worst = ahead.reduce((a, b) => (b.results[name].ratio < a.results[name].ratio ? b : a)),
      { ratio, lower, upper } = worst.results[name];
    return `- ${name}: ${ahead.length} of ${rows.length} workloads; most on ${title(worst)}, ${worst.dtype} ${worst.mode}: ${short(ratio)} (middle half of the rounds ${short(lower)} .. ${short(upper)})`;
  });
  return lines.length === 0 ? [] : ['Others are faster here:', '', ...lines, ''];
}

/** What the runs were made on. */
function runs() {
  const ratios = results.rows.flatMap((row) => Object.values(row.results).filter((r) => r.ratio)),
    wide = ratios.filter((r) => r.upper / r.lower > 1.5),
    versions = Object.entries(results.versions).map(([name, v]) => `${name} ${v}`);
  return [
    ...[results, ...others].map(
      (run) => `- ${where(run)}${run.quick ? '; a quick run, fewer workloads and rounds' : ''}${run.kernels === kernels() ? '' : '; **an earlier build of the kernels**'}`, // prettier-ignore
    ),
    '',
    `Versions: ${versions.join(', ')}. On Node 20 the simd build is the default, later the relaxed one.`,
    '',
    `Every contender in a process of its own, results checked against float64 first, one sample of ${results.ms} ms each in turn, ${results.rounds} rounds; ratios are taken within a round. Ratios within 1.3 of 1 mean nothing. Disturbed, the upper quartile of the rounds more than 1.5 times the lower one: ${wide.length} of ${ratios.length} ratios.`,
    '',
    ...(results.again ?? []).map(({ date, workloads }) => `- Measured again, ${date}: ${workloads.join('; ')}.`),
    ...Object.entries(results.skipped).map(([name, reason]) => `- Not in this run: ${name} (${reason}).`),
    ...failures(),
    '',
  ];
}

/** What was left out, since a contender failed: a line for each reason. */
function failures() {
  /** @type {Map<string, string[]>} */
  const by = new Map();
  for (const { contender, workload, reason } of results.failed) {
    const why = `${contender}: ${reason.split('\n')[0]}`;
    by.set(why, [...(by.get(why) ?? []), workload]);
  }
  return [...by].map(([why, work]) => `- Left out, since it failed: ${why} (${work.join('; ')})`);
}

function coldStart() {
  if (cold === undefined) return [];
  return [
    '## Cold start',
    '',
    `From the import to the first result of 1000 values, median of ${cold.processes} fresh processes, ms over an empty module (alone): ${cold.rows.map((row) => `${row.name} ${row.over.toFixed(2)} (${short(row.ms)})`).join(', ')}. ${where(cold)}.`,
    '',
  ];
}

function parts() {
  if (profile === undefined) return [];
  const names = Object.keys(profile.rows[0].ns);
  return [
    '## Where the time goes',
    '',
    ...earlier(profile),
    'softmax float32, simd build, ns per element; the parts of a call by themselves, and the whole. A kernel on rows that stay in cache cannot be much faster: its exp alone is 23 vector operations for four elements. Native code has vectors two or four times as wide. Against other wasm the rest is the copies, a new result\'s pages, and what the bounds of docs/accuracy.md cost; with ten logits it is the latency of one step of a softmax after the other.', // prettier-ignore
    '',
    ...profile.rows.map(
      ({ shape, ns }) => `- [${shape}]: ${names.map((name) => `${name} ${short(ns[name])}`).join(', ')}`,
    ),
    '',
    `A cold start, ms: ${Object.entries(profile.cold)
      .map(([name, ms]) => `${name} ${short(ms)}`)
      .join(', ')}. ${where(profile)}.`,
    '',
  ];
}

const reproduce = [
  '## To reproduce',
  '',
  '```sh',
  'npm ci',
  'node bench/install.mjs   # the rivals, at exact versions',
  'npm run bench            # or: npm run bench -- --quick; --node PATH: another node for the measured processes',
  'node bench/resident.mjs --json bench/resident.json',
  'node bench/tokens.mjs    # --node PATH for another Node',
  'node bench/growth.mjs',
  'node bench/cold.mjs',
  'node bench/profile.mjs',
  'node bench/report.mjs    # writes this file',
  'node site/charts/draw.mjs # draws the charts, once `npm run site` has installed what it needs',
  '```',
  '',
  'For another Node: `node bench/bench.mjs --quick --node PATH --json bench/results-node20.json`. bench/README.md says what is measured and how.',
];

if (process.argv.includes('--all')) console.log(everything({ results, others, resident, growth }));
else {
  const page = [
    '# Performance',
    '',
    'Written by `node bench/report.mjs` from the files of the last runs; do not edit.',
    '',
    ...sayGoals(),
    ...charts(),
    ...means(),
    ...tokens(load('tokens.json'), where),
    ...coldStart(),
    ...parts(),
    ...reproduce,
  ];
  writeFileSync(join(import.meta.dirname, '../docs/performance.md'), page.join('\n').replace(/\n{3,}/g, '\n\n') + '\n');
  console.log('Written: docs/performance.md');
}
