import { className, lengthOf, set } from '../input/typed.ts';
import { LOGSUMEXP, SINGLE, type Kind } from '../kernels/contract.ts';
import type { Heap } from '../kernels/heap.ts';
import { FEW } from './whole.ts';

// The strategy WHOLE for the most frequent calls of all: one lane of float32 that lies in a typed array, with no option but `out`
// and an axis that does not matter. They skip what has to be asked of other calls, which takes as long as ten logits.

/** longest lane: a kernel takes it at once, and every window holds it */
const MOST = 4096;

/** The length of an argument that is such an array; of any other 0. */
export function bareLength(heap: Heap | undefined, x: unknown): number {
  if (heap === undefined || heap.single !== SINGLE || className(x) !== 'Float32Array') return 0;
  const n = lengthOf(x as Float32Array);
  return n <= MOST ? n : 0;
}

/** Whether options that are named so ask for no more than an axis and `out`. */
export function isBrief(names: readonly string[] | undefined): names is readonly string[] {
  if (names === undefined) return false;
  for (let i = 0; i < names.length; i++) if (names[i] !== 'axis' && names[i] !== 'out') return false;
  return true;
}

/** Whether these make no difference to the one lane of n elements: which axis there is, and an `out` that takes the result. */
export function isAimed(kind: Kind, n: number, axis: unknown, out: unknown): out is Float32Array | null | undefined {
  if (axis !== undefined && axis !== null && axis !== -1 && axis !== 0) return false;
  if (out === undefined || out === null) return true;
  return className(out) === 'Float32Array' && lengthOf(out as Float32Array) === (kind === LOGSUMEXP ? 1 : n);
}

/** The lane of x; `out` is there or not. */
export function short(heap: Heap, kind: Kind, x: Float32Array, n: number, out: Float32Array | undefined): unknown {
  const { address } = heap,
    f = heap.f32,
    at = address >>> 2;
  heap.take();
  if (n <= FEW) for (let i = 0; i < n; i++) f[at + i] = x[i]!;
  else f.set(x, at);
  heap.kernels.lanesF32(kind, address, address, 1, n, 1, 1);
  if (kind === LOGSUMEXP) {
    if (out === undefined) return f[at];
    out[0] = f[at]!;
    return out;
  }
  if (n > FEW) {
    if (out === undefined) return f.slice(at, at + n);
    set.call(out as unknown as Float64Array, heap.view32(address, n));
    return out;
  }
  const y = out === undefined ? new Float32Array(n) : out;
  for (let i = 0; i < n; i++) y[i] = f[at + i]!;
  return y;
}
