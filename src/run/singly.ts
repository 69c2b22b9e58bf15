import { LOGSUMEXP } from '../kernels/contract.ts';
import type { Call } from '../plan/call.ts';
import type { Walk } from '../plan/walk.ts';
import { row } from './long.ts';
import { inLanes } from './rows.ts';

/** Strided lanes one by one, each gathered into a row. */
export function singly(c: Call, source: Walk, where: Walk | undefined, target: Walk): void {
  const { length } = c,
    lanes = c.outer * c.inner,
    from = inLanes(source, c),
    mask = where && inLanes(where, c),
    to = c.kind === LOGSUMEXP ? target : inLanes(target, c);
  for (let lane = 0; lane < lanes; lane++) row(c, from, mask, to, lane * length, lane, lane);
}
