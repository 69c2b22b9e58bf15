import { expect, test } from 'vitest';
import { eachBuild } from './support/eachBuild.ts';
import { pick, random } from './support/random.ts';

// What is not a number shows in the gradient of its lane, whatever theta is. SLOPES_NAN_SEED=... runs one case again.

const { SLOPES_NAN_SEED } = process.env;

eachBuild('a NaN in dy', (s) => {
  for (const [name, forward] of [
    ['softmaxGradient', 'softmax'],
    ['logSoftmaxGradient', 'logSoftmax'],
  ] as const) {
    test(`makes the lane of ${name} NaN, and no other`, () => {
      const seeds =
        SLOPES_NAN_SEED === undefined ? Array.from({ length: 200 }, (_, i) => `nan ${i}`) : [SLOPES_NAN_SEED];
      for (const seed of seeds) {
        const r = random(seed),
          Class = pick(r, [Float32Array as never, Float64Array]) as Float64ArrayConstructor,
          lanes = 1 + r.whole(4),
          length = pick(r, [1, 2, 5, 130]),
          theta = pick(r, [0, 0, 1, -3, 2 ** -900, 2 ** 900]),
          size = pick(r, [1, 1e30, Class === Float64Array ? 1e308 : 1e38]);
        const x = Class.from({ length: lanes * length }, () => r.normal()),
          dy = Class.from(x, () => r.normal() * 0.1 * size),
          lane = r.whole(lanes);
        dy[lane * length + r.whole(length)] = NaN;
        const options = { shape: [lanes, length], axis: 1 },
          got = s[name](s[forward](x, options), dy, { ...options, theta });
        const text = `SLOPES_NAN_SEED='${seed}': theta ${theta}, [${lanes}, ${length}] of ${Class.name}, dy up to ${size}`;
        for (let i = 0; i < got.length; i++)
          expect(Number.isNaN(got[i]), `${text}: element ${i} is ${got[i]}, the NaN is in lane ${lane}`).toBe(
            Math.floor(i / length) === lane,
          );
      }
    });
  }
});
