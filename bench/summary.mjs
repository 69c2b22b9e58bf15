/** The geometric means of a report of bench.mjs, and its tables on the terminal. */
import { contenders } from './contenders/index.mjs';
import { digits, geometricMean, print, short } from './run.mjs';

/** The fastest of these kinds in a row: [ratio, name]. */
function fastest(row, ...kinds) {
  const some = Object.entries(row.results).filter(([name]) => kinds.includes(contenders[name].kind));
  return some.map(([name, { ratio }]) => [ratio, name]).sort((a, b) => a[0] - b[0])[0];
}

/** The mean and the least ratio, against the fastest library of each row and against each rival. */
function means(rows, rivals) {
  const of = (pick) => {
    const list = rows.map(pick).filter((v) => v !== undefined);
    if (list.length === 0) return undefined;
    return { mean: digits(geometricMean(list)), least: digits(Math.min(...list)), workloads: list.length };
  };
  const each = rivals.map((name) => [name, of((row) => row.results[name]?.ratio)]);
  return { 'fastest library': of((row) => fastest(row, 'library')?.[0]), ...Object.fromEntries(each) };
}

/** The contenders of a run but ours. */
export const rivalsOf = ({ rows }) =>
  Object.keys(contenders).filter((name) => name !== 'ours' && rows.some((row) => row.results[name]));

/**
 * The means of all rows, and of groups of them, by name.
 *
 * @returns {[name: string, means: any][]}
 */
export function meansOf(report) {
  const { rows } = report,
    rivals = rivalsOf(report);
  /** @type {Map<string, (row: any) => boolean>} */
  const groups = new Map([['all', () => true]]);
  for (const { dtype, mode } of rows) groups.set(`${dtype} ${mode}`, (row) => row.dtype === dtype && row.mode === mode);
  for (const mode of new Set(rows.map((row) => row.mode))) {
    groups.set(
      `logsumexp float32 ${mode}`,
      (row) => row.fn === 'logsumexp' && row.dtype === 'float32' && row.mode === mode,
    );
    groups.set(`strided float32 ${mode}`, (row) => row.axis >= 0 && row.dtype === 'float32' && row.mode === mode);
  }
  return [...groups].map(([name, belongs]) => [name, means(rows.filter(belongs), rivals)]);
}

/** Prints a report. */
export function summarize(report) {
  const { rows } = report,
    rivals = rivalsOf(report);
  console.log(`\n${report.date}, Node ${report.node}, ${report.cpu}; load ${report.load} .. ${report.loadAfter}`);
  console.log('Ours in ns per element; of the others the time relative to ours (more than 1: ours is faster).');
  console.log('Median of rounds; "spread" is where the middle half of the ratios of the fastest lies.\n');
  const lines = rows.map((row) => {
    const best = fastest(row, 'js', 'library', 'kernel', 'native')?.[1],
      { lower, upper } = row.results[best] ?? {};
    const ratios = rivals.map((name) => short(row.results[name]?.ratio));
    return [row.name, short(row.results.ours?.ns), ...ratios, best ?? '-', `${short(lower)} .. ${short(upper)}`];
  });
  print([['workload', 'ours', ...rivals, 'fastest', 'spread'], ...lines]);

  console.log('\nGeometric means of these ratios (and the least):\n');
  const columns = ['fastest library', ...rivals];
  const cell = (mean) => (mean ? `${short(mean.mean)} (${short(mean.least)})` : '-');
  print([['', ...columns], ...meansOf(report).map(([name, mean]) => [name, ...columns.map((c) => cell(mean[c]))])]);
  for (const { workload, contender, reason } of report.failed) {
    console.log(`\nleft out: ${contender} on ${workload}: ${reason}`);
  }
}
