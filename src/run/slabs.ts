import { LOGSUMEXP } from '../kernels/contract.ts';
import type { Walk } from '../plan/walk.ts';
import { compute } from './kernel.ts';
import { drain, fill, lay, masks } from './window.ts';
import type { Call } from '../plan/call.ts';

/** Some slabs of length * inner elements at a time: rows, and strided lanes whose slab fits a window. */
export function slabs(c: Call, source: Walk, where: Walk | undefined, target: Walk): void {
  const { heap, kind, outer, length, inner, step } = c,
    { address } = heap,
    kept = masks(c),
    hidden = kept ? undefined : where;
  const slab = length * inner,
    result = kind === LOGSUMEXP ? inner : slab;
  for (let o = 0; o < outer; o += step) {
    const n = Math.min(step, outer - o);
    fill(c, source, hidden, o * slab, n * slab, address);
    const mask = kept ? lay(c, where!, o * slab, n * slab) : 0;
    compute(heap, kind, c.arithmetic, c.thetaParts, address, address, n, length, inner, mask);
    c.refine?.(c, address, n * inner, o * inner);
    drain(c, hidden, target, o * slab, o * result, n * result, address);
  }
}
