import { className, type TypedArray } from './typed.ts';

/** How a result is stored. */
export type Dtype = 'float32' | 'float64' | 'float16' | 'bfloat16';

/**
 * How the elements of an array are stored. A new dtype is one record here; where its elements are bits, CONTRIBUTING.md says what
 * else asks for them.
 */
export interface Storage {
  /** the dtype, as results and errors name it */
  readonly name: string;
  /** bytes of an element */
  readonly bytes: number;
  /** the class of the arrays that carry it */
  readonly carrier: string;
  /** the elements are bits of 16: the kind that widen16 and narrow16 take; else -1 */
  readonly bits: 0 | 1 | -1;
  /** computed in float32 where nothing else is asked for, rather than in float64 */
  readonly single: boolean;
  /** how far the sum of a softmax of them may be from 1: by the rounding of its elements, at most 5 ULP each, and of the sum */
  readonly tolerance: number;
  /** how a result is stored: integers become float64, floats stay what they are */
  readonly result: Storage;
}

function floats(name: string, bytes: number, carrier: string, bits: 0 | 1 | -1, tolerance: number): Storage {
  const storage = {
    name,
    bytes,
    carrier,
    bits,
    single: name !== 'float64',
    tolerance,
    result: undefined as unknown as Storage,
  };
  return (storage.result = storage);
}

function integers(name: string, bytes: number, carrier: string): Storage {
  return { name, bytes, carrier, bits: -1, single: false, tolerance: 2 ** -46, result: FLOAT64 };
}

export const FLOAT32: Storage = /*#__PURE__*/ floats('float32', 4, 'Float32Array', -1, 2 ** -21);
export const FLOAT64: Storage = /*#__PURE__*/ floats('float64', 8, 'Float64Array', -1, 2 ** -46);
export const UINT8: Storage = /*#__PURE__*/ integers('uint8', 1, 'Uint8Array');
export const INT32: Storage = /*#__PURE__*/ integers('int32', 4, 'Int32Array');
const FLOAT16: Storage = /*#__PURE__*/ floats('float16', 2, 'Float16Array', 0, 2 ** -9);

/** What a typed array holds that says nothing else. */
const byCarrier: Record<string, Storage> = {
  Float32Array: FLOAT32,
  Float64Array: FLOAT64,
  Float16Array: FLOAT16,
  Int8Array: /*#__PURE__*/ integers('int8', 1, 'Int8Array'),
  Uint8Array: UINT8,
  Uint8ClampedArray: /*#__PURE__*/ integers('uint8', 1, 'Uint8ClampedArray'),
  Int16Array: /*#__PURE__*/ integers('int16', 2, 'Int16Array'),
  Uint16Array: /*#__PURE__*/ integers('uint16', 2, 'Uint16Array'),
  Int32Array: INT32,
  Uint32Array: /*#__PURE__*/ integers('uint32', 4, 'Uint32Array'),
  // of labels alone
  BigInt64Array: /*#__PURE__*/ integers('int64', 8, 'BigInt64Array'),
  BigUint64Array: /*#__PURE__*/ integers('uint64', 8, 'BigUint64Array'),
};

/** What a Uint16Array may hold instead of integers. */
const byBits: Record<string, Storage> = {
  float16: /*#__PURE__*/ floats('float16', 2, 'Uint16Array', 0, 2 ** -9),
  bfloat16: /*#__PURE__*/ floats('bfloat16', 2, 'Uint16Array', 1, 2 ** -6),
};

/** The same by the classes of this realm; a Float16Array is asked for its name. */
const byClass = /*#__PURE__*/ new Map<unknown, Storage>(
  /*#__PURE__*/ [Int8Array, Uint8Array, Uint8ClampedArray, Int16Array, Uint16Array, Int32Array, Uint32Array].map(
    (Class) => [Class, byCarrier[Class.name]!],
  ),
);

/** What an array of this class holds, where the class is one of the plain ones. */
export function plainStorage(Class: unknown): Storage | undefined {
  if (Class === Float32Array) return FLOAT32;
  if (Class === Float64Array) return FLOAT64;
  return byClass.get(Class);
}

/** Results of floats are stored as these are. */
export function isInteger(storage: Storage): boolean {
  return storage.result !== storage;
}

/** The dtype of 16-bit floats that is meant by what PyTorch, safetensors, NumPy or a compiler call it. */
export function halfOf(said: string): string | undefined {
  if (said === 'float16' || said === 'bfloat16') return said;
  const found = /^(?:.*\.|dt_)?(?:(b?)(?:f|fp|float)16|half|<?f2)$/i.exec(said);
  return found === null ? undefined : found[1] ? 'bfloat16' : 'float16';
}

/** What the elements of a typed array are; `stored` is what its owner says of it. */
export function storageOf(data: TypedArray, stored: string | undefined): Storage {
  const carrier = className(data)!,
    half = carrier === 'Uint16Array' && stored !== undefined ? halfOf(stored) : undefined;
  return half === undefined ? byCarrier[carrier]! : byBits[half]!;
}
