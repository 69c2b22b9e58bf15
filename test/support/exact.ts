/**
 * An exact real number, held as (head + tail) 2^exponent: good to about 2^-100 relative at any size, so that errors far
 * below one unit in the last place can be measured, also where the number is subnormal or out of the range of doubles.
 */
export interface Exact {
  /** The double nearest to the number; NaN, an infinity or 0 for special values. */
  readonly value: number;
  /** The number minus `value`. It underflows beside subnormal values: measure errors with `ulpError`, not with this. */
  readonly residual: number;
  /** 1 <= |head| < 2, the nearest of 53 bits. Special values have themselves here, and tail = exponent = 0. */
  readonly head: number;
  readonly tail: number;
  readonly exponent: number;
}

const word = new Float64Array(1);
const halves = new Uint32Array(word.buffer);

/** floor(log2 |x|) of a finite number other than 0. */
export function exponentOf(x: number): number {
  word[0] = x;
  const field = (halves[1]! >>> 20) & 0x7ff;
  return field === 0 ? exponentOf(x * 2 ** 64) - 64 : field - 1023;
}

/** x 2^power, rounded once where the result is subnormal and exact elsewhere. */
export function scale(x: number, power: number): number {
  if (x === 0 || !Number.isFinite(x)) return x;
  const own = exponentOf(x);
  const half = Math.trunc(own / 2); // 2^-own itself can be out of range
  const fraction = x * 2 ** -half * 2 ** (half - own);
  const exponent = own + power;
  if (exponent > 1023) return fraction * Infinity;
  if (exponent >= -1022) return fraction * 2 ** exponent;
  return exponent < -1076 ? fraction * 0 : fraction * 2 ** -1022 * 2 ** (exponent + 1022);
}

/** NaN, an infinity or an exact 0. */
export function special(value: number): Exact {
  return { value, residual: 0, head: value, tail: 0, exponent: 0 };
}

/** (hi + lo) 2^power; below 2^-1500 the sign alone is kept, with an exponent of -2000: no format can tell more. */
export function exactOf(hi: number, lo = 0, power = 0): Exact {
  const sum = hi + lo;
  if (sum === 0 || !Number.isFinite(sum)) return special(sum);
  const own = exponentOf(sum);
  const head = scale(sum, -own);
  const tail = scale(lo - (sum - hi), -own);
  const exponent = own + power;
  if (exponent < -1500) return { value: head * 0, residual: 0, head: Math.sign(head), tail: 0, exponent: -2000 };
  const value = nearest(head, tail, exponent, 53, -1022, 1023);
  const residual = Number.isFinite(value) ? scale(head - scale(value, -exponent) + tail, exponent) : 0;
  return { value, residual, head, tail, exponent };
}

/** A number of this sign that is not 0 but too small for every format. */
export function vanishing(sign: number): Exact {
  return exactOf(sign, 0, -2000);
}

/**
 * (head + tail) 2^exponent rounded once, to nearest even, to `precision` bits within an exponent range.
 * The head alone can lie on a tie, so the tail takes part in the decision.
 */
export function nearest(
  head: number,
  tail: number,
  exponent: number,
  precision: number,
  lowest: number,
  highest: number,
): number {
  const grid = Math.max(exponent, lowest) - (precision - 1);
  const units = scale(Math.abs(head), exponent - grid); // the head, counted in units of the last place
  const below = Math.floor(units);
  const past = units - below - 0.5 + scale(tail, exponent - grid) * Math.sign(head);
  const whole = past > 0 || (past === 0 && below % 2 === 1) ? below + 1 : below;
  const result = scale(whole, grid);
  return (result >= 2 * 2 ** highest ? Infinity : result) * Math.sign(head);
}
