/**
 * How cost grows: ns per element over n = 4 .. 1e7 in one lane, over 1 .. 1e5 rows of 10 and of 1000, and along the first axis over
 * the number of lanes and their length.
 * Neighbours more than 1.5x apart are marked; a copy of the same array beside them shows what memory alone does.
 * Usage: node bench/growth.mjs [--quick] [--fn softmax] [--dtype float32] [--build simd] [--node PATH] [--json FILE]
 */
import { Child } from './child.mjs';
import { inBench, machine, median, options, print, save, short } from './run.mjs';
import { workload } from './workloads.mjs';

const string = { type: 'string' };
const args = options({
  fn: { ...string, default: 'softmax' },
  dtype: { ...string, default: 'float32' },
  build: string,
});
const { fn, dtype } = args,
  rounds = args.quick ? 5 : 9,
  ms = args.quick ? 3 : 10,
  warm = args.quick ? 20 : 60;

/** from, 2 from, 4 from, ... and the end. */
function doubling(from, end) {
  const list = [];
  for (let n = from; n < end / 1.4; n *= 2) list.push(n);
  return [...list, end];
}
const most = args.quick ? 2e7 : 1e8;
const series = [
  { title: 'one lane of n', axis: -1, shapes: doubling(4, 1e7).map((n) => [n]) },
  ...[10, 1000].map((length) => ({
    title: `rows of ${length}`,
    axis: -1,
    shapes: doubling(1, 1e5)
      .filter((rows) => rows * length <= most)
      .map((rows) => [rows, length]),
  })),
  {
    title: 'lanes of 1000 side by side',
    axis: 0,
    shapes: [1, 2, 3, 4, 6, ...doubling(8, 1e4)].map((lanes) => [1000, lanes]),
  },
  { title: '16 lanes side by side', axis: 0, shapes: doubling(4, 1e6).map((length) => [length, 16]) },
];

const columns = [
  { title: 'fresh', name: 'ours', fn, mode: 'fresh' },
  { title: 'into', name: 'ours', fn, mode: 'into' },
  { title: 'copy, fresh', name: 'copy', fn: 'copy', mode: 'fresh' },
  { title: 'copy, into', name: 'copy', fn: 'copy', mode: 'into' },
];
/** @type {Record<string, any>} */
const report = { ...machine(args.node), fn, dtype, rounds, series: [] };

for (const { title, axis, shapes } of series) {
  for (const column of columns) {
    column.child = new Child(args.node, []);
    report.version =
      (await column.child.ask('open', { name: column.name, dtype, build: args.build })).version ?? report.version;
  }
  const rows = [];
  for (const shape of shapes) {
    const size = shape.reduce((a, b) => a * b);
    for (const { child, fn, mode } of columns)
      await child.ask('prepare', { work: workload(fn, dtype, shape, axis, mode), warm });
    const samples = columns.map(() => []);
    for (let round = 0; round < rounds; round++) {
      for (const [c, { child }] of columns.entries()) samples[c].push((await child.ask('sample', { ms })).ns / size);
    }
    for (const { child } of columns) await child.ask('close');
    rows.push({ shape, ns: samples.map((list) => Number(median(list).toPrecision(4))) });
  }
  for (const { child } of columns) child.end();

  /** 'up' is a cliff; 'down' is the cost of a call, spread over more elements. */
  const mark = (r, c) => {
    if (r === 0) return '';
    const ratio = rows[r].ns[c] / rows[r - 1].ns[c];
    return ratio > 1.5 ? ` up ${short(ratio)}` : ratio < 1 / 1.5 ? ` down ${short(1 / ratio)}` : '';
  };
  for (const [r, row] of rows.entries()) row.marks = columns.map((_, c) => mark(r, c).trim());
  console.log(`\n${fn} ${dtype}, ${title}: ns per element\n`);
  print([
    ['shape', ...columns.flatMap(({ title }) => [title, ''])],
    ...rows.map((row) => [`[${row.shape}]`, ...columns.flatMap((_, c) => [short(row.ns[c]), row.marks[c]])]),
  ]);
  report.series.push({ title, columns: columns.map(({ title }) => title), rows });
}

const file = args.json ?? inBench('growth.json');
save(file, report);
console.log(`\n${report.date}, Node ${report.node}, ${report.cpu}, ${report.version}`);
process.exit();
