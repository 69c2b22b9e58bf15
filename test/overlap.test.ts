import { expect, test } from 'vitest';
import { isInjective, meets } from '../src/plan/overlap.ts';
import type { Walk } from '../src/plan/walk.ts';
import { random } from './support/random.ts';

/** Every element that a walk reaches, in order. */
function places({ dims, strides, offset }: Pick<Walk, 'dims' | 'strides' | 'offset'>): number[] {
  let found = [offset];
  dims.forEach((n, d) => (found = found.flatMap((at) => Array.from({ length: n }, (_, i) => at + i * strides[d]!))));
  return found;
}

const memory = new ArrayBuffer(4096);
const walk = (data: Walk['data'], dims: number[], strides: number[], offset: number): Walk =>
  ({ data, dims, strides, offset }) as Walk;

test('isInjective agrees with the list of all places', () => {
  const r = random('injective'),
    found = [0, 0];
  for (let k = 0; k < 20_000; k++) {
    const dims = Array.from({ length: r.whole(4) }, () => r.whole(5)),
      strides = dims.map(() => r.whole(19) - 9);
    const all = places({ dims, strides, offset: 0 }),
      want = new Set(all).size === all.length;
    if (isInjective(dims, strides) !== want) expect.fail(`dims ${dims}, strides ${strides}: wanted ${want}`);
    found[Number(want)]!++;
  }
  expect(Math.min(...found)).toBeGreaterThan(1500);
});

test('meets never misses a byte that two walks share, and sees none where their extents are apart', () => {
  const r = random('meets'),
    found = { shared: 0, apart: 0, same: 0 };
  const types = [Float32Array, Float64Array] as const;
  for (let k = 0; k < 20_000; k++) {
    const draw = (dims: number[]): Walk => {
      const data = new types[r.whole(2)]!(memory, 8 * r.whole(8), 256);
      return walk(data, dims, dims.map(() => r.whole(9) - 4), 40 + r.whole(160)); // prettier-ignore
    };
    const dims = Array.from({ length: r.whole(3) }, () => r.whole(6)),
      out = draw(dims);
    // now and then the same elements, through the same array or another
    const input = r.whole(3) > 0 ? draw(dims) : walk(r.whole(2) > 0 ? out.data : (out.data as Float64Array).slice(), dims, [...out.strides], out.offset + r.whole(2)); // prettier-ignore
    const [a, b] = [out, input].map((w) => {
      const { BYTES_PER_ELEMENT: size, byteOffset } = w.data;
      return places(w).flatMap((at) => Array.from({ length: size }, (_, i) => byteOffset + at * size + i));
    }) as [number[], number[]];
    const one = out.data.buffer === input.data.buffer,
      got = meets(out, input),
      name = `dims ${dims}; out ${[out.data.byteOffset, out.data.BYTES_PER_ELEMENT]}: ${out.strides}, ${out.offset}; input ${[input.data.byteOffset, input.data.BYTES_PER_ELEMENT]}: ${input.strides}, ${input.offset}`; // prettier-ignore
    const same = String(a) === String(b) && out.data.BYTES_PER_ELEMENT === input.data.BYTES_PER_ELEMENT;
    if (one && !same && a.some((byte) => b.includes(byte))) {
      if (!got) expect.fail(`missed: ${name}`);
      found.shared++;
    } else if (!one || Math.max(...a) < Math.min(...b) || Math.max(...b) < Math.min(...a)) {
      if (got) expect.fail(`seen although apart: ${name}`);
      found.apart++;
    } else if (same && String(out.strides) === String(input.strides)) {
      if (got) expect.fail(`the same elements in the same order: ${name}`);
      found.same++;
    }
  }
  expect(Math.min(...Object.values(found))).toBeGreaterThan(300);
});

test('memory that is shared meets other memory that is shared, and none that is not', () => {
  const shared = new Float32Array(new SharedArrayBuffer(64)),
    other = new Float32Array(new SharedArrayBuffer(64));
  const all = (data: Walk['data'], offset = 0): Walk => walk(data, [4], [1], offset);
  // whether two buffers are handles on one memory cannot be told
  expect(meets(all(shared), all(other, 1))).toBe(true);
  expect(meets(all(shared), all(new Float32Array(16), 1))).toBe(false);
  expect(meets(all(new Float32Array(16)), all(shared, 1))).toBe(false);
});
