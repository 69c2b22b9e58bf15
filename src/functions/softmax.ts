import * as option from '../input/options.ts';
import { openCall, plainNames, type Spec } from '../input/options.ts';
import { changed } from '../input/open.ts';
import { count, numbers } from '../input/shapes.ts';
import { lengthOf } from '../input/typed.ts';
import type { Instance } from '../instance.ts';
import { LOGSUMEXP, type Kind } from '../kernels/contract.ts';
import type { Call } from '../plan/call.ts';
import { oneAxis } from '../plan/lanes.ts';
import { execute } from '../run/execute.ts';
import { isAimed, bareLength, isBrief, short } from '../run/short.ts';
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
  const { heap } = on,
    n = bareLength(heap, x);
  if (n === 0) return opened(on, kind, x, options);
  return options === undefined
    ? short(heap!, kind, x as Float32Array, n, undefined, n, 1)
    : brief(on, kind, x as Float32Array, n, options);
}

/** A call on a bare array of n elements, with options: if there are few, without a record. Each is read once. */
function brief(on: Instance, kind: Kind, x: Float32Array, n: number, given: unknown): unknown {
  const { name } = specs[kind]!,
    names = plainNames(name, given);
  if (!isBrief(names)) return opened(on, kind, x, given);
  const options = given as { readonly axis?: unknown; readonly out?: unknown; readonly shape?: unknown };
  let axis: unknown, out: unknown, shape: unknown;
  for (let i = 0; i < names.length; i++) {
    if (names[i] === 'axis') axis = options.axis;
    else if (names[i] === 'out') out = options.out;
    else shape = options.shape;
  }
  const sizes = shape === undefined || shape === null ? undefined : numbers(name, 'shape', shape);
  if (lengthOf(x) !== n) changed({ what: 'x', extent: n }, name, lengthOf(x));
  const results = kind === LOGSUMEXP ? 1 : n,
    whole = axis === undefined || axis === null;
  if (sizes === undefined) {
    if ((whole || axis === 0 || axis === -1) && isAimed(results, out))
      return short(on.heap!, kind, x, n, out ?? undefined, n, 1);
  } else if (kind !== LOGSUMEXP && (whole || typeof axis === 'number') && isAimed(n, out)) {
    if (count(name, 'x', sizes) === n) {
      const d = whole ? -1 : oneAxis(name, axis as number, sizes);
      let inner = 1;
      for (let i = sizes.length - 1; i > d && d >= 0; i--) inner *= sizes[i]!;
      return short(on.heap!, kind, x, n, out ?? undefined, d < 0 ? n : sizes[d]!, inner);
    }
  }
  return opened(on, kind, x, { axis, out, shape: sizes });
}

function opened(on: Instance, kind: Kind, x: unknown, options: unknown): unknown {
  const c = on.take();
  openCall(c, specs[kind]!, x, options, c.heap);
  const y = planned(c, kind);
  on.give(c);
  return y;
}

function planned(c: Call, kind: Kind): unknown {
  c.plan();
  return c.b !== undefined || c.returnSign ? weighted(c) : execute(c, kind);
}
