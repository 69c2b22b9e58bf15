// What the tests that guard values and memory did, counted in a run of them: node reliability/guards.mjs [--json FILE]
import { spawnSync } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { parseArgs } from 'node:util';
import { machine, save } from '../bench/run.mjs';

const { values: options } = parseArgs({
  options: { json: { type: 'string', default: join(import.meta.dirname, 'results/guards.json') } },
});
const files = ['fuzz', 'canary', 'rejected', 'layout', 'companions', 'instances', 'memory'];
const root = join(import.meta.dirname, '..');

const folder = mkdtempSync(join(tmpdir(), 'guards-')),
  figures = join(folder, 'figures.json'),
  counted = join(folder, 'counted'),
  seed = process.env['FUZZ_SEED'] ?? String(randomInt(2 ** 31));
const args = ['run', '--reporter=default', '--reporter=json', `--outputFile.json=${figures}`];
const { status, stdout } = spawnSync(
  process.execPath,
  [join(root, 'node_modules/vitest/vitest.mjs'), ...args, ...files.map((name) => `test/${name}.test.ts`)],
  {
    cwd: root,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
    maxBuffer: 2 ** 28,
    env: { ...process.env, NO_COLOR: '1', FUZZ_SEED: seed, FUZZ_FIGURES: counted },
  },
);
process.stdout.write(stdout);
const { testResults } = JSON.parse(readFileSync(figures, 'utf8'));
// the two tests of test/fuzz.test.ts, in their order
const [{ calls }, { calls: large }] = readFileSync(counted, 'utf8')
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line))
  .filter(({ file }) => file === 'fuzz.test.ts');
rmSync(folder, { recursive: true });

const report = { ...machine(process.execPath), files: {} };
for (const { name, assertionResults: tests, startTime, endTime } of testResults) {
  const count = (wanted) => tests.filter((test) => test.status === wanted).length;
  const refused = tests.filter(({ ancestorTitles }) => /^a refused call/.test(ancestorTitles.join(' ')));
  report.files[basename(name, '.test.ts')] = {
    passed: count('passed'),
    failed: count('failed'),
    skipped: tests.length - count('passed') - count('failed'),
    seconds: Math.round((endTime - startTime) / 1000),
    ...(refused.length > 0 ? { refused: refused.length, kinds: new Set(refused.map(({ title }) => title)).size } : {}),
  };
}
report.fuzzed = { calls, large, seed: Number(seed) };
const run = testResults.flatMap(({ assertionResults }) => assertionResults).filter(({ status }) => status === 'passed');
report.builds = new Set(run.flatMap(({ fullName }) => fullName.match(/\((?:relaxed|simd|scalar|js)\)/g) ?? [])).size;
report.canaries = Number(stdout.match(/(\d+) kernel calls between canary bytes/)?.[1] ?? NaN);
save(options.json, report);
process.exitCode = status ?? 1;
