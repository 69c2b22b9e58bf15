import * as option from '../input/options.ts';
import { openCall, plainNames, type Options, type Spec } from '../input/options.ts';
import { unchanged } from '../input/open.ts';
import { equal, isArray, numbers, show } from '../input/shapes.ts';
import type { Draft } from '../input/summary.ts';
import { lengthOf } from '../input/typed.ts';
import type { Instance } from '../instance.ts';
import { LOG_SOFTMAX, SOFTMAX, type Kind } from '../kernels/contract.ts';
import { Tensor } from '../kernels/tensor.ts';
import type { Call } from '../plan/call.ts';
import { reducedShape } from '../plan/lanes.ts';
import { execute } from '../run/execute.ts';
import { tensorInto } from '../run/resident.ts';
import { share } from '../run/share.ts';
import { signedLength, isBrief, isSimple, shortWithOptions, shortObject, short, short64 } from '../run/short.ts';

const takes = option.LANES | option.WITHIN;

/** A function of lanes. What one has alone is its own, so that a bundle without it has no code of it. */
export interface LaneFunction {
  readonly kind: Kind;
  readonly spec: Spec;
  /** the result of a call that is planned */
  readonly finish: (c: Call, kind: Kind) => unknown;
  /** the result for something else than elements; undefined: it is none */
  readonly other: ((x: unknown, options: unknown) => unknown) | undefined;
}

export const softmax: LaneFunction = {
  kind: SOFTMAX,
  spec: { name: 'softmax', takes, reduces: false, axis: null, what: 'x' },
  finish,
  other: undefined,
};

export const logSoftmax: LaneFunction = {
  kind: LOG_SOFTMAX,
  spec: { name: 'logSoftmax', takes, reduces: false, axis: null, what: 'x' },
  finish,
  other: undefined,
};

function finish(c: Call, kind: Kind): unknown {
  return c.within === undefined ? execute(c, kind) : within(c, kind, c.within);
}

/** One call: open what the caller holds, lay out the lanes, cut, run, and give the result. */
export function call(on: Instance, of: LaneFunction, x: unknown, options: unknown): unknown {
  const { heap } = on,
    n = signedLength(heap, x);
  if (n === 0) return options && isTensor(of, x) ? withOptions(on, of, x, 0, options) : byRecord(on, of, x, options);
  if (options !== undefined) return withOptions(on, of, x as Bare, n, options);
  return n > 0
    ? short(heap!, of.kind, x as Float32Array, n, undefined, 1, false, n, 1)
    : short64(heap!, of.kind, x as Float64Array, -n, undefined, -n, 1);
}

function isTensor({ spec }: LaneFunction, x: unknown): x is Tensor {
  return typeof x === 'object' && x !== null && !isArray(spec.name, 'x', x) && Tensor.is(x);
}

type Bare = Float32Array | Float64Array;

/** A call on a bare array with the signedLength n, or on a tensor (n is 0), with options: if they ask for little, without a record. */
function withOptions(on: Instance, of: LaneFunction, x: Bare | Tensor, n: number, given: unknown): unknown {
  const { kind } = of,
    { name } = of.spec,
    names = plainNames(name, given);
  if (!isBrief(names, n > 0)) return byRecord(on, of, x, given);
  // each is read once: what asks for more goes on with the values
  let axis: unknown,
    out: unknown,
    shape: unknown,
    theta: unknown,
    temperature: unknown,
    precision: unknown,
    where: unknown;
  const options = given as Options;
  for (let i = 0; i < names.length; i++) {
    if (names[i] === 'axis') axis = options.axis;
    else if (names[i] === 'out') out = options.out;
    else if (names[i] === 'theta') theta = options.theta;
    else if (names[i] === 'shape') shape = options.shape;
    else if (names[i] === 'precision') precision = options.precision;
    else if (names[i] === 'where') where = options.where;
    else temperature = options.temperature;
  }
  const sizes = shape === undefined || shape === null ? undefined : numbers(name, 'shape', shape);
  const { heap } = on,
    size = n < 0 ? -n : n;
  if (size > 0 && lengthOf(x as Bare) !== size) unchanged({ what: 'x', data: x as Bare, extent: size }, name);
  const factor = theta ?? (typeof temperature === 'number' ? 1 / temperature : temperature) ?? 1,
    one = (theta ?? undefined) === undefined || (temperature ?? undefined) === undefined,
    exact = precision === 'exact';
  let y: unknown;
  if (one && isSimple(axis, factor) && (exact || precision === undefined || precision === 'fast')) {
    if (size > 0)
      y = shortWithOptions(heap!, kind, name, x as Bare, size, n > 0, axis, out, sizes, factor as number, exact, where);
    else if (sizes === undefined) y = tensorInto(on.open(), kind, name, x as Tensor, axis, out);
  }
  return y ?? byRecord(on, of, x, { axis, out, shape: sizes, theta, temperature, precision, where });
}

function byRecord(on: Instance, of: LaneFunction, x: unknown, options: unknown): unknown {
  const other = of.other?.(x, options);
  if (other !== undefined) return other;
  const c = on.take();
  openCall(c, of.spec, x, options, c.heap);
  let y = shortObject(c, of.kind);
  if (y === undefined) {
    c.plan();
    y = of.finish(c, of.kind);
  }
  on.give(c);
  return y;
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
