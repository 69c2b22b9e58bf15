/** A Float16Array, described by its members: its name is missing from older hosts and `lib` settings. */
export interface Float16View {
  readonly [Symbol.toStringTag]: 'Float16Array';
  readonly BYTES_PER_ELEMENT: number;
  readonly buffer: ArrayBufferLike;
  readonly byteLength: number;
  readonly byteOffset: number;
  readonly length: number;
  [index: number]: number;
  fill(value: number, start?: number, end?: number): this;
  set(array: ArrayLike<number>, offset?: number): void;
  subarray(begin?: number, end?: number): Float16View;
}

/** Every array of plain numbers; BigInt64Array and BigUint64Array are not among them. */
export type TypedArray =
  | Float32Array
  | Float64Array
  | Float16View
  | Int8Array
  | Uint8Array
  | Uint8ClampedArray
  | Int16Array
  | Uint16Array
  | Int32Array
  | Uint32Array;

/** Arrays that a kernel or a loop of this package computes on. */
export type Floats = Float32Array | Float64Array;

/** of every typed array */
const prototype: object = Object.getPrototypeOf(Uint8Array.prototype);
const getTag = Object.getOwnPropertyDescriptor(prototype, Symbol.toStringTag)!.get as () => string | undefined;

/** @internal Methods of every typed array: one that a caller put on an array of theirs is not run in the midst of a call. */
export const set: (array: ArrayLike<number>, offset?: number) => void = (prototype as Float64Array).set;

/** @internal n elements in place. `subarray` asks the array for its constructor, and may so run code of the caller: this does not. */
export function part(data: TypedArray, from: number, n: number): Float64Array {
  const tag = className(data)!,
    Class = (
      tag === 'Float32Array' ? Float32Array : tag === 'Float64Array' ? Float64Array : classOf(tag)
    ) as Float64ArrayConstructor;
  return new Class(bufferOf(data), byteOffsetOf(data) + from * Class.BYTES_PER_ELEMENT, n);
}

const getter = (member: string) => Object.getOwnPropertyDescriptor(prototype, member)!.get as () => unknown;
const getBuffer = getter('buffer') as () => ArrayBufferLike,
  getOffset = getter('byteOffset') as () => number,
  getLength = getter('length') as () => number,
  getByteLength = getter('byteLength') as () => number;

/** The length of a typed array; for one without a length, detached or shrunk, 0. */
export function lengthOf(data: ArrayBufferView | TypedArray): number {
  return getLength.call(data);
}

export function byteLengthOf(data: ArrayBufferView | TypedArray): number {
  return getByteLength.call(data);
}

/** The buffer of a typed array, and where it starts there, whatever members its owner has put on it. */
export function bufferOf(data: ArrayBufferView | TypedArray): ArrayBufferLike {
  return getBuffer.call(data);
}

export function byteOffsetOf(data: ArrayBufferView | TypedArray): number {
  return getOffset.call(data);
}

/** The class of a typed array, of any realm, subclass or not; undefined for anything else. Engines inline it: it costs least of all tests. */
export function className(data: unknown): string | undefined {
  return getTag.call(data);
}

/** The constructor of a class of typed arrays, by name. */
export function classOf(name: string): new (size: number) => TypedArray {
  return (globalThis as unknown as Record<string, new (size: number) => TypedArray>)[name]!;
}

/** A new array of n numbers for the result of a function, or an error that says what to do. */
export function roomFor<A>(name: string, n: number, Class: new (n: number) => A): A {
  try {
    return new Class(n);
  } catch {
    throw new RangeError(`${name}: there is no memory for ${n} numbers (${Class.name}); pass less at a time`);
  }
}

/** Whether the elements are numbers, or bigints where these may be. */
export function isNumeric(view: ArrayBufferView, bigints: boolean = false): view is ArrayBufferView & TypedArray {
  const tag = className(view);
  return tag !== undefined && (bigints || !tag.startsWith('Big'));
}

/** Whether an object passes for a typed array by its class or its tag alone, as a proxy of one does. */
export function isPosing(value: object, tag: string): boolean {
  if (ArrayBuffer.isView(value) || tag === 'Float16Array') return false;
  return (
    Object.prototype.isPrototypeOf.call(prototype, value) ||
    /^(?:Big)?(?:Int|Uint|Float)\d+(?:Clamped)?Array$/.test(tag)
  );
}

const members = ['length', 'byteLength', 'byteOffset', 'buffer', 'set', 'subarray', 'fill', 'constructor'];

/**
 * The array, or a plain view of the same elements where it is of a subclass or has members of its own: no code of the caller
 * may run in the midst of a copy, and its size is what it is.
 */
export function plain(data: TypedArray): TypedArray {
  const base = classOf(className(data)!) as unknown as Float32ArrayConstructor;
  let own = Object.getPrototypeOf(data) !== base.prototype;
  for (const member of members) own ||= Object.hasOwn(data, member);
  if (!own) return data;
  const length = lengthOf(data);
  // of nothing, or of a buffer that is gone, there is no view to make
  return length === 0 ? data : new base(bufferOf(data), byteOffsetOf(data), length);
}

/** Whether a typed array without elements is truly empty, rather than on a buffer that was transferred or shrank. */
export function isAlive(data: TypedArray): boolean {
  try {
    Float32Array.prototype.at.call(data, 0);
    return true;
  } catch {
    return false;
  }
}
