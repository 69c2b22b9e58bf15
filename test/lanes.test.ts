import { expect, test } from 'vitest';
import { createSoftmax } from '../src/index.ts';
import { eachBuild } from './support/eachBuild.ts';
import { sameBits } from './support/ulp.ts';

// Lanes by blocks, by slabs and apart: what each gives is what it gives alone.

type Any = any;
const classes = [Float32Array, Float64Array] as unknown as Float64ArrayConstructor[];
const wave = (Class: Float64ArrayConstructor, n: number, size = 3): Any => Class.from({ length: n }, (_, i) => Math.sin(i * 7.3) * size + Math.sin(i * i));
const kinds = ['softmax', 'logSoftmax', 'logsumexp'] as const;
const small = 2 ** 21;

eachBuild('lanes', (found, build) => {
  const s: Any = found,
    narrow = (): Any => createSoftmax({ build, maxMemory: small });

  test('crossEntropy of many lanes gives that of each, and takes no more memory', () => {
    for (const Class of classes) {
      const n = narrow(), x = wave(Class, 400_000), labels = Int32Array.from({ length: 400 }, (_, i) => (i * 37) % 1000), o = { shape: [400, 1000], axis: 1 };
      n.softmax([1, 2]);
      const before = n.info().memoryBytes, losses = n.crossEntropy(x, labels, { ...o, reduction: 'none' }), slopes = n.crossEntropyGradient(x, labels, { ...o, reduction: 'sum' });
      expect(n.info().memoryBytes).toBe(before);
      for (let i = 0; i < 400; i += 19) {
        const row = x.subarray(i * 1000, i * 1000 + 1000);
        expect(losses[i]).toBe(Class === (Float32Array as Any) ? Math.fround(n.crossEntropy(row, labels[i])) : n.crossEntropy(row, labels[i]));
        expect(sameBits(slopes.subarray(i * 1000, i * 1000 + 1000), n.crossEntropyGradient(row, labels[i]))).toBe(true);
      }
    }
  });

  test('crossEntropy of long lanes that lie apart gives that of rows', () => {
    const n = 5000, rows = Array.from({ length: 3 }, (_, i) => wave(Float32Array as Any, n, 2 + i)), x = Float32Array.from({ length: 3 * n }, (_, k) => rows[k % 3]![Math.floor(k / 3)]!);
    for (const o of [{}, { precision: 'exact' }, { precision: 'exact', theta: 0.7 }] as const) {
      const got = s.crossEntropy(x, [1, 2, 3], { shape: [n, 3], axis: 0, reduction: 'none', ...o }), slopes = s.crossEntropyGradient(x, [1, 2, 3], { shape: [n, 3], axis: 0, reduction: 'sum', ...o });
      rows.forEach((row, i) => {
        expect(got[i]).toBe(Math.fround(s.crossEntropy(row, i + 1, o)));
        expect(sameBits(slopes.filter((_: number, k: number) => k % 3 === i), s.crossEntropyGradient(row, i + 1, o))).toBe(true);
      });
    }
  });

  test("crossEntropy of an exact row beyond the kernel's limit is the logSoftmax there", () => {
    const x = wave(Float32Array as Any, 40_000), o = { precision: 'exact' };
    expect(s.crossEntropy(x, 7, o)).toBe(-s.logSoftmax(x, o)[7]);
  });

  test('no lanes, or lanes of nothing, are taken, however many there might be', () => {
    const empty = new Float32Array(0);
    expect(s.crossEntropy({ data: empty, shape: [2 ** 36, 0] }, { data: new Int32Array(0), shape: [0] }, { axis: 0 })).toBe(NaN);
    const none = { data: empty, shape: [2 ** 31, 0] };
    expect(s.crossEntropy(none, none, { axis: 1 })).toBe(NaN);
  });

  test('long rows give the bits of each alone, and of one that no window holds', () => {
    for (const Class of classes) {
      for (const n of [32_752, 65_504, 70_000]) {
        const x = wave(Class, 3 * n), shape = [3, n];
        for (const kind of kinds) {
          const all = s[kind](x, { shape, axis: 1 }), each = kind === 'logsumexp' ? 1 : n;
          for (let i = 0; i < 3; i++) {
            const alone = s[kind](x.slice(i * n, i * n + n));
            expect(sameBits(all.subarray(i * each, i * each + each), typeof alone === 'number' ? [alone] : alone), `${kind} ${n}`).toBe(true);
          }
        }
      }
      for (const n of [140_000]) {
        const x = wave(Class, n), small = narrow();
        // of exact lanes a smaller window makes smaller blocks
        const exact = Class === (Float32Array as Any) && (build === 'scalar' || build === 'js');
        for (const o of [{}, { precision: 'exact' }] as const) for (const kind of kinds) {
          const a = s[kind](x, o), b = small[kind](x, o), list = (y: Any): ArrayLike<number> => (typeof y === 'number' ? [y] : y);
          if (!exact && !(Class === (Float32Array as Any) && 'precision' in o)) expect(sameBits(list(a), list(b)), `${kind} ${n}`).toBe(true);
          else for (let i = 0; i < list(a).length; i++) if (!(Math.abs(list(a)[i]! - list(b)[i]!) <= 1.3e-7 * Math.abs(list(a)[i]!))) expect.fail(`${kind} ${n} ${i}: ${list(a)[i]} ${list(b)[i]}`);
        }
      }
    }
  });

  test('long lanes that lie apart give what each gives alone', () => {
    for (const Class of classes) for (const [n, o] of [[40_000, {}], [2100, { theta: 0.7 }], [4100, { precision: 'exact' }]] as const) {
      const x = wave(Class, 3 * n), near = Class === (Float32Array as Any) ? 1e-6 : 1e-14;
      for (const kind of kinds) {
        const got = s[kind](x, { shape: [n, 3], axis: 0, ...o });
        for (let i = 0; i < 3; i++) {
          const alone = s[kind](x.filter((_: number, k: number) => k % 3 === i), o), want = typeof alone === 'number' ? [alone] : alone;
          for (let k = 0; k < want.length; k++) if (!(Math.abs(got[kind === 'logsumexp' ? i : 3 * k + i] - want[k]) <= near * Math.abs(want[k]))) expect.fail(`${kind} ${n} ${i} ${k}: ${got[3 * k + i]} ${want[k]}`);
        }
      }
    }
  });

  test('a long row with a mask gives the bits of one with -Infinity; with a NaN it is NaN where it shows', () => {
    for (const n of [40_000, 70_000]) for (const rows of [1, 3]) {
      const x = wave(Float32Array as Any, rows * n), mask = Uint8Array.from(x, (_: number, i: number) => Number(i % 7 !== 2 && i % n < n - 9)), shape = [rows, n];
      const got = s.softmax(x, { shape, axis: 1, where: { data: mask, shape } }), want = s.softmax(x.map((v: number, i: number) => (mask[i] ? v : -Infinity)), { shape, axis: 1 });
      expect(sameBits(got, want), `${rows} ${n}`).toBe(true);
      x[n - 20] = NaN;
      expect(s.softmax(x, { shape, axis: 1 }).subarray(0, n).every((v: number) => v !== v), `NaN ${rows} ${n}`).toBe(true);
    }
  });

  test('of a long lane a block far below the others is 0', () => {
    const x = Float32Array.from({ length: 140_000 }, (_, i) => (i < 70_000 ? 0 : -200 - 300 * Number(i > 110_000)));
    for (const t of [s, narrow()]) for (const o of [{}, { precision: 'exact' }]) expect(t.softmax(x, o).subarray(70_000).every((v: number) => v === 0)).toBe(true);
  });

  test('weighted lanes that lie apart, and with out over x, give what each gives alone', () => {
    const n = 10, m = 50, x = wave(Float64Array as Any, n * m), b = wave(Float64Array as Any, n * m);
    const got = s.logsumexp(x, { shape: [n, m], axis: 0, b: { data: b, shape: [n, m] }, returnSign: true });
    for (let i = 0; i < m; i++) {
      const own = (a: Float64Array): Float64Array => a.filter((_, k) => k % m === i), want = s.logsumexp(own(x), { b: own(b), returnSign: true });
      expect([got.value[i], got.sign[i]]).toEqual([want.value, want.sign]);
    }
    const long = wave(Float64Array as Any, 30_000), o = { shape: [300, 100], axis: 1, b: { data: wave(Float64Array as Any, 30_000).map(Math.abs), shape: [300, 100] } }, wanted = s.logsumexp(long.slice(), o);
    s.logsumexp(long, { ...o, out: long.subarray(50, 350) });
    expect(sameBits(long.subarray(50, 350), wanted)).toBe(true);
  });

  test('what a mask hides of a weighted sum may be anything, and with returnSign there need be no weights', () => {
    for (const hidden of [Infinity, -Infinity, NaN]) expect(s.logsumexp([0, 1], { b: [1, hidden], where: [true, false] })).toBe(0);
    for (const theta of [1, -1, 0]) expect(s.logsumexp([0, 9], { where: [true, false], returnSign: true, theta })).toEqual({ value: 0, sign: 1 });
  });

  test('exact logsumexps near 0, more one after another than are read at a time, are those of each alone', () => {
    const o = { precision: 'exact' };
    for (const [rows, n, far] of [[200, 50, 7], [200, 50, 1e9], [5, 3000, 1e9], [5, 3000, 2], [90, 50, 1e9]] as const) {
      const x = s.logSoftmax(wave(Float32Array as Any, rows * n), { shape: [rows, n], axis: 1, ...o }).map((v: number, i: number) => v + 1e-4 * Math.sin(Math.floor(i / n)) + Number(Math.floor(i / n) % far === far - 1));
      const got = s.logsumexp(x, { shape: [rows, n], axis: 1, ...o });
      for (let i = 0; i < rows; i++) expect(got[i], `${rows} ${n} ${far}: ${i}`).toBe(s.logsumexp(x.subarray(i * n, i * n + n), o));
    }
  });

  test('a fast logsumexp near 0 has the same bits alone and among rows', () => {
    const rows = 60, n = 50, x = s.logSoftmax(wave(Float32Array as Any, rows * n), { shape: [rows, n], axis: 1 }).map((v: number, i: number) => v + 1e-3 * Math.sin(Math.floor(i / n)));
    const got = s.logsumexp(x, { shape: [rows, 1, n], axis: [1, 2] }), list = Array.from({ length: rows }, (_, i) => s.logsumexp(x.slice(i * n, i * n + n)));
    expect([...got]).toEqual(list);
  });

  test('strided arguments of one dimension are read by their strides', () => {
    const n = 9, x = wave(Float64Array as Any, 2 * n), p = wave(Float64Array as Any, 2 * n).map(Math.abs), every = (data: Any): Any => ({ data, shape: [n], strides: [2], offset: 1 }), own = (a: Any): Any => ({ data: a.filter((_: number, i: number) => i % 2 === 1), shape: [n] });
    for (const call of ['crossEntropy', 'crossEntropyGradient']) expect(s[call](every(x), every(p))).toEqual(s[call](own(x), own(p)));
    const y = wave(Float64Array as Any, 600_000).fill(1 / 300_000), dy = wave(Float64Array as Any, 600_000), long = (data: Any): Any => ({ data, shape: [300_000], strides: [2], offset: 1 }), short = (a: Any): Any => ({ data: a.filter((_: number, i: number) => i % 2 === 1), shape: [300_000] }), t = narrow();
    expect(sameBits(t.softmaxGradient(long(y), long(dy)).data, t.softmaxGradient(short(y), short(dy)).data)).toBe(true);
  });

  test('weights and masks that are repeated within a lane of two axes', () => {
    const shape = [2, 3, 4, 5], x = wave(Float64Array as Any, 120), b = wave(Float64Array as Any, 20), full = Float64Array.from({ length: 120 }, (_, i) => b[i % 20]);
    const o = { axis: [1, 2], returnSign: true };
    expect(s.logsumexp({ data: x, shape }, { ...o, b: { data: b, shape: [4, 5] } })).toEqual(s.logsumexp({ data: x, shape }, { ...o, b: { data: full, shape } }));
  });

  test('a second argument that is detached, or of another shape, is refused', () => {
    const dy = new Float32Array(3);
    structuredClone(dy, { transfer: [dy.buffer] });
    expect(() => s.softmaxGradient(new Float32Array(0), dy)).toThrow(/detached/);
    expect(() => s.softmaxGradient({ data: new Float32Array(6), shape: [2, 3] }, { data: new Float32Array(6) })).toThrow();
  });

  test('bits of 16 that say what they are stay that beside others', () => {
    const values = Float32Array.of(0.25, 0.25, 0.5), dvalues = Float32Array.of(1, 2, -1);
    const bits = { float16: [[0x3400, 0x3400, 0x3800], [0x3c00, 0x4000, 0xbc00]], bfloat16: [[0x3e80, 0x3e80, 0x3f00], [0x3f80, 0x4000, 0xbf80]] } as const;
    const stored = (dtype: 'float16' | 'bfloat16', which: 0 | 1): Any => ({ data: Uint16Array.from(bits[dtype][which]), shape: [3], dtype });
    for (const dtype of ['float16', 'bfloat16'] as const) {
      const want = s.softmaxGradient(values, dvalues);
      expect([...s.softmaxGradient({ data: values, shape: [3] }, stored(dtype, 1)).data]).toEqual([...want]);
      for (const own of ['float16', 'bfloat16'] as const) expect([...s.softmaxGradient(stored(own, 0), stored(dtype, 1)).data]).toEqual([...s.softmaxGradient(stored(own, 0), { data: dvalues, shape: [3] }).data]);
    }
  });

  test('a result over an input whose lanes are gathered', () => {
    const shape = [3, 4, 5], n = 60, y = s.softmax({ data: wave(Float64Array as Any, n), shape }, { axis: [0, 2] }).data, dy = wave(Float64Array as Any, n), want = s.softmaxGradient({ data: y, shape }, { data: dy, shape }, { axis: [0, 2] }).data;
    const buffer = new Float64Array(n + 1);
    buffer.set(dy);
    s.softmaxGradient({ data: y, shape }, { data: buffer.subarray(0, n), shape }, { axis: [0, 2], out: { data: buffer.subarray(1), shape } });
    expect(sameBits(buffer.subarray(1), want)).toBe(true);
  });

  test('logSoftmax within a lane whose maximum, elsewhere, is no float32', () => {
    const x = Float32Array.of(3.125, 1, 3), top = 3.1250001192092896 + 2e-8, summary = s.merge(s.summarize({ data: Float32Array.of(...x, ...x), shape: [2, 3] }, { axis: 1 }), s.summarize({ data: Float64Array.of(top, 2), shape: [2, 1] }, { axis: 1 }));
    const got = s.logSoftmax({ data: Float32Array.of(...x, ...x), shape: [2, 3] }, { axis: 1, within: summary }).data;
    [top, 2].forEach((other, lane) => {
      const L = Math.log([...x, other].reduce((sum, v) => sum + Math.exp(v), 0));
      x.forEach((v, j) => expect(Math.abs(got[3 * lane + j] - (v - L)), `${lane} ${j}`).toBeLessThanOrEqual(2 ** -24 * Math.abs(v - L) * 1.02));
    });
  });

  test('lanes within larger ones, in several parts, with masks, and with out over x or the mask', () => {
    for (const Class of classes) for (const shape of [[300, 1000], [3, 70_000]] as const) {
      const [m, n] = shape, x = wave(Class, m * n), mask = Uint8Array.from(x, (_: number, i: number) => Number(i % 7 !== 3 && (i * 31) % 11 > 0));
      for (const where of [undefined, mask]) {
        const o = where === undefined ? { shape, axis: 1 } : { shape, axis: 1, where: { data: where, shape } }, whole = s.summarize(x, o);
        for (const kind of ['softmax', 'logSoftmax']) {
          const got = s[kind](x, { ...o, within: whole });
          const want = s[kind](x, o);
          for (let i = 0; i < m * n; i += 3) if (!(got[i] === want[i] || Math.abs(got[i] - want[i]) <= 2e-6 * Math.abs(want[i]))) expect.fail(`${kind} ${shape} ${i}: ${got[i]}, ${want[i]}`);
          const buffer = new Class(m * n + 1);
          buffer.set(x);
          s[kind](buffer.subarray(0, m * n), { ...o, within: whole, out: buffer.subarray(1) });
          expect(sameBits(buffer.subarray(1), got)).toBe(true);
          if (where === undefined) continue;
          const bytes = new Uint8Array(new ArrayBuffer(Class.BYTES_PER_ELEMENT * m * n)), out = new Class(bytes.buffer), own = bytes.subarray(8, 8 + m * n);
          own.set(mask);
          s[kind](x, { ...o, where: { data: own, shape }, within: whole, out });
          expect(sameBits(out, got)).toBe(true);
        }
      }
    }
  });

  test('a call within a larger lane writes nothing behind the window', () => {
    const t: Any = createSoftmax({ build });
    t.softmax([1, 2]);
    const tensors = Array.from({ length: 4 }, () => t.tensor('float64', [1000], new Float64Array(1000).fill(5))), x = wave(Float64Array as Any, 400_000), o = { shape: [400, 1000], axis: 1 };
    t.softmax(x, { ...o, within: t.summarize(x, o) });
    for (const { data } of tensors) expect(data.every((v: number) => v === 5)).toBe(true);
  });

  test('many slabs give what each gives, with masks and NaN', () => {
    for (const Class of classes) {
      const m = 300, n = 1000, x = wave(Class, m * n), mask = Uint8Array.from(x, (_: number, i: number) => Number(i % 7 !== 3 && (i * 31) % 11 > 0)), shape = [m, n];
      x[250_010] = NaN;
      for (const kind of kinds) for (const where of [undefined, mask]) {
        const got = s[kind](x, { shape, axis: 1, ...(where && { where: { data: where, shape } }) }), each = kind === 'logsumexp' ? 1 : n;
        for (let i = 0; i < m; i += 25) {
          const one = s[kind](x.slice(i * n, i * n + n), where && { where: where.subarray(i * n, i * n + n) });
          expect(sameBits(got.subarray(i * each, i * each + each), typeof one === 'number' ? [one] : one), `${kind} ${i}`).toBe(true);
        }
      }
    }
  });

  test('rows just longer than a block of float32, and still taken by the exact kernel, give the bits of each alone', () => {
    const n = 32_760, shape = [3, n];
    for (const Class of classes) for (const o of [{}, { precision: 'exact' }]) {
      const x = wave(Class, 3 * n);
      for (const kind of kinds) {
        const all = s[kind](x, { shape, axis: 1, ...o }), each = kind === 'logsumexp' ? 1 : n;
        expect(all.every((v: number) => v === v), `${kind}: no NaN`).toBe(true);
        for (let i = 0; i < 3; i++) {
          const alone = s[kind](x.slice(i * n, i * n + n), o);
          expect(sameBits(all.subarray(i * each, i * each + each), typeof alone === 'number' ? [alone] : alone), `${kind} ${i}`).toBe(true);
        }
      }
    }
  });

  test('lanes with a theta that lie apart and fit a block have the bits of each alone', () => {
    const n = 2100, x = wave(Float64Array as Any, 3 * n), o = { theta: 0.7 };
    for (const kind of ['softmax', 'logSoftmax'] as const) {
      const got = s[kind](x, { shape: [n, 3], axis: 0, ...o });
      for (let i = 0; i < 3; i++) expect(sameBits(got.filter((_: number, k: number) => k % 3 === i), s[kind](x.filter((_: number, k: number) => k % 3 === i), o)), `${kind} ${i}`).toBe(true);
    }
  });

  test('many exact logsumexps that cancel deeply are those of each alone', () => {
    const six = Float32Array.of(-2.0461151599884033, -1.7418749332427979, -1.7071715593338013, -1.3079644441604614, -2.555741548538208, -1.79462468624115), rows = 20_000, o = { precision: 'exact' };
    s.softmax(wave(Float32Array as Any, 30_000), o);
    const want = s.logsumexp(six, o), got = s.logsumexp(Float32Array.from({ length: 6 * rows }, (_, i) => six[i % 6]!), { shape: [rows, 6], axis: 1, ...o });
    expect(got.findIndex((v: number) => v !== want)).toBe(-1);
  });

  test('exact logsumexps of 0 whose window goes on with numbers near 0', () => {
    const data = Float32Array.from({ length: 256 }, (_, i) => (i % 64 === 0 ? 0 : -0.01));
    const got = s.logsumexp({ data, shape: [3, 40], strides: [64, 1], offset: 0 }, { axis: 1, theta: 1e6, precision: 'exact' });
    expect([...got.data].map(Math.abs)).toEqual([0, 0, 0]);
  });

  test('rows of a whole number of blocks, far below 0', () => {
    for (const Class of classes) for (const n of [65_504, 163_760]) {
      const y = narrow().softmax(new Class(n).fill(-1000));
      expect(y.every((v: number) => Math.abs(v * n - 1) < 1e-6), `${Class.name} ${n}`).toBe(true);
    }
  });

  test("slopes of an exact row beyond the kernel's limit that fits the window are its softmax", () => {
    const n = 131_072, x = wave(Float32Array as Any, n), o = { precision: 'exact' }, slopes = s.crossEntropyGradient(x, 7, o), p = s.softmax(x, o);
    expect(slopes.findIndex((v: number, j: number) => j !== 7 && !(Math.abs(v - p[j]) <= 1.3e-7 * p[j]))).toBe(-1);
    expect(s.softmax([1, 1]), 'what other calls give').toEqual([0.5, 0.5]);
  });

  test('slopes of 16-bit logits are rounded once', () => {
    const r = (i: number): number => (i * 2654435761) >>> 0, n = 10, rows = 20_000, bits = Uint16Array.from({ length: n * rows }, (_, i) => ((r(i) >>> 9) % 0x0900) + 0x3800 + ((r(i) >>> 3) & 1) * 0x8000), labels = Int32Array.from({ length: rows }, (_, i) => i % n);
    const decode = (b: number): number => (b & 0x8000 ? -1 : 1) * ((b & 0x7c00) === 0 ? (b & 0x3ff) * 2 ** -24 : (1 + (b & 0x3ff) / 1024) * 2 ** (((b >> 10) & 31) - 15));
    const got = s.crossEntropyGradient(bits, labels, { shape: [rows, n], dtype: 'float16', reduction: 'sum' }), want = s.crossEntropyGradient(Float64Array.from(bits, decode), labels, { shape: [rows, n], reduction: 'sum' });
    let wrong = 0;
    for (let i = 0; i < got.length; i++) {
      const g = decode(got[i]), next = [decode(got[i] + 1), decode(Math.max(0, (got[i] & 0x7fff) - 1) | (got[i] & 0x8000))];
      if (next.some((v) => Math.abs(v - want[i]) < Math.abs(g - want[i]))) wrong++;
    }
    expect(wrong).toBe(0);
  });

  test('a mask that differs from block to block of a lane that no window holds', () => {
    const x = wave(Float32Array as Any, 140_000), where = Uint8Array.from(x, (_: number, i: number) => Number(i % 7 !== 2 && i % 30_011 > 900)), t = narrow();
    const got = t.softmax(x, { where }), want = t.softmax(x.map((v: number, i: number) => (where[i] ? v : -Infinity)));
    expect(sameBits(got, want)).toBe(true);
  });

  test('several slabs that no window holds', () => {
    const t = narrow();
    for (const shape of [[2, 300, 1000], [2, 70_000, 3]]) {
      const x = wave(Float64Array as Any, shape[0]! * shape[1]! * shape[2]!), o = { shape, axis: 1 };
      for (const kind of kinds) {
        const got = t[kind](x, o), want = s[kind](x, o);
        const at = got.findIndex((v: number, i: number) => !(Math.abs(v - want[i]) <= 1e-13 * Math.abs(want[i])));
        expect(at, `${kind} [${shape}]: ${got[at]}, wanted ${want[at]}`).toBe(-1);
      }
    }
  });

  test('exact logsumexps near 0 of strided lanes, in several windows', () => {
    for (const [t, shape] of [[s, [200, 50, 20]], [narrow(), [2, 300, 1000]]] as const) {
      const [outer, length, inner] = shape, x = Float32Array.from({ length: outer * length * inner }, (_, i) => -Math.log(length) + 1e-4 * Math.sin(i)), precision = 'exact';
      const got = t.logsumexp(x, { shape, axis: 1, precision });
      for (let lane = 0; lane < outer * inner; lane += 97) {
        const first = Math.floor(lane / inner) * length * inner + (lane % inner);
        expect(got[lane], `[${shape}] ${lane}`).toBe(s.logsumexp(Float32Array.from({ length }, (_, j) => x[first + j * inner]!), { precision }));
      }
    }
  });

  test('slopes of several lanes that no window holds', () => {
    const x = wave(Float64Array as Any, 140_000), t = narrow(), labels = [5, 9], reduction = 'sum';
    for (const o of [{ shape: [2, 70_000], axis: 1 }, { shape: [70_000, 2], axis: 0 }]) {
      const got = t.crossEntropyGradient(x, labels, { ...o, reduction }), want = s.crossEntropyGradient(x, labels, { ...o, reduction });
      expect(got.findIndex((v: number, i: number) => !(Math.abs(v - want[i]) <= 1e-12 * Math.abs(want[i]))), `[${o.shape}]`).toBe(-1);
    }
  });

  test('slopes of a long lane whose dy is next to overflow', () => {
    const y = new Float64Array(70_000), dy = new Float64Array(70_000);
    y.set([0.9, 0.1]);
    dy.set([-1.7e308, 1.7e308]);
    const got = narrow().softmaxGradient(y, dy);
    expect(got[0] / 1e307).toBeCloseTo(-3.06, 10);
    expect(got[1] / 1e307).toBeCloseTo(3.06, 10);
  });
});
