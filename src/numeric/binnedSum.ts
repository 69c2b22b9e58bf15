import { sumLow } from './pairs.ts';
import { exponentOf, timesPower } from './scale.ts';

const LARGE = 8.452712498170644e270; // 2^900
const SMALL = 1.1830521861667747e-271; // 2^-900
const MOST = 3.402823669209385e38; // 2^128
const LEAST = 2.938735877055719e-39; // 2^-128
const UP = 4.149515568880993e180; // 2^600
const DOWN = 2.409919865102884e-181; // 2^-600

/**
 * A sum of products of numbers of the whole range, and the quotient of two such sums: products beyond 2^-900 .. 2^900 are
 * added up apart, as 2^-1200 or 2^1200 times themselves, so that nothing overflows or vanishes that the quotient would bring back.
 * Special: a factor of 0 hides an infinity; other infinities and NaN count as they do in a plain sum.
 */
export class BinnedSum {
  /** of products of usual size: a sum and its rounding errors */
  #high = 0;
  #low = 0;
  /** of large ones and of small ones, which are rare */
  #large: BinnedSum | undefined = undefined;
  #small: BinnedSum | undefined = undefined;
  #infinite = 0;
  /** of the last `fold` */
  power = 0;

  /** A new sum. */
  clear(): this {
    this.#high = this.#low = this.#infinite = 0;
    this.#large = this.#small = undefined;
    return this;
  }

  /** Adds factor value. */
  add(factor: number, value: number): this {
    if (factor === 0 && value === value) return this;
    const product = factor * value;
    if (product === 0 && value === 0) return this;
    const size = product < 0 ? -product : product;
    if (size < LARGE && size > SMALL) this.#put(product);
    else if (factor - factor !== 0 || value - value !== 0) this.#infinite += product;
    else if (size > 1) (this.#large ??= new BinnedSum()).#put(factor * DOWN * (value * DOWN));
    else (this.#small ??= new BinnedSum()).#put(factor * UP * (value * UP));
    return this;
  }

  #put(product: number): void {
    const sum = this.#high + product;
    this.#low += sumLow(this.#high, product, sum);
    this.#high = sum;
  }

  get #value(): number {
    return this.#high + this.#low;
  }

  /** The sum, but for 2^`power`, between 1 and 2 where it is no ordinary number */
  fold(): number {
    this.power = 0;
    if (this.#infinite !== 0) return this.#infinite;
    const large = this.#large === undefined ? 0 : this.#large.#value;
    const usual = this.#value;
    const small = this.#small === undefined ? 0 : this.#small.#value;
    let sum = usual + small * DOWN * DOWN;
    if (large !== 0) {
      sum = large + usual * DOWN * DOWN;
      this.power = 1200;
    } else if (usual === 0) {
      sum = small;
      this.power = -1200;
    }
    const size = Math.abs(sum);
    if (size > LEAST && size < MOST) return sum;
    const e = exponentOf(sum);
    this.power += e;
    return timesPower(sum, -e);
  }

  /** this / that, rounded once more than both sums */
  over(that: BinnedSum): number {
    return timesPower(this.fold() / that.fold(), this.power - that.power) + 0;
  }
}
