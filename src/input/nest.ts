import { product, show } from './shapes.ts';
import type { TypedArray } from './typed.ts';

// Results as lists: of numbers, or of typed rows.

/** Nested plain arrays of the given shape (rank 1 or more) with the values of a row-major array, from data[at] on. */
export function nest(name: string, data: TypedArray, shape: readonly number[], at: number = 0): unknown[] {
  let size = 1;
  for (let d = 0; d < shape.length; d++) {
    if (shape[d]! > MOST_LIST) {
      throw new RangeError(
        `${name}: the result is a list of ${shape[d]} (shape ${show(shape)}), more than an engine takes (about 10^8); pass typed arrays, or less at a time`,
      );
    }
    size *= shape[d]!;
  }
  return level(data, shape, 0, at, size);
}

function level(data: TypedArray, shape: readonly number[], depth: number, from: number, size: number): unknown[] {
  const n = shape[depth]!;
  if (depth === shape.length - 1) {
    if (data instanceof Float64Array) return leaf64(data, from, n);
    return data instanceof Int32Array ? leaf32(data, from, n) : leaf(data, from, n);
  }
  const rows: unknown[] = n > MOST_PLAIN ? [] : new Array(n);
  for (let i = 0; i < n; i++) rows[i] = level(data, shape, depth + 1, from + (i * size) / n, size / n);
  return rows;
}

/** V8 turns an array that is made longer than this into a dictionary. */
const MOST_PLAIN = 0x1ff_ffff;
/** V8 ends the process where an array grows over 2^27, which it does by half of itself. */
export const MOST_LIST = 1e8;

/** n zeros, or halves: what is not whole makes an array of doubles, which is not copied once more when others are written. */
export function filled(n: number, value: number): number[] {
  const list: number[] = n > MOST_PLAIN ? [] : new Array(n);
  for (let i = 0; i < n; i++) list[i] = value;
  return list;
}

// A text for each class that results have: V8 learns at each place that makes arrays what they will hold, and an access that has seen
// one class of typed array is several times faster.

function leaf64(data: Float64Array, from: number, n: number): unknown[] {
  const list: number[] = n > MOST_PLAIN ? [] : new Array(n);
  for (let i = 0; i < n; i++) list[i] = data[from + i]!;
  return list;
}

function leaf32(data: Int32Array, from: number, n: number): unknown[] {
  const list: number[] = n > MOST_PLAIN ? [] : new Array(n);
  for (let i = 0; i < n; i++) list[i] = data[from + i]!;
  return list;
}

function leaf(data: TypedArray, from: number, n: number): unknown[] {
  const list: number[] = n > MOST_PLAIN ? [] : new Array(n);
  for (let i = 0; i < n; i++) list[i] = data[from + i]!;
  return list;
}

/** Typed rows of the given shape (rank 1 or more) with the values of a row-major array, from data[from] on. */
export function nestRows(data: TypedArray, shape: readonly number[], from: number = 0): unknown {
  return rowsOf(data as Float64Array, shape, 0, from, product(shape));
}

function rowsOf(data: Float64Array, shape: readonly number[], depth: number, from: number, size: number): unknown {
  const n = shape[depth]!;
  if (depth === shape.length - 1) return data.slice(from, from + n);
  const rows: unknown[] = [];
  for (let i = 0; i < n; i++) rows.push(rowsOf(data, shape, depth + 1, from + (i * size) / n, size / n));
  return rows;
}
