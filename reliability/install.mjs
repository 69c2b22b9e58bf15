/** Installs what the scripts here need, at the exact versions of reliability/package-lock.json; no install scripts are needed. */
import { execFileSync } from 'node:child_process';

execFileSync('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund'], {
  cwd: import.meta.dirname,
  stdio: 'inherit',
});
