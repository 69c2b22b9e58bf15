import type { TypedArray } from './walk.ts';

/** Numbers in arrays in arrays, to any depth; every row of a level has the same length. */
export type Nested = readonly (number | Nested)[];

/** Deeper nesting is taken for an array that contains itself. */
const DEEPEST = 64;

/** Where the reader stands: enough to name any element when it turns out to be wrong. */
interface Reader {
  readonly name: string;
  readonly what: string;
  readonly mask: boolean;
  readonly shape: number[];
  readonly data: Float64Array | Uint8Array;
  readonly path: number[];
  at: number;
}

/** Reads nested arrays of numbers, or for a mask of booleans and 0 / 1, into one row-major array. */
export function flatten(
  name: string,
  what: string,
  rows: readonly unknown[],
  mask: boolean,
): { data: Float64Array | Uint8Array; shape: number[] } {
  const shape: number[] = [];
  const path: number[] = [];
  let size = 1;
  let level: unknown = rows;
  while (Array.isArray(level)) {
    const n = level.length;
    if (shape.length === DEEPEST) {
      throw new RangeError(`${name}: ${what} is nested deeper than ${DEEPEST} levels; does it contain itself?`);
    }
    shape.push(n);
    size *= n;
    if (n === 0) break;
    path.push(n - 1);
    // A hole at either end is found before memory is set aside for a sparse array.
    if (!(n - 1 in level)) throw new TypeError(element(name, what, mask, path, undefined, true));
    path[path.length - 1] = 0;
    if (!(0 in level)) throw new TypeError(element(name, what, mask, path, undefined, true));
    level = level[0];
  }
  if (size > 0xffff_ffff) {
    throw new RangeError(
      `${name}: ${what} seems to have ${size} elements (shape [${shape.join(', ')}]); the limit is 2^32 - 1`,
    );
  }
  const data = mask ? new Uint8Array(size) : new Float64Array(size);
  const reader: Reader = { name, what, mask, shape, data, path: [], at: 0 };
  fill(reader, rows, 0);
  return { data, shape };
}

function fill(reader: Reader, rows: readonly unknown[], depth: number): void {
  const n = reader.shape[depth]!;
  if (rows.length !== n) throw new TypeError(ragged(reader, rows, depth));
  if (depth === reader.shape.length - 1) {
    const { data, at } = reader;
    for (let i = 0; i < n; i++) {
      const value = rows[i];
      if (typeof value === 'number' && (!reader.mask || value === 0 || value === 1)) data[at + i] = value;
      else if (typeof value === 'boolean' && reader.mask) data[at + i] = value ? 1 : 0;
      else refuse(reader, rows, i, value, depth);
    }
    reader.at = at + n;
    return;
  }
  for (let i = 0; i < n; i++) {
    const row = rows[i];
    if (!Array.isArray(row)) refuse(reader, rows, i, row, depth);
    reader.path[depth] = i;
    fill(reader, row, depth + 1);
  }
}

function refuse(reader: Reader, rows: readonly unknown[], i: number, value: unknown, depth: number): never {
  const { name, what, mask, shape } = reader;
  const path = [...reader.path.slice(0, depth), i];
  if (Array.isArray(value) || (typeof value === 'number' && depth < shape.length - 1)) {
    const first = what + '[0]'.repeat(depth + 1);
    const kind = (row: boolean) => (row ? 'an array' : 'a number');
    const row = Array.isArray(value);
    throw new TypeError(
      `${name}: ${at(what, path)} is ${kind(row)} where ${first} is ${kind(!row)}: nested arrays must not be ragged; nest every row to the same depth`,
    );
  }
  if (mask && typeof value === 'number') {
    throw new RangeError(`${name}: ${at(what, path)} is ${value}; a mask holds true or false, or 1 or 0`);
  }
  throw new TypeError(element(name, what, mask, path, value, !(i in rows)));
}

function ragged(reader: Reader, row: readonly unknown[], depth: number): string {
  const { name, what, shape } = reader;
  const path = reader.path.slice(0, depth);
  return `${name}: ${at(what, path)} has length ${row.length} where ${what}${'[0]'.repeat(depth)} has ${shape[depth]}: nested arrays must not be ragged; pad the rows and mask the padding with where, or call once for each row`;
}

function element(name: string, what: string, mask: boolean, path: number[], value: unknown, hole: boolean): string {
  const wanted = mask ? 'a mask holds true or false, or 1 or 0' : 'every element must be a number';
  if (hole) return `${name}: ${at(what, path)} is a hole in the array; ${wanted}`;
  return `${name}: ${at(what, path)} is ${describe(value)}; ${wanted}${cure(value)}`;
}

function at(what: string, path: readonly number[]): string {
  return what + path.map((i) => `[${i}]`).join('');
}

function cure(value: unknown): string {
  if (typeof value === 'bigint' || typeof value === 'string') return ', convert with Number(...)';
  if (value === null || value === undefined) return ', NaN for one that is missing';
  if (ArrayBuffer.isView(value)) return ': pass one typed array for all rows with { shape }, or Array.from(row)';
  return '';
}

/** What a value is, in a few words, without calling any of its own code. */
export function describe(value: unknown): string {
  if (value === null || value === undefined) return String(value);
  if (typeof value === 'string')
    return `the string ${JSON.stringify(value.length > 24 ? `${value.slice(0, 24)}...` : value)}`;
  if (typeof value === 'bigint') return `the bigint ${value}n`;
  if (typeof value === 'symbol') return 'a symbol';
  if (typeof value === 'function') return 'a function';
  if (typeof value === 'number' || typeof value === 'boolean') return `the ${typeof value} ${value}`;
  const tag = Object.prototype.toString.call(value).slice(8, -1);
  if (tag === 'Object') return 'an object';
  const length =
    Array.isArray(value) || (ArrayBuffer.isView(value) && tag !== 'DataView')
      ? ` of length ${(value as unknown[]).length}`
      : '';
  return `${/^[AEIO]/.test(tag) ? 'an' : 'a'} ${tag}${length}`;
}

/** Nested plain arrays of the given shape (rank 1 or more) with the values of a row-major array. */
export function nest(data: TypedArray, shape: readonly number[]): unknown[] {
  return level(
    data,
    shape,
    0,
    0,
    shape.reduce((size, n) => size * n, 1),
  );
}

function level(data: TypedArray, shape: readonly number[], depth: number, from: number, size: number): unknown[] {
  const n = shape[depth]!;
  // V8 turns an array that is made longer than this into a dictionary.
  const rows: unknown[] = n > 0x1ff_ffff ? [] : new Array(n);
  if (depth === shape.length - 1) {
    for (let i = 0; i < n; i++) rows[i] = data[from + i];
  } else {
    for (let i = 0; i < n; i++) rows[i] = level(data, shape, depth + 1, from + (i * size) / n, size / n);
  }
  return rows;
}
