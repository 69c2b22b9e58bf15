// Random calls against the oracle for so many minutes: npm run fuzz -- --minutes 30 [--seed 7]
import { spawnSync } from 'node:child_process';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';

const { values } = parseArgs({ options: { minutes: { type: 'string', default: '10' }, seed: { type: 'string' } } });
const minutes = Number(values.minutes);
const seed = values.seed === undefined ? Date.now() % 2 ** 31 : Number(values.seed);
if (!(minutes > 0) || !Number.isInteger(seed)) {
  console.error('usage: npm run fuzz -- --minutes 30 [--seed 7]');
  process.exit(2);
}
const root = dirname(import.meta.dirname);
const files = ['test/fuzz.test.ts', 'test/weighted.test.ts', 'test/gradients.test.ts', 'test/entropy.test.ts'];
console.log(`${minutes} minutes, seed ${seed}`);
const { status } = spawnSync(process.execPath, [join(root, 'node_modules/vitest/vitest.mjs'), 'run', ...files], {
  cwd: root,
  stdio: 'inherit',
  env: { ...process.env, FUZZ_MINUTES: String(minutes), FUZZ_SEED: String(seed) },
});
process.exit(status ?? 1);
