import { describe } from './describe.ts';
import { filled } from './nest.ts';
import { count, isArray, numbers, show } from './shapes.ts';

// Summaries: what parts of lanes add to them, as plain data that is sent, stored and put together.

/** of the layout of summaries; another one is refused */
export const VERSION = 1;

/** 2^700, more than the sum of 2^53 terms can be */
const MOST = 5.260135901548374e210;

declare const lanes: unique symbol;

/**
 * What the lanes of an array add to larger lanes: plain data, which JSON and structuredClone give back exactly. It has no NaN
 * and no infinities: `code` tells the lanes that have nothing above -Infinity (0), finite numbers (1), +Infinity (2) or a
 * NaN (3). L is what logsumexp gives: a number, or nested arrays of the shape.
 */
export interface Summary<L = unknown> {
  readonly version: 1;
  /** of the lanes: that of the array without the axes of a lane */
  readonly shape: readonly number[];
  readonly theta: number;
  // For each lane, row-major. How they are to be read is said by src/kernels/laneSum.ts, and may change with the version.
  readonly code: readonly number[];
  /** the largest element (of those times -1 where theta is negative), and how often it occurs */
  readonly top: readonly number[];
  readonly count: readonly number[];
  /** the sum over the others, in two parts */
  readonly high: readonly number[];
  readonly low: readonly number[];
  readonly [lanes]?: L;
}

/** A summary whose lanes may still be written. */
export type Draft = { version: 1; theta: number } & Record<'shape' | (typeof fields)[number], number[]>;

const fields = ['code', 'top', 'count', 'high', 'low'] as const;
const members = ['version', 'shape', 'theta', ...fields] as const;

/** Whether a value may be meant as a summary: an object that has a version, and no elements. */
export function isSummary(name: string, value: unknown): boolean {
  return (
    typeof value === 'object' &&
    value !== null &&
    !ArrayBuffer.isView(value) &&
    !isArray(name, 'x', value) &&
    'version' in value &&
    'count' in value &&
    !('data' in value)
  );
}

/** A copy of a summary of somebody's, each member read once; `what` is what errors call it. All code of the caller runs here. */
export function readSummary(what: string, value: unknown): Draft {
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value) || isList(what, value)) {
    throw new TypeError(`${what} is ${describe(value)}; it must be a summary, which summarize and merge make`);
  }
  const given = value as Readonly<Record<string, unknown>>,
    missing = members.find((name) => !(name in given));
  if (missing !== undefined) {
    throw new TypeError(
      `${what} is ${describe(value)} without ${missing}; it must be a summary as summarize and merge make it, with ${members.join(', ')}`,
    );
  }
  const { version, theta } = given;
  if (version !== VERSION) {
    throw new RangeError(
      `${what} is a summary of version ${typeof version === 'number' ? version : describe(version)}, and this release of softmax-simd reads version ${VERSION}; make all summaries and read them by one release`,
    );
  }
  const shape = numbers(what, 'its shape', given['shape']),
    n = count(what, 'the summary', shape);
  if (typeof theta !== 'number' || !Number.isFinite(theta)) damaged(what, `its theta is ${describe(theta)}`);
  const [code, top, times, high, low] = fields.map((name) => readField(what, name, given[name], n));
  for (let i = 0; i < n; i++) {
    if ((code[i]! & 3) !== code[i]) damaged(what, `code[${i}] is ${code[i]}, not 0, 1, 2 or 3`);
    if (!Number.isSafeInteger(times[i]) || times[i]! < 0 || (code[i] === 1 && times[i] === 0))
      damaged(what, `count[${i}] is ${times[i]}`);
    if (!(high[i]! >= 0 && high[i]! <= MOST)) damaged(what, `high[${i}] is ${high[i]}, not from 0 to 2^700`);
    if (Math.abs(low[i]!) > high[i]! * 2 ** -40)
      damaged(what, `low[${i}] is ${low[i]}, no rounding error of ${high[i]}`);
    if (theta === 0 && top[i] !== 0) damaged(what, `top[${i}] is ${top[i]}, where theta is 0`);
  }
  return { version: VERSION, shape, theta, code, top, count: times, high, low };
}

function readField(what: string, name: string, list: unknown, n: number): number[] {
  if (typeof list !== 'object' || list === null || !isList(what, list))
    damaged(what, `its ${name} is ${describe(list)}, not an array of numbers`);
  if (list.length !== n) damaged(what, `its ${name} has length ${list.length}, and its shape has ${n} lanes`);
  // as doubles from the start: an array that turns from integers to them is copied once more
  const copy = filled(n, 0.5);
  for (let i = 0; i < n; i++) {
    const value = list[i];
    if (typeof value !== 'number' || value - value !== 0) damaged(what, `${name}[${i}] is ${describe(value)}`);
    copy[i] = value;
  }
  return copy;
}

function damaged(what: string, how: string): never {
  throw new RangeError(`${what} is damaged: ${how}; pass it on as summarize or merge gave it`);
}

function isList(what: string, value: object): value is readonly unknown[] {
  return isArray(what, 'an array of it', value);
}

/** Makes sure that summaries have one shape and one theta. */
export function agreeSummaries(name: string, a: Draft, b: Draft, at: number): void {
  if (a.shape.length !== b.shape.length || a.shape.some((n, d) => n !== b.shape[d])) {
    throw new RangeError(
      `${name}: summary ${at} has lanes of shape ${show(b.shape)} and summary 0 of shape ${show(a.shape)}; parts of the same lanes have one shape`,
    );
  }
  if (a.theta !== b.theta) {
    throw new RangeError(
      `${name}: summary ${at} has theta ${b.theta} and summary 0 theta ${a.theta}; summarize all parts with the same theta`,
    );
  }
}
