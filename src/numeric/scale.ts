// Numbers of the whole range of float64, by factors and powers of two.

/** Elements that are added up plainly, by twos, before they join a compensated sum. */
export const BLOCK = 128;

/** Sums whose terms stay below it need no scale: no product of them with a probability or theta overflows. */
export const SAFE = 1.0715086071862673e301; // 2^1000

/** What dy is scaled to where something could overflow. */
const SCALED = 900;

/** theta as factor 2^exponent with 1 <= |factor| < 2; 0 stays 0. */
export class Scale {
  readonly theta: number;
  /** By what dy is multiplied before it is added up, and sums after: 1 < |theta| comes first, lest they vanish. */
  rise = 1;
  fall = 1;
  readonly #factor: number;
  readonly #exponent: number;
  #back = 0;

  constructor(theta: number) {
    this.theta = theta;
    this.#exponent = exponentOf(theta);
    this.#factor = timesPower(theta, -this.#exponent);
  }

  /** For a lane that needs no more. */
  plain(): void {
    const first = this.#exponent > 0;
    this.rise = first ? 2 ** this.#exponent : 1;
    this.fall = first ? this.#factor : this.theta;
  }

  /** For one whose largest |dy| is `most`: that becomes about 2^900. What is scaled by 2^down more is so in `back`. */
  safe(most: number, down: number): void {
    const up = SCALED - Math.max(-100, exponentOf(most));
    this.rise = 2 ** up;
    this.#back = this.#exponent - up + down;
  }

  /** theta y times what `safe` has scaled. A small y is brought up first, lest the product vanish. */
  back(y: number, value: number): number {
    // a theta of 0 hides no NaN
    if (this.#factor === 0) return value === value ? 0 : value;
    const first = Math.min(1000, Math.max(0, this.#back));
    return timesPower(y * 2 ** first * value * this.#factor, this.#back - first);
  }
}

/** The larger one of a size and that of x; a NaN counts for nothing, for it shows in the sums. */
export function greater(size: number, x: number): number {
  const own = x < 0 ? -x : x;
  return own > size ? own : size;
}

/** A sum and what rounding took from it (by sumLow), which is a NaN where the sum overflowed or holds an infinity. */
export function total(hi: number, lo: number): number {
  return lo === lo ? hi + lo : hi;
}

/** floor(log2 |x|), at least -1074; 0 of 0 and of what is not finite */
export function exponentOf(x: number): number {
  let size = Math.abs(x);
  if (size === 0 || !(size < Infinity)) return 0;
  let e = 0;
  for (; size >= 2; e++) size /= 2;
  for (; size < 1; e--) size *= 2;
  return e;
}

/** x 2^k; rounded once, but for subnormal results, which may be rounded twice */
export function timesPower(x: number, k: number): number {
  if (k === 0) return x;
  for (; k > 1000; k -= 1000) x *= 2 ** 1000;
  for (; k < -1000; k += 1000) x *= 2 ** -1000;
  return x * 2 ** k;
}
