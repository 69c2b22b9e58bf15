import { settle } from '../input/open.ts';
import { equal, range, rowMajor, show } from '../input/shapes.ts';
import { storageOf, type Storage } from '../input/storage.ts';
import { lengthOf, roomFor, type Floats, type TypedArray } from '../input/typed.ts';
import { TYPED, type View } from '../input/view.ts';
import type { Call } from '../plan/call.ts';
import { laneOrder, type Lanes } from '../plan/lanes.ts';
import { readStored, writeStored } from '../plan/stored.ts';
import { meets } from '../plan/overlap.ts';
import { fresh, wrap } from '../plan/result.ts';
import { run, walkOver, write, type Walk } from '../plan/walk.ts';

// The lanes of an array as rows: one after another, each contiguous, in float32 or float64, whatever the axis, the strides
// and the storage. Functions that loop over elements in TypeScript know nothing else.

/** Some elements in `data` from `at` on: in place where they lie so, else a copy of those asked for. */
export class Rows {
  data: Floats;
  at = 0;
  readonly #walk: Walk;
  readonly #storage: Storage;
  readonly #direct: boolean;

  constructor(walk: Walk, storage: Storage) {
    const { data, dims, strides } = walk;
    this.#walk = walk;
    this.#storage = storage;
    this.#direct =
      dims.length === 1 && strides[0] === 1 && (data instanceof Float32Array || data instanceof Float64Array);
    this.data = this.#direct ? (data as Floats) : new (storage.single ? Float32Array : Float64Array)(0);
  }

  /** Elements from .. from + count, in the order of the lanes. */
  load(from: number, count: number): void {
    if (this.#direct) {
      this.at = this.#walk.offset + from;
      return;
    }
    if (this.data.length < count) this.data = new (this.data.constructor as Float64ArrayConstructor)(count);
    readStored(this.#walk, this.#storage, from, count, this.data, 0);
  }
}

/** The elements of one lane of x after the other, read when one of them is asked for. */
export class Logits {
  readonly #rows: Rows;
  readonly #length: number;
  #lane = 0;
  #loaded = -1;

  constructor(walk: Walk, storage: Storage, length: number) {
    this.#rows = new Rows(walk, storage);
    this.#length = length;
  }

  seek(lane: number): this {
    this.#lane = lane;
    return this;
  }

  get(j: number): number {
    const rows = this.#rows;
    if (this.#loaded !== this.#lane) {
      this.#loaded = this.#lane;
      rows.load(this.#lane * this.#length, this.#length);
    }
    return rows.data[rows.at + j]!;
  }
}

/** A walk in the order of the source of a call as one over its lanes. */
export function inLanes(walk: Walk, { outer, length, inner }: Pick<Lanes, 'outer' | 'length' | 'inner'>): Walk {
  if (inner === 1 || outer * length * inner === 0) return walk;
  // the dimensions of each group, slowest first; one that reaches from a group into the next is cut in two
  const shape: number[] = [],
    strides: number[] = [],
    ends: number[] = [];
  let d = walk.dims.length - 1,
    n = walk.dims[d]!,
    stride = walk.strides[d]!;
  for (let need of [inner, length, outer]) {
    for (; need > 1; d--, n = walk.dims[d]!, stride = walk.strides[d]!) {
      shape.unshift(Math.min(n, need));
      strides.unshift(stride);
      if (n > need) {
        n /= need;
        stride *= need;
        break;
      }
      need /= n;
    }
    ends.push(shape.length);
  }
  const [after, axes, rank] = ends as [number, number, number];
  const of = (from: number, to: number): number[] => Array.from({ length: to - from }, (_, k) => rank - to + k);
  return walkOver(walk.data, walk.offset, shape, strides, [...of(axes, rank), ...of(0, after), ...of(after, axes)]);
}

/** Makes sure that a second argument has the shape of the first. */
export function agree(c: Call, view: View): void {
  if (view.form === TYPED && c.size > 0 && lengthOf(view.data) === c.size) {
    view.size = c.size;
    return;
  }
  const { name, what } = c.spec,
    { shape } = c;
  settle(view, name, view.form === TYPED ? shape : undefined);
  if (equal(view.shape, shape)) return;
  throw new RangeError(
    `${name}: ${view.what} has shape ${show(view.shape)}; ${what} has shape ${show(shape)}, give both the same`,
  );
}

/** A second argument of the shape of the first, as a walk over the same lanes. */
export function beside(c: Call, view: View): Walk {
  agree(c, view);
  const { shape } = c;
  return walkOver(view.data, view.offset, shape, view.strides ?? rowMajor(shape), laneOrder(c, shape.length));
}

/** What the elements of such an argument are: bits of 16 that say nothing else are those of x. */
export function storageBeside(c: Call, { data, storage }: View): Storage {
  return storage.carrier === 'Uint16Array' && storage.bits < 0 && c.storage.bits >= 0
    ? storageOf(data, c.storage.name)
    : storage;
}

/** All elements of an argument of any shape, in row-major order, as float64; of a typed array, of the shape that is wanted. */
export function values(view: View, name: string, wanted: readonly number[] | undefined = undefined): Float64Array {
  settle(view, name, wanted);
  const { shape, strides, offset, size } = view,
    data = roomFor(name, size, Float64Array);
  const walk =
    strides === undefined
      ? run(view.data, offset, size)
      : walkOver(view.data, offset, shape, strides, range(shape.length));
  readStored(walk, view.storage, 0, size, data, 0);
  return data;
}

/** Where a result of the shape of x goes: into `out`, or into an array of its own. */
export class Output {
  readonly #call: Call;
  readonly #data: TypedArray | undefined;
  /** over the lanes */
  readonly #walk: Walk;

  /** An `out` that overlaps an input other than element by element is written when all inputs have been read. */
  constructor(c: Call, inputs: readonly Walk[]) {
    const { size, outWalk } = c;
    let walk = outWalk && inLanes(outWalk, c);
    if (walk === undefined || inputs.some((input) => meets(walk!, input))) {
      this.#data = fresh(c, size);
      walk = inLanes(outWalk === undefined ? c.resultWalk(this.#data) : run(this.#data, 0, size), c);
    }
    this.#call = c;
    this.#walk = walk;
  }

  /** Elements from .. from + count, in the order of the lanes, which y has from `at` on and may lose. */
  put(from: number, count: number, y: Floats, at: number): void {
    writeStored(this.#walk, this.#call.result, from, count, y, at);
  }

  finish(): unknown {
    const c = this.#call,
      data = this.#data;
    if (c.outObject === undefined) return wrap(c, data!);
    if (data !== undefined) write(c.outWalk!, 0, data.length, data, 0);
    return c.outObject;
  }
}
