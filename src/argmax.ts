import { className, equal, open, rowMajor, settle, show, type Input } from './arrays.ts';
import type { Heap } from './heap.ts';
import { Layout } from './layout.ts';
import { describe, type Nested } from './nested.ts';
import { admit, check, none, type Options } from './options.ts';
import { isInjective } from './overlap.ts';
import { CHUNK, inLanes, inPieces, Rows, rowsAtOnce, type Floats } from './rows.ts';
import { Search } from './search.ts';
import type { ArrayResult } from './softmax.ts';
import { read, walkOver, write, type Walk } from './walk.ts';

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
  const input = open(name, 'x', x, false),
    known = ['axis', 'shape', 'out', 'keepdims', 'where', 'dtype'];
  const { axis, shape, out, keepdims, where, dtype } = admit<Options>(name, options, known);
  const given = check(name, { ...none, axis, shape, keepdims, where, dtype });
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

  const rows = new Rows(inLanes(plan.source, plan), plan.sourceDtype),
    mask = plan.where && inLanes(plan.where, plan),
    bits = mask && new Uint8Array(Math.min(lanes, rowsAtOnce(length)) * Math.min(length, CHUNK));
  const found = new Int32Array(lanes),
    first = new FirstMaximum(new Search(heap));
  inPieces(
    lanes,
    length,
    (start, count) => {
      rows.load(start, count);
      if (bits !== undefined) read(mask!, start, count, bits, 0);
    },
    (lane, at, n) => {
      if (first.seen === length) first.begin();
      if (bits === undefined) first.look(rows.data, rows.at + at, n);
      else first.lookAtUnmasked(rows.data, rows.at + at, n, bits, at);
      found[lane] = first.index;
    },
  );
  if (target === undefined) return plan.wrap(found, 'int32');
  write(target, 0, lanes, found, 0);
  return out;
}

/** The index of the first maximum of a lane, the first NaN where there is one, in blocks; -1 where all is masked. */
class FirstMaximum {
  index = -1;
  /** elements of the lane that have been looked at */
  seen = 0;
  #best = -Infinity;
  readonly #search: Search;

  constructor(search: Search) {
    this.#search = search;
  }

  begin(): void {
    this.index = -1;
    this.seen = 0;
    this.#best = -Infinity;
  }

  look(x: Floats, at: number, n: number): void {
    let best = this.#best,
      index = this.index - this.seen,
      j = 0;
    if (this.seen === 0) ((best = x[at]!), (index = 0), (j = 1));
    const search = this.#search;
    search.begin();
    for (; best === best && (j = search.next(x, at, n, j, best)) < n; j++) {
      best = x[at + j]!;
      index = j;
    }
    this.#best = best;
    this.index = index + this.seen;
    this.seen += n;
  }

  lookAtUnmasked(x: Floats, at: number, n: number, bits: Uint8Array, from: number): void {
    let best = this.#best,
      index = this.index;
    for (let j = 0; best === best && j < n; j++) {
      const value = x[at + j]!;
      if (bits[from + j] === 0 || (value <= best && index >= 0)) continue;
      best = value;
      index = this.seen + j;
    }
    this.#best = best;
    this.index = index;
    this.seen += n;
  }
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
