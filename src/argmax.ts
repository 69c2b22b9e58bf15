import { className, equal, open, rowMajor, settle, show, type Input } from './arrays.ts';
import type { Heap } from './heap.ts';
import { Layout } from './layout.ts';
import { describe, type Nested } from './nested.ts';
import { readOptions, type Options } from './options.ts';
import { isInjective } from './overlap.ts';
import { inLanes, isRun, refuseOthers, Rows, rowsAtOnce, type Floats } from './rows.ts';
import { Search } from './search.ts';
import type { ArrayResult } from './softmax.ts';
import { read, run, walkOver, write, type Walk } from './walk.ts';

/** Options of argmax. `out` is an Int32Array, or an object with one. */
export type ArgmaxOptions = Pick<Options, 'axis' | 'shape' | 'keepdims' | 'where' | 'dtype' | 'out'>;

/** Indices for an input X: numbers for numbers and lists, int32 for typed arrays and objects. */
export type Indices<X, O = unknown> = O extends { readonly out: infer W extends object }
  ? W
  : X extends number
    ? number
    : X extends { readonly data: unknown }
      ? ArrayResult<Int32Array>
      : O extends { readonly axis: number | readonly number[] } | { readonly keepdims: true }
        ? X extends readonly unknown[]
          ? Nested | number
          : Int32Array | number
        : number;

/** The longest lane whose indices an Int32Array holds. */
export const MOST_INDEX = 0x7fff_ffff;

export function argmax(heap: () => Heap, x: unknown, options: Options | undefined): unknown {
  const name = 'argmax';
  refuseOthers(name, options, ['axis', 'shape', 'out', 'keepdims', 'where', 'dtype']);
  const { axis, shape, out, keepdims, where, dtype } = options ?? {};
  const input = open(name, 'x', x, false);
  const given = readOptions(name, { axis, shape, keepdims, where, dtype }, { reduces: true });
  const place = out === undefined || out === null ? undefined : openOut(name, out);
  const plan = new Layout(name, input, given, { reduces: true });
  const { length } = plan,
    lanes = plan.outer * plan.inner;
  if (lanes > 0 && (length === 0 || length > MOST_INDEX)) {
    throw new RangeError(
      `${name}: x with shape ${show(plan.shape)} has lanes of length ${length}; a maximum needs at least one element, and an index at most 31 bits`,
    );
  }
  const target = place && aim(name, place, plan.result);

  const rows = new Rows(inLanes(plan.source, plan), plan.sourceDtype);
  const mask = plan.where && maskRows(plan.where, plan);
  const bits = mask && new Uint8Array(Math.min(lanes, rowsAtOnce(length)) * length);
  const found = new Int32Array(lanes),
    some = rowsAtOnce(length),
    search = new Search(heap);
  for (let from = 0; from < lanes; from += some) {
    const n = Math.min(some, lanes - from);
    rows.load(from * length, n * length);
    if (bits !== undefined) read(mask!, from * length, n * length, bits, 0);
    for (let r = 0; r < n; r++) {
      const at = rows.at + r * length;
      found[from + r] =
        bits === undefined
          ? largest(search, rows.data, at, length)
          : largestOf(rows.data, at, length, bits, r * length);
    }
  }
  if (target === undefined) return plan.wrap(found, 'int32');
  write(target, 0, lanes, found, 0);
  return out;
}

/** Index of the first maximum; the first NaN where there is one. */
function largest(search: Search, x: Floats, at: number, n: number): number {
  let best = x[at]!,
    index = 0;
  search.begin();
  for (let j = 1; best === best && (j = search.next(x, at, n, j, best)) < n; j++) {
    best = x[at + j]!;
    index = j;
  }
  return index;
}

/** The same among unmasked elements; -1 where there are none. */
function largestOf(x: Floats, at: number, n: number, bits: Uint8Array, from: number): number {
  let best = -Infinity,
    index = -1;
  for (let j = 0; j < n; j++) {
    if (bits[from + j] === 0) continue;
    const value = x[at + j]!;
    if (value !== value) return j;
    if (value > best || index < 0) ((best = value), (index = j));
  }
  return index;
}

function maskRows(where: Walk, plan: Layout): Walk {
  if (plan.inner === 1 || isRun(where)) return inLanes(where, plan);
  const size = plan.outer * plan.length * plan.inner,
    bits = new Uint8Array(size);
  read(where, 0, size, bits, 0);
  return inLanes(run(bits, 0, size), plan);
}

function openOut(name: string, out: unknown): Input {
  const wanted = 'an Int32Array, or { data, shape } with one as data';
  if (typeof out !== 'object' || Array.isArray(out))
    throw new TypeError(`${name}: out is ${describe(out)}; it must be ${wanted}`);
  const input = open(name, 'out', out, false);
  if (className(input.data) !== 'Int32Array') {
    throw new TypeError(`${name}: out is ${describe(input.data)}; the result is int32 and needs ${wanted}`);
  }
  return input;
}

function aim(name: string, input: Input, result: readonly number[]): Walk {
  const view = settle(name, 'out', input, result);
  if (!equal(view.shape, result)) {
    throw new RangeError(
      `${name}: out has shape ${show(view.shape)}; the result has shape ${show(result)}, give out the same`,
    );
  }
  const strides = view.strides ?? rowMajor(view.shape);
  if (!isInjective(view.shape, strides)) {
    throw new RangeError(
      `${name}: out with shape ${show(view.shape)} and strides ${show(strides)} writes some places twice; give every element a place of its own`,
    );
  }
  return walkOver(view.data, view.offset, view.shape, strides, [...view.shape.keys()]);
}
