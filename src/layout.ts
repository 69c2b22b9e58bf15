import { MOST, className, equal, open, product, range, rowMajor, settle, show } from './arrays.ts';
import type { Input, View } from './arrays.ts';
import { decode } from './half.ts';
import { describe, nest, type Nested } from './nested.ts';
import {
  check,
  type Axis,
  type Given,
  type NestedMask,
  type Options,
  type Spec,
  type Strided,
  type Taken,
} from './options.ts';
import { isInjective, meets } from './overlap.ts';
import { read, run, walkOver, type Float16View, type TypedArray, type Walk } from './walk.ts';

export type { Axis, Float16View, Nested, NestedMask, Options, Spec, Strided, TypedArray, Walk };

/** How the elements of a result are stored. */
export type Dtype = 'float32' | 'float64' | 'float16' | 'bfloat16';

/**
 * Checks the arguments of a call and says where everything lies. Nothing is written, every
 * argument error is raised here, and all user code (getters, proxies) has run on return.
 */
export function layout(name: string, x: Input, options: Taken, spec: Spec): Layout {
  return new Layout(name, x, check(name, options), spec);
}

/** Where the arrays of one call lie, and how its result is made. */
export class Layout {
  /** of x */
  readonly shape: readonly number[];
  /** normalised and sorted */
  readonly axes: readonly number[];
  /** lane (o, i) holds elements ((o * length) + j) * inner + i of the source, j < length */
  readonly outer: number;
  readonly length: number;
  readonly inner: number;
  /** storage of the result */
  readonly dtype: Dtype;
  /** x in the order of the lanes */
  readonly source: Walk;
  /** what the 16-bit elements of x are */
  readonly sourceDtype: 'float16' | 'bfloat16' | undefined;
  /** the mask, broadcast to x, in the order of the source: a Uint8Array of 0 and 1 */
  readonly where: Walk | undefined;
  /** the weights, broadcast to x, in the order of the source */
  readonly b: Walk | undefined;
  /** the caller's `out`, in the order of the source, or of the lanes for a reduction */
  target: Walk | undefined;
  /** the caller's `out` as given, to be returned */
  readonly out: unknown;
  /** shape of the result */
  readonly result: readonly number[];
  readonly theta: number;
  readonly exact: boolean;
  readonly returnSign: boolean;

  private readonly name: string;
  private readonly reduces: boolean;
  private readonly form: Input['form'];
  private readonly dims: boolean;
  /** the dimensions of x in the order of the source; undefined: row-major as they are */
  private readonly order: readonly number[] | undefined;

  constructor(name: string, x: Input, given: Given, spec: Spec) {
    const { shape, keepdims } = given;
    if (shape !== undefined && x.shape !== undefined && !equal(shape, x.shape)) {
      throw new RangeError(
        `${name}: the option shape ${show(shape)} contradicts the shape of ${x.what}, ${show(x.shape)}; it is meant for flat typed arrays, leave it out`,
      );
    }
    const view = settle(name, x.what, x, shape);
    const axis = given.axis === undefined ? (spec.defaultAxis ?? null) : given.axis;
    const axes = normalise(name, axis, view.shape);

    let outer = 1;
    let length = 1;
    let inner = 1;
    let apart = false;
    for (let d = 0, k = 0, seen = false, after = false; d < view.shape.length; d++) {
      const n = view.shape[d]!;
      if (axes[k] === d) {
        k++;
        length *= n;
        if (n !== 1) {
          apart ||= after;
          seen = true;
        }
      } else if (seen) {
        inner *= n;
        after ||= n !== 1;
      } else outer *= n;
    }
    const gathered = apart || view.strides !== undefined;
    if (gathered) {
      outer *= inner;
      inner = 1;
    }
    const rank = view.shape.length;
    const kept = gathered || spec.reduces ? without(axes, rank) : [];

    this.name = name;
    this.reduces = spec.reduces;
    this.form = x.form;
    this.dims = x.dims;
    this.shape = view.shape;
    this.axes = axes;
    this.outer = outer;
    this.length = length;
    this.inner = inner;
    this.order = gathered ? [...kept, ...axes] : undefined;
    this.source = this.order ? over(view, this.order) : run(view.data, view.offset, view.size);
    this.theta = given.theta;
    this.returnSign = given.returnSign;

    const stored = storage(name, x, given.dtype);
    this.sourceDtype = stored === 'float16' || stored === 'bfloat16' ? stored : undefined;
    this.dtype = this.sourceDtype ?? (stored === 'float32' ? 'float32' : 'float64');
    this.exact = given.exact && this.dtype !== 'float64';

    this.result = !spec.reduces
      ? view.shape
      : keepdims
        ? view.shape.map((n, d) => (axes.includes(d) ? 1 : n))
        : kept.map((d) => view.shape[d]!);
    if (outer * inner > MOST) {
      throw new RangeError(
        `${name}: ${x.what} with shape ${show(view.shape)} has ${outer * inner} lanes (axis ${axisText(axis)}); at most 2^32 - 1 are possible`,
      );
    }
    this.where = given.where && this.broadcast('where', given.where, view.size);
    this.b = given.b && this.broadcast('b', given.b, view.size);
    this.out = given.out;
    this.target = given.target && this.aim(given.target);
  }

  /** The mask or the weights, repeated along the axes of x that they lack. */
  private broadcast(what: 'where' | 'b', input: Input, size: number): Walk {
    const { name, shape } = this;
    plainNumbers(name, what, input);
    let view = settle(name, what, input, input.form === 'typed' && input.data.length === size ? shape : undefined);
    const lead = shape.length - view.shape.length;
    let fits = lead >= 0;
    for (let d = 0; fits && d < view.shape.length; d++) fits = view.shape[d] === 1 || view.shape[d] === shape[d + lead];
    if (!fits) {
      throw new RangeError(
        `${name}: ${what} of shape ${show(view.shape)} does not broadcast to x of shape ${show(shape)}; aligned at the last axis, each length must be 1 or that of x`,
      );
    }
    if (what === 'where') view = mask(name, view);
    const own = view.strides ?? rowMajor(view.shape);
    const strides = shape.map((_, d) => (d < lead || view.shape[d - lead] === 1 ? 0 : own[d - lead]!));
    const order = this.order ?? range(shape.length);
    return walkOver(view.data, view.offset, shape, strides, order);
  }

  /** The walk over the caller's `out`. */
  private aim(input: Input): Walk {
    const { name, result, dtype } = this;
    const wanted = this.storageClass();
    const found = className(input.data);
    if (found !== wanted) {
      throw new TypeError(`${name}: out is ${describe(input.data)}; the result is ${dtype} and needs a ${wanted}`);
    }
    if (input.stored !== undefined && input.stored !== dtype && wanted === 'Uint16Array') {
      throw new TypeError(`${name}: out says that it holds ${input.stored}; the result is ${dtype}`);
    }
    const size = product(result);
    if (input.shape === undefined && input.data.length !== size) {
      settle(name, 'out', input, undefined);
      throw new RangeError(
        `${name}: out has ${input.data.length} elements; the result has shape ${show(result)} and needs ${size}`,
      );
    }
    if (input.shape !== undefined && !equal(input.shape, result)) {
      throw new RangeError(
        `${name}: out has shape ${show(input.shape)}; the result has shape ${show(result)}, give out the same`,
      );
    }
    const view = settle(name, 'out', input, result);
    if (view.strides !== undefined && !isInjective(view.shape, view.strides)) {
      throw new RangeError(
        `${name}: out with shape ${show(view.shape)} and strides ${show(view.strides)} writes some places twice; give every element a place of its own`,
      );
    }
    if (!this.reduces && this.order) return over(view, this.order);
    return view.strides ? over(view, range(view.shape.length)) : run(view.data, view.offset, size);
  }

  /** Whether `out` shares memory with an input other than element by element in the same places. */
  get overlap(): boolean {
    const { target, source, where, b } = this;
    if (target === undefined) return false;
    return (
      meets(target, source) || (where !== undefined && meets(target, where)) || (b !== undefined && meets(target, b))
    );
  }

  /** The walk that puts results, in the order of the lanes, into a row-major array of the result's shape. */
  resultWalk(data: TypedArray): Walk {
    if (this.reduces || this.order === undefined) return run(data, 0, product(this.result));
    return walkOver(data, 0, this.shape, rowMajor(this.shape), this.order);
  }

  /** An array for `size` elements of the result. */
  fresh(size: number): TypedArray {
    try {
      return new (this.storageConstructor())(size);
    } catch {
      throw new RangeError(
        `${this.name}: there is no memory for ${size} elements of ${this.dtype} (shape ${show(this.result)}); pass out, or fewer rows at a time`,
      );
    }
  }

  /** Turns a row-major array of the result's shape into what the caller gets; `dtype` if it is not the result's own. */
  wrap(data: TypedArray, dtype: string = this.dtype): unknown {
    const { form, result } = this;
    if (form === 'object') {
      const shape = result.slice();
      return this.dims ? { data, shape, dtype, dims: result.slice() } : { data, shape, dtype };
    }
    if (form === 'number' || (this.reduces && result.length === 0)) {
      const value = Float64Array.of(data[0]!);
      if (className(data) === 'Uint16Array' && (dtype === 'float16' || dtype === 'bfloat16'))
        decode(value, 0, 1, dtype);
      return value[0]!;
    }
    return form === 'nested' ? nest(data, result) : data;
  }

  private storageClass(): string {
    if (this.dtype === 'float32') return 'Float32Array';
    if (this.dtype === 'float64') return 'Float64Array';
    return className(this.source.data)!;
  }

  private storageConstructor(): new (size: number) => TypedArray {
    if (this.dtype === 'float32') return Float32Array;
    if (this.dtype === 'float64') return Float64Array;
    if (this.storageClass() === 'Uint16Array') return Uint16Array;
    return (globalThis as unknown as { Float16Array: new (size: number) => Float16View }).Float16Array;
  }
}

function plainNumbers(name: string, what: string, input: Input): void {
  if ((input.stored === 'float16' || input.stored === 'bfloat16') && className(input.data) === 'Uint16Array') {
    throw new TypeError(
      `${name}: ${what} holds the bits of ${input.stored}; pass its values, for instance as a Float32Array`,
    );
  }
}

/** What the elements of x are: the name of its class, or of the float whose bits a Uint16Array holds. */
function storage(name: string, x: Input, asked: string | undefined): string {
  const { data, stored } = x;
  if (asked === undefined) {
    if (data instanceof Float32Array) return 'float32';
    if (data instanceof Float64Array) return 'float64';
  }
  const kind = className(data)!;
  const own = kind === 'Uint8ClampedArray' ? 'uint8' : kind.slice(0, -'Array'.length).toLowerCase();
  const bits = kind === 'Uint16Array' && (stored === 'float16' || stored === 'bfloat16') ? stored : undefined;
  if (asked === undefined || asked === (bits ?? own)) return bits ?? own;
  if (kind === 'Uint16Array' && bits === undefined && (asked === 'float16' || asked === 'bfloat16')) return asked;
  const is =
    x.form === 'number' || x.form === 'nested'
      ? `${x.what} is made of numbers, which are ${own}`
      : `${x.what} is ${describe(data)}${bits ? ` that holds ${bits}` : ''}`;
  throw new RangeError(
    `${name}: dtype is ${describe(asked)} but ${is}; dtype only says what a Uint16Array holds ('float16' or 'bfloat16'), leave it out`,
  );
}

/** The axes as numbers from 0 on, in order. */
function normalise(name: string, axis: number | readonly number[] | null, shape: readonly number[]): number[] {
  const rank = shape.length;
  if (axis === null) return range(rank);
  if (typeof axis === 'number') return [oneAxis(name, axis, shape)];
  const axes: number[] = [];
  for (const each of axis) {
    const found = oneAxis(name, each, shape);
    if (axes.includes(found)) {
      throw new RangeError(
        `${name}: axis ${show(axis)} names axis ${found} twice for rank ${rank} (shape ${show(shape)}); name each axis once`,
      );
    }
    axes.push(found);
  }
  return axes.sort((a, b) => a - b);
}

function oneAxis(name: string, axis: number, shape: readonly number[]): number {
  const rank = shape.length;
  if (Number.isInteger(axis) && axis >= -rank && axis < rank) return axis < 0 ? axis + rank : axis + 0;
  if (Number.isNaN(axis)) {
    throw new TypeError(`${name}: axis is NaN; it must be an integer, a list of integers, or null`);
  }
  const fix = rank === 0 ? 'leave axis out' : `use ${-rank} .. ${rank - 1}`;
  const wrong = Number.isInteger(axis) ? 'is out of range' : 'is not an integer';
  throw new RangeError(`${name}: axis ${axis} ${wrong} for rank ${rank} (shape ${show(shape)}); ${fix}`);
}

function axisText(axis: number | readonly number[] | null): string {
  return typeof axis === 'object' && axis !== null ? show(axis) : String(axis);
}

/** The mask as 0 and 1 in a Uint8Array; repetitions (stride 0) stay repetitions. */
function mask(name: string, view: View): View {
  const { data, offset, size, strides } = view;
  if (strides === undefined && className(data) === 'Uint8Array') {
    if (!holdsBits(data as Uint8Array, offset, offset + size)) refuseMask(name, data.subarray(offset, offset + size));
    return view;
  }
  const shape = strides === undefined ? view.shape : view.shape.map((n, d) => (n > 0 && strides[d] === 0 ? 1 : n));
  const n = product(shape);
  const values = new Float64Array(n);
  read(over({ ...view, shape, strides }, range(shape.length)), 0, n, values, 0);
  const bits = new Uint8Array(n);
  for (let i = 0; i < n; i++) {
    const value = values[i]!;
    if (value !== 0 && value !== 1) refuseMask(name, values);
    bits[i] = value;
  }
  if (strides === undefined) return { data: bits, shape, strides, offset: 0, size: n };
  const own = rowMajor(shape);
  return { ...view, data: bits, offset: 0, strides: own.map((step, d) => (strides[d] === 0 ? 0 : step)) };
}

/** Whether only 0 and 1 occur; four bytes at a time where they can be read so. */
function holdsBits(data: Uint8Array, from: number, to: number): boolean {
  let all = 0;
  if (to - from >= 64 && (data.byteOffset + from) % 4 === 0) {
    const words = new Uint32Array(data.buffer, data.byteOffset + from, (to - from) >> 2);
    for (let i = 0; i < words.length; i++) all |= words[i]!;
    from += words.length * 4;
  }
  for (let i = from; i < to; i++) all |= data[i]!;
  return (all & ~0x0101_0101) === 0;
}

function refuseMask(name: string, values: TypedArray): never {
  let i = 0;
  while (values[i] === 0 || values[i] === 1) i++;
  throw new RangeError(
    `${name}: where holds ${values[i]} (element ${i}); a mask holds 1 or true for what counts and 0 or false for what does not. Add an additive mask (0 and -Infinity) to x instead`,
  );
}

function over(view: View, order: readonly number[]): Walk {
  return walkOver(view.data, view.offset, view.shape, view.strides ?? rowMajor(view.shape), order);
}

/** The axes that remain. */
function without(axes: readonly number[], rank: number): number[] {
  const list: number[] = [];
  for (let d = 0; d < rank; d++) if (!axes.includes(d)) list.push(d);
  return list;
}
