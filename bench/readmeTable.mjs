import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { short } from './run.mjs';

const shown = [
  '[10] fresh',
  '[1000] fresh',
  '[1000000] fresh',
  '[1024,10] fresh',
  '[1024,1000] fresh',
  '[8,128256] fresh',
  '[128256] theta 1/0.7 fresh',
  '[1,21,512,512] axis 1 fresh',
  '[1000,1000] axis 0 fresh',
  '[1000] into',
  '[1000000] into',
  '[1024,1000] into',
  '[128256] theta 1/0.7 into',
  '[1000] resident',
  '[8,128256] resident',
];
const rivals = ['js-loop', 'tfjs-wasm', 'xnnpack', 'onnxruntime-web', 'onnxruntime-node'];

/** The README's table: some rows of a run, between its marks. */
export function writeTable(results) {
  const rows = shown
    .map((name) => results.rows.find((row) => row.name === `softmax float32 ${name}`))
    .filter((row) => row !== undefined)
    .map((row) => {
      const cells = rivals
        .map((rival) => row.results[rival]?.ratio)
        .map((r) => (r === undefined ? '-' : r < 1 ? `**${short(r)}**` : short(r)));
      return `| ${row.name.replace('softmax float32 ', '')} | ${[short(row.results.ours.ns), ...cells].join(' | ')} |`;
    });
  const readme = join(import.meta.dirname, '../README.md');
  const block = [
    `softmax of float32, ns per element, and the time of others divided by ours (above 1 ours is faster, **bold** where it is`,
    `not); "fresh" makes a new result, "into" fills one, "resident" copies nothing. ${results.cpu}, Node ${results.node}, ${results.versions.ours.match(/\((.*)\)/)?.[1] ?? ''}, ${results.quick ? 'quick run' : 'run'} of ${results.date.slice(0, 10)}.`,
    'All workloads, logSoftmax, logsumexp and float64: [docs/performance.md], from `npm run bench`; Node 20: [docs/performance-node20.md].',
    '',
    `| | ours, ns | plain loop | tfjs-wasm | its kernel alone | onnxruntime-web | onnxruntime-node (native AVX) |`,
    '|---|--:|--:|--:|--:|--:|--:|',
    ...rows,
  ].join('\n');
  const before = readFileSync(readme, 'utf8');
  writeFileSync(
    readme,
    before.replace(/<!-- speed -->[\s\S]*<!-- \/speed -->/, `<!-- speed -->\n${block}\n<!-- /speed -->`),
  );
  console.log('Written: the table of README.md');
}
