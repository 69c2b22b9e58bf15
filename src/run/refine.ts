import { EXACT } from '../kernels/contract.ts';
import type { Call } from '../plan/call.ts';
import { LaneSums } from './laneSums.ts';
import { viewOf } from './window.ts';

/** below it a logsumexp has lost bits: the maximum and the logarithm cancel */
const NEAR = 2 ** -6;

/**
 * Exact logsumexps near 0 are done again in pairs of float64. The results of n lanes from `first` on are in the window, and
 * nothing is written yet that x might share.
 */
export function refine(c: Call, address: number, n: number, first: number): void {
  if (c.arithmetic !== EXACT) return;
  const view = viewOf(c),
    at = address / c.bytes;
  let sums: LaneSums | undefined;
  for (let i = 0; i < n; i++) {
    if (!(Math.abs(view[at + i]!) < NEAR)) continue;
    sums ??= new LaneSums(c);
    sums.run(first + i, 1, found, signs);
    view[at + i] = found[0]!;
  }
}

const found = [0],
  signs = [0];
