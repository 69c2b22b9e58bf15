import { readFileSync } from 'node:fs';
import { Decimal } from 'decimal.js';
import { expect, test } from 'vitest';
import type { Companions } from '../src/companions.ts';
import { createSoftmax } from '../src/index.ts';
import { eachBuild } from './support/eachBuild.ts';
import { random } from './support/random.ts';
import { sameBits } from './support/ulp.ts';

type Any = (...args: unknown[]) => any;
type Loose = Record<keyof Companions, Any>;

const D = Decimal.clone({ precision: 60, minE: -9e15, maxE: 9e15 });
const inf = Infinity;
const normals = (n: number, seed: number, scale = 3): number[] => {
  const r = random(seed);
  return Array.from({ length: n }, () => Math.fround(r.normal() * scale));
};
const flat = (x: unknown): number[] =>
  typeof x === 'number' ? [x] : ArrayBuffer.isView(x) ? [...(x as unknown as number[])] : (x as unknown[]).flatMap(flat);

// The formulas of PyTorch's documentation (CrossEntropyLoss), in 60 digits.

interface Setting {
  readonly theta?: number;
  readonly labelSmoothing?: number;
  readonly classWeights?: readonly number[];
  readonly ignoreIndex?: number;
  readonly reduction?: 'mean' | 'sum' | 'none';
}

function logSoftmaxOf(x: readonly Decimal[]): Decimal[] {
  const top = x.reduce((a, b) => D.max(a, b));
  const rest = x.reduce((sum, v) => sum.plus(v.minus(top).exp()), new D(0));
  return x.map((v) => v.minus(top).minus(rest.ln()));
}

function lossesOf(rows: readonly (readonly Decimal[])[], target: readonly (number | readonly number[])[], o: Setting): Decimal[] {
  const { theta = 1, labelSmoothing: epsilon = 0, classWeights, ignoreIndex = -100 } = o;
  return rows.map((row, i) => {
    const logs = logSoftmaxOf(row.map((v) => v.times(theta))), t = target[i]!;
    if (t === ignoreIndex) return new D(0);
    return logs.reduce((loss, l, c) => {
      const hot = typeof t === 'number' ? (c === t ? 1 : 0) : t[c]!;
      const smooth = new D(1).minus(epsilon).times(hot).plus(new D(epsilon).div(row.length));
      return loss.minus(smooth.times(classWeights?.[c] ?? 1).times(l));
    }, new D(0));
  });
}

function lossOf(rows: readonly (readonly Decimal[])[], target: readonly (number | readonly number[])[], o: Setting): Decimal {
  const sum = lossesOf(rows, target, o).reduce((a, b) => a.plus(b), new D(0));
  if (o.reduction !== 'mean' && o.reduction !== undefined) return sum;
  const weights = target.map((t) => (typeof t !== 'number' ? 1 : t === (o.ignoreIndex ?? -100) ? 0 : (o.classWeights?.[t] ?? 1)));
  return sum.div(weights.reduce((a, b) => a + b, 0));
}

/** Central differences with a step of 1e-15 in 60 digits: right to about 1e-28. */
function slopesOf(f: (x: readonly (readonly Decimal[])[]) => Decimal, x: readonly (readonly number[])[]): number[][] {
  const step = new D('1e-15'), rows = x.map((row) => row.map((v) => new D(v)));
  return rows.map((row, i) =>
    row.map((v, j) => {
      const moved = (by: Decimal): Decimal => f(rows.map((r, k) => (k === i ? r.map((u, m) => (m === j ? v.plus(by) : u)) : r)));
      return moved(step).minus(moved(step.neg())).div(step.times(2)).toNumber();
    }),
  );
}

function close(got: unknown, want: unknown, relative: number, absolute = 0): void {
  const a = flat(got), b = flat(want);
  expect(a.length).toBe(b.length);
  a.forEach((v, i) => {
    const right = Object.is(v, b[i]) || v === b[i] || Math.abs(v - b[i]!) <= Math.abs(b[i]!) * relative + absolute;
    expect(right, `element ${i}: got ${v}, wanted ${b[i]}`).toBe(true);
  });
}

const settings: readonly Setting[] = [
  {},
  { reduction: 'sum', theta: 0.7 },
  { classWeights: [0.5, 2, 1, 0.25] },
  { labelSmoothing: 0.1 },
  { labelSmoothing: 1 },
  { labelSmoothing: 0.3, classWeights: [0.5, 2, 1, 0.25], theta: -1.5 },
  { labelSmoothing: 0.2, classWeights: [0, 2, 1, 0.25], reduction: 'sum' },
];

eachBuild('companions', (s, build) => {
  const c = s as unknown as Loose;

  test('the examples of the docstrings give what they say', () => {
    const text = readFileSync(new URL('../src/companions.ts', import.meta.url), 'utf8');
    const blocks = [...text.matchAll(/@example\n((?: {3}\* .*\n)+?) {3}\*\/\n {2}(\w+)/g)];
    const functions = Object.keys(s).filter((name) => !['softmax', 'logSoftmax', 'logsumexp', 'exp', 'tensor', 'init', 'info'].includes(name));
    expect(blocks.map(([, , name]) => name).sort()).toEqual(functions.sort());
    const near = (_: string, v: unknown): unknown => (typeof v === 'number' ? Number(v.toPrecision(14)) : v);
    const same = (got: unknown, want: unknown, code: string): void => expect(JSON.stringify(got, near), code).toBe(JSON.stringify(want, near));
    for (const [, block] of blocks) {
      const code = block!.replace(/^ {3}\* /gm, '').replace(/^(.*); \/\/ => (.*)$/gm, (line, call, value) => `same(${call}, ${value}, ${JSON.stringify(line)});`);
      expect(code).toContain('same(');
      new Function('same', ...Object.keys(c), code)(same, ...Object.values(c));
    }
  });

  test('argmax is the first maximum, NaN wins, -0 equals 0', () => {
    const cases: [number[], number][] = [
      [[1, 3, 3], 1], [[1, NaN, inf], 1], [[NaN, NaN], 0], [[-inf, -inf], 0], [[-0, 0], 0], [[5], 0], [[-1, -2, inf, NaN], 3],
    ];
    for (const [x, index] of cases) {
      for (const type of [Array, Float32Array, Float64Array]) expect(c.argmax((type as ArrayConstructor).from(x))).toBe(index);
    }
    expect(c.argmax(7)).toBe(0);
    expect(c.argmax([[1, 2], [9, 3]])).toBe(2);
    expect(c.argmax([[1, 2], [9, 3]], { axis: 0 })).toEqual([1, 1]);
    expect(c.argmax([[1, 2], [9, 3]], { axis: -1, keepdims: true })).toEqual([[1], [0]]);
    expect(c.argmax([[1, 2], [9, 3]], { axis: [] })).toEqual([[0, 0], [0, 0]]);
  });

  test('argmax over any axes agrees with a plain loop, in every container', () => {
    const shape = [3, 4, 5], x = Float32Array.from(normals(60, 1), Math.round);
    const at = (i: number, j: number, k: number): number => x[(i * 4 + j) * 5 + k]!;
    const first = (values: number[]): number => values.indexOf(Math.max(...values));
    const range = (n: number): number[] => [...Array(n).keys()];
    const wanted: [unknown, number[]][] = [
      [2, range(3).flatMap((i) => range(4).map((j) => first(range(5).map((k) => at(i, j, k)))))],
      [1, range(3).flatMap((i) => range(5).map((k) => first(range(4).map((j) => at(i, j, k)))))],
      [0, range(4).flatMap((j) => range(5).map((k) => first(range(3).map((i) => at(i, j, k)))))],
      [[2, 0], range(4).map((j) => first(range(3).flatMap((i) => range(5).map((k) => at(i, j, k)))))],
    ];
    for (const [axis, want] of wanted) {
      expect(c.argmax(x, { shape, axis })).toEqual(Int32Array.from(want));
      const out = new Int32Array(want.length);
      expect(c.argmax(x, { shape, axis, out })).toBe(out);
      expect(out).toEqual(Int32Array.from(want));
      const result = c.argmax({ data: x, dims: shape }, { axis });
      expect(result).toEqual({ data: Int32Array.from(want), shape: result.shape, dims: result.shape, dtype: 'int32' });
      const turned = Float32Array.from({ length: 60 }, (_, p) => at(p % 3, Math.floor(p / 15), Math.floor(p / 3) % 5));
      expect(c.argmax({ data: turned, shape, strides: [1, 15, 3], offset: 0 }, { axis }).data).toEqual(Int32Array.from(want));
    }
  });

  test('argmax with where looks at unmasked elements only; a hidden lane gives -1', () => {
    const x = [[9, 1, 2], [NaN, 5, 5], [1, 2, 3]];
    const where = [[false, true, true], [false, true, true], [false, false, false]];
    expect(c.argmax(x, { axis: 1, where })).toEqual([2, 1, -1]);
    expect(c.argmax(x, { axis: 0, where: [true, true, false] })).toEqual([1, 1, -1]);
    expect(c.argmax([-inf, -inf, 1], { where: [0, 1, 0] })).toBe(1);
    expect(c.argmax(Float32Array.from(flat(x)), { shape: [3, 3], axis: 0, where: Uint8Array.from(where.flat(), Number) })).toEqual(Int32Array.of(-1, 1, 1));
  });

  test('argmax and topk read float16 bits by value and keep integers', () => {
    const bits = Uint16Array.of(0xbc00, 0x3c00, 0x4000, 0x8000); // -1, 1, 2, -0
    expect(c.argmax(bits)).toBe(0);
    expect(c.argmax(bits, { dtype: 'float16' })).toBe(2);
    expect(c.topk(bits, 2, { dtype: 'float16' })).toEqual({ values: Uint16Array.of(0x4000, 0x3c00), indices: Int32Array.of(2, 1) });
    expect(c.topk(Uint8ClampedArray.of(1, 3, 2), 2)).toEqual({ values: Uint8ClampedArray.of(3, 2), indices: Int32Array.of(1, 2) });
    expect(c.topk({ data: Int8Array.of(-1, -3, 2), shape: [3] }, 1)).toEqual({
      values: { data: Int8Array.of(2), shape: [1], dtype: 'int8' },
      indices: { data: Int32Array.of(2), shape: [1], dtype: 'int32' },
    });
  });

  const Half = (globalThis as { Float16Array?: new (x: number[] | ArrayBufferLike) => any }).Float16Array;
  test.skipIf(Half === undefined)('Float16Array, where the host has it: the same numbers as its bits', () => {
    const x = new Half!([1, 3, 2, -inf, 0.5, -3]), bits = new Uint16Array(x.buffer), o = { shape: [2, 3], axis: 1 }, t = [2, 0];
    const of = (y: any): unknown => (y instanceof Half! ? new Uint16Array(y.buffer) : y);
    const half = { ...o, dtype: 'float16' };
    expect(c.argmax(x, o)).toEqual(c.argmax(bits, half));
    const top = c.topk(x, 2, o), wanted = c.topk(bits, 2, half);
    expect(top.values).toBeInstanceOf(Half);
    expect([of(top.values), top.indices]).toEqual([wanted.values, wanted.indices]);
    expect(c.crossEntropy(x, t, o)).toBe(c.crossEntropy(bits, t, half));
    const dy = Float32Array.of(1, 2, 3, 4, 5, 6);
    const calls: [Any, unknown, unknown, object?][] = [
      [c.crossEntropy, t, t, { reduction: 'none' }], [c.crossEntropyGradient, t, t], [c.softmaxGradient, dy, dy], [c.logSoftmaxGradient, x, bits],
    ];
    for (const [f, other, otherBits, more] of calls) {
      const y = f(x, other, { ...o, ...more });
      expect(y).toBeInstanceOf(Half);
      expect(of(y)).toEqual(f(bits, otherBits, { ...half, ...more }));
    }
    const out = new Half!(x);
    expect(c.softmaxGradient(out, dy, { ...o, out })).toBe(out);
    expect(c.softmaxGradient({ data: x, dims: [2, 3] }, dy, { axis: 1 })).toMatchObject({ dtype: 'float16', dims: [2, 3] });
  });

  test('topk agrees with a stable sort for every k, ties and NaN included', () => {
    const r = random('topk');
    for (const n of [1, 2, 3, 7, 30, 200]) {
      for (const special of [false, true]) {
        const x = Array.from({ length: n }, () => (special && r.uniform() < 0.2 ? [NaN, inf, -inf, -0][r.whole(4)]! : r.whole(n)));
        const order = [...x.keys()].sort((i, j) => (x[i] === x[j] || (x[i] !== x[i] && x[j] !== x[j]) ? i - j : x[i] !== x[i] ? -1 : x[j] !== x[j] ? 1 : x[j]! - x[i]!));
        for (const k of new Set([0, 1, 2, n >> 1, n - 1, n].filter((k) => k <= n))) {
          const top = c.topk(Float64Array.from(x), k);
          expect([...top.indices]).toEqual(order.slice(0, k));
          expect(sameBits(top.values, order.slice(0, k).map((i) => x[i]!))).toBe(true);
        }
      }
    }
  });

  test('argmax and topk of long lanes, which are searched piece by piece', () => {
    const r = random('search');
    const before = (a: number, b: number): number => (a === b || (a !== a && b !== b) ? 0 : a !== a ? -1 : b !== b ? 1 : b - a);
    for (const type of [Float32Array, Float64Array]) {
      const piece = 65536 / type.BYTES_PER_ELEMENT;
      for (const n of [255, 256, 257, 300, piece - 1, piece, piece + 1, 2 * piece + 77]) {
        const rising = (type as Float64ArrayConstructor).from({ length: n }, (_, i) => i), falling = (type as Float64ArrayConstructor).from({ length: n }, (_, i) => -i);
        // few values, so that equal ones meet; large ones far apart; a NaN anywhere
        const few = (type as Float64ArrayConstructor).from({ length: n }, () => r.whole(5)), peaks = (type as Float64ArrayConstructor).from({ length: n }, () => -r.uniform());
        for (let i = 0; i < 9; i++) peaks[r.whole(n)] = i;
        const ends = type.from(falling), holes = type.from(peaks);
        ends[n - 1] = 1;
        holes[r.whole(n)] = NaN;
        holes[r.whole(n)] = inf;
        holes[n - 1] = NaN;
        for (const x of [rising, falling, few, peaks, ends, holes]) {
          const order = [...x.keys()].sort((i, j) => before(x[i]!, x[j]!) || i - j);
          expect(c.argmax(x), `${n}`).toBe(order[0]);
          for (const k of [1, 4, 40]) expect([...c.topk(x, k).indices], `${n}`).toEqual(order.slice(0, k));
        }
      }
    }
    const two = Float32Array.from({ length: 2000 }, (_, i) => (i * 7919) % 1000);
    expect([...c.argmax(two, { shape: [2, 1000], axis: -1 })]).toEqual([two.indexOf(999), two.indexOf(999, 1000) - 1000]);
    const tensor = s.tensor('float32', [2, 1000], two);
    expect([...c.argmax(tensor, { axis: -1 }).data]).toEqual([two.indexOf(999), two.indexOf(999, 1000) - 1000]);
    tensor.dispose();
  });

  test('topk along an axis', () => {
    const x = [[1, 3, 2], [6, 5, 6]];
    expect(c.topk(x, 1, { axis: 0 })).toEqual({ values: [[6, 5, 6]], indices: [[1, 1, 1]] });
    expect(c.topk(x, 3)).toEqual({ values: [6, 6, 5], indices: [3, 5, 4] });
    expect(c.topk(5, 1)).toEqual({ values: [5], indices: [0] });
    expect(c.topk(Float32Array.from(flat(x)), 2, { shape: [2, 3], axis: 1 })).toEqual({ values: Float32Array.of(3, 2, 6, 6), indices: Int32Array.of(1, 2, 0, 2) });
    const columns = { data: Float64Array.of(1, 6, 3, 5, 2, 6), shape: [2, 3], strides: [1, 2], offset: 0 };
    expect(c.topk(columns, 1, { axis: -1 }).values).toEqual({ data: Float64Array.of(3, 6), shape: [2, 1], dtype: 'float64' });
    expect(c.topk(new Float32Array(0), 0, { shape: [0, 3], axis: 0 })).toEqual({ values: new Float32Array(0), indices: new Int32Array(0) });
  });

  test('oneHot in every container', () => {
    expect(c.oneHot(1, 3)).toEqual([0, 1, 0]);
    expect(c.oneHot([[0], [1]], 2)).toEqual([[[1, 0]], [[0, 1]]]);
    expect(c.oneHot(Int32Array.of(1, 0), 2)).toEqual(Float32Array.of(0, 1, 1, 0));
    expect(c.oneHot(Uint8Array.of(1), 2, { dtype: 'uint8' })).toEqual(Uint8Array.of(0, 1));
    expect(c.oneHot(Uint16Array.of(1), 2, { dtype: 'float64' })).toEqual(Float64Array.of(0, 1));
    expect(c.oneHot({ data: Int8Array.of(0, 9, 1), shape: [2], strides: [2], offset: 0 }, 2)).toEqual({ data: Float32Array.of(1, 0, 0, 1), shape: [2, 2], dtype: 'float32' });
    expect(c.oneHot(new Int32Array(0), 4)).toEqual(new Float32Array(0));
    expect(c.oneHot([], 4)).toEqual([]);
  });

  test('known numbers: [0, 1, 0] against softmax of [1, 3, 2] is -log(0.6652409557748219)', () => {
    for (const target of [1, [0, 1, 0], Float64Array.of(0, 1, 0)]) {
      expect(c.crossEntropy([1, 3, 2], target)).toBeCloseTo(0.4076059644443804, 15);
    }
    expect(c.crossEntropy(Float32Array.of(1, 3, 2), 1, { precision: 'exact' })).toBeCloseTo(0.4076059644443804, 7);
  });

  const logits = [[1, 3, 2, -1], [0.5, -2, 30, 1], [-1, -1, -1, 8], [2, 0, 1, 4]];
  const classes = [1, 2, -100, 0];
  const chances = [[0, 1, 0, 0], [0.25, 0.25, 0.5, 0], [0.1, 0.2, 0.3, 0.4], [0, 0, 0, 2]];
  for (const o of settings) {
    test(`crossEntropy and its gradient with ${JSON.stringify(o)} are PyTorch's`, () => {
      const exact = logits.map((row) => row.map((v) => new D(v)));
      for (const target of [classes, chances]) {
        const want = lossOf(exact, target, o).toNumber(), slopes = slopesOf((x) => lossOf(x, target, o), logits);
        close(c.crossEntropy(logits, target, o), want, 1e-14);
        close(c.crossEntropy(Float32Array.from(flat(logits)), Float32Array.from(flat(target)), { ...o, shape: [4, 4] }), want, 2e-6);
        close(c.crossEntropy(logits, target, { ...o, reduction: 'none' }), lossesOf(exact, target, o).map(Number), 1e-14);
        close(c.crossEntropyGradient(logits, target, o), slopes, 3e-14, 1e-16);
        close(c.crossEntropyGradient(Float32Array.from(flat(logits)), Float32Array.from(flat(target)), { ...o, shape: [4, 4] }), slopes, 1e-5, 1e-7);
        // classes along the first axis, and strided
        const turned = logits[0]!.map((_, j) => logits.map((row) => row[j]!));
        const across = target === classes ? classes : chances[0]!.map((_, j) => chances.map((row) => row[j]!));
        close(c.crossEntropy(turned, across, { ...o, axis: 0 }), want, 1e-14);
        const view = { data: Float64Array.from(flat(logits)), shape: [4, 4], strides: [1, 4], offset: 0 };
        const got = c.crossEntropyGradient(view, across, { ...o, axis: 0 });
        close(got.data, slopes[0]!.map((_, j) => slopes.map((row) => row[j]!)), 3e-14, 1e-16);
      }
    });
  }

  test('labels take every integer container; Float arrays of whole numbers too', () => {
    const x = Float32Array.from(flat(logits)), o = { shape: [4, 4] }, want = c.crossEntropy(x, [1, 2, 0, 3], o);
    for (const type of [Int8Array, Uint8Array, Int16Array, Uint16Array, Int32Array, Uint32Array, Float32Array, Float64Array]) {
      expect(c.crossEntropy(x, type.of(1, 2, 0, 3), o)).toBe(want);
    }
    expect(c.crossEntropy(x, { data: Int32Array.of(3, 0, 2, 1), shape: [4], strides: [-1], offset: 3 }, o)).toBe(want);
    expect(c.crossEntropy({ data: x, dims: [4, 4] }, Int32Array.of(1, 2, 0, 3))).toBe(want);
    expect(c.crossEntropy(Uint8Array.of(1, 3, 2), 1)).toBeCloseTo(0.4076059644443804, 15);
  });

  test("reduction 'none' keeps the container", () => {
    const o = { reduction: 'none' as const }, x = [[0, 0], [1, 1]], half = Math.LN2, single = Math.fround(half);
    close(c.crossEntropy(x, [0, 1], o), [half, half], 1e-15);
    expect(c.crossEntropy(Float32Array.from(flat(x)), Uint8Array.of(0, 1), { ...o, shape: [2, 2] })).toEqual(Float32Array.of(single, single));
    expect(c.crossEntropy({ data: Float32Array.from(flat(x)), dims: [2, 2] }, [0, 1], o)).toEqual({ data: Float32Array.of(single, single), shape: [2], dims: [2], dtype: 'float32' });
    expect(c.crossEntropy([0, 0], 1, o)).toBeCloseTo(half, 15);
    const halves = c.crossEntropy({ data: new Uint16Array(4), shape: [2, 2], dtype: 'float16' }, [0, 1], o);
    expect(halves).toEqual({ data: Uint16Array.of(0x398c, 0x398c), shape: [2], dtype: 'float16' });
  });

  test('every label ignored: mean NaN, sum 0, none 0, gradient 0', () => {
    const x = [[1, 2], [3, 4]], t = [-100, -100];
    expect(c.crossEntropy(x, t)).toBeNaN();
    expect(c.crossEntropy(x, t, { reduction: 'sum' })).toBe(0);
    expect(c.crossEntropy(x, t, { reduction: 'none' })).toEqual([0, 0]);
    expect(c.crossEntropyGradient(x, t)).toEqual([[0, 0], [0, 0]]);
    expect(c.crossEntropyGradient(x, [1, 1], { ignoreIndex: 1, labelSmoothing: 0.1 })).toEqual([[0, 0], [0, 0]]);
    expect(c.crossEntropy(x, [1, 0], { ignoreIndex: 1 })).toBeCloseTo(Math.log1p(Math.E), 15);
  });

  test('a saturated row keeps its precision', () => {
    const p = 4.248354255291589e-18; // log1p(exp(-40))
    expect(c.crossEntropy([0, -40], 0)).toBe(p);
    close(c.crossEntropyGradient([0, -40], 0), [-p, p], 1e-15);
    close(c.crossEntropyGradient([0, -40], [1, 0]), [-p, p], 1e-15);
    const single = c.crossEntropyGradient(Float32Array.of(40, 0, 0), 0);
    close(single, [-2 * p, p, p], 1e-6);
    const y = s.softmax(Float32Array.of(40, 0, 0));
    close(c.softmaxGradient(y, [1, 0, 0]), [2 * p, -p, -p], 1e-6);
    close(c.softmaxGradient(y, [7, 6, 6]), [2 * p, -p, -p], 1e-6);
    close(c.logSoftmaxGradient(s.logSoftmax([0, -40]), [1, 0]), [p, -p], 1e-15);
  });

  test('logits of -Infinity: nothing times -Infinity is nothing, their gradient is 0, and no NaN', () => {
    const x = [[-inf, 1, 2], [-inf, -inf, -inf]];
    expect(c.crossEntropy(x[0], [0, 0.5, 0.5])).toBeCloseTo(Math.log1p(Math.exp(-1)) + 0.5, 14);
    expect(c.crossEntropy(x[0], 0)).toBe(inf);
    expect(c.crossEntropy([-inf, 0], 0, { classWeights: [0, 1], reduction: 'sum' })).toBe(0);
    expect(c.crossEntropy([-inf, 0], 1)).toBe(0);
    for (const o of [{}, { labelSmoothing: 0.1 }, { reduction: 'none' }, { theta: 2 }]) {
      for (const target of [[1, 0], [0, 2], [[0, 0.5, 0.5], [1, 0, 0]]]) {
        const rows = c.crossEntropyGradient(x, target, o);
        expect(rows[0][0]).toBe(0);
        expect(rows[0].every(Number.isFinite)).toBe(true);
        expect(rows[1]).toEqual([0, 0, 0]);
      }
    }
    expect(flat(c.crossEntropyGradient([NaN, 1], 0))).toEqual([NaN, NaN]);
  });

  test('a fully masked row: softmax 0, logSoftmax -Infinity, and its gradient 0', () => {
    const x = [[1, 2], [3, 4]], where = [[true, true], [false, false]], o = { axis: -1, where };
    const y = s.softmax(x, o), l = s.logSoftmax(x, o);
    expect([y[1], l[1]]).toEqual([[0, 0], [-inf, -inf]]);
    expect(c.softmaxGradient(y, [[1, 2], [NaN, inf]], { axis: -1 })[1]).toEqual([0, 0]);
    expect(c.logSoftmaxGradient(l, [[1, 2], [3, NaN]], { axis: -1 })[1]).toEqual([0, 0]);
  });

  test('the gradients are those of finite differences, through theta and any axis', () => {
    const x = [normals(5, 3), normals(5, 4)], dy = [normals(5, 5), normals(5, 6)];
    for (const theta of [1, 0.3, -2]) {
      const scalar = (f: (row: Decimal[]) => Decimal[]) => (rows: readonly (readonly Decimal[])[]): Decimal =>
        rows.reduce((sum, row, i) => f(row.map((v) => v.times(theta))).reduce((a, v, j) => a.plus(v.times(dy[i]![j]!)), sum), new D(0));
      const soft = slopesOf(scalar((row) => logSoftmaxOf(row).map((v) => v.exp())), x), log = slopesOf(scalar(logSoftmaxOf), x);
      const o = { axis: -1, theta };
      close(c.softmaxGradient(s.softmax(x, o), dy, o), soft, 1e-13, 1e-15);
      close(c.logSoftmaxGradient(s.logSoftmax(x, o), dy, o), log, 1e-13, 1e-15);
      const across = { shape: [5, 2], axis: 0, theta }, turn = (rows: number[][]): number[] => rows[0]!.flatMap((v, j) => [v, rows[1]![j]!]);
      const tall = Float32Array.from(turn(x)), dys = Float64Array.from(turn(dy));
      const got = c.softmaxGradient(s.softmax(tall, across), dys, across);
      expect(got).toBeInstanceOf(Float32Array);
      close(got, turn(soft), 1e-5, 1e-6);
      close(c.logSoftmaxGradient(s.logSoftmax(tall, across), dys, across), turn(log), 1e-5, 1e-6);
    }
  });

  test('softmaxGradient of many lanes, which go through the window', () => {
    for (const [Class, rows, n, scale, theta] of [
      [Float32Array, 40, 10, 3, 1], [Float64Array, 40, 11, 3, -2], [Float32Array, 9, 301, 30, 0.5], [Float64Array, 7, 300, 200, 1], [Float32Array, 70, 1000, 1, 1],
    ] as const) {
      const size = rows * n, o = { shape: [rows, n], axis: -1, theta };
      const y = s.softmax(Class.from(normals(size, n, scale)), o) as Float64Array, dy = Class.from(normals(size, rows)).map((v) => v + 7);
      // hidden places, a lane of nothing else, and slopes that are no numbers
      y[n] = y[n + 3] = 0;
      dy[n] = NaN;
      dy[n + 3] = inf;
      y.fill(0, 2 * n, 3 * n);
      dy.fill(inf, 2 * n, 3 * n);
      dy[3 * n] = NaN;
      y[3 * n] = 0.25;
      const means = Array.from({ length: rows }, (_, r) => {
        let mean = new D(0);
        for (let i = r * n; i < (r + 1) * n; i++) if (y[i] !== 0) mean = mean.plus(new D(y[i]!).times(dy[i]!));
        return mean;
      });
      const want = (Class as Float64ArrayConstructor).from(y, (p, i) =>
        p === 0 ? 0 : new D(theta).times(p).times(new D(dy[i]!).minus(means[Math.floor(i / n)]!)).toNumber(),
      );
      // y is taken to add up to 1, which its rounding keeps it from: that error times a slope
      const [relative, absolute, least] = Class === Float32Array ? [1e-6, 1e-5, 2 ** -147] : [1e-13, 2e-14, 2 ** -1072];
      const apart = new Class(size), results = [c.softmaxGradient(y, dy, o), c.softmaxGradient(y, dy, { ...o, out: apart }), c.softmaxGradient(y.slice(), Float64Array.from(dy), o)];
      for (const got of results) {
        want.forEach((v, i) => {
          const within = v !== v ? got[i] !== got[i] : Math.abs(got[i] - v) <= relative * Math.abs(v) + absolute * y[i]! + least;
          if (!within) expect.fail(`element ${i}: ${got[i]}, wanted ${v}`);
        });
      }
      const own = y.slice();
      c.softmaxGradient(own, dy, { ...o, out: own });
      expect(sameBits(own, apart)).toBe(true);
    }
  });

  test('logSoftmaxGradient of many lanes: ordinary, saturated, hidden, and so small that exp is 0', () => {
    for (const [Class, rows, n, scale, theta] of [
      [Float32Array, 40, 10, 3, 1], [Float64Array, 9, 301, 3, -2], [Float32Array, 9, 128, 30, 0.5], [Float64Array, 7, 129, 300, 1], [Float32Array, 70, 1000, 1, 1],
    ] as const) {
      const size = rows * n, o = { shape: [rows, n], axis: -1, theta };
      const l = s.logSoftmax(Class.from(normals(size, n, scale)), o) as Float64Array, dy = Class.from(normals(size, rows)).map((v) => v + 7);
      // hidden places, one of nothing else, a probability of 0, and the last element next to 1
      l[n] = l[n + 3] = -inf;
      dy[n] = NaN;
      dy[n + 3] = inf;
      l.fill(-inf, 2 * n, 3 * n);
      dy.fill(NaN, 2 * n, 3 * n);
      l[3 * n + 1] = -5000;
      l.fill(-60, 4 * n, 5 * n);
      l[5 * n - 1] = -1e-20;
      const own = l.slice(), got = c.logSoftmaxGradient(l, dy, o), [relative, absolute] = Class === Float32Array ? [2e-7, 1e-12] : [1e-14, 1e-13];
      for (let from = 0; from < size; from += n) {
        let all = new D(0);
        for (let i = from; i < from + n; i++) if (l[i] !== -inf) all = all.plus(dy[i]!);
        for (let i = from; i < from + n; i++) {
          const p = Math.exp(l[i]!), rest = all.minus(dy[i]!).toNumber();
          const want = l[i] === -inf ? 0 : theta * (-Math.expm1(l[i]!) * dy[i]! - p * rest);
          // above 1/2 nothing cancels
          const scale = want === 0 || p > 0.5 ? 0 : Math.abs(theta) * (Math.abs(dy[i]!) + p * Math.abs(rest));
          const within = Math.abs(got[i] - want) <= relative * Math.abs(want) + absolute * scale;
          if (!within) expect.fail(`element ${i} of ${size}: ${got[i]}, wanted ${want}`);
        }
      }
      expect(sameBits(c.logSoftmaxGradient(own, dy, { ...o, out: own }), got)).toBe(true);
      const both = dy.slice();
      expect(sameBits(c.logSoftmaxGradient(l, both, { ...o, out: both }), got)).toBe(true);
    }
  });

  test('logSoftmaxGradient next to a probability of 1, wherever it is, with hidden neighbours and without', () => {
    for (const Class of [Float32Array, Float64Array]) {
      for (const n of [2, 3, 4, 5, 127, 128, 129, 130, 301]) {
        for (const top of new Set([0, 1, n >> 1, n - 2, n - 1])) {
          for (const [hidden, lanes] of [[-1, 1], [-1, 2], [top === 0 ? 1 : 0, 1], [top === n - 1 ? n - 2 : n - 1, 1]] as const) {
            // a second lane has large slopes
            const x = new Class(lanes * n).fill(-45), dy = new Class(lanes * n).fill(1e9, n), o = { shape: [lanes, n], axis: -1 };
            x[top] = 0;
            dy[top] = 1;
            if (hidden >= 0) {
              x[hidden] = -inf;
              dy[hidden] = 1e9;
            }
            const got = c.logSoftmaxGradient(s.logSoftmax(x, o), dy, o), others = (n - 1 - Number(hidden >= 0)) * Math.exp(-45);
            for (let j = 0; j < n; j++) {
              const want = j === hidden ? 0 : j === top ? others : -Math.exp(-45), error = Math.abs(got[j]! - want);
              if (!(error <= (Class === Float32Array ? 2e-7 : 1e-13) * Math.abs(want))) expect.fail(`element ${j} of ${n}, the largest at ${top}: ${got[j]}, wanted ${want}`);
            }
          }
        }
      }
    }
  });

  test('softmaxGradient of tensors, in lanes for which the memory grows', () => {
    const o = { axis: -1 }, shape = [2, 100_001], x = Float32Array.from(normals(200_002, 5)), slopes = Float32Array.from(normals(200_002, 6));
    const want = c.softmaxGradient(s.softmax(x, { ...o, shape }), slopes, { ...o, shape });
    const fresh = createSoftmax({ build });
    const y = fresh.tensor('float32', shape, s.softmax(x, { ...o, shape })), dy = fresh.tensor('float32', shape, slopes), out = fresh.tensor('float32', shape);
    expect(fresh.softmaxGradient(y, dy, { ...o, out })).toBe(out);
    expect(sameBits(out.data, want)).toBe(true);
    fresh.softmaxGradient(y, dy, { ...o, out: y });
    expect(sameBits(y.data, want)).toBe(true);
    for (const t of [y, dy, out]) t.dispose();
  });

  test('softmaxGradient of numbers whose difference overflows', () => {
    expect(c.softmaxGradient([0.5, 0.5], [1e308, -1e308])).toEqual([5e307, -5e307]);
    expect(c.softmaxGradient([0.5, 0, 0.5], [1e308, -inf, -1e308])).toEqual([5e307, 0, -5e307]);
    // as many as go through the window
    for (const [n, sign] of [[100, 1], [100, -1], [101, 1], [101, -1]] as const) {
      const y = new Float64Array(n), dy = new Float64Array(n).fill(-inf), want = new Float64Array(n), last = n - 1;
      y[0] = y[last] = 0.5;
      want[0] = sign * 5e307;
      want[last] = -want[0];
      dy[0] = 2 * want[0];
      dy[last] = 2 * want[last]!;
      expect(c.softmaxGradient(y, dy)).toEqual(want);
      dy.fill(0, 1, last);
      expect(c.softmaxGradient(y, dy)).toEqual(want);
    }
  });

  test('softmaxGradient takes a y that is no distribution at its word', () => {
    close(c.softmaxGradient([1, 2], [3, 5]), [1 * (3 - 13), 2 * (5 - 13)], 1e-15);
    const y = new Float64Array(70), dy = new Float64Array(70).fill(9);
    for (const [p, q] of [[1, 2], [0.25, 0.5]]) {
      y[0] = p!;
      y[69] = q!;
      dy[0] = 3;
      dy[69] = 5;
      const mean = 3 * p! + 5 * q!, got = c.softmaxGradient(y, dy);
      close([got[0], got[1], got[69]], [p! * (3 - mean), 0, q! * (5 - mean)], 1e-15);
    }
  });

  test('out: typed, strided, the input itself, a partial overlap', () => {
    const n = 12, shape = [3, 4], x = Float64Array.from(normals(n, 8)), dy = Float64Array.from(normals(n, 9));
    for (const axis of [0, 1, null]) {
      const o = { shape, axis }, y = s.softmax(x, o), t = axis === 0 ? [0, 1, 2, 0] : axis === 1 ? [0, 1, 3] : 5;
      const calls: [string, (a: Float64Array, out?: unknown) => any][] = [
        ['softmaxGradient', (a, out) => c.softmaxGradient(a, dy, { ...o, out })],
        ['logSoftmaxGradient', (a, out) => c.logSoftmaxGradient(a, dy, { ...o, out })],
        ['crossEntropyGradient', (a, out) => c.crossEntropyGradient(a, t, { ...o, out })],
      ];
      for (const [name, call] of calls) {
        const want = call(y.slice()), out = new Float64Array(n);
        expect(call(y, out), name).toBe(out);
        expect(out).toEqual(want);
        const own = y.slice();
        call(own, own);
        expect(own).toEqual(want);
        const wide = new Float64Array(n + 3);
        wide.set(y, 0);
        call(wide.subarray(0, n), wide.subarray(3));
        expect(wide.subarray(3)).toEqual(want);
        const apart = { data: new Float64Array(2 * n + 1), shape, strides: [1, 6], offset: 1 };
        expect(call(y, apart)).toBe(apart);
        for (let i = 0; i < 3; i++) for (let j = 0; j < 4; j++) expect(apart.data[1 + i + 6 * j]).toBe(want[i * 4 + j]);
      }
    }
    const both = dy.slice();
    expect(c.softmaxGradient(x, both, { out: both })).toEqual(c.softmaxGradient(x, dy));
  });

  test('a label that is a number is checked, and an object that holds one is read once', () => {
    for (const label of [3, 4, 0.5, -1, NaN]) {
      const wrong = Number.isInteger(label) ? 'out of range' : 'not an integer';
      expect(() => c.crossEntropy([1, 3, 2], label), `${label}`).toThrow(`crossEntropy: target is ${label}, ${wrong}; labels are integers from 0 to 2`);
    }
    let reads = 0;
    c.crossEntropy([1, 3, 2], { get data() { reads++; return Int32Array.of(1); }, shape: [] });
    expect(reads).toBe(1);
  });

  test('a hidden label has the slope 0, whatever else lies in the memory', () => {
    const own = createSoftmax({ build }).crossEntropyGradient as unknown as Any;
    for (const Class of [Float32Array, Float64Array]) {
      const x = new Class(30_000);
      for (let label = 1; label < x.length; label += 370) {
        x[label] = -inf;
        if (own(x, label)[label] !== 0) expect.fail(`label ${label}`);
        x[label] = 0;
      }
    }
  });

  test('dy of 16 bits beside a y of float32 or float64', () => {
    const y = Float32Array.of(0.25, 0.75), o = { axis: -1 };
    for (const [dtype, bits] of [['bfloat16', Uint16Array.of(0x3f80, 0x4000)], ['float16', Uint16Array.of(0x3c00, 0x4000)]] as const) {
      for (const own of [y, Float64Array.from(y)]) {
        for (const name of ['softmaxGradient', 'logSoftmaxGradient'] as const) {
          const slopes = (dy: object): unknown => c[name]({ data: own, shape: [2] }, dy, o).data;
          expect(slopes({ data: bits, shape: [2], dtype }), `${name}, ${dtype}`).toEqual(slopes({ data: Float32Array.of(1, 2), shape: [2] }));
        }
      }
    }
  });

  test('logSoftmaxGradient stops at the last lane, also after one that is not finite', () => {
    const o = { shape: [3, 40], axis: -1 }, y = s.logSoftmax(Float64Array.from({ length: 120 }, (_, i) => 3 * Math.sin(i)), o);
    const dy = Float64Array.from({ length: 120 }, (_, i) => -1 - Math.abs(Math.sin(i)));
    dy[0] = -inf;
    expect(c.logSoftmaxGradient(y, dy, o)).toHaveLength(120);
  });

  test('small weights and probabilities do not vanish before a large theta', () => {
    const o = { theta: 1e60, reduction: 'sum', classWeights: [1e-100, 1e-100] };
    const [a, b] = c.crossEntropyGradient(Float64Array.of(0, -575.6e-60), Float64Array.of(1, 0), o);
    expect(b / 1.0473605615743812e-290).toBeCloseTo(1, 9);
    expect(a).toBe(-b);
  });

  test('the weight of another class does not count, whatever it is', () => {
    for (const reduction of ['mean', 'none']) {
      const o = { classWeights: [1, inf, NaN], reduction };
      expect(c.crossEntropy([[1, 2, 3]], [0], o)).toEqual(c.crossEntropy([[1, 2, 3]], [0], { reduction }));
    }
  });

  test('indices are of lanes of up to 2^31 - 17 elements', () => {
    const lane = (...shape: number[]): object => ({ data: Float32Array.of(NaN), shape, strides: [0, 0].slice(0, shape.length), offset: 0 });
    const random = (): never => expect.fail('random is called');
    const calls: [string, (x: object) => unknown][] = [['argmax', (x) => c.argmax(x)], ['topk', (x) => c.topk(x, 1)], ['sample', (x) => c.sample(x, { axis: 0, random })]];
    for (const [name, call] of calls) expect(() => call(lane(2 ** 31)), name).toThrow(/has 2147483648 elements; an index has at most 31 bits/);
    expect(() => c.argmax(lane(2 ** 31 - 16))).toThrow(/pass parts of up to 2147483631/);
    expect(c.argmax(lane(2 ** 31 - 17)).data[0]).toBe(0);
    expect(c.topk(lane(2 ** 31, 0), 0, { axis: 0 }).indices.shape).toEqual([0, 0]);
  });

  test('lanes without classes have no mean', () => {
    const none = new Float64Array(0);
    for (const shape of [[2, 0], [0, 0]]) expect(c.crossEntropy(none, none, { shape }), `${shape}`).toBeNaN();
  });

  test('probabilities of more lanes than a window holds are those of their lanes', () => {
    const rows = 60_000, n = 3, x = new Float64Array(rows * n), t = new Float64Array(rows * n);
    for (let i = 0; i < rows; i++) ((x[i * n + 1] = 3), (t[i * n + (i < rows / 2 ? 1 : 0)] = 1));
    const got = c.crossEntropy(x, t, { shape: [rows, n], reduction: 'none' });
    expect(got[0]).toBeCloseTo(c.crossEntropy([0, 3, 0], 1), 12);
    expect(got[rows - 1]).toBeCloseTo(c.crossEntropy([0, 3, 0], 0), 12);
  });

  test('long and many lanes, in chunks and transposed, agree with lanes on their own', () => {
    const [rows, n] = [7, 20011], x = Float32Array.from(normals(rows * n, 11, 2)), o = { shape: [rows, n], axis: 1 };
    const labels = Int32Array.from({ length: rows }, (_, i) => (i * 7919) % n), turned = new Float32Array(rows * n);
    for (let i = 0; i < rows; i++) for (let j = 0; j < n; j++) turned[j * rows + i] = x[i * n + j]!;
    const across = { shape: [n, rows], axis: 0 };
    const slopes = c.crossEntropyGradient(x, labels, { ...o, reduction: 'sum' }), other = c.crossEntropyGradient(turned, labels, { ...across, reduction: 'sum' });
    const index = c.argmax(x, o), top = c.topk(x, 3, o);
    expect(c.argmax(turned, across)).toEqual(index);
    const losses = c.crossEntropy(x, labels, { ...o, reduction: 'none' });
    close(c.crossEntropy(turned, labels, { ...across, reduction: 'none' }), losses, 1e-6);
    for (let i = 0; i < rows; i++) {
      const lane = x.subarray(i * n, (i + 1) * n);
      expect(c.argmax(lane)).toBe(index[i]);
      expect(c.topk(lane, 3).indices).toEqual(top.indices.slice(i * 3, i * 3 + 3));
      close(c.crossEntropy(lane, labels[i]!), losses[i], 1e-6);
      const own = c.crossEntropyGradient(lane, labels[i]!);
      expect(sameBits(own, slopes.subarray(i * n, (i + 1) * n))).toBe(true);
      for (let j = 0; j < n; j++) if (own[j] !== other[j * rows + i]) expect(Math.abs(own[j] - other[j * rows + i])).toBeLessThan(1e-6 * Math.abs(own[j]));
    }
  });

  const two = { shape: [2, 2] };
  const errors: [string, () => unknown, ErrorConstructor, RegExp][] = [
    ['a bigint array', () => c.argmax(BigInt64Array.of(1n)), TypeError, /^argmax: x is .*Float64Array\.from/],
    ['an empty lane', () => c.argmax([]), RangeError, /^argmax: x with shape \[0\] has lanes of length 0/],
    ['a float out', () => c.argmax([1, 2], { out: new Float32Array(1) }), TypeError, /^argmax: out is a Float32Array of length 1; the result is int32/],
    ['an out of another size', () => c.argmax([[1, 2]], { axis: 0, out: new Int32Array(3) }), RangeError, /^argmax: out/],
    ['an out that is no typed array', () => c.argmax([1, 2], { out: [0] }), TypeError, /^argmax: out is an Array of length 1; it must be an Int32Array, or/],
    ['an out of the right size and another shape', () => c.argmax([[1, 2]], { axis: 0, out: { data: new Int32Array(2), shape: [1, 2] } }), RangeError, /^argmax: out has shape \[1, 2\]; the result has shape \[2\]/],
    ['an out that writes twice', () => c.argmax([[1, 2]], { axis: 0, out: { data: new Int32Array(1), shape: [2], strides: [0], offset: 0 } }), RangeError, /twice/],
    ['an unknown option', () => c.argmax([1], { theta: 2 }), TypeError, /^argmax: there is no option theta; the options are axis, /],
    ['options that are none', () => c.topk([1], 1, 3), TypeError, /^topk: options is the number 3/],
    ['k too large', () => c.topk([1, 2], 3), RangeError, /^topk: k is 3; it must be an integer from 0 to 2/],
    ['k of another kind', () => c.topk([1, 2], '1'), TypeError, /^topk: k is the string "1"/],
    ['a k with a fraction', () => c.topk([1, 2], 1.5), RangeError, /^topk: k is 1\.5/],
    ['several axes for topk', () => c.topk([[1, 2]], 1, { axis: [0, 1] }), TypeError, /^topk: axis is an Array of length 2/],
    ['an axis out of range', () => c.topk([1, 2], 1, { axis: 1 }), RangeError, /^topk: axis 1 is out of range/],
    ['a label too large', () => c.oneHot([[0, 3]], 3), RangeError, /^oneHot: labels\[0\]\[1\] is 3, out of range; labels are integers from 0 to 2/],
    ['a label in three dimensions', () => c.oneHot([[[0], [1]], [[2], [9]]], 3), RangeError, /labels\[1\]\[1\]\[0\] is 9, .* from 0 to 2$/],
    ['a label below 0', () => c.oneHot(Int32Array.of(0, -1), 3), RangeError, /labels\[1\] is -1/],
    ['a label with a fraction', () => c.oneHot(0.5, 3), RangeError, /^oneHot: labels is 0\.5, not an integer/],
    ['a bigint label', () => c.oneHot(1n, 3), TypeError, /^oneHot: labels is the bigint 1n; .*convert with Number/],
    ['classes of another kind', () => c.oneHot([0], undefined), TypeError, /^oneHot: classes is undefined/],
    ['classes below 0', () => c.oneHot([0], -1), RangeError, /^oneHot: classes is -1; it must be an integer from 0 to 2147483631, the number of classes$/],
    ['an unknown dtype', () => c.oneHot([0], 1, { dtype: 'float16' }), RangeError, /^oneHot: dtype is the string "float16"/],
    ['a dtype of another kind', () => c.oneHot([0], 1, { dtype: 5 }), TypeError, /^oneHot: dtype is the number 5; it must be a string/],
    ['a class index of the only class', () => c.crossEntropy(new Float64Array(3), Int32Array.of(0, 1, 0), { shape: [3, 1] }), RangeError, /target\[1\] is 1, out of range/],
    ['a class index out of range', () => c.crossEntropy([[1, 2], [3, 4]], [0, 2]), RangeError, /^crossEntropy: target\[1\] is 2, out of range; .* 0 to 1, or -100 \(ignoreIndex\)/],
    ['a target of another shape', () => c.crossEntropy([[1, 2], [3, 4]], [0, 1, 1]), RangeError, /^crossEntropy: target has shape \[3\]; the logits have shape \[2, 2\]: give a class index for each lane \(shape \[2\], 2 of them\)/],
    ['no target', () => c.crossEntropy([1, 2]), TypeError, /^crossEntropy: target is undefined/],
    ['logits of rank 0', () => c.crossEntropy(1, 0), RangeError, /^crossEntropy: logits have rank 0/],
    ['no class axis', () => c.crossEntropy([1, 2], 0, { axis: [] }), RangeError, /^crossEntropy: axis \[\]/],
    ['a wrong reduction', () => c.crossEntropy([1, 2], 0, { reduction: 'avg' }), RangeError, /reduction is the string "avg"; it must be 'mean'/],
    ['a reduction of another kind', () => c.crossEntropy([1, 2], 0, { reduction: 1 }), TypeError, /reduction is the number 1/],
    ['smoothing beyond 1', () => c.crossEntropy([1, 2], 0, { labelSmoothing: 1.1 }), RangeError, /labelSmoothing is 1\.1; it must be a number from 0 to 1/],
    ['NaN smoothing', () => c.crossEntropy([1, 2], 0, { labelSmoothing: NaN }), RangeError, /labelSmoothing is NaN/],
    ['smoothing of another kind', () => c.crossEntropy([1, 2], 0, { labelSmoothing: '0' }), TypeError, /labelSmoothing/],
    ['one class for two lanes', () => c.crossEntropy([[1, 2], [3, 4]], 0), RangeError, /target has shape \[\]; the logits have shape \[2, 2\]/],
    ['one class for no lanes', () => c.crossEntropy(new Float32Array(0), 0, { shape: [0, 3] }), RangeError, /target has shape \[\]/],
    ['smoothing below 0', () => c.crossEntropy([1, 2], 0, { labelSmoothing: -0.1 }), RangeError, /labelSmoothing is -0\.1; it must be a number from 0 to 1/],
    ['ignoreIndex 0 for probabilities', () => c.crossEntropy([1, 2], [0, 1], { ignoreIndex: 0 }), RangeError, /ignoreIndex is 0 but the target holds probabilities/],
    ['weights in two dimensions', () => c.crossEntropy([1, 2], 0, { classWeights: [[1], [2]] }), RangeError, /classWeights has shape \[2, 1\]/],
    ['a flat target of another length', () => c.crossEntropy(new Float32Array(4), Int32Array.of(0, 1, 0), { shape: [2, 2] }), RangeError, /target has shape \[3\]/],
    ['too few weights', () => c.crossEntropy([1, 2, 3], 0, { classWeights: [1, 2] }), RangeError, /classWeights has shape \[2\]; there are 3 classes/],
    ['ignoreIndex for probabilities', () => c.crossEntropy([1, 2], [0, 1], { ignoreIndex: 1 }), RangeError, /ignoreIndex is 1 but the target holds probabilities/],
    ['an ignoreIndex with a fraction', () => c.crossEntropy([1, 2], 0, { ignoreIndex: 0.5 }), RangeError, /ignoreIndex is 0\.5/],
    ['an infinite theta', () => c.crossEntropy([1, 2], 0, { theta: inf }), RangeError, /theta/],
    ['out for the loss', () => c.crossEntropy([1, 2], 0, { out: new Float64Array(1) }), TypeError, /there is no option out/],
    ['dy of another shape', () => c.softmaxGradient([[1, 2]], [1, 2]), RangeError, /^softmaxGradient: dy has shape \[2\]; y has shape \[1, 2\]/],
    ['dy of another length', () => c.logSoftmaxGradient(new Float32Array(4), new Float32Array(3), two), RangeError, /^logSoftmaxGradient: dy has 3 elements but shape \[2, 2\] takes 4/],
    ['dy of another kind', () => c.softmaxGradient([1], 'x'), TypeError, /^softmaxGradient: dy is the string "x"/],
    ['out of another dtype', () => c.crossEntropyGradient(new Float32Array(2), 0, { out: new Float64Array(2) }), TypeError, /^crossEntropyGradient: out is/],
  ];
  for (const [name, call, Kind, text] of errors) {
    test(`errors: ${name}`, () => {
      expect(call).toThrow(Kind);
      expect(call).toThrow(text);
    });
  }

  test('errors call the argument what the function calls it', () => {
    const y = new Float32Array(4), wrong: [unknown, object, string][] = [
      [new Float32Array(3), two, '% has 3 elements but shape [2, 2] takes 4'],
      [{ data: new Float32Array(3), shape: [2, 2] }, {}, '% has shape [2, 2] (4 elements) but data of length 3'],
      [{ data: y, shape: [2], strides: [1], offset: 5 }, {}, '% with shape [2], strides [1] and offset 5 reaches from 5 to 6'],
      [{ data: y, shape: [2, 2] }, { shape: [4] }, 'the option shape [4] contradicts the shape of %'],
      [y, { ...two, dtype: 'float16' }, 'but % is a Float32Array of length 4'],
      [[1, [2]], {}, '%[1] is an array where %[0] is a number'],
    ];
    const others: [keyof Companions, string, unknown[]][] = [
      ['argmax', 'x', []], ['topk', 'x', [1]], ['crossEntropy', 'logits', [[0, 0]]], ['crossEntropyGradient', 'logits', [[0, 0]]],
      ['softmaxGradient', 'y', [y]], ['logSoftmaxGradient', 'y', [y]],
    ];
    for (const [name, what, rest] of others) {
      for (const [x, o, text] of wrong) expect(() => c[name](x, ...rest, o), name).toThrow(text.replaceAll('%', what));
    }
  });

  test('losses are summed without loss: small ones count beside a giant one', () => {
    // 10^16 + 41 lies halfway between two numbers, so that rounding each sum would end at + 160
    const x = [[0, 1e16], [0, 41], [0, 41], [0, 41], [0, 41]];
    expect(c.crossEntropy(x, [0, 0, 0, 0, 0], { reduction: 'sum' })).toBe(1e16 + 164);
    const lane = [0, -1e16, -41, -41, -41, -41];
    expect(c.crossEntropy(lane, [1, 1, 1, 1, 1, 1], { reduction: 'sum' })).toBe(1e16 + 164);
  });

  test('a lane with a NaN has a loss of NaN, even where every probability is 0', () => {
    expect(c.crossEntropy([NaN, 1], [0, 0])).toBe(NaN);
    expect(c.crossEntropy([-Infinity, 1], [0, 1])).toBe(0);
  });

  test('the loss of one lane comes in the container of the logits', () => {
    const logits = { data: Float64Array.of(0, 0), shape: [2] };
    expect(c.crossEntropy(logits, 1, { reduction: 'none' })).toMatchObject({ data: Float64Array.of(Math.LN2), shape: [] });
  });

  test('flat targets of a single class are told apart by their type', () => {
    const x = Float64Array.of(3, 4, 5);
    expect(c.crossEntropy(x, Float64Array.of(0, 1, 2), { shape: [3, 1], reduction: 'none' })).toEqual(new Float64Array(3));
    expect(c.crossEntropy(x, new Int32Array(3), { shape: [3, 1], reduction: 'none' })).toEqual(new Float64Array(3));
  });

  test('out is untouched when an error is thrown', () => {
    const out = new Float64Array(4).fill(7);
    expect(() => c.crossEntropyGradient([[1, 2], [3, 4]], [0, 5], { out })).toThrow(RangeError);
    expect(() => c.softmaxGradient(new Float64Array(4), new Float64Array(3), { out })).toThrow(RangeError);
    expect(out).toEqual(new Float64Array(4).fill(7));
  });
});
