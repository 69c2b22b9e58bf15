// What the command line reads and writes, piece by piece.

import { float16ToFloat32, parse } from 'npyjs';
import { afterEach, describe, expect, test } from 'vitest';
import { bar, drawBars } from '../src/cli/bars.ts';
import { Csv } from '../src/cli/csv.ts';
import { JsonText, parseJson } from '../src/cli/json.ts';
import { npyHeader, parseNpy } from '../src/cli/npy.ts';
import type { Data, Numbers } from '../src/cli/numbers.ts';
import { formatOf } from '../src/cli/output.ts';
import { softmax, toNested } from '../src/index.ts';

/** A .npy file, put together here: header of a version, and elements. */
function npy(descr: string, shape: string, elements: ArrayBufferView, { version = 1, fortran = 'False' } = {}): Uint8Array {
  const text = `{'descr': ${descr}, 'fortran_order': ${fortran}, 'shape': ${shape}, }\n`;
  const head = Buffer.alloc(version === 1 ? 10 : 12);
  head.write('\x93NUMPY', 'latin1');
  head[6] = version;
  if (version === 1) head.writeUInt16LE(text.length, 8);
  else head.writeUInt32LE(text.length, 8);
  return Buffer.concat([head, Buffer.from(text), Buffer.from(elements.buffer as ArrayBuffer, elements.byteOffset, elements.byteLength)]);
}
const nested = ({ data, shape, strides, dtype }: Numbers): unknown =>
  toNested({ data, shape, ...(strides && { strides }), ...(dtype && { dtype }) });
const values = [1, 3, 2, 4, 0, 5];
const halves = Uint16Array.of(0x3c00, 0x4200, 0x4000, 0x4400, 0, 0x4500);

describe('.npy', () => {
  test.each<[string, ArrayBufferView]>([
    ["'<f4'", Float32Array.from(values)],
    ["'<f8'", Float64Array.from(values)],
    ["'<f2'", halves],
    ["'|u1'", Uint8Array.from(values)],
    ["'|i1'", Int8Array.from(values)],
    ["'<u2'", Uint16Array.from(values)],
    ["'<i2'", Int16Array.from(values)],
    ["'<u4'", Uint32Array.from(values)],
    ["'<i4'", Int32Array.from(values)],
    ["'<i8'", BigInt64Array.from(values, BigInt)],
    ["'<u8'", BigUint64Array.from(values, BigInt)],
  ])('dtype %s, of every version, in both orders of bytes and of axes', (descr, elements) => {
    const swapped = (): Uint8Array => {
      const bytes = Buffer.from(Buffer.from(elements.buffer as ArrayBuffer));
      const size = bytes.length / values.length;
      return size === 1 ? bytes : size === 2 ? bytes.swap16() : size === 4 ? bytes.swap32() : bytes.swap64();
    };
    for (const version of [1, 2, 3]) {
      expect(nested(parseNpy(npy(descr, '(2, 3)', elements, { version }), 'x'))).toEqual([values.slice(0, 3), values.slice(3)]);
      expect(nested(parseNpy(npy(descr.replace('<', '>'), '(2, 3)', swapped(), { version }), 'x'))).toEqual([values.slice(0, 3), values.slice(3)]);
      expect(nested(parseNpy(npy(descr, '(2, 3)', elements, { version, fortran: 'True' }), 'x'))).toEqual([[1, 2, 0], [3, 4, 5]]); // prettier-ignore
    }
    expect(nested(parseNpy(npy(descr, '(6,)', elements), 'x'))).toEqual(values);
    expect(nested(parseNpy(npy(descr, '(6L, 1L)', elements), 'x'))).toEqual(values.map((value) => [value]));
  });
  test('booleans are 0 and 1, rank 0 is a number', () => {
    expect(nested(parseNpy(npy("'|b1'", '(2,)', Uint8Array.of(1, 0)), 'x'))).toEqual([1, 0]);
    expect(nested(parseNpy(npy("'<f8'", '()', Float64Array.of(7)), 'x'))).toBe(7);
  });
  test.each(["'|O'", "'<U3'", "'<c8'", "[('a', '<f4')]", "'<M8[ns]'", "'<f16'"])('dtype %s is refused', (descr) => {
    expect(() => parseNpy(npy(descr, '(1,)', new Uint8Array(8)), 'x')).toThrow(/wanted real numbers: in NumPy, x\.real/);
  });
  test('a header that is none, and more bytes than the shape says', () => {
    expect(() => parseNpy(npy("'<f4'", '(1', Float32Array.of(1)), 'x')).toThrow(/a header that is none/);
    expect(() => parseNpy(npy("'<f4'", '(1,)', Float32Array.of(1, 2)), 'x')).toThrow(/wanted one array a file/);
  });
  test('what is written is read by npyjs, and begins its elements at a multiple of 64', () => {
    const cases: [Data, number[], string?][] = [
      [Float32Array.from(values), [2, 3]],
      [Float64Array.from(values), [6]],
      [Int32Array.from(values), [1, 2, 3]],
      [halves, [6], 'float16'],
      [Float64Array.of(7), []],
    ];
    for (const [data, shape, dtype] of cases) {
      const header = npyHeader({ data, shape, ...(dtype && { dtype }) }, shape);
      expect(header.length % 64).toBe(0);
      const bytes = Buffer.concat([header, new Uint8Array(data.buffer)]);
      const read = parse(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length) as ArrayBuffer);
      expect(read.shape).toEqual(shape);
      expect([...(read.data as Float32Array)]).toEqual(dtype ? [...halves].map(float16ToFloat32) : [...data]);
    }
  });
});

describe('JSON', () => {
  const text = async (shape: number[], pieces: Numbers[]): Promise<string> => {
    let all = '';
    const out = new JsonText(shape, async (piece) => void (all += piece));
    for (const piece of pieces) await out.add(piece);
    await out.end();
    return all;
  };
  test.each([[[]], [[1]], [[5]], [[2, 3]], [[3, 1]], [[2, 3, 4]], [[2, 1, 1, 3]], [[0]], [[2, 0]], [[0, 3]]])('what is written of shape %j is read again, in pieces of any length', async (shape) => {
    const size = shape.reduce((a: number, b: number) => a * b, 1);
    const data = Float64Array.from({ length: size }, (_, i) => [i, -i / 7, 1e-300 * i][i % 3]!);
    for (const step of [1, 2, 5, 100]) {
      const pieces = Array.from({ length: Math.ceil(size / step) }, (_, i) => ({ data: data.subarray(i * step, (i + 1) * step), shape: [step] }));
      const written = await text(shape, pieces);
      expect(JSON.parse(written)).toEqual(toNested({ data, shape }));
      expect(parseJson(written, 'x').shape).toEqual(shape.includes(0) ? shape.slice(0, shape.indexOf(0) + 1) : shape);
    }
  });
  test('float16 as numbers; infinities and NaN in quotes', async () => {
    expect(await text([3], [{ data: halves.subarray(0, 3), shape: [3], dtype: 'float16' }])).toBe('[1,3,2]');
    const odd = Float64Array.of(-Infinity, Infinity, NaN, -0);
    const written = await text([4], [{ data: odd, shape: [4] }]);
    expect(written).toBe('["-Infinity","Infinity","NaN",0]');
    expect([...parseJson(written, 'x').data]).toEqual([-Infinity, Infinity, NaN, 0]);
  });
});

test('CSV cut anywhere gives the same rows', async () => {
  const bytes = Buffer.from('"a ""b""",c\r\n\r\n1,-2.5e3\r\n"3", inf\n5,NaN');
  for (let cut = 1; cut < bytes.length; cut++) {
    const csv = new Csv('x');
    const rows: number[][] = [];
    for await (const data of csv.blocks([Buffer.from(bytes.subarray(0, cut)), Buffer.from(bytes.subarray(cut))], 1)) rows.push([...data]);
    expect(rows, `cut at ${cut}`).toEqual([[1, -2500], [3, Infinity], [5, NaN]]); // prettier-ignore
    expect(csv.labels).toEqual(['a "b"', 'c']);
  }
});

test('CSV: columns may be named like members of Object.prototype, which are no numbers', async () => {
  for (const name of [...Object.getOwnPropertyNames(Object.prototype), ' Constructor ']) {
    const csv = new Csv('x');
    const rows: number[][] = [];
    for await (const data of csv.blocks([Buffer.from(`${name},b\n1,2\n`)], 1)) rows.push([...data]);
    expect(csv.labels, name).toEqual([name.trim(), 'b']);
    expect(rows, name).toEqual([[1, 2]]);
    const cells = async (): Promise<void> => void (await new Csv('x').blocks([Buffer.from(`1,2\n3,${name}\n`)], 4).next());
    await expect(cells(), name).rejects.toThrow(`x: line 2, column 2 is '${name.trim()}'; wanted a number`);
  }
});
test('CSV: words for infinities and NaN, in letters of either case', async () => {
  const cases: [string, number][] = [
    ['inf', Infinity],
    ['+Inf', Infinity],
    ['-INF', -Infinity],
    ['infinity', Infinity],
    ['-infinity', -Infinity],
    ['+Infinity', Infinity],
    ['nan', NaN],
    ['NaN', NaN],
  ];
  for (const [word, value] of cases) {
    const got = (await new Csv('x').blocks([Buffer.from(`1,2\n3, ${word} \n`)], 4).next()).value as Float64Array;
    expect([...got], word).toEqual([1, 2, 3, value]);
  }
  for (const word of ['+infinity', '-nan', 'infinit', 'infinityy', '--inf', '- inf']) {
    const reading = new Csv('x').blocks([Buffer.from(`1,2\n3,${word}\n`)], 4).next();
    await expect(reading, word).rejects.toThrow(`is '${word}'; wanted a number`);
  }
});

describe('bars', () => {
  const bars = (count: number, name = 'n'): { name: string; part: number; text: string }[] =>
    Array.from({ length: count }, (_, i) => ({ name: `${name}${i}`, part: (i + 1) / count, text: `${i}` }));
  test.each([0, undefined, 10, 40, 80, 200])('a terminal of %s columns has them whole', (columns) => {
    const lines = drawBars(bars(5, 'a rather long name of a class '), columns).trimEnd().split('\n');
    expect(lines).toHaveLength(5);
    if (columns !== 10) for (const line of lines) expect(line.length).toBeLessThan(columns || 80);
    expect(lines.at(-1)).toMatch(/█/);
  });
  test('of more than 20 the longest, and how many are left out', () => {
    const lines = drawBars(bars(1000), 80).trimEnd().split('\n');
    expect(lines).toHaveLength(21);
    expect(lines[0]).toMatch(/^n999 +█{40} +999$/);
    expect(lines.at(-1)).toMatch(/^and 980 shorter ones/);
  });
  test('a bar is as long as it says, to an eighth', () => {
    expect(bar(0.5, 4)).toBe('██  ');
    expect(bar(1 / 32, 4)).toBe('▏   ');
    expect(bar(NaN, 2)).toBe('  ');
  });
});

describe('the format where none is named', () => {
  const terminal = process.stdout.isTTY;
  afterEach(() => void (process.stdout.isTTY = terminal));
  const request = { command: 'softmax', file: undefined, format: undefined, k: 0, options: {} } as const;
  test('bars of one lane on a terminal, else JSON', () => {
    process.stdout.isTTY = true;
    expect(formatOf(request, [2, 3])).toBe('bars');
    expect(formatOf({ ...request, options: { axis: -1 } }, [2, 3])).toBe('json');
    expect(formatOf({ ...request, options: { axis: -1 } }, [1, 3])).toBe('bars');
    expect(formatOf({ ...request, command: 'logsumexp' }, [3])).toBe('json');
    expect(() => formatOf({ ...request, format: 'npy' }, [3])).toThrow(/no text for a terminal; put > result\.npy behind/);
    process.stdout.isTTY = false;
    expect(formatOf(request, [3])).toBe('json');
    expect(formatOf({ ...request, format: 'npy' }, [3])).toBe('npy');
  });
});

test('elements of Fortran order give the same probabilities', () => {
  const x = parseNpy(npy("'<f4'", '(2, 3)', Float32Array.of(1, 2, 3, 5, 2, 0.5), { fortran: 'True' }), 'x');
  expect(softmax(x, { axis: -1 })).toEqual(softmax({ data: Float32Array.of(1, 3, 2, 2, 5, 0.5), shape: [2, 3] }, { axis: -1 }));
});
