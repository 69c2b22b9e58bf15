import { className } from './arrays.ts';
import { decode, encode } from './half.ts';
import type { Layout } from './layout.ts';
import { argumentPair, expPair, last, logPair, plusProduct, sumLow, timesPair } from './pairs.ts';
import { one, split, type Theta } from './theta.ts';
import { read, write, type TypedArray, type Walk } from './walk.ts';

/**
 * logsumexp with weights or a sign: log |sum b exp(theta x)| and the sign of the sum, lane by lane, in pairs of float64
 * whatever the build, so that weights of both signs cancel as exactly as they should.
 */
export function weighted(plan: Layout): unknown {
  const { outer, length, inner, source, target, returnSign } = plan;
  const lanes = outer * inner,
    values = target === undefined ? plan.fresh(lanes) : undefined;
  const signs = returnSign ? plan.fresh(lanes) : undefined;
  const x = new Float64Array(length),
    b = new Float64Array(length),
    mask = new Uint8Array(length).fill(1);
  const theta = plan.theta === 0 ? one : split(plan.theta);
  const results = new Float64Array(lanes),
    found = new Float64Array(lanes);
  for (let o = 0; o < outer; o++) {
    for (let i = 0; i < inner; i++) {
      const at = o * length * inner + i;
      lane(source, at, length, inner, x);
      if (plan.sourceDtype !== undefined && className(source.data) === 'Uint16Array')
        decode(x, 0, length, plan.sourceDtype);
      if (plan.b !== undefined) lane(plan.b, at, length, inner, b);
      else b.fill(1);
      if (plan.where !== undefined) lane(plan.where, at, length, inner, mask);
      for (let k = 0; k < length; k++) {
        if (mask[k] === 0) b[k] = 0;
        else if (plan.theta === 0) x[k] = Math.abs(x[k]!) === Infinity ? -Infinity : x[k]! * 0;
      }
      const n = o * inner + i;
      results[n] = weightedSum(x, b, theta);
      found[n] = sign;
      if (!returnSign && sign < 0) results[n] = NaN;
    }
  }
  const put = (walk: Walk, a: Float64Array): void => {
    if (plan.sourceDtype !== undefined && className(walk.data) === 'Uint16Array') encode(a, 0, lanes, plan.sourceDtype);
    write(walk, 0, lanes, a, 0);
  };
  put(target ?? plan.resultWalk(values!), results);
  const got = values === undefined ? plan.out : plan.wrap(values);
  if (signs === undefined) return got;
  put(plan.resultWalk(signs), found);
  return { value: got, sign: plan.wrap(signs) };
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

function lane(walk: Walk, start: number, n: number, step: number, into: TypedArray): void {
  if (step === 1) read(walk, start, n, into, 0);
  else for (let k = 0; k < n; k++) read(walk, start + k * step, 1, into, k);
}
