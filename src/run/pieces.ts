import { FLOAT32, FLOAT64 } from '../input/storage.ts';
import type { Floats } from '../input/typed.ts';
import { SOFTMAX } from '../kernels/contract.ts';
import { Tensor } from '../kernels/tensor.ts';
import type { Heap } from '../kernels/heap.ts';
import type { Pairs } from '../numeric/order.ts';
import type { Call } from '../plan/call.ts';
import type { Walk } from '../plan/walk.ts';
import { inLanes } from './rows.ts';
import { fill, leaveWindow, memoryOf } from './window.ts';

// Lanes as rows that are only looked at: their largest elements are searched for.

/** lanes of up to so many elements are looked at where they lie: a copy costs more than it spares */
export const SHORT = 256;
/** elements of a piece: it stays in cache */
export const PIECE = 8192;
/** elements that are looked at one by one before a kernel looks: where hits are frequent, a call costs more than it spares */
const STREAK = 32;

/** Elements of a lane from one on, which are looked at. */
export interface Piece {
  readonly data: Floats;
  readonly from: number;
  readonly n: number;
  /** Of the elements from j on in the row at `at`: the first one that is above `least`, or a NaN; n where there is none. */
  above(at: number, j: number, least: number): number;
  /**
   * Appends the elements of the row at `at` that are not at most `least`, and their places, to `count` others; returns how many there are. Of a
   * piece that has more than PIECE elements, so many from j on.
   */
  pick(at: number, least: number, into: Pairs, count: number, j: number): number;
}

/**
 * The lanes of a call, piece by piece: some lanes, or a part of one. Rows of float32 or float64 stay where they lie, if they are
 * short or in the memory of the instance; others come into the window, float32 or float64, masked elements as -Infinity.
 */
export class Pieces implements Piece {
  /** the lanes of the piece, and which of their elements it has: n, from one on */
  lane = 0;
  lanes = 0;
  from = 0;
  n = 0;
  /** where they are */
  data: Floats;
  at = 0;
  /** address of the mask of the piece, a byte for an element */
  readonly mask: number = 0;
  readonly bytes: number;
  private readonly call: Call;
  /** what is read into the window; undefined: all stay where they lie */
  private readonly source: Walk | undefined;
  private readonly where: Walk | undefined;
  /** kernels can look at the piece */
  private readonly inMemory: boolean;
  private readonly total: number;
  private readonly some: number;

  /** `picks`: all pieces in the memory of the instance, for `pick` */
  constructor(c: Call, picks = false) {
    const { heap, length, inner, storage } = c,
      short = !picks && length <= SHORT,
      plain =
        (storage === FLOAT32 || storage === FLOAT64) &&
        !c.gathered &&
        inner === 1 &&
        c.where === undefined &&
        c.theta > 0,
      start = c.inWindow ? (picks && c.size > 2 * PIECE ? undefined : 0) : c.tensor && Tensor.addressIn(heap, c.tensor),
      address = start === undefined ? undefined : start + c.offset * (storage === FLOAT32 ? 4 : 8);
    this.call = c;
    this.total = c.size === 0 ? 0 : c.outer * inner;
    this.inMemory = !plain || !short || address !== undefined;
    if (picks) heap.take();
    if (plain && (short || address !== undefined)) {
      this.some = this.total;
      this.bytes = storage === FLOAT32 ? 4 : 8;
      this.source = this.where = undefined;
      if (address === undefined) {
        this.data = c.data as Floats;
        this.at = c.offset;
      } else {
        this.data = this.bytes === 4 ? heap.f32 : heap.f64;
        this.at = address / this.bytes;
      }
      return;
    }
    if (c.inWindow) leaveWindow(c);
    c.prepare(SOFTMAX);
    this.bytes = c.bytes;
    this.some = Math.max(1, Math.floor(PIECE / length));
    c.takeWindow(Math.min(PIECE, c.size));
    this.source = inLanes(c.source, c);
    this.where = c.where && inLanes(c.where, c);
    this.data = memoryOf(c);
    this.at = heap.address / c.bytes;
    this.mask = heap.address + c.elements * c.bytes;
  }

  /** On to the next piece, if there is one. */
  next(): boolean {
    const { call, source, some } = this,
      { length } = call;
    this.from += this.n;
    if (this.from >= length || this.lanes === 0) {
      this.from = 0;
      this.lane += this.lanes;
      this.lanes = Math.min(some, this.total - this.lane);
    }
    if (this.lanes === 0) return false;
    this.n = source === undefined ? length : Math.min(PIECE, length - this.from);
    if (source !== undefined) {
      fill(call, source, this.where, this.lane * length + this.from, this.lanes * this.n, call.heap.address);
    }
    return true;
  }

  above(at: number, j: number, least: number): number {
    return firstAbove(this.call.heap, this.data, at, j, this.n, least, this.inMemory);
  }

  pick(at: number, least: number, into: Pairs, count: number, j: number): number {
    const { n, from, bytes, call } = this,
      { heap } = call,
      room = heap.address + PIECE * 16;
    return pickFrom(heap, bytes, (at + j) * bytes, Math.min(PIECE, n - j), least, from + j, room, into, count);
  }
}

/** elements up to which a loop copies faster than `set` */
const FEW = 256;

/** Of n elements at x, at most PIECE, those that are not at most `least`, and their numbers, by way of `room` behind `count` others. */
// prettier-ignore
export function pickFrom(
  { kernels: k, f64, i32 }: Heap, bytes: number, x: number, n: number, least: number, first: number, room: number, into: Pairs, count: number,
): number {
  const end = room + PIECE * 8 + 16,
    some = (bytes === 8 ? k.pickF64 : k.pickF32)(x, n, least, first, room, end),
    from = room >>> 3,
    at = end >>> 2;
  into.grow(count + some);
  const { values, places } = into;
  if (some > FEW) {
    values.set(f64.subarray(from, from + some), count);
    places.set(i32.subarray(at, at + some), count);
  } else {
    for (let i = 0; i < some; i++) {
      values[count + i] = f64[from + i]!;
      places[count + i] = i32[at + i]!;
    }
  }
  return count + some;
}

/** Of the elements from j on, of n, in the row at `at`: the first one that is above `least`, or a NaN; n where there is none. */
// prettier-ignore
export function firstAbove(
  heap: Heap, data: Floats, at: number, j: number, n: number, least: number, inMemory: boolean,
): number {
  const end = inMemory && j + STREAK < n ? j + STREAK : n;
  j = data instanceof Float32Array ? above32(data, at, j, end, least) : above64(data, at, j, end, least);
  if (j < end || j === n) return j;
  const { findF32, findF64 } = heap.kernels;
  return data instanceof Float32Array
    ? (findF32((at + j) * 4, (at + n) * 4, least) >>> 0) / 4 - at
    : (findF64((at + j) * 8, (at + n) * 8, least) >>> 0) / 8 - at;
}

function above32(x: Float32Array, at: number, j: number, end: number, least: number): number {
  while (j < end && x[at + j]! <= least) j++;
  return j;
}

function above64(x: Float64Array, at: number, j: number, end: number, least: number): number {
  while (j < end && x[at + j]! <= least) j++;
  return j;
}
