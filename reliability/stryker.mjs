// Mutates src with Stryker and keeps what it finds: reliability/results/stryker.json.
//   node reliability/stryker.mjs [--part 1/3] [--minutes N] [FOLDER or FILE of src ...]
// --part K/N: a part of the mutants of every file, drawn by their places; together the N parts are all of them.
// Goes on where the last run of the part ended, file by file; a file that has changed is done again. All of src takes a night,
// and what fits in N minutes is kept.
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { machine } from '../bench/run.mjs';

const root = dirname(import.meta.dirname),
  file = join(import.meta.dirname, 'results/stryker.json'),
  record = join(root, 'build/stryker.jsonl'),
  long = join(root, 'build/stryker-long.json');
/** ms: tests that take longer are left out, but those of random cases */
const LONG = 250;
const { values: given, positionals: names } = parseArgs({
  options: { minutes: { type: 'string', default: '10000' }, part: { type: 'string', default: '1/1' } },
  allowPositionals: true,
});
const end = Date.now() + 60_000 * Number(given.minutes);
const stryker = dirname(createRequire(import.meta.url).resolve('@stryker-mutator/core/package.json'));

const hash = (name) =>
  createHash('sha256')
    .update(readFileSync(join(root, name)))
    .digest('hex')
    .slice(0, 12);
const load = () => (existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')).files : {});

/** All of src but the command line, whose tests start processes, and what reads the kernels in a host's own way. */
const sources = () =>
  readdirSync(join(root, 'src'), { recursive: true })
    .map((name) => `src/${name}`)
    .filter((name) => /\.ts$/.test(name) && !/^src\/(cli|generated)\/|\.d\.ts$|\/source(\.\w+)?\.ts$/.test(name))
    .sort();

/** Files of which something is left to do, by folder. */
function folders() {
  const done = load(),
    /** @type {Map<string, string[]>} */
    found = new Map();
  for (const name of sources()) {
    if (names.length > 0 && !names.some((wanted) => name === `src/${wanted}.ts` || name.startsWith(`src/${wanted}/`)))
      continue;
    const { hash: then, parts } = done[name] ?? {};
    if (then === hash(name) && parts[given.part]?.left === 0) continue;
    found.set(dirname(name), [...(found.get(dirname(name)) ?? []), name]);
  }
  return found;
}

/** Which tests take long; all must pass before anything is changed. */
function measure() {
  const out = join(root, 'build/stryker-tests.json'),
    vitest = join(root, 'node_modules/vitest/vitest.mjs'),
    config = 'reliability/stryker/vitest.config.mjs';
  const args = [vitest, 'run', '--config', config, '--pool', 'threads', '--reporter', 'json', '--outputFile', out];
  console.log('Which tests take long?');
  spawnSync(process.execPath, args, { cwd: root, stdio: ['ignore', 'ignore', 'inherit'] });
  const { success, testResults } = JSON.parse(readFileSync(out, 'utf8'));
  if (!success) throw new Error('tests fail before anything is changed; see build/stryker-tests.json');
  const tests = [],
    files = {};
  for (const { name, assertionResults } of testResults) {
    files[basename(name)] = 0;
    for (const { fullName, duration } of assertionResults) {
      if (duration > LONG && !/fuzz/i.test(basename(name))) tests.push(fullName);
      else files[basename(name)] += duration ?? 0;
    }
  }
  writeFileSync(long, JSON.stringify({ tests, files }));
}

/** Runs Stryker on some files, until the end of the time at the latest. */
function mutate(files) {
  rmSync(record, { force: true });
  const args = [join(stryker, 'bin/stryker.js'), 'run', 'reliability/stryker/config.mjs', '--mutate', files.join(',')],
    env = { ...process.env, STRYKER_RECORD: record, STRYKER_LONG: long, STRYKER_PART: given.part };
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

const short = (text) => text.replace(/\s+/g, ' ').trim().slice(0, 100);

/** The code of a mutant, or the rest of its first line. */
function codeAt(lines, { start, end }) {
  const line = lines[start.line - 1];
  return short(start.line === end.line ? line.slice(start.column - 1, end.column - 1) : line.slice(start.column - 1));
}

/** Adds what has been recorded to the results. */
function keep() {
  const files = load(),
    /** @type {Map<string, any[]>} */
    byFile = new Map();
  for (const line of readFileSync(record, 'utf8').trim().split('\n')) {
    const found = JSON.parse(line),
      name = found.file.slice(found.file.lastIndexOf('/src/') + 1);
    byFile.set(name, [...(byFile.get(name) ?? []), found]);
  }
  for (const [name, found] of byFile) {
    const lines = readFileSync(join(root, name), 'utf8').split('\n'),
      planned = found.filter(({ status }) => status === undefined).length,
      count = (...of) => found.filter(({ status }) => of.includes(status)).length;
    if (files[name]?.hash !== hash(name)) files[name] = { hash: hash(name), mutants: planned, parts: {} };
    files[name].parts[given.part] = {
      date: new Date().toISOString().slice(0, 10),
      killed: count('Killed', 'RuntimeError'),
      timedOut: count('Timeout'),
      survived: count('Survived'),
      notReached: count('NoCoverage'),
      left: planned - found.filter(({ status }) => status !== undefined).length,
      survivors: found
        .filter(({ status }) => status === 'Survived' || status === 'NoCoverage')
        .map(({ location, replacement, status }) => ({ line: location.start.line, code: codeAt(lines, location), mutant: short(replacement), status })), // prettier-ignore
    };
  }
  for (const name of Object.keys(files)) if (!sources().includes(name)) delete files[name];
  const { version } = JSON.parse(readFileSync(join(stryker, 'package.json'), 'utf8'));
  writeFileSync(
    file,
    JSON.stringify(
      {
        ...machine(process.execPath),
        stryker: version,
        long: LONG,
        untested: sources().filter((name) => !(name in files)),
        files,
      },
      null,
      1,
    ) + '\n',
  );
}

mkdirSync(dirname(record), { recursive: true });
if (!existsSync(long)) measure();
for (const [folder, files] of folders()) {
  if (Date.now() > end) break;
  console.log(`\n${folder}: ${files.length} files, part ${given.part}`);
  await mutate(files);
  if (existsSync(record)) keep();
}
