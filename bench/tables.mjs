/** The full tables of the last runs, as Markdown: node bench/report.mjs --all prints them. */
import { residentTable } from './residentTable.mjs';
import { short } from './run.mjs';
import { rivalsOf } from './summary.mjs';

/** @param {string[]} head @param {(string | number)[][]} rows */
export const table = (head, rows) => [
  `| ${head.join(' | ')} |`,
  `|---|${'--:|'.repeat(head.length - 1)}`,
  ...rows.map((row) => `| ${row.join(' | ')} |`),
  '',
];

export const title = (row) => `${row.fn} [${row.shape}]${row.axis < 0 ? '' : ` axis ${row.axis}`}${row.note ?? ''}`;

const cell = (r) => (r === undefined ? '' : r.ratio < 1 ? `**${short(r.ratio)}**` : short(r.ratio));

/** The time of others divided by ours, workload by workload; bold where they are faster. */
function workloads(results) {
  const rivals = rivalsOf(results),
    groups = [...new Set(results.rows.map((row) => `${row.dtype}, ${row.mode}`))];
  return groups.flatMap((group) => {
    const rows = results.rows.filter((row) => `${row.dtype}, ${row.mode}` === group),
      here = rivals.filter((name) => rows.some((row) => row.results[name]));
    const line = (row) => [title(row), short(row.results.ours?.ns), ...here.map((name) => cell(row.results[name]))];
    return [`### Node ${results.node}: ${group}`, '', ...table(['workload', 'ours', ...here], rows.map(line))];
  });
}

function builds({ builds: rows }) {
  if (rows === undefined) return [];
  const names = Object.keys(rows[0].ns).filter((name) => name !== 'js-loop');
  const line = ({ name, ns }) => [name, short(ns['js-loop']), ...names.map((each) => short(ns['js-loop'] / ns[each]))];
  return ['### Builds: how many times faster than the tight loop', '', ...table(['workload', 'js-loop', ...names], rows.map(line))]; // prettier-ignore
}

function grown({ series, fn, dtype }) {
  return series.flatMap(({ title, columns, rows }) => [
    `### How cost grows: ${title}, ${fn} ${dtype}, ns per element`,
    '',
    ...table(
      ['shape', ...columns],
      rows.map((row) => [`[${row.shape}]`, ...row.ns.map((ns, c) => `${row.marks[c]} ${short(ns)}`.trim())]),
    ),
  ]);
}

export function everything({ results, others, resident, growth }) {
  const found = resident && residentTable(resident);
  return [
    ...[results, ...others].flatMap(workloads),
    ...builds(results),
    ...(found ? ["### Tensors beside XNNPACK's kernel, theta and masks", '', ...table(found.head, found.rows)] : []),
    ...(growth ? grown(growth) : []),
  ].join('\n');
}
