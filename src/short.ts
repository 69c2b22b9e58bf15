import { changed } from './arrays.ts';
import { compute } from './compute.ts';
import type { Heap } from './heap.ts';
import { LOGSUMEXP, type Kind } from './js.ts';
import type { Options, TypedArray } from './layout.ts';
import { Tensor } from './tensor.ts';
import { one } from './theta.ts';

// The short ways, which a call may take where its options ask for little: they spare it most checks, closures and views.

/** the function of a kind */
export const names = ['softmax', 'logSoftmax', 'logsumexp'] as const;

/** of every typed array; a method that a caller put on an array of theirs is not run in the midst of a call */
const prototype = Object.getPrototypeOf(Float32Array.prototype) as Float32Array,
  { set } = prototype,
  lengthOf = Object.getOwnPropertyDescriptor(prototype, 'length')!.get as () => number,
  bytesOf = Object.getOwnPropertyDescriptor(prototype, 'byteLength')!.get as () => number;

/** elements up to which a loop copies faster than `set` */
const FEW = 16;
/** bytes of what goes the short way: every window holds it, and every kernel takes it as one lane */
const SHORT = 128 * 1024;

export function short32(
  heap: () => Heap,
  kind: Kind,
  x: Float32Array,
  options: Options | undefined,
): Float32Array | number | undefined {
  const n = lengthOf.call(x),
    bytes = n * 4;
  if (bytes > SHORT || n === 0 || bytesOf.call(x) !== bytes) return undefined;
  rows = 1;
  listed = false;
  const out = options === undefined ? undefined : outAlone(kind, n, 4, options, Float32Array);
  if (options !== undefined && bytesOf.call(x) !== bytes) changed(names[kind], 'x', n, lengthOf.call(x));
  return out === null ? undefined : small(heap(), kind, x, n, out as Float32Array | undefined);
}

export function short64(
  heap: () => Heap,
  kind: Kind,
  x: Float64Array,
  options: Options | undefined,
): Float64Array | number | undefined {
  const n = lengthOf.call(x),
    bytes = n * 8;
  if (bytes > SHORT || n === 0 || bytesOf.call(x) !== bytes) return undefined;
  rows = 1;
  listed = false;
  const out = options === undefined ? undefined : outAlone(kind, n, 8, options, Float64Array);
  if (options !== undefined && bytesOf.call(x) !== bytes) changed(names[kind], 'x', n, lengthOf.call(x));
  return out === null ? undefined : small64(heap(), kind, x, n, out as Float64Array | undefined);
}

/** how many lanes outAlone found, and whether logsumexp gives a list of them */
let rows = 1,
  listed = false;

/**
 * Whether options ask for one lane of a flat array, or for rows of a [rows, n], and nothing else: undefined, or the `out` that
 * they give; else null, for the long way, with all its checks.
 */
function outAlone(
  kind: Kind,
  elements: number,
  size: number,
  options: Options,
  type: unknown,
): TypedArray | undefined | null {
  if (options === null) return undefined;
  if (typeof options !== 'object' || Array.isArray(options)) return null;
  for (const name in options) if (name !== 'out' && name !== 'axis' && name !== 'shape') return null;
  const { axis, out, shape } = options,
    whole = axis === undefined || axis === null;
  if (!whole && axis !== -1 && (axis !== 0 || shape !== undefined)) return null;
  let count = 1;
  if (shape !== undefined) {
    try {
      const { length, 0: o, 1: n } = shape as number[];
      if (
        axis !== -1 ||
        !Array.isArray(shape) ||
        length !== 2 ||
        o !== o! >>> 0 ||
        n !== n! >>> 0 ||
        o * n !== elements
      )
        return null;
      count = o;
    } catch {
      return null;
    }
  }
  const given = out !== undefined && out !== null,
    needed = (kind === LOGSUMEXP ? count : elements) * size;
  if (given && (!ArrayBuffer.isView(out) || out.constructor !== type || bytesOf.call(out) !== needed)) return null;
  // set last: a getter of the caller may have called us
  rows = count;
  listed = shape !== undefined;
  return given ? (out as TypedArray) : undefined;
}

/** One lane of float32 that a window holds: the short way. It is read before anything is written, so `out` may be any view. */
function small(
  heap: Heap,
  kind: Kind,
  x: Float32Array,
  n: number,
  out: Float32Array | undefined,
): Float32Array | number {
  const k = heap.kernels,
    address = heap.window(n * 4);
  if (n <= FEW) {
    const f = heap.f32,
      at = address >>> 2;
    for (let i = 0; i < n; i++) f[at + i] = x[i]!;
    k.lanesF32(kind, address, address, rows, n / rows, 1);
    if (kind === LOGSUMEXP) return reduced(f, at, out);
    const y = out ?? new Float32Array(n);
    for (let i = 0; i < n; i++) y[i] = f[at + i]!;
    return y;
  }
  const view = heap.view32(address, n);
  view.set(x);
  compute(heap, kind, heap.single, one, address, address, rows, n / rows, 1);
  if (kind === LOGSUMEXP) return reduced(view, 0, out);
  if (out === undefined) return new Float32Array(view);
  set.call(out, view);
  return out;
}

/** The logsumexps that lie at y[at]: a number, or an array of them. */
function reduced<W extends Float32Array | Float64Array>(y: W, at: number, out: W | undefined): W | number {
  if (out === undefined && !listed) return y[at]!;
  const to = out ?? (new (y.constructor as Float32ArrayConstructor)(rows) as W);
  for (let i = 0; i < rows; i++) to[i] = y[at + i]!;
  return to;
}

/** The same for float64; apart, so that each sees one class of array. */
function small64(
  heap: Heap,
  kind: Kind,
  x: Float64Array,
  n: number,
  out: Float64Array | undefined,
): Float64Array | number {
  const address = heap.window(n * 8);
  const view = heap.view64(address, n);
  if (n <= FEW) for (let i = 0; i < n; i++) view[i] = x[i]!;
  else view.set(x);
  compute(heap, kind, 'F64', one, address, address, rows, n / rows, 1);
  if (kind === LOGSUMEXP) return reduced(view, 0, out);
  if (out === undefined) return new Float64Array(view);
  if (n <= FEW) for (let i = 0; i < n; i++) out[i] = view[i]!;
  else set.call(out, view);
  return out;
}

/**
 * The result where options ask for one lane, or for those along the last axis, into a tensor of the same dtype, and nothing
 * else: without the checks of the long way.
 */
export function resident(heap: Heap, kind: Kind, x: Tensor, options: Options): Tensor | undefined {
  for (const name in options) if (name !== 'out' && name !== 'axis') return undefined;
  const { out, axis } = options;
  if (!Tensor.is(out)) return undefined;
  const { shape } = x,
    kept = out.shape,
    reduces = kind === LOGSUMEXP,
    last = axis === -1,
    rank = !reduces ? shape.length : last ? shape.length - 1 : 0,
    width = last ? shape[shape.length - 1]! : axis === undefined || axis === null ? undefined : 0;
  let same = kept.length === rank;
  for (let d = 0; d < rank; d++) same &&= kept[d] === shape[d];
  // when all code of the caller has run; the size too, for a caller may have given a tensor another shape
  const data = Tensor.view(x),
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
