import * as decimal from './decimalRoute.ts';
import { special, type Exact } from './exact.ts';
import { kindOf, noDistribution, type Lane, type SignedExact, type SumOptions } from './laneKinds.ts';
import * as pair from './pairRoute.ts';

/**
 * Exact results for one lane of numbers, each an exact double (float32 values are passed as they are).
 * theta multiplies exactly: results are those of the real products theta x.
 * Two routes that share no arithmetic: decimal.js at 64 digits and more (200 us an element), and sums of two doubles
 * (0.5 us an element for the sum, 2 us for a result). Short lanes go the first way, which also decides where the second
 * cannot; routes.test.ts holds them against each other.
 */
export type { Exact, Lane, SignedExact, SumOptions };

const shortLane = 4;

const routeFor = (lane: Lane, theta: number) => (lane.length <= shortLane || !pair.takes(lane, theta) ? decimal : pair);

/** exp(theta x_j) / sum_k exp(theta x_k) for every element. */
export function softmax(lane: Lane, theta = 1): Exact[] {
  return routeFor(lane, theta).softmax(lane, theta);
}

/** theta x_j - log sum_k exp(theta x_k) for every element, relative to the result also where it is next to 0. */
export function logSoftmax(lane: Lane, theta = 1): Exact[] {
  return routeFor(lane, theta).logSoftmax(lane, theta);
}

/** log|sum_k b_k exp(theta x_k)| and the sign of the sum. Weighted lanes take 250 us an element. */
export function logsumexp(lane: Lane, options: SumOptions = {}): SignedExact {
  const { theta = 1, b } = options;
  // A deep cancellation costs a long lane some of the 50 bits it has to spare, rather than seconds.
  const bits = lane.length <= 64 ? 20 : 40;
  const fast = b === undefined && routeFor(lane, theta) === pair ? pair.logsumexp(lane, theta, bits) : undefined;
  return fast ?? decimal.logsumexp(lane, options);
}

/** e^x. */
export function exp(x: number): Exact {
  return pair.exp(x);
}

/** softmax at the indices asked for, of a lane of any length: the sum runs over all of it. */
export function softmaxSample(lane: Lane, indices: ArrayLike<number>, theta = 1): Exact[] {
  return sample(lane, indices, theta, pair.softmaxOf, decimal.softmax);
}

/** logSoftmax at the indices asked for. */
export function logSoftmaxSample(lane: Lane, indices: ArrayLike<number>, theta = 1): Exact[] {
  return sample(lane, indices, theta, pair.logSoftmaxOf, decimal.logSoftmax);
}

function sample(
  lane: Lane,
  indices: ArrayLike<number>,
  theta: number,
  resultOf: (x: number, normalizer: pair.Normalizer) => Exact,
  ofRecord: (lane: Lane, theta: number) => Exact[],
): Exact[] {
  if (kindOf(lane, theta) !== 'finite') return Array.from(indices, () => noDistribution);
  if (routeFor(lane, theta) === decimal) {
    const results = ofRecord(lane, theta);
    return Array.from(indices, (index) => results[index]!);
  }
  const normalizer = pair.normalize(lane, theta);
  return Array.from(indices, (index) => resultOf(lane[index]!, normalizer));
}

/** The results with those of a mask put in: what the oracle says of the entries kept, and `hidden` for all others. */
export function masked(
  lane: Lane,
  where: ArrayLike<unknown>,
  hidden: number,
  resultsOf: (kept: number[]) => Exact[],
): Exact[] {
  const results = resultsOf(Array.from(lane).filter((_, index) => where[index]));
  let next = 0;
  return Array.from(lane, (_, index) => (where[index] ? results[next++]! : special(hidden)));
}
