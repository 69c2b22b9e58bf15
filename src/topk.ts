import { className, open, rowMajor, show } from './arrays.ts';
import { MOST_INDEX } from './argmax.ts';
import { encode } from './half.ts';
import type { Heap } from './heap.ts';
import { Layout } from './layout.ts';
import { describe } from './nested.ts';
import { admit, check, none, type Options } from './options.ts';
import { inLanes, inPieces, keptAxes, Rows, whole, wrapLike, type Floats } from './rows.ts';
import { Search } from './search.ts';
import type { ArrayResult } from './softmax.ts';
import { walkOver, write, type TypedArray } from './walk.ts';

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

export function topk(heap: () => Heap, x: unknown, k: unknown, options: Options | undefined): unknown {
  const name = 'topk';
  const input = open(name, 'x', x, false);
  const { axis, shape, dtype } = admit<Options>(name, options, ['axis', 'shape', 'dtype']);
  if (axis !== undefined && axis !== null && typeof axis !== 'number') {
    throw new TypeError(`${name}: axis is ${describe(axis)}; it must be an integer, or null for the whole array`);
  }
  const plan = new Layout(name, input, check(name, { ...none, axis, shape, dtype }), { reduces: false });
  const { length, source } = plan,
    lanes = plan.outer * plan.inner;
  const most = whole(
    name,
    'k',
    k,
    Math.min(length, MOST_INDEX),
    `at most the length of the lanes (shape ${show(plan.shape)})`,
  );
  const flat = typeof axis !== 'number';
  const result = flat ? [most] : plan.shape.map((n, d) => (d === plan.axes[0] ? most : n));

  const rows = new Rows(inLanes(source, plan), plan.sourceDtype);
  const kept = new Float64Array(lanes * most),
    found = new Int32Array(lanes * most),
    top = new Largest(new Search(heap), kept, found, most);
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
  const bits = className(source.data) === 'Uint16Array' && plan.sourceDtype;
  if (bits) encode(kept, 0, kept.length, bits);
  const order = flat ? [0] : [...keptAxes(plan), plan.axes[0]!];
  const place = (from: TypedArray, into: TypedArray): TypedArray => {
    write(walkOver(into, 0, result, rowMajor(result), order), 0, from.length, from, 0);
    return into;
  };
  return {
    values: wrapLike(input, place(kept, sameClass(source.data, kept.length)), result, dtypeOf(plan)),
    indices: wrapLike(input, place(found, new Int32Array(found.length)), result, 'int32'),
  };
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

function sameClass(data: TypedArray, size: number): TypedArray {
  return new (globalThis as unknown as Record<string, new (n: number) => TypedArray>)[className(data)!]!(size);
}

function dtypeOf(plan: Layout): string {
  if (plan.sourceDtype !== undefined) return plan.sourceDtype;
  const own = className(plan.source.data)!;
  return own === 'Uint8ClampedArray' ? 'uint8' : own.slice(0, -'Array'.length).toLowerCase();
}
