// What is no input and no option does not compile; at run time the same calls throw (test/rejected.test.ts).
import {
  argmax, createSoftmax, crossEntropy, crossEntropyGradient, exp, logSoftmax, logSoftmaxGradient, logsumexp, merge, oneHot, sample, softmax,
  softmaxGradient, summarize, toNested, topk,
} from 'softmax-simd';

// @ts-expect-error a bigint has no softmax
softmax(1n);
// @ts-expect-error nor has a text
softmax('1');
// @ts-expect-error nor have 64-bit integers
softmax(new BigInt64Array(1));
// @ts-expect-error not as rows
softmax([BigInt64Array.of(1n)]);
// @ts-expect-error nor is there a list of bigints, even for labels
crossEntropy([[1, 2]], [1n]);
// @ts-expect-error rows are all typed arrays or all lists
softmax([[1, 2], Float32Array.of(1, 2)]);
// @ts-expect-error not in an object either
softmax({ data: new BigInt64Array(1), shape: [1] });
// @ts-expect-error nor texts
softmax({ data: ['1'], dims: [1] });
// @ts-expect-error an axis is a number
softmax([1], { axis: '0' });
// @ts-expect-error the option is called axis
softmax([1], { dim: 0 });
// @ts-expect-error keepdims belongs to reductions
softmax([1], { keepdims: true });
// @ts-expect-error topk takes one axis
topk([[1]], 1, { axis: [0, 1] });
// @ts-expect-error there is no such reduction
crossEntropy([1], 0, { reduction: 'avg' });
// @ts-expect-error there is no such build
createSoftmax({ build: 'fast' });
// @ts-expect-error the sum of a row is a number
const list: number[] = logsumexp([1, 2], { axis: -1 });
// @ts-expect-error a tensor of text has no result
softmax({ data: ['a'], dims: [1], type: 'string', location: 'cpu' }).data;
// @ts-expect-error the parts are summarized first
merge([1, 2], [3]);
// @ts-expect-error within is a summary
softmax([1], { within: [1] });
// @ts-expect-error summarize writes nothing
summarize([1], { out: new Float64Array(1) });
// @ts-expect-error sample takes one axis
sample([[1]], { axis: null });
// @ts-expect-error a source of numbers is a function
sample([1], { random: 0.5 });

// a name that is no option, beside options that are there
// @ts-expect-error temperature
softmax([1], { axis: -1, temprature: 2 });
// @ts-expect-error keepdims belongs to reductions
logSoftmax([[1]], { axis: 0, keepdims: true });
// @ts-expect-error returnSign
logsumexp([[1]], { axis: 0, returnsign: true });
// @ts-expect-error no lanes
exp([1], { precision: 'exact', axis: 0 });
// @ts-expect-error the index does not change with theta
argmax([1], { axis: 0, theta: 2 });
// @ts-expect-error topk has no out
topk([1], 1, { axis: 0, out: new Float64Array(1) });
// @ts-expect-error topP
sample([1, 2], { topK: 2, topp: 0.9 });
// @ts-expect-error rows are never reduced
oneHot([1], 2, { dtype: 'int32', axis: 0 });
// @ts-expect-error labelSmoothing
crossEntropy([1], 0, { reduction: 'none', labelsmoothing: 0.1 });
// @ts-expect-error ignoreIndex
crossEntropyGradient([1], 0, { axis: 0, ignoreindex: 1 });
// @ts-expect-error a gradient has the mask in y
softmaxGradient([1], [1], { axis: 0, where: true });
// @ts-expect-error likewise
logSoftmaxGradient([1], [1], { theta: 2, where: true });
// @ts-expect-error summaries have one theta
summarize([1], { axis: 0, tehta: 2 });
// @ts-expect-error the numbers lie in their shape
toNested([1], { shape: [1], axis: 0 });
// @ts-expect-error in one of two
softmax([1], Math.random() < 0.5 ? { axis: 0 } : { axis: 0, teta: 1 });
// @ts-expect-error in an instance
createSoftmax().softmax([1], { axis: -1, temprature: 2 });
// @ts-expect-error where there may be options
softmax([1], Math.random() < 0.5 ? { axis: 0, teta: 1 } : undefined);

export { list };
