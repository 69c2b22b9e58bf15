import { expect, test } from 'vitest';
import * as all from '../src/index.ts';

// The exported functions are those of one instance, which opens at the first call.

const own = all.createSoftmax(),
  y = Float64Array.of(0.25, 0.75),
  part = own.summarize([1, 2]);
const calls: { readonly [name in keyof all.Softmax]?: readonly unknown[] } = {
  softmax: [[1, 3, 2], { theta: 2 }],
  logSoftmax: [[1, 3, 2], { theta: 2 }],
  logsumexp: [[1, 3, 2], { theta: 2 }],
  exp: [Float32Array.of(1, 3, 2), { precision: 'exact' }],
  argmax: [[[1, 3, 2]], { axis: 0 }],
  topk: [[1, 3, 2], 2, { axis: 0 }],
  sample: [[1, 3, 2], { theta: 2, random: () => 0.4 }],
  oneHot: [[1, 0], 3, { dtype: 'float64' }],
  crossEntropy: [[[1, 3, 2]], [1], { labelSmoothing: 0.1 }],
  softmaxGradient: [y, Float64Array.of(1, 2), { theta: 2 }],
  logSoftmaxGradient: [y.map(Math.log), Float64Array.of(1, 2), { theta: 2 }],
  crossEntropyGradient: [[[1, 3, 2]], [1], { labelSmoothing: 0.1 }],
  summarize: [[1, 3, 2], { theta: 2 }],
  merge: [part, part],
};

for (const [name, given] of Object.entries(calls)) {
  test(`${name} is that of an instance`, () => {
    const [shared, instance] = [all, own].map((of) => (of as never as Record<string, (...given: unknown[]) => unknown>)[name]!(...given));
    expect(instance).toBeDefined();
    expect(shared).toEqual(instance);
  });
}

test('init, info and tensor are those of the shared instance', async () => {
  const info = await all.init();
  expect(info).toEqual(all.info());
  expect(info.build).toBe(own.info().build);
  const t = all.tensor('float64', [2], [1, 3]);
  expect(all.info().tensors).toBe(info.tensors + 1);
  expect(all.softmax(t)).toEqual({ data: Float64Array.from(own.softmax([1, 3])), shape: [2], dtype: 'float64' });
  t.dispose();
});

test('every function is tried here', () => {
  const functions = Object.keys(own).filter((name) => typeof own[name as keyof all.Softmax] === 'function');
  expect(functions.filter((name) => !(name in calls) && !['init', 'info', 'tensor'].includes(name))).toEqual([]);
});
