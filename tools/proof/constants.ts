import { readFileSync } from 'node:fs';

// The numbers that the kernels load, read from the text of assembly/constants.ts: a proof is of what is compiled.

const source = (file: string): string => readFileSync(new URL(`../../assembly/${file}`, import.meta.url), 'utf8');
const view = new DataView(new ArrayBuffer(8));

/** A table of assembly/constants.ts, as numbers; the entries of `table()` are read as pairs of their own. */
export function numbers(name: string): number[] {
  const wide = words(name);
  return wide.values.map((bits) => {
    view.setBigUint64(0, wide.bytes === 8 ? bits : bits << 32n);
    return wide.bytes === 8 ? view.getFloat64(0) : view.getFloat32(0);
  });
}

function words(name: string): { bytes: number; values: bigint[] } {
  const found = new RegExp(`export const ${name}: usize = memory\\.data<u(32|64)>\\(\\[([^\\]]*)\\]\\)`).exec(
    source('constants.ts'),
  );
  if (found === null) throw new Error(`assembly/constants.ts has no table ${name} any more: tools/proof reads it`);
  const values = found[2]!.replace(/\/\/.*/g, '').match(/0x[0-9a-f]+|\b\d+\b/g) ?? [];
  return { bytes: Number(found[1]) / 8, values: values.map(BigInt) };
}

/** the number `offset` bytes from the start of a table */
export function numberAt(name: string, offset: number): number {
  const { bytes } = words(name),
    value = numbers(name)[offset / bytes];
  if (value === undefined) throw new Error(`assembly/constants.ts: ${name} has nothing at byte ${offset}`);
  return value;
}

/** The table of exp: H, the rounded 2^(i / 128), and the tail that it lacks, relative to it. */
export function expTable(): { H: number; tail: number }[] {
  const { values } = words('TABLE');
  if (values.length !== 256) throw new Error(`assembly/constants.ts: TABLE has ${values.length} words, not 256`);
  const number = (bits: bigint): number => (view.setBigUint64(0, bits), view.getFloat64(0));
  return Array.from({ length: 128 }, (_, i) => ({
    H: number(BigInt.asUintN(64, values[2 * i + 1]! + (BigInt(i) << 45n))),
    tail: number(values[2 * i]!),
  }));
}

/** A number that a kernel has in its text: `pattern` has it in its one group. */
export function literal(file: string, pattern: RegExp): number {
  const found = pattern.exec(source(file))?.[1];
  if (found === undefined)
    throw new Error(`assembly/${file} has no ${pattern} any more: tools/proof reads a number there`);
  return Number(found);
}

/** The parameters and the body of a function of a kernel. */
export function functionText(file: string, name: string): { parameters: string[]; body: string } {
  const text = source(file).replace(/\/\/ .*|\/\*\*[^]*?\*\//g, ''),
    start = new RegExp(`function ${name}(<[^>]*>)?\\(`).exec(text);
  if (start === null) throw new Error(`assembly/${file} has no function ${name} any more: tools/proof reads it`);
  const open = text.indexOf('{', text.indexOf(')', start.index));
  let depth = 0,
    end = open;
  do {
    if (text[end] === '{') depth++;
    if (text[end] === '}') depth--;
    end++;
  } while (depth > 0);
  const parameters = text.slice(start.index + start[0].length, text.indexOf(')', start.index)).split(',');
  return { parameters: parameters.map((p) => p.split(':')[0]!.trim()), body: text.slice(open + 1, end - 1) };
}
