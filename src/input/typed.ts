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
const tagOf = Object.getOwnPropertyDescriptor(prototype, Symbol.toStringTag)!.get as () => string | undefined;

/** Methods of every typed array: one that a caller put on an array of theirs is not run in the midst of a call. */
export const { set, subarray } = prototype as Float64Array;

/** The class of a typed array, of any realm, subclass or not; undefined for a DataView. */
export function className(data: ArrayBufferView | TypedArray): string | undefined {
  return tagOf.call(data);
}

/** The constructor of a class of typed arrays, by name. */
export function classOf(name: string): new (size: number) => TypedArray {
  return (globalThis as unknown as Record<string, new (size: number) => TypedArray>)[name]!;
}

export function isNumeric(view: ArrayBufferView): view is ArrayBufferView & TypedArray {
  const tag = className(view);
  return tag !== undefined && !tag.startsWith('Big');
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
  const of = (member: string): never => Reflect.get(prototype, member, data) as never;
  // of nothing, or of a buffer that is gone, there is no view to make
  if ((of('length') as number) === 0) return data;
  return new base(of('buffer'), of('byteOffset'), of('length'));
}

/** Whether a typed array without elements is truly empty, rather than on a buffer that was transferred or shrank. */
export function isAlive(data: TypedArray): boolean {
  try {
    (data as Float32Array).at(0);
    return true;
  } catch {
    return false;
  }
}
