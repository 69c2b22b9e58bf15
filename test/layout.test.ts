import { describe, expect, test } from 'vitest';
import { runInNewContext } from 'node:vm';
import { elementwise, layout, reduction, type Layout } from './support/plan.ts';
import type { TypedArray } from '../src/input/typed.ts';
import { read, write, type Walk } from '../src/plan/walk.ts';

const softmax = (x: unknown, options?: unknown) => layout('softmax', x, options, elementwise);
const logsumexp = (x: unknown, options?: unknown) => layout('logsumexp', x, options, reduction);

const f32 = (n: number) => Float32Array.from({ length: n }, (_, i) => i);
const product = (shape: readonly number[]) => shape.reduce((a, b) => a * b, 1);

/** All elements of a walk, in its order. */
function all(walk: Walk): number[] {
  const list = new Float64Array(product(walk.dims));
  read(walk, 0, list.length, list, 0);
  return [...list];
}

/** Every index of a shape, in row-major order. */
function indices(shape: readonly number[]): number[][] {
  return shape.reduce<number[][]>(
    (list, n) => list.flatMap((index) => Array.from({ length: n }, (_, i) => [...index, i])),
    [[]],
  );
}

function dot(index: readonly number[], strides: readonly number[], offset = 0): number {
  return index.reduce((sum, i, d) => sum + i * strides[d]!, offset);
}

function rowMajor(shape: readonly number[]): number[] {
  return shape.map((_, d) => product(shape.slice(d + 1)));
}

/** What the facade does, with the sum of a lane for logsumexp and x itself for softmax. */
function carryOut(l: Layout, reduces: boolean): TypedArray {
  const lanes = l.outer * l.inner;
  const size = lanes * l.length;
  const staged = new Float64Array(size);
  read(l.source, 0, size, staged, 0);
  let values = staged;
  if (reduces) {
    values = new Float64Array(lanes);
    for (let o = 0; o < l.outer; o++) {
      for (let j = 0; j < l.length; j++) {
        for (let i = 0; i < l.inner; i++) values[o * l.inner + i]! += staged[(o * l.length + j) * l.inner + i]!;
      }
    }
  }
  const into = l.target ? l.target.data : l.fresh(values.length);
  write(l.target ?? l.resultWalk(into), 0, values.length, values, 0);
  return into;
}

/** The sum of every lane, row-major over the axes kept, straight from the definition. */
function laneSums(shape: readonly number[], axes: readonly number[], value: (index: number[]) => number): number[] {
  const kept = shape.map((n, d) => (axes.includes(d) ? 1 : n));
  const sums = new Array<number>(product(kept)).fill(0);
  const strides = rowMajor(kept).map((step, d) => (axes.includes(d) ? 0 : step));
  for (const index of indices(shape)) sums[dot(index, strides)]! += value(index);
  return sums;
}

describe('arrangement', () => {
  // prettier-ignore
  test.each<[string, number[], unknown, number[], number[]]>([
    ['a middle axis stays where it is', [2, 3, 4], 1, [2, 3, 4], [1]],
    ['the first axis', [2, 3, 4], 0, [1, 2, 12], [0]],
    ['the last axis', [2, 3, 4], -1, [6, 4, 1], [2]],
    ['neighbours merge', [2, 3, 4], [1, 2], [2, 12, 1], [1, 2]],
    ['neighbours merge in any order', [2, 3, 4], [-2, 0], [1, 6, 4], [0, 1]],
    ['axes apart are gathered', [2, 3, 4], [0, 2], [3, 8, 1], [0, 2]],
    ['an axis of length 1 between does not part them', [2, 1, 4], [0, 2], [1, 8, 1], [0, 2]],
    ['an axis of length 1 behind does not part them', [3, 4, 1], [0, 2], [1, 3, 4], [0, 2]],
    ['nor does one between, with lanes beside', [2, 1, 4, 5], [0, 2], [1, 8, 5], [0, 2]],
    ['a reduced axis of length 1 does not part the others', [1, 3, 4], [0, 2], [3, 4, 1], [0, 2]],
    ['an axis of length 1 makes every element a lane', [2, 1, 4], 1, [8, 1, 1], [1]],
    ['null is the whole array', [2, 3, 4], null, [1, 24, 1], [0, 1, 2]],
    ['no axis is the whole array', [2, 3, 4], undefined, [1, 24, 1], [0, 1, 2]],
    ['[] makes every element a lane', [2, 3, 4], [], [24, 1, 1], []],
    ['all axes are the whole array', [2, 3, 4], [2, 0, 1], [1, 24, 1], [0, 1, 2]],
    ['rank 0', [], undefined, [1, 1, 1], []],
    ['rank 0 with []', [], [], [1, 1, 1], []],
    ['empty lanes', [2, 0, 4], 1, [2, 0, 4], [1]],
    ['no lanes', [0, 3], 1, [0, 3, 1], [1]],
    ['no lanes of no length', [0, 3, 0], [0, 2], [3, 0, 1], [0, 2]],
    ['-0 is axis 0', [2, 3], -0, [1, 2, 3], [0]],
    ['a typed array may hold the axes', [2, 3, 4], Int32Array.of(-1, 1), [2, 12, 1], [1, 2]],
  ])('%s: shape %j, axis %j gives %j', (_, shape, axis, lanes, axes) => {
    for (const call of [softmax, logsumexp]) {
      const l = call(f32(product(shape)), { shape, axis });
      expect([l.outer, l.length, l.inner]).toEqual(lanes);
      expect(l.axes).toEqual(axes);
      expect(Object.is(l.axes[0], -0)).toBe(false);
      expect(l.shape).toEqual(shape);
    }
  });

  test('the default axis is that of the function, null is always the whole array', () => {
    const spec = { reduces: false, defaultAxis: -1 };
    expect(layout('f', f32(6), { shape: [2, 3] }, spec).length).toBe(3);
    expect(layout('f', f32(6), { shape: [2, 3], axis: undefined }, spec).length).toBe(3);
    expect(layout('f', f32(6), { shape: [2, 3], axis: null }, spec).length).toBe(6);
  });

  test('a plain array is one contiguous walk', () => {
    const x = f32(24);
    const l = softmax(x, { shape: [2, 3, 4], axis: 1 });
    expect(l.source).toEqual({ data: x, offset: 0, dims: [24], strides: [1] });
    expect(l.source.data).toBe(x);
    const y = l.fresh(24);
    expect(l.resultWalk(y)).toEqual({ data: y, offset: 0, dims: [24], strides: [1] });
  });

  const shapes = [[], [1], [5], [2, 3], [3, 1, 2], [2, 3, 4], [1, 4, 1], [2, 3, 2, 3], [2, 0, 3], [0], [2, 1, 3, 2, 2]];
  const subsets = (rank: number) =>
    Array.from({ length: 2 ** rank }, (_, bits) =>
      Array.from({ length: rank }, (_, d) => d).filter((d) => bits & (1 << d)),
    );

  /** The same array laid out in memory in several ways. */
  function views(shape: number[]) {
    const rank = shape.length;
    const plain = rowMajor(shape);
    const column = shape.map((_, d) => product(shape.slice(0, d)));
    const padded = shape.map((_, d) => product(shape.slice(d + 1).map((n) => n + 2)) * 2);
    const negative = plain.map((step) => -step);
    const mixed = padded.map((step, d) => (d % 2 ? -step : step));
    const low = (strides: number[]) =>
      strides.reduce((sum, step, d) => sum + (step < 0 ? -step * Math.max(0, shape[d]! - 1) : 0), 0);
    const broadcast = plain.map((step, d) => (d === 0 ? 0 : step));
    return [
      ['row-major', plain, 0],
      ['row-major from 7', plain, 7],
      ['column-major', column, 3],
      ['padded', padded, 1],
      ['reversed', negative, low(negative) + 2],
      ['mixed', mixed, low(mixed)],
      ...(rank ? [['broadcast', broadcast, 5]] : []),
    ] as [string, number[], number][];
  }

  for (const shape of shapes) {
    test(`every axis set and every memory order of shape [${shape}] gives the same lanes`, () => {
      for (const [order, strides, offset] of views(shape)) {
        const data = Float32Array.from({ length: 4000 }, (_, i) => (i * 37) % 1009);
        const value = (index: number[]) => data[dot(index, strides, offset)]!;
        const x = { data, shape, strides, offset };
        const flat = indices(shape).map(value);
        for (const axes of subsets(shape.length)) {
          const at = `${order}, axes [${axes}]`;
          const same = softmax(x, { axis: axes });
          expect(same.outer * same.length * same.inner, at).toBe(flat.length);
          expect([...(carryOut(same, false) as Float64Array)], at).toEqual(flat);
          const sums = laneSums(shape, axes, value);
          for (const keepdims of [false, true]) {
            const l = logsumexp(x, { axis: axes, keepdims });
            expect([...(carryOut(l, true) as Float64Array)], at).toEqual(sums);
            expect(l.result).toEqual(shape.flatMap((n, d) => (axes.includes(d) ? (keepdims ? [1] : []) : [n])));
            // the same into a padded `out` with one axis reversed
            const wide = l.result.map((_, d) => product(l.result.slice(d + 1).map((n) => n + 1)) * 3);
            const back = wide.map((step, d) => (d === 0 ? -step : step));
            const start = l.result.length ? wide[0]! * Math.max(0, l.result[0]! - 1) + 1 : 1;
            const out = { data: new Float32Array(4000), shape: l.result, strides: back, offset: start };
            carryOut(logsumexp(x, { axis: axes, keepdims, out }), true);
            expect(
              indices(l.result).map((index) => out.data[dot(index, back, start)]),
              at,
            ).toEqual(sums);
          }
          const wide = shape.map((_, d) => product(shape.slice(d + 1).map((n) => n + 1)) * 2);
          const out = { data: new Float32Array(4000).fill(-7), shape, strides: wide, offset: 3 };
          carryOut(softmax(x, { axis: axes, out }), false);
          expect(
            indices(shape).map((index) => out.data[dot(index, wide, 3)]),
            at,
          ).toEqual(flat);
          expect(out.data.filter((v) => v !== -7).length).toBe(flat.length);
        }
      }
    });

    test(`where and b of every shape that broadcasts to [${shape}] follow the order of x`, () => {
      for (const [, strides, offset] of views(shape)) {
        const x = { data: new Float32Array(4000), shape, strides, offset };
        for (const ones of subsets(shape.length)) {
          for (let lead = 0; lead <= shape.length; lead++) {
            const own = shape.map((n, d) => (ones.includes(d) ? 1 : n)).slice(lead);
            const size = product(own);
            const steps = rowMajor(own).map((step, d) => (own[d] === 1 ? 0 : step));
            const index = (full: number[]) => dot(full.slice(lead), steps);
            const bits = Array.from({ length: size }, (_, i) => ((i * 5) % 7) % 2);
            for (const axes of subsets(shape.length).slice(0, 8)) {
              // the positions of x, in the order of the source, tell which index comes when
              const places = all({
                ...logsumexp(x, { axis: axes }).source,
                data: Float64Array.from({ length: 4000 }, (_, i) => i),
              });
              const byPlace = new Map(indices(shape).map((full) => [dot(full, strides, offset), full]));
              if (byPlace.size !== places.length) continue;
              const order = places.map((place) => byPlace.get(place)!);
              const l = logsumexp(x, {
                axis: axes,
                where: { data: Uint8Array.from(bits), shape: own },
                b: {
                  data: Float64Array.from({ length: size + 4 }, (_, i) => i),
                  shape: own,
                  strides: rowMajor(own),
                  offset: 4,
                },
              });
              expect(all(l.where!)).toEqual(order.map((full) => bits[index(full)]));
              expect(all(l.b!)).toEqual(order.map((full) => 4 + index(full)));
            }
          }
        }
      }
    });
  }
});

describe('dtype and containers', () => {
  // prettier-ignore
  const cases: [string, unknown, object, string, string][] = [
    ['Float32Array', f32(3), {}, 'float32', 'Float32Array'],
    ['Float64Array', new Float64Array(3), {}, 'float64', 'Float64Array'],
    ['Int8Array', new Int8Array(3), {}, 'float64', 'Float64Array'],
    ['Uint8Array', new Uint8Array(3), {}, 'float64', 'Float64Array'],
    ['Uint8ClampedArray', new Uint8ClampedArray(3), {}, 'float64', 'Float64Array'],
    ['Int16Array', new Int16Array(3), {}, 'float64', 'Float64Array'],
    ['Uint16Array without a dtype', new Uint16Array(3), {}, 'float64', 'Float64Array'],
    ['Int32Array', new Int32Array(3), {}, 'float64', 'Float64Array'],
    ['Uint32Array', new Uint32Array(3), {}, 'float64', 'Float64Array'],
    ['Buffer', Buffer.from([1, 2, 3]), {}, 'float64', 'Float64Array'],
    ['Uint16Array as float16', new Uint16Array(3), { dtype: 'float16' }, 'float16', 'Uint16Array'],
    ['Uint16Array as bfloat16', new Uint16Array(3), { dtype: 'bfloat16' }, 'bfloat16', 'Uint16Array'],
    ['Uint16Array as uint16', new Uint16Array(3), { dtype: 'uint16' }, 'float64', 'Float64Array'],
    ['object that says float16', { data: new Uint16Array(3), dims: [3], type: 'float16' }, {}, 'float16', 'Uint16Array'],
    ['object that says bfloat16', { data: new Uint16Array(3), shape: [3], dtype: 'bfloat16' }, {}, 'bfloat16', 'Uint16Array'],
    ['object that says float16, option agrees', { data: new Uint16Array(3), shape: [3], dtype: 'float16' }, { dtype: 'float16' }, 'float16', 'Uint16Array'],
    ['object that says uint16, option says float16', { data: new Uint16Array(3), shape: [3], dtype: 'uint16' }, { dtype: 'float16' }, 'float16', 'Uint16Array'],
    ['object of integers', { data: new Int32Array(3), shape: [3], dtype: 'int32' }, {}, 'float64', 'Float64Array'],
    ['object whose own dtype is not what it holds', { data: f32(3), shape: [3], type: 'float16' }, {}, 'float32', 'Float32Array'],
    ['nested arrays', [1, 2, 3], {}, 'float64', 'Float64Array'],
    ['number', 3, {}, 'float64', 'Float64Array'],
    ['the matching name float32', f32(3), { dtype: 'float32' }, 'float32', 'Float32Array'],
    ['the matching name float64 for numbers', [1, 2], { dtype: 'float64' }, 'float64', 'Float64Array'],
    ['the matching name uint8', new Uint8ClampedArray(3), { dtype: 'uint8' }, 'float64', 'Float64Array'],
  ];
  test.each(cases)('%s', (_, x, options, dtype, name) => {
    const l = softmax(x, options);
    expect(l.dtype).toBe(dtype);
    expect(l.sourceDtype).toBe(dtype.endsWith('16') ? dtype : undefined);
    expect(l.fresh(2)[Symbol.toStringTag]).toBe(name);
    expect(l.fresh(2).length).toBe(2);
  });

  const Half = (globalThis as { Float16Array?: new (list: number[]) => TypedArray }).Float16Array;
  test.skipIf(Half === undefined)('Float16Array, where the host has it', () => {
    const x = new Half!([1, 2.5]);
    for (const l of [softmax(x), softmax(x, { dtype: 'float16' }), softmax({ data: x, shape: [2] })]) {
      expect([l.dtype, l.sourceDtype]).toEqual(['float16', 'float16']);
      expect(l.source.data).toBe(x);
      expect(l.fresh(2)[Symbol.toStringTag]).toBe('Float16Array');
    }
    expect(softmax(x, { out: x }).overlap).toBe(false);
    expect(logsumexp(x).wrap(new Half!([2.5]))).toBe(2.5);
    expect(() => softmax(x, { dtype: 'bfloat16' })).toThrow(RangeError);
    expect(() => softmax(x, { out: new Uint16Array(2) })).toThrow(
      /softmax: out is a Uint16Array of length 2; .* Float16Array/,
    );
  });

  test('arrays of another realm are what they are', () => {
    const x = runInNewContext('new Float32Array([1, 2, 3])');
    const l = softmax(x, { out: runInNewContext('new Float32Array(3)') });
    expect(l.dtype).toBe('float32');
    expect(all(l.source)).toEqual([1, 2, 3]);
    expect(l.fresh(1)).toBeInstanceOf(Float32Array);
    expect(all(softmax(runInNewContext('[[1, 2], [3, 4]]')).source)).toEqual([1, 2, 3, 4]);
    const object = runInNewContext('({ data: new Uint16Array(4), dims: [2, 2], type: "float16" })');
    expect(softmax(object, runInNewContext('({ axis: [1] })')).dtype).toBe('float16');
  });

  test('subclasses are taken as their base, also when they call themselves otherwise', () => {
    class Mine extends Float32Array {}
    class Strange extends Uint16Array {
      override get [Symbol.toStringTag](): 'Uint16Array' {
        return 'Float16Array' as 'Uint16Array';
      }
    }
    expect(softmax(new Mine(3)).fresh(3).constructor).toBe(Float32Array);
    const out = new Mine(3);
    expect(softmax(f32(3), { out }).target!.data.buffer).toBe(out.buffer);
    expect(softmax(f32(3), { out }).out).toBe(out);
    expect(softmax(new Strange(3)).dtype).toBe('float64');
  });

  test('views on shared memory and at any byte are taken as they are', () => {
    const x = new Float32Array(new SharedArrayBuffer(64), 4, 6).fill(2);
    expect(all(softmax(x, { shape: [2, 3] }).source)).toEqual([2, 2, 2, 2, 2, 2]);
  });

  const data = f32(6);
  // prettier-ignore
  test.each<[string, object, number[]]>([
    ['shape', { data, shape: [2, 3] }, [0, 1, 2, 3, 4, 5]],
    ['dims', { data, dims: [2, 3] }, [0, 1, 2, 3, 4, 5]],
    ['shape and dims that agree', { data, shape: [2, 3], dims: [2, 3] }, [0, 1, 2, 3, 4, 5]],
    ['a typed array as shape', { data, shape: Uint32Array.of(2, 3) }, [0, 1, 2, 3, 4, 5]],
    ['strides', { data, shape: [3, 2], strides: [1, 3], offset: 0 }, [0, 3, 1, 4, 2, 5]],
    ['stride (scijs)', { data, shape: [3, 2], stride: [1, 3], offset: 0 }, [0, 3, 1, 4, 2, 5]],
    ['null strides', { data, shape: [3, 2], strides: null, stride: undefined }, [0, 1, 2, 3, 4, 5]],
    ['a method stride (transformers.js)', { data, dims: [6], stride: () => [1] }, [0, 1, 2, 3, 4, 5]],
    ['strides without offset that are a permutation', { data, shape: [3, 2], strides: [1, 3] }, [0, 3, 1, 4, 2, 5]],
    ['negative strides', { data, shape: [2, 2], strides: [-3, -1], offset: 5 }, [5, 4, 2, 1]],
    ['strides 0', { data, shape: [2, 2], strides: [0, 1], offset: 3 }, [3, 4, 3, 4]],
    ['an offset alone', { data, shape: [2, 2], offset: 2 }, [2, 3, 4, 5]],
    ['an offset alone that is 0', { data, shape: [2, 2], offset: 0 }, [0, 1, 2, 3]],
    ['rank 0', { data, shape: [], strides: [], offset: 4 }, [4]],
    ['a cpu tensor', { data, dims: [6], location: 'cpu' }, [0, 1, 2, 3, 4, 5]],
    ['a pinned tensor', { data, dims: [6], location: 'cpu-pinned' }, [0, 1, 2, 3, 4, 5]],
    ['a location that is something else', { data, shape: [6], location: { href: '' } }, [0, 1, 2, 3, 4, 5]],
    ['a frozen object', Object.freeze({ data, shape: Object.freeze([6]) }), [0, 1, 2, 3, 4, 5]],
    ['fields without a prototype', Object.assign(Object.create(null), { data, shape: [6] }), [0, 1, 2, 3, 4, 5]],
    ['fields inherited', Object.create({ data, shape: [6] }), [0, 1, 2, 3, 4, 5]],
    ['an empty shape from anywhere', { data, shape: [0, 3], strides: [3, 1], offset: 6 }, []],
  ])('an object with %s is read in its own order', (_, x, values) => {
    // no axis: [0] forces nothing, all elements are one lane in row-major order
    expect(all(softmax(x).source)).toEqual(values);
  });

  test('every field of an object and every option is read exactly once, whatever the case', () => {
    const counted = (fields: object, counts: Record<string, number>) =>
      Object.defineProperties(
        {},
        Object.fromEntries(
          Object.entries(fields).map(([key, value]) => [
            key,
            { enumerable: true, get: () => ((counts[key] = (counts[key] ?? 0) + 1), value) },
          ]),
        ),
      );
    const inX = {},
      inOptions = {},
      inOut = {};
    const out = counted(
      { data: new Float64Array(2), shape: [2], strides: [1], stride: [1], offset: 0, dtype: 'float64', type: '' },
      inOut,
    );
    const x = counted(
      {
        location: 'cpu',
        data: new Int8Array(6),
        shape: [2, 3],
        dims: [2, 3],
        strides: [3, 1],
        offset: 0,
        dtype: 'int8',
        type: 'int8',
      },
      inX,
    );
    const options = counted(
      {
        axis: [1],
        theta: 2,
        where: true,
        out,
        shape: [2, 3],
        dtype: 'int8',
        precision: 'fast',
        keepdims: false,
        b: 2,
        returnSign: true,
      },
      inOptions,
    );
    const l = logsumexp(x, options);
    expect(Object.values(inX)).toEqual(new Array(8).fill(1));
    expect(Object.values(inOptions)).toEqual(new Array(10).fill(1));
    expect(Math.max(...Object.values<number>(inOut))).toBe(1);
    expect(l.out).toBe(out);
    expect(l.returnSign).toBe(true);
    expect(l.theta).toBe(2);
  });

  test('options of a class with getters are seen', () => {
    class Mine {
      get axis() {
        return -1;
      }
    }
    expect(
      softmax(
        [
          [1, 2],
          [3, 4],
        ],
        new Mine(),
      ).outer,
    ).toBe(2);
  });

  test('sizes are checked after all user code has run', () => {
    const data = new Float32Array(4);
    const options = {
      get where() {
        structuredClone(data.buffer, { transfer: [data.buffer] });
        return true;
      },
    };
    expect(() => softmax({ data, shape: [4] }, options)).toThrow(/softmax: the buffer of x is detached/);
    const late = new Float32Array(4);
    const out = {
      get data() {
        structuredClone(late.buffer, { transfer: [late.buffer] });
        return new Float32Array(4);
      },
      shape: [4],
    };
    expect(() => softmax(late, { out, shape: [4] })).toThrow(/softmax: the buffer of x is detached/);
  });

  test('a number, an empty array, and one-element nestings', () => {
    expect(softmax(5).shape).toEqual([]);
    expect(softmax([]).shape).toEqual([0]);
    expect(softmax([[]]).shape).toEqual([1, 0]);
    expect(softmax([[], []]).shape).toEqual([2, 0]);
    expect(softmax([[[5]]]).shape).toEqual([1, 1, 1]);
    expect(softmax(new Float32Array(0)).shape).toEqual([0]);
  });

  test('null and undefined options are defaults', () => {
    const names = ['axis', 'theta', 'where', 'out', 'shape', 'dtype', 'precision', 'keepdims', 'b', 'returnSign'];
    for (const nothing of [null, undefined]) {
      for (const call of [softmax, logsumexp]) {
        const l = call(f32(6), Object.fromEntries(names.map((name) => [name, nothing])));
        expect([l.length, l.theta, l.where, l.b, l.target, l.out, l.exact, l.returnSign]).toEqual([
          6,
          1,
          undefined,
          undefined,
          undefined,
          undefined,
          false,
          false,
        ]);
        expect(call(f32(6), nothing).length).toBe(6);
      }
    }
  });

  test('precision exact concerns float32 and 16-bit floats only', () => {
    expect(softmax(f32(2), { precision: 'exact' }).exact).toBe(true);
    expect(softmax(new Uint16Array(2), { precision: 'exact', dtype: 'bfloat16' }).exact).toBe(true);
    expect(softmax([1, 2], { precision: 'exact' }).exact).toBe(false);
    expect(softmax(f32(2), { precision: 'fast' }).exact).toBe(false);
  });

  test('theta may be any finite number', () => {
    for (const theta of [0, -0, -3, 1e-310, 1e308]) expect(softmax([1], { theta }).theta).toBe(theta);
  });
});

describe('wrap', () => {
  const fill = (l: Layout) => {
    const data = l.fresh(product(l.result));
    for (let i = 0; i < data.length; i++) data[i] = i + 1;
    return data;
  };
  test('a number gives a number', () => {
    for (const call of [softmax, logsumexp])
      for (const axis of [null, []]) expect(call(3, { axis }).wrap(Float64Array.of(7))).toBe(7);
    expect(logsumexp(3, { keepdims: true }).wrap(Float64Array.of(7))).toBe(7);
  });
  test('nested arrays give nested arrays, or a number for a reduction over everything', () => {
    const x = [[[1, 2, 3]], [[4, 5, 6]]];
    const same = softmax(x);
    expect(same.wrap(fill(same))).toEqual(x);
    const rows = logsumexp(x, { axis: -1 });
    expect(rows.wrap(fill(rows))).toEqual([[1], [2]]);
    const kept = logsumexp(x, { axis: [0, 2], keepdims: true });
    expect(kept.wrap(fill(kept))).toEqual([[[1]]]);
    expect(logsumexp(x).wrap(Float64Array.of(7))).toBe(7);
    expect(logsumexp([1, 2], { axis: 0 }).wrap(Float64Array.of(7))).toBe(7);
    expect(softmax([[], []]).wrap(new Float64Array(0))).toEqual([[], []]);
    expect(logsumexp([[], []], { axis: 1 }).wrap(Float64Array.of(7, 8))).toEqual([7, 8]);
    expect(logsumexp([[], []], { axis: 0 }).wrap(new Float64Array(0))).toEqual([]);
  });
  test('nested results are plain arrays of numbers', () => {
    const rows = softmax([[1], [2]]).wrap(Float64Array.of(1, 2)) as number[][];
    expect(Array.isArray(rows) && rows.every((row) => Array.isArray(row))).toBe(true);
  });
  test('a typed array gives the typed array, or a number for a reduction over everything', () => {
    const same = softmax(f32(6), { shape: [2, 3] });
    const data = fill(same);
    expect(same.wrap(data)).toBe(data);
    const sums = logsumexp(f32(6), { shape: [2, 3], axis: 0 });
    expect(sums.wrap(data)).toBe(data);
    expect(logsumexp(f32(6)).wrap(Float32Array.of(2.5))).toBe(2.5);
    expect(logsumexp(f32(6), { axis: 0 }).wrap(Float32Array.of(2.5))).toBe(2.5);
    const kept = Float32Array.of(2.5);
    expect(logsumexp(f32(6), { keepdims: true }).wrap(kept)).toBe(kept);
    expect(softmax(f32(1), { shape: [] }).wrap(kept)).toBe(kept);
  });
  test('an object gives data, shape, dtype, and dims where it had dims', () => {
    const same = softmax({ data: f32(6), shape: [2, 3] });
    const data = fill(same);
    expect(same.wrap(data)).toEqual({ data, shape: [2, 3], dtype: 'float32' });
    const sums = logsumexp({ data: new Uint16Array(6), dims: [2, 3], type: 'float16' }, { axis: 1 });
    const bits = fill(sums);
    expect(sums.wrap(bits)).toEqual({ data: bits, shape: [2], dims: [2], dtype: 'float16' });
    const one = Float32Array.of(1);
    expect(logsumexp({ data: f32(6), shape: [6] }).wrap(one)).toEqual({ data: one, shape: [], dtype: 'float32' });
    const index = Int32Array.of(1);
    expect(logsumexp({ data: f32(6), shape: [6] }).wrap(index, 'int32')).toEqual({
      data: index,
      shape: [],
      dtype: 'int32',
    });
  });
  test('shape and dims of a result are arrays of its own', () => {
    const shape = [2, 3];
    const x = { data: f32(6), shape, dims: shape };
    const l = softmax(x);
    const y = l.wrap(fill(l)) as { shape: number[]; dims: number[] };
    y.shape[0] = 99;
    expect([y.dims, shape, l.shape]).toEqual([shape, [2, 3], [2, 3]]);
  });
  test('16 bits that are the whole result are given as the number they stand for', () => {
    const half = (bits: number, dtype: string) => logsumexp(new Uint16Array(3), { dtype }).wrap(Uint16Array.of(bits));
    const table: [number, number][] = [
      [0x3c00, 1],
      [0xc500, -5],
      [0x0001, 2 ** -24],
      [0x8001, -(2 ** -24)],
      [0x03ff, 1023 * 2 ** -24],
      [0x0400, 2 ** -14],
      [0x7bff, 65504],
      [0x7c00, Infinity],
      [0xfc00, -Infinity],
      [0x7e00, NaN],
      [0, 0],
      [0x8000, -0],
    ];
    for (const [bits, value] of table) expect(half(bits, 'float16')).toBe(value);
    for (const [bits, value] of [
      [0x3f80, 1],
      [0xc0a0, -5],
      [0xff80, -Infinity],
      [0x7fc0, NaN],
      [1, 2 ** -133],
    ]) {
      expect(half(bits!, 'bfloat16')).toBe(value);
    }
  });
});

describe('where', () => {
  // prettier-ignore
  test.each<[string, unknown, unknown, number[], number[]]>([
    ['true', [1, 2, 3], true, [3], [1, 1, 1]],
    ['false', [1, 2, 3], false, [3], [0, 0, 0]],
    ['1', [1, 2, 3], 1, [3], [1, 1, 1]],
    ['nested booleans', [[1, 2], [3, 4]], [[true, false], [false, true]], [2, 2], [1, 0, 0, 1]],
    ['nested 0 and 1', [[1, 2], [3, 4]], [[1, 0], [true, 0]], [2, 2], [1, 0, 1, 0]],
    ['one row', [[1, 2], [3, 4]], [true, false], [2, 2], [1, 0, 1, 0]],
    ['one column', [[1, 2], [3, 4]], [[true], [false]], [2, 2], [1, 1, 0, 0]],
    ['one element', [[1, 2], [3, 4]], [[[false]]].flat(), [2, 2], [0, 0, 0, 0]],
    ['a typed array of the size of x', [[1, 2], [3, 4]], Uint8Array.of(1, 0, 0, 1), [2, 2], [1, 0, 0, 1]],
    ['a typed array for the last axis', [[1, 2], [3, 4]], Uint8Array.of(1, 0), [2, 2], [1, 0, 1, 0]],
    ['a typed array of another class', [[1, 2], [3, 4]], Float32Array.of(1, 0), [2, 2], [1, 0, 1, 0]],
    ['an object', [[1, 2], [3, 4]], { data: Int32Array.of(1, 0), shape: [2, 1] }, [2, 2], [1, 1, 0, 0]],
    ['an object with strides', [[1, 2], [3, 4]], { data: Uint8Array.of(0, 1, 1, 0), shape: [2, 2], strides: [-2, -1], offset: 3 }, [2, 2], [0, 1, 1, 0]],
    ['an object with stride 0', [[1, 2], [3, 4]], { data: Uint8Array.of(9, 1, 0), shape: [2, 2], strides: [1, 0], offset: 1 }, [2, 2], [1, 1, 0, 0]],
    ['an empty mask for an empty x', [[], []], [[], []], [2, 0], []],
    ['a mask of one for an empty x', [[], []], [[true], [true]], [2, 0], []],
    ['a scalar for rank 0', 3, false, [], [0]],
    ['a typed array of one for rank 0', 3, Uint8Array.of(0), [], [0]],
  ])('%s', (_, x, where, shape, bits) => {
    const l = softmax(x, { where });
    expect(l.shape).toEqual(shape);
    expect(all(l.where!)).toEqual(bits);
    expect(l.where!.data).toBeInstanceOf(Uint8Array);
  });

  test('a key mask of attention is not expanded', () => {
    const where = { data: new Uint8Array(2 * 128), shape: [2, 1, 1, 128] };
    const l = softmax({ data: f32(2 * 4 * 8 * 128), shape: [2, 4, 8, 128] }, { where, axis: -1 });
    expect(l.where).toEqual({ data: where.data, offset: 0, dims: [2, 32, 128], strides: [128, 0, 1] });
    expect(l.where!.data).toBe(where.data);
  });

  test('a stride-0 mask as large as x is checked without being expanded', () => {
    const shape = [1 << 14, 1 << 14];
    const zero = { data: f32(1), shape, strides: [0, 0], offset: 0 };
    const where = { data: Uint8Array.of(1), shape, strides: [0, 0], offset: 0 };
    expect(softmax(zero, { where }).where!.data.length).toBe(1);
  });

  test('long masks are checked to the last byte', () => {
    for (const n of [63, 64, 65, 66, 67, 130]) {
      for (const start of [0, 1, 2, 3, 4]) {
        const mask = new Uint8Array(n + start).subarray(start).fill(1);
        expect(softmax(f32(n), { where: mask }).where!.data).toBe(mask);
        for (const i of [0, 1, n - 1]) {
          mask[i] = i === 1 ? 255 : 2;
          expect(() => softmax(f32(n), { where: mask })).toThrow(`(element ${i})`);
          mask[i] = 1;
        }
      }
    }
  });
});

describe('b', () => {
  // prettier-ignore
  test.each<[string, unknown, unknown, number[]]>([
    ['a number', [[1, 2], [3, 4]], -2.5, [-2.5, -2.5, -2.5, -2.5]],
    ['nested', [[1, 2], [3, 4]], [[1], [-1]], [1, 1, -1, -1]],
    ['a list', [[1, 2], [3, 4]], [5, 6], [5, 6, 5, 6]],
    ['a typed array of the size of x', [[1, 2], [3, 4]], Float32Array.of(1, 2, 3, 4), [1, 2, 3, 4]],
    ['a typed array for the last axis', [[1, 2], [3, 4]], Int8Array.of(1, -2), [1, -2, 1, -2]],
    ['an object', [[1, 2], [3, 4]], { data: Float64Array.of(7, 8), shape: [2, 1] }, [7, 7, 8, 8]],
  ])('%s', (_, x, b, values) => {
    expect(all(logsumexp(x, { b }).b!)).toEqual(values);
  });
  test('a typed array is used as it is', () => {
    const b = f32(6);
    expect(logsumexp(f32(6), { b }).b!.data).toBe(b);
  });
});

describe('out and overlap', () => {
  const memory = new Float32Array(100);
  const part = (from: number, n: number) => memory.subarray(from, from + n);
  // prettier-ignore
  test.each<[string, unknown, object, boolean]>([
    ['the input itself', part(0, 6), { out: part(0, 6) }, false],
    ['another array', part(0, 6), { out: new Float32Array(6) }, false],
    ['the part next to it', part(0, 6), { out: part(6, 6) }, false],
    ['one element over', part(0, 6), { out: part(1, 6) }, true],
    ['the last element', part(0, 6), { out: part(5, 6) }, true],
    ['the same elements reversed', part(0, 6), { out: { data: memory, shape: [6], strides: [-1], offset: 5 } }, true],
    ['the same elements through another array', part(4, 6), { out: { data: memory, shape: [6], offset: 4 } }, false],
    ['the same elements, gathered alike', { data: memory, shape: [2, 3], strides: [1, 2], offset: 0 }, { axis: 1, out: { data: memory, shape: [2, 3], strides: [1, 2], offset: 0 } }, false],
    ['the transposed elements', { data: memory, shape: [3, 3], strides: [1, 3], offset: 0 }, { out: { data: memory, shape: [3, 3], strides: [3, 1], offset: 0 } }, true],
    ['the same elements of gathered axes', part(0, 24), { shape: [2, 3, 4], axis: [0, 2], out: part(0, 24) }, false],
    ['its own mask', part(0, 6), { out: part(8, 6), where: new Uint8Array(memory.buffer, 50, 6) }, true],
    ['a mask elsewhere', part(0, 6), { out: part(8, 6), where: new Uint8Array(memory.buffer, 100, 6) }, false],
    ['an empty array', part(0, 0), { out: part(0, 0) }, false],
  ])('softmax into %s', (_, x, options, overlap) => {
    expect(softmax(x, options).overlap).toBe(overlap);
  });

  // prettier-ignore
  test.each<[string, object, boolean]>([
    ['another array', { out: new Float32Array(2) }, false],
    ['the start of the input', { out: part(0, 2) }, true],
    ['the end of the input', { out: part(5, 2) }, true],
    ['behind the input', { out: part(6, 2) }, false],
    ['its own weights', { out: part(10, 2), b: part(11, 3) }, true],
  ])('logsumexp into %s', (_, options, overlap) => {
    expect(logsumexp(part(0, 6), { shape: [2, 3], axis: 1, ...options }).overlap).toBe(overlap);
  });
  test('logsumexp of single elements may go where they were', () => {
    expect(logsumexp(part(0, 6), { axis: [], out: part(0, 6) }).overlap).toBe(false);
  });
  test('two handles on shared memory are taken for the same memory', () => {
    const memory = new SharedArrayBuffer(64);
    const other = structuredClone(memory);
    expect(other).not.toBe(memory);
    const x = new Float32Array(memory, 0, 8);
    expect(softmax(x, { out: new Float32Array(other, 4, 8) }).overlap).toBe(true);
    expect(softmax(x, { out: new Float32Array(other, 0, 8) }).overlap).toBe(false);
    expect(softmax(x, { out: new Float32Array(other, 32, 8) }).overlap).toBe(false);
  });
  test('without out there is no target and no overlap', () => {
    const l = softmax(f32(3));
    expect([l.target, l.out, l.overlap]).toEqual([undefined, undefined, false]);
  });
  test('out is kept to be returned as given', () => {
    const object = { data: new Float32Array(6), shape: [2, 3] };
    expect(softmax(f32(6), { shape: [2, 3], out: object }).out).toBe(object);
    expect(softmax([[1, 2]], { out: new Float64Array(2) }).out).toBeInstanceOf(Float64Array);
    expect(logsumexp([[1, 2]], { out: new Float64Array(1) }).target!.dims).toEqual([1]);
  });
  // prettier-ignore
  test.each<[string, number[], number[], number]>([
    ['interleaved places that do not meet', [2, 2], [2, 3], 0],
    ['interleaved places in reverse', [2, 2], [-2, 3], 2],
    ['three interleaved axes', [2, 3, 2], [3, 2, 20], 0],
    ['stride 0 along an axis of length 1', [1, 4], [0, 2], 0],
    ['nothing at all', [0, 4], [0, 0], 0],
  ])('out may have %s', (_, shape, strides, offset) => {
    const out = { data: new Float64Array(40), shape, strides, offset };
    expect(softmax({ data: new Float64Array(product(shape)), shape }, { out }).out).toBe(out);
  });
});

describe('holes in nested arrays', () => {
  test.each<[string, unknown[][], RegExp]>([
    ['at the start', [, [1], [2]] as number[][], /x\[0\] is a hole/],
    ['in the middle', [[1], , [2]] as number[][], /x\[1\] is a hole/],
    ['at the end', Object.assign([[1], [2]], { length: 3 }) as number[][], /x\[2\] is a hole/],
    ['at the end of a row', [Object.assign([1], { length: 2 }), [1, 2]], /x\[0\]\[1\] is a hole/],
    ['up to a length that no memory holds', [Object.assign([1], { length: 4e9 })], /x\[0\]\[3999999999\] is a hole/],
  ])('%s are refused', (_, x, text) => {
    expect(() => softmax(x)).toThrow(TypeError);
    expect(() => softmax(x)).toThrow(text);
  });
});

describe('rejected calls', () => {
  const x6 = f32(6);
  const m23 = [
    [1, 2, 3],
    [4, 5, 6],
  ];
  const detached = (Maker: new (n: number) => TypedArray = Float32Array) => {
    const array = new Maker(6);
    structuredClone(array.buffer, { transfer: [array.buffer as ArrayBuffer] });
    return array;
  };
  const Resizable = ArrayBuffer as unknown as new (n: number, o: object) => ArrayBuffer & { resize(n: number): void };
  const shrunk = (length: number | undefined, bytes: number) => {
    const buffer = new Resizable(64, { maxByteLength: 64 });
    const array = new Float32Array(buffer, 16, length);
    buffer.resize(bytes);
    return array;
  };
  const revoked = (target: object) => {
    const { proxy, revoke } = Proxy.revocable(target, {});
    revoke();
    return proxy;
  };
  const grown = () => {
    const memory = new WebAssembly.Memory({ initial: 1 });
    const array = new Float32Array(memory.buffer, 0, 6);
    memory.grow(1);
    return array;
  };
  const itself: unknown[] = [];
  itself.push(itself);
  const never = () => {
    throw new Error('must not be called');
  };
  const object = (fields: object) => ({ data: x6, shape: [2, 3], ...fields });
  const flat = { shape: [2, 3] };

  type Row = [string, typeof softmax, unknown, unknown, typeof TypeError | typeof RangeError, RegExp];
  const T = TypeError;
  const R = RangeError;
  const s = softmax;
  const l = logsumexp;
  // prettier-ignore
  const rows: Row[] = [
    // kinds of x
    ['undefined', s, undefined, {}, T, /x is undefined; it must be a number, nested arrays of numbers, a typed array/],
    ['null', s, null, {}, T, /x is null/],
    ['a string', s, '1,2', {}, T, /x is the string "1,2".*parse the text first/],
    ['a long string', s, 'x'.repeat(999), {}, T, /x is the string "x{24}\.\.\."/],
    ['a bigint', s, 3n, {}, T, /x is the bigint 3n.*convert with Number/],
    ['a boolean', s, true, {}, T, /x is the boolean true/],
    ['a symbol', s, Symbol('x'), {}, T, /x is a symbol/],
    ['a function', s, never, {}, T, /x is a function/],
    ['an empty object', s, {}, {}, T, /x is an object; it must be/],
    ['a Date', s, new Date(), {}, T, /x is a Date/],
    ['an invalid Date', s, new Date(NaN), {}, T, /x is a Date/],
    ['a RegExp', s, /x/, {}, T, /x is a RegExp/],
    ['a Map', s, new Map(), {}, T, /x is a Map.*Array\.from\(x\.values\(\)\)/],
    ['a Set', s, new Set([1, 2]), {}, T, /x is a Set.*Array\.from/],
    ['a generator', s, (function* () {})(), {}, T, /x is a Generator.*Array\.from/],
    ['a promise', s, Promise.resolve([1]), {}, T, /x is a Promise.*await it first/],
    ['an ArrayBuffer', s, new ArrayBuffer(8), {}, T, /x is an ArrayBuffer.*new Float32Array\(x\)/],
    ['a SharedArrayBuffer', s, new SharedArrayBuffer(8), {}, T, /x is a SharedArrayBuffer.*new Float32Array\(x\)/],
    ['a DataView', s, new DataView(new ArrayBuffer(8)), {}, T, /x is a DataView.*new Float32Array\(x\.buffer, /],
    ['a BigInt64Array', s, new BigInt64Array(2), {}, T, /x is a BigInt64Array of length 2, whose elements are bigints; .*Float64Array\.from\(x, Number\)/],
    ['a BigUint64Array', s, new BigUint64Array(2), {}, T, /x is a BigUint64Array of length 2, whose elements are bigints; .*Float64Array\.from\(x, Number\)/],
    ['a boxed number', s, new Number(3), {}, T, /x is a Number.*Number\(/],
    ['an array-like', s, { length: 1, 0: 5 }, {}, T, /x is an object/],
    ['a polyfilled Float16Array', s, { [Symbol.toStringTag]: 'Float16Array' }, {}, T, /Uint16Array with dtype: 'float16'/],
    ['a revoked array', s, revoked([1]), {}, T, /x is a proxy that has been revoked/],
    ['a revoked object', s, revoked({}), {}, T, /x is a proxy that has been revoked/],
    ['a proxy of a typed array', s, new Proxy(x6, {}), {}, T, /x is an? /],
    // nested arrays
    ['a short row', s, [[1, 2, 3], [4, 5]], {}, T, /x\[1\] has length 2 where x\[0\] has 3: .*ragged/],
    ['a long row', s, [[1], [2, 3]], {}, T, /x\[1\] has length 2 where x\[0\] has 1: .*ragged/],
    ['a deep short row', s, [[[1], [2]], [[3], []]], {}, T, /x\[1\]\[1\] has length 0 where x\[0\]\[0\] has 1/],
    ['a missing deep row', s, [[[1], [2]], [[3]]], {}, T, /x\[1\] has length 1 where x\[0\] has 2/],
    ['an empty first row', s, [[], [1]], {}, T, /x\[1\] has length 1 where x\[0\] has 0/],
    ['a number among rows', s, [[1], 2], {}, T, /x\[1\] is a number where x\[0\] is an array: .*ragged/],
    ['a row among numbers', s, [1, [2]], {}, T, /x\[1\] is an array where x\[0\] is a number: .*ragged/],
    ['a row among deep numbers', s, [[1, 2], [3, [4]]], {}, T, /x\[1\]\[1\] is an array where x\[0\]\[0\] is a number/],
    ['a string', s, [[1, 2], [3, '4']], {}, T, /x\[1\]\[1\] is the string "4"; every element must be a number/],
    ['a string first', s, ['1'], {}, T, /x\[0\] is the string "1"/],
    ['null', s, [1, null, 3], {}, T, /x\[1\] is null; .*JSON.*value \?\? -Infinity/],
    ['undefined', s, [1, undefined], {}, T, /x\[1\] is undefined/],
    ['a bigint', s, [[1n]], {}, T, /x\[0\]\[0\] is the bigint 1n; .*Number/],
    ['a boolean', s, [1, true], {}, T, /x\[1\] is the boolean true/],
    ['an object', s, [1, {}], {}, T, /x\[1\] is an object/],
    ['a Date', s, [new Date()], {}, T, /x\[0\] is a Date/],
    ['a symbol', s, [Symbol.iterator], {}, T, /x\[0\] is a symbol/],
    ['a function', s, [1, never], {}, T, /x\[1\] is a function/],
    ['null for a row', s, [[1], null], {}, T, /x\[1\] is null/],
    ['a hole', s, [1, , 3], {}, T, /x\[1\] is a hole in the array/],
    ['a hole first', s, [, 1], {}, T, /x\[0\] is a hole/],
    ['a hole for a row', s, [[1], , [2]], {}, T, /x\[1\] is a hole/],
    ['a deep hole', s, [[1, 2, 3], [4, , 6]], {}, T, /x\[1\]\[1\] is a hole in the array; every element must be a number/],
    ['an array of holes', s, new Array(4_000_000_000), {}, T, /x\[3999999999\] is a hole/],
    ['a sparse array', s, Object.assign([1], { length: 4_000_000_000 }), {}, T, /x\[3999999999\] is a hole/],
    ['typed arrays of two classes as rows', s, [f32(2), new Float64Array(2)], {}, T, /x\[1\] is a Float64Array of length 2 where x\[0\] is a Float32Array/],
    ['an array that contains itself', s, itself, {}, R, /x is nested deeper than 64 levels/],
    // axis
    ['out of range', s, x6, { ...flat, axis: 3 }, R, /^softmax: axis 3 is out of range for rank 2 \(shape \[2, 3\]\); use -2 \.\. 1$/],
    ['one too far', s, x6, { ...flat, axis: 2 }, R, /axis 2 is out of range for rank 2/],
    ['one too low', s, x6, { ...flat, axis: -3 }, R, /axis -3 is out of range for rank 2/],
    ['of rank 0', s, 3, { axis: 0 }, R, /axis 0 is out of range for rank 0 \(shape \[\]\); leave axis out/],
    ['-1 of rank 0', s, 3, { axis: -1 }, R, /axis -1 is out of range for rank 0/],
    ['of a flat array', s, x6, { axis: 1 }, R, /axis 1 is out of range for rank 1 \(shape \[6\]\); use -1 \.\. 0/],
    ['a fraction', s, x6, { ...flat, axis: 0.5 }, R, /axis 0\.5 is not an integer for rank 2 \(shape \[2, 3\]\)/],
    ['infinity', s, x6, { ...flat, axis: Infinity }, R, /axis Infinity is not an integer/],
    ['NaN', s, x6, { ...flat, axis: NaN }, T, /axis is NaN/],
    ['a string', s, x6, { ...flat, axis: '1' }, T, /axis is the string "1"; it must be an integer, a list of integers/],
    ['a bigint', s, x6, { ...flat, axis: 1n }, T, /axis is the bigint 1n/],
    ['a boolean', s, x6, { ...flat, axis: true }, T, /axis is the boolean true/],
    ['an object', s, x6, { ...flat, axis: {} }, T, /axis is an object/],
    ['a Set', s, x6, { ...flat, axis: new Set([1]) }, T, /axis is a Set/],
    ['the same twice', s, x6, { ...flat, axis: [1, 1] }, R, /axis \[1, 1\] names axis 1 twice for rank 2 \(shape \[2, 3\]\)/],
    ['the same after normalising', s, x6, { ...flat, axis: [0, -2] }, R, /axis \[0, -2\] names axis 0 twice for rank 2/],
    ['a list with one out of range', s, x6, { ...flat, axis: [0, 2] }, R, /axis 2 is out of range for rank 2/],
    ['a list with a fraction', s, x6, { ...flat, axis: [0, 0.5] }, R, /axis 0\.5 is not an integer/],
    ['a list with NaN', s, x6, { ...flat, axis: [NaN] }, T, /axis has the number NaN at position 0/],
    ['a list with a string', s, x6, { ...flat, axis: [0, '1'] }, T, /axis has the string "1" at position 1/],
    ['a list with null', s, x6, { ...flat, axis: [null] }, T, /axis has null at position 0/],
    ['a list with a hole', s, x6, { ...flat, axis: [,] }, T, /axis has undefined at position 0/],
    ['logsumexp too', l, x6, { ...flat, axis: 9 }, R, /^logsumexp: axis 9 is out of range/],
    // shape
    ['too large', s, x6, { shape: [2, 4] }, R, /x has 6 elements but shape \[2, 4\] takes 8/],
    ['too small', s, x6, { shape: [5] }, R, /x has 6 elements but shape \[5\] takes 5/],
    ['rank 0', s, x6, { shape: [] }, R, /x has 6 elements but shape \[\] takes 1/],
    ['with -1', s, x6, { shape: [-1, 3] }, R, /x has length -1 along axis 0 \(shape \[-1, 3\]\)/],
    ['with a fraction', s, x6, { shape: [1.5, 4] }, R, /x has length 1\.5 along axis 0/],
    ['with infinity', s, x6, { shape: [Infinity] }, R, /x has length Infinity along axis 0/],
    ['with NaN', s, x6, { shape: [NaN] }, T, /shape has the number NaN at position 0/],
    ['with a string', s, x6, { shape: ['6'] }, T, /shape has the string "6" at position 0/],
    ['with a bigint', s, x6, { shape: [6n] }, T, /shape has the bigint 6n/],
    ['a number', s, x6, { shape: 6 }, T, /shape is the number 6; it must be an array of integers/],
    ['a string', s, x6, { shape: '2,3' }, T, /shape is the string "2,3"/],
    ['bigints', s, x6, { shape: BigInt64Array.of(6n) }, T, /shape is a BigInt64Array/],
    ['beyond 2^53', s, x6, { shape: [2 ** 27, 2 ** 27] }, R, /too large/],
    ['beyond 2^53 around a 0', s, new Float32Array(0), { shape: [2 ** 30, 0, 2 ** 30] }, R, /too large/],
    ['beyond 2^32 - 1', s, x6, { shape: [2 ** 16, 2 ** 16] }, R, /too large.* 2\^32 - 1 elements/],
    ['lengths that are no safe integers', s, x6, { shape: [2 ** 60] }, R, /x has length/],
    ['too many lanes', l, new Float32Array(0), { shape: [2 ** 33, 0], axis: 1 }, R, /8589934592 lanes/],
    ['contradicts nested arrays', s, m23, { shape: [3, 2] }, R, /shape \[3, 2\] contradicts the shape of x, \[2, 3\]/],
    ['contradicts a number', s, 3, { shape: [1] }, R, /shape \[1\] contradicts the shape of x, \[\]/],
    ['contradicts an object', s, object({}), { shape: [6] }, R, /shape \[6\] contradicts the shape of x, \[2, 3\]/],
    // objects
    ['data of the wrong length', s, object({ shape: [2, 4] }), {}, R, /x has shape \[2, 4\] \(8 elements\) but data of length 6/],
    ['data too long', s, object({ shape: [2, 2] }), {}, R, /x has shape \[2, 2\] \(4 elements\) but data of length 6/],
    ['an offset that leaves too little', s, object({ offset: 1 }), {}, R, /6 elements from offset 1\) but data of length 6/],
    ['no shape', s, { data: x6 }, {}, T, /x has data \(a Float32Array of length 6\) but neither shape nor dims/],
    ['an image', s, { data: new Uint8ClampedArray(4), width: 1, height: 1 }, {}, T, /neither shape nor dims/],
    ['shape and dims that differ', s, object({ dims: [3, 2] }), {}, R, /both shape \[2, 3\] and dims \[3, 2\]/],
    ['a shape that is a number', s, object({ shape: 6 }), {}, T, /the shape of x is the number 6/],
    ['a shape that is a function', s, object({ shape: () => [6] }), {}, T, /the shape of x is a function/],
    ['a negative shape', s, object({ shape: [-2, -3] }), {}, R, /x has length -2 along axis 0/],
    ['a plain array as data', s, object({ data: [1, 2, 3, 4, 5, 6] }), {}, T, /the data of x is an Array of length 6; .*Float64Array\.from/],
    ['null as data', s, object({ data: null }), {}, T, /the data of x is null/],
    ['strings as data', s, object({ data: 'abcdef' }), {}, T, /the data of x is the string "abcdef"/],
    ['an ArrayBuffer as data', s, object({ data: new ArrayBuffer(24) }), {}, T, /the data of x is an ArrayBuffer.*new Float32Array/],
    ['a DataView as data', s, object({ data: new DataView(new ArrayBuffer(24)) }), {}, T, /the data of x is a DataView/],
    ['int64 data', s, object({ data: new BigInt64Array(6), type: 'int64' }), {}, T, /the data of x is a BigInt64Array of length 6, whose elements are bigints; .*Float64Array\.from\(x\.data, Number\)/],
    ['data that is a function (tfjs, jax-js)', s, { data: never, dataSync: never, shape: [6], dtype: 'float32' }, {}, T, /the data of x is a function, .*\n +const data = await t\.data\(\);\n +softmax\(data, \{ shape: t\.shape \}\);/],
    ['the same for logsumexp', l, { data: never, shape: [6] }, {}, T, /\n +logsumexp\(data, \{ shape: t\.shape \}\);/],
    ['a tensor on the GPU', s, { location: 'gpu-buffer', dims: [6], get data() { return never(); }}, {}, T, /location is 'gpu-buffer', not 'cpu'.*\n +const data = await t\.getData\(\);\n +softmax\(data, \{ shape: t\.dims \}\);/],
    ['a disposed tensor', s, { location: 'none', dims: [6], get data() { return never(); }}, {}, T, /location is 'none'/],
    ['complex numbers', s, object({ dtype: 'complex64' }), {}, T, /x is complex64/],
    ['too few strides', s, object({ strides: [3], offset: 0 }), {}, R, /1 strides \[3\] for shape \[2, 3\]; one stride for each axis/],
    ['too many strides', s, object({ strides: [6, 3, 1], offset: 0 }), {}, R, /3 strides \[6, 3, 1\] for shape \[2, 3\]/],
    ['strides that reach too far', s, object({ strides: [4, 1], offset: 0 }), {}, R, /reaches from 0 to 6, outside its data of length 6/],
    ['strides that reach below', s, object({ strides: [3, -1], offset: 1 }), {}, R, /reaches from -1 to 4, outside its data/],
    ['strides in bytes', s, object({ strides: [12, 4], offset: 0 }), {}, R, /outside its data of length 6; .*not bytes/],
    ['an offset that reaches too far', s, object({ strides: [3, 1], offset: 1 }), {}, R, /reaches from 1 to 6/],
    ['huge strides', s, object({ strides: [2 ** 52, 1], offset: 0 }), {}, R, /outside its data/],
    ['strides that are fractions', s, object({ strides: [1.5, 1], offset: 0 }), {}, R, /stride 1\.5/],
    ['strides that are infinite', s, object({ strides: [Infinity, 1], offset: 0 }), {}, R, /stride Infinity/],
    ['strides that are NaN', s, object({ strides: [NaN, 1], offset: 0 }), {}, T, /the strides of x has the number NaN at position 0/],
    ['strides that are strings', s, object({ strides: ['3', '1'], offset: 0 }), {}, T, /the strides of x has the string "3"/],
    ['strides that are a number', s, object({ stride: 3, offset: 0 }), {}, T, /the strides of x is the number 3/],
    ['a slice without offset (numpy-ts)', s, object({ shape: [2, 2], strides: [3, 1] }), {}, R, /no offset, so it may be a slice.*add offset/],
    ['negative strides without offset', s, object({ strides: [-3, -1] }), {}, R, /no offset.*add offset/],
    ['a negative offset', s, object({ offset: -1 }), {}, R, /the offset of x is -1/],
    ['an offset that is a fraction', s, object({ offset: 0.5 }), {}, R, /the offset of x is 0\.5/],
    ['an offset that is NaN', s, object({ offset: NaN }), {}, T, /the offset of x is the number NaN/],
    ['an offset that is a string', s, object({ offset: '0' }), {}, T, /the offset of x is the string "0"/],
    ['a view with stride 0 of too many elements', s, { data: f32(1), shape: [2 ** 20, 2 ** 20], strides: [0, 0], offset: 0 }, {}, R, /too large/],
    // buffers
    ['a detached array', s, detached(), {}, T, /the buffer of x is detached/],
    ['a detached array with a shape', s, detached(), flat, T, /the buffer of x is detached/],
    ['a detached array of integers', s, detached(Int8Array), {}, T, /the buffer of x is detached/],
    ['a detached array in an object', s, object({ data: detached() }), {}, T, /the buffer of x is detached/],
    ['a view on wasm memory that grew', s, grown(), {}, T, /the buffer of x is detached.*memory grew/],
    ['a view that is out of its shrunken buffer', s, shrunk(6, 20), {}, T, /shrank/],
    ['a length-tracking view out of its shrunken buffer', s, shrunk(undefined, 8), {}, T, /shrank/],
    ['a length-tracking view that is shorter now', s, shrunk(undefined, 32), flat, R, /x has 4 elements but shape \[2, 3\] takes 6/],
    ['a detached out', s, x6, { out: detached() }, T, /the buffer of out is detached/],
    ['a detached mask', s, x6, { where: detached(Uint8Array) }, T, /the buffer of where is detached/],
    // options
    ['a number', s, x6, -1, T, /options is the number -1; it must be an object such as \{ axis: -1 \}/],
    ['a string', s, x6, 'axis', T, /options is the string "axis"/],
    ['an array', s, x6, [0], T, /options is an Array of length 1/],
    ['a typed array', s, x6, f32(6), T, /options is a Float32Array of length 6/],
    ['a function', s, x6, never, T, /options is a function/],
    ['revoked', s, x6, revoked({}), T, /options is a proxy that has been revoked/],
    ['axes', s, x6, { axes: 1 }, T, /^softmax: there is no option axes, it is called axis here; the options are axis, theta, temperature, where, out, shape, dtype, precision$/],
    ['dim', s, x6, { dim: undefined }, T, /there is no option dim/],
    ['mask', l, x6, { mask: [true] }, T, /^logsumexp: there is no option mask, it is called where here; .*precision, keepdims, b, returnSign$/],
    ['toString', s, x6, { toString: never }, T, /there is no option toString/],
    ['keepdims for softmax', s, x6, { keepdims: true }, T, /the option keepdims does not apply here; the options are axis/],
    ['keepdims false for softmax', s, x6, { keepdims: false }, T, /keepdims does not apply/],
    ['b for softmax', s, x6, { b: 1 }, T, /the option b does not apply/],
    ['returnSign for softmax', s, x6, { returnSign: true }, T, /the option returnSign does not apply/],
    ['keepdims 1', l, x6, { keepdims: 1 }, T, /keepdims is the number 1; it must be true or false/],
    ['returnSign "yes"', l, x6, { returnSign: 'yes' }, T, /returnSign is the string "yes"/],
    ['theta as a string', s, x6, { theta: '2' }, T, /theta is the string "2"; it must be a number/],
    ['theta as a bigint', s, x6, { theta: 2n }, T, /theta is the bigint 2n/],
    ['theta as an array', s, x6, { theta: [2] }, T, /theta is an Array of length 1/],
    ['theta NaN', s, x6, { theta: NaN }, R, /theta is NaN; it must be finite/],
    ['theta infinite', s, x6, { theta: Infinity }, R, /theta is Infinity; it must be finite/],
    ['theta -infinite', s, x6, { theta: -Infinity }, R, /theta is -Infinity/],
    ['an unknown precision', s, x6, { precision: 'high' }, R, /precision is the string "high"; it must be 'fast' or 'exact'/],
    ['a precision that is a number', s, x6, { precision: 64 }, T, /precision is the number 64; it must be a string/],
    ['a dtype that is a number', s, x6, { dtype: 16 }, T, /dtype is the number 16; it must be a string/],
    ['an unknown dtype', s, new Uint16Array(2), { dtype: 'float8' }, R, /dtype is the string "float8" but x is a Uint16Array of length 2/],
    ['float16 of a Float32Array', s, x6, { dtype: 'float16' }, R, /dtype is the string "float16" but x is a Float32Array of length 6; .*Uint16Array/],
    ['float64 of a Float32Array', s, x6, { dtype: 'float64' }, R, /but x is a Float32Array of length 6/],
    ['bfloat16 of an Int16Array', s, new Int16Array(2), { dtype: 'bfloat16' }, R, /but x is an Int16Array of length 2/],
    ['float32 of numbers', s, m23, { dtype: 'float32' }, R, /but x is made of numbers, which are float64/],
    ['bfloat16 of an object that says float16', s, { data: new Uint16Array(2), shape: [2], dtype: 'float16' }, { dtype: 'bfloat16' }, R, /but x is a Uint16Array of length 2 that holds float16/],
    // where
    ['a string', s, m23, { where: 'yes' }, T, /where is the string "yes"; it must be a boolean, nested arrays/],
    ['a function', s, m23, { where: never }, T, /where is a function/],
    ['2', s, m23, { where: 2 }, R, /where holds 2 \(element 0\)/],
    ['an additive mask', s, m23, { where: Float32Array.of(0, -Infinity, 0) }, R, /where holds -Infinity \(element 1\).*Add an additive mask/],
    ['an additive mask with -0', s, m23, { where: [-0, -1e9, 0] }, R, /where\[1\] is -1000000000; a mask holds/],
    ['bytes of 255', s, m23, { where: Uint8Array.of(255, 0, 1) }, R, /where holds 255 \(element 0\)/],
    ['NaN', s, m23, { where: [NaN, 1, 1] }, R, /where\[0\] is NaN/],
    ['nested strings', s, m23, { where: [['a', 1, 1]] }, T, /where\[0\]\[0\] is the string "a"; a mask holds true or false/],
    ['null in it', s, m23, { where: [null, true, true] }, T, /where\[0\] is null; a mask holds/],
    ['a hole in it', s, m23, { where: [true, , true] }, T, /where\[1\] is a hole/],
    ['ragged', s, m23, { where: [[true], [true, false]] }, T, /where\[1\] has length 2 where where\[0\] has 1/],
    ['the wrong length', s, m23, { where: [true, false] }, R, /where of shape \[2\] does not broadcast to x of shape \[2, 3\]/],
    ['a typed array of the wrong length', s, m23, { where: new Uint8Array(5) }, R, /where of shape \[5\] does not broadcast to x of shape \[2, 3\]/],
    ['the wrong axis', s, m23, { where: [[true, true]] }, R, /where of shape \[1, 2\] does not broadcast to x of shape \[2, 3\]/],
    ['more axes than x', s, m23, { where: [[[true]]] }, R, /where of shape \[1, 1, 1\] does not broadcast to x of shape \[2, 3\]/],
    ['longer than x', s, [1], { where: [true, false] }, R, /where of shape \[2\] does not broadcast to x of shape \[1\]/],
    ['axes for a number', s, 3, { where: [true] }, R, /where of shape \[1\] does not broadcast to x of shape \[\]/],
    ['an object out of its data', s, m23, { where: { data: new Uint8Array(3), shape: [2, 3] } }, R, /where has shape \[2, 3\] \(6 elements\) but data of length 3/],
    ['a tensor elsewhere', s, m23, { where: { data: never, shape: [3] } }, T, /the data of where is a function/],
    ['float16 bits', s, m23, { where: { data: new Uint16Array(3), shape: [3], dtype: 'float16' } }, T, /where holds the bits of float16/],
    // b
    ['a string', l, m23, { b: '1' }, T, /b is the string "1"/],
    ['a boolean', l, m23, { b: true }, T, /b is the boolean true/],
    ['nested booleans', l, m23, { b: [true, false, true] }, T, /b\[0\] is the boolean true; every element must be a number/],
    ['the wrong length', l, m23, { b: [1, 2] }, R, /b of shape \[2\] does not broadcast to x of shape \[2, 3\]/],
    ['a typed array of the wrong length', l, m23, { b: new Float64Array(4) }, R, /b of shape \[4\] does not broadcast/],
    ['more axes than x', l, m23, { b: [[[1]]] }, R, /b of shape \[1, 1, 1\] does not broadcast/],
    ['bigints', l, m23, { b: BigInt64Array.of(1n) }, T, /b is a BigInt64Array/],
    ['bfloat16 bits', l, m23, { b: { data: new Uint16Array(3), shape: [3], dtype: 'bfloat16' } }, T, /b holds the bits of bfloat16/],
    // out
    ['true', s, x6, { out: true }, T, /out is the boolean true; it must be a typed array/],
    ['an array', s, m23, { out: [[0, 0, 0], [0, 0, 0]]}, T, /out is an Array of length 2; it must be a typed array/],
    ['a frozen array', s, m23, { out: Object.freeze([0]) }, T, /out is an Array of length 1/],
    ['a buffer', s, x6, { out: new ArrayBuffer(24) }, T, /out is an ArrayBuffer/],
    ['a DataView', s, x6, { out: new DataView(new ArrayBuffer(24)) }, T, /out is a DataView/],
    ['an object without data', s, x6, { out: {} }, T, /out is an object/],
    ['of float64 for float32', s, x6, { out: new Float64Array(6) }, T, /out is a Float64Array of length 6; the result is float32 and needs a Float32Array/],
    ['of float32 for float64', s, m23, { out: x6 }, T, /out is a Float32Array of length 6; the result is float64 and needs a Float64Array/],
    ['of integers for integers', s, new Uint8Array(2), { out: new Uint8Array(2) }, T, /the result is float64 and needs a Float64Array/],
    ['of float32 for 16 bits', s, new Uint16Array(2), { dtype: 'float16', out: f32(2) }, T, /the result is float16 and needs a Uint16Array/],
    ['of other 16 bits', s, new Uint16Array(2), { dtype: 'float16', out: { data: new Uint16Array(2), shape: [2], dtype: 'bfloat16' } }, T, /out says that it holds bfloat16; the result is float16/],
    ['too short', s, x6, { out: f32(5) }, R, /out has 5 elements; the result has shape \[6\] and needs 6/],
    ['too long', s, x6, { out: f32(7) }, R, /out has 7 elements; the result has shape \[6\] and needs 6/],
    ['of the size of x for a reduction', l, x6, { ...flat, axis: 0, out: f32(6) }, R, /out has 6 elements; the result has shape \[3\] and needs 3/],
    ['of another shape', s, x6, { ...flat, out: { data: f32(6), shape: [3, 2] } }, R, /out has shape \[3, 2\]; the result has shape \[2, 3\]/],
    ['of another rank', s, x6, { ...flat, out: { data: f32(6), shape: [6] } }, R, /out has shape \[6\]; the result has shape \[2, 3\]/],
    ['without the kept axis', l, x6, { ...flat, axis: 0, keepdims: true, out: { data: f32(3), shape: [3] } }, R, /out has shape \[3\]; the result has shape \[1, 3\]/],
    ['with a kept axis too many', l, x6, { ...flat, axis: 0, out: { data: f32(3), shape: [1, 3] } }, R, /out has shape \[1, 3\]; the result has shape \[3\]/],
    ['out of its data', s, x6, { ...flat, out: object({ data: f32(5) }) }, R, /out has shape \[2, 3\] \(6 elements\) but data of length 5/],
    ['strides out of its data', s, x6, { ...flat, out: object({ strides: [3, 2], offset: 0 }) }, R, /out with shape .* outside its data/],
    ['strides 0', s, x6, { ...flat, out: object({ strides: [0, 1], offset: 0 }) }, R, /out with shape \[2, 3\] and strides \[0, 1\] writes some places twice/],
    ['rows that overlap', s, x6, { ...flat, out: object({ strides: [2, 1], offset: 0 }) }, R, /writes some places twice/],
    ['strides that meet', s, x6, { ...flat, out: object({ data: f32(9), strides: [4, 2], offset: 0 }) }, R, /writes some places twice/],
    ['strides that meet in reverse', s, x6, { ...flat, out: object({ data: f32(9), strides: [-4, 2], offset: 4 }) }, R, /writes some places twice/],
    ['a tensor elsewhere', s, x6, { out: { data: never, shape: [6] } }, T, /the data of out is a function/],
    ['more elements than places', s, new Float32Array(400), { shape: [20, 20], out: { data: f32(60), shape: [20, 20], strides: [2, 1], offset: 0 } }, R, /twice/],
  ];

  test.each(rows)('%s', (_, of, x, options, error, message) => {
    let caught: unknown;
    try {
      of(x, options);
    } catch (e) {
      caught = e;
    }
    expect(caught).toBeInstanceOf(error);
    expect((caught as Error).message).toMatch(message);
    expect((caught as Error).message).toMatch(of === softmax ? /^softmax: / : /^logsumexp: /);
  });

  test('there are at least 120 of them', () => expect(rows.length).toBeGreaterThanOrEqual(120));

  test('what a library has put on Object.prototype is no option of a call', () => {
    const options = Object.create({ axis: -1 }); // inherited options count
    Object.assign(Object.prototype, { helper: 1 });
    try {
      expect(softmax(x6, { ...flat }).length).toBe(6);
      expect(softmax(m23, options).length).toBe(3);
    } finally {
      delete (Object.prototype as { helper?: number }).helper;
    }
  });

  test('an error of the user passes through unchanged', () => {
    const mine = new Error('mine');
    const thrower = {
      get data() {
        throw mine;
      },
    };
    expect(() => softmax(thrower)).toThrow(mine);
    expect(() => softmax(x6, { out: thrower })).toThrow(mine);
    expect(() =>
      softmax(x6, {
        get axis() {
          throw mine;
        },
      }),
    ).toThrow(mine);
    const list = new Proxy([1, 2], {
      get(target, key) {
        if (key === '1') throw mine;
        return Reflect.get(target, key);
      },
    });
    expect(() => softmax(list)).toThrow(mine);
    expect(() => softmax(x6, { shape: list })).toThrow(mine);
  });

  test('an array that changes while it is read is refused, not misread', () => {
    const rows: number[][] = [[1, 2]];
    const second = new Proxy([3, 4], {
      get(target, key) {
        if (key === '0') target.length = 1;
        return Reflect.get(target, key);
      },
    });
    rows.push(second);
    expect(() => softmax(rows)).toThrow(/softmax: x\[1\]/);
  });

  test('nothing is written by a call that is refused', () => {
    const out = f32(6);
    expect(() => softmax(x6, { ...flat, out, axis: 9 })).toThrow(RangeError);
    expect(out).toEqual(f32(6));
  });

  test('a result that memory cannot hold is a RangeError that names the function', () => {
    const x = { data: f32(1), shape: [65535, 65537], strides: [0, 0], offset: 0 };
    expect(() => softmax(x).fresh(2 ** 53 - 1)).toThrow(/^softmax: there is no memory for 9007199254740991 elements/);
  });
});
