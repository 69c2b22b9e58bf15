import { AXIS, DTYPE, LOSS, PRECISION, SHAPE, THETA, type Spec } from '../input/options.ts';
import { OBJECT } from '../input/view.ts';
import { roomFor, type TypedArray } from '../input/typed.ts';
import type { Instance } from '../instance.ts';
import { LOG_SOFTMAX } from '../kernels/contract.ts';
import { BinnedSum } from '../numeric/binnedSum.ts';
import type { Call } from '../plan/call.ts';
import { writeStored } from '../plan/stored.ts';
import { fresh, numberOf, wrapLike } from '../plan/result.ts';
import { run } from '../plan/walk.ts';
import { atOnce, inChunks } from '../run/chunks.ts';
import { memoryOf } from '../run/window.ts';
import { Problem } from './targets.ts';
import type { Option, Or, PerLane, Stored } from './results.ts';
import type { Options, Strided } from './types.ts';

/** Options of crossEntropy, with the meanings and defaults that PyTorch gives them. */
export interface CrossEntropyOptions extends Pick<Options, 'shape' | 'theta' | 'temperature' | 'dtype' | 'precision'> {
  /** Where the classes lie. Default -1, the last axis. */
  readonly axis?: Options['axis'];
  /** Default 'mean'. */
  readonly reduction?: 'mean' | 'sum' | 'none' | undefined;
  /** How much of the target is spread evenly over all classes, 0 to 1. Default 0. */
  readonly labelSmoothing?: number | undefined;
  /** A factor for each class. Default 1. */
  readonly classWeights?: readonly number[] | TypedArray | Strided | undefined;
  /** The label of lanes that do not count. Default -100. */
  readonly ignoreIndex?: number | undefined;
}

/** Options of crossEntropyGradient. */
export interface CrossEntropyGradientOptions extends CrossEntropyOptions, Pick<Options, 'out'> {}

/** One loss, or with `reduction: 'none'` one for each lane; the classes lie on the last axis. */
export type Loss<X, O = {}> =
  Option<O, 'reduction'> extends infer R
    ? R extends 'none'
      ? PerLane<X, O, Stored<X, O>, Or<Option<O, 'axis'>, -1>>
      : number
    : never;

// Per lane a row of coefficients c, target times weight: loss = -sum_j c_j log p_j, where nothing times -Infinity is nothing.

const spec: Spec = {
  name: 'crossEntropy',
  takes: AXIS | SHAPE | THETA | DTYPE | PRECISION | LOSS,
  reduces: false,
  axis: -1,
  what: 'logits',
};

export function crossEntropy(on: Instance, logits: unknown, target: unknown, options: unknown): unknown {
  const problem = new Problem(on, spec, logits, target, options),
    { call: c, only } = problem,
    alone = only >= 0 && problem.reduction !== 'none' && atOnce(c, LOG_SOFTMAX),
    // 0 - : no -0
    y = alone ? 0 - memoryOf(c)[c.heap.address / c.bytes + only]! : lossOf(problem);
  c.second.clear();
  on.give(c);
  return y;
}

function lossOf(problem: Problem): unknown {
  const { call: c, lanes, indices, weights, epsilon, ignored } = problem,
    { length } = c,
    losses = problem.reduction === 'none' ? roomFor(c.spec.name, lanes, Float64Array) : undefined;
  const plain = indices !== undefined && epsilon === 0,
    coefficients = plain ? undefined : new Float64Array(length),
    sum = new BinnedSum();
  inChunks(c, LOG_SOFTMAX, (from, count, logs, start) => {
    problem.load(from, count);
    for (let r = 0, at = start; r < count; r++, at += length) {
      if (plain) {
        const label = indices[from + r]!;
        if (label !== ignored) sum.add(weights === undefined ? -1 : -weights[label]!, logs[at + label]!);
      } else if (problem.coefficients(from + r, r, coefficients!)) {
        for (let j = 0; j < length; j++) sum.add(-coefficients![j]!, logs[at + j]!);
      }
      if (losses === undefined) continue;
      losses[from + r] = sum.over(one);
      sum.clear();
    }
  });
  return losses === undefined ? sum.over(problem.divisor) : lossOfEach(c, problem.kept, losses);
}

const one = /*#__PURE__*/ new BinnedSum().add(1, 1);

function lossOfEach(c: Call, shape: readonly number[], losses: Float64Array): unknown {
  const { storage, result } = c,
    data = fresh(c, losses.length);
  writeStored(run(data, 0, losses.length), storage, 0, losses.length, losses, 0);
  return shape.length === 0 && c.form !== OBJECT ? numberOf(data, result) : wrapLike(c, data, shape, result.name);
}
