import { expect, test } from 'vitest';
import { createSoftmax } from '../src/index.ts';
import { instances } from './support/eachBuild.ts';
import { sameBits } from './support/ulp.ts';

const bound = 64 * 1024 * 1024;

test('large inputs stay within the bound of memory', () => {
  for (const { build, softmax: found } of instances) {
    if (found === undefined) continue;
    const s = createSoftmax({ build });
    const large: [number[], number][] = build === 'js' ? [[[1, 12, 128, 512], -1]] : [[[1e7], 0], [[1000, 1000], 0], [[1, 12, 512, 512], -1], [[1, 21, 512, 512], 1], [[100000, 16], 0]];
    for (const [shape, axis] of large) {
      const n = shape.reduce((a, b) => a * b), x = new Float32Array(n).fill(0.25), y = s.softmax(x, { shape, axis });
      const length = shape.at(axis)!;
      for (let i = 0; i < n; i += 77777) expect(Math.abs(y[i]! * length - 1)).toBeLessThan(3e-7);
      expect(s.info().memoryBytes).toBeLessThanOrEqual(bound);
    }
  }
});

test('a small bound holds too, and gives the same results', () => {
  const x = Float64Array.from({ length: 300000 }, (_, i) => Math.sin(i) * 20), wide = createSoftmax({ build: 'scalar' }), narrow = createSoftmax({ build: 'scalar', maxMemory: 2 * 1024 * 1024 });
  expect(narrow.softmax(x)).toEqual(wide.softmax(x));
  expect(narrow.logSoftmax(x, { shape: [300, 1000], axis: 0 })).toEqual(wide.logSoftmax(x, { shape: [300, 1000], axis: 0 }));
  expect(narrow.info().memoryBytes).toBeLessThanOrEqual(4 * 1024 * 1024);
  const least = createSoftmax({ build: 'scalar', maxMemory: 2 * 1024 * 1024 });
  for (const n of [x.length, 131072, 65536, 60000]) least.softmax(x.subarray(0, n), { where: new Uint8Array(n).fill(1) });
  expect(least.info().memoryBytes).toBeLessThanOrEqual(2 * 1024 * 1024);
  expect(() => createSoftmax({ maxMemory: 1000 })).toThrow(RangeError);
});

test('any bound gives the same results, also one that is no multiple of an element', () => {
  const n = 150_001, waves = [Float32Array, Float64Array].map((Class) => (Class as Float64ArrayConstructor).from({ length: n }, (_, i) => Math.sin(i)));
  for (const { build, softmax: wide } of instances) {
    if (wide === undefined) continue;
    for (const maxMemory of [2 ** 21 + 1, 2 ** 21 + 24, 2097999.5, 3_000_001, 3_300_007]) {
      const s: any = createSoftmax({ build, maxMemory }), want: any = wide;
      for (const x of waves) {
        const y = want.softmax(x), l = want.logSoftmax(x), near = x.BYTES_PER_ELEMENT === 4 ? 2 ** -22 : 2 ** -50;
        for (const [name, args] of [['exp', [x]], ['softmax', [x]], ['logSoftmax', [x]], ['softmaxGradient', [y, x]], ['logSoftmaxGradient', [l, x]], ['softmax', [x, { where: new Uint8Array(n).fill(1) }]]] as const) {
          const got = s[name](...args), wanted = want[name](...args);
          // blocks of another length add up in another order
          for (let i = 0; i < n; i++) if (!(Math.abs(got[i] - wanted[i]) <= near * Math.abs(wanted[i]))) expect.fail(`${build}, ${maxMemory} bytes, ${name}: element ${i} is ${got[i]}, not ${wanted[i]}`);
        }
      }
      expect(s.info().memoryBytes, `${build}, ${maxMemory} bytes`).toBeLessThanOrEqual(maxMemory);
    }
  }
});

test('crossEntropy of a lane that no window holds is that of one which the memory holds', () => {
  const n = 700_001, o = { labelSmoothing: 0.1 }, waves = [Float32Array, Float64Array].map((Class) => (Class as Float64ArrayConstructor).from({ length: n }, (_, i) => Math.sin(i)));
  for (const { build, softmax: wide } of instances) {
    if (wide === undefined) continue;
    const narrow = createSoftmax({ build, maxMemory: 2 ** 21 });
    for (const x of waves) {
      const near = x.BYTES_PER_ELEMENT === 4 ? 2 ** -22 : 2 ** -50, wanted = wide.crossEntropy(x, 5, o);
      expect(Math.abs(narrow.crossEntropy(x, 5, o) / wanted - 1), build).toBeLessThan(near);
    }
    const x = waves[1]!.subarray(0, 70_000),
      got = narrow.crossEntropyGradient(x, 5) as Float64Array,
      slopes = wide.crossEntropyGradient(x, 5) as Float64Array;
    for (let i = 0; i < x.length; i++) if (!(Math.abs(got[i]! - slopes[i]!) <= 1e-12 * Math.abs(slopes[i]!))) expect.fail(`${build}: slope ${i}`);
    expect(narrow.info().memoryBytes).toBeLessThanOrEqual(2 ** 21);
  }
});

test('gradients of many lanes, and of lanes that no window holds, take no more memory', () => {
  for (const { build, softmax: wide } of instances) {
    if (wide === undefined) continue;
    const s = createSoftmax({ build, maxMemory: 2 ** 21 }), x = Float64Array.from({ length: 300_000 }, (_, i) => Math.sin(i)), o = { shape: [300, 1000], axis: -1 };
    const y = wide.softmax(x), l = wide.logSoftmax(x), rows = wide.softmax(x, o), logs = wide.logSoftmax(x, o);
    s.softmax([1, 2]);
    const before = s.info().memoryBytes;
    s.softmaxGradient(rows, x, o);
    s.logSoftmaxGradient(logs, x, o);
    expect(s.info().memoryBytes, build).toBe(before);
    s.softmaxGradient(y, x);
    s.logSoftmaxGradient(l, x);
    s.exp(x);
    expect(s.info().memoryBytes, build).toBeLessThanOrEqual(2 ** 21);
  }
});

test('a million calls leave the memory as it was', () => {
  const s = createSoftmax(), x = new Float32Array(10).fill(1), rows = new Float32Array(100), out = new Float32Array(100);
  const call = (times: number): void => {
    for (let i = 0; i < times; i++) {
      s.softmax(x);
      if (i % 10 === 0) s.logSoftmax(rows, { shape: [10, 10], axis: 0, out });
    }
  };
  call(20000);
  const before = s.info().memoryBytes;
  globalThis.gc?.();
  const resident = process.memoryUsage().rss;
  call(1_000_000);
  globalThis.gc?.();
  expect(s.info().memoryBytes).toBe(before);
  expect(process.memoryUsage().rss - resident).toBeLessThan(64 * 1024 * 1024);
});

test('tensors that are forgotten are freed and counted', async () => {
  const s = createSoftmax();
  for (let i = 0; i < 200; i++) s.tensor('float32', [1000]);
  for (let i = 0; i < 50 && s.info().forgotten < 150; i++) {
    globalThis.gc?.();
    await new Promise((done) => setTimeout(done, 20));
  }
  const { tensors, forgotten } = s.info();
  expect(forgotten).toBeGreaterThanOrEqual(150);
  expect(tensors + forgotten).toBe(200);
});

const far = [70_000, 3] as const;
const column = (data: ArrayLike<number>, i: number, pitch: number): Float64Array =>
  Float64Array.from({ length: far[0] }, (_, k) => data[k * pitch + i]!);

for (const { build, softmax, reason } of instances) {
  const name = `lanes with a theta that are too long and too far apart for a window give the bits of each alone (${build}${reason && `: ${reason}`})`;
  test.skipIf(softmax === undefined)(name, () => {
    const s = createSoftmax({ build, maxMemory: 2 * 1024 * 1024 }),
      n = far[0] * far[1];
    const x = Float64Array.from({ length: n }, (_, i) => Math.sin(i) * 20),
      where = Uint8Array.from(x, (v) => Number(v > -15)),
      options = { axis: 0, theta: 1.5 }, scaled = { theta: 1.5 };
    const wide = { data: new Float64Array(far[0] * 4), shape: far, strides: [4, 1], offset: 0 };
    for (let i = 0; i < n; i++) wide.data[Math.floor(i / 3) * 4 + (i % 3)] = x[i]!;
    const to = { ...wide, data: new Float64Array(far[0] * 4).fill(7) },
      apart = { ...wide, data: new Float64Array(far[0] * 4).fill(7) };
    for (const call of ['softmax', 'logSoftmax'] as const) {
      const y = s[call](x, { ...options, shape: far }),
        masked = s[call](x, { ...options, shape: far, where: { data: where, shape: far } });
      const rows = s[call](x, { ...options, shape: far, where: { data: where.subarray(0, far[0]), shape: [far[0], 1] } });
      expect(s[call](wide, { ...options, out: to })).toBe(to);
      expect(s[call](x, { ...options, shape: far, out: apart })).toBe(apart);
      expect(sameBits(apart.data, to.data)).toBe(true);
      for (let i = 0; i < 3; i++) {
        const alone = column(x, i, 3),
          want = s[call](alone, scaled);
        expect(sameBits(column(y, i, 3), want)).toBe(true);
        expect(sameBits(column(to.data, i, 4), want)).toBe(true);
        expect(sameBits(column(rows, i, 3), s[call](alone, { ...scaled, where: where.subarray(0, far[0]) }))).toBe(true);
        expect(sameBits(column(masked, i, 3), s[call](alone, { ...scaled, where: alone.map((v) => Number(v > -15)) }))).toBe(true);
      }
      expect(sameBits(column(to.data, 3, 4), new Float64Array(far[0]).fill(7))).toBe(true);
    }
    const sums = s.logsumexp(wide, options);
    for (let i = 0; i < 3; i++) expect(sums.data[i]).toBe(s.logsumexp(column(x, i, 3), scaled));
  });

  const room = `a mask has room of its own where the window has grown (${build}${reason && `: ${reason}`})`;
  test.skipIf(softmax === undefined)(room, () => {
    const s = createSoftmax({ build }), x = Float64Array.from({ length: 100_000 }, (_, i) => Math.sin(i)); // prettier-ignore
    // the window grows to what these elements take; a tensor lies behind it
    const want = s.softmax(x), behind = s.tensor('float64', [1000], new Float64Array(1000).fill(7)); // prettier-ignore
    expect(sameBits(s.softmax(x, { where: new Uint8Array(x.length).fill(1) }), want)).toBe(true);
    expect(behind.data.every((value) => value === 7)).toBe(true);
  });

  const lent = `a mask in the memory of the instance is read right where that grows under the call (${build}${reason && `: ${reason}`})`;
  test.skipIf(softmax === undefined)(lent, () => {
    const s = createSoftmax({ build }), n = 200_000, x = Float64Array.from({ length: n }, (_, i) => Math.cos(i) * 9); // prettier-ignore
    const t = s.tensor('float64', [n / 8]), where = new Uint8Array(t.data.buffer, t.data.byteOffset, n); // prettier-ignore
    x.forEach((v, i) => (where[i] = Number(v < 5)));
    const want = softmax!.softmax(x, { where: where.slice() });
    expect(sameBits(s.softmax(x, { where }), want)).toBe(true);
    t.dispose();
  });

  const short = `tensors into tensors give what arrays give, and refuse what arrays refuse (${build}${reason && `: ${reason}`})`;
  test.skipIf(softmax === undefined)(short, () => {
    const s = softmax!;
    for (const dtype of ['float32', 'float64'] as const) {
      for (const shape of [[10], [3, 7], [2, 3, 5], [2, 20_000], [1], []]) {
        const n = shape.reduce((a, b) => a * b, 1),
          values = Float64Array.from({ length: n }, (_, i) => Math.sin(i * 7) * 9),
          x = (dtype === 'float32' ? Float32Array : Float64Array).from(values);
        const t = s.tensor(dtype, shape, x),
          out = s.tensor(dtype, shape);
        for (const call of ['softmax', 'logSoftmax'] as const) {
          for (const axis of shape.length > 0 ? [undefined, null, -1, 0] : [undefined]) {
            expect(s[call](t, { out, axis })).toBe(out);
            const name = `${call} ${dtype} [${shape}] axis ${axis}`;
            expect(sameBits(out.data, (s[call]({ data: x, shape }, { axis }) as { data: typeof x }).data), name).toBe(true);
          }
        }
        expect(s.softmax(t, { out: t })).toBe(t);
        expect(sameBits(t.data, (s.softmax({ data: x, shape }) as { data: typeof x }).data)).toBe(true);
        t.dispose();
        expect(() => s.softmax(t, { out })).toThrow(/disposed/);
        expect(() => s.softmax(out, { out: t })).toThrow(/disposed/);
        out.dispose();
      }
    }
    for (const dtype of ['float32', 'float64'] as const) {
      const t = s.tensor(dtype, [3], [1, 3, 2]), out = s.tensor(dtype, [3]);
      for (const o of [{ theta: 2 }, { temperature: 0.5 }, { where: Uint8Array.of(1, 0, 1) }, { precision: 'exact' }] as const) {
        const want = (s.softmax({ data: t.data.slice(), shape: [3] }, o) as { data: unknown }).data;
        expect(s.softmax(t, { ...o, out })).toBe(out);
        expect(out.data, `${dtype} ${JSON.stringify(o)}`).toEqual(want);
      }
      const x = t.data.slice();
      expect(s.softmax(x, { out: out as never })).toBe(out);
      expect(out.data, dtype).toEqual(s.softmax(x));
    }
    const t = s.tensor('float32', [2, 3], [1, 2, 3, 4, 5, 6]);
    const before = Float32Array.from(t.data);
    const refused: [string, object, RegExp][] = [
      ['another shape', { out: s.tensor('float32', [3, 2]) }, /out has shape \[3, 2\]/],
      ['another shape by option', { out: t, shape: [3, 2] }, /the option shape \[3, 2\] contradicts/],
      ['another size', { out: s.tensor('float32', [7]) }, /out has shape \[7\]/],
      ['another dtype', { out: s.tensor('float64', [2, 3]) }, /needs a Float32Array/],
      ['no such axis', { out: t, axis: 2 }, /axis 2 is out of range/],
      ['no number as axis', { out: t, axis: '-1' }, /axis is/],
      ['an unknown option', { out: t, axes: -1 }, /there is no option axes/],
      ['no object', [t], /options is/],
    ];
    for (const [name, options, message] of refused) expect(() => s.softmax(t, options as never), name).toThrow(message);
    expect(t.data).toEqual(before);
    const other = createSoftmax({ build }).tensor('float32', [2, 3]);
    expect(s.softmax(t, { out: other, axis: -1 })).toBe(other);
    expect(sameBits(other.data, s.softmax(before, { shape: [2, 3], axis: -1 }))).toBe(true);
    const empty = s.tensor('float32', [0, 3]);
    expect(s.softmax(empty, { out: empty, axis: -1 })).toBe(empty);
  });

  const grows = `a tensor is read and written right where the memory grows under the call (${build}${reason && `: ${reason}`})`;
  test.skipIf(softmax === undefined)(grows, () => {
    // float64: where float32 is exact throughout, its rows go by blocks
    const x = Float64Array.from({ length: 300_000 }, (_, i) => Math.cos(i) * 9),
      where = Uint8Array.from(x, (v) => Number(v < 5));
    const own = createSoftmax({ build }),
      t = own.tensor('float64', [x.length], x),
      before = own.info().memoryBytes;
    expect(own.softmax(t, { where, out: t })).toBe(t);
    expect(own.info().memoryBytes).toBeGreaterThan(before);
    expect(sameBits(t.data, softmax!.softmax(x, { where }))).toBe(true);
  });
}

test('no array of the caller is kept alive by the call that was last', async () => {
  const kept: string[] = [];
  for (const { build, softmax: s } of instances) {
    if (s === undefined) continue;
    const n = 6000, o = { axis: -1 } as const, random = (): number => 0.5;
    const calls: Record<string, (x: Float32Array, other: Float32Array, bytes: Uint8Array) => unknown> = {
      softmax: (x, out, where) => s.softmax({ data: x, shape: [n], strides: [-1], offset: n - 1 }, { ...o, out, where }),
      'softmax in parts': (x, _, where) => s.softmax(x, { ...o, where, within: s.summarize(x, o) }),
      logsumexp: (x, b, where) => s.logsumexp(x, { ...o, b, where }),
      exp: (x, out) => s.exp(x, { out }),
      argmax: (x, _, where) => s.argmax(x, { ...o, where }),
      topk: (x) => s.topk(x, 50, o),
      sample: (x, _, where) => s.sample(x, { ...o, where, random }),
      'sample with cuts': (x) => s.sample(x, { ...o, topK: 50, topP: 0.9, minP: 0.01, random, logprobs: true }),
      summarize: (x, _, where) => s.summarize(x, { ...o, where }),
      crossEntropy: (x, target) => s.crossEntropy(x, target, o),
      crossEntropyGradient: (x, target) => s.crossEntropyGradient(x, target, o),
      softmaxGradient: (x, dy) => s.softmaxGradient(x, dy, o),
      logSoftmaxGradient: (x, dy) => s.logSoftmaxGradient(x, dy, o),
    };
    for (const [name, call] of Object.entries(calls)) {
      const references = ((): [string, WeakRef<object>][] => {
        const x = new Float32Array(n).fill(1 / n), other = new Float32Array(n).fill(1 / n), bytes = new Uint8Array(n).fill(1);
        call(x, other, bytes);
        return Object.entries({ x, other, bytes }).map(([which, array]) => [which, new WeakRef(array)]);
      })();
      // a WeakRef keeps what it holds until the job ends, and the engine may for a while: its caches, or a function that it optimises
      for (let round = 0; round < 50; round++) {
        await new Promise((resolve) => setTimeout(resolve, round));
        globalThis.gc!();
        if (round > 1 && references.every(([, reference]) => reference.deref() === undefined)) break;
      }
      for (const [which, reference] of references) if (reference.deref() !== undefined) kept.push(`${build}: ${which} of ${name}`);
    }
  }
  expect(kept).toEqual([]);
});

test('topk of many keeps no memory', async () => {
  const s = createSoftmax(), x = new Float32Array(2 ** 17);
  const arrays = (): number => (globalThis.gc!(), process.memoryUsage().arrayBuffers);
  const turn = (): Promise<void> => new Promise((done) => setTimeout(done, 10));
  s.topk(x.subarray(0, 1000), 20);
  await turn();
  const before = arrays();
  s.topk(x, 2 ** 16);
  let kept = Infinity;
  for (let i = 0; i < 10 && kept > 2 ** 20; i++) {
    await turn();
    kept = arrays() - before;
  }
  expect(kept).toBeLessThan(2 ** 20);
});
