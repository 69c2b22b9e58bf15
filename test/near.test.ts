import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { createSoftmax } from '../src/index.ts';
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

const kernelsOf = (build: string): Kernels =>
  open((name) => new Uint8Array(readFileSync(new URL(`../build/${name}.wasm`, import.meta.url))), build as 'simd').kernels;

describe('a lane with a mask has the bits of one with -Infinity instead, whatever is hidden', () => {
  for (const { build, softmax, reason } of instances) {
    if (build !== 'relaxed' && build !== 'simd') continue;
    test.skipIf(softmax === undefined)(`(${build}${reason && `: ${reason}`})`, () => {
      const k = kernelsOf(build),
        r = random(`${seed} mask ${build}`),
        at = k.allocate(40000),
        mask = k.allocate(10000),
        report = k.allocate(64);
      for (let round = 0; round < 3000; round++) {
        const n = r.whole(8) === 0 ? 1 + r.whole(2500) : 1 + r.whole(r.whole(2) === 0 ? 33 : 150),
          rows = 1 + r.whole(Math.min(6, Math.floor(9000 / n))),
          theta = [1, 1, 1 / 0.7, 0.31, 2 ** r.between(-8, 8)][r.whole(5)]!,
          shows = [() => 1, () => 0, (i: number) => +(i < n / 2), (i: number) => +(i > n / 3), () => +(r.whole(8) > 0), () => +(r.whole(20) === 0)][r.whole(6)]!; // prettier-ignore
        const lanes = Array.from({ length: rows }, () => lane(r, n, theta)),
          x = Float32Array.from(lanes.flatMap((one) => [...one.x])),
          shown = Uint8Array.from(x, (_, i) => shows(i % n)),
          plain = x.map((value, i) => (shown[i] ? value : -Infinity));
        for (let i = 0; i < x.length; i++) if (!shown[i] && r.whole(3) === 0) x[i] = [NaN, Infinity, 1e30, -1e30][r.whole(4)]!;
        const say = (what: string): string => `SEED=${seed}, round ${round}: ${what} of [${rows}, ${n}] (${lanes.map((one) => one.name).join()}), theta ${theta}`; // prettier-ignore
        const f32 = new Float32Array(k.memory.buffer, at, x.length);
        new Uint8Array(k.memory.buffer, mask, x.length).set(shown);
        f32.set(x);
        k.maskedF32!(at, mask, rows, n, theta);
        // a lane that is NaN is so without what is hidden
        const want = run(k, 0, plain, theta, [rows, n, 1]).map((value, i) => (shown[i] ? value : 0));
        expect(sameBits(f32, want), say('softmax')).toBe(true);
        if (rows > 1) continue;
        // of a block, e and their sum; either may be in a scale of its own
        const shares = (from: Float32Array, where: number): Float64Array => {
          f32.set(from);
          k.blockF32!(0, at, at, n, report, theta, where);
          const [, , rest, , term] = new Float64Array(k.memory.buffer, report, 6);
          return Float64Array.from(f32, (e) => e / (rest! * term!));
        };
        const [got, wanted] = [shares(x, mask), shares(plain, 0)];
        // e of a clamped element is no float32
        const far = got.findIndex((value, i) => !Object.is(Math.fround(value), Math.fround(wanted[i]!)) && !(Math.abs(value / wanted[i]! - 1) < 1e-13)); // prettier-ignore
        expect(far, say(`a block: ${got[far]}, not ${wanted[far]}`)).toBe(-1);
      }
    });
  }
});

describe('exact logsumexps of lanes of which some are near 0 are those of each alone', () => {
  for (const { build, softmax, reason } of instances) {
    test.skipIf(softmax === undefined)(`(${build}${reason && `: ${reason}`})`, () => {
      const s = createSoftmax({ build, maxMemory: 2 ** 21 }),
        o = { precision: 'exact' } as const,
        r = random(`${seed} exact`);
      // as one, and a slice at a time
      for (const [outer, length, inner] of [[3, 5, 40], [2, 40, 6000]] as const) {
        const x = new Float32Array(outer * length * inner),
          at = (lane: number, k: number): number => (Math.floor(lane / inner) * length + k) * inner + (lane % inner);
        const lanes = Array.from({ length: outer * inner }, (_, lane) => {
          const logits = Float32Array.from({ length }, () => r.normal()),
            own = r.whole(2) === 0 ? logits : Float32Array.from(s.logSoftmax(logits, o), (v) => v + 1e-3 * r.normal());
          own.forEach((v, k) => (x[at(lane, k)] = v));
          return own;
        });
        const y = s.logsumexp(x, { ...o, shape: [outer, length, inner], axis: 1 }) as Float32Array,
          wrong = lanes.findIndex((lane, i) => !Object.is(y[i], s.logsumexp(lane, o)));
        expect(wrong, `[${[outer, length, inner]}], lane ${wrong}: ${y[wrong]}`).toBe(-1);
      }
    });
  }
});

describe('where a NaN is shown, all that is shown becomes a NaN, and what is hidden 0', () => {
  for (const { build, softmax, reason } of instances) {
    test.skipIf(softmax === undefined)(`(${build}${reason && `: ${reason}`})`, () => {
      for (const n of [5, 100, 3000, 40_000, 70_000]) {
        for (const x of [new Float32Array(n), new Float64Array(n)]) {
          const where = Uint8Array.from({ length: n }, (_, i) => (i % 7 === 2 ? 0 : 1));
          for (const at of [0, 3, n - 1]) {
            const y = softmax!.softmax(x.map((_, i) => (i === at ? NaN : i % 5)), { where });
            const wrong = y.findIndex((value, i) => !Object.is(value, where[i] === 0 ? 0 : NaN));
            expect(where[at] === 1 ? wrong : -1, `${n} ${x.constructor.name}, NaN at ${at}`).toBe(-1);
          }
        }
      }
    });
  }
});

describe('a lane has the same bits whichever way it takes', () => {
  for (const { build, softmax, reason } of instances) {
    if (build !== 'relaxed' && build !== 'simd') continue;
    test.skipIf(softmax === undefined)(`(${build}${reason && `: ${reason}`})`, () => {
      const kernels = kernelsOf(build);
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
