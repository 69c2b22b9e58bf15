import * as option from '../input/options.ts';
import { openCall, type Spec } from '../input/options.ts';
import { equal, show } from '../input/shapes.ts';
import { isSummary, type Draft } from '../input/summary.ts';
import { lengthOf } from '../input/typed.ts';
import type { Instance } from '../instance.ts';
import { LOGSUMEXP, type Kind } from '../kernels/contract.ts';
import type { Call } from '../plan/call.ts';
import { reducedShape } from '../plan/lanes.ts';
import { execute } from '../run/execute.ts';
import { share } from '../run/share.ts';
import { isBare, isShort, short } from '../run/short.ts';
import { logsumexpOf } from './summarize.ts';
import { weighted } from './weighted.ts';

const lane = option.AXIS | option.SHAPE | option.DTYPE | option.OUT | option.THETA | option.WHERE | option.PRECISION,
  element = lane | option.WITHIN;

/** The functions of lanes, by kind. */
const specs: readonly Spec[] = [
  { name: 'softmax', takes: element, reduces: false, axis: null, what: 'x' },
  { name: 'logSoftmax', takes: element, reduces: false, axis: null, what: 'x' },
  {
    name: 'logsumexp',
    takes: lane | option.KEEPDIMS | option.WEIGHTS,
    reduces: true,
    axis: null,
    what: 'x',
  },
];

/** One call: open what the caller holds, lay out the lanes, cut, run, and give the result. */
export function call(on: Instance, kind: Kind, x: unknown, options: unknown): unknown {
  const { heap } = on;
  if (options === undefined && isBare(heap, x)) return short(heap!, kind, x, lengthOf(x), undefined);
  if (kind === LOGSUMEXP && isSummary('logsumexp', x)) return logsumexpOf(x, options);
  const c = on.take();
  openCall(c, specs[kind]!, x, options, c.heap);
  const { target } = c;
  let y: unknown;
  if (!isShort(c, kind)) y = planned(c, kind);
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
  if (c.within !== undefined) return within(c, kind, c.within);
  return c.b !== undefined || c.returnSign ? weighted(c) : execute(c, kind);
}

/** x as a part of larger lanes: it has as many, and they know their theta. */
function within(c: Call, kind: Kind, whole: Draft): unknown {
  const { name } = c.spec,
    lanes = reducedShape(c, c.shape, false);
  if (!equal(lanes, whole.shape)) {
    throw new RangeError(
      `${name}: within has lanes of shape ${show(whole.shape)}, and x of shape ${show(c.shape)} has lanes of shape ${show(lanes)}; give the axis that summarize had, and a summary of these lanes`,
    );
  }
  if (c.factor !== undefined && c.theta !== whole.theta) {
    throw new RangeError(
      `${name}: theta is ${c.theta}, and that of within ${whole.theta}; leave theta and temperature out, the summary has it`,
    );
  }
  return share(c, kind, whole);
}
