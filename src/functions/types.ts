import type { Summary } from '../input/summary.ts';
import type { Nested } from '../input/nested.ts';
import type { Float16View, TypedArray } from '../input/typed.ts';
import type { Tensor } from '../kernels/tensor.ts';

// What users see of every function: inputs and options. What the results are is in results.ts.

export type { Float16View, Nested, TypedArray };

/**
 * The axes of one lane: a number (negative counts from the end), several together in any order,
 * `[]` for every element on its own, `null` for the whole array.
 */
export type Axis = number | readonly number[] | null;

/** Nested arrays of a mask. */
export type NestedMask = readonly (boolean | number | NestedMask)[];

/** Lists whose rows are typed arrays of one class, to any depth. */
export type TypedRows<T extends TypedArray | BigArray = TypedArray> = readonly (T | TypedRows<T>)[];

/** Arrays of 64-bit integers, which labels may be. */
export type BigArray = BigInt64Array | BigUint64Array;

/**
 * A view of any rank on a typed array: what scijs and stdlib ndarrays, onnxruntime and
 * transformers.js tensors look like. Strides and offset count elements; without strides
 * the elements lie in row-major order. `dims` and `stride` are other spellings of `shape` and `strides`.
 */
export interface Strided<T extends TypedArray | BigArray = TypedArray> {
  readonly data: T;
  readonly shape?: ArrayLike<number> | undefined;
  readonly dims?: ArrayLike<number> | undefined;
  readonly strides?: ArrayLike<number> | ((...args: never[]) => unknown) | null | undefined;
  readonly stride?: ArrayLike<number> | ((...args: never[]) => unknown) | null | undefined;
  readonly offset?: number | null | undefined;
  /** 'float16' or 'bfloat16' says what a Uint16Array holds. */
  readonly dtype?: unknown;
  readonly type?: unknown;
}

/** Options of every function; the last three belong to logsumexp. */
export interface Options {
  /** Default `null`: the whole array is one lane. */
  readonly axis?: Axis | undefined;
  /** Factor on the logits (1 / temperature), finite. Default 1. */
  readonly theta?: number | undefined;
  /** 1 / theta, instead of it: finite, not 0. Default 1. */
  readonly temperature?: number | undefined;
  /** Mask that broadcasts to x by NumPy's rules: an entry whose mask is false or 0 is as if absent. */
  readonly where?: boolean | number | NestedMask | TypedRows | TypedArray | Strided | undefined;
  /** Takes the result and is returned; may be the input. Of the result's dtype and size. */
  readonly out?: TypedArray | Strided | undefined;
  /** Shape of a typed array that is not one-dimensional. */
  readonly shape?: ArrayLike<number> | undefined;
  /** What a Uint16Array holds: 'float16' or 'bfloat16'. Without it, integers. */
  readonly dtype?: string | undefined;
  /** 'exact' computes float32 and 16-bit floats in float64 and rounds once. Default 'fast'. */
  readonly precision?: 'fast' | 'exact' | undefined;
  /** Keeps the reduced axes with length 1. Default false. */
  readonly keepdims?: boolean | undefined;
  /** Weights of the terms, broadcast to x by NumPy's rules; may be negative or 0. */
  readonly b?: number | Nested | TypedRows | TypedArray | Strided | undefined;
  /** Gives `{ value, sign }`. Default false. */
  readonly returnSign?: boolean | undefined;
}

/**
 * A tensor of onnxruntime or transformers.js, as a session gives it: its type says neither what it holds nor where. One of
 * text or of 64-bit integers is refused when it is read.
 */
export interface SessionTensor {
  readonly data: TypedArray | BigInt64Array | BigUint64Array | readonly unknown[];
  readonly dims: ArrayLike<number>;
  readonly type: string;
  readonly location: string;
}

/** What the functions take: a number, nested arrays or typed rows, a typed array, or an object with `data` and `shape` or `dims`. */
export type Input = number | Nested | TypedRows | TypedArray | Strided | Tensor | SessionTensor;

/** What labels and targets are: the same, and 64-bit integers. */
export type Labels = Input | BigArray | TypedRows<BigArray> | Strided<BigArray>;

/** Options of softmax and logSoftmax. */
export interface ElementOptions extends Omit<Options, 'keepdims' | 'b' | 'returnSign'> {
  /** The summary of the larger lanes that x is a part of, by summarize and merge: its theta is taken. */
  readonly within?: Summary | undefined;
}

/** Options of exp, which knows no lanes. */
export type ExpOptions = Pick<Options, 'out' | 'shape' | 'dtype' | 'precision'>;
