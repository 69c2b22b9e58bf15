import { changed, lengthOf } from './arrays.ts';
import { compute, NEAR_ZERO } from './compute.ts';
import type { Heap } from './heap.ts';
import { LOGSUMEXP, type Kind } from './js.ts';
import { none, type Taken } from './options.ts';
import { Tensor } from './tensor.ts';
import { one } from './theta.ts';

// The short ways, which a call may take where its options ask for little: they spare it most checks, closures and views.

/** the function of a kind */
export const names = ['softmax', 'logSoftmax', 'logsumexp'] as const;

/** of every typed array; a method that a caller put on an array of theirs is not run in the midst of a call */
const prototype = Object.getPrototypeOf(Float32Array.prototype) as Float32Array,
  { set } = prototype,
  bytesOf = Object.getOwnPropertyDescriptor(prototype, 'byteLength')!.get as () => number;

/** elements up to which a loop copies faster than `set` */
const FEW = 16;
/** bytes of what goes the short way: every window holds it, and every kernel takes it as one lane */
const SHORT = 128 * 1024;

export function short32(
  heap: () => Heap,
  kind: Kind,
  x: Float32Array,
  n: number,
  o: Taken,
): Float32Array | number | undefined {
  const bytes = n * 4;
  if (bytes > SHORT || n === 0) return undefined;
  const rows = rowsOf(o, n);
  if (rows === 0 || !fits(o.out, kind === LOGSUMEXP ? 4 * rows : bytes, Float32Array)) return undefined;
  same(kind, x, n);
  return small(heap(), kind, x, n, rows, o);
}

export function short64(
  heap: () => Heap,
  kind: Kind,
  x: Float64Array,
  n: number,
  o: Taken,
): Float64Array | number | undefined {
  const bytes = n * 8;
  if (bytes > SHORT || n === 0) return undefined;
  const rows = rowsOf(o, n);
  if (rows === 0 || !fits(o.out, kind === LOGSUMEXP ? 8 * rows : bytes, Float64Array)) return undefined;
  same(kind, x, n);
  return small64(heap(), kind, x, n, rows, o);
}

/** Refuses x when code of the caller, which has all run, has detached or resized it. */
export function same(kind: Kind, x: Float32Array | Float64Array, n: number): void {
  if (lengthOf.call(x) !== n) changed(names[kind], 'x', x, n);
}

const absent = (value: unknown): boolean => value === undefined || value === null;

/** Whether options ask for nothing beside `out`, `axis` and `shape`. */
// prettier-ignore
function isPlain(o: Taken): boolean {
  return o === none || (absent(o.theta) && absent(o.where) && absent(o.dtype) && absent(o.precision) && absent(o.keepdims) &&
    absent(o.b) && absent(o.returnSign));
}

/** How many lanes, where options ask for one lane of a flat array or for the rows of a [rows, n]; else 0, for the long way. */
function rowsOf(o: Taken, size: number): number {
  if (!isPlain(o)) return 0;
  const { axis, shape } = o;
  if (absent(shape)) return absent(axis) || axis === -1 || axis === 0 ? 1 : 0;
  try {
    const { length, 0: rows, 1: n } = shape as number[];
    const fits = axis === -1 && Array.isArray(shape) && length === 2 && rows === rows! >>> 0 && n === n! >>> 0;
    return fits && rows * n === size ? rows : 0;
  } catch {
    return 0;
  }
}

/** Whether `out` is left out, or a typed array that takes the result. Its size is read last, when all code of the caller has run. */
function fits(out: unknown, bytes: number, type: unknown): boolean {
  return absent(out) || (ArrayBuffer.isView(out) && out.constructor === type && bytesOf.call(out) === bytes);
}

/** Some lanes of float32 that a window holds. They are read before anything is written, so `out` may be any view. */
function small(
  heap: Heap,
  kind: Kind,
  x: Float32Array,
  n: number,
  rows: number,
  o: Taken,
): Float32Array | number | undefined {
  const address = heap.window(n * 4),
    at = address >>> 2,
    out = (o.out ?? undefined) as Float32Array | undefined;
  if (n <= FEW) {
    const f = heap.f32;
    for (let i = 0; i < n; i++) f[at + i] = x[i]!;
    heap.kernels.lanesF32(kind, address, address, rows, n / rows, 1);
    if (kind === LOGSUMEXP) return reduced(f, at, rows, o, heap.single === 'Exact');
    const y = out ?? new Float32Array(n);
    for (let i = 0; i < n; i++) y[i] = f[at + i]!;
    return y;
  }
  const view = heap.view32(address, n);
  view.set(x);
  compute(heap, kind, heap.single, one, address, address, rows, n / rows, 1);
  if (kind === LOGSUMEXP) return reduced(view, 0, rows, o, heap.single === 'Exact');
  if (out === undefined) return new Float32Array(view);
  set.call(out, view);
  return out;
}

/** The logsumexps that lie at y[at]: a number, or an array of them. Undefined where the long way must refine one of them. */
function reduced<W extends Float32Array | Float64Array>(
  y: W,
  at: number,
  rows: number,
  { shape, out }: Taken,
  refines: boolean,
): W | number | undefined {
  if (refines) for (let i = 0; i < rows; i++) if (Math.abs(y[at + i]!) < NEAR_ZERO) return undefined;
  if (absent(out) && absent(shape)) return y[at]!;
  const to = (out ?? new (y.constructor as Float32ArrayConstructor)(rows)) as W;
  for (let i = 0; i < rows; i++) to[i] = y[at + i]!;
  return to;
}

/** The same for float64; apart, so that each sees one class of array. */
function small64(
  heap: Heap,
  kind: Kind,
  x: Float64Array,
  n: number,
  rows: number,
  o: Taken,
): Float64Array | number | undefined {
  const address = heap.window(n * 8),
    out = (o.out ?? undefined) as Float64Array | undefined;
  const view = heap.view64(address, n);
  if (n <= FEW) for (let i = 0; i < n; i++) view[i] = x[i]!;
  else view.set(x);
  compute(heap, kind, 'F64', one, address, address, rows, n / rows, 1);
  if (kind === LOGSUMEXP) return reduced(view, 0, rows, o, false);
  if (out === undefined) return new Float64Array(view);
  if (n <= FEW) for (let i = 0; i < n; i++) out[i] = view[i]!;
  else set.call(out, view);
  return out;
}

/**
 * The result where options ask for one lane, or for those along the last axis, into a tensor of the same dtype, and nothing
 * else: without the checks of the long way.
 */
export function resident(heapOf: () => Heap, kind: Kind, x: Tensor, o: Taken): Tensor | undefined {
  const { out, axis } = o;
  if (!Tensor.is(out) || !isPlain(o) || !absent(o.shape)) return undefined;
  const { shape } = x,
    kept = out.shape,
    reduces = kind === LOGSUMEXP,
    last = axis === -1,
    rank = !reduces ? shape.length : last ? shape.length - 1 : 0,
    width = last ? shape[shape.length - 1]! : absent(axis) ? undefined : 0;
  let same = kept.length === rank;
  for (let d = 0; d < rank; d++) same &&= kept[d] === shape[d];
  // when all code of the caller has run; the size too, for a caller may have given a tensor another shape
  const heap = heapOf(),
    data = Tensor.view(x),
    to = Tensor.view(out),
    from = Tensor.addressIn(heap, x),
    place = Tensor.addressIn(heap, out),
    { length } = data,
    n = width ?? length,
    mode = data.constructor === Float32Array ? heap.single : 'F64';
  same &&= to.constructor === data.constructor && to.length * (reduces ? n : 1) === length;
  if (!(n > 0) || length === 0 || length % n > 0 || !same || from === undefined || place === undefined)
    return undefined;
  if (mode === 'Exact' && (reduces || n * 4 > SHORT)) return undefined;
  compute(heap, kind, mode, one, from, place, length / n, n, 1);
  return out;
}
