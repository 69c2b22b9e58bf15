import { sumLow } from './pairs.ts';
import { exponentOf, timesPower, total } from './scale.ts';

// The gradient of crossEntropy, of one lane: p starts at `at`, and the result takes its place. x gives a logit of the lane.
// Special: a logit of -Infinity has the slope 0, also in a lane of nothing else; a NaN is a NaN.

type Floats = Float32Array | Float64Array;
interface Logits {
  get(j: number): number;
}

/** factor 2^exponent, as two factors where it may be no number: neither overflows or vanishes before the product does. */
export class Factor {
  first = 0.5;
  second = 0.5;

  set(factor: number, exponent: number): void {
    const e = Math.max(-2000, Math.min(2000, exponent)),
      half = e > -900 && e < 900 ? e : e >> 1;
    this.first = half === 0 ? factor : factor * 2 ** half;
    this.second = half === e ? 1 : 2 ** (e - half);
  }
}

/** scale p_j, and at the label scale (p - 1), with 1 - p as the sum of the others where p is above 1/2. */
// prettier-ignore
export function labelSlopes(
  p: Floats, at: number, n: number, label: number, x: Logits, theta: number, { first, second }: Factor,
): void {
  const own = p[at + label]!, absent = !(own > 0) && isAbsent(x.get(label), theta);
  let rest = 1 - own;
  if (own > 0.5) {
    let hi = 0, lo = 0;
    p[at + label] = 0;
    for (let j = at; j < at + n; j++) {
      const q = p[j]!, sum = hi + q;
      lo += sumLow(hi, q, sum);
      hi = sum;
    }
    rest = hi + lo;
  }
  for (let j = 0; j < n; j++) {
    const q = p[at + j]!;
    p[at + j] = q > 0 ? q * first * second : q === 0 || isAbsent(x.get(j), theta) ? 0 : NaN;
  }
  p[at + label] = absent ? 0 : 0 - rest * first * second;
}

/**
 * scale (p_j sum_k c_k - c_j)
 * Method:  as p_j (sum of the other c) - c_j (sum of the other p). The sum of the others is the total less the element, but
 *          for the largest element, where that would cancel, it is added up: for p above 1/2, as labelSlopes does.
 */
// prettier-ignore
export function targetSlopes(
  p: Floats, at: number, c: Float64Array, x: Logits, theta: number, { first, second }: Factor,
): void {
  const n = c.length;
  let top = 0, heavy = 0;
  for (let j = 1, most = p[at]!, size = Math.abs(c[0]!); j < n; j++) {
    const q = p[at + j]!, own = Math.abs(c[j]!);
    if (q > most) (most = q), (top = j);
    if (own > size) (size = own), (heavy = j);
  }
  let restHigh = 0, restLow = 0, lightHigh = 0, lightLow = 0;
  for (let j = 0; j < n; j++) {
    const q = j === top ? 0 : p[at + j]!, own = j === heavy ? 0 : c[j]!;
    const rest = restHigh + q, light = lightHigh + own;
    restLow += sumLow(restHigh, q, rest);
    lightLow += sumLow(lightHigh, own, light);
    restHigh = rest;
    lightHigh = light;
  }
  const rest = total(restHigh, restLow), light = total(lightHigh, lightLow), all = light + c[heavy]!;
  for (let j = 0; j < n; j++) {
    const q = p[at + j]!, own = c[j]!;
    if (q > 0 || !isAbsent(x.get(j), theta)) {
      p[at + j] = (q * (j === heavy ? light : all - own) - own * (j === top && q > 0.5 ? rest : 1 - q)) * first * second;
    } else p[at + j] = 0;
  }
}

/** Brings a row of coefficients, `always` or where they are large or small, by a power of two to about 2^900; gives its exponent. */
export function rise(c: Float64Array, always: boolean): number {
  let most = 0;
  for (let j = 0; j < c.length; j++) most = Math.max(most, Math.abs(c[j]!));
  if (!always && most > 2 ** -500 && most < 2 ** 500) return 0;
  const up = Math.min(1000, 900 - exponentOf(most)),
    by = 2 ** up;
  for (let j = 0; j < c.length; j++) c[j]! *= by;
  return up;
}

/** The factor of theta / (mantissa 2^power), with what is left of it as a power of two. */
export function quotient(theta: number, mantissa: number, power: number): { factor: number; exponent: number } {
  const up = exponentOf(theta),
    down = exponentOf(mantissa);
  return { factor: timesPower(theta, -up) / timesPower(mantissa, -down), exponent: up - down - power };
}

/** Whether theta times the logit is -Infinity, or an infinity that theta = 0 removes. */
function isAbsent(x: number, theta: number): boolean {
  return theta === 0 ? Math.abs(x) === Infinity : theta * x === -Infinity;
}
