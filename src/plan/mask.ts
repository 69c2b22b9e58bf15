import { product, range, rowMajor } from '../input/shapes.ts';
import { UINT8 } from '../input/storage.ts';
import { bufferOf, byteOffsetOf, subarray, type TypedArray } from '../input/typed.ts';
import type { View } from '../input/view.ts';
import { read, walkOver } from './walk.ts';

/** Makes of a mask one of 0 and 1 in a Uint8Array; repetitions (stride 0) stay repetitions. */
export function toBits(view: View, name: string): void {
  const { data, offset, size, strides } = view,
    own = view.shape;
  if (strides === undefined && view.storage === UINT8) {
    if (!holdsBits(data as Uint8Array, offset, offset + size))
      refuseMask(name, subarray.call(data as Float64Array, offset, offset + size));
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

/** Whether only 0 and 1 occur; four bytes at a time where they can be read so. */
function holdsBits(data: Uint8Array, from: number, to: number): boolean {
  let all = 0;
  if (to - from >= 64 && (byteOffsetOf(data) + from) % 4 === 0) {
    const words = new Uint32Array(bufferOf(data), byteOffsetOf(data) + from, (to - from) >> 2);
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
