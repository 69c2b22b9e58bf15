import { describe, expect, test } from 'vitest';
import * as everything from '../src/index.ts';
import type { Build } from '../src/kernels/choose.ts';
import type { Softmax } from '../src/api.ts';
import { instances } from './support/eachBuild.ts';

// Calls that are refused, through the public functions, and what they leave behind: nothing. (What each argument has to be,
// word by word, is in layout.test.ts.) After each the tensors and arrays of the call are as they were, and the same calls on
// the same instance give the same bits as before.

const { createSoftmax } = everything;

type Any = any;
const f32 = (...values: number[]): Float32Array => Float32Array.from(values);
const detached = (n = 4, Maker: any = Float32Array): Any => {
  const array = new Maker(n);
  structuredClone(array.buffer, { transfer: [array.buffer] });
  return array;
};
const revoked = (target: object): Any => {
  const { proxy, revoke } = Proxy.revocable(target, {});
  revoke();
  return proxy;
};
const mine = new Error('thrown by a getter of the caller');
const throwing = (name: string, rest: object = {}): Any =>
  Object.defineProperty({ ...rest }, name, {
    enumerable: true,
    get() {
      throw mine;
    },
  });
const Buffers = ArrayBuffer as unknown as new (
  n: number,
  o: { maxByteLength: number },
) => ArrayBuffer & {
  resize(n: number): void;
};
/** A view of 4 elements whose buffer has shrunk to 2. */
const shrunk = (tracking: boolean): Float32Array => {
  const buffer = new Buffers(16, { maxByteLength: 64 });
  const view = tracking ? new Float32Array(buffer) : new Float32Array(buffer, 0, 4);
  buffer.resize(8);
  return view;
};

/** logsumexp over the first axis of a tensor [2, 3] into another one. */
const reduceInto = (s: Softmax, shape: number[]): unknown => {
  const x = s.tensor('float32', [2, 3]),
    out = s.tensor('float32', shape);
  try {
    return s.logsumexp(x, { axis: 0, out });
  } finally {
    for (const tensor of [x, out]) tensor.dispose();
  }
};

/** What a rejected call gets to work with; made anew for each. */
interface Setting {
  readonly s: Softmax;
  readonly x: Float32Array;
  readonly out: Float32Array;
  readonly wide: Float64Array;
  readonly t: Any;
  readonly u: Any;
  readonly foreign: Softmax;
}

/** What a call throws: a class, and words that it has to say, or an error of the caller that passes through. */
type Row = readonly [string, (k: Setting) => unknown, typeof TypeError | typeof RangeError | Error, RegExp?];

const T = TypeError,
  R = RangeError;

const rows: Row[] = [
  // proxies
  ['a revoked x', ({ s, out }) => s.softmax(revoked([1]), { out }), T, /softmax: x is a proxy/],
  ['a revoked x, logsumexp', ({ s }) => s.logsumexp(revoked({})), T, /logsumexp: x is a proxy/],
  ['a revoked x, exp', ({ s, out }) => s.exp(revoked([1]), { out } as Any), T, /exp: x is a proxy/],
  ['revoked options', ({ s, x }) => s.softmax([...x], revoked({})), T, /softmax: options is a proxy/],
  ['revoked options beside float32', ({ s, x }) => s.softmax(x, revoked({})), T],
  ['revoked options beside float64', ({ s, wide }) => s.logSoftmax(wide, revoked({})), T],
  ['a revoked row', ({ s, out }) => s.softmax([[1, 2], revoked([1, 2])] as Any, { out }), T],
  ['a revoked axis', ({ s, x, out }) => s.softmax(x, { axis: revoked([0]), out }), T, /axis is a proxy/],
  ['a revoked shape', ({ s, x, out }) => s.softmax(x, { shape: revoked([4]), out }), T, /shape is a proxy/],
  ['a revoked mask', ({ s, x, out }) => s.softmax(x, { where: revoked([true]), out }), T, /where is a proxy/],
  ['a revoked out', ({ s, x }) => s.softmax(x, { out: revoked({}) }), T, /out is a proxy/],
  ['revoked weights', ({ s, x }) => s.logsumexp(x, { b: revoked([1]) }), T, /b is a proxy/],
  ['a revoked shape of an object', ({ s, x, out }) => s.softmax({ data: x, shape: revoked([4]) }, { out }), T, /proxy/],
  ['a proxy of a tensor', ({ s, t }) => s.softmax(new Proxy(t, {}) as Any), T],
  ['an heir of a tensor', ({ s, t }) => s.softmax(Object.create(t) as Any), T],
  ['a proxy of a typed array as out', ({ s, x, out }) => s.softmax(x, { out: new Proxy(out, {}) }), T, /out is/],

  // getters and iterators of the caller that throw: their error, unchanged
  ...(['data', 'shape', 'dims', 'strides', 'stride', 'offset', 'dtype', 'type', 'location'] as const).map(
    (name): Row => [`a getter ${name} of x that throws`, ({ s, x, out }) => s.softmax(throwing(name, name === 'shape' ? { data: x } : name === 'data' ? {} : { data: x, shape: [4] }), { out }), mine],
  ), // prettier-ignore
  ...(['axis', 'theta', 'where', 'out', 'shape', 'dtype', 'precision'] as const).map(
    (name): Row => [`a getter of the option ${name} that throws`, ({ s, x }) => s.softmax(x, throwing(name)), mine],
  ),
  ...(['version', 'shape', 'theta', 'code', 'low'] as const).map(
    (name): Row => [`a getter ${name} of a summary that throws`, ({ s, x, out }) => s.softmax(x, { out, within: throwing(name, { ...s.summarize(x), [name]: undefined }) }), mine],
  ), // prettier-ignore
  ['a revoked summary', ({ s, x, out }) => s.softmax(x, { out, within: revoked(s.summarize(x)) }), T, /within/],
  ...(['keepdims', 'b', 'returnSign'] as const).map(
    (name): Row => [`a getter of the option ${name} that throws`, ({ s, x, out }) => s.logsumexp(x, throwing(name, { out: out.subarray(0, 1) })), mine],
  ), // prettier-ignore
  ['a mask whose shape throws', ({ s, x, out }) => s.softmax(x, { out, where: throwing('shape', { data: new Uint8Array(4) }) }), mine], // prettier-ignore
  ['an out whose strides throw', ({ s, x, out }) => s.softmax(x, { shape: [4], out: throwing('strides', { data: out, shape: [4] }) }), mine], // prettier-ignore
  ['a has trap that throws', ({ s, out }) => s.softmax(new Proxy([1, 2], { get(target, key) { if (key === '1') throw mine; return Reflect.get(target, key); } }), { out: out.subarray(0, 2) as Any }), mine], // prettier-ignore
  ['an ownKeys trap that throws', ({ s, x }) => s.softmax(x, new Proxy({}, { ownKeys() { throw mine; } })), mine], // prettier-ignore

  // buffers that went away, or go away while the arguments are read
  ['a detached x', ({ s, out }) => s.softmax(detached(), { out }), T, /detached/],
  ['a detached x of float64', ({ s, wide }) => s.logSoftmax(detached(4, Float64Array), { out: wide }), T, /detached/],
  ['a detached x, logsumexp', ({ s }) => s.logsumexp(detached()), T, /detached/],
  ['a detached x, exp', ({ s, out }) => s.exp(detached(), { out }), T, /detached/],
  ['a detached out', ({ s, x }) => s.softmax(x, { out: detached() }), T, /detached/],
  ['a detached out of tensors', ({ s, t }) => s.softmax(t, { out: { data: detached(), shape: [2, 2] } }), T, /detached/],
  ['detached weights', ({ s, x }) => s.logsumexp(x, { b: detached(4, Float64Array) }), T, /detached/],
  ['an x that a getter detaches', ({ s, out }) => {
    const data = f32(1, 2, 3, 4);
    return s.softmax(data, { shape: [4], out, get theta() { structuredClone(data.buffer, { transfer: [data.buffer] }); return 2; } }); // prettier-ignore
  }, T, /detached/], // prettier-ignore
  ['an out that a getter detaches', ({ s, x }) => {
    const out = f32(1, 2, 3, 4);
    return s.softmax({ data: x, get shape() { structuredClone(out.buffer, { transfer: [out.buffer] }); return [4]; } }, { out }); // prettier-ignore
  }, T, /detached/], // prettier-ignore
  ['an out that its own shape detaches', ({ s, x }) => {
    const data = f32(1, 2, 3, 4);
    return s.softmax(x, { shape: [4], out: { data, get shape() { structuredClone(data.buffer, { transfer: [data.buffer] }); return [4]; } } }); // prettier-ignore
  }, T, /detached/], // prettier-ignore
  ['a mask that x detaches', ({ s, x, out }) => {
    const where = new Uint8Array(4).fill(1);
    return s.softmax({ data: x, get shape() { structuredClone(where.buffer, { transfer: [where.buffer] }); return [4]; } }, { where, out }); // prettier-ignore
  }, T, /detached/], // prettier-ignore
  ['an x that shrank', ({ s, out }) => s.softmax(shrunk(false), { out }), T, /shrank/],
  ['an x that shrank with its buffer', ({ s, out }) => s.softmax(shrunk(true), { out, shape: [4] }), R, /2 elements/],
  ['an out that shrank', ({ s, x }) => s.softmax(x, { out: shrunk(false) }), T, /shrank/],
  ['an out that shrank with its buffer', ({ s, x }) => s.softmax(x, { out: shrunk(true) }), R, /out has 2/],
  ['an x that shrinks while it is read', ({ s, out }) => {
    const buffer = new Buffers(16, { maxByteLength: 64 });
    return s.softmax({ data: new Float32Array(buffer), get shape() { buffer.resize(8); return [4]; } }, { out });
  }, R, /length 2/], // prettier-ignore
  ['an out that shrinks while x is read', ({ s, x }) => {
    const buffer = new Buffers(16, { maxByteLength: 64 }), out = new Float32Array(buffer);
    return s.softmax({ data: x, get shape() { buffer.resize(8); return [4]; } }, { out });
  }, R, /out/], // prettier-ignore

  // out
  ['out of float64 for float32', ({ s, x, wide }) => s.softmax(x, { out: wide as Any }), T, /needs a Float32Array/],
  ['out of float32 for float64', ({ s, wide, out }) => s.logSoftmax(wide, { out: out as Any }), T, /needs a Float64Array/],
  ['out of float32 for integers', ({ s, out }) => s.softmax(Int8Array.of(1, 2, 3, 4), { out: out as Any }), T, /needs a Float64Array/],
  ['out of integers', ({ s, x }) => s.softmax(x, { out: new Int32Array(4) as Any }), T, /needs a Float32Array/],
  ['out that is too short', ({ s, x, out }) => s.softmax(x, { out: out.subarray(1) }), R, /out has 3 elements/],
  ['out that is too long', ({ s, x }) => s.softmax(x, { out: new Float32Array(5) }), R, /out has 5 elements/],
  ['out of another shape', ({ s, x, out }) => s.softmax(x, { shape: [2, 2], out: { data: out, shape: [4] } }), R, /out has shape \[4\]/],
  ['out that is frozen and a list', ({ s, x }) => s.softmax(x, { out: Object.freeze([0, 0, 0, 0]) as Any }), T, /out is/],
  ['out that is a number', ({ s, x }) => s.softmax(x, { out: 4 as Any }), T, /out is the number 4/],
  ['out of a reduction that is as large as x', ({ s, x, out }) => s.logsumexp(x, { out }), R, /out has 4 elements/],
  ['out with elements in the same place', ({ s, x, out }) => s.softmax(x, { out: { data: out, shape: [4], strides: [0], offset: 0 } }), R, /twice/],
  ['out that reaches beyond its data', ({ s, x, out }) => s.softmax(x, { out: { data: out, shape: [4], strides: [2], offset: 0 } }), R, /outside/],
  ['out whose offset is beyond 2^53', ({ s, x, out }) => s.softmax(x, { out: { data: out, shape: [4], offset: 2 ** 60 } }), R, /offset/],
  ['strides whose products leave the integers', ({ s, x, out }) => s.softmax({ data: x, shape: [2, 2], strides: [2 ** 53, 1], offset: 0 }, { out }), R, /stride|outside/],
  ['a shape beyond 2^53', ({ s, x, out }) => s.softmax(x, { shape: [2 ** 27, 2 ** 27], out }), R, /too large/],

  // tensors
  ['a tensor that was disposed', ({ s }) => { const t = s.tensor('float32', [2]); t.dispose(); return s.softmax(t); }, T, /disposed/], // prettier-ignore
  ['an out that was disposed', ({ s, x }) => { const out = s.tensor('float32', [4]); out.dispose(); return s.softmax(x, { out }); }, T, /disposed/], // prettier-ignore
  ['the data of one that was disposed', ({ s }) => { const t = s.tensor('float32', [4]); t.dispose(); return t.data; }, T, /disposed/], // prettier-ignore
  ['a tensor of another shape as out', ({ s, t, foreign }) => s.softmax(t, { out: foreign.tensor('float32', [4]) }), R, /out has shape/],
  ['a tensor of the lanes of another axis as out', ({ s }) => reduceInto(s, [2]), R, /out has shape \[2\]/],
  ['a tensor of too many axes as out', ({ s }) => reduceInto(s, [1, 3]), R, /out has shape \[1, 3\]/],
  ['a tensor of another dtype as out', ({ s, t, foreign }) => s.softmax(t, { out: foreign.tensor('float64', [2, 2]) as Any }), T, /needs a Float32Array/],
  ['a tensor with an axis that it lacks', ({ s, t, u }) => s.softmax(t, { out: u, axis: 2 }), R, /axis 2 is out of range/],
  ['a tensor with a theta that is not finite', ({ s, t, u }) => s.softmax(t, { out: u, theta: Infinity }), R, /theta is Infinity/],
  ['a tensor with an unknown option', ({ s, t, u }) => s.softmax(t, { out: u, dim: 1 } as Any), T, /no option dim/],
  ['a tensor of integers', ({ s }) => s.tensor('int32' as Any, [2]), T, /tensor: dtype/],
  ['a tensor of length -1', ({ s }) => s.tensor('float32', [-1]), R, /tensor: shape/],
  ['a tensor of half an element', ({ s }) => s.tensor('float32', [0.5]), R, /tensor: shape/],
  ['a tensor without a shape', ({ s }) => s.tensor('float32', 4 as Any), T, /tensor: shape/],
  ['a tensor with too few data', ({ s }) => s.tensor('float32', [4], [1, 2, 3]), R, /tensor: data has 3/],
  ['a tensor with data that are counted first', ({ s }) => s.tensor('float32', [2], { length: 3, get 0(): number { throw mine; } } as Any), R, /data has 3 elements/], // prettier-ignore
  ['a tensor of 4 EB', ({ s }) => s.tensor('float32', [1e9, 1e9]), R, /tensor: /],
  ['a tensor of 2 GB', ({ s }) => s.tensor('float32', [5e8]), R, /1e9/],
  ['a tensor with bigints', ({ s }) => s.tensor('float32', [2], [1n, 2n] as Any), T],
  ['a tensor whose data throw', ({ s }) => s.tensor('float32', [1], { length: 1, get 0(): number { throw mine; } }), mine], // prettier-ignore

  // options that are no options
  ...([5, true, 'axis', [], 0n, Symbol('axis'), () => 1, new Float32Array(2)] as const).flatMap((options): Row[] => [
    [`options that are ${Object.prototype.toString.call(options)} beside float32`, ({ s, x }) => s.softmax(x, options as Any), T],
    [`options that are ${Object.prototype.toString.call(options)} beside a list`, ({ s }) => s.logsumexp([1, 2], options as Any), T],
  ]), // prettier-ignore
  ['theta of exp', ({ s, x }) => s.exp(x, { theta: 2 } as Any), T, /exp: /],
  ['a mask of exp', ({ s, x }) => s.exp(x, { where: [true, true, false, true] } as Any), T, /exp: /],
  ['weights of softmax', ({ s, x, out }) => s.softmax(x, { out, b: [1, 1, 1, 1] } as Any), T, /option b/],

  // things that are no arrays of numbers
  ...([
    ['a bigint', 5n], ['a string', '123'], ['a symbol', Symbol('x')], ['a function', () => 1], ['undefined', undefined], ['null', null],
    ['a boolean', true], ['a Date', new Date(0)], ['a RegExp', /1/], ['a Map', new Map()], ['a Set', new Set([1, 2])],
    ['a Promise', Promise.resolve([1])], ['a DataView', new DataView(new ArrayBuffer(16))], ['an ArrayBuffer', new ArrayBuffer(16)],
    ['a BigInt64Array', new BigInt64Array(4)], ['a BigUint64Array', new BigUint64Array(4)], ['an object without data', { shape: [4] }],
    ['an object whose data are a string', { data: '1234', shape: [4] }], ['a list with a hole', [1, , 3]], ['a list with a string', [1, '2']],
    ['a list with null', [1, null]], ['a list with a bigint', [1, 2n]], ['a ragged list', [[1], [2, 3]]], ['a list of a list and a number', [[1], 2]],
    ['a list with a typed array', [new Float32Array(2), [1]]], ['a WeakRef', new WeakRef({})],
  ] as const).flatMap(([name, x]): Row[] => [
    [`${name} as x`, ({ s, out }) => s.softmax(x as Any, { out }), Error, /^softmax: (the data of )?x/],
    [`${name} as x, logsumexp`, ({ s }) => s.logsumexp(x as Any), Error, /^logsumexp: (the data of )?x/],
    [`${name} as logits`, ({ s }) => s.crossEntropy(x as Any, 0), Error, /^crossEntropy: (the data of )?logits/],
  ]), // prettier-ignore
  ...([1.5, 2, -3, [0, 0], [0, 2], [-1, 1], 2 ** 53, -Infinity] as const).map(
    (axis): Row => [`the axis ${JSON.stringify(axis)} of two`, ({ s, x, out }) => s.softmax(x, { shape: [2, 2], axis: axis as Any, out }), R, /axis/],
  ), // prettier-ignore
  ...(['0', NaN, true, {}, 1n, [0, '1'], [[0]], () => 0] as const).map(
    (axis): Row => [`an axis that is ${typeof axis} ${String(axis)}`, ({ s, x, out }) => s.softmax(x, { shape: [2, 2], axis: axis as Any, out }), T, /axis/],
  ), // prettier-ignore
  ...([[3], [2, 3], [-4], [1.5], [0], [4, 2 ** 60]] as const).map(
    (shape): Row => [`the shape [${shape}] of four`, ({ s, x, out }) => s.softmax(x, { shape, out }), R, /shape/],
  ), // prettier-ignore
  ...([4, '4', ['4'], [4n], [NaN], {}] as const).map(
    (shape): Row => [`a shape that is ${typeof shape} ${String(shape)}`, ({ s, x, out }) => s.softmax(x, { shape: shape as Any, out }), T, /shape/],
  ), // prettier-ignore
  ...([NaN, Infinity, -Infinity] as const).map(
    (theta): Row => [`a theta of ${theta}`, ({ s, x, out }) => s.softmax(x, { theta, out }), R, /theta is/],
  ),
  ...(['2', 1n, true, [1], {}] as const).map(
    (theta): Row => [`a theta that is ${typeof theta} ${String(theta)}`, ({ s, x, out }) => s.logSoftmax(x, { theta: theta as Any, out }), T, /theta is/],
  ), // prettier-ignore
  ['a mask of another length', ({ s, x, out }) => s.softmax(x, { where: [true, false], out }), R, /where/],
  ['a mask of strings', ({ s, x, out }) => s.softmax(x, { where: ['yes', 'no', 'no', 'no'] as Any, out }), T, /where/],
  ['a mask that does not broadcast', ({ s, x, out }) => s.softmax(x, { shape: [2, 2], where: [[true], [true], [true]], out }), R, /where/],
  ['weights of another length', ({ s, x }) => s.logsumexp(x, { b: [1, 2, 3] }), R, /b /],
  ['weights that are a string', ({ s, x }) => s.logsumexp(x, { b: '1111' as Any }), T, /b /],
  ['a precision that does not exist', ({ s, x, out }) => s.softmax(x, { precision: 'exactly' as Any, out }), R, /precision/],
  ['a dtype that float32 is not', ({ s, x, out }) => s.softmax(x, { dtype: 'float16', out }), R, /dtype/],
  ['an out whose data are frozen away', ({ s, x }) => s.softmax(x, { out: { shape: [4] } as Any }), T, /out/],

  // companions
  ...([1.5, -1, 5] as const).map(
    (most): Row => [`the ${most} largest of four`, ({ s, x }) => s.topk(x, most), R, /^topk: k/],
  ),
  ['draws from the 0 largest', ({ s, x }) => s.sample(x, { topK: 0 }), R, /^sample: topK is 0; .* from 1 on/],
  ['draws from a half of the largest', ({ s, x }) => s.sample(x, { topK: 0.5 }), R, /^sample: topK/],
  ['topK as a string', ({ s, x }) => s.sample(x, { topK: '2' as Any }), T, /^sample: topK is the string/],
  ...[0, -0.1, 1.5, NaN].map((topP): Row => [`topP ${topP}`, ({ s, x }) => s.sample(x, { topP }), R, /^sample: topP .* above 0 and at most 1/]),
  ['topP as a string', ({ s, x }) => s.sample(x, { topP: '0.9' as Any }), T, /^sample: topP/],
  ...[-0.1, 1.5, NaN].map((minP): Row => [`minP ${minP}`, ({ s, x }) => s.sample(x, { minP }), R, /^sample: minP .* from 0 to 1/]),
  ['no draws', ({ s, x }) => s.sample(x, { count: 0 }), R, /^sample: count is 0/],
  ['more draws than an array has', ({ s, x }) => s.sample(x, { count: 2 ** 33 }), R, /^sample: the result/],
  ['random numbers that are no function', ({ s, x }) => s.sample(x, { random: 0.5 as Any }), T, /^sample: random .* function/],
  ['a random number of 1', ({ s, x }) => s.sample(x, { random: () => 1 }), R, /^sample: random gave 1/],
  ['a random text', ({ s, x }) => s.sample(x, { random: () => 'x' as Any }), T, /^sample: random gave/],
  ['a random that throws', ({ s, x }) => s.sample(x, { random: () => { throw mine; } }), Error, /^thrown by/],
  ['logprobs 1', ({ s, x }) => s.sample(x, { logprobs: 1 as Any }), T, /^sample: logprobs/],
  ['a draw over the whole array', ({ s, x }) => s.sample(x, { axis: null as Any }), T, /^sample: axis is null/],
  ['a draw over two axes', ({ s, x }) => s.sample(x, { axis: [0] as Any }), T, /^sample: axis is an? /],
  ['a draw from a number', ({ s }) => s.sample(5), R, /^sample: logits have rank 0/],
  ['a draw from nothing', ({ s }) => s.sample([]), R, /^sample: nothing can be drawn .* no entries/],
  ['a draw from NaN', ({ s }) => s.sample([1, NaN]), R, /^sample: .* entry 1 is NaN/],
  ['draws into too small an array', ({ s, x }) => s.sample(x, { count: 3, out: new Int32Array(2) }), R, /^sample: out has 2 elements/],
  ['draws into floats', ({ s, x, out }) => s.sample(x, { out: out as Any }), T, /^sample: out .* Int32Array/],
  ['as many of the largest as NaN', ({ s, x }) => s.topk(x, NaN), T, /^topk: k/],
  ['as many of the largest as a string says', ({ s, x }) => s.topk(x, '2' as Any), T, /^topk: k/],
  ['a class that does not exist', ({ s, x }) => s.crossEntropy(x, [4], { shape: [1, 4] }), R, /crossEntropy: /],
  ['a class between two', ({ s, x }) => s.crossEntropy(x, [0.5], { shape: [1, 4] }), R, /crossEntropy: /],
  ['labels of another number', ({ s, x }) => s.crossEntropy(x, [0, 1, 0], { shape: [2, 2] }), R, /crossEntropy: /],
  ['an unknown reduction', ({ s, x }) => s.crossEntropy(x, [0, 1], { shape: [2, 2], reduction: 'max' as Any }), R, /reduction/],
  ['a smoothing above 1', ({ s, x }) => s.crossEntropy(x, [0, 1], { shape: [2, 2], labelSmoothing: 1.5 }), R, /labelSmoothing/],
  ['a label beyond the classes', ({ s }) => s.oneHot([0, 3], 3), R, /^oneHot: /],
  ['half a label', ({ s }) => s.oneHot([0.5], 3), R, /^oneHot: /],
  ['no classes at all', ({ s }) => s.oneHot([0], -1), R, /^oneHot: classes/],
  ['a gradient of another shape', ({ s, x, wide }) => s.softmaxGradient(x, wide.subarray(1)), R, /^softmaxGradient: dy/],
  ['a gradient that is a string', ({ s, x }) => s.logSoftmaxGradient(x, 'dy' as Any), T, /^logSoftmaxGradient: dy/],
  ['an argmax along what is not there', ({ s, x }) => s.argmax(x, { axis: 1 }), R, /^argmax: axis/],
  ['an argmax with theta', ({ s, x }) => s.argmax(x, { theta: 2 } as Any), T, /^argmax: /],

  // instances
  ['a build that does not exist', () => createSoftmax({ build: 'avx' as Any }), R, /createSoftmax: build/],
  ['a bound of memory that is too small', () => createSoftmax({ maxMemory: 1 }), R, /createSoftmax: maxMemory/],
  ['a bound of memory that is no number', () => createSoftmax({ maxMemory: '64' as Any }), T, /createSoftmax: maxMemory/],
  ['a bound of memory that is NaN', () => createSoftmax({ maxMemory: NaN }), R, /createSoftmax: maxMemory/],
]; // prettier-ignore

/** The same calls before and after: their bits. */
function calls({ s, t, u }: Setting): string {
  const x = Float32Array.from({ length: 300 }, (_, i) => Math.sin(i * i) * 9);
  const wide = Float64Array.from(x);
  const results = [
    s.softmax(f32(1, 3, 2)),
    s.logSoftmax(x),
    s.softmax(x, { shape: [3, 100], axis: 0, theta: 0.7 }),
    s.logSoftmax(wide, { shape: [3, 100], axis: -1 }),
    Float64Array.of(s.logsumexp(wide), s.logsumexp(x), s.logsumexp(wide, { b: wide })),
    s.exp(x),
    (s.softmax(t, { axis: -1, out: u }) as Any).data.slice(),
  ] as (Float32Array | Float64Array)[];
  return results.map((a) => Buffer.from(a.buffer, a.byteOffset, a.byteLength).toString('base64')).join();
}

function reject(row: Row, s: Softmax, foreign: Softmax): void {
  const [, call, error, words] = row;
  const t = s.tensor('float32', [2, 2], [1, 2, 3, 4]),
    u = s.tensor('float32', [2, 2]);
  const k: Setting = { s, foreign, t, u, x: f32(1, 2, 3, 4), out: f32(5, 6, 7, 8), wide: Float64Array.of(1, 2, 3, 4) };
  try {
    const before = calls(k),
      { tensors, memoryBytes } = s.info();
    u.data.fill(9);
    let thrown: unknown;
    try {
      call(k);
    } catch (found) {
      thrown = found;
    }
    expect(thrown, 'is refused').toBeDefined();
    if (typeof error === 'function') {
      expect(thrown).toBeInstanceOf(error);
      if (words !== undefined) expect((thrown as Error).message).toMatch(words);
    } else expect(thrown).toBe(error);
    expect([...k.x, ...k.out, ...k.wide]).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 1, 2, 3, 4]);
    expect([...t.data, ...u.data]).toEqual([1, 2, 3, 4, 9, 9, 9, 9]);
    expect(s.info().memoryBytes).toBe(memoryBytes);
    expect(s.info().tensors - tensors, 'tensors that are left over').toBe(0);
    expect(calls(k) === before, 'the next calls give the same bits').toBe(true);
  } finally {
    t.dispose();
    u.dispose();
  }
}

test('there are at least 150 kinds of them', () => expect(rows.length).toBeGreaterThanOrEqual(150));

for (const { build, softmax, reason } of instances) {
  if (softmax === undefined) test.skip(`refused calls (${build}: ${reason})`);
  else refusals(build);
}

function refusals(build: Build): void {
  describe(`a refused call leaves nothing behind (${build})`, () => {
    const s = createSoftmax({ build }),
      foreign = createSoftmax({ build });
    for (const row of rows) test(row[0], () => reject(row, s, foreign));
  });
}

describe(`a refused call leaves nothing behind (the shared instance)`, () => {
  const shared: Softmax = everything;
  test.each(rows.filter((_, i) => i % 5 === 0))('%s', (...row) => reject(row as unknown as Row, shared, createSoftmax()));
});

describe('calls that are right although they look odd', () => {
  test('frozen things are read as any others', () => {
    for (const { softmax: s } of instances) {
      if (s === undefined) continue;
      const options = Object.freeze({ axis: Object.freeze([-1]), theta: 1 });
      const x = Object.freeze([Object.freeze([1, 2]), Object.freeze([2, 1])]);
      const [a, b] = s.softmax([1, 2]);
      expect(s.softmax(x, options)).toEqual([[a, b], [b, a]]); // prettier-ignore
      const object = Object.freeze({ data: f32(1, 2), shape: Object.freeze([2]) });
      expect(s.softmax(object)).toMatchObject({ shape: [2] });
      expect(s.softmax(object, { out: object })).toBe(object);
    }
  });

  test('views on shared and resizable buffers give the values of plain ones', () => {
    for (const { softmax: s } of instances) {
      if (s === undefined) continue;
      for (const n of [4, 40, 4000]) {
        const x = Float32Array.from({ length: n }, (_, i) => Math.cos(i) * 5),
          want = s.softmax(x);
        for (const buffer of [
          new SharedArrayBuffer(n * 4 + 16),
          new Buffers(n * 4 + 16, { maxByteLength: n * 8 + 64 }),
        ]) {
          const view = new Float32Array(buffer as ArrayBuffer, 8, n);
          view.set(x);
          expect(s.softmax(view)).toEqual(want);
          expect(s.logsumexp(view)).toBe(s.logsumexp(x));
          expect(s.softmax(view, { out: view })).toBe(view);
          expect(Float32Array.from(view)).toEqual(want);
        }
        const growing = new Buffers(n * 4, { maxByteLength: n * 8 }),
          tracking = new Float32Array(growing);
        tracking.set(x);
        expect(s.softmax(tracking)).toEqual(want);
        growing.resize(n * 8);
        expect(s.softmax(tracking).length).toBe(2 * n);
      }
    }
  });

  test('a tensor of another instance is read and written like an array', () => {
    for (const { build, softmax: s } of instances) {
      if (s === undefined) continue;
      const other = createSoftmax({ build: build === 'js' ? 'scalar' : 'js' });
      const x = other.tensor('float32', [3], [1, 3, 2]),
        out = other.tensor('float32', [3]);
      const want = s.softmax(f32(1, 3, 2));
      expect(s.softmax(x, { out })).toBe(out);
      expect(Float32Array.from(out.data)).toEqual(want);
      expect([...x.data]).toEqual([1, 3, 2]);
      for (const tensor of [x, out]) tensor.dispose();
    }
  });

  test('null options, and null for each of them, are defaults for every container', () => {
    for (const { softmax: s } of instances) {
      if (s === undefined) continue;
      for (const x of [f32(1, 2), Float64Array.of(1, 2), [1, 2]]) {
        const want = s.softmax(x);
        expect(s.softmax(x, null as Any)).toEqual(want);
        expect(s.softmax(x, { axis: null, out: null } as Any)).toEqual(want);
        expect(s.softmax(x, { axis: null, out: null, theta: null, where: null, shape: null } as Any)).toEqual(want);
        expect(s.logsumexp(x, { out: null } as Any)).toEqual(s.logsumexp(x));
        expect(s.exp(x, null as Any)).toEqual(s.exp(x));
      }
    }
  });
});
