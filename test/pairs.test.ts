import { describe, expect, test } from 'vitest';
import { addExps, argumentPair, expPair, last, logPair, plusProduct, quotientPair, sumLow, timesPair } from '../src/numeric/pairs.ts';
import { dyadicOf, product, sum, type Dyadic } from './support/dyadic.ts';
import { exactOf, type Exact } from './support/exact.ts';
import * as pair from './support/pair.ts';
import * as oracle from './support/pairExp.ts';
import { random } from './support/random.ts';
import { ulpError } from './support/ulp.ts';

/** log2 of the relative error of high + last.low, against a pair of the oracle times 2^power. */
function errorOf(high: number, exact: pair.Pair, power = 0): number {
  const up = 2 ** -Math.trunc(power / 2);
  const down = 2 ** -(power - Math.trunc(power / 2));
  const error = pair.subtract(pair.pairOf(high * up * down, last.low * up * down), exact);
  return Math.log2(Math.abs((error.hi + error.lo) / exact.hi));
}

/** log2 of the relative error of high + last.low, against an exact number. */
function exactError(high: number, exact: Dyadic): number {
  const got = sum(dyadicOf(high), dyadicOf(last.low));
  const error = sum(got, { integer: -exact.integer, power: exact.power });
  return log2(error) - log2(exact);
}

function log2({ integer, power }: Dyadic): number {
  const digits = (integer < 0n ? -integer : integer).toString(2);
  return integer === 0n ? -Infinity : digits.length + power + Math.log2(Number(`0b${digits.slice(0, 50)}`) / 2 ** 50);
}

const times = (a: Dyadic, b: Dyadic): Dyadic => ({ integer: a.integer * b.integer, power: a.power + b.power });
const pairOf = (hi: number, lo: number): Dyadic => sum(dyadicOf(hi), dyadicOf(lo));

function expError(zh: number, zl: number, shift = 0): number {
  const { hi, lo, power } = oracle.exp(pair.twoSum(zh, zl));
  return errorOf(expPair(zh, zl, shift), { hi, lo }, power + shift);
}

describe('expPair', () => {
  test('keeps 60 bits from -660 to 709, with a tail in the argument', () => {
    const source = random('expPair');
    let worst = -Infinity;
    for (let i = 0; i < 150_000; i++) {
      const zh =
        i % 3 === 0 ? source.between(-660, 709) : i % 3 === 1 ? source.between(-30, 1) : source.normal() * 1e-2;
      worst = Math.max(worst, expError(zh, zh * source.between(-1, 1) * 2 ** -53));
    }
    expect(worst).toBeLessThan(-60);
  });

  test('keeps 60 bits at every entry of its table and halfway between two', () => {
    let worst = -Infinity;
    for (let i = -40_000; i < 40_000; i++) worst = Math.max(worst, expError(((i / 2) * Math.LN2) / 128, 0));
    expect(worst).toBeLessThan(-60);
  });

  test('multiplies by a power of two, also where the plain result would be subnormal', () => {
    for (const zh of [-1, -300.5, -745.3, -790.25]) expect(expError(zh, 0, 200)).toBeLessThan(-60);
    expect(expPair(0, 0, 60)).toBe(2 ** 60);
  });

  test('goes down through the subnormals, rounded once', () => {
    const source = random('subnormal');
    for (let i = 0; i < 2000; i++) {
      const zh = source.between(-745.2, i % 2 ? -690 : -708);
      const { hi, lo, power } = oracle.exp(pair.pairOf(zh));
      expect(ulpError(expPair(zh, 0, 0), exactOf(hi, lo, power), 'float64')).toBeLessThan(0.501);
    }
  });

  test('is 0, Infinity or NaN beyond', () => {
    for (const zh of [-745.2, -2799, -2801]) expect(expPair(zh, 0, 0)).toBe(0);
    for (const zh of [-1e300, -Infinity]) expect(expPair(zh, NaN, 0)).toBe(0);
    expect(expPair(709.782712893384, 0, 0)).toBe(1.7976931348622732e308);
    for (const zh of [709.782712893385, 710.1, 1500, 1e300]) expect(expPair(zh, 0, 0)).toBe(Infinity);
    expect(expPair(Infinity, NaN, 0)).toBe(Infinity);
    expect(expPair(NaN, 0, 0)).toBeNaN();
    expect(expPair(0, 0, 0)).toBe(1);
    expect(expPair(-0, 0, 0)).toBe(1);
  });
});

describe('logPair', () => {
  test('keeps 60 bits of sums of every size from 1 on', () => {
    const source = random('logPair');
    let worst = -Infinity;
    for (let i = 0; i < 30_000; i++) {
      const [count, vh] = [1 + source.whole(3), 2 ** source.between(-20, 60)];
      const vl = vh * source.between(-1, 1) * 2 ** -54;
      const x = pair.add(pair.twoSum(count - 1, vh), pair.pairOf(vl));
      worst = Math.max(worst, errorOf(logPair(count, vh, vl), oracle.log1p(x)));
    }
    expect(worst).toBeLessThan(-60);
  });

  test('keeps 60 bits of sums below 1', () => {
    const source = random('logPair below 1');
    let worst = -Infinity;
    for (let i = 0; i < 10_000; i++) {
      const vh = 2 ** source.between(-200, -0.01);
      worst = Math.max(worst, errorOf(logPair(0, vh, 0), oracle.log(pair.pairOf(vh))));
    }
    expect(worst).toBeLessThan(-60);
  });

  test('is log1p: keeps 57 bits of the result, however close to 1 the sum is', () => {
    const source = random('log1p');
    for (let e = 0; e < 400; e++) {
      const vh = 2 ** -source.between(0, 120);
      const vl = vh * source.between(-1, 1) * 2 ** -54;
      expect(errorOf(logPair(1, vh, vl), oracle.log1p(pair.pairOf(vh, vl)))).toBeLessThan(vh > 2 ** -44 ? -60 : -57);
    }
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

test('addExps has the bits of argumentPair, expPair and sumLow one by one', () => {
  const source = random('addExps');
  for (const [theta, power] of [[1, 1], [1.3, 1], [-1.7, 2 ** -40], [1.9, 2 ** 30]] as const) {
    for (const spread of [1e-9, 1, 30, 800, 3000]) {
      const x = Float64Array.from({ length: 50 }, () => (source.normal() * spread) / power);
      if (spread === 30) x.set([Infinity * -theta, 0, -0], 7);
      const m = theta > 0 ? Math.max(...x) : Math.min(...x);
      let hi = 0.25, lo = 2 ** -60; // prettier-ignore
      for (const v of x) {
        const z = argumentPair(v, m, theta, power), e = expPair(z, last.low, 0), sum = hi + e; // prettier-ignore
        lo += last.low + sumLow(hi, e, sum);
        hi = sum;
      }
      const got = addExps(x, 20, 50, m, theta, power, addExps(x, 0, 20, m, theta, power, 0.25, 2 ** -60), last.low);
      expect([got, last.low], `theta ${theta * power}, spread ${spread}`).toEqual([hi, lo]);
    }
  }
});

test('products and quotients of pairs keep 98 bits', () => {
  const source = random('pairs');
  for (let i = 0; i < 2000; i++) {
    const [ah, bh] = [source.normal() * 2 ** source.between(-99, 99), source.normal()];
    const [al, bl] = [ah * 2 ** -54 * source.uniform(), bh * 2 ** -54 * source.uniform()];
    expect(exactError(timesPair(ah, al, bh, bl), times(pairOf(ah, al), pairOf(bh, bl)))).toBeLessThan(-98);
    const quotient = pair.divide(pair.pairOf(ah, al), pair.pairOf(bh, bl));
    expect(errorOf(quotientPair(ah, al, bh, bl), quotient)).toBeLessThan(-98);
  }
});

describe('argumentPair', () => {
  const check = (x: number, m: number, theta: number, power: number): number =>
    exactError(argumentPair(x, m, theta, power), times(sum(dyadicOf(x), dyadicOf(-m)), product(theta, power)));

  test('is theta (x - m) to 98 bits', () => {
    const source = random('argument');
    const thetas = [[1, 1], [1.37, 0.5], [-1.9, 1024], [1.1, 2 ** -300], [-1, 1]] as const; // prettier-ignore
    for (let i = 0; i < 1000; i++) {
      const [x, m] = [source.normal() * 100, source.normal() * 2 ** source.between(-40, 40)];
      for (const [theta, power] of thetas) expect(check(x, m, theta, power)).toBeLessThan(-98);
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
  const exact = (m: number, theta: number, power: number): Exact => {
    const { integer, power: shift } = times(product(m, theta), dyadicOf(power));
    return exactOf(Number(integer >> 60n) * 2 ** 60, Number(integer & ((1n << 60n) - 1n)), shift);
  };

  test('rounds theta m once, products that are subnormal or as large as can be too', () => {
    const source = random('plusProduct');
    for (let i = 0; i < 5000; i++) {
      const m = (1 + source.uniform()) * 2 ** (source.whole(2096) - 1073);
      const theta = 1 + source.uniform();
      const power = 2 ** (source.whole(2000) - 1000);
      // a subnormal product of a subnormal number is rounded twice
      const bound = m < 2 ** -1022 ? 0.76 : 0.501;
      expect(ulpError(plusProduct(m, theta, power, 0, 0), exact(m, theta, power), 'float64')).toBeLessThan(bound);
    }
    expect(plusProduct(7 * 2 ** -1074, 1.5, 1, 0, 0)).toBe(10 * 2 ** -1074);
    expect(plusProduct(1.5 * 2 ** 1023, 1.5, 2 ** -1000, 0, 0)).toBe(2.25 * 2 ** 23);
  });

  test('keeps what is left where the logarithm takes the high part away', () => {
    const left = sum(product(0.1, 1.1), dyadicOf(-(0.1 * 1.1)));
    expect(plusProduct(0.1, 1.1, 1, -(0.1 * 1.1), 0)).toBe(Number(left.integer) * 2 ** left.power);
  });

  test('takes infinities as they are', () => {
    expect(plusProduct(Infinity, -1.5, 1, 0.7, 0)).toBe(-Infinity);
    expect(plusProduct(-Infinity, 1, 1, -Infinity, 0)).toBe(-Infinity);
    expect(plusProduct(Infinity, 1, 1, NaN, 0)).toBeNaN();
    expect(plusProduct(1.5e308, 1.5, 1, 0, 0)).toBe(Infinity);
  });
});
