import { toNested } from '../index.ts';
import { Failure } from './failure.ts';
import { sizeOf, type Numbers } from './numbers.ts';

// JSON has neither infinities nor NaN: they are strings here, in what is read and in what is written.

const names: Record<string, number> = { '-Infinity': -Infinity, Infinity, NaN };

/** One of them without quotes, as Python writes them. */
const bare = /(?:^|[[,\s])[-+]?(?:inf|infinity|nan)\b/i;

/** A number or nested arrays of numbers, as float64. */
export function parseJson(text: string, source: string): Numbers {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new Failure(
      `${source} is no JSON (${(error as Error).message}); wanted nested arrays of numbers, as [[1, 3], [2, 5]]${bare.test(text) ? '; JSON knows no infinities and no NaN, write "-Infinity", "Infinity" or "NaN", in quotes' : ''}`,
    );
  }
  const shape: number[] = [];
  for (let at = value; Array.isArray(at); at = at[0]) shape.push(at.length);
  const data = new Float64Array(sizeOf(shape));
  let filled = 0;
  const fill = (at: unknown, path: string, depth: number): void => {
    if (depth === shape.length) data[filled++] = element(at, path, source);
    else if (!Array.isArray(at) || at.length !== shape[depth]) throw ragged(at, path, shape[depth]!, source);
    else for (let i = 0; i < at.length; i++) fill(at[i], `${path}[${i}]`, depth + 1);
  };
  fill(value, '', 0);
  return { data, shape };
}

function element(at: unknown, path: string, source: string): number {
  if (typeof at === 'number') return at;
  if (typeof at === 'string' && Object.hasOwn(names, at)) return names[at]!;
  const where = path === '' ? source : `${source}: ${path}`;
  if (at === null)
    throw new Failure(`${where} is null, which is what JSON makes of -Infinity; write "-Infinity", in quotes, instead`);
  if (Array.isArray(at))
    throw new Failure(`${where} is an array where a number stands before; the rows must be of one depth`);
  if (typeof at !== 'object') throw new Failure(`${where} is ${JSON.stringify(at)}; it must be a number`);
  const keys = Object.keys(at);
  const fix = keys.length === 0 ? '' : `; pass the array alone, for instance by jq .${keys[0]}`;
  throw new Failure(
    `${where} is an object${keys.length === 0 ? '' : ` with ${keys.slice(0, 5).join(', ')}`}; wanted nested arrays of numbers${fix}`,
  );
}

function ragged(at: unknown, path: string, length: number, source: string): Failure {
  const got = Array.isArray(at) ? `has length ${at.length}` : `is ${JSON.stringify(at)}`;
  return new Failure(
    `${source}: ${path} ${got} where an array of length ${length} is wanted, as before it; pad the short rows with "-Infinity"`,
  );
}

/** Takes the elements of an array in order, in pieces, and gives on its text. */
export class JsonText {
  readonly #write: (text: string) => Promise<void>;
  /** elements between two brackets of each axis; the first of them may be unknown, NaN */
  readonly #sizes: readonly number[];
  readonly #shape: readonly number[];
  #at = 0;

  constructor(shape: readonly number[], write: (text: string) => Promise<void>) {
    this.#shape = shape;
    this.#sizes = shape.map((_, axis) => sizeOf(shape.slice(axis)));
    this.#write = write;
  }

  async add({ data, dtype }: Numbers): Promise<void> {
    const step = 1 << 14;
    for (let start = 0; start < data.length; start += step) {
      const part = data.subarray(start, start + step);
      const values = (dtype === 'float16' ? toNested(part, { dtype }) : part) as ArrayLike<number>;
      let text = '';
      for (let i = 0; i < values.length; i++) text += this.#element(values[i]!);
      await this.#write(text);
    }
  }

  /** One element, with the brackets that open before it and close behind it; each row of the first axis on a line. */
  #element(value: number): string {
    const sizes = this.#sizes,
      at = this.#at++;
    let open = '',
      close = '';
    for (let axis = 1; axis < sizes.length; axis++) {
      if (at % sizes[axis]! === 0) open += '[';
      if ((at + 1) % sizes[axis]! === 0) close += ']';
    }
    const before = at === 0 ? (sizes.length > 0 ? '[' : '') : at % (sizes[1] ?? NaN) === 0 ? ',\n ' : ',';
    return before + open + jsonNumber(value) + close;
  }

  async end(): Promise<void> {
    if (this.#at > 0) return this.#write(this.#shape.length > 0 ? ']' : '');
    const shape = this.#shape.map((length) => (Number.isNaN(length) ? 0 : length));
    await this.#write(JSON.stringify(toNested(new Float64Array(0), { shape })));
  }
}

const jsonNumber = (value: number): string => (Number.isFinite(value) ? String(value) : `"${value}"`);
