import { describe, expect, test } from 'vitest';
import { decode, encode } from '../src/numeric/half.ts';
import { jsKernels } from '../src/kernels/js.ts';
import { kernelsOf } from './support/core.ts';
import { eachBuild } from './support/eachBuild.ts';
import { bitsOf, fromBits, nextDown, nextUp, round } from './support/ulp.ts';

const formats = {
  float16: { fraction: 10, exponent: 5 },
  bfloat16: { fraction: 7, exponent: 8 },
} as const;

eachBuild('exp', (s) => {
  test('of float16 is that of float32, rounded once more', () => {
    expect(s.exp(Uint16Array.of(8057, 9679), { dtype: 'float16' })).toEqual(Uint16Array.of(15368, 15384));
  });
});

/** What a pattern stands for, by the definition of IEEE 754. */
function meaning(pattern: number, { fraction, exponent }: { fraction: number; exponent: number }): number {
  const sign = pattern & 0x8000 ? -1 : 1,
    e = (pattern & 0x7fff) >> fraction,
    f = (pattern & (2 ** fraction - 1)) / 2 ** fraction,
    bias = 2 ** (exponent - 1) - 1;
  if (e === 2 ** exponent - 1) return f === 0 ? sign * Infinity : NaN;
  return sign * (e === 0 ? f * 2 ** (1 - bias) : (1 + f) * 2 ** (e - bias));
}

for (const dtype of ['float16', 'bfloat16'] as const) {
  const format = formats[dtype],
    infinity = (2 ** format.exponent - 1) << format.fraction;
  const encoded = (value: number): number => {
    const a = Float64Array.of(value);
    encode(a, 0, 1, dtype);
    return a[0]!;
  };

  describe(dtype, () => {
    for (const holder of [Float32Array, Float64Array]) {
      test(`every pattern is decoded to what it stands for, and comes back, in a ${holder.name}`, () => {
        const a = (holder as Float64ArrayConstructor).from({ length: 65536 }, (_, i) => i);
        decode(a, 0, 65536, dtype);
        for (let i = 0; i < 65536; i++) if (!Object.is(a[i], meaning(i, format))) expect.fail(`${i}: ${a[i]}`);
        encode(a, 0, 65536, dtype);
        for (let i = 0; i < 65536; i++) {
          const quiet = infinity + 2 ** (format.fraction - 1),
            want = (i & 0x7fff) > infinity ? quiet : i;
          if (a[i] !== want) expect.fail(`${i} came back as ${a[i]}`);
        }
      });
    }

    test('what lies between two neighbours goes to the nearer one, from halfway to the even one', () => {
      for (let i = 0; i < infinity; i++) {
        // behind the largest number comes what would be the next one, and its pattern is infinity's
        const a = meaning(i, format),
          b = i + 1 < infinity ? meaning(i + 1, format) : 2 * a - meaning(i - 1, format),
          middle = (a + b) / 2,
          little = (b - a) / 1024;
        for (const sign of [1, -1]) {
          const got = [middle - little, middle, middle + little].map(
            (v) => encoded(sign * v) - (sign < 0 ? 0x8000 : 0),
          );
          const want = [i, i + (i & 1), i + 1];
          if (String(got) !== String(want)) expect.fail(`between ${a} and ${b}: ${got}, wanted ${want}`);
        }
      }
      expect([encoded(1e300), encoded(-1e300), encoded(1e-300), encoded(-1e-300)]).toEqual([infinity, infinity + 0x8000, 0, 0x8000]); // prettier-ignore
    });

    test('elements before and behind the range stay as they are', () => {
      for (const change of [decode, encode]) {
        const a = Float64Array.of(1, 2, 3, 4);
        change(a, 1, 2, dtype);
        expect([a[0], a[3]]).toEqual([1, 4]);
        expect(a[1]).not.toBe(2);
        expect(a[2]).not.toBe(3);
      }
    });
  });
}

// The kernels that convert 16-bit floats, on every bit pattern and around every place where rounding decides.

const patterns = Uint16Array.from({ length: 65536 }, (_, i) => i);
const halves = (['float16', 'bfloat16'] as const).map((format, kind) => {
  const values = Float32Array.from(patterns, (pattern) => fromBits(BigInt(pattern), format));
  const x = new Set<number>(values.filter((value) => value === value));
  for (let i = 0; i < 32767; i++) {
    const middle = (values[i]! + values[i + 1]!) / 2;
    if (!Number.isFinite(middle)) continue;
    for (const near of [middle, nextDown(middle, 'float32'), nextUp(middle, 'float32')]) x.add(near).add(-near);
  }
  // what lies beyond the largest number, and below the smallest
  const limits =
    format === 'float16' ? [65504, 65519.996, 65520, 65536, 2 ** -25, 2 ** -26, 2 ** -24.5] : [3.3961775e38, 2 ** -134];
  for (const limit of [...limits, 3.4028234663852886e38, 2 ** -149, Infinity])
    x.add(Math.fround(limit)).add(-Math.fround(limit));
  const sources = Float32Array.from([...x, NaN, 0, -0]);
  const rounded = Uint16Array.from(sources, (value) => Number(bitsOf(round(value, format), format)));
  return { format, kind, values, sources, rounded };
});

/** how many elements are left out, so that each lies in every slot of a vector once */
const slots = [0, 1, 2, 3];

for (const build of ['relaxed', 'simd', 'scalar', 'js'] as const) {
  const k = build === 'js' ? jsKernels() : kernelsOf(build as 'relaxed');
  describe.skipIf(k === undefined)(`16-bit floats (${build}${k ? '' : ': refused by this host'})`, () => {
    for (const { format, kind, values, sources, rounded } of halves) {
      test(`every ${format} becomes its float32, in the upper half of the result`, () => {
        const y = k!.allocate(4 * 65536);
        for (const slot of slots) {
          const n = 65536 - slot;
          new Uint16Array(k!.memory.buffer, y + 2 * n, n).set(patterns.subarray(slot));
          k!.widen16(kind, y + 2 * n, y, n);
          const got = new Float32Array(k!.memory.buffer, y, n);
          expect(got.findIndex((value, i) => !Object.is(value, values[i + slot]))).toBe(-1);
        }
        k!.release(y);
      });
      test(`float32 is rounded to the nearest ${format}, ties to even, in place`, () => {
        expect(sources.length).toBeGreaterThan(200_000);
        const x = k!.allocate(4 * sources.length);
        for (const slot of slots) {
          const n = sources.length - slot;
          new Float32Array(k!.memory.buffer, x, n).set(sources.subarray(slot));
          k!.narrow16(kind, x, x, n);
          const got = new Uint16Array(k!.memory.buffer, x, n),
            wrong = got.findIndex((bits, i) => bits !== rounded[i + slot]);
          expect(wrong, `${sources[wrong + slot]} became ${got[wrong]}, not ${rounded[wrong + slot]}`).toBe(-1);
        }
        k!.release(x);
      });
    }
  });
}
