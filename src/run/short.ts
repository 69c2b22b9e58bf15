import { count } from '../input/shapes.ts';
import { className, lengthOf, set } from '../input/typed.ts';
import { LOGSUMEXP, SINGLE, SOFTMAX, type Kind } from '../kernels/contract.ts';
import type { Heap } from '../kernels/heap.ts';
import { isOrdinary } from '../kernels/theta.ts';
import { innerOf, oneAxis } from '../plan/lanes.ts';
import { FEW } from './whole.ts';

// The strategy WHOLE for the most frequent calls of all: float32 in a typed array, with no option but `out`, an axis, theta or
// temperature, a mask, and a shape where each lane has a result for each element; and float64, without theta and mask. They skip
// what has to be asked of other calls, which takes as long as ten logits.

/** most elements: a kernel takes them as one lane, and every window holds them */
const MOST = 4096;

/** The length of an argument that is such an array, of float64 as a negative number; of any other 0. */
export function bareLength(heap: Heap | undefined, x: unknown): number {
  if (heap === undefined) return 0;
  const name = className(x),
    single = name === 'Float32Array';
  if (single ? heap.single !== SINGLE : name !== 'Float64Array') return 0;
  const n = lengthOf(x as Float32Array);
  return n > MOST ? 0 : single ? n : -n;
}

/** Whether options that are named so ask for no more than lanes, `out` and, of a bare float32 array, theta or temperature and a mask. */
export function isBrief(names: readonly string[] | undefined, single: boolean): names is readonly string[] {
  if (names === undefined) return false;
  for (let i = 0; i < names.length; i++) {
    const name = names[i];
    const lanes = name === 'axis' || name === 'out' || name === 'shape';
    if (!lanes && (!single || (name !== 'theta' && name !== 'temperature' && name !== 'where'))) return false;
  }
  return true;
}

/** theta, or 1 / temperature; where both are given or neither is simple: what is no number. */
export function thetaOf(theta: unknown, temperature: unknown): unknown {
  if (temperature === undefined || temperature === null) return theta;
  return (theta === undefined || theta === null) && typeof temperature === 'number' ? 1 / temperature : 'both';
}

/** Whether there is one axis at most, and a theta that the kernels of float32 take. */
export function isSimple(axis: unknown, theta: unknown): boolean {
  if (axis !== undefined && axis !== null && typeof axis !== 'number') return false;
  return theta === undefined || theta === null || (typeof theta === 'number' && theta > 0 && isOrdinary(theta));
}

/** The result where such options ask for nothing else; undefined: they do. */
// prettier-ignore
export function laid(
  heap: Heap, kind: Kind, name: string, x: Float32Array | Float64Array, n: number, single: boolean, axis: unknown, out: unknown,
  sizes: readonly number[] | undefined, theta: unknown, where: unknown,
): unknown {
  let length = n,
    inner = 1;
  const whole = axis === undefined || axis === null;
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
  const masked = where !== undefined && where !== null;
  if (masked && (kind !== SOFTMAX || inner > 1 || className(where) !== 'Uint8Array' || lengthOf(where as Uint8Array) !== n))
    return undefined;
  const aimed = out !== undefined && out !== null;
  if (aimed && (className(out) !== (single ? 'Float32Array' : 'Float64Array') || lengthOf(out as Float32Array) !== (kind === LOGSUMEXP ? 1 : n)))
    return undefined;
  const mask = masked ? (where as Uint8Array) : undefined;
  return single
    ? short(heap, kind, x as Float32Array, n, aimed ? (out as Float32Array) : undefined, theta as number, length, inner, mask)
    : short64(heap, kind, x as Float64Array, n, aimed ? (out as Float64Array) : undefined, length, inner);
}

/**
 * The n elements of x, `length` of them a lane, and for logsumexp all; `out` is there or not. With a mask of softmax of rows: undefined
 * where it holds more than 0 and 1.
 */
// prettier-ignore
export function short(
  heap: Heap, kind: Kind, x: Float32Array, n: number, out: Float32Array | undefined, theta: number, length: number, inner: number,
  where?: Uint8Array,
): unknown {
  const { address, kernels } = heap,
    f = heap.f32,
    at = address >>> 2,
    mask = address + 4 * n;
  heap.take();
  if (where !== undefined) {
    heap.u8.set(where, mask);
    if (!kernels.isMask(mask, n)) return undefined;
  }
  if (n <= FEW) for (let i = 0; i < n; i++) f[at + i] = x[i]!;
  else f.set(x, at);
  if (where !== undefined) kernels.maskedF32!(address, mask, n / length, length, theta);
  else kernels.lanesF32(kind, address, address, n / (length * inner), length, inner, theta);
  if (kind === LOGSUMEXP) {
    if (out === undefined) return f[at];
    out[0] = f[at]!;
    return out;
  }
  if (n > FEW) {
    if (out === undefined) return new Float32Array(heap.view32(address, n));
    set.call(out as unknown as Float64Array, heap.view32(address, n));
    return out;
  }
  const y = out === undefined ? new Float32Array(n) : out;
  for (let i = 0; i < n; i++) y[i] = f[at + i]!;
  return y;
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
  if (n <= FEW) for (let i = 0; i < n; i++) f[at + i] = x[i]!;
  else f.set(x, at);
  heap.kernels.lanesF64(kind, address, address, n / (length * inner), length, inner, 1, 1);
  if (kind === LOGSUMEXP) {
    if (out === undefined) return f[at];
    out[0] = f[at]!;
    return out;
  }
  if (n > FEW) {
    if (out === undefined) return new Float64Array(heap.view64(address, n));
    set.call(out, heap.view64(address, n));
    return out;
  }
  const y = out === undefined ? new Float64Array(n) : out;
  for (let i = 0; i < n; i++) y[i] = f[at + i]!;
  return y;
}
