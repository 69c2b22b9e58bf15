import { expect, test } from 'vitest';
import { createSoftmax } from '../src/index.ts';
import { instances } from './support/eachBuild.ts';
import { random } from './support/random.ts';
import { sameBits } from './support/ulp.ts';

// Lanes that are longer than the bound of memory: they are read in blocks, and no array of their length is made.

const least = 2 * 1024 * 1024, megabyte = 2 ** 20; // prettier-ignore
const arrays = (): number => {
  globalThis.gc!();
  return process.memoryUsage().arrayBuffers;
};

/** The most that typed arrays take while a call runs, beyond what they took before: every one that is made is counted. */
function peakOf(call: () => unknown): number {
  let made = 0;
  const before = arrays(), kinds = ['Float64Array', 'Float32Array', 'Uint8Array', 'Uint16Array', 'Int32Array'] as const, own = kinds.map((kind) => globalThis[kind]); // prettier-ignore
  kinds.forEach((kind, i) => {
    const counted = new Proxy(globalThis[kind], {
      construct(target, list, anew) {
        const array = Reflect.construct(target, list, anew === counted ? target : anew) as Uint8Array;
        if (typeof list[0] === 'number' || Array.isArray(list[0])) made += array.byteLength;
        return array;
      },
    });
    (globalThis as any)[kind] = counted;
    own[i]!.prototype.constructor = counted;
  });
  try {
    call();
  } finally {
    kinds.forEach((kind, i) => ((globalThis as any)[kind] = own[i]!.prototype.constructor = own[i]!));
  }
  return Math.max(made, process.memoryUsage().arrayBuffers - before);
}

for (const { build, softmax: found, reason } of instances) {
  const title = (what: string): string => `${what} (${build}${reason && `: ${reason}`})`;
  test.skipIf(found === undefined)(title('a lane of 2^21 elements that lie in one place makes no array of its length'), () => {
    const s: any = createSoftmax({ build, maxMemory: least });
    const n = 2 ** 21, one = (data: object): object => ({ data, shape: [n], strides: [0], offset: 0 });
    const x = one(Float64Array.of(2)), half = { ...one(Uint16Array.of(0x4000)), dtype: 'float16' }, where = one(Uint8Array.of(1)); // prettier-ignore
    s.softmax([1, 2]);
    const peaks: Record<string, number> = {
      weighted: peakOf(() => expect(s.logsumexp(x, { b: one(Float64Array.of(-0.5)), where, returnSign: true })).toEqual({ value: expect.objectContaining({ data: Float64Array.of(2 + Math.log(n / 2)) }), sign: expect.objectContaining({ data: Float64Array.of(-1) }) })),
      sample: peakOf(() => expect([s.sample(x, { random: () => 0.3 }).data[0], s.sample(half, { random: () => 0.3 }).data[0]]).toEqual([629_145, 629_145])),
      argmax: peakOf(() => expect(s.argmax(half).data[0]).toBe(0)),
      masked: peakOf(() => expect(s.argmax(x, { where }).data[0]).toBe(0)),
      topk: peakOf(() => expect([...s.topk(half, 2).indices.data]).toEqual([0, 1])),
      'topk of 50': peakOf(() => expect(s.topk(half, 50).indices.data[49]).toBe(49)),
    }; // prettier-ignore
    expect(Object.entries(peaks).filter(([, bytes]) => bytes > 2 * megabyte)).toEqual([]);
  });

  test.skipIf(found === undefined)(title('gradients of long lanes that are strided, and exp into out, make no array of their length beside the result'), () => {
    const s: any = createSoftmax({ build, maxMemory: least });
    const wave = Float64Array.from({ length: 300_000 }, (_, i) => Math.sin(i)), into = new Float64Array(wave.length); // prettier-ignore
    expect(peakOf(() => s.exp(wave, { out: into }))).toBeLessThan(megabyte);
    const n = 2 ** 20, data = new Float32Array(2 * n).fill(1 / n), log = new Float32Array(2 * n).fill(-Math.log(n)), out = new Float32Array(n); // prettier-ignore
    const every = (a: object): object => ({ data: a, shape: [n], strides: [2], offset: 1 }), dy = every(Float32Array.from(data, (_, i) => (i & 2) - 1)); // prettier-ignore
    s.softmax([1, 2]);
    for (const [name, y] of [['softmaxGradient', data], ['logSoftmaxGradient', log]] as const) {
      const bytes = peakOf(() => s[name](every(y), dy, { out }));
      expect(bytes, `${name}: ${bytes} bytes`).toBeLessThan(4 * megabyte);
      expect(out[0]).toBeCloseTo(name === 'softmaxGradient' ? -1 / n : -1, 12);
    }
  });

  test.skipIf(found === undefined)(title('argmax and topk of long lanes give what they give of short ones, wherever the blocks end'), () => {
    const s: any = found, r = random(`blocks ${build}`);
    for (let k = 0; k < 5; k++) {
      const n = 65_530 + r.whole(20_000), x = Float64Array.from({ length: n }, () => r.whole(k % 3 === 0 ? 4 : 1e6)), k2 = [1, 5, 40, 66_000][k % 4]!; // prettier-ignore
      if (k % 5 === 4) x[r.whole(n)] = NaN;
      const count = Math.min(k2, n), sides = { data: Float32Array.from({ length: 2 * n }, (_, i) => x[i >> 1]!), shape: [n, 2] }; // prettier-ignore
      const order = Array.from(x.keys()).sort((i, j) => (x[i]! !== x[i]! ? -1 : x[j]! !== x[j]! ? 1 : x[j]! - x[i]! || i - j)).slice(0, count); // prettier-ignore
      const where = { data: Uint8Array.from(x, (_, i) => Number(i !== order[0])), shape: [n, 1] };
      const top = s.topk(sides, count, { axis: 0 });
      expect(sameBits(top.indices.data.filter((_: number, i: number) => i % 2 === 1), Int32Array.from(order)), `topk ${count} of ${n}, case ${k}`).toBe(true);
      expect([...s.argmax(sides, { axis: 0 }).data, s.argmax(x)], `argmax of ${n}, case ${k}`).toEqual([order[0], order[0], order[0]]);
      if (count > 1) expect([...s.argmax(sides, { axis: 0, where }).data], `masked argmax of ${n}, case ${k}`).toEqual([order[1], order[1]]);
    }
  });
}
