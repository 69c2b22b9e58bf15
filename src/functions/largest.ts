import { nthLargest, Pairs, sortDescending } from '../numeric/order.ts';
import { spread } from '../numeric/spread.ts';
import type { Floats } from '../input/typed.ts';
import { PIECE, type Piece } from '../run/pieces.ts';

/** The k largest of a lane in order, and their indices: `begin`, `look` at the pieces of the lane, `finish`. NaN comes first. */
export interface Largest {
  begin(): void;
  look(pieces: Piece, at: number): void;
  /** Puts them into place `to` of the results on. */
  finish(values: Floats, indices: Int32Array, to: number): void;
  /** Puts them into the first places, in the order of the lane, and returns how many there are; -1 where there is a NaN. */
  collect(into: Pairs): number;
}

/** k up to which insertion is the fastest */
const FEW = 16;
/** candidates from which on the largest are chosen, at least; four for each of the k otherwise */
const LEAST_ROOM = 256;
/** candidates up to which the same arrays are used again: new ones cost more than the work */
const SMALL = 1024;
let smallFound: Pairs | undefined;
let smallSpare: Pairs | undefined;
/** elements from which a bound is guessed */
const SAMPLE = 128;

/** Whether the largest k are picked by a kernel, from the memory of the instance. */
export const picks = (k: number): boolean => k > FEW;

export function largest(k: number, length: number): Largest {
  return picks(k) ? new Many(k, length) : new Few(k);
}

const few = /*#__PURE__*/ new Float64Array(FEW);
const places = /*#__PURE__*/ new Int32Array(FEW);

/** Each element is put into its place among those found so far. */
class Few implements Largest {
  private readonly k: number;

  constructor(k: number) {
    this.k = k;
  }

  begin(): void {}

  look(pieces: Piece, at: number): void {
    const { data, from, n } = pieces,
      { k } = this;
    let j = 0;
    for (; j < n && from + j < k; j++) insert(j, data[at + j]!, j);
    let least = few[k - 1]!;
    // where the least is a NaN, k of them have been found
    for (; least === least && (j = pieces.above(at, j, least)) < n; j++) {
      insert(k - 1, data[at + j]!, from + j);
      least = few[k - 1]!;
    }
  }

  finish(values: Floats, indices: Int32Array, to: number): void {
    const { k } = this;
    if (values instanceof Float32Array) for (let i = 0; i < k; i++) values[to + i] = few[i]!;
    else for (let i = 0; i < k; i++) values[to + i] = few[i]!;
    for (let i = 0; i < k; i++) indices[to + i] = places[i]!;
  }

  collect(into: Pairs): number {
    const { k } = this;
    if (few[0] !== few[0]) return -1;
    for (let i = 0; i < k; i++) {
      const value = few[i]!,
        place = places[i]!;
      let j = i;
      for (; j > 0 && into.places[j - 1]! > place; j--) {
        into.values[j] = into.values[j - 1]!;
        into.places[j] = into.places[j - 1]!;
      }
      into.values[j] = value;
      into.places[j] = place;
    }
    return k;
  }
}

/** Puts an element behind those of the first n that come before it; the n-th, if there is one, drops out. */
function insert(n: number, value: number, index: number): void {
  let at = n;
  // a NaN comes before all but a NaN, and every other index is the lower one
  for (; at > 0 && (value > few[at - 1]! || (value !== value && few[at - 1]! === few[at - 1]!)); at--) {
    few[at] = few[at - 1]!;
    places[at] = places[at - 1]!;
  }
  few[at] = value;
  places[at] = index;
}

/**
 * Candidates are picked in the order of the lane. When there are more than there should be, the k largest of them stay, and only what is
 * above the least of those is a candidate from then on. The order of the lane is kept, so a stable sort at the end breaks ties.
 */
class Many implements Largest {
  private readonly k: number;
  /** candidates that may wait */
  private readonly room: number;
  private readonly found: Pairs;
  private readonly spare: Pairs;
  private count = 0;
  /** candidates must be above it, once some were chosen */
  private least = NaN;
  /** where the first NaN are, up to k of them */
  private nans: number[] = [];

  constructor(k: number, length: number) {
    const room = Math.min(length, Math.max(4 * k, LEAST_ROOM));
    this.k = k;
    this.room = room;
    const small = room < SMALL;
    this.found = small ? (smallFound ??= new Pairs(SMALL)) : new Pairs(room + 1);
    this.spare = small ? (smallSpare ??= new Pairs(SMALL)) : new Pairs(room + 1);
  }

  begin(): void {
    this.count = 0;
    this.least = NaN;
    this.nans = [];
  }

  look(pieces: Piece, at: number): void {
    if (pieces.from === 0) {
      this.least = this.guess(pieces, at);
      this.take(pieces, at);
      if (this.least !== this.least || this.count + this.nans.length >= this.k) return;
      // the guess was too high
      this.begin();
    }
    this.take(pieces, at);
  }

  private take(pieces: Piece, at: number): void {
    for (let j = 0; j < pieces.n; j += PIECE) {
      this.count = pieces.pick(at, this.least, this.found, this.count, j);
      if (this.count > this.room) this.choose();
    }
  }

  /** A bound that nearly always has k elements of the first piece above it, and few more; from some that lie evenly in it. */
  private guess({ data, n }: Piece, at: number): number {
    const { values } = this.spare,
      among = (this.k * SAMPLE) / n,
      r = Math.ceil(among + 3 * Math.sqrt(among)) + 1;
    if (n < 4 * SAMPLE || r > SAMPLE / 2) return NaN;
    const step = Math.floor(n / SAMPLE);
    for (let i = 0, j = at; i < SAMPLE; i++, j += step) {
      const value = data[j]!;
      values[i] = value === value ? value : Infinity;
    }
    return nthLargest(values, SAMPLE, r);
  }

  /** Keeps the largest candidates, as many as NaN leave a place for; of equal ones the first. */
  private choose(): void {
    const { found, spare, nans, k } = this,
      { values, places } = found;
    let count = 0;
    spare.grow(this.count);
    for (let i = 0; i < this.count; i++) {
      const value = values[i]!;
      if (value !== value) {
        if (nans.length < k) nans.push(places[i]!);
        continue;
      }
      spare.values[count] = values[count] = value;
      places[count++] = places[i]!;
    }
    const most = k - nans.length;
    this.count = Math.min(count, most);
    if (count <= most || most === 0) return;
    const least = (this.least = nthLargest(spare.values, count, most));
    let equal = 0;
    for (let i = 0; i < most; i++) if (spare.values[i] === least) equal++;
    for (let i = 0, to = 0; to < most; i++) {
      const value = values[i]!,
        tie = +(value === least) | 0;
      values[to] = value;
      places[to] = places[i]!;
      to = (to + (+(value > least) | (tie & +(equal > 0)))) | 0;
      equal = (equal - tie) | 0;
    }
  }

  finish(into: Floats, indices: Int32Array, to: number): void {
    const { k, nans, found, spare } = this,
      quick = nans.length === 0 && spread(found, this.count, k, spare);
    if (quick) this.count = k;
    else this.choose();
    const { count } = this,
      { values, places } = quick ? spare : sortDescending(found, count, spare);
    for (let i = 0; i < nans.length; i++, to++) {
      into[to] = NaN;
      indices[to] = nans[i]!;
    }
    if (into instanceof Float32Array) for (let i = 0; i < count; i++) into[to + i] = values[i]!;
    else for (let i = 0; i < count; i++) into[to + i] = values[i]!;
    for (let i = 0; i < count; i++) indices[to + i] = places[i]!;
  }

  collect(into: Pairs): number {
    this.choose();
    const { found, count } = this;
    if (this.nans.length > 0) return -1;
    for (let i = 0; i < count; i++) {
      into.values[i] = found.values[i]!;
      into.places[i] = found.places[i]!;
    }
    return count;
  }
}
