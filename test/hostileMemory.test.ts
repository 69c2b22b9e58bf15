import { expect, test } from 'vitest';
import { createSoftmax } from '../src/index.ts';
import { eachBuild } from './support/eachBuild.ts';
import { product } from './support/calls.ts';
import { difference, flat } from './support/results.ts';

// Arguments that say one thing and then another, and memory that the caller has spoilt.

eachBuild('a new tensor', (_, build) => {
  test('has the shape and the data that were read, or is refused; no element is what the memory held before', () => {
    const s = createSoftmax({ build });
    s.tensor('float32', [64], new Float32Array(64).fill(5)).dispose();
    const twice = (first: unknown, then: unknown): (() => unknown) => {
      let reads = 0;
      return () => (reads++ === 0 ? first : then);
    };
    const list = (first: number, then: number): object => Object.defineProperty([1], '0', { get: twice(first, then) });
    const data = (first: number, then: number): object => Object.defineProperty({ 0: 0, 1: 0, 2: 0, 3: 0 }, 'length', { get: twice(first, then) }); // prettier-ignore
    for (const [first, then] of [[4, 4], [4, 2], [4, 40], [2, 4], [0, 4], [4, 0]] as const) {
      for (const [shape, from] of [[[4], data(first, then)], [list(first, then), undefined], [list(first, then), [0, 0, 0, 0]], [list(first, then), data(first, then)]] as const) {
        let t;
        try {
          t = s.tensor('float32', shape as number[], from as number[] | undefined);
        } catch (error) {
          if (!(error instanceof RangeError || error instanceof TypeError)) throw error;
          continue;
        }
        expect(t.data.length).toBe(product(t.shape));
        expect(t.data.every((v) => v === 0), `shape and length are ${first} and then ${then}: [${t.data}]`).toBe(true);
        t.dispose();
      }
    } // prettier-ignore
    expect(s.info().tensors).toBe(0);
  });
});

eachBuild('a typed array that lies about its length', (_, build) => {
  test('gives what its elements give, and nothing of the calls before', () => {
    const s = createSoftmax({ build });
    for (const Class of [Float32Array, Float64Array]) {
      for (const n of [4, 40]) {
        for (const told of [2, 30, 400]) {
          const data = (Class as Float64ArrayConstructor).from({ length: n }, (_, i) => i / 9),
            x = Object.defineProperties(data.slice(), { length: { value: told }, byteLength: { value: told * Class.BYTES_PER_ELEMENT } }); // prettier-ignore
          s.softmax(new Class(500).fill(-7)); // what the window holds
          for (const name of ['softmax', 'logSoftmax', 'logsumexp'] as const) {
            expect(difference(flat((s[name] as typeof s.softmax)(x)), flat((s[name] as typeof s.softmax)(data))), `${name}, ${told} for ${n}`).toBeUndefined();
          }
        }
      }
    }
  });
});

eachBuild('memory that was spoilt through its buffer', (_, build) => {
  test('does not end the process when a forgotten tensor is collected', async () => {
    const thrown: unknown[] = [],
      others = process.rawListeners('uncaughtException') as ((error: Error) => void)[];
    process.removeAllListeners('uncaughtException');
    process.on('uncaughtException', (error) => thrown.push(error));
    try {
      const s = createSoftmax({ build });
      for (let i = 0; i < 20; i++) s.tensor('float32', [10]);
      const { data } = s.tensor('float32', [1]);
      // what the allocator keeps between the tensors
      new Uint32Array(data.buffer, data.byteOffset - 1600, 400).fill(0xfffffffc);
      for (let i = 0; i < 50 && s.info().forgotten < 15; i++) {
        globalThis.gc!();
        await new Promise((done) => setTimeout(done, 10));
      }
      const { forgotten, tensors } = s.info();
      expect(thrown).toEqual([]);
      expect(forgotten).toBeGreaterThanOrEqual(15);
      expect(forgotten + tensors).toBe(21);
    } finally {
      process.removeAllListeners('uncaughtException');
      for (const listener of others) process.on('uncaughtException', listener);
    }
  });
});
