import { expect, test } from 'vitest';
import { createSoftmax } from '../src/index.ts';
import { instances } from './support/eachBuild.ts';
import { pick, random, type Random } from './support/random.ts';
import { tally } from './support/seed.ts';
import { trials } from './support/trials.ts';

// The gradient of crossEntropy for labels against that for the same target as probabilities, which is computed another way.

function check(r: Random): void {
  const single = r.whole(3) > 0,
    n = pick(r, [1, 2, 3, 4, 5, 7, 16, 17, 33, 127, 128, 129, 1000, 1 + r.whole(3000)]),
    lanes = pick(r, [1, 1, 2, 3, 1 + r.whole(Math.ceil(2000 / n))]),
    Class = single ? Float32Array : Float64Array,
    theta = pick(r, [1, 1, -1, 0.7, 0, 1e-30, -1e20]),
    x = new Class(lanes * n);
  for (let l = 0; l < lanes; l++) {
    const spread = pick(r, [0, 1, 30, 200]) / (theta || 1),
      hidden = r.whole(3) === 0;
    for (let j = 0; j < n; j++) x[l * n + j] = hidden && r.whole(3) === 0 ? (theta < 0 ? Infinity : -Infinity) : r.normal() * spread;
    if (r.whole(12) === 0) x[l * n + r.whole(n)] = NaN;
    if (r.whole(12) === 0) x.fill(theta < 0 ? Infinity : -Infinity, l * n, (l + 1) * n);
  }
  // the likeliest class half of the time: its p is above 1/2
  const labels = Int32Array.from({ length: lanes }, (_, l) => {
    const lane = x.subarray(l * n, (l + 1) * n);
    return r.whole(2) === 0 ? r.whole(n) : (lane as Float64Array).reduce((t, v, j) => (theta * v > theta * lane[t]! ? j : t), 0);
  });
  const dense = new Float64Array(lanes * n);
  labels.forEach((label, l) => (dense[l * n + label] = 1));
  const axis = r.whole(2),
    turn = <A extends Float32Array | Float64Array>(a: A): A => (axis === 1 ? a : (a.map((_, i) => a[(i % lanes) * n + Math.floor(i / lanes)]!) as A)),
    options = { axis, shape: axis === 1 ? [lanes, n] : [n, lanes], theta, reduction: pick(r, ['sum', 'mean'] as const) },
    into = pick(r, ['fresh', 'out', 'x'] as const);
  for (const { build, softmax: s } of instances) {
    if (s === undefined) continue;
    tally.calls++;
    const given = turn(x.slice() as typeof x),
      wanted = s.crossEntropyGradient(given, { data: turn(dense), shape: options.shape }, options) as Float64Array,
      out = into === 'fresh' ? undefined : into === 'x' ? given : new Class(lanes * n).fill(9),
      got = s.crossEntropyGradient(given, { data: labels, shape: [lanes] }, { ...options, out } as object) as Float64Array;
    const [ulp, least] = single ? [2 ** -23, 2 ** -148] : [2 ** -50, 2 ** -1072];
    got.forEach((g, i) => {
      const w = wanted[i]!;
      if (Object.is(g, w) || Math.abs(g - w) <= ulp * Math.abs(w) + least) return;
      expect.fail(`${build}: slope ${i} of ${single ? 'float32' : 'float64'} ${JSON.stringify({ ...options, into })}, label ${labels[axis === 1 ? Math.floor(i / n) : i % lanes]}, is ${g} for labels, ${w} for probabilities`); // prettier-ignore
    });
  }
}

trials('the gradient for labels is that for the same target as probabilities', 300, 1, check);

// As for every logit of -Infinity: it is a class that was left out, and no step moves it. PyTorch's formula gives p - 1 = -1 there.
for (const { build, softmax: s, reason } of instances) {
  test.skipIf(s === undefined)(`a label whose own logit is -Infinity: the loss is Infinity, its slope 0, and that of others as ever (${build}${reason && `: ${reason}`})`, () => {
    for (let k = 0; k < 60; k++) {
      const seed = `absent label ${k} ${build}`,
        r = random(seed),
        n = 2 + r.whole(40),
        label = r.whole(n),
        temperature = pick(r, [1, 2, 0.5]),
        labelSmoothing = pick(r, [0, 0, 0.2]),
        x = (pick(r, [Float32Array, Float64Array]) as Float64ArrayConstructor).from({ length: n }, (_, j) => (j === label ? -Infinity : r.normal()));
      const p = s!.softmax(x, { temperature }),
        options = { temperature, labelSmoothing };
      expect(s!.crossEntropy(x, label, options), seed).toBe(Infinity);
      for (const target of labelSmoothing === 0 ? [label, Float64Array.from(x, (_, j) => Number(j === label))] : [label]) {
        const slopes = s!.crossEntropyGradient(x, target, options);
        slopes.forEach((slope, j) => {
          const want = j === label ? 0 : (p[j]! - labelSmoothing / n) / temperature;
          if (Math.abs(slope - want) <= (j === label ? 0 : 1e-6)) return;
          expect.fail(`${seed}: slope ${j} of ${n}, label ${label}, temperature ${temperature}: ${slope}, wanted ${want}`);
        });
      }
    }
  }); // prettier-ignore
}

for (const { build, softmax, reason } of instances) {
  test.skipIf(softmax === undefined)(`a second argument in the memory of the instance is read where it lies when that memory grows (${build}${reason && `: ${reason}`})`, () => {
    const names = ['softmaxGradient', 'logSoftmaxGradient', 'crossEntropy', 'crossEntropyGradient'] as const;
    for (const name of names) {
      const r = random(`grows ${name} ${build}`),
        n = 2 ** 20 - 64 - r.whole(2 ** 17),
        // a lane takes nearly 4 MiB: logits of float64, or y and dy of float32, or these and exp(y) of float64
        length = name === 'logSoftmaxGradient' ? n >> 2 : n >> 1,
        x = ((name.startsWith('cross') ? Float64Array : Float32Array) as Float64ArrayConstructor).from({ length }, () => r.normal()),
        second = Float32Array.from({ length }, () => r.uniform()),
        options = { shape: [1, length], axis: -1 },
        s = createSoftmax({ build }),
        call = s[name] as unknown as (x: unknown, second: unknown, options: object) => unknown;
      const tensor = s.tensor('float32', [1, length], second),
        before = s.info().memoryBytes,
        got = call(x, tensor, options);
      expect(s.info().memoryBytes, `${name} of ${length}: the memory is to grow`).toBeGreaterThan(before);
      const wanted = call(x, second, options),
        same = typeof got === 'number' ? Object.is(got, wanted) : (got as Float32Array).every((v, i) => Object.is(v, (wanted as Float32Array)[i]));
      expect(same, `${name} of ${length} elements beside a tensor`).toBe(true);
    }
  }, 60_000); // prettier-ignore
}
