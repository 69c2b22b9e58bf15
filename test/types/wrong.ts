// What is no input and no option does not compile; at run time the same calls throw (test/rejected.test.ts).
import { createSoftmax, crossEntropy, logsumexp, merge, sample, softmax, summarize, topk } from 'softmax-simd';

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

export { list };
