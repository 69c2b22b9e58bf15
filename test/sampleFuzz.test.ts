import { expect } from 'vitest';
import { container, isHalf } from './support/containers.ts';
import { boundaries, drawnBy, keptOf, logOf, type Cuts } from './support/drawn.ts';
import { eachBuild, instances } from './support/eachBuild.ts';
import { logits, short, storages, type Elements } from './support/logits.ts';
import { pick, type Random } from './support/random.ts';
import { numbersOf } from './support/results.ts';
import { tally } from './support/seed.ts';
import { perBuild, trials } from './support/trials.ts';
import { fromBits } from './support/ulp.ts';

// Draws from random lanes against exact arithmetic, and from lanes of any axis, dtype and container against the same lanes alone.

type Any = any;

/** A source that gives these numbers, one a call. */
const giving = (us: readonly number[]): (() => number) => {
  let i = 0;
  return () => us[i++]!;
};

/** A share at which a cut falls next to an entry: the float64 at it, or beside it. */
function edge(r: Random, x: readonly number[], cut: Cuts): number {
  const all = keptOf([...x].sort((a, b) => ((cut.theta ?? 1) < 0 ? a - b : b - a)), cut),
    us = boundaries(all).filter((u) => u > 1e-300);
  return pick(r, us);
}

function cutsOf(r: Random, x: readonly number[]): Cuts {
  const n = x.length,
    cut: Cuts = {
      ...(r.whole(2) ? { theta: r.between(0.2, 3) * (r.whole(4) ? 1 : -1) } : {}),
      ...(r.whole(2) ? { topK: 1 + r.whole(n + 3) } : {}),
    };
  if (r.whole(2)) cut.topP = r.whole(3) ? 1 - r.uniform() ** 3 : edge(r, x, cut);
  if (r.whole(2)) cut.minP = r.uniform() ** 3;
  return cut;
}

/** What is drawn for u in every gap between two entries, and next to it, is what exact arithmetic says. */
function exactly(r: Random): void {
  const n = 1 + r.whole(30),
    few = r.whole(3) === 0,
    spread = pick(r, [0.01, 1, 4, 20]),
    x = Float64Array.from({ length: n }, () => (few ? r.whole(4) : r.normal() * spread)),
    single = r.whole(3) === 0,
    given = single ? Float32Array.from(x) : x,
    values = Array.from(given as Float64Array),
    cut = cutsOf(r, values),
    mask = r.whole(2) === 0 ? Array.from(x, (_, i) => Number(i === 0 || r.whole(4) > 0)) : undefined;
  const kept = keptOf(values, mask === undefined ? cut : { ...cut, mask }),
    us = boundaries(kept),
    { theta, ...rest } = cut,
    options = { ...rest, ...(theta !== undefined && { theta }), ...(mask && { where: Uint8Array.from(mask) }), count: us.length };
  const places = us.map((u) => drawnBy(u, kept)),
    logs = new Map(kept.places.map((place) => [place, logOf(place, kept)]));
  for (const { build, softmax: s } of instances) {
    if (s === undefined) continue;
    tally.calls++;
    const { indices, logprobs } = (s as Any).sample(given, { ...options, random: giving(us), logprobs: true });
    us.forEach((u, i) => {
      const place = places[i]!,
        log = logs.get(place)!,
        text = `${build}: [${values.join(', ')}], ${single ? 'float32' : 'float64'}, ${JSON.stringify({ ...cut, mask })}, u = ${u}`;
      if (indices[i] !== place) expect.fail(`${text}: drew ${indices[i]}, wanted ${place}`);
      const allowed = single ? 2 ** -23 * Math.abs(log) + 1e-40 : Math.max(1e-18, Math.abs(log) * 8e-16 + (log < -1e-3 ? 4e-16 : 0));
      if (Math.abs(logprobs[i] - log) > allowed) expect.fail(`${text}: logprob ${logprobs[i]}, wanted ${log}`);
    });
  }
}

/** Lanes along any axis, in any container, draw what they draw alone as float64. */
function alike(s: Any, r: Random, id: string): void {
  const storage = pick(r, storages),
    n = pick(r, short.filter((length) => length < 70)),
    shape = [1 + r.whole(3), 1 + r.whole(4)],
    axis = r.whole(3);
  shape.splice(axis, 0, n);
  const size = shape.reduce((a, b) => a * b, 1),
    inner = shape.slice(axis + 1).reduce((a, b) => a * b, 1),
    x = logits(id, size, storage, pick(r, ['normal', 'ties', 'alternating'] as const)),
    values = Array.from(x as Float64Array, (v) => (isHalf(storage) ? fromBits(BigInt(v), storage) : v));
  const lanes = size / n,
    count = pick(r, [undefined, 1, 3]),
    us = Array.from({ length: lanes * (count ?? 1) }, () => r.uniform()),
    cuts = pick(r, [{}, { topK: 1 + r.whole(n) }, { topP: 0.8 }, { minP: 0.05 }, { topK: 9, topP: 0.95, minP: 0.01 }]),
    options = { ...cuts, theta: pick(r, [1, 0.75, -0.5, 0]), count };
  const wanted: number[] = [];
  for (let lane = 0; lane < lanes; lane++) {
    const o = Math.floor(lane / inner),
      own = Float64Array.from({ length: n }, (_, j) => values[(o * n + j) * inner + (lane % inner)]!),
      each = us.slice(lane * (count ?? 1), (lane + 1) * (count ?? 1));
    tally.calls++;
    wanted.push(...Array.from(numbersOf(s.sample(own, { ...options, random: giving(each) }))));
  }
  const { text, value, option } = container(r, s, x as Elements, shape, storage, true),
    more = { ...options, axis: r.whole(2) ? axis : axis - 3, ...(option && { shape }), ...(isHalf(storage) && { dtype: storage }) };
  tally.calls++;
  const got = Array.from(numbersOf(s.sample(value, { ...more, random: giving(us) })));
  if (String(got) !== String(wanted)) expect.fail(`${text} ${storage} [${shape}] ${JSON.stringify(more)}: drew ${got}, alone ${wanted}`);
}

trials('sample draws what exact arithmetic says', 60, 0.5, exactly);

eachBuild('sample', (s, build) => {
  trials(`draws from lanes as from each alone (${build})`, 60, 0.5 * perBuild, (r, _, id) => alike(s, r, id));
});
