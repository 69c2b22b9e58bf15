import { open } from './arrays.ts';
import { Layout } from './layout.ts';
import { readOptions, type Options } from './options.ts';
import { sumLow } from './pairs.ts';
import { beside, halfOf, inLanes, Output, refuseOthers, Rows, rowsAtOnce, total, type Floats } from './rows.ts';

// Vector-Jacobian products of softmax and logSoftmax from their results.

/** Options of the gradients of softmax and logSoftmax: those of the forward call. */
export type GradientOptions = Pick<Options, 'axis' | 'shape' | 'theta' | 'dtype' | 'out'>;

const element = { reduces: false };

/** One lane: y, dy and the result, each from its own place on; the result may lie where y or dy lies. */
type Lane = (
  y: Floats,
  a: number,
  dy: Floats,
  b: number,
  to: Floats,
  c: number,
  n: number,
  theta: number,
  tolerance: number,
) => void;

/** How far the sum of a softmax may be from 1 by the rounding of its elements (at most 4 ULP each). */
const tolerances = { float64: 2 ** -50, float32: 2 ** -21, float16: 2 ** -9, bfloat16: 2 ** -6 };

export function gradient(
  name: 'softmaxGradient' | 'logSoftmaxGradient',
  y: unknown,
  dy: unknown,
  options: Options | undefined,
): unknown {
  refuseOthers(name, options, ['axis', 'shape', 'theta', 'out', 'dtype']);
  const { axis, shape, theta, out, dtype } = options ?? {};
  const first = open(name, 'y', y, false),
    second = open(name, 'dy', dy, false);
  const plan = new Layout(name, first, readOptions(name, { axis, shape, theta, out, dtype }, element), element);
  const other = beside(name, 'dy', second, 'y', plan),
    source = inLanes(plan.source, plan);
  const { length } = plan,
    lanes = plan.outer * plan.inner,
    some = rowsAtOnce(length);
  const output = new Output(plan, [source, other]),
    to = output.rows;
  const ys = new Rows(source, length, plan.sourceDtype),
    dys = new Rows(other, length, halfOf(second, plan));
  const lane: Lane = name === 'softmaxGradient' ? softmaxLane : logSoftmaxLane;
  for (let from = 0; from < lanes && length > 0; from += some) {
    const n = Math.min(some, lanes - from);
    ys.load(from, n);
    dys.load(from, n);
    to.seek(from, n);
    for (let at = 0; at < n * length; at += length) {
      lane(ys.data, ys.at + at, dys.data, dys.at + at, to.data, to.at + at, length, plan.theta, tolerances[plan.dtype]);
    }
    to.store(from, n);
  }
  return output.finish();
}

/**
 * theta y_j (dy_j - sum_k y_k dy_k)
 * Method:  where y adds up to 1 within its rounding, dy is taken relative to that of the largest y: then a saturated lane
 *          cancels nothing, for the sum holds the small y only.
 * Special: y = 0 gives 0 whatever its dy, so what a mask hides stays hidden.
 */
const softmaxLane: Lane = (y, a, dy, b, to, c, n, theta, tolerance) => {
  let top = 0,
    hi = 0,
    lo = 0;
  for (let j = 0, most = y[a]!; j < n; j++) {
    const p = y[a + j]!,
      sum = hi + p;
    lo += sumLow(hi, p, sum);
    hi = sum;
    if (p > most) ((most = p), (top = j));
  }
  const first = dy[b + top]!;
  const pivot = Math.abs(hi - 1 + lo) <= tolerance && Math.abs(first) < Infinity ? first : 0;
  hi = lo = 0;
  for (let j = 0; j < n; j++) {
    const p = y[a + j]!;
    if (p === 0) continue;
    const term = p * (dy[b + j]! - pivot),
      sum = hi + term;
    lo += sumLow(hi, term, sum);
    hi = sum;
  }
  const mean = total(hi, lo);
  for (let j = 0; j < n; j++) {
    const p = y[a + j]!;
    to[c + j] = p === 0 ? 0 : theta * (p * (dy[b + j]! - pivot - mean));
  }
};

const HALF = -0.6931471805599453; // log 1/2

/**
 * theta (dy_j - exp(y_j) sum_k dy_k)
 * Method:  above a probability of 1/2 as (1 - p) dy_j - p (the sum of the other dy), with 1 - p = -expm1(y_j).
 * Special: y = -Infinity is a constant: it gives 0, and its dy counts for nothing.
 */
const logSoftmaxLane: Lane = (y, a, dy, b, to, c, n, theta) => {
  let hi = 0,
    lo = 0;
  for (let j = 0; j < n; j++) {
    if (y[a + j]! === -Infinity) continue;
    const d = dy[b + j]!,
      sum = hi + d;
    lo += sumLow(hi, d, sum);
    hi = sum;
  }
  const all = total(hi, lo);
  for (let j = 0; j < n; j++) {
    const l = y[a + j]!,
      d = dy[b + j]!;
    if (l > HALF) {
      const others = hi - d,
        rest = total(others, sumLow(hi, -d, others) + lo);
      to[c + j] = theta * (-Math.expm1(l) * d - Math.exp(l) * rest);
    } else to[c + j] = l === -Infinity ? 0 : theta * (d - Math.exp(l) * all);
  }
};
