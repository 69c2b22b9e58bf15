// Mutates files of src with Stryker and keeps what it finds: reliability/results/stryker.json, in which the files of this
// run replace those of earlier ones.
//   node reliability/stryker.mjs [--quick] plan/overlap numeric/half ...
// --quick leaves out the slow tests (stryker.vitest.config.mjs); with them an hour is needed for a few files.
import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';

const root = dirname(import.meta.dirname),
  file = join(import.meta.dirname, 'results/stryker.json');
const { values: given, positionals: names } = parseArgs({
  options: { quick: { type: 'boolean', default: false }, report: { type: 'boolean', default: false } },
  allowPositionals: true,
});
if (!given.report) {
  const stryker = createRequire(import.meta.url).resolve('@stryker-mutator/core/package.json');
  const args = [join(dirname(stryker), 'bin/stryker.js'), 'run', 'reliability/stryker.config.mjs'];
  if (names.length > 0) args.push('--mutate', names.map((name) => `src/${name}.ts`).join(','));
  const env = { ...process.env, STRYKER_TESTS: given.quick ? 'quick' : 'all' };
  const { status } = spawnSync(process.execPath, args, { cwd: root, stdio: 'inherit', env });
  if (status !== 0) process.exit(status);
}

const report = JSON.parse(readFileSync(join(root, 'build/stryker.json'), 'utf8'));
const found = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')).files : {};
const short = (text) => text.replace(/\s+/g, ' ').trim().slice(0, 100);
for (const [name, { source, mutants }] of Object.entries(report.files)) {
  const lines = source.split('\n'),
    count = (status) => mutants.filter((mutant) => mutant.status === status).length;
  const alive = mutants.filter(({ status }) => status === 'Survived' || status === 'NoCoverage');
  found[name] = {
    killed: count('Killed'),
    timedOut: count('Timeout'),
    survived: count('Survived'),
    notReached: count('NoCoverage'),
    quick: given.quick,
    survivors: alive.map(({ location: { start, end }, replacement, status }) => ({
      line: start.line,
      code: short(start.line === end.line ? lines[start.line - 1].slice(start.column - 1, end.column - 1) : lines[start.line - 1].slice(start.column - 1)), // prettier-ignore
      mutant: short(replacement),
      status,
    })),
  };
}
writeFileSync(
  file,
  JSON.stringify({ node: process.version, stryker: report.framework?.version ?? '', files: found }, null, 1) + '\n',
);
