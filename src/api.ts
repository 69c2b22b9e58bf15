import type { Companions } from './companions.ts';
import { argmax } from './functions/argmax.ts';
import { crossEntropy } from './functions/crossEntropy.ts';
import { crossEntropyGradient } from './functions/crossEntropyGradient.ts';
import { exp } from './functions/exp.ts';
import { logSoftmaxGradient, softmaxGradient } from './functions/gradients.ts';
import { oneHot } from './functions/oneHot.ts';
import { sample } from './functions/sample.ts';
import { logsumexp } from './functions/logsumexp.ts';
import { call, logSoftmax, softmax } from './functions/softmax.ts';
import { merge, summarize } from './functions/summarize.ts';
import { tensor } from './functions/tensor.ts';
import { topk } from './functions/topk.ts';
import type { Summary } from './input/summary.ts';
import type { Fits, LogSum, Only, Result } from './functions/results.ts';
import type { ElementOptions, ExpOptions, Input, Options } from './functions/types.ts';
import { Instance, type CreateOptions, type Info } from './instance.ts';
import type { Source } from './kernels/choose.ts';
import type { Disposing, Tensor, TensorDtype } from './kernels/tensor.ts';

// `options: O | ... | void`, not `options?: O`: TypeScript would take a variable that may be undefined for one that is not, and
// what no options give would be missing in the result. The type between is what editors complete and show. `Fits` is why an
// option that does not exist is an error beside others, which are inferred.

/** The functions of one instance; they need no `this`. */
export interface Softmax extends Companions {
  /**
   * exp(theta x_j) / sum of exp(theta x_k), over each lane.
   *
   * @param x number, nested arrays, typed array (with `shape` for more than one dimension), or an object with `data` and
   *   `shape` or `dims`.
   * @param options `axis` (default null: the whole array is one lane), `theta`, `where`, `out`, `shape`, `dtype`, `precision`,
   *   `within` (the summary of larger lanes that x is a part of: its theta is taken, and results add up to the share of x).
   * @returns probabilities, 0 to 1, in the kind of container that x is, of the shape of x; or `out`.
   * @throws TypeError for a wrong kind, RangeError for a wrong value, before anything is written.
   * Error: at most 5 ULP in float32 (0.51 with `precision: 'exact'`), 2.6 in float64.
   * Source: scipy.special.softmax; docs/accuracy.md.
   * @example
   * softmax([0, 2, 1]); // => [0.09003057317038046, 0.6652409557748219, 0.24472847105479764]
   * softmax([[1, 2], [3, 3]], { axis: -1, theta: 0.5 }); // => [[0.37754066879814546, 0.6224593312018546], [0.5, 0.5]]
   */
  softmax<X extends Input, const O extends Fits<O, ElementOptions> = undefined>(
    x: X,
    options: O | Only<ElementOptions> | void,
  ): Result<X, O>;

  /**
   * theta x_j - logsumexp of the lane, without cancellation: the element that dominates keeps its full precision.
   *
   * @param x as for softmax
   * @param options as for softmax
   * @returns logarithms of the probabilities, in nats, of the shape of x; or `out`.
   * @throws TypeError for a wrong kind, RangeError for a wrong value, before anything is written.
   * Error: at most 2.7 ULP in float32 (0.51 with `precision: 'exact'`), 1.5 in float64.
   * Source: scipy.special.log_softmax; docs/accuracy.md.
   * @example
   * logSoftmax([0, -40]); // => [-4.248354255291589e-18, -40]
   * logSoftmax([1000, 1]); // => [0, -999]
   */
  logSoftmax<X extends Input, const O extends Fits<O, ElementOptions> = undefined>(
    x: X,
    options: O | Only<ElementOptions> | void,
  ): Result<X, O>;

  /**
   * log of the sum of b_k exp(theta x_k), over each lane.
   *
   * @param x as for softmax; or a summary, of whose whole lanes it is: a number or plain arrays of its shape, without options
   * @param options as for softmax, but for `within`; and `keepdims`, `b` (weights that broadcast to x; 0 hides anything), `returnSign`
   * @returns nats, of the shape of x without the axes of the lane; a number for the whole of a number, a list or a typed array; with
   *   `returnSign` `{ value, sign }`. A lane without elements gives -Infinity; a negative sum NaN, unless `returnSign` asks.
   * @throws TypeError for a wrong kind, RangeError for a wrong value, before anything is written.
   * Error: at most 2.7 ULP in float32 (0.51 with `precision: 'exact'`), 1.5 in float64; where the maximum and the logarithm
   * cancel to about 0: 1.15e-7 and 2e-16, absolute.
   * Source: scipy.special.logsumexp; docs/accuracy.md.
   * @example
   * logsumexp([1000, 1000]); // => 1000.6931471805599
   * logsumexp([[0, 0], [1, 1]], { axis: -1 }); // => [0.6931471805599453, 1.6931471805599454]
   * logsumexp([1000, 1000], { b: [1, -2], returnSign: true }); // => { value: 1000, sign: -1 }
   */
  logsumexp<X extends Input | Summary, const O extends Fits<O, Options> = undefined>(
    x: X,
    options: O | Only<Options> | void,
  ): LogSum<X, O>;

  /**
   * exp of every element.
   *
   * @param x as for softmax
   * @param options `out`, `shape`, `dtype`, `precision`
   * @returns e to the power of each element, of the shape of x; or `out`.
   * @throws TypeError for a wrong kind, RangeError for a wrong value, before anything is written.
   * Error: at most 0.501 ULP in float32, 0.52 in float64 (subnormal results 0.76).
   * Source: numpy.exp; docs/accuracy.md.
   * @example
   * exp([0, 1]); // => [1, 2.718281828459045]
   */
  exp<X extends Input, const O extends Fits<O, ExpOptions> = undefined>(
    x: X,
    options: O | Only<ExpOptions> | void,
  ): Result<X, O>;

  /**
   * An array in the memory of the instance: calls that take it, and that write to one as `out`, copy nothing.
   *
   * @param dtype 'float32' or 'float64'
   * @param shape lengths, row-major
   * @param data elements to start with, else zeros
   * @returns a Tensor with `data` (a view, made anew after the memory grew), `shape`, `dtype` and `dispose()`
   * @throws TypeError for another dtype, RangeError for a wrong shape or where the host refuses the memory
   * @example
   * const logits = tensor('float32', [2, 2], [0, 0, 1, 1]);
   * softmax(logits, { axis: -1, out: logits });
   * logits.data; // => [0.5, 0.5, 0.5, 0.5]
   * logits.dispose();
   */
  tensor<D extends TensorDtype>(dtype: D, shape: readonly number[], data?: ArrayLike<number>): Tensor<D> & Disposing;

  /**
   * Compiles ahead of the first call and off the critical path; nothing needs it.
   *
   * @returns what `info()` gives
   * @throws, as any first call would, an Error for a build that was asked for by name and that the host refuses.
   * @example
   * (await init()).build === info().build; // => true
   */
  init(): Promise<Info>;

  /**
   * Which build answers, which were refused and why, the bytes of memory, and how many tensors live.
   *
   * @example
   * info().tensors; // => 0
   */
  info(): Info;
}

/** All functions, bound to an instance of their own. */
export function gather(source: Source, options: CreateOptions | undefined): Softmax {
  const on = new Instance(source, options);
  const functions: Record<keyof Softmax, (...given: never[]) => unknown> = {
    softmax: (x: unknown, o?: unknown) => call(on, softmax, x, o),
    logSoftmax: (x: unknown, o?: unknown) => call(on, logSoftmax, x, o),
    logsumexp: (x: unknown, o?: unknown) => call(on, logsumexp, x, o),
    exp: (x: unknown, o?: unknown) => exp(on, x, o),
    argmax: (x: unknown, o?: unknown) => argmax(on, x, o),
    topk: (x: unknown, k: unknown, o?: unknown) => topk(on, x, k, o),
    sample: (logits: unknown, o?: unknown) => sample(on, logits, o),
    oneHot: (labels: unknown, classes: unknown, o?: unknown) => oneHot(labels, classes, o),
    crossEntropy: (logits: unknown, target: unknown, o?: unknown) => crossEntropy(on, logits, target, o),
    crossEntropyGradient: (logits: unknown, target: unknown, o?: unknown) =>
      crossEntropyGradient(on, logits, target, o),
    softmaxGradient: (y: unknown, dy: unknown, o?: unknown) => softmaxGradient(on, y, dy, o),
    logSoftmaxGradient: (y: unknown, dy: unknown, o?: unknown) => logSoftmaxGradient(on, y, dy, o),
    tensor: (dtype: TensorDtype, shape: readonly number[], data?: ArrayLike<number>) => tensor(on, dtype, shape, data),
    summarize: (x: unknown, o?: unknown) => summarize(on, x, o),
    merge,
    init: () => on.init(),
    info: () => on.info(),
  };
  return functions as unknown as Softmax;
}
