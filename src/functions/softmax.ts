import * as option from '../input/options.ts';
import { openCall, plainNames, type Options, type Spec } from '../input/options.ts';
import { unchanged } from '../input/open.ts';
import { equal, isArray, numbers, show } from '../input/shapes.ts';
import { isSummary, type Draft } from '../input/summary.ts';
import { lengthOf } from '../input/typed.ts';
import type { Instance } from '../instance.ts';
import { LOGSUMEXP, type Kind } from '../kernels/contract.ts';
import { Tensor } from '../kernels/tensor.ts';
import type { Call } from '../plan/call.ts';
import { reducedShape } from '../plan/lanes.ts';
import { execute } from '../run/execute.ts';
import { into } from '../run/resident.ts';
import { share } from '../run/share.ts';
import { bareLength, isBrief, isSimple, laid, short, short64, thetaOf } from '../run/short.ts';
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
  const { heap } = on,
    n = bareLength(heap, x);
  if (n === 0) return options && isTensor(kind, x) ? brief(on, kind, x, 0, options) : opened(on, kind, x, options);
  if (options !== undefined) return brief(on, kind, x as Bare, n, options);
  return n > 0
    ? short(heap!, kind, x as Float32Array, n, undefined, 1, n, 1)
    : short64(heap!, kind, x as Float64Array, -n, undefined, -n, 1);
}

function isTensor(kind: Kind, x: unknown): x is Tensor {
  return typeof x === 'object' && x !== null && !isArray(specs[kind]!.name, 'x', x) && Tensor.is(x);
}

type Bare = Float32Array | Float64Array;

/** A call on a bare array of n elements (bareLength), or on a tensor, with options: if they ask for little, without a record. */
function brief(on: Instance, kind: Kind, x: Bare | Tensor, n: number, given: unknown): unknown {
  const { name } = specs[kind]!,
    names = plainNames(name, given);
  if (!isBrief(names, n > 0)) return opened(on, kind, x, given);
  // each is read once: what asks for more goes on with the values
  let axis: unknown, out: unknown, shape: unknown, theta: unknown, temperature: unknown, where: unknown;
  const options = given as Options;
  for (let i = 0; i < names.length; i++) {
    if (names[i] === 'axis') axis = options.axis;
    else if (names[i] === 'out') out = options.out;
    else if (names[i] === 'theta') theta = options.theta;
    else if (names[i] === 'temperature') temperature = options.temperature;
    else if (names[i] === 'where') where = options.where;
    else shape = options.shape;
  }
  const sizes = shape === undefined || shape === null ? undefined : numbers(name, 'shape', shape);
  const { heap } = on,
    size = n < 0 ? -n : n;
  if (size > 0 && lengthOf(x as Bare) !== size) unchanged({ what: 'x', data: x as Bare, extent: size }, name);
  let y: unknown;
  const factor = thetaOf(theta, temperature);
  if (isSimple(axis, factor)) {
    if (size > 0) y = laid(heap!, kind, name, x as Bare, size, n > 0, axis, out, sizes, factor ?? 1, where);
    else if (sizes === undefined) y = into(on.open(), kind, name, x as Tensor, axis, out);
  }
  return y ?? opened(on, kind, x, { axis, out, shape: sizes, theta, temperature, where });
}

function opened(on: Instance, kind: Kind, x: unknown, options: unknown): unknown {
  if (kind === LOGSUMEXP && isSummary('logsumexp', x)) return logsumexpOf(x, options);
  const c = on.take();
  openCall(c, specs[kind]!, x, options, c.heap);
  const y = planned(c, kind);
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
