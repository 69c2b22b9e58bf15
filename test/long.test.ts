import { expect, test } from 'vitest';
import { bound, type Build, type Dtype } from './support/bounds.ts';
import { eachBuild } from './support/eachBuild.ts';
import type { Exact } from './support/exact.ts';
import { logSoftmaxSample, softmaxSample } from './support/oracle.ts';
import * as pair from './support/pairRoute.ts';
import { random } from './support/random.ts';
import { worst } from './support/ulp.ts';

interface LongLane {
  readonly name: string;
  /** Values of float32, so that both types have the same exact results. */
  readonly x: Float32Array;
  readonly indices: readonly number[];
  readonly softmax: readonly Exact[];
  readonly logSoftmax: readonly Exact[];
}

const drawn = new Map<string, LongLane>();

/** A long lane with the exact results at 50 places, the last and the largest among them. */
function longLane(kind: 'equal' | 'giant' | 'random', length: number): LongLane {
  const key = `${kind} ${length}`,
    known = drawn.get(key);
  if (known !== undefined) return known;
  const r = random(key),
    x = new Float32Array(length),
    giant = Math.floor(length / 3);
  if (kind === 'equal') x.fill(0.7);
  else if (kind === 'giant') x.fill(-0.3).set([16.25], giant);
  else for (let i = 0; i < length; i++) x[i] = 4 * (r.uniform() + r.uniform() + r.uniform() + r.uniform() - 2);
  const indices = Array.from({ length: 50 }, (_, k) => Math.floor((k * (length - 1)) / 49));
  indices.push(x.reduce((best, v, i) => (v > x[best]! ? i : best), 0));
  const name = { equal: 'equal logits', giant: 'one giant among equal ones', random: 'random logits' }[kind];
  // softmaxSample and logSoftmaxSample, the sum being taken once for both
  const shared = pair.normalize(x, 1);
  const exact = {
    softmax: indices.map((i) => pair.softmaxOf(x[i]!, shared)),
    logSoftmax: indices.map((i) => pair.logSoftmaxOf(x[i]!, shared)),
  };
  if (kind === 'equal')
    expect(exact).toEqual({ softmax: softmaxSample(x, indices), logSoftmax: logSoftmaxSample(x, indices) });
  const lane = { name, x, indices, ...exact };
  drawn.set(key, lane);
  return lane;
}

eachBuild('the bounds hold for long lanes', (s, build: Build) => {
  const wide = build === 'simd' || build === 'relaxed';
  const lengths = wide ? { equal: 1e7, giant: 1e7, random: 1e7 } : { equal: 1e6, giant: 3e5, random: 3e5 };
  for (const kind of ['equal', 'giant', 'random'] as const) {
    for (const dtype of ['float32', 'float64'] as const satisfies Dtype[]) {
      test(`${kind}, ${dtype}, ${lengths[kind]} elements`, () => {
        const { name, x, indices, softmax, logSoftmax } = longLane(kind, lengths[kind]);
        const values = dtype === 'float32' ? x : new Float64Array(x),
          where = `${name}, n = ${x.length}`;
        const pick = (y: ArrayLike<number>): number[] => indices.map((i) => y[i]!);
        const y = worst(pick(s.softmax(values)), softmax, dtype);
        expect(y.ulp, `softmax, ${where}: ${y.text}`).toBeLessThanOrEqual(bound('softmax', dtype, 'fast', build));
        const l = worst(pick(s.logSoftmax(values)), logSoftmax, dtype);
        expect(l.ulp, `logSoftmax, ${where}: ${l.text}`).toBeLessThanOrEqual(bound('logSoftmax', dtype, 'fast', build));
      });
    }
  }
});
