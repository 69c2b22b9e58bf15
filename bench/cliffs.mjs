/**
 * Searches for cliffs: calls that cost more than 5 times a neighbour, an element. A neighbour has one element less or more
 * along an axis, one option less, or ordinary values. Those that were slow once come first, then random ones from a seed.
 * A suspect is measured again, in turn with its neighbour, in a fresh process, before it is reported.
 * Usage: npm run bench -- --cliffs [--seed N] [--seconds N] [--only REGEX] [--known] [--node PATH] [--json FILE]
 */
import { execFileSync, fork } from 'node:child_process';
import { join } from 'node:path';
import { builds, make, time } from './cliffCalls.mjs';
import { draw, generator, known, nameOf, neighbours, reasonOf } from './cliffCases.mjs';
import { digits, inBench, machine, options, relaxedFlag, save, short } from './run.mjs';

const args = options({
  cliffs: { type: 'boolean' },
  seed: { type: 'string' },
  seconds: { type: 'string', default: '60' },
  only: { type: 'string', default: '' },
  known: { type: 'boolean', default: false },
});
/** what is a cliff, and what is suspected of being one */
const most = 5,
  suspected = 4;
/** of cliffs alike, so many are measured again */
const alike = 3;
const flags = Number(process.versions.node.split('.')[0]) < 22 ? [relaxedFlag] : [];

if (args.node !== process.execPath || (flags.length > 0 && !process.execArgv.includes(relaxedFlag))) {
  const { node, ...others } = args,
    given = Object.entries(others).flatMap(([name, value]) =>
      typeof value === 'boolean' ? (value ? [`--${name}`] : []) : [`--${name}`, value],
    );
  const old = Number(execFileSync(node, ['-p', 'process.versions.node.split(".")[0]'], { encoding: 'utf8' })) < 22;
  execFileSync(node, [...(old ? [relaxedFlag] : []), import.meta.filename, ...given], { stdio: 'inherit' });
  process.exit();
}

const seed = Number(args.seed ?? Math.floor(Math.random() * 2 ** 32)),
  file = args.json ?? inBench('cliffs.json'),
  only = new RegExp(args.only),
  random = generator(seed);
console.log(`Seed ${seed}; builds ${builds.join(', ')}; Node ${process.version}.`);
const report = {
  ...machine(process.execPath),
  seed,
  seconds: Number(args.seconds),
  builds,
  cases: 0,
  pairs: 0,
  suspects: 0,
  failed: [],
  known: [],
  cliffs: [],
};

/** The least of some short measurements: what disturbs one only adds. */
function quick(made) {
  let least = Infinity;
  time(made, 0.2);
  for (let i = 0; i < 3; i++) least = Math.min(least, time(made, 0.2));
  return least;
}

/** Two cases again, in a process of their own. */
function again(one, other, rounds = 11, ms = 4) {
  return new Promise((resolve, reject) => {
    const child = fork(join(import.meta.dirname, 'cliffCalls.mjs'), ['compare'], { execArgv: flags });
    child.once('message', resolve);
    child.once('exit', (code) => reject(new Error(`process ended (${code})`)));
    child.send({ one, other, rounds, ms });
  });
}

const row = (one, what, found) => ({
  case: nameOf(one),
  neighbour: what,
  ns: digits(found.ns),
  neighbourNs: digits(found.otherNs),
  ratio: digits(found.ratio),
  reason: found.ratio > most ? reasonOf(one, what) : undefined,
});

for (const [what, one] of known(builds)) {
  if (!builds.includes(one.build) || !only.test(nameOf(one))) continue;
  const other = neighbours(one).find(([name]) => name === what)[1];
  report.known.push(row(one, what, await again(one, other)));
  const { ratio, ns, neighbourNs } = report.known.at(-1);
  console.log(`${short(ratio)}  ${nameOf(one)}: ${short(ns)} ns, ${what}: ${short(neighbourNs)}`);
}

/** @type {Map<string, { count: number, worst: number }>} how many cliffs of a kind there are */
const kinds = new Map();
const kindOf = ({ fn, dtype, build, layout, values }, what) => [fn, dtype, build, what, layout ?? '', what === 'ordinary values' ? values : ''].join(); // prettier-ignore

/** A drawn case beside its neighbours. */
async function search(one) {
  const own = attempt(one);
  if (own === undefined) return;
  report.cases++;
  let ns = quick(own);
  for (const [what, other] of neighbours(one)) {
    const beside = attempt(other);
    if (beside === undefined) continue;
    report.pairs++;
    let otherNs = quick(beside);
    for (let i = 0; i < 2 && Math.max(ns / otherNs, otherNs / ns) > suspected; i++) {
      ns = Math.min(ns, quick(own));
      otherNs = Math.min(otherNs, quick(beside));
    }
    beside.end();
    // along an axis the neighbour may be the slow one
    const isSize = / [+-] 1$/.test(what),
      turned = isSize && otherNs > ns;
    if (Math.max(ns / otherNs, isSize ? otherNs / ns : 0) <= suspected) continue;
    report.suspects++;
    if (turned) await judge(other, what.endsWith('- 1') ? what.replace('-', '+') : what.replace('+', '-'), one);
    else await judge(one, what, other);
  }
  own.end();
}

/** Measures a suspect again, unless enough of its kind have been found. */
async function judge(one, what, other) {
  const key = kindOf(one, what),
    kind = kinds.get(key) ?? { count: 0, worst: 0 };
  kinds.set(key, kind);
  if (kind.count >= alike) {
    kind.count++;
    return;
  }
  const found = await again(one, other);
  if (found.ratio <= most) return;
  kind.count++;
  report.cliffs.push({ ...row(one, what, found), key });
  console.log(`${short(found.ratio)}  ${nameOf(one)}: ${short(found.ns)} ns, ${what}: ${short(found.otherNs)}`);
}

/** A call that works, or undefined: a drawn one may be refused. */
function attempt(one) {
  try {
    const made = make(one);
    made.call();
    return made;
  } catch (error) {
    report.failed.push({ case: nameOf(one), error: error.message });
    return undefined;
  }
}

const end = Date.now() + 1000 * Number(args.seconds);
while (!args.known && Date.now() < end) {
  const one = draw(random, builds);
  if (only.test(nameOf(one))) await search(one);
}
// of each kind the worst, with how many there are
const worst = new Map();
for (const cliff of report.cliffs) if (!(worst.get(cliff.key)?.ratio > cliff.ratio)) worst.set(cliff.key, cliff);
report.cliffs = [...worst.values()]
  .map(({ key, ...cliff }) => ({ ...cliff, alike: kinds.get(key).count }))
  .sort((a, b) => b.ratio - a.ratio);
const errors = new Set(report.failed.map(({ error }) => error.replaceAll(/\d+/g, 'N')));
if (errors.size > 0) console.log(`Refused calls, ${report.failed.length}:\n  ${[...errors].join('\n  ')}`);
console.log(
  `${report.cases} calls beside ${report.pairs} neighbours, ${report.suspects} suspects, ${report.cliffs.length} kinds of cliffs; ${report.cliffs.filter(({ reason }) => reason === undefined).length} without a reason.`,
);
save(file, report);
