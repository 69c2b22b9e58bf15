import { expect, test } from 'vitest';
import * as api from '../src/index.ts';
import { bundle } from '../tools/sizes.mjs';

// What a page gets that imports one function of the package; dist/ must have been built.

const companions = ['argmax', 'topk', 'sample', 'oneHot', 'summarize', 'crossEntropy', 'softmaxGradient', 'logSoftmaxGradient', 'crossEntropyGradient']; // prettier-ignore

/** Whether the code has the declaration of a function; the advice in errors names functions too. */
const has = (code: string, name: string): boolean => new RegExp(`name: ?["'\`]${name}["'\`]`).test(code);

const run = async (code: string): Promise<typeof api> =>
  import(/* @vite-ignore */ `data:text/javascript;base64,${Buffer.from(code).toString('base64')}`);

for (const entry of ['index', 'js']) {
  test(`a bundle of softmax alone has no companion in it (${entry})`, async () => {
    const code = await bundle('softmax', entry);
    expect(companions.filter((name) => has(code, name))).toEqual([]);
    expect((await run(code)).softmax([0, 0])).toEqual([0.5, 0.5]);
  });
  test.each(companions)(`a bundle of %s alone has it (${entry})`, async (name) => {
    const code = await bundle(name, entry);
    expect(has(code, name)).toBe(true);
    expect(Object.keys(await run(code))).toEqual([name]);
  });
}
test('softmax-simd/js has no wasm, and answers by the build js', async () => {
  const code = await bundle('softmax, info', 'js');
  expect(code).not.toMatch(/[0-9a-f]{99}/);
  const { softmax, info } = await run(code);
  expect(softmax(new Float32Array([0, 0]))).toEqual(Float32Array.of(0.5, 0.5));
  expect(info().build).toBe('js');
});
