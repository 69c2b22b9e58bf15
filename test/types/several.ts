// What the types leave open, the results leave open: a union, or an option that may be missing, gives the results of each.
import {
  argmax, crossEntropy, exp, logsumexp, oneHot, softmax, topk, type ArrayResult, type Axis, type Input, type Nested, type Options,
  type Strided, type TypedArray, type TypedRows,
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
