import { sumLow } from './pairs.ts';
import { BLOCK, greater, SAFE, Scale, total } from './scale.ts';

// The vector-Jacobian product of logSoftmax, of one lane in blocks: `begin`; `sum` at every block, as often as
// `again` says; `slopes` at every block. y of a block starts at a, dy at b, and the result, which may take y's place, at c.

type Floats = Float32Array | Float64Array;

/** theta (dy_j - exp(y_j) sum_k dy_k)
 * Method:  p = exp(y) is given to `slopes`. Above a probability of 1/2 as (1 - p) dy_j - p (the sum of the other dy), with
 *          1 - p = -expm1(y_j). Where something overflows, again with dy scaled.
 * Error:   logSoftmaxSlope in test/support/bounds.ts.
 * Special: y = -Infinity is a constant: it gives 0, and its dy counts for nothing.
 */
export class LogSoftmaxSlopes {
  readonly #scale: Scale;
  #isScaled = false;
  /** elements that were seen, and where the largest y above log 1/2 is, -1 if nowhere; its dy is not in the sum */
  #seen = 0;
  #top = -1;
  #log = 0;
  #own = 0;
  #high = 0;
  #low = 0;
  #most = 0;

  constructor(theta: number) {
    this.#scale = new Scale(theta);
  }

  begin(): void {
    this.#isScaled = false;
    this.#scale.plain();
    this.#clear();
  }

  #clear(): void {
    this.#seen = this.#high = this.#low = this.#own = this.#most = 0;
    this.#top = -1;
    this.#log = -Math.LN2;
  }

  // prettier-ignore
  sum(y: Floats, a: number, dy: Floats, b: number, n: number): void {
    const { rise } = this.#scale;
    let hi = this.#high, lo = this.#low, most = this.#most, log = this.#log;
    for (let from = 0; from < n; from += BLOCK) {
      const end = Math.min(n, from + BLOCK);
      let s = 0, t = 0, j = from;
      for (; j + 1 < end; j += 2) {
        const l = y[a + j]!, m = y[a + j + 1]!, d = dy[b + j]!, e = dy[b + j + 1]!;
        if (l <= log && m <= log && l > -Infinity && m > -Infinity) {
          s += rise * d;
          t += rise * e;
          most = greater(most, d);
          most = greater(most, e);
        } else {
          s += this.#rare(l, d, j);
          t += this.#rare(m, e, j + 1);
          most = greater(greater(most, l === -Infinity ? 0 : d), m === -Infinity ? 0 : e);
          log = this.#log;
        }
      }
      if (j < end) {
        s += this.#rare(y[a + j]!, dy[b + j]!, j);
        most = greater(most, y[a + j] === -Infinity ? 0 : dy[b + j]!);
        log = this.#log;
      }
      s += t;
      const sum = hi + s;
      lo += sumLow(hi, s, sum);
      hi = sum;
    }
    this.#seen += n;
    this.#high = hi;
    this.#low = lo;
    this.#most = most;
  }

  /** What element j adds to the sum of the others: nothing where it is hidden, and where it is the largest, what that was before. */
  #rare(l: number, dy: number, j: number): number {
    if (l === -Infinity) return 0;
    const d = this.#scale.rise * dy;
    if (!(l > this.#log)) return d;
    const before = this.#own;
    this.#own = d;
    this.#top = this.#seen + j;
    this.#log = l;
    return before;
  }

  /** Whether all blocks are to be summed again. */
  again(): boolean {
    const all = total(this.#high, this.#low) + this.#own;
    const most = this.#most;
    // a NaN or an infinity of dy overflows at any scale
    const again = !this.#isScaled && !(this.#scale.rise * most + Math.abs(all) < SAFE) && most < Infinity;
    this.#isScaled ||= again;
    if (again) {
      this.#scale.safe(most, 0);
      this.#clear();
    }
    this.#seen = 0;
    return again;
  }

  // prettier-ignore
  slopes(y: Floats, a: number, p: Float64Array, at: number, dy: Floats, b: number, to: Floats, c: number, n: number): void {
    const { rise, fall } = this.#scale, others = total(this.#high, this.#low), all = others + this.#own;
    const top = this.#top - this.#seen, isScaled = this.#isScaled;
    this.#seen += n;
    // the result may take the place of y and dy
    const topSlope = top < 0 || top >= n ? 0 : -Math.expm1(y[a + top]!) * (rise * dy[b + top]!) - p[at + top]! * others;
    for (let j = 0; j < n; j++) {
      const slope = rise * dy[b + j]! - p[at + j]! * all;
      to[c + j] = y[a + j] === -Infinity ? 0 : isScaled ? this.#scale.back(1, slope) : fall * slope;
    }
    if (top < 0 || top >= n) return;
    to[c + top] = isScaled ? this.#scale.back(1, topSlope) : fall * topSlope;
  }
}
