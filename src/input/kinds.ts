import { cure, describe } from './describe.ts';

// Options and arguments that are a text, a choice, yes or no, theta, or a count.

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

export function thetaOf(name: string, theta: unknown): number {
  if (typeof theta !== 'number') {
    throw new TypeError(
      `${name}: theta is ${describe(theta)}; it must be a number, 1 / temperature${cure(theta, 'theta')}`,
    );
  }
  if (Number.isFinite(theta)) return theta;
  throw new RangeError(`${name}: theta is ${theta}; it must be finite (1 / temperature, default 1)`);
}

/** The theta of a temperature. */
export function thetaAt(name: string, temperature: unknown): number {
  if (typeof temperature !== 'number') {
    throw new TypeError(
      `${name}: temperature is ${describe(temperature)}; it must be a number, 1 / theta${cure(temperature, 'temperature')}`,
    );
  }
  if (temperature === 0) {
    throw new RangeError(
      `${name}: temperature is 0, where the largest element takes all; use argmax, or give a temperature other than 0`,
    );
  }
  const theta = 1 / temperature;
  if (Number.isFinite(temperature) && Number.isFinite(theta)) return theta;
  throw new RangeError(
    `${name}: temperature is ${temperature}; it and 1 / temperature must be finite (1 / theta, default 1)`,
  );
}

/** The longest lane whose indices an Int32Array holds, less what a kernel counts ahead (16). */
export const MOST_INDEX = 0x7fff_ffef;

/** An argument that counts something. */
export function countOf(name: string, what: string, value: unknown, most: number, why: () => string): number {
  if (typeof value !== 'number' || value !== value) {
    throw new TypeError(`${name}: ${what} is ${describe(value)}; it must be an integer, ${why()}${cure(value, what)}`);
  }
  if (Number.isInteger(value) && value >= 0 && value <= most) return value;
  throw new RangeError(
    `${name}: ${what} is ${value}; it must be ${most === 0 ? '0' : `an integer from 0 to ${most}`}, ${why()}`,
  );
}
