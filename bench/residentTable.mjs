import { short } from './run.mjs';

/** What resident.mjs found on each Node, as the head and the rows of a table: the ratio, and the middle half of its rounds. */
export function residentTable(found) {
  const nodes = Object.values(found);
  const cell = (r) => (r === undefined ? '' : `${short(r.ratio)} (${short(r.lower)} .. ${short(r.upper)})`);
  const rows = nodes[0].rows.map(({ name, against }) => [
    `${name} / ${against === 'none' ? 'without' : "XNNPACK's kernel"}`,
    short(nodes[0].rows.find((r) => r.name === name).ns),
    ...nodes.map(({ rows }) => cell(rows.find((r) => r.name === name))),
  ]);
  return { head: ['softmax float32', 'ours, ns', ...nodes.map(({ node, build }) => `${node}, ${build}`)], rows };
}
