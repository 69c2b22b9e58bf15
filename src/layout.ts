import { describe, flatten, nest, type Nested } from './nested.js';
import { read, run, walkOver, type Float16View, type TypedArray, type Walk } from './walk.js';

export type { Float16View, Nested, TypedArray, Walk };

/** How the elements of a result are stored. */
export type Dtype = 'float32' | 'float64' | 'float16' | 'bfloat16';

/**
 * The axes of one lane: a number (negative counts from the end), several together in any order,
 * `[]` for every element on its own, `null` for the whole array.
 */
export type Axis = number | readonly number[] | null;

/** Nested arrays of a mask. */
export type NestedMask = readonly (boolean | number | NestedMask)[];

/**
 * A view of any rank on a typed array: what scijs and stdlib ndarrays, onnxruntime and
 * transformers.js tensors look like. Strides and offset count elements; without strides
 * the elements lie in row-major order. `dims` and `stride` are other spellings of `shape` and `strides`.
 */
export interface Strided<T extends TypedArray = TypedArray> {
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
  /** Mask that broadcasts to x by NumPy's rules: an entry whose mask is false or 0 is as if absent. */
  readonly where?: boolean | number | NestedMask | TypedArray | Strided | undefined;
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
  readonly b?: number | Nested | TypedArray | Strided | undefined;
  /** Gives `{ value, sign }`. Default false. */
  readonly returnSign?: boolean | undefined;
}

/** Which options a function takes, and its axis when none is given. */
export interface Spec {
  readonly reduces: boolean;
  readonly weights?: boolean;
  readonly defaultAxis?: number | null;
}

const MOST = 0xffff_ffff;
const known = 'axis, theta, where, out, shape, dtype, precision';

/** Checks the arguments of a call and says where everything lies. All user code (getters, iterators) has run on return. */
export function layout(name: string, x: unknown, options: Options | null | undefined, spec: Spec): Layout {
  if (options === undefined || options === null) return new Layout(name, spec, open(name, 'x', x, false), {});
  checkNames(name, options, spec);
  const { axis, theta, where, out, shape, dtype, precision, keepdims, b, returnSign } = options;
  return new Layout(name, spec, open(name, 'x', x, false), {
  });
}
