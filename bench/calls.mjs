/**
 * What a call costs, form by form, in a process that has run a mixture of dtypes, containers and functions before, as a service
 * has: ns a call, and its ratio to the bare call, to the plain loop over the same container, and to another build of the package.
 * --profile: of the forms whose goal is missed, how their time is shared by the folders of src, the kernels and the garbage collector.
 * Usage: npm run bench -- --calls [--against FOLDER of another dist] [--n 10,100] [--only REGEX] [--rounds N] [--profile] [--node PATH] [--json FILE]
 */
import { execFileSync } from 'node:child_process';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { forms, large } from './forms.mjs';
import { rooms } from './rooms.mjs';
import { digits, machine, median, options, print, save, short } from './run.mjs';

const args = options({
  calls: { type: 'boolean' },
  against: { type: 'string' },
  n: { type: 'string', default: '1,3,10,32,100,1000,large' },
  only: { type: 'string', default: '' },
  rounds: { type: 'string', default: '15' },
  profile: { type: 'boolean', default: false },
});
/** Two runs of the same code differ by so much: a goal of no more than another's time is reached below it. */
const noise = 1.05;

if (args.node !== process.execPath) {
  const { node, ...others } = args,
    given = Object.entries(others).flatMap(([name, value]) =>
      typeof value === 'boolean' ? (value ? [`--${name}`] : []) : [`--${name}`, value],
    );
  execFileSync(node, [import.meta.filename, ...given], { stdio: 'inherit' });
  process.exit();
}

const open = (folder) => import(pathToFileURL(join(folder, 'index.js')).href);
const ours = await open(join(import.meta.dirname, '../dist'));
const other = args.against === undefined ? undefined : await open(resolve(args.against));
const only = new RegExp(args.only);

/** What one form does on each side: a function of no arguments, or undefined where there is none. */
const sides = ({ name, make, loop, elements }) => ({
  name,
  elements,
  ours: make(ours),
  loop,
  other: other === undefined ? undefined : attempt(() => make(other)),
});

/** undefined for what an older build does not know */
function attempt(make) {
  try {
    const call = make();
    call();
    return call;
  } catch {
    return undefined;
  }
}

let sink; // what came out last: no call is dropped
function time(call, times) {
  // one more, for the caches: of few calls, the first would pay for what the side before it left there
  sink = call();
  const start = process.hrtime.bigint();
  for (let i = 0; i < times; i++) sink = call();
  return Number(process.hrtime.bigint() - start) / times;
}

const report = { ...machine(process.execPath), against: other !== undefined, rows: [] };
// the mixture: every form of every size, in an order that no cache of a call site foresees
const mixture = [1, 3, 10, 32, 100, 1000].flatMap((n) => forms(n).map(sides));
for (let i = 0, at = 0; i < 150_000; i++) {
  at = (at + 7919) % mixture.length;
  const { ours, loop, other } = mixture[at];
  sink = ours();
  if (other !== undefined) sink = other();
  if (loop !== undefined) sink = loop();
}

/** Times all sides of all forms in turn, round after round, and prints their table. */
async function measure(title, size, all) {
  const needed = new Set(all.filter(({ name }) => only.test(name)).flatMap(({ name, base }) => [name, base]));
  const chosen = all.filter(({ name }) => needed.has(name)),
    samples = new Map(chosen.map(({ name }) => [name, { ours: [], loop: [], other: [] }]));
  const prepared = chosen.map(sides);
  // the first two rounds only warm up
  for (let round = -2; round < Number(args.rounds); round++) {
    for (const form of prepared) {
      const calls = Math.max(2, Math.round(4e4 / (form.elements + 30)));
      // the first of them finds the caches as another form left them: each in its turn
      for (const side of round % 2 === 0 ? ['ours', 'loop', 'other'] : ['other', 'loop', 'ours']) {
        if (form[side] === undefined) continue;
        const ns = time(form[side], calls);
        if (round >= 0) samples.get(form.name)[side].push(ns);
      }
    }
  }
  const rows = chosen.map((form) => row(form, size, samples));
  report.rows.push(...rows);
  console.log(
    `\n${title}, Node ${process.version}: median ns, ratios to the bare call, the plain loop, the other build\n`,
  );
  const cells = ({ name, ns, element, bare, loop, other, goal, reached }) => [
    ...[name, ...[ns, element, bare, loop, other].map(short), goal ?? ''],
    reached === undefined ? '' : reached ? 'reached' : 'MISSED',
  ];
  print([['form', 'a call', 'an element', '/ bare', '/ loop', '/ other', 'goal', ''], ...rows.map(cells)]);
  if (!args.profile) return;
  console.log('\nWhere the time of those that miss their goal goes, and of the bare call:\n');
  for (const row of rows) {
    if (row.reached === false || row.name === 'softmax(x)')
      console.log(`${row.name}: ${await shares(row.name, prepared)}`);
  }
}

async function shares(name, prepared) {
  const found = await rooms(prepared.find((form) => form.name === name).ours, 1000);
  return found.map(([room, share]) => `${room} ${(100 * share).toFixed(0)} %`).join(', ');
}

/** The ratios of a form, each taken within a round, and whether they reach its goals for this size. */
function row({ name, base, elements, goals }, size, samples) {
  const own = samples.get(name),
    ns = median(own.ours),
    ratio = (to) => (to.length === 0 ? undefined : digits(median(own.ours.map((ns, round) => ns / to[round]))));
  const ratios = { bare: ratio(samples.get(base).ours), loop: ratio(own.loop), other: ratio(own.other) },
    found = { ns: digits(ns), element: digits(ns / elements), ...ratios };
  const wanted = Object.entries(goals?.[size] ?? {}).filter(([to]) => found[to] !== undefined);
  if (wanted.length === 0) return { name, size, ...found };
  const goal = wanted.map(([to, most]) => (to === 'element' ? `${most} ns an element` : `${most} x ${to}`)).join(', ');
  return { name, size, ...found, goal, reached: wanted.every(([to, most]) => found[to] <= most * noise) };
}

for (const n of args.n.split(',').map(Number).filter(Boolean)) {
  await measure(`n = ${n}`, n, forms(n));
}
if (args.n.endsWith('large')) await measure('Large', 'large', large());

const judged = report.rows.filter(({ reached }) => reached !== undefined);
console.log(`\n${judged.filter(({ reached }) => reached).length} of ${judged.length} goals reached (within ${noise}).`);
if (args.json) save(args.json, report);
if (sink === report) console.log(); // never
