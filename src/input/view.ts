import type { Tensor } from '../kernels/tensor.ts';
import { FLOAT64, plainStorage, type Storage } from './storage.ts';
import { className, lengthOf, type TypedArray } from './typed.ts';

/** What kind of thing an argument is, and so what its result is. */
export const NUMBER = 0;
export const LIST = 1;
export const TYPED = 2;
export const OBJECT = 3;
export const ROWS = 4; // a list of typed arrays
export type Form = 0 | 1 | 2 | 3 | 4;

/** What an argument may hold: numbers; or booleans, 0 and 1; or integers, bigints among them. */
export const NUMBERS = 0;
export const MASK = 1;
export const LABELS = 2;
export type Elements = 0 | 1 | 2;

/** Number of elements that an array may have. */
export const MOST = 0xffff_ffff;

const empty = /*#__PURE__*/ new Float64Array(0);

/**
 * An array argument. `open` reads its fields, once each; `settle` checks that every element lies inside the data, when all user
 * code has run. The record is used again by later calls: `clear` leaves it as it was made.
 */
export class View {
  /** how the function calls the argument */
  what = 'x';
  form: Form = NUMBER;
  data: TypedArray = empty;
  /** elements of the data when it was opened: code of the caller that runs later may detach or resize it */
  extent = 0;
  storage: Storage = FLOAT64;
  /** the shape that the object, the list or the option says; undefined: none */
  said: readonly number[] | undefined = undefined;
  /** undefined: row-major. In elements, as the offset. */
  strides: readonly number[] | undefined = undefined;
  offset = 0;
  /** whether the object says where it starts */
  hasOffset = false;
  /** the object spells its shape `dims` */
  dims = false;
  /** the object's own dtype */
  stored: string | undefined = undefined;
  /** the elements of a list lie in the window of the instance already */
  inWindow = false;
  /** the tensor whose elements these are */
  tensor: Tensor | undefined = undefined;
  /** elements, once settled */
  size = 0;

  get shape(): readonly number[] {
    return (this.said ??= [this.size]);
  }

  set(form: Form, data: TypedArray, storage: Storage): void {
    this.form = form;
    this.data = data;
    this.extent = lengthOf(data);
    this.storage = storage;
  }

  /** Nothing of the caller's is kept alive. */
  clear(): void {
    this.data = empty;
    this.said = undefined;
    if (this.form === TYPED) return;
    this.strides = this.stored = this.tensor = undefined;
    this.offset = 0;
    this.hasOffset = this.dims = this.inWindow = false;
  }
}

/** Arrays that are of the plain class that they say are taken as they are; others, `plain` of typed.ts looks at. */
export function openPlain(view: View, value: unknown): boolean {
  if (!ArrayBuffer.isView(value)) return false;
  const storage = plainStorage(value.constructor);
  if (storage === undefined || className(value) !== storage.carrier) return false;
  view.set(TYPED, value as TypedArray, storage);
  return true;
}
