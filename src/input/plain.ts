import { plainStorage } from './storage.ts';
import { byteLengthOf, lengthOf, type TypedArray } from './typed.ts';
import { TYPED, type View } from './view.ts';

/** Arrays of the plain classes that are of the size they say are taken as they are; others, `plain` of typed.ts looks at. */
export function openPlain(view: View, value: unknown): boolean {
  if (!ArrayBuffer.isView(value)) return false;
  const storage = plainStorage(value.constructor);
  if (storage === undefined) return false;
  const length = lengthOf(value);
  if (byteLengthOf(value) !== length * storage.bytes) return false;
  view.form = TYPED;
  view.data = value as TypedArray;
  view.extent = length;
  view.storage = storage;
  return true;
}
