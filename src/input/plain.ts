import { FLOAT32, FLOAT64 } from './storage.ts';
import { byteLengthOf, lengthOf } from './typed.ts';
import { TYPED, type View } from './view.ts';

/** Arrays of the two plain classes that are of the size they say are taken as they are. */
export function openPlain(view: View, value: unknown): boolean {
  if (!ArrayBuffer.isView(value)) return false;
  const { constructor } = value;
  if (constructor !== Float32Array && constructor !== Float64Array) return false;
  const length = lengthOf(value),
    single = constructor === Float32Array;
  if (byteLengthOf(value) !== length * (single ? 4 : 8)) return false;
  view.form = TYPED;
  view.data = value as Float32Array;
  view.extent = length;
  view.storage = single ? FLOAT32 : FLOAT64;
  return true;
}
