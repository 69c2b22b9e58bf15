import { expect, test } from 'vitest';
import type { Summary } from '../src/index.ts';
import type { Softmax } from '../src/api.ts';
import { bound, cancelling, withinLogsumexp, type Build, type Dtype } from './support/bounds.ts';
import { deepCancellation, hardest, laneCases, saturated } from './support/cases.ts';
import { eachBuild } from './support/eachBuild.ts';
import { logSoftmax, logSoftmaxSample, logsumexp, masked, softmax, softmaxSample } from './support/oracle.ts';
import { pick, random, type Random } from './support/random.ts';
import { tally } from './support/seed.ts';
import { perBuild, trials } from './support/trials.ts';
import { worst, type Worst } from './support/ulp.ts';

// Lanes that lie in parts: whatever the cut, the order and the grouping of merges, the results are within the bounds of the
// whole lane. The exact results are the oracle's, of the whole.

type Floats = Float32Array | Float64Array;

/** 0 .. n cut at random places; some parts are empty. */
function cuts(r: Random, n: number, parts: number): [number, number][] {
  const at = Array.from({ length: parts - 1 }, () => r.whole(n + 1)).sort((a, b) => a - b);
  return [0, ...at].map((from, i) => [from, at[i] ?? n]);
}

/** As a message, a file or a call in the same process takes a summary. */
function sent(r: Random, summary: Summary): Summary {
  const how = r.whole(3);
  return how === 0 ? summary : how === 1 ? structuredClone(summary) : (JSON.parse(JSON.stringify(summary)) as Summary);
}

/** Merges in an order and a grouping of its own: a chain, a balanced tree, or groups of any size. */
function grow(r: Random, s: Softmax, summaries: readonly Summary[]): Summary {
  const left = [...summaries];
  for (let i = left.length - 1; i > 0; i--) {
    const j = r.whole(i + 1);
    [left[i], left[j]] = [left[j]!, left[i]!];
  }
  const way = r.whole(3);
  while (left.length > 1) {
    const size = way === 2 ? 1 + r.whole(4) : 2,
      at = way === 0 ? 0 : way === 1 ? left.length : r.whole(left.length);
    const group = way === 1 ? left.splice(0, size) : left.splice(Math.min(at, left.length - 1), size);
    left.splice(way === 0 ? 0 : r.whole(left.length + 1), 0, sent(r, s.merge(...group)));
  }
  return left[0]!;
}

const thetas = [1, 1, 1, 1 / 0.7, -1, -0.3, 20, 0, 1e-3, 2 ** -40];

/** Of a long lane without a mask, the results at some places and at the largest elements. */
function sampled(name: 'softmax' | 'logSoftmax', x: Floats, y: number[], theta: number, dtype: Dtype): Worst {
  const at = Array.from({ length: 60 }, (_, k) => Math.floor((k * (x.length - 1)) / 59));
  at.push((x as Float64Array).reduce((best, v, i) => (theta * v > theta * x[best]! ? i : best), 0));
  return worst(at.map((i) => y[i]!), (name === 'softmax' ? softmaxSample : logSoftmaxSample)(x, at, theta), dtype);
}

/** One lane: every result of its parts against the exact one of the whole. */
function holds(s: Softmax, build: Build, r: Random, x: Floats, theta: number, mask: Uint8Array | undefined, what: string): void {
  const dtype: Dtype = x instanceof Float32Array ? 'float32' : 'float64',
    exact = r.whole(5) === 0 && dtype === 'float32' ? 'exact' : 'fast',
    precision = exact === 'exact' ? { precision: exact } as const : {};
  const parts = cuts(r, x.length, 1 + r.whole(Math.min(9, x.length + 2)));
  tally.calls += 2 * parts.length + 2;
  const at = (from: number, to: number) => ({ ...(mask === undefined ? {} : { where: mask.subarray(from, to) }), ...precision });
  const given = theta === 1 && r.whole(2) === 0 ? {} : { theta };
  const whole = grow(r, s, parts.map(([from, to]) => s.summarize(x.subarray(from, to), { ...given, ...at(from, to) })));
  const kept = Array.from(x).filter((_, i) => mask === undefined || mask[i]),
    where = mask ?? new Uint8Array(x.length).fill(1),
    text = `${build}: ${what}, n = ${x.length}, theta ${theta}, ${exact}, parts ${JSON.stringify(parts)}`;
  const wanted = logsumexp(kept, { theta }),
    got = s.logsumexp(whole) as number,
    most = kept.reduce((m, v) => Math.max(m, theta * v), -Infinity);
  if (!Number.isFinite(wanted.head)) expect(got, text).toBe(wanted.head);
  else expect(withinLogsumexp(got, wanted, most, dtype, exact, build), `logsumexp ${text}: ${got}, exactly ${wanted.value}`).toBe(true);
  for (const [name, of, hidden] of [['softmax', softmax, 0], ['logSoftmax', logSoftmax, -Infinity]] as const) {
    const y = parts.flatMap(([from, to]) => [...s[name](x.subarray(from, to), { ...at(from, to), within: sent(r, whole) })]);
    const error = x.length < 1000 ? worst(y, masked(x, where, hidden, (lane) => of(lane, theta)), dtype) : sampled(name, x, y, theta, dtype);
    expect(error.ulp, `${name} ${text}: ${error.text}`).toBeLessThanOrEqual(bound(name, dtype, exact, build));
  }
}

const hard = [...laneCases, ...saturated, ...deepCancellation, ...hardest].flatMap((lane) => lane.dtypes.map((dtype) => ({ lane, dtype })));

eachBuild('the bounds of the whole lane hold for its parts', (s, build) => {
  trials(`lanes that are hard (${build})`, hard.length, 0.4 * perBuild, (r, n) => {
    const { lane, dtype } = hard[n % hard.length]!,
      x = lane.draw(dtype as 'float32', pick(r, [1, 2, 3, 5, 9, 33, 100]), 1 + r.whole(100));
    // beside a theta of 0 the oracle takes no such numbers
    const drawn = pick(r, thetas), theta = 'theta' in lane ? (lane.theta as number) : drawn === 0 && x.some((v) => Math.abs(v) > 1e270) ? 1 : drawn;
    holds(s, build, r, x, theta, undefined, lane.name);
  });
  trials(`lanes with special values, and masks (${build})`, 300, 0.3 * perBuild, (r) => {
    const specials = [-Infinity, -Infinity, Infinity, NaN, 0, -0, 3e38, -3e38, 300],
      n = r.whole(12),
      x = new (r.whole(2) === 0 ? Float32Array : Float64Array)(n),
      some = specials.slice(0, pick(r, [1, 2, 4, 9])),
      share = pick(r, [0.1, 0.5, 1]);
    for (let i = 0; i < n; i++) x[i] = r.uniform() < share ? pick(r, some) : 5 * r.normal();
    const mask = r.whole(2) === 0 ? Uint8Array.from(x, () => Math.min(1, r.whole(3))) : undefined;
    holds(s, build, r, x, pick(r, thetas), mask, `[${x.join(', ')}] masked by ${mask}`);
  });
  trials(`thetas and logits of every size, against the same call of the whole lane (${build})`, 2000, 0.3 * perBuild, (r) => {
    const specials = [Infinity, -Infinity, -Infinity, NaN, 0, 1.7e308, -1.7e308, 5e-324, 3e38];
    const size = pick(r, [1, 1e10, 1e100, 1e300, 1.7e308, 1e-300, 1e-310]),
      single = r.whole(2) === 0,
      x = new (single ? Float32Array : Float64Array)(1 + r.whole(6)).map(() => (r.whole(7) === 0 ? pick(r, specials) : r.between(-size, size))),
      theta = (r.whole(2) === 0 ? 1 : -1) * pick(r, [1, 1e300, 1e-300, 5e-324, 2 ** 64, 2 ** -64, 2 ** -1015, 2 ** -1022, 1e308, Math.min(1e308, 3 / size)]);
    const at = r.whole(x.length + 1), ends = [x.subarray(0, at), x.subarray(at)], o = { theta };
    const whole = grow(r, s, ends.map((part) => s.summarize(part, o)));
    tally.calls += 10;
    for (const name of ['softmax', 'logSoftmax', 'logsumexp'] as const) {
      const wanted = name === 'logsumexp' ? [s.logsumexp(x, o)] : s[name](x, o),
        got = name === 'logsumexp' ? [s.logsumexp(whole) as number] : ends.flatMap((part) => [...s[name](part, { within: whole })]);
      wanted.forEach((w, i) => {
        const g = got[i]!, apart = Math.abs(g - w);
        if (Object.is(g, w) || g === w || (single && Math.fround(g) === w) || apart <= (single ? 2e-6 : 1e-14) * Math.abs(w)) return;
        if (name === 'softmax' && apart <= (single ? 2 ** -147 : 2 ** -1072)) return; // subnormal
        // a maximum and a logarithm that cancel
        if (name === 'logsumexp' && Math.abs(w) < 0.5 && apart <= cancelling[single ? 'float32' : 'float64'].absolute) return;
        expect.fail(`${build}: ${name} of [${x.join(', ')}] cut at ${at}, theta ${theta}: [${i}] is ${g}, not ${w}`);
      });
    }
  });
  test('long lanes, of several blocks a part', () => {
    const r = random(`summaries long ${build}`);
    for (const lane of laneCases.filter((_, i) => i % 20 === 5)) {
      const dtype = pick(r, lane.dtypes);
      holds(s, build, r, lane.draw(dtype as 'float32', 70_000, 3), pick(r, thetas), undefined, lane.name);
    }
  });
});
