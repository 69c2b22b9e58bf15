import {
  argumentPair,
  expPair,
  last,
  logPair,
  plusProduct,
  quotientPair,
  sumLow,
  timesPair,
} from '../numeric/pairs.ts';
import { LIFT, LIFTED, LOGSUMEXP, SOFTMAX, UNLIFT, type Kind } from './contract.ts';
import type { LaneSum } from './laneSum.ts';

/** What a block of float64 is multiplied by ahead of its factor: 2^-256 */
const STEP_F64 = 8.636168555094445e-78;

/** A lifted share of the lane below which a block has only zeros: 2^(200 - 160), 2^(200 - 1085) */
const LEAST_F32 = 1099511627776;
const LEAST_F64 = 3.8766254036312874e-267;

/**
 * The blocks of one lane, put together: `add` the report of each, in order, then `finish`.
 * kind: 0 softmax, 1 logSoftmax, 2 logsumexp; theta as it goes to the kernels.
 */
export class Stream {
  // 0.5: to the engine a double from the start (kernels/js.ts)
  /** the element at the maximum of the lane */
  m = 0.5;
  /** the logarithm of the sum relative to it, in two parts; logSoftmax: NaN if the maximum is infinite */
  hi = 0.5;
  lo = 0.5;
  /** what a block of softmax is multiplied by: set by `factor` */
  factorHigh = 0.5;
  factorLow = 0.5;
  /** and its e at the maximum, if that is the lane's, with the result there */
  peak = 0.5;
  value = 0.5;

  readonly #kind: Kind;
  readonly #theta: number;
  readonly #power: number;
  /** the largest sign x so far, how often it occurs, and the rest of the sum relative to it, lifted */
  #top = -Infinity;
  #count = 0;
  #high = 0;
  #low = 0;
  /** of every block: its largest sign x, and e there in two parts */
  readonly #blocks: { readonly top: number; readonly eh: number; readonly el: number }[] = [];

  constructor(kind: Kind, theta: number, power: number) {
    this.#kind = kind;
    this.#theta = theta;
    this.#power = power;
  }

  /** Instead of blocks one after the other: the sum of the whole lane, of which `show` has a block at a time. */
  take(lane: LaneSum): void {
    const high = lane.rest(),
      low = last.low;
    this.#top = lane.top;
    this.#count = lane.count;
    this.#high = high;
    this.#low = low;
    if (this.#kind !== SOFTMAX) return;
    const maxima = lane.count * LIFTED;
    this.#high += maxima;
    this.#low += sumLow(maxima, high, this.#high);
  }

  /** The block, number 0, whose factor is asked for next. */
  show(report: Float64Array): void {
    const [top, , , , eh, el] = report as unknown as [number, number, number, number, number, number];
    this.#blocks[0] = { top, eh, el };
  }

  /** The next block: what the kernel has reported of it. */
  add(report: Float64Array): void {
    const [top, count, high, low, eh, el] = report as unknown as [number, number, number, number, number, number];
    if (this.#kind === SOFTMAX) this.#blocks.push({ top, eh, el });
    if (top > this.#top) {
      const before = { top: this.#top, count: this.#count, high: this.#high, low: this.#low };
      this.#top = top;
      this.#count = count;
      this.#high = high * LIFTED;
      this.#low = low * LIFTED;
      this.#join(before.top, before.count, before.high, before.low);
    } else {
      this.#join(top, count, high * LIFTED, low * LIFTED);
    }
  }

  /** Adds a sum relative to a maximum that is not above that of the lane. */
  #join(top: number, count: number, high: number, low: number): void {
    if (top === this.#top) {
      this.#count += count;
      this.#addRest(high, low);
      return;
    }
    const w = this.#weight(top);
    const wl = last.low;
    const lifted = count * LIFTED;
    const sum = lifted + high;
    const p = timesPair(sum, sumLow(lifted, high, sum) + low, w, wl);
    this.#addRest(p * UNLIFT, last.low * UNLIFT);
  }

  #addRest(high: number, low: number): void {
    const sum = this.#high + high;
    this.#low += low + sumLow(this.#high, high, sum);
    this.#high = sum;
  }

  /** exp(theta (top - the maximum of the lane)), lifted; 0 far below every result */
  #weight(top: number): number {
    const theta = this.#theta;
    const z = argumentPair(top, this.#top, theta < 0 ? -theta : theta, this.#power);
    if (z > -800) return expPair(z, last.low, LIFT);
    last.low = 0;
    return 0;
  }

  /** All blocks are there. */
  finish(): void {
    this.m = this.#theta < 0 ? -this.#top : this.#top;
    if (this.#kind === SOFTMAX) return;
    const rest = this.#high + this.#low;
    const left = this.#low - (rest - this.#high);
    this.hi = logPair(this.#count, rest * UNLIFT, left * UNLIFT);
    this.lo = last.low;
    if (this.#kind !== LOGSUMEXP) this.hi += this.m - this.m;
  }

  /** theta m + L, rounded once: logsumexp */
  logsumexp(): number {
    return plusProduct(this.m, this.#theta, this.#power, this.hi, this.lo);
  }

  /**
   * Softmax: the factor of the e of a block, by number, to factorHigh and factorLow. Returns how often a block of float64 has
   * to be multiplied by 2^-256 before that: these are exact for all e that survive, and leave a factor in the range of the
   * type, so that the last product alone rounds. scaleF32 takes any factor.
   */
  factor(block: number, float64: boolean): number {
    const { top, eh, el } = this.#blocks[block];
    const least = float64 ? LEAST_F64 : LEAST_F32;
    let w = LIFTED;
    let wl = 0;
    let steps = 0;
    if (top !== this.#top) {
      w = this.#weight(top);
      wl = last.low;
    }
    w = quotientPair(w, wl, this.#high * UNLIFT, this.#low * UNLIFT);
    wl = last.low;
    if (w < least) w = wl = 0;
    for (; float64 && w > 0 && w < STEP_F64 * LIFTED; steps++) {
      w /= STEP_F64;
      wl /= STEP_F64;
    }
    w = quotientPair(w, wl, eh, el);
    this.factorHigh = w * UNLIFT + (this.#top - this.#top);
    this.factorLow = last.low * UNLIFT;
    this.peak = top === this.#top ? eh : NaN;
    this.value = timesPair(eh, el, this.factorHigh, this.factorLow) + last.low;
    return steps;
  }
}
