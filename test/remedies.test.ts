import { expect, test } from 'vitest';
import { toNested } from '../src/index.ts';
import { eachBuild } from './support/eachBuild.ts';

// What errors say how to mend a call: each remedy is followed here, and has to give the result. Small stand-ins with the same
// members are there for packages.

type Any = any;

const argumentsOf = function () {
  return arguments;
} as (...all: number[]) => IArguments;

/** ml-matrix: the rows of a Matrix are Float64Arrays. */
class Matrix {
  data: Float64Array[];
  constructor(rows: number[][]) {
    this.data = rows.map((row) => Float64Array.from(row));
  }
  to2DArray(): number[][] {
    return this.data.map((row) => [...row]);
  }
}

/** apache-arrow: `data` has chunks. */
class Vector {
  readonly data: readonly object[];
  readonly values: Float32Array;
  constructor(values: Float32Array) {
    this.values = values;
    this.data = [{ values }];
  }
  get length(): number {
    return this.values.length;
  }
  get shape(): never {
    throw new Error('not asked for');
  }
  toArray(): Float32Array {
    return this.values;
  }
  get [Symbol.toStringTag](): string {
    return 'Vector<Float32>';
  }
}

/** mathjs keeps elements under another name; numjs has tolist. */
class DenseMatrix {
  readonly _data = [1, 3, 2];
  toArray(): number[] {
    return this._data;
  }
}
class NdArray {
  tolist(): number[] {
    return [1, 3, 2];
  }
}

/** transformers.js: tolist of an int64 tensor gives bigints. */
class Listed {
  readonly data = BigInt64Array.of(1n, 3n);
  readonly dims = [2];
  tolist(): bigint[] {
    return [...this.data];
  }
}

/** Vue: an object in `ref` or `reactive` is behind such a proxy; `toRaw` reads __v_raw, markRaw has it left alone. */
const reactive = (target: object): Any =>
  '__v_skip' in target
    ? target
    : new Proxy(target, { get: (on, key, receiver) => (key === '__v_raw' ? on : Reflect.get(on, key, receiver)) });
const toRaw = (proxy: Any): Any => proxy.__v_raw;
const markRaw = <T extends object>(target: T): T => Object.defineProperty(target, '__v_skip', { value: true });

const f = (...values: number[]): Float32Array => Float32Array.from(values),
  x = [1, 3, 2],
  f32 = f(...x),
  rows = [[1, 3], [2, 5]]; // prettier-ignore
const bits16 = Uint16Array.of(0x3c00, 0x4000, 0x4200), // 1, 2, 3
  bytes16 = new Uint8Array(Uint16Array.of(0, ...bits16).buffer, 2);
const detached = (): Float32Array => {
  const array = f(...x);
  structuredClone(array.buffer, { transfer: [array.buffer] });
  return array;
};
const parsed = JSON.parse(JSON.stringify([1, -Infinity, 2])) as Any[];
const parsedRows = JSON.parse(JSON.stringify([[1, -Infinity], [2, 0]])) as Any[][]; // prettier-ignore
const gpu = {
  location: 'gpu-buffer',
  dims: [3],
  getData: async () => f32,
  get data(): never {
    throw new Error('not on the CPU');
  },
};
const tfjs = { shape: [3], data: async () => f32 };

/** What is refused, the words that mend it, the same call mended, and what gives the same. */
type Row = readonly [name: string, wrong: (s: Any) => unknown, text: RegExp, right: (s: Any) => unknown, want: (s: Any) => unknown];

const soft = (s: Any): unknown => s.softmax(x),
  soft32 = (s: Any): unknown => s.softmax(f32),
  softRows = (s: Any): unknown => s.softmax(rows, { axis: -1 });

const table: Row[] = [
  // containers of others
  ['an ml-matrix Matrix', (s) => s.softmax(new Matrix(rows), { axis: -1 }), /; pass x\.to2DArray\(\)$/, (s) => s.softmax(new Matrix(rows).to2DArray(), { axis: -1 }), softRows],
  ['an apache-arrow Vector', (s) => s.softmax(new Vector(f32)), /; pass x\.toArray\(\)$/, (s) => s.softmax(new Vector(f32).toArray()), soft32],
  ['a mathjs matrix', (s) => s.softmax(new DenseMatrix()), /; pass x\.toArray\(\)$/, (s) => s.softmax(new DenseMatrix().toArray()), soft],
  ['a numjs array', (s) => s.softmax(new NdArray()), /; pass x\.tolist\(\)$/, (s) => s.softmax(new NdArray().tolist()), soft],
  ['labels in a Vector', (s) => s.oneHot(new Vector(f(1)), 2), /; pass labels\.toArray\(\)$/, (s) => s.oneHot(new Vector(f(1)).toArray(), 2), () => f(0, 1)],
  ['a Map', (s) => s.softmax(new Map([['a', 1], ['b', 3], ['c', 2]])), /Array\.from\(x\.values\(\)\)$/, (s) => s.softmax(Array.from(new Map([['a', 1], ['b', 3], ['c', 2]]).values())), soft],
  ['a Set', (s) => s.softmax(new Set(x)), /Array\.from\(x\)$/, (s) => s.softmax(Array.from(new Set(x))), soft],
  ['the values of a Map', (s) => s.softmax(new Map([[0, 1]]).values()), /Array\.from\(x\)$/, (s) => s.softmax(Array.from(new Map([[0, 1]]).values())), () => [1]],
  ['an iterator of an array', (s) => s.softmax(x.values()), /Array\.from\(x\)$/, (s) => s.softmax(Array.from(x.values())), soft],
  ['a generator', (s) => s.softmax((function* () { yield* x; })()), /Array\.from\(x\)$/, (s) => s.softmax(Array.from((function* () { yield* x; })())), soft],
  ['arguments', (s) => s.softmax(argumentsOf(1, 3, 2)), /Array\.from\(x\)$/, (s) => s.softmax(Array.from(argumentsOf(1, 3, 2))), soft],
  ['a text of JSON', (s) => s.softmax('[1, 3, 2]'), /; parse the text first, for instance with JSON\.parse$/, (s) => s.softmax(JSON.parse('[1, 3, 2]')), soft],
  ['a text of a number', (s) => s.exp('1'), /; convert with Number\(x\)$/, (s) => s.exp(Number('1')), (s) => s.exp(1)],
  ['a bigint', (s) => s.exp(1n), /; convert with Number\(x\)$/, (s) => s.exp(Number(1n)), (s) => s.exp(1)],
  ['a boxed number', (s) => s.exp(new Number(1)), /; convert with Number\(x\)$/, (s) => s.exp(Number(new Number(1))), (s) => s.exp(1)],
  ['scores by their names', (s) => s.softmax({ cat: 1, dog: 3, bird: 2 }), /; pass Object\.values\(x\)$/, (s) => s.softmax(Object.values({ cat: 1, dog: 3, bird: 2 })), soft],
  ['a Float32Array that went through JSON', (s) => s.softmax(JSON.parse(JSON.stringify(f32))), /; pass Object\.values\(x\)$/, (s) => s.softmax(Object.values(JSON.parse(JSON.stringify(f32)))), soft],
  ['an ArrayBuffer', (s) => s.softmax(f(...x).buffer), /new Float32Array\(x\)$/, (s) => s.softmax(new Float32Array(f(...x).buffer)), soft32],
  ['a DataView', (s) => s.softmax(new DataView(f(0, ...x).buffer, 4)), /new Float32Array\(x\.buffer, x\.byteOffset, x\.byteLength \/ 4\)$/, (s) => { const v = new DataView(f(0, ...x).buffer, 4); return s.softmax(new Float32Array(v.buffer, v.byteOffset, v.byteLength / 4)); }, soft32],
  ['a polyfilled Float16Array', (s) => s.softmax({ buffer: Uint16Array.of(0x3c00).buffer, [Symbol.toStringTag]: 'Float16Array' }), /as a Uint16Array with dtype: 'float16'$/, (s) => s.softmax(new Uint16Array(Uint16Array.of(0x3c00).buffer), { dtype: 'float16' }), () => Uint16Array.of(0x3c00)],
  ['a BigInt64Array', (s) => s.softmax(BigInt64Array.of(1n, 3n, 2n)), /Float64Array\.from\(x, Number\)$/, (s) => s.softmax(Float64Array.from(BigInt64Array.of(1n, 3n, 2n), Number)), (s) => s.softmax(Float64Array.from(x))],
  ['int64 data', (s) => s.softmax({ data: BigInt64Array.of(1n, 3n), shape: [2] }), /Float64Array\.from\(x\.data, Number\)$/, (s) => s.softmax({ data: Float64Array.from(BigInt64Array.of(1n, 3n), Number), shape: [2] }), (s) => s.softmax({ data: Float64Array.of(1, 3), shape: [2] })],
  ['int64 data of an object with tolist', (s) => s.softmax(new Listed()), /Float64Array\.from\(x\.data, Number\)$/, (s) => s.softmax({ data: Float64Array.from(new Listed().data, Number), shape: [2] }), (s) => s.softmax({ data: Float64Array.of(1, 3), shape: [2] })],
  ['bigint rows', (s) => s.softmax([BigInt64Array.of(1n, 3n)]), /Float64Array\.from\(row, Number\)$/, (s) => s.softmax([Float64Array.from(BigInt64Array.of(1n, 3n), Number)]), (s) => [s.softmax(Float64Array.of(1, 3))]],
  ['a plain list as data', (s) => s.softmax({ data: x, shape: [3] }), /; convert with Float64Array\.from\(x\.data\)$/, (s) => s.softmax({ data: Float64Array.from(x), shape: [3] }).data, (s) => s.softmax(Float64Array.from(x))],
  ['nested lists as data', (s) => s.softmax({ data: rows, shape: [2, 2] }, { axis: -1 }), /; nested arrays are passed as they are, without shape$/, (s) => s.softmax(rows, { axis: -1 }), softRows],

  // elements
  ['null of JSON', (s) => s.softmax(parsed), /x\[1\] is null; .*put it back with value \?\? -Infinity, or put 0 and hide it by where$/, (s) => s.softmax(parsed.map((value) => value ?? -Infinity)), (s) => s.softmax([1, -Infinity, 2])],
  ['null of JSON, by where', (s) => s.softmax(parsed), /or put 0 and hide it by where$/, (s) => s.softmax(parsed.map((v) => v ?? 0), { where: parsed.map((v) => v !== null) }), (s) => s.softmax([1, -Infinity, 2])],
  ['null of JSON in rows', (s) => s.crossEntropy(parsedRows, [0, 1]), /logits\[0\]\[1\] is null; .*value \?\? -Infinity/, (s) => s.crossEntropy(parsedRows.map((row) => row.map((value) => value ?? -Infinity)), [0, 1]), (s) => s.crossEntropy([[1, -Infinity], [2, 0]], [0, 1])],
  ['undefined', (s) => s.softmax([1, undefined, 2]), /x\[1\] is undefined; .*: put -Infinity for one that is missing, with value \?\? -Infinity, or put 0 and hide it by where$/, (s) => s.softmax([1, undefined, 2].map((value) => value ?? -Infinity)), (s) => s.softmax([1, -Infinity, 2])],
  ['undefined, by where', (s) => s.softmax([1, undefined, 2]), /or put 0 and hide it by where$/, (s) => s.softmax([1, 0, 2], { where: [1, 0, 1] }), (s) => s.softmax([1, -Infinity, 2])],
  ['undefined where no mask is taken', (s) => s.crossEntropy([[1, undefined]], [0]), /for one that is missing, with value \?\? -Infinity$/, (s) => s.crossEntropy([[1, -Infinity]], [0]), () => 0],
  ['the name of a class as target', (s) => s.crossEntropy([[1, 2]], ['cat']), /target\[0\] is the string "cat"; every element must be a number: give the index of its class, from 0 to classes - 1, as names\.indexOf\(\.\.\.\)$/, (s) => s.crossEntropy([[1, 2]], ['cat'].map((name) => ['dog', 'cat'].indexOf(name))), (s) => s.crossEntropy([[1, 2]], [1])],
  ['the name of a class alone', (s) => s.crossEntropy([1, 2], 'cat'), /names\.indexOf\(target\)$/, (s) => s.crossEntropy([1, 2], ['dog', 'cat'].indexOf('cat')), (s) => s.crossEntropy([1, 2], 1)],
  ['the name of a class as label', (s) => s.oneHot([['b']], 2), /labels\[0\]\[0\] is the string "b"; .*names\.indexOf\(\.\.\.\)/, (s) => s.oneHot([['b'].map((name) => ['a', 'b'].indexOf(name))], 2), () => [[[0, 1]]]],
  ['a text that is no number', (s) => s.softmax([1, '-inf', 2]), /: parse the text first, Number makes NaN of it$/, (s) => s.softmax([1, '-inf', 2].map((v) => (v === '-inf' ? -Infinity : v))), (s) => s.softmax([1, -Infinity, 2])],
  ['a text without a number', (s) => s.softmax([1, ' ']), /: parse the text first, Number makes 0 of it$/, (s) => s.softmax([1, -Infinity]), () => [1, 0]],
  ['a text among numbers', (s) => s.softmax(['1', '3', '2']), /convert with Number\(\.\.\.\)$/, (s) => s.softmax(['1', '3', '2'].map(Number)), soft],
  ['bigints in a list', (s) => s.oneHot([1n], 2), /convert with Number\(\.\.\.\)$/, (s) => s.oneHot([1n].map(Number), 2), () => [[0, 1]]],
  ['rows of two classes', (s) => s.softmax([f(1, 3), Float64Array.of(2, 5)], { axis: -1 }), /make them so for instance with Float64Array\.from\(row\)$/, (s) => s.softmax([f(1, 3), Float64Array.of(2, 5)].map((row) => Float64Array.from(row)), { axis: -1 }).map((row: Any) => [...row]), softRows],
  ['plain and typed rows', (s) => s.softmax([[1, 3], f(2, 5)], { axis: -1 }), /make all rows of one class, for instance with Float64Array\.from\(row\)$/, (s) => s.softmax([[1, 3], f(2, 5)].map((row) => Float64Array.from(row)), { axis: -1 }).map((row: Any) => [...row]), softRows],
  ['ragged rows, padded', (s) => s.softmax([[1, 3, 2], [1]], { axis: -1 }), /pad the rows and mask the padding with where/, (s) => s.softmax([[1, 3, 2], [1, 0, 0]], { axis: -1, where: [[1, 1, 1], [1, 0, 0]] }), (s) => [s.softmax(x), [1, 0, 0]]],
  ['ragged rows, one by one', (s) => s.softmax([[1, 3, 2], [1]], { axis: -1 }), /or call once for each row$/, (s) => [[1, 3, 2], [1]].map((row) => s.softmax(row)), (s) => [s.softmax(x), [1]]],
  ['rows of other depths', (s) => s.softmax([[1, 3], 2]), /nest every row to the same depth$/, (s) => s.softmax([[1], [3], [2]]), (s) => (s.softmax(x) as number[]).map((v) => [v])],
  ['a mask of 0 and 2', (s) => s.softmax(x, { where: [2, 0, 2] }), /a mask holds true or false, or 1 or 0$/, (s) => s.softmax(x, { where: [1, 0, 1] }), (s) => s.softmax([1, -Infinity, 2])],
  ['an additive mask', (s) => s.softmax(x, { where: [0, -Infinity, 0] }), /or 1 or 0\. Add an additive mask \(0 and -Infinity\) to x instead, or pass mask\.map\(\(m\) => m === 0\)$/, (s) => s.softmax(x, { where: [0, -Infinity, 0].map((m) => m === 0) }), (s) => s.softmax([1, -Infinity, 2])],
  ['an additive mask of rows', (s) => s.softmax(rows, { axis: -1, where: [[0, -1e9], [0, 0]] }), /, or pass mask\.map\(\(m\) => m\.map\(\(m\) => m === 0\)\)$/, (s) => s.softmax(rows, { axis: -1, where: [[0, -1e9], [0, 0]].map((m) => m.map((m) => m === 0)) }), (s) => s.softmax([[1, -Infinity], [2, 5]], { axis: -1 })],
  ['an additive typed mask, as a mask', (s) => s.softmax(x, { where: f(0, -Infinity, 0) }), /, or pass mask\.map\(\(m\) => m === 0\)$/, (s) => s.softmax(x, { where: f(0, -Infinity, 0).map((m: Any) => (m === 0) as Any) }), (s) => s.softmax([1, -Infinity, 2])],
  ['an additive typed mask', (s) => s.softmax(x, { where: f(0, -Infinity, 0) }), /Add an additive mask \(0 and -Infinity\) to x instead, or/, (s) => s.softmax(x.map((v, i) => v + [0, -Infinity, 0][i]!)), (s) => s.softmax([1, -Infinity, 2])],

  // proxies
  ['a typed array behind a proxy', (s) => s.softmax(reactive(f32)), /x is a proxy or an heir of a typed array; .*; pass the array itself, in Vue toRaw\(x\)$/, (s) => s.softmax(toRaw(reactive(f32))), soft32],
  ['a typed array behind a proxy that knows its class', (s) => s.softmax(new Proxy(f32, { get: (on, key) => Reflect.get(on, key) })), /x is a proxy or an heir of a Float32Array; .*pass the array itself/, (s) => s.softmax(f32), soft32],
  ['data behind a proxy', (s) => s.softmax({ data: new Proxy(f32, {}), shape: [3] }), /the data of x is a proxy or an heir of a typed array; .*toRaw\(x\.data\)$/, (s) => s.softmax({ data: toRaw(reactive(f32)), shape: [3] }).data, soft32],
  ['a proxy of a tensor', (s) => s.softmax(reactive(s.tensor('float32', [3], x))), /data was asked of a proxy .* or take the tensor itself, toRaw\(t\)$/, (s) => s.softmax(toRaw(reactive(s.tensor('float32', [3], x)))).data, soft32],
  ['a proxy of a tensor, kept raw', (s) => s.softmax(reactive(s.tensor('float32', [3], x))), /in Vue with markRaw or shallowRef/, (s) => s.softmax(reactive(markRaw(s.tensor('float32', [3], x)))).data, soft32],
  ['data of a proxy of a tensor', (s) => reactive(s.tensor('float32', [1])).data, /^tensor: data was asked of a proxy/, (s) => toRaw(reactive(s.tensor('float32', [1]))).data, () => f(0)],
  ['dispose of a proxy of a tensor', (s) => reactive(s.tensor('float32', [1])).dispose(), /^tensor: dispose\(\) was asked of a proxy/, (s) => toRaw(reactive(s.tensor('float32', [1]))).dispose(), () => undefined],
  ['a tensor that was disposed', (s) => { const t = s.tensor('float32', [3], x); t.dispose(); return s.softmax(t); }, /; make a new one$/, (s) => s.softmax(s.tensor('float32', [3], x)).data, soft32],

  // shapes, strides, buffers
  ['a detached buffer', (s) => s.softmax(detached()), /; make a new Float32Array on the present buffer$/, (s) => s.softmax(new Float32Array(f(...x).buffer)), soft32],
  ['a shape that does not fit', (s) => s.softmax(f32, { shape: [2, 2] }), /the product of the shape must be the length$/, (s) => s.softmax(f32, { shape: [1, 3] }), soft32],
  ['data without shape', (s) => s.softmax({ data: f32 }), /; add shape, or pass the data itself with the option shape$/, (s) => [s.softmax({ data: f32, shape: [3] }).data, s.softmax(f32, { shape: [3] })], (s) => [soft32(s), soft32(s)]],
  ['the shape of an object again', (s) => s.softmax({ data: f32, shape: [3] }, { shape: [1, 3] }), /leave it out or give x itself that shape$/, (s) => [s.softmax({ data: f32, shape: [3] }).data, s.softmax({ data: f32, shape: [1, 3] }).data], (s) => [soft32(s), soft32(s)]],
  ['the shape of a number', (s) => s.softmax(1, { shape: [1] }), /leave it out$/, (s) => s.softmax(1), () => 1],
  ['the shape of a flat list', (s) => s.softmax(rows.flat(), { shape: [2, 2], axis: -1 }), /; it is meant for flat typed arrays: pass Float64Array\.from\(x\), or nested rows$/, (s) => [toNested(s.softmax(Float64Array.from(rows.flat()), { shape: [2, 2], axis: -1 }), { shape: [2, 2] }), s.softmax(rows, { axis: -1 })], (s) => [softRows(s), softRows(s)]],
  ['the shape of nested rows again', (s) => s.softmax([[1, 3, 2, 5]], { shape: [2, 2], axis: -1 }), /leave it out or give x itself that shape$/, (s) => s.softmax([[1, 3], [2, 5]], { axis: -1 }), softRows],
  ['shape and dims that differ', (s) => s.softmax({ data: f32, shape: [3], dims: [1, 3] }), /they must agree$/, (s) => s.softmax({ data: f32, shape: [3], dims: [3] }).data, soft32],
  ['a part of the data', (s) => s.softmax({ data: f(0, ...x), shape: [3] }), /or say where the elements lie with strides and offset$/, (s) => s.softmax({ data: f(0, ...x), shape: [3], strides: [1], offset: 1 }).data, soft32],
  ['strides without offset', (s) => s.softmax({ data: f(...x, 0), shape: [3], strides: [1] }), /add offset \(0 if it starts at the first element\), or pass a contiguous copy$/, (s) => [s.softmax({ data: f(...x, 0), shape: [3], strides: [1], offset: 0 }).data, s.softmax(f(...x, 0).slice(0, 3))], (s) => [soft32(s), soft32(s)]],
  ['strides in bytes', (s) => s.softmax({ data: f32, shape: [3], strides: [4], offset: 0 }), /count elements, not bytes$/, (s) => s.softmax({ data: f32, shape: [3], strides: [1], offset: 0 }).data, soft32],
  ['too few strides', (s) => s.softmax({ data: f32, shape: [1, 3], strides: [1], offset: 0 }), /one stride for each axis, counted in elements$/, (s) => s.softmax({ data: f32, shape: [1, 3], strides: [3, 1], offset: 0 }).data, soft32],
  ['an axis out of range', (s) => s.softmax(x, { axis: 1 }), /; use -1 \.\. 0$/, (s) => s.softmax(x, { axis: -1 }), soft],
  ['an axis of a typed array without a shape', (s) => s.softmax(f(...rows.flat()), { axis: 1 }), /; use -1 \.\. 0, or say what rows there are by shape: \[rows, columns\]$/, (s) => s.softmax(f(...rows.flat()), { axis: 1, shape: [2, 2] }), (s) => s.softmax({ data: f(...rows.flat()), shape: [2, 2] }, { axis: 1 }).data],
  ['axes of a typed array without a shape', (s) => s.logsumexp(Float64Array.from(rows.flat()), { axis: [0, 1] }), /, or say what rows there are by shape: \[rows, columns\]$/, (s) => s.logsumexp(Float64Array.from(rows.flat()), { axis: [0, 1], shape: [2, 2] }), (s) => s.logsumexp(rows)],
  ['an axis of a number', (s) => s.softmax(1, { axis: 0 }), /; leave axis out$/, (s) => s.softmax(1), () => 1],
  ['an axis twice', (s) => s.softmax(rows, { axis: [0, -2] }), /name each axis once$/, (s) => s.softmax(rows, { axis: [0] }), (s) => s.softmax(rows, { axis: 0 })],
  ['a mask that does not broadcast', (s) => s.softmax(rows, { where: [1, 1, 1] }), /aligned at the last axis, each length must be 1 or that of x$/, (s) => s.softmax(rows, { where: [[1], [1]] }), (s) => s.softmax(rows)],
  ['a dtype that is no 16 bits', (s) => s.softmax(f32, { dtype: 'float32x' }), /, leave it out$/, (s) => s.softmax(f32), soft32],
  ...['fp16', 'half', 'f16', 'Float16', 'FLOAT16', 'torch.float16'].map((dtype): Row =>
    [`a dtype spelt ${dtype}`, (s) => s.softmax(bits16, { dtype }), /; dtype: 'float16' is how it is spelt here$/, (s) => s.softmax(bits16, { dtype: 'float16' }), (s) => s.softmax({ data: bits16, shape: [3], dtype }).data]),
  ...['bf16', 'BFloat16', 'torch.bfloat16'].map((dtype): Row =>
    [`a dtype spelt ${dtype}`, (s) => s.softmax([bits16], { dtype }), /; dtype: 'bfloat16' is how it is spelt here$/, (s) => s.softmax([bits16], { dtype: 'bfloat16' })[0], (s) => s.softmax({ data: bits16, dims: [3], type: dtype }).data]),
  ...['float32', 'int16', 'float8'].map((dtype): Row =>
    [`a dtype ${dtype} of a Uint16Array`, (s) => s.softmax(bits16, { dtype }), /; dtype says what a Uint16Array holds: 'float16', 'bfloat16', or 'uint16' for integers$/, (s) => [toNested(bits16, { dtype: 'float16' }), s.softmax(bits16, { dtype: 'uint16' })], (s) => [[1, 2, 3], s.softmax(bits16)]]),
  ['bytes of float16', (s) => s.softmax(bytes16, { dtype: 'fp16' }), /; pass its bytes as new Uint16Array\(x\.buffer, x\.byteOffset, x\.byteLength \/ 2\) with dtype: 'float16'$/, (s) => s.softmax(new Uint16Array(bytes16.buffer, bytes16.byteOffset, bytes16.byteLength / 2), { dtype: 'float16' }), (s) => s.softmax(bits16, { dtype: 'float16' })],
  ['bytes of bfloat16 in rows', () => toNested([bytes16], { dtype: 'bfloat16' }), /; pass its bytes as new Uint16Array\(row\.buffer, row\.byteOffset, row\.byteLength \/ 2\) with dtype: 'bfloat16'$/, () => (toNested([new Uint16Array(bytes16.buffer, bytes16.byteOffset, bytes16.byteLength / 2)], { dtype: 'bfloat16' }) as Any)[0], () => toNested(bits16, { dtype: 'bfloat16' })],
  ['an object of bytes that says F16, as of safetensors', (s) => s.softmax({ data: bytes16, shape: [3], dtype: 'F16' }), /^softmax: x says that it holds F16 but its data is a Uint8Array of length 6; pass its bytes as new Uint16Array\(x\.data\.buffer, x\.data\.byteOffset, x\.data\.byteLength \/ 2\) with dtype: 'float16'$/, (s) => s.softmax({ data: new Uint16Array(bytes16.buffer, bytes16.byteOffset, bytes16.byteLength / 2), shape: [3], dtype: 'float16' }), (s) => s.softmax({ data: bits16, shape: [3], dtype: 'F16' })],
  ['an object of bits in an Int16Array', (s) => s.softmax({ data: new Int16Array(bits16.buffer), shape: [3], strides: [1], offset: 0, type: 'half' }), /new Uint16Array\(x\.data\.buffer, x\.data\.byteOffset, x\.data\.byteLength \/ 2\) with dtype: 'float16'$/, (s) => s.softmax({ data: new Uint16Array(bits16.buffer, 0, 3), shape: [3], dtype: 'float16' }).data, (s) => s.softmax(bits16, { dtype: 'float16' })],
  ['a dtype that contradicts the object', (s) => s.softmax({ data: bits16, shape: [3], dtype: 'float16' }, { dtype: 'uint16' }), /; leave it out, or say in x itself what it holds$/, (s) => [s.softmax({ data: bits16, shape: [3], dtype: 'float16' }).data, s.softmax({ data: bits16, shape: [3], dtype: 'uint16' }).data], (s) => [s.softmax(bits16, { dtype: 'float16' }), s.softmax(bits16)]],
  ['weights of 16 bits', (s) => s.logsumexp([1, 2], { b: { data: Uint16Array.of(0x3c00, 0x3c00), shape: [2], dtype: 'float16' } }), /; pass its values, for instance as a Float32Array$/, (s) => s.logsumexp([1, 2], { b: f(1, 1) }), (s) => s.logsumexp([1, 2])],

  // out
  ['an out of another shape', (s) => s.softmax(rows, { out: { data: new Float64Array(4), shape: [4] } }), /, give out the same$/, (s) => [...s.softmax(rows, { out: { data: new Float64Array(4), shape: [2, 2] } }).data], (s) => s.softmax(rows).flat()],
  ['an out of another class', (s) => s.softmax(f32, { out: new Float64Array(3) }), /and needs a Float32Array$/, (s) => s.softmax(f32, { out: new Float32Array(3) }), soft32],
  ['an out that writes twice', (s) => s.softmax(f32, { out: { data: f(0), shape: [3], strides: [0], offset: 0 } }), /give every element a place of its own$/, (s) => s.softmax(f32, { out: { data: f(0, 0, 0), shape: [3], strides: [1], offset: 0 } }).data, soft32],

  // options
  ['a temperature of 0', (s) => s.softmax(x, { temperature: 0 }), /; use argmax, or give a temperature other than 0$/, (s) => [s.oneHot(s.argmax(x), 3), s.softmax(x, { temperature: 1e-3 })], () => [[0, 1, 0], [0, 1, 0]]],
  ['a temperature as a text', (s) => s.softmax(x, { temperature: '0.5' }), /it must be a number, 1 \/ theta; convert with Number\(temperature\)$/, (s) => s.softmax(x, { temperature: Number('0.5') }), (s) => s.softmax(x, { theta: 2 })],
  ['a theta as a text', (s) => s.softmax(x, { theta: '2' }), /; convert with Number\(theta\)$/, (s) => s.softmax(x, { theta: Number('2') }), (s) => s.softmax(x, { temperature: 0.5 })],
  ['a k as a text', (s) => s.topk(x, '2'), /; convert with Number\(k\)$/, (s) => s.topk(x, Number('2')), (s) => s.topk(x, 2)],
  ['a topK and a topP as texts', (s) => s.sample(x, { topK: '1' }), /; convert with Number\(topK\)$/, (s) => s.sample(x, { topK: Number('1'), topP: Number('0.1') }), () => 1],
  ['a topK of 0', (s) => s.sample(x, { topK: 0, random: () => 0.999 }), /an integer from 1 on, how many of the largest entries may be drawn, or left out, so that all may$/, (s) => s.sample(x, { random: () => 0.999 }), (s) => s.sample(x, { topK: 3, random: () => 0.999 })],
  ['theta beside temperature', (s) => s.softmax(x, { theta: 2, temperature: 0.5 }), /theta is 1 \/ temperature, give one$/, (s) => s.softmax(x, { temperature: 0.5 }), (s) => s.softmax(x, { theta: 2 })],
  ['an option by another name', (s) => s.softmax(rows, { dim: 1 }), /it is called axis here;/, (s) => s.softmax(rows, { axis: 1 }), softRows],
  ...([['temprature', 'temperature', 0.5], ['tempature', 'temperature', 0.5], ['temperatur', 'temperature', 0.5], ['axs', 'axis', -1], ['precison', 'precision', 'exact'], ['wher', 'where', [[1, 0], [1, 1]]], ['shapes', 'shape', [2, 2]], ['thetaa', 'theta', 2], ['otu', undefined, 1], ['q', undefined, 1]] as const).map(([name, here, value]): Row =>
    [`an option misspelt ${name}`, (s) => s.softmax(rows, { [name]: value }), new RegExp(here === undefined ? `^softmax: there is no option ${name}; the options are axis, ` : `^softmax: there is no option ${name}, did you mean ${here}; the options are axis, `), (s) => s.softmax(rows, here === undefined ? {} : { [here]: value }), (s) => s.softmax(rows, ({ axis: { axis: 1 }, temperature: { theta: 2 }, theta: { temperature: 0.5 }, where: { where: Uint8Array.of(1, 0, 1, 1), shape: [2, 2] } } as Any)[here ?? ''] ?? {})]),
  ['a seed', (s) => s.sample(x, { seed: 5 }), /^sample: there is no option seed, give a generator with that seed as random; /, (s) => s.sample(x, { random: () => 0.01 }), () => 0],
  ['options that are an axis', (s) => s.softmax(rows, -1), /it must be an object such as \{ axis: -1 \}$/, (s) => s.softmax(rows, { axis: -1 }), softRows],

  // losses and labels
  ['logits of rank 0', (s) => s.crossEntropy(1, 0), /give the logits of all classes, for instance \[1, 3, 2\]$/, (s) => s.crossEntropy([1, 3, 2], 0), (s) => s.crossEntropy([[1, 3, 2]], [0])],
  ['no class axis', (s) => s.crossEntropy(rows, [0, 1], { axis: [] }), /say along which axis they lie, -1 for the last$/, (s) => s.crossEntropy(rows, [0, 1], { axis: -1 }), (s) => s.crossEntropy(rows, [0, 1])],
  ['ignoreIndex with probabilities', (s) => s.crossEntropy(rows, rows, { ignoreIndex: 1 }), /it is meant for class indices, leave it out$/, (s) => s.crossEntropy(rows, rows), (s) => s.crossEntropy(rows, rows, { reduction: 'mean' })],
  ['weights for other classes', (s) => s.crossEntropy(rows, [0, 1], { classWeights: [1] }), /there are 2 classes, give one weight for each$/, (s) => s.crossEntropy(rows, [0, 1], { classWeights: [1, 1] }), (s) => s.crossEntropy(rows, [0, 1])],
  ['a target of another shape', (s) => s.crossEntropy(rows, [0]), /give a class index for each lane \(shape \[2\], 2 of them\) or a probability for each logit \(4\)$/, (s) => [s.crossEntropy(rows, [0, 1]), s.crossEntropy(rows, [[1, 0], [0, 1]])], (s) => [s.crossEntropy(rows, Int32Array.of(0, 1)), s.crossEntropy(rows, Int32Array.of(0, 1))]],
  ['classes along another axis, as in PyTorch', (s) => s.crossEntropy([[[1, 9, 9, 9], [2, 0, 0, 0], [3, 0, 0, 0]]], [[2, 0, 0, 0]]), /or a probability for each logit \(12\), or axis: 1 if the classes lie along it$/, (s) => s.crossEntropy([[[1, 9, 9, 9], [2, 0, 0, 0], [3, 0, 0, 0]]], [[2, 0, 0, 0]], { axis: 1, reduction: 'sum' }), (s) => s.crossEntropy([[1, 2, 3], [9, 0, 0], [9, 0, 0], [9, 0, 0]], [2, 0, 0, 0], { reduction: 'sum' })],
  ['classes along either of two axes', (s) => s.crossEntropy([[[1, 2], [3, 4], [5, 6]]], [[0, 1]]), /, or axis: 1 if/, (s) => s.crossEntropy([[[1, 2], [3, 4], [5, 6]]], [[0, 1]], { axis: 1 }), (s) => s.crossEntropy([[1, 3, 5], [2, 4, 6]], [0, 1])],
  ['classes along the first axis', (s) => s.crossEntropy([[1, 2, 4], [3, 5, 5]], [0, 1, 1]), /, or axis: 0 if/, (s) => s.crossEntropy([[1, 2, 4], [3, 5, 5]], [0, 1, 1], { axis: 0 }), (s) => s.crossEntropy([[1, 3], [2, 5], [4, 5]], [0, 1, 1])],
  ['labels of a typed array without a shape', (s) => s.crossEntropy(Float64Array.from(rows.flat()), [0, 1]), /, or say what rows there are by shape: \[rows, columns\]$/, (s) => s.crossEntropy(Float64Array.from(rows.flat()), [0, 1], { shape: [2, 2] }), (s) => s.crossEntropy(rows, [0, 1])],
  ['a label where there are no classes', (s) => s.oneHot([0], 0), /^oneHot: labels\[0\] is 0, out of range; there are no classes that a label could name, give one at least$/, (s) => s.oneHot([0], 1), () => [[1]]],
  ['a label of empty lanes', (s) => s.crossEntropy([[]], [0]), /there are no classes that a label could name, give one at least, or -100 \(ignoreIndex\) for what does not count$/, (s) => s.crossEntropy([[1]], [0]), () => 0],
  ['the largest of empty lanes', (s) => s.topk([], 1), /^topk: k is 1; it must be 0, for the lanes are empty \(shape \[0\]\)$/, (s) => s.topk([], 0), () => ({ values: [], indices: [] })],
  ['an out that takes indices', (s) => s.argmax([1, 2], { out: new Float64Array(1) }), /and needs an Int32Array$/, (s) => [...s.argmax([1, 2], { out: new Int32Array(1) })], () => [1]],
  ['a label out of range', (s) => s.crossEntropy(rows, [0, 2]), /labels are integers from 0 to 1, or -100 \(ignoreIndex\) for what does not count$/, (s) => s.crossEntropy(rows, [0, -100]), (s) => s.crossEntropy(rows[0], 0)],
  ['gradients of two shapes', (s) => s.softmaxGradient(rows, x), /give both the same$/, (s) => s.softmaxGradient([[0.5, 0.5]], [[1, 0]]), () => [[0.25, -0.25]]],
]; // prettier-ignore

eachBuild('the remedy for', (s) => {
  test.each(table)('%s gives the result when it is followed', (_, wrong, text, right, want) => {
    expect(() => wrong(s)).toThrow(text);
    expect(right(s)).toEqual(want(s));
  });

  test('values elsewhere is what the lines of the error say', async () => {
    expect(() => s.softmax(gpu as Any)).toThrow('const data = await t.getData();\n  softmax(data, { shape: t.dims });');
    expect(s.softmax(await gpu.getData(), { shape: gpu.dims })).toEqual(s.softmax(f32));
    expect(() => s.softmax(tfjs as Any)).toThrow('const data = await t.data();\n  softmax(data, { shape: t.shape });');
    expect(s.softmax(await tfjs.data(), { shape: tfjs.shape })).toEqual(s.softmax(f32));
    expect(() => s.topk(tfjs as Any, 2)).toThrow('topk(data, k, { shape: t.shape });');
    expect(s.topk(await tfjs.data(), 2, { shape: tfjs.shape })).toEqual(s.topk(f32, 2));
    expect(() => s.softmaxGradient(f32, tfjs as Any)).toThrow('const dy = { data, shape: t.shape };');
    expect(s.softmaxGradient(f32, { data: await tfjs.data(), shape: tfjs.shape })).toEqual(s.softmaxGradient(f32, f32));
    const promise = tfjs.data();
    expect(() => s.softmax(promise as Any)).toThrow(/; await it first$/);
    expect(s.softmax(await promise)).toEqual(s.softmax(f32));
  });
});
