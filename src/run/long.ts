import { EXACT, LOGSUMEXP, SOFTMAX } from '../kernels/contract.ts';
import { Stream } from '../kernels/blocks.ts';
import { read, write, type Walk } from '../plan/walk.ts';
import { blockOf } from '../plan/cut.ts';
import { applyBlock, block, compute } from './kernel.ts';
import { inLanes } from './rows.ts';
import { drain, fill, keeps, lay, masks, memoryOf } from './window.ts';
import type { Call } from '../plan/call.ts';

/** Lanes one by one: rows that no window holds, and strided lanes, each gathered into a row. */
export function singly(c: Call, source: Walk, where: Walk | undefined, target: Walk): void {
  const { length } = c,
    lanes = c.outer * c.inner,
    from = inLanes(source, c),
    mask = where && inLanes(where, c),
    to = c.kind === LOGSUMEXP ? target : inLanes(target, c);
  for (let lane = 0; lane < lanes; lane++) row(c, from, mask, to, lane * length, lane, lane);
}

/**
 * The lane whose elements follow element `at` of the walks, in two trips where it is longer than a block. A logsumexp goes to
 * element `to`.
 */
// prettier-ignore
export function row(
  c: Call, source: Walk, where: Walk | undefined, target: Walk, at: number, lane: number, to: number,
): void {
  const { heap, kind, arithmetic, thetaParts: theta, bytes: size, length } = c,
    { address } = heap,
    reduced = kind === LOGSUMEXP,
    most = blockOf(c),
    kept = masks(c),
    hidden = kept ? undefined : where;
  /** elements from k on into the window; returns where the mask lies that the kernel takes, or 0 */
  const enter = (k: number, n: number): number => {
    fill(c, source, hidden, at + k, n, address);
    return kept ? lay(c, where!, at + k, n) : 0;
  };
  if (length === most) {
    compute(heap, kind, arithmetic, theta, address, address, 1, length, 1, enter(0, length));
    c.refine?.(c, address, 1, lane);
    drain(c, hidden, target, at, reduced ? to : at, reduced ? 1 : length, address);
    return;
  }
  const keep = arithmetic !== EXACT && keeps(c),
    // behind the elements and their masks
    e = arithmetic === EXACT ? (address + most * c.per + 15) & -16 : address,
    stream = new Stream(kind, theta.factor, theta.power);
  for (let k = 0; k < length; k += most) {
    const n = Math.min(most, length - k);
    stream.add(block(heap, kind, arithmetic, theta, address, e, n, enter(k, n)));
    if (keep) write(target, at + k, n, memoryOf(c), address / size);
  }
  stream.finish();
  if (reduced) {
    memoryOf(c)[address / size] = stream.logsumexp();
    c.refine?.(c, address, 1, lane);
    drain(c, undefined, target, 0, to, 1, address);
    return;
  }
  for (let k = 0, number = 0; k < length; k += most, number++) {
    const n = Math.min(most, length - k);
    if (keep) {
      read(target, at + k, n, memoryOf(c), address / size);
    } else {
      const mask = enter(k, n);
      if (kind === SOFTMAX) block(heap, kind, arithmetic, theta, address, e, n, mask);
    }
    applyBlock(heap.kernels, stream, kind, arithmetic, theta, address, e, address, n, number);
    drain(c, where, target, at + k, at + k, n, address);
  }
}
