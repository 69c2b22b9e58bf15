import { LOGSUMEXP } from '../kernels/contract.ts';
import type { Walk } from '../plan/walk.ts';
import { compute } from './kernel.ts';
import { drain, fill, hasNaN, memoryOf } from './window.ts';
import type { Call } from '../plan/call.ts';

/** Of slabs that no window holds, some lanes at a time, all of their elements: rows of a slice are copied one by one. */
export function slices(c: Call, source: Walk, where: Walk | undefined, target: Walk): void {
  const { outer, inner, step } = c;
  for (let o = 0; o < outer; o++) {
    for (let i = 0; i < inner; i += step) slice(c, source, where, target, o, i, Math.min(step, inner - i));
  }
}

/** Lanes i .. i + n of slab o. What lies between them in the window, up to the pitch, may be anything. */
// prettier-ignore
function slice(c: Call, source: Walk, where: Walk | undefined, target: Walk, o: number, i: number, n: number): void {
  const { heap, kind, length, inner, bytes: size } = c,
    { address } = heap,
    pitch = (n + 15) & -16;
  for (let k = 0; k < length; k++) {
    fill(c, source, where, (o * length + k) * inner + i, n, address + k * pitch * size);
  }
  compute(heap, kind, c.arithmetic, c.thetaParts, address, address, 1, length, pitch);
  if (kind === LOGSUMEXP) {
    c.refine?.(c, address, n, o * inner + i);
    drain(c, undefined, target, 0, o * inner + i, n, address);
    return;
  }
  // as undress has it, for all rows at once: a lane that has a NaN begins with it
  const hidden = hasNaN(memoryOf(c), address / size, n) ? where : undefined;
  for (let k = 0; k < length; k++) {
    const at = (o * length + k) * inner + i;
    drain(c, hidden, target, at, at, n, address + k * pitch * size);
  }
}
