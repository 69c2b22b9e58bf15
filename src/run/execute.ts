import { FLOAT64 } from '../input/storage.ts';
import { LIST } from '../input/view.ts';
import { LOGSUMEXP, type Kind } from '../kernels/contract.ts';
import type { Call } from '../plan/call.ts';
import { COLUMNS, cut, LONG, NOTHING, SINGLY, SLABS, SLICES, WHOLE } from '../plan/cut.ts';
import { fresh, wrap } from '../plan/result.ts';
import { writeStored } from '../plan/stored.ts';
import type { Walk } from '../plan/walk.ts';
import { columns } from './columns.ts';
import { singly } from './long.ts';
import { resident } from './resident.ts';
import { slabs } from './slabs.ts';
import { slices } from './slices.ts';
import { whole } from './whole.ts';
import { copyInputs, leaveWindow } from './window.ts';

/** Cuts a call, runs the strategy, and gives the result. */
export function execute(c: Call, kind: Kind): unknown {
  c.prepare(kind);
  if (c.tensor !== undefined && c.out.tensor !== undefined && resident(c)) return c.outObject;
  cut(c, c);
  if (c.inWindow && (c.gathered || c.strategy !== WHOLE)) leaveWindow(c);
  return c.strategy === WHOLE ? whole(c) : byStrategy(c);
}

function byStrategy(c: Call): unknown {
  c.takeWindow(c.elements);
  // the array that a list was read into is the call's own: the results overwrite it, as where `out` is x
  const own = c.form === LIST && c.result === FLOAT64 && !c.spec.reduces ? c.data : undefined,
    data = c.outObject === undefined ? (own ?? fresh(c, c.results)) : undefined,
    target = c.outWalk ?? c.resultWalk(data!);
  if (c.overlap) copyInputs(c);
  const { source, where } = c;
  switch (c.strategy) {
    case SLABS:
      slabs(c, source, where, target);
      break;
    case SLICES:
      slices(c, source, where, target);
      break;
    case COLUMNS:
      columns(c, source, where, target);
      break;
    case LONG:
    case SINGLY:
      singly(c, source, where, target);
      break;
    case NOTHING:
      if (c.kind === LOGSUMEXP) nothing(c, target);
  }
  return data === undefined ? c.outObject : wrap(c, data);
}

/** Lanes without elements have the logsumexp -Infinity. */
function nothing({ storage, results }: Call, target: Walk): void {
  writeStored(target, storage, 0, results, new Float32Array(results).fill(-Infinity), 0);
}
