// Charts of errors: bars from the tables of docs/accuracy.md, and error against magnitude from data/errors.json.
import * as Plot from '@observablehq/plot';
import { chart } from './frame.mjs';

/** The rows of a table `### fn, dtype`: who, largest error, largest error on ordinary logits. */
export function tableOf(markdown, heading) {
  const part = markdown.split(`### ${heading}\n`)[1]?.split('\n### ')[0];
  if (part === undefined) throw new Error(`docs/accuracy.md has no table "${heading}"; npm run accuracy writes it`);
  const [head, , ...rows] = part.split('\n').filter((line) => line.startsWith('|')).map((line) => line.split('|').slice(1, -1).map((cell) => cell.trim())); // prettier-ignore
  const column = (name) => head.indexOf(name);
  return rows.map((row) => ({
    who: row[0],
    bound: Number(row[column('bound')]) || undefined,
    most: Number(row[column('max')]),
    ordinary: Number(row[column('max, ordinary logits')]),
  }));
}

/** Largest errors as bars on a logarithmic axis: all lanes, hard ones among them, and ordinary logits. */
export function bars(folder, markdown) {
  const parts = ['softmax, float32', 'logSoftmax, float32', 'softmax, float64', 'logSoftmax, float64'];
  const keep = /^(relaxed(, fast)?|relaxed, exact|plain loop|tfjs|onnx)/,
    name = (who) => who.replace(/^relaxed, exact$/, "ours, 'exact'").replace(/^relaxed(, fast)?$/, 'ours').replace(/ [\d.]+$/, ''); // prettier-ignore
  const rows = parts.flatMap((part) => tableOf(markdown, part).filter(({ who }) => keep.test(who)).map((row) => ({ ...row, part, who: name(row.who) }))); // prettier-ignore
  const order = [...new Set(rows.map(({ who }) => who))];
  const none = parts.flatMap((part) => order.filter((who) => !rows.some((row) => row.part === part && row.who === who)).map((who) => ({ part, who }))); // prettier-ignore
  chart(
    folder,
    'accuracy',
    'Largest errors in ULP, on a logarithmic axis',
    ['ordinary logits', 'hard ones too'],
    ({ series, line, text, soft }) => ({
      width: 860,
      height: 470,
      marginLeft: 130,
      marginRight: 130,
      marginBottom: 42, // prettier-ignore
      x: { type: 'log', domain: [0.1, 1e17], label: 'largest error, ULP', tickFormat: '~e', ticks: 6, grid: true },
      y: { domain: order, label: null },
      fy: { domain: parts, label: null },
      facet: { data: rows, y: 'part' },
      marks: [
        Plot.frame({ stroke: line }),
        Plot.ruleY(rows, { x1: 0.1, x2: 'most', y: 'who', stroke: series[1], strokeWidth: 8 }),
        Plot.ruleY(rows, { x1: 0.1, x2: 'ordinary', y: 'who', stroke: series[0], strokeWidth: 8 }),
        Plot.text(none, { x: 0.13, y: 'who', fy: 'part', text: () => 'not measured', textAnchor: 'start', fill: soft }),
        Plot.axisFy({ fill: text, label: null }),
        Plot.axisY({ fill: soft, label: null, tickSize: 0 }),
      ],
    }),
  );
}

/** The largest error of results of each magnitude. */
export function magnitudes(folder, { series: measured }) {
  const groups = [...new Set(measured.map(({ part }) => part))],
    names = [...new Set(measured.map(({ who }) => who))];
  const points = measured.flatMap(({ part, who, bins }) => bins.map(([power, most]) => ({ part, who, power, most: Math.max(most, 0.05) }))); // prettier-ignore
  chart(folder, 'magnitude', 'Largest error in ULP of results of each magnitude', names, ({ series, line, text }) => ({
    width: 860,
    height: 420,
    marginLeft: 60,
    marginBottom: 42, // prettier-ignore
    fx: { domain: groups, label: null },
    x: { label: 'magnitude of the exact result, power of 10', ticks: 3 },
    y: { type: 'log', label: 'largest error, ULP', labelAnchor: 'center', grid: true, tickFormat: '~e', ticks: 6 },
    color: { domain: names, range: series },
    facet: { data: points, x: 'part' },
    marks: [
      Plot.frame({ stroke: line }),
      Plot.line(points, { x: 'power', y: 'most', z: 'who', stroke: 'who', strokeWidth: 2 }),
      Plot.dot(points, { x: 'power', y: 'most', fill: 'who', r: 2 }),
      Plot.axisFx({ anchor: 'top', label: null, fill: text, fontSize: 13 }),
    ],
  }));
}
