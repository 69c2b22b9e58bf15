import { sumLow } from './pairs.ts';
import { BLOCK, exponentOf, greater, SAFE, Scale, total } from './scale.ts';

// The vector-Jacobian product of softmax, of one lane in blocks: `begin`; `sum` at every block, as often as
// `again` says; `slopes` at every block. y of a block starts at a, dy at b, and the result, which may take y's place, at c.

type Floats = Float32Array | Float64Array;

/** A y above it is nearly all of its lane. */
const MOST = 0.9;

/** theta y_j (dy_j - sum_k y_k dy_k)
 * Method:  where y adds up to 1 within its rounding (`tolerance`), it is taken for a distribution that adds up to 1, and dy
 *          relative to one of its elements; where one y is nearly all, to that of the same place: then a saturated lane
 *          cancels nothing, for the sum holds the small y only. Where something overflows, again with dy and y scaled.
 * Error:   softmaxSlope in test/support/bounds.ts.
 * Special: y = 0 gives 0 whatever its dy, so what a mask hides stays hidden.
 */
export class SoftmaxSlopes {
  readonly #scale: Scale;
  readonly #tolerance: number;
  /** what the next `sum` does: 0 and 1 add up, the second time around another pivot; 2 surveys, 3 adds up scaled */
  #stage = 0;
  #pivot = NaN;
  /** the dy where y is nearly all, else NaN */
  #own = NaN;
  #massHigh = 0;
  #massLow = 0;
  #high = 0;
  #low = 0;
  #mean = 0;
  /** the largest |dy - pivot| and |y|, later |dy|, and the sum of the infinite terms: 0, an infinity or NaN */
  #most = 0;
  #largest = 0;
  #infinite = 0;
  /** the sum of y where that is a distribution, else 1 */
  #mass = 1;
  /** by what y is multiplied */
  #down = 1;

  constructor(theta: number, tolerance: number) {
    this.#scale = new Scale(theta);
    this.#tolerance = tolerance;
  }

  begin(): void {
    this.#stage = 0;
    this.#pivot = this.#own = NaN;
    this.#infinite = 0;
    this.#clear();
    this.#scale.plain();
  }

  #clear(): void {
    this.#massHigh = this.#massLow = this.#high = this.#low = this.#most = this.#largest = 0;
  }

  sum(y: Floats, a: number, dy: Floats, b: number, n: number): void {
    if (this.#stage < 2) this.#plain(y, a, dy, b, n);
    else if (this.#stage === 2) this.#survey(y, a, dy, b, n);
    else this.#scaled(y, a, dy, b, n);
  }

  /** Whether all blocks are to be summed again. */
  again(): boolean {
    const scale = this.#scale;
    const mean = total(this.#high, this.#low);
    if (this.#stage < 2) {
      const mass = total(this.#massHigh, this.#massLow);
      const isDistribution = Math.abs(mass - 1) <= this.#tolerance;
      const hasOwn = isDistribution && Math.abs(this.#own) < Infinity;
      const best = hasOwn ? this.#own : isDistribution ? this.#pivot : 0;
      const size = Math.max(scale.rise * this.#most, Math.abs(mean)) * Math.max(1, this.#largest);
      this.#mass = isDistribution ? mass : 1;
      if (size < SAFE && best === this.#pivot) {
        this.#mean = mean / this.#mass;
        return false;
      }
      this.#stage = size < SAFE ? 1 : 2;
      // the survey takes the first that counts where there is no better one
      this.#pivot = this.#stage === 2 && isDistribution && !hasOwn ? NaN : best;
      this.#clear();
      return true;
    }
    if (this.#stage === 2) {
      const down = Math.max(0, exponentOf(this.#largest));
      this.#down = 2 ** -down;
      scale.safe(this.#most, 2 * down);
      this.#stage = 3;
      return this.#infinite === 0;
    }
    this.#mean = mean / this.#mass;
    return false;
  }

  // prettier-ignore
  #plain(y: Floats, a: number, dy: Floats, b: number, n: number): void {
    if (this.#pivot !== this.#pivot) {
      let j = 0;
      while (j < n && y[a + j] === 0) j++;
      if (j < n) this.#pivot = Math.abs(dy[b + j]!) < Infinity ? dy[b + j]! : 0;
      else {
        for (j = 0; j < n; j++) this.#most = Math.max(this.#most, Math.abs(dy[b + j]!));
        return;
      }
    }
    const pivot = this.#pivot, { rise } = this.#scale;
    let hi = this.#massHigh, lo = this.#massLow, high = this.#high, low = this.#low, most = this.#most, largest = this.#largest;
    for (let from = 0; from < n; from += BLOCK) {
      const end = Math.min(n, from + BLOCK);
      let s = 0, t = 0, u = 0, v = 0, j = from;
      for (; j + 1 < end; j += 2) {
        const p = y[a + j]!, q = y[a + j + 1]!, d = dy[b + j]! - pivot, e = dy[b + j + 1]! - pivot;
        s += p;
        t += q;
        u += p * (rise * d);
        v += q * (rise * e);
        most = greater(most, d);
        most = greater(most, e);
        largest = greater(largest, p);
        largest = greater(largest, q);
      }
      if (j < end) {
        const p = y[a + j]!, d = dy[b + j]! - pivot;
        s += p;
        u += p * (rise * d);
        most = greater(most, d);
        largest = greater(largest, p);
      }
      s += t;
      u += v;
      // rare
      if (s > MOST) for (j = from; j < end; j++) if (y[a + j]! > MOST) this.#own = dy[b + j]!;
      let sum = hi + s;
      lo += sumLow(hi, s, sum);
      hi = sum;
      sum = high + u;
      low += sumLow(high, u, sum);
      high = sum;
    }
    this.#massHigh = hi;
    this.#massLow = lo;
    this.#high = high;
    this.#low = low;
    this.#most = most;
    this.#largest = largest;
  }

  #survey(y: Floats, a: number, dy: Floats, b: number, n: number): void {
    for (let j = 0; j < n; j++) {
      const p = y[a + j]!;
      const d = dy[b + j]!;
      if (p === 0) continue;
      if (p - p !== 0 || d - d !== 0) this.#infinite += p * d;
      else {
        if (this.#pivot !== this.#pivot) this.#pivot = d;
        this.#most = Math.max(this.#most, Math.abs(d));
        this.#largest = Math.max(this.#largest, Math.abs(p));
      }
    }
  }

  #scaled(y: Floats, a: number, dy: Floats, b: number, n: number): void {
    const { rise } = this.#scale;
    const pivot = rise * this.#pivot;
    for (let j = 0; j < n; j++) {
      const p = y[a + j]!;
      if (p === 0) continue;
      const term = p * this.#down * (rise * dy[b + j]! - pivot);
      const sum = this.#high + term;
      this.#low += sumLow(this.#high, term, sum);
      this.#high = sum;
    }
  }

  // prettier-ignore
  slopes(y: Floats, a: number, dy: Floats, b: number, to: Floats, c: number, n: number): void {
    const { rise, fall } = this.#scale, mean = this.#mean;
    if (this.#stage === 3) return this.#safe(y, a, dy, b, to, c, n);
    const pivot = this.#pivot;
    // + 0, for y = 0 times a negative number
    for (let j = 0; j < n; j++) to[c + j] = fall * (y[a + j]! * (rise * (dy[b + j]! - pivot) - mean)) + 0;
  }

  // prettier-ignore
  #safe(y: Floats, a: number, dy: Floats, b: number, to: Floats, c: number, n: number): void {
    const scale = this.#scale, { rise, theta } = scale, down = this.#down, pivot = rise * this.#pivot;
    for (let j = 0; j < n; j++) {
      const p = y[a + j]!, d = dy[b + j]!;
      if (p === 0) to[c + j] = 0;
      else if (this.#infinite !== 0) to[c + j] = theta * (p * (d - this.#infinite)) + 0;
      else to[c + j] = scale.back(p * down, (rise * d - pivot) * down - this.#mean) + 0;
    }
  }
}
