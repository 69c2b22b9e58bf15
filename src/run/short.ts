import { FLOAT32 } from '../input/storage.ts';
import { className, lengthOf, set } from '../input/typed.ts';
import { TYPED } from '../input/view.ts';
import { LOGSUMEXP, SINGLE, type Kind } from '../kernels/contract.ts';
import type { Heap } from '../kernels/heap.ts';
import type { Call } from '../plan/call.ts';
import { FEW } from './whole.ts';

// The strategy WHOLE for the most frequent calls of all: one lane of float32 that lies in a typed array, with no option but `out`
// and an axis that does not matter. They skip what has to be asked of other calls, which takes as long as ten logits.

/** longest lane: a kernel takes it at once, and every window holds it */
const MOST = 4096;

/** Whether an argument without options is such an array. */
export function isBare(heap: Heap | undefined, x: unknown): x is Float32Array {
  if (heap === undefined || heap.single !== SINGLE || className(x) !== 'Float32Array') return false;
  const n = lengthOf(x as Float32Array);
  return n > 0 && n <= MOST;
}

/** Whether a call that is open, and not planned, is one of these. */
export function isShort(c: Call, kind: Kind): boolean {
  const n = c.extent,
    { axis } = c;
  return (
    c.storage === FLOAT32 &&
    c.form === TYPED &&
    c.heap.single === SINGLE &&
    n > 0 &&
    n <= MOST &&
    !c.asksMore &&
    (axis === null || axis === 0 || axis === -1) &&
    lengthOf(c.data) === n &&
    (c.target === undefined || isAimed(c, kind === LOGSUMEXP ? 1 : n))
  );
}

function isAimed({ out }: Call, n: number): boolean {
  return out.form === TYPED && out.storage === FLOAT32 && out.extent === n && lengthOf(out.data) === n;
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
