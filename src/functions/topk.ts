import { describe } from '../input/describe.ts';
import { countOf } from '../input/kinds.ts';
import { openCall, AXIS, DTYPE, SHAPE, type Spec } from '../input/options.ts';
import { rowMajor, show } from '../input/shapes.ts';
import { FLOAT32, FLOAT64, INT32, type Storage } from '../input/storage.ts';
import { classOf, className, roomFor, type Floats, type TypedArray } from '../input/typed.ts';
import type { Instance } from '../instance.ts';
import type { Call } from '../plan/call.ts';
import { axesOf, checkIndices, keptAxes } from '../plan/lanes.ts';
import { writeStored } from '../plan/stored.ts';
import { wrapLike } from '../plan/result.ts';
import { run, walkOver, write } from '../plan/walk.ts';
import { Pieces } from '../run/pieces.ts';
import { largest, picks } from './largest.ts';
import type { ArrayResult, Data, Fresh, Option, Same, Wrapped } from './results.ts';
import type { Options } from './types.ts';

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

/** The k largest of X and their indices. */
export type TopOf<X, O = {}> = 0 extends 1 & X
  ? Top<any, any>
  : X extends number
    ? Top<number[], number[]>
    : X extends readonly unknown[]
      ? TopOfList<X, Fresh<Data<X>>, Option<O, 'axis'>>
      : X extends TypedArray
        ? Top<Fresh<X>, Fresh<Int32Array>>
        : Top<Wrapped<Fresh<Data<X>>>, ArrayResult<Fresh<Int32Array>>>;

type TopOfList<X, A, At> = At extends number
  ? Top<Same<X, A>, Same<X, Fresh<Int32Array>>>
  : [A] extends [never]
    ? Top<number[], number[]>
    : Top<A, Fresh<Int32Array>>;

const spec: Spec = { name: 'topk', takes: AXIS | SHAPE | DTYPE, reduces: false, axis: null, what: 'x' };

export function topk(on: Instance, x: unknown, k: unknown, options: unknown): unknown {
  const { name } = spec,
    c = on.take();
  openCall(c, spec, x, options, c.heap);
  if (c.axis !== null && typeof c.axis !== 'number') {
    throw new TypeError(`${name}: axis is ${describe(c.axis)}; it must be an integer, or null for the whole array`);
  }
  c.plan();
  const { length, shape, storage } = c,
    lanes = c.outer * c.inner,
    rank = shape.length;
  checkIndices(name, 'x', c);
  const most = countOf(name, 'k', k, length, () =>
    length === 0
      ? `for the lanes are empty (shape ${show(shape)})`
      : `at most the length of the lanes (shape ${show(shape)})`,
  );
  const axis = c.axis === null ? -1 : axesOf(c, rank)[0]!,
    result = axis < 0 ? [most] : shape.map((n, d) => (d === axis ? most : n));

  const size = lanes * most,
    kept = storage.single ? roomFor(name, size, Float32Array) : roomFor(name, size, Float64Array),
    found = roomFor(name, size, Int32Array);
  if (most > 0) find(c, most, kept, found);
  const values = stored(kept, storage),
    order = axis < 0 || (c.inner === 1 && !c.gathered) ? undefined : [...keptAxes(c, rank), axis];
  const y = {
    values: wrapLike(c, inShape(values, result, order), result, storage.name),
    indices: wrapLike(c, inShape(found, result, order), result, INT32.name),
  };
  on.give(c);
  return y;
}

/** The k largest of each lane, one lane after another. */
function find(c: Call, k: number, values: Floats, indices: Int32Array): void {
  const pieces = new Pieces(c, picks(k)),
    top = largest(k, c.length);
  while (pieces.next()) {
    const { lane, lanes, from, n, at } = pieces;
    for (let r = 0; r < lanes; r++) {
      if (from === 0) top.begin();
      top.look(pieces, at + r * n);
      if (from + n === c.length) top.finish(values, indices, (lane + r) * k);
    }
  }
}

/** Values as the elements of x are stored. */
export function stored(values: Floats, storage: Storage): TypedArray {
  if (storage === FLOAT32 || storage === FLOAT64) return values;
  const n = values.length,
    array = new (classOf(storage.carrier))(n);
  writeStored(run(array, 0, n), storage, 0, n, values, 0);
  return array;
}

/** The elements in row-major order; they come in that of the lanes. */
function inShape(data: TypedArray, shape: readonly number[], order: readonly number[] | undefined): TypedArray {
  if (order === undefined) return data;
  const into = new (classOf(className(data)!))(data.length);
  write(walkOver(into, 0, shape, rowMajor(shape), order), 0, data.length, data, 0);
  return into;
}
