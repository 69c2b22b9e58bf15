import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Worker } from 'node:worker_threads';
import { rolldown } from 'rolldown';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createSoftmax } from '../src/index.ts';
import { builds, type Build } from '../src/kernels/choose.ts';
import { gather, type Softmax } from '../src/api.ts';
import { eachBuild, instances } from './support/eachBuild.ts';
import { sameBits } from './support/ulp.ts';

type Any = any;
const taken = builds.filter((build) => instances.find((i) => i.build === build)!.softmax !== undefined);
const wave = (n: number): Float32Array => Float32Array.from({ length: n }, (_, i) => Math.sin(i * i) * 9);
const turn = (): Promise<void> => new Promise((done) => setTimeout(done, 10));

eachBuild('calls within calls, through code of the caller', (shared, build) => {
  const fresh = (): Softmax => createSoftmax({ build });

  /** Uses the instance in every way, and finds its results right. */
  function nested(s: Softmax): void {
    const y = s.softmax(Float32Array.of(1, 3, 2));
    expect(y[1]).toBeCloseTo(0.66524094, 6);
    s.logSoftmax(wave(40000));
    s.softmax(wave(600), { shape: [2, 3, 100], axis: 1, theta: 0.3 });
    expect(s.logsumexp(new Float64Array(100_000))).toBeCloseTo(Math.log(1e5), 12);
    s.exp(wave(50));
    const t = s.tensor('float64', [1000]);
    s.softmax(t, { out: t });
    expect(t.data[7]).toBeCloseTo(1e-3, 12);
    t.dispose();
  }

  const names = ['axis', 'theta', 'where', 'out', 'shape', 'dtype', 'precision'] as const;
  for (const n of [6, 300]) {
    const x = wave(n),
      values = { axis: -1, theta: 0.5, where: undefined, out: undefined, shape: [2, n / 2], dtype: undefined, precision: 'fast' }; // prettier-ignore
    test(`a getter of any option may call the instance again, ${n} elements`, () => {
      const want = shared.softmax(x, values as Any) as Float32Array;
      const alone = shared.softmax(x);
      for (const name of names) {
        for (const all of [true, false]) {
          const s = fresh(),
            options = Object.defineProperty(all ? { ...values } : {}, name, {
              enumerable: true,
              get() {
                nested(s);
                return all || name === 'out' ? values[name] : undefined;
              },
            });
          expect(sameBits(s.softmax(x, options as Any) as Float32Array, all ? want : alone), `${name} ${all}`).toBe(true);
        }
      }
    });

    test(`so may getters of x, of its parts and of out, ${n} elements`, () => {
      const want = shared.softmax(x, { shape: [2, n / 2], axis: 0 });
      const fields = { data: x, shape: [2, n / 2], strides: [n / 2, 1], offset: 0, dtype: 'float32' };
      for (const name of Object.keys(fields) as (keyof typeof fields)[]) {
        const s = fresh();
        const busy = (data: Float32Array): Any =>
          Object.defineProperty({ ...fields, data }, name, {
            get() {
              nested(s);
              return name === 'data' ? data : fields[name];
            },
          });
        expect(sameBits((s.softmax(busy(x), { axis: 0 }) as Any).data, want), name).toBe(true);
        const out = new Float32Array(n);
        s.softmax(fields as Any, { axis: 0, out: busy(out) });
        expect(sameBits(out, want), `${name} of out`).toBe(true);
      }
    });
  }

  test('so may the elements of nested arrays and of lists', () => {
    const s = fresh();
    const busy = (list: number[]): number[] =>
      new Proxy(list, {
        get(target, key, self) {
          nested(s);
          return Reflect.get(target, key, self);
        },
      });
    const want = shared.softmax([[1, 2, 3], [3, 1, 2]], { axis: 1, where: [true, false, true] }); // prettier-ignore
    const got = s.softmax([busy([1, 2, 3]), busy([3, 1, 2])], { axis: busy([1]), where: busy([1, 0, 1]) as Any });
    expect(got).toEqual(want);
    expect(s.logsumexp([1, 2], { b: busy([1, 2]) })).toBe(shared.logsumexp([1, 2], { b: [1, 2] }));
  });

  test('so may the species of a subclass, in the midst of a copy', () => {
    for (const role of ['x', 'out', 'where'] as const) {
      const s = fresh();
      let armed = false;
      const species = (Base: Any): Any =>
        class extends Base {
          static get [Symbol.species](): unknown {
            if (armed) {
              armed = false;
              nested(s);
              armed = true;
            }
            return Base;
          }
        };
      const plain = wave(1000),
        x = role === 'x' ? species(Float32Array).from(plain) : plain;
      const bits = Uint8Array.from({ length: 900 }, (_, i) => (i % 3 === 0 ? 0 : 1));
      const where = { data: role === 'where' ? species(Uint8Array).from(bits) : bits, shape: [9, 100] };
      const view = (data: Any): Any => ({ data, shape: [9, 100], strides: [101, 1], offset: 0 });
      const want = (shared.softmax(view(plain), { axis: -1, where: { data: bits, shape: [9, 100] } }) as Any).data;
      const out = role === 'out' ? new (species(Float32Array))(1000) : new Float32Array(1000);
      armed = true;
      s.softmax(view(x), { axis: -1, where, out: view(out) });
      armed = false;
      for (let i = 0; i < 900; i++) {
        const got = out[Math.floor(i / 100) * 101 + (i % 100)];
        if (!Object.is(got, want[i])) expect.fail(`${role}: element ${i} is ${got}, wanted ${want[i]}`);
      }
    }
  });

  test('so may the data of a new tensor', () => {
    const s = fresh();
    const data = { length: 3, 0: 1, get 1() { nested(s); s.tensor('float64', [500_000]).dispose(); return 2; }, 2: 3 }; // prettier-ignore
    expect([...s.tensor('float32', [3], data as Any).data]).toEqual([1, 2, 3]);
  });

  test('methods and lengths that a caller puts on an array do not count', () => {
    const s = fresh(),
      want = s.softmax(wave(300));
    for (const [name, value] of Object.entries({ length: 400, subarray: () => new Float32Array(300), set: () => {}, fill: () => {}, byteOffset: 8, constructor: Array })) {
      const x = Object.defineProperty(wave(300), name, { value }),
        out = Object.defineProperty(new Float32Array(300), name, { value });
      let got: Any;
      try {
        got = s.softmax(x);
        s.softmax(wave(300), { out });
      } catch (error) {
        expect((error as Error).message, name).toMatch(/^softmax: /);
        continue;
      }
      const read = (a: Any): number[] => Array.from({ length: 300 }, (_, i) => a[i]);
      expect(sameBits(read(got), want), `${name} of x`).toBe(true);
      expect(sameBits(read(out), want), `${name} of out`).toBe(true);
    } // prettier-ignore
  });
});

eachBuild('tensors into tensors', (_, build) => {
  test('give the bits that arrays give, whatever the axis, and refuse what does not fit', () => {
    const s = createSoftmax({ build }) as Any;
    for (const dtype of ['float32', 'float64'] as const) {
      for (const shape of [[10], [1], [4, 10], [2, 3, 33], [3, 40_000], [2, 0], [0, 3]]) {
        const size = shape.reduce((a, b) => a * b, 1),
          Class = dtype === 'float32' ? Float32Array : Float64Array,
          x = Class.from(wave(size)),
          from = s.tensor(dtype, shape, x);
        for (const name of ['softmax', 'logSoftmax', 'logsumexp'] as const) {
          for (const axis of [-1, 0, null, undefined]) {
            const last = axis === -1 ? shape.length - 1 : axis;
            const kept = name !== 'logsumexp' ? shape : shape.filter((_, d) => typeof last === 'number' && d !== last);
            const to = s.tensor(dtype, kept),
              want = s[name](x, { shape, axis });
            expect(s[name](from, { axis, out: to })).toBe(to);
            const label = `${name} of ${dtype} [${shape}] along ${axis}`;
            expect(sameBits(to.data, typeof want === 'number' ? [want] : (want.data ?? want)), label).toBe(true);
            const wrong = s.tensor(dtype, [...kept, 1]);
            expect(() => s[name](from, { axis, out: wrong }), label).toThrow(RangeError);
            for (const t of [to, wrong]) t.dispose();
          }
        }
        expect(sameBits(from.data, x)).toBe(true);
        from.dispose();
      }
    }
  });
});

eachBuild('a tensor that was given another shape', (_, build) => {
  test('is refused, and its neighbours in memory are as before', () => {
    const s = createSoftmax({ build }) as Any;
    for (const name of ['softmax', 'logSoftmax', 'logsumexp'] as const) {
      const x = s.tensor('float32', [10], wave(10)),
        out = s.tensor('float32', [1]),
        next = s.tensor('float32', [40], wave(40));
      for (const [from, to] of [[[10], [10]], [[4], []], [[5, 2], [5]], [[1, 10], [1]], [[3], [3]], [[0], [0]]]) {
        Object.assign(x, { shape: from });
        Object.assign(out, { shape: to });
        for (const axis of [-1, null]) {
          try {
            s[name](x, { axis, out });
          } catch (error) {
            expect(error).toBeInstanceOf(RangeError);
          }
        }
        expect(sameBits(x.data, wave(10))).toBe(true);
        expect(sameBits(next.data, wave(40))).toBe(true);
      }
    }
  });
});

eachBuild('memory that grows under a call', (_, build) => {
  const functions = ['softmax', 'logSoftmax', 'logsumexp', 'exp'] as const;
  const x = [1, 3, 2];
  const flat = (y: Any): number[] => [...(typeof y === 'number' ? [y] : (y.data ?? y))];

  test('finds tensors where they are, as x, mask and out', () => {
    for (const name of functions) {
      const want = flat((createSoftmax({ build }) as Any)[name](Float32Array.from(x)));
      for (let pages = 0; pages < 40; pages++) {
        const s = createSoftmax({ build }) as Any;
        const t = s.tensor('float32', [3], x),
          out = s.tensor('float32', name === 'logsumexp' ? [] : [3]),
          rest = s.tensor('float64', [pages * 8192 + 1]);
        const label = `${name}, ${pages} pages`;
        expect(flat(s[name](t)), `${label}: x`).toEqual(want);
        expect([...t.data], label).toEqual(x);
        rest.dispose();
        const other = createSoftmax({ build }) as Any;
        const late = other.tensor('float32', name === 'logsumexp' ? [] : [3]);
        other.tensor('float64', [pages * 8192 + 1]);
        expect(other[name](Float32Array.from(x), name === 'logsumexp' ? { out: late, axis: 0 } : { out: late, shape: [3] })).toBe(late); // prettier-ignore
        expect([...late.data], `${label}: out`).toEqual(want);
        out.dispose();
      }
    }
  });

  test('finds them when windows grow for a long lane', () => {
    const s = createSoftmax({ build });
    const long = wave(600_000),
      t = s.tensor('float32', [600_000], long);
    s.softmax(t, { theta: 1.5 });
    const wide = createSoftmax({ build });
    wide.logSoftmax(new Float64Array(300_000));
    const got = s.softmax(t, { axis: 0, theta: -0.5 }) as Any;
    expect(sameBits(got.data, wide.softmax(long, { theta: -0.5 }))).toBe(true);
    expect(sameBits(t.data, long)).toBe(true);
  });

  test('gives the short way its results, filled to the brim', () => {
    const x = wave(40_000),
      want = createSoftmax({ build }).softmax(x);
    const s = createSoftmax({ build });
    s.softmax(Float32Array.of(1, 2));
    for (let size = 1 << 15; size >= 4; size >>= 1) {
      const { memoryBytes } = s.info();
      for (let i = 0; i < 3000; i++) {
        const t = s.tensor('float32', [size]);
        if (s.info().memoryBytes > memoryBytes) {
          t.dispose();
          break;
        }
      }
    }
    expect(sameBits(s.softmax(x), want)).toBe(true);
  });
});

describe('memory that is refused', () => {
  /** A module whose memory may have so many pages and no more. */
  const bounded = (build: Build, pages: number): Uint8Array => {
    const code = readFileSync(new URL(`../build/${build}.wasm`, import.meta.url)),
      parts = [code.subarray(0, 8)];
    const number = (n: number): number[] => (n < 128 ? [n] : [(n & 127) | 128, ...number(n >> 7)]);
    for (let at = 8; at < code.length;) {
      const start = at++;
      let size = 0;
      for (let shift = 0; ; shift += 7) {
        size |= (code[at]! & 127) << shift;
        if (code[at++]! < 128) break;
      }
      const section = code.subarray(start, at + size);
      if (code[start] === 5) {
        const limits = [1, 1, ...code.subarray(at + 2, at + size), ...number(pages)];
        parts.push(Buffer.from([5, limits.length, ...limits]));
      } else parts.push(section);
      at += size;
    }
    return new Uint8Array(Buffer.concat(parts));
  };

  function full(s: Softmax, release: () => void): void {
    const tensors: Any[] = [],
      alive = s.info().tensors;
    const want = s.softmax(wave(2000)),
      whole = Float64Array.from(wave(2000)),
      wide = s.softmax(whole, { theta: 0.5 });
    let refused: unknown;
    try {
      for (let i = 0; i < 2000; i++) tensors.push(s.tensor('float32', [40_000], wave(40_000)));
    } catch (error) {
      refused = error;
    }
    expect(refused).toBeInstanceOf(RangeError);
    expect((refused as Error).message).toMatch(/dispose tensors or pass smaller arrays/);
    expect(tensors.length).toBeGreaterThan(3);
    expect(s.info().tensors, 'a tensor that was refused is not counted').toBe(alive + tensors.length);
    for (const t of tensors) expect(sameBits(t.data, wave(40_000))).toBe(true);
    expect(sameBits(s.softmax(wave(2000)), want), 'calls go on').toBe(true);
    // a window that would have to grow
    const lane = new Float32Array(900_000),
      out = new Float32Array(900_000).fill(7);
    let thrown: unknown;
    try {
      s.softmax(lane, { shape: [900_000], axis: 0, out });
      expect(out[5]).toBeCloseTo(1 / 900_000, 9);
    } catch (error) {
      thrown = error;
      expect(error).toBeInstanceOf(RangeError);
      expect(out.every((v) => v === 7), 'out is as it was').toBe(true);
    } // prettier-ignore
    for (const t of tensors) expect(sameBits(t.data, wave(40_000))).toBe(true);
    if (thrown !== undefined) tensors.pop().dispose();
    expect(sameBits(s.softmax(wave(2000)), want), 'and on').toBe(true);
    for (const t of tensors) t.dispose();
    release();
    expect(sameBits(s.softmax(whole, { theta: 0.5 }), wide)).toBe(true);
    expect(s.softmax(lane, { out })[5]).toBeCloseTo(1 / 900_000, 9);
    s.tensor('float32', [40_000]).dispose();
  }

  for (const build of taken.filter((b) => b !== 'js')) {
    test(`is a RangeError that loses nothing (${build})`, () => {
      full(gather(() => bounded(build, 128), { build }), () => {}); // prettier-ignore
    });
  }

  test('is a RangeError that loses nothing (js)', () => {
    const Whole = globalThis.ArrayBuffer;
    const restore = (): void => void (globalThis.ArrayBuffer = Whole);
    const s = createSoftmax({ build: 'js' });
    s.softmax(Float32Array.of(1, 2));
    globalThis.ArrayBuffer = class extends Whole {
      constructor(n: number) {
        if (n > 8 * 1024 * 1024) throw new RangeError('Array buffer allocation failed');
        super(n);
      }
    } as ArrayBufferConstructor;
    try {
      full(s, restore);
    } finally {
      restore();
    }
  });

  test('at the very first call too, and the instance works when there is memory again', () => {
    for (const build of taken.filter((b) => b !== 'js')) {
      const s = gather(() => bounded(build, 24), { build });
      const tensors: Any[] = [];
      for (const size of [1 << 15, 1 << 10, 16]) {
        for (let i = 0; i < 500; i++) {
          try {
            tensors.push(s.tensor('float32', [size]));
          } catch {
            break;
          }
        }
      }
      const x = wave(5000);
      const want = createSoftmax({ build }).softmax(x);
      // right where a window was there before the tensors, else refused
      for (let i = 0; i < 2; i++) {
        let got: Float32Array | undefined;
        try {
          got = s.softmax(x);
        } catch (error) {
          expect(error).toBeInstanceOf(RangeError);
          expect((error as Error).message).toMatch(/dispose tensors/);
        }
        if (got !== undefined) expect(sameBits(got, want)).toBe(true);
      }
      for (const t of tensors.splice(0)) t.dispose();
      expect(sameBits(s.softmax(x), want)).toBe(true);
    }
  });
});

describe('many instances', () => {
  for (const build of taken) {
    test(`1,000 instances are collected, and their memory with them (${build})`, async () => {
      const live: WeakRef<Softmax>[] = [];
      const one = (): void => {
        const s = createSoftmax({ build });
        s.softmax(wave(100));
        s.tensor('float32', [10]);
        live.push(new WeakRef(s));
      };
      for (let i = 0; i < 20; i++) one();
      globalThis.gc!();
      const before = process.memoryUsage();
      let peak = 0;
      for (let i = 0; i < 1000; i++) {
        one();
        if (i % 50 === 0) {
          peak = Math.max(peak, process.memoryUsage().rss);
          await turn(); // collected tensors are freed between turns
        }
      }
      for (let i = 0; i < 10; i++) {
        globalThis.gc!();
        await turn();
      }
      const after = process.memoryUsage(),
        left = live.filter((ref) => ref.deref() !== undefined).length;
      const mb = (n: number): string => `${(n / 2 ** 20).toFixed(0)} MB`;
      console.log(`${build}: ${left} of ${live.length} instances left; resident ${mb(before.rss)}, at most ${mb(peak)}, then ${mb(after.rss)}; array buffers ${mb(before.arrayBuffers)}, then ${mb(after.arrayBuffers)}`); // prettier-ignore
      expect(left).toBeLessThan(20);
      expect(after.rss - before.rss).toBeLessThan(192 * 2 ** 20);
    });
  }
});

describe('worker threads', () => {
  const folder = mkdtempSync(join(tmpdir(), 'softmax-'));
  beforeAll(async () => {
    const bundle = await rolldown({ input: new URL('../src/index.ts', import.meta.url).pathname, logLevel: 'silent' });
    const { output } = await bundle.generate({ format: 'esm' });
    writeFileSync(join(folder, 'index.mjs'), output[0].code);
    await bundle.close();
    writeFileSync(
      join(folder, 'worker.mjs'),
      `import { parentPort, workerData } from 'node:worker_threads';
       import { createHash } from 'node:crypto';
       import { createSoftmax } from './index.mjs';
       const { build, rounds, buffer } = workerData;
       const s = createSoftmax({ build }), hash = createHash('sha256');
       let state = 7;
       const next = () => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0) / 2 ** 32;
       const add = (y) => hash.update(typeof y === 'number' ? Float64Array.of(y) : y.data ?? y);
       for (let i = 0; i < rounds; i++) {
         const n = 1 + Math.floor(next() * 400), x = new (i % 2 ? Float32Array : Float64Array)(6 * n).map(() => (next() - 0.5) * 40);
         add(s.softmax(x));
         add(s.logSoftmax(x, { shape: [2, 3, n], axis: i % 3, theta: i % 5 ? 1 : 0.7 }));
         add(s.logsumexp(x, { shape: [6, n], axis: 0 }));
         add(s.softmax(x, { shape: [6, n], axis: -1, precision: 'exact', where: new Uint8Array(6 * n).map(() => (next() < 0.2 ? 0 : 1)) }));
         const t = s.tensor(i % 2 ? 'float32' : 'float64', [6, n], x);
         add(s.softmax(t, { axis: -1, out: t }).data);
         t.dispose();
       }
       add(s.softmax(new Float32Array(50000).map(() => next() * 9)));
       if (buffer) s.softmax(new Float32Array(buffer), { out: new Float32Array(buffer) });
       parentPort.postMessage({ digest: hash.digest('hex'), build: s.info().build, buffer }, buffer instanceof ArrayBuffer ? [buffer] : []);`,
    );
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  type Answer = { digest: string; build: Build; buffer?: ArrayBuffer };
  const worker = (data: object, transfer: ArrayBuffer[] = []): Promise<Answer> =>
    new Promise((done, failed) => {
      const w = new Worker(pathToFileURL(join(folder, 'worker.mjs')), { workerData: data, transferList: transfer });
      w.on('message', done);
      w.on('error', failed);
    });

  test('four at once give the bits of one alone, on every build', async () => {
    for (const build of taken) {
      const data = { build, rounds: build === 'js' ? 60 : 300 };
      const alone = await worker(data);
      expect(alone.build).toBe(build);
      const four = await Promise.all([1, 2, 3, 4].map(() => worker(data)));
      for (const { digest } of four) expect(digest).toBe(alone.digest);
    }
  });

  test('buffers that go there and back keep their results; on the way they are refused here', async () => {
    const s = createSoftmax(),
      x = wave(1000),
      want = s.softmax(x),
      view = x.slice();
    const coming = worker({ rounds: 1, buffer: view.buffer }, [view.buffer]);
    expect(() => s.softmax(view)).toThrow(/detached/);
    const { buffer } = await coming;
    expect(sameBits(new Float32Array(buffer!), want)).toBe(true);
  });

  test('two write different parts of one shared buffer', async () => {
    const shared = new SharedArrayBuffer(8000);
    new Float32Array(shared).set(wave(2000));
    const s = createSoftmax(),
      want = s.softmax(new Float32Array(shared));
    await worker({ rounds: 1, buffer: shared });
    expect(sameBits(new Float32Array(shared), want)).toBe(true);
  });
});

eachBuild('a call within a call', (s) => {
  test('leaves the rows of the outer one alone', () => {
    const x = Float32Array.of(1, 2, 3, 4), inner = { shape: [2, 2], axis: -1 };
    const nested = (): null => (s.softmax(x, inner), null);
    const want = s.softmax(x);
    expect(s.softmax(x, { get axis() { return nested(); } })).toEqual(want); // prettier-ignore
    expect(s.softmax(x, { get out() { return nested() ?? undefined; } } as object)).toEqual(want); // prettier-ignore
    const out = Object.defineProperty(new Float32Array(4), 'constructor', { get: () => (nested(), Float32Array) });
    expect(Float32Array.from(s.softmax(x, { out }))).toEqual(want);
    const rows = s.softmax(x, inner);
    const shape = Object.defineProperty([2, 2], 1, { get: () => (s.softmax(x), 2) });
    expect(s.softmax(x, { shape, axis: -1 })).toEqual(rows);
    expect(rows[0]! + rows[1]!).toBeCloseTo(1, 6);
  });
});
