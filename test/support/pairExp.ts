import { exponentOf, scale } from './exact.ts';
import { add, divide, multiply, pairOf, subtract, twoSum, type Pair } from './pair.ts';

/**
 * exp, expm1 and log1p of pairs, the means of the fast route.
 * Method: x = (1024 k + i) ln2/1024 + r, |r| <= ln2/2048, exp(x) = 2^k 2^(i/1024) exp(r), Taylor series of degree 8 for
 *         exp(r); the constants are computed here, at load, by integer arithmetic of 256 bits.
 * Error:  at most 2^-104 relative for exp, asserted to 2^-98 against decimal.js in routes.test.ts.
 */
const fractionBits = 256n;
const one = 1n << fractionBits;

/** The double nearest to a 256-bit fraction. */
const toDouble = (x: bigint): number => scale(Number(x), -Number(fractionBits));
const fromDouble = (x: number): bigint => BigInt(scale(x, Number(fractionBits)));

function toPair(x: bigint): Pair {
  const hi = toDouble(x);
  return { hi, lo: toDouble(x - fromDouble(hi)) };
}

function squareRoot(x: bigint): bigint {
  let root = one;
  for (let step = 0; step < 9; step++) root = (root + (x << fractionBits) / root) / 2n;
  return root;
}

/** ln 2 = 2 artanh(1/3). */
function logarithmOfTwo(): bigint {
  let sum = 0n;
  for (let power = (2n * one) / 3n, k = 1n; power > 0n; power /= 9n, k += 2n) sum += power / k;
  return sum;
}

const steps = 1024;
const step = logarithmOfTwo() / BigInt(steps);
/** ln2/1024 = stepHi + stepMiddle + stepLo, the first two of 32 bits, so that multiples of them by 21 bits are exact. */
const stepHi = scale(Number(step >> (fractionBits - 42n)), -42);
const stepMiddle = scale(Number((step - fromDouble(stepHi)) >> (fractionBits - 74n)), -74);
const stepLo = toDouble(step - fromDouble(stepHi) - fromDouble(stepMiddle));
const perStep = 1 / toDouble(step);

const tableHi = new Float64Array(steps);
const tableLo = new Float64Array(steps);
let root = 2n * one;
for (let halving = steps; halving > 1; halving /= 2) root = squareRoot(root);
for (let index = 0, power = one; index < steps; index++, power = (power * root) >> fractionBits) {
  const entry = toPair(power);
  tableHi[index] = entry.hi;
  tableLo[index] = entry.lo;
}

const half = pairOf(0.5);
const sixth = toPair(one / 6n);
const twentyFourth = toPair(one / 24n);

/** exp(r) - 1 for |r| <= ln2/2048, relative to r. */
function shortExpm1(r: Pair): Pair {
  const x = r.hi;
  const small = x * (1 / 120 + x * (1 / 720 + x * (1 / 5040 + x / 40320)));
  const series = add(half, multiply(r, add(sixth, multiply(r, add(twentyFourth, pairOf(small))))));
  return add(r, multiply(multiply(r, r), series));
}

/** exp(x) = (hi + lo) 2^power with hi in [0.99, 2), for |x| < 1400. */
export function exp(x: Pair): { hi: number; lo: number; power: number } {
  const multiple = Math.round(x.hi * perStep);
  const coarse = twoSum(x.hi - multiple * stepHi, -multiple * stepMiddle);
  const r = add(coarse, twoSum(x.lo, -multiple * stepLo));
  const index = multiple & (steps - 1);
  const entry = { hi: tableHi[index]!, lo: tableLo[index]! };
  const { hi, lo } = add(entry, multiply(entry, shortExpm1(r)));
  return { hi, lo, power: (multiple - index) / steps };
}

/** exp(x) - 1 for 0 <= x < 700, relative. Near 0 by the series alone, else exp loses the 11 bits it stands above. */
function expm1(x: Pair): Pair {
  if (x.hi < 3e-4) return shortExpm1(x);
  const { hi, lo, power } = exp(x);
  return subtract(pairOf(hi * 2 ** power, lo * 2 ** power), pairOf(1));
}

const ln2 = toPair(step * BigInt(steps));

/**
 * log(1 + x), x >= 0, relative to the result. Below 1/16 as 2 artanh(x / (2 + x)); above by one step from y ~ log(1 + x):
 * z = (x - expm1(y)) exp(-y), then y + log1p(z) with |z| < 2^-50.
 */
export function log1p(x: Pair): Pair {
  if (x.hi === 0) return x;
  if (x.hi < 0.0625) {
    const ratio = divide(x, add(pairOf(2), x));
    const square = multiply(ratio, ratio);
    let sum = pairOf(0);
    for (let k = 25; k >= 1; k -= 2) sum = add(multiply(sum, square), divide(pairOf(2), pairOf(k)));
    return multiply(sum, ratio);
  }
  const y = pairOf(Math.log1p(x.hi));
  const { hi, lo, power } = exp(pairOf(-y.hi));
  const z = multiply(subtract(x, expm1(y)), pairOf(hi * 2 ** power, lo * 2 ** power));
  return add(y, subtract(z, pairOf((z.hi * z.hi) / 2)));
}

/** log(x) of a normal pair: x = (1 + f) 2^k, log1p(f) + k ln 2. Absolute where x is next to 1 from below. */
export function log(x: Pair): Pair {
  const power = exponentOf(x.hi);
  const fraction = subtract(pairOf(scale(x.hi, -power), scale(x.lo, -power)), pairOf(1));
  return add(log1p(fraction), multiply(pairOf(power), ln2));
}
