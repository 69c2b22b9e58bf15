import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, expectTypeOf, test } from 'vitest';
import {
  createSoftmax,
  exp,
  logSoftmax,
  logsumexp,
  softmax,
  tensor,
  type ArrayResult,
  type Nested,
  type TypedRows,
} from '../src/index.ts';

// The types of the public functions. `expectTypeOf` says nothing at run time: the first test has this file type-checked.

test('the types below are what the compiler finds', () => {
  const root = fileURLToPath(new URL('..', import.meta.url));
  const flags =
    '--noEmit --strict --skipLibCheck --exactOptionalPropertyTypes --target es2022 --module nodenext --lib es2022 --types node --allowImportingTsExtensions';
  const tsc = spawnSync(
    process.execPath,
    ['node_modules/typescript/bin/tsc', ...flags.split(' '), '--ignoreConfig', 'test/types.test.ts'],
    { cwd: root, encoding: 'utf8' },
  );
  // src has settings of its own (tsconfig.json) and is not in question here
  const lines = (tsc.stdout + tsc.stderr)
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('src/') && !line.startsWith(' '));
  expect(lines).toEqual([]);
  expect(tsc.error).toBeUndefined();
});

const f32 = new Float32Array([1, 2, 3, 4]),
  f64 = new Float64Array(f32),
  u8 = new Uint8Array(4),
  u16 = new Uint16Array(4);
const o = { shape: [2, 2], axis: -1 };

test('softmax, logSoftmax and exp: the same container, floats for integers', () => {
  for (const f of [softmax, logSoftmax] as const) {
    expectTypeOf(f(1)).toEqualTypeOf<number>();
    expectTypeOf(f([1, 2])).toEqualTypeOf<number[]>();
    expectTypeOf(f([[1, 2]], { axis: -1 })).toEqualTypeOf<number[][]>();
    expectTypeOf(f(f32)).toExtend<Float32Array>();
    expectTypeOf(f(f64, o)).toExtend<Float64Array>();
    expectTypeOf(f(u8)).toExtend<Float64Array>();
    expectTypeOf(f(u16)).toExtend<Float64Array>();
    expectTypeOf(f(u16, { dtype: 'float16' })).toExtend<Uint16Array>();
    expectTypeOf(f({ data: f32, shape: [2, 2] })).toExtend<ArrayResult<Float32Array>>();
    expectTypeOf(f({ data: u8, dims: [4] })).toExtend<ArrayResult<Float64Array>>();
    expectTypeOf(f(u8, { out: f64 })).toExtend<Float64Array>();
  }
  expectTypeOf(exp([[1]])).toEqualTypeOf<number[][]>();
  expectTypeOf(exp(f32)).toExtend<Float32Array>();
  const out = { data: f32, shape: [4], tag: 'mine' };
  expectTypeOf(softmax(f32, { out }).tag).toEqualTypeOf<string>();
});

test('logsumexp: numbers for whole arrays, arrays along an axis, value and sign', () => {
  expectTypeOf(logsumexp([1, 2])).toEqualTypeOf<number>();
  expectTypeOf(logsumexp(f32)).toEqualTypeOf<number>();
  expectTypeOf(logsumexp([[1, 2]], { axis: -1 })).toEqualTypeOf<Nested | number>();
  expectTypeOf(logsumexp(f32, o)).toExtend<Float32Array | number>();
  expectTypeOf(logsumexp({ data: f32, shape: [4] })).toExtend<ArrayResult<Float32Array>>();
  expectTypeOf(logsumexp([1, 2], { returnSign: true })).toEqualTypeOf<{ value: number; sign: number }>();
  expectTypeOf(logsumexp(f32, { ...o, out: f32.subarray(2) })).toExtend<Float32Array>();
});

test('typed rows stay typed rows, and labels may be 64-bit integers', () => {
  const c = createSoftmax(),
    rows = [f32, f32],
    big = BigInt64Array.of(1n, 0n);
  expectTypeOf(softmax(rows, { axis: -1 })).toExtend<Float32Array[]>();
  expectTypeOf(softmax([rows])).toExtend<Float32Array[][]>();
  expectTypeOf(softmax([u8])).toExtend<Float64Array[]>();
  expectTypeOf(softmax([] as number[][])).toEqualTypeOf<number[][]>();
  expectTypeOf(logsumexp(rows, { axis: -1 })).toExtend<TypedRows<Float32Array> | Float32Array | number>();
  expectTypeOf(c.argmax(rows, { axis: -1 })).toExtend<TypedRows<Int32Array> | Int32Array | number>();
  expectTypeOf(c.topk(rows, 1, { axis: -1 })).toExtend<{ values: Float32Array[]; indices: Int32Array[] }>();
  expectTypeOf(c.topk(rows, 1)).toExtend<{ values: Float32Array; indices: Int32Array }>();
  expectTypeOf(c.oneHot(big, 2)).toExtend<Float32Array>();
  expectTypeOf(c.oneHot([u8], 9)).toExtend<Float32Array[][]>();
  expectTypeOf(c.crossEntropy(rows, big)).toEqualTypeOf<number>();
  expectTypeOf(c.crossEntropy(rows, { data: big, shape: [2] })).toEqualTypeOf<number>();
  expectTypeOf(c.crossEntropyGradient(rows, [1, 0], { temperature: 2 })).toExtend<Float32Array[]>();
});

test('tensors know their array', () => {
  const t = tensor('float32', [2]);
  expectTypeOf(t.data).toExtend<Float32Array>();
  expectTypeOf(tensor('float64', [2]).data).toExtend<Float64Array>();
  expectTypeOf(softmax(t, { out: t })).toEqualTypeOf(t);
  t.dispose();
});

test('companions', () => {
  const c = createSoftmax();
  expectTypeOf(c.argmax([1, 2])).toEqualTypeOf<number>();
  expectTypeOf(c.argmax(f32)).toEqualTypeOf<number>();
  expectTypeOf(c.argmax(f32, o)).toExtend<Int32Array | number>();
  expectTypeOf(c.argmax({ data: f32, shape: [4] })).toExtend<ArrayResult<Int32Array>>();
  expectTypeOf(c.argmax(f32, { ...o, out: new Int32Array(2) })).toExtend<Int32Array>();
  expectTypeOf(c.topk(u8, 2)).toExtend<{ values: Uint8Array; indices: Int32Array }>();
  expectTypeOf(c.topk([[1, 2]], 1, { axis: 1 })).toEqualTypeOf<{ values: number[][]; indices: number[][] }>();
  expectTypeOf(c.topk([[1, 2]], 1).values).toEqualTypeOf<number[]>();
  expectTypeOf(c.oneHot(1, 3)).toEqualTypeOf<number[]>();
  expectTypeOf(c.oneHot([1, 0], 3)).toEqualTypeOf<number[][]>();
  expectTypeOf(c.oneHot(u8, 9)).toExtend<Float32Array>();
  expectTypeOf(c.oneHot(u8, 9, { dtype: 'float64' })).toExtend<Float64Array>();
  expectTypeOf(c.crossEntropy(f32, 1)).toEqualTypeOf<number>();
  expectTypeOf(c.crossEntropy(f32, u8.subarray(2), { ...o, reduction: 'none' })).toExtend<Float32Array | number>();
  expectTypeOf(c.softmaxGradient(f32, f64)).toExtend<Float32Array>();
  expectTypeOf(c.logSoftmaxGradient([[1]], [[1]])).toEqualTypeOf<number[][]>();
  expectTypeOf(c.crossEntropyGradient(f32, 1)).toExtend<Float32Array>();
  expectTypeOf(c.crossEntropyGradient({ data: f32, dims: [4] }, 1)).toExtend<ArrayResult<Float32Array>>();
});

test('what is no option and no input does not compile', () => {
  const refused = [
    // @ts-expect-error
    () => softmax(1n),
    // @ts-expect-error
    () => softmax('1'),
    // @ts-expect-error
    () => softmax(new BigInt64Array(1)),
    // @ts-expect-error
    () => softmax([BigInt64Array.of(1n)]),
    // @ts-expect-error
    () => softmax([1], { axis: '0' }),
    // @ts-expect-error
    () => createSoftmax().topk([[1]], 1, { axis: [0, 1] }),
    // @ts-expect-error
    () => createSoftmax().crossEntropy([1], 0, { reduction: 'avg' }),
  ];
  for (const call of refused) expect(call).toThrow();
});
