import { expect, test } from 'vitest';
import { Pairs } from '../src/numeric/order.ts';
import { addExps, argumentPair, expPair, last, plusProduct } from '../src/numeric/pairs.ts';
import { passed, passed32, passed64 } from '../src/numeric/passed.ts';
import { radixDescending } from '../src/numeric/radix.ts';
import { SoftmaxSlopes } from '../src/numeric/softmaxSlopes.ts';
import { WeightedSum } from '../src/numeric/weightedSum.ts';
import { dyadicOf, product, sum, type Dyadic } from './support/dyadic.ts';
import { random } from './support/random.ts';

// The arithmetic of src/numeric at its limits: ranges that end, what additions lose, ties, parts of lanes.

// the first test: the table has not been made
test('addExps makes the table where it comes first', () => {
  expect(addExps(Float64Array.of(0, 0), 0, 2, 0, 1, 1, 0, 0)).toBe(2);
});

test('is Infinity just below a power of two beyond the range', () => {
  // 0.999 2^1025, of which the table's factor is 1
  for (const zh of [1025 * Math.LN2 - 1e-3, 1026 * Math.LN2 - 1e-3]) expect(expPair(zh, 0, 0)).toBe(Infinity);
});

test('keeps the tail of huge and of tiny arguments', () => {
  const times = (a: Dyadic, b: Dyadic): Dyadic => ({ integer: a.integer * b.integer, power: a.power + b.power });
  const log2 = ({ integer, power }: Dyadic): number => {
    const digits = (integer < 0n ? -integer : integer).toString(2);
    return integer === 0n ? -Infinity : digits.length + power;
  };
  for (const [x, m, theta, power] of [[-1e308, 3e291, 1.3, 1], [1.1, 0.3, 1.37, 2 ** -930]] as const) {
    const exact = times(sum(dyadicOf(x), dyadicOf(-m)), product(theta, power)),
      got = sum(dyadicOf(argumentPair(x, m, theta, power)), dyadicOf(last.low));
    expect(log2(sum(got, { integer: -exact.integer, power: exact.power })) - log2(exact)).toBeLessThan(-96);
  }
});

test('keeps what is left of a negative product too', () => {
  const left = sum(product(0.1, 1.1), dyadicOf(-(0.1 * 1.1)));
  expect(plusProduct(-0.1, 1.1, 1, 0.1 * 1.1, 0)).toBe(-Number(left.integer) * 2 ** left.power);
});

test('a subnormal product is rounded once', () => {
  const source = random('subnormal products');
  for (let i = 0; i < 1000; i++) {
    const m = (1 + source.uniform()) * 2 ** -(1024 + source.whole(40)), theta = 1 + source.uniform(); // prettier-ignore
    if (m * theta < 2 ** -1022) expect(plusProduct(m, theta, 1, 0, 0)).toBe(m * theta);
  }
});

test('the first place at which a running sum is above a bound, and the sum there', () => {
  const r = random('passed'), at = 3; // prettier-ignore
  for (let n = 0; n < 60; n++) {
    const values = Array.from({ length: n }, () => r.whole(6)),
      total = values.reduce((s, v) => s + v, 0),
      // what lies around is not read
      around = [1000, 1000, 1000, ...values, ...new Array<number>(40).fill(1000)];
    for (const least of [-1, 0, 1, total - 1, total, total + 1, ...Array.from({ length: 12 }, () => r.whole(total + 1))]) {
      let sum = 0, place = 0; // prettier-ignore
      for (; place < n; place++) if ((sum += values[place]!) > least) break;
      for (const j of [() => passed32(Float32Array.from(around), at, n, least), () => passed64(Float64Array.from(around), at, n, least)]) {
        expect([j(), passed.sum], `${values} above ${least}`).toEqual([place, sum]);
      }
    }
  }
});

test('what additions of float64 lose counts', () => {
  // 2^53 swallows each of the others, and sixteen of them together
  const e = Float64Array.from({ length: 64 }, (_, i) => (i === 0 ? 2 ** 53 : i < 16 ? 0 : 1 / 16));
  expect([passed64(e, 0, 64, 2 ** 53), passed.sum]).toEqual([32, 2 ** 53 + 2]);
  expect([passed64(e.subarray(0, 20), 0, 20, 2 ** 53), passed.sum]).toEqual([20, 2 ** 53]);
  // added one by one
  const few = Float64Array.from({ length: 12 }, (_, i) => (i === 0 ? 2 ** 53 : 0.5));
  expect([passed64(few, 0, 12, 2 ** 53), passed.sum]).toEqual([3, 2 ** 53 + 2]);
});

test('sorting by digits is a stable sort, of few numbers too', () => {
  const r = random('radix');
  const draws: Record<string, () => number> = {
    'float32': () => Math.fround(r.normal() * 2 ** r.between(-100, 100)),
    'float64': () => r.normal() * 2 ** r.between(-900, 900),
    'upper halves alike': () => (r.whole(2) === 0 ? -1 : 1) * (1 + r.whole(2 ** 30) * 2 ** -52),
    'ties and zeros of both signs': () => [0, -0, 1, -1, 0.5, -0.5, Infinity, -Infinity][r.whole(8)]!,
    'small ties in float64': () => [0, -0, 1e-300, -1e-300, 5e-324, -5e-324, 0.1, -0.1][r.whole(8)]!,
    'the last alone is no float32': () => r.whole(9) - 4,
  };
  for (const [name, draw] of Object.entries(draws)) {
    for (const n of [1, 2, 3, 40, 300]) {
      const pairs = new Pairs(n + 2), into = new Pairs(n + 2); // prettier-ignore
      for (let i = 0; i < n; i++) {
        pairs.values[i] = draw();
        pairs.places[i] = r.whole(1000);
      }
      if (name.startsWith('the last')) pairs.values[n - 1] = 0.1;
      pairs.values[n] = pairs.values[n + 1] = 7.3;
      into.values.fill(-9);
      into.places.fill(-9);
      radixDescending(pairs, n, into);
      const order = Array.from({ length: n }, (_, i) => i).sort((a, b) => (pairs.values[a]! < pairs.values[b]! ? 1 : pairs.values[a]! > pairs.values[b]! ? -1 : a - b));
      expect([...into.values], `${name}, ${n}`).toEqual([...order.map((i) => pairs.values[i]!), -9, -9]);
      expect([...into.places], `${name}, ${n}`).toEqual([...order.map((i) => pairs.places[i]!), -9, -9]);
    }
  }
});

const inf = Infinity;
const P = (power: number): number => 2 ** power;

/** The slopes of a lane that comes in parts of `each`, between other numbers, none of which is read or written. */
function slopesOf(y: readonly number[], dy: readonly number[], theta = 1, tolerance = P(-46), each = y.length, other = 1e300): number[] {
  const lane = new SoftmaxSlopes(theta, tolerance), n = y.length, got: number[] = []; // prettier-ignore
  const part = (values: readonly number[], from: number, around: number, before: number): Float64Array =>
    Float64Array.from([...new Array<number>(before).fill(around), ...values.slice(from, from + each), ...new Array<number>(9).fill(around)]);
  const parts = Array.from({ length: Math.ceil(n / each) }, (_, i) => ({
    ys: part(y, i * each, 7, 140),
    ds: part(dy, i * each, other, 150),
    m: Math.min(each, n - i * each),
  }));
  lane.begin();
  do for (const { ys, ds, m } of parts) lane.sum(ys, 140, ds, 150, m);
  while (lane.again());
  for (const { ys, ds, m } of parts) {
    const to = new Float64Array(m + 8).fill(-77);
    lane.slopes(ys, 140, ds, 150, to, 4, m);
    expect([...to.subarray(0, 4), ...to.subarray(4 + m)]).toEqual(new Array(8).fill(-77));
    got.push(...to.subarray(4, 4 + m));
  }
  return got;
}

// y are powers of two, dy whole numbers times such: everything is exact
const half = [0.5, 0.5];
const cases: Record<string, readonly [y: readonly number[], dy: readonly number[], wanted: readonly number[], theta?: number]> = {
  'four alike': [[0.25, 0.25, 0.25, 0.25], [1, 3, 5, 7], [-0.75, -0.25, 0.25, 0.75]],
  'an odd one': [[0.5, 0.25, 0.25], [1, 3, 5], [-0.75, 0.125, 0.625]],
  'the first hidden': [[0, 0.5, 0.25, 0.25], [-9, 1, 3, 5], [0, -0.75, 0.125, 0.625]],
  'far from 0': [half, [P(60) + 256, P(60)], [64, -64]],
  'far from 0, an odd one': [[0.5, 0.25, 0.25], [P(60) + 256, P(60), P(60)], [64, -32, -32]],
  'far from 0, one hidden': [[0, 0.5, 0.5], [9, P(60) + 256, P(60)], [0, 64, -64]],
  'hidden ones that are huge': [[0, 0, 0.5, 0.5], [1e300, 1e300, 1, 3], [0, 0, -0.5, 0.5]],
  'a size of 2^1000': [half, [0, P(1000)], [-P(998), P(998)]],
  'no distribution': [[1, 2], [1, 3], [-6, -8]],
  'no distribution, huge dy': [[1, 2], [P(1010), 3 * P(1010)], [-6 * P(1010), -8 * P(1010)]],
  'a huge y': [[P(100)], [P(899)], [-P(999)], P(-100)],
  'a huge y beside a huge dy': [[P(100), P(-40)], [0, P(990)], [-P(950), P(850) - P(810)], P(-100)],
  'one y nearly all, the first': [[1, P(-60)], [0, P(1010)], [-P(950), P(950)]],
  'one y nearly all, the last': [[P(-60), 1], [P(1010), 0], [P(950), -P(950)]],
  'a slope of 0 and a negative theta': [[0.25, 0.25, 0.5], [P(1010), 0, P(1009)], [-P(1007), P(1007), 0], -1],
  'hidden ones among huge dy': [[0, 0.5, 0, 0.5], [NaN, P(1010), -inf, -P(1010)], [0, P(1009), 0, -P(1009)]],
  'infinite dy': [half, [inf, 1], [NaN, -inf]],
  'infinite dy, hidden ones': [[0, 0.5, 0.5], [inf, 1, -inf], [0, inf, NaN]],
  'infinite y and theta 0': [[inf, 0.5], [1, 1], [NaN, NaN], 0],
  'nothing but hidden ones': [[0, 0, 0], [-1, inf, NaN], [0, 0, 0]],
};

for (const [name, [y, dy, wanted, theta]] of Object.entries(cases)) {
  test(`slopes of softmax: ${name}`, () => {
    for (const other of [1e300, NaN]) {
      for (const each of new Set([y.length, 2, 1])) expect(slopesOf(y, dy, theta, P(-46), each, other), `parts of ${each}`).toEqual(wanted);
    }
  });
}

test('slopes of softmax: a part of hidden elements whose dy is infinite', () => {
  for (const hidden of [[inf, 0], [0, inf], [0, -inf], [NaN, 0]]) expect(slopesOf([0, 0, 0.5, 0.5], [...hidden, 1, 3], 1, P(-46), 2)).toEqual([0, 0, -0.5, 0.5]);
});

test('slopes of softmax: a sum of y that is 1 within the tolerance divides', () => {
  const more = 0.5 + P(-46), mean = more / (1 + P(-46)); // prettier-ignore
  expect(slopesOf([0.5, more], [1, 1])).toEqual([0, 0]);
  expect(slopesOf([0.5, more], [0, 1])[0]).toBe(-0.5 * mean);
  expect(slopesOf([0.5, more], [0, P(1020)])[0]).toBe(-0.5 * mean * P(1020));
});

test('slopes of softmax: dy next to overflow', () => {
  const y = [1 - P(-24) - P(-30), P(-30), P(-24)], most = Number.MAX_VALUE, mean = P(-30) - P(-24); // prettier-ignore
  slopesOf(y, [0, most, -most]).forEach((g, j) => expect(g / most / (y[j]! * ([0, 1, -1][j]! - mean))).toBeCloseTo(1, 12));
});

test('slopes of softmax: what additions of blocks lose counts', () => {
  // 64 blocks of 128, each with one y that the sum before swallows
  const small = (i: number): number => (i > 1 && i % 128 === 0 ? P(-54) : 0), n = 65 * 128; // prettier-ignore
  const y = Array.from({ length: n }, (_, i) => (i === 0 ? 0.5 - P(-48) : i === 1 ? 0.5 : small(i)));
  for (const size of [1, P(1010)]) expect(slopesOf(y, y.map((_, i) => (i === 0 ? 1 : 2) * size), 1, P(-50)).slice(0, 2)).toEqual([-0.25 * size, (0.25 - P(-49)) * size]);
  // a sum of 1 + 2^-52, which is a distribution; without the small ones it is none
  y[1] = 0.5 + P(-52);
  expect(slopesOf(y, y.map(() => 1), 1, P(-50)).slice(0, 2)).toEqual([0, 0]);
});

/** The logarithm and the sign of a sum whose theta is factor power, in parts of `each`. */
function sumOf(x: readonly number[], b: readonly number[] | undefined, factor = 1, power = 1, each = x.length): [number, number] {
  const sum = new WeightedSum(factor, power), xs = Float64Array.from([1e300, ...x, 1e300]), bs = b && Float64Array.from([1, ...b, 1]); // prettier-ignore
  sum.begin();
  for (let i = 0; i < x.length; i += each) sum.look(xs, bs, 1 + i, 1 + Math.min(x.length, i + each));
  for (let i = 0; i < x.length; i += each) sum.add(xs, bs, 1 + i, 1 + Math.min(x.length, i + each));
  return [sum.finish(), sum.sign];
}

test('the largest term is found among terms that are far apart', () => {
  // [x, b, factor, power, the logarithm of the largest term, to which the others add nothing]
  const far: readonly (readonly [number[], number[] | undefined, number, number, number])[] = [
    [[0, 800], undefined, 1, 1, 800],
    [[800, 0], undefined, 1, 1, 800],
    [[0, -800], undefined, -1, 1, 800],
    [[-800, 0], undefined, -1, 1, 800],
    [[0, 2000], undefined, 1.5, 0.5, 1500],
    [[0, 0], [2 ** 700, 2 ** -700], 1, 1, 700 * Math.LN2],
    [[0, 0], [2 ** -700, 2 ** 700], 1, 1, 700 * Math.LN2],
    [[0, 0], [2 ** 700, 2 ** -700], 1, 2 ** 1023, 700 * Math.LN2],
    [[-1.5e308, 1.5e308], [2 ** 700, 2 ** -700], 1, 2 ** -1023, 700 * Math.LN2 - 1.5e308 * 2 ** -1023],
    [[0, 4000], [2 ** 800, 1], 1, 0.5, 2000],
    [[0, 1455], [2 ** 1023, 1], 1, 1, 1455],
    [[0, 1300], [2 ** 1023, 1], 1.9, 1, 2470],
    [[0, 1000], [2 ** 1023, 1], 1, 4, 4000],
    [[-2000, 0], [1, 1], 1, 1, 0],
    [[-4000, -1100], [1, 1], 1, 0.5, -550],
    [[1000, 3500], [1, 1], 1, 0.5, 1750],
  ];
  for (const [x, b, factor, power, wanted] of far) {
    for (const each of [1, 2]) expect(sumOf(x, b, factor, power, each), `${x}, ${b}, ${factor} ${power}`).toEqual([expect.closeTo(wanted, 9), 1]);
  }
});

test('what is left where terms cancel, and what the sum has beyond its high part', () => {
  expect(sumOf([0, 0, 0], [1, 2 ** -54, -1])).toEqual([-54 * Math.LN2, 1]);
  expect(sumOf([0, 0, 0], [-1, -(2 ** -54), 1])).toEqual([-54 * Math.LN2, -1]);
  expect(sumOf([0, 0], [1, 2 ** -54])).toEqual([2 ** -54, 1]);
  expect(sumOf([0, 0], [1, -1])).toEqual([-Infinity, 0]);
});

test('what is infinite or nothing', () => {
  const inf = Infinity;
  for (const b of [undefined, [1, 1]]) {
    expect(sumOf([inf, 0], b)).toEqual([inf, 1]);
    expect(sumOf([inf, -inf], b)).toEqual([inf, 1]);
    expect(sumOf([-inf, -inf], b)).toEqual([-inf, 0]);
    expect(sumOf([-inf, 0], b)).toEqual([0, 1]);
    expect(sumOf([-inf, 0], b, -1)).toEqual([inf, 1]);
    expect(sumOf([NaN, 0], b)).toEqual([NaN, NaN]);
  }
  expect(sumOf([0, 0], [-inf, 1])).toEqual([inf, -1]);
  expect(sumOf([0, -inf], [inf, 1])).toEqual([inf, 1]);
  expect(sumOf([inf, inf], [1, -1])).toEqual([NaN, NaN]);
  expect(sumOf([-inf, 0], [inf, 1])).toEqual([NaN, NaN]);
  expect(sumOf([inf, NaN], [0, 0])).toEqual([-inf, 0]);
});
