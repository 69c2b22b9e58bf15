/** Installs the rivals at the exact versions of bench/package-lock.json; their install scripts are not needed. */
import { execFileSync } from 'node:child_process';

execFileSync('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund'], {
  cwd: import.meta.dirname,
  stdio: 'inherit',
});
