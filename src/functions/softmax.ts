import * as option from '../input/options.ts';
import { openCall, type Spec } from '../input/options.ts';
import { lengthOf } from '../input/typed.ts';
import type { Instance } from '../instance.ts';
import type { Kind } from '../kernels/contract.ts';
import type { Call } from '../plan/call.ts';
import { execute } from '../run/execute.ts';
import { residentRows } from '../run/resident.ts';
import { isBare, isShort, short } from '../run/short.ts';
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
  const { heap } = on;
  if (options === undefined && isBare(heap, x)) return short(heap!, kind, x, lengthOf(x), undefined);
  const c = on.take();
  openCall(c, specs[kind]!, x, options, c.heap);
  const { target } = c;
  let y: unknown;
  if (residentRows(c, kind)) y = target;
  else if (!isShort(c, kind)) y = planned(c, kind);
  else {
    y = short(c.heap, kind, c.data as Float32Array, c.extent, target && (c.out.data as Float32Array));
    // as given: it may be of a subclass
    if (target !== undefined) y = target;
  }
  on.give(c);
  return y;
}

function planned(c: Call, kind: Kind): unknown {
  c.plan();
  return c.b !== undefined || c.returnSign ? weighted(c) : execute(c, kind);
}
