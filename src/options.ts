import { isArray, numbers, open, type Input } from './arrays.ts';
import { describe, type Nested } from './nested.ts';
import type { TypedArray } from './walk.ts';

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

/** The options of a call, each read once; of arrays the fields, not the elements. */
export interface Given {
  readonly axis: number | readonly number[] | null | undefined;
  readonly theta: number;
  readonly where: Input | undefined;
  readonly b: Input | undefined;
  readonly target: Input | undefined;
  readonly out: unknown;
  readonly shape: readonly number[] | undefined;
  readonly dtype: string | undefined;
  readonly exact: boolean;
  readonly keepdims: boolean;
  readonly returnSign: boolean;
}

/** A call without options. */
export const none: Given = {
  axis: undefined,
  theta: 1,
  where: undefined,
  b: undefined,
  target: undefined,
  out: undefined,
  shape: undefined,
  dtype: undefined,
  exact: false,
  keepdims: false,
  returnSign: false,
};

/** Reads the options, each once, and refuses those that the function does not know. */
export function readOptions(name: string, options: Options, spec: Spec): Given {
  if (typeof options !== 'object' || isArray(name, 'options', options) || ArrayBuffer.isView(options)) {
    throw new TypeError(`${name}: options is ${describe(options)}; it must be an object such as { axis: -1 }`);
  }
  for (const key in options) if (!applies(key, spec)) unknownOption(name, key, options, spec);
  const { axis, theta, where, out, shape, dtype, precision } = options;
  const keepdims = spec.reduces ? options.keepdims : undefined;
  const b = spec.weights ? options.b : undefined;
  const returnSign = spec.weights ? options.returnSign : undefined;
  return {
    axis:
      axis === undefined || axis === null || typeof axis === 'number'
        ? axis
        : numbers(name, 'axis', axis, 'an integer, a list of integers such as [0, 1], or null'),
    theta: theta === undefined || theta === null ? 1 : finite(name, theta),
    where: where === undefined || where === null ? undefined : open(name, 'where', where, true),
    b: b === undefined || b === null ? undefined : open(name, 'b', b, false),
    target: out === undefined || out === null ? undefined : openOut(name, out),
    out: out ?? undefined,
    shape: shape === undefined || shape === null ? undefined : numbers(name, 'shape', shape),
    dtype: dtype === undefined || dtype === null ? undefined : text(name, 'dtype', dtype),
    exact: precision === undefined || precision === null ? false : isExact(name, precision),
    keepdims: flag(name, 'keepdims', keepdims),
    returnSign: flag(name, 'returnSign', returnSign),
  };
}

function applies(key: string, spec: Spec): boolean {
  switch (key) {
    case 'axis':
    case 'shape':
    case 'out':
    case 'theta':
    case 'where':
    case 'dtype':
    case 'precision':
      return true;
    case 'keepdims':
      return spec.reduces;
    case 'b':
    case 'returnSign':
      return spec.weights === true;
    default:
      return false;
  }
}

/** An option that belongs to other functions may be there as long as it asks for nothing. */
function unknownOption(name: string, key: string, options: Options, spec: Spec): void {
  if (!Object.hasOwn(options, key) && key in Object.prototype) return; // put there for all objects, not for this call
  const elsewhere = key === 'keepdims' || key === 'b' || key === 'returnSign';
  if (elsewhere && (options[key] ?? undefined) === undefined) return;
  const list = `axis, theta, where, out, shape, dtype, precision${spec.reduces ? ', keepdims' : ''}${spec.weights ? ', b, returnSign' : ''}`;
  throw new TypeError(
    `${name}: ${elsewhere ? `the option ${key} does not apply here` : `there is no option ${key}`}; the options are ${list}`,
  );
}

function finite(name: string, theta: unknown): number {
  if (typeof theta !== 'number') {
    throw new TypeError(`${name}: theta is ${describe(theta)}; it must be a number, 1 / temperature`);
  }
  if (!Number.isFinite(theta))
    throw new RangeError(`${name}: theta is ${theta}; it must be finite (1 / temperature, default 1)`);
  return theta;
}

function text(name: string, what: string, value: unknown): string {
  if (typeof value !== 'string') throw new TypeError(`${name}: ${what} is ${describe(value)}; it must be a string`);
  return value;
}

function isExact(name: string, precision: unknown): boolean {
  if (precision === 'exact' || precision === 'fast') return precision === 'exact';
  text(name, 'precision', precision);
  throw new RangeError(`${name}: precision is ${describe(precision)}; it must be 'fast' or 'exact'`);
}

function flag(name: string, what: string, value: unknown): boolean {
  if (typeof value === 'boolean') return value;
  if (value === undefined || value === null) return false;
  throw new TypeError(`${name}: ${what} is ${describe(value)}; it must be true or false`);
}

function openOut(name: string, out: unknown): Input {
  if (typeof out !== 'object' || out === null || isArray(name, 'out', out)) {
    throw new TypeError(
      `${name}: out is ${describe(out)}; it must be a typed array or { data, shape } that can take the result`,
    );
  }
  return open(name, 'out', out, false);
}
