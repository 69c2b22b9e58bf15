import { className, lengthOf, set } from '../input/typed.ts';
import { LOGSUMEXP, SINGLE, type Kind } from '../kernels/contract.ts';
import type { Heap } from '../kernels/heap.ts';
import { FEW } from './whole.ts';

// The strategy WHOLE for the most frequent calls of all: float32 in a typed array, with no option but `out`, an axis, and a shape
// where each lane has a result for each element. They skip what has to be asked of other calls, which takes as long as ten logits.

/** most elements: a kernel takes them as one lane, and every window holds them */
const MOST = 4096;

/** The length of an argument that is such an array; of any other 0. */
export function bareLength(heap: Heap | undefined, x: unknown): number {
  if (heap === undefined || heap.single !== SINGLE || className(x) !== 'Float32Array') return 0;
  const n = lengthOf(x as Float32Array);
  return n <= MOST ? n : 0;
}

/** Whether options that are named so ask for no more than lanes and `out`. */
export function isBrief(names: readonly string[] | undefined): names is readonly string[] {
  if (names === undefined) return false;
  for (let i = 0; i < names.length; i++) {
    if (names[i] !== 'axis' && names[i] !== 'out' && names[i] !== 'shape') return false;
  }
  return true;
}

/** Whether there is no `out`, or one that takes n results as they are. */
export function isAimed(n: number, out: unknown): out is Float32Array | null | undefined {
  return (
    out === undefined || out === null || (className(out) === 'Float32Array' && lengthOf(out as Float32Array) === n)
  );
}

/** The n elements of x, `length` of them a lane, and for logsumexp all; `out` is there or not. */
// prettier-ignore
export function short(
  heap: Heap, kind: Kind, x: Float32Array, n: number, out: Float32Array | undefined, length: number, inner: number,
): unknown {
  const { address } = heap,
    f = heap.f32,
    at = address >>> 2;
  heap.take();
  if (n <= FEW) for (let i = 0; i < n; i++) f[at + i] = x[i]!;
  else f.set(x, at);
  heap.kernels.lanesF32(kind, address, address, n / (length * inner), length, inner, 1);
  if (kind === LOGSUMEXP) {
    if (out === undefined) return f[at];
    out[0] = f[at]!;
    return out;
  }
  if (n > FEW) {
    if (out === undefined) return new Float32Array(heap.view32(address, n));
    set.call(out as unknown as Float64Array, heap.view32(address, n));
    return out;
  }
  const y = out === undefined ? new Float32Array(n) : out;
  for (let i = 0; i < n; i++) y[i] = f[at + i]!;
  return y;
}
