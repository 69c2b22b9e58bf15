import { expect, test } from 'vitest';
import { functionText } from '../tools/proof/constants.ts';
import { sumLow } from '../src/numeric/pairs.ts';
import type { Kernels } from '../src/kernels/contract.ts';
import { kernelsOf } from './support/core.ts';
import { difference, dyadicOf, keyOf, sum, type Dyadic } from './support/dyadic.ts';
import { normalize } from './support/pairRoute.ts';
import { pick, random, type Random } from './support/random.ts';

// The lemmas of docs/accuracy.md on sums, each with inputs that try to break it, against exact sums.

const u = 2 ** -53;
const zero: Dyadic = { integer: 0n, power: 0 };
const exactSum = (values: ArrayLike<number>): Dyadic => Array.prototype.reduce.call(values, (s: any, v: any) => sum(s, dyadicOf(v)), zero) as Dyadic;
/** |a| / |b| */
function share(a: Dyadic, b: Dyadic): number {
  const power = Math.min(a.power, b.power),
    whole = (x: Dyadic): bigint => (x.integer < 0n ? -x.integer : x.integer) << BigInt(x.power - power);
  return Number((whole(a) << 200n) / whole(b)) * 2 ** -200;
}

/** Numbers that have bits in common, ties, neighbours of powers of two, opposites. */
function hard(r: Random): number {
  const power = 2 ** (r.whole(120) - 60),
    kind = r.whole(5);
  const v = kind === 0 ? 1 + r.uniform() : kind === 1 ? 1 + 2 ** -52 * r.whole(4) : kind === 2 ? 2 - 2 ** -52 * (1 + r.whole(4)) : kind === 3 ? 1.5 : 1 + 2 ** -(1 + r.whole(52));
  return (r.uniform() < 0.5 ? -v : v) * power;
}

/** twoSumLow of assembly/sums.ts */
const low = (s: number, a: number, total: number, full: boolean): number => {
  const part = total - s;
  return full ? s - (total - part) + (a - part) : a - part;
};

test('1. two-sum: s + a is fl(s + a) and what it lacks, exactly; the fast one where |s| >= |a|', () => {
  const { body } = functionText('sums.ts', 'twoSumLow');
  expect(body.replace(/<f64, W>|\s/g, '')).toBe('constpart=sub(sum,s);if(full)returnadd(sub(s,sub(sum,part)),sub(a,part));returnsub(a,part);');
  const r = random('two-sum');
  for (let i = 0; i < 30_000; i++) {
    const s = hard(r),
      a = r.uniform() < 0.3 ? -s * (1 + 2 ** -52 * r.whole(3)) : hard(r),
      total = s + a,
      lacks = keyOf(difference(sum(dyadicOf(s), dyadicOf(a)), dyadicOf(total)));
    expect(keyOf(dyadicOf(low(s, a, total, true))), `${s} + ${a}`).toBe(lacks);
    expect(keyOf(dyadicOf(sumLow(s, a, total))), `${s} + ${a}`).toBe(lacks);
    if (Math.abs(s) >= Math.abs(a)) expect(keyOf(dyadicOf(low(s, a, total, false))), `${s} + ${a}, fast`).toBe(lacks);
  }
  expect(low(1, 2 ** 60 + 2 ** 8, 1 + (2 ** 60 + 2 ** 8), false)).not.toBe(1); // |s| < |a|: it may fail
});

test('2. n two-sums whose errors are added up plainly are within n^2 u^2 of the sum', () => {
  // each value loses nearly half a unit, always to the same side
  const chain = (values: Float64Array): [Dyadic, Dyadic] => {
    let [s, lost] = [0, 0];
    for (const v of values) {
      const next = s + v;
      lost += low(s, v, next, true);
      s = next;
    }
    return [sum(dyadicOf(s), dyadicOf(lost)), exactSum(values)];
  };
  const r = random('n^2 u^2');
  for (const n of [10, 1000, 30_000]) {
    for (const draw of [() => 1 + 2 ** -52 * (2 * r.whole(2 ** 20) + 1), () => 2 ** (r.whole(40) - 40) * (1 + r.uniform()), (i: number) => (i === 0 ? 1 : 2 ** -53 * (1 - r.uniform() / 2 ** 20))]) {
      const [got, exact] = chain(Float64Array.from({ length: n }, (_, i) => draw(i)));
      expect(share(difference(got, exact), exact)).toBeLessThanOrEqual((n * u) ** 2);
    }
  }
});

/** e of a block to y, and the sum relative to e at the maximum, in two parts */
function block(k: Kernels, lane: Float32Array | Float64Array): { sum: [number, number]; term: number; e: Float32Array } {
  const single = lane instanceof Float32Array,
    x = k.allocate(lane.byteLength),
    y = k.allocate(lane.byteLength),
    into = k.allocate(64);
  (single ? new Float32Array(k.memory.buffer, x, lane.length) : new Float64Array(k.memory.buffer, x, lane.length)).set(lane);
  if (single) k.blockF32!(0, x, y, lane.length, into, 1, 0);
  else k.blockF64(0, x, y, lane.length, into, 1, 1);
  const report = new Float64Array(k.memory.buffer, into, 8),
    result = { sum: [report[2]!, report[3]!] as [number, number], term: report[4]!, e: new Float32Array(k.memory.buffer, y, single ? lane.length : 0).slice() };
  for (const at of [x, y, into]) k.release(at);
  return result;
}

const lanes: Record<string, (r: Random, i: number, n: number) => number> = {
  'one value': () => 0.3,
  'random': (r) => 3 * r.normal(),
  'e just above powers of two': (r) => -Math.LN2 * r.whole(12) + 1e-9 * r.uniform(),
  'e just below powers of two': (r) => -Math.LN2 * r.whole(12) - 1e-9 * r.uniform(),
  'one large, many small': (r, i) => (i === 0 ? 0 : -36 - r.uniform()),
  'rising': (_, i, n) => (40 * i) / n,
  'falling': (_, i, n) => (-40 * i) / n,
  'near-ties of the reduction': (r) => ((r.whole(400) - 200.5) * Math.LN2) / 128,
};

for (const build of ['relaxed', 'simd'] as const) {
  const k = kernelsOf(build);
  if (k === undefined) {
    test.skip(`sums of a block (${build}: no relaxed SIMD here)`, () => {});
    continue;
  }
  test(`3. the sum of a block of float64 has the errors of e that are known, 2^-59, and no others (${build})`, () => {
    for (const [name, draw] of Object.entries(lanes)) {
      const r = random(`${name} ${build}`);
      for (const n of [2, 3, 31, 33, 1000, 16_384]) {
        const lane = Float64Array.from({ length: n }, (_, i) => draw(r, i, n)),
          [hi, lo] = block(k, lane).sum,
          { total } = normalize(lane, 1);
        // the sum, and e at the maximum that divides it
        expect(Math.abs(hi - total.hi + (lo - total.lo)) / total.hi, `${name}, n = ${n}`).toBeLessThanOrEqual(2 * 2 ** -59);
      }
    }
  });
  test(`4. the sum of a block of n float32 is within (n / 16 + 8) u of that of its e (${build})`, () => {
    for (const [name, draw] of Object.entries(lanes)) {
      const r = random(`${name} ${build}`);
      for (const n of [2, 3, 33, 1000, 32_768]) {
        const { sum: got, term, e } = block(k, Float32Array.from({ length: n }, (_, i) => draw(r, i, n))),
          exact = exactSum(e);
        // two roundings in its quotient with e at the maximum
        expect(share(difference(dyadicOf(got[0] * term), exact), exact), `${name}, n = ${n}`).toBeLessThanOrEqual((n / 16 + 8 + 2) * u);
      }
    }
  });
}

test('5. where all e but the maximum\'s are off by delta, the logarithm L of the sum is off by delta (1 - exp(-L))', () => {
  const r = random('logarithm');
  for (let i = 0; i < 10_000; i++) {
    const v = 2 ** r.between(-40, 20),
      delta = pick(r, [-1, 1]) * 2 ** -23 * r.uniform(),
      L = Math.log1p(v);
    // 2^-23 above the rounding of these float64
    const moved = Math.abs(Math.log1p((delta * v) / (1 + v)));
    expect(moved).toBeLessThanOrEqual(Math.abs(delta) * -Math.expm1(-L) * (1 + 2 ** -22) + 2 ** -90);
  }
});
