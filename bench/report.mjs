/**
 * Writes docs/performance.md from bench/results.json, growth.json, cold.json and profile.json, docs/performance-node20.md and its
 * like from results-node20.json, and the table of the README: nothing in them that no run printed.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { contenders } from './contenders/index.mjs';
import { inBench, kernels, short } from './run.mjs';

const load = (file) => (existsSync(inBench(file)) ? JSON.parse(readFileSync(inBench(file), 'utf8')) : undefined);
const results = load('results.json'),
  others = [20, 22, 26]
    .map((node) => ({ node, results: load(`results-node${node}.json`) }))
    .filter(({ results }) => results),
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

const title = (row) => `${row.fn} [${row.shape}]${row.axis < 0 ? '' : ` axis ${row.axis}`}`;
const cell = (r) => (r === undefined ? '' : r.ratio < 1 ? `**${short(r.ratio)}**` : short(r.ratio));

/** A chart of site/charts/draw.mjs, for light and for dark pages. */
const picture = (file, title) =>
  say(
    '<picture>',
    `  <source media="(prefers-color-scheme: dark)" srcset="charts/${file}-dark.svg">`,
    `  <img alt="${title}" src="charts/${file}-light.svg">`,
    '</picture>',
  );

/** What was asked for, and what the run found. */
function goals() {
  const { means, rows, builds } = results,
    least = (who, fits) => Math.min(...rows.filter(fits).map((row) => row.results[who]?.ratio ?? Infinity)),
    size = (row) => row.shape.reduce((a, b) => a * b, 1),
    fresh = (row) => row.dtype === 'float32' && row.mode === 'fresh',
    ten = (fn, mode) => (row) =>
      row.fn === fn && row.dtype === 'float32' && row.mode === mode && String(row.shape) === '10';
  const libraries = ['tfjs-wasm', 'onnxruntime-web', 'numpy-ts', 'jax-js'];
  const reasons = {
    fresh:
      'A fresh result: its pages cost as much as the kernel (`copy, fresh` under How cost grows). Every library pays that, so it pulls ratios towards 1; what the bounds of docs/accuracy.md cost does the rest.',
    few: 'Ten logits: two copies, and steps that wait for one another (maximum, exp, sum, quotient, logarithm). Plain JavaScript copies nothing.',
    native: 'Native code: vectors of 512 bits, where wasm has 128.',
    fused: 'relaxed: copies and the maximum have no multiplication and addition to fuse.',
    start:
      'Cold start: most of it is the engine reading and parsing the one file, then compiling (Where the time goes). Node 22 and newer keep what they have parsed where NODE_COMPILE_CACHE names a folder (Cold start).',
  };
  const list = [],
    missed = new Set();
  const goal = (what, asked, got, reason, reached = got >= asked) => {
    list.push([what, short(asked), short(got), reached ? 'reached' : 'missed']);
    if (!reached) missed.add(reasons[reason]);
  };
  for (const [group, asked] of Object.entries({
    'float32 fresh': 2,
    'float32 into': 2.5,
    'logsumexp float32 fresh': 3,
    'logsumexp float32 into': 3,
    'strided float32 fresh': 3,
    'strided float32 into': 3,
    'float64 fresh': 3,
    'float64 into': 3,
  })) {
    goal(
      `${group}, mean over the fastest library of each workload`,
      asked,
      means[group]['fastest library'].mean,
      'fresh',
    );
  }
  const slowest = Math.min(...libraries.map((who) => least(who, (row) => row.mode === 'fresh')));
  goal('every fresh workload, against every library: the least', 1, slowest, 'fresh');
  for (const fn of ['softmax', 'logSoftmax', 'logsumexp']) {
    goal(`${fn} [10] float32 fresh, against js-tuned`, 1, least('js-tuned', ten(fn, 'fresh')), 'few');
    goal(`${fn} [10] float32 fresh, against js-loop`, 1.2, least('js-loop', ten(fn, 'fresh')), 'few');
    goal(`${fn} [10] float32 into, against js-loop`, 1.5, least('js-loop', ten(fn, 'into')), 'few');
  }
  const node = (fits) => least('onnxruntime-node', (row) => fresh(row) && fits(row));
  goal('float32 fresh, against onnxruntime-node: mean', 1, means['float32 fresh']['onnxruntime-node'].mean, 'native');
  goal('below 1e5 elements: the least', 1, node((row) => size(row) < 1e5), 'native'); // prettier-ignore
  goal('along strided axes: the least', 1, node((row) => row.axis >= 0), 'native'); // prettier-ignore
  const long = builds?.find(({ name }) => name.includes('[64,32000]'));
  if (long) goal('relaxed against simd, rows of 32000', 1.25, long.ns.simd / long.ns.relaxed, 'fused');
  const start = cold?.rows.find(({ name }) => name === 'ours');
  if (start) goal('cold start over an empty module, ms (less is better)', 3, start.over, 'start', start.over <= 3);
  say('## Goals', '', "The other contender's time divided by ours, unless it says otherwise.");
  table(['', 'asked', 'measured', ''], list);
  if (missed.size > 0) say('What stands in the way:', '', ...[...missed].map((reason) => `- ${reason}`));
}

/** What a run of bench.mjs found. */
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
    resident: 'input and result stay where the library computes',
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
goals();
say(
  '## Charts',
  '',
  'softmax of float32. In one unit, or as the time of others divided by ours: right of 1 ours is faster.',
);
picture('size', 'Time per element against the number of elements, ours and others');
picture('ratio', 'Time of others divided by ours for each workload, with the middle half of the rounds');
tables(results);

if (growth) {
  say(
    '## How cost grows',
    '',
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

// The README's table: some of these rows, between its marks.
const shown = [
  '[10] fresh',
  '[1000] fresh',
  '[1000000] fresh',
  '[1024,10] fresh',
  '[1024,1000] fresh',
  '[8,128256] fresh',
  '[1,21,512,512] axis 1 fresh',
  '[1000,1000] axis 0 fresh',
  '[1000] into',
  '[1000000] into',
  '[1024,1000] into',
];
const rivals = ['js-loop', 'tfjs-wasm', 'onnxruntime-web', 'onnxruntime-node'];
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
  `not); "fresh" makes a new result, "into" fills one. ${results.cpu}, Node ${results.node}, ${results.versions.ours.match(/\((.*)\)/)?.[1] ?? ''}, ${results.quick ? 'quick run' : 'run'} of ${results.date.slice(0, 10)}.`,
  'All workloads, logSoftmax, logsumexp and float64: [docs/performance.md], from `npm run bench`; Node 20: [docs/performance-node20.md].',
  '',
  `| | ours, ns | plain loop | tfjs-wasm | onnxruntime-web | onnxruntime-node (native AVX) |`,
  '|---|--:|--:|--:|--:|--:|',
  ...rows,
].join('\n');
const before = readFileSync(readme, 'utf8');
writeFileSync(
  readme,
  before.replace(/<!-- speed -->[\s\S]*<!-- \/speed -->/, `<!-- speed -->\n${block}\n<!-- /speed -->`),
);
console.log('Written: the table of README.md');
