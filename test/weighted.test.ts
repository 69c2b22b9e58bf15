import { expect, test } from 'vitest';
import { withinWeighted } from './support/bounds.ts';
import { instances } from './support/eachBuild.ts';
import { logsumexp as exactOf } from './support/oracle.ts';
import { pick, random, type Random } from './support/random.ts';
import { tally } from './support/seed.ts';
import { trials } from './support/trials.ts';

// Weights and logits over their whole ranges.

const power = (r: Random, low: number, high: number): number => (1 + r.uniform()) * 2 ** (low + r.whole(high - low));

/** A lane whose terms b exp(theta x) are of like size, or anything, or nearly cancel. */
function draw(r: Random): { x: number[]; b: number[]; theta: number; float32: boolean } {
  const float32 = r.whole(4) === 0, n = 1 + r.whole(pick(r, [3, 8, 24])); // prettier-ignore
  const theta = pick(r, [1, 1, 1, -1, 0.7, 0, 3e5, power(r, -1060, 1000), -power(r, -1060, 1000)]);
  const weight = pick<() => number>(r, [
    () => power(r, -1074, 1023), () => r.normal(), () => 1, () => 1 + r.whole(4), () => power(r, -1074, -1030), () => power(r, 1015, 1023), () => power(r, -420, -380), () => power(r, 380, 420),
  ]); // prettier-ignore
  const spread = pick(r, [0, 1e-9, 1, 30, 800, 1500]), level = pick(r, [0, 0, 1, 300, 2 ** 40]), own = r.whole(3) > 0; // prettier-ignore
  const x: number[] = [], b: number[] = []; // prettier-ignore
  const element = (v: number): number => {
    const most = float32 ? 3.4e38 : 1.79e308, w = Math.max(-most, Math.min(most, v)) || 0; // prettier-ignore
    return float32 ? Math.fround(w) : w;
  };
  for (let k = 0; k < n; k++) {
    const w = weight() * (r.whole(2) === 0 ? 1 : -1);
    b.push(r.whole(12) === 0 ? 0 : Math.abs(w) < 1.7e308 ? w : 1.7e308);
    // theta x against ln |b|, so that a huge weight stands at a small logit
    const z = level + r.normal() * spread - (own ? Math.log(Math.abs(w) || 1) : 0);
    x.push(element(r.whole(30) === 0 ? pick(r, [1.79e308, -1.79e308, 0, 1e300, -Infinity]) : theta === 0 ? z : z / theta));
  }
  for (let k = 0; k + 1 < n; k++) {
    if (r.whole(8) === 0) (x[k + 1] = x[k]!), (b[k + 1] = -b[k]! * pick(r, [1, 1, 1 + 2 ** -40]) || 0);
  }
  return { x, b, theta, float32 };
}

function check(r: Random): void {
  const { x, b, theta, float32 } = draw(r);
  const exact = exactOf(theta === 0 ? x.map((v) => (Math.abs(v) === Infinity ? -Infinity : 0)) : x, { b, theta: theta || 1 });
  const values = float32 ? Float32Array.from(x) : x;
  for (const { build, softmax: s } of instances) {
    if (s === undefined) continue;
    tally.calls++;
    const { value, sign } = s.logsumexp(values, { b, theta, returnSign: true }) as { value: number; sign: number };
    const zero = theta === 0 ? x.map((v) => v * 0 || 0) : x;
    if (!withinWeighted(value, sign, exact, zero, b, theta, float32 ? 'float32' : 'float64')) {
      expect.fail(`${build}: logsumexp(${float32 ? 'float32 ' : ''}${JSON.stringify(x)}, { b: ${JSON.stringify(b)}, theta: ${theta} }) is ${value} with sign ${sign}, wanted ${exact.value} + ${exact.residual} with ${exact.sign}`); // prettier-ignore
    }
    const plain = s.logsumexp(values, { b, theta }) as number;
    if (!Object.is(plain, sign < 0 ? NaN : value)) expect.fail(`${build}: without returnSign ${plain}, with it ${value} and ${sign}`); // prettier-ignore
  }
}

trials('logsumexp with weights keeps its bound over the whole ranges of weights, logits and theta', 2500, 1, check);

for (const { build, softmax: s, reason } of instances) {
  const title = (what: string): string => `${what} (${build}${reason && `: ${reason}`})`;
  test.skipIf(s === undefined)(title('subnormal and huge weights shift the sum by theta x + ln |b|'), () => {
    expect(s!.logsumexp([0], { b: [1e-310] })).toBeCloseTo(-713.8013788281541, 11);
    expect(s!.logsumexp([0, -800], { b: [1e-300, 1e60] })).toBeCloseTo(-661.8448944203571, 11);
    expect(s!.logsumexp([0, 0], { b: [1.7e308, 1.7e308] })).toBeCloseTo(710.4199840737883, 11);
    expect(s!.logsumexp([0, 0], { b: [1.7e308, -1.7e308], returnSign: true })).toEqual({ value: -Infinity, sign: 0 });
    // what is left of 1 - 1 is 2^-1059 of it
    expect(s!.logsumexp([0, 0, -734], { b: [1, -1, -1], returnSign: true })).toEqual({ value: expect.closeTo(-734, 1), sign: -1 });
    expect(s!.logsumexp([-1.7e308, 1.7e308], { b: [1, -1e-300], theta: 1e-308, returnSign: true })).toEqual({ value: expect.closeTo(-1.7, 12), sign: 1 });
  });

  test.skipIf(s === undefined)(title('infinite terms decide a weighted sum, and a NaN or both signs make it NaN'), () => {
    const inf = Infinity, r = random(`infinite ${build}`), numbers = [0, 1, -2, inf, -inf, NaN, 1e308, -1e308, 1e-310]; // prettier-ignore
    for (let k = 0; k < 3000; k++) {
      const n = 1 + r.whole(4), theta = pick(r, [1, -1, 0.5]), far = r.whole(100) === 0 ? 5000 : 0; // prettier-ignore
      const x = [...Array.from({ length: n }, () => pick(r, numbers)), ...new Array<number>(far).fill(-inf)];
      const b = [...Array.from({ length: n }, () => pick(r, numbers)), ...new Array<number>(far).fill(1)];
      let tally = 0;
      x.forEach((v, i) => {
        if (b[i] === 0) return;
        // exp of a finite number is neither 0 nor infinite
        const e = Number.isFinite(v) ? 1 : Math.exp(theta * v), term = b[i]! * e; // prettier-ignore
        if (!Number.isFinite(term)) tally += term;
      });
      if (tally === 0) continue;
      const got = s!.logsumexp(x, { b, theta, returnSign: true });
      expect(got, `x ${x.slice(0, n)}, b ${b.slice(0, n)}, theta ${theta}, case ${k}`).toEqual({ value: Math.abs(tally), sign: Math.sign(tally) });
    }
  });

  test.skipIf(s === undefined)(title('lanes that do not fill the last block give what each gives alone'), () => {
    const n = 100, rows = Float64Array.from({ length: n * n }, (_, i) => Math.cos(i)), b = rows.map((_, i) => (i % 3) - 0.5); // prettier-ignore
    const got = s!.logsumexp(rows, { shape: [n, n], axis: 1, b }) as Float64Array;
    for (let i = 0; i < n; i++) expect(got[i]).toBe(s!.logsumexp(rows.subarray(i * n, i * n + n), { b: b.subarray(i * n, i * n + n) }));
  });

  test.skipIf(s === undefined)(title('a long weighted lane gives the sum of its parts, whatever axis it lies on'), () => {
    const n = 9001, r = random('long weighted'), x = Float64Array.from({ length: n }, () => r.normal() * 40), b = x.map(() => r.normal()); // prettier-ignore
    const whole = s!.logsumexp(x, { b, returnSign: true }) as { value: number; sign: number };
    let sum = 0;
    const m = x.reduce((a, v) => Math.max(a, v), -Infinity);
    for (let k = 0; k < n; k++) sum += b[k]! * Math.exp(x[k]! - m);
    expect(whole).toEqual({ value: expect.closeTo(m + Math.log(Math.abs(sum)), 10), sign: Math.sign(sum) });
    const twice = Float64Array.from({ length: 2 * n }, (_, i) => x[i >> 1]!);
    const sides = s!.logsumexp({ data: twice, shape: [n, 2] }, { axis: 0, b: { data: b, shape: [n, 1] }, returnSign: true }) as any;
    expect([...sides.value.data, ...sides.sign.data]).toEqual([whole.value, whole.value, whole.sign, whole.sign]);
    const where = { data: Uint8Array.from(x, (_, i) => i % 3 && 1), shape: [n, 1] };
    const hidden = s!.logsumexp(x, { b: b.map((v, i) => (i % 3 ? v : 0)) });
    expect((s!.logsumexp({ data: twice, shape: [n, 2] }, { axis: 0, where, b: { data: b, shape: [n, 1] } }) as any).data[1]).toBe(hidden);
  });

  test.skipIf(s === undefined)(title('the largest term is found'), () => {
    // beside any other term it overflows
    const big = Math.log(1e300);
    const cases: readonly [x: readonly number[], b: readonly number[], theta: number, wanted: number][] = [
      [[1000, 1000], [1e300, 1e-200], 1, 1000 + big],
      [[1000, 1000], [1e300, 1e-200], 0.75, 750 + big],
      [[0, 1430], [1, 1e-300], 1, 1430 - big],
      [[1000, 3900], [1, 1], 0.75, 2925],
      [[0, 3600], [1e300, 1], 0.75, 2700],
      [[0, 1200], [1e300, 1], 1.75, 2100],
      [[0, 1000], [1e300, 1], 6, 6000],
      [[0, 0], [1e300, 1e-200], 1e308, big],
      [[-1.7e308, 1.7e308], [1e300, 1e-300], 1e-308, big - 1.7],
    ]; // prettier-ignore
    for (const [x, b, theta, wanted] of cases) {
      expect(s!.logsumexp([...x], { b: [...b], theta }), `${x}, b ${b}, theta ${theta}`).toBeCloseTo(wanted, 9);
    }
  });

  test.skipIf(s === undefined)(title('subnormal weights are as small as they are'), () => {
    // 1 is the largest term, and beside another the logarithm of the sum loses its bits
    for (const x of [709.5, 711.3, 713, 715.2]) {
      const got = s!.logsumexp([x, 0], { b: [5e-324, 1] }) as number;
      expect(got / Math.exp(x - 1074 * Math.LN2), String(x)).toBeCloseTo(1, 10);
    }
  });

  test.skipIf(s === undefined)(title('a sign without weights'), () => {
    const inf = Infinity;
    const cases: readonly [x: readonly number[], value: number, sign: number][] = [
      [[1000, 0], 1000, 1], [[0, 1000], 1000, 1], [[inf, 1], inf, 1], [[-inf, 1000, 0], 1000, 1], [[-inf, -inf], -inf, 0], [[1, NaN], NaN, NaN],
    ]; // prettier-ignore
    for (const [x, value, sign] of cases) {
      expect(s!.logsumexp([...x], { returnSign: true }), String(x)).toEqual({ value, sign });
      expect(s!.logsumexp(x.map((v) => -v), { theta: -1, returnSign: true }), `${x}, theta -1`).toEqual({ value, sign }); // prettier-ignore
    }
  });

  test.skipIf(s === undefined)(title('nothing but -Infinity'), () => {
    for (const b of [[1, -2], [0, 3]]) expect(s!.logsumexp([-Infinity, -Infinity], { b, returnSign: true })).toEqual({ value: -Infinity, sign: 0 }); // prettier-ignore
  });

  test.skipIf(s === undefined)(title('what is left in the low part'), () => {
    expect(s!.logsumexp([0, 0, 0], { b: [1, 2 ** -53, -1], returnSign: true })).toEqual({ value: expect.closeTo(-53 * Math.LN2, 12), sign: 1 });
  });

  test.skipIf(s === undefined)(title('an infinite weight of a finite logit makes the sum infinite, whatever theta'), () => {
    for (const x of [-1e308, 1e308]) for (const theta of [1.9 * 2 ** -1020, -1.9 * 2 ** -1020, 1.9]) {
      expect(s!.logsumexp([x], { b: [-Infinity], theta, returnSign: true }), `${x}, theta ${theta}`).toEqual({ value: Infinity, sign: -1 });
    } // prettier-ignore
  });
}
