import type { Heap } from './heap.ts';
import { sumLow } from './pairs.ts';
import { inLanes, Output, type Floats } from './rows.ts';
import { exponentOf, timesPower, total } from './slopes.ts';
import { Problem, type Kernel } from './targets.ts';

// Per lane a row of coefficients c, target times weight: d loss / d x_j = theta (p_j sum_k c_k - c_j).

export function crossEntropyGradient(
  heap: () => Heap,
  softmax: Kernel,
  logits: unknown,
  target: unknown,
  options: Record<string, unknown> | undefined,
): unknown {
  const problem = new Problem('crossEntropyGradient', heap, logits, target, options, ['out']);
  const { plan, indices, weights } = problem,
    { length, theta } = plan,
    c = new Float64Array(length);
  const source = inLanes(problem.source, plan);
  const output = new Output(plan, problem.target === undefined ? [source] : [source, problem.target]),
    to = output.rows;
  const plain = indices !== undefined && problem.epsilon === 0,
    { divisor } = problem,
    mantissa = divisor.fold(),
    [up, down] = [exponentOf(theta), exponentOf(mantissa)],
    factor = timesPower(theta, -up) / timesPower(mantissa, -down),
    exponent = up - down - divisor.power,
    scale = new Scale(factor, exponent);
  let risen = 0;
  problem.chunks(softmax, (from, count, x, p) => {
    to.seek(from * length, count * length);
    for (let r = 0; r < count; r++) {
      const at = r * length;
      const label = plain ? indices[from + r]! : -1;
      if (plain && label !== problem.ignored) {
        if (weights !== undefined) {
          const e = exponentOf(weights[label]!);
          scale.set(factor * timesPower(weights[label]!, -e), exponent + e);
        }
        slopeOfLabel(x.data, x.at + at, p, at, label, to.data, to.at + at, length, theta, scale);
      } else if (!plain && problem.coefficients(from + r, r, c)) {
        const up = rise(c, exponent > 0);
        if (up !== risen) scale.set(factor, exponent - (risen = up));
        slope(x.data, x.at + at, p, at, c, to.data, to.at + at, theta, scale);
      } else to.data.fill(0, to.at + at, to.at + at + length);
    }
    to.store(from * length, count * length);
  });
  return output.finish();
}

/** factor 2^exponent, as two factors: neither overflows or vanishes before the product does. */
class Scale {
  first = 0.5;
  second = 0.5;

  constructor(factor: number, exponent: number) {
    this.set(factor, exponent);
  }

  set(factor: number, exponent: number): void {
    const e = Math.max(-2000, Math.min(2000, exponent)),
      half = e >> 1;
    this.first = factor * 2 ** half;
    this.second = 2 ** (e - half);
  }
}

/** Brings a row of coefficients, `always` or where they are large or small, by a power of two to about 2^900; gives its exponent. */
function rise(c: Float64Array, always: boolean): number {
  let most = 0;
  for (let j = 0; j < c.length; j++) most = Math.max(most, Math.abs(c[j]!));
  if (!always && most > 2 ** -500 && most < 2 ** 500) return 0;
  const up = Math.min(1000, 900 - exponentOf(most)),
    by = 2 ** up;
  for (let j = 0; j < c.length; j++) c[j]! *= by;
  return up;
}

/** scale p_j, and at the label scale (p - 1) with 1 - p as the sum of the others. Special: as below. */
// prettier-ignore
function slopeOfLabel(
  x: Floats, a: number, p: Floats, b: number, label: number, to: Floats, d: number, n: number, theta: number, { first, second }: Scale,
): void {
  let hi = 0, lo = 0;
  const own = p[b + label]!, hidden = !(own > 0) && isAbsent(x[a + label]!, theta);
  for (let j = 0; j < n; j++) {
    const q = p[b + j]!;
    if (j !== label) {
      const sum = hi + q;
      lo += sumLow(hi, q, sum);
      hi = sum;
      to[d + j] = q > 0 ? q * first * second : q === 0 || isAbsent(x[a + j]!, theta) ? 0 : NaN;
    }
  }
  to[d + label] = hidden ? 0 : own === own ? 0 - total(hi, lo) * first * second : NaN;
}

/**
 * scale (p_j sum_k c_k - c_j)
 * Method:  as p_j (sum of the other c) - c_j (sum of the other p). The sum of the others is the total less the element, but
 *          for the largest element, where that would cancel, it is added up.
 * Special: a logit of -Infinity has the slope 0, also in a lane of nothing else.
 */
// prettier-ignore
function slope(
  x: Floats, a: number, p: Floats, b: number, c: Float64Array, to: Floats, d: number, theta: number, { first, second }: Scale,
): void {
  const n = c.length;
  let top = 0, heavy = 0;
  for (let j = 1, most = p[b]!, size = Math.abs(c[0]!); j < n; j++) {
    const q = p[b + j]!, own = Math.abs(c[j]!);
    if (q > most) (most = q), (top = j);
    if (own > size) (size = own), (heavy = j);
  }
  let restHigh = 0, restLow = 0, lightHigh = 0, lightLow = 0;
  for (let j = 0; j < n; j++) {
    const q = j === top ? 0 : p[b + j]!, own = j === heavy ? 0 : c[j]!;
    const rest = restHigh + q, light = lightHigh + own;
    restLow += sumLow(restHigh, q, rest);
    lightLow += sumLow(lightHigh, own, light);
    restHigh = rest;
    lightHigh = light;
  }
  const rest = total(restHigh, restLow), light = total(lightHigh, lightLow), all = light + c[heavy]!;
  for (let j = 0; j < n; j++) {
    const q = p[b + j]!, own = c[j]!;
    if (q > 0 || !isAbsent(x[a + j]!, theta)) {
      to[d + j] = (q * (j === heavy ? light : all - own) - own * (j === top ? rest : 1 - q)) * first * second;
    } else to[d + j] = 0;
  }
}

/** Whether theta times the logit is -Infinity, or an infinity that theta = 0 removes. */
function isAbsent(x: number, theta: number): boolean {
  return theta === 0 ? Math.abs(x) === Infinity : theta * x === -Infinity;
}
