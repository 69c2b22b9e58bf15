import { SINGLE } from '../kernels/contract.ts';
import type { Call } from '../plan/call.ts';
import { LaneSums } from './laneSums.ts';
import { memoryOf } from './window.ts';

/** below it a logsumexp by a kernel may have lost bits: the maximum and the logarithm cancel */
const NEAR = 2 ** -6;

/**
 * Logsumexps of float32 that were computed in float64 and are near 0 are done again in pairs of float64. The results of n
 * lanes from `first` on are in the window, and nothing is written yet that x might share.
 */
export function refine(c: Call, address: number, n: number, first: number): void {
  if (c.arithmetic === SINGLE || !c.storage.single || c.length === 1) return;
  const view = memoryOf(c),
    at = address / c.bytes;
  let sums: LaneSums | undefined, found: Float64Array | undefined;
  for (let i = 0; i < n;) {
    if (!(Math.abs(view[at + i]!) < NEAR)) {
      i++;
      continue;
    }
    sums ??= new LaneSums(c);
    // those that follow too, as many as are read at a time
    let some = 1;
    while (some < sums.some && i + some < n && Math.abs(view[at + i + some]!) < NEAR) some++;
    found ??= new Float64Array(Math.min(sums.some, n));
    sums.run(first + i, some, found);
    for (let r = 0; r < some; r++) view[at + i + r] = found[r]!;
    i += some;
  }
}
