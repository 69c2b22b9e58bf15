import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { createSoftmax } from '../src/index.ts';
import { open, openAsync, type Build, type Opened, type Source } from '../src/kernels.ts';
import { instances } from './support/eachBuild.ts';

const code = (build: Build): Uint8Array => readFileSync(new URL(`../build/${build}.wasm`, import.meta.url));
const broken = new Uint8Array([0, 97, 115, 109, 1, 0, 0, 0, 99]);
/** Some builds broken, the others as they are. */
const without =
  (...builds: Build[]): Source =>
  (build) =>
    builds.includes(build) ? broken : code(build);

const ways: [string, (source: Source, wanted?: Build) => Promise<Opened>][] = [
  ['open', async (source, wanted) => open(source, wanted)],
  ['openAsync', openAsync],
];
describe.each(ways)('%s', (_, opened) => {
  test('takes the next build where one does not compile, and says why', async () => {
    const { build, refused } = await opened(without('relaxed', 'simd'));
    expect(build).toBe('scalar');
    expect(refused.map((r) => r.build)).toEqual(['relaxed', 'simd']);
    for (const { reason } of refused) expect(reason).toMatch(/no relaxed SIMD|WebAssembly/);
  });
  test('ends with the js build', async () => {
    const { build, kernels, refused } = await opened(without('relaxed', 'simd', 'scalar'));
    expect(build).toBe('js');
    expect(refused.map((r) => r.build)).toEqual(['relaxed', 'simd', 'scalar']);
    const at = kernels.allocate(64);
    new Float32Array(kernels.memory.buffer, at, 2).set([3, 3]);
    kernels.softmaxF32(at, at, 1, 2, 1);
    expect([...new Float32Array(kernels.memory.buffer, at, 2)]).toEqual([0.5, 0.5]);
  });
  test('opens the js build without a look at the others where it is asked for', async () => {
    const { build, refused } = await opened(() => expect.fail('a source was asked'), 'js');
    expect([build, refused]).toEqual(['js', []]);
  });
  test('takes what a source throws for a refusal', async () => {
    const source: Source = (build) => {
      if (build === 'scalar') return code(build);
      throw `no file for ${build}`;
    };
    const { build, refused } = await opened(source);
    expect(build).toBe('scalar');
    expect(refused.at(-1)).toEqual({ build: 'simd', reason: 'no file for simd' });
  });
  test('takes a module that the host has compiled', async () => {
    const { build, kernels } = await opened((build) => new WebAssembly.Module(new Uint8Array(code(build))), 'scalar');
    expect(build).toBe('scalar');
    expect(kernels.allocate(16)).toBeGreaterThan(0);
  });
  test('never gives another build than the one that is asked for', async () => {
    await expect(opened(without('scalar'), 'scalar')).rejects.toThrow(/createSoftmax: this host refuses the build 'scalar' \(.+\); leave build out/); // prettier-ignore
    expect((await opened(without('simd'), 'scalar')).refused).toEqual([]);
  });
});

describe('init', () => {
  for (const { build, softmax, reason } of instances) {
    const name = `compiles ahead of the first call, once, with the same results (${build}${reason && `: ${reason}`})`;
    test.skipIf(softmax === undefined)(name, async () => {
      const own = createSoftmax({ build });
      const [first, second] = await Promise.all([own.init(), own.init()]);
      expect(first.build).toBe(build);
      expect(first.memoryBytes).toBe(second.memoryBytes);
      const x = Float32Array.from({ length: 100 }, (_, i) => Math.sin(i) * 5);
      const t = own.tensor('float32', [100], x);
      await own.init();
      expect(own.softmax(t).data).toEqual(softmax!.softmax(x));
    });
  }
  test('of a call that came first finds what the call opened', async () => {
    const own = createSoftmax({ build: 'js' }),
      late = own.init();
    const t = own.tensor('float32', [2], [1, 1]);
    expect((await late).tensors).toBe(1);
    expect([...own.softmax(t).data]).toEqual([0.5, 0.5]);
  });
});
