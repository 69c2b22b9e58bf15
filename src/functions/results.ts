import type { Summary } from '../input/summary.ts';
import type { Nested } from '../input/nested.ts';
import type { TypedArray } from '../input/typed.ts';
import type { BigArray, TypedRows } from './types.ts';

// What users see of results, by the types of inputs and options.

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
          ? Same<X, Stored<X, O>>
          : X extends TypedArray
            ? Stored<X, O>
            : Wrapped<Stored<X, O>>
    : never;

/** The result of a reduction, of elements A: a number for each lane, in an array where there may be several; or `out`. */
export type Reduced<X, O = {}, A = Stored<X, O>> =
  Option<O, 'out'> extends infer W ? (W extends object ? W : PerLane<X, O, A>) : never;

/** The result of logsumexp. */
export type LogSum<X, O = {}> = 0 extends 1 & X ? any : X extends Summary<infer L> ? Known<L> : LogSumOf<X, O>;

type Known<L> = unknown extends L ? number | Nested : L;

type LogSumOf<X, O> =
  Option<O, 'returnSign'> extends infer S
    ? S extends true
      ? { value: Reduced<X, O>; sign: PerLane<X, O> }
      : Reduced<X, O>
    : never;

// What options are taken.

declare const of: unique symbol;

/** All as parameters name it. It is identical to no type of a caller's: what is, TypeScript leaves out when it infers O. */
export type Only<All> = All & { readonly [of]?: never };

/**
 * The constraint of O, the type of the options of a call: O itself fits where all its members are in All. If not, TypeScript infers this
 * constraint instead, and compares the options with All: it names a member that does not exist, if they are written in the call, and
 * takes those of a variable, whose type is kept for the result.
 */
export type Fits<O, All> = [O] extends [All | undefined]
  ? [Excess<O, All>] extends [never]
    ? Itself<O>
    : More<O, All>
  : undefined;

type Excess<O, All> = O extends unknown ? (keyof O extends keyof All ? never : 1) : never;

/** O would be circular. */
type Itself<O> = { [K in keyof O]: O[K] };

/** Options of type O, whose members are not all in All. */
export type More<O, All> = All & { readonly [of]: O };

// How results are found. A type of several (a union, an optional option) gives the results of each.

/** What is known of an option; void where it may be left out, for undefined extends everything where `strictNullChecks` is off. */
export type Option<O, K extends string> = typeof of extends keyof O ? Member<O[typeof of], K> : Member<O, K>;

type Member<O, K extends string> = O extends unknown
  ? K extends keyof O
    ? Given<O[K]> | ({} extends Pick<O, K> ? void : never)
    : void
  : never;

type Given<T> = T extends undefined ? void : T;

/** Nested arrays of the same depth, whose rows are of the class A where those of X are typed. */
export type Same<X, A> = X extends readonly (infer U)[]
  ? [U] extends [never]
    ? number[]
    : Nested extends readonly U[]
      ? Nested
      : [Row<U>] extends [never]
        ? Same<U, A>[]
        : [Exclude<U, Row<U>>] extends [never]
          ? A[]
          : Ragged<A>
  : number;

/** Typed rows at a depth that is not known. */
type Ragged<A> = [A] extends [TypedArray] ? TypedRows<A> : never;

/** What of the entries U are typed rows. */
type Row<U> = Extract<U, TypedArray | BigArray>;

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
    : T extends string
      ? Lowercase<T> extends `${string}${Spelt}`
        ? Fresh<Uint16Array | Float64Array>
        : Fresh<Float64Array>
      : Fresh<Float64Array>;

/** How 16-bit floats are called elsewhere: `halfOf` looks closer. */
type Spelt = 'f16' | 'fp16' | 'float16' | 'half' | 'f2';

/** The typed array that X is or has; of rows, their class. */
export type Data<X> = X extends TypedArray
  ? X
  : X extends { readonly data: infer D }
    ? D
    : X extends readonly (infer U)[]
      ? Nested extends readonly U[]
        ? never
        : [Row<U>] extends [never]
          ? Data<U>
          : Row<U>
      : never;

/** What the option `dtype`, or else the object itself, says of its elements. */
type Holds<X, O> = Or<Option<O, 'dtype'>, Or<Option<X, 'dtype'>, Option<X, 'type'>>>;

/** A, or B where A is left out. */
export type Or<A, B> = A extends void ? B : A;

/** A result for an object; there is none for one without numbers. */
export type Wrapped<A> = [A] extends [never] ? never : ArrayResult<A>;

/** A number for each lane; by default the whole array is one. */
export type PerLane<X, O, A = Stored<X, O>, At = Option<O, 'axis'>> = 0 extends 1 & X
  ? any
  : X extends number
    ? number
    : X extends readonly unknown[]
      ? Left<Same<X, A>, At, Option<O, 'keepdims'>>
      : X extends TypedArray
        ? Left<Rows<Option<O, 'shape'>>, At, Option<O, 'keepdims'>> extends infer L
          ? L extends number
            ? number
            : A
          : never
        : Wrapped<A>;

/** What plain arrays hold a number for each lane. */
export type Lanes<X, O, At = Option<O, 'axis'>> = 0 extends 1 & X
  ? any
  : X extends number
    ? number
    : X extends readonly unknown[]
      ? Without<Same<X, number[]>, At>
      : X extends TypedArray
        ? Without<Rows<Option<O, 'shape'>>, At>
        : number | Nested;

/** The nested arrays that a typed array of shape S stands for. */
type Rows<S> = S extends void
  ? number[]
  : S extends readonly []
    ? number
    : S extends readonly [unknown, ...infer R]
      ? Rows<R>[]
      : number | Nested;

/** What is left of nested arrays L when the lane's axes are removed, or kept with length 1. */
type Left<L, At, K> = K extends true ? L : Without<L, At>;

type Without<L, At> = At extends number
  ? Entry<L>
  : At extends readonly []
    ? L
    : At extends readonly [unknown, ...infer R]
      ? Without<Entry<L>, R>
      : At extends readonly unknown[]
        ? number | Some<Data<L>>
        : number;

/** What may be left by axes that are not known. */
type Some<A> = [A] extends [never] ? Nested : A | Ragged<A>;

type Entry<L> = L extends readonly (infer U)[] ? U : L extends TypedArray ? number : never;
