import { exactOf, special, vanishing, type Exact } from './exact.ts';
import { isAbsent, kindOf, noDistribution, sumOfKind, type Lane, type SignedExact } from './laneKinds.ts';
import { add, divide, pairOf, subtract, twoProduct, twoSum, type Pair } from './pair.ts';
import { exp as expOf, log1p } from './pairExp.ts';

/**
 * The fast route, for lanes of any length: sums of two doubles throughout, nothing shared with decimal.js.
 * Error:  below 2^-102 relative; theta x far below the maximum costs softmax up to 10 bits, cancelling logsumexp the bits
 *         it cancels. routes.test.ts asserts 2^-90, and 2^-80 for logsumexp, against decimal.js.
 * Domain: theta = 1 with any lane, or products between 2^-900 and 2^900; `takes` tells. Where logsumexp cancels by more
 *         than 20 bits the result is undefined and the oracle of record has to be asked.
 */
export function takes(lane: Lane, theta: number): boolean {
  if (theta === 1 || theta === 0) return true;
  for (let index = 0; index < lane.length; index++) {
    const x = Math.abs(lane[index]!);
    const large = x * Math.abs(theta);
    if (x > 0 && x < Infinity && !(large > 2 ** -900 && large < 2 ** 900 && x < 2 ** 900)) return false;
  }
  return Math.abs(theta) < 2 ** 900;
}

/** Terms below this share of the maximum are beneath every format; they are only remembered to be there. */
const deepest = -1100;

/** exp(x) is carried times 2^600, so that terms between 1 and exp(-1100) all keep their low parts. */
const lift = 600;

/** What all elements of a lane share: the largest theta x, and the sum of all exponentials but one maximum's. */
export interface Normalizer {
  readonly theta: number;
  readonly maximum: Pair;
  /** sum exp(theta x - maximum) - 1, times 2^600. */
  readonly rest: Pair;
  readonly total: Pair;
  /** log of the total: logarithm 2^logarithmPower. */
  readonly logarithm: Pair;
  readonly logarithmPower: number;
  /** Whether terms too small to be added were met. */
  readonly vanished: boolean;
}

const scaled = (x: number, theta: number): Pair => (theta === 1 ? pairOf(x) : twoProduct(theta, x));

/** theta x - maximum; for theta = 1 exact, else to 2^-104 relative. Overflow is a distance like any other too large. */
function belowMaximum(x: number, theta: number, maximum: Pair): Pair {
  if (theta === 1) return x - maximum.hi === -Infinity ? pairOf(-Infinity) : twoSum(x, -maximum.hi);
  return subtract(twoProduct(theta, x), maximum);
}

export function normalize(lane: Lane, theta: number): Normalizer {
  let largest = NaN;
  for (let index = 0; index < lane.length; index++) {
    const x = lane[index]!;
    if (!isAbsent(x, theta) && !(theta < 0 ? x >= largest : x <= largest)) largest = x;
  }
  const maximum = scaled(largest, theta);
  // Blocks keep the error of long sums down: 2^-105 for each of 1024 additions and of n/1024.
  let rest = pairOf(0);
  let ties = -1;
  let vanished = false;
  for (let start = 0; start < lane.length; start += 1024) {
    let block = pairOf(0);
    for (let index = start; index < Math.min(start + 1024, lane.length); index++) {
      const x = lane[index]!;
      if (isAbsent(x, theta)) continue;
      if (x === largest || theta === 0) {
        ties++;
        continue;
      }
      const below = belowMaximum(x, theta, maximum);
      if (below.hi < deepest) {
        vanished = true;
        continue;
      }
      const { hi, lo, power } = expOf(below);
      const factor = 2 ** (power + lift);
      block = add(block, pairOf(hi * factor, lo * factor));
    }
    rest = add(rest, block);
  }
  rest = add(rest, pairOf(ties * 2 ** lift));
  const down = 2 ** -lift;
  const small = rest.hi < 2 ** (lift - 120); // log(1 + v) = v to 2^-121
  const unlifted = pairOf(rest.hi * down, rest.lo * down);
  return {
    theta,
    maximum,
    rest,
    total: small ? pairOf(1, rest.hi * down) : add(pairOf(1), unlifted),
    logarithm: small ? rest : log1p(unlifted),
    logarithmPower: small ? -lift : 0,
    vanished,
  };
}

export function softmaxOf(x: number, { theta, maximum, total }: Normalizer): Exact {
  if (isAbsent(x, theta)) return special(0);
  const below = belowMaximum(x, theta, maximum);
  if (below.hi < deepest) return vanishing(1);
  const { hi, lo, power } = expOf(below);
  const share = divide(pairOf(hi, lo), total);
  return exactOf(share.hi, share.lo, power);
}

export function logSoftmaxOf(x: number, { theta, maximum, logarithm, logarithmPower, vanished }: Normalizer): Exact {
  if (isAbsent(x, theta)) return special(-Infinity);
  const below = belowMaximum(x, theta, maximum);
  if (below.hi === 0) {
    if (logarithm.hi === 0) return vanished ? vanishing(-1) : special(0);
    return exactOf(-logarithm.hi, -logarithm.lo, logarithmPower);
  }
  // A lifted logarithm is below 2^-120, and then every other element lies at least 80 below the maximum.
  const result = logarithmPower === 0 ? subtract(below, logarithm) : below;
  return exactOf(result.hi, result.lo);
}

export function softmax(lane: Lane, theta = 1): Exact[] {
  if (kindOf(lane, theta) !== 'finite') return Array.from(lane, () => noDistribution);
  const normalizer = normalize(lane, theta);
  return Array.from(lane, (x) => softmaxOf(x, normalizer));
}

export function logSoftmax(lane: Lane, theta = 1): Exact[] {
  if (kindOf(lane, theta) !== 'finite') return Array.from(lane, () => noDistribution);
  const normalizer = normalize(lane, theta);
  return Array.from(lane, (x) => logSoftmaxOf(x, normalizer));
}

/** log sum exp(theta x), or undefined where the maximum and the logarithm cancel by more than so many bits. */
export function logsumexp(lane: Lane, theta = 1, bits = 20): SignedExact | undefined {
  const kind = kindOf(lane, theta);
  if (kind !== 'finite') return sumOfKind(kind);
  const { maximum, logarithm, logarithmPower, vanished } = normalize(lane, theta);
  if (maximum.hi === 0) {
    const exact = logarithm.hi === 0 && vanished ? vanishing(1) : exactOf(logarithm.hi, logarithm.lo, logarithmPower);
    return { ...exact, sign: 1 };
  }
  const result = logarithmPower === 0 ? add(maximum, logarithm) : add(maximum, pairOf(logarithm.hi * 2 ** -lift));
  if (Math.abs(result.hi) < Math.abs(maximum.hi) * 2 ** -bits) return undefined;
  return { ...exactOf(result.hi, result.lo), sign: 1 };
}

export function exp(x: number): Exact {
  if (!Number.isFinite(x)) return special(x === -Infinity ? 0 : x);
  if (Math.abs(x) > 1300) return x < 0 ? vanishing(1) : exactOf(1, 0, 3000);
  const { hi, lo, power } = expOf(pairOf(x));
  return exactOf(hi, lo, power);
}
