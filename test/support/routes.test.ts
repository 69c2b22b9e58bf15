import { describe, expect, test } from 'vitest';
import { deepCancellation, laneCases, saturated } from './cases.ts';
import * as decimal from './decimalRoute.ts';
import { scale, type Exact } from './exact.ts';
import { logsumexp } from './oracle.ts';
import * as pair from './pairRoute.ts';
import { random } from './random.ts';

/** |a - b| / |a| of two exact numbers; special values have to be the same. */
function relativeDifference(a: Exact, b: Exact): number {
  if (a.head === 0 || !Number.isFinite(b.head)) return Object.is(a.value + 0, b.value + 0) ? 0 : Infinity;
  const shift = b.exponent - a.exponent;
  return Math.abs((a.head - scale(b.head, shift) + (a.tail - scale(b.tail, shift))) / a.head);
}

function largest(a: readonly Exact[], b: readonly Exact[]): number {
  return a.length === b.length ? Math.max(0, ...a.map((x, index) => relativeDifference(x, b[index]!))) : Infinity;
}

const lanes = laneCases.flatMap(({ name, dtypes, draw }) =>
  dtypes.map((dtype) => ({ name: `${name} (${dtype})`, lane: Array.from(draw(dtype, 7)) })),
);
const pairs = saturated.map(({ name, draw }) => ({ name, lane: Array.from(draw('float64')) }));

describe('the two routes agree', () => {
  test.each([1, 1 / 0.7, -2.5, 0])('on softmax and logSoftmax of every kind of lane, theta %f', (theta) => {
    const some = theta === 1 ? [...lanes, ...pairs] : lanes.filter((_, index) => index % 3 === 0);
    for (const { name, lane } of some) {
      if (!pair.takes(lane, theta)) continue;
      expect(largest(decimal.softmax(lane, theta), pair.softmax(lane, theta)), name).toBeLessThan(2 ** -90);
      expect(largest(decimal.logSoftmax(lane, theta), pair.logSoftmax(lane, theta)), name).toBeLessThan(2 ** -90);
    }
  });

  test.each([1, 1 / 0.7])('on logsumexp, theta %f, unless the second declines', (theta) => {
    let declined = 0;
    for (const { name, lane } of [...lanes, ...pairs]) {
      const fast = pair.takes(lane, theta) ? pair.logsumexp(lane, theta) : undefined;
      if (fast) expect(relativeDifference(decimal.logsumexp(lane, { theta }), fast), name).toBeLessThan(2 ** -80);
      else declined++;
    }
    expect(declined).toBeLessThan(30);
  });

  test('on exp over its whole range', () => {
    const source = random('exp');
    const arguments_ = Array.from({ length: 400 }, () => source.between(-1030, 1030));
    for (let index = 0; index < 200; index++) arguments_.push(source.normal() * 2 ** -source.whole(80));
    for (const x of [...arguments_, 0, 5e-324, -745.13, 709.79]) {
      expect(relativeDifference(decimal.exp(x), pair.exp(x)), `exp(${x})`).toBeLessThan(2 ** -98);
    }
  });

  test('on a lane of 1500 elements, more than one block of the sum', () => {
    const source = random('long');
    const lane = Array.from({ length: 1500 }, (_, index) => (index % 2 ? 3 : source.normal() * 4));
    const some = (results: Exact[]) => results.slice(0, 20);
    expect(largest(some(decimal.softmax(lane)), some(pair.softmax(lane)))).toBeLessThan(2 ** -95);
    expect(largest(some(decimal.logSoftmax(lane)), some(pair.logSoftmax(lane)))).toBeLessThan(2 ** -95);
  });
});

test('both know e and ln 2 to 32 digits', () => {
  // e = 2.718281828459045235360287471352662..., less the double next to it; ln 2 = 0.693147180559945309417232121458176...
  for (const { exp } of [decimal, pair]) expect(exp(1).residual).toBeCloseTo(1.4456468917292502e-16, 30);
  expect(decimal.logsumexp([0, 0]).residual).toBeCloseTo(2.3190468138462996e-17, 31);
  expect(pair.logsumexp([0, 0])!.residual).toBeCloseTo(2.3190468138462996e-17, 31);
});

test('deep cancellation is left to decimal.js, which adds digits until the result stands', () => {
  for (const { name, dtypes, draw } of deepCancellation) {
    const lane = Array.from(draw(dtypes[0]!));
    const result = logsumexp(lane);
    // log of a sum next to 1: sum - 1, here once more by another order of terms and 64 digits of exp.
    const terms = lane.map((x) => decimal.exp(x));
    const heads = terms.map((term) => scale(term.head, term.exponent));
    const tails = terms.map((term) => scale(term.tail, term.exponent));
    let past = -1;
    let low = 0;
    for (const term of [...heads, ...tails]) {
      const sum = past + term;
      const part = sum - past;
      low += past - (sum - part) + (term - part);
      past = sum;
    }
    expect(Math.abs(past + low - result.value), name).toBeLessThan(1e-28 + result.value ** 2);
  }
});
