import { describe, expect, test } from 'vitest';
import { createSoftmax, logSoftmax, sample, tensor } from '../src/index.ts';
import { boundaries, drawnBy, keptOf, type Cuts } from './support/drawn.ts';
import { eachBuild, instances } from './support/eachBuild.ts';
import { random, type Random } from './support/random.ts';

type Any = any;
type Sample = (x: unknown, options?: object) => Any;

/** A source that gives these numbers, one a call. */
const giving = (us: readonly number[]): (() => number) => {
  let i = 0;
  return () => us[i++]!;
};

const lanes: Record<string, readonly number[]> = {
  several: [1, 3, 2, -1, 0.5],
  'one entry': [-7],
  equal: [2, 2, 2, 2, 2, 2],
  'two values in turn': [0, -1, 0, -1, 0, -1],
  'with hidden ones': [-Infinity, 1, -Infinity, 0.25, -Infinity],
  'far below': [-700, 0, -30, -200, -0.125],
  'underflowing': [-800, -745.25, 5, -740, 5],
  'large': [1e6, 1e6 + 1, 1e6 - 20, 1e6 + 0.5],
  'nearly one': [0, -40, -41, -42],
  'tiny steps': [0, -(2 ** -20), 2 ** -20, -(2 ** -22)],
};
const cuts: readonly Cuts[] = [
  {},
  { theta: 0.7 },
  { theta: -1.5 },
  { theta: 0 },
  { theta: 1e-3 },
  { theta: 40 },
  { topK: 1 },
  { topK: 3 },
  { topP: 0.5 },
  { topP: 0.9 },
  { topP: 1e-9 },
  { topP: 1 },
  { minP: 0.3 },
  { minP: 1 },
  { topK: 4, topP: 0.7 },
  { topP: 0.95, minP: 0.2 },
  { topK: 4, minP: 0.1, theta: 1.25 },
  { theta: -0.5, topK: 4, topP: 0.99, minP: 0.01 },
];

eachBuild('sample by its definition', (s) => {
  const draw = s.sample as unknown as Sample;
  for (const [name, lane] of Object.entries(lanes)) {
    test(`a lane ${name}: at every boundary, 0 and 1 - 2^-53 the entry drawn is the one of exact arithmetic`, () => {
      for (const Type of [Float64Array, Float32Array]) {
        const x = Type.from(lane);
        for (const cut of cuts) {
          // -Infinity takes all where theta is negative
          if ((cut.theta ?? 1) < 0 && lane.includes(-Infinity)) continue;
          const kept = keptOf(x, cut),
            us = boundaries(kept);
          const got = draw(x, { ...cut, count: us.length, random: giving(us) });
          expect([...got], `${name} ${Type.name} ${JSON.stringify(cut)}`).toEqual(us.map((u) => drawnBy(u, kept)));
        }
      }
    });
  }

  test('every axis, container and dtype draws what its lanes draw alone', () => {
    for (let seed = 0; seed < 25; seed++) {
      const r = random(`containers ${seed}`),
        shape = [1 + r.whole(3), 2 + r.whole(20), 1 + r.whole(4)],
        n = shape.reduce((a, b) => a * b, 1),
        axis = r.whole(3),
        length = shape[axis]!;
      const x = Float32Array.from({ length: n }, () => Math.fround(r.whole(64) / 4 - 8)),
        half = Uint16Array.from(x, (v) => new Uint32Array(Float32Array.of(v).buffer)[0]! >>> 16),
        options = { axis, theta: 0.75, topP: [1, 0.8][r.whole(2)], topK: 1 + r.whole(length) };
      const inner = shape.slice(axis + 1).reduce((a, b) => a * b, 1),
        us = Array.from({ length: (n / length) * 3 }, () => r.uniform());
      const wanted: number[] = [];
      for (let lane = 0; lane < n / length; lane++) {
        const o = Math.floor(lane / inner),
          own = Float64Array.from({ length }, (_, j) => x[(o * length + j) * inner + (lane % inner)]!);
        wanted.push(...draw(own, { ...options, axis: 0, count: 3, random: giving(us.slice(lane * 3, lane * 3 + 3)) }));
      }
      const all = { ...options, count: 3 },
        result = [...shape.filter((_, d) => d !== axis), 3];
      const random3 = (): object => ({ ...all, random: giving(us) });
      expect([...draw(x, { ...random3(), shape })]).toEqual(wanted);
      expect(draw({ data: x, dims: shape, type: 'float32' }, random3())).toEqual({ data: Int32Array.from(wanted), shape: result, dims: result, dtype: 'int32' });
      expect([...draw(half, { ...random3(), shape, dtype: 'bfloat16' })]).toEqual(wanted);
      expect([...draw(Int8Array.from(x, (v) => v * 4), { ...random3(), shape, theta: 0.75 / 4 })]).toEqual(wanted);
      const twice = new Float64Array(2 * n);
      x.forEach((v, i) => (twice[2 * i] = v));
      const strides = [2 * shape[1]! * shape[2]!, 2 * shape[2]!, 2];
      expect([...draw({ data: twice, shape, strides, offset: 0 }, random3()).data]).toEqual(wanted);
      const nested = (at: number, d: number): Any => Array.from({ length: shape[d]! }, (_, i) => (d === 2 ? x[at * shape[2]! + i] : nested(at * shape[d]! + i, d + 1)));
      expect(draw(nested(0, 0), random3()).flat(3)).toEqual(wanted);
      const t = s.tensor('float32', shape, x),
        out = new Int32Array(wanted.length);
      expect(draw(t, { ...random3(), out })).toBe(out);
      expect([...out]).toEqual(wanted);
      t.dispose();
    }
  });
});

eachBuild('sample', (s) => {
  test('a topP below the rounding of the sum keeps the largest alone', () => {
    const x = new Float32Array(50).fill(0.1 - 0.1 * 2 ** -24 * 1.01);
    x[25] = 0.1;
    expect(s.sample(x, { topP: 1e-12, random: () => 0.3 })).toBe(25);
  });

  test('a negative theta draws what the opposite of it draws from the opposite logits, of any size', () => {
    const r = random('opposite logits');
    for (let round = 0; round < 300; round++) {
      const single = r.whole(3) === 0,
        size = 2 ** (single ? r.whole(127) : r.whole(1023)),
        x = Float64Array.from({ length: 1 + r.whole(12) }, () => size * (r.whole(4) === 0 ? 1 : 2 * r.uniform() - 1)),
        Class = single ? Float32Array : Float64Array,
        theta = (r.whole(2) === 0 ? 1 : 2 * r.uniform() + 0.1) / (r.whole(2) === 0 ? 1 : size),
        options = { ...(r.whole(2) === 0 ? {} : { topP: 0.9 }), random: (u => () => u)(r.uniform()) }; // prettier-ignore
      const wanted = s.sample(Class.from(x), { ...options, theta }),
        got = s.sample(Class.from(x.map((v) => -v)), { ...options, theta: -theta });
      expect(got, `${Class.name} ${x}, theta ${-theta}`).toBe(wanted);
    }
  });
});

test('results come as argmax gives them', () => {
  const half = { random: () => 0.5 };
  expect(sample([1, 3, 2], half)).toBe(1);
  expect(sample(Float32Array.of(1, 3, 2), half)).toBe(1);
  expect(sample([[1, 3], [5, 2]], half)).toEqual([1, 0]);
  expect(sample([[[1, 3]], [[5, 2]]], half)).toEqual([[1], [0]]);
  expect(sample([1, 3, 2], { ...half, count: 2 })).toEqual([1, 1]);
  expect(sample([[1, 3], [5, 2]], { ...half, count: 1 })).toEqual([[1], [0]]);
  expect(sample({ data: Float32Array.of(1, 3), shape: [2] }, half)).toEqual({ data: Int32Array.of(1), shape: [], dtype: 'int32' });
  expect(sample(new Float32Array(0), { ...half, shape: [0, 4] })).toEqual(new Int32Array(0));
  expect(sample([0, 0], { ...half, logprobs: true })).toEqual({ indices: 1, logprobs: -Math.LN2 });
  const { logprobs } = sample(Float32Array.of(0, 0, -99), { ...half, count: 2, logprobs: true });
  expect(logprobs).toEqual(Float32Array.of(-Math.LN2, -Math.LN2));
});

// by the definitions of transformers (TopKLogitsWarper, TopPLogitsWarper, MinPLogitsWarper, after TemperatureLogitsWarper), which
// agree with ours where no probabilities are equal
const fixed = [2.5, -1, 0.25, 3, 1.75, -4, 0.5, 2.25, -0.5, 1];
const sets: readonly [object, readonly number[]][] = [
  [{ topK: 1 }, [3]],
  [{ topK: 4 }, [0, 3, 4, 7]],
  [{ topK: 100 }, [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]],
  [{ topP: 0.1 }, [3]],
  [{ topP: 0.5 }, [0, 3]],
  [{ topP: 0.75 }, [0, 3, 7]],
  [{ topP: 0.9 }, [0, 3, 4, 7, 9]],
  [{ topP: 0.95 }, [0, 3, 4, 6, 7, 9]],
  [{ topP: 0.999 }, [0, 1, 2, 3, 4, 6, 7, 8, 9]],
  [{ minP: 0.1 }, [0, 3, 4, 7, 9]],
  [{ minP: 0.3 }, [0, 3, 7]],
  [{ minP: 0.6 }, [0, 3]],
  [{ minP: 1 }, [3]],
  [{ temperature: 0.7, topP: 0.9 }, [0, 3, 4, 7]],
  [{ temperature: 2, topP: 0.9 }, [0, 2, 3, 4, 6, 7, 9]],
  [{ temperature: 2, minP: 0.3 }, [0, 3, 4, 7, 9]],
  [{ topK: 6, topP: 0.9 }, [0, 3, 4, 7]],
  [{ topK: 6, minP: 0.2 }, [0, 3, 4, 7]],
  [{ topP: 0.95, minP: 0.2 }, [0, 3, 4, 7]],
  [{ temperature: 1.5, topK: 7, topP: 0.9, minP: 0.25 }, [0, 3, 4, 7, 9]],
  [{ temperature: 0.5, topK: 5, topP: 0.8, minP: 0.05 }, [0, 3]],
];
eachBuild('the sets that cuts keep', (s) => {
  for (const [options, kept] of sets) {
    test(`of transformers for ${JSON.stringify(options)}`, () => {
      const us = Array.from({ length: 4000 }, (_, i) => i / 4000),
        got = (s.sample as unknown as Sample)(fixed, { ...options, count: us.length, random: giving(us) });
      expect([...new Set(got)]).toEqual(kept);
    });
  }

  test('ties go by the lower index', () => {
    const set = (x: readonly number[], options: object): number[] => {
      const us = Array.from({ length: 200 }, (_, i) => i / 200);
      return [...new Set((s.sample as unknown as Sample)(x, { ...options, count: 200, random: giving(us) }) as number[])];
    };
    expect(set([1, 2, 1, 2, 1], { topK: 3 })).toEqual([0, 1, 3]);
    expect(set([1, 1, 1, 1], { topP: 0.5 })).toEqual([0, 1]);
    expect(set([1, 1, 1, 1], { topP: 0.51 })).toEqual([0, 1, 2]);
    expect(set([0, 1, 1, 0], { minP: 1 })).toEqual([1, 2]);
    expect(set([5, -5, 7], { theta: 0, topK: 2 })).toEqual([0, 1]);
  });
});

/** Long lanes: over one block, many blocks, flat, peaked, with ties, far out, with what is hidden. */
const long: Record<string, (r: Random, n: number) => Float32Array> = {
  normal: (r, n) => Float32Array.from({ length: n }, () => r.normal() * 3),
  flat: (r, n) => Float32Array.from({ length: n }, () => r.normal() / 100),
  ties: (r, n) => Float32Array.from({ length: n }, () => r.whole(5)),
  peaked: (r, n) => Float32Array.from({ length: n }, (_, i) => (i % 1000 === 7 ? 20 + r.normal() : r.normal())),
  far: (r, n) => Float32Array.from({ length: n }, () => 3000 + r.normal() * 10),
  hidden: (r, n) => Float32Array.from({ length: n }, (_, i) => (Math.floor(i / 9000) % 2 || r.whole(2) ? -Infinity : r.normal())),
};
test('all builds draw the same from long lanes', () => {
  const all = instances.filter(({ softmax }) => softmax !== undefined);
  expect(all.length).toBeGreaterThanOrEqual(3);
  for (const [name, make] of Object.entries(long)) {
    const r = random(`long ${name}`);
    for (const n of [3000, 8192, 40_000]) {
      const x = make(r, n),
        us = Array.from({ length: 20 }, () => r.uniform());
      for (const options of [{}, { theta: 0.7 }, { topK: 50 }, { topK: 2500, topP: 0.9 }, { topP: 0.95 }, { topP: 0.3, minP: 0.02 }, { minP: 0.1, theta: 1.5 }]) {
        const [first, ...others] = all.map(({ build, softmax }) => ({ build, got: [...(softmax!.sample as unknown as Sample)(x, { ...options, count: 20, random: giving(us) })] }));
        for (const { build, got } of others) expect(got, `${name} ${n} ${JSON.stringify(options)} ${build}`).toEqual(first!.got);
      }
    }
  }
});

test('a long lane has the set of topP that a sort has', () => {
  for (const [name, make] of Object.entries(long)) {
    // sums of ties meet their share exactly, or miss it by rounding: see the small lanes
    if (name === 'ties') continue;
    const r = random(`sets ${name}`),
      x = make(r, 30_000),
      top = x.reduce((a, b) => Math.max(a, b)),
      order = [...x.keys()].sort((a, b) => x[b]! - x[a]! || a - b),
      e = order.map((i) => Math.exp(x[i]! - top));
    const sum = e.reduceRight((a, b) => a + b, 0);
    for (const topP of [0.1, 0.5, 0.9, 0.99]) {
      let part = 0,
        kept = 0;
      while (part < topP * sum) part += e[kept++]!;
      const last = order[kept - 1]!;
      // the last that is kept is drawn by the u in its midst, and no u draws the next
      const set = order.slice(0, kept).sort((a, b) => a - b),
        weights = set.map((i) => Math.exp(x[i]! - top));
      const before = weights.slice(0, set.indexOf(last)).reduce((a, b) => a + b, 0),
        u = (before + Math.exp(x[last]! - top) / 2) / weights.reduce((a, b) => a + b, 0);
      expect(sample(x, { topP, random: () => u }), `${name} ${topP}`).toBe(last);
      const { logprobs } = sample(Float64Array.from(x), { topP, random: () => u, logprobs: true });
      expect(logprobs).toBeCloseTo(Math.log(Math.exp(x[last]! - top) / weights.reduce((a, b) => a + b, 0)), 9);
    }
  }
});

describe('chi-square over 10^6 draws', () => {
  const r = random('chi-square');
  const sixteen = (v: number): number => new Uint32Array(Float32Array.of(v).buffer)[0]! >>> 16;
  const some = Array.from({ length: 12 }, () => Math.fround(Math.round(r.normal() * 32) / 16));
  const cases: readonly [string, ArrayLike<number>, Cuts, object?][] = [
    ['float64', Float64Array.from(some), {}],
    ['float32', Float32Array.from(some), {}],
    ['bfloat16', Uint16Array.from(some, sixteen), {}, { dtype: 'bfloat16' }],
    ['int8', Int8Array.from(some, (v) => v * 4), {}],
    ['a list', some, {}],
    ['uniform', new Float32Array(30), {}],
    ['theta', Float32Array.from(some), { theta: 0.6 }],
    ['negative theta', Float32Array.from(some), { theta: -0.6 }],
    ['topK', Float32Array.from(some), { topK: 5 }],
    ['topP', Float32Array.from(some), { topP: 0.8 }],
    ['minP', Float64Array.from(some), { minP: 0.15 }],
    ['all cuts', Float32Array.from(some), { theta: 0.8, topK: 9, topP: 0.9, minP: 0.1 }],
    ['a mask', Float32Array.from(some), { mask: some.map((_, i) => i % 3) }],
    ['a thousand', Float32Array.from({ length: 1000 }, () => r.normal()), {}],
  ];
  for (const [name, x, cut, more] of cases) {
    test(name, () => {
      const n = 1_000_000,
        { mask, ...options } = cut,
        values = (more as Any)?.dtype === undefined ? x : some;
      const { places, e } = keptOf(values, cut),
        whole = e.reduce((a, b) => a.plus(b)),
        counts = new Float64Array(x.length),
        source = random(`draws of ${name}`);
      const got = (sample as unknown as Sample)(x, { ...options, ...more, ...(mask && { where: mask.map(Boolean) }), count: n, random: source.uniform });
      for (const i of got as Int32Array) counts[i]!++;
      let chi = 0,
        seen = 0;
      places.forEach((place, k) => {
        const expected = e[k]!.div(whole).toNumber() * n;
        chi += (counts[place]! - expected) ** 2 / expected;
        seen += counts[place]!;
      });
      expect(seen).toBe(n);
      // six deviations of the chi-square distribution
      const freedom = places.length - 1;
      expect(chi).toBeLessThan(freedom + 6 * Math.sqrt(2 * freedom) + 6);
    });
  }
});

test('random is called once a draw, lanes in order, and not before all lanes are seen', () => {
  let calls = 0;
  const counted = { random: () => (calls++ % 10) / 10 };
  expect(sample([[0, 0], [0, 0], [0, 0]], { ...counted, count: 4 })).toEqual([[0, 0, 0, 0], [0, 1, 1, 1], [1, 1, 0, 0]]);
  expect(calls).toBe(12);
  calls = 0;
  expect(() => sample([[0, 0], [0, NaN], [0, 0]], { ...counted, count: 4 })).toThrow(/lane \[1\].*entry 1 is NaN/);
  expect(calls).toBe(0);
});

eachBuild('lanes from which nothing can be drawn', (s) => {
  const draw = s.sample as unknown as Sample;
  const inf = Infinity;
  const rows: readonly [string, readonly number[], object, RegExp][] = [
    ['NaN', [1, NaN, 2], {}, /entry 1 is NaN/],
    ['Infinity', [1, 2, inf], {}, /entry 2 is Infinity/],
    ['-Infinity and a negative theta', [1, 2, -inf], { theta: -1 }, /entry 2 is -Infinity/],
    ['only -Infinity', [-inf, -inf, -inf], {}, /only -Infinity/],
    ['all masked', [1, 2, 3], { where: [0, 0, 0] }, /nothing that where lets through/],
    ['NaN and theta 0', [1, NaN, 2], { theta: 0 }, /entry 1 is NaN/],
  ];
  for (const [name, lane, options, words] of rows) {
    test(name, () => {
      for (const cut of [{}, { topK: 2 }, { topK: 20 }, { topP: 0.5 }, { minP: 0.5 }, { topK: 2, topP: 0.5, minP: 0.1 }]) {
        for (const Type of [Float32Array, Float64Array]) {
          for (const n of [3, 300, 20_000]) {
            const long = new Type(n).fill(name.startsWith('only') ? -inf : 0.5);
            long.set(lane, n - 3);
            const where = (options as Any).where === undefined ? {} : { where: new Uint8Array(n) };
            const index = (text: RegExp): RegExp => new RegExp(text.source.replace(/entry (\d)/, (_, d) => `entry ${n - 3 + Number(d)}`));
            const never = { random: () => { throw new Error('called'); } };
            const all = { ...options, ...where, ...cut, ...never };
            expect(() => draw(long, all)).toThrow(RangeError);
            expect(() => draw(long, all)).toThrow(index(words));
            // the second lane of three
            const three = new Type(3 * n).fill(0.25);
            three.set(long, n);
            const out = new Int32Array(3).fill(-7),
              masks = (options as Any).where === undefined ? {} : { where: Uint8Array.from({ length: 3 * n }, (_, i) => Number(i < n || i >= 2 * n)) };
            expect(() => draw(three, { ...all, ...masks, shape: [3, n], out })).toThrow(/lane \[1\]/);
            expect([...out]).toEqual([-7, -7, -7]);
          }
        }
      }
    });
  }

  test('what a mask hides may be anything', () => {
    expect(draw([NaN, 1, inf, -inf], { where: [0, 1, 0, 1], random: () => 0.99 })).toBe(1);
    expect(draw([[NaN, 1, inf]], { where: [0, 1, 0], topK: 3, random: () => 0 })).toEqual([1]);
    // +Infinity at theta 0 is as in softmax: absent
    expect(draw([inf, 1, 2], { theta: 0, random: () => 0 })).toBe(1);
  });
});

const never = (): number => {
  throw new Error('random is called');
};

test('lanes without entries are refused before random is called; no lanes give no draws', () => {
  expect(() => sample(new Float32Array(0), { random: never, shape: [2, 0] })).toThrow(/lane \[0\] of logits with shape \[2, 0\]: it has no entries/);
  expect(sample(new Float32Array(0), { random: never, shape: [0, 0] })).toEqual(new Int32Array(0));
});

test('several lanes of several pieces, with entries in one of the pieces alone', () => {
  const n = 8200, x = new Float64Array(2 * n).fill(-Infinity);
  x[0] = x[2 * n - 1] = 1;
  expect(sample(x, { shape: [2, n], random: () => 0.5 })).toEqual(Int32Array.of(0, n - 1));
});

test('a refusal names the lane, and the entry or what is missing', () => {
  const x = new Float64Array(12);
  x[9] = NaN; // outer 1, entry 1, inner 1
  const refused: [unknown, object, string][] = [
    [x, { shape: [2, 3, 2], axis: 1 }, 'lane [1, 1] of logits with shape [2, 3, 2]: its entry 1 is NaN;'],
    [[NaN, 1], {}, 'the lane of logits with shape [2]: its entry 0 is NaN;'],
    [[-Infinity, -Infinity], {}, ': it has only -Infinity;'],
    [[Infinity, Infinity], { theta: -1 }, ': it has only Infinity;'],
    [[Infinity, -Infinity], { theta: 0 }, ': it has only infinite entries;'],
    [[NaN, 1, Infinity], { where: [0, 1, 1] }, ': its entry 2 is Infinity;'],
    [[Infinity, NaN], { theta: 0 }, ': its entry 1 is NaN;'],
  ];
  for (const [logits, options, text] of refused) expect(() => (sample as Sample)(logits, options)).toThrow(text);
});

test('a long lane with minP alone keeps what no sample of it shows', () => {
  const x = new Float64Array(10_000);
  x[5] = -10;
  expect(sample(x, { minP: 1e-9, random: () => (5 + 2e-5) / (9999 + Math.exp(-10)) })).toBe(5);
});

test('an entry just above minP is kept', () => {
  for (const minP of [0.1, 1e-3, 1e-6, 1e-12]) expect(sample(Float64Array.of(0, Math.log(minP) + 1e-9), { minP, random: () => 1 - minP / 4 })).toBe(1);
});

test('a share on a boundary beyond the first block', () => {
  expect(sample(new Float32Array(16_384), { random: () => 0.75 })).toBe(12_288);
});

test('topK of the whole length is none', () => {
  for (let n = 2; n < 300; n++) {
    const x = Float64Array.from({ length: n }, (_, i) => 3 + 3 * Math.sin(i * n)), o = { random: (): number => 0.4, logprobs: true };
    expect((sample as Sample)(x, { ...o, topK: n })).toEqual((sample as Sample)(x, o));
  }
});

test('minP 0 cuts nothing', () => {
  expect(sample([1, 3, 2], { minP: 0, random: () => 0.5 })).toBe(1);
});

test('what random must not do', () => {
  for (const u of [1, -0.5, NaN, Infinity, 1.5]) expect(() => sample([1, 2], { random: () => u })).toThrow(RangeError);
  expect(() => sample([1, 2], { random: () => '0.5' as unknown as number })).toThrow(TypeError);
  const x = new Float32Array(20_000);
  expect(() => sample(x, { random: () => (structuredClone(x.buffer, { transfer: [x.buffer] }), 0.5) })).toThrow(/changed while random ran/);
  const out = new Int32Array(1), t = tensor('float32', [3], Float32Array.of(1, 3, 2));
  expect(() => sample([1, 2], { out, random: () => (structuredClone(out.buffer, { transfer: [out.buffer] }), 0.5) })).toThrow(/the buffer of out is detached/);
  expect(() => sample(t, { count: 2, random: () => (t.dispose(), 0.5) })).toThrow(/disposed/);
  for (const count of [undefined, 2]) {
    const lane = new Float32Array(20_000);
    expect(() => sample(lane, { count, random: () => (lane.fill(NaN), 0.5) })).toThrow(/changed while random ran/);
  }
  const where = new Uint8Array(20_000).fill(1);
  expect(() => sample(new Float32Array(20_000), { where, random: () => (structuredClone(where.buffer, { transfer: [where.buffer] }), 0.5) })).toThrow(/changed while random ran/);
  const shrinking = new ArrayBuffer(8, { maxByteLength: 8 } as object) as ArrayBuffer & { resize(n: number): void };
  expect(() => sample(new Float32Array(8), { shape: [2, 4], where: new Uint8Array(shrinking).fill(1), random: () => (shrinking.resize(7), 0.5) })).toThrow(/changed while random ran/);
  // one that draws itself, and takes the window meanwhile
  const inside = Float32Array.from({ length: 20_000 }, (_, i) => (i === 19_000 ? 20 : 0));
  expect(sample(inside, { random: () => (sample([1, 2, 3], { topK: 2, topP: 0.9, random: () => 0.3 }), 0.5) })).toBe(19_000);
  expect(sample([3, 1, 2], { random: () => (sample(inside, { random: () => 0.3 }), 0.9) })).toBe(2);
  expect(sample([[3, 1, 2], [0, 0, 9]], { random: () => (sample(inside, { count: 3, random: () => 0.3 }), 0.9) })).toEqual([2, 2]);
});

test('the logarithms of probabilities keep their digits where many small ones are left by a cut', () => {
  const r = random('logarithms'), x = Float64Array.from({ length: 50_000 }, () => Math.floor(r.uniform() * 60) / 20);
  const { indices, logprobs } = sample(x, { minP: 1e-9, random: () => 0.5, logprobs: true }) as { indices: number; logprobs: number };
  const exact = logSoftmax(x)[indices]!;
  expect(Math.abs(logprobs - exact)).toBeLessThanOrEqual(2 ** -51 * Math.abs(exact));
});

test('an instance draws with its own kernels', () => {
  expect(createSoftmax({ build: 'js' }).sample([0, 9], { random: () => 0.5 })).toBe(1);
});
