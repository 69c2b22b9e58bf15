import { nest, nestRows } from '../input/nest.ts';
import type { Given } from '../input/options.ts';
import { show } from '../input/shapes.ts';
import { FLOAT32, FLOAT64, type Storage } from '../input/storage.ts';
import { classOf, type TypedArray } from '../input/typed.ts';
import { LIST, NUMBER, OBJECT, ROWS, TYPED } from '../input/view.ts';
import type { Call } from './call.ts';
import { bitsOf, readStored } from './stored.ts';
import { run } from './walk.ts';

// The container that the caller gets.

interface Allocator {
  allocUnsafeSlow?(bytes: number): { readonly buffer: ArrayBuffer };
}

/** bytes from which on an array that is not zeroed is worth asking for */
const LARGE = 1 << 20;

/**
 * An array for `size` elements of the result. A large one may hold anything: whoever asks writes every element before the
 * call ends, and no code of the caller runs until then.
 */
export function fresh(c: Call, size: number, storage: Storage = c.result): TypedArray {
  try {
    if (size * storage.bytes >= LARGE) return unzeroed(size, storage);
    if (storage === FLOAT32) return new Float32Array(size);
    if (storage === FLOAT64) return new Float64Array(size);
    return new (classOf(storage.carrier))(size);
  } catch {
    throw new RangeError(
      `${c.spec.name}: there is no memory for ${size} elements of ${storage.name} (shape ${show(c.resultShape)}); pass out, or fewer rows at a time`,
    );
  }
}

/** On a host with Node's `Buffer`, memory that is not zeroed first, and that nothing else shares. */
function unzeroed(size: number, { bytes, carrier }: Storage): TypedArray {
  const Class = classOf(carrier) as unknown as Float32ArrayConstructor,
    length = size * bytes;
  let buffer: ArrayBuffer | undefined;
  try {
    buffer = (globalThis as { Buffer?: Allocator }).Buffer?.allocUnsafeSlow?.(length).buffer;
  } catch {
    // it has a limit of its own, 4 GiB on Node 20, which typed arrays do not have
  }
  return buffer?.byteLength === length ? new Class(buffer) : new Class(size);
}

/** Whether the result is a number rather than an array. */
export function isNumber(c: Call): boolean {
  if (c.form === NUMBER) return true;
  if (!c.spec.reduces || c.form === OBJECT) return false;
  return (c.axes === undefined && !c.keepdims) || c.resultShape.length === 0;
}

/** Turns a row-major array of the result's shape into what the caller gets. */
export function wrap(c: Call, data: TypedArray, storage: Storage = c.result): unknown {
  if (c.form === OBJECT) return object(c, data, storage.name);
  if (isNumber(c)) return numberOf(data, storage);
  if (c.form === ROWS) return nestRows(data, c.resultShape);
  return c.form === LIST ? nest(c.spec.name, data, c.resultShape) : data;
}

/** A result for an object: `dims` is there where the input had it; both are arrays of the result's own. */
export function object(c: Call, data: TypedArray, dtype: string): object {
  // the shape was read into an array of the call's own; that of a tensor is the tensor's
  const shape = (c.tensor === undefined ? c.resultShape : c.resultShape.slice()) as number[];
  return c.dims ? { data, shape, dtype, dims: shape.slice() } : { data, shape, dtype };
}

/** The container for row-major data of a rank from 1 on, of the kind of an argument. */
export function wrapLike(given: Given, data: TypedArray, shape: readonly number[], dtype: string): unknown {
  if (given.form === TYPED) return data;
  if (given.form === ROWS) return nestRows(data, shape);
  if (given.form !== OBJECT) return nest(given.spec.name, data, shape);
  return given.dims ? { data, shape: [...shape], dtype, dims: [...shape] } : { data, shape: [...shape], dtype };
}

/** The value of the first element; bits of 16 stand for one. */
export function numberOf(data: TypedArray, storage: Storage): number {
  if (bitsOf(storage, data) === undefined) return data[0]!;
  const value = new Float64Array(1);
  readStored(run(data, 0, 1), storage, 0, 1, value, 0);
  return value[0]!;
}
