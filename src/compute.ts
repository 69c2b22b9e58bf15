import type { Heap } from './heap.ts';
import { LOGSUMEXP, LOG_SOFTMAX, type Kind, type Kernels } from './js.ts';
import type { Layout } from './layout.ts';
import { BLOCK, Stream } from './stream.ts';
import type { Theta } from './theta.ts';

// The kernels on lanes that lie in memory.

/** How elements are computed: float32, float64, or float32 through float64 and rounded once. */
export type Mode = 'F32' | 'F64' | 'Exact';

/** |logsumexp| below which exact ones are refined: the maximum and the logarithm cancel */
export const NEAR_ZERO = 2 ** -6;

/** longest lane that the exact kernel takes, contiguous or not */
const EXACT_ROW = 32768,
  EXACT_COLUMN = 4096;

/** The arithmetic of a call; lanes beyond the limits of the exact kernel go through float64 arrays. */
export function modeOf(heap: Heap, layout: Layout): Mode {
  if (layout.dtype === 'float64') return 'F64';
  if (heap.single === 'F32' && !layout.exact && (layout.theta === 1 || layout.theta === 0)) return 'F32';
  return layout.length <= (layout.inner === 1 ? EXACT_ROW : EXACT_COLUMN) ? 'Exact' : 'F64';
}

/** The kernel of (kind, mode) on lanes that lie in memory; a contiguous lane may be longer than a block. */
export function compute(
  heap: Heap,
  kind: Kind,
  mode: Mode,
  t: Theta,
  x: number,
  y: number,
  outer: number,
  length: number,
  inner: number,
): void {
  const k = heap.kernels;
  const size = mode === 'F64' ? 8 : 4;
  if (inner === 1 && length * size > BLOCK && mode !== 'Exact') {
    for (let o = 0; o < outer; o++) {
      longLane(heap, kind, mode, t, x + o * length * size, y + o * (kind === LOGSUMEXP ? 1 : length) * size, length);
    }
  } else if (mode === 'F32') {
    k.lanesF32(kind, x, y, outer, length, inner);
  } else if (mode === 'F64') {
    k.lanesF64(kind, x, y, outer, length, inner, t.factor, t.power);
  } else {
    k.lanesExact(kind, x, y, outer, length, inner, t.theta);
  }
}

/** A lane in memory that is longer than a block. */
function longLane(heap: Heap, kind: Kind, mode: Mode, t: Theta, x: number, y: number, length: number): void {
  const stream = new Stream(kind, t.factor, t.power),
    bytes = length * (mode === 'F64' ? 8 : 4);
  const size = bytes / length,
    n = (done: number): number => Math.min(BLOCK, bytes - done) / size;
  for (let done = 0; done < bytes; done += BLOCK) addBlock(heap, stream, kind, mode, t, x + done, y + done, n(done));
  stream.finish();
  if (kind === LOGSUMEXP) {
    if (mode === 'F32') heap.f32[y >>> 2] = stream.logsumexp();
    else heap.f64[y >>> 3] = stream.logsumexp();
    return;
  }
  for (let done = 0; done < bytes; done += BLOCK) {
    applyBlock(heap.kernels, stream, kind, mode, t, x + done, y + done, n(done), done / BLOCK);
  }
}

/** Adds the block of n elements at x to its lane; for softmax their e go to y. */
export function addBlock(
  heap: Heap,
  stream: Stream,
  kind: Kind,
  mode: Mode,
  t: Theta,
  x: number,
  y: number,
  n: number,
): void {
  const k = heap.kernels,
    report = heap.report();
  if (mode === 'F32') k.blockF32!(kind, x, y, n, report);
  else k.blockF64(kind, x, y, n, report, t.factor, t.power);
  stream.add(heap.f64.subarray(report >>> 3, (report >>> 3) + 6));
}

/** The last step for the n elements of a block, by its number in the lane. */
export function applyBlock(
  k: Kernels,
  stream: Stream,
  kind: Kind,
  mode: Mode,
  t: Theta,
  x: number,
  y: number,
  n: number,
  number: number,
): void {
  if (kind === LOG_SOFTMAX) {
    if (mode === 'F32') k.subtractF32!(x, y, n, stream.m, stream.hi, stream.lo);
    else k.subtractF64(x, y, n, stream.m, stream.hi, stream.lo, t.factor, t.power);
    return;
  }
  const step = mode === 'F64' ? 2 ** -256 : 2 ** -32,
    scale = mode === 'F64' ? k.scaleF64 : k.scaleF32!;
  for (let steps = stream.factor(number, mode === 'F64'); steps > 0; steps--) scale(y, n, step, 0, NaN, 0);
  scale(y, n, stream.factorHigh, stream.factorLow, stream.peak, stream.value);
}
