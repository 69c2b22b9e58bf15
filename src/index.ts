import { relaxed, scalar, simd } from './generated/bytes.ts';
import type { Source } from './kernels.ts';
import { applyPatch } from './patch.ts';
import { instance, type CreateOptions, type Softmax } from './softmax.ts';

export type { Axis, Nested, Options, Strided, TypedArray } from './layout.ts';
export type { Build } from './kernels.ts';
export type * from './companions.ts';
export type {
  ArrayResult,
  CreateOptions,
  ElementOptions,
  ExpOptions,
  Info,
  Input,
  Reduced,
  Result,
  Softmax,
} from './softmax.ts';
export type { Tensor } from './tensor.ts';

/** relaxed lies here in hexadecimal, the other builds as patches of it; only what is tried is decoded. */
const source: Source = (build) => {
  const whole = decode(relaxed);
  return build === 'relaxed' ? whole : applyPatch(whole, decode(build === 'simd' ? simd : scalar));
};

function decode(hex: string): Uint8Array {
  const native = Uint8Array as unknown as { fromHex?: (text: string) => Uint8Array };
  if (native.fromHex !== undefined) return native.fromHex(hex);
  const host = globalThis as unknown as { Buffer?: { from(text: string, encoding: string): Uint8Array } };
  if (host.Buffer !== undefined) return host.Buffer.from(hex, 'hex');
  const code = new Uint8Array(hex.length / 2);
  for (let i = 0; i < code.length; i++) code[i] = parseInt(hex.slice(2 * i, 2 * i + 2), 16);
  return code;
}

const shared: Softmax = /*#__PURE__*/ instance(source);

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
  return instance(source, options);
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
export const softmax: Softmax['softmax'] = shared.softmax;

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
export const logSoftmax: Softmax['logSoftmax'] = shared.logSoftmax;

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
export const logsumexp: Softmax['logsumexp'] = shared.logsumexp;

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
export const exp: Softmax['exp'] = shared.exp;

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
export const tensor: Softmax['tensor'] = shared.tensor;

/**
 * Compiles ahead of the first call and off the critical path; nothing needs it.
 *
 * @returns what `info()` gives
 * @throws, as any first call would, an Error for a build that was asked for by name and that the host refuses.
 * @example
 * (await init()).build === info().build; // => true
 */
export const init: Softmax['init'] = shared.init;

/**
 * Which build answers, which were refused and why, the bytes of memory, and how many tensors live.
 *
 * @example
 * info().tensors; // => 0
 */
export const info: Softmax['info'] = shared.info;

// documented in companions.ts
export const argmax: Softmax['argmax'] = shared.argmax;
export const topk: Softmax['topk'] = shared.topk;
export const oneHot: Softmax['oneHot'] = shared.oneHot;
export const crossEntropy: Softmax['crossEntropy'] = shared.crossEntropy;
export const softmaxGradient: Softmax['softmaxGradient'] = shared.softmaxGradient;
export const logSoftmaxGradient: Softmax['logSoftmaxGradient'] = shared.logSoftmaxGradient;
export const crossEntropyGradient: Softmax['crossEntropyGradient'] = shared.crossEntropyGradient;
