import { print, short } from './run.mjs';
import { table } from './tables.mjs';

/** Two runs of the same code differ by so much: a goal is reached below it. */
const noise = 1.05;
const time = (ns) => (ns >= 1e6 ? `${short(ns / 1e6)} ms` : `${short(ns / 1e3)} us`);
const judge = (got, most) => (most === undefined ? '' : got <= most * noise ? 'reached' : 'missed');
const range = ({ ratio, lower, upper }) => `${short(ratio)} (${short(lower)} .. ${short(upper)})`;

/** What tokens.mjs found, printed. */
export function show({ date, node, cpu, build, load, versions, skipped, calls, ratios }) {
  console.log(`\n${date}, Node ${node}, ${cpu}, ${build}; load ${load}; ${JSON.stringify(versions)}`);
  for (const [name, reason] of Object.entries(skipped)) console.log(`without ${name}: ${reason}`);
  console.log('\nMedians of a call\n');
  print(calls.map(({ name, ns, most }) => [name, time(ns), most ? `at most ${time(most)}` : '', judge(ns, most)]));
  console.log('\nRatios within a round, the middle half in parentheses\n');
  print(
    ratios.map((r) => [`${r.name} / ${r.to}`, range(r), r.most ? `at most ${r.most}` : '', judge(r.ratio, r.most)]),
  );
}

/** The same as the lines of a section of docs/performance.md: a column for each Node. `where` says on what machine. */
export function tokens(found, where) {
  if (found === undefined) return [];
  const runs = Object.values(found),
    [first] = runs;
  const heads = runs.map(({ node, build }) => `${node}, ${build}`);
  const of = (list, { name, to }) => list.find((row) => row.name === name && row.to === to);
  const verdict = (list) => (list.some((word) => word === 'missed') ? 'missed' : (list.find(Boolean) ?? ''));
  return [
    '## From logits to tokens',
    '',
    `float32 logits, [1,128256]; our time divided by the other's, less than 1 is faster, the middle half of the rounds in parentheses. All in one process, one sample of each in turn (\`node bench/tokens.mjs\`). The sampler of transformers.js ranks by its topk, which is onnxruntime's; it has no top-p. ${Object.entries(
      first.versions,
    )
      .map((entry) => entry.join(' '))
      .join(', ')}. ${runs.map(where).join('. ')}.`,
    '',
    ...table(
      ['', ...heads, 'asked', ''],
      first.ratios.map((row) => {
        const rows = runs.map(({ ratios }) => of(ratios, row)).filter(Boolean);
        return [`${row.name} / ${row.to}`, ...runs.map(({ ratios }) => (of(ratios, row) ? range(of(ratios, row)) : '')), row.most ? `at most ${row.most}` : '', verdict(rows.map((r) => judge(r.ratio, r.most)))]; // prettier-ignore
      }),
    ),
    ...table(
      ['a call', ...heads, 'asked', ''],
      first.calls.map((row) => {
        const rows = runs.map(({ calls }) => of(calls, row)).filter(Boolean);
        return [row.name, ...runs.map(({ calls }) => (of(calls, row) ? time(of(calls, row).ns) : '')), row.most ? `at most ${time(row.most)}` : '', verdict(rows.map((r) => judge(r.ns, r.most)))]; // prettier-ignore
      }),
    ),
  ];
}
