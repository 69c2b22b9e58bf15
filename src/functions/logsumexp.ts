import * as option from '../input/options.ts';
import { isSummary } from '../input/summary.ts';
import { LOGSUMEXP, type Kind } from '../kernels/contract.ts';
import type { Call } from '../plan/call.ts';
import { execute } from '../run/execute.ts';
import { refine } from '../run/refine.ts';
import type { LaneFunction } from './softmax.ts';
import { logsumexpOf } from './summarize.ts';
import { weighted } from './weighted.ts';

const takes = option.LANES | option.KEEPDIMS | option.WEIGHTS;

export const logsumexp: LaneFunction = {
  kind: LOGSUMEXP,
  spec: {
    name: 'logsumexp',
    takes,
    reduces: true,
    axis: null,
    what: 'x',
  },
  finish,
  other: (x, options) => (isSummary('logsumexp', x) ? logsumexpOf(x, options) : undefined),
};

function finish(c: Call, kind: Kind): unknown {
  if (c.b !== undefined || c.returnSign) return weighted(c);
  c.refine = refine;
  return execute(c, kind);
}
