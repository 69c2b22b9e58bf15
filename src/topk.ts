import { className, open, rowMajor, show } from './arrays.ts';
import { MOST_INDEX } from './argmax.ts';
import { encode } from './half.ts';
import { Layout } from './layout.ts';
import { describe } from './nested.ts';
import { readOptions, type Options } from './options.ts';
import { inLanes, keptAxes, refuseOthers, Rows, rowsAtOnce, whole, wrapLike, type Floats } from './rows.ts';
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

export function topk(x: unknown, k: unknown, options: Options | undefined): unknown {
  const name = 'topk';
  refuseOthers(name, options, ['axis', 'shape', 'dtype']);
  const { axis, shape, dtype } = options ?? {};
  if (axis !== undefined && axis !== null && typeof axis !== 'number') {
    throw new TypeError(`${name}: axis is ${describe(axis)}; it must be an integer, or null for the whole array`);
  }
  const input = open(name, 'x', x, false);
  const plan = new Layout(name, input, readOptions(name, { axis, shape, dtype }, { reduces: false }), {
    reduces: false,
  });
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

  const rows = new Rows(inLanes(source, plan), length, plan.sourceDtype),
    some = rowsAtOnce(length);
  const kept = new Float64Array(lanes * most),
    found = new Int32Array(lanes * most),
    heap = new Int32Array(most);
  for (let from = 0; from < lanes && most > 0; from += some) {
    const n = Math.min(some, lanes - from);
    rows.load(from, n);
    for (let r = 0; r < n; r++) {
      const at = rows.at + r * length,
        to = (from + r) * most;
      select(rows.data, at, length, heap);
      for (let j = 0; j < most; j++) {
        found[to + j] = heap[j]!;
        kept[to + j] = rows.data[at + heap[j]!]!;
      }
    }
  }
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

/** The indices of the heap.length largest, in order: a heap whose root is the least of those found so far, then sorted. */
function select(x: Floats, at: number, n: number, heap: Int32Array): void {
  const k = heap.length;
  for (let j = 0; j < k; j++) heap[j] = j;
  for (let i = (k >> 1) - 1; i >= 0; i--) sift(x, at, heap, i, k);
  for (let j = k; j < n; j++) {
    const value = x[at + j]!,
      least = x[at + heap[0]!]!;
    if (value > least || (value !== value && least === least)) {
      heap[0] = j;
      sift(x, at, heap, 0, k);
    }
  }
  for (let end = k - 1; end > 0; end--) {
    const least = heap[0]!;
    heap[0] = heap[end]!;
    heap[end] = least;
    sift(x, at, heap, 0, end);
  }
}

function sift(x: Floats, at: number, heap: Int32Array, i: number, end: number): void {
  const moved = heap[i]!;
  for (let child = 2 * i + 1; child < end; child = 2 * i + 1) {
    if (child + 1 < end && isBehind(x, at, heap[child + 1]!, heap[child]!)) child++;
    if (!isBehind(x, at, heap[child]!, moved)) break;
    heap[i] = heap[child]!;
    i = child;
  }
  heap[i] = moved;
}

/** Whether element i comes after element j: it is less, or equal and later. NaN comes before everything. */
function isBehind(x: Floats, at: number, i: number, j: number): boolean {
  const a = x[at + i]!,
    b = x[at + j]!;
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
