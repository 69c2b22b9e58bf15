import { logSoftmax, logsumexp, merge, softmax, summarize, topk, type Summary } from '../index.ts';
import type { Request } from './args.ts';
import { compute, type Answer } from './compute.ts';
import { attempt } from './failure.ts';
import { sizeOf, type Data, type Numbers } from './numbers.ts';

// Lanes that are longer than a chunk: their parts come one after the other, along the first axis.

/** How a command does with them: how often it reads them, and what it makes of them. */
export interface Parts {
  readonly passes: number;
  /** the answers of some lanes, in order; `read` reads their parts again */
  of(request: Request, read: () => AsyncIterable<Numbers>, rest: readonly number[]): AsyncIterable<Answer>;
}

/** undefined for what needs lanes whole. */
export function partsOf({ command }: Request, axes: readonly number[]): Parts | undefined {
  if (command === 'softmax' || command === 'logsoftmax') return { passes: 2, of: shares };
  if (command === 'logsumexp') return { passes: 1, of: logSum };
  // an index counts within the lane: its axes have to be neighbours
  if (command === 'argmax') return axes.length === 1 ? { passes: 1, of: first } : undefined;
  return command === 'topk' ? { passes: 1, of: largest } : undefined;
}

/** What all parts are together, and a part, whose storage is that of the others. */
async function summaryOf({ options }: Request, read: () => AsyncIterable<Numbers>): Promise<[Summary, Numbers]> {
  let whole: Summary | undefined, last: Numbers;
  for await (const part of read()) {
    const summary = attempt(() => summarize(part, options));
    whole = whole === undefined ? summary : merge(whole, summary);
    last = part;
  }
  return [whole!, last!];
}

async function* shares(request: Request, read: () => AsyncIterable<Numbers>): AsyncGenerator<Answer> {
  const [whole] = await summaryOf(request, read);
  const { theta: _, temperature: __, ...options } = request.options; // the summary has them
  const share = request.command === 'softmax' ? softmax : logSoftmax;
  for await (const part of read()) yield share(part, { ...options, within: whole }) as Answer;
}

/** float64 comes out of a summary, and is rounded to float32 where the file has that, or float16. */
async function* logSum(request: Request, read: () => AsyncIterable<Numbers>): AsyncGenerator<Answer> {
  const [whole, { data, dtype }] = await summaryOf(request, read);
  const sums = [logsumexp(whole) as unknown].flat(Infinity) as number[];
  const single = data instanceof Float32Array || dtype === 'float16';
  yield { data: single ? Float32Array.from(sums) : Float64Array.from(sums), shape: whole.shape };
}

async function* largest(
  request: Request,
  read: () => AsyncIterable<Numbers>,
  rest: readonly number[],
): AsyncGenerator<Answer> {
  const row = sizeOf(rest);
  let best: { values: Numbers; indices: Float64Array } | undefined,
    start = 0;
  for await (const part of read()) {
    const length = part.shape[0]!,
      k = Math.min(request.k, length);
    const { values, indices } = compute({ ...request, command: 'topk', k }, part) as Record<
      'values' | 'indices',
      Numbers
    >;
    const found = { values, indices: Float64Array.from(indices.data, (index) => index + start) };
    best = best === undefined ? found : better(request, best, found, row);
    start += length;
  }
  const { values, indices } = best!;
  // as for a lane that is read whole
  if (values.shape[0]! < request.k) compute({ ...request, k: request.k }, values);
  yield { values, indices: { data: start < 2 ** 31 ? Int32Array.from(indices) : indices, shape: values.shape } };
}

/** The k largest of two lists of them; of equal ones those of `a` come first, which are earlier in the lane. */
function better(request: Request, a: { values: Numbers; indices: Float64Array }, b: typeof a, row: number): typeof a {
  const values = join(a.values.data, b.values.data),
    indices = join(a.indices, b.indices),
    length = a.values.shape[0]! + b.values.shape[0]!;
  const k = Math.min(request.k, length);
  const joined = { ...a.values, data: values, shape: [length, ...a.values.shape.slice(1)] };
  const top = topk(joined, k, { axis: 0 }) as unknown as Record<'values' | 'indices', Numbers>;
  const from = top.indices.data;
  return { values: top.values, indices: Float64Array.from(from, (at, i) => indices[at * row + (i % row)]!) };
}

function join<T extends Data>(a: T, b: T): T {
  const joined = new (a.constructor as new (length: number) => T)(a.length + b.length);
  joined.set(a);
  joined.set(b, a.length);
  return joined;
}

async function* first(
  request: Request,
  read: () => AsyncIterable<Numbers>,
  rest: readonly number[],
): AsyncGenerator<Answer> {
  for await (const answer of largest({ ...request, k: 1 }, read, rest)) {
    const { indices } = answer as Record<'indices', Numbers>;
    yield { data: indices.data, shape: rest };
  }
}
