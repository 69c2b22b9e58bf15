import { addExps, argumentPair, expPair, last, logPair, plusProduct, sumLow, timesPair } from './pairs.ts';

const { LN2 } = Math;

/** Weights beyond 2^-400 .. 2^400 are brought among them by a power of two, which the exponential takes back. */
const HEAVY = 2.5822498780869086e120; // 2^400
const LIGHT = 3.8725919148493183e-121; // 2^-400
const DOWN = 2.409919865102884e-181; // 2^-600
const UP = 5.260135901548374e210; // 2^700
const LEAST = 2.2250738585072014e-308; // 2^-1022

/**
 * log |sum b exp(theta x)| and the sign of the sum, of one lane in blocks: `begin`, `look` at every block, `add` every
 * block again, `finish`. The result does not depend on how the lane is cut.
 * Method:  terms relative to the largest, b exp(theta (x - m)) / 2^k with m where theta x + ln |b| is greatest and 2^k the
 *          power of two below |b| there; they and their sum in pairs. All are below 3 in size.
 * Error:   2^-59 (R / |sum| + |L|), R the sum of |terms| but those at m, L the result less theta m; and one rounding.
 *          Attained to a half where terms next to the largest cancel. Where they cancel by 2^54 and more, what is left may be anything as small.
 * Special: b = 0 hides anything. A NaN, infinite terms of both signs or 0 times an infinity make the sum NaN; else an
 *          infinite term makes it infinite. An empty sum, or one that is exactly 0, is -Infinity with the sign 0.
 */
export class WeightedSum {
  /** of the sum: 1, -1, 0 or NaN; set by `finish` */
  sign = 0;

  readonly #factor: number;
  readonly #power: number;
  /** the element of the largest term, and the logarithm of its weight to the base 2, whose floor is k */
  #m = NaN;
  #weight = 0;
  /** the sum of the infinite terms: 0, an infinity or NaN */
  #infinite = 0;
  #hi = 0;
  #lo = 0;
  /** the block of weights that was looked at last, and its words */
  #b: Float64Array = new Float64Array(1);
  #words: Uint32Array = new Uint32Array(this.#b.buffer);

  /** theta = factor power, as in src/kernels/theta.ts */
  constructor(factor: number, power: number) {
    this.#factor = factor;
    this.#power = power;
  }

  /** A new lane. */
  begin(): void {
    this.#m = NaN;
    this.#infinite = 0;
    this.#hi = 0;
    this.#lo = 0;
  }

  /** Looks for the largest term among elements from .. to; without weights all of them are 1. */
  look(x: Float64Array, b: Float64Array | undefined, from: number, to: number): void {
    if (b === undefined) {
      this.#lookPlain(x, from, to);
      return;
    }
    if (this.#b !== b) {
      this.#b = b;
      this.#words = new Uint32Array(b.buffer, b.byteOffset, 2 * b.length);
    }
    const words = this.#words;
    const factor = this.#factor;
    // a difference is taken of halves where it could overflow and theta times it not
    const half = this.#power < 1 ? 0.5 : 1;
    const rest = this.#power / half;
    let m = this.#m;
    let most = this.#weight;
    for (let k = from; k < to; k++) {
      const weight = b[k]!;
      if (weight === 0) continue;
      const z = x[k]!;
      if (z - z !== 0 || weight - weight !== 0) {
        this.#addInfinite(z, weight);
        continue;
      }
      // the exponent, and the fraction as it is: within 0.09 of the logarithm; of a subnormal number within 1
      let log = (words[2 * k + 1]! & 0x7fffffff) * 2 ** -20 - 1023;
      if (log < -1022) for (let size = Math.abs(weight); size < LEAST; log--) size *= 2;
      if ((z * half - m * half) * rest * factor + (log - most) * LN2 <= 0) continue;
      m = z;
      most = log;
    }
    this.#m = m;
    this.#weight = most;
  }

  #lookPlain(x: Float64Array, from: number, to: number): void {
    const rising = this.#factor > 0;
    let m = this.#m;
    for (let k = from; k < to; k++) {
      const z = x[k]!;
      if (z - z !== 0) this.#addInfinite(z, 1);
      else if (!(rising ? z <= m : z >= m)) m = z;
    }
    this.#m = m;
    this.#weight = 0;
  }

  #addInfinite(x: number, weight: number): void {
    const z = this.#factor < 0 ? -x : x;
    if (z === -Infinity && weight - weight === 0) return;
    this.#infinite += z === -Infinity ? NaN : z === Infinity ? weight * Infinity : weight + (z - z);
  }

  /** Adds elements from .. to, all blocks having been looked at. */
  add(x: Float64Array, b: Float64Array | undefined, from: number, to: number): void {
    const m = this.#m;
    const factor = this.#factor;
    const power = this.#power;
    const shift = -Math.floor(this.#weight);
    if (m !== m || this.#infinite !== 0) return;
    if (b === undefined) {
      this.#hi = addExps(x, from, to, m, factor, power, this.#hi, this.#lo);
      this.#lo = last.low;
      return;
    }
    let hi = this.#hi;
    let lo = this.#lo;
    for (let k = from; k < to; k++) {
      let weight = b[k]!;
      if (weight === 0) continue;
      const z = argumentPair(x[k]!, m, factor, power);
      const size = weight < 0 ? -weight : weight;
      let own = shift;
      if (size >= HEAVY) ((weight *= DOWN), (own += 600));
      else if (size <= LIGHT) ((weight *= UP), (own -= 700));
      const e = expPair(z, last.low, own);
      const term = timesPair(e, last.low, weight, 0);
      const sum = hi + term;
      lo += last.low + sumLow(hi, term, sum);
      hi = sum;
    }
    this.#hi = hi;
    this.#lo = lo;
  }

  /** The logarithm; `sign` has the sign. */
  finish(): number {
    const infinite = this.#infinite;
    const total = infinite === 0 ? this.#hi + this.#lo : infinite;
    const s = (this.sign = Math.sign(total));
    if (total === 0) return -Infinity;
    if (infinite !== 0) return Math.abs(infinite);
    // what is left where terms cancelled may be so small that no power of two brings it to 1
    const up = Math.abs(total) < LIGHT ? 500 : 0;
    const scale = s * 2 ** up;
    const L = logPair(0, scale * total, scale * (this.#hi - total + this.#lo), Math.floor(this.#weight) - up);
    return plusProduct(this.#m, this.#factor, this.#power, L, last.low);
  }
}
