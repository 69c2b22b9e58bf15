import { additive } from '../input/describe.ts';
import { product, range, rowMajor } from '../input/shapes.ts';
import { UINT8 } from '../input/storage.ts';
import { part, type TypedArray } from '../input/typed.ts';
import type { View } from '../input/view.ts';
import type { Heap } from '../kernels/heap.ts';
import { read, walkOver } from './walk.ts';

/** bytes up to which a loop is as fast as a copy and a kernel */
const FEW = 64;

/** Makes of a mask one of 0 and 1 in a Uint8Array; repetitions (stride 0) stay repetitions. `heap`: its window is free. */
export function toBits(view: View, name: string, heap: Heap | undefined): void {
  const { data, offset, size, strides } = view,
    own = view.shape;
  if (strides === undefined && view.storage === UINT8) {
    if (!holdsBits(data as Uint8Array, offset, offset + size, heap)) refuseMask(name, part(data, offset, size));
    return;
  }
  const shape = strides === undefined ? own : own.map((n, d) => (n > 0 && strides[d] === 0 ? 1 : n));
  const n = product(shape);
  const values = new Float64Array(n);
  read(walkOver(data, offset, shape, strides ?? rowMajor(shape), range(shape.length)), 0, n, values, 0);
  const bits = new Uint8Array(n);
  for (let i = 0; i < n; i++) {
    const value = values[i]!;
    if (value !== 0 && value !== 1) refuseMask(name, values);
    bits[i] = value;
  }
  view.data = bits;
  view.storage = UINT8;
  view.offset = 0;
  if (strides !== undefined) view.strides = rowMajor(shape).map((step, d) => (strides[d] === 0 ? 0 : step));
}

/** Whether only 0 and 1 occur. A kernel that sees them in the window takes a tenth of the time of a loop. */
function holdsBits(data: Uint8Array, from: number, to: number, heap: Heap | undefined): boolean {
  let all = 0;
  if (heap === undefined || to - from <= FEW) {
    for (let i = from; i < to; i++) all |= data[i]!;
    return all <= 1;
  }
  const { address, kernels, u8, windowBytes } = heap;
  heap.take();
  for (; from < to; from += windowBytes) {
    const n = Math.min(windowBytes, to - from);
    u8.set(part(data, from, n), address);
    if (!kernels.isMask(address, n)) return false;
  }
  return true;
}

function refuseMask(name: string, values: TypedArray): never {
  let i = 0;
  while (values[i] === 0 || values[i] === 1) i++;
  throw new RangeError(
    `${name}: where holds ${values[i]} (element ${i}); a mask holds 1 or true for what counts and 0 or false for what does not${values[i]! < -1 ? `. ${additive(1)}` : ''}`,
  );
}
