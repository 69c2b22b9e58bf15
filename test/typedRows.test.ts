import { expect, test } from 'vitest';
import { eachBuild } from './support/eachBuild.ts';
import { logits } from './support/logits.ts';
import { pick, random, type Random } from './support/random.ts';
import { difference, numbersOf } from './support/results.ts';

// Lists whose rows are typed arrays of one class. They are computed as the same elements in one typed array with a shape; what
// comes back has typed rows again: the last axis of a result is a typed array, the others are lists, and rank 0 is a number.

type Any = any;
type Flat = Float32Array;

const classes = [Float32Array, Float64Array, Uint8Array, Int16Array, Int32Array, Uint8ClampedArray] as const;

/** A flat array as rows of its class. */
function rowsOf(data: Any, shape: readonly number[]): Any {
  if (shape.length <= 1) return shape.length === 0 ? data[0] : data;
  const size = data.length / shape[0]!;
  return Array.from({ length: shape[0]! }, (_, i) => rowsOf(data.slice(i * size, (i + 1) * size), shape.slice(1)));
}

/** The class and the lengths of a result, and all of its numbers. */
function form(result: Any): [string, number[]] {
  if (typeof result === 'number') return ['number', [result]];
  if (ArrayBuffer.isView(result)) return [`${result.constructor.name} ${(result as Flat).length}`, Array.from(result as Flat)];
  if (!Array.isArray(result)) return [Object.keys(result).join(), Object.values(result).flatMap((part) => form(part)[1])];
  const parts = result.map(form);
  return [`[${parts.map(([text]) => text).join()}]`, parts.flatMap(([, numbers]) => numbers)];
}

const randomShape = (r: Random): number[] => Array.from({ length: 2 + r.whole(3) }, () => 1 + r.whole(r.whole(6) === 0 ? 40 : 4)); // prettier-ignore

function sample(seed: string) {
  const r = random(seed),
    Class = pick(r, classes),
    shape = randomShape(r),
    size = shape.reduce((a, b) => a * b, 1);
  const data = (Class as Float64ArrayConstructor).from(logits(seed, size, 'float32', 'normal'), (v: number) => (Class.name.startsWith('Float') ? v : Math.abs(Math.round(9 * v)))); // prettier-ignore
  const single = r.whole(shape.length * 2) - shape.length,
    axis = pick(r, [single, single, null, [], [0, shape.length - 1]]);
  return { r, Class, shape, size, data, rows: rowsOf(data, shape), axis, single, keepdims: r.whole(2) === 0 };
}

/** The shape of a result with one element a lane. */
function reduced(shape: readonly number[], axis: Any, keepdims: boolean): number[] {
  const rank = shape.length,
    axes = axis === null ? shape.map((_, d) => d) : [axis].flat().map((d: number) => (d < 0 ? d + rank : d));
  return shape.map((n, d) => (axes.includes(d) ? (keepdims ? 1 : -1) : n)).filter((n) => n >= 0);
}

eachBuild('rows that are typed arrays', (s: Any, build) => {
  test('every function gives what the same elements with a shape give, in typed rows', () => {
    for (let i = 0; i < 80; i++) {
      const seed = `typed rows ${i}`,
        { r, shape, data, rows, axis, single, keepdims } = sample(seed),
        flat = { shape };
      const check = (what: string, got: Any, want: Any, result: readonly number[]): void => {
        const message = `${seed}, ${what} of shape ${shape}, axis ${axis}, ${data.constructor.name} (${build})`;
        expect(form(got)[0], message).toBe(form(rowsOf(typeof want === 'number' ? [want] : want, result))[0]);
        expect(difference(form(got)[1], numbersOf(want)), message).toBe(undefined);
      };
      const mask = Uint8Array.from(data, () => r.whole(4) && 1),
        where = { where: pick(r, [mask, rowsOf(mask, shape)]) },
        theta = pick(r, [{}, { theta: 0.7 }, { precision: 'exact' }, where]);
      for (const name of ['softmax', 'logSoftmax'])
        check(name, s[name](rows, { axis, ...theta }), s[name](data, { ...flat, axis, ...theta, ...(theta === where ? { where: mask } : {}) }), shape); // prettier-ignore
      check('exp', s.exp(rows), s.exp(data), shape);
      const less = reduced(shape, axis, keepdims);
      check('logsumexp', s.logsumexp(rows, { axis, keepdims }), s.logsumexp(data, { ...flat, axis, keepdims }), less);
      check('argmax', s.argmax(rows, { axis, keepdims }), s.argmax(data, { ...flat, axis, keepdims }), less);
      check('b', s.logsumexp(rows, { axis, keepdims, b: rows }), s.logsumexp(data, { ...flat, axis, keepdims, b: data }), less);
      const n = shape.at(single)!,
        k = r.whole(n + 1),
        top = s.topk(rows, k, { axis: single }),
        most = s.topk(data, k, { ...flat, axis: single }),
        cut = shape.map((length, d) => (d === (single + shape.length) % shape.length ? k : length));
      check('values of topk', top.values, most.values, cut);
      check('indices of topk', top.indices, most.indices, cut);
      const lanes = reduced(shape, single, false),
        labels = Int32Array.from({ length: data.length / n }, () => r.whole(n)),
        o = { axis: single, reduction: 'none' };
      check('crossEntropy', s.crossEntropy(rows, rowsOf(labels, lanes), o), s.crossEntropy(data, labels, { ...o, ...flat }), lanes);
      check('crossEntropyGradient', s.crossEntropyGradient(rows, rows, o), s.crossEntropyGradient(data, { data, shape }, { ...o, ...flat }), shape); // prettier-ignore
      check('softmaxGradient', s.softmaxGradient(rows, rows, { axis }), s.softmaxGradient(data, data, { ...flat, axis }), shape);
      check('logSoftmaxGradient', s.logSoftmaxGradient(rows, rows, { axis }), s.logSoftmaxGradient(data, data, { ...flat, axis }), shape); // prettier-ignore
      const few = Uint8Array.from(data, () => r.whole(3));
      check('oneHot', s.oneHot(rowsOf(few, shape), 3, { dtype: 'int32' }), s.oneHot(few, 3, { dtype: 'int32' }), [...shape, 3]);
      const out = s.softmax(data, flat).fill(0);
      expect(s.softmax(rows, { axis, out }), seed).toBe(out);
      expect(difference(out, s.softmax(data, { ...flat, axis })), seed).toBe(undefined);
      expect(form(rows)[1], `${seed}: the rows are as they were`).toEqual(Array.from(data));
    }
  });

  test('rows of no elements, of 16 bits, of a Buffer, and more than a window', () => {
    expect(s.softmax([new Float32Array(0), new Float32Array(0)], { axis: -1 })).toEqual([new Float32Array(0), new Float32Array(0)]);
    const halves = Uint16Array.of(0x3c00, 0x4000);
    expect(s.softmax([halves, halves], { axis: -1, dtype: 'float16' })).toEqual([s.softmax(halves, { dtype: 'float16' }), s.softmax(halves, { dtype: 'float16' })]); // prettier-ignore
    expect(s.softmax([Buffer.from([1, 3]), Uint8Array.of(1, 3)], { axis: -1 })).toEqual([s.softmax(Uint8Array.of(1, 3)), s.softmax(Uint8Array.of(1, 3))]); // prettier-ignore
    const long = logits('long rows', 300_000, 'float32', 'normal');
    const [y] = s.softmax([long, long], { axis: -1 });
    expect(difference(y, s.softmax(long))).toBe(undefined);
    expect(y.buffer.byteLength).toBe(y.byteLength);
  });

  const f = (...values: number[]): Float32Array => Float32Array.from(values),
    detached = f(1, 2);
  structuredClone(detached.buffer, { transfer: [detached.buffer] });
  const wrong: [string, Any, RegExp][] = [
    ['another class', [f(1, 2), Float64Array.of(1, 2)], /x\[1\] is a Float64Array of length 2 where x\[0\] is a Float32Array; rows must be/],
    ['a plain row among them', [[f(1)], [[1]]], /x\[1\]\[0\] is an Array of length 1 where x\[0\]\[0\] is a Float32Array/],
    ['a typed row among plain ones', [[1, 2], f(1, 2)], /x\[1\] is a Float32Array of length 2; .* Float64Array\.from\(row\)/],
    ['a number among them', [f(1), 1], /x\[1\] is the number 1 where x\[0\] is a Float32Array/],
    ['null among them', [f(1), null], /x\[1\] is null where x\[0\] is a Float32Array/],
    ['another depth', [[f(1)], f(1)], /x\[1\] is a Float32Array of length 1 where x\[0\] is an Array; .* at one depth/],
    ['another length', [f(1, 2), f(1)], /x\[1\] has length 1 where x\[0\] has 2: nested arrays must not be ragged/],
    ['a list of another length', [[f(1)], [f(1), f(2)]], /x\[1\] has length 2 where x\[0\] has 1: nested/],
    ['a detached row', [f(), detached], /the buffer of x\[1\] is detached/],
    ['bigints', [BigInt64Array.of(1n)], /x\[0\] is a BigInt64Array of length 1; every element must be a number/],
    ['DataViews', [new DataView(new ArrayBuffer(4))], /x\[0\] is a DataView; every element must be a number/],
  ];
  test.each(wrong)('%s: TypeError, and nothing is written', (_, x, message) => {
    const out = f(7, 7);
    expect(() => s.softmax(x, { out })).toThrow(TypeError);
    expect(() => s.softmax(x, { out })).toThrow(message);
    expect([...out]).toEqual([7, 7]);
  });
});

eachBuild('labels of 64 bits', (s: Any, build) => {
  test('count as numbers do, in every container, for oneHot and crossEntropy', () => {
    for (let i = 0; i < 60; i++) {
      const seed = `int64 labels ${i}`,
        r = random(seed),
        Class = pick(r, [BigInt64Array, BigUint64Array]) as BigInt64ArrayConstructor,
        shape = Array.from({ length: 1 + r.whole(3) }, () => 1 + r.whole(5)),
        size = shape.reduce((a, b) => a * b, 1),
        n = 1 + r.whole(6);
      const labels = Int32Array.from({ length: size }, () => r.whole(n)),
        big = Class.from(labels, BigInt),
        turned = Class.from({ length: 2 * size + 1 }, (_, at) => (at % 2 === 1 ? big[size - 1 - (at - 1) / 2]! : 99n)),
        strides = shape.map((_, d) => -2 * shape.slice(d + 1).reduce((a, b) => a * b, 1));
      const holders: Any[] = [
        { data: big, shape },
        { type: 'int64', data: big, dims: shape, location: 'cpu' },
        { data: turned, shape, strides, offset: 2 * size - 1 },
        ...(shape.length > 1 ? [rowsOf(big, shape)] : [big]),
      ];
      const x = logits(seed, size * n, 'float32', 'normal'),
        logit = { data: x, shape: [...shape, n] },
        o = { ignoreIndex: pick(r, [-100, 0]), reduction: pick(r, ['mean', 'none']), labelSmoothing: pick(r, [0, 0.1]) },
        want = [s.crossEntropy(logit, { data: labels, shape }, o), s.crossEntropyGradient(logit, { data: labels, shape }, o)].map((y) => numbersOf(y)); // prettier-ignore
      holders.forEach((held, which) => {
        const message = `${seed}: container ${which} (${build})`,
          got = [s.crossEntropy(logit, held, o), s.crossEntropyGradient(logit, held, o)].map((y) => numbersOf(y));
        got.forEach((y, k) => expect(difference(y, want[k]!), message).toBe(undefined));
        const rows = s.oneHot(held, n);
        expect(difference(form(rows.data ?? rows)[1], s.oneHot(labels, n)), message).toBe(undefined);
      });
      expect(difference(numbersOf(s.crossEntropy(x, big, { ...o, shape: [...shape, n] })), want[0]!), seed).toBe(undefined);
      expect(s.oneHot(big, n)).toEqual(s.oneHot(labels, n));
    }
  });

  test('of the only class are labels; ignored ones are; those out of range are named', () => {
    const x = Float32Array.of(1, 2);
    expect(s.crossEntropy(x, BigInt64Array.of(0n, 0n), { shape: [2, 1] })).toBe(0);
    expect(s.crossEntropy(x, BigInt64Array.of(-100n))).toBe(NaN);
    expect(() => s.crossEntropy(x, BigInt64Array.of(2n))).toThrow(/^crossEntropy: target\[0\] is 2, out of range/);
    expect(() => s.oneHot(BigUint64Array.of(2n ** 64n - 1n), 3)).toThrow(/^oneHot: element 0 of labels is 18446744073709551615, out of range/);
    const gone = BigInt64Array.of(1n);
    structuredClone(gone.buffer, { transfer: [gone.buffer] });
    expect(() => s.oneHot(gone, 3)).toThrow(/^oneHot: the buffer of labels is detached/);
    expect(s.oneHot(new BigInt64Array(0), 3)).toEqual(new Float32Array(0));
  });

  test('elsewhere bigints are refused, and a BigInt64Array is called what it is', () => {
    const big = BigInt64Array.of(1n, 2n);
    const calls: (() => unknown)[] = [
      () => s.softmax(big),
      () => s.softmax({ data: big, shape: [2] }),
      () => s.crossEntropy(big, 0),
      () => s.crossEntropy([1, 2], 0, { classWeights: big }),
      () => s.softmaxGradient([0.5, 0.5], big),
      () => s.softmax([1, 2], { where: big }),
      () => s.topk(big, 1),
    ];
    for (const call of calls) {
      expect(call).toThrow(TypeError);
      expect(call).toThrow(/a BigInt64Array of length 2, whose elements are bigints; only labels may be; .*Float64Array\.from\([\w.]+, Number\)/); // prettier-ignore
    }
  });
});
