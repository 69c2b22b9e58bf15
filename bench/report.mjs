/**
 * Writes docs/performance.md from bench/results.json, growth.json, cold.json and profile.json, docs/performance-node20.md and its
 * like from results-node20.json: nothing in them that no run printed.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { contenders } from './contenders/index.mjs';
import { residentTable } from './residentTable.mjs';
import { tokens } from './tokensTable.mjs';
import { goals } from './goals.mjs';
import { inBench, kernels, short } from './run.mjs';

const load = (file) => (existsSync(inBench(file)) ? JSON.parse(readFileSync(inBench(file), 'utf8')) : undefined);
const results = load('results.json'),
  others = [20, 22, 26]
    .map((node) => ({ node, results: load(`results-node${node}.json`) }))
    .filter(({ results }) => results),
  resident = load('resident.json'),
  growth = load('growth.json'),
  cold = load('cold.json'),
  profile = load('profile.json');
if (results === undefined) throw new Error('bench/results.json is not there: npm run bench first');

let text = [];
const say = (...lines) => text.push(...lines, '');
const table = (head, rows) =>
  say(
    `| ${head.join(' | ')} |`,
    `|---|${'--:|'.repeat(head.length - 1)}`,
    ...rows.map((row) => `| ${row.join(' | ')} |`),
  );
const where = (r) =>
  `${r.cpu}, ${r.memory}, ${r.platform}; Node ${r.node} (V8 ${r.v8}); ${r.date}; load of the machine at the start ${r.load}`;
const plural = (n, what) => `${n} ${what}${n === 1 ? '' : 's'}`;

const title = (row) => `${row.fn} [${row.shape}]${row.axis < 0 ? '' : ` axis ${row.axis}`}${row.note ?? ''}`;
const cell = (r) => (r === undefined ? '' : r.ratio < 1 ? `**${short(r.ratio)}**` : short(r.ratio));

/** A chart of site/charts/draw.mjs, for light and for dark pages. */
const picture = (file, title) =>
  say(
    '<picture>',
    `  <source media="(prefers-color-scheme: dark)" srcset="charts/${file}-dark.svg">`,
    `  <img alt="${title}" src="charts/${file}-light.svg">`,
    '</picture>',
  );

function sayGoals() {
  const { list, reasons } = goals(results, cold, resident);
  say(
    '## Goals',
    '',
    "The other contender's time divided by ours, unless it says otherwise. Medians of ratios of one run.",
  );
  table(['', 'asked', 'measured', ''], list);
  if (reasons.length > 0) say('What stands in the way:', '', ...reasons.map((reason) => `- ${reason}`));
}

function tables(results) {
  const names = Object.keys(contenders).filter(
    (name) => name !== 'ours' && results.rows.some((row) => row.results[name]),
  );
  say(`Machine: ${where(results)}.`);
  say(
    `Versions: ${Object.entries(results.versions)
      .map(([name, v]) => `${name} ${v}`)
      .join(', ')}.`,
  );
  if (results.kernels !== kernels())
    say('**This run is of an earlier build of the kernels** than the one that the repository holds now.');
  const ratios = results.rows.flatMap((row) => Object.values(row.results).filter((r) => r.ratio)),
    wide = ratios.filter((r) => r.upper / r.lower > 1.5);
  say(
    `Disturbed, the upper quartile of the rounds more than 1.5 times the lower one: ${wide.length} of ${plural(ratios.length, 'ratio')}.`,
  );
  for (const [name, reason] of Object.entries(results.skipped)) say(`Not in this run: ${name} (${reason}).`);
  say(
    `${results.quick ? 'A **quick** run (fewer workloads and rounds). ' : ''}Every contender in a process of its own, results checked against float64 first, one sample of ${results.ms} ms each in turn, ${plural(results.rounds, 'round')}; ratios are taken within a round, the tables show their medians. Ratios within 1.3 of 1 mean nothing.`,
  );

  say(
    "## The other contender's time divided by ours",
    '',
    'Above 1 ours is faster; **bold** where the other one is. "ours" is ns per element.',
  );
  const groups = [...new Set(results.rows.map((row) => `${row.dtype} ${row.mode}`))];
  const meaning = {
    fresh: 'typed array in, new typed array out',
    into: 'typed array in, result into a given array',
    resident: 'input and result stay where the library computes; xnnpack is the kernel of tfjs-wasm, called by itself',
  };
  for (const group of groups) {
    const [dtype, mode] = group.split(' '),
      rows = results.rows.filter((row) => row.dtype === dtype && row.mode === mode);
    const here = names.filter((name) => rows.some((row) => row.results[name]));
    say(`### ${dtype}, ${mode}: ${meaning[mode]}`);
    table(
      ['workload', 'ours', ...here],
      rows.map((row) => [title(row), short(row.results.ours?.ns), ...here.map((name) => cell(row.results[name]))]),
    );
  }

  say(
    '## Geometric means',
    '',
    'Of the ratios above; the least ratio in parentheses. "fastest library" takes, workload by workload, the fastest of the JavaScript and wasm libraries.',
  );
  const columns = ['fastest library', ...names];
  table(
    ['', ...columns],
    Object.entries(results.means).map(([group, mean]) => [
      group,
      ...columns.map((name) => (mean[name] ? `${short(mean[name].mean)} (${short(mean[name].least)})` : '')),
    ]),
  );

  say('## Where others are faster');
  const lost = results.rows.flatMap((row) =>
    names
      .filter((name) => row.results[name]?.ratio < 1)
      .map((name) => [`${title(row)}, ${row.dtype} ${row.mode}`, name, row.results[name]]),
  );
  if (lost.length === 0) say('Nowhere in this run.');
  else
    table(
      ['workload', 'who', 'their time / ours', 'middle half of the rounds'],
      lost.map(([work, name, r]) => [work, name, short(r.ratio), `${short(r.lower)} .. ${short(r.upper)}`]),
    );
  if (results.failed.length > 0) {
    say('Left out, since the contender failed there:');
    table(
      ['workload', 'who', 'reason'],
      results.failed.map(({ workload, contender, reason }) => [workload, contender, reason.split('\n')[0]]),
    );
  }

  if (results.builds) {
    const builds = Object.keys(results.builds[0].ns).filter((name) => name !== 'js-loop');
    say(
      '## Builds',
      '',
      'The tight JS loop in ns per element, and how many times faster each build is. On Node 20 the relaxed build runs behind a flag of V8.',
    );
    table(
      ['workload', 'js-loop', ...builds],
      results.builds.map((row) => [
        row.name,
        short(row.ns['js-loop']),
        ...builds.map((name) => short(row.ns['js-loop'] / row.ns[name])),
      ]),
    );
  }
}

function write(file) {
  writeFileSync(
    join(import.meta.dirname, '..', file),
    text
      .join('\n')
      .replace(/\n{3,}/g, '\n\n')
      .trimEnd() + '\n',
  );
  console.log(`Written: ${file}`);
  text = [];
}

say('# Performance', '', 'Written by `node bench/report.mjs` from the files of the last run; do not edit.');
if (others.length > 0) {
  const links = others.map(({ node }) => `[Node ${node}](performance-node${node}.md)`);
  say(`The same on ${links.join(', ')}; on Node 20 the simd build is the default, later the relaxed one.`);
}
sayGoals();
say(
  '## Charts',
  '',
  'softmax of float32. In one unit, or as the time of others divided by ours: right of 1 ours is faster.',
);
picture('size', 'Time per element against the number of elements, ours and others');
picture('ratio', 'Time of others divided by ours for each workload, with the middle half of the rounds');
tables(results);

if (resident) {
  const { head, rows } = residentTable(resident);
  say("## Tensors beside XNNPACK's kernel, theta and masks", '', `Our time divided by the other, less than 1 is faster; in one process and in short turns (\`node bench/resident.mjs --json bench/resident.json\`), the middle half of the rounds in parentheses. ${where(Object.values(resident)[0])}.`); // prettier-ignore
  table(head, rows);
}

text.push(...tokens(load('tokens.json'), where));

if (growth) {
  say(
    '## How cost grows',
    '',
    ...(growth.kernels === results.kernels ? [] : ['**Measured with an earlier build of the kernels.**', '']),
    `ns per element, ${growth.fn} ${growth.dtype}, ${growth.version}; ${where(growth)}. "up" marks a neighbour dearer by more than 1.5, "down" one cheaper by as much (the cost of a call, spread over more elements). The copies show what memory alone does.`,
  );
  for (const { title, columns, rows } of growth.series) {
    say(`### ${title[0].toUpperCase()}${title.slice(1)}`);
    table(
      ['shape', ...columns],
      rows.map((row) => [`[${row.shape}]`, ...row.ns.map((ns, c) => `${row.marks[c]} ${short(ns)}`.trim())]),
    );
  }
}

if (cold) {
  say(
    '## Cold start',
    '',
    `From the import to the first result of 1000 values, median of ${cold.processes} fresh processes, ms; ${where(cold)}.`,
  );
  table(
    ['', 'median', 'least', 'over an empty module'],
    cold.rows.map((row) => [row.name, short(row.ms), short(row.min), row.over.toFixed(2)]),
  );
}

if (profile) {
  const names = Object.keys(profile.rows[0].ns);
  say(
    '## Where the time goes',
    '',
    ...(profile.kernels === results.kernels ? [] : ['**Measured with an earlier build of the kernels.**', '']),
    `softmax float32, simd build, ns per element; the parts of a call by themselves, and the whole. ${where(profile)}. A kernel on rows that stay in cache cannot be much faster: its exp alone is 23 vector operations for four elements. Native code with 512-bit vectors does four times as much at once. Against other wasm the rest is the copies, a new result's pages, and what the bounds of docs/accuracy.md cost; with ten logits it is the latency of one exp after the other step of a softmax.`,
  );
  table(
    ['shape', ...names],
    profile.rows.map(({ shape, ns }) => [`[${shape}]`, ...names.map((name) => short(ns[name]))]),
  );
  say(
    `A cold start, ms: ${Object.entries(profile.cold)
      .map(([name, ms]) => `${name} ${short(ms)}`)
      .join(', ')}.`,
  );
}

say(
  '## To reproduce',
  '',
  '```sh',
  'npm ci',
  'node bench/install.mjs   # the rivals, at exact versions',
  'npm run bench            # or: npm run bench -- --quick; --node PATH: another node for the measured processes',
  'node bench/growth.mjs',
  'node bench/cold.mjs',
  'node bench/profile.mjs',
  'node bench/tokens.mjs --json bench/tokens.json',
  'node bench/report.mjs    # writes this file',
  'node site/charts/draw.mjs # draws the charts, once `npm run site` has installed what it needs',
  '```',
);
say('bench/README.md says what is measured and how.');

write('docs/performance.md');

for (const { node, results } of others) {
  say(
    `# Performance on Node ${node}`,
    '',
    'Written by `node bench/report.mjs` from the files of the last run; do not edit.',
  );
  say('How it is measured, and how cost grows: [performance.md](performance.md).');
  tables(results);
  say(
    `To reproduce: \`node bench/bench.mjs${results.quick ? ' --quick' : ''} --node PATH --json bench/results-node${node}.json\`, then \`node bench/report.mjs\`.`,
  );
  write(`docs/performance-node${node}.md`);
}
