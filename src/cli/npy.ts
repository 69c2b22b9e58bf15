import { Failure } from './failure.ts';
import { sizeOf, type Data, type Numbers } from './numbers.ts';

// The .npy format of NumPy, versions 1 to 3: numpy.org/doc/stable/reference/generated/numpy.lib.format.html

export interface Header {
  /** kind and bytes, as 'f4' */
  readonly type: string;
  readonly bytes: number;
  readonly bigEndian: boolean;
  readonly fortran: boolean;
  readonly shape: readonly number[];
  /** where the elements begin */
  readonly start: number;
}

type Make = new (buffer: ArrayBuffer, offset: number, length: number) => Data;
const classes: Record<string, Make> = {
  f2: Uint16Array,
  f4: Float32Array,
  f8: Float64Array,
  b1: Uint8Array,
  u1: Uint8Array,
  i1: Int8Array,
  u2: Uint16Array,
  i2: Int16Array,
  u4: Uint32Array,
  i4: Int32Array,
};
const wide = ['i8', 'u8'];

export const isNpy = (head: Uint8Array): boolean => Buffer.from('\x93NUMPY', 'latin1').equals(head.subarray(0, 6));

/** Reads the header from the first bytes of a file, which must have all of it: `headerLength` bytes. */
export function readHeader(head: Uint8Array, source: string): Header {
  const start = headerLength(head);
  if (head.length < start)
    throw new Failure(`${source} ends within its header, after ${head.length} of ${start} bytes`);
  const text = Buffer.from(head.subarray(head[6] === 1 ? 10 : 12, start)).toString('latin1');
  const [, order, type] = /'descr': *'([<>|=]?)(\w+)'/.exec(text) ?? [];
  const [, fortran] = /'fortran_order': *(True|False)/.exec(text) ?? [];
  const [, lengths] = /'shape': *\(([\d, L]*)\)/.exec(text) ?? [];
  if (fortran === undefined || lengths === undefined || (type === undefined && !text.includes("'descr'")))
    throw new Failure(`${source} has a header that is none of a .npy file: ${text.trim().slice(0, 100)}`);
  if (type === undefined || !(type in classes || wide.includes(type)))
    throw new Failure(
      `${source} has elements of the dtype ${type ?? 'of several fields'}; wanted real numbers: in NumPy, x.real of complex ones, x.astype(np.float32) of others, before np.save`,
    );
  const shape = lengths.split(',').flatMap((length) => (length.trim() === '' ? [] : [parseInt(length)]));
  return { type, bytes: Number(type.slice(1)), bigEndian: order === '>', fortran: fortran === 'True', shape, start };
}

/** Bytes of the header; those that say so are the first twelve. */
export function headerLength(head: Uint8Array): number {
  const view = new DataView(head.buffer, head.byteOffset, head.length);
  if (head.length < 12) return 12;
  return head[6] === 1 ? 10 + view.getUint16(8, true) : 12 + view.getUint32(8, true);
}

/** Elements from their bytes, which may be overwritten. */
export function decode({ type, bytes, bigEndian }: Header, taken: Uint8Array, source: string): Numbers {
  const aligned = taken.byteOffset % bytes === 0 ? taken : new Uint8Array(taken); // a slice of a Buffer is no copy
  const buffer = aligned.buffer as ArrayBuffer,
    { byteOffset } = aligned;
  if (bigEndian && bytes > 1) {
    const swapped = Buffer.from(buffer, byteOffset, aligned.length);
    if (bytes === 2) swapped.swap16();
    else if (bytes === 4) swapped.swap32();
    else swapped.swap64();
  }
  const length = aligned.length / bytes;
  if (wide.includes(type)) {
    const big = type === 'i8' ? BigInt64Array : BigUint64Array;
    const data = narrow(new big(buffer, byteOffset, length), source);
    return { data, shape: [length] };
  }
  const data = new classes[type]!(buffer, byteOffset, length);
  return type === 'f2' ? { data, shape: [length], dtype: 'float16' } : { data, shape: [length] };
}

function narrow(from: BigInt64Array | BigUint64Array, source: string): Float64Array {
  const data = new Float64Array(from.length);
  for (let i = 0; i < data.length; i++) {
    data[i] = Number(from[i]!);
    if (!Number.isSafeInteger(data[i]))
      throw new Failure(
        `${source}: element ${i} is ${from[i]}, which float64 may not hold; in NumPy, x.astype(np.float64) before np.save rounds it`,
      );
  }
  return data;
}

/** A whole file. */
export function parseNpy(file: Uint8Array, source: string): Numbers {
  const header = readHeader(file, source);
  checkSize(header, file.length, source);
  const { shape, fortran } = header;
  const flat = decode(header, file.subarray(header.start), source);
  if (!fortran || shape.length < 2) return { ...flat, shape };
  return { ...flat, shape, strides: shape.map((_, axis) => sizeOf(shape.slice(0, axis))) };
}

/** That a file has as many bytes as its header says. */
export function checkSize({ shape, bytes, start }: Header, length: number, source: string): void {
  const wanted = start + sizeOf(shape) * bytes;
  if (length === wanted) return;
  const fix = length < wanted ? 'it was cut short: write or copy it again' : 'wanted one array a file';
  throw new Failure(`${source} has ${length} bytes where its shape [${shape.join(', ')}] makes ${wanted}; ${fix}`);
}

/** The header of a file with these elements, in row-major order. */
export function npyHeader({ data, dtype }: Numbers, shape: readonly number[]): Uint8Array {
  const kinds: Record<string, string> = { Float32Array: '<f4', Float64Array: '<f8', Int32Array: '<i4' };
  const descr = dtype === 'float16' ? '<f2' : kinds[data.constructor.name]!;
  const tuple = shape.length === 1 ? `${shape[0]},` : shape.join(', ');
  const text = `{'descr': '${descr}', 'fortran_order': False, 'shape': (${tuple}), }`;
  const padded = text.padEnd(Math.ceil((text.length + 11) / 64) * 64 - 11) + '\n';
  const head = Buffer.from('\x93NUMPY\x01\x00\x00\x00', 'latin1');
  head.writeUInt16LE(padded.length, 8);
  return Buffer.concat([head, Buffer.from(padded, 'latin1')]);
}
