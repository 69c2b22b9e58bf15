import type { Call } from '../plan/call.ts';
import { ExactShares, firstAboveShare } from '../numeric/exactShares.ts';
import { boundFor, Kept, logShare } from '../run/kept.ts';
import { Mass } from '../run/mass.ts';
import { largest, type Largest } from './largest.ts';

/** elements from which a bound for topP is guessed */
const SAMPLE = 512;
const guessed = /*#__PURE__*/ new Float64Array(SAMPLE);

/** Draws from lanes, one after the other. Used again by later calls. */
export class Drawing {
  topK = Infinity;
  topP = 1;
  minP = 0;
  logs = false;
  #call!: Call;
  readonly #mass = new Mass(false);
  /** the same in float64, for what is left open */
  readonly #sure = new Mass(true);
  readonly #kept = new Kept();
  #largest: Largest | undefined = undefined;
  #lane = 0;
  #listed = false;
  #measured = false;
  /** the number in the list, or the place, of what was drawn last */
  #drawn = 0;

  begin(c: Call): void {
    this.#call = c;
    if (this.topK >= c.length) this.topK = Infinity;
    this.#listed = this.topK < Infinity || this.topP < 1 || this.minP > 0;
    this.#largest = this.topK < Infinity ? largest(this.topK, c.length) : undefined;
    this.#mass.begin(c);
  }

  end(): void {
    this.#mass.end();
    this.#sure.end();
    this.#largest = undefined;
    this.#call = undefined!;
  }

  /** Takes a lane, and makes the cuts. False where nothing can be drawn from it. */
  open(lane: number): boolean {
    const mass = this.#mass;
    this.#lane = lane;
    this.#measured = false;
    mass.seek(lane);
    if (!this.#listed) {
      mass.measure(!this.logs);
      return mass.isDrawable;
    }
    return this.topK < Infinity ? this.#cutLargest() : this.#cutShares();
  }

  #cutLargest(): boolean {
    const mass = this.#mass,
      kept = this.#kept,
      top = this.#largest!,
      { heap, thetaParts } = this.#call;
    top.begin();
    for (let b = 0; b < mass.blocks; b++) {
      mass.load(b);
      top.look(mass, mass.at);
    }
    if (!kept.take(this.topK, (into) => top.collect(into))) return false;
    kept.weigh(heap, thetaParts);
    if (this.topP < 1 && !kept.cutTo(this.topP * kept.sum, 0)) kept.cutExactly(this.topP, undefined);
    if (this.minP > 0) kept.cutBelow(this.minP);
    return true;
  }

  #cutShares(): boolean {
    const mass = this.#mass,
      kept = this.#kept,
      { heap, thetaParts, length } = this.#call,
      { topP, minP } = this,
      { theta } = thetaParts;
    const guesses = topP < 1 && length >= 16 * SAMPLE;
    mass.measure(false, guesses ? guessed : undefined);
    if (!mass.isDrawable) return false;
    // below it all elements together are less than what topP leaves, or each is less than what minP keeps
    const share = topP < 1 ? ((1 - topP) * mass.sum) / length : minP,
      least = mass.top + (Math.log(share) * (1 + 2 ** -20) - 2 ** -20) / theta - Math.abs(mass.top) * 2 ** -50,
      // 0.85: some elements are no more than a guess
      guess = guesses
        ? Math.max(least, boundFor((0.85 * (1 - topP) * mass.sum * SAMPLE) / length, guessed, mass.top, theta))
        : least;
    kept.gather(mass, guess);
    kept.weigh(heap, thetaParts);
    let cut = topP === 1 || kept.cutTo(topP * mass.sum, mass.error);
    if (!cut && guess > least) {
      kept.gather(mass, least);
      kept.weigh(heap, thetaParts);
      cut = kept.cutTo(topP * mass.sum, mass.error);
    }
    if (!cut) {
      const sure = this.#settle();
      if (!kept.cutTo(topP * sure.sum, sure.error)) kept.cutExactly(topP, sure);
      mass.seek(this.#lane);
    }
    if (minP > 0) kept.cutBelow(minP);
    return true;
  }

  /** The sum of the lane in float64. */
  #settle(): Mass {
    const sure = this.#sure;
    if (!this.#measured) {
      sure.begin(this.#call);
      sure.seek(this.#lane);
      sure.measure(false);
      this.#measured = true;
    }
    sure.seek(this.#lane);
    return sure;
  }

  /** The place that u draws; -1 where there is none, which the lane has been changed for. */
  draw(u: number): number {
    if (this.#listed) {
      this.#drawn = this.#kept.find(u);
      return this.#kept.place(this.#drawn);
    }
    this.#drawn = this.#mass.find(u);
    if (this.#drawn < 0) {
      const sure = this.#settle();
      if (u > 0) this.#drawn = sure.find(u);
      if (this.#drawn < 0) this.#drawn = exactly(sure, u, this.#call.thetaParts.theta);
      this.#mass.seek(this.#lane);
    }
    return this.#drawn;
  }

  /** The logarithm of the probability of what was drawn last. */
  log(): number {
    const { thetaParts } = this.#call,
      { top, count, rest } = this.#mass;
    if (this.#listed) return this.#kept.logOf(this.#drawn, thetaParts);
    return logShare(this.#mass.element(this.#drawn), top, count, rest, thetaParts);
  }
}

/** The place that u draws from a lane, in exact arithmetic; -1 where there is none. */
function exactly(mass: Mass, u: number, theta: number): number {
  const exact = new ExactShares(mass.top, theta),
    // every share of 0 is 0
    sum = u === 0 ? 0n : mass.exactSum(exact);
  let before = 0n;
  for (let b = 0; b < mass.blocks; b++) {
    mass.load(b);
    const j = firstAboveShare(exact, mass.data, mass.at, mass.n, before, u, sum);
    if (j < mass.n) return mass.from + j;
    before += exact.sum(mass.data, mass.at, mass.n);
  }
  return -1;
}
