import { expect, test } from 'vitest';
import { eachBuild } from './support/eachBuild.ts';
import { random, type Random } from './support/random.ts';

// Infinities, NaN, the largest numbers and masks, with every theta: fast results are of the kind of the exact ones, which another
// kernel computes, and near them. Searches for the largest error do not see a NaN in the place of -Infinity.

const seed = process.env['SEED'] ?? 'special';
const huge = 3.4028234663852886e38;

function lane(r: Random, n: number): Float32Array {
  const share = [0, 0.02, 0.3, 1][r.whole(4)]!,
    spread = [1, 10, 60][r.whole(3)]!,
    specials = [-Infinity, -Infinity, -Infinity, huge, -huge, -1e30, 1e30, 0, -0, 1e-45, 300, Infinity, NaN],
    some = r.whole(3) === 0 ? specials : specials.slice(0, [1, 5, 11][r.whole(3)]);
  return Float32Array.from({ length: n }, () => (r.uniform() < share ? some[r.whole(some.length)]! : spread * r.normal()));
}

function theta(r: Random): number {
  const of = [1, 1 / 0.7, 0.3, 20, 2 ** 64, 2 ** -64, 1e-30, 1e300, 5e-324, 10 ** r.between(-19, 19)][r.whole(10)]!;
  return r.whole(4) === 0 ? -of : of;
}

/** Whether both are NaN, the same infinity, or numbers as near as the bounds of both allow. */
function alike(got: number, wanted: number, logs: boolean): boolean {
  if (Object.is(got, wanted) || got === wanted) return true;
  const apart = Math.abs(got - wanted);
  return apart <= 6e-7 * Math.abs(wanted) || apart <= (logs ? 2e-7 : 2 ** -147);
}

eachBuild('special values with a theta', (s, build) => {
  test('are of the kind of the exact results', () => {
    const r = random(`${seed} ${build}`);
    for (let round = 0; round < (build === 'js' ? 300 : 3000); round++) {
      const n = r.whole(10) === 0 ? 1 + r.whole(3000) : 1 + r.whole(70),
        lanes = 1 + r.whole(6),
        x = lane(r, lanes * n),
        rows = r.whole(2) === 0,
        call = (['softmax', 'logSoftmax', 'logsumexp'] as const)[r.whole(3)]!,
        where = r.whole(3) === 0 ? { where: Uint8Array.from(x, () => Math.min(1, r.whole(4))) } : {},
        options = { shape: rows ? [lanes, n] : [n, lanes], axis: rows ? 1 : 0, theta: theta(r), ...where };
      const got = (s[call] as typeof s.softmax)(x, options) as Float32Array,
        wanted = (s[call] as typeof s.softmax)(x, { ...options, precision: 'exact' }) as Float32Array;
      for (let i = 0; i < got.length; i++) {
        if (alike(got[i]!, wanted[i]!, call !== 'softmax')) continue;
        expect.fail(
          `SEED=${seed}, round ${round}: ${call} of ${lanes} ${rows ? 'rows' : 'columns'} of ${n}, theta ${options.theta}${where.where ? ', with a mask' : ''}: [${i}] is ${got[i]}, exactly ${wanted[i]}`,
        );
      }
    }
  });
});
