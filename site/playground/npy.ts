// Arrays of NumPy's format .npy, versions 1 to 3 (numpy.lib.format).
import { checked, most, squeezed, type Logits } from './logits.ts';

type Read = (view: DataView, at: number, little: boolean) => number;

const half: Read = (view, at, little) => {
  const bits = view.getUint16(at, little),
    sign = bits >> 15 ? -1 : 1,
    exponent = (bits >> 10) & 31,
    fraction = bits & 1023;
  if (exponent === 31) return fraction === 0 ? sign * Infinity : NaN;
  return exponent === 0 ? sign * fraction * 2 ** -24 : sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
};

const kinds: Record<string, { readonly bytes: number; readonly read: Read }> = {
  f2: { bytes: 2, read: half },
  f4: { bytes: 4, read: (view, at, little) => view.getFloat32(at, little) },
  f8: { bytes: 8, read: (view, at, little) => view.getFloat64(at, little) },
  i1: { bytes: 1, read: (view, at) => view.getInt8(at) },
  i2: { bytes: 2, read: (view, at, little) => view.getInt16(at, little) },
  i4: { bytes: 4, read: (view, at, little) => view.getInt32(at, little) },
  i8: { bytes: 8, read: (view, at, little) => Number(view.getBigInt64(at, little)) },
  u1: { bytes: 1, read: (view, at) => view.getUint8(at) },
  u2: { bytes: 2, read: (view, at, little) => view.getUint16(at, little) },
  u4: { bytes: 4, read: (view, at, little) => view.getUint32(at, little) },
  u8: { bytes: 8, read: (view, at, little) => Number(view.getBigUint64(at, little)) },
};

/**
 * The logits of a .npy file, and whether it holds float32.
 *
 * @throws TypeError for what is no such file or holds no numbers, RangeError for more than two dimensions, for more
 *   numbers than the playground shows, and for a file that was cut off
 */
export function fromNpy(file: ArrayBuffer): Logits & { readonly float32: boolean } {
  const bytes = new Uint8Array(file),
    view = new DataView(file);
  if (bytes.length < 12 || String.fromCharCode(...bytes.subarray(0, 6)) !== '\x93NUMPY')
    throw new TypeError('this is no .npy file: it does not begin with \\x93NUMPY; write it with numpy.save');
  const long = bytes[6]! > 1,
    start = (long ? 12 : 10) + (long ? view.getUint32(8, true) : view.getUint16(8, true));
  const header = new TextDecoder().decode(bytes.subarray(long ? 12 : 10, start));
  const [, order, name] = /'descr':\s*'([<>|=])(\w+)'/.exec(header) ?? [],
    [, fortran] = /'fortran_order':\s*(True|False)/.exec(header) ?? [],
    [, lengths] = /'shape':\s*\(([^)]*)\)/.exec(header) ?? [];
  const kind = kinds[name ?? ''];
  if (kind === undefined || lengths === undefined)
    throw new TypeError(
      `the array holds ${/'descr':\s*(.*?),\s*'fort/.exec(header)?.[1] ?? 'something unknown'}; wanted: floats or integers, such as x.astype('float32')`,
    );
  const full = lengths.split(',').filter((text) => text.trim() !== '').map(Number); // prettier-ignore
  const shape = squeezed(full),
    size = shape.reduce((a, b) => a * b, 1);
  if (size > most) throw new RangeError(`${size} numbers, shape [${full}]; this page shows up to ${most}`);
  if (bytes.length < start + size * kind.bytes)
    throw new RangeError(
      `the file has ${bytes.length - start} bytes of data where shape [${full}] needs ${size * kind.bytes}: it was cut off`,
    );
  const data = new Float64Array(size),
    [rows, columns] = shape.length === 2 ? [shape[0]!, shape[1]!] : [1, size];
  for (let i = 0; i < size; i++) {
    // column after column in Fortran's order
    const at = fortran === 'True' ? (i % columns) * rows + Math.floor(i / columns) : i;
    data[i] = kind.read(view, start + at * kind.bytes, order !== '>');
  }
  return { ...checked({ data, shape }), float32: name === 'f4' };
}
