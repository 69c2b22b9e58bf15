import { unfit } from './describe.ts';
import { measure, readMask, readNumbers } from './nested.ts';
import { openObject } from './objects.ts';
import { count, isArray, isRowMajor, product, show } from './shapes.ts';
import type { Heap } from '../kernels/heap.ts';
import { Tensor } from '../kernels/tensor.ts';
import { FLOAT32, FLOAT64, storageOf, UINT8, type Storage } from './storage.ts';
import { className, isAlive, isNumeric, lengthOf, plain, type TypedArray } from './typed.ts';
import { readRows } from './typedRows.ts';
import { LABELS, LIST, MASK, MOST, NUMBER, OBJECT, openPlain, ROWS, TYPED, type Elements, type View } from './view.ts';

const scalar: readonly number[] = [];

/**
 * Finds out what an argument is, and what it holds. User code runs here, and for a list to its end. A list is read into the window of
 * `room`, where it has room for it.
 */
export function open(view: View, name: string, what: string, value: unknown, elements: Elements, room?: Heap): void {
  view.what = what;
  if (openPlain(view, value)) return;
  const mask = elements === MASK;
  if (ArrayBuffer.isView(value)) openTyped(view, name, value, elements);
  else if (typeof value === 'number') openNumber(view, Float64Array.of(value), FLOAT64);
  else if (typeof value === 'boolean' && mask) openNumber(view, Uint8Array.of(value ? 1 : 0), UINT8);
  else if (typeof value !== 'object' || value === null) throw new TypeError(unfit(name, what, value, mask));
  else if (isArray(name, what, value)) openList(view, name, value, elements, room);
  else openOne(view, name, value, elements);
}

function openOne(view: View, name: string, value: object, elements: Elements): void {
  if (!Tensor.is(value)) return openObject(view, name, value, elements);
  if (Tensor.isAsMade(value)) return openTensor(view, value);
  openObject(view, name, value, elements);
  if (view.data === Tensor.view(value)) view.tensor = value;
}

function openTensor(view: View, tensor: Tensor): void {
  const data = Tensor.view(tensor);
  view.set(OBJECT, data, data.constructor === Float32Array ? FLOAT32 : FLOAT64);
  view.said = tensor.shape;
  view.tensor = tensor;
}

function openNumber(view: View, data: TypedArray, storage: Storage): void {
  view.set(NUMBER, data, storage);
  view.said = scalar;
}

/** Other classes, subclasses, and arrays with members of their own. */
function openTyped(view: View, name: string, value: ArrayBufferView, elements: Elements): void {
  if (!isNumeric(value, elements === LABELS)) throw new TypeError(unfit(name, view.what, value, elements === MASK));
  const data = plain(value);
  view.set(TYPED, data, storageOf(data, undefined));
}

// prettier-ignore
function openList(view: View, name: string, rows: readonly unknown[], elements: Elements, room: Heap | undefined): void {
  const { what } = view,
    shape: number[] = [],
    row = measure(name, what, rows, elements, shape);
  view.said = shape;
  if (row !== undefined) {
    const data = readRows(name, what, rows, shape, row);
    return view.set(ROWS, data, storageOf(data, undefined));
  }
  if (elements === MASK) return view.set(LIST, readMask(name, what, rows, shape), UINT8);
  const size = product(shape);
  if (room !== undefined && size <= room.elements) {
    const uses = room.take(),
      data = room.f64,
      at = room.address >>> 3;
    readNumbers(name, what, rows, shape, data, at);
    // code of the caller may have run: a call of its own, or one that made the memory grow
    if (room.uses === uses && data.length > 0) {
      view.set(LIST, data, FLOAT64);
      view.offset = at;
      view.inWindow = true;
      return;
    }
  }
  const data = new Float64Array(size);
  readNumbers(name, what, rows, shape, data, 0);
  view.set(LIST, data, FLOAT64);
}

/** Gives an array its shape and makes sure that every element in reach lies inside the data. No user code runs. */
export function settle(view: View, name: string, wanted: readonly number[] | undefined): void {
  const { form, what } = view;
  // code of the caller may have disposed it since, or made the memory grow
  if (view.tensor !== undefined) view.data = Tensor.view(view.tensor);
  if (view.inWindow) {
    view.size = product(view.said!);
    return;
  }
  const length = unchanged(view, name);
  if (form === TYPED && wanted === undefined && length <= MOST) {
    view.size = length;
    return;
  }
  const shape = (view.said ??= wanted ?? [length]);
  const size = (view.size = count(name, what, shape));
  if (form !== OBJECT) {
    if (size !== length) {
      throw new RangeError(
        `${name}: ${what} has ${length} elements but shape ${show(shape)} takes ${size}; the product of the shape must be the length`,
      );
    }
    return;
  }
  const { offset, strides } = view;
  if (!Number.isSafeInteger(offset) || offset < 0) {
    throw new RangeError(`${name}: the offset of ${what} is ${offset}; it must be an integer from 0 to ${length}`);
  }
  if (strides !== undefined) {
    reach(view, name, shape, strides, length);
    if (isRowMajor(shape, strides)) view.strides = undefined;
  } else if (view.hasOffset ? offset + size > length : size !== length) {
    throw new RangeError(
      `${name}: ${what} has shape ${show(shape)} (${size} elements${view.hasOffset ? ` from offset ${offset}` : ''}) but data of length ${length}; they must agree, or say where the elements lie with strides and offset`,
    );
  }
}

/**
 * The length of an array that has been read, which code of the caller that ran within the call may have detached or resized. An empty one
 * is truly empty, or its buffer was transferred or shrank.
 */
export function unchanged(view: Pick<View, 'what' | 'data' | 'extent'>, name: string): number {
  const { what, extent } = view,
    length = lengthOf(view.data);
  if (length === 0 && !isAlive(view.data)) {
    throw new TypeError(
      `${name}: the buffer of ${what} is detached (transferred, or its memory grew) or shrank from under it; make a new ${className(view.data)} on the present buffer`,
    );
  }
  if (length === extent) return length;
  throw new RangeError(
    `${name}: the data of ${what} had ${extent} elements and then ${length}: its buffer was detached or resized by code that ran within the call (a getter or a proxy); do that before the call`,
  );
}

function reach(view: View, name: string, shape: readonly number[], strides: readonly number[], length: number): void {
  const { what, offset, size, hasOffset } = view;
  if (strides.length !== shape.length) {
    throw new RangeError(
      `${name}: ${what} has ${strides.length} strides ${show(strides)} for shape ${show(shape)}; one stride for each axis, counted in elements`,
    );
  }
  let low = offset;
  let high = offset;
  let backwards = false;
  for (let d = 0; d < shape.length; d++) {
    const step = strides[d]!;
    if (!Number.isSafeInteger(step)) {
      throw new RangeError(
        `${name}: ${what} has stride ${step} (strides ${show(strides)}); strides are integers, counted in elements`,
      );
    }
    if (step < 0) {
      backwards = true;
      low += (shape[d]! - 1) * step;
    } else high += (shape[d]! - 1) * step;
  }
  // Some libraries (numpy-ts) keep the offset of a slice to themselves: only what ends where the data ends starts at 0.
  if (!hasOffset && (backwards || length !== size || (size > 0 && high < length - 1))) {
    throw new RangeError(
      `${name}: ${what} has strides ${show(strides)} for shape ${show(shape)} on data of length ${length} and no offset, so it may be a slice that starts anywhere; add offset (0 if it starts at the first element), or pass a contiguous copy`,
    );
  }
  if (size > 0 && (low < 0 || high >= length)) {
    throw new RangeError(
      `${name}: ${what} with shape ${show(shape)}, strides ${show(strides)} and offset ${offset} reaches from ${low} to ${high}, outside its data of length ${length}; strides and offset count elements, not bytes`,
    );
  }
}

/** Bits of 16 are no numbers: masks, weights and targets want these. */
export function plainNumbers(view: View, name: string): void {
  if (view.storage.bits < 0 || className(view.data) !== 'Uint16Array') return;
  throw new TypeError(
    `${name}: ${view.what} holds the bits of ${view.storage.name}; pass its values, for instance as a Float32Array`,
  );
}

/** Labels that are bigints as numbers, when all code of the caller has run. None that is rounded is a label, or what is ignored. */
export function toNumbers(view: View, name: string): void {
  const { carrier } = view.storage,
    n = lengthOf(view.data);
  if (n === 0 || !carrier.startsWith('Big')) return;
  const labels = view.data as unknown as BigInt64Array,
    numbers = new Float64Array(n);
  for (let i = 0; i < n; i++) {
    const label = labels[i]!;
    numbers[i] = Number(label);
    if (!Number.isSafeInteger(numbers[i]) && BigInt(numbers[i]!) !== label)
      throw new RangeError(
        `${name}: element ${i} of ${view.what} is ${label}, out of range; labels are integers from 0 to classes - 1`,
      );
  }
  view.data = numbers;
}
