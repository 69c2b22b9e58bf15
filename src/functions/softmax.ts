import * as option from '../input/options.ts';
import { openCall, type Spec } from '../input/options.ts';
import type { Instance } from '../instance.ts';
import { LOGSUMEXP, LOG_SOFTMAX, SOFTMAX, type Kind } from '../kernels/contract.ts';
import { execute } from '../run/execute.ts';
import { weighted } from './weighted.ts';

const element = option.AXIS | option.SHAPE | option.DTYPE | option.OUT | option.THETA | option.WHERE | option.PRECISION;

/** The functions of lanes, by kind. */
const specs: readonly Spec[] = [
  { name: 'softmax', takes: element, reduces: false, axis: null, what: 'x' },
  { name: 'logSoftmax', takes: element, reduces: false, axis: null, what: 'x' },
  {
    name: 'logsumexp',
    takes: element | option.KEEPDIMS | option.WEIGHTS,
    reduces: true,
    axis: null,
    what: 'x',
  },
];


/** One call: open what the caller holds, lay out the lanes, cut, run, and give the result. */
export function call(on: Instance, kind: Kind, x: unknown, options: unknown): unknown {
  const c = on.take(),
    spec = specs[kind]!;
  openCall(c, spec, x, options, c.heap);
  c.plan();
  const y = c.b !== undefined || c.returnSign ? weighted(c) : execute(c, kind);
  on.give(c);
  return y;
}
