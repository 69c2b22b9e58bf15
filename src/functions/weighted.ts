import type { Call } from '../plan/call.ts';
import { writeStored } from '../plan/stored.ts';
import { fresh, wrap } from '../plan/result.ts';
import { LaneSums } from '../run/laneSums.ts';
import { leaveWindow } from '../run/window.ts';

/**
 * logsumexp with weights or a sign: log |sum b exp(theta x)| and the sign of the sum, lane by lane, in pairs of float64
 * whatever the build, so that weights of both signs cancel as exactly as they should.
 */
export function weighted(c: Call): unknown {
  if (c.inWindow) leaveWindow(c);
  const { outer, inner, storage, outWalk, returnSign } = c;
  const lanes = outer * inner,
    values = outWalk === undefined ? fresh(c, lanes) : undefined,
    signs = returnSign ? fresh(c, lanes) : undefined;
  const sums = new LaneSums(c),
    some = c.overlap ? lanes : sums.some;
  const results = new Float64Array(Math.min(lanes, some)),
    found = new Float64Array(results.length),
    to = outWalk ?? c.resultWalk(values!),
    signsTo = signs && c.resultWalk(signs);
  for (let from = 0; from < lanes; from += some) {
    const n = Math.min(some, lanes - from);
    sums.run(from, n, results, found);
    if (!returnSign) for (let r = 0; r < n; r++) if (found[r]! < 0) results[r] = NaN;
    writeStored(to, storage, from, n, results, 0);
    if (signsTo !== undefined) writeStored(signsTo, storage, from, n, found, 0);
  }
  const got = values === undefined ? c.outObject : wrap(c, values);
  return signs === undefined ? got : { value: got, sign: wrap(c, signs) };
}
