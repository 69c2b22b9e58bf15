// Random calls against the oracle, histories of calls and spellings of one call against one another, for so many minutes:
// npm run fuzz -- --minutes 30 [--seed 7]
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
// side by side
const files = 'fuzz histories spellings growing overlaps hostile weighted gradients entropy'.split(' ');
const root = dirname(import.meta.dirname);
console.log(`${minutes} minutes, seed ${seed}`);
const { status } = spawnSync(
  process.execPath,
  [join(root, 'node_modules/vitest/vitest.mjs'), 'run', ...files.map((name) => `test/${name}.test.ts`)],
  { cwd: root, stdio: 'inherit', env: { ...process.env, FUZZ_MINUTES: String(minutes), FUZZ_SEED: String(seed) } },
);
process.exit(status ?? 1);
