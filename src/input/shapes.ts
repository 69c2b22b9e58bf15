import { describe } from './describe.ts';
import { isNumeric } from './typed.ts';
import { MOST } from './view.ts';

// Shapes and strides: lists of numbers that count elements.

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
export function numbers(name: string, what: string, value: unknown, wanted: string = listOfIntegers): number[] {
  const list = value as ArrayLike<unknown>;
  if (
    typeof value !== 'object' ||
    value === null ||
    !(isArray(name, what, value) || (ArrayBuffer.isView(value) && isNumeric(value)))
  ) {
    throw new TypeError(`${name}: ${what} is ${describe(value)}; it must be ${wanted}`);
  }
  // room for all, as long as it is a shape that anybody means
  const { length } = list,
    copy: number[] = length <= 16 ? new Array<number>(length) : [];
  for (let i = 0; i < length; i++) {
    const n = list[i];
    if (typeof n !== 'number' || n !== n) {
      throw new TypeError(`${name}: ${what} has ${describe(n)} at position ${i}; it must be ${wanted}`);
    }
    copy[i] = n;
  }
  return copy;
}

/** Array.isArray throws for a revoked proxy, without saying whose. */
export function isArray(name: string, what: string, value: object): value is readonly unknown[] {
  try {
    return Array.isArray(value);
  } catch {
    throw new TypeError(`${name}: ${what} is a proxy that has been revoked; pass the array itself`);
  }
}

/** Whether the strides are those of row-major order; the stride of an axis of length 1 does not matter. */
export function isRowMajor(shape: readonly number[], strides: readonly number[]): boolean {
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

export function equal(a: readonly number[], b: readonly number[]): boolean {
  if (a.length !== b.length) return false;
  for (let d = 0; d < a.length; d++) if (a[d] !== b[d]) return false;
  return true;
}

export function show(shape: readonly number[]): string {
  return `[${shape.join(', ')}]`;
}
