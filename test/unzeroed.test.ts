import { expect, test, vi } from 'vitest';
import { apart, draw, functions, inWords, invoke, type Call, type Dtype } from './support/calls.ts';
import { builds } from '../src/kernels/choose.ts';
import { eachBuild } from './support/eachBuild.ts';
import { random } from './support/random.ts';
import { difference, numbersOf } from './support/results.ts';

// Large results lie in memory that Node does not zero. Here it holds ones in every bit, which are NaN as float32 and as float64:
// an element that was not written shows. Without a Buffer the same calls get zeroed memory.

const { Buffer } = globalThis;

/** The result of f where the host has such a Buffer; vitest needs its own again for what it reports. */
function beside<T>(stub: object | undefined, f: () => T): T {
  vi.stubGlobal('Buffer', stub);
  try {
    return f();
  } finally {
    vi.unstubAllGlobals();
  }
}

/** A Buffer that gives memory full of ones, and counts. */
const poison = {
  used: 0,
  allocUnsafeSlow: (bytes: number) => (poison.used++, Buffer.allocUnsafeSlow(bytes).fill(0xff)),
};

function run(s: object, call: Call): unknown {
  return invoke(s, call, Object.fromEntries(Object.entries(call.parts).map(([name, part]) => [name, apart(part)])));
}

/** The arrays of a result, whatever it is. */
const arrays = (result: unknown): ArrayBufferView[] =>
  ArrayBuffer.isView(result) ? [result] : Object.values(result as object).flatMap((v) => (v !== null && typeof v === 'object' && !Array.isArray(v) ? arrays(v) : [])); // prettier-ignore

// of each strategy: slabs, a lane by blocks, slices, columns, lanes one by one (with theta, in float64); as many bytes in every type
const shapes: [shape: (more: number) => number[], axis: number, options?: object][] = [
  [(more) => [300 * more, 1000], 1],
  [(more) => [300_000 * more], 0],
  [(more) => [100, 4000 * more], 0],
  [(more) => [40_000 * more, 8], 0],
  [(more) => [20_000 * more, 16], 0, { theta: 0.5 }],
  [(more) => [150_000 * more, 2], 1],
];
const more: Partial<Record<Dtype, number>> = { float32: 1, float64: 0.5, bfloat16: 2 };

eachBuild('large results', (s, build) => {
  // the others give indices, summaries, or rows of 0 and 1
  for (const name of functions.filter((name) => !['argmax', 'topk', 'sample', 'summarize', 'oneHot'].includes(name))) {
    test(`${name} writes every element of memory that was not zeroed, at any strategy`, () => {
      poison.used = 0;
      for (const [i, [shape, axis, options]] of shapes.entries()) {
        // every other one on the builds but simd, each shape on two of them or one
        if (build !== 'simd' && (i + builds.indexOf(build)) % 2 === 0) continue;
        const dtypes: Dtype[] = ['float32', 'float64', 'bfloat16'];
        // one build takes all of them, the others one a shape
        for (const dtype of build === 'simd' ? dtypes : [dtypes[(i + builds.indexOf(build)) % 3]!]) {
          const given = name === 'exp' ? {} : { ...options },
            call = draw(random(`${name} ${i} ${dtype}`), name, shape(more[dtype]!), [axis], dtype, given);
          const wanted = numbersOf(beside(undefined, () => run(s, call))),
            result = beside(poison, () => run(s, call));
          expect(difference(numbersOf(result), wanted), inWords(call)).toBeUndefined();
          for (const { buffer, byteOffset, byteLength } of arrays(result)) {
            expect(Object.getPrototypeOf(buffer), inWords(call)).toBe(ArrayBuffer.prototype);
            expect([byteOffset, byteLength]).toEqual([0, buffer.byteLength]);
          }
        }
      }
      // these two give a number or an array of the lanes, which only one shape has many of
      if (!['crossEntropy', 'logsumexp'].includes(name)) expect(poison.used).toBeGreaterThan(build === 'simd' ? 2 : 1);
    });
  }

  test('a large result is an ordinary array on a buffer of its own: exact, fixed in size, transferable, detachable', () => {
    const x = new Float32Array(300_000).fill(1),
      y = s.softmax(x),
      other = s.softmax(x);
    expect(y.constructor).toBe(Float32Array);
    expect(y.buffer.constructor).toBe(ArrayBuffer);
    expect(y.buffer.byteLength).toBe(1_200_000);
    expect((y.buffer as { resizable?: boolean }).resizable ?? false).toBe(false);
    expect(y.buffer).not.toBe(other.buffer);
    const moved = structuredClone(y, { transfer: [y.buffer] });
    expect([y.length, moved.length, other.length]).toEqual([0, 300_000, 300_000]);
    expect(difference(moved, other)).toBeUndefined();
  });

  test('a Buffer whose memory is shared with others, or that has no such function, is not used', () => {
    const x = Float32Array.from({ length: 300_000 }, (_, i) => i % 13),
      wanted = s.softmax(x),
      pool = new ArrayBuffer(4_000_000);
    const refuses = (): never => {
      throw new RangeError('more than it has');
    };
    for (const stub of [{ allocUnsafeSlow: (n: number) => new Uint8Array(pool, 64, n) }, { allocUnsafeSlow: refuses }, {}, undefined]) {
      const y = beside(stub, () => s.softmax(x));
      expect(difference(y, wanted)).toBeUndefined();
      expect(y.buffer).not.toBe(pool);
      expect(y.buffer.byteLength).toBe(4 * x.length);
    }
  });
});
