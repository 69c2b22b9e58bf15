import { rolldown } from 'rolldown';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { softmax, toNested } from '../src/index.ts';
import { logits } from './support/logits.ts';
import { pick, random } from './support/random.ts';
import { fromBits } from './support/ulp.ts';

type Any = any;

/** The elements one by one, as strides say. */
function byHand(data: ArrayLike<number>, shape: readonly number[], strides: readonly number[], offset: number): Any {
  if (shape.length === 0) return data[offset];
  return Array.from({ length: shape[0]! }, (_, i) => byHand(data, shape.slice(1), strides.slice(1), offset + i * strides[0]!));
}

const rowMajor = (shape: readonly number[]): number[] => shape.map((_, d) => shape.slice(d + 1).reduce((a, b) => a * b, 1));

test('toNested: every container, shape, class and stride gives the elements where an index finds them', () => {
  for (let i = 0; i < 400; i++) {
    const seed = `toNested ${i}`,
      r = random(seed),
      Class = pick(r, [Float32Array, Float64Array, Int8Array, Uint16Array, Int32Array]),
      shape = Array.from({ length: r.whole(4) }, () => r.whole(r.whole(4) === 0 ? 1 : 5)),
      size = shape.reduce((a, b) => a * b, 1),
      strides = rowMajor(shape);
    const data = Class.from(logits(seed, size, 'float32', 'normal')),
      want = byHand(data, shape, strides, 0),
      turned = shape.map((_, d) => rowMajor([...shape].reverse())[shape.length - 1 - d]!);
    expect(toNested(data, { shape }), seed).toEqual(want);
    expect(toNested({ data, shape }), seed).toEqual(want);
    expect(toNested({ data, dims: shape }, { shape }), seed).toEqual(want);
    expect(toNested({ data, shape, strides: turned, offset: 0 }), seed).toEqual(byHand(data, shape, turned, 0));
    expect(toNested(want), seed).toEqual(want);
    expect(JSON.parse(JSON.stringify(toNested(data, { shape }))), seed).toEqual(want);
  }
});

test('toNested: flat, typed rows, 16 bits, results of softmax; what is wrong is refused', () => {
  const f = Float32Array.of(1, 2);
  expect(toNested(f)).toEqual([1, 2]);
  expect(toNested([f, f])).toEqual([[1, 2], [1, 2]]); // prettier-ignore
  expect(toNested(3)).toBe(3);
  const bits = Uint16Array.of(0x3c00, 0x4100);
  expect(toNested(bits, { dtype: 'float16' })).toEqual([fromBits(0x3c00n, 'float16'), fromBits(0x4100n, 'float16')]);
  expect(toNested({ data: bits, shape: [2, 1], dtype: 'bfloat16' })).toEqual([[fromBits(0x3c00n, 'bfloat16')], [fromBits(0x4100n, 'bfloat16')]]); // prettier-ignore
  expect(toNested(softmax({ data: f, shape: [2, 1] }, { axis: -1 }))).toEqual([[1], [1]]);
  expect(() => toNested({ data: f, shape: [2] }, { shape: [1, 2] })).toThrow(/^toNested: the option shape \[1, 2\] contradicts/);
  expect(() => toNested(f, { shape: [3] })).toThrow(RangeError);
  expect(() => toNested(f, { dtype: 'float16' })).toThrow(/^toNested: dtype is/);
  expect(() => toNested(f, { axis: 0 } as object)).toThrow(/^toNested: there is no option axis; the options are shape, dtype$/);
  expect(() => toNested('[1]' as Any)).toThrow(/^toNested: x is the string "\[1\]"/);
});

test('toNested alone is bundled without kernels', async () => {
  const entry = fileURLToPath(new URL('../src/index.ts', import.meta.url));
  const bundle = await rolldown({
    input: 'app',
    plugins: [
      {
        name: 'app',
        resolveId: (id) => (id === 'app' ? id : null),
        load: (id) => (id === 'app' ? `import { toNested } from ${JSON.stringify(entry)}; globalThis.nest = toNested;` : null),
      },
    ],
  });
  const { output } = await bundle.generate({ minify: true });
  const { code } = output[0];
  expect(code).toContain('toNested');
  for (const word of ['WebAssembly', 'lanesF64']) expect(code).not.toContain(word);
  expect(code.length).toBeLessThan(34_000);
});
