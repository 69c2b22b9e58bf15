import type { Heap } from '../kernels/heap.ts';
import type { Theta } from '../kernels/theta.ts';
import { SOFTMAX } from '../kernels/contract.ts';
import { compareShare, ExactShares, firstAboveShare } from '../numeric/exactShares.ts';
import { Pairs, sortDescending } from '../numeric/order.ts';
import { argumentPair, sumLow } from '../numeric/pairs.ts';
import { passed, passed64 } from '../numeric/passed.ts';
import { BLOCK, type Mass } from './mass.ts';

/** Bins of topP: 16 for each unit of theta x; what lies further below the maximum is in the last. */
const BINS = 1024;
const EACH = 16;
const bins = /*#__PURE__*/ new Float64Array(BINS);
const binOf = (z: number): number => (z < BINS - 1 ? z | 0 : BINS - 1);

/** bound on the relative errors of two sums of weights together, and what is nothing beside a sum */
const ERROR = 2 ** -47;
const NOTHING = 2 ** -100;

/** What may be left of a lane after cuts: elements and their places, in the order of the lane, and as weights their e, 0 where they were cut. */
export class Kept {
  readonly #found = new Pairs(64);
  readonly #apart = new Pairs(64);
  #weights = new Float64Array(65);
  #n = 0;
  /** the largest element, its weight, and the sum of all weights */
  top = 0.5;
  #unit = 0.5;
  /** NaN until it is asked for */
  #sum = 0.5;
  #theta = 1;
  #exact: ExactShares | undefined = undefined;
  /** of what is left: how often the largest occurs, and the sum of the other weights */
  #times = 0;
  #rest = 0;

  /** The sum of the weights, relative to that of the largest. */
  get sum(): number {
    if (this.#sum !== this.#sum) this.#sumUp();
    return this.#sum / this.#unit;
  }

  /** Takes the elements of a lane that are above a bound. */
  gather(mass: Mass, least: number): void {
    this.#n = 0;
    for (let b = 0; b < mass.blocks; b++) {
      mass.load(b);
      this.#n = mass.pick(mass.at, least, this.#found, this.#n);
    }
    this.top = mass.top;
  }

  /** Takes what `collect` puts into an array of pairs with room for n; false where that gives a NaN, or no number. */
  take(n: number, collect: (into: Pairs) => number): boolean {
    this.#found.grow(n);
    this.#n = collect(this.#found);
    let top = -Infinity;
    for (let i = 0; i < this.#n; i++) if (this.#found.values[i]! > top) top = this.#found.values[i]!;
    this.top = top;
    return top - top === 0;
  }

  /** The weights. */
  weigh(heap: Heap, t: Theta): void {
    const n = this.#n,
      { top } = this,
      { values } = this.#found,
      { address, report, kernels } = heap,
      at = address >>> 3,
      e = at + BLOCK + 2;
    this.#theta = t.theta;
    this.#exact = undefined;
    heap.take();
    if (this.#weights.length < n) this.#weights = new Float64Array(values.length);
    for (let from = 0; from < n; from += BLOCK) {
      // the largest goes with every block, so that all have one scale
      const some = Math.min(BLOCK, n - from),
        view = heap.f64;
      view.set(values.subarray(from, from + some), at);
      view[at + some] = top;
      kernels.blockF64(SOFTMAX, address, e * 8, some + 1, report, t.factor, t.power);
      this.#weights.set(view.subarray(e, e + some), from);
      this.#unit = view[e + some]!;
    }
    this.#sum = NaN;
  }

  /** Sums up what is left once what is below `least` is cut, and what is equal after the last-th. */
  #sumUp(least: number = -Infinity, last: number = this.#n): void {
    const { top } = this,
      { values } = this.#found,
      weights = this.#weights;
    let times = 0,
      rest = 0,
      lost = 0;
    for (let i = 0; i < this.#n; i++) {
      const value = values[i]!,
        largest = +(value === top),
        own = weights[i]! * (+(value > least) | (+(value === least) & +(i <= last))),
        weight = own * (1 - largest),
        next = rest + weight;
      weights[i] = own;
      times += largest & +(own > 0);
      lost += sumLow(rest, weight, next);
      rest = next;
    }
    this.#times = times;
    this.#rest = rest + lost;
    this.#sum = times * this.#unit + this.#rest;
  }

  /**
   * Keeps the fewest largest whose sum, relative to the weight of the largest, reaches `wanted`, which is known but for a relative
   * error; of equal ones the first. False where errors leave open which, or all together do not reach it.
   */
  cutTo(wanted: number, error: number): boolean {
    const n = this.#n,
      { top } = this,
      { values } = this.#found,
      weights = this.#weights,
      scale = EACH * this.#theta,
      goal = wanted * this.#unit,
      margin = goal * (error + ERROR + n * 2 ** -52) + NOTHING * n * this.#unit,
      low = goal - margin,
      apart = this.#apart;
    apart.grow(n);
    const inside = apart.places;
    bins.fill(0);
    for (let i = 0; i < n; i++) {
      const own = binOf((top - values[i]!) * scale);
      inside[i] = own;
      bins[own]! += weights[i]!;
    }
    let before = 0,
      bin = 0;
    for (; bin < BINS - 1 && before + bins[bin]! < low; bin++) before += bins[bin]!;
    let count = 0;
    // without a branch on what they are, half of which would be foretold wrongly
    for (let i = 0; i < n; i++) {
      const own = inside[i]!;
      inside[count] = i;
      count = (count + +(own === bin)) | 0;
    }
    for (let i = 0; i < count; i++) apart.values[i] = values[inside[i]!]!;
    const sorted = sortDescending(apart, count, new Pairs(count));
    for (let i = 0; i < count; i++) {
      before += weights[sorted.places[i]!]!;
      if (before < low) continue;
      if (before < goal + margin) return false;
      this.#sumUp(sorted.values[i]!, sorted.places[i]!);
      return true;
    }
    return false;
  }

  /** The same in exact arithmetic: a share of the sum of e of the lane, or of these. */
  cutExactly(share: number, mass: Mass | undefined): void {
    const n = this.#n,
      { values } = this.#found,
      exact = this.#shares(),
      whole = mass === undefined ? exact.sum(values, 0, n) : mass.exactSum(exact),
      all = this.#apart;
    all.grow(n);
    for (let i = 0; i < n; i++) ((all.values[i] = values[i]!), (all.places[i] = i));
    const sorted = sortDescending(all, n, new Pairs(n));
    let sum = 0n,
      i = -1;
    do sum += exact.of(sorted.values[++i]!);
    while (i < n - 1 && compareShare(sum, share, whole) < 0);
    this.#sumUp(sorted.values[i]!, sorted.places[i]!);
  }

  /** Cuts what has less than a share of the weight of the largest. */
  cutBelow(share: number): void {
    const { values } = this.#found,
      weights = this.#weights,
      least = share * this.#unit,
      margin = least * ERROR;
    for (let i = 0; i < this.#n; i++) {
      const own = weights[i]!;
      if (own < least - margin || (own <= least + margin && own > 0 && !this.#reaches(values[i]!, share)))
        weights[i] = 0;
    }
    this.#sum = NaN;
  }

  #reaches(x: number, share: number): boolean {
    const exact = this.#shares();
    return compareShare(exact.of(x), share, exact.of(this.top)) >= 0;
  }

  #shares(): ExactShares {
    return (this.#exact ??= new ExactShares(this.top, this.#theta));
  }

  /** The number in this list of the one that u draws: the first whose running sum is above u times the sum. */
  find(u: number): number {
    const n = this.#n,
      weights = this.#weights,
      sum = this.sum * this.#unit,
      goal = u * sum,
      margin = goal * ERROR + NOTHING * sum;
    if (goal >= margin) {
      const j = passed64(weights, 0, n, goal - margin);
      if (j < n && passed.sum > goal + margin) return j;
    }
    const left = this.#found.values.slice(0, n);
    for (let i = 0; i < n; i++) if (weights[i] === 0) left[i] = -Infinity;
    const exact = this.#shares();
    return firstAboveShare(exact, left, 0, n, 0n, u, u === 0 ? 0n : exact.sum(left, 0, n));
  }

  place(i: number): number {
    return this.#found.places[i]!;
  }

  /** The logarithm of the probability of the i-th. */
  logOf(i: number, t: Theta): number {
    return logShare(this.#found.values[i]!, this.top, this.#times, this.#rest / this.#unit, t);
  }
}

/** log of exp(theta (x - top)) / (count + rest) */
export function logShare(x: number, top: number, count: number, rest: number, t: Theta): number {
  return argumentPair(x, top, t.factor, t.power) - (Math.log(count) + Math.log1p(rest / count));
}

/** A bound below which the weights of some elements, relative to that of `top`, add up to `most` or a little less. */
export function boundFor(most: number, some: Float64Array, top: number, theta: number): number {
  const scale = EACH * theta,
    up = Math.exp(1 / EACH);
  bins.fill(0);
  for (let i = 0; i < some.length; i++) bins[binOf((top - some[i]!) * scale)]!++;
  let bin = BINS - 1,
    sum = 0;
  for (let weight = Math.exp((1 - BINS) / EACH); bin >= 0; bin--, weight *= up) {
    sum += bins[bin]! * weight;
    if (sum > most) break;
  }
  return top - (bin + 1) / scale;
}
