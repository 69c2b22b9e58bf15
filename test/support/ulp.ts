import { exponentOf, nearest, scale, type Exact } from './exact.ts';

/** How a format holds numbers: bits of precision, and the exponents of its smallest and largest normal numbers. */
export const formats = {
  float64: { bits: 64, precision: 53, lowest: -1022, highest: 1023 },
  float32: { bits: 32, precision: 24, lowest: -126, highest: 127 },
  float16: { bits: 16, precision: 11, lowest: -14, highest: 15 },
  bfloat16: { bits: 16, precision: 8, lowest: -126, highest: 127 },
} as const;

export type Format = keyof typeof formats;

/**
 * |got - exact| in units in the last place of the exact number: below 1 it is exact, at subnormals the unit is the
 * smallest subnormal. NaN, infinities and exact zeros must be met as they are (either zero will do): 0 or Infinity.
 * An infinite result is right where the exact number rounds to it.
 */
export function ulpError(got: number, exact: Exact, format: Format): number {
  const { head, tail, exponent } = exact;
  if (head === 0 || !Number.isFinite(head)) return got === head || (got !== got && head !== head) ? 0 : Infinity;
  if (got !== got) return Infinity;
  if (!Number.isFinite(got)) return got === roundExact(exact, format) ? 0 : Infinity;
  const { precision, lowest, highest } = formats[format];
  // A head of 1 with a tail against its sign is a number just below the power of two, in the binade before.
  const binade = Math.abs(head) === 1 && tail * head < 0 ? exponent - 1 : exponent;
  const unit = Math.min(Math.max(binade, lowest), highest) - (precision - 1);
  return scale(Math.abs(scale(got, -exponent) - head - tail), exponent - unit);
}

/** The number of the format nearest to the exact one, ties to even: what a correctly rounded kernel returns. */
export function roundExact(exact: Exact, format: Format): number {
  const { head, tail, exponent } = exact;
  if (head === 0 || !Number.isFinite(head)) return head;
  const { precision, lowest, highest } = formats[format];
  return nearest(head, tail, exponent, precision, lowest, highest);
}

/** A double rounded once to the format. */
export function round(x: number, format: Format): number {
  if (x === 0 || !Number.isFinite(x)) return x;
  const { precision, lowest, highest } = formats[format];
  return nearest(scale(x, -exponentOf(x)), 0, exponentOf(x), precision, lowest, highest);
}

/** The bit pattern of a number of the format (-0 and 0 differ, every NaN is the quiet one). */
export function bitsOf(x: number, format: Format): bigint {
  const { bits, precision, lowest, highest } = formats[format];
  const fraction = BigInt(precision - 1);
  const sign = x < 0 || Object.is(x, -0) ? 1n << BigInt(bits - 1) : 0n;
  const infinite = BigInt(highest - lowest + 2) << fraction;
  if (x !== x) return infinite | (1n << (fraction - 1n));
  if (!Number.isFinite(x)) return sign | infinite;
  if (x === 0) return sign;
  if (round(x, format) !== x) throw new RangeError(`${x} is not a ${format} number`);
  const binade = Math.max(exponentOf(x), lowest);
  // Normal numbers carry their leading 1 into the exponent field, subnormals have none to carry.
  const whole = BigInt(scale(Math.abs(x), precision - 1 - binade));
  return sign | ((BigInt(binade - lowest) << fraction) + whole);
}

/** The number of the format with this bit pattern. */
export function fromBits(pattern: bigint, format: Format): number {
  const { bits, precision, lowest, highest } = formats[format];
  const magnitude = pattern & ((1n << BigInt(bits - 1)) - 1n);
  const sign = magnitude === pattern ? 1 : -1;
  const field = Number(magnitude >> BigInt(precision - 1));
  const fraction = Number(magnitude & ((1n << BigInt(precision - 1)) - 1n));
  if (field === highest - lowest + 2) return fraction === 0 ? sign * Infinity : NaN;
  const leading = field === 0 ? 0 : 2 ** (precision - 1);
  return sign * scale(leading + fraction, lowest + Math.max(field, 1) - precision);
}

/** The place of a number among all numbers of its format: neighbours differ by 1, both zeros are 0. */
function placeOf(x: number, format: Format): bigint {
  const magnitude = bitsOf(Math.abs(x), format);
  return x < 0 ? -magnitude : magnitude;
}

/** How many steps of the format lie between two of its numbers; 0 for two NaN, NaN for one. */
export function ulpDistance(a: number, b: number, format: Format): number {
  if (a !== a || b !== b) return a !== a && b !== b ? 0 : NaN;
  const steps = placeOf(a, format) - placeOf(b, format);
  return Number(steps < 0n ? -steps : steps);
}

/** The next number of the format above x, which is one of its numbers; Infinity and NaN stay. */
export function nextUp(x: number, format: Format): number {
  if (x !== x || x === Infinity) return x;
  const place = placeOf(x, format) + 1n;
  return place > 0n ? fromBits(place, format) : -fromBits(-place, format);
}

/** The next number of the format below x; -Infinity and NaN stay. */
export function nextDown(x: number, format: Format): number {
  return -nextUp(-x, format);
}

/** Whether two arrays hold the same bits, -0 apart from 0; NaN equals NaN whatever its payload. */
export function sameBits(a: ArrayLike<number>, b: ArrayLike<number>): boolean {
  if (a.length !== b.length) return false;
  for (let index = 0; index < a.length; index++) if (!Object.is(a[index], b[index])) return false;
  return true;
}

/** The largest error of a whole result and where it stands; text for a failing assertion. */
export interface Worst {
  readonly ulp: number;
  readonly index: number;
  readonly text: string;
}

export function worst(got: ArrayLike<number>, exact: readonly Exact[], format: Format): Worst {
  if (got.length !== exact.length)
    return { ulp: Infinity, index: -1, text: `${got.length} results for ${exact.length}` };
  let [ulp, index] = [0, -1];
  for (let at = 0; at < exact.length; at++) {
    const error = ulpError(got[at]!, exact[at]!, format);
    if (error > ulp) [ulp, index] = [error, at];
  }
  if (index < 0) return { ulp, index, text: 'no error' };
  const text = `element ${index}: got ${got[index]}, wanted ${exact[index]!.value}, ${ulp.toPrecision(4)} ULP`;
  return { ulp, index, text };
}
