import { additive, cureText, describe } from './describe.ts';
import { className, isNumeric, lengthOf } from './typed.ts';
import { LABELS, MASK, type Elements } from './view.ts';

/** Numbers in arrays in arrays, to any depth; every row of a level has the same length. */
export type Nested = readonly (number | Nested)[];

/** Deeper nesting is taken for an array that contains itself. */
const DEEPEST = 64;

/**
 * Finds the shape of nested arrays, as the first row of every level says it. Returns the first row that is a typed array, where
 * rows are such.
 */
export function measure(
  name: string,
  what: string,
  rows: readonly unknown[],
  elements: Elements,
  shape: number[],
): ArrayBufferView | undefined {
  const mask = elements === MASK;
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
    // A hole at either end is found before memory is set aside for a sparse array.
    const first: unknown = level[0];
    if (first === undefined || (n > 1024 && !(n - 1 in level))) refuseHole(name, what, level, shape.length, mask);
    level = first;
  }
  const row = ArrayBuffer.isView(level) && isNumeric(level, elements === LABELS) ? level : undefined;
  if (row !== undefined) {
    const n = lengthOf(row);
    shape.push(n);
    size *= n;
  }
  if (size > 0xffff_ffff) {
    throw new RangeError(
      `${name}: ${what} seems to have ${size} elements (shape [${shape.join(', ')}]); the limit is 2^32 - 1`,
    );
  }
  return row;
}

/** Reads nested arrays of numbers into row-major order, from into[at] on. */
export function readNumbers(
  name: string,
  what: string,
  rows: readonly unknown[],
  shape: readonly number[],
  into: Float64Array,
  at: number,
): void {
  if (fill(rows, shape, 0, into, at) < 0) explain(name, what, rows, shape, false);
}

/** The same for a mask of booleans and 0 / 1. */
export function readMask(name: string, what: string, rows: readonly unknown[], shape: readonly number[]): Uint8Array {
  const bits = new Uint8Array(shape.reduce((size, n) => size * n, 1));
  if (fillMask(rows, shape, 0, bits, 0) < 0) explain(name, what, rows, shape, true);
  return bits;
}

/** Where the next row goes, or -1 where something is wrong. */
function fill(
  rows: readonly unknown[],
  shape: readonly number[],
  depth: number,
  into: Float64Array,
  at: number,
): number {
  const n = rows.length;
  if (n !== shape[depth]) return -1;
  if (depth === shape.length - 1) {
    for (let i = 0; i < n; i++) {
      const value = rows[i];
      if (typeof value !== 'number') return -1;
      into[at + i] = value;
    }
    return at + n;
  }
  for (let i = 0; i < n && at >= 0; i++) {
    const row = rows[i];
    at = Array.isArray(row) ? fill(row, shape, depth + 1, into, at) : -1;
  }
  return at;
}

function fillMask(
  rows: readonly unknown[],
  shape: readonly number[],
  depth: number,
  into: Uint8Array,
  at: number,
): number {
  const n = rows.length;
  if (n !== shape[depth]) return -1;
  const last = depth === shape.length - 1;
  for (let i = 0; i < n && at >= 0; i++) {
    const value = rows[i];
    if (!last) at = Array.isArray(value) ? fillMask(value, shape, depth + 1, into, at) : -1;
    else if (value === true || value === 1) into[at++] = 1;
    else if (value === false || value === 0) into[at++] = 0;
    else return -1;
  }
  return at;
}

/** Says what is wrong with nested arrays that could not be read. */
function explain(name: string, what: string, rows: readonly unknown[], shape: readonly number[], mask: boolean): never {
  search(name, what, rows, shape, mask, []);
  refuseChanged(name, what);
}

export function refuseChanged(name: string, what: string): never {
  throw new TypeError(`${name}: ${what} changed while it was read; pass a list that stays as it is`);
}

/** `path` says where the rows stand. */
// prettier-ignore
function search(name: string, what: string, rows: readonly unknown[], shape: readonly number[], mask: boolean, path: readonly number[]): void {
  const n = shape[path.length]!,
    last = path.length === shape.length - 1;
  if (rows.length !== n) throw new TypeError(ragged(name, what, shape, path, rows.length));
  for (let i = 0; i < n; i++) {
    const value = rows[i];
    if (!last && Array.isArray(value)) search(name, what, value, shape, mask, [...path, i]);
    else if (!last || (mask ? value !== 0 && value !== 1 && typeof value !== 'boolean' : typeof value !== 'number'))
      refuse(name, what, shape, mask, [...path, i], value, value === undefined && !(i in rows));
  }
}

// prettier-ignore
function refuse(name: string, what: string, shape: readonly number[], mask: boolean, path: readonly number[], value: unknown, hole: boolean): never {
  if (Array.isArray(value) || (typeof value === 'number' && path.length < shape.length)) {
    const first = what + '[0]'.repeat(path.length),
      row = Array.isArray(value),
      kind = (row: boolean): string => (row ? 'an array' : 'a number');
    throw new TypeError(
      `${name}: ${at(what, path)} is ${kind(row)} where ${first} is ${kind(!row)}: nested arrays must not be ragged; nest every row to the same depth`,
    );
  }
  if (mask && typeof value === 'number') {
    throw new RangeError(
      `${name}: ${at(what, path)} is ${value}; a mask holds true or false, or 1 or 0${value < -1 ? `. ${additive(path.length)}` : ''}`,
    );
  }
  throw new TypeError(element(name, what, mask, path, value, hole));
}

function refuseHole(name: string, what: string, level: readonly unknown[], depth: number, mask: boolean): void {
  const path = new Array<number>(depth).fill(0),
    last = level.length - 1;
  if (!(last in level)) {
    path[depth - 1] = last;
    throw new TypeError(element(name, what, mask, path, undefined, true));
  }
  if (!(0 in level)) throw new TypeError(element(name, what, mask, path, undefined, true));
}

/** A row at `path` that is not as long as the first one of its level. */
export function ragged(
  name: string,
  what: string,
  shape: readonly number[],
  path: readonly number[],
  n: number,
): string {
  const depth = path.length;
  return `${name}: ${at(what, path)} has length ${n} where ${what}${'[0]'.repeat(depth)} has ${shape[depth]}: nested arrays must not be ragged; pad the rows and mask the padding with where, or call once for each row`;
}

function element(
  name: string,
  what: string,
  mask: boolean,
  path: readonly number[],
  value: unknown,
  hole: boolean,
): string {
  const wanted = mask ? 'a mask holds true or false, or 1 or 0' : 'every element must be a number';
  if (hole) return `${name}: ${at(what, path)} is a hole in the array; ${wanted}`;
  return `${name}: ${at(what, path)} is ${describe(value)}; ${wanted}${cureOf(value, name, what)}`;
}

/** How an error calls an element or a row. */
export function at(what: string, path: readonly number[]): string {
  return what + path.map((i) => `[${i}]`).join('');
}

/** What to put for an element of logits that is not there; NaN would make its lane NaN. */
function missing(name: string, what: string, how: string = ': put -Infinity for one that is missing,'): string {
  if (what !== 'x' && what !== 'logits') return '';
  const masked = !/^(?:exp|topk|toNested|cross)/.test(name);
  return `${how} with value ?? -Infinity${masked ? ', or put 0 and hide it by where' : ''}`;
}

/** What to do with an element that is no number. */
function cureOf(value: unknown, name: string, what: string): string {
  if (typeof value === 'bigint') return ', convert with Number(...)';
  if (typeof value === 'string') return `: ${cureText(value, '...', what)}`;
  if (value === undefined) return missing(name, what);
  if (value === null) return missing(name, what, ', and null is what JSON makes of -Infinity: put it back');
  if (!ArrayBuffer.isView(value) || value instanceof DataView) return '';
  if (className(value)!.startsWith('Big')) return ', convert each row with Float64Array.from(row, Number)';
  return ': make all rows of one class, for instance with Float64Array.from(row)';
}
