import { nest, nestRows } from '../input/nest.ts';
import { FLOAT32, FLOAT64 } from '../input/storage.ts';
import { part, set } from '../input/typed.ts';
import { LIST, OBJECT, ROWS, type View } from '../input/view.ts';
import type { Heap } from '../kernels/heap.ts';
import type { Call } from '../plan/call.ts';
import { fresh, isNumber, object, wrap } from '../plan/result.ts';
import { compute } from './kernel.ts';
import { drain, dress, fill, lay, masks, undress } from './window.ts';

// All lanes lie in one window: everything is read before anything is written. Most calls are such, and small, so arrays of
// the two plain classes go in and out by loops of their own: one that has seen several classes of array is several times slower.

/** elements up to which a loop copies faster than `set` */
export const FEW = 16;

export function whole(c: Call): unknown {
  const { heap, elements: n } = c,
    { address } = heap,
    kept = masks(c),
    where = kept ? undefined : c.where;
  heap.take();
  if (c.gathered || c.storage.bits >= 0) fill(c, c.source, where, 0, n, address);
  else {
    enter(c, c, n, address);
    dress(c, where, 0, n, address);
  }
  const mask = kept ? lay(c, c.where!, 0, n) : 0;
  compute(heap, c.kind, c.arithmetic, c.thetaParts, address, address, c.outer, c.length, c.inner, mask);
  if (c.refine !== undefined) c.refine(c, address, c.outer * c.inner, 0);
  else if (where !== undefined) undress(c, where, 0, n, address);
  return deliver(c);
}

/** n elements of an array as they lie, numbers as such, to an address in the window. */
export function enter(c: Call, view: View, n: number, address: number): void {
  const { heap, bytes } = c,
    { data, storage, offset, extent } = view;
  if (view.inWindow) {
    // a list, read there
  } else if (bytes === 4) in32(heap.f32, address >>> 2, data as Float32Array, extent, offset, n);
  else if (storage === FLOAT64) in64(heap.f64, address >>> 3, data as Float64Array, extent, offset, n);
  else set.call(heap.f64, n === extent ? data : part(data, offset, n), address >>> 3);
}

/** The results in the window as what the caller gets. */
export function deliver(c: Call): unknown {
  const { heap, result, results: n } = c,
    { address } = heap,
    direct = (result === FLOAT32 || result === FLOAT64) && (c.bytes === 8) === (result === FLOAT64),
    ordered = !c.gathered || c.spec.reduces;
  if (c.outObject !== undefined) {
    const { data, offset, strides } = c.out;
    if (!direct || !ordered || strides !== undefined) drain(c, undefined, c.outWalk!, 0, 0, n, address);
    else if (c.bytes === 4) out32(heap, data as Float32Array, offset, n);
    else out64(heap, data as Float64Array, offset, n);
    return c.outObject;
  }
  if (direct && ordered) {
    if (isNumber(c)) return c.bytes === 4 ? heap.f32[address >>> 2] : heap.f64[address >>> 3];
    if (c.form === LIST) return nest(c.spec.name, heap.f64, c.resultShape, address >>> 3);
    if (c.form === ROWS) return nestRows(c.bytes === 4 ? heap.f32 : heap.f64, c.resultShape, address / c.bytes);
    const data = c.bytes === 4 ? fresh32(heap, n) : fresh64(heap, n);
    return c.form === OBJECT ? object(c, data, result.name) : data;
  }
  const data = fresh(c, n);
  drain(c, undefined, c.resultWalk(data), 0, 0, n, address);
  return wrap(c, data);
}

/** x[from ..] as it lies, of `extent` elements, n of them to f[at ..]. */
export function in32(f: Float32Array, at: number, x: Float32Array, extent: number, from: number, n: number): void {
  if (n <= FEW) for (let i = 0; i < n; i++) f[at + i] = x[from + i]!;
  else f.set(n === extent ? x : part(x, from, n), at);
}

export function in64(f: Float64Array, at: number, x: Float64Array, extent: number, from: number, n: number): void {
  if (n <= FEW) for (let i = 0; i < n; i++) f[at + i] = x[from + i]!;
  else f.set(n === extent ? x : part(x, from, n), at);
}

/** n results of the window as a new array. */
export function fresh32(heap: Heap, n: number): Float32Array {
  const { address } = heap,
    f = heap.f32,
    at = address >>> 2;
  if (n > FEW) return new Float32Array(heap.view32(address, n));
  const y = new Float32Array(n);
  for (let i = 0; i < n; i++) y[i] = f[at + i]!;
  return y;
}

export function fresh64(heap: Heap, n: number): Float64Array {
  const at = heap.address >>> 3,
    f = heap.f64;
  if (n > FEW) return new Float64Array(heap.view64(heap.address, n));
  const y = new Float64Array(n);
  for (let i = 0; i < n; i++) y[i] = f[at + i]!;
  return y;
}

/** n results to y[to ..]. */
export function out32(heap: Heap, y: Float32Array, to: number, n: number): void {
  const { address } = heap,
    f = heap.f32,
    at = address >>> 2;
  if (n <= FEW) for (let i = 0; i < n; i++) y[to + i] = f[at + i]!;
  else set.call(y as unknown as Float64Array, heap.view32(address, n), to);
}

export function out64(heap: Heap, y: Float64Array, to: number, n: number): void {
  const { address } = heap,
    f = heap.f64,
    at = address >>> 3;
  if (n <= FEW) for (let i = 0; i < n; i++) y[to + i] = f[at + i]!;
  else set.call(y, heap.view64(address, n), to);
}
