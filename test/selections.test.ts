import { expect, test } from 'vitest';
import { createSoftmax } from '../src/index.ts';
import { boundaries, drawnBy, keptOf } from './support/drawn.ts';
import { eachBuild } from './support/eachBuild.ts';

// Cuts, draws and choices at their limits: lanes of several blocks, guesses that are wrong, what lies beside the window.

type Any = any;
const giving = (us: readonly number[]): (() => number) => {
  let i = 0;
  return () => us[i++]!;
};

/** Cuts next to where the set that they keep changes, and what is drawn then. */
const limits = [[0, 1, 0, 0], [-3, 1, 1, -1, 0.5, -1], [-120, -75, -30, 0, 1]].flatMap((x) =>
  [undefined, x.length - 1].flatMap((topK) => {
    const first = topK === undefined ? {} : { topK },
      sorted = [...x].sort((a, b) => b - a);
    const shares = boundaries(keptOf(sorted, first)).filter((u) => u > 1e-300 && u < 1 - 2 ** -52),
      parts = [...new Set(x)].flatMap((v) => [-1, 0, 1].map((k) => Math.exp(v - sorted[0]!) * (1 + k * 2 ** -52))).filter((p) => p <= 1);
    return [...shares.map((topP) => ({ topP })), ...parts.map((minP) => ({ minP }))].map((cut) => {
      const options = { ...first, ...cut },
        kept = keptOf(x, options),
        us = [0, 0.3, 0.6, 1 - 2 ** -53];
      return { x, options, us, places: us.map((u) => drawnBy(u, kept)) };
    });
  }),
);

eachBuild('cuts and draws at their limits', (softmax, build) => {
  const s = softmax as Any;
  const set = (x: unknown, options: object): number[] => {
    const us = Array.from({ length: 400 }, (_, i) => i / 400);
    return [...new Set(s.sample(x, { ...options, count: 400, random: giving(us) }) as number[])].sort((a, b) => a - b);
  };

  test('topP and minP next to each of their limits, with topK and without', () => {
    for (const { x, options, us, places } of limits) {
      const got = s.sample(Float64Array.from(x), { ...options, count: us.length, random: giving(us) });
      expect([...got], `${x} ${JSON.stringify(options)}`).toEqual(places);
    }
  });

  test('a topP half a step above a tie keeps one more', () => {
    expect(set([1, 1, 1, 1], { topP: 0.5 + 2 ** -53 })).toEqual([0, 1, 2]);
    expect(set([0, 0, 0, 0, -40], { topP: 0.5 })).toEqual([0, 1, 2]);
    expect(set([1, 1, 1, 1, 0], { topK: 4, topP: 0.5 })).toEqual([0, 1]);
  });

  test('of 64 alike a topP of 0.5 keeps 32', () => {
    expect(set(new Array(64).fill(1), { topP: 0.5 })).toEqual([...Array(32).keys()]);
  });

  test('what an earlier call has left is not weighed along', () => {
    const y = Float64Array.from({ length: 12_000 }, (_, i) => Math.sin(i)),
      o = { topK: 10_000, random: (): number => 0.9 };
    s.sample(new Float64Array(30_000).fill(50), { topP: 0.999, random: () => 0.5 });
    expect(s.sample(y, o)).toBe((createSoftmax({ build }) as Any).sample(y, o));
  });

  test('a cut knows nothing of the cut before', () => {
    const x = new Float64Array(2000);
    s.sample(x, { topK: 1999, topP: 0.5, random: () => 0.1 });
    x.fill(-9);
    x[3] = 5;
    x[1023] = 4.9;
    expect(s.sample(x, { topK: 1999, topP: 0.1, random: () => 0.9 })).toBe(3);
    s.sample([1e300, 1e300], { minP: 1, random: () => 0.5 });
    expect(s.sample([0], { minP: 1, random: () => 0.5 })).toBe(0);
  });

  test('a guess that is too high is corrected', () => {
    // every 32nd element is looked at: the largest, or nearly nothing
    const x = new Float64Array(16_384).fill(-40);
    for (let i = 0; i < 256; i++) x[32 * i] = 0;
    let n = 0;
    for (let i = 15_000; n < 1000; i++) if (i % 32 > 0) ((x[i] = -0.5), n++);
    const sum = 256 + 1000 * Math.exp(-0.5);
    expect(s.sample(x, { topP: 256.5 / sum, random: () => 0.9999 })).toBe(15_000 + +(15_000 % 32 === 0));
  });

  test('lanes of several blocks: draws from each, and their logarithms', () => {
    const n = 20_000;
    for (const Class of [Float32Array, Float64Array]) {
      for (const value of [0, 3, -3]) {
        const places = [15, 100, 8191, 8192, 9000, 15_000, 16_384, 19_999, 12, 17_000, 5],
          us = places.map((k) => (k + 0.5) / n);
        const { indices, logprobs } = s.sample(new Class(n).fill(value), { count: us.length, random: giving(us), logprobs: true });
        expect([...indices], `${build} ${Class.name} ${value}`).toEqual(places);
        for (const log of logprobs) expect(Math.abs(log + Math.log(n))).toBeLessThan(1e-6);
      }
      // largest elements in one block, and none at all in another
      const x = new Class(n).fill(-Infinity);
      x[5] = 1;
      x[9000] = 3;
      expect(s.sample(x, { random: () => 0.5 })).toBe(9000);
      expect(s.sample(x, { random: () => 0.05 })).toBe(5);
      expect(s.sample(x, { random: () => 0.13 })).toBe(9000);
      // nearly all in the last of three blocks
      x.fill(0, 17_000, 17_100);
      x[5] = x[9000] = 0;
      expect(s.sample(x, { random: () => 0.504 })).toBe(17_049);
      const two = new Class(2 * n);
      two[100] = two[n + 9000] = 30;
      expect([...s.sample(two, { shape: [2, n], random: () => 0.5 })]).toEqual([100, 9000]);
    }
  });

  test('u = 0 draws the first, though its share is nearly nothing', () => {
    for (const options of [{}, { topK: 2 }]) expect(s.sample([-100, 0, -200], { ...options, random: () => 0 })).toBe(0);
  });

  test('an element is read with its mask beside the e that are kept', () => {
    for (const Class of [Float32Array, Float64Array]) {
      const x = new Class(8192).fill(-Infinity),
        where = new Uint8Array(8192).fill(1);
      for (const v of [-0.3, -0.1, -0.7, -0.45, -0.9, -0.2, -0.62, -0.77]) {
        x[8177] = 0;
        x[8176] = v;
        const e = Math.exp(x[8176]!),
          gap = Class === Float32Array ? 2 ** -19 : 2 ** -47,
          u = e / (e + 1);
        const { indices } = s.sample(x, { where, count: 3, logprobs: true, random: giving([0.9, u * (1 - gap), u * (1 + gap)]) });
        expect([...indices], `${Class.name} ${v}`).toEqual([8177, 8176, 8177]);
      }
    }
  });

  test('random that draws from other logits', () => {
    const inner = (): number => (s.sample([0, 0, 0, 0], { random: () => 0.5 }), 0.6);
    expect(s.sample([0, -9, -9, 0], { random: inner })).toBe(3);
    expect(s.sample(Float32Array.of(0, -9, -9, 0), { random: () => (s.sample(new Float32Array(4), { random: () => 0.5 }), 0.6) })).toBe(3);
  });

  test('what lies around the window is not read', () => {
    const own = createSoftmax({ build }) as Any,
      t = own.tensor('float32', [1_000_000], new Float32Array(1_000_000).fill(1.875));
    const draws = (): void => {
      for (const Class of [Float32Array, Float64Array]) {
        own.logsumexp(new Float64Array(65_536).fill(-1e5));
        expect(own.sample(Class.of(0, -9, -9, 0), { random: () => 0.6 }), Class.name).toBe(3);
      }
    };
    draws();
    // the window moves behind the tensor
    own.softmax(new Float32Array(300_000), { shape: [100_000, 3], axis: 0, precision: 'exact' });
    own.softmax(new Float64Array(1_000_000), { shape: [500, 2000], axis: 0, theta: 0.5 });
    draws();
    t.dispose();
  });

  test('theta 0 of several lanes: infinite entries are absent', () => {
    expect([...s.sample(Float64Array.of(Infinity, 1, 2, 1, 2, 3), { shape: [2, 3], theta: 0, random: () => 0 })]).toEqual([1, 0]);
  });
});

eachBuild('topk and argmax of what lies in the memory of the instance', (softmax) => {
  const s = softmax as Any;
  const numbers = (n: number): number[] => Array.from({ length: n }, (_, i) => ((i * 7919) % n) / n);
  const wanted = (x: readonly number[], k: number): number[] => [...x.keys()].sort((a, b) => x[b]! - x[a]! || a - b).slice(0, k);

  test('long lists and tensors, k above and below 16', () => {
    const x = numbers(20_011);
    for (const k of [3, 40, 600]) {
      const want = wanted(x, k);
      expect([...s.topk(x, k).indices]).toEqual(want);
      for (const dtype of ['float32', 'float64']) {
        const t = s.tensor(dtype, [2, 20_011], [...x.map((v) => v - 2), ...x]);
        const { indices, values } = s.topk(t, k, { axis: 1 });
        expect([...indices.data]).toEqual([...want, ...want]);
        expect(Array.from(values.data as Float64Array).slice(k)).toEqual(want.map((i) => (dtype === 'float32' ? Math.fround(x[i]!) : x[i]!)));
        expect([...s.argmax(t, { axis: 1 }).data]).toEqual([want[0], want[0]]);
        t.dispose();
      }
    }
  });

  test('all of a piece are candidates', () => {
    for (const Class of [Float32Array, Float64Array]) {
      const { indices } = s.topk(new Class(10_000).map((_, i) => -i), 5000);
      expect([...indices]).toEqual(Array.from({ length: 5000 }, (_, i) => i));
    }
  });

  test('a list whose getter takes the window for topk of a tensor', () => {
    const x = numbers(20_011),
      t = s.tensor('float64', [20_011], x),
      list = [...x];
    Object.defineProperty(list, 19_000, { enumerable: true, get: () => (s.topk(t, 20), x[19_000]) });
    expect(s.logsumexp(list)).toBe(s.logsumexp(x));
    t.dispose();
  });
});

eachBuild('parts', (softmax, build) => {
  const s = softmax as Any;
  test('a list along another axis than the last', () => {
    const wanted = s.summarize(Float64Array.of(1, 3, 5, 2, 5, 9, 4, 0, 1), { shape: [3, 3], axis: 0 });
    expect(s.summarize([[1, 3, 5], [2, 5, 9], [4, 0, 1]], { axis: 0 })).toEqual(wanted); // prettier-ignore
  });

  test('several lanes that are longer than a block', () => {
    for (const Class of [Float32Array, Float64Array]) {
      for (const precision of ['fast', 'exact']) {
        const n = 40_000,
          x = new Class(3 * n).map((_, i) => Math.sin(i) + Math.floor(i / n)),
          got = s.logsumexp(s.summarize(x, { shape: [3, n], axis: 1, precision }));
        [0, 1, 2].forEach((r) => expect(got[r]).toBeCloseTo(s.logsumexp(Float64Array.from(x.subarray(r * n, r * n + n))), 5));
      }
    }
  });

  test('short lanes that fill the window leave room for what the kernels report', () => {
    for (const length of [16, 32]) {
      const lanes = (524_288 / 4 / length) * 2,
        x = Float32Array.from({ length: lanes * length }, (_, i) => Math.sin(i));
      const t = s.tensor('float32', [8], new Float32Array(8).fill(7)),
        whole = s.summarize(x, { shape: [lanes, length], axis: 1 });
      const got = s.softmax(x, { shape: [lanes, length], axis: 1, within: whole, precision: 'exact' }),
        want = s.softmax(x, { shape: [lanes, length], axis: 1, precision: 'exact' });
      for (let i = 0; i < got.length; i++) if (!(Math.abs(got[i] - want[i]) <= 1e-6 * want[i])) expect.fail(`${build}: ${i}: ${got[i]}, not ${want[i]}`);
      expect([...t.data]).toEqual(new Array(8).fill(7));
      t.dispose();
    }
  });

  test('summaries, argmax and topk take no more memory than the window', () => {
    const own = createSoftmax({ build }) as Any;
    own.info();
    own.softmax([1, 2]);
    const before = own.info().memoryBytes;
    own.summarize(new Float32Array(1_000_000), { shape: [100_000, 10], axis: 1 });
    own.argmax(new Int8Array(1_000_000), { shape: [1000, 1000], axis: 1 });
    own.topk(new Int8Array(1_000_000), 3);
    expect(own.info().memoryBytes).toBe(before);
  });

  test('lanes without elements', () => {
    expect(s.summarize(new Float32Array(0), { shape: [3, 0], axis: 1 }).code).toEqual([0, 0, 0]);
  });
});
