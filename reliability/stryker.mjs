// Mutates src with Stryker and keeps what it finds: reliability/results/stryker.json. Two hours for all of it, on Node 24 or newer.
//   node reliability/stryker.mjs [--most MS] [--again [--kind 'not reached']] [--minutes N] [FOLDER or FILE of src ...]
// Mutants are judged by the tests that take at most MS (50) without them. --again: those that lived and that nothing explains, by longer
// tests and new ones. Goes on where the last run ended, file by file; a file that has changed is done again.
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { machine } from '../bench/run.mjs';
import { failureOf } from './inProcess/tests.mjs';
import { begin, sofar } from './inProcess/trace.mjs';
import { explained, kindOf } from './stryker/explained.mjs';
import { functionAt, placeOf } from './stryker/place.mjs';
import { loadTests } from './stryker/tests.mjs';

const root = dirname(import.meta.dirname),
  file = join(import.meta.dirname, 'results/stryker.json'),
  record = join(root, 'build/stryker.jsonl'),
  took = join(root, 'build/stryker-took.json'),
  traces = join(root, 'build/stryker-traces.json'),
  only = join(root, 'build/stryker-only.json');
const { values: given, positionals: names } = parseArgs({
  options: {
    most: { type: 'string', default: '50' },
    again: { type: 'boolean', default: false },
    kind: { type: 'string' },
    minutes: { type: 'string', default: '10000' },
  },
  allowPositionals: true,
});
const end = Date.now() + 60_000 * Number(given.minutes);
const stryker = dirname(createRequire(import.meta.url).resolve('@stryker-mutator/core/package.json'));

const keyOf = ({ location, replacement }) => `${placeOf(location)} ${replacement}`;

const hash = (name) =>
  createHash('sha256')
    .update(readFileSync(join(root, name)))
    .digest('hex')
    .slice(0, 12);
const last = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : {},
  load = () => (existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')).files : {}),
  least = given.again ? Math.min(...Object.values(last.files).map(({ most }) => most)) : 0;

/** All of src but the command line, whose tests start processes, and what reads the kernels in a host's own way. */
const sources = () =>
  readdirSync(join(root, 'src'), { recursive: true })
    .map((name) => `src/${name}`)
    .filter((name) => /\.ts$/.test(name) && !/^src\/(cli|generated)\/|\.d\.ts$|\/source(\.\w+)?\.ts$/.test(name))
    .sort();

/** Whether a file is what was asked for: src/functions, functions/topk or src/functions/topk.ts. */
const of = (wanted, name) => `${name.replace(/\.ts$/, '')}/`.startsWith(`src/${wanted.replace(/^src\/|\.ts$/g, '')}/`);

/** Files of which something is left to do, by folder. */
function folders() {
  for (const wanted of names) if (!sources().some((name) => of(wanted, name))) throw new Error(`src has no ${wanted}`);
  const done = load(),
    /** @type {Map<string, string[]>} */
    found = new Map();
  for (const name of sources()) {
    if (names.length > 0 && !names.some((wanted) => of(wanted, name))) continue;
    const known = done[name]?.hash === hash(name);
    if (given.again ? known && open(name, done[name]).length > 0 : !known)
      found.set(dirname(name), [...(found.get(dirname(name)) ?? []), name]);
  }
  return found;
}

/** Those that lived and that nothing explains, of the kind that is asked for. */
const open = (name, { survivors }) =>
  survivors.filter((mutant) => !explained(name, mutant) && (given.kind ?? kindOf(mutant)) === kindOf(mutant));

/** JSON in which a mutant that lives takes one line. */
const text = (results) =>
  JSON.stringify(
    results,
    (key, value) => (key === 'survivors' ? value.map((mutant) => JSON.stringify(mutant)) : value),
    1,
  )
    .split('\n')
    .map((line) => line.replace(/"\{\\"place.*\}"/, (mutant) => JSON.parse(mutant)))
    .join('\n') + '\n';

/** How long each test takes that has not been measured, and what its calls give; all must pass before anything is changed. */
async function measure() {
  const known = existsSync(took),
    found = known ? JSON.parse(readFileSync(took, 'utf8')) : {};
  console.log(`How long does each ${known ? 'new ' : ''}test take?`);
  for (const test of await loadTests(root)) {
    if (test.id in found) continue;
    begin();
    const start = performance.now(),
      error = await failureOf(test);
    if (error !== undefined) throw new Error(`${test.id} fails before anything is changed`, { cause: error });
    found[test.id] = { ms: Math.round(10 * (performance.now() - start)) / 10, ...sofar(), later: known };
  }
  writeFileSync(took, JSON.stringify(found));
}

/** Runs Stryker on some files, until the end of the time at the latest. */
function mutate(files) {
  rmSync(record, { force: true });
  const args = [join(stryker, 'bin/stryker.js'), 'run', 'reliability/stryker/config.mjs', '--mutate', files.join(',')],
    env = {
      ...process.env,
      STRYKER_RECORD: record,
      STRYKER_TOOK: took,
      STRYKER_TRACES: traces,
      STRYKER_TIMES: `${least}-${given.most}`,
    };
  if (given.again) {
    const done = load(),
      asked = files.map((name) => [
        name,
        open(name, done[name]).map(({ place, replacement }) => `${place} ${replacement}`),
      ]);
    writeFileSync(only, JSON.stringify(Object.fromEntries(asked)));
    env.STRYKER_ONLY = only;
  }
  const child = spawn(process.execPath, args, { cwd: root, stdio: 'inherit', env, detached: true });
  return new Promise((resolve) => {
    const late = setTimeout(() => process.kill(-child.pid, 'SIGKILL'), end - Date.now());
    child.once('exit', (status) => {
      clearTimeout(late);
      if (status) process.exitCode = status;
      resolve(undefined);
    });
  });
}

/** The code of a mutant, or the rest of its first line. */
function codeAt(lines, { start, end }) {
  const line = lines[start.line - 1];
  return (start.line === end.line ? line.slice(start.column - 1, end.column - 1) : line.slice(start.column - 1)).trim();
}

/** Adds what has been recorded to the results. */
function keep() {
  const files = load(),
    /** @type {Map<string, any[]>} */
    byFile = new Map();
  const lives = new Map();
  for (const line of readFileSync(record, 'utf8').trim().split('\n')) {
    const found = JSON.parse(line);
    if (found.lives !== undefined) {
      lives.set(found.lives, found);
      continue;
    }
    const name = found.file.slice(found.file.lastIndexOf('/src/') + 1);
    byFile.set(name, [...(byFile.get(name) ?? []), found]);
  }
  for (const [name, all] of byFile) {
    const planned = all.filter(({ status }) => status === undefined).length,
      tested = all.filter(({ status }) => status !== undefined),
      some = (...of) => tested.filter(({ status }) => of.includes(status));
    if (given.again) {
      const noticed = new Set(some('Killed', 'RuntimeError', 'Timeout').map((mutant) => keyOf(mutant))),
        { survivors } = files[name];
      files[name].survivors = survivors.filter(({ place, replacement }) => !noticed.has(`${place} ${replacement}`));
      files[name].later += survivors.length - files[name].survivors.length;
      for (const mutant of some('Survived')) {
        const { calls, differs } = lives.get(mutant.id),
          found = survivors.find(({ place, replacement }) => `${place} ${replacement}` === keyOf(mutant));
        found.calls += calls;
        found.differs ??= differs;
      }
    } else if (planned === tested.length) {
      const lines = readFileSync(join(root, name), 'utf8').split('\n');
      files[name] = {
        hash: hash(name),
        date: new Date().toISOString().slice(0, 10),
        most: Number(given.most),
        killed: some('Killed', 'RuntimeError').length,
        timedOut: some('Timeout').length,
        later: 0,
        survivors: some('Survived', 'NoCoverage').map(({ id, location, replacement }) => ({
          place: placeOf(location),
          in: functionAt(lines, location.start.line),
          code: codeAt(lines, location),
          replacement,
          calls: lives.get(id)?.calls ?? 0,
          differs: lives.get(id)?.differs,
        })),
      };
    }
  }
  for (const name of Object.keys(files)) {
    if (!sources().includes(name) || files[name].hash !== hash(name)) delete files[name];
  }
  const { version } = JSON.parse(readFileSync(join(stryker, 'package.json'), 'utf8'));
  writeFileSync(
    file,
    text({
      ...machine(process.execPath),
      stryker: version,
      longest: Math.max(last.longest ?? 0, Number(given.most)),
      untested: sources().filter((name) => !(name in files)),
      files,
    }),
  );
}

mkdirSync(dirname(record), { recursive: true });
if (given.again || !existsSync(took)) await measure();
for (const [folder, files] of folders()) {
  if (Date.now() > end) break;
  console.log(`\n${folder}: ${files.length} files`);
  await mutate(files);
  if (existsSync(record)) keep();
}
