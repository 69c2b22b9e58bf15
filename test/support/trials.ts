import { expect, test } from 'vitest';
import { instances } from './eachBuild.ts';
import { random, type Random } from './random.ts';

// Random cases, each from a seed of its own: a failure prints FUZZ_SEED and FUZZ_CASE, which run that case alone (with
// `npx vitest run test/NAME.test.ts`, and -t for one build or function).

const { FUZZ_SEED, FUZZ_CASE, FUZZ_MINUTES } = process.env;
const seed = Number(FUZZ_SEED ?? 20261128),
  minutes = Number(FUZZ_MINUTES ?? 0);

/** the share of one build */
export const perBuild = 1 / instances.filter(({ softmax }) => softmax !== undefined).length;

/**
 * `count` cases from a fixed seed, or in `npm run fuzz` as many as fit `share` of the minutes. The body gets random numbers of
 * the case, its number, and a text from which it may make more of them.
 */
export function trials(title: string, count: number, share: number, body: (r: Random, n: number, id: string) => void): void {
  const limit = minutes * 60_000 * share;
  test(
    title,
    () => {
      const end = performance.now() + limit,
        first = Number(FUZZ_CASE ?? 0);
      let n = first;
      for (; FUZZ_CASE !== undefined ? n === first : minutes > 0 ? performance.now() < end : n < count; n++) {
        try {
          const id = `${title} ${seed} ${n}`;
          body(random(id), n, id);
        } catch (error) {
          expect.fail(`FUZZ_SEED=${seed} FUZZ_CASE=${n}: ${(error as Error).stack}`);
        }
      }
      if (minutes > 0) console.log(`${title}: ${n} cases, seed ${seed}`);
    },
    limit + 120_000,
  );
}
