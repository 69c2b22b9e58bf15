import { argmax, logSoftmax, logsumexp, sample, softmax, topk } from '../index.ts';
import type { Command, Request } from './args.ts';
import { attempt, Failure } from './failure.ts';
import { sizeOf, type Data, type Numbers } from './numbers.ts';

/** What a command gives: an array, or several by their names. */
export type Answer = Numbers | Record<string, Numbers>;

type Call = (x: Numbers, options: Record<string, unknown>, k: number) => Answer;
const calls: Record<Command, Call> = {
  softmax: (x, options) => softmax(x, options) as Answer,
  logsoftmax: (x, options) => logSoftmax(x, options) as Answer,
  logsumexp: (x, options) => logsumexp(x, options) as Answer,
  argmax: (x, options) => argmax(x, options) as Answer,
  topk: (x, options, k) => topk(x, k, options) as unknown as Answer,
  sample: (x, options) => sample(x, options) as Answer,
};

/** Calls the function of the package. Its errors say what is wrong with x or an option. */
export const compute = ({ command, options, k }: Request, x: Numbers): Answer =>
  attempt(() => calls[command](x, options, k));

/** Refuses options that no input makes right, before any is read. */
export function checkOptions(request: Request): void {
  const { axis: _, ...options } = request.options;
  try {
    tryOut({ ...request, options }, 1);
  } catch (error) {
    throw error instanceof Failure ? new Failure(error.message, 2) : error;
  }
}

/** Calls the function on one element of so many axes; no random number is taken for it. */
export function tryOut(request: Request, rank: number): void {
  const { random: _, ...options } = request.options;
  const shape = Array.from({ length: rank }, () => 1);
  compute({ ...request, options, k: 1 }, { data: new Float64Array(1), shape });
}

export const isArray = (answer: Answer): answer is Numbers => ArrayBuffer.isView(answer['data'] as Data);

/** The axes of a lane, from 0 on, in order; those out of range are left for the function to refuse. */
export function axesOf({ command, options }: Request, rank: number): number[] {
  const given = ('axis' in options ? options['axis'] : command === 'sample' ? -1 : null) as number | number[] | null;
  if (given === null) return Array.from({ length: rank }, (_, axis) => axis);
  return [given].flat().map((axis) => (axis < 0 ? axis + rank : axis)).sort((a, b) => a - b); // prettier-ignore
}

export const lanesOf = (request: Request, shape: readonly number[]): number => {
  const axes = axesOf(request, shape.length);
  return sizeOf(shape.filter((_, axis) => !axes.includes(axis)));
};
