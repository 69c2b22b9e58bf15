import { describe } from './describe.ts';

// Options that are a text, a choice, or yes or no.

export function text(name: string, what: string, value: unknown): string {
  if (typeof value !== 'string') throw new TypeError(`${name}: ${what} is ${describe(value)}; it must be a string`);
  return value;
}

export function isExact(name: string, precision: unknown): boolean {
  if (precision === 'exact' || precision === 'fast') return precision === 'exact';
  text(name, 'precision', precision);
  throw new RangeError(`${name}: precision is ${describe(precision)}; it must be 'fast' or 'exact'`);
}

export function flag(name: string, what: string, value: unknown): boolean {
  if (typeof value === 'boolean') return value;
  throw new TypeError(`${name}: ${what} is ${describe(value)}; it must be true or false`);
}
