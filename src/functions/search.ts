import type { Floats } from '../input/typed.ts';
import type { Heap } from '../kernels/heap.ts';

/** lanes below so many elements are not worth a copy */
const SHORT = 256;
/** elements that are looked at one by one before a kernel looks: where hits are frequent, a call costs more than it spares */
const STREAK = 32;
/** bytes that the kernel gets at a time: they stay in cache */
const PIECE = 65536;

/** Goes through lanes from one element that is above a bound to the next. */
export class Search {
  private readonly heap: Heap;
  /** what the memory holds of the lane, from .. to */
  private from = 0;
  private to = 0;

  constructor(heap: Heap) {
    this.heap = heap;
  }

  /** A new lane. Until the next one, no other call may use the memory. */
  begin(): void {
    this.from = this.to = 0;
  }

  /** The first index from j on whose element is above `least`, or a NaN; n where there is none. The lane is at x[at]. */
  next(x: Floats, at: number, n: number, j: number, least: number): number {
    const end = n < SHORT || j + STREAK > n ? n : j + STREAK;
    while (j < end && x[at + j]! <= least) j++;
    return j < end || j === n ? j : this.far(x, at, n, j, least);
  }

  private far(x: Floats, at: number, n: number, j: number, least: number): number {
    const { heap } = this,
      { address } = heap,
      bytes = x.BYTES_PER_ELEMENT;
    const { findF32, findF64 } = heap.kernels;
    for (; j < n; j = this.to) {
      if (j >= this.to) {
        this.from = j;
        this.to = Math.min(n, j + PIECE / bytes);
        (bytes === 4 ? heap.f32 : heap.f64).set(x.subarray(at + j, at + this.to), address / bytes);
      }
      const find = bytes === 4 ? findF32 : findF64,
        end = address + (this.to - this.from) * bytes;
      const found = find(address + (j - this.from) * bytes, end, least);
      if (found < end) return this.from + (found - address) / bytes;
    }
    return n;
  }
}
