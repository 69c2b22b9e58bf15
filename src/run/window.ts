import { product } from '../input/shapes.ts';
import { FLOAT32, FLOAT64 } from '../input/storage.ts';
import { bufferOf, byteOffsetOf, className, classOf, type Floats } from '../input/typed.ts';
import { DOUBLE, LOGSUMEXP, SINGLE, SOFTMAX } from '../kernels/contract.ts';
import type { Call } from '../plan/call.ts';
import { readStored, writeStored } from '../plan/stored.ts';
import { read, run, write, type Walk } from '../plan/walk.ts';

// The window: elements of x in, as the kernels take them, and results out, as the caller stores them.

/** The whole memory, as elements of the window. */
export function memoryOf(c: Call): Floats {
  return c.bytes === 8 ? c.heap.f64 : c.heap.f32;
}

/** Elements start .. start + count of the walks to the window, as the kernels take them. */
// prettier-ignore
export function fill(c: Call, source: Walk, where: Walk | undefined, start: number, count: number, address: number): void {
  const { heap, storage } = c,
    view = memoryOf(c),
    at = address / c.bytes;
  if (storage.bits < 0 || c.arithmetic === DOUBLE) {
    readStored(source, storage, start, count, view, at);
  } else {
    // the bits into the upper half of the room of their float32: widening upwards overtakes none
    const upper = address + 2 * count;
    read(asBits(source), start, count, heap.u16, upper / 2);
    heap.kernels.widen16(storage.bits, upper, address, count);
  }
  dress(c, where, start, count, address);
}

/** What theta makes of `count` elements in the window before a kernel, and what the mask hides of them. */
export function dress(c: Call, where: Walk | undefined, start: number, count: number, address: number): void {
  if (c.uniform) level(memoryOf(c), address / c.bytes, count);
  if (c.negated) negate(c, address, count);
  if (where !== undefined) hide(c, where, start, count, address, c.thetaParts.factor < 0 ? Infinity : -Infinity);
}

/** -x; of float32 as -1 (x - 0), which kernels subtract exactly. In float64 their product with theta overflows above 2^996. */
function negate(c: Call, address: number, count: number): void {
  const { kernels, single, f64 } = c.heap,
    at = address >>> 3;
  if (c.bytes === 8) for (let i = at; i < at + count; i++) f64[i] = -f64[i]!;
  else if (single === SINGLE) kernels.subtractF32!(address, address, count, 0, 0, 0, -1);
  else kernels.subtractExact(address, address, count, 0, 0, -1);
}

/** Whether a kernel takes the mask itself, before and after: softmax of rows in float32. */
export function masks({ kind, arithmetic, inner, where }: Call): boolean {
  return where !== undefined && kind === SOFTMAX && arithmetic === SINGLE && inner === 1;
}

/**
 * What the mask hides of `count` results: in lanes without a NaN it is 0, or -Infinity, as it comes from the kernel. One that has a
 * NaN begins with it; of strided lanes that is seen in whole slabs alone.
 */
export function undress(c: Call, where: Walk, start: number, count: number, address: number): void {
  const { length, inner } = c,
    slab = length * inner,
    view = memoryOf(c),
    end = address / c.bytes + count;
  let spoiled = inner > 1 && count % slab > 0;
  for (let at = end - count; at < end && !spoiled; at += slab) spoiled = hasNaN(view, at, inner);
  if (spoiled) hide(c, where, start, count, address, c.kind === SOFTMAX ? 0 : -Infinity);
}

/** Whether one of n elements is a NaN. */
export function hasNaN(view: Floats, at: number, n: number): boolean {
  for (let i = at; i < at + n; i++) if (view[i] !== view[i]) return true;
  return false;
}

/** theta = 0: 0 where an element is finite, -Infinity where it is not, NaN where it is that. */
export function level(view: Floats, at: number, count: number): void {
  for (let i = at; i < at + count; i++) view[i] = Math.abs(view[i]!) === Infinity ? -Infinity : view[i]! * 0;
}

/** A Float16Array by its bits: kernels convert faster than engines. */
function asBits(walk: Walk): Walk {
  if (className(walk.data) !== 'Float16Array') return walk;
  const { data } = walk;
  return { ...walk, data: new Uint16Array(bufferOf(data), byteOffsetOf(data), data.length) };
}

/** Puts `value` where the mask is 0, into `count` elements of the window at an address. */
export function hide(c: Call, where: Walk, start: number, count: number, address: number, value: number): void {
  const { heap } = c,
    mask = lay(c, where, start, count);
  if (c.bytes === 8) heap.kernels.hideF64(address, mask, count, value);
  else heap.kernels.hideF32(address, mask, count, value);
}

/** The mask of `count` elements into the window, behind all elements; returns its address. */
export function lay({ heap, elements, bytes }: Call, where: Walk, start: number, count: number): number {
  const mask = heap.address + elements * bytes;
  read(where, start, count, heap.u8, mask);
  return mask;
}

/** `count` results from the window to elements `to` of the target; `start` is where they come from in the mask. */
// prettier-ignore
export function drain(
  c: Call, where: Walk | undefined, target: Walk, start: number, to: number, count: number, address: number,
): void {
  const { heap, storage } = c,
    view = memoryOf(c),
    at = address / c.bytes;
  if (where !== undefined && c.kind !== LOGSUMEXP) undress(c, where, start, count, address);
  if (storage.bits < 0 || c.arithmetic === DOUBLE) writeStored(target, storage, to, count, view, at);
  else {
    heap.kernels.narrow16(storage.bits, address, address, count);
    write(asBits(target), to, count, heap.u16, address / 2);
  }
}

/** Whether e can wait in the result: that stores what is computed. */
export function keeps(c: Call): boolean {
  return c.kind === SOFTMAX && c.result === (c.arithmetic === DOUBLE ? FLOAT64 : FLOAT32);
}

/** The elements of a list out of the window, which the call needs for other things. */
export function leaveWindow(c: Call): void {
  c.data = (c.data as Float64Array).slice(c.offset, c.offset + c.size);
  c.offset = 0;
  c.inWindow = false;
}

/** Copies of what `out` shares memory with, for it is written before all is read. */
export function copyInputs(c: Call): void {
  c.source = copyOf(c.source);
  if (c.where !== undefined) c.where = copyOf(c.where);
  if (c.b !== undefined) c.b = copyOf(c.b);
}

function copyOf(walk: Walk): Walk {
  const n = product(walk.dims);
  // of a Buffer, or another subclass, a copy of its plain class
  const data = new (classOf(className(walk.data)!))(n);
  read(walk, 0, n, data, 0);
  return run(data, 0, n);
}
