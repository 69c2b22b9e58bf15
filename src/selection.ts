import { className, equal, open, rowMajor, settle, show, type Input } from './arrays.ts';
import { encode } from './half.ts';
import { Layout } from './layout.ts';
import { describe } from './nested.ts';
import { readOptions, type Options } from './options.ts';
import { isInjective } from './overlap.ts';
import { inLanes, isRun, keptAxes, refuseOthers, Rows, rowsAtOnce, whole, wrapLike, type Floats } from './rows.ts';
import { read, run, walkOver, write, type TypedArray, type Walk } from './walk.ts';

// Functions that pick: the largest of a lane, the k largest.

const MOST_INDEX = 0x7fff_ffff; // of an Int32Array

export function argmax(x: unknown, options: Options | undefined): unknown {
  const name = 'argmax';
  refuseOthers(name, options, ['axis', 'shape', 'out', 'keepdims', 'where', 'dtype']);
  const { axis, shape, out, keepdims, where, dtype } = options ?? {};
  const input = open(name, 'x', x, false);
  const given = readOptions(name, { axis, shape, keepdims, where, dtype }, { reduces: true });
  const place = out === undefined || out === null ? undefined : openOut(name, out);
  const plan = new Layout(name, input, given, { reduces: true });
  const { length } = plan, lanes = plan.outer * plan.inner;
  if (lanes > 0 && (length === 0 || length > MOST_INDEX)) {
    throw new RangeError(
      `${name}: x with shape ${show(plan.shape)} has lanes of length ${length}; a maximum needs at least one element, and an index at most 31 bits`,
    );
  }
  const target = place && aim(name, place, plan.result);

  const rows = new Rows(inLanes(plan.source, plan), length, plan.sourceDtype);
  const mask = plan.where && maskRows(plan.where, plan);
  const bits = mask && new Uint8Array(Math.min(lanes, rowsAtOnce(length)) * length);
  const found = new Int32Array(lanes), some = rowsAtOnce(length);
  for (let from = 0; from < lanes; from += some) {
    const n = Math.min(some, lanes - from);
    rows.load(from, n);
    if (bits !== undefined) read(mask!, from * length, n * length, bits, 0);
    for (let r = 0; r < n; r++) {
      const at = rows.at + r * length;
      found[from + r] = bits === undefined ? largest(rows.data, at, length) : largestOf(rows.data, at, length, bits, r * length);
    }
  }
  if (target === undefined) return plan.wrap(found, 'int32');
  write(target, 0, lanes, found, 0);
  return out;
}

/** Index of the first maximum; the first NaN where there is one. */
function largest(x: Floats, at: number, n: number): number {
  let best = x[at]!, index = 0;
  if (best !== best) return 0;
  for (let j = 1; j < n; j++) {
    const value = x[at + j]!;
    if (value > best) (best = value), (index = j);
    else if (value !== value) return j;
  }
  return index;
}

/** The same among unmasked elements; -1 where there are none. */
function largestOf(x: Floats, at: number, n: number, bits: Uint8Array, from: number): number {
  let best = -Infinity, index = -1;
  for (let j = 0; j < n; j++) {
    if (bits[from + j] === 0) continue;
    const value = x[at + j]!;
    if (value !== value) return j;
    if (value > best || index < 0) (best = value), (index = j);
  }
  return index;
}

function maskRows(where: Walk, plan: Layout): Walk {
  if (plan.inner === 1 || isRun(where)) return inLanes(where, plan);
  const size = plan.outer * plan.length * plan.inner, bits = new Uint8Array(size);
  read(where, 0, size, bits, 0);
  return inLanes(run(bits, 0, size), plan);
}

function openOut(name: string, out: unknown): Input {
  const wanted = 'an Int32Array, or { data, shape } with one as data';
  if (typeof out !== 'object' || Array.isArray(out)) throw new TypeError(`${name}: out is ${describe(out)}; it must be ${wanted}`);
  const input = open(name, 'out', out, false);
  if (className(input.data) !== 'Int32Array') {
    throw new TypeError(`${name}: out is ${describe(input.data)}; the result is int32 and needs ${wanted}`);
  }
  return input;
}

function aim(name: string, input: Input, result: readonly number[]): Walk {
  const view = settle(name, 'out', input, result);
  if (!equal(view.shape, result)) {
    throw new RangeError(`${name}: out has shape ${show(view.shape)}; the result has shape ${show(result)}, give out the same`);
  }
  const strides = view.strides ?? rowMajor(view.shape);
  if (!isInjective(view.shape, strides)) {
    throw new RangeError(
      `${name}: out with shape ${show(view.shape)} and strides ${show(strides)} writes some places twice; give every element a place of its own`,
    );
  }
  return walkOver(view.data, view.offset, view.shape, strides, [...view.shape.keys()]);
}

export function topk(x: unknown, k: unknown, options: Options | undefined): unknown {
  const name = 'topk';
  refuseOthers(name, options, ['axis', 'shape', 'dtype']);
  const { axis, shape, dtype } = options ?? {};
  if (axis !== undefined && axis !== null && typeof axis !== 'number') {
    throw new TypeError(`${name}: axis is ${describe(axis)}; it must be an integer, or null for the whole array`);
  }
  const input = open(name, 'x', x, false);
  const plan = new Layout(name, input, readOptions(name, { axis, shape, dtype }, { reduces: false }), { reduces: false });
  const { length, source } = plan, lanes = plan.outer * plan.inner;
  const most = whole(name, 'k', k, Math.min(length, MOST_INDEX), `at most the length of the lanes (shape ${show(plan.shape)})`);
  const flat = typeof axis !== 'number';
  const result = flat ? [most] : plan.shape.map((n, d) => (d === plan.axes[0] ? most : n));

  const rows = new Rows(inLanes(source, plan), length, plan.sourceDtype), some = rowsAtOnce(length);
  const kept = new Float64Array(lanes * most), found = new Int32Array(lanes * most), heap = new Int32Array(most);
  for (let from = 0; from < lanes && most > 0; from += some) {
    const n = Math.min(some, lanes - from);
    rows.load(from, n);
    for (let r = 0; r < n; r++) {
      const at = rows.at + r * length, to = (from + r) * most;
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
    const value = x[at + j]!, least = x[at + heap[0]!]!;
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
  const a = x[at + i]!, b = x[at + j]!;
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
