import { sumLow } from './pairs.ts';

// The vector-Jacobian products of softmax and logSoftmax, of one lane in blocks: `begin`; `sum` at every block, as often as
// `again` says; `slopes` at every block. y of a block starts at a, dy at b, and the result, which may take y's place, at c.

export type Floats = Float32Array | Float64Array;

/** Elements that are added up plainly, by twos, before they join the compensated sum. */
export const BLOCK = 128;

/** Sums whose terms stay below it need no scale: no product of them with y or theta overflows. */
const SAFE = 1.0715086071862673e301; // 2^1000

/** What dy is scaled to where something could overflow. */
const SCALED = 900;

/** A y above it is nearly all of its lane. */
const MOST = 0.9;

/** theta as factor 2^exponent with 1 <= |factor| < 2; 0 stays 0. */
class Scale {
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
    if (this.#factor === 0) return 0;
    const first = Math.min(1000, Math.max(0, this.#back));
    return timesPower(y * 2 ** first * value * this.#factor, this.#back - first);
  }
}

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
    let j = 0;
    for (; j + 1 < n; j += 2) {
      const first = y[a + j]! * (rise * (dy[b + j]! - pivot) - mean);
      const second = y[a + j + 1]! * (rise * (dy[b + j + 1]! - pivot) - mean);
      to[c + j] = fall * first + 0;
      to[c + j + 1] = fall * second + 0;
    }
    if (j < n) to[c + j] = fall * (y[a + j]! * (rise * (dy[b + j]! - pivot) - mean)) + 0;
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

/** The larger one of a size and that of x; a NaN counts for nothing, for it shows in the sums. */
function greater(size: number, x: number): number {
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
  for (; k > 1000; k -= 1000) x *= 2 ** 1000;
  for (; k < -1000; k += 1000) x *= 2 ** -1000;
  return x * 2 ** k;
}
