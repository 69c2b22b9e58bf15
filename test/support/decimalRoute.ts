import { Decimal } from 'decimal.js';
import { difference, dyadicOf, keyOf, product, sum, type Dyadic } from './dyadic.ts';
import { exactOf, special, vanishing, type Exact } from './exact.ts';
import { isAbsent, kindOf, noDistribution, weigh, type Lane, type SignedExact, type SumOptions } from './laneKinds.ts';

/**
 * The oracle of record.
 * Method: exact products theta x, exact differences from the largest, decimal.js for exp and log, 64 digits or more.
 * Error:  below 2^-100 relative in every result, also where a sum or a logarithm cancels: digits are added until it holds.
 */
const contexts = new Map<number, typeof Decimal>();

function context(digits: number): typeof Decimal {
  const precision = Math.ceil(digits / 16) * 16;
  let known = contexts.get(precision);
  if (known === undefined) contexts.set(precision, (known = Decimal.clone({ precision, minE: -9e15, maxE: 9e15 })));
  return known;
}

const usualDigits = 64;
/** For sums of terms far apart and for conversions; no function is computed to so many digits. */
const Wide = context(1200);

const powers = new Map<number, Decimal>();

function powerOfTwo(power: number): Decimal {
  let known = powers.get(power);
  if (known === undefined) powers.set(power, (known = context(150).pow(2, power)));
  return known;
}

/** To 150 digits. (A Decimal made from a double would take the double's short decimal text instead of its value.) */
function decimalOf({ integer, power }: Dyadic): Decimal {
  return powerOfTwo(power).times(integer.toString());
}

function toExact(x: Decimal): Exact {
  if (x.isZero()) return special(0);
  const power = Math.floor(x.e * Math.log2(10));
  const mantissa = powerOfTwo(-power).times(x); // between 1 and 20
  const head = mantissa.toNumber();
  return exactOf(head, mantissa.minus(decimalOf(dyadicOf(head))).toNumber(), power);
}

/** exp(x), or 0 where it is below 10^-8600: less than any weight can bring back. */
function expOf(x: Decimal, digits: number): Decimal {
  return x.lt(-20000) ? new Wide(0) : context(digits).exp(x);
}

/** log(1 + v), v > -1, relative to the result. */
function log1p(v: Decimal, digits: number): Decimal {
  if (v.abs().lt(1e-80)) return new (context(digits))(v).times(new Wide(1).minus(new Wide(v).div(2)));
  return context(digits).ln(new Wide(v).plus(1));
}

/** Each finite entry's distance below the maximum, its exponential, and the sum of all but one maximum. */
function spread(lane: Lane, theta: number) {
  const products = Array.from(lane, (x) => (isAbsent(x, theta) ? undefined : product(x, theta)));
  const maximum = products.reduce((a, b) => (a && (!b || difference(b, a).integer <= 0n) ? a : b));
  const known = new Map<string, Decimal>();
  const entries = products.map((x) => {
    if (x === undefined) return undefined;
    const below = difference(x, maximum!);
    const key = keyOf(below);
    let exponential = known.get(key);
    if (exponential === undefined) known.set(key, (exponential = expOf(decimalOf(below), usualDigits)));
    return { below, exponential };
  });
  const terms = entries.flatMap((entry) => (entry ? [entry.exponential] : [])).sort((a, b) => a.cmp(b));
  terms.pop();
  const rest = terms.reduce((total, term) => total.plus(term), new (context(usualDigits))(0));
  return { entries, rest, alone: terms.length === 0 };
}

export function softmax(lane: Lane, theta = 1): Exact[] {
  if (kindOf(lane, theta) !== 'finite') return Array.from(lane, () => noDistribution);
  const { entries, rest } = spread(lane, theta);
  const total = rest.plus(1);
  return entries.map((entry) => {
    if (entry === undefined) return special(0);
    return entry.exponential.isZero() ? vanishing(1) : toExact(context(usualDigits).div(entry.exponential, total));
  });
}

export function logSoftmax(lane: Lane, theta = 1): Exact[] {
  if (kindOf(lane, theta) !== 'finite') return Array.from(lane, () => noDistribution);
  const { entries, rest, alone } = spread(lane, theta);
  const logarithm = log1p(rest, usualDigits);
  return entries.map((entry) => {
    if (entry === undefined) return special(-Infinity);
    const result = context(150).sub(decimalOf(entry.below), logarithm);
    return result.isZero() && !alone ? vanishing(-1) : toExact(result);
  });
}

/**
 * log|sum b exp(theta x)|. Equal logits are one term with an exact weight, so the sum is 0 exactly where all weights
 * are: exponentials of different rational numbers are linearly independent (Lindemann, Weierstrass).
 */
export function logsumexp(lane: Lane, { theta = 1, b }: SumOptions = {}): SignedExact {
  const weighed = weigh(lane, b ?? Array.from(lane, () => 1), theta);
  if (weighed.decided) return weighed.decided;
  const groups = new Map<string, { x: Dyadic; weight: Dyadic }>();
  weighed.x.forEach((value, index) => {
    const x = product(value, theta);
    const group = groups.get(keyOf(x)) ?? { x, weight: dyadicOf(0) };
    groups.set(keyOf(x), { x, weight: sum(group.weight, dyadicOf(weighed.b[index]!)) });
  });
  const terms = [...groups.values()].filter(({ weight }) => weight.integer !== 0n);
  if (terms.length === 0) return { ...special(-Infinity), sign: 0 };
  terms.sort((left, right) => Number(difference(right.x, left.x).integer > 0n) * 2 - 1);
  for (let digits = usualDigits; ; digits *= 2) {
    const found = weightedSum(terms, digits);
    if (found) return found;
  }
}

/** The largest term's weight c stays exact: log|c + rest| = log1p(|c| - 1 + rest sign(c)); undefined if digits are short. */
function weightedSum(terms: { x: Dyadic; weight: Dyadic }[], digits: number): SignedExact | undefined {
  const [first, ...others] = terms;
  const maximum = first!.x;
  const sign = first!.weight.integer < 0n ? -1 : 1;
  let rest = new Wide(0);
  let error = new Wide(0);
  for (const { x, weight } of others) {
    const term = expOf(decimalOf(difference(x, maximum)), digits)
      .times(decimalOf(weight))
      .times(sign);
    rest = Wide.add(rest, term);
    error = Wide.add(error, term.abs());
  }
  const weight = sign < 0 ? difference(dyadicOf(0), first!.weight) : first!.weight;
  // |sum| - 1, or -sum - 1 where rest wins; a weight that is far from 1 keeps its digits beside it
  const own = decimalOf(weight);
  const near = own.gt(0.5) && own.lt(2);
  const past = near ? Wide.add(decimalOf(difference(weight, dyadicOf(1))), rest) : Wide.add(own, rest).minus(1);
  const total = near ? past.plus(1) : Wide.add(own, rest);
  if (total.isZero()) return undefined;
  const logarithm = log1p(total.isNegative() ? total.neg().minus(1) : past, digits);
  const result = Wide.add(decimalOf(maximum), logarithm);
  const doubt = error
    .div(total.abs())
    .plus(logarithm.abs())
    .times(new Wide(10).pow(40 - digits));
  if (doubt.gt(result.abs())) return undefined;
  const outcome = total.isNegative() ? -sign : sign;
  if (result.isZero() && others.length > 0) {
    return { ...vanishing(others[0]!.weight.integer < 0n ? -sign : sign), sign: outcome };
  }
  return { ...toExact(result), sign: outcome };
}

export function exp(x: number): Exact {
  if (!Number.isFinite(x)) return special(x === -Infinity ? 0 : x);
  if (Math.abs(x) > 2000) return x < 0 ? vanishing(1) : exactOf(1, 0, 3000);
  return toExact(expOf(decimalOf(dyadicOf(x)), usualDigits));
}
