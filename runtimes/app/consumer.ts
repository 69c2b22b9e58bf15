// What TypeScript users write, with lib ES2022 and no other types: all of it has to be accepted as it stands.
import {
  argmax,
  createSoftmax,
  crossEntropy,
  crossEntropyGradient,
  exp,
  info,
  init,
  logSoftmax,
  logSoftmaxGradient,
  logsumexp,
  oneHot,
  softmax,
  softmaxGradient,
  tensor,
  topk,
} from 'softmax-simd';
import type { Axis, Build, CreateOptions, Info, Input, Options, Softmax, Tensor, TypedArray } from 'softmax-simd';

const single: Float32Array = softmax(new Float32Array([1, 2, 3]));
const double: Float64Array = logSoftmax(new Float64Array(6), { shape: [2, 3], axis: -1 });
const integers: Float64Array = softmax(new Int16Array(6), { shape: [2, 3], axis: [0, 1] });
const half: Uint16Array = softmax(new Uint16Array(2), { dtype: 'float16' });
const nested: number[][] = softmax(
  [
    [1, 2],
    [3, 4],
  ],
  {
    axis: 0,
    theta: 0.5,
    where: [
      [true, false],
      [true, true],
    ],
  },
);
const one: number = softmax(3);
const total: number = logsumexp([1, 2, 3]);
const { value, sign }: { value: number; sign: number } = logsumexp([1, 2], { b: [1, -1], returnSign: true });
const rows = logsumexp(new Float32Array(6), { shape: [2, 3], axis: 1, keepdims: true, out: new Float32Array(2) });
const given: Float32Array = rows;
const powers: Float32Array = exp(single, { out: single, precision: 'exact' });
const wrapped = softmax({ data: new Float32Array(6), dims: [2, 3], strides: [3, 1], offset: 0 }, { axis: 1 });
const data: Float32Array = wrapped.data,
  shape: number[] = wrapped.shape,
  dtype: string = wrapped.dtype;

const bound: CreateOptions = { build: 'simd', maxMemory: 4 * 1024 * 1024 };
const own: Softmax = createSoftmax(bound);
const held: Tensor<'float32'> = own.tensor('float32', [2, 3], [1, 2, 3, 4, 5, 6]),
  plain: Tensor<'float64'> = tensor('float64', [2]);
own.softmax(held, { axis: -1, out: held });
const seen: Float32Array = held.data;
held.dispose();

const axes: Axis[] = [null, 0, [0, -1]],
  options: Options = { axis: axes[0] ?? null, theta: 1 };
const inputs: Input[] = [1, [1], single, plain],
  arrays: TypedArray[] = [single, double, integers, half];
const facts: Promise<Info> = init(),
  build: Build = info().build,
  refused: string[] = info().refused.map(({ reason }) => reason);

const place: number = argmax([1, 3, 2]),
  places: Int32Array = argmax(single, { shape: [1, 3], axis: 1 });
const top = topk(single, 2),
  largest: Float32Array = top.values,
  where: Int32Array = top.indices;
const hot: number[] = oneHot(1, 3),
  loss: number = crossEntropy([[1, 3, 2]], [1], { labelSmoothing: 0.1, classWeights: [1, 2, 1] });
const slope: Float32Array = softmaxGradient(single, single),
  slopes: number[][] = crossEntropyGradient([[1, 3, 2]], [1]);
const back: Float32Array = logSoftmaxGradient(single, [1, 0, 0], { theta: 2, out: slope });

// @ts-expect-error a text has no softmax
softmax('text');
// @ts-expect-error there is no such option
softmax([1], { axes: 0 });
// @ts-expect-error keepdims belongs to logsumexp
softmax([1], { keepdims: true });
// @ts-expect-error there is no such reduction
crossEntropy([1, 2], 0, { reduction: 'average' });
// @ts-expect-error topk needs its k
topk([1, 2]);
// @ts-expect-error not a build
createSoftmax({ build: 'fast' });

export {
  arrays,
  axes,
  back,
  build,
  data,
  double,
  dtype,
  facts,
  given,
  half,
  hot,
  inputs,
  integers,
  largest,
  loss,
  nested,
  one,
  options,
  place,
  places,
  powers,
  refused,
  seen,
  shape,
  sign,
  slope,
  slopes,
  total,
  value,
  where,
};
