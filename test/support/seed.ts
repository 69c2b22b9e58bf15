import { appendFileSync } from 'node:fs';
import { basename } from 'node:path';
import { expect } from 'vitest';

// The seed of all random tests. vitest.config.ts draws one for each run, or takes FUZZ_SEED, and prints it.

const { FUZZ_SEED, FUZZ_CASE, FUZZ_MINUTES, FUZZ_FIGURES, FUZZ_PART } = process.env;
/** fixed where the tests run under another configuration */
export const seed = Number(FUZZ_SEED ?? 20261128);
/** the share of the cases that is drawn: less where the tests run again and again, for each mutant */
export const part = Number(FUZZ_PART ?? 1);
/** how long `npm run fuzz` lasts; 0 for a count of cases */
export const minutes = Number(FUZZ_MINUTES ?? 0);
/** the one case to run, by its number or by fast-check's path */
export const only = FUZZ_CASE;

const fileName = (): string => basename(expect.getState().testPath ?? '');

/** The command that runs one case of the test `title` again. */
export const replay = (title: string, which: number | string): string =>
  `FUZZ_SEED=${seed} FUZZ_CASE=${which} npx vitest run test/${fileName()} -t '${title.replace(/[^\w ]/g, '.')}'`;

/** How many calls of the library were judged; the tests count them. */
export const tally = { calls: 0 };

/** Of a test what it did: for tools/fuzz.mjs, and for the reader of a long run. */
export function report(title: string, cases: number, calls: number): void {
  if (minutes > 0) console.log(`${title}: ${cases} cases, ${calls} calls, seed ${seed}`);
  if (FUZZ_FIGURES !== undefined) appendFileSync(FUZZ_FIGURES, JSON.stringify({ file: fileName(), cases, calls }) + '\n');
}
