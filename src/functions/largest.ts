import { nthLargest, sortDescending } from '../numeric/order.ts';
import type { Floats } from '../input/typed.ts';
import type { Pieces } from '../run/pieces.ts';

/** The k largest of a lane in order, and their indices: `begin`, `look` at the pieces of the lane, `finish`. NaN comes first. */
export interface Largest {
  begin(): void;
  look(pieces: Pieces, at: number): void;
  /** Puts them into place `to` of the results on. */
  finish(values: Floats, indices: Int32Array, to: number): void;
}

/** k up to which insertion is the fastest */
const FEW = 16;
/** candidates that there is room for, at least; four for each of the k otherwise */
const LEAST_ROOM = 256;

export function largest(k: number, length: number): Largest {
  return k <= FEW ? new Few(k) : new Many(k, length);
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

  look(pieces: Pieces, at: number): void {
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
 * Candidates are gathered in the order of the lane. When there is no room for more, the k largest of them stay, and only what is
 * above the least of those is a candidate from then on. The order of the lane is kept, so a stable sort at the end breaks ties.
 */
class Many implements Largest {
  private readonly k: number;
  private readonly values: Float64Array;
  private readonly places: Int32Array;
  private readonly spareValues: Float64Array;
  private readonly sparePlaces: Int32Array;
  private count = 0;
  /** candidates must be above it, once some were chosen */
  private least = NaN;
  /** where the NaN are, up to k */
  private nans: number[] = [];

  constructor(k: number, length: number) {
    const room = Math.min(length, Math.max(4 * k, LEAST_ROOM));
    this.k = k;
    this.values = new Float64Array(room);
    this.places = new Int32Array(room);
    this.spareValues = new Float64Array(room);
    this.sparePlaces = new Int32Array(k);
  }

  begin(): void {
    this.count = 0;
    this.least = NaN;
    if (this.nans.length > 0) this.nans = [];
  }

  look(pieces: Pieces, at: number): void {
    const { data, from, n } = pieces,
      { values, places, nans, k } = this;
    let { count, least } = this;
    for (let j = 0; nans.length < k; j++) {
      // nothing is at most NaN: all are candidates
      j = pieces.above(at, j, least);
      if (j >= n) break;
      const value = data[at + j]!;
      if (value !== value) {
        nans.push(from + j);
        continue;
      }
      if (count === values.length) {
        this.count = count;
        this.choose();
        ({ count, least } = this);
        if (value <= least) continue;
      }
      values[count] = value;
      places[count++] = from + j;
    }
    this.count = count;
  }

  finish(into: Floats, indices: Int32Array, to: number): void {
    const { values, places, nans } = this;
    this.choose();
    sortDescending(values, places, this.count, this.spareValues, this.sparePlaces);
    for (let i = 0; i < nans.length; i++, to++) {
      into[to] = NaN;
      indices[to] = nans[i]!;
    }
    if (into instanceof Float32Array) for (let i = 0; i < this.count; i++) into[to + i] = values[i]!;
    else for (let i = 0; i < this.count; i++) into[to + i] = values[i]!;
    for (let i = 0; i < this.count; i++) indices[to + i] = places[i]!;
  }

  /** Keeps the largest candidates, as many as NaN have left a place for; of equal ones the first. */
  private choose(): void {
    const { values, places, spareValues: spare, count } = this,
      most = this.k - this.nans.length;
    if (count <= most) return;
    this.count = most;
    if (most === 0) return;
    for (let i = 0; i < count; i++) spare[i] = values[i]!;
    const least = (this.least = nthLargest(spare, count, most));
    let equal = 0;
    for (let i = 0; i < most; i++) if (spare[i] === least) equal++;
    for (let i = 0, to = 0; to < most; i++) {
      const value = values[i]!;
      if (!(value > least || (value === least && equal-- > 0))) continue;
      values[to] = value;
      places[to++] = places[i]!;
    }
  }
}
