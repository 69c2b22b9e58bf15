import { argumentPair, expPair, last, logPair, plusProduct, sumLow, timesPair } from './pairs.ts';

/** theta as factor * power */
interface Theta {
  readonly factor: number;
  readonly power: number;
}

/** sign of the last sum: 1, -1, 0 or NaN */
let sign = 0;

/** log |sum b exp(theta x)|; a weight of 0 hides anything. */
export function weightedSum(x: Float64Array, b: Float64Array, t: Theta): number {
  // theta x may overflow where x does not: the order of theta x is that of sign(theta) x
  const direction = Math.sign(t.factor);
  let m = -Infinity,
    at = -1;
  for (let k = 0; k < x.length; k++) {
    if (b[k] === 0) continue;
    const z = direction * x[k]!;
    if (z !== z || b[k] !== b[k]) return (sign = NaN);
    if (z > m) ((m = z), (at = k));
  }
  sign = 0;
  if (at < 0) return -Infinity;
  const element = x[at]!;
  let hi = 0,
    lo = 0;
  for (let k = 0; k < x.length; k++) {
    const weight = b[k]!;
    if (weight === 0) continue;
    if (m === Infinity) {
      if (direction * x[k]! === Infinity) hi += weight * Infinity;
      continue;
    }
    const z = argumentPair(x[k]!, element, t.factor, t.power),
      e = expPair(z, last.low, 0);
    const term = timesPair(e, last.low, weight, 0),
      sum = hi + term;
    lo += last.low + sumLow(hi, term, sum);
    hi = sum;
  }
  const total = hi + (lo === lo ? lo : 0);
  sign = Math.sign(total);
  if (total === 0) return -Infinity;
  if (m === Infinity || Math.abs(total) === Infinity) return Math.abs(total);
  const s = sign,
    L = logPair(0, s * total, s * (hi - total + lo));
  return plusProduct(element, t.factor, t.power, L, last.low);
}

/** The sign of the last sum. */
export function lastSign(): number {
  return sign;
}
