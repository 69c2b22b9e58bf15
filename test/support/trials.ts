import fc from 'fast-check';
import { expect, test } from 'vitest';
import { instances } from './eachBuild.ts';
import { random, type Random } from './random.ts';
import { minutes, only, replay, report, seed, part, tally } from './seed.ts';

// Random cases, new ones in each run. A failure prints the command that runs its case alone.

/** the share of one build */
export const perBuild = 1 / instances.filter(({ softmax }) => softmax !== undefined).length;

/** A test that runs `count` cases, or in `npm run fuzz` as many as fit `share` of the minutes. */
function timed(title: string, share: number, body: (limit: number) => number): void {
  const limit = minutes * 60_000 * share;
  test(
    title,
    () => {
      const before = tally.calls;
      const cases = body(limit);
      report(title, cases, tally.calls - before);
    },
    limit + 120_000,
  );
}

/**
 * `count` cases, or as many as fit `share` of the minutes. The body gets random numbers of
 * the case, its number, and a text from which it may make more of them.
 */
export function trials(title: string, count: number, share: number, body: (r: Random, n: number, id: string) => void): void {
  timed(title, share, (limit) => {
    const end = performance.now() + limit,
      first = Number(only ?? 0);
    let n = first;
    for (; only !== undefined ? n === first : minutes > 0 ? performance.now() < end : n < count * part; n++) {
      try {
        const id = `${title} ${seed} ${n}`;
        body(random(id), n, id);
      } catch (error) {
        expect.fail(`${replay(title, n)}\n${(error as Error).stack}`);
      }
    }
    return n - first;
  });
}

/** The same for cases of fast-check, which makes a failing one smaller. */
export function property<T>(title: string, cases: fc.Arbitrary<T>, count: number, share: number, body: (c: T) => void): void {
  timed(title, share, (limit) => {
    const found = fc.check(fc.property(cases, body), {
      seed,
      ...(only === undefined ? {} : { path: only, endOnFailure: true }),
      numRuns: only !== undefined ? 1 : minutes > 0 ? 1e9 : Math.ceil(count * part),
      ...(minutes > 0 ? { interruptAfterTimeLimit: limit, markInterruptAsFailure: false } : {}),
    });
    if (found.failed) expect.fail(`${replay(title, found.counterexamplePath ?? 0)}\n${(found.errorInstance as Error).stack}\n${fc.defaultReportMessage(found)}`);
    return found.numRuns;
  });
}
