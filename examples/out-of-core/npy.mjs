// Files of NumPy, as far as this example needs them: little-endian float32 in C order, read and written a chunk at a time.
// A file is a magic text, a version, the length of a header, the header (a Python dict as text), then the elements.

import { open } from 'node:fs/promises';

const magic = Buffer.from('\x93NUMPY', 'latin1');

/** Opens a file: { file, shape, start }, start being the byte of the first element. */
export async function openNpy(path) {
  const file = await open(path);
  try {
    return { file, ...(await readHeader(file, path)) };
  } catch (error) {
    await file.close();
    throw error;
  }
}

async function readHeader(file, path) {
  const first = await exactly(file, Buffer.alloc(12), 0, path);
  if (!first.subarray(0, 6).equals(magic))
    throw new Error(`${path} is no .npy file: it does not begin with \\x93NUMPY`);
  const [bytes, at] = first[6] === 1 ? [first.readUInt16LE(8), 10] : [first.readUInt32LE(8), 12];
  const header = (await exactly(file, Buffer.alloc(bytes), at, path)).toString('latin1');
  const descr = /'descr': *'([^']*)'/.exec(header)?.[1],
    order = /'fortran_order': *(True|False)/.exec(header)?.[1],
    shape = /'shape': *\(([^)]*)\)/.exec(header)?.[1];
  if (descr !== '<f4' || order !== 'False' || shape === undefined) {
    throw new Error(`${path} has the header ${header.trim()}; this example reads '<f4' with fortran_order False`);
  }
  return { shape: shape.split(',').filter((n) => n.trim() !== '').map(Number), start: at + bytes }; // prettier-ignore
}

/** Makes a file for an array of this shape, with the header written. */
export async function createNpy(path, shape) {
  const dict = `{'descr': '<f4', 'fortran_order': False, 'shape': (${shape.join(', ')}${shape.length === 1 ? ',' : ''}), }`,
    start = Math.ceil((10 + dict.length + 1) / 64) * 64;
  const header = Buffer.alloc(start, ' ', 'latin1');
  magic.copy(header);
  header.set([1, 0], 6);
  header.writeUInt16LE(start - 10, 8);
  header.write(`${dict.padEnd(start - 11)}\n`, 10, 'latin1');
  const file = await open(path, 'w');
  await file.write(header, 0, start, 0);
  return { file, shape, start };
}

/**
 * The rows of an array, as many at a time as the buffer holds: { data, rows, at }. `data` is a view of the buffer, lost with the
 * next chunk; `at` is the first row.
 */
export async function* chunks({ file, shape, start }, buffer) {
  const [all, width] = shape,
    most = Math.floor(buffer.length / width);
  for (let at = 0; at < all; at += most) {
    const rows = Math.min(most, all - at),
      data = buffer.subarray(0, rows * width);
    await exactly(file, bytesOf(data), start + at * width * 4, 'the file');
    yield { data, rows, at };
  }
}

/** Writes rows from `at` on. */
export async function writeRows({ file, shape, start }, at, data) {
  const bytes = bytesOf(data);
  for (let done = 0; done < bytes.length;) {
    const { bytesWritten } = await file.write(bytes, done, bytes.length - done, start + at * shape[1] * 4 + done);
    done += bytesWritten;
  }
}

const bytesOf = (data) => new Uint8Array(data.buffer, data.byteOffset, data.byteLength);

async function exactly(file, into, position, path) {
  for (let done = 0; done < into.length;) {
    const { bytesRead } = await file.read(into, done, into.length - done, position + done);
    if (bytesRead === 0) throw new Error(`${path} ends after ${position + done} bytes, in the midst of its elements`);
    done += bytesRead;
  }
  return into;
}
