import { bareOf, nearest } from '../nearest.ts';
import type { Storage } from './storage.ts';

// Which options there are, and which of them a function takes.

// as bits of a Spec
export const AXIS = 1;
export const SHAPE = 2;
export const DTYPE = 4;
export const OUT = 8;
export const THETA = 16;
export const WHERE = 32;
export const PRECISION = 64;
export const KEEPDIMS = 128;
export const WEIGHTS = 256; // b and returnSign
export const LOSS = 512; // those of crossEntropy alone
export const CREATE = 1024; // build and maxMemory, of createSoftmax
export const DRAW = 2048; // those of sample alone
export const WITHIN = 4096; // of softmax and logSoftmax: the lanes that x is a part of

/** what softmax, logSoftmax and logsumexp take, and each something besides */
export const LANES = AXIS | SHAPE | DTYPE | OUT | THETA | WHERE | PRECISION;

/** A function: its name, which options it takes, and what its result is. */
export interface Spec {
  readonly name: string;
  readonly takes: number;
  /** the result has one element a lane */
  readonly reduces: boolean;
  /** what is taken where no axis is given */
  readonly axis: number | null;
  /** what the function calls its first argument */
  readonly what: string;
  /** elements come negated where theta is negative, so that the most probable are the largest */
  readonly rising?: boolean;
  /** how the result is stored, where that does not follow from x */
  readonly result?: Storage;
}

/** Every option, in the order in which errors name them. */
const all: readonly [string, number][] = [
  ['axis', AXIS],
  ['theta', THETA],
  ['temperature', THETA],
  ['where', WHERE],
  ['out', OUT],
  ['shape', SHAPE],
  ['dtype', DTYPE],
  ['precision', PRECISION],
  ['keepdims', KEEPDIMS],
  ['b', WEIGHTS],
  ['returnSign', WEIGHTS],
  ['reduction', LOSS],
  ['labelSmoothing', LOSS],
  ['classWeights', LOSS],
  ['ignoreIndex', LOSS],
  ['within', WITHIN],
  ['topK', DRAW],
  ['topP', DRAW],
  ['minP', DRAW],
  ['count', DRAW],
  ['random', DRAW],
  ['logprobs', DRAW],
  ['build', CREATE],
  ['maxMemory', CREATE],
];

/** Whether a function takes the option of a name. */
export function takenBy(spec: Spec, name: string): boolean {
  return all.some(([known, bit]) => known === name && (spec.takes & bit) !== 0);
}

/** What options are called elsewhere, without the case of letters and underscores; of several the one that a function takes. */
const elsewhere: Readonly<Record<string, readonly string[]>> = {
  dim: ['axis'],
  dims: ['axis', 'shape'],
  axes: ['axis'],
  size: ['shape'],
  temp: ['temperature'],
  tau: ['temperature'],
  beta: ['theta'],
  inversetemperature: ['theta'],
  mask: ['where'],
  output: ['out'],
  keepdim: ['keepdims'],
  weight: ['classWeights', 'b'],
  weights: ['classWeights', 'b'],
  smoothing: ['labelSmoothing'],
  summary: ['within'],
  k: ['topK'],
  p: ['topP'],
  nsamples: ['count'],
  numsamples: ['count'],
  rng: ['random'],
  generator: ['random'],
  seed: ['random'],
  t: ['temperature'],
  n: ['count'],
};

/** What to say of the option of a function that is meant by another name. */
function meant(name: string, taken: readonly string[]): string {
  const bare = bareOf(name),
    names = Object.hasOwn(elsewhere, bare) ? elsewhere[bare]! : [],
    here = taken.find((known) => bareOf(known) === bare) ?? names.find((known) => taken.includes(known));
  if (bare === 'seed' && here !== undefined) return ', give a generator with that seed as random';
  if (here !== undefined) return `, it is called ${here} here`;
  const near = nearest(name, taken);
  return near === undefined ? '' : `, did you mean ${near}`;
}

/** An option that belongs to other functions may be there as long as it asks for nothing; hidden names are none of ours. */
export function refuseOption(spec: Spec, options: Readonly<Record<string, unknown>>, name: string): void {
  let holder: object | null = options;
  while (holder !== null && !Object.hasOwn(holder, name)) holder = Object.getPrototypeOf(holder) as object | null;
  if (holder === null || !Object.prototype.propertyIsEnumerable.call(holder, name)) return;
  if (all.some(([known]) => known === name) && (options[name] ?? undefined) === undefined) return;
  const reducing = name === 'keepdims' || name === 'b' || name === 'returnSign';
  const taken = all.filter(([, bit]) => (spec.takes & bit) !== 0).map(([known]) => known);
  throw new TypeError(
    `${spec.name}: ${reducing ? `the option ${name} does not apply here` : `there is no option ${name}`}${meant(name, taken)}; ${taken.length === 0 ? 'it takes none' : `the options are ${taken.join(', ')}`}`,
  );
}
