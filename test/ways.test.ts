import { expect, test } from 'vitest';
import { createSoftmax } from '../src/index.ts';
import { eachBuild } from './support/eachBuild.ts';
import { nested } from './support/containers.ts';
import { flat } from './support/results.ts';
import { sameBits } from './support/ulp.ts';

// Where a call may leave the shortest way: what it gives then, and that nothing else is written.

type Any = any;
const lanes = ['softmax', 'logSoftmax', 'logsumexp'] as const;
const product = (shape: readonly number[]): number => shape.reduce((a, n) => a * n, 1);
const wave = (n: number): Float64Array => Float64Array.from({ length: n }, (_, i) => 3 * Math.sin(i * 12.9898));

eachBuild('a list that lies in the window and is needed while results go there', (s: Any) => {
  test.each<[what: string, shape: number[], options: object, masked?: boolean]>([
    ['gathered lanes', [2, 3, 4], { axis: [0, 2] }],
    ['gathered lanes with a mask', [5, 30, 40], { axis: [0, 2] }, true],
    ['strided lanes with a theta, beyond the limit of the kernel', [2049, 2], { axis: 0, theta: 0.7 }],
    ['as many elements as the window holds without their mask', [60, 1000], { axis: 1 }, true],
  ])('%s', (_, shape, options, masked) => {
    const x = wave(product(shape)),
      mask = Uint8Array.from(x, (_, i) => +(i % 3 > 0)),
      list = nested(x, shape);
    for (const name of lanes) {
      const own = s[name](list, { ...options, ...(masked && { where: nested(mask, shape) }) }),
        wanted = s[name](x, { ...options, shape, ...(masked && { where: { data: mask, shape } }) });
      expect(sameBits(Float64Array.from([own].flat(9)), Float64Array.from(flat(wanted))), name).toBe(true);
      expect(s.softmax([1, 1]), 'what other calls give').toEqual([0.5, 0.5]);
    }
  });
});

eachBuild('tensors of two instances', (_, build) => {
  test('are read and written like arrays, whichever is of another one', () => {
    const s = createSoftmax({ build }) as Any,
      other = createSoftmax({ build }) as Any,
      values = wave(12);
    s.softmax([1, 2]);
    for (const dtype of ['float32', 'float64'] as const) {
      for (const name of lanes) {
        for (const options of [{ axis: 1 }, { axis: 1, theta: 0.7 }]) {
          for (const [from, to] of [[s, other], [other, s], [other, other]]) {
            const x = from.tensor(dtype, [3, 4], values),
              out = to.tensor(dtype, name === 'logsumexp' ? [3] : [3, 4]),
              wanted = s[name]({ data: x.data.slice(), shape: [3, 4] }, options).data;
            expect(s[name](x, { ...options, out })).toBe(out);
            expect(sameBits(out.data, wanted), `${name} of ${dtype} ${JSON.stringify(options)}`).toBe(true);
            for (const t of [x, out]) t.dispose();
          }
        }
      }
    } // prettier-ignore
  });
});

eachBuild('a tensor as out of another shape than the result', (_, build) => {
  test('is refused, and nothing is written, there or behind it', () => {
    const s = createSoftmax({ build }) as Any,
      shapes = [[], [1], [4], [10], [4, 4], [4, 5], [4, 10], [5, 10], [10, 10], [10, 5], [4, 10, 10], [4, 10, 5], [4, 10, 1], [1, 4, 10]];
    for (const shape of [[4, 10], [4, 10, 10], [4, 10, 5], [10]]) {
      const x = s.tensor('float32', shape, wave(product(shape)));
      for (const name of lanes) {
        for (const axis of [null, ...shape.keys()]) {
          const kept = name === 'logsumexp' ? shape.filter((_, d) => axis !== null && d !== axis) : shape;
          for (const wrong of shapes.filter((each) => String(each) !== String(kept) || each.length !== kept.length)) {
            const out = s.tensor('float32', wrong, new Float32Array(product(wrong)).fill(7)),
              next = s.tensor('float32', [500], new Float32Array(500).fill(7)),
              text = `${name} of [${shape}] along ${axis} to [${wrong}]`;
            expect(() => s[name](x, { axis, out }), text).toThrow(RangeError);
            expect(out.data.every((v: number) => v === 7) && next.data.every((v: number) => v === 7), text).toBe(true);
            for (const t of [out, next]) t.dispose();
          }
        }
      }
    } // prettier-ignore
  });
});

eachBuild('tensors into tensors, beyond what the kernels take', (_, build) => {
  test.each<[what: string, dtype: 'float32' | 'float64', shape: number[], options: Any, values?: (i: number) => number]>([
    ['exact strided lanes that are too long', 'float32', [4097, 2], { axis: 0, precision: 'exact' }],
    ['strided lanes with a theta that are too long', 'float64', [2049, 2], { axis: 0, theta: 0.7 }],
    ['exact rows that are too long', 'float32', [1, 32_769], { axis: 1, precision: 'exact' }],
    ['exact logsumexps near 0', 'float32', [3, 4], { axis: 1, precision: 'exact' }, (i) => -Math.log(4) + 1e-4 * Math.sin(i)],
    ['lanes without elements', 'float32', [2, 0], { axis: 1, theta: 0.7 }],
    ['no lanes', 'float64', [0, 3], { axis: 1, theta: 0.7 }],
    ['strided lanes without elements', 'float32', [0, 3], { axis: 0, theta: 0.7 }],
    ['strided lanes, none of them', 'float64', [3, 0], { axis: 0, theta: 0.7 }],
  ])('%s give the bits of arrays, and nothing else is written', (_, dtype, shape, options, value = (i) => 3 * Math.sin(i * 12.9898)) => {
    const s = createSoftmax({ build }) as Any,
      values = Float64Array.from({ length: product(shape) }, (_, i) => value(i));
    for (const name of lanes) {
      const before = s.tensor('float64', [9], new Float64Array(9).fill(7)),
        x = s.tensor(dtype, shape, values),
        out = s.tensor(dtype, name === 'logsumexp' ? shape.filter((_, d) => d !== options.axis) : shape),
        behind = s.tensor('float64', [9000], new Float64Array(9000).fill(7)),
        wanted = s[name]({ data: x.data.slice(), shape }, options).data;
      expect(s[name](x, { ...options, out })).toBe(out);
      expect(sameBits(out.data, wanted), name).toBe(true);
      for (const t of [before, behind]) expect(t.data.every((v: number) => v === 7), name).toBe(true);
      expect(s.softmax([1, 1]), 'what other calls give').toEqual([0.5, 0.5]);
      for (const t of [before, x, out, behind]) t.dispose();
    }
  }); // prettier-ignore
});

eachBuild('objects with strides', (_, build) => {
  test('a view that repeats few elements into more than the short way takes stays within the window', () => {
    const s = createSoftmax({ build }) as Any,
      next = s.tensor('float64', [9], new Float64Array(9).fill(7));
    for (const shape of [[4097], [200_000], [3, 70_000]]) {
      const n = shape.at(-1)!,
        data = Float32Array.of(1, 2, 3),
        y = s.softmax({ data, shape, strides: shape.map((_, d) => (d < shape.length - 1 ? 1 : 0)), offset: 0 }, { axis: -1 });
      expect(y.data.length).toBe(product(shape));
      expect(sameBits(y.data, s.softmax(Float32Array.from({ length: product(shape) }, (_, i) => data[Math.floor(i / n)]!), { shape, axis: -1 })), `[${shape}]`).toBe(true);
      expect(next.data.every((v: number) => v === 7)).toBe(true);
    } // prettier-ignore
  });

  test('a lane with a stride leaves tensors alone', () => {
    const s = createSoftmax({ build }) as Any,
      next = s.tensor('float64', [9], new Float64Array(9).fill(7)),
      x = Float32Array.from(wave(4000));
    for (const n of [1, 100, 400, 2000]) {
      const y = s.softmax({ data: x, shape: [n], strides: [2], offset: 0 });
      expect(sameBits(y.data, s.softmax(x.filter((_, i) => i % 2 === 0).slice(0, n)))).toBe(true);
      expect(next.data.every((v: number) => v === 7), `${n}`).toBe(true);
    }
    next.dispose();
    expect(s.tensor('float64', [9]).data.every((v: number) => v === 0)).toBe(true);
  });

  test('columns of a view with strides have the bits of rows', () => {
    const s = createSoftmax({ build }) as Any;
    for (const [length, width] of [[3, 2], [40, 5], [100, 3], [500, 8], [1365, 3]]) {
      const x = Float32Array.from(wave(length! * (width! + 1))),
        turned = Float32Array.from({ length: length! * width! }, (_, i) => x[(i % length!) * (width! + 1) + Math.floor(i / length!)]!);
      for (const name of ['softmax', 'logSoftmax'] as const) {
        const y = s[name]({ data: x, shape: [length, width], strides: [width! + 1, 1], offset: 0 }, { axis: 0 }).data,
          rows = s[name](turned, { shape: [width, length], axis: 1 });
        expect(sameBits(y, y.map((_: number, i: number) => rows[(i % width!) * length! + Math.floor(i / width!)])), `${name} [${length}, ${width}]`).toBe(true);
      }
    } // prettier-ignore
  });
});

eachBuild('out of one element', (_, build) => {
  test('is refused for a softmax of more, and is not written', () => {
    const s = createSoftmax({ build }) as Any;
    s.softmax([1, 2]);
    for (const Class of [Float32Array, Float64Array]) {
      for (const n of [2, 3, 16, 17, 40]) {
        const out = Class.of(7);
        for (const name of ['softmax', 'logSoftmax'] as const) {
          for (const x of [new Class(n), { data: new Class(n), shape: [n] }]) {
            expect(() => s[name](x, { out }), `${name} of ${n}`).toThrow(/^(softmax|logSoftmax): out has 1 elements/);
            expect(out[0]).toBe(7);
          }
        }
      }
    }
  });

  test('one of another class is refused for an object, short as it is', () => {
    const s = createSoftmax({ build }) as Any,
      out = new Float64Array(3);
    s.softmax([1, 2]);
    expect(() => s.softmax({ data: Float32Array.of(1, 2, 3), shape: [3] }, { out })).toThrow(/needs a Float32Array/);
    expect([...out]).toEqual([0, 0, 0]);
  });
});

eachBuild('exact logsumexps near 0', (s: Any) => {
  test('have one result as a row, a column, a list of lanes and alone', () => {
    for (const [n, lanes] of [[4, 3], [40, 7], [300, 5]]) {
      const rows = Float32Array.from({ length: n! * lanes! }, (_, i) => -Math.log(n!) + 1e-4 * Math.sin(i)),
        columns = rows.map((_, i) => rows[(i % lanes!) * n! + Math.floor(i / lanes!)]!),
        precision = 'exact';
      const alone = Float32Array.from({ length: lanes! }, (_, r) => s.logsumexp({ data: rows.slice(r * n!, (r + 1) * n!), shape: [1, n] }, { axis: 1, precision }).data[0]);
      expect(sameBits(s.logsumexp(rows, { shape: [lanes, n], axis: 1, precision }), alone), `rows of ${n}`).toBe(true);
      expect(sameBits(s.logsumexp(columns, { shape: [n, lanes], axis: 0, precision }), alone), `columns of ${n}`).toBe(true);
      // by definition: the logarithm of the sum in float64, whose error is far below a unit of the result
      for (let r = 0; r < lanes!; r++) {
        let sum = 0;
        for (let i = 0; i < n!; i++) sum += Math.expm1(rows[r * n! + i]!) + (1 - 1 / n!);
        const exact = Math.log1p(sum);
        expect(Math.abs(alone[r]! - exact), `lane ${r} of ${n}`).toBeLessThan(1e-12);
        expect(s.logsumexp(rows.slice(r * n!, (r + 1) * n!), { precision })).toBe(alone[r]);
        expect(s.logsumexp(rows.slice(r * n!, (r + 1) * n!), { axis: 0, precision })).toBe(alone[r]);
      }
    } // prettier-ignore
  });
});

eachBuild('an axis that a flat array lacks', (_, build) => {
  test('is refused, the second time too', () => {
    const s = createSoftmax({ build }) as Any;
    s.softmax([1, 2]);
    for (const Class of [Float32Array, Float64Array]) {
      for (const name of lanes) {
        for (const axis of [1, -2, 2, 5, 0.5, Infinity]) expect(() => s[name](Class.of(1, 3, 2), { axis }), `${axis}`).toThrow(RangeError);
        expect(() => s[name](Class.of(1, 3, 2), { axis: NaN })).toThrow(TypeError);
      }
    } // prettier-ignore
  });
});

eachBuild('a logsumexp goes to out', (_, build) => {
  test('of a bare array and of an object', () => {
    const s = createSoftmax({ build }) as Any;
    s.softmax([1, 2]);
    for (const Class of [Float32Array, Float64Array]) {
      const x = Class.of(1, 3, 2),
        wanted = s.logsumexp(x);
      for (const options of [{}, { axis: 0 }, { axis: -1 }, { axis: null }]) {
        const out = new Class(1);
        expect(s.logsumexp(x, { ...options, out })).toBe(out);
        expect(out[0]).toBe(wanted);
      }
    }
  });
});

eachBuild('objects of float32 into arrays', (_, build) => {
  test('give out its results, from any offset, and nothing beside it', () => {
    const s = createSoftmax({ build }) as Any,
      all = Float32Array.from(wave(100));
    s.softmax([1, 2]);
    for (const n of [3, 16, 17, 40]) {
      for (const offset of [0, 1, 50]) {
        const wanted = s.softmax(all.slice(offset, offset + n)),
          out = new Float32Array(n),
          x = { data: all, shape: [n], offset };
        expect(s.softmax(x, { out })).toBe(out);
        expect(sameBits(out, wanted), `${n} from ${offset}`).toBe(true);
        expect(sameBits(s.softmax(x).data, wanted), `${n} from ${offset}`).toBe(true);
        for (const Class of [Float32Array, Float64Array]) {
          const room = new Class(n + 2).fill(7),
            into = { data: room, shape: [n], offset: 1 };
          expect(s.softmax({ data: Class.from(all), shape: [n], offset }, { out: into })).toBe(into);
          expect([room[0], room[n + 1]], `${n} beside out`).toEqual([7, 7]);
        }
      }
    }
  });
});

eachBuild('masked elements of lanes with a NaN, and of lanes that are masked altogether', (s: Any) => {
  test.each<[what: string, shape: number[], axis: number, options?: object]>([
    ['slabs', [300, 1000], 1],
    ['a lane by blocks', [1, 300_000], 1],
    ['columns', [40_000, 8], 0],
    ['slices', [100, 6000], 0],
    ['lanes one by one', [20_000, 16], 0, { theta: 0.5 }],
  ])('%s', (_, shape, axis, options) => {
    const [rows, width] = shape as [number, number];
    for (const Class of [Float32Array, Float64Array]) {
      const x = Class.from(wave(rows * width)),
        mask = new Uint8Array(x.length).fill(1),
        length = shape[axis]!,
        at = (lane: number, j: number): number => (axis === 1 ? lane * width + j : j * width + lane);
      // the first lane has a NaN, the last one nothing; the last element of each is hidden
      const last = axis === 1 ? rows - 1 : width - 1;
      x[at(0, 5)] = NaN;
      mask[at(0, 0)] = mask[at(0, 7)] = mask[at(0, length - 1)] = 0;
      if (last > 0) for (let j = 0; j < length; j++) mask[at(last, j)] = 0;
      for (const name of ['softmax', 'logSoftmax'] as const) {
        const y = s[name](x, { shape, axis, where: { data: mask, shape }, ...options }),
          hidden = name === 'softmax' ? 0 : -Infinity;
        for (const j of [0, 7, length - 1]) expect(y[at(0, j)], `${name} ${j}`).toBe(hidden);
        for (const j of [1, 5, length - 2]) expect(y[at(0, j)], `${name} ${j}`).toBeNaN();
        if (last > 0) for (const j of [0, length >> 1, length - 1]) expect(y[at(last, j)], `${name} ${j}`).toBe(hidden);
      }
    }
  }); // prettier-ignore
});

eachBuild('elements that theta 0 levels', (_, build) => {
  test('are no others than those of the lanes: a tensor behind the window stays', () => {
    for (const n of [66_000, 70_000, 131_072]) {
      const s = createSoftmax({ build }) as Any;
      s.softmax(new Float64Array(n), { theta: 0 });
      const behind = Array.from({ length: 5 }, () => s.tensor('float64', [2], [7, 7]));
      s.softmax(new Float64Array(n), { theta: 0 });
      for (const t of behind) expect([...t.data]).toEqual([7, 7]);
    }
  });
});

eachBuild('what may lie beside', (_, build) => {
  test('an object that repeats a short row more often than the window holds leaves tensors alone', () => {
    const s = createSoftmax({ build }) as Any, row = Float32Array.from({ length: 1000 }, (_, i) => Math.sin(i)); // prettier-ignore
    const t = s.tensor('float32', [1000], new Float32Array(1000).fill(7)), axis = -1; // prettier-ignore
    const got = s.softmax({ data: row, shape: [2000, 1000], strides: [0, 1], offset: 0 }, { axis });
    expect(got.data.slice(-1000)).toEqual(s.softmax({ data: row, shape: [1, 1000] }, { axis }).data);
    expect(t.data.every((v: number) => v === 7)).toBe(true);
  });

  test('exact logsumexps near 0 of a tensor into a tensor are those of an array', () => {
    const s = createSoftmax({ build }) as Any, n = 500, x = new Float32Array(2 * n), o = { axis: -1, precision: 'exact' }; // prettier-ignore
    for (let i = 0; i < n; i++) ((x[2 * i] = Math.log((i + 1) / (n + 1))), (x[2 * i + 1] = Math.log1p(-(i + 1) / (n + 1))));
    const out = s.tensor('float32', [n]);
    s.logsumexp(s.tensor('float32', [n, 2], x), { ...o, out });
    expect(out.data.slice()).toEqual(s.logsumexp({ data: x, shape: [n, 2] }, o).data);
  });
});
