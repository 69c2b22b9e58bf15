import type { ArgmaxOptions, Indices } from './functions/argmax.ts';
import type { CrossEntropyGradientOptions, CrossEntropyOptions, Loss } from './functions/crossEntropy.ts';
import type { GradientOptions } from './functions/gradients.ts';
import type { OneHot, OneHotOptions } from './functions/oneHot.ts';
import type { Summary, SummarizeOptions } from './functions/summarize.ts';
import type { SampleOptions, Sampled } from './functions/sampled.ts';
import type { TopOf, TopkOptions } from './functions/topk.ts';
import type { Fits, Lanes, Only, Result } from './functions/results.ts';
import type { Input, Labels } from './functions/types.ts';

/**
 * The functions around softmax. They take what softmax takes (numbers, nested arrays, typed arrays with `shape`, objects
 * with `data` and `shape` or `dims`, strided or not), return the same kind of container and throw like it: TypeError for a
 * wrong kind, RangeError for a wrong value, before anything is written.
 */
export interface Companions {
  /**
   * Index of the first maximum of each lane, counted within the lane; several axes are counted in row-major order.
   * A NaN is larger than any number, as in NumPy. A lane that `where` hides altogether gives -1.
   *
   * Shape: that of x without the lane axes, or with length 1 there (`keepdims`); by default the whole array is one lane.
   * @returns a number, nested numbers, an Int32Array, or `{ data, shape, dtype: 'int32' }`.
   * @throws RangeError for lanes without elements.
   * Source: numpy.argmax.
   *
   * @example
   * argmax([[1, 3, 2], [6, 5, 4]], { axis: -1 }); // => [1, 0]
   */
  argmax<X extends Input, const O extends Fits<O, ArgmaxOptions> = undefined>(
    x: X,
    options: O | Only<ArgmaxOptions> | void,
  ): Indices<X, O>;

  /**
   * The k largest of each lane, largest first. Equal ones come in the order of their indices; NaN is larger than any number.
   *
   * Shape: that of x with length k along `axis`; by default the k largest of the whole array, a list.
   * @returns values of the dtype of x (integers stay what they are), indices as int32; plain arrays for plain arrays.
   * @throws RangeError for a k that is not an integer from 0 to the length of the lanes.
   * Source: torch.topk, with an order for equal elements.
   *
   * @example
   * topk([[1, 3, 2], [6, 5, 6]], 2, { axis: -1 }); // => { values: [[3, 2], [6, 6]], indices: [[1, 2], [0, 2]] }
   */
  topk<X extends Input, const O extends Fits<O, TopkOptions> = undefined>(
    x: X,
    k: number,
    options: O | Only<TopkOptions> | void,
  ): TopOf<X, O>;

  /**
   * Indices drawn from softmax(theta x), lane by lane: the next token, from its logits. The cuts come one after the other: `theta` or
   * `temperature`, `where`, `topK`, `topP`, `minP`; each takes what is left as the whole. Given the number u of `random`, the index is the
   * first whose running sum of probabilities exceeds u: the same in every build, and never one of probability 0.
   *
   * Shape: that of the logits without `axis` (default -1, one axis), or with `count` draws on a last axis.
   * @returns indices as of argmax: a number, nested numbers, an Int32Array, or `{ data, shape, dtype: 'int32' }`; with `logprobs` those
   *   and the logarithms, in nats, of the probabilities with which they were drawn, after the cuts.
   * @throws RangeError for a lane from which nothing can be drawn (a NaN, +Infinity, nothing but -Infinity or masked entries), which
   *   it names, and for a `random` outside 0 <= u < 1. The greedy choice, temperature 0, is argmax.
   * Source: the logits warpers of transformers (top-k, top-p, min-p), with an order for equal entries; torch.multinomial.
   *
   * @example
   * sample([1, 3, 2], { temperature: 0.7, topK: 2, topP: 0.95, count: 3, random: () => 0.9 }); // => [2, 2, 2]
   */
  sample<X extends Input, const O extends Fits<O, SampleOptions> = undefined>(
    logits: X,
    options: O | Only<SampleOptions> | void,
  ): Sampled<X, O>;

  /**
   * For each label a row of `classes` numbers that is 1 at the label and 0 elsewhere.
   *
   * Shape: that of the labels with an axis of length `classes` after the last.
   * @returns Float32Array (or what `dtype` says) for a typed array or object, plain arrays for a number or plain arrays.
   * @throws RangeError for a label that is not an integer from 0 to classes - 1; it names the place of the label.
   * Source: torch.nn.functional.one_hot, jax.nn.one_hot.
   *
   * @example
   * oneHot([1, 0], 3); // => [[0, 1, 0], [1, 0, 0]]
   */
  oneHot<X extends Labels, const O extends Fits<O, OneHotOptions> = undefined>(
    labels: X,
    classes: number,
    options: O | Only<OneHotOptions> | void,
  ): OneHot<X, O>;

  /**
   * Cross-entropy of logits and a target, in nats: -sum target * logSoftmax(theta * logits) along `axis` (default -1).
   * Computed from logSoftmax and added up in float64, so that the loss of a saturated lane keeps its precision.
   *
   * Target: class indices (the shape of the logits without the class axis) or probabilities (the shape of the logits).
   * A flat typed array is told by its length; where there is one class only, floats are probabilities.
   * `reduction`: 'sum'; 'none', a loss for each lane; 'mean' (default), the sum divided by the weights of the labels that
   * count (by the number of lanes for probabilities): NaN if every label is ignored. Probability 0 of a logit of -Infinity counts 0.
   * @returns a number; for 'none' of the shape of the logits without the class axis and of their dtype.
   * @throws RangeError for a label outside 0 .. classes - 1 that is not `ignoreIndex`, and for shapes that do not fit.
   * Source: torch.nn.CrossEntropyLoss, whose `weight`, `ignore_index` and `label_smoothing` these are.
   *
   * @example
   * crossEntropy([1, 3, 2], 1); // => 0.4076059644443803
   */
  crossEntropy<X extends Input, const O extends Fits<O, CrossEntropyOptions> = undefined>(
    logits: X,
    target: Labels,
    options: O | Only<CrossEntropyOptions> | void,
  ): Loss<X, O>;

  /**
   * What a gradient by the result y = softmax(x, o) is by x: theta y_j (dy_j - sum_k y_k dy_k), with the `axis` and `theta`
   * of the forward call. Sums in float64; a lane next to [1, 0, ..] keeps its precision. y = 0 (masked, say) gives 0.
   *
   * Shape and result: as y. `out` may be y or dy.
   * @throws RangeError where y and dy differ in shape.
   * Source: the Jacobian diag(y) - y y', as in torch's _softmax_backward_data.
   *
   * @example
   * softmaxGradient([0.25, 0.75], [1, 0]); // => [0.1875, -0.1875]
   */
  softmaxGradient<X extends Input, const O extends Fits<O, GradientOptions> = undefined>(
    y: X,
    dy: Input,
    options: O | Only<GradientOptions> | void,
  ): Result<X, O>;

  /**
   * What a gradient by the result y = logSoftmax(x, o) is by x: theta (dy_j - exp(y_j) sum_k dy_k), with the `axis` and
   * `theta` of the forward call. 1 - exp(y) is formed without cancellation. An entry with y = -Infinity (masked, say) is as
   * if absent: its gradient is 0 and its dy counts for nothing.
   *
   * Shape and result: as y. `out` may be y or dy.
   * @throws RangeError where y and dy differ in shape.
   * Source: torch's _log_softmax_backward_data.
   *
   * @example
   * logSoftmaxGradient([Math.log(0.25), Math.log(0.75)], [1, 0]); // => [0.75, -0.75]
   */
  logSoftmaxGradient<X extends Input, const O extends Fits<O, GradientOptions> = undefined>(
    y: X,
    dy: Input,
    options: O | Only<GradientOptions> | void,
  ): Result<X, O>;

  /**
   * The gradient of crossEntropy by the logits, for the same target and options: for class indices
   * theta (softmax(theta x) - oneHot), weighted and divided as the loss is; for 'none' each lane's own gradient, as for 'sum'.
   * 1 - p of a probability next to 1 is the sum of the others. Ignored lanes have the gradient 0, and so have logits of
   * -Infinity, a label's own too (its loss is Infinity): they are classes left out, which no step moves. PyTorch's formula gives -1 there.
   *
   * Shape and result: as the logits. `out` may be the logits.
   * @throws as crossEntropy.
   * Source: the derivative of torch.nn.CrossEntropyLoss.
   *
   * @example
   * crossEntropyGradient([0, 0], 0); // => [-0.5, 0.5]
   */
  crossEntropyGradient<X extends Input, const O extends Fits<O, CrossEntropyGradientOptions> = undefined>(
    logits: X,
    target: Labels,
    options: O | Only<CrossEntropyGradientOptions> | void,
  ): Result<X, O>;

  /**
   * What the lanes of x add to larger lanes, of which x is a part: a chunk of a stream, a shard of a vocabulary. `merge` puts
   * summaries together, logsumexp(summary) is that of the whole lanes, and softmax(x, { within: summary }) the share of x in them.
   *
   * Shape: one state for each lane, in the shape that logsumexp(x, options) has; `theta` is part of it.
   * @param options `axis` (default null: the whole array is a part of one lane), `theta`, `temperature`, `where`, `shape`,
   *   `dtype`, `precision` ('exact' here and in softmax keeps its bound).
   * @returns plain data without NaN and infinities: JSON and structuredClone give it back exactly. Its `version` is checked.
   * @throws TypeError for a wrong kind, RangeError for a wrong value.
   * Error: results are within the bounds of softmax, logSoftmax and logsumexp, however the lanes were cut and put together.
   * Source: the sum by blocks of a long lane, in the open; docs/accuracy.md.
   *
   * @example
   * const whole = merge(summarize([0, 2]), summarize([1]));
   * logsumexp(whole); // => 2.40760596444438
   * softmax([0, 2], { within: whole }); // => [0.09003057317038046, 0.6652409557748219]
   * softmax([1], { within: JSON.parse(JSON.stringify(whole)) }); // => [0.24472847105479764]
   */
  summarize<X extends Input, const O extends Fits<O, SummarizeOptions> = undefined>(
    x: X,
    options: O | Only<SummarizeOptions> | void,
  ): Summary<Lanes<X, O>>;

  /**
   * The summary of lanes whose parts have these summaries, in any order and grouping. No kernels are needed.
   *
   * Shape: that of the summaries, which is the same in all, as `theta` is.
   * @returns a new summary; of many parts by parts.reduce((a, b) => merge(a, b)).
   * @throws TypeError for what is no summary, RangeError for another version, for a damaged one, and for summaries that differ
   *   in shape or theta.
   * Source: as summarize.
   *
   * @example
   * const parts = [[[0], [1]], [[0], [1]]].map((part) => summarize(part, { axis: -1 }));
   * logsumexp(merge(...parts)); // => [0.6931471805599453, 1.6931471805599454]
   */
  merge<S extends Summary>(...summaries: readonly S[]): S;
}
