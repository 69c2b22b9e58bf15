import { describe, expect, test } from 'vitest';
import { jsKernels } from '../src/js.ts';
import { kernelsOf } from './support/core.ts';
import { bitsOf, fromBits, nextDown, nextUp, round } from './support/ulp.ts';

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

for (const build of ['relaxed', 'simd', 'scalar', 'js'] as const) {
  const k = build === 'js' ? jsKernels() : kernelsOf(build);
  describe.skipIf(k === undefined)(`16-bit floats (${build}${k ? '' : ': refused by this host'})`, () => {
    for (const { format, kind, values, sources, rounded } of halves) {
      test(`every ${format} becomes its float32, in the upper half of the result`, () => {
        const y = k!.allocate(4 * 65536);
        new Uint16Array(k!.memory.buffer, y + 2 * 65536, 65536).set(patterns);
        k!.widen16(kind, y + 2 * 65536, y, 65536);
        const got = new Float32Array(k!.memory.buffer, y, 65536);
        expect(got.findIndex((value, i) => !Object.is(value, values[i]))).toBe(-1);
        k!.release(y);
      });
      test(`float32 is rounded to the nearest ${format}, ties to even, in place`, () => {
        const n = sources.length,
          x = k!.allocate(4 * n);
        new Float32Array(k!.memory.buffer, x, n).set(sources);
        k!.narrow16(kind, x, x, n);
        const got = new Uint16Array(k!.memory.buffer, x, n);
        const wrong = got.findIndex((bits, i) => bits !== rounded[i]);
        expect(wrong, `${sources[wrong]} became ${got[wrong]}, not ${rounded[wrong]}`).toBe(-1);
        expect(n).toBeGreaterThan(200_000);
        k!.release(x);
      });
    }
  });
}
