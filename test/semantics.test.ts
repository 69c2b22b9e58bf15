import { expect, test } from 'vitest';
import { eachBuild } from './support/eachBuild.ts';
import { agrees, known } from './support/known.ts';
import { random } from './support/random.ts';
import { sameBits } from './support/ulp.ts';

const flat = (x: unknown): number[] => (typeof x === 'number' ? [x] : ArrayBuffer.isView(x) ? [...(x as unknown as number[])] : (x as unknown[]).flatMap(flat));
const normal = (n: number, seed: number, scale = 4): number[] => {
  const r = random(seed);
  return Array.from({ length: n }, () => Math.fround(r.normal() * scale));
};

eachBuild('semantics', (s) => {
  const call = s as unknown as Record<string, (x: unknown, o?: unknown) => any>;

  for (const k of known) {
    test(`known numbers: ${k.name}`, () => {
      const input = k.holder === undefined ? k.input : Uint8Array.from(k.input as number[]);
      const got = call[k.call]!(input, k.options);
      const values = flat(k.sign === undefined ? got : got.value);
      if (k.sign !== undefined) expect(got.sign).toBe(k.sign);
      k.expected.forEach((printed, i) => {
        const value = values[(k.from ?? 0) + i]!;
        expect(agrees(value, printed, k.units), `element ${i}: got ${value}, printed ${printed}`).toBe(true);
      });
    });
  }

  const { NaN: nan, Infinity: inf } = { NaN, Infinity };
  const special: [string, number[], number[], number[], number][] = [
    ['a NaN', [1, nan, 2], [nan, nan, nan], [nan, nan, nan], nan],
    ['-inf and a number', [-inf, 1], [0, 1], [-inf, 0], 1],
    ['only -inf', [-inf, -inf, -inf], [nan, nan, nan], [nan, nan, nan], -inf],
    ['+inf', [1, inf, 2], [nan, nan, nan], [nan, nan, nan], inf],
    ['+inf and -inf', [-inf, inf], [nan, nan], [nan, nan], inf],
    ['+inf twice', [inf, inf], [nan, nan], [nan, nan], inf],
    ['+inf and a NaN', [inf, nan], [nan, nan], [nan, nan], nan],
    ['a NaN and +inf', [nan, inf], [nan, nan], [nan, nan], nan],
    ['-inf and a NaN', [-inf, nan], [nan, nan], [nan, nan], nan],
    ['one finite element', [-3.5], [1], [0], -3.5],
    ['1000 and 1', [1000, 1], [1, 0], [0, -999], 1000],
    ['3e38 and -3e38', [3e38, -3e38], [1, 0], [0, -inf], 3e38],
  ];
  for (const [name, x, soft, log, value] of special) {
    for (const type of [Float32Array, Float64Array]) {
      for (const precision of ['fast', 'exact'] as const) {
        test(`special values: ${name} as ${type.name}, ${precision}`, () => {
          const single = (v: number): number => (type === Float32Array ? Math.fround(v) : v);
          const logs = name.startsWith('3e38') ? [0, type === Float32Array ? -inf : -6e38] : log;
          // alone, as the end of a long lane, as rows, as columns (narrow and wide), and as one lane among others
          for (const pad of [0, 3, 40, 9000]) {
            const lane = [...Array<number>(pad).fill(-inf), ...x], n = lane.length;
            if (pad > 0 && name === 'one finite element') continue;
            const one = type.from(lane);
            const ends = (y: ArrayLike<number>): number[] => Array.from({ length: x.length }, (_, i) => y[pad + i]! + 0);
            expect(ends(s.softmax(one, { precision }) as Float64Array)).toEqual(soft);
            expect(ends(s.logSoftmax(one, { precision }) as Float64Array)).toEqual(logs);
            expect(s.logsumexp(one, { precision })).toEqual(single(value));
            if (pad > 40) continue;
            for (const inner of [1, 2, 5, 40]) {
              const all = new type(6 * n * inner).fill(0.5);
              for (let i = 0; i < n; i++) all[(2 * n + i) * inner + (inner >> 1)] = lane[i]!;
              const options = { shape: [6, n, inner], axis: 1, precision };
              const y = s.softmax(all, options) as Float64Array, l = s.logSoftmax(all, options) as Float64Array, e = s.logsumexp(all, options) as Float64Array;
              const at = (i: number): number => (2 * n + i) * inner + (inner >> 1);
              expect(x.map((_, i) => y[at(pad + i)]! + 0)).toEqual(soft);
              expect(x.map((_, i) => l[at(pad + i)]! + 0)).toEqual(logs);
              expect(e[2 * inner + (inner >> 1)]).toEqual(single(value));
              expect(y[0], 'other lanes are untouched').toBeCloseTo(1 / n, 6);
            }
          }
        });
      }
    }
  }

  test('logSoftmax of [0, -40] keeps its first element', () => {
    const y = s.logSoftmax([0, -40]);
    expect(y[0]).toBe(-4.248354255291589e-18);
    expect(y.reduce((sum, v) => sum + Math.exp(v), 0)).toBe(1);
  });

  test('empty arrays: nothing in, nothing out; logsumexp of an empty lane is -Infinity', () => {
    expect(s.softmax(new Float32Array(0))).toEqual(new Float32Array(0));
    expect(s.logsumexp(new Float32Array(0))).toBe(-Infinity);
    expect(s.logsumexp(new Float32Array(0), { shape: [3, 0], axis: 1 })).toEqual(new Float32Array(3).fill(-Infinity));
    expect(s.softmax(new Float64Array(0), { shape: [0, 4], axis: 0 })).toEqual(new Float64Array(0));
    expect(s.logsumexp(new Float64Array(0), { shape: [0, 4], axis: -1 })).toEqual(new Float64Array(0));
  });

  test('rank 0 and numbers', () => {
    expect(s.softmax(3)).toBe(1);
    expect(s.logSoftmax(3)).toBe(0);
    expect(s.logsumexp(3)).toBe(3);
    expect(s.softmax(NaN)).toBeNaN();
  });

  test('axis [] makes every element its own lane', () => {
    const x = [[1, 2], [3, -Infinity]];
    expect(s.softmax(x, { axis: [] })).toEqual([[1, 1], [1, NaN]]);
    expect(s.logsumexp(x, { axis: [] })).toEqual(x);
  });

  test('axes in any order, adjacent or not, negative or not, name the same lanes', () => {
    const x = new Float64Array(normal(2 * 3 * 4 * 5, 1)), shape = [2, 3, 4, 5];
    const one = s.softmax(x, { shape, axis: [0, 2] });
    for (const axis of [[2, 0], [-2, 0], [-4, -2]]) expect(s.softmax(x, { shape, axis })).toEqual(one);
    for (let j = 0; j < 3; j++) {
      for (let l = 0; l < 5; l++) {
        const at = [0, 1].flatMap((i) => [0, 1, 2, 3].map((k) => ((i * 3 + j) * 4 + k) * 5 + l));
        const lane = s.softmax(Float64Array.from(at, (a) => x[a]!));
        at.forEach((a, i) => expect(one[a]).toBeCloseTo(lane[i]!, 14));
      }
    }
    expect(s.softmax(x, { shape, axis: [1, 2] })).toEqual(s.softmax(x, { shape: [2, 12, 5], axis: 1 }));
    expect(s.logsumexp(x, { shape, axis: [3, 1], keepdims: true })).toEqual(s.logsumexp(x, { shape, axis: [1, 3] }));
  });

  for (const type of [Float32Array, Float64Array]) {
    const tolerance = type === Float32Array ? 4e-7 : 1e-15;
    test(`properties of ${type.name}: sums to 1, translation, permutation, position, in place`, () => {
      for (const n of [...Array(68).keys(), 1000, 4099, 40000]) {
        const x = type.from(normal(n, n + 1)), y = s.softmax(x), l = s.logSoftmax(x), e = s.logsumexp(x);
        if (n === 0) continue;
        expect(Math.abs((y as Float64Array).reduce((a, v) => a + v, 0) - 1)).toBeLessThan(tolerance * Math.sqrt(n) * 4);
        const moved = s.softmax(x.map((v) => v + 64));
        expect(y.every((v, i) => Math.abs(v - moved[i]!) <= v * (type === Float32Array ? 2e-4 : 1e-12))).toBe(true);
        const back = s.softmax(x.slice().reverse()).reverse();
        expect(y.every((v, i) => Math.abs(v - back[i]!) <= v * tolerance)).toBe(true);
        expect(l.every((v, i) => Math.abs(v - (x[i]! - e)) <= tolerance * 4 * Math.max(1, Math.abs(v), Math.abs(e)))).toBe(true);
        // equal elements have equal results wherever they lie
        const equal = new type(n).fill(0.3);
        expect(new Set(s.softmax(equal)).size).toBe(1);
        const copy = x.slice();
        expect(s.softmax(copy, { out: copy })).toBe(copy);
        expect(sameBits(copy, y)).toBe(true);
        // unaligned and offset views, neighbours untouched
        const wide = new type(n + 8).fill(7), view = wide.subarray(3, 3 + n);
        view.set(x);
        expect(sameBits(s.softmax(view), y)).toBe(true);
        s.logSoftmax(view, { out: view });
        expect(sameBits(view, l)).toBe(true);
        expect(wide[2]! + wide[3 + n]!).toBe(14);
      }
    });

    test(`${type.name}: a row alone, in a batch, and as a column is the same to the last bit`, () => {
      for (const n of [1, 2, 3, 4, 5, 8, 10, 16, 21, 31, 32]) {
        for (const outer of [1, 2, 3, 4, 7, 64, 65, 130]) {
          const x = type.from(normal(outer * n, n * outer)), rows = { shape: [outer, n], axis: -1 };
          for (const f of ['softmax', 'logSoftmax'] as const) {
            const y = s[f](x, rows);
            const columns = s[f]((type as Float64ArrayConstructor).from(x, (_, i) => x[(i % outer) * n + Math.floor(i / outer)]!), { shape: [n, outer], axis: 0 });
            for (let o = 0; o < outer; o++) {
              const alone = s[f](x.slice(o * n, (o + 1) * n));
              expect(sameBits(y.subarray(o * n, (o + 1) * n), alone), `${f}, n ${n}, row ${o} of ${outer}`).toBe(true);
              expect(sameBits(alone.map((_, i) => columns[i * outer + o]!), alone), `${f}, n ${n}, column ${o} of ${outer}`).toBe(true);
            }
          }
        }
      }
    });

    test(`${type.name}: strided axes agree with rows of the transposed data`, () => {
      for (const length of [1, 2, 3, 5, 10, 33, 70, 1000]) {
        for (const inner of [1, 2, 3, 4, 5, 6, 7, 8, 9, 15, 16, 17, 100, 517, 1100]) {
          if (length * inner > 200000) continue;
          const x = type.from(normal(2 * length * inner, length + inner));
          const turned = new type(x.length);
          for (let o = 0; o < 2; o++) for (let k = 0; k < length; k++) for (let i = 0; i < inner; i++) turned[(o * inner + i) * length + k] = x[(o * length + k) * inner + i]!;
          for (const theta of [1, 0.7]) {
            const y = s.softmax(x, { shape: [2, length, inner], axis: 1, theta }), z = s.softmax(turned, { shape: [2, inner, length], axis: 2, theta });
            const e = s.logsumexp(x, { shape: [2, length, inner], axis: 1, theta }) as Float64Array, g = s.logsumexp(turned, { shape: [2, inner, length], axis: 2, theta }) as Float64Array;
            for (let o = 0; o < 2; o++) {
              for (let i = 0; i < inner; i++) {
                for (let k = 0; k < length; k++) {
                  const a = y[(o * length + k) * inner + i]!, b = z[(o * inner + i) * length + k]!;
                  if (!(Math.abs(a - b) <= tolerance * b)) expect.fail(`length ${length}, inner ${inner}, theta ${theta}: ${a} and ${b}`);
                }
                const apart = Math.abs(e[o * inner + i]! - g[o * inner + i]!);
                if (!(apart < tolerance * 20)) expect.fail(`logsumexp of length ${length}, inner ${inner}, theta ${theta}: ${apart} apart`);
              }
            }
          }
        }
      }
    });
  }

  test('theta: 0 is uniform over what is finite, a negative one turns the order round', () => {
    expect(s.softmax([1, -Infinity, 5, 2], { theta: 0 })).toEqual([1 / 3, 0, 1 / 3, 1 / 3]);
    s.softmax([1, 2], { theta: -1 }).forEach((v, i) => expect(v).toBeCloseTo(s.softmax([-1, -2])[i]!, 15));
    expect(s.softmax([1, NaN], { theta: 0 })).toEqual([NaN, NaN]);
    for (const theta of [1e-300, 1e300, 5e-324, Number.MAX_VALUE]) expect(s.softmax([1, -Infinity, 1], { theta })).toEqual([0.5, 0, 0.5]);
  });

  test('a tiny theta makes logits count whose difference overflows', () => {
    const y = s.softmax([1.5e308, -1.5e308, 0], { theta: 1e-308 });
    [0.7855970345892759, 0.03911257327068745, 0.1752903921400367].forEach((v, i) => expect(y[i]).toBeCloseTo(v, 14));
    expect(s.logSoftmax([1.5e308, -1.5e308, 0], { theta: 1e-308 })[1]).toBeCloseTo(-3.2413, 4);
    s.softmax([1e308, -1e308, 0], { theta: 5e-324 }).forEach((v) => expect(v).toBeCloseTo(1 / 3, 14));
  });

  test('where: what is masked is as if absent, a NaN there too', () => {
    const x = [[1, NaN, 2], [3, 4, 5]], where = [[true, false, true], [false, false, false]];
    const [a, b] = s.softmax([1, 2]);
    expect(s.softmax(x, { axis: -1, where })).toEqual([[a, 0, b], [0, 0, 0]]);
    expect(s.logSoftmax(x, { axis: -1, where })[1]).toEqual([-Infinity, -Infinity, -Infinity]);
    expect(s.logsumexp(x, { axis: -1, where })).toEqual([s.logsumexp([1, 2]), -Infinity]);
    expect(s.softmax([NaN, 1, NaN], { where: [false, true, true] })).toEqual([0, NaN, NaN]);
    const scores = new Float32Array(normal(2 * 3 * 4 * 5, 9)), shape = [2, 3, 4, 5];
    const mask = { data: Uint8Array.of(1, 1, 0, 1, 0, 0, 1, 1, 1, 1), shape: [2, 1, 1, 5] };
    const y = s.softmax(scores, { shape, axis: -1, where: mask });
    for (let row = 0; row < 24; row++) {
      const keys = mask.data.subarray(row < 12 ? 0 : 5, row < 12 ? 5 : 10), kept = [0, 1, 2, 3, 4].filter((k) => keys[k]);
      const lane = s.softmax(Float32Array.from(kept, (k) => scores[row * 5 + k]!));
      for (let k = 0; k < 5; k++) expect(y[row * 5 + k]).toBeCloseTo(keys[k] ? lane[kept.indexOf(k)]! : 0, 6);
    }
  });

  test('out: of every kind, also the input itself and an overlapping view', () => {
    const x = Float32Array.from(normal(20, 5)), want = s.softmax(x.subarray(0, 12), { shape: [3, 4], axis: 0 });
    const strided = { data: new Float32Array(30).fill(9), shape: [3, 4], strides: [8, 2], offset: 1 };
    expect(s.softmax(x.subarray(0, 12), { shape: [3, 4], axis: 0, out: strided })).toBe(strided);
    for (let i = 0; i < 12; i++) expect(strided.data[1 + 8 * Math.floor(i / 4) + 2 * (i % 4)]).toBe(want[i]);
    expect(strided.data.filter((v) => v === 9).length).toBe(18);
    const shared = x.slice();
    s.softmax(shared.subarray(0, 12), { shape: [3, 4], axis: 0, out: shared.subarray(5, 17) });
    expect(sameBits(shared.subarray(5, 17), want)).toBe(true);
  });

  test('integers are computed in float64; 16-bit floats keep their storage', () => {
    expect(s.softmax(Uint8Array.of(1, 3, 2))).toEqual(Float64Array.from(s.softmax([1, 3, 2])));
    expect(s.softmax(Int32Array.of(-5, 5))).toBeInstanceOf(Float64Array);
    const half = Uint16Array.of(0x3c00, 0x4200, 0x4000); // 1, 3, 2
    expect(s.softmax(half, { dtype: 'float16' })).toEqual(Uint16Array.of(0x2dc3, 0x3952, 0x33d5));
    expect(s.softmax(Uint16Array.of(0x3f80, 0x4040, 0x4000), { dtype: 'bfloat16' })).toEqual(Uint16Array.of(0x3db8, 0x3f2a, 0x3e7b));
    expect(s.softmax({ data: half, shape: [3], dtype: 'float16' })).toMatchObject({ shape: [3], dtype: 'float16' });
  });

  test('tensors: no copy, freed memory is used again, use after dispose throws', () => {
    const t = s.tensor('float32', [3, 5], normal(15, 3)), out = s.tensor('float32', [3, 5]), x = t.data.slice();
    expect(s.softmax(t, { axis: -1, out })).toBe(out);
    expect(sameBits(out.data, s.softmax(x, { shape: [3, 5], axis: -1 }))).toBe(true);
    expect(sameBits(t.data, x)).toBe(true);
    s.logSoftmax(t, { axis: 0, out: t });
    expect(sameBits(t.data, s.logSoftmax(x, { shape: [3, 5], axis: 0 }))).toBe(true);
    const alive = s.info().tensors, big = s.tensor('float64', [300000]);
    expect(t.data.length, 'views are good after growth').toBe(15);
    const { memoryBytes } = s.info();
    big.dispose();
    for (let i = 0; i < 50; i++) s.tensor('float64', [300000]).dispose();
    expect(s.info()).toMatchObject({ memoryBytes, tensors: alive });
    t.dispose();
    out.dispose();
    out.dispose();
    expect(s.info().tensors, 'disposed twice, counted once').toBe(alive - 2);
    expect(() => s.softmax(t)).toThrow(TypeError);
  });

  test('long lanes, streamed or whole, give the values of their parts', () => {
    for (const [type, n] of [[Float32Array, 1_500_000], [Float64Array, 700_000]] as const) {
      const r = random(n), x = new type(n).map(() => r.normal() * 5);
      x[n - 7] = 60;
      const y = s.softmax(x), l = s.logSoftmax(x), e = s.logsumexp(x);
      let total = 0;
      for (let i = 0; i < n; i++) total += Math.exp(x[i]! - 60);
      const want = 60 + Math.log(total);
      expect(Math.abs(e - want)).toBeLessThan(type === Float32Array ? 4e-6 : 1e-13);
      for (let i = 0; i < n; i += 9973) {
        expect(Math.abs(y[i]! / Math.exp(x[i]! - want) - 1)).toBeLessThan(type === Float32Array ? 4e-7 : 1e-13);
        expect(Math.abs(l[i]! / (x[i]! - want) - 1)).toBeLessThan(type === Float32Array ? 2e-7 : 1e-14);
      }
      const copy = x.slice();
      s.softmax(copy, { out: copy });
      expect(sameBits(copy, y)).toBe(true);
    }
  });
});
