import csvParser from 'csv-parser';
import { pipeline, Readable } from 'node:stream';
import { Failure } from './failure.ts';

/**
 * The rows of a CSV file: numbers apart by commas, semicolons, tabs or blanks. A first row without any number names the
 * columns; blank lines count for nothing.
 */
export class Csv {
  columns = 0;
  labels: string[] | undefined = undefined;
  readonly #source: string;
  #line = 0;

  constructor(source: string) {
    this.#source = source;
  }

  /** float64 of whole rows, at least `step` elements at a time but for the last. */
  async *blocks(bytes: AsyncIterable<Buffer> | Iterable<Buffer>, step: number): AsyncGenerator<Float64Array> {
    let data = new Float64Array(1024),
      filled = 0;
    for await (const cells of rows(bytes)) {
      this.#line++;
      if (cells.length === 0 || (cells.length === 1 && cells[0]!.trim() === '')) continue;
      if (this.#isHeader(cells)) continue;
      this.#check(cells);
      if (filled + this.columns > data.length) {
        const wider = new Float64Array(2 * Math.max(data.length, this.columns));
        wider.set(data);
        data = wider;
      }
      for (let column = 0; column < cells.length; column++) data[filled++] = this.#number(cells[column]!, column);
      if (filled < step) continue;
      yield data.slice(0, filled);
      filled = 0;
    }
    if (filled > 0) yield data.slice(0, filled);
  }

  #isHeader(cells: string[]): boolean {
    if (this.columns > 0) return false;
    this.columns = cells.length;
    const names = cells.map((cell) => cell.trim());
    if (!names.every((name) => name !== '' && Number.isNaN(valueOf(name)) && name.toLowerCase() !== 'nan'))
      return false;
    this.labels = names;
    return true;
  }

  #check(cells: string[]): void {
    if (cells.length !== this.columns)
      throw new Failure(
        `${this.#source}: line ${this.#line} has ${cells.length} columns where ${this.columns} are wanted, as before it; pad short rows with -inf`,
      );
  }

  #number(cell: string, column: number): number {
    const value = valueOf(cell);
    if (!Number.isNaN(value)) return value;
    const text = cell.trim();
    if (text.toLowerCase() === 'nan') return NaN;
    const got = text === '' ? 'empty' : `'${text.slice(0, 24)}'`;
    throw new Failure(
      `${this.#source}: line ${this.#line}, column ${column + 1} is ${got}; wanted a number, -inf where there is none, or a first line of names alone`,
    );
  }
}

/** Number takes an empty cell for 0, and does not know infinities as spreadsheets and NumPy spell them. */
function valueOf(cell: string): number {
  const value = Number(cell);
  if (value !== 0 && !Number.isNaN(value)) return value;
  const word = cell.trim().toLowerCase();
  if (/^(?:[+-]?inf|-?infinity)$/.test(word)) return word[0] === '-' ? -Infinity : Infinity;
  return word === '' ? NaN : value;
}

/** The cells of each row, with blanks around them. */
async function* rows(bytes: AsyncIterable<Buffer> | Iterable<Buffer>): AsyncGenerator<string[]> {
  const pieces = Symbol.asyncIterator in bytes ? bytes[Symbol.asyncIterator]() : bytes[Symbol.iterator]();
  let head = Buffer.alloc(0),
    piece = await pieces.next();
  // what the first line is like has to be known
  for (; !piece.done && head.length < 1 << 16 && firstLine(head) === undefined; piece = await pieces.next())
    head = Buffer.concat([head, piece.value]);
  const bom = head.subarray(0, 3).equals(Buffer.from('\ufeff')) ? 3 : 0;
  const separator = separatorOf(firstLine(head) ?? head.toString('latin1'));
  const all = async function* () {
    yield head.subarray(bom);
    try {
      for (; !piece.done; piece = await pieces.next()) yield piece.value;
    } finally {
      await pieces.return?.();
    }
  };
  const parser = csvParser({ headers: false, separator });
  pipeline(Readable.from(all()), parser, () => undefined); // an error of reading ends the parser, and is thrown here
  for await (const row of parser) {
    const cells = Object.values(row as Record<string, string>);
    yield separator === ' ' ? cells.filter((cell) => cell !== '' && cell !== '\r') : cells;
  }
}

/** The first line that is not blank, if it is there to its end. */
const firstLine = (head: Buffer): string | undefined => /\S[^\n]*(?=\n)/.exec(head.toString('latin1', 0, 1 << 16))?.[0];

function separatorOf(line: string): string {
  const bare = line.replace(/"[^"]*"/g, '""');
  return ['\t', ';', ','].find((each) => bare.includes(each)) ?? (/\S +\S/.test(bare) ? ' ' : ',');
}
