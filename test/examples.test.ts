// The examples are programs that check themselves: run as a user runs them, they exit with 0 and say what came out.
// They import the package by its name, so dist must have been built.

import { spawnSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';

const minute = 60_000; // both take about three seconds; a machine under load may need more

/** What `node examples/...` printed; fails with everything it said unless it exits with 0. */
function run(...args: string[]): string {
  const child = spawnSync(process.execPath, args, { cwd: new URL('..', import.meta.url), encoding: 'utf8' });
  expect(child.status, `node ${args.join(' ')}\n${child.stdout}\n${child.stderr}`).toBe(0);
  const widest = Math.max(...child.stdout.split('\n').map((line) => line.length));
  expect(widest, 'columns of the widest line').toBeLessThan(80);
  return child.stdout;
}

function numberIn(output: string, pattern: RegExp): number {
  expect(output).toMatch(pattern);
  return Number(pattern.exec(output)![1]);
}

describe('examples/digits', () => {
  test(
    'a softmax regression trained for two epochs reads at least 91 % of the MNIST test digits',
    () => {
      const output = run('examples/digits/digits.mjs', '--quick');

      expect(output).toContain('MNIST: 60,000 digits to learn from, 10,000 to be tried on');
      expect(numberIn(output, /epoch 2\/2 {2}step 600\/600 {2}loss (\d\.\d+) /)).toBeLessThan(0.35);
      expect(numberIn(output, /Test accuracy (\d+\.\d+) %/)).toBeGreaterThanOrEqual(91);
      expect(output).toContain('a 7, read as 7');
      expect(output).toMatch(/a \d, misread as \d/);
      expect(numberIn(output, /softmax-simd +(\d+\.\d+) ms/)).toBeGreaterThan(0);
      expect(numberIn(output, /largest difference (\S+)/)).toBeLessThanOrEqual(1e-6);
    },
    minute,
  );
});

describe('examples/attention', () => {
  test(
    'masked attention weights agree with a plain loop in float64 under every mask',
    () => {
      const output = run('examples/attention/attention.mjs');

      for (const mask of ['none', String.raw`padding +\[2, 1, 1, 16\]`, String.raw`causal +\[16, 16\]`]) {
        expect(output).toMatch(new RegExp(`^${mask} +\\S+ ok +1\\.000000$`, 'm'));
      }
      expect(output).toMatch(/^both +\[2, 1, 16, 16\] +\S+ ok +0\.000000 or 1\.000000$/m);
      expect(output).not.toContain('WRONG');
    },
    minute,
  );
});
