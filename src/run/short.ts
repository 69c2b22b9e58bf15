import { settle } from '../input/open.ts';
import { count } from '../input/shapes.ts';
import { FLOAT32 } from '../input/storage.ts';
import { className, lengthOf } from '../input/typed.ts';
import { OBJECT, TYPED } from '../input/view.ts';
import { LOGSUMEXP, SINGLE, SOFTMAX, type Kind } from '../kernels/contract.ts';
import type { Heap } from '../kernels/heap.ts';
import { isOrdinary } from '../kernels/theta.ts';
import type { Call } from '../plan/call.ts';
import { innerOf, oneAxis } from '../plan/lanes.ts';
import { object } from '../plan/result.ts';
import { fresh32, fresh64, in32, in64, out32, out64 } from './whole.ts';

// The strategy WHOLE for the most frequent calls of all: float32 in a typed array, with no option but `out`, an axis, theta,
// precision, a mask, and a shape where each lane has a result for each element; and float64, without theta and mask. They skip what
// has to be asked of other calls, which takes as long as ten logits.

/** most elements: a kernel takes them as one lane, and every window holds them */
const MOST = 4096;

/**
 * n for a Float32Array of n elements, -n for a Float64Array: one number, for this is 10 ns of a call. 0: not for this file (another class,
 * empty, more than MOST, float32 in a build without SIMD, or kernels that are not open yet).
 */
export function signedLength(heap: Heap | undefined, x: unknown): number {
  if (heap === undefined) return 0;
  const name = className(x),
    single = name === 'Float32Array';
  if (single ? heap.single !== SINGLE : name !== 'Float64Array') return 0;
  const n = lengthOf(x as Float32Array);
  return n > MOST ? 0 : single ? n : -n;
}

/** Whether options that are named so ask for no more than lanes, `out` and, of a bare float32 array, theta, precision and a mask. */
export function isBrief(names: readonly string[] | undefined, single: boolean): names is readonly string[] {
  if (names === undefined) return false;
  for (let i = 0; i < names.length; i++) {
    switch (names[i]) {
      case 'axis':
      case 'out':
      case 'shape':
        break;
      case 'theta':
      case 'temperature':
      case 'precision':
      case 'where':
        if (single) break;
        return false;
      default:
        return false;
    }
  }
  return true;
}

/** Whether there is one axis at most, and a theta that the kernels of float32 take. */
export function isSimple(axis: unknown, theta: unknown): boolean {
  if (axis !== undefined && axis !== null && typeof axis !== 'number') return false;
  return theta === undefined || theta === null || (typeof theta === 'number' && theta > 0 && isOrdinary(theta));
}

/** The result where such options ask for nothing else; undefined: they do. */
// prettier-ignore
export function shortWithOptions(
  heap: Heap, kind: Kind, name: string, x: Float32Array | Float64Array, n: number, single: boolean, axis: unknown, out: unknown,
  sizes: readonly number[] | undefined, theta: number, exact: boolean, where: unknown,
): unknown {
  let length = n,
    inner = 1;
  const whole = axis === undefined || axis === null;
  if (exact && kind === LOGSUMEXP) return undefined;
  if (sizes === undefined) {
    if (!whole && axis !== 0 && axis !== -1) return undefined;
  } else {
    if (kind === LOGSUMEXP || count(name, 'x', sizes) !== n) return undefined;
    if (!whole) {
      const d = oneAxis(name, axis as number, sizes);
      length = sizes[d]!;
      inner = innerOf(sizes, d);
    }
  }
  const mask = where === undefined || where === null ? undefined : (where as Uint8Array);
  if (mask !== undefined && (exact || kind !== SOFTMAX || inner > 1 || className(mask) !== 'Uint8Array' || lengthOf(mask) !== n))
    return undefined;
  const aimed = out !== undefined && out !== null;
  if (aimed && (className(out) !== (single ? 'Float32Array' : 'Float64Array') || lengthOf(out as Float32Array) !== (kind === LOGSUMEXP ? 1 : n)))
    return undefined;
  return single
    ? short(heap, kind, x as Float32Array, n, aimed ? (out as Float32Array) : undefined, theta, exact, length, inner, mask)
    : short64(heap, kind, x as Float64Array, n, aimed ? (out as Float64Array) : undefined, length, inner);
}

/**
 * The n elements of x, `length` of them a lane, and for logsumexp all; `out` is there or not. With a mask of softmax of rows: undefined
 * where it holds more than 0 and 1.
 */
// prettier-ignore
export function short(
  heap: Heap, kind: Kind, x: Float32Array, n: number, out: Float32Array | undefined,
  theta: number, exact: boolean, length: number, inner: number, mask?: Uint8Array,
): unknown {
  const { address, kernels } = heap,
    f = heap.f32,
    at = address >>> 2,
    behind = address + 4 * n;
  heap.take();
  if (mask !== undefined) {
    heap.u8.set(mask, behind);
    if (!kernels.isMask(behind, n)) return undefined;
  }
  in32(f, at, x, n, 0, n);
  if (mask !== undefined) kernels.maskedF32!(address, behind, n / length, length, theta);
  else kernel(heap, kind, exact, n, theta, length, inner);
  if (kind !== LOGSUMEXP) return leave(heap, n, out);
  if (out === undefined) return f[at];
  out[0] = f[at]!;
  return out;
}

/** n elements in the window become their results. Both kernels take lanes of MOST. */
// prettier-ignore
function kernel(heap: Heap, kind: Kind, exact: boolean, n: number, theta: number, length: number, inner: number): void {
  const { address, kernels } = heap,
    outer = n / (length * inner);
  if (exact) kernels.lanesExact(kind, address, address, outer, length, inner, theta);
  else kernels.lanesF32(kind, address, address, outer, length, inner, theta);
}

/** The n results of the window. */
function leave(heap: Heap, n: number, out: Float32Array | undefined): Float32Array {
  if (out === undefined) return fresh32(heap, n);
  out32(heap, out, 0, n);
  return out;
}

/** The same of float64: a text of its own, since a loop that has seen both is several times slower. */
// prettier-ignore
export function short64(
  heap: Heap, kind: Kind, x: Float64Array, n: number, out: Float64Array | undefined, length: number, inner: number,
): unknown {
  const { address } = heap,
    f = heap.f64,
    at = address >>> 3;
  heap.take();
  in64(f, at, x, n, 0, n);
  heap.kernels.lanesF64(kind, address, address, n / (length * inner), length, inner, 1, 1);
  if (kind === LOGSUMEXP) {
    if (out === undefined) return f[at];
    out[0] = f[at]!;
    return out;
  }
  if (out === undefined) return fresh64(heap, n);
  out64(heap, out, 0, n);
  return out;
}

/** The result of a call that is open, whose x is an object with such an array; undefined: it asks for more. No user code runs. */
export function shortObject(c: Call, kind: Kind): unknown {
  const { heap, out, outObject, axis, theta } = c,
    { name } = c.spec;
  if (c.form !== OBJECT || c.storage !== FLOAT32 || c.tensor !== undefined || c.asksForMore || kind === LOGSUMEXP)
    return undefined;
  if (heap.single !== SINGLE || c.extent > MOST || !isSimple(axis, theta)) return undefined;
  if (outObject !== undefined && (out.storage !== FLOAT32 || out.form !== TYPED)) return undefined;
  settle(c, name, undefined);
  const { size: n, shape, strides } = c,
    d = axis === null ? undefined : oneAxis(name, axis as number, shape),
    length = d === undefined ? n : shape[d]!,
    inner = d === undefined ? 1 : innerOf(shape, d);
  if (n === 0 || n > MOST || (outObject !== undefined && lengthOf(out.data) !== n)) return undefined;
  if (strides !== undefined && (inner > 1 || shape.length > 2)) return undefined;
  heap.take();
  enter(c, n, shape, strides);
  kernel(heap, kind, c.exact, n, theta, length, inner);
  const y = leave(heap, n, outObject === undefined ? undefined : (out.data as Float32Array));
  return outObject ?? object(c, y, 'float32');
}

/** n elements to the window: as they lie, or with strides by rows. */
function enter(c: Call, n: number, shape: readonly number[], strides: readonly number[] | undefined): void {
  const { heap, offset, extent } = c,
    x = c.data as Float32Array,
    f = heap.f32;
  let at = heap.address >>> 2;
  if (strides !== undefined) {
    const last = shape.length - 1,
      width = shape[last]!,
      step = strides[last]!,
      rows = last === 0 ? 1 : shape[0]!,
      down = last === 0 ? 0 : strides[0]!;
    for (let r = 0; r < rows; r++) for (let i = 0, p = offset + r * down; i < width; i++, p += step) f[at++] = x[p]!;
  } else in32(f, at, x, extent, offset, n);
}
