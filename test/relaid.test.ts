import { expect, test } from 'vitest';
import { eachBuild } from './support/eachBuild.ts';
import { pick, random, type Random } from './support/random.ts';

// A caller can give a tensor another shape, strides and an offset. It is then read and written as an object with the same members
// and a plain array is. RELAID_SEED=... runs one case again.

const { RELAID_SEED } = process.env;

interface Layout {
  shape: number[];
  strides?: readonly number[];
  offset: number;
}

/** A layout of rows x columns within n elements: row-major or column-major, with strides or without, from the start or later. */
function draw(r: Random, rows: number, columns: number, n: number): Layout {
  const offset = r.whole(2) * r.whole(n - rows * columns + 1),
    strides = pick(r, [undefined, [columns, 1], [1, rows]]);
  return strides === undefined ? { shape: [rows, columns], offset } : { shape: [rows, columns], strides, offset };
}

const names = ['softmax', 'logSoftmax', 'argmax', 'topk'] as const;

eachBuild('a tensor with another shape, strides and offset is what they say', (s) => {
  test('as x and as out', () => {
    const seeds = RELAID_SEED === undefined ? Array.from({ length: 300 }, (_, i) => `relaid ${i}`) : [RELAID_SEED];
    for (const seed of seeds) {
      const r = random(seed),
        dtype = pick(r, ['float32', 'float64'] as const),
        rows = 2 + r.whole(4),
        columns = pick(r, [2, 3, 7, 40, 300]),
        n = rows * columns + r.whole(20),
        Class = (dtype === 'float32' ? Float32Array : Float64Array) as Float64ArrayConstructor;
      const values = Class.from({ length: n }, () => r.normal()),
        from = draw(r, rows, columns, n),
        to = draw(r, rows, columns, n);
      const name = pick(r, names),
        hasOut = (name === 'softmax' || name === 'logSoftmax') && r.whole(4) > 0;
      const x = s.tensor(dtype, [n], values),
        out = s.tensor(dtype, [n]);
      const call = (a: object, o: object): unknown => {
        if (name === 'topk') return s.topk(a as never, 2, { axis: 1 });
        const f = s[name] as (x: object, options: object) => unknown;
        return f(a, { axis: 1, ...(hasOut && { out: o }) });
      };
      const plainOut = { ...to, data: new Class(n) },
        want = call({ ...from, data: values }, plainOut),
        got = call(Object.assign(x, from), Object.assign(out, to));
      const text = `RELAID_SEED='${seed}': ${name} of ${dtype} ${JSON.stringify(from)}${hasOut ? ` to ${JSON.stringify(to)}` : ''}`;
      if (hasOut) expect(got, text).toBe(out);
      else expect(got, text).toEqual(want);
      expect(Array.from(out.data), text).toEqual(Array.from(plainOut.data));
      x.dispose();
      out.dispose();
    }
  });
});

eachBuild('a tensor whose shape is a getter', (s) => {
  const values = Float32Array.from({ length: 12 }, (_, i) => Math.sin(i));
  const shaped = (get: () => readonly number[]): unknown =>
    Object.defineProperty(s.tensor('float32', [3, 4], values), 'shape', { get });

  test.each(['softmax', 'logSoftmax'] as const)('%s: one that disposes out is found', (name) => {
    const out = s.tensor('float32', [3, 4]);
    const x = shaped(() => {
      out.dispose();
      return [3, 4];
    });
    expect(() => s[name](x as never, { axis: 1, out: out as never })).toThrow(/disposed/);
  });

  // it may be looked at more than once; the call is on one of its shapes, whole, or is refused
  test.each(['softmax', 'logSoftmax'] as const)('%s: one that changes gives what one of its shapes gives', (name) => {
    const both = [[3, 4], [4, 3]].map((shape) => s[name]({ data: values, shape }, { axis: 1 })); // prettier-ignore
    for (let start = 0; start < 2; start++) {
      let looks = start;
      const x = shaped(() => (looks++ % 2 === 0 ? [3, 4] : [4, 3]));
      expect(both).toContainEqual(s[name](x as never, { axis: 1 }));
      const out = s.tensor('float32', [3, 4], new Float32Array(12).fill(7));
      try {
        s[name](x as never, { axis: 1, out: out as never });
        expect([...out.data]).toEqual([...both[0]!.data]);
      } catch (error) {
        expect((error as Error).message).toMatch(/out has shape \[3, 4\]/);
        expect([...out.data]).toEqual(Array.from({ length: 12 }, () => 7));
      }
    }
  });

  test('one that gives the own shape is as none', () => {
    const own = s.tensor('float32', [3, 4], values),
      out = s.tensor('float32', [3, 4]),
      x = Object.defineProperty(s.tensor('float32', [3, 4], values), 'shape', { get: () => own.shape });
    s.softmax(x, { axis: 1, out });
    expect([...out.data]).toEqual([...s.softmax(own, { axis: 1 }).data]);
  });
});
