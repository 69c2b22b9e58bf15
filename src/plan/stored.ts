import type { Storage } from '../input/storage.ts';
import { className, type Floats, type TypedArray } from '../input/typed.ts';
import { decode, encode } from '../numeric/half.ts';
import { read, write, type Walk } from './walk.ts';

// Elements as numbers, whatever they are stored as: copies of walk.ts that know the 16-bit floats.

/** What the elements of an array are bits of; undefined where they are numbers, as those of a Float16Array are. */
export function bitsOf(storage: Storage, data: TypedArray): 'float16' | 'bfloat16' | undefined {
  return storage.bits >= 0 && className(data) === 'Uint16Array' ? (storage.name as 'float16') : undefined;
}

/** Elements start .. start + count of the walk, as numbers, to into[at ..]. */
// prettier-ignore
export function readStored(walk: Walk, storage: Storage, start: number, count: number, into: Floats, at: number): void {
  read(walk, start, count, into, at);
  const bits = bitsOf(storage, walk.data);
  if (bits !== undefined) decode(into, at, count, bits);
}

/** The numbers from[at ..], which may be lost, to elements start .. start + count of the walk. */
// prettier-ignore
export function writeStored(walk: Walk, storage: Storage, start: number, count: number, from: Floats, at: number): void {
  const bits = bitsOf(storage, walk.data);
  if (bits !== undefined) encode(from, at, count, bits);
  write(walk, start, count, from, at);
}
