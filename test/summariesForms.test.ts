import { expect, test } from 'vitest';
import type { Summary } from '../src/index.ts';
import { createSoftmax, logSoftmax, logsumexp as logsumexpOf, merge, softmax, summarize } from '../src/index.ts';
import { bound } from './support/bounds.ts';
import { eachBuild } from './support/eachBuild.ts';
import { logsumexp, logSoftmaxSample, softmaxSample } from './support/oracle.ts';
import { pick, random } from './support/random.ts';
import { flat } from './support/results.ts';
import { ulpError } from './support/ulp.ts';

// Summaries of every container, axis and dtype, what they are made of, and what is refused.

const json = (summary: Summary): Summary => JSON.parse(JSON.stringify(summary)) as Summary;
const near = (got: ArrayLike<number>, wanted: ArrayLike<number>, tolerance: number, text: string, least = 1): void => {
  expect(got.length, text).toBe(wanted.length);
  for (let i = 0; i < got.length; i++) {
    const [g, w] = [got[i]!, wanted[i]!];
    if (g === w || (g !== g && w !== w) || Math.abs(g - w) <= tolerance * Math.max(least, Math.abs(w))) continue;
    expect.fail(`${text}: element ${i} is ${g}, not ${w}`);
  }
};

/** An array cut along an axis, as row-major arrays. */
function halves(data: Float64Array, shape: number[], axis: number, at: number): { data: Float64Array; shape: number[] }[] {
  const inner = shape.slice(axis + 1).reduce((a, b) => a * b, 1), n = shape[axis]!;
  return [[0, at], [at, n]].map(([from, to]) => ({
    data: data.filter((_, i) => Math.floor(i / inner) % n >= from! && Math.floor(i / inner) % n < to!),
    shape: shape.map((each, d) => (d === axis ? to! - from! : each)),
  }));
}

eachBuild('summaries', (s, build) => {
  test('precision exact of float32 gives the summary of the same numbers in float64', () => {
    const x = Float32Array.from({ length: 700 }, (_, i) => Math.sin(i * i) * 9);
    for (const theta of [1, -1, -0.7]) {
      const o = { shape: [7, 100], axis: 1, theta };
      expect(s.summarize(x, { ...o, precision: 'exact' })).toEqual(s.summarize(Float64Array.from(x), o));
    }
  });

  test('an array of any rank, cut along any axis, gives what the whole array gives', () => {
    const r = random(`axes ${build}`);
    for (let round = 0; round < 120; round++) {
      const shape = Array.from({ length: 1 + r.whole(4) }, () => 1 + r.whole(5)),
        x = Float64Array.from({ length: shape.reduce((a, b) => a * b, 1) }, () => 4 * r.normal()),
        all = shape.map((_, d) => d),
        axis = pick(r, [null, r.whole(shape.length), -1, all.filter(() => r.whole(2) === 0), [...all].reverse()]),
        theta = pick(r, [1, 0.5, -2, 0]),
        along = axis === null ? r.whole(shape.length) : [axis].flat().map((d) => (d < 0 ? d + shape.length : d))[0];
      const where = { data: Uint8Array.from(x, () => Math.min(1, r.whole(4))), shape },
        masked = r.whole(2) === 0,
        text = `round ${round}: shape ${shape}, axis ${JSON.stringify(axis)}, theta ${theta}, masked ${masked}`;
      const cut = along === undefined ? undefined : r.whole(shape[along]! + 1);
      const parts = cut === undefined ? [{ data: x, shape }] : halves(x, shape, along!, cut),
        masks = cut === undefined ? [where] : halves(Float64Array.from(where.data), shape, along!, cut);
      const options = (i: number) => ({ axis, ...(masked ? { where: masks[i]! } : {}) });
      const whole = s.merge(...parts.map((part, i) => json(s.summarize(part, { ...options(i), theta }))));
      const full = { axis, theta, ...(masked ? { where } : {}) };
      near(flat(s.logsumexp(whole)), flat(s.logsumexp({ data: x, shape }, full)), 1e-15, text);
      for (const name of ['softmax', 'logSoftmax'] as const) {
        const wanted = s[name]({ data: x, shape }, full).data as Float64Array;
        const cutWanted = cut === undefined ? [wanted] : halves(wanted, shape, along!, cut).map(({ data }) => data);
        parts.forEach((part, i) => near(flat(s[name](part, { ...options(i), within: whole })), cutWanted[i]!, 1e-15, `${name} ${text}`, 0));
      }
    }
  });
  test('every container and dtype; results come in the container of x', () => {
    const list = [[1, 3, 2], [6, 5, 4]], flatly = list.flat(), o = { axis: -1 };
    const whole = s.summarize(list, o), wanted = s.softmax(list, o), logs = s.logsumexp(list, o);
    expect(s.logsumexp(whole)).toEqual(logs);
    const rows = list.map((row) => Float32Array.from(row)), data = Float32Array.from(flatly), shape = [2, 3];
    const float16 = Uint16Array.of(0x3c00, 0x4200, 0x4000, 0x4600, 0x4500, 0x4400);
    const like: [unknown, object, number][] = [
      [rows, o, 1e-6],
      [data, { ...o, shape }, 1e-6],
      [Float64Array.from(flatly), { ...o, shape }, 1e-15],
      [Int8Array.from(flatly), { ...o, shape }, 1e-15],
      [float16, { ...o, shape, dtype: 'float16' }, 1e-6],
      [{ data, dims: shape, type: 'float32' }, o, 1e-6],
      [{ data: Float32Array.from([1, 6, 3, 5, 2, 4]), shape, strides: [1, 2], offset: 0 }, o, 1e-6],
      [s.tensor('float32', shape, flatly), o, 1e-6],
    ];
    for (const [x, options, tolerance] of like) {
      const summary = s.summarize(x as number[], options);
      near(flat(s.logsumexp(summary)), flat(logs), tolerance, 'logsumexp');
      const got = s.softmax(x as number[], { ...options, within: whole }), plain = s.softmax(x as number[], options);
      expect(Object.prototype.toString.call(got)).toBe(Object.prototype.toString.call(plain));
      if (!('dtype' in options)) near(flat(x === rows ? (got as unknown as Float32Array[]).map((row) => [...row]) : got), flat(wanted), tolerance, 'softmax');
      else expect(got).toEqual(plain);
    }
    expect(s.logsumexp(s.summarize(7))).toBe(7);
    expect(s.softmax(7, { within: s.summarize([7, 7]) })).toBe(0.5);
    expect(s.logsumexp(s.summarize([1], { axis: [] }))).toEqual([1]);
    expect(s.logsumexp(s.summarize(new Float32Array(0)))).toBe(-Infinity);
    expect(s.logsumexp(s.summarize({ data: new Float32Array(0), shape: [2, 0] }, { axis: 1 }))).toEqual([-Infinity, -Infinity]);
    expect(s.softmax(new Float32Array(0), { within: s.summarize([1]) })).toEqual(new Float32Array(0));
  });
  test('out: the input itself, strides, an overlap', () => {
    const x = Float32Array.of(1, 3, 2), whole = s.merge(s.summarize(x), s.summarize([4])), wanted = [...s.softmax(x, { within: whole })];
    const strided = { data: new Float32Array(6), shape: [3], strides: [2], offset: 0 };
    expect(s.softmax(x, { within: whole, out: strided })).toBe(strided);
    expect([...strided.data]).toEqual([wanted[0], 0, wanted[1], 0, wanted[2], 0]);
    const shared = Float32Array.of(1, 3, 2, 0), later = shared.subarray(1);
    s.softmax(shared.subarray(0, 3), { within: whole, out: later });
    expect([...later]).toEqual(wanted);
    expect(s.softmax(x, { within: whole, out: x })).toBe(x);
    expect([...x]).toEqual(wanted);
  });
  test('float32 within lanes that float32 does not hold, and float64 within float32', () => {
    const wide = s.merge(s.summarize([1 / 3, 1e300 * 0]), s.summarize(Float32Array.of(0.25)));
    const exact = logsumexp([1 / 3, 0, 0.25]);
    const [got] = s.logSoftmax(Float32Array.of(0.25), { within: wide });
    expect(Math.abs(got! - (0.25 - exact.value))).toBeLessThan(2.5 * 2 ** -24);
    const [far] = s.logSoftmax(Float32Array.of(1), { within: s.merge(s.summarize([1e300]), s.summarize([1])) });
    expect(far).toBe(-Infinity);
    expect(s.softmax([0.25], { within: wide })[0]).toBeCloseTo(Math.exp(0.25 - exact.value), 14);
  });
  test('more lanes than a window holds, and windows of any size, with masks and every precision', () => {
    const r = random(`windows ${build}`), small = createSoftmax({ build, maxMemory: 2 ** 21 });
    for (const [shape, axis] of [[[900, 300], 1], [[300, 900], 0], [[30_000, 9], 1], [[2, 70_000], 1], [[70_000, 2], 0]] as const) {
      for (const type of [Float32Array, Float64Array]) {
        const x = new type(shape[0] * shape[1]).map(() => 5 * r.normal()) as Float32Array,
          where = Uint8Array.from(x, () => Math.min(1, r.whole(4))),
          precision = pick(r, ['fast', 'exact'] as const), theta = pick(r, [1, -0.7]),
          tolerance = type === Float32Array ? 1e-6 : 1e-14;
        const o = { shape, axis, where, precision };
        for (const t of [s, small]) {
          const whole = t.summarize(x, { ...o, theta }), text = `${type.name} [${shape}], axis ${axis}, ${precision}, theta ${theta}`;
          near(flat(t.logsumexp(whole)), t.logsumexp(x, { ...o, theta }), tolerance, `logsumexp ${text}`);
          for (const name of ['softmax', 'logSoftmax'] as const) near(t[name](x, { ...o, within: whole }), t[name](x, { ...o, theta }), tolerance, `${name} ${text}`, 0);
        }
      }
    }
  });
  test('strided lanes of exact float32 that kernels take only as rows', () => {
    const n = 5000, x = Float32Array.from({ length: 2 * n }, (_, i) => Math.sin(i)), o = { shape: [n, 2], axis: 0, precision: 'exact' as const, theta: -1.5 };
    const { theta: _, ...rest } = o, y = s.softmax(x, { ...rest, within: s.summarize(x, o) });
    near(y, s.softmax(x, o), 2e-10, 'softmax');
  });
  test('more than the whole, for an x that is no part of it, and nothing else', () => {
    expect(s.softmax([5], { within: s.summarize([0]) })[0]).toBeCloseTo(Math.exp(5), 10);
    expect(s.logSoftmax(Float32Array.of(5), { within: s.summarize([0]) })[0]).toBe(5);
  });
  test('a summary is plain data that is given back exactly, and theta is part of it', () => {
    const odd = [[NaN, 1], [Infinity, 1], [-Infinity, -Infinity], [-0, -0], [1e308, -1e308], [5e-324, 0]];
    for (const theta of [1, -0.7, -0, 1e-300]) {
      const summary = s.summarize(odd, { axis: -1, theta });
      expect(json(summary)).toStrictEqual(summary);
      expect(structuredClone(summary)).toStrictEqual(summary);
      for (const value of Object.values(summary).flat()) expect(Number.isFinite(value) && !Object.is(value, -0), `${value}`).toBe(true);
      expect(s.logsumexp(json(summary))).toEqual(s.logsumexp(odd, { axis: -1, theta }));
      expect(s.softmax(odd, { axis: -1, within: summary })).toEqual(s.softmax(odd, { axis: -1, theta }));
      expect(s.softmax(odd, { axis: -1, within: summary, ...(theta === 1 ? { temperature: 1 } : { theta }) })).toEqual(s.softmax(odd, { axis: -1, theta }));
    }
  });
  test('what is no summary, not whole, of another version or of other lanes is refused', () => {
    const good = s.summarize([[1, 2], [3, 4]], { axis: -1, theta: 2 });
    const refuse = (call: () => unknown, Error: new () => Error, message: RegExp): void => {
      expect(call).toThrow(Error);
      expect(call).toThrow(message);
    };
    const f = s as unknown as Record<string, (...all: unknown[]) => unknown>;
    refuse(() => f['merge']!(), TypeError, /^merge: there is no summary; pass one or more, merge\(\.\.\.parts\)$/);
    refuse(() => f['merge']!([good, good]), TypeError, /^merge: argument 0 is an array; spread it, merge\(\.\.\.parts\)$/);
    refuse(() => f['merge']!(good, 7), TypeError, /^merge: summary 1 is the number 7; it must be a summary/);
    refuse(() => f['merge']!(good, { data: [1], shape: [1] }), TypeError, /^merge: summary 1 is an object without version; .* with version, shape, theta, code, top, count, high, low$/);
    refuse(() => f['merge']!({ ...good, version: 2 }), RangeError, /^merge: summary 0 is a summary of version 2, and this release of softmax-simd reads version 1; /);
    refuse(() => f['merge']!({ ...good, version: '1' }), RangeError, /version the string "1"/);
    refuse(() => f['merge']!({ ...good, shape: [3] }), RangeError, /^merge: summary 0 is damaged: its code has length 2, and its shape has 3 lanes; pass it on as/);
    refuse(() => f['merge']!({ ...good, shape: 'x' }), TypeError, /^merge: summary 0: its shape is the string "x"/);
    refuse(() => f['merge']!({ ...good, shape: [1.5] }), RangeError, /length 1.5 along axis 0/);
    refuse(() => f['merge']!({ ...good, theta: null }), RangeError, /damaged: its theta is null/);
    refuse(() => f['merge']!({ ...good, top: [1, null] }), RangeError, /damaged: top\[1\] is null/);
    refuse(() => f['merge']!({ ...good, high: [1, Infinity] }), RangeError, /damaged: high\[1\] is the number Infinity/);
    refuse(() => f['merge']!({ ...good, high: [-1, 1] }), RangeError, /damaged: high\[0\] is -1, not from 0 to 2\^700/);
    refuse(() => f['merge']!({ ...good, high: [1e300, 1] }), RangeError, /damaged: high\[0\] is 1e\+300, not from 0/);
    refuse(() => f['merge']!({ ...good, low: [-1e300, 0] }), RangeError, /damaged: low\[0\] is -1e\+300, no rounding error of/);
    refuse(() => f['merge']!({ ...good, theta: 0, top: [3, 0] }), RangeError, /damaged: top\[0\] is 3, where theta is 0/);
    for (const count of [0.5, 2 ** 53, -1]) refuse(() => f['merge']!({ ...good, count: [count, 1] }), RangeError, /damaged: count\[0\] is/);
    for (const options of [5, [], new Float32Array(1)]) refuse(() => f['logsumexp']!(good, options), TypeError, /^logsumexp of a summary: options is/);
    const revoked = Proxy.revocable([], {});
    revoked.revoke();
    refuse(() => f['merge']!(revoked.proxy), TypeError, /^merge: argument 0 is a proxy that has been revoked/);
    refuse(() => f['merge']!({ ...good, code: [1, 4] }), RangeError, /damaged: code\[1\] is 4, not 0, 1, 2 or 3/);
    refuse(() => f['merge']!({ ...good, count: [1, 0] }), RangeError, /damaged: count\[1\] is 0/);
    refuse(() => f['merge']!({ ...good, low: Float64Array.of(0, 0) }), RangeError, /damaged: its low is a Float64Array of length 2, not an array of numbers/);
    refuse(() => s.merge(good, s.summarize([[1, 2]], { axis: -1, theta: 2 })), RangeError, /^merge: summary 1 has lanes of shape \[1\] and summary 0 of shape \[2\]/);
    refuse(() => s.merge(good, good, s.summarize([[1], [2]], { axis: -1 })), RangeError, /^merge: summary 2 has theta 1 and summary 0 theta 2; /);
    refuse(() => f['logsumexp']!(good, { axis: 0 }), TypeError, /^logsumexp of a summary: there is no option axis; it takes none$/);
    expect(f['logsumexp']!(good, { axis: undefined })).toEqual(s.logsumexp(good));
    refuse(() => f['logsumexp']!({ ...good, version: 3 }), RangeError, /^logsumexp: x is a summary of version 3/);
    const out = new Float64Array(4).fill(9), x = Float64Array.of(1, 2, 3, 4), at = { shape: [2, 2], axis: -1, out };
    refuse(() => s.softmax(x, { ...at, shape: [4, 1], within: good }), RangeError, /^softmax: within has lanes of shape \[2\], and x of shape \[4, 1\] has lanes of shape \[4\]; /);
    refuse(() => s.softmax(x, { ...at, axis: null, within: good }), RangeError, /lanes of shape \[\];/);
    refuse(() => s.logSoftmax(x, { ...at, theta: 1, within: good }), RangeError, /^logSoftmax: theta is 1, and that of within 2; leave theta and temperature out/);
    refuse(() => s.softmax(x, { ...at, temperature: 2, within: good }), RangeError, /theta is 0.5, and that of within 2/);
    refuse(() => f['softmax']!(x, { ...at, within: x }), TypeError, /^softmax: within is a Float64Array of length 4; it must be a summary/);
    refuse(() => f['softmax']!(x, { ...at, within: [good] }), TypeError, /^softmax: within is an Array of length 1/);
    refuse(() => f['logsumexp']!(x, { within: good }), TypeError, /^logsumexp: there is no option within/);
    refuse(() => f['summarize']!(x, { b: x }), TypeError, /^summarize: the option b does not apply here; the options are axis, theta, temperature, where, shape, dtype, precision$/);
    expect([...out]).toEqual([9, 9, 9, 9]);
    expect(s.softmax(x, { ...at, within: good })).toBe(out);
  });
});

test('members of a summary are read once, before anything is written', () => {
  const x = [1, 2, 3], seen: string[] = [];
  const watched = new Proxy(json(summarize(x)), { get: (target, name) => (seen.push(String(name)), Reflect.get(target, name)) });
  const y = softmax(x, { within: watched });
  expect(y.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 14);
  expect(new Set(seen).size).toBe(seen.length);
});

test('200,000 parts, one after the other and by tens: the sum keeps its last bits', () => {
  // every part has a new maximum, a little above the one before
  const parts = 200_000, r = random('many parts'), x = new Float64Array(2 * parts);
  for (let i = 0; i < parts; i++) {
    x[2 * i] = -400 + i * 5e-3;
    x[2 * i + 1] = x[2 * i]! - 700 * r.uniform();
  }
  const all = summarize(x, { shape: [parts, 2], axis: 1 });
  const part = (i: number): Summary => ({ version: 1, shape: [], theta: 1, code: [1], top: [all.top[i]!], count: [all.count[i]!], high: [all.high[i]!], low: [all.low[i]!] });
  let chain = part(0), level = [chain];
  for (let i = 1; i < parts; i++) {
    chain = merge(chain, part(i));
    level.push(part(i));
  }
  while (level.length > 1) level = Array.from({ length: Math.ceil(level.length / 10) }, (_, i) => merge(...level.slice(10 * i, 10 * i + 10)));
  const exact = logsumexp(x), last = x.subarray(2 * parts - 2),
    [share] = softmaxSample(x, [2 * parts - 2]), [log] = logSoftmaxSample(x, [2 * parts - 2]);
  for (const [how, whole] of [['one after the other', chain], ['by tens', level[0]!]] as const) {
    expect(ulpError(logsumexpOf(whole) as number, exact, 'float64'), how).toBeLessThanOrEqual(bound('logsumexp', 'float64'));
    expect(ulpError(softmax(last, { within: whole })[0]!, share!, 'float64'), how).toBeLessThanOrEqual(bound('softmax', 'float64'));
    expect(ulpError(logSoftmax(last, { within: whole })[0]!, log!, 'float64'), how).toBeLessThanOrEqual(bound('logSoftmax', 'float64'));
  }
  const [a, b] = [chain, level[0]!] as const;
  expect(Math.abs((a.high[0]! - b.high[0]! + (a.low[0]! - b.low[0]!)) / a.high[0]!)).toBeLessThan(2 ** -56);
}, 180_000);
