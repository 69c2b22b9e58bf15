import { LOGSUMEXP, SINGLE, SOFTMAX, type Arithmetic, type Kind } from '../kernels/contract.ts';
import type { ExactShares } from '../numeric/exactShares.ts';
import type { Pairs } from '../numeric/order.ts';
import { argumentPair, expPair, last } from '../numeric/pairs.ts';
import { passed, passed32, passed64 } from '../numeric/passed.ts';
import type { Call } from '../plan/call.ts';
import type { Walk } from '../plan/walk.ts';
import type { Floats } from '../input/typed.ts';
import { firstAbove, PIECE, pickFrom, type Piece } from './pieces.ts';
import { inLanes } from './rows.ts';
import { fill, leaveWindow, memoryOf } from './window.ts';

// The sum of e = exp(theta (x - maximum)) over a lane, by blocks, and the search for the place at which the running sum passes a
// share of it. Kernels differ by build in the last bits of e; so a place is named only where their errors cannot move it, and
// whoever asks goes on to float64, then to exact arithmetic.

/** elements of a block: with their e they stay in cache */
export const BLOCK = PIECE;
/** Next to a sum this share of it is nothing: what kernels make of elements far below the maximum stays below it. */
const NOTHING = 2 ** -100;

/** One lane after the other, in float64 or as fast as it goes; the object is used again. */
export class Mass implements Piece {
  readonly #double: boolean;
  #arithmetic: Arithmetic = SINGLE;
  #call: Call | undefined = undefined;
  #source: Walk | undefined = undefined;
  #where: Walk | undefined = undefined;
  #lane = 0;
  /** the block whose e are in the window, the use of the window since when, and their sum in their own scale */
  #loaded = -1;
  #use = -1;
  #scale = 0.5;
  /** of every block: its maximum, how often it occurs, the rest of its sum; then its share in that of the lane */
  #tops = new Float64Array(1);
  #counts = new Float64Array(1);
  #rests = new Float64Array(1);
  blocks = 0;
  /** of the lane: its largest element, or what is above it (`measure`); how often that occurs, the rest of the sum, the sum */
  top = 0.5;
  count = 0.5;
  rest = 0.5;
  sum = 0.5;
  /** bound on the relative errors of a running sum and of the sum together */
  error = 0.5;
  // of the block that was loaded, as a piece
  data: Floats = new Float64Array(0);
  from = 0;
  n = 0;

  constructor(double: boolean) {
    this.#double = double;
  }

  begin(c: Call): void {
    this.#call = c;
    if (c.inWindow) leaveWindow(c);
    this.#source = inLanes(c.source, c);
    this.#where = c.where && inLanes(c.where, c);
    this.#take();
    this.error = c.arithmetic === SINGLE ? 2 ** -22 : 2 ** -48 + Math.ceil(c.length / BLOCK) * 2 ** -51;
  }

  /** Nothing of the caller's is kept alive. */
  end(): void {
    this.#call = this.#source = this.#where = undefined;
    this.data = this.#tops;
  }

  /** The arithmetic, and the window with room for a block, its e and one element. Elements come so that theta is not negative. */
  #take(): void {
    const c = this.#call!;
    c.prepare(SOFTMAX);
    if (this.#double || c.arithmetic !== SINGLE) c.prepareDouble();
    c.takeWindow(2 * BLOCK + 16);
    this.#arithmetic = c.arithmetic;
  }

  seek(lane: number): void {
    const c = this.#call!;
    this.#lane = lane;
    this.#loaded = -1;
    this.blocks = Math.ceil(c.length / BLOCK);
    // the Mass in float64 shares the call with the fast one, and has taken its own arithmetic
    if (c.arithmetic !== this.#arithmetic) this.#take();
  }

  /**
   * Sums up the lane. `keep`: the e of a lane of one block stay in the window; the softmax kernel then says a top that may be above all
   * elements, and counts none of them: all of the sum is rest. `some` takes elements of a long lane that lie evenly in it.
   */
  measure(keep: boolean, some?: Float64Array): void {
    const c = this.#call!,
      { blocks } = this;
    if (this.#tops.length < blocks) {
      this.#tops = new Float64Array(blocks);
      this.#counts = new Float64Array(blocks);
      this.#rests = new Float64Array(blocks);
    }
    const each = some === undefined ? Infinity : Math.floor(c.length / some.length);
    let top = -Infinity,
      spoiled = false,
      next = some === undefined ? Infinity : 0;
    for (let b = 0; b < blocks; b++) {
      if (keep && blocks === 1) this.#search(b);
      else this.#compute(LOGSUMEXP, b);
      const { data, from, n } = this;
      for (let k = 0; next < from + n && (k = next / each) < some!.length; next += each)
        some![k] = data[this.at + next - from]!;
      const view = c.heap.f64,
        at = c.heap.report >>> 3,
        most = view[at]!,
        rest = view[at + 2]! + view[at + 3]!;
      spoiled ||= rest !== rest;
      this.#tops[b] = most;
      this.#counts[b] = view[at + 1]!;
      this.#rests[b] = rest;
      if (most > top) top = most;
    }
    this.top = spoiled ? NaN : top;
    this.#join(top);
  }

  /** Whether something can be drawn: the maximum is a number. */
  get isDrawable(): boolean {
    return this.top - this.top === 0;
  }

  /** The elements of a block into the window, so that the most probable are the largest. */
  load(block: number): void {
    const c = this.#call!;
    this.#loaded = -1;
    this.from = block * BLOCK;
    this.n = Math.min(BLOCK, c.length - this.from);
    this.#fill(this.from, this.n, c.heap.address);
    this.data = memoryOf(c);
  }

  /** The sum of e of the whole lane. */
  exactSum(exact: ExactShares): bigint {
    let sum = 0n;
    for (let b = 0; b < this.blocks; b++) {
      this.load(b);
      sum += exact.sum(this.data, this.at, this.n);
    }
    return sum;
  }

  #fill(from: number, n: number, address: number): void {
    const c = this.#call!;
    fill(c, this.#source!, this.#where, this.#lane * c.length + from, n, address);
  }

  /** where `load` puts them */
  get at(): number {
    const c = this.#call!;
    return c.heap.address / c.bytes;
  }

  /** One element; what is loaded stays. */
  element(place: number): number {
    const c = this.#call!,
      address = c.heap.address + 2 * BLOCK * c.bytes;
    this.#fill(place, 1, address);
    return memoryOf(c)[address / c.bytes]!;
  }

  above(at: number, j: number, least: number): number {
    const c = this.#call!;
    return firstAbove(c.heap, this.data, at, j, this.n, least, true);
  }

  /** Some more may come: rounded to float32 the bound must not be above what was asked for. */
  pick(at: number, least: number, into: Pairs, count: number): number {
    const { heap, bytes } = this.#call!,
      bound = bytes === 8 ? least : least - Math.abs(least) * 2 ** -23;
    return pickFrom(heap, bytes, at * bytes, this.n, bound, this.from, heap.address + BLOCK * 8, into, count);
  }

  #compute(kind: Kind, block: number): void {
    const c = this.#call!,
      { heap, thetaParts: t } = c,
      { kernels: k, address, report } = heap,
      e = address + BLOCK * c.bytes;
    this.load(block);
    const { n } = this;
    if (c.arithmetic === SINGLE) k.blockF32!(kind, address, e, n, report, t.theta, 0);
    else k.blockF64(kind, address, e, n, report, t.factor, t.power);
  }

  /** The blocks' sums, relative to the maximum of the lane. */
  #join(top: number): void {
    const { factor, power } = this.#call!.thetaParts;
    let count = 0,
      rest = 0;
    for (let b = 0; b < this.blocks; b++) {
      const own = this.#tops[b]!,
        some = this.#counts[b]!;
      let share = some + this.#rests[b]!;
      if (own === top) {
        count += some;
        rest += this.#rests[b]!;
      } else {
        const z = argumentPair(own, top, factor, power);
        share *= own > -Infinity ? expPair(z, last.low, 0) : 0;
        rest += share;
      }
      this.#rests[b] = share;
    }
    this.count = count;
    this.rest = rest;
    this.sum = count + rest;
  }

  /** The first place whose running sum is above u times the sum; -1 where the errors of the sums leave it open. */
  find(u: number): number {
    const c = this.#call!,
      wanted = u * this.sum,
      margin = wanted * this.error + NOTHING * this.sum,
      low = wanted - margin;
    let before = 0,
      block = 0;
    if (low < 0) return -1;
    // a block whose end is surely not above it
    for (; block < this.blocks - 1 && before + this.#rests[block]! <= low; block++) before += this.#rests[block]!;
    if (this.#loaded !== block || this.#use !== c.heap.uses) this.#search(block);
    const unit = this.#scale / this.#rests[block]!,
      n = Math.min(BLOCK, c.length - block * BLOCK),
      e = c.heap.address / c.bytes + BLOCK,
      least = (low - before) * unit;
    const j = c.arithmetic === SINGLE ? passed32(c.heap.f32, e, n, least) : passed64(c.heap.f64, e, n, least);
    return j < n && passed.sum > (wanted + margin - before) * unit ? block * BLOCK + j : -1;
  }

  /** The e of a block into the window. */
  #search(block: number): void {
    const { heap } = this.#call!;
    this.#compute(SOFTMAX, block);
    const at = heap.report >>> 3;
    this.#scale = (heap.f64[at + 2]! + heap.f64[at + 3]!) * heap.f64[at + 4]!;
    this.#loaded = block;
    this.#use = heap.uses;
  }
}
