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

/** Whether a function reduces lanes, and its axis when none is given. */
export interface Spec {
  readonly reduces: boolean;
  readonly defaultAxis?: number | null;
}

/** The options of softmax, logSoftmax, logsumexp and exp as the caller gave them, each read once. */
export type Taken = { readonly [K in keyof Options]-?: unknown };

/** A call without options. */
export const none: Taken = {
  axis: undefined,
  theta: undefined,
  where: undefined,
  out: undefined,
  shape: undefined,
  dtype: undefined,
  precision: undefined,
  keepdims: undefined,
  b: undefined,
  returnSign: undefined,
};

const element = ['axis', 'theta', 'where', 'out', 'shape', 'dtype', 'precision'],
  reduction = [...element, 'keepdims', 'b', 'returnSign'],
  /** of all functions */
  every = [...reduction, 'reduction', 'labelSmoothing', 'classWeights', 'ignoreIndex', 'build', 'maxMemory'];

/** No options, of any function: all as properties of its own, so that none is looked for in Object.prototype. */
const nothing: object = {
  ...none,
  reduction: undefined,
  labelSmoothing: undefined,
  classWeights: undefined,
  ignoreIndex: undefined,
  build: undefined,
  maxMemory: undefined,
};

/** Reads the options of softmax, logSoftmax or logsumexp, each once. */
export function take(name: string, options: unknown, { reduces }: Spec): Taken {
  if (options === undefined || options === null) return none;
  const given = admit<Options>(name, options, reduces ? reduction : element);
  const { axis, theta, where, out, shape, dtype, precision } = given;
  const keepdims = reduces ? given.keepdims : undefined,
    b = reduces ? given.b : undefined,
    returnSign = reduces ? given.returnSign : undefined;
  return { axis, theta, where, out, shape, dtype, precision, keepdims, b, returnSign };
}

/**
 * Refuses options that a function does not have, and gives an object to read each that it has from, once. An option is what
 * the caller's object or a class of it has, enumerable or not; what only Object.prototype has is none.
 */
export function admit<O extends object>(name: string, options: unknown, names: readonly string[]): Partial<O> {
  if (options === undefined || options === null) return nothing as Partial<O>;
  if (typeof options !== 'object' || isArray(name, 'options', options) || ArrayBuffer.isView(options)) {
    const example = names[0] === 'axis' ? 'axis: -1' : `${names[0]}: ...`;
    throw new TypeError(`${name}: options is ${describe(options)}; it must be an object such as { ${example} }`);
  }
  for (const key in options) if (!names.includes(key)) refuse(name, key, options as Record<string, unknown>, names);
  return isSpoilt() ? declared(options as Record<string, unknown>, names) : options;
}

/** An option that belongs to other functions may be there as long as it asks for nothing. */
function refuse(name: string, key: string, options: Record<string, unknown>, names: readonly string[]): void {
  if (!declares(options, key) || (every.includes(key) && (options[key] ?? undefined) === undefined)) return;
  const elsewhere = key === 'keepdims' || key === 'b' || key === 'returnSign';
  throw new TypeError(
    `${name}: ${elsewhere ? `the option ${key} does not apply here` : `there is no option ${key}`}; the options are ${names.join(', ')}`,
  );
}

/** Whether an object or one that it inherits from has a property; Object.prototype, from which all inherit, does not count. */
function declares(options: object, key: string): boolean {
  for (let o: object | null = options; o !== null && o !== Object.prototype; o = Object.getPrototypeOf(o))
    if (Object.hasOwn(o, key)) return true;
  return false;
}

/** Whether Object.prototype has the name of an option: name by name, for engines look up constants fast. */
function isSpoilt(): boolean {
  const all = Object.prototype;
  // prettier-ignore
  return 'axis' in all || 'theta' in all || 'where' in all || 'out' in all || 'shape' in all || 'dtype' in all ||
    'precision' in all || 'keepdims' in all || 'b' in all || 'returnSign' in all || 'reduction' in all ||
    'labelSmoothing' in all || 'classWeights' in all || 'ignoreIndex' in all || 'build' in all || 'maxMemory' in all;
}

/** The options that the caller's object declares, each read once. */
function declared<O extends object>(options: Record<string, unknown>, names: readonly string[]): Partial<O> {
  const found = Object.create(null) as Record<string, unknown>;
  for (const key of names) if (declares(options, key)) found[key] = options[key];
  return found as Partial<O>;
}

/** The options of a call, checked; of arrays the fields, not the elements. */
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

/** Checks what `take` has read. */
export function check(name: string, taken: Taken): Given {
  const { axis, theta, where, out, shape, dtype, precision, keepdims, b, returnSign } = taken;
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
