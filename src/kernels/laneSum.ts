import { argumentPair, expPair, last, logPair, plusProduct, sumLow, timesPair } from '../numeric/pairs.ts';
import { LIFTED, UNLIFT } from './contract.ts';
import type { Theta } from './theta.ts';

/** What a lane has: nothing above -Infinity; finite numbers; +Infinity; a NaN. Of two parts of a lane the greater one counts. */
export const NOTHING = 0;
export const FINITE = 1;
export const INFINITE = 2;
export const NAN = 3;

/** 2^-160: more than all elements of a block that float32 takes for exp(-128), less than what it holds */
const VANISHED = 6.842277657836021e-49;
/** 1 / 128: anchors lie 128 to 256 apart, in units of theta x */
const PER_ANCHOR = 0.0078125;
/** from it on every float64 is an integer */
const INTEGERS = 9007199254740992;
/** below it exp is brought up by 2^600 while it is multiplied, lest its low part vanish */
const DEEP = -500;
const FALL = 2.409919865102884e-181; // 2^-600

/**
 * The sum of exp(theta x) over a lane that lies in parts, theta > 0: its maximum apart, the others relative to an anchor.
 * Method:  the maximum's own terms are counted, so that logarithms are log1p by construction. The rest is a pair relative to
 *          exp(theta a), for an anchor a that follows from the maximum alone: the multiple of a power of two below it. Parts
 *          with one anchor add without an exponential. So a term is multiplied once when its part is summed or stops to be the
 *          maximum, once for every anchor above it before it vanishes (7 at most), and once at the end, whatever the order and
 *          the grouping of the parts.
 * Error:   9 2^-60 of each term, and 2^-104 for each part.
 */
export class LaneSum {
  code = NOTHING;
  /** the largest element, and how often it occurs */
  top = 0;
  count = 0;
  /** the sum of the other exp(theta (x - anchor)), lifted, in two parts */
  high = 0;
  low = 0;
  readonly #factor: number;
  readonly #power: number;

  /** theta > 0; elements that a negative one multiplies are negated */
  constructor({ factor, power }: Theta) {
    this.#factor = factor;
    this.#power = power;
  }

  /** The state of a part as it was kept. */
  set(code: number, top: number, count: number, high: number, low: number): void {
    this.code = code;
    this.top = top;
    this.count = count;
    this.high = high;
    this.low = low;
  }

  /**
   * Adds a block: what the kernel has reported of it. The rest is relative to its maximum there; what the kernels of float32 make
   * of -Infinity and of other elements that vanish is left out.
   */
  addBlock(report: Float64Array, single: boolean): void {
    const [top, count, high, low] = report as unknown as [number, number, number, number];
    if (high !== high || top - top !== 0) {
      this.add(high !== high ? NAN : top > 0 ? INFINITE : NOTHING, 0, 0, 0, 0);
      return;
    }
    const z = argumentPair(top, this.#anchor(top), this.#factor, this.#power),
      w = expPair(z, last.low, 0),
      lifted = single && high < VANISHED ? 0 : LIFTED,
      p = timesPair(high * lifted, low * lifted, w, last.low);
    this.add(FINITE, top + 0, count, p, last.low);
  }

  /** Adds the state of another part of the lane. */
  add(code: number, top: number, count: number, high: number, low: number): void {
    if (code !== FINITE || this.code !== FINITE) {
      if (code > this.code) this.set(code, top, count, high, low);
    } else if (top > this.top) {
      const { top: t, count: c, high: h, low: l } = this;
      this.set(code, top, count, high, low);
      this.#join(t, c, h, l);
    } else this.#join(top, count, high, low);
  }

  /** Adds what has a maximum not above that of the lane. */
  #join(top: number, count: number, high: number, low: number): void {
    const to = this.#anchor(this.top),
      from = this.#anchor(top);
    if (from === to) this.#addPair(high, low);
    else this.#addScaled(high, low, argumentPair(from, to, this.#factor, this.#power));
    if (top === this.top) this.count += count;
    else this.#addScaled(count * LIFTED, 0, argumentPair(top, to, this.#factor, this.#power));
  }

  /** Adds (high + low) exp(z), with what z lacks in last.low. */
  #addScaled(high: number, low: number, z: number): void {
    if (!(z > -2000)) return;
    const deep = z < DEEP,
      w = expPair(z, last.low, deep ? 600 : 0),
      p = timesPair(high, low, w, last.low);
    if (deep) this.#addPair(p * FALL, last.low * FALL);
    else this.#addPair(p, last.low);
  }

  #addPair(high: number, low: number): void {
    const sum = this.high + high,
      lost = sumLow(this.high, high, sum) + (this.low + low);
    this.high = sum + lost;
    this.low = lost - (this.high - sum);
  }

  /** Where the rest is measured from: exp(theta (top - anchor)) is at least 1, and below 2^370. */
  #anchor(top: number): number {
    const unit = this.#power * PER_ANCHOR,
      steps = Math.floor(top * unit);
    if (steps === 0) return 0;
    // so large an element is a multiple itself
    return Math.abs(steps) < INTEGERS ? Math.max(steps / unit, -Number.MAX_VALUE) : top;
  }

  /** The rest relative to the maximum, lifted: returns its high part, the low one is in last.low. */
  rest(): number {
    const z = argumentPair(this.#anchor(this.top), this.top, this.#factor, this.#power);
    if (z === 0) {
      last.low = this.low;
      return this.high;
    }
    const w = expPair(z, last.low, 0);
    return timesPair(this.high, this.low, w, last.low);
  }

  /** The logsumexp of the lane, rounded once. */
  logsumexp(): number {
    if (this.code !== FINITE) return this.code === NAN ? NaN : this.code === INFINITE ? Infinity : -Infinity;
    const high = this.rest(),
      L = logPair(this.count, high * UNLIFT, last.low * UNLIFT);
    return plusProduct(this.top, this.#factor, this.#power, L, last.low);
  }
}
