import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { open } from '../src/kernels/choose.ts';
import type { Kernels } from '../src/kernels/contract.ts';
import { instances } from './support/eachBuild.ts';
import { random, type Random } from './support/random.ts';
import { sameBits } from './support/ulp.ts';

// Lanes whose |theta x| is below 44 are computed without their maximum, and a lane that turns out to have a larger one starts
// again the other way. Which way a lane takes must not show: it has the same bits alone, in place, as a column, and beside lanes
// that are not near, which take all of their tile, or the rows after them, the other way.

const seed = process.env['SEED'] ?? 'near';
const calls = ['softmax', 'logSoftmax', 'logsumexp'] as const;

/** n logits with theta x about the limits of the two ways, and of what is subnormal */
function lane(r: Random, n: number, theta: number): { name: string; x: Float32Array } {
  const kinds: [string, (i: number) => number][] = [
    ['normal', () => 3 * r.normal()],
    ['about 0', () => 1e-6 * r.normal()],
    ['about 44', () => 44 + 0.01 * r.normal()],
    ['about -44', () => -44 + 0.01 * r.normal()],
    ['to both limits', () => r.between(-44, 44)],
    ['over the limits now and then', () => r.between(-44, 44.2)],
    ['ties of the range reduction', () => (r.whole(120) - 59.5) * Math.LN2],
    ['one far above, the others subnormal', (i) => (i === n >> 1 ? 43 : -r.between(43, 44))],
    ['one not near, the others subnormal', (i) => (i === n >> 1 ? 60 : -r.between(26, 44))],
    ['a masked end', (i) => (i > n / 2 ? -Infinity : r.normal())],
    ['a masked middle', (i) => (i % 3 === 1 ? -Infinity : r.normal())],
    ['deviation 30', () => 30 * r.normal()],
    ['with an infinity', (i) => (i === n - 1 ? Infinity : r.normal())],
    ['with a NaN', (i) => (i === n >> 1 ? NaN : r.normal())],
    ['far', () => 300 + r.normal()],
  ];
  const [name, value] = kinds[r.whole(kinds.length)]!;
  return { name, x: Float32Array.from({ length: n }, (_, i) => value(i) / theta) };
}

function run(k: Kernels, kind: 0 | 1 | 2, x: Float32Array, theta: number, shape: [number, number, number], inPlace = false): Float32Array {
  const results = kind === 2 ? shape[0] * shape[2] : x.length,
    from = k.allocate(4 * x.length),
    to = inPlace ? from : k.allocate(4 * x.length);
  new Float32Array(k.memory.buffer, from, x.length).set(x);
  k.lanesF32(kind, from, to, ...shape, theta);
  const y = new Float32Array(k.memory.buffer, to, results).slice();
  k.release(from);
  if (!inPlace) k.release(to);
  return y;
}

/** `rows` lanes one behind the other, the given one as number `at`, the others far from near */
function among(r: Random, x: Float32Array, rows: number, at: number, theta: number): Float32Array {
  const all = Float32Array.from({ length: rows * x.length }, () => (200 + r.normal()) / theta);
  all.set(x, at * x.length);
  return all;
}

describe('a lane has the same bits whichever way it takes', () => {
  for (const { build, softmax, reason } of instances) {
    if (build !== 'relaxed' && build !== 'simd') continue;
    test.skipIf(softmax === undefined)(`(${build}${reason && `: ${reason}`})`, () => {
      const { kernels } = open((name) => new Uint8Array(readFileSync(new URL(`../build/${name}.wasm`, import.meta.url))), build); // prettier-ignore
      const r = random(`${seed} ${build}`);
      for (let round = 0; round < 3000; round++) {
        const n = r.whole(8) === 0 ? 1 + r.whole(2500) : 1 + r.whole(r.whole(2) === 0 ? 33 : 150),
          theta = [1, 1, 1 / 0.7, 0.31, 2 ** r.between(-8, 8), 2 ** 64, 2 ** -64][r.whole(7)]!,
          kind = r.whole(3) as 0 | 1 | 2,
          { name, x } = lane(r, n, theta);
        const alone = run(kernels, kind, x, theta, [1, n, 1]);
        const check = (where: string, y: ArrayLike<number>): void => {
          if (sameBits(Float32Array.from(y), alone)) return;
          const i = alone.findIndex((value, j) => !Object.is(value, y[j]));
          expect.fail(`SEED=${seed}, round ${round}: ${calls[kind]} of ${n} logits (${name}), theta ${theta}: [${i}] is ${alone[i]} alone and ${y[i]} ${where}`); // prettier-ignore
        };
        check('in place', run(kernels, kind, x, theta, [1, n, 1], true));
        const rows = 2 + r.whole(n > 200 ? 2 : 80),
          at = r.whole(rows),
          per = kind === 2 ? 1 : n,
          many = among(r, x, rows, at, theta);
        check(`as row ${at} of ${rows}`, run(kernels, kind, many, theta, [rows, n, 1]).subarray(at * per, (at + 1) * per));
        // longer sums are taken in another order as columns
        if (n > 32) continue;
        const turned = Float32Array.from(many, (_, i) => many[(i % rows) * n + Math.floor(i / rows)]!);
        for (const inPlace of [false, true]) {
          const y = run(kernels, kind, turned, theta, [1, n, rows], inPlace);
          check(`as column ${at} of ${rows}${inPlace ? ' in place' : ''}`, alone.map((_, i) => y[i * rows + at]!));
        }
        check('as a column of its like', run(kernels, kind, Float32Array.from({ length: 20 * n }, (_, i) => x[Math.floor(i / 20)]!), theta, [1, n, 20]).filter((_, i) => i % 20 === 3)); // prettier-ignore
      }
    });
  }
});
