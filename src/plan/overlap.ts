import { equal, product, range } from '../input/shapes.ts';
import { bufferOf, byteLengthOf, byteOffsetOf, lengthOf, type TypedArray } from '../input/typed.ts';
import type { Walk } from './walk.ts';

/** Whether no two elements share a place. */
export function isInjective(shape: readonly number[], strides: readonly number[]): boolean {
  const dims = range(shape.length).filter((d) => shape[d] !== 1);
  if (dims.some((d) => shape[d] === 0)) return true;
  dims.sort((a, b) => Math.abs(strides[a]!) - Math.abs(strides[b]!));
  let width = 0;
  let apart = true;
  for (const d of dims) {
    const step = Math.abs(strides[d]!);
    if (step === 0) return false;
    apart &&= step > width;
    width += step * (shape[d]! - 1);
  }
  if (apart) return true;
  // Interleaved: mark the places one by one. Their extent lies inside the data.
  const size = product(shape);
  if (size > width + 1) return false;
  const marks = new Uint8Array(width + 1);
  const index = dims.map(() => 0);
  for (let k = 0, place = 0; k < size; k++) {
    if (marks[place] !== 0) return false;
    marks[place] = 1;
    for (let i = dims.length - 1; i >= 0; i--) {
      const step = Math.abs(strides[dims[i]!]!);
      place += step;
      if (++index[i]! < shape[dims[i]!]!) break;
      place -= step * shape[dims[i]!]!;
      index[i] = 0;
    }
  }
  return true;
}

/** Whether two walks touch the same memory, unless they are the same elements in the same order. */
export function meets(out: Walk, input: Walk): boolean {
  const a = out.data;
  const b = input.data;
  const alike = equal(out.dims, input.dims) && equal(out.strides, input.strides);
  if (a === b && alike && out.offset === input.offset) return false;
  if (a !== b && !sameMemory(bufferOf(a), bufferOf(b))) return false;
  const [aLow, aHigh] = bytes(out);
  const [bLow, bHigh] = bytes(input);
  if (aLow >= bHigh || bLow >= aHigh) return false;
  return !(alike && aLow === bLow && bytesOfElement(a) === bytesOfElement(b));
}

/** Two shared buffers can be two handles on one memory (messages, shared wasm memory that grew). */
function sameMemory(a: ArrayBufferLike, b: ArrayBufferLike): boolean {
  return a === b || (isShared(a) && isShared(b));
}

function isShared(buffer: ArrayBufferLike): boolean {
  return Object.prototype.toString.call(buffer) === '[object SharedArrayBuffer]';
}

/** First byte of a walk, and the one after the last, in its buffer. */
function bytes(walk: Walk): [number, number] {
  let low = walk.offset;
  let high = walk.offset + 1;
  for (let d = 0; d < walk.dims.length; d++) {
    const n = walk.dims[d]!;
    if (n === 0) return [0, 0];
    const far = (n - 1) * walk.strides[d]!;
    if (far < 0) low += far;
    else high += far;
  }
  const byteOffset = byteOffsetOf(walk.data),
    size = bytesOfElement(walk.data);
  return [byteOffset + low * size, byteOffset + high * size];
}

/** Of an array that is not empty, whatever members its owner has put on it. */
function bytesOfElement(data: TypedArray): number {
  return byteLengthOf(data) / lengthOf(data);
}
