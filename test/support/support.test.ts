import { describe, expect, test } from 'vitest';
import { bound, subnormalExp64, withinExp, withinLogsumexp } from './bounds.ts';
import { blockLengths, laneCases, saturated } from './cases.ts';
import { exactOf, special } from './exact.ts';
import { agrees, known } from './known.ts';
import * as oracle from './oracle.ts';
import { random } from './random.ts';
import {
  bitsOf,
  formats,
  fromBits,
  nextDown,
  nextUp,
  round,
  roundExact,
  sameBits,
  ulpDistance,
  ulpError,
  worst,
} from './ulp.ts';

const values = (results: readonly oracle.Exact[]): number[] => results.map(({ value }) => value);

describe('the oracle', () => {
  test.each(known.filter(({ input }) => !Array.isArray((input as unknown[])[0])))('knows $name', (item) => {
    const lane = item.input as number[];
    const { b, where } = (item.options ?? {}) as { b?: number[]; where?: boolean[] };
    const call = item.call;
    const summed = call === 'logsumexp' ? oracle.logsumexp(lane, b ? { b } : {}) : undefined;
    const results = where
      ? oracle.masked(lane, where, call === 'softmax' ? 0 : -Infinity, (kept) => oracle[call as 'softmax'](kept))
      : summed
        ? [summed]
        : oracle[call as 'softmax'](lane);
    item.expected.forEach((text, index) => {
      const { value } = results[index + (item.from ?? 0)]!;
      expect(agrees(value, text, item.units), `${value} for ${text}`).toBe(true);
    });
    if (item.sign !== undefined) expect(summed!.sign).toBe(item.sign);
  });

  test.each(known.filter(({ input }) => Array.isArray((input as unknown[])[0])))('knows $name', (item) => {
    const rows = item.input as number[][];
    const width = rows[0]!.length;
    const axis = (item.options as { axis?: number } | undefined)?.axis;
    const all = rows.flat();
    const results =
      axis === undefined
        ? oracle.softmax(all)
        : axis === 0
          ? all.map((_, at) => oracle.softmax(rows.map((row) => row[at % width]!))[Math.floor(at / width)]!)
          : rows.flatMap((row) => oracle.softmax(row));
    expect(item.expected.length).toBeGreaterThan(0);
    item.expected.forEach((text, index) => {
      const { value } = results[index + (item.from ?? 0)]!;
      expect(agrees(value, text, item.units), `${value} for ${text}`).toBe(true);
    });
  });

  // Five zeros more take a lane past the length at which the fast route starts.
  test.each([0, 5])('follows the table of special values, with %i more absent entries', (more) => {
    const absent = new Array<number>(more).fill(-Infinity);
    const [nan, inf] = [NaN, Infinity];
    const softmax = (...lane: number[]) => values(oracle.softmax([...lane, ...absent])).slice(0, lane.length);
    const logSoftmax = (...lane: number[]) => values(oracle.logSoftmax([...lane, ...absent])).slice(0, lane.length);
    const logsumexp = (...lane: number[]) => oracle.logsumexp([...lane, ...absent]).value;
    expect(softmax(1, nan)).toEqual([nan, nan]);
    expect(logSoftmax(1, nan, inf)).toEqual([nan, nan, nan]);
    expect(logsumexp(inf, nan)).toBe(nan);
    expect(softmax(-inf, 1)).toEqual([0, 1]);
    expect(logSoftmax(-inf, 1)).toEqual([-inf, 0]);
    expect(logsumexp(-inf, 1)).toBe(1);
    expect(softmax(-inf, -inf)).toEqual([nan, nan]);
    expect(logSoftmax(-inf, -inf)).toEqual([nan, nan]);
    expect(logsumexp(-inf, -inf)).toBe(-inf);
    expect(softmax(inf, 1)).toEqual([nan, nan]);
    expect(logSoftmax(inf, 1)).toEqual([nan, nan]);
    expect(logsumexp(inf, 1)).toBe(inf);
    expect(softmax(-7)).toEqual([1]);
    expect(logSoftmax(-7)).toEqual([0]);
    expect(logsumexp(-7)).toBe(-7);
    expect(softmax(1000, 1)).toEqual([1, 0]);
    expect(logSoftmax(1000, 1).map((x) => x + 0)).toEqual([0, -999]);
    expect(logsumexp(1000, 1)).toBe(1000);
    expect(softmax(0, -745)).toEqual([1, 5e-324]);
    expect(logSoftmax(0, -745)).toEqual([-5e-324, -745]);
  });

  test('gives nothing for an empty lane and -Infinity for its sum', () => {
    expect(oracle.softmax([])).toEqual([]);
    expect(oracle.logSoftmax([])).toEqual([]);
    expect(oracle.logsumexp([])).toMatchObject({ value: -Infinity, sign: 0 });
  });

  test('takes theta of either sign and 0', () => {
    expect(values(oracle.softmax([1, 2, 3], -1))).toEqual(values(oracle.softmax([-1, -2, -3])));
    expect(values(oracle.softmax([5, -1, -Infinity], 0))).toEqual([0.5, 0.5, 0]);
    expect(values(oracle.logSoftmax([5, -1, 3, 8, 2, -Infinity], 0))[0]).toBe(-Math.log(5));
    expect(values(oracle.softmax([Infinity, 1], -1))).toEqual([0, 1]);
    expect(oracle.logsumexp([1e308, 5], { theta: 10 }).value).toBe(Infinity);
    expect(oracle.softmax([1e308, 9e307], 10).map(({ head }) => head)).toEqual([1, 1]);
  });

  test('tells an exactly cancelling weighted sum from a nearly cancelling one', () => {
    expect(oracle.logsumexp([1, 1, 1], { b: [0.5, 0.25, -0.75] })).toMatchObject({ value: -Infinity, sign: 0 });
    // 0.1 + 0.2 - 0.3 is 2^-55 + ... as real doubles: 2.7755575615628914e-17 exactly.
    const near = oracle.logsumexp([0, 0, 0], { b: [0.1, 0.2, -0.3] });
    expect(near.sign).toBe(1);
    expect(near.value).toBeCloseTo(Math.log(2.7755575615628914e-17), 12);
    expect(oracle.logsumexp([1, 0], { b: [1, -3] })).toMatchObject({ sign: -1 });
    expect(oracle.logsumexp([Infinity, NaN, 2], { b: [0, 0, 1] }).value).toBe(2);
    expect(oracle.logsumexp([Infinity, Infinity], { b: [1, -1] }).sign).toBe(NaN);
    for (const depth of [3000, 30_000]) {
      expect(oracle.logsumexp([0, -depth], { b: [1, -1] })).toMatchObject({ head: -1, exponent: -2000, sign: 1 });
      expect(oracle.logsumexp([0, -depth])).toMatchObject({ head: 1, exponent: -2000, sign: 1 });
      expect(oracle.logSoftmax([0, -depth])[0]).toMatchObject({ head: -1, exponent: -2000 });
    }
    // A sixth difference, (e^h - 1)^6 = 2^-240: more than the usual digits are lost.
    const h = 2 ** -40;
    const sixth = oracle.logsumexp(
      [0, 1, 2, 3, 4, 5, 6].map((k) => k * h),
      { b: [1, -6, 15, -20, 15, -6, 1] },
    );
    expect(sixth.value).toBeCloseTo(6 * Math.log(Math.expm1(h)), 12);
  });

  test('judges a million elements from a sample, equal or not', () => {
    const equal = new Float64Array(1_000_000).fill(0.1);
    expect(values(oracle.softmaxSample(equal, [0, 999_999]))).toEqual([1e-6, 1e-6]);
    expect(values(oracle.logSoftmaxSample(equal, [3]))).toEqual([-Math.log(1e6)]);
    const lane = laneCases[1]!.draw('float32', 300_000);
    const sampled = oracle.softmaxSample(lane, [17]);
    const sum = oracle.logsumexp(lane);
    expect(sampled[0]!.value / Math.exp(lane[17]! - sum.value)).toBeCloseTo(1, 13);
  });
});

describe('ULP errors', () => {
  test('are measured far below 1', () => {
    expect(ulpError(1, exactOf(1, 2 ** -60), 'float64')).toBe(2 ** -8);
    expect(ulpError(1, exactOf(1, 2 ** -60), 'float32')).toBe(2 ** -37);
    expect(ulpError(3, exactOf(3 + 2 ** -51, -(2 ** -53)), 'float64')).toBe(0.75);
    expect(ulpError(1.5, exactOf(1.75), 'bfloat16')).toBe(32);
    expect(ulpError(-1.5, exactOf(-1.75), 'float16')).toBe(256);
  });

  test('use the unit of the binade below just under a power of two', () => {
    expect(ulpError(1, exactOf(1, -(2 ** -55)), 'float64')).toBe(0.25);
    expect(ulpError(-1, exactOf(-1, 2 ** -55), 'float64')).toBe(0.25);
    expect(ulpError(1, exactOf(1, 2 ** -55), 'float64')).toBe(0.125);
  });

  test('use the smallest subnormal where the exact number is subnormal or below', () => {
    expect(ulpError(0, exactOf(1.25, 0, -1076), 'float64')).toBe(0.3125);
    expect(ulpError(5e-324, exactOf(1.25, 0, -1075), 'float64')).toBe(0.375);
    expect(ulpError(0, exactOf(2 ** -150), 'float32')).toBe(0.5);
    expect(ulpError(2 ** -24, exactOf(2 ** -26), 'float16')).toBe(0.75);
    expect(ulpError(0, oracle.exp(-1e30), 'float32')).toBeLessThan(1e-200);
    expect(ulpError(5e-324, oracle.exp(-1e30), 'float64')).toBeCloseTo(1, 12);
    expect(ulpError(2 ** -1022, exactOf(2 ** -1022, 2 ** -1074), 'float64')).toBe(1);
  });

  test('are 0 or Infinity for special values', () => {
    for (const value of [NaN, Infinity, -Infinity, 0]) {
      expect(ulpError(value, special(value), 'float32')).toBe(0);
      expect(ulpError(1, special(value), 'float32')).toBe(Infinity);
      expect(ulpError(value === 0 ? 5e-324 : 0, special(value), 'float64')).toBe(Infinity);
    }
    expect(ulpError(-0, special(0), 'float64')).toBe(0);
    expect(ulpError(NaN, exactOf(1), 'float64')).toBe(Infinity);
    expect(ulpError(Infinity, special(-Infinity), 'float64')).toBe(Infinity);
  });

  test('accept an infinity exactly where the exact number rounds to one', () => {
    const largest = 2 ** 128 - 2 ** 104;
    expect(ulpError(Infinity, exactOf(largest + 2 ** 103), 'float32')).toBe(0);
    expect(ulpError(Infinity, exactOf(largest + 2 ** 103, -1), 'float32')).toBe(Infinity);
    expect(ulpError(largest, exactOf(largest + 2 ** 103, -1), 'float32')).toBeCloseTo(0.5, 12);
    expect(ulpError(largest, exactOf(2 ** 129), 'float32')).toBeGreaterThan(1e7);
    expect(ulpError(Infinity, oracle.exp(710), 'float64')).toBe(0);
    expect(ulpError(Infinity, oracle.exp(709.78), 'float64')).toBe(Infinity);
    expect(ulpError(-Infinity, oracle.logSoftmax([1e308, -1e308])[1]!, 'float64')).toBe(0);
  });

  test('name the worst element', () => {
    const exact = oracle.softmax([1, 2, 3]);
    const got = values(exact);
    expect(worst(got, exact, 'float64').ulp).toBeLessThanOrEqual(0.5);
    got[1] = nextUp(nextUp(got[1]!, 'float64'), 'float64');
    expect(worst(got, exact, 'float64')).toMatchObject({ index: 1, text: expect.stringContaining('wanted 0.2447') });
    expect(worst([1], exact, 'float64').ulp).toBe(Infinity);
  });
});

describe('formats', () => {
  test('round as the typed arrays do', () => {
    const source = random('rounding');
    for (let index = 0; index < 3000; index++) {
      const x = source.normal() * 2 ** source.between(-160, 135);
      expect(round(x, 'float32')).toBe(Math.fround(x));
      expect(round(x, 'float64')).toBe(x);
    }
    expect(round(65519.99, 'float16')).toBe(65504);
    expect(round(65520, 'float16')).toBe(Infinity);
    expect(round(2 ** -25, 'float16')).toBe(0);
    expect(round(1.5 * 2 ** -24, 'float16')).toBe(2 ** -23);
    expect(round(1 + 2 ** -8, 'bfloat16')).toBe(1);
    // A double on a tie is decided by what the double leaves out.
    expect(roundExact(exactOf(1 + 2 ** -24, 2 ** -90), 'float32')).toBe(1 + 2 ** -23);
    expect(roundExact(exactOf(1 + 2 ** -24, -(2 ** -90)), 'float32')).toBe(1);
  });

  test.each(Object.keys(formats) as (keyof typeof formats)[])('give every pattern of %s back', (format) => {
    const source = random(format);
    const all = formats[format].bits === 16;
    for (let index = 0; index < (all ? 65536 : 3000); index++) {
      const pattern = all
        ? BigInt(index)
        : (BigInt(source.whole(2 ** 32)) << BigInt(formats[format].bits - 32)) | BigInt(index);
      const x = fromBits(pattern, format);
      if (x === x && bitsOf(x, format) !== pattern) expect(bitsOf(x, format), `${x}`).toBe(pattern);
    }
  });

  test('agree with the bits of typed arrays', () => {
    const source = random('bits');
    for (let index = 0; index < 1000; index++) {
      const x = source.normal() * 2 ** source.between(-1074, 1000);
      expect(bitsOf(x, 'float64')).toBe(new BigUint64Array(new Float64Array([x]).buffer)[0]);
      const y = Math.fround(source.normal() * 2 ** source.between(-149, 120));
      expect(bitsOf(y, 'float32')).toBe(BigInt(new Uint32Array(new Float32Array([y]).buffer)[0]!));
    }
  });

  test('step to their neighbours', () => {
    expect(nextUp(0, 'float64')).toBe(5e-324);
    expect(nextUp(-5e-324, 'float64')).toBe(-0);
    expect(nextUp(1, 'float32')).toBe(1 + 2 ** -23);
    expect(nextDown(1, 'float32')).toBe(1 - 2 ** -24);
    expect(nextUp(Number.MAX_VALUE, 'float64')).toBe(Infinity);
    expect(nextDown(Infinity, 'float32')).toBe(2 ** 128 - 2 ** 104);
    expect(nextDown(-Infinity, 'float64')).toBe(-Infinity);
    expect(ulpDistance(-5e-324, 5e-324, 'float64')).toBe(2);
    expect(ulpDistance(0, -0, 'float32')).toBe(0);
    expect(ulpDistance(1, 1 + 2 ** -22, 'float32')).toBe(2);
    expect(ulpDistance(NaN, 1, 'float32')).toBe(NaN);
    expect(sameBits([0, NaN, 1], Float64Array.of(0, NaN, 1))).toBe(true);
    expect(sameBits([0], [-0])).toBe(false);
  });
});

describe('bounds', () => {
  test('are those of the table', () => {
    expect(bound('softmax', 'float32')).toBe(5);
    expect(bound('softmax', 'float32', 'fast', 'relaxed')).toBe(4.3);
    expect(bound('softmax', 'float64', 'fast', 'relaxed')).toBe(2.1);
    expect(bound('softmax', 'float64', 'exact', 'js')).toBe(2.1);
    expect(bound('exp', 'float32', 'fast', 'relaxed')).toBe(0.501);
    expect(bound('logsumexp', 'float32', 'exact')).toBe(0.51);
  });

  test('are absolute only where logsumexp cancels', () => {
    const lane = [-0.7, -0.68];
    const exact = oracle.logsumexp(lane);
    expect(withinLogsumexp(exact.value + 1e-16, exact, -0.68, 'float64')).toBe(true);
    expect(withinLogsumexp(exact.value + 3e-16, exact, -0.68, 'float64')).toBe(false);
    const saturatedSum = oracle.logsumexp([0, -40]);
    expect(withinLogsumexp(0, saturatedSum, 0, 'float64')).toBe(false);
    expect(withinLogsumexp(4.248354255291589e-18, saturatedSum, 0, 'float64')).toBe(true);
    const far = oracle.logsumexp([-3, -50]);
    expect(withinLogsumexp(far.value + 2e-15, far, -3, 'float64')).toBe(false);
  });

  test('are wider for subnormal results of exp', () => {
    const exact = oracle.exp(-720.5);
    const near = [exact.value, nextUp(exact.value, 'float64'), nextDown(exact.value, 'float64')];
    const errors = near.map((got) => ulpError(got, exact, 'float64'));
    near.forEach((got, index) => expect(withinExp(got, exact, 'float64', 'fast', 'simd')).toBe(errors[index]! <= subnormalExp64));
  });
});

describe('cases', () => {
  test('are the same every time, and of the length asked for', () => {
    for (const { name, dtypes, length, draw } of [...laneCases, ...saturated]) {
      for (const dtype of dtypes) {
        const lane = draw(dtype, 33);
        expect(lane.length, name).toBe(length ?? 33);
        expect(sameBits(lane, draw(dtype, 33)), name).toBe(true);
        expect(lane.includes(NaN) || lane.includes(Infinity), name).toBe(false);
        expect(lane.some(Number.isFinite), name).toBe(true);
        expect(draw(dtype, 1).length, name).toBe(length ?? 1);
      }
    }
  });

  test('have names of their own', () => {
    const names = laneCases.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    expect(blockLengths).toContain(4097);
  });

  test('draw other values for another seed', () => {
    expect(sameBits(laneCases[0]!.draw('float32', 50), laneCases[0]!.draw('float32', 50, 2))).toBe(false);
    const sample = laneCases[0]!.draw('float64', 20_000);
    const mean = sample.reduce((a, b) => a + b) / sample.length;
    const variance = sample.reduce((a, b) => a + b * b, 0) / sample.length - mean ** 2;
    expect(Math.abs(mean)).toBeLessThan(0.03);
    expect(Math.abs(variance - 1)).toBeLessThan(0.05);
  });
});
