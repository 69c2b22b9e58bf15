// All but fuzz, cliffs and Stryker, one after the other, on Node 24: npm run reliability. Two hours; writes docs/reliability.md.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

const failed = [];
for (const part of ['install', 'guards', 'soak', 'load', 'coverage', 'mutate', 'report']) {
  console.log(`\n${part}\n`);
  const { status } = spawnSync(process.execPath, [join(import.meta.dirname, `${part}.mjs`)], { stdio: 'inherit' });
  if (status !== 0) failed.push(part);
}
console.log(failed.length === 0 ? '\nAll passed.' : `\nFailed: ${failed.join(', ')}.`);
process.exitCode = failed.length === 0 ? 0 : 1;
