import { merge, summarize } from '../../src/index.ts';
import { pick, type Random } from './random.ts';
import { flat } from './results.ts';
import { tally } from './seed.ts';

// Random calls of every function, apart from where their arrays lie: the tests put them into tensors, into one buffer, or
// behind getters, and compare with the same call on arrays apart.

export const functions = ['softmax', 'logSoftmax', 'logsumexp', 'exp', 'argmax', 'topk', 'sample', 'summarize', 'oneHot', 'crossEntropy', 'crossEntropyGradient', 'softmaxGradient', 'logSoftmaxGradient'] as const; // prettier-ignore
export type Name = (typeof functions)[number];

const classes = { float32: Float32Array, float64: Float64Array, float16: Uint16Array, bfloat16: Uint16Array, int32: Int32Array, uint8: Uint8Array }; // prettier-ignore
export type Dtype = keyof typeof classes;
export type Typed = Float32Array | Float64Array | Uint16Array | Int32Array | Uint8Array;
type TypedConstructor = { new (n: number): Typed; new (buffer: ArrayBufferLike, offset: number, n: number): Typed; from(values: ArrayLike<number>): Typed; BYTES_PER_ELEMENT: number }; // prettier-ignore

export const classOf = (dtype: Dtype): TypedConstructor => classes[dtype] as unknown as TypedConstructor;
export const product = (shape: readonly number[]): number => shape.reduce((a, n) => a * n, 1);

/** One array of a call: its elements, row-major. */
export interface Part {
  readonly dtype: Dtype;
  readonly shape: readonly number[];
  readonly data: Typed;
}

/** A call: its arrays by name, its options that hold no array, and the array that `out` has to be, where there may be one. */
export interface Call {
  readonly name: Name;
  readonly parts: Readonly<Record<string, Part>>;
  readonly options: Record<string, unknown>;
  /** the second argument of topk and oneHot */
  readonly count: number | undefined;
  readonly out: { readonly dtype: Dtype; readonly shape: readonly number[] } | undefined;
}

/** A call of one function on x of a shape and dtype. The lanes are those along `axis`. */
export function draw(
  r: Random,
  name: Name,
  shape: readonly number[],
  axis: readonly number[],
  dtype: Dtype,
  options: Record<string, unknown> = {},
): Call {
  if (name === 'topk' || name === 'sample') axis = axis.slice(0, 1); // they take one
  const length = product(axis.map((d) => shape[d]!)),
    kept = shape.filter((_, d) => !axis.includes(d));
  const fill = (dtype: Dtype, shape: readonly number[], value: () => number): Part => {
    const data = new (classOf(dtype))(product(shape));
    for (let i = 0; i < data.length; i++) data[i] = value();
    return { dtype, shape, data };
  };
  // 16 bits of floats between 2^-14 and 8 of either sign, so that no lane is NaN
  const number = (): number =>
    dtype === 'float16' ? r.whole(0x4800) | (r.whole(2) << 15) : dtype === 'bfloat16' ? (0x3800 + r.whole(0x0900)) | (r.whole(2) << 15) : dtype === 'uint8' ? r.whole(30) : r.between(-9, 9); // prettier-ignore
  const x = fill(dtype, shape, number),
    parts: Record<string, Part> = { x },
    given: Record<string, unknown> = { ...options };
  let count: number | undefined;
  const result: Dtype = dtype === 'int32' || dtype === 'uint8' ? 'float64' : dtype;
  const floats: Dtype = result === 'float64' ? 'float64' : 'float32';
  // labels, weights and masks of any type that they may have
  const broadcast = r.whole(3) === 0 ? [1, ...shape.slice(1)] : shape;
  if (name !== 'exp' && name !== 'oneHot') given['axis'] = axis.length === 1 ? axis[0] : [...axis];
  if (name.startsWith('log') || name === 'softmax' || name === 'argmax' || name === 'summarize') {
    if (!name.endsWith('Gradient') && r.whole(3) === 0) parts['where'] = fill(pick(r, ['uint8', 'float32', 'int32', 'float64']), broadcast, () => Number(r.whole(5) > 0)); // prettier-ignore
  }
  // x as a part of lanes that have it three times
  if ((name === 'softmax' || name === 'logSoftmax') && r.whole(5) === 0) {
    const { data } = x,
      { theta } = options as { theta?: number },
      whole = summarize({ data, shape: [...shape], ...(data instanceof Uint16Array ? { dtype } : {}) }, { axis: [...axis], theta });
    given['within'] = merge(whole, whole, whole);
  }
  if (name === 'logsumexp' && product(shape) < 30_000 && r.whole(3) === 0) parts['b'] = fill(pick(r, ['float64', 'float32', 'uint8']), broadcast, () => r.between(1, 9)); // prettier-ignore
  if (name.endsWith('xGradient')) parts['dy'] = fill(result === 'float64' ? 'float64' : dtype, shape, result === 'float64' ? () => r.between(-9, 9) : number); // prettier-ignore
  if (name.startsWith('crossEntropy')) {
    const dense = r.whole(2) === 0;
    parts['target'] = dense ? fill(floats, shape, () => r.between(0, 1)) : fill(pick(r, ['int32', 'float64', 'float32']), kept, () => r.whole(length)); // prettier-ignore
    if (r.whole(3) === 0) parts['classWeights'] = fill(pick(r, ['float32', 'float64', 'uint8']), [length], () => r.between(1, 9)); // prettier-ignore
    given['reduction'] = pick(r, ['sum', 'mean', 'none']);
    if (r.whole(3) === 0) given['labelSmoothing'] = 0.1;
  }
  if (name === 'sample') Object.assign(given, { random: () => 0.37 }, r.whole(2) ? { topP: 0.9 } : {}, r.whole(2) ? { topK: 1 + r.whole(length) } : {}, r.whole(2) ? { minP: 0.01 } : {}); // prettier-ignore
  if (name === 'topk') count = 1 + r.whole(Math.min(length, 40));
  if (name === 'oneHot') {
    parts['x'] = fill(pick(r, ['int32', 'float32', 'float64', 'uint8']), shape, () => r.whole(3));
    return { name, parts, options: {}, count: 3, out: undefined };
  }
  if (dtype === 'float16' || dtype === 'bfloat16') given['dtype'] = dtype;
  const out = name === 'topk' || name === 'crossEntropy' || name === 'summarize' ? undefined : name === 'argmax' || name === 'sample' ? ({ dtype: 'int32', shape: kept } as const) : { dtype: result, shape: name === 'logsumexp' ? kept : shape }; // prettier-ignore
  return { name, parts, options: given, count, out };
}

/** Options that the functions of lanes take; a gradient takes theta alone. */
export function extras(r: Random, name: Name, theta: number | undefined): Record<string, unknown> {
  if (name === 'exp') return r.whole(2) === 0 ? { precision: 'exact' } : {};
  if (name === 'argmax' || name === 'topk' || name === 'oneHot') return {};
  return { ...(theta === undefined ? {} : { theta }), ...(name === 'sample' || name.endsWith('xGradient') || r.whole(3) > 0 ? {} : { precision: 'exact' }) }; // prettier-ignore
}

/** Makes the call with these arguments for its parts; `change` may alter the options. */
export function invoke(
  s: object,
  { name, options, count }: Call,
  given: Readonly<Record<string, unknown>>,
  change: (options: Record<string, unknown>) => object = (options) => options,
): unknown {
  tally.calls++;
  const { x, dy, target, ...rest } = given,
    all = change({ ...options, ...rest });
  const second = count ?? dy ?? target;
  const f = (s as Record<Name, (...all: unknown[]) => unknown>)[name];
  return second === undefined ? f(x, all) : f(x, second, all);
}

/** A part as { data, shape }, on an array of its own. */
export const apart = ({ data, shape, dtype }: Part): object => ({ data: data.slice(), shape, ...(data instanceof Uint16Array ? { dtype } : {}) }); // prettier-ignore

/** The result of the call on arrays of their own; `flatly` as a typed array x. */
export function plainly(s: object, call: Call, flatly = false): Float64Array {
  const given = Object.entries(call.parts).map(([what, part]) => [what, flatly && what === 'x' ? part.data.slice() : apart(part)]); // prettier-ignore
  return flat(invoke(s, call, Object.fromEntries(given)));
}

/** A call in words. */
export function inWords({ name, parts, options, count }: Call): string {
  const arrays = Object.entries(parts).map(([what, { dtype, shape }]) => `${what} ${dtype} [${shape}]`);
  return `${name}(${arrays.join(', ')}${count === undefined ? '' : `, ${count}`}, ${JSON.stringify(options)})`;
}
