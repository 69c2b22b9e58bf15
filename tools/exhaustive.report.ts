import { test } from 'vitest';
import { kernelsOf, sweepCore, tops } from '../test/support/core.ts';
import { instances } from '../test/support/eachBuild.ts';
import { expCandidate, manyPairs, singlePairs, sweepExp, sweepPairs, type Sweep } from '../test/support/exhaustive.ts';

// npm run exhaustive: every float32 bit pattern through the core of the fast kernels and through exp, and [0, -d] for a stride of all d through softmax and
// logSoftmax. STRIDE=1001 npm run exhaustive takes every 1001st pattern; BUILD=simd,js those builds only,
// THETA=1,0.7 the core with these theta.
const stride = Number(process.env.STRIDE ?? 1);
const pairStride = Number(process.env.PAIR_STRIDE ?? Math.max(31, 2 * stride + 1));
/** theta of the core */
const thetas = (process.env.THETA ?? '1,1.4285714285714286,0.3').split(',').map(Number);
const wanted = process.env.BUILD?.split(',');
const ran = instances.filter(({ build, softmax }) => softmax !== undefined && (wanted?.includes(build) ?? true));

for (const { build, softmax, reason } of instances)
  if (softmax === undefined) console.log(`${build} is refused: ${reason}`);

function print(title: string, sweeps: readonly Sweep[], start: number): void {
  console.log(`\n${title} (${((performance.now() - start) / 1000).toFixed(0)} s)`);
  for (const { name, max, at, got, misrounded, count } of sweeps) {
    const share = ((100 * misrounded) / count).toPrecision(3);
    console.log(
      `  ${name.padEnd(22)} max ${max.toFixed(6)} ULP at ${at} (got ${got}); not correctly rounded ${misrounded} of ${count} (${share} %)`,
    );
  }
}

test('e of the fast float32 kernel', () => {
  for (const build of ['relaxed', 'simd'] as const) {
    const kernels = kernelsOf(build);
    if (kernels === undefined || !(wanted?.includes(build) ?? true)) continue;
    for (const theta of thetas) {
      for (const top of [...tops, 'near'] as const) {
        const { max, at, count } = sweepCore(kernels, top, stride, theta);
        console.log(
          `  ${build}, theta ${theta}: lanes with the maximum ${top}: at most ${max.toFixed(4)} 2^-23, at ${at}; ${count} arguments`,
        );
      }
    }
  }
});

test('exp', () => {
  const start = performance.now();
  const candidates = ran.flatMap(({ build, softmax }) =>
    (['fast', 'exact'] as const).map((precision) => expCandidate(build, softmax!, precision)),
  );
  print(`exp, float32, every ${stride}. of 2^32 bit patterns`, sweepExp(candidates, stride), start);
});

for (const call of ['softmax', 'logSoftmax'] as const) {
  test(`${call} of [0, -d]`, () => {
    for (const [make, step] of [
      [manyPairs, pairStride],
      [singlePairs, 32 * pairStride + 1],
    ] as const) {
      const start = performance.now();
      const candidates = ran.flatMap(({ build, softmax }) =>
        (['fast', 'exact'] as const).map((precision) => make(build, softmax!, call, precision)),
      );
      print(`${call} of [0, -d], float32, every ${step}. d from 0 to 200`, sweepPairs(call, candidates, step), start);
    }
  });
}
