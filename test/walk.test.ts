import { describe, expect, test } from 'vitest';
import { read, walkOver, write, type Walk } from '../src/plan/walk.ts';
import { type TypedArray } from '../src/input/typed.ts';

/** The place of every element of a view, in reading order, by plain counting. */
function places(
  offset: number,
  shape: readonly number[],
  strides: readonly number[],
  order: readonly number[],
): number[] {
  let list = [offset];
  for (const d of order) {
    list = list.flatMap((p) => Array.from({ length: shape[d]! }, (_, i) => p + i * strides[d]!));
  }
  return list;
}

interface Case {
  name: string;
  offset: number;
  shape: number[];
  strides: number[];
  order?: number[];
}

const cases: Case[] = [
  { name: 'rank 0', offset: 3, shape: [], strides: [] },
  { name: 'one element', offset: 3, shape: [1, 1], strides: [7, -9] },
  { name: 'a contiguous row', offset: 2, shape: [50], strides: [1] },
  { name: 'every third element', offset: 1, shape: [40], strides: [3] },
  { name: 'a reversed row', offset: 99, shape: [100], strides: [-1] },
  { name: 'rows with gaps', offset: 5, shape: [7, 5], strides: [9, 1] },
  { name: 'long rows with gaps', offset: 5, shape: [7, 70], strides: [75, 1] },
  { name: 'rows in reverse order', offset: 300, shape: [7, 40], strides: [-41, 1] },
  { name: 'a transposed matrix', offset: 0, shape: [30, 40], strides: [40, 1], order: [1, 0] },
  { name: 'a transposed matrix, columns reversed', offset: 39, shape: [30, 40], strides: [40, -1], order: [1, 0] },
  {
    name: 'three dimensions with a middle one last',
    offset: 4,
    shape: [5, 6, 7],
    strides: [42, 7, 1],
    order: [0, 2, 1],
  },
  { name: 'three dimensions backwards', offset: 4, shape: [5, 6, 7], strides: [42, 7, 1], order: [2, 1, 0] },
  {
    name: 'five dimensions mixed',
    offset: 0,
    shape: [2, 3, 4, 5, 3],
    strides: [180, 60, 15, 3, 1],
    order: [3, 0, 4, 2, 1],
  },
  { name: 'dimensions of length 1 in between', offset: 2, shape: [3, 1, 4, 1], strides: [10, 77, 2, -5] },
  { name: 'nothing', offset: 0, shape: [3, 0, 4], strides: [4, 4, 1] },
];

const repeated: Case[] = [
  { name: 'one value everywhere', offset: 3, shape: [6, 50], strides: [0, 0] },
  { name: 'one row for all', offset: 3, shape: [6, 50], strides: [0, 1] },
  { name: 'one short row for all', offset: 3, shape: [60, 5], strides: [0, 2] },
  { name: 'one value for each row', offset: 3, shape: [6, 50], strides: [2, 0] },
  { name: 'one value for each short row', offset: 3, shape: [60, 5], strides: [2, 0] },
  { name: 'a key mask of attention', offset: 0, shape: [3, 4, 5, 40], strides: [40, 0, 0, 1] },
  { name: 'a query mask of attention', offset: 0, shape: [3, 4, 5, 40], strides: [20, 5, 1, 0] },
];

const makers = [
  Float32Array,
  Float64Array,
  Uint16Array,
  Uint8Array,
  Uint8ClampedArray,
  Int8Array,
  Int16Array,
  Int32Array,
  Uint32Array,
] as const;

function make({ offset, shape, strides, order = shape.map((_, d) => d) }: Case, data: TypedArray) {
  return { walk: walkOver(data, offset, shape, strides, order), list: places(offset, shape, strides, order) };
}

/** Ranges that start and end in the middle of rows, at their ends, and nowhere. */
function ranges(size: number): [number, number][] {
  const list: [number, number][] = [[0, size]];
  for (const start of [0, 1, 2, 5, 7, 16, 33, 41, 80, size - 1]) {
    for (const count of [0, 1, 3, 16, 17, 40, 71, 200, size - start]) {
      if (start >= 0 && count >= 0 && start + count <= size) list.push([start, count]);
    }
  }
  return list;
}

/** The first place where two arrays differ, or -1. */
function difference(got: TypedArray, want: TypedArray): number {
  if (got.length !== want.length) return Math.min(got.length, want.length);
  for (let i = 0; i < got.length; i++) if (!Object.is(got[i], want[i])) return i;
  return -1;
}

function numbered<T extends TypedArray>(data: T): T {
  for (let i = 0; i < data.length; i++) data[i] = (i * 7 + 3) % 101;
  return data;
}

describe('walkOver', () => {
  const plain = (walk: Walk) => [walk.dims, walk.strides];
  const data = new Float32Array(1000);
  test.each<[string, number[], number[], number[], number[], number[]]>([
    ['merges row-major dimensions into one', [4, 5, 6], [30, 6, 1], [0, 1, 2], [120], [1]],
    ['merges neighbours only', [4, 5, 6], [60, 6, 1], [0, 1, 2], [4, 30], [60, 1]],
    ['merges what is regular with a step', [4, 5], [10, 2], [0, 1], [20], [2]],
    ['merges reversed dimensions', [4, 5], [-5, -1], [0, 1], [20], [-1]],
    ['merges repeated dimensions', [4, 5, 6], [6, 0, 0], [0, 1, 2], [4, 30], [6, 0]],
    ['drops dimensions of length 1', [1, 5, 1], [99, 1, 98], [0, 1, 2], [5], [1]],
    ['keeps a transposition', [4, 5], [5, 1], [1, 0], [5, 4], [1, 5]],
    ['merges in the order asked for', [4, 5, 6], [5, 1, 20], [2, 0, 1], [120], [1]],
    ['gives one element dims [1]', [1, 1], [9, 9], [0, 1], [1], [1]],
    ['gives rank 0 dims [1]', [], [], [], [1], [1]],
    ['gives an empty array dims [0]', [3, 0], [5, 5], [0, 1], [0], [1]],
  ])('%s', (_, shape, strides, order, dims, steps) => {
    expect(plain(walkOver(data, 0, shape, strides, order))).toEqual([dims, steps]);
  });
});

describe('read and write', () => {
  for (const Maker of makers) {
    test(`${Maker.name}: read takes the elements in order, from any start, and nothing else changes`, () => {
      for (const each of [...cases, ...repeated]) {
        const data = numbered(new Maker(2000));
        const { walk, list } = make(each, data);
        for (const Into of [Maker, Float64Array]) {
          for (const [start, count] of ranges(list.length)) {
            const into = new Into(count + 9).fill(77);
            read(walk, start, count, into, 4);
            const want = new Into(count + 9).fill(77);
            for (let k = 0; k < count; k++) want[4 + k] = data[list[start + k]!]!;
            expect(difference(into, want), `${each.name}, ${start} + ${count}`).toBe(-1);
          }
        }
        expect(data).toEqual(numbered(new Maker(2000)));
      }
    });

    test(`${Maker.name}: write puts the elements in order, from any start, and nothing else changes`, () => {
      for (const each of cases) {
        for (const From of [Maker, Float64Array]) {
          const data = new Maker(2000).fill(55);
          const { walk, list } = make(each, data);
          const from = numbered(new From(list.length + 9));
          for (const [start, count] of ranges(list.length)) {
            data.fill(55);
            write(walk, start, count, from, 4);
            const want = new Maker(2000).fill(55);
            for (let k = 0; k < count; k++) want[list[start + k]!] = from[4 + k]!;
            expect(difference(data, want), `${each.name}, ${start} + ${count}`).toBe(-1);
          }
        }
      }
    });
  }

  test('a whole array is copied to the middle of another', () => {
    const into = new Float32Array(40);
    const data = numbered(new Float32Array(30));
    read({ data, offset: 0, dims: [30], strides: [1] }, 0, 30, into, 6);
    expect([...into]).toEqual([...new Array(6).fill(0), ...data, 0, 0, 0, 0]);
  });

  test('values are rounded to the class they are copied to', () => {
    const into = new Float32Array(20);
    const data = new Float64Array(20).fill(0.1);
    read({ data, offset: 0, dims: [20], strides: [1] }, 0, 20, into, 0);
    read({ data, offset: 0, dims: [10], strides: [2] }, 0, 10, into, 0);
    expect(new Set(into)).toEqual(new Set([Math.fround(0.1)]));
  });

  test('NaN, infinities and -0 pass unchanged', () => {
    const data = Float32Array.of(NaN, -0, Infinity, -Infinity, 1e-45);
    const into = new Float32Array(5);
    read({ data, offset: 4, dims: [5], strides: [-1] }, 0, 5, into, 0);
    expect([...into]).toEqual([...data].reverse());
  });

  test('views on shared memory and views that start at any byte work', () => {
    const shared = new Float32Array(new SharedArrayBuffer(404), 4, 100);
    numbered(shared);
    const into = new Float32Array(100);
    read({ data: shared, offset: 0, dims: [100], strides: [1] }, 0, 100, into, 0);
    expect([...into]).toEqual([...shared]);
    write({ data: shared, offset: 0, dims: [50], strides: [2] }, 0, 50, new Float32Array(50), 0);
    expect([...shared].filter((v, i) => i % 2 === 0 && v !== 0)).toEqual([]);
  });
});
