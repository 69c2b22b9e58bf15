// Random cases of all kinds from a new seed, for so many minutes: npm run fuzz -- --minutes 30 [--seed 7] [--only spellings,fuzz]
// Each file of tests has a process of its own, side by side. --json FILE adds what was done to the runs in FILE.
import { spawnSync } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { machine, save } from '../bench/run.mjs';

const all =
  'fuzz companionsFuzz sampleFuzz typesFuzz summaries histories spellings growing overlaps hostile weighted gradients labelGradient entropy'.split(
    ' ',
  );
const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '10' },
    seed: { type: 'string' },
    only: { type: 'string' },
    json: { type: 'string' },
  },
});
const minutes = Number(values.minutes),
  seed = values.seed === undefined ? randomInt(2 ** 31) : Number(values.seed),
  files = values.only?.split(',') ?? all;
if (!(minutes > 0) || !Number.isInteger(seed) || files.some((name) => !all.includes(name))) {
  console.error(`usage: npm run fuzz -- --minutes 30 [--seed 7] [--only NAMES] [--json FILE]; NAMES of ${all}`);
  process.exit(2);
}

const root = dirname(import.meta.dirname),
  folder = mkdtempSync(join(tmpdir(), 'fuzz-')),
  figures = join(folder, 'figures');
console.log(`${minutes} minutes, seed ${seed}`);
const run = { ...machine(process.execPath), minutes, seed, files: {} };
const { status } = spawnSync(
  process.execPath,
  [join(root, 'node_modules/vitest/vitest.mjs'), 'run', ...files.map((name) => `test/${name}.test.ts`)],
  {
    cwd: root,
    stdio: 'inherit',
    env: { ...process.env, FUZZ_MINUTES: String(minutes), FUZZ_SEED: String(seed), FUZZ_FIGURES: figures },
  },
);
for (const line of existsSync(figures) ? readFileSync(figures, 'utf8').trim().split('\n') : []) {
  const { file, cases, calls } = JSON.parse(line),
    sum = (run.files[file] ??= { cases: 0, calls: 0 });
  sum.cases += cases;
  sum.calls += calls;
}
rmSync(folder, { recursive: true });
const total = Object.values(run.files).reduce((sum, { calls }) => sum + calls, 0);
console.log(`${total.toLocaleString('en-US')} calls, seed ${seed}, ${status === 0 ? 'no failure' : 'FAILED'}`);
if (values.json !== undefined) {
  const { runs } = existsSync(values.json) ? JSON.parse(readFileSync(values.json, 'utf8')) : { runs: [] };
  save(values.json, { runs: [...runs, { ...run, passed: status === 0 }] });
}
process.exit(status ?? 1);
