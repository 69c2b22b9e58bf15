import { describe } from '../input/describe.ts';
import { openCall, AXIS, DTYPE, SHAPE, type Spec } from '../input/options.ts';
import { rowMajor, show } from '../input/shapes.ts';
import { INT32 } from '../input/storage.ts';
import { classOf, className, type Floats, type TypedArray } from '../input/typed.ts';
import type { Instance } from '../instance.ts';
import { encode } from '../numeric/half.ts';
import { axesOf, keptAxes } from '../plan/lanes.ts';
import { walkOver, write } from '../plan/walk.ts';
import { leave } from '../run/execute.ts';
import { inLanes, inPieces, Rows, wrapLike } from '../run/rows.ts';
import { MOST_INDEX } from './argmax.ts';
import { whole } from './labels.ts';
import { Search } from './search.ts';
import type { ArrayResult, Options } from './types.ts';

/** Options of topk: one axis, or the whole array. */
export interface TopkOptions extends Pick<Options, 'shape' | 'dtype'> {
  /** Default `null`: the flattened array. */
  readonly axis?: number | null | undefined;
}

/** What topk gives. */
export interface Top<V, I> {
  values: V;
  indices: I;
}

type Plain<T> = T extends readonly (infer U)[] ? Plain<U>[] : number;

/** The k largest of X and their indices. */
export type TopOf<X, O = unknown> = X extends TypedArray
  ? Top<X, Int32Array>
  : X extends { readonly data: infer D }
    ? Top<ArrayResult<D>, ArrayResult<Int32Array>>
    : O extends { readonly axis: number }
      ? Top<Plain<X>, Plain<X>>
      : Top<number[], number[]>;

const spec: Spec = { name: 'topk', takes: AXIS | SHAPE | DTYPE, reduces: false, axis: null, what: 'x' };

export function topk(on: Instance, x: unknown, k: unknown, options: unknown): unknown {
  const { name } = spec,
    c = on.take();
  openCall(c, spec, x, options, c.heap);
  if (c.axis !== null && typeof c.axis !== 'number') {
    throw new TypeError(`${name}: axis is ${describe(c.axis)}; it must be an integer, or null for the whole array`);
  }
  c.plan();
  if (c.inWindow) leave(c);
  const { length, shape, storage } = c,
    lanes = c.outer * c.inner,
    rank = shape.length;
  const most = whole(
    name,
    'k',
    k,
    Math.min(length, MOST_INDEX),
    `at most the length of the lanes (shape ${show(shape)})`,
  );
  const flat = c.axis === null,
    axis = axesOf(c, rank)[0]!;
  const result = flat ? [most] : shape.map((n, d) => (d === axis ? most : n));

  const rows = new Rows(inLanes(c.source, c), storage);
  const kept = new Float64Array(lanes * most),
    found = new Int32Array(lanes * most),
    top = new Largest(new Search(c.heap), kept, found, most);
  if (most > 0)
    inPieces(
      lanes,
      length,
      (start, count) => rows.load(start, count),
      (lane, at, n) => {
        if (top.seen === 0 || top.seen === length) top.begin(lane * most);
        top.look(rows.data, rows.at + at, n);
        if (top.seen === length) top.finish();
      },
    );
  if (storage.bits >= 0 && className(c.data) === 'Uint16Array') encode(kept, 0, kept.length, storage.name as 'float16');
  const order = flat ? [0] : [...keptAxes(c, rank), axis];
  const place = (from: TypedArray, into: TypedArray): TypedArray => {
    write(walkOver(into, 0, result, rowMajor(result), order), 0, from.length, from, 0);
    return into;
  };
  const y = {
    values: wrapLike(c, place(kept, new (classOf(storage.carrier))(kept.length)), result, storage.name),
    indices: wrapLike(c, place(found, new Int32Array(found.length)), result, INT32.name),
  };
  on.give(c);
  return y;
}

/**
 * The k largest of a lane in order, and their indices, in blocks: `begin` with the place for them, `look`, `finish`. Up to
 * a few by insertion, else a heap whose root is the last of those found so far, taken apart at the end.
 */
class Largest {
  /** elements of the lane that have been looked at */
  seen = 0;
  #to = 0;
  readonly #search: Search;
  readonly #values: Float64Array;
  readonly #indices: Int32Array;
  readonly #k: number;

  constructor(search: Search, values: Float64Array, indices: Int32Array, k: number) {
    this.#search = search;
    this.#values = values;
    this.#indices = indices;
    this.#k = k;
  }

  begin(to: number): void {
    this.seen = 0;
    this.#to = to;
  }

  look(x: Floats, at: number, n: number): void {
    const values = this.#values,
      indices = this.#indices,
      to = this.#to,
      k = this.#k,
      heap = k > FEW,
      seen = this.seen;
    let j = 0;
    for (; j < n && seen + j < k; j++) {
      if (!heap) insert(values, indices, to, seen + j, x[at + j]!, seen + j);
      else ((values[to + seen + j] = x[at + j]!), (indices[to + seen + j] = seen + j));
    }
    this.seen += n;
    if (this.seen < k) return;
    if (heap && seen < k)
      for (let i = (k >> 1) - 1; i >= 0; i--) sift(values, indices, to, k, i, values[to + i]!, indices[to + i]!);
    const last = heap ? to : to + k - 1;
    let least = values[last]!;
    const search = this.#search;
    search.begin();
    // where the least is a NaN, k of them have been found
    for (; least === least && (j = search.next(x, at, n, j, least)) < n; j++) {
      const value = x[at + j]!;
      if (heap) sift(values, indices, to, k, 0, value, seen + j);
      else insert(values, indices, to, k - 1, value, seen + j);
      least = values[last]!;
    }
  }

  finish(): void {
    const values = this.#values,
      indices = this.#indices,
      to = this.#to,
      k = this.#k;
    if (k <= FEW) return;
    for (let end = k - 1; end > 0; end--) {
      const value = values[to + end]!,
        index = indices[to + end]!;
      values[to + end] = values[to]!;
      indices[to + end] = indices[to]!;
      sift(values, indices, to, end, 0, value, index);
    }
  }
}

/** k up to which insertion beats a heap. */
const FEW = 16;

/** Puts an element behind those of the first n that come before it; the n-th, if there is one, drops out. */
// prettier-ignore
function insert(values: Float64Array, indices: Int32Array, to: number, n: number, value: number, index: number): void {
  let at = to + n;
  // a NaN comes before all but a NaN, and every other index is the lower one
  for (; at > to && (value > values[at - 1]! || (value !== value && values[at - 1]! === values[at - 1]!)); at--) {
    values[at] = values[at - 1]!;
    indices[at] = indices[at - 1]!;
  }
  values[at] = value;
  indices[at] = index;
}

/** Puts an element into place i of a heap of `end` or below it. */
// prettier-ignore
function sift(values: Float64Array, indices: Int32Array, to: number, end: number, i: number, value: number, index: number): void {
  for (let child = 2 * i + 1; child < end; child = 2 * i + 1) {
    const left = to + child;
    if (child + 1 < end && isBehind(values[left + 1]!, indices[left + 1]!, values[left]!, indices[left]!)) child++;
    const below = to + child;
    if (!isBehind(values[below]!, indices[below]!, value, index)) break;
    values[to + i] = values[below]!;
    indices[to + i] = indices[below]!;
    i = child;
  }
  values[to + i] = value;
  indices[to + i] = index;
}

/** Whether element a at i comes after element b at j: it is less, or equal and later. NaN comes before everything. */
function isBehind(a: number, i: number, b: number, j: number): boolean {
  if (a < b) return true;
  if (a > b) return false;
  if (a === b) return i > j;
  return a !== a && b !== b ? i > j : a === a;
}
