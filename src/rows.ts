import { className, equal, rowMajor, settle, show, type Input } from './arrays.ts';
import { decode, encode } from './half.ts';
import { describe, nest } from './nested.ts';
import type { Layout } from './layout.ts';
import { meets } from './overlap.ts';
import { read, run, walkOver, write, type TypedArray, type Walk } from './walk.ts';

// The lanes of an array as rows: one after another, each contiguous, in float32 or float64, whatever the axis, the strides
// and the storage. The companions loop over rows and know nothing else.

export type Floats = Float32Array | Float64Array;
export type Half = 'float16' | 'bfloat16';

/** Elements that are gathered or computed at a time: a few hundred kilobytes. */
export const CHUNK = 65536;

/** How many rows to take at a time. */
export function rowsAtOnce(length: number): number {
  return Math.max(1, Math.floor(CHUNK / Math.max(1, length)));
}

/**
 * Goes through the lanes: loads some elements, several lanes or a part of one, in the order of the lanes, and looks at each
 * lane, or part of it, among them: n elements from `at` on.
 */
export function inPieces(
  lanes: number,
  length: number,
  load: (start: number, count: number) => void,
  look: (lane: number, at: number, n: number) => void,
): void {
  const some = rowsAtOnce(length);
  for (let from = 0; from < lanes; from += some) {
    const n = Math.min(some, lanes - from);
    // once around, but for a lane that is longer than a piece
    for (let at = 0; at < length; at += CHUNK) {
      load(from * length + at, Math.min(CHUNK, n * length - at));
      for (let r = 0; r < n; r++) look(from + r, r * length, Math.min(CHUNK, length - at));
    }
  }
}

/** Some elements in `data` from `at` on: in place where they lie so, else a copy of those asked for. */
export class Rows {
  data: Floats;
  at = 0;
  private readonly walk: Walk;
  private readonly half: Half | undefined;
  private readonly direct: boolean;

  /** `half` says what the elements of a Uint16Array are. What is written in 16 bits waits in float64, to be rounded once. */
  constructor(walk: Walk, half: Half | undefined, writes = false) {
    const { data, dims, strides } = walk;
    const kind = className(data);
    this.walk = walk;
    this.half = kind === 'Uint16Array' ? half : undefined;
    this.direct =
      dims.length === 1 && strides[0] === 1 && (data instanceof Float32Array || data instanceof Float64Array);
    const single = kind === 'Float32Array' || (!writes && (kind === 'Float16Array' || this.half !== undefined));
    this.data = this.direct ? (data as Floats) : new (single ? Float32Array : Float64Array)(0);
  }

  /** Makes room for elements from .. from + count, in the order of the lanes. */
  seek(from: number, count: number): void {
    if (this.direct) this.at = this.walk.offset + from;
    else if (this.data.length < count) this.data = new (this.data.constructor as Float64ArrayConstructor)(count);
  }

  load(from: number, count: number): void {
    this.seek(from, count);
    if (this.direct) return;
    read(this.walk, from, count, this.data, 0);
    if (this.half !== undefined) decode(this.data, 0, count, this.half);
  }

  store(from: number, count: number): void {
    if (this.direct) return;
    if (this.half !== undefined) encode(this.data, 0, count, this.half);
    write(this.walk, from, count, this.data, 0);
  }
}

/** A walk in the order of the source of a call as one over its lanes. */
export function inLanes(walk: Walk, { outer, length, inner }: Pick<Layout, 'outer' | 'length' | 'inner'>): Walk {
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

/** The axes that are not those of the lanes. */
export function keptAxes({ shape, axes }: Layout): number[] {
  return [...shape.keys()].filter((d) => !axes.includes(d));
}

/** A second argument of the shape of the first, as a walk over the same lanes. */
export function beside(name: string, what: string, input: Input, first: string, plan: Layout): Walk {
  const view = settle(name, what, input, input.shape === undefined ? plan.shape : undefined);
  if (!equal(view.shape, plan.shape)) {
    throw new RangeError(
      `${name}: ${what} has shape ${show(view.shape)}; ${first} has shape ${show(plan.shape)}, give both the same`,
    );
  }
  const order = [...keptAxes(plan), ...plan.axes];
  return walkOver(view.data, view.offset, view.shape, view.strides ?? rowMajor(view.shape), order);
}

/** What the 16 bits of an argument's elements are: the object says it, or the option dtype of the call. */
export function halfOf(input: Input, plan: Layout): Half | undefined {
  const { stored } = input;
  return stored === 'float16' || stored === 'bfloat16' ? stored : plan.sourceDtype;
}

/** All elements of an argument of any shape, in row-major order, as float64. */
export function values(name: string, what: string, input: Input): { data: Float64Array; shape: readonly number[] } {
  const view = settle(name, what, input, undefined);
  const walk = walkOver(view.data, view.offset, view.shape, view.strides ?? rowMajor(view.shape), [
    ...view.shape.keys(),
  ]);
  const data = new Float64Array(view.size),
    { stored } = input;
  read(walk, 0, view.size, data, 0);
  if (className(view.data) === 'Uint16Array' && (stored === 'float16' || stored === 'bfloat16'))
    decode(data, 0, view.size, stored);
  return { data, shape: view.shape };
}

/** Where a result of the shape of x goes: into `out`, or into an array of its own. */
export class Output {
  readonly rows: Rows;
  private readonly plan: Layout;
  private readonly data: TypedArray | undefined;

  /** An `out` that overlaps an input other than element by element is written when all inputs have been read. */
  constructor(plan: Layout, inputs: readonly Walk[]) {
    const { outer, length, inner, target } = plan;
    const size = outer * length * inner;
    let walk = target && inLanes(target, plan);
    if (walk === undefined || inputs.some((input) => meets(walk!, input))) {
      this.data = plan.fresh(size);
      walk = inLanes(target === undefined ? plan.resultWalk(this.data) : run(this.data, 0, size), plan);
    }
    this.plan = plan;
    this.rows = new Rows(walk, plan.sourceDtype, true);
  }

  finish(): unknown {
    const { plan, data } = this;
    if (plan.target === undefined) return plan.wrap(data!);
    if (data !== undefined) write(plan.target, 0, data.length, data, 0);
    return plan.out;
  }
}

/** The container for row-major data of a rank from 1 on, of the kind of an argument. */
export function wrapLike(input: Input, data: TypedArray, shape: readonly number[], dtype: string): unknown {
  if (input.form === 'typed') return data;
  if (input.form !== 'object') return nest(data, shape);
  return input.dims ? { data, shape: [...shape], dtype, dims: [...shape] } : { data, shape: [...shape], dtype };
}

/** An argument that counts something. */
export function whole(name: string, what: string, value: unknown, most: number, why: string): number {
  if (typeof value !== 'number' || value !== value) {
    throw new TypeError(`${name}: ${what} is ${describe(value)}; it must be an integer, ${why}`);
  }
  if (Number.isInteger(value) && value >= 0 && value <= most) return value;
  throw new RangeError(`${name}: ${what} is ${value}; it must be an integer from 0 to ${most}, ${why}`);
}
