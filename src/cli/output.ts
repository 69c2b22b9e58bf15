import { toNested } from '../index.ts';
import type { Format, Request } from './args.ts';
import { drawBars, type Bar } from './bars.ts';
import { isArray, lanesOf, type Answer } from './compute.ts';
import { Failure } from './failure.ts';
import { JsonText } from './json.ts';
import { npyHeader } from './npy.ts';
import { sizeOf, type Numbers, type Table } from './numbers.ts';

/** Writes to standard output, and waits where what reads it is slower. */
export async function write(piece: string | Uint8Array): Promise<void> {
  if (piece.length > 0 && !process.stdout.write(piece))
    await new Promise((resolve) => process.stdout.once('drain', resolve));
}

/** Takes the elements of one array in pieces and writes them. */
interface Sink {
  add(piece: Numbers): Promise<void>;
  end(): Promise<void>;
}

function sink(format: Format, shape: readonly number[]): Sink {
  if (format === 'npy') return new NpyBytes(shape);
  return new JsonText(shape, write);
}

class NpyBytes implements Sink {
  readonly #shape: readonly number[];
  #begun = false;

  constructor(shape: readonly number[]) {
    this.#shape = shape;
  }

  async add(piece: Numbers): Promise<void> {
    if (!this.#begun) await write(npyHeader(piece, this.#shape));
    this.#begun = true;
    const { buffer, byteOffset, byteLength } = piece.data;
    await write(new Uint8Array(buffer, byteOffset, byteLength));
  }

  async end(): Promise<void> {
    if (!this.#begun) await this.add({ data: new Float64Array(0), shape: this.#shape });
  }
}

/** Writes answers one behind the other. Where there are several arrays, the first has to be complete before the next. */
export class Answers {
  readonly #format: Format;
  readonly #shape: () => readonly number[];
  readonly #waiting: Record<string, Numbers[]> = {};
  #sink: Sink | undefined = undefined;

  constructor(format: Format, shape: () => readonly number[]) {
    this.#format = format;
    this.#shape = shape;
  }

  async add(answer: Answer): Promise<void> {
    if (isArray(answer)) return (this.#sink ??= sink(this.#format, this.#shape())).add(answer);
    for (const [name, array] of Object.entries(answer)) (this.#waiting[name] ??= []).push(array);
  }

  async end(): Promise<void> {
    const names = Object.keys(this.#waiting);
    if (names.length === 0) await (this.#sink ?? sink(this.#format, this.#shape())).end();
    for (const [i, name] of names.entries()) {
      await write(`${i === 0 ? '{' : ',\n '}"${name}": `);
      const each = sink(this.#format, this.#shape());
      for (const array of this.#waiting[name]!) await each.add(array);
      await each.end();
    }
    if (this.#format === 'json') await write(names.length === 0 ? '\n' : '}\n');
  }
}

/** The format asked for; else bars on a terminal where there is one lane to draw, and JSON. Refuses what cannot be. */
export function formatOf(request: Request, shape: readonly number[]): Format {
  const { command, format, options } = request;
  const drawn = drawings[command] !== undefined && lanesOf(request, shape) === 1;
  const several = command === 'topk' || 'logprobs' in options;
  const terminal = process.stdout.isTTY === true;
  if (format === undefined) return terminal && drawn && (command !== 'sample' || 'count' in options) ? 'bars' : 'json';
  if (format === 'bars' && drawings[command] === undefined)
    throw new Failure(`${command} has no bars to draw; use --format json`, 2);
  if (format === 'bars' && !drawn) {
    const lanes = lanesOf(request, shape);
    throw new Failure(
      `bars show one lane, and shape [${shape.join(', ')}] has ${lanes} of them; use --format json, or another --axis`,
    );
  }
  if (format === 'npy' && terminal) throw new Failure('.npy is no text for a terminal; put > result.npy behind', 2);
  if (format === 'npy' && several)
    throw new Failure(`${command} gives two arrays here, and a .npy file has one; use --format json`, 2);
  return format;
}

/** Writes a whole answer. */
export async function writeAnswer(request: Request, x: Table, answer: Answer, format: Format): Promise<void> {
  if (format === 'bars') return write(drawBars(drawings[request.command]!(answer, nameOf(x)), process.stdout.columns));
  const out = new Answers(format, () => (isArray(answer) ? answer : Object.values(answer)[0]!).shape);
  await out.add(answer);
  await out.end();
}

/** How an element of the lane is called: by its column's name, or its place. */
function nameOf({ shape, labels }: Table): (at: number) => string {
  if (labels?.length === sizeOf(shape)) return (at) => labels[at]!;
  const long = shape.filter((length) => length > 1).length;
  if (long < 2) return String;
  return (at) => {
    const places = shape.map((length, axis) => Math.floor(at / sizeOf(shape.slice(axis + 1))) % length);
    return `[${places.join(', ')}]`;
  };
}

type Draw = (answer: Answer, name: (at: number) => string) => Bar[];

const listOf = (array: Numbers): number[] => {
  const { data, dtype } = array;
  return dtype === 'float16' ? (toNested(data, { dtype }) as number[]) : Array.from(data);
};

const percent = (p: number): string =>
  p === 0 || p >= 1e-4 || Number.isNaN(p) ? `${(100 * p).toFixed(2)} %` : `${(100 * p).toExponential(1)} %`;

/** Bars as long as probabilities are large, or as an index was drawn often. */
const drawings: Partial<Record<Request['command'], Draw>> = {
  softmax: (answer, name) => relative(listOf(answer as Numbers), percent, name),
  logsoftmax: (answer, name) => logarithmic(listOf(answer as Numbers), (at) => name(at)),
  topk(answer, name) {
    const { values, indices } = answer as Record<'values' | 'indices', Numbers>;
    return logarithmic(listOf(values), (at) => name(indices.data[at]!));
  },
  sample(answer, name) {
    const { data } = isArray(answer) ? answer : answer['indices']!;
    const counts = new Map<number, number>();
    for (const index of data) counts.set(index, (counts.get(index) ?? 0) + 1);
    const drawn = [...counts.keys()].sort((a, b) => a - b);
    const times = drawn.map((index) => counts.get(index)!);
    return relative(times, String, (at) => name(drawn[at]!));
  },
};

function relative(values: number[], text: (value: number) => string, name: (at: number) => string): Bar[] {
  const largest = values.reduce((max, value) => Math.max(max, value || 0), 0) || 1;
  return values.map((value, at) => ({ name: name(at), part: value / largest, text: text(value) }));
}

function logarithmic(values: number[], name: (at: number) => string): Bar[] {
  const largest = values.reduce((max, value) => (value > max ? value : max), -Infinity);
  const digits = (value: number): string =>
    Number.isFinite(value) ? String(Number(value.toPrecision(6))) : String(value);
  return values.map((value, at) => ({ name: name(at), part: Math.exp(value - largest), text: digits(value) }));
}
