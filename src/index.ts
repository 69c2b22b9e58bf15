import { gather, type Softmax } from './api.ts';
import { argmax as argmaxOn } from './functions/argmax.ts';
import { crossEntropy as crossEntropyOn } from './functions/crossEntropy.ts';
import { crossEntropyGradient as crossEntropyGradientOn } from './functions/crossEntropyGradient.ts';
import { exp as expOn } from './functions/exp.ts';
import { logSoftmaxGradient as logSoftmaxGradientOn, softmaxGradient as softmaxGradientOn } from './functions/gradients.ts';
import { oneHot as oneHotOf } from './functions/labels.ts';
import { call } from './functions/softmax.ts';
import { toNested as toNestedOf, type NestedOptions } from './functions/toNested.ts';
import type { Input, Nested } from './functions/types.ts';
import { tensor as tensorOn } from './functions/tensor.ts';
import { topk as topkOn } from './functions/topk.ts';
import { Instance, type CreateOptions } from './instance.ts';
import { LOGSUMEXP, LOG_SOFTMAX, SOFTMAX } from './kernels/contract.ts';
import { source } from './kernels/source.ts';

export type { Softmax };
export type { CreateOptions, Info } from './instance.ts';
export type { Build } from './kernels/choose.ts';
export type { Tensor } from './kernels/tensor.ts';
export type {
  ArrayResult,
  Axis,
  BigArray,
  ElementOptions,
  ExpOptions,
  Input,
  Labels,
  Nested,
  Options,
  Reduced,
  Result,
  Strided,
  TypedArray,
  TypedRows,
} from './functions/types.ts';
export type { ArgmaxOptions, Indices } from './functions/argmax.ts';
export type { CrossEntropyGradientOptions, CrossEntropyOptions, Loss } from './functions/crossEntropy.ts';
export type { GradientOptions } from './functions/gradients.ts';
export type { NestedOptions };
export type { OneHot, OneHotOptions } from './functions/labels.ts';
export type { TopOf, TopkOptions } from './functions/topk.ts';

/** Of the functions below; it opens its kernels at the first call. What is not imported is not bundled. */
const shared: Instance = /*#__PURE__*/ new Instance(source);

/**
 * An instance of its own: own memory, and a chosen build if wanted. The plain exports are one instance, made at the first call.
 *
 * @param options `build`: 'relaxed', 'simd', 'scalar' or 'js' instead of the best that the host takes; `maxMemory`: bound on
 *   the memory in bytes, tensors apart (default 64 MiB, at least 2 MiB).
 * @throws RangeError for a build that does not exist or a bound that is too small; at the first call an Error for a build
 *   that the host refuses.
 * @example
 * const own = createSoftmax({ build: 'js' });
 * own.softmax([0, 0]); // => [0.5, 0.5]
 * own.info().build; // => 'js'
 */
export function createSoftmax(options?: CreateOptions): Softmax {
  return gather(source, options);
}

/**
 * exp(theta x_j) / sum of exp(theta x_k), over each lane.
 *
 * @param x number, nested arrays, typed array (with `shape` for more than one dimension), or an object with `data` and
 *   `shape` or `dims`.
 * @param options `axis` (default null: the whole array is one lane), `theta`, `where`, `out`, `shape`, `dtype`, `precision`.
 * @returns probabilities, 0 to 1, in the kind of container that x is, of the shape of x; or `out`.
 * @throws TypeError for a wrong kind, RangeError for a wrong value, before anything is written.
 * Error: at most 4 ULP in float32 (0.51 with `precision: 'exact'`), 2.1 in float64.
 * Source: scipy.special.softmax; docs/accuracy.md.
 * @example
 * softmax([1, 3, 2]); // => [0.09003057317038046, 0.6652409557748219, 0.24472847105479767]
 * softmax([[1, 2], [3, 3]], { axis: -1, theta: 0.5 }); // => [[0.3775406687981454, 0.6224593312018546], [0.5, 0.5]]
 */
export const softmax: Softmax['softmax'] = (x: unknown, options?: unknown) => call(shared, SOFTMAX, x, options) as never;

/**
 * theta x_j - logsumexp of the lane, without cancellation: the element that dominates keeps its full precision.
 *
 * @param x as for softmax
 * @param options as for softmax
 * @returns logarithms of the probabilities, in nats, of the shape of x; or `out`.
 * @throws TypeError for a wrong kind, RangeError for a wrong value, before anything is written.
 * Error: at most 2.5 ULP in float32 (0.51 with `precision: 'exact'`), 1.6 in float64.
 * Source: scipy.special.log_softmax; docs/accuracy.md.
 * @example
 * logSoftmax([0, -40]); // => [-4.248354255291589e-18, -40]
 * logSoftmax([1000, 1]); // => [0, -999]
 */
export const logSoftmax: Softmax['logSoftmax'] = (x: unknown, options?: unknown) => call(shared, LOG_SOFTMAX, x, options) as never;

/**
 * log of the sum of b_k exp(theta x_k), over each lane.
 *
 * @param x as for softmax
 * @param options as for softmax, and `keepdims`, `b` (weights that broadcast to x; 0 hides anything), `returnSign`
 * @returns nats, of the shape of x without the axes of the lane; a number for the whole of a number, a list or a typed array; with
 *   `returnSign` `{ value, sign }`. A lane without elements gives -Infinity; a negative sum NaN, unless `returnSign` asks.
 * @throws TypeError for a wrong kind, RangeError for a wrong value, before anything is written.
 * Error: at most 2 ULP in float32 (0.51 with `precision: 'exact'`), 1.5 in float64; where the maximum and the logarithm
 * cancel to about 0: 1.02e-7 and 2e-16, absolute.
 * Source: scipy.special.logsumexp; docs/accuracy.md.
 * @example
 * logsumexp([1000, 1000]); // => 1000.6931471805599
 * logsumexp([[0, 0], [1, 1]], { axis: -1 }); // => [0.6931471805599453, 1.6931471805599454]
 * logsumexp([1000, 1000], { b: [1, -2], returnSign: true }); // => { value: 1000, sign: -1 }
 */
export const logsumexp: Softmax['logsumexp'] = (x: unknown, options?: unknown) => call(shared, LOGSUMEXP, x, options) as never;

/**
 * exp of every element.
 *
 * @param x as for softmax
 * @param options `out`, `shape`, `dtype`, `precision`
 * @returns e to the power of each element, of the shape of x; or `out`.
 * @throws TypeError for a wrong kind, RangeError for a wrong value, before anything is written.
 * Error: at most 0.501 ULP in float32, 0.52 in float64 (subnormal results 0.75).
 * Source: numpy.exp; docs/accuracy.md.
 * @example
 * exp([0, 1]); // => [1, 2.718281828459045]
 */
export const exp: Softmax['exp'] = (x, options) => expOn(shared, x, options) as never;

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
export const tensor: Softmax['tensor'] = (dtype, shape, data) => tensorOn(shared, dtype, shape, data) as never;

/**
 * Compiles ahead of the first call and off the critical path; nothing needs it.
 *
 * @returns what `info()` gives
 * @throws, as any first call would, an Error for a build that was asked for by name and that the host refuses.
 * @example
 * (await init()).build === info().build; // => true
 */
export const init: Softmax['init'] = () => shared.init();

/**
 * Which build answers, which were refused and why, the bytes of memory, and how many tensors live.
 *
 * @example
 * info().tensors; // => 0
 */
export const info: Softmax['info'] = () => shared.info();

/**
 * Plain arrays of numbers, nested as the shape says: for JSON, or to be read by eye. It asks nothing of an instance.
 *
 * @param x as for softmax: a result `{ data, shape }`, or a typed array with the option `shape`
 * @param options `shape`, `dtype` ('float16' or 'bfloat16': what a Uint16Array holds)
 * @returns nested arrays of the shape of x; a number for rank 0.
 * @throws TypeError for a wrong kind, RangeError for a wrong value.
 * Note: JSON has no -Infinity and no NaN, both become null: JSON.stringify(rows, (_, v) => (v === -Infinity ? '-Infinity' : v)).
 * @example
 * toNested(Float32Array.of(1, 2, 3, 4), { shape: [2, 2] }); // => [[1, 2], [3, 4]]
 * toNested(softmax({ data: Float64Array.of(0, 0), shape: [1, 2] })); // => [[0.5, 0.5]]
 */
export const toNested = (x: Input, options?: NestedOptions): Nested | number => toNestedOf(x, options) as Nested | number;

// documented in api.ts
export const argmax: Softmax['argmax'] = (x, options) => argmaxOn(shared, x, options) as never;
export const topk: Softmax['topk'] = (x, k, options) => topkOn(shared, x, k, options) as never;
export const oneHot: Softmax['oneHot'] = (labels, classes, options) => oneHotOf(labels, classes, options) as never;
export const crossEntropy: Softmax['crossEntropy'] = (logits, target, options) =>
  crossEntropyOn(shared, logits, target, options) as never;
export const softmaxGradient: Softmax['softmaxGradient'] = (y, dy, options) =>
  softmaxGradientOn(shared, y, dy, options) as never;
export const logSoftmaxGradient: Softmax['logSoftmaxGradient'] = (y, dy, options) =>
  logSoftmaxGradientOn(shared, y, dy, options) as never;
export const crossEntropyGradient: Softmax['crossEntropyGradient'] = (logits, target, options) =>
  crossEntropyGradientOn(shared, logits, target, options) as never;
