import type { Nested } from '../input/nested.ts';
import type { Float16View, TypedArray } from '../input/typed.ts';
import type { Tensor } from '../kernels/tensor.ts';

// What users see of every function: inputs, options, results.

export type { Float16View, Nested, TypedArray };

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

/** What the functions take: a number, nested arrays, a typed array, or an object with `data` and `shape` or `dims`. */
export type Input = number | Nested | TypedArray | Strided | Tensor | SessionTensor;

/** Options of softmax and logSoftmax. */
export type ElementOptions = Omit<Options, 'keepdims' | 'b' | 'returnSign'>;

/** Options of exp, which knows no lanes. */
export type ExpOptions = Pick<Options, 'out' | 'shape' | 'dtype' | 'precision'>;

/** A result for an object: contiguous, row-major. `dims` is there where the input had it. */
export interface ArrayResult<D> {
  data: D;
  shape: number[];
  dtype: string;
  dims?: number[];
}

/** The result for an input X: the same kind of container, or `out`; any for any. */
export type Result<X, O = {}> = 0 extends 1 & X
  ? any
  : Option<O, 'out'> extends infer W
    ? W extends object
      ? W
      : X extends number
        ? number
        : X extends readonly unknown[]
          ? Same<X>
          : X extends TypedArray
            ? Stored<X, O>
            : Wrapped<Stored<X, O>>
    : never;

/** The result of a reduction, of elements A: a number for each lane, in an array where there may be several; or `out`. */
export type Reduced<X, O = {}, A = Stored<X, O>> =
  Option<O, 'out'> extends infer W ? (W extends object ? W : PerLane<X, O, A>) : never;

/** The result of logsumexp. */
export type LogSum<X, O = {}> =
  Option<O, 'returnSign'> extends infer S
    ? S extends true
      ? { value: Reduced<X, O>; sign: PerLane<X, O> }
      : Reduced<X, O>
    : never;

// How they are found. A type of several (a union, an optional option) gives the results of each.

/** What is known of an option: undefined where it is left out. */
export type Option<O, K extends string> = O extends unknown ? (K extends keyof O ? O[K] : undefined) : never;

/** Nested arrays of the same depth. */
export type Same<X> = X extends readonly (infer U)[]
  ? [U] extends [never]
    ? number[]
    : Nested extends readonly U[]
      ? Nested
      : Same<U>[]
  : number;

/** A new array of the class of D, on a buffer of its own: a Float32Array<ArrayBuffer>, where TypeScript tells buffers apart. */
export type Fresh<D> = D extends TypedArray & { readonly [Symbol.toStringTag]: infer N extends string }
  ? typeof globalThis extends { readonly [K in N]: { of(...items: number[]): infer A } }
    ? A
    : D
  : never;

/** The elements of a result: float32 and 16-bit floats are stored as they are, everything else as float64. */
export type Stored<X, O> = Kept<Data<X>, Holds<X, O>>;

type Kept<D, T> = D extends { readonly [Symbol.toStringTag]: 'Float32Array' | 'Float16Array' }
  ? Fresh<D>
  : D extends { readonly [Symbol.toStringTag]: 'Uint16Array' }
    ? Bits<T>
    : D extends TypedArray
      ? Fresh<Float64Array>
      : never;

type Bits<T> = T extends 'float16' | 'bfloat16'
  ? Fresh<Uint16Array>
  : 'float16' extends T
    ? Fresh<Uint16Array | Float64Array>
    : Fresh<Float64Array>;

/** The typed array that X is or has. */
export type Data<X> = X extends TypedArray ? X : X extends { readonly data: infer D } ? D : never;

/** What the option `dtype`, or else the object itself, says of its elements. */
type Holds<X, O> = Or<Option<O, 'dtype'>, Or<Option<X, 'dtype'>, Option<X, 'type'>>>;

/** A, or B where A is left out. */
export type Or<A, B> = A extends undefined ? B : A;

/** A result for an object; there is none for one without numbers. */
export type Wrapped<A> = [A] extends [never] ? never : ArrayResult<A>;

/** A number for each lane; by default the whole array is one. */
export type PerLane<X, O, A = Stored<X, O>, At = Option<O, 'axis'>> = 0 extends 1 & X
  ? any
  : X extends number
    ? number
    : X extends readonly unknown[]
      ? Left<Same<X>, At, Option<O, 'keepdims'>>
      : X extends TypedArray
        ? Left<Rows<Option<O, 'shape'>>, At, Option<O, 'keepdims'>> extends infer L
          ? L extends number
            ? number
            : A
          : never
        : Wrapped<A>;

/** The nested arrays that a typed array of shape S stands for. */
type Rows<S> = S extends undefined
  ? number[]
  : S extends readonly []
    ? number
    : S extends readonly [unknown, ...infer R]
      ? Rows<R>[]
      : number | Nested;

/** What is left of nested arrays L when the lane's axes are removed, or kept with length 1. */
type Left<L, At, K> = K extends true ? L : Without<L, At>;

type Without<L, At> = At extends number
  ? Row<L>
  : At extends readonly []
    ? L
    : At extends readonly [unknown, ...infer R]
      ? Without<Row<L>, R>
      : At extends readonly unknown[]
        ? number | Nested
        : number;

type Row<L> = L extends readonly (infer U)[] ? U : never;
