import { Decimal } from 'decimal.js';
import { describe, expect, test } from 'vitest';
import { argumentPair, expPair, last, logPair, plusProduct, quotientPair, timesPair } from '../src/pairs.ts';
import { random } from './support/random.ts';

// decimal.js holds every double exactly, if it is given its digits and not its shortest name.
const Exact = Decimal.clone({ precision: 1100, minE: -9e15, maxE: 9e15 });
const Work = Decimal.clone({ precision: 60, minE: -9e15, maxE: 9e15 });
const digits = new Map<number, Decimal>();

/** The exact value of a double, by halving until it is whole. */
function exactly(x: number): Decimal {
  const known = digits.get(x);
  if (known !== undefined) return known;
  let whole = x;
  let shift = 0;
  while (!Number.isInteger(whole)) {
    whole *= 2 ** 60;
    shift += 60;
  }
  const value = new Exact(BigInt(whole).toString()).div(new Exact(2).pow(shift));
  if (digits.size < 64) digits.set(x, value);
  return value;
}

const bits = (error: Decimal): number => (error.isZero() ? -Infinity : Number(Work.log2(new Work(error.toString()))));

/** log2 of the relative error of high + last.low. */
function errorOf(high: number, exact: Decimal): number {
  return bits(exactly(high).add(exactly(last.low)).sub(exact).div(exact).abs());
}

const work = (x: Decimal): Decimal => new Work(x.toString());
const two = (power: number): Decimal => new Work(2).pow(power);

describe('expPair', () => {
  test('keeps 60 bits from -700 to 709, with a tail in the argument', () => {
    const source = random('expPair');
    let worst = -Infinity;
    for (let i = 0; i < 1500; i++) {
      const zh = i % 3 === 0 ? source.between(-660, 709) : i % 3 === 1 ? source.between(-30, 1) : source.normal() * 1e-3;
      const zl = zh * source.between(-1, 1) * 2 ** -53;
      const high = expPair(zh, zl, 0);
      worst = Math.max(worst, errorOf(high, Work.exp(work(exactly(zh).add(exactly(zl))))));
    }
    expect(worst).toBeLessThan(-60);
  });

  test('keeps 60 bits at every entry of its table and halfway between two', () => {
    let worst = -Infinity;
    for (let i = -256; i < 256; i++) {
      const zh = ((i / 2) * Math.LN2) / 128;
      worst = Math.max(worst, errorOf(expPair(zh, 0, 0), Work.exp(work(exactly(zh)))));
    }
    expect(worst).toBeLessThan(-60);
  });

  test('multiplies by a power of two, also where the plain result would be subnormal', () => {
    for (const zh of [-1, -300.5, -745.3, -790.25]) {
      expect(errorOf(expPair(zh, 0, 200), Work.exp(work(exactly(zh))).mul(two(200)))).toBeLessThan(-60);
    }
    expect(expPair(0, 0, 60)).toBe(2 ** 60);
  });

  test('underflows by way of the subnormals, rounded once, and overflows to Infinity', () => {
    for (const zh of [-708.5, -720.123, -740.25, -744.4, -745.1, -745.13]) {
      const exact = Work.exp(work(exactly(zh))).div(two(-1074));
      expect(Number(exactly(expPair(zh, 0, 0)).div(exactly(2 ** -1074)).sub(exact).abs())).toBeLessThan(0.501);
    }
    expect(expPair(-745.2, 0, 0)).toBe(0);
    expect(expPair(-2799, 0, 0)).toBe(0);
    expect(expPair(-1e300, NaN, 0)).toBe(0);
    expect(expPair(-Infinity, NaN, 0)).toBe(0);
    expect(expPair(709.782712893384, 0, 0)).toBe(1.7976931348622732e308);
    expect(expPair(709.7827128933841, 0, 0)).toBe(Infinity);
    expect(expPair(1500, 0, 0)).toBe(Infinity);
    expect(expPair(Infinity, NaN, 0)).toBe(Infinity);
    expect(expPair(NaN, 0, 0)).toBeNaN();
    expect(expPair(0, 0, 0)).toBe(1);
    expect(expPair(-0, 0, 0)).toBe(1);
  });
});

describe('logPair', () => {
  const check = (count: number, vh: number, vl: number): number =>
    errorOf(logPair(count, vh, vl), Work.ln(work(exactly(count).add(exactly(vh)).add(exactly(vl)))));

  test('keeps 60 bits of sums of every size', () => {
    const source = random('logPair');
    let worst = -Infinity;
    for (let i = 0; i < 1000; i++) {
      const count = i % 2 === 0 ? 1 + source.whole(3) : 0;
      const vh = 2 ** source.between(count === 0 ? -200 : -20, 40);
      worst = Math.max(worst, check(count, vh, vh * source.between(-1, 1) * 2 ** -54));
    }
    expect(worst).toBeLessThan(-60);
  });

  test('is log1p: 60 bits of the result however close to 1 the sum is, from both sides', () => {
    let worst = -Infinity;
    for (let e = -1; e > -52; e--) {
      for (const vh of [1.37 * 2 ** e, -0.61 * 2 ** e]) worst = Math.max(worst, check(1, vh, 0.3 * vh * 2 ** -53));
    }
    expect(worst).toBeLessThan(-60);
    for (const v of [1e-30, 3e-200, 2.5e-308, 5e-324]) expect(logPair(1, v, 0)).toBe(v);
  });

  test('of 0 is -Infinity, of an infinite sum Infinity, of NaN NaN', () => {
    expect(logPair(0, 0, 0)).toBe(-Infinity);
    expect(logPair(1, 0, 0)).toBe(0);
    expect(logPair(1, Infinity, NaN)).toBe(Infinity);
    expect(logPair(1, NaN, NaN)).toBeNaN();
    expect(logPair(-2, 0, 0)).toBeNaN();
  });
});

describe('products and quotients of pairs', () => {
  test('keep 98 bits', () => {
    const source = random('pairs');
    for (let i = 0; i < 300; i++) {
      const [ah, bh] = [source.normal() * 2 ** source.between(-99, 99), source.normal()];
      const [al, bl] = [ah * 2 ** -54 * source.uniform(), bh * 2 ** -54 * source.uniform()];
      const [a, b] = [exactly(ah).add(exactly(al)), exactly(bh).add(exactly(bl))];
      expect(errorOf(timesPair(ah, al, bh, bl), a.mul(b))).toBeLessThan(-98);
      expect(errorOf(quotientPair(ah, al, bh, bl), work(a).div(work(b)))).toBeLessThan(-98);
    }
  });
});

describe('argumentPair', () => {
  const check = (x: number, m: number, theta: number, power: number): number =>
    errorOf(
      argumentPair(x, m, theta, power),
      exactly(x).sub(exactly(m)).mul(exactly(theta)).mul(exactly(power)),
    );

  test('is theta (x - m) to 98 bits', () => {
    const source = random('argument');
    for (let i = 0; i < 300; i++) {
      const [x, m] = [source.normal() * 100, source.normal() * 2 ** source.between(-40, 40)];
      for (const [theta, power] of [[1, 1], [1.37, 0.5], [-1.9, 1024], [1.1, 2 ** -300]] as const) {
        expect(check(x, m, theta, power)).toBeLessThan(-98);
      }
    }
  });

  test('is finite where the difference alone overflows, and keeps its tail next to overflow', () => {
    expect(check(-1e308, 1.5e308, 1.3, 2 ** -1000)).toBeLessThan(-98);
    expect(check(-1e308, 0.3, 1.3, 1)).toBeLessThan(-98);
    expect(argumentPair(-1e308, 1.5e308, 1, 1)).toBe(-Infinity);
    expect(argumentPair(-1e308, 1.5e308, 1.3, 1)).toBe(-Infinity);
    expect(argumentPair(-Infinity, 3, 1.3, 0.5)).toBe(-Infinity);
    expect(argumentPair(NaN, 3, 1.3, 0.5)).toBeNaN();
  });
});

describe('plusProduct', () => {
  test('rounds theta m + L once, subnormal products and cancelling ones too', () => {
    expect(plusProduct(3, 1.25, 0.5, 0, 0)).toBe(1.875);
    expect(plusProduct(7 * 2 ** -1074, 1.5, 1, 0, 0)).toBe(10 * 2 ** -1074);
    expect(plusProduct(7 * 2 ** -1074, 1.9375, 0.5, 0, 0)).toBe(7 * 2 ** -1074);
    expect(plusProduct(1.5 * 2 ** 1023, 1.5, 2 ** -1000, 0, 0)).toBe(2.25 * 2 ** 23);
    expect(plusProduct(1e-200, 1.3, 2 ** 1000, 0, 0)).toBe(1e-200 * 2 ** 1000 * 1.3);
    // 0.1 * 1.1 in two parts, of which the high one is taken away
    expect(plusProduct(0.1, 1.1, 1, -(0.1 * 1.1), 0)).toBe(
      Number(exactly(0.1).mul(exactly(1.1)).sub(exactly(0.1 * 1.1))),
    );
  });

  test('takes infinities as they are', () => {
    expect(plusProduct(Infinity, -1.5, 1, 0.7, 0)).toBe(-Infinity);
    expect(plusProduct(-Infinity, 1, 1, -Infinity, 0)).toBe(-Infinity);
    expect(plusProduct(Infinity, 1, 1, NaN, 0)).toBeNaN();
    expect(plusProduct(1.5e308, 1.5, 1, 0, 0)).toBe(Infinity);
  });
});
