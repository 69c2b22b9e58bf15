import ndarray from 'ndarray';
import { expect, test } from 'vitest';
import { toNested } from '../src/index.ts';
import { eachBuild } from './support/eachBuild.ts';
import { random } from './support/random.ts';
import { fromBits, roundExact, sameBits, ulpDistance } from './support/ulp.ts';
import { softmax as softmaxOf } from './support/oracle.ts';

// The rows of "Containers" in docs/semantics.md: the holders of arrays that people have, on every build. `ndarray` is the package
// itself. onnxruntime, transformers.js, numpy-ts, tfjs and jax-js are too heavy for a dependency or want a newer Node: here
// objects with the same fields stand for them, runtimes/containers.mjs takes the packages themselves.

type Any = (x: unknown, o?: unknown) => any;
type View = { data: Float32Array; shape: number[]; stride: number[]; offset: number; get(...at: number[]): number; [key: string]: any };

const normals = (n: number, seed: number | string = n): Float32Array => {
  const r = random(seed);
  return Float32Array.from({ length: n }, () => 3 * r.normal());
};

/** The elements of a scijs ndarray, row by row. */
function elements(view: View): number[] {
  const list: number[] = [];
  const walk = (at: number[]): void => {
    if (at.length === view.shape.length) list.push(view.get(...at));
    else for (let i = 0; i < view.shape[at.length]!; i++) walk([...at, i]);
  };
  walk([]);
  return list;
}

/** What onnxruntime-web and onnxruntime-common make: `data` is a getter that throws for a tensor elsewhere. */
class OrtTensor {
  readonly type: string;
  readonly #values: unknown;
  readonly dims: readonly number[];
  readonly location: string;
  constructor(type: string, values: unknown, dims: readonly number[], location = 'cpu') {
    this.type = type;
    this.#values = values;
    this.dims = dims;
    this.location = location;
  }
  get data(): unknown {
    if (this.location !== 'cpu') throw new Error('The data is not on CPU. Use `getData()` to download GPU data to CPU');
    return this.#values;
  }
  get size(): number {
    return this.dims.reduce((a, b) => a * b, 1);
  }
}

/** transformers.js: wraps an ONNX tensor behind a proxy that answers integer keys, and has a method `stride`. */
function transformersTensor(type: string, data: unknown, dims: number[]): object {
  const tensor = {
    ort_tensor: new OrtTensor(type, data, dims),
    get dims() { return this.ort_tensor.dims; },
    get type() { return this.ort_tensor.type; },
    get data() { return this.ort_tensor.data; },
    get size() { return this.ort_tensor.size; },
    get location() { return this.ort_tensor.location; },
    stride: () => dims.map((_, d) => dims.slice(d + 1).reduce((a, b) => a * b, 1)),
  };
  return new Proxy(tensor, { get: (target, key) => (typeof key === 'string' && /^\d+$/.test(key) ? {} : Reflect.get(target, key)) });
}

eachBuild('containers', (s) => {
  test('an array whose constructor says another class is what it is', () => {
    const saying = <T extends object>(x: T, constructor: unknown): T => Object.defineProperty(x, 'constructor', { value: constructor });
    const x = Int32Array.of(1, 3, 2), wanted = s.softmax(Int32Array.of(1, 3, 2));
    for (const Class of [Float32Array, Uint32Array, Float64Array, Object]) expect(s.softmax(saying(x.slice(), Class))).toEqual(wanted);
    expect(() => s.softmax(saying(new DataView(new ArrayBuffer(8)), Float32Array) as never)).toThrow(/^softmax: x is a DataView/);
  });
  const softmax = s.softmax as Any, logSoftmax = s.logSoftmax as Any, logsumexp = s.logsumexp as Any;
  const functions: [string, Any][] = [['softmax', softmax], ['logSoftmax', logSoftmax]];

  test('a number gives a number', () => {
    expect([softmax(2), logSoftmax(2), logsumexp(2), s.exp(0)]).toEqual([1, 0, 2, 1]);
  });

  test('lists that no window holds give the bits of float64, along every axis, and stay as they are', () => {
    const differs = (list: unknown, wanted: ArrayLike<number>, at = 0): number => {
      for (const v of list as unknown[]) {
        if (!Array.isArray(v)) { if (!Object.is(v, wanted[at++])) return NaN; } else at = differs(v, wanted, at);
      }
      return at;
    };
    for (const shape of [[70_000], [3, 30_000], [30_000, 3], [10, 7, 1000]]) {
      const flat = Float64Array.from(normals(shape.reduce((a, b) => a * b), 5)), list = toNested(flat, { shape }),
        mask = Uint8Array.from(flat, (v) => +(v > -2)), where = toNested(mask, { shape });
      for (let axis = 0; axis < shape.length; axis++) {
        for (const [name, f] of functions) {
          const what = `${name} [${shape}] ${axis}`;
          expect(differs(f(list, { axis }), f(flat, { shape, axis })), what).toBe(flat.length);
          expect(differs(f(list, { axis, theta: 0.7, where }), f(flat, { shape, axis, theta: 0.7, where: mask })), what).toBe(flat.length);
        }
      }
      expect(differs(list, flat)).toBe(flat.length);
    }
  });

  test('nested arrays keep their nesting to any depth, as plain arrays', () => {
    const x = [[[[1, 3, 2]]], [[[0, 0, 0]]]];
    const y = softmax(x, { axis: -1 });
    expect(y[0][0][0]).toEqual(softmax([1, 3, 2]));
    expect(y[1][0][0]).toEqual(softmax([0, 0, 0]));
    expect(Array.isArray(y[1][0][0])).toBe(true);
    expect(softmax([[], []], { axis: -1 })).toEqual([[], []]);
    expect(x[0]![0]![0]).toEqual([1, 3, 2]);
  });

  test('ragged arrays: TypeError with the path of the odd row', () => {
    expect(() => softmax([[1, 2], [3]])).toThrow(TypeError);
    expect(() => softmax([[1, 2], [3]])).toThrow('x[1] has length 1 where x[0] has 2');
    expect(() => softmax([[[1], [2]], [[1], 2]])).toThrow('x[1][1] is a number where x[0][0] is an array');
  });

  test('typed arrays give their class, flat, whatever the shape; a whole logsumexp is a number', () => {
    for (const type of [Float32Array, Float64Array]) {
      const y = softmax(type.of(1, 2, 3, 4), { shape: [2, 2], axis: 0 });
      expect(y).toBeInstanceOf(type);
      expect(y.length).toBe(4);
      expect(typeof logsumexp(type.of(1, 2))).toBe('number');
      expect(logsumexp(type.of(1, 2), { shape: [1, 2], axis: -1 })).toBeInstanceOf(type);
    }
    expect(softmax(Uint8Array.of(1, 3, 2))).toEqual(Float64Array.from(softmax([1, 3, 2])));
    expect(softmax(Buffer.from([1, 3, 2]))).toEqual(Float64Array.from(softmax([1, 3, 2])));
  });

  // scijs ndarray

  const base = (): View => ndarray(normals(2 * 3 * 4 * 5), [2, 3, 4, 5]);
  const views: [string, () => View][] = [
    ['as made', base],
    ['a slice (pick)', () => base().pick(1, -1, 2, -1)],
    ['a corner (lo, hi)', () => base().lo(0, 1, 1, 1).hi(2, 2, 2, 3)],
    ['every second (step)', () => base().step(1, 1, 2, 2)],
    ['backwards (negative step)', () => base().step(-1, 1, -1, -2)],
    ['transposed', () => base().transpose(3, 1, 0, 2)],
    ['a transposed, backward slice of a slice', () => base().pick(-1, 2).transpose(2, 0, 1).step(-2, 1, -1).lo(1)],
    ['on an offset view of a larger buffer', () => ndarray(normals(70).subarray(3), [4, 5], [1, 7], 20)],
    ['a row repeated by stride 0', () => ndarray(normals(5), [3, 5], [0, 1], 0)],
    ['empty', () => base().hi(2, 0, 4, 5)],
    ['rank 0', () => ndarray(normals(9), [], [], 4)],
  ];
  for (const [name, make] of views) {
    test(`scijs ndarray, ${name}`, () => {
      const view = make(), flat = Float32Array.from(elements(view)), rank = view.shape.length;
      const before = view.data.slice();
      const axes: unknown[] = [null, [], ...[...Array(rank).keys()], ...(rank > 2 ? [[0, 2], [2, 1]] : [])];
      for (const axis of axes) {
        for (const [, f] of functions) {
          const got = f(view, { axis }), want = f({ data: flat, shape: view.shape }, { axis });
          expect(got).toEqual({ data: want.data, shape: [...view.shape], dtype: 'float32' });
          expect(got.data).toEqual(f(flat, { shape: view.shape, axis }));
        }
        expect(logsumexp(view, { axis }).data).toEqual(logsumexp({ data: flat, shape: view.shape }, { axis }).data);
        // the result where another view of the same shape says, its neighbours untouched
        const wide = new Float32Array(2 * flat.length + 3).fill(7);
        const strides: number[] = [];
        for (let d = rank - 1, step = -2; d >= 0; step *= view.shape[d]!, d--) strides[d] = step;
        const out = ndarray(wide, view.shape, strides, flat.length === 0 ? 0 : 2 * flat.length) as View;
        expect(softmax(view, { axis, out })).toBe(out);
        expect(Float32Array.from(elements(out))).toEqual(softmax(flat, { shape: view.shape, axis }));
        wide.forEach((v, i) => (i % 2 === 0 && i >= 2 && i <= 2 * flat.length ? 0 : expect(v).toBe(7)));
      }
      expect(view.data).toEqual(before);
    });
  }

  test('scijs ndarray: out may be the view itself; a view that overlaps it otherwise is right as well', () => {
    for (const make of [base, () => base().transpose(3, 1, 0, 2), () => base().step(-1, 1, -1, 1)]) {
      for (const axis of [0, 2, [0, 3]]) {
        const view = make(), want = softmax(Float32Array.from(elements(view)), { shape: view.shape, axis });
        softmax(view, { axis, out: view });
        expect(Float32Array.from(elements(view))).toEqual(want);
      }
    }
    const data = normals(36), square: View = ndarray(data, [6, 6]), turned = square.transpose(1, 0);
    const want = softmax(data.slice(), { shape: [6, 6], axis: 0 });
    softmax(square, { axis: 0, out: turned });
    expect(Float32Array.from(elements(turned))).toEqual(want);
  });

  test('stdlib ndarray: strides, offset, order and dtype', () => {
    const data = normals(12), x = { data, shape: [3, 4], strides: [1, 3], offset: 0, order: 'column-major', dtype: 'float32', ndims: 2 };
    const rows = Float32Array.from({ length: 12 }, (_, i) => data[Math.floor(i / 4) + 3 * (i % 4)]!);
    expect(softmax(x, { axis: 1 }).data).toEqual(softmax(rows, { shape: [3, 4], axis: 1 }));
  });

  test('strides and offsets that reach outside the data: RangeError, nothing written', () => {
    const data = new Float32Array(12), out = new Float32Array(6).fill(7);
    const wrong: [object, RegExp][] = [
      [{ shape: [2, 3], strides: [6, 3], offset: 1 }, /reaches from 1 to 13/],
      [{ shape: [2, 3], strides: [-3, 1], offset: 0 }, /reaches from -3 to 2/],
      [{ shape: [2, 3], strides: [1], offset: 0 }, /1 strides \[1\] for shape \[2, 3\]/],
      [{ shape: [2, 3], strides: [0.5, 1], offset: 0 }, /stride 0\.5/],
      [{ shape: [2, 3], strides: [3, 1], offset: -1 }, /offset of x is -1/],
      [{ shape: [2, 3] }, /6 elements.*data of length 12/],
    ];
    for (const [fields, text] of wrong) {
      expect(() => softmax({ data, ...fields }, { out })).toThrow(RangeError);
      expect(() => softmax({ data, ...fields }, { out })).toThrow(text);
    }
    expect(out).toEqual(new Float32Array(6).fill(7));
    expect(() => softmax(new Float32Array(4), { shape: [2, 2], out: { data: new Float32Array(4), shape: [2, 2], strides: [1, 1], offset: 0 } })).toThrow(/twice/);
  });

  // onnxruntime, transformers.js

  test('onnxruntime tensors: dims in, dims out', () => {
    const data = normals(6), x = new OrtTensor('float32', data, [2, 3]);
    for (const [, f] of functions) {
      expect(f(x, { axis: -1 })).toEqual({ data: f(data, { shape: [2, 3], axis: -1 }), shape: [2, 3], dims: [2, 3], dtype: 'float32' });
    }
    expect(logsumexp(x, { axis: 0, keepdims: true })).toMatchObject({ shape: [1, 3], dims: [1, 3] });
  });

  test('onnxruntime float16 tensors: bits in a Uint16Array, no option needed, and the result can go in again', () => {
    const bits = Uint16Array.of(0x3c00, 0x4200, 0x4000, 0xfc00); // 1, 3, 2, -Infinity
    const y = softmax(new OrtTensor('float16', bits, [4]));
    expect(y).toMatchObject({ shape: [4], dims: [4], dtype: 'float16' });
    const exact = softmaxOf([1, 3, 2, -Infinity]);
    y.data.forEach((h: number, i: number) => {
      expect(ulpDistance(fromBits(BigInt(h), 'float16'), roundExact(exact[i]!, 'float16'), 'float16')).toBeLessThanOrEqual(1);
    });
    expect(logSoftmax(y)).toEqual(logSoftmax({ data: y.data, shape: [4], dims: [4], type: 'float16' }));
    expect(logSoftmax(y).data).toEqual(logSoftmax(y.data, { dtype: 'float16' }));
    const uints = softmax(new OrtTensor('uint16', Uint16Array.of(1, 3, 2), [3]));
    expect(uints.data).toEqual(Float64Array.from(softmax([1, 3, 2])));
  });

  test('onnxruntime int64 tensors and tensors on the GPU: TypeErrors that say what to do', () => {
    expect(() => softmax(new OrtTensor('int64', BigInt64Array.of(1n), [1]))).toThrow(TypeError);
    expect(() => softmax(new OrtTensor('int64', BigInt64Array.of(1n), [1]))).toThrow(/Float64Array\.from\(x\.data, Number\)/);
    for (const location of ['gpu-buffer', 'texture', 'ml-tensor']) {
      const x = new OrtTensor('float32', normals(2), [2], location);
      expect(() => softmax(x)).toThrow(TypeError);
      expect(() => softmax(x)).toThrow('const data = await t.getData();\n  softmax(data, { shape: t.dims });');
    }
  });

  test('transformers.js tensors: a proxy, and stride as a method', () => {
    const data = normals(6);
    expect(softmax(transformersTensor('float32', data, [2, 3]), { axis: -1 })).toEqual({
      data: softmax(data, { shape: [2, 3], axis: -1 }), shape: [2, 3], dims: [2, 3], dtype: 'float32',
    });
  });

  // numpy-ts

  test('numpy-ts: whole arrays, also in Fortran order; a slice, which hides its offset, is refused with the fix', () => {
    const data = normals(6), whole = { data, shape: [2, 3], strides: [3, 1], dtype: 'float32', flags: { C_CONTIGUOUS: true }, base: null };
    expect(softmax(whole, { axis: 0 }).data).toEqual(softmax(data, { shape: [2, 3], axis: 0 }));
    const fortran = { ...whole, strides: [1, 2] }, rows = Float32Array.from([0, 2, 4, 1, 3, 5], (i) => data[i]!);
    expect(softmax(fortran, { axis: 1 }).data).toEqual(softmax(rows, { shape: [2, 3], axis: 1 }));
    for (const slice of [{ ...whole, shape: [3], strides: [1], base: whole }, { ...whole, strides: [-3, 1], base: whole }, { ...whole, strides: [0, 1], base: whole }]) {
      expect(() => softmax(slice)).toThrow(RangeError);
      expect(() => softmax(slice)).toThrow(/no offset.*add offset .*or pass a contiguous copy/);
      expect(() => softmax(slice, { axis: 0 })).toThrow(RangeError);
    }
    const wasm = new WebAssembly.Memory({ initial: 1 }), view = new Float32Array(wasm.buffer, 36, 6);
    view.set(data);
    expect(softmax({ ...whole, data: view }, { axis: 0 }).data).toEqual(softmax(data, { shape: [2, 3], axis: 0 }));
  });

  // tfjs, jax-js

  test('tfjs and jax-js tensors: a TypeError with the two-line fix; nothing is called or consumed', () => {
    let calls = 0;
    const read = (): never => {
      calls++;
      throw new Error('consumed');
    };
    const tfjs = { shape: [2, 3], dtype: 'float32', size: 6, strides: [3], dataId: {}, data: read, dataSync: read, array: read };
    const jax = { shape: [2, 3], dtype: 'float32', refCount: 1, data: read, dataSync: read, js: read, [Symbol.toPrimitive]: read, toString: read };
    for (const x of [tfjs, jax]) {
      for (const [name, f] of [...functions, ['logsumexp', logsumexp], ['exp', s.exp]] as [string, Any][]) {
        expect(() => f(x)).toThrow(TypeError);
        expect(() => f(x)).toThrow(`const data = await t.data();\n  ${name}(data, { shape: t.shape });`);
      }
      expect(() => softmax([1, 2], { where: x })).toThrow(TypeError);
      expect(() => softmax([1, 2], { out: x })).toThrow(TypeError);
    }
    expect(calls).toBe(0);
  });

  test('Tensors of this package: a row-major result of their own, or no copy with out', () => {
    const t = s.tensor('float32', [2, 3], [1, 3, 2, 0, 0, 0]), out = s.tensor('float32', [2, 3]);
    const want = softmax(Float32Array.of(1, 3, 2, 0, 0, 0), { shape: [2, 3], axis: -1 });
    expect(softmax(t, { axis: -1 })).toEqual({ data: want, shape: [2, 3], dtype: 'float32' });
    expect(softmax(t, { axis: -1, out })).toBe(out);
    expect(new Float32Array(out.data)).toEqual(want);
    t.dispose();
    out.dispose();
    expect(() => softmax(t)).toThrow(/disposed/);
  });

  // memory of all sorts

  test('views at any byteOffset, aligned to 16 or not, and out at another', () => {
    for (const n of [1, 3, 16, 17, 33, 1000]) {
      const x = normals(n), want = softmax(x.slice());
      for (const type of [Float32Array, Float64Array]) {
        const expected = type === Float32Array ? want : softmax(Float64Array.from(x));
        for (let offset = 0; offset < 5; offset++) {
          const buffer = new ArrayBuffer((n + 8) * 8), size = type.BYTES_PER_ELEMENT;
          const view = new type(buffer, offset * size, n), out = new type(new ArrayBuffer((n + 8) * 8), (5 - offset) * size, n);
          view.set(x);
          expect(sameBits(softmax(view), expected)).toBe(true);
          expect(softmax(view, { out })).toBe(out);
          expect(sameBits(out, expected)).toBe(true);
          expect(sameBits(view, x)).toBe(true);
        }
      }
    }
  });

  test('SharedArrayBuffer: read and written like any other', () => {
    for (const n of [5, 40, 3000]) {
      const x = normals(n), shared = new Float32Array(new SharedArrayBuffer(4 * n)), out = new Float32Array(new SharedArrayBuffer(4 * n));
      shared.set(x);
      const y = softmax(shared);
      expect(y.buffer).not.toBeInstanceOf(SharedArrayBuffer);
      expect(sameBits(y, softmax(x))).toBe(true);
      expect(softmax(shared, { out })).toBe(out);
      expect(sameBits(out, y)).toBe(true);
      // two handles on one memory that overlap in part
      const both = new SharedArrayBuffer(4 * n + 4), from = new Float32Array(both, 0, n), to = new Float32Array(both, 4, n);
      from.set(x);
      softmax(from, { out: to });
      expect(sameBits(to, y)).toBe(true);
    }
  });

  test('detached buffers: a TypeError that says so, for x and out', () => {
    const x = normals(4), transferred = x.buffer as ArrayBuffer;
    structuredClone(transferred, { transfer: [transferred] });
    for (const [, f] of [...functions, ['logsumexp', logsumexp]] as [string, Any][]) {
      expect(() => f(x)).toThrow(TypeError);
      expect(() => f(x)).toThrow(/detached/);
    }
    expect(() => softmax({ data: x, shape: [4] })).toThrow(/detached/);
    expect(() => softmax(new Float32Array(4), { out: x })).toThrow(/detached/);
  });

  test('a view of a wasm memory that grew', () => {
    const memory = new WebAssembly.Memory({ initial: 1, maximum: 2 }), view = new Float32Array(memory.buffer, 4, 3);
    view.set([1, 3, 2]);
    expect(softmax(view)).toEqual(softmax(Float32Array.of(1, 3, 2)));
    memory.grow(1);
    expect(() => softmax(view)).toThrow(/detached/);
  });

  test('bits of float16 and bfloat16 in a Uint16Array, strided and at odd offsets', () => {
    const bits = Uint16Array.of(9, 0x3c00, 9, 0x4200, 9, 0x4000); // 1, 3, 2 among others
    const y = softmax({ data: bits, shape: [3], strides: [2], offset: 1, dtype: 'float16' });
    expect(y.data).toEqual(softmax(Uint16Array.of(0x3c00, 0x4200, 0x4000), { dtype: 'float16' }));
    const brain = Uint16Array.of(0, 0x3f80, 0x4040, 0x4000).subarray(1);
    expect(softmax(brain, { dtype: 'bfloat16' })).toEqual(softmax({ data: brain, shape: [3], dtype: 'bfloat16' }).data);
    const out = { data: new Uint16Array(5), shape: [3], strides: [-2], offset: 4 };
    softmax(brain, { dtype: 'bfloat16', out });
    expect([4, 2, 0].map((i) => out.data[i])).toEqual([...softmax(brain, { dtype: 'bfloat16' })]);
  });

  const Half = (globalThis as unknown as { Float16Array?: new (n: number | number[]) => Float32Array }).Float16Array;
  test.skipIf(Half === undefined)('Float16Array where the host has it: the same numbers as its bits', () => {
    const x = new Half!([1, 3, 2, -Infinity, 65504]), y = softmax(x);
    expect(y).toBeInstanceOf(Half);
    const bits = new Uint16Array(x.buffer);
    expect(new Uint16Array(y.buffer)).toEqual(softmax(bits, { dtype: 'float16' }));
    const out = new Half!(5);
    expect(softmax(x, { out })).toBe(out);
    expect(softmax({ data: x, dims: [5], type: 'float16' })).toMatchObject({ dtype: 'float16', dims: [5] });
  });

  const refused: [string, unknown, RegExp][] = [
    ['a bigint', 1n, /bigint 1n.*Number\(x\)/],
    ['a string', '1', /the string "1"/],
    ['a Date', new Date(0), /a Date.*Number\(x\)/],
    ['a DataView', new DataView(new ArrayBuffer(8)), /a DataView.*new Float32Array\(x\.buffer, /],
    ['an ArrayBuffer', new ArrayBuffer(8), /an ArrayBuffer/],
    ['a BigInt64Array', BigInt64Array.of(1n), /Float64Array\.from\(x, Number\)/],
    ['a sparse array', [1, , 3], /x\[1\] is a hole/],
    ['an array with null', [1, null], /x\[1\] is null/],
    ['an array of strings', ['1'], /x\[0\] is the string "1"/],
    ['rows of two classes', [[1, 2], new Float32Array(2)], /x\[1\] is a Float32Array.*all rows of one class/],
    ['a Promise', Promise.resolve(1), /await/],
    ['a Set', new Set([1]), /Array\.from/],
    ['null', null, /x is null/],
    ['nothing', undefined, /x is undefined/],
    ['an object without shape', { data: new Float32Array(2) }, /neither shape nor dims/],
    ['data that is a list', { data: [1, 2], shape: [2] }, /the data of x is an Array of length 2/],
    ['complex numbers', { data: new Float32Array(4), shape: [2], dtype: 'complex64' }, /complex64/],
  ];
  for (const [name, x, text] of refused) {
    test(`${name}: TypeError that says what to pass instead`, () => {
      expect(() => softmax(x)).toThrow(TypeError);
      expect(() => softmax(x)).toThrow(text);
    });
  }
});

// Last, for V8 11.3 (Node 20) misreads the length of detached arrays once code has seen resizable ones and is optimised.
eachBuild('containers', (s) => {
  test('an object whose own array is out is computed once', () => {
    const x = Float32Array.of(1, 3, 2), want = s.softmax(x);
    expect(s.softmax({ data: x, shape: [3] }, { out: x })).toBe(x);
    expect(x).toEqual(want);
  });

  const softmax = s.softmax as Any;
  const Resizable = ArrayBuffer as unknown as new (size: number, o: { maxByteLength: number }) => ArrayBuffer & { resize(n: number): void };
  test.skipIf(!('resize' in ArrayBuffer.prototype))('resizable buffers: a view that tracks its length, one that shrank, one that is out of bounds', () => {
    const buffer = new Resizable(48, { maxByteLength: 96 }), view = new Float32Array(buffer), fixed = new Float32Array(buffer, 32, 4);
    view.set(normals(12));
    expect(softmax(view)).toEqual(softmax(view.slice()));
    buffer.resize(96);
    expect(softmax(view).length).toBe(24);
    buffer.resize(20);
    expect(softmax(view).length).toBe(5);
    expect(() => softmax(view, { shape: [3, 4] })).toThrow(RangeError);
    expect(() => softmax({ data: view, shape: [3, 4] })).toThrow(RangeError);
    expect(() => softmax(fixed)).toThrow(/detached|shrank/);
    expect(() => softmax(new Float32Array(4), { out: fixed })).toThrow(/detached|shrank|0 elements/);
    buffer.resize(0);
    expect(softmax(view)).toEqual(new Float32Array(0));
  });
});
