import { BinnedSum } from './binnedSum.ts';
import { decode, encode } from './half.ts';
import type { Heap } from './heap.ts';
import type { Nested, Options, Strided } from './layout.ts';
import { wrapLike } from './rows.ts';
import type { Result } from './softmax.ts';
import { Problem, type Kernel } from './targets.ts';
import type { TypedArray } from './walk.ts';

/** Options of crossEntropy, with the meanings and defaults that PyTorch gives them. */
export interface CrossEntropyOptions extends Pick<Options, 'shape' | 'theta' | 'dtype' | 'precision'> {
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

/** One loss, or with `reduction: 'none'` one for each lane. */
export type Loss<X, O = unknown> = O extends { readonly reduction: 'none' }
  ? X extends TypedArray
    ? Result<X, O> | number
    : X extends { readonly data: unknown }
      ? Result<X, O>
      : Nested | number
  : number;

// Per lane a row of coefficients c, target times weight: loss = -sum_j c_j log p_j, where nothing times -Infinity is nothing.

export function crossEntropy(
  heap: () => Heap,
  logSoftmax: Kernel,
  logits: unknown,
  target: unknown,
  options: Record<string, unknown> | undefined,
): unknown {
  const problem = new Problem('crossEntropy', heap, logits, target, options, []);
  const { plan, lanes, indices, weights, epsilon, perLane, input } = problem;
  const { length } = plan,
    c = new Float64Array(length);
  const losses = new Float64Array(perLane ? lanes : 0);
  const plain = indices !== undefined && epsilon === 0,
    sum = new BinnedSum(),
    one = new BinnedSum().add(1, 1);
  problem.chunks(logSoftmax, (from, count, _, logs) => {
    for (let r = 0; r < count; r++) {
      const at = r * length;
      if (plain) {
        const label = indices[from + r]!;
        if (label !== problem.ignored) sum.add(weights === undefined ? -1 : -weights[label]!, logs[at + label]!);
      } else if (problem.coefficients(from + r, r, c)) {
        for (let j = 0; j < length; j++) sum.add(-c[j]!, logs[at + j]!);
      }
      if (!perLane) continue;
      losses[from + r] = sum.over(one);
      sum.clear();
    }
  });
  if (!perLane) return sum.over(problem.divisor);
  const shape = problem.kept;
  const data: TypedArray = plan.fresh(lanes),
    bits = data[Symbol.toStringTag] === 'Uint16Array' ? plan.sourceDtype : undefined;
  if (bits !== undefined) encode(losses, 0, lanes, bits);
  data.set(losses);
  if (shape.length === 0 && input.form !== 'object') {
    // rounded to the dtype too, as an array of one loss is
    losses[0] = data[0]!;
    if (bits !== undefined) decode(losses, 0, 1, bits);
    return losses[0];
  }
  return wrapLike(input, data, shape, plan.dtype);
}
