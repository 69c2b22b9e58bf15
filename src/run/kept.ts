import { compareShare, ExactShares } from '../numeric/exactShares.ts';
import { Pairs, sortDescending } from '../numeric/order.ts';
import { argumentPair, sumLow } from '../numeric/pairs.ts';
import { SOFTMAX } from '../kernels/contract.ts';
import type { Heap } from '../kernels/heap.ts';
import type { Theta } from '../kernels/theta.ts';
import { BLOCK, passed, passed64, type Mass } from './mass.ts';

/** Bins of topP: 16 for each unit of theta x; what lies further below the maximum is in the last. */
const BINS = 1024;
const EACH = 16;
const bins = /*#__PURE__*/ new Float64Array(BINS),
  counts = /*#__PURE__*/ new Int32Array(BINS);

/** bound on the relative errors of two sums of weights together, and what is nothing beside a sum */
const ERROR = 2 ** -47;
const NOTHING = 2 ** -100;

/** What may be left of a lane after cuts: elements and their places, in the order of the lane, and their e as weights. */
export class Kept {
  #found = new Pairs(64);
  #weights = new Float64Array(64);
  n = 0;
  top = 0.5;
  sum = 0.5;
  #exact: ExactShares | undefined = undefined;
  #theta = 1;

  /** An empty one, with room for n. */
  begin(n: number): Pairs {
    this.n = 0;
    this.#exact = undefined;
    this.#grow(n);
    return this.#found;
  }

  #grow(n: number): void {
    if (this.#found.values.length > n) return;
    const more = new Pairs(Math.max(n + 1, Math.min(2 * n, n + 65536)));
    more.values.set(this.#found.values);
    more.places.set(this.#found.places);
    this.#found = more;
    this.#weights = new Float64Array(more.values.length);
  }

  /** Takes the elements of a lane that are above a bound; some that are not may come with them. */
  gather(mass: Mass, heap: Heap, least: number): void {
    let { n } = this;
    for (let b = 0; b < mass.blocks; b++) {
      mass.load(b);
      const some = mass.pick(least);
      this.#grow(n + some);
      const { values, places } = this.#found,
        { data, at, from, picked } = mass,
        { i32 } = heap;
      for (let i = 0; i < some; i++, n++) {
        const j = i32[picked + i]!;
        values[n] = data[at + j]!;
        places[n] = from + j;
      }
    }
    this.n = n;
  }

  /** Their weights, relative to the largest. */
  weigh(heap: Heap, t: Theta): void {
    const { n } = this,
      { values } = this.#found,
      { address, report, kernels } = heap;
    this.#theta = t.theta;
    let top = -Infinity;
    for (let i = 0; i < n; i++) if (values[i]! > top) top = values[i]!;
    this.top = top;
    heap.take();
    for (let from = 0; from < n; from += BLOCK) {
      // the maximum goes with every block, so that all have one scale
      const some = Math.min(BLOCK, n - from),
        view = heap.f64,
        at = address >>> 3,
        e = at + BLOCK + 2;
      for (let i = 0; i < some; i++) view[at + i] = values[from + i]!;
      view[at + some] = top;
      kernels.blockF64(SOFTMAX, address, e * 8, some + 1, report, t.factor, t.power);
      const unit = 1 / view[e + some]!;
      for (let i = 0; i < some; i++) this.#weights[from + i] = view[e + i]! * unit;
    }
    this.#add();
  }

  #add(): void {
    let sum = 0,
      lost = 0;
    for (let i = 0; i < this.n; i++) {
      const value = this.#weights[i]!,
        next = sum + value;
      lost += sumLow(sum, value, next);
      sum = next;
    }
    this.sum = sum + lost;
  }

  /**
   * Keeps the fewest largest whose weights reach `wanted`, known but for a relative error; of equal ones the first. False where
   * errors leave open which.
   */
  cutTo(wanted: number, error: number): boolean {
    const { n, top } = this,
      { values } = this.#found,
      scale = EACH * this.#theta,
      margin = wanted * (error + ERROR) + NOTHING * this.sum;
    bins.fill(0);
    counts.fill(0);
    for (let i = 0; i < n; i++) {
      const bin = binOf(top, values[i]!, scale);
      bins[bin]! += this.#weights[i]!;
      counts[bin]!++;
    }
    let before = 0,
      bin = 0;
    for (; bin < BINS - 1 && before + bins[bin]! < wanted - margin; bin++) before += bins[bin]!;
    const inside = new Pairs(counts[bin]!);
    let count = 0;
    for (let i = 0; i < n; i++) {
      if (binOf(top, values[i]!, scale) !== bin) continue;
      inside.values[count] = values[i]!;
      inside.places[count++] = i;
    }
    const sorted = sortDescending(inside, count, new Pairs(count));
    for (let i = 0; i < count; i++) {
      before += this.#weights[sorted.places[i]!]!;
      if (before < wanted - margin) continue;
      if (before < wanted + margin) return false;
      this.#keep(sorted.values[i]!, sorted.places[i]!);
      return true;
    }
    return false;
  }

  /** The same in exact arithmetic: a share of the sum of e of the lane, or of these. */
  cutExactly(share: number, mass: Mass | undefined): void {
    const { n } = this,
      { values } = this.#found,
      exact = this.#shares(),
      whole = mass === undefined ? exact.sum(values, 0, n) : exactSum(mass, exact),
      all = new Pairs(n);
    for (let i = 0; i < n; i++) ((all.values[i] = values[i]!), (all.places[i] = i));
    const sorted = sortDescending(all, n, new Pairs(n));
    let sum = 0n,
      i = -1;
    do sum += exact.of(sorted.values[++i]!);
    while (i < n - 1 && compareShare(sum, share, whole) < 0);
    this.#keep(sorted.values[i]!, sorted.places[i]!);
  }

  /** Keeps what is above `least`, and what is equal up to the last-th. */
  #keep(least: number, last: number): void {
    const { values } = this.#found,
      { n } = this;
    let to = 0;
    for (let i = 0; i < n; i++) {
      const value = values[i]!;
      if (value > least || (value === least && i <= last)) this.#move(i, to++);
    }
    this.n = to;
    this.#add();
  }

  #move(from: number, to: number): void {
    const { values, places } = this.#found;
    values[to] = values[from]!;
    places[to] = places[from]!;
    this.#weights[to] = this.#weights[from]!;
  }

  /** Keeps those whose weight is at least a share of the largest one. */
  cutBelow(share: number): void {
    const { values } = this.#found,
      { n } = this,
      margin = share * ERROR;
    let to = 0;
    for (let i = 0; i < n; i++) {
      const beyond = this.#weights[i]! - share;
      if (beyond > margin || (beyond >= -margin && this.#reaches(values[i]!, share))) this.#move(i, to++);
    }
    this.n = to;
    this.#add();
  }

  #reaches(value: number, share: number): boolean {
    const exact = this.#shares();
    return compareShare(exact.of(value), share, exact.of(this.top)) >= 0;
  }

  #shares(): ExactShares {
    return (this.#exact ??= new ExactShares(this.top, this.#theta));
  }

  /** The number in this list of the one that u draws: the first whose running sum is above u times the sum. */
  find(u: number): number {
    const wanted = u * this.sum,
      margin = wanted * ERROR + NOTHING * this.sum,
      { n } = this;
    if (wanted >= margin) {
      const j = passed64(this.#weights, 0, n, wanted - margin);
      if (j < n && passed.sum > wanted + margin) return j;
    }
    const { values } = this.#found,
      exact = this.#shares();
    return firstAboveShare(exact, values, 0, n, 0n, u, u === 0 ? 0n : exact.sum(values, 0, n));
  }

  place(i: number): number {
    return this.#found.places[i]!;
  }

  /** The logarithm of the probability of the i-th. */
  logOf(i: number, t: Theta): number {
    const { values } = this.#found;
    let count = 0,
      rest = 0;
    for (let k = 0; k < this.n; k++) {
      if (values[k] === this.top) count++;
      else rest += this.#weights[k]!;
    }
    return logShare(values[i]!, this.top, count, rest, t);
  }
}

/** log of exp(theta (x - top)) / (count + rest) */
export function logShare(x: number, top: number, count: number, rest: number, t: Theta): number {
  return argumentPair(x, top, t.factor, t.power) - (Math.log(count) + Math.log1p(rest / count));
}

function binOf(top: number, x: number, scale: number): number {
  const bin = (top - x) * scale;
  return bin < BINS - 1 ? bin | 0 : BINS - 1;
}

/** The sum of e of a whole lane. */
export function exactSum(mass: Mass, exact: ExactShares): bigint {
  let sum = 0n;
  for (let b = 0; b < mass.blocks; b++) {
    mass.load(b);
    sum += exact.sum(mass.data, mass.at, mass.n);
  }
  return sum;
}

/** Of n elements from at on, the first whose running sum, begun at `before`, is above a share of the sum; n where none is. */
// prettier-ignore
export function firstAboveShare(
  exact: ExactShares, x: ArrayLike<number>, at: number, n: number, before: bigint, share: number, sum: bigint,
): number {
  let j = 0;
  for (; j < n; j++) {
    before += exact.of(x[at + j]!);
    if (compareShare(before, share, sum) > 0) break;
  }
  return j;
}
