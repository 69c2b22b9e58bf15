import { gather, type Softmax } from './api.ts';
import { argmax as argmaxOn } from './functions/argmax.ts';
import { crossEntropy as crossEntropyOn } from './functions/crossEntropy.ts';
import { crossEntropyGradient as crossEntropyGradientOn } from './functions/crossEntropyGradient.ts';
import { exp as expOn } from './functions/exp.ts';
import {
  logSoftmaxGradient as logSoftmaxGradientOn,
  softmaxGradient as softmaxGradientOn,
} from './functions/gradients.ts';
import { oneHot as oneHotOf } from './functions/oneHot.ts';
import { sample as sampleOn } from './functions/sample.ts';
import { logsumexp as ofLogsumexp } from './functions/logsumexp.ts';
import { call, logSoftmax as ofLogSoftmax, softmax as ofSoftmax } from './functions/softmax.ts';
import { merge as mergeOf, summarize as summarizeOn } from './functions/summarize.ts';
import { toNested as toNestedOf, type NestedOptions } from './functions/toNested.ts';
import type { Input, Nested } from './functions/types.ts';
import { tensor as tensorOn } from './functions/tensor.ts';
import { topk as topkOn } from './functions/topk.ts';
import { Instance, type CreateOptions } from './instance.ts';
import { source } from './kernels/source.ts';

export type { Softmax };
export type { CreateOptions, Info } from './instance.ts';
export type { Build } from './kernels/choose.ts';
export type { Tensor } from './kernels/tensor.ts';
export type { ArrayResult, LogSum, Reduced, Result } from './functions/results.ts';
export type {
  Axis,
  BigArray,
  ElementOptions,
  ExpOptions,
  Input,
  Labels,
  Nested,
  Options,
  SessionTensor,
  Strided,
  TypedArray,
  TypedRows,
} from './functions/types.ts';
export type { ArgmaxOptions, Indices } from './functions/argmax.ts';
export type { CrossEntropyGradientOptions, CrossEntropyOptions, Loss } from './functions/crossEntropy.ts';
export type { GradientOptions } from './functions/gradients.ts';
export type { NestedOptions };
export type { OneHot, OneHotOptions } from './functions/oneHot.ts';
export type { Summary, SummarizeOptions } from './functions/summarize.ts';
export type { Sampled, SampleOptions } from './functions/sampled.ts';
export type { Top, TopOf, TopkOptions } from './functions/topk.ts';
// what TypeScript names when it writes the declarations of callers' functions
export type {
  Data,
  Fits,
  Fresh,
  Lanes,
  More,
  Option,
  Or,
  PerLane,
  Same,
  Stored,
  Wrapped,
} from './functions/results.ts';

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

// documented in api.ts, where signature help finds it
export const softmax: Softmax['softmax'] = (x: unknown, options?: unknown) =>
  call(shared, ofSoftmax, x, options) as never;
export const logSoftmax: Softmax['logSoftmax'] = (x: unknown, options?: unknown) =>
  call(shared, ofLogSoftmax, x, options) as never;
export const logsumexp: Softmax['logsumexp'] = (x: unknown, options?: unknown) =>
  call(shared, ofLogsumexp, x, options) as never;
export const exp: Softmax['exp'] = (x: unknown, options?: unknown) => expOn(shared, x, options) as never;
export const tensor: Softmax['tensor'] = (dtype, shape, data) => tensorOn(shared, dtype, shape, data) as never;
export const init: Softmax['init'] = () => shared.init();
export const info: Softmax['info'] = () => shared.info();
export const argmax: Softmax['argmax'] = (x: unknown, options?: unknown) => argmaxOn(shared, x, options) as never;
export const topk: Softmax['topk'] = (x: unknown, k: unknown, options?: unknown) =>
  topkOn(shared, x, k, options) as never;
export const sample: Softmax['sample'] = (logits: unknown, options?: unknown) =>
  sampleOn(shared, logits, options) as never;
export const oneHot: Softmax['oneHot'] = (labels: unknown, classes: unknown, options?: unknown) =>
  oneHotOf(labels, classes, options) as never;
export const crossEntropy: Softmax['crossEntropy'] = (logits: unknown, target: unknown, options?: unknown) =>
  crossEntropyOn(shared, logits, target, options) as never;
export const softmaxGradient: Softmax['softmaxGradient'] = (y: unknown, dy: unknown, options?: unknown) =>
  softmaxGradientOn(shared, y, dy, options) as never;
export const logSoftmaxGradient: Softmax['logSoftmaxGradient'] = (y: unknown, dy: unknown, options?: unknown) =>
  logSoftmaxGradientOn(shared, y, dy, options) as never;
export const crossEntropyGradient: Softmax['crossEntropyGradient'] = (
  logits: unknown,
  target: unknown,
  options?: unknown,
) => crossEntropyGradientOn(shared, logits, target, options) as never;
export const summarize: Softmax['summarize'] = (x: unknown, options?: unknown) =>
  summarizeOn(shared, x, options) as never;
export const merge: Softmax['merge'] = (...summaries: readonly unknown[]) => mergeOf(...summaries) as never;

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
export const toNested = (x: Input, options?: NestedOptions): Nested | number =>
  toNestedOf(x, options) as Nested | number;
