import { openCall, AXIS, DTYPE, KEEPDIMS, OUT, SHAPE, WHERE, type Spec } from '../input/options.ts';
import { show } from '../input/shapes.ts';
import { FLOAT32, FLOAT64, INT32 } from '../input/storage.ts';
import type { Floats } from '../input/typed.ts';
import type { Instance } from '../instance.ts';
import type { Call } from '../plan/call.ts';
import { isNumber, wrap } from '../plan/result.ts';
import { read, write } from '../plan/walk.ts';
import { leave } from '../run/execute.ts';
import { CHUNK, inLanes, inPieces, Rows, rowsAtOnce } from '../run/rows.ts';
import { Search } from './search.ts';
import type { ArrayResult, Nested, Options } from './types.ts';

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

const spec: Spec = {
  name: 'argmax',
  takes: AXIS | SHAPE | OUT | KEEPDIMS | WHERE | DTYPE,
  reduces: true,
  axis: null,
  what: 'x',
  result: INT32,
};

/** lanes of fewer elements are looked at one by one where they lie */
const SHORT = 256;

export function argmax(on: Instance, x: unknown, options: unknown): unknown {
  const c = on.take();
  openCall(c, spec, x, options, c.heap);
  c.plan();
  const { length, results } = c;
  if (results > 0 && (length === 0 || length > MOST_INDEX)) {
    throw new RangeError(
      `argmax: x with shape ${show(c.shape)} has lanes of length ${length}; a maximum needs at least one element, and an index at most 31 bits`,
    );
  }
  const y = results === 1 && isNumber(c) && isShort(c) ? largest(c.data as Floats, c.offset, length) : several(c);
  on.give(c);
  return y;
}

function isShort(c: Call): boolean {
  return (
    c.length <= SHORT &&
    !c.gathered &&
    c.where === undefined &&
    c.target === undefined &&
    (c.storage === FLOAT32 || c.storage === FLOAT64)
  );
}

/** The index of the first maximum of a short lane, the first NaN where there is one. */
function largest(x: Floats, at: number, n: number): number {
  return x instanceof Float32Array ? largest32(x, at, n) : largest64(x, at, n);
}

function largest32(x: Float32Array, at: number, n: number): number {
  let best = x[at]!,
    index = 0;
  for (let j = 1; j < n && best === best; j++) {
    const value = x[at + j]!;
    if (!(value <= best)) ((best = value), (index = j));
  }
  return index;
}

function largest64(x: Float64Array, at: number, n: number): number {
  let best = x[at]!,
    index = 0;
  for (let j = 1; j < n && best === best; j++) {
    const value = x[at + j]!;
    if (!(value <= best)) ((best = value), (index = j));
  }
  return index;
}

function several(c: Call): unknown {
  if (c.inWindow) leave(c);
  const { length, results } = c,
    rows = new Rows(inLanes(c.source, c), c.storage),
    mask = c.where && inLanes(c.where, c),
    bits = mask && new Uint8Array(Math.min(results, rowsAtOnce(length)) * Math.min(length, CHUNK));
  const found = new Int32Array(results),
    first = new FirstMaximum(new Search(c.heap));
  inPieces(
    results,
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
  if (c.target === undefined) return wrap(c, found);
  write(c.targetWalk!, 0, results, found, 0);
  return c.target;
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
