import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { createSoftmax } from '../src/index.ts';
import { open, openAsync, type Build } from '../src/kernels/choose.ts';
import { Heap } from '../src/kernels/heap.ts';
import { jsKernels } from '../src/kernels/js.ts';
import { isOrdinary } from '../src/kernels/theta.ts';
import { eachBuild, instances } from './support/eachBuild.ts';

// What hosts lack, and where the window and tensors lie in the memory.

const code = (build: Build): Uint8Array => new Uint8Array(readFileSync(new URL(`../build/${build}.wasm`, import.meta.url)));

/** With members of an object replaced meanwhile. */
async function replaced<T>(on: object, members: Record<string, unknown>, body: () => T | Promise<T>): Promise<T> {
  const before = Object.keys(members).map((name) => [name, Object.getOwnPropertyDescriptor(on, name)] as const);
  for (const [name, value] of Object.entries(members)) Object.defineProperty(on, name, { value, configurable: true, writable: true });
  try {
    return await body();
  } finally {
    for (const [name, own] of before) {
      if (own === undefined) Reflect.deleteProperty(on, name);
      else Object.defineProperty(on, name, own);
    }
  }
}

// first: no tensor has been made in this file
test('a host without FinalizationRegistry has tensors that dispose() frees', async () => {
  await replaced(globalThis, { FinalizationRegistry: undefined }, () => {
    const s = createSoftmax({ build: 'js' }),
      t = s.tensor('float32', [3], [1, 2, 3]);
    expect(s.info().tensors).toBe(1);
    t.dispose();
    expect(s.info().tensors).toBe(0);
  });
});

eachBuild('the window', (plain, build) => {
  test('stays where a lane fills it to the byte', () => {
    const s = createSoftmax({ build, maxMemory: 2 ** 21 }),
      x = new Float64Array(65_536);
    for (let i = 0; i < 10; i++) s.softmax(x);
    expect(s.info().memoryBytes).toBeLessThanOrEqual(2 ** 21);
  });
  test('is given back where a larger one comes', () => {
    const s = createSoftmax({ build });
    for (let n = 70_000; n < 500_000; n += 20_000) s.logsumexp(new Float64Array(n));
    expect(s.info().memoryBytes).toBeLessThan(2 ** 25);
  });
  test('that the kernels bring is not given away, nor the report behind it', () => {
    const s = createSoftmax({ build }),
      x = new Float64Array(20_000);
    s.softmax(new Float64Array(100_000));
    const t = s.tensor('float64', [65_544], new Float64Array(65_544).fill(7)); // as large as both
    s.softmax(x);
    expect(t.data.every((value) => value === 7)).toBe(true);
  });
  test('that moves while the memory stays as large is read where it lies then', () => {
    const s = createSoftmax({ build }),
      room = s.tensor('float64', [500_000]);
    for (const Class of [Float32Array, Float64Array]) s.softmax(new Class(100));
    room.dispose();
    s.logsumexp(new Float64Array(70_000));
    for (const Class of [Float32Array, Float64Array]) {
      const x = new Class(100).fill(1, 0, 50);
      expect(s.softmax(x)).toEqual(plain.softmax(x));
    }
  });
  test('that code of the caller uses between two draws is filled again', () => {
    const s = createSoftmax({ build }),
      x = Float64Array.from({ length: 1000 }, (_, i) => Math.sin(i)),
      draw = (random: () => number): unknown => s.sample(x, { count: 3, random });
    expect(draw(() => (s.softmax(new Float64Array(20_000)), 0.3))).toEqual(draw(() => 0.3));
  });
});

test('an allocation may have 1e9 bytes', () => {
  const heap = new Heap({ build: 'js', kernels: { ...jsKernels(), allocate: () => 16 }, refused: [] }, 2 ** 21);
  expect(heap.allocate(1e9)).toBe(16);
  expect(() => heap.allocate(1e9 + 1)).toThrow(RangeError);
});

eachBuild('a tensor', (_, build) => {
  test('takes as many bytes as its elements have', () => {
    const s = createSoftmax({ build });
    s.tensor('float32', [2_000_000]);
    expect(s.info().memoryBytes).toBeLessThan(12e6);
  });
  test('has one view as long as the memory stays as it is', () => {
    const s = createSoftmax({ build });
    for (const t of [s.tensor('float32', [3]), s.tensor('float64', [0])]) expect(t.data === t.data).toBe(true);
  });
  test('that was given another shape is refused as out', () => {
    const s = createSoftmax({ build }),
      x = s.tensor('float32', [10]),
      out = s.tensor('float32', [10]);
    Object.assign(out, { shape: [5, 2] });
    expect(() => s.softmax(x, { out })).toThrow(RangeError);
  });
  const { dispose } = Symbol as { readonly dispose?: symbol };
  test.skipIf(dispose === undefined)('is disposed by `using`, where the host has Symbol.dispose', () => {
    const t = createSoftmax({ build }).tensor('float32', [3]);
    (t as unknown as Record<symbol, () => void>)[dispose!]!();
    expect(() => t.data).toThrow(/disposed/);
  });
});

describe('a host', () => {
  test('that is Cloudflare Workers compiles at once; one without navigator beside the thread', async () => {
    const compile = async (): Promise<never> => {
      throw new Error('it never settles');
    };
    await replaced(globalThis, { navigator: { userAgent: 'Cloudflare-Workers' } }, () =>
      replaced(WebAssembly, { compile }, async () => expect((await openAsync(code, 'scalar')).refused).toEqual([])),
    );
    await replaced(globalThis, { navigator: undefined }, async () => expect((await openAsync(code, 'scalar')).build).toBe('scalar'));
  });
  test('that refuses all builds is asked once for each', async () => {
    const asked: Build[] = [];
    const { build } = await openAsync((wanted) => {
      asked.push(wanted);
      throw new Error('none');
    });
    expect(build).toBe('js');
    expect(asked.length).toBe(new Set(asked).size);
  });
  test('without WebAssembly takes the js build', async () => {
    const { build, refused } = await replaced(globalThis, { WebAssembly: undefined }, () => open(code));
    expect(build).toBe('js');
    for (const { reason } of refused) expect(reason).toBe('there is no WebAssembly');
  });
  test('without SIMD takes scalar, and is not asked to compile the others', async () => {
    const { build, refused } = await replaced(WebAssembly, { validate: () => false }, () => open(code));
    expect(build).toBe('scalar');
    expect(refused.map(({ reason }) => reason)).toEqual(['no relaxed SIMD', 'no SIMD']);
  });
  const { softmax: simd, reason } = instances.find((each) => each.build === 'simd')!;
  const title = (what: string): string => `${what}${reason && ` (${reason})`}`;
  test.skipIf(simd === undefined)(title('without relaxed SIMD takes simd'), async () => {
    const validate = (bytes: Uint8Array): boolean => !bytes.join().includes('253,133,2,');
    const { build, refused } = await replaced(WebAssembly, { validate }, () => open(code));
    expect(build).toBe('simd');
    expect(refused.map(({ reason }) => reason)).toEqual(['no relaxed SIMD']);
  });
  test.skipIf(simd === undefined)(title('that does not fuse multiply-adds takes simd'), async () => {
    // its `fused` says what such a host says
    const { build, refused } = await replaced(WebAssembly, { validate: () => true }, () => open(() => code('simd')));
    expect(build).toBe('simd');
    expect(refused.map(({ reason }) => reason)).toEqual(['relaxed SIMD does not fuse multiply-adds']);
  });
  test('without structuredClone has a js build whose memory grows', async () => {
    await replaced(globalThis, { structuredClone: undefined }, () => {
      const own = jsKernels(),
        at = own.allocate(1e6);
      expect(at + 1e6).toBeLessThanOrEqual(own.memory.buffer.byteLength);
    });
  });
});

test('float32 is computed fast for theta from 2^-64 to 2^64, both of them too', () => {
  for (const theta of [2 ** -64, 2 ** 64, -(2 ** -64), -(2 ** 64)]) expect(isOrdinary(theta)).toBe(true);
  for (const theta of [0, 2 ** -65, 2 ** 65]) expect(isOrdinary(theta)).toBe(false);
});
