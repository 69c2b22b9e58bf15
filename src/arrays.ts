import { describe, flatten } from './nested.ts';
import { Tensor } from './tensor.ts';
import type { TypedArray } from './walk.ts';

/** An array argument whose fields have been read, once each; sizes are checked by `settle`, when all user code has run. The first argument is opened before the options are read. */
export interface Input {
  /** how the function calls it */
  readonly what: string;
  readonly form: 'number' | 'nested' | 'typed' | 'object';
  readonly data: TypedArray;
  /** of data when it was read: user code that runs later may detach or resize it */
  readonly length: number;
  /** whose data it is, where that may be disposed */
  readonly tensor: Tensor | undefined;
  /** undefined: a typed array on its own */
  readonly shape: readonly number[] | undefined;
  readonly strides: readonly number[] | undefined;
  readonly offset: number | undefined;
  /** the object spells its shape `dims` */
  readonly dims: boolean;
  /** the object's own dtype */
  readonly stored: string | undefined;
}

/** An array argument that lies wholly inside its data. */
export interface View {
  readonly data: TypedArray;
  readonly shape: readonly number[];
  /** undefined: row-major */
  readonly strides: readonly number[] | undefined;
  readonly offset: number;
  readonly size: number;
}

/** Number of elements that an array may have. */
export const MOST = 0xffff_ffff;

/** Finds out what an argument is; a mask may also be or hold booleans. */
export function open(name: string, what: string, value: unknown, mask: boolean): Input {
  if (ArrayBuffer.isView(value)) {
    if (value instanceof Float32Array || value instanceof Float64Array || isNumeric(value)) {
      return input(what, 'typed', plain(name, what, value as TypedArray), undefined);
    }
    throw new TypeError(unfit(name, what, value, mask));
  }
  if (typeof value === 'number') return input(what, 'number', Float64Array.of(value), []);
  if (typeof value === 'boolean' && mask) return input(what, 'number', Uint8Array.of(value ? 1 : 0), []);
  if (typeof value !== 'object' || value === null) throw new TypeError(unfit(name, what, value, mask));
  if (isArray(name, what, value)) {
    const { data, shape } = flatten(name, what, value, mask);
    return input(what, 'nested', data, shape);
  }
  return openObject(name, what, value, mask);
}

function input(what: string, form: Input['form'], data: TypedArray, shape: readonly number[] | undefined): Input {
  const length = lengthOf.call(data);
  return { what, form, data, length, tensor: undefined, shape, strides: undefined, offset: undefined, dims: false, stored: undefined }; // prettier-ignore
}

function openObject(name: string, what: string, value: object, mask: boolean): Input {
  const object = value as Record<string, unknown>;
  const { location } = object;
  // onnxruntime: the data of a tensor elsewhere must not even be looked at.
  if (typeof location === 'string' && location !== 'cpu' && location !== 'cpu-pinned') {
    throw new TypeError(
      `${name}: ${what} is a tensor whose location is '${location}', not 'cpu'; fetch its values first:\n  const data = await t.getData();\n  ${instead(name, what, 'dims')}`,
    );
  }
  const { data } = object;
  if (typeof data === 'function') {
    throw new TypeError(
      `${name}: the data of ${what} is a function, as in tfjs and jax-js, and is not called for you; fetch the values first:\n  const data = await t.data();\n  ${instead(name, what, 'shape')}`,
    );
  }
  if (data === undefined) throw new TypeError(unfit(name, what, value, mask));
  if (!ArrayBuffer.isView(data) || !isNumeric(data)) {
    throw new TypeError(`${name}: the data of ${what} is ${describe(data)}; it must be a typed array${cure(data)}`);
  }
  const elements = plain(name, what, data),
    length = lengthOf.call(elements);
  const { shape, dims } = object;
  const given = shape ?? dims;
  if (given === undefined || given === null) {
    throw new TypeError(
      `${name}: ${what} has data (${describe(data)}) but neither shape nor dims; add shape, or pass the data itself with the option shape`,
    );
  }
  const sizes = numbers(name, `the shape of ${what}`, given);
  if (shape !== undefined && shape !== null && dims !== undefined && dims !== null) {
    const other = numbers(name, `dims of ${what}`, dims);
    if (!equal(sizes, other)) {
      throw new RangeError(`${name}: ${what} has both shape ${show(sizes)} and dims ${show(other)}; they must agree`);
    }
  }
  // A method of this name (transformers.js) computes what row-major order implies.
  let { strides } = object;
  if (strides === undefined || strides === null || typeof strides === 'function') strides = object['stride'];
  const steps =
    strides === undefined || strides === null || typeof strides === 'function'
      ? undefined
      : numbers(name, `the strides of ${what}`, strides);
  const { offset, dtype, type } = object;
  if (offset !== undefined && offset !== null && (typeof offset !== 'number' || Number.isNaN(offset))) {
    throw new TypeError(
      `${name}: the offset of ${what} is ${describe(offset)}; it must be an integer, counted in elements`,
    );
  }
  const stored = typeof dtype === 'string' ? dtype : typeof type === 'string' ? type : undefined;
  if (stored !== undefined && stored.startsWith('complex')) {
    throw new TypeError(`${name}: ${what} is ${stored}; only real numbers have a softmax here, pass the real part`);
  }
  return {
    what,
    form: 'object',
    data: elements,
    length,
    tensor: Tensor.is(value) ? value : undefined,
    shape: sizes,
    strides: steps,
    offset: offset ?? undefined,
    dims: dims !== undefined && dims !== null,
    stored,
  };
}

/** What to write for an argument once its values are there. */
function instead(name: string, what: string, shape: string): string {
  if (what !== 'x') return `const ${what} = { data, shape: t.${shape} };`;
  return `${name}(data, ${name === 'topk' ? 'k, ' : ''}{ shape: t.${shape} });`;
}

/** Gives a flat array its shape and makes sure that every element in reach lies inside the data. */
export function settle(name: string, what: string, given: Input, wanted: readonly number[] | undefined): View {
  if (given.tensor !== undefined) Tensor.view(given.tensor);
  const length = lengthOf.call(given.data),
    view = within(name, what, given, wanted, length);
  if (length !== given.length) changed(name, what, given.data, given.length);
  return view;
}

function within(name: string, what: string, given: Input, wanted: readonly number[] | undefined, length: number): View {
  const { data, form } = given;
  if (length === 0) alive(name, what, data);
  const shape = given.shape ?? wanted ?? [length];
  const size = count(name, what, shape);
  if (form !== 'object') {
    if (size !== length) {
      throw new RangeError(
        `${name}: ${what} has ${length} elements but shape ${show(shape)} takes ${size}; the product of the shape must be the length`,
      );
    }
    return { data, shape, strides: undefined, offset: 0, size };
  }
  const offset = given.offset ?? 0;
  if (!Number.isSafeInteger(offset) || offset < 0) {
    throw new RangeError(`${name}: the offset of ${what} is ${offset}; it must be an integer from 0 to ${length}`);
  }
  const { strides } = given;
  if (strides === undefined) {
    if (given.offset === undefined ? size !== length : offset + size > length) {
      throw new RangeError(
        `${name}: ${what} has shape ${show(shape)} (${size} elements${given.offset === undefined ? '' : ` from offset ${offset}`}) but data of length ${length}; they must agree, or say where the elements lie with strides and offset`,
      );
    }
    return { data, shape, strides: undefined, offset, size };
  }
  reach(name, what, given, shape, strides, offset, size);
  return { data, shape, strides: isRowMajor(shape, strides) ? undefined : strides, offset, size };
}

function reach(
  name: string,
  what: string,
  given: Input,
  shape: readonly number[],
  strides: readonly number[],
  offset: number,
  size: number,
): void {
  const length = given.data.length;
  if (strides.length !== shape.length) {
    throw new RangeError(
      `${name}: ${what} has ${strides.length} strides ${show(strides)} for shape ${show(shape)}; one stride for each axis, counted in elements`,
    );
  }
  let low = offset;
  let high = offset;
  let backwards = false;
  for (let d = 0; d < shape.length; d++) {
    const step = strides[d]!;
    if (!Number.isSafeInteger(step)) {
      throw new RangeError(
        `${name}: ${what} has stride ${step} (strides ${show(strides)}); strides are integers, counted in elements`,
      );
    }
    if (step < 0) {
      backwards = true;
      low += (shape[d]! - 1) * step;
    } else high += (shape[d]! - 1) * step;
  }
  // Some libraries (numpy-ts) keep the offset of a slice to themselves: only what ends where the data ends starts at 0.
  if (given.offset === undefined && (backwards || length !== size || (size > 0 && high < length - 1))) {
    throw new RangeError(
      `${name}: ${what} has strides ${show(strides)} for shape ${show(shape)} on data of length ${length} and no offset, so it may be a slice that starts anywhere; add offset (0 if it starts at the first element), or pass a contiguous copy`,
    );
  }
  if (size > 0 && (low < 0 || high >= length)) {
    throw new RangeError(
      `${name}: ${what} with shape ${show(shape)}, strides ${show(strides)} and offset ${offset} reaches from ${low} to ${high}, outside its data of length ${length}; strides and offset count elements, not bytes`,
    );
  }
}

/** The number of elements of a shape, in the bounds that every index here must respect. */
export function count(name: string, what: string, shape: readonly number[]): number {
  let size = 1;
  let nonzero = 1;
  for (let d = 0; d < shape.length; d++) {
    const n = shape[d]!;
    if (!(n >= 0 && Number.isSafeInteger(n))) {
      throw new RangeError(
        `${name}: ${what} has length ${n} along axis ${d} (shape ${show(shape)}); lengths are integers from 0 on`,
      );
    }
    size *= n;
    if (n > 0) nonzero *= n;
  }
  if (size > MOST || nonzero > Number.MAX_SAFE_INTEGER) {
    throw new RangeError(
      `${name}: ${what} with shape ${show(shape)} is too large; at most 2^32 - 1 elements, and a product of the lengths below 2^53`,
    );
  }
  return size;
}

const listOfIntegers = 'an array of integers such as [2, 3]';

/** A copy of a list of numbers, each read once. */
export function numbers(name: string, what: string, value: unknown, wanted = listOfIntegers): number[] {
  const list = value as ArrayLike<unknown>;
  if (
    typeof value !== 'object' ||
    value === null ||
    !(isArray(name, what, value) || (ArrayBuffer.isView(value) && isNumeric(value)))
  ) {
    throw new TypeError(`${name}: ${what} is ${describe(value)}; it must be ${wanted}`);
  }
  const copy: number[] = [];
  for (let i = 0; i < list.length; i++) {
    const n = list[i];
    if (typeof n !== 'number' || n !== n) {
      throw new TypeError(`${name}: ${what} has ${describe(n)} at position ${i}; it must be ${wanted}`);
    }
    copy.push(n);
  }
  return copy;
}

/** Whether the strides are those of row-major order; the stride of an axis of length 1 does not matter. */
function isRowMajor(shape: readonly number[], strides: readonly number[]): boolean {
  let next = 1;
  for (let d = shape.length - 1; d >= 0; d--) {
    const n = shape[d]!;
    if (n === 0) return true;
    if (n > 1 && strides[d] !== next) return false;
    next *= n;
  }
  return true;
}

/** The strides of row-major order. */
export function rowMajor(shape: readonly number[]): number[] {
  const strides: number[] = new Array(shape.length);
  for (let d = shape.length - 1, next = 1; d >= 0; d--) {
    strides[d] = next;
    next *= shape[d]!;
  }
  return strides;
}

/** 0 .. n - 1 */
export function range(n: number): number[] {
  const list: number[] = [];
  for (let i = 0; i < n; i++) list.push(i);
  return list;
}

/** The number of elements of a shape that has been checked. */
export function product(shape: readonly number[]): number {
  let size = 1;
  for (let d = 0; d < shape.length; d++) size *= shape[d]!;
  return size;
}

/** of every typed array */
const prototype: object = Object.getPrototypeOf(Uint8Array.prototype);
const tagOf = Object.getOwnPropertyDescriptor(prototype, Symbol.toStringTag)!.get as () => string | undefined;

/** The length of a typed array, of any class: faster than a property access that has seen them all. */
export const lengthOf = Object.getOwnPropertyDescriptor(prototype, 'length')!.get as () => number;

/** The class of a typed array, of any realm, subclass or not; undefined for a DataView. */
export function className(data: ArrayBufferView | TypedArray): string | undefined {
  return tagOf.call(data);
}

export function equal(a: readonly number[], b: readonly number[]): boolean {
  if (a.length !== b.length) return false;
  for (let d = 0; d < a.length; d++) if (a[d] !== b[d]) return false;
  return true;
}

export function show(shape: readonly number[]): string {
  return `[${shape.join(', ')}]`;
}

const members = ['length', 'byteLength', 'byteOffset', 'buffer', 'set', 'subarray', 'fill', 'constructor'];

/**
 * The array, or a plain view of the same elements where it is of a subclass or has members of its own: no code of the caller
 * may run in the midst of a copy, and its size is what it is.
 */
function plain(name: string, what: string, data: TypedArray): TypedArray {
  const base = (globalThis as unknown as Record<string, Float32ArrayConstructor>)[className(data)!]!;
  let own = Object.getPrototypeOf(data) !== base.prototype;
  for (const member of members) own ||= Object.hasOwn(data, member);
  if (!own) return data;
  alive(name, what, data);
  const of = (member: string): never => Reflect.get(prototype, member, data) as never;
  return new base(of('buffer'), of('byteOffset'), of('length'));
}

function isNumeric(view: ArrayBufferView): view is ArrayBufferView & TypedArray {
  const tag = className(view);
  return tag !== undefined && !tag.startsWith('Big');
}

/** Array.isArray throws for a revoked proxy, without saying whose. */
export function isArray(name: string, what: string, value: object): value is readonly unknown[] {
  try {
    return Array.isArray(value);
  } catch {
    throw new TypeError(`${name}: ${what} is a proxy that has been revoked; pass the array itself`);
  }
}

/** Code of the caller that ran within the call has detached or resized an array that had been read. */
export function changed(name: string, what: string, data: TypedArray, before: number): never {
  const now = lengthOf.call(data);
  if (now === 0) alive(name, what, data);
  throw new RangeError(
    `${name}: the data of ${what} had ${before} elements and then ${now}: its buffer was detached or resized by code that ran within the call (a getter or a proxy); do that before the call`,
  );
}

/** An empty typed array is either truly empty, or its buffer was transferred or shrank. */
function alive(name: string, what: string, data: TypedArray): void {
  try {
    Float32Array.prototype.at.call(data, 0);
  } catch {
    throw new TypeError(
      `${name}: the buffer of ${what} is detached (transferred, or its memory grew) or shrank from under it; make a new ${className(data)} on the present buffer`,
    );
  }
}

function unfit(name: string, what: string, value: unknown, mask: boolean): string {
  const wanted = mask
    ? 'a boolean, nested arrays of booleans or 0 / 1, a typed array of 0 / 1, or { data, shape }'
    : 'a number, nested arrays of numbers, a typed array, or { data, shape } with a typed array as data';
  return `${name}: ${what} is ${describe(value)}; it must be ${wanted}${cure(value)}`;
}

function cure(value: unknown): string {
  if (typeof value === 'string') return '; parse the text first, for instance with JSON.parse or Number';
  if (typeof value === 'bigint') return '; convert with Number(...)';
  if (typeof value !== 'object' || value === null) return '';
  if (Array.isArray(value)) return '; convert with Float64Array.from(...)';
  const tag = Object.prototype.toString.call(value).slice(8, -1);
  if (tag.startsWith('Big')) return '; convert with Float64Array.from(array, Number)';
  if (tag === 'DataView' || tag.endsWith('ArrayBuffer')) {
    return '; say what the bytes are, for instance with new Float32Array(buffer)';
  }
  if (tag === 'Float16Array')
    return "; pass the bits of a polyfilled Float16Array as a Uint16Array with dtype: 'float16'";
  if (tag === 'Promise') return '; await it first';
  if (tag === 'Number' || tag === 'Date') return '; convert with Number(...)';
  if (tag === 'Set' || tag === 'Map' || tag === 'Generator' || tag === 'Arguments')
    return '; convert with Array.from(...)';
  return '';
}
