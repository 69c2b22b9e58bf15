import { EXACT, LOGSUMEXP, SOFTMAX } from '../kernels/contract.ts';
import { Stream } from '../kernels/blocks.ts';
import { read, write, type Walk } from '../plan/walk.ts';
import { blockOf } from '../plan/cut.ts';
import { addBlock, applyBlock, compute } from './kernel.ts';
import { drain, fill, keeps, lay, masks, viewOf } from './window.ts';
import type { Call } from '../plan/call.ts';

/** Rows that no window holds, one after the other. */
export function longRows(c: Call, source: Walk, where: Walk | undefined, target: Walk): void {
  for (let o = 0; o < c.outer; o++) row(c, source, where, target, o * c.length, o, o);
}

/**
 * The lane whose elements follow element `at` of the walks, in two trips where it is longer than a block. A logsumexp goes to
 * element `to`.
 */
// prettier-ignore
export function row(
  c: Call, source: Walk, where: Walk | undefined, target: Walk, at: number, lane: number, to: number,
): void {
  const { heap, kind, arithmetic, parts: theta, bytes: size, length } = c,
    { address } = heap,
    reduced = kind === LOGSUMEXP,
    block = blockOf(c),
    kept = masks(c),
    hidden = kept ? undefined : where;
  /** elements from k on into the window; returns where the mask lies that the kernel takes, or 0 */
  const enter = (k: number, n: number): number => {
    fill(c, source, hidden, at + k, n, address);
    return kept ? lay(c, where!, at + k, n) : 0;
  };
  if (length === block) {
    compute(heap, kind, arithmetic, theta, address, address, 1, length, 1, enter(0, length));
    c.refine?.(c, address, 1, lane);
    drain(c, hidden, target, at, reduced ? to : at, reduced ? 1 : length, address);
    return;
  }
  const keep = arithmetic !== EXACT && keeps(c),
    // behind the elements and their masks
    e = arithmetic === EXACT ? (address + block * c.per + 15) & -16 : address,
    stream = new Stream(kind, theta.factor, theta.power);
  for (let k = 0; k < length; k += block) {
    const n = Math.min(block, length - k);
    addBlock(heap, stream, kind, arithmetic, theta, address, e, n, enter(k, n));
    if (keep) write(target, at + k, n, viewOf(c), address / size);
  }
  stream.finish();
  if (reduced) {
    viewOf(c)[address / size] = stream.logsumexp();
    c.refine?.(c, address, 1, lane);
    drain(c, undefined, target, 0, to, 1, address);
    return;
  }
  for (let k = 0, number = 0; k < length; k += block, number++) {
    const n = Math.min(block, length - k);
    if (keep) {
      read(target, at + k, n, viewOf(c), address / size);
    } else {
      const mask = enter(k, n);
      if (kind === SOFTMAX) {
        addBlock(heap, new Stream(kind, theta.factor, theta.power), kind, arithmetic, theta, address, e, n, mask);
      }
    }
    applyBlock(heap.kernels, stream, kind, arithmetic, theta, address, e, address, n, number);
    drain(c, where, target, at + k, at + k, n, address);
  }
}
