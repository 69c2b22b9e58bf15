import { openCall, AXIS, DTYPE, KEEPDIMS, OUT, SHAPE, WHERE, type Spec } from '../input/options.ts';
import { show } from '../input/shapes.ts';
import { FLOAT32, FLOAT64, INT32 } from '../input/storage.ts';
import type { Floats } from '../input/typed.ts';
import type { Instance } from '../instance.ts';
import type { Call } from '../plan/call.ts';
import { checkIndices } from '../plan/lanes.ts';
import { isNumber, wrap } from '../plan/result.ts';
import { write } from '../plan/walk.ts';
import { Pieces, SHORT } from '../run/pieces.ts';
import type { Fresh, Reduced } from './results.ts';
import type { Options } from './types.ts';

/** Options of argmax. `out` is an Int32Array, or an object with one. */
export type ArgmaxOptions = Pick<Options, 'axis' | 'shape' | 'keepdims' | 'where' | 'dtype' | 'out'>;

/** Indices for an input X: numbers for numbers and lists, int32 for typed arrays and objects. */
export type Indices<X, O = {}> = Reduced<X, O, Fresh<Int32Array>>;

const spec: Spec = {
  name: 'argmax',
  takes: AXIS | SHAPE | OUT | KEEPDIMS | WHERE | DTYPE,
  reduces: true,
  axis: null,
  what: 'x',
  result: INT32,
};

export function argmax(on: Instance, x: unknown, options: unknown): unknown {
  const c = on.take();
  openCall(c, spec, x, options, c.heap);
  c.plan();
  const { length, results } = c;
  if (results > 0 && length === 0) {
    throw new RangeError(
      `argmax: x with shape ${show(c.shape)} has lanes of length 0; a maximum needs at least one element`,
    );
  }
  checkIndices('argmax', 'x', c);
  const y = results === 1 && isNumber(c) && isPlain(c) ? largest(c.data as Floats, c.offset, length) : several(c);
  on.give(c);
  return y;
}

/** One short lane, as it lies: most calls are such. */
function isPlain(c: Call): boolean {
  return (
    c.length <= SHORT &&
    !c.gathered &&
    c.where === undefined &&
    c.outObject === undefined &&
    (c.storage === FLOAT32 || c.storage === FLOAT64)
  );
}

/** The index of the first maximum of a short row, the first NaN where there is one. */
function largest(x: Floats, at: number, n: number): number {
  return x instanceof Float32Array ? largest32(x, at, n) : largest64(x, at, n);
}

function largest32(x: Float32Array, at: number, n: number): number {
  let best = -Infinity,
    index = 0;
  for (let j = 0; j < n; j++) {
    const value = x[at + j]!;
    if (value <= best) continue;
    if (value !== value) return j;
    best = value;
    index = j;
  }
  return index;
}

function largest64(x: Float64Array, at: number, n: number): number {
  let best = -Infinity,
    index = 0;
  for (let j = 0; j < n; j++) {
    const value = x[at + j]!;
    if (value <= best) continue;
    if (value !== value) return j;
    best = value;
    index = j;
  }
  return index;
}

function several(c: Call): unknown {
  const pieces = new Pieces(c),
    found = new Int32Array(c.results);
  let best = -Infinity;
  while (pieces.next()) {
    if (c.length <= SHORT) lookAtShort(c, pieces, found);
    else best = lookAtLong(c, pieces, found, best);
  }
  if (c.outObject === undefined) return wrap(c, found);
  write(c.outWalk!, 0, found.length, found, 0);
  return c.outObject;
}

function lookAtShort(c: Call, { data, at, n, lane, lanes, mask }: Pieces, found: Int32Array): void {
  if (data instanceof Float32Array) for (let r = 0; r < lanes; r++) found[lane + r] = largest32(data, at + r * n, n);
  else for (let r = 0; r < lanes; r++) found[lane + r] = largest64(data, at + r * n, n);
  if (c.where === undefined) return;
  const { u8 } = c.heap;
  for (let r = 0, m = mask; r < lanes; r++, m += n) {
    // a masked element is the first maximum where nothing else is above -Infinity
    if (u8[m + found[lane + r]!] === 0) found[lane + r] = unmasked(u8, m, n);
  }
}

/** Lanes, or a part of one: the best of the parts before is given, and its index in its place. Returns the best by now. */
function lookAtLong(c: Call, pieces: Pieces, found: Int32Array, best: number): number {
  const { data, n, lane, lanes, from } = pieces;
  for (let r = 0; r < lanes; r++) {
    const at = pieces.at + r * n;
    let index = found[lane + r]!;
    if (from === 0) ((best = -Infinity), (index = -1));
    for (let j = 0; best === best && (j = pieces.above(at, j, best)) < n; j++) {
      best = data[at + j]!;
      index = from + j;
    }
    if (index < 0) {
      // all is -Infinity, or masked
      const first = c.where === undefined ? 0 : unmasked(c.heap.u8, pieces.mask + r * n, n);
      if (first >= 0) index = from + first;
    }
    found[lane + r] = index;
  }
  return best;
}

/** The first of n elements that is not masked; -1 where all are. */
function unmasked(mask: Uint8Array, at: number, n: number): number {
  for (let j = 0; j < n; j++) if (mask[at + j] !== 0) return j;
  return -1;
}
