// What the types leave open, the results leave open: a union, or an option that may be missing, gives the results of each.
import {
  argmax, crossEntropy, crossEntropyGradient, exp, logSoftmax, logSoftmaxGradient, logsumexp, oneHot, sample, softmax, softmaxGradient,
  summarize, topk, type ArgmaxOptions, type ArrayResult, type Axis, type CrossEntropyGradientOptions, type CrossEntropyOptions,
  type ElementOptions, type ExpOptions, type GradientOptions, type Input, type Nested, type OneHotOptions, type Options,
  type SampleOptions, type Strided, type Summary, type SummarizeOptions, type TopkOptions, type TypedArray, type TypedRows,
} from 'softmax-simd';
import { is, mayBe, type F32, type F64, type I32, type U16, type U8 } from './is.js';

declare const f32: Float32Array, u16: Uint16Array, rows: number[][], cube: number[][][], any: any[];
declare const axis: number | null, axes: number[], anyAxis: Axis, flag: boolean, options: Options, shape: number[], dtype: string;
declare const oneAxis: { axis?: number }, someOut: { out: Float64Array | undefined }, mean: { reduction: 'none' | 'mean' };
declare const input: Input, either: number[] | Float32Array, maybe: { shape: [2, 3]; axis: number } | undefined;

// the calls of issue 18, whose results were said to be numbers, or lists
is<number | number[]>()(logsumexp(rows, { axis }));
is<number | number[]>()(logsumexp(rows, oneAxis));
is<number | F32>()(logsumexp(f32, { shape: [2, 3], axis }));
is<number | number[][]>()(logsumexp(rows, { keepdims: flag }));
is<number | { value: number; sign: number }>()(logsumexp([1, 2], { returnSign: flag }));
is<number | number[]>()(crossEntropy(rows, [1], mean));
is<number | number[]>()(argmax(rows, oneAxis));
is<number[] | Float64Array>()(softmax([1, 2], someOut));
mayBe<F32>()(logsumexp(f32, options));
mayBe<number>()(logsumexp(f32, options));
mayBe<TypedArray>()(logsumexp(f32, options));
mayBe<number[]>()(logsumexp(rows, options));
mayBe<{ value: F32; sign: F32 }>()(logsumexp(f32, options));
mayBe<{ value: number; sign: number }>()(logsumexp(f32, options));
is<F32 | TypedArray | Strided>()(softmax(f32, options as Pick<Options, 'axis' | 'out'>));

// the same of other functions and options
is<number | number[][]>()(logsumexp(cube, { axis }));
is<number | Nested>()(logsumexp(cube, { axis: axes }));
is<number | number[][] | Nested>()(logsumexp(cube, { axis: anyAxis }));
is<number | F32>()(logsumexp(f32, { shape, axis: -1 }));
is<number | I32>()(argmax(f32, { shape, axis: -1 }));
is<number | F32>()(crossEntropy(f32, [1], { shape, reduction: 'none' }));
is<number | F32>()(logsumexp(f32, maybe));
is<number | number[]>()(argmax(rows, maybe && { axis: maybe.axis }));
is<U16 | F64>()(softmax(u16, { dtype }));
is<ArrayResult<U16 | F64>>()(softmax({ data: u16, dims: [2], type: dtype }));
is<number[] | F32>()(softmax(either));
is<number[] | number[][]>()(topk(rows, 1, { axis }).values);
is<F32 | F64>()(oneHot(f32, 3, {} as { dtype?: 'float32' | 'float64' }));
is<F32 | Int8Array>()(exp(f32, {} as { out?: Int8Array }));
is<Nested>()(softmax(any, { axis: -1 }));
is<number | Nested>()(logsumexp(any, { axis: -1 }));
mayBe<number>()(softmax(input));
mayBe<Nested>()(softmax(input));
mayBe<F32>()(softmax(input));
mayBe<ArrayResult<F32 | F64>>()(softmax(input));

// typed rows
declare const typed: Float32Array[], eitherRows: number[][] | Float32Array[], mixed: Float32Array[] | Uint8Array[], deep: TypedRows;
is<number | F32>()(logsumexp(typed, { axis }));
is<number | F32 | TypedRows<F32>>()(logsumexp(typed, { axis: axes }));
is<number[][] | F32[]>()(softmax(eitherRows));
is<number[] | F32>()(logsumexp(eitherRows, { axis: -1 }));
is<F32[] | F64[]>()(softmax(mixed));
is<F32 | I32 | number>()(logsumexp(typed, { axis, out: {} as I32 | undefined }));
mayBe<F32[][]>()(softmax(deep));
mayBe<F64[]>()(softmax(input));
mayBe<F32>()(logsumexp(deep, { axis: 0 }));
mayBe<F64[]>()(logsumexp(deep, { axis: 0 }));
mayBe<I32[]>()(argmax(deep, { axis: 0 }));
mayBe<U8[]>()(topk(deep, 1, { axis: 0 }).values);

// an optional parameter of a type of this package: what all of its options give, and what none do
type Others = Strided | TypedArray;
function optional(o?: Options, e?: ElementOptions, a?: ArgmaxOptions, x?: ExpOptions, g?: GradientOptions, s?: SampleOptions) {
  is<F32 | Others>()(softmax(f32, e));
  is<number[][] | Others>()(logSoftmax(rows, e));
  is<number[][] | Others>()(exp(rows, x));
  is<number[][] | Others>()(softmaxGradient(rows, rows, g));
  is<F32 | Others>()(logSoftmaxGradient(f32, f32, g));
  is<number | number[] | number[][] | Nested | Others>()(argmax(rows, a));
  type Sum = number | number[] | number[][] | Nested;
  is<Sum | Others | { value: Sum | Others; sign: Sum }>()(logsumexp(rows, o));
  type Drawn = number | I32 | Others;
  is<Drawn | { indices: Drawn; logprobs: number | F32 }>()(sample(f32, s));
}
function optionalToo(c?: CrossEntropyOptions, d?: CrossEntropyGradientOptions, t?: TopkOptions, h?: OneHotOptions, z?: SummarizeOptions) {
  is<number | number[] | Nested>()(crossEntropy(rows, [1], c));
  is<number[][] | Others>()(crossEntropyGradient(rows, [1], d));
  is<number[] | number[][]>()(topk(rows, 1, t).values);
  is<F32 | F64 | I32 | U8>()(oneHot(f32, 3, h));
  is<Summary<number | number[] | Nested>>()(summarize(rows, z));
}
// and of types made of those, or of several
function derived(p?: Partial<Options>, r?: Required<SampleOptions>, m?: { -readonly [K in keyof ArgmaxOptions]: ArgmaxOptions[K] }) {
  mayBe<number[] | Others | { value: number[]; sign: number[] }>()(logsumexp(rows, p));
  mayBe<number | Others | { indices: Others; logprobs: F32 }>()(sample(f32, r));
  mayBe<number | number[] | Others>()(argmax(rows, m));
}
function chosen(o: Options | { axis: -1 } | undefined, e: { axis: -1 } | { axis: null } | undefined, n?: ElementOptions & { axis: -1 }) {
  mayBe<number | number[] | Others>()(logsumexp(rows, o));
  is<number | number[]>()(logsumexp(rows, e));
  is<number | number[]>()(logsumexp(rows, flag ? { axis: -1, theta: 2 } : { axis: null }));
  is<number | number[]>()(logsumexp(rows, flag ? { axis: 1 } : undefined));
  is<number[][] | Others>()(softmax(rows, n));
}

// a variable may have members of other functions, which throw where they are there
declare const shared: { axis: -1; keepdims?: true; reduction?: 'none' }, sharedOrNot: typeof shared | undefined;
is<number[][]>()(softmax(rows, shared));
is<number[] | number[][]>()(logsumexp(rows, shared));
is<number | number[] | number[][]>()(argmax(rows, sharedOrNot));
is<number[][] | Others>()(crossEntropyGradient(rows, [1], {} as { axis?: 0; out?: Others; where?: boolean }));
is<number[][] | Others>()(softmax(rows, options));
export { chosen, derived, optional, optionalToo };
