// Charts of bench/results.json and growth.json, as bench.mjs and growth.mjs store them.
import * as Plot from '@observablehq/plot';
import { chart } from './frame.mjs';

const shown = ['ours', 'js-loop', 'tfjs-wasm', 'onnxruntime-web', 'onnxruntime-node'];
const called = { ours: 'softmax-simd', 'js-loop': 'plain loop', 'onnxruntime-node': 'onnxruntime-node (native)' };
const name = (who) => called[who] ?? who;
const modes = { fresh: 'a new result', into: 'into your array' };
const log = { type: 'log', grid: true };
const size = (row) => row.shape.reduce((a, b) => a * b, 1);

/** Time per element against the number of elements, of one lane. */
export function sizes(folder, { rows }) {
  const points = rows
    .filter(({ fn, dtype, mode, shape }) => fn === 'softmax' && dtype === 'float32' && mode in modes && shape.length === 1)
    .flatMap((row) => shown.filter((who) => row.results[who]).map((who) => ({ who, n: size(row), ns: row.results[who].ns, mode: modes[row.mode] }))); // prettier-ignore
  chart(
    folder,
    'size',
    'Time per element of softmax against the number of elements',
    shown.map(name),
    ({ series, line, text }) => ({
      width: 860,
      height: 380,
      marginLeft: 56,
      marginBottom: 40, // prettier-ignore
      fx: { domain: Object.values(modes), label: null },
      x: { ...log, label: 'elements', tickFormat: '~s', ticks: 4 },
      y: { ...log, label: 'ns per element', labelAnchor: 'center', tickFormat: '~g' },
      color: { domain: shown, range: series },
      facet: { data: points, x: 'mode' },
      marks: [
        Plot.frame({ stroke: line }),
        Plot.line(points, {
          x: 'n',
          y: 'ns',
          z: 'who',
          stroke: 'who',
          strokeWidth: (d) => (d.who === 'ours' ? 3 : 1.6),
        }),
        Plot.dot(points, { x: 'n', y: 'ns', fill: 'who', r: 3 }),
        Plot.axisFx({ anchor: 'top', label: null, fill: text, fontSize: 13 }),
      ],
    }),
  );
}

/** Their time divided by ours, workload by workload: the median as a dot, the middle half of the rounds as a line. */
export function ratios(folder, { rows }) {
  const rivals = shown.slice(1),
    title = (row) => `[${row.shape.join(', ')}]${row.axis < 0 ? '' : ` axis ${row.axis}`}`;
  const here = rows.filter(({ fn, dtype, mode }) => fn === 'softmax' && dtype === 'float32' && mode in modes);
  const points = here.flatMap((row) => rivals.filter((who) => row.results[who]).map((who) => ({ who, work: title(row), mode: modes[row.mode], ...row.results[who] }))); // prettier-ignore
  const label = 'their time divided by ours: right of the line we are faster';
  chart(
    folder,
    'ratio',
    'Time of others divided by ours, for each workload',
    rivals.map(name),
    ({ series, line, text, soft }) => ({
      width: 860,
      height: 470,
      marginLeft: 170,
      marginBottom: 42, // prettier-ignore
      fx: { domain: Object.values(modes), label: null },
      x: { ...log, label, tickFormat: '~g', ticks: 5 },
      y: { domain: [...new Set(here.map(title))], label: null },
      color: { domain: rivals, range: series.slice(1) },
      facet: { data: points, x: 'mode' },
      marks: [
        Plot.frame({ stroke: line }),
        Plot.gridY({ stroke: line }),
        Plot.ruleX([1], { stroke: text, strokeWidth: 1.5 }),
        Plot.link(points, { x1: 'lower', x2: 'upper', y: 'work', stroke: 'who', strokeWidth: 2.5, strokeOpacity: 0.6 }),
        Plot.dot(points, { x: 'ratio', y: 'work', fill: 'who', r: 4.5 }),
        Plot.axisFx({ anchor: 'top', label: null, fill: text, fontSize: 13 }),
        Plot.axisY({ fill: soft, label: null, tickSize: 0 }),
      ],
    }),
    1,
  );
}

/** How the cost of an element changes with the size, beside the copies alone. */
export function growth(folder, { series }) {
  const { title, columns, rows } = series[0];
  const points = rows.flatMap((row) => columns.map((what, i) => ({ what, n: size(row), ns: row.ns[i] })));
  chart(folder, 'growth', `Time per element: ${title}`, columns, (theme) => ({
    width: 640,
    height: 340,
    marginLeft: 56,
    marginBottom: 40, // prettier-ignore
    x: { ...log, label: 'elements of the lane', tickFormat: '~s', ticks: 6 },
    y: { ...log, label: 'ns per element', labelAnchor: 'center', tickFormat: '~g' },
    color: { domain: columns, range: theme.series },
    marks: [
      Plot.frame({ stroke: theme.line }),
      Plot.line(points, { x: 'n', y: 'ns', z: 'what', stroke: 'what', strokeWidth: 2 }),
    ],
  }));
}
