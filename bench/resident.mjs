/**
 * softmax of tensors against XNNPACK's kernel on its own memory, in one process and in short turns, so that other work on the machine
 * strikes both alike: the ratio of our time to its, less than 1 is faster. Also what theta and a mask cost beside none.
 * Usage: node bench/resident.mjs [--quick] [--node PATH] [--json FILE: added to under the version of Node]
 */
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { contenders } from './contenders/index.mjs';
import { digits, machine, median, options, print, quantile, save, short } from './run.mjs';
import { logits, maskOf, workload } from './workloads.mjs';

const args = options();
if (args.node !== process.execPath) {
  const given = [...(args.quick ? ['--quick'] : []), ...(args.json ? ['--json', args.json] : [])];
  execFileSync(args.node, [import.meta.filename, ...given], { stdio: 'inherit' });
  process.exit();
}

const rounds = args.quick ? 60 : 200;
let sink;
function time(call, times) {
  const start = process.hrtime.bigint();
  for (let i = 0; i < times; i++) sink = call();
  return Number(process.hrtime.bigint() - start) / times;
}

/** Both in turn, the first of a round being the other each time: the median of the ratios of neighbours. */
function compare(ours, other, elements) {
  const times = Math.max(1, Math.round(1.5e5 / (elements + 100))),
    ratios = [],
    ns = [];
  for (let i = 0; i < Math.max(3, 4e6 / (elements + 100)); i++) sink = [ours(), other()];
  for (let round = 0; round < (elements > 2e6 ? 15 : rounds); round++) {
    let a, b;
    if (round & 1) [a, b] = [time(ours, times), time(other, times)];
    else [b, a] = [time(other, times), time(ours, times)];
    ratios.push(a / b);
    ns.push(a / elements);
  }
  return { ns: digits(median(ns)), ratio: digits(median(ratios)), lower: digits(quantile(ratios, 0.25)), upper: digits(quantile(ratios, 0.75)) }; // prettier-ignore
}

const open = async (name) => (await import(`./contenders/${contenders[name].file}`)).open({ name, dtype: 'float32' });
const ours = await open('ours'),
  xnnpack = await open('xnnpack');
const call = async (contender, work) => {
  const x = logits(work);
  return contender.prepare({
    ...work,
    x,
    out: new Float32Array(x.length),
    mask: work.masked ? maskOf(work) : undefined,
  });
};

/** @type {any[]} */
const shapes = [
  [[100], -1],
  [[1000], -1],
  [[32_000], -1],
  [[50_257], -1],
  [[128_256], -1],
  [[1_000_000], -1],
  [[1024, 1000], -1],
  [[1, 21, 256, 256], 1],
];

const rows = [];
for (const shape of [
  [64],
  [100],
  [512],
  [1000],
  [32_000],
  [128_256],
  [1_000_000],
  [10_000_000],
  [1024, 1000],
  [8, 128_256],
]) {
  const work = workload('softmax', 'float32', shape, -1, 'resident'),
    jobs = [await call(ours, work), await call(xnnpack, work)];
  rows.push({ name: `[${shape}]`, against: 'xnnpack', ...compare(jobs[0].call, jobs[1].call, work.elements) });
  for (const job of jobs) job.close();
}
for (const [note, variant] of [
  ['theta 1/0.7', { theta: 1 / 0.7 }],
  ['masked', { masked: true }],
]) {
  for (const [shape, axis] of shapes) {
    const plain = workload('softmax', 'float32', shape, axis, 'into'),
      jobs = [await call(ours, workload('softmax', 'float32', shape, axis, 'into', variant)), await call(ours, plain)];
    const name = `[${shape}]${axis < 0 ? '' : ` axis ${axis}`} ${note}`;
    rows.push({ name, against: 'none', ...compare(jobs[0].call, jobs[1].call, plain.elements) });
  }
}

const report = { ...machine(process.execPath), build: ours.version, rows };
console.log(`\n${report.date}, Node ${report.node}, ${report.cpu}, ${ours.version}; load ${report.load}\n`);
print([
  ['softmax float32', 'against', 'ours, ns', 'ratio', 'middle half'],
  ...rows.map((r) => [r.name, r.against, short(r.ns), short(r.ratio), `${short(r.lower)} .. ${short(r.upper)}`]),
]);
if (args.json) {
  const all = existsSync(args.json) ? JSON.parse(readFileSync(args.json, 'utf8')) : {};
  save(args.json, { ...all, [report.node.split('.')[0]]: report });
}
if (sink === rows) console.log(); // never
process.exit();
