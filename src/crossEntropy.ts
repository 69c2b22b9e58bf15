import { encode } from './half.ts';
import { inLanes, Output, Sum, wrapLike, type Floats } from './rows.ts';
import { Problem, type Kernel } from './targets.ts';
import type { TypedArray } from './walk.ts';

// Cross-entropy of logits and its gradient: per lane a row of coefficients c, target times weight, with
//   loss = -sum_j c_j log p_j    and    d loss / d x_j = theta (p_j sum_k c_k - c_j).

const sum = new Sum(), others = new Sum();

export function crossEntropy(logSoftmax: Kernel, logits: unknown, target: unknown, options: Record<string, unknown> | undefined): unknown {
  const problem = new Problem('crossEntropy', logits, target, options, []);
  const { plan, lanes, indices, weights, epsilon, perLane, input } = problem;
  const { length } = plan, c = new Float64Array(length), losses = new Float64Array(perLane ? lanes : 0);
  const total = new Sum(), plain = indices !== undefined && epsilon === 0;
  problem.chunks(logSoftmax, (from, count, _, logs) => {
    for (let r = 0; r < count; r++) {
      const at = r * length;
      let loss = 0;
      if (plain) {
        const label = indices[from + r]!;
        if (label !== problem.ignored) loss = term(weights === undefined ? 1 : weights[label]!, logs[at + label]!);
      } else if (problem.coefficients(from + r, r, c)) {
        sum.clear();
        for (let j = 0; j < length; j++) sum.add(term(c[j]!, logs[at + j]!));
        loss = sum.total;
      }
      if (perLane) losses[from + r] = loss;
      else total.add(loss);
    }
  });
  if (!perLane) return total.total / problem.divisor;
  const shape = problem.kept;
  if (shape.length === 0 && input.form !== 'object') return losses[0];
  const data: TypedArray = plan.fresh(lanes);
  if (data[Symbol.toStringTag] === 'Uint16Array') encode(losses, 0, lanes, plan.sourceDtype!);
  data.set(losses);
  return wrapLike(input, data, shape, plan.dtype);
}

/** -c log p, where nothing times -Infinity is nothing. */
function term(c: number, log: number): number {
  return c === 0 && log === -Infinity ? 0 : 0 - c * log;
}

export function crossEntropyGradient(softmax: Kernel, logits: unknown, target: unknown, options: Record<string, unknown> | undefined): unknown {
  const problem = new Problem('crossEntropyGradient', logits, target, options, ['out']);
  const { plan } = problem, { length, theta } = plan, c = new Float64Array(length);
  const source = inLanes(plan.source, plan);
  const output = new Output(plan, problem.target === undefined ? [source] : [source, problem.target]), to = output.rows;
  const scale = theta / problem.divisor;
  problem.chunks(softmax, (from, count, x, p) => {
    to.seek(from, count);
    for (let r = 0; r < count; r++) {
      const at = r * length;
      if (problem.coefficients(from + r, r, c)) slope(x.data, x.at + at, p, at, c, to.data, to.at + at, theta, scale);
      else to.data.fill(0, to.at + at, to.at + at + length);
    }
    to.store(from, count);
  });
  return output.finish();
}

/**
 * scale (p_j sum_k c_k - c_j)
 * Method:  as p_j (sum of the other c) - c_j (sum of the other p). The sum of the others is the total less the element, but
 *          for the largest element, where that would cancel, it is added up.
 * Special: a logit of -Infinity has the slope 0, also in a lane of nothing else.
 */
// prettier-ignore
function slope(
  x: Floats, a: number, p: Floats, b: number, c: Float64Array, to: Floats, d: number, theta: number, scale: number,
): void {
  const n = c.length;
  let top = 0, heavy = 0;
  for (let j = 1; j < n; j++) {
    if (p[b + j]! > p[b + top]!) top = j;
    if (Math.abs(c[j]!) > Math.abs(c[heavy]!)) heavy = j;
  }
  sum.clear();
  others.clear();
  for (let j = 0; j < n; j++) {
    if (j !== top) sum.add(p[b + j]!);
    if (j !== heavy) others.add(c[j]!);
  }
  const rest = sum.total, lighter = others.total, all = lighter + c[heavy]!;
  for (let j = 0; j < n; j++) {
    const q = p[b + j]!, own = c[j]!;
    if (q > 0 || !isAbsent(x[a + j]!, theta)) {
      to[d + j] = scale * (q * (j === heavy ? lighter : all - own) - own * (j === top ? rest : 1 - q));
    } else to[d + j] = 0;
  }
}

/** Whether theta times the logit is -Infinity, or an infinity that theta = 0 removes. */
function isAbsent(x: number, theta: number): boolean {
  return theta === 0 ? Math.abs(x) === Infinity : theta * x === -Infinity;
}
