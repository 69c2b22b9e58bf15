import { describe, expect, test } from 'vitest';
import { bound, core32 } from './support/bounds.ts';
import { kernelsOf, sweepCore, tops } from './support/core.ts';
import { random } from './support/random.ts';
import { eachBuild } from './support/eachBuild.ts';
import { expCandidate, manyPairs, singlePairs, sweepExp, sweepPairs } from './support/exhaustive.ts';

// tools/exhaustive.report.ts takes every bit pattern; odd strides meet every kind of low bits.
eachBuild('over a stride of all float32 numbers', (s, build) => {
  for (const precision of ['fast', 'exact'] as const) {
    test(`${precision} exp keeps its bound`, () => {
      const [sweep] = sweepExp([expCandidate(build, s, precision)], 8191);
      expect(sweep!.max, `exp(${sweep!.at}) = ${sweep!.got}`).toBeLessThanOrEqual(
        bound('exp', 'float32', precision, build),
      );
      expect(sweep!.count).toBeGreaterThan(500_000);
    });
    for (const call of ['softmax', 'logSoftmax'] as const) {
      test(`${precision} ${call} of [0, -d] keeps its bound`, () => {
        const sweeps = [
          ...sweepPairs(call, [manyPairs(build, s, call, precision)], 8191),
          ...sweepPairs(call, [singlePairs(build, s, call, precision)], 65537),
        ];
        for (const { name, max, at, got } of sweeps) {
          expect(max, `${name}: ${got} for [0, ${-at}]`).toBeLessThanOrEqual(bound(call, 'float32', precision, build));
        }
      });
    }
  }
});

for (const build of ['relaxed', 'simd'] as const) {
  const kernels = kernelsOf(build);
  describe.skipIf(kernels === undefined)(`e of the fast float32 kernel (${build}${kernels ? '' : ': refused by this host'})`, () => {
    test.each([...tops, 'near'] as const)('is within its bound in lanes with the maximum %s, for every theta', (top) => {
      const r = random(`theta ${top}`);
      for (const theta of [1, 1 / 0.7, 2, 1 / 3, 2 ** -64, 2 ** 64, ...Array.from({ length: 14 }, () => 2 ** r.between(-12, 12))]) {
        const { max, at, count } = sweepCore(kernels!, top, 65537, theta);
        expect(max, `e of ${at}, theta ${theta}`).toBeLessThanOrEqual(core32);
        expect(count).toBeGreaterThan(60);
      }
    });
  });
}
