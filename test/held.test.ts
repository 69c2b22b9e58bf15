import { expect, test } from 'vitest';
import { eachBuild } from './support/eachBuild.ts';
import { createSoftmax } from '../src/index.ts';
import { measure } from '../src/input/nested.ts';
import { NUMBERS } from '../src/input/view.ts';
import { layout, elementwise, reduction } from './support/plan.ts';

// What callers hold, at the limits of what is taken: words of errors, fields that are null, strides of short axes, code of the caller that
// runs while x is read.

type Any = any;
const s = (x: unknown, o?: unknown): Any => layout('softmax', x, o, elementwise);
const l = (x: unknown, o?: unknown): Any => layout('logsumexp', x, o, reduction);
const f32 = (n: number): Float32Array => Float32Array.from({ length: n }, (_, i) => i);
const data = f32(6), m23 = [[1, 2, 3], [4, 5, 6]]; // prettier-ignore
const object = (fields: object): object => ({ data, shape: [2, 3], ...fields });
const T = TypeError, R = RangeError;
/** The elements of x, in the order in which they are read. */
function all({ source: { data, dims, strides, offset } }: Any): number[] {
  const list: number[] = [];
  const walk = (d: number, at: number): void => {
    if (d === dims.length) list.push(data[at]);
    else for (let i = 0; i < dims[d]; i++) walk(d + 1, at + i * strides[d]);
  };
  walk(0, offset);
  return list;
}
const Half = (globalThis as Any).Float16Array;
const huge = new Array(70_000).fill(new Array(70_000).fill(new Array(70_000).fill(0)));

test.each<[string, Any, unknown, unknown, Any, RegExp]>([
  ['a dtype of a number', s, 3, { dtype: 'float32' }, R, /but x is made of numbers, which are float64; dtype/],
  ['a dtype of typed rows', s, [f32(2)], { dtype: 'float16' }, R, /but x has the elements of a Float32Array of length 2; dtype/],
  ['an unknown dtype', s, new Uint16Array(2), { dtype: 'float8' }, R, /but x is a Uint16Array of length 2; dtype/],
  ['a text of 24', s, 'x'.repeat(24), {}, T, /x is the string "x{24}";/],
  ['toArray that is no method', s, { toArray: 'x' }, {}, T, /with a typed array as data$/],
  ['lists among numbers as data', s, object({ data: [1, [2], 3] }), {}, T, /nested arrays are passed as they are, without shape$/],
  ['a hole first', s, [, 1], {}, T, /x\[0\] is a hole in the array; every element must be a number$/],
  ['a hole first in a mask', s, m23, { where: [, true, true] }, T, /where\[0\] is a hole in the array; a mask holds true or false, or 1 or 0$/],
  ['an empty object', s, {}, {}, T, /x is an object; it must be a number, nested/],
  ['an empty object as mask', s, m23, { where: {} }, T, /where is an object; it must be a boolean, nested/],
  ['a DataView', s, new DataView(new ArrayBuffer(8)), {}, T, /x is a DataView; it must be a number, nested/],
  ['a DataView as mask', s, m23, { where: new DataView(new ArrayBuffer(8)) }, T, /where is a DataView; it must be a boolean, nested/],
  ['a 2 behind a 1 in a mask', s, m23, { where: [1, 2, 1] }, R, /where\[1\] is 2; a mask/],
  ['a 2 in the first row of a mask', s, m23, { where: [[2, 1, 1], [1, 1, 1]] }, R, /where\[0\]\[0\] is 2; a mask/],
  ['a number among the rows of a mask', s, [[1, 2], [3, 4]], { where: [[1, 1], 1] }, T, /where\[1\]/],
  ['undefined first', s, [undefined, 1], {}, T, /x\[0\] is undefined/],
  ['null in a mask', s, m23, { where: [null, true, true] }, T, /where\[0\] is null; a mask holds true or false, or 1 or 0$/],
  ['null in weights', l, m23, { b: [null, 1, 1] }, T, /b\[0\] is null; every element must be a number$/],
  ['neither shape nor dims, but null', s, object({ shape: null, dims: null }), {}, T, /x has data .* but neither shape nor dims/],
  ['a negative stride of length 1 without offset', s, object({ shape: [1, 6], strides: [-6, 1] }), {}, R, /no offset/],
  ['padded rows without offset', s, { data: f32(5), shape: [2, 2], strides: [3, 1] }, {}, R, /no offset/],
  ['lists of 3e14 elements', s, huge, {}, R, /x seems to have 343000000000000 elements \(shape \[70000, 70000, 70000\]\); the limit is 2\^32 - 1/],
  ['a polyfilled Float16Array', s, { [Symbol.toStringTag]: 'Float16Array' }, {}, T, /x is a Float16Array; it must/],
  ['typed rows, ragged in the first list', s, [[f32(2), f32(1)], [f32(2), f32(2)]], {}, T, /x\[0\]\[1\] has length 1 where x\[0\]\[0\] has 2/],
])('refused: %s', (_, call, x, options, Class, text) => {
  expect(() => call(x, options)).toThrow(Class);
  expect(() => call(x, options)).toThrow(text);
});

test.each(['Float32Array', 'Int8Array', 'Uint8ClampedArray', 'BigInt64Array'])('a tag %s is a proxy or an heir', (tag) => expect(() => s({ [Symbol.toStringTag]: tag })).toThrow(`x is a proxy or an heir of a ${tag};`));
test.each(['MyFloat32Array', 'Float32ArrayLike', 'FloatXArray'])('a tag %s is a class of its own', (tag) => expect(() => s({ [Symbol.toStringTag]: tag })).toThrow(`x is a ${tag};`));

test.each<[string, object, number[]]>([
  ['null dims', { data, shape: [2, 3], dims: null }, [0, 1, 2, 3, 4, 5]],
  ['null strides beside stride', { data, shape: [3, 2], strides: null, stride: [1, 3], offset: 0 }, [0, 3, 1, 4, 2, 5]],
  ['a method strides beside stride', { data, shape: [3, 2], strides: () => [], stride: [1, 3], offset: 0 }, [0, 3, 1, 4, 2, 5]],
  ['null stride', { data, shape: [3, 2], stride: null }, [0, 1, 2, 3, 4, 5]],
  ['a null offset', { data, shape: [3, 2], offset: null }, [0, 1, 2, 3, 4, 5]],
  ['a type that is a number', { data, shape: [6], type: 1 }, [0, 1, 2, 3, 4, 5]],
  ['stride 0 along an axis of length 1, without offset', { data, shape: [1, 6], strides: [0, 1] }, [0, 1, 2, 3, 4, 5]],
  ['no elements, strides and no offset', { data: f32(0), shape: [0, 2], strides: [5, 1] }, []],
  ['no elements and strides that reach far', { data, shape: [3, 0], strides: [10, 1], offset: 0 }, []],
])('an object with %s', (_, x, values) => expect(all(s(x))).toEqual(values));

test('dims are read once', () => {
  let reads = 0;
  expect(s({ data, dims: Object.defineProperty([6], 0, { get: () => (reads++, 6) }) }).shape).toEqual([6]);
  expect(reads).toBe(1);
});

test.each<[string, number[], number[]]>([
  ['row-major', [2, 3], [3, 1]],
  ['row-major but for an axis of length 1', [1, 2, 3], [77, 3, 1]],
])('strides that are %s are as none', (_, shape, strides) => {
  const { outer, length, inner } = s({ data, shape, strides, offset: 0 }, { axis: -2 });
  expect([outer, length, inner]).toEqual([1, 2, 3]);
});

test('a list of 2^32 - 1 elements is measured', () => {
  const shape: number[] = [];
  measure('f', 'x', new Array(65_537).fill(new Array(65_535).fill(0)), NUMBERS, shape);
  expect(shape).toEqual([65_537, 65_535]);
});
test('a shape around a 0 may have a product of 2^53 - 1', () => expect(s(new Float32Array(0), { shape: [0, 2 ** 53 - 1] }).shape).toEqual([0, 2 ** 53 - 1]));

test('16-bit integers are a mask, and float16 weights', () => {
  expect([...s(m23, { where: Uint16Array.of(1, 0, 1) }).where!.data as Any]).toEqual([1, 0, 1]);
  if (Half !== undefined) expect(l([1, 2], { b: new Half([1, 2]) }).b!.data).toEqual(new Half([1, 2]));
});

eachBuild('input', (a: Any, build) => {
  test('dtype beside a small object of float32', () => expect(() => a.softmax({ data: f32(2), shape: [2] }, { dtype: 'float16' })).toThrow(/dtype is the string "float16" but x is a Float32Array/));
  test('of two errors that of x is said first, but that of the options before the elements of a list', () => {
    const y = a.softmax([1, 2]);
    for (const x of [{}, null, 'a', () => 1, new BigInt64Array(1)]) expect(() => a.softmax(x, { dim: 1 })).toThrow(/^softmax: x is /);
    expect(() => a.softmax(['1'], { dim: 1 })).toThrow(/there is no option dim/);
    const x = [1, 5];
    expect(a.softmax(x, { get axis() { x[1] = 2; return 0; } })).toEqual(y);
  });
  test('options that a class overrides count once; a class may have a hasOwnProperty of its own', () => {
    const want = a.softmax([1, 2], { theta: 2 });
    expect(a.softmax([1, 2], Object.assign(Object.create({ theta: 1 }), { theta: 2 }))).toEqual(want);
    class Held { get theta() { return 2; } hasOwnProperty() { return true; } }
    expect(a.softmax([1, 2], new Held())).toEqual(want);
  });
  test('an unknown option that a getter takes away is none', () => {
    expect(a.softmax([1, 2], { get axis() { delete (this as Any).dim; return 0; }, dim: 1 })).toEqual(a.softmax([1, 2]));
  });
  test.each([['k', 'topK'], ['p', 'topP'], ['nSamples', 'count'], ['num_samples', 'count'], ['n', 'count'], ['T', 'temperature'], ['rng', 'random'], ['generator', 'random']])('sample: %s is called %s here', (other, here) => {
    expect(() => a.sample([1, 2], { [other]: 1 })).toThrow(`there is no option ${other}, it is called ${here} here;`);
  });
  test('summaries: null, theta, high and low at their bounds, shapes of two ranks', () => {
    const good = a.summarize([1, 2]);
    expect(() => a.merge(null)).toThrow(/^merge: summary 0 is null; it must be a summary/);
    expect(() => a.merge({ ...good, theta: Infinity })).toThrow(/damaged: its theta is the number Infinity/);
    expect(a.merge({ ...good, high: [2 ** 700] }).high).toEqual([2 ** 700]);
    expect(a.merge({ ...good, high: [1], low: [2 ** -40] }).low).toEqual([2 ** -40]);
    expect(() => a.merge({ ...good, high: [1], low: [2 ** -39] })).toThrow(/damaged: low\[0\]/);
    const x = Float32Array.of(1, 2, 3, 4);
    expect(() => a.merge(a.summarize(x, { shape: [1, 4], axis: 1 }), a.summarize(x, { shape: [1, 2, 2], axis: 2 }))).toThrow(/lanes of shape \[1, 2\] and summary 0 of shape \[1\]/);
  });
  test('elements of a list: getters run once, and may make tensors or call again', () => {
    const own = createSoftmax({ build }), want = own.softmax([1, 2, 3]);
    let reads = 0;
    const list = (act: () => void): Any => Object.defineProperty([1, 2, 3], 1, { get: () => (reads++, act(), 2) });
    expect(own.softmax(list(() => {}))).toEqual(want);
    expect(reads).toBe(1);
    expect(own.softmax(list(() => own.tensor('float64', [2_000_000])))).toEqual(want);
    expect(own.softmax(list(() => own.softmax(Float64Array.of(9, 9, 9, 9))))).toEqual(want);
  });
  test('a tensor with another shape: disposed meanwhile, or with data of its own', () => {
    const t: Any = a.tensor('float32', [4], [1, 2, 3, 4]);
    t.shape = [2, 2];
    expect(() => a.softmax(t, { get theta() { t.dispose(); return 2; } })).toThrow(/disposed/);
    const u: Any = a.tensor('float32', [4], [1, 2, 3, 4]), own = Float32Array.of(4, 3, 2, 1);
    Object.defineProperty(u, 'data', { value: own });
    u.shape = [2, 2];
    expect(a.softmax(u, { axis: 0 })).toEqual(a.softmax({ data: own, shape: [2, 2] }, { axis: 0 }));
    u.shape = 4;
    expect(() => a.softmax(u)).toThrow(/the shape of x is the number 4/);
    u.dispose();
  });
  test.skipIf(Half === undefined)('a Float16Array, where the host has it, that lies about its length, its own or that of its class', () => {
    const want = a.softmax(new Half([1, 2, 3]));
    expect(a.softmax(Object.defineProperty(new Half([1, 2, 3]), 'length', { value: 1 }))).toEqual(want);
    class Heir extends Half { get length() { return 1; } }
    expect(a.softmax(new (Heir as Any)([1, 2, 3]))).toEqual(want);
  });
  test('a mask of bytes beside a bare array is checked', () => {
    a.softmax([1, 2]);
    for (const n of [2, 4]) expect(() => a.softmax(Float32Array.of(1, 2, 3), { where: new Uint8Array(n).fill(1) })).toThrow(/does not broadcast/);
    expect(() => a.softmax(Float32Array.of(1, 2, 3), { where: Uint8Array.of(1, 2, 1) })).toThrow(/where holds 2 \(element 1\)/);
  });
  test('a mask without elements may have any strides', () => {
    const where = { data: new Uint8Array(0), shape: [0, 3], strides: [0, 0], offset: 0 };
    expect(a.softmax({ data: new Float32Array(0), shape: [0, 3] }, { where }).shape).toEqual([0, 3]);
  });
  test('a list whose element is a number only when it is read again', () => {
    let reads = 0;
    expect(() => a.softmax(Object.defineProperty([1, 2], 1, { get: () => (reads++ === 0 ? 'x' : 2) }))).toThrow(/x\[1\]|changed while it was read/);
  });
  test('the only label may be the one that is ignored', () => {
    expect(a.crossEntropy([1, 3, 2], 1, { ignoreIndex: 1, reduction: 'sum' })).toBe(0);
  });
  test('softmax of integers that are no distribution has a gradient all the same', () => {
    const got = a.softmaxGradient(Int8Array.of(2, 3), [1, 0]);
    expect([...got]).toEqual([expect.closeTo(-2, 9), expect.closeTo(-6, 9)]);
  });
  test('a detached array of a class of its own', () => {
    class Mine extends Float32Array {}
    const x = new Mine(4);
    structuredClone(x.buffer, { transfer: [x.buffer as ArrayBuffer] });
    expect(() => a.softmax(x)).toThrow(/^softmax: the buffer of x is detached/);
  });
  test.each([Float32Array, Float64Array])('an heir on the memory of a tensor, when that grows', (Class: Any) => {
    const own = createSoftmax({ build }), n = 400_000, t: Any = own.tensor(Class === Float32Array ? 'float32' : 'float64', [n], f32(n).map((v) => v % 7));
    class Heir extends Class { constructor(size: number) { super(size); } }
    const want = own.softmax(t.data.slice()), fresh = createSoftmax({ build }), u: Any = fresh.tensor(Class === Float32Array ? 'float32' : 'float64', [n], t.data);
    const x = Object.setPrototypeOf(new Class(u.data.buffer, u.data.byteOffset, n), Heir.prototype);
    expect(Buffer.compare(Buffer.from((fresh.softmax(x) as Any).buffer), Buffer.from((want as Any).buffer))).toBe(0);
  });
});
