// What the results of calls are, where the types of their arguments leave no doubt. Lib es2022, no other types.
import {
  argmax, createSoftmax, crossEntropy, crossEntropyGradient, exp, logSoftmax, logSoftmaxGradient, logsumexp, merge, oneHot, sample,
  softmax, softmaxGradient, summarize, tensor, toNested, topk, type ArrayResult, type Nested, type Summary, type Tensor, type TypedRows,
} from 'softmax-simd';
import { is, type F32, type F64, type I32, type U16, type U8 } from './is.js';

const row = [1, 2], rows = [[1, 2]], deep = [[[1, 2]]];
declare const f32: Float32Array, f64: Float64Array, u8: Uint8Array, u16: Uint16Array, nested: Nested;
declare const flat: number[], frozen: readonly (readonly number[])[], three: readonly [1, 3, 2];
declare const typed: Float32Array[], anyRows: TypedRows<Float32Array>, i64: BigInt64Array;
const boxed = { data: f32, shape: [2, 2] };

// softmax, logSoftmax, exp: the same container, floats for integers
for (const f of [softmax, logSoftmax] as const) {
  is<number>()(f(1));
  is<number[]>()(f(row));
  is<number[]>()(f(three));
  is<number[]>()(f([]));
  is<number[][]>()(f(frozen, { axis: -1 }));
  is<Nested>()(f(nested));
  is<F32>()(f(f32));
  is<F64>()(f(f64, { shape: [2, 2] }));
  is<F64>()(f(u8));
  is<F64>()(f(u16));
  is<U16>()(f(u16, { dtype: 'float16' }));
  is<ArrayResult<F32>>()(f(boxed));
  is<ArrayResult<F64>>()(f({ data: u8, dims: [4] }));
  is<ArrayResult<U16>>()(f({ data: u16, dims: [4], type: 'float16' } as const));
  is<ArrayResult<U16 | F64>>()(f({ data: u16, shape: [4], dtype: 'BF16' } as const));
  is<ArrayResult<F64>>()(f({ data: u16, shape: [4], dtype: 'uint16' } as const));
  is<Float64Array>()(f(u8, { out: f64 }));
}
is<number[][]>()(exp(rows));
is<F32>()(exp(f32));
is<string>()(softmax(f32, { out: { data: f32, shape: [4], tag: 'mine' as string } }).tag);

// one axis removes one level
is<number>()(logsumexp(row));
is<number>()(logsumexp(rows));
is<number>()(logsumexp(f32));
is<number>()(logsumexp(rows, { axis: null }));
is<number>()(logsumexp([1, 3, 2], { axis: 0 }));
is<number>()(logsumexp([], { axis: 0 }));
is<number>()(logsumexp(three, { axis: -1 }));
is<number[]>()(logsumexp(rows, { axis: -1 }));
is<number[]>()(logsumexp(frozen, { axis: 0 }));
is<number[][]>()(logsumexp(deep, { axis: 1 }));
is<number[]>()(logsumexp(deep, { axis: [0, -1] }));
is<number>()(logsumexp(rows, { axis: [0, 1] }));
is<number[][]>()(logsumexp(rows, { axis: [] }));
is<number[][]>()(logsumexp(rows, { axis: -1, keepdims: true }));
is<number[][]>()(logsumexp(rows, { keepdims: true }));
is<number[]>()(argmax(rows, { axis: -1 }));
is<number>()(argmax(row, { axis: 0 }));

// and one length of a shape
is<F32>()(logsumexp(f32, { shape: [64, 1000], axis: -1 }));
is<F64>()(logsumexp(u8, { shape: [64, 1000], axis: -1 }));
is<U16>()(logsumexp(u16, { shape: [64, 1000], axis: -1, dtype: 'bfloat16' }));
is<I32>()(argmax(f32, { shape: [64, 1000], axis: -1 }));
is<F32>()(logsumexp(f32, { shape: [2, 2, 2], axis: [0, 1] }));
is<number>()(logsumexp(f32, { shape: [2, 2, 2], axis: [0, 1, 2] }));
is<number>()(logsumexp(f32, { shape: [64, 1000] }));
is<number>()(logsumexp(f32, { axis: 0 }));
is<F32>()(logsumexp(f32, { keepdims: true }));
is<ArrayResult<F32>>()(logsumexp(boxed));
is<ArrayResult<I32>>()(argmax(boxed, { axis: 0 }));
is<{ value: number; sign: number }>()(logsumexp(row, { returnSign: true }));
is<{ value: Float32Array; sign: F32 }>()(logsumexp(f32, { shape: [2, 2], axis: 1, returnSign: true, out: f32 }));

// losses: the classes lie on the last axis
is<number>()(crossEntropy(f32, 1));
is<number>()(crossEntropy(rows, [1], { reduction: 'sum' }));
is<number[]>()(crossEntropy(rows, [1], { reduction: 'none' }));
is<number>()(crossEntropy(row, 1, { reduction: 'none' }));
is<number>()(crossEntropy(rows, 1, { reduction: 'none', axis: null }));
is<number>()(crossEntropy(f32, 1, { reduction: 'none' }));
is<F32>()(crossEntropy(f32, u8, { shape: [2, 2], reduction: 'none' }));
is<ArrayResult<F32>>()(crossEntropy(boxed, u8, { reduction: 'none' }));

// draws: the classes lie on the last axis
is<number>()(sample(row));
is<number>()(sample(f32, { topK: 50, topP: 0.9, minP: 0.1, random: Math.random }));
is<number[]>()(sample(rows));
is<number[][]>()(sample(deep, { axis: 0 }));
is<number[]>()(sample(row, { count: 3 }));
is<number[][]>()(sample(rows, { count: 3 }));
is<I32>()(sample(f32, { shape: [2, 3] }));
is<I32>()(sample(f32, { count: 3 }));
is<ArrayResult<I32>>()(sample(boxed));
is<ArrayResult<I32>>()(sample(boxed, { count: 3 }));
is<Int32Array>()(sample(f32, { out: {} as Int32Array }));
is<{ indices: number; logprobs: number }>()(sample(f32, { logprobs: true }));
is<{ indices: I32; logprobs: F32 }>()(sample(f32, { count: 2, logprobs: true }));
is<{ indices: Int32Array; logprobs: F64 }>()(sample(u8, { shape: [2, 2], out: {} as Int32Array, logprobs: true }));
is<{ indices: number[]; logprobs: number[] }>()(sample(rows, { logprobs: true }));
is<I32[]>()(sample([f32], { count: 2 }));

// topk, oneHot, gradients
is<U8>()(topk(u8, 2).values);
is<I32>()(topk(u8, 2).indices);
is<number[][]>()(topk(rows, 1, { axis: 1 }).indices);
is<number[]>()(topk(rows, 1).values);
is<number[]>()(topk(3, 1).values);
is<ArrayResult<F32>>()(topk(boxed, 1).values);
is<number[]>()(oneHot(1, 3));
is<number[][]>()(oneHot(row, 3));
is<F32>()(oneHot(u8, 9));
is<F64>()(oneHot(u8, 9, { dtype: 'float64' }));
is<ArrayResult<I32>>()(oneHot(boxed, 9, { dtype: 'int32' }));
is<F32>()(softmaxGradient(f32, f64));
is<number[][]>()(logSoftmaxGradient(rows, rows));
is<F32>()(crossEntropyGradient(f32, 1));
is<ArrayResult<F32>>()(crossEntropyGradient({ data: f32, dims: [4] }, 1));

// rows of typed arrays: the same nesting, rows of the stored class
is<F32[]>()(softmax(typed, { axis: -1 }));
is<F32[][]>()(logSoftmax([typed]));
is<F64[]>()(exp([u8, u8]));
is<U16[]>()(softmax([u16], { dtype: 'bfloat16' }));
is<TypedRows<F32>>()(softmax(anyRows));
is<Float64Array>()(softmax(typed, { out: f64 }));
is<number>()(logsumexp(typed));
is<number>()(logsumexp(typed, { axis: [0, 1] }));
is<F32>()(logsumexp(typed, { axis: -1 }));
is<F32>()(logsumexp(typed, { axis: 0 }));
is<F64[]>()(logsumexp([[u8]], { axis: 1 }));
is<F32[]>()(logsumexp(typed, { axis: -1, keepdims: true }));
is<F32[]>()(logsumexp(typed, { axis: [] }));
is<{ value: F32; sign: F32 }>()(logsumexp(typed, { axis: -1, returnSign: true }));
is<I32>()(argmax(typed, { axis: -1 }));
is<U8[]>()(topk([u8], 1, { axis: -1 }).values);
is<I32[]>()(topk([u8], 1, { axis: -1 }).indices);
is<U8>()(topk([u8], 1).values);
is<F32>()(crossEntropy(typed, [1], { reduction: 'none', temperature: 2 }));
is<F32[]>()(crossEntropyGradient(typed, i64));
is<F32[]>()(softmaxGradient(typed, rows));

// labels may be 64-bit integers
is<F32>()(oneHot(i64, 3));
is<F64[][]>()(oneHot([i64], 3, { dtype: 'float64' }));
is<F32[][]>()(oneHot([u8], 3));
is<TypedRows<F32>[]>()(oneHot(anyRows, 3));
is<ArrayResult<F32>>()(oneHot({ data: i64, shape: [2] }, 3));
is<number>()(crossEntropy(rows, i64));
is<number>()(crossEntropy(rows, [[i64]]));
is<number>()(crossEntropy(rows, { data: i64, dims: [2] }));

is<number | Nested>()(toNested(boxed));
is<number | Nested>()(toNested(typed));
is<number | Nested>()(toNested(f32, { shape: [2, 2] }));

// tensors know their array; an instance has the same functions
const held = tensor('float32', [2]);
is<Float32Array>()(held.data);
is<Float64Array>()(tensor('float64', [2]).data);
is<typeof held>()(softmax(held, { out: held }));
is<ArrayResult<F32>>()(logsumexp(held as Tensor<'float32'>));
is<number[]>()(createSoftmax().logsumexp(rows, { axis: -1 }));

// a function of the caller's passes its types on
const confidence = <X extends number[][]>(x: X) => topk(softmax(x, { axis: -1 }), 1, { axis: -1 });
is<number[][]>()(confidence(rows).values);
is<any>()(softmax(JSON.parse('[1, 2]'), { axis: -1 }));
is<any>()(logsumexp(JSON.parse('[1, 2]'), { axis: -1 }));
is<number>()(logsumexp(flat, undefined));

// the functions are values of simpler types
const bare: (x: Float32Array) => Float32Array = softmax;
const optional: (x: number[][], options?: { axis?: number }) => number[][] = logSoftmax;
const summed: (x: number[][], options: { axis: -1 }) => number[] = logsumexp;
const spread = (...all: Parameters<typeof softmax>) => softmax(...all);
spread([1, 2]);
export { bare, optional, summed };

// summaries know what their logsumexp is
is<number>()(logsumexp(summarize(row)));
is<number[]>()(logsumexp(summarize(rows, { axis: -1 })));
is<number[]>()(logsumexp(summarize(typed, { axis: -1 })));
is<number[]>()(logsumexp(summarize(f32, { shape: [64, 1000], axis: -1 })));
is<number>()(logsumexp(merge(summarize(f32), summarize(f32))));
is<number | Nested>()(logsumexp(summarize(boxed, { axis: -1 })));
declare const received: Summary;
is<number | Nested>()(logsumexp(merge(received, received)));
is<F32>()(softmax(f32, { within: received }));
is<number[]>()(logSoftmax(row, { within: summarize(row) }));
