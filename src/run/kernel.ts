import {
  BLOCK,
  DOUBLE,
  EXACT,
  LOGSUMEXP,
  LOG_SOFTMAX,
  SINGLE,
  type Arithmetic,
  type Kernels,
  type Kind,
} from '../kernels/contract.ts';
import { Stream } from '../kernels/blocks.ts';
import type { Heap } from '../kernels/heap.ts';
import type { Theta } from '../kernels/theta.ts';

// The kernels on lanes that lie in memory.

/**
 * The kernel of a kind and an arithmetic; a contiguous lane may be longer than a block. `mask`: where the mask lies that the kernel is to
 * take (masks of window.ts), in place; 0: there is none.
 */
// prettier-ignore
export function compute(
  heap: Heap, kind: Kind, arithmetic: Arithmetic, t: Theta, x: number, y: number, outer: number, length: number, inner: number, mask: number = 0,
): void {
  const k = heap.kernels;
  const size = arithmetic === DOUBLE ? 8 : 4;
  // exact rows that lie whole are no longer than EXACT_ROW
  if (inner === 1 && arithmetic !== EXACT && length * size > BLOCK) {
    for (let o = 0; o < outer; o++) {
      const to = y + o * (kind === LOGSUMEXP ? 1 : length) * size;
      longLane(heap, kind, arithmetic, t, x + o * length * size, to, length, mask && mask + o * length);
    }
  } else if (arithmetic === SINGLE) {
    if (mask > 0) k.maskedF32!(x, mask, outer, length, t.theta);
    else k.lanesF32(kind, x, y, outer, length, inner, t.theta);
  } else if (arithmetic === DOUBLE) {
    k.lanesF64(kind, x, y, outer, length, inner, t.factor, t.power);
  } else {
    k.lanesExact(kind, x, y, outer, length, inner, t.theta);
  }
}

/** A lane in memory that is longer than a block. */
function longLane(
  heap: Heap,
  kind: Kind,
  arithmetic: Arithmetic,
  t: Theta,
  x: number,
  y: number,
  length: number,
  mask: number,
): void {
  const stream = new Stream(kind, t.factor, t.power),
    size = arithmetic === DOUBLE ? 8 : 4,
    bytes = length * size,
    n = (done: number): number => Math.min(BLOCK, bytes - done) / size;
  for (let done = 0; done < bytes; done += BLOCK)
    stream.add(block(heap, kind, arithmetic, t, x + done, y + done, n(done), mask && mask + done / 4));
  stream.finish();
  if (kind === LOGSUMEXP) {
    if (arithmetic === SINGLE) heap.f32[y >>> 2] = stream.logsumexp();
    else heap.f64[y >>> 3] = stream.logsumexp();
    return;
  }
  for (let done = 0; done < bytes; done += BLOCK) {
    applyBlock(heap.kernels, stream, kind, arithmetic, t, x + done, y + done, y + done, n(done), done / BLOCK);
  }
  if (mask > 0 && Number.isNaN(heap.f32[y >>> 2])) heap.kernels.hideF32(y, mask, length, 0);
}

/** Where `block` leaves the report: read it before the next call. */
const found = /*#__PURE__*/ new Float64Array(6);

/** What the kernel reports of a block; for softmax the e of its elements go to `e`: float64 of exact elements, which is not x. */
// prettier-ignore
export function block(
  heap: Heap, kind: Kind, arithmetic: Arithmetic, t: Theta, x: number, e: number, n: number, mask: number = 0,
): Float64Array {
  const k = heap.kernels,
    { report } = heap;
  if (arithmetic === SINGLE) k.blockF32!(kind, x, e, n, report, t.theta, mask);
  else if (arithmetic === DOUBLE) k.blockF64(kind, x, e, n, report, t.factor, t.power);
  else k.blockExact(kind, x, e, n, report, t.theta);
  const { f64 } = heap;
  for (let i = 0, at = report >>> 3; i < 6; i++) found[i] = f64[at + i]!;
  return found;
}

/** The last step for the n elements of a block, by its number in the lane: of x, or for softmax of their e, to y. */
// prettier-ignore
export function applyBlock(
  k: Kernels, stream: Stream, kind: Kind, arithmetic: Arithmetic, t: Theta, x: number, e: number, y: number, n: number, number: number,
): void {
  if (kind === LOG_SOFTMAX) {
    if (arithmetic === SINGLE) k.subtractF32!(x, y, n, stream.m, stream.hi, stream.lo, t.theta);
    else if (arithmetic === DOUBLE) k.subtractF64(x, y, n, stream.m, stream.hi, stream.lo, t.factor, t.power);
    else k.subtractExact(x, y, n, stream.m, stream.hi, t.theta);
    return;
  }
  const steps = stream.factor(number, arithmetic !== SINGLE);
  if (arithmetic === SINGLE) k.scaleF32!(y, n, stream.factorHigh, stream.factorLow, stream.peak, stream.value);
  else if (arithmetic === EXACT) k.scaleExact(e, y, n, stream.factorHigh * 2 ** (-256 * steps));
  else {
    for (let i = 0; i < steps; i++) k.scaleF64(y, n, 2 ** -256, 0, NaN, 0);
    k.scaleF64(y, n, stream.factorHigh, stream.factorLow, stream.peak, stream.value);
  }
}
