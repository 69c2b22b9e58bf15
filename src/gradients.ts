import { open } from './arrays.ts';
import type { Heap } from './heap.ts';
import { Layout } from './layout.ts';
import { admit, check, none, type Options } from './options.ts';
import { sumLow } from './pairs.ts';
import { beside, halfOf, inLanes, Output, Rows, total, type Floats } from './rows.ts';
import type { Walk } from './walk.ts';

// Vector-Jacobian products of softmax and logSoftmax from their results.

/** Options of the gradients of softmax and logSoftmax: those of the forward call. */
export type GradientOptions = Pick<Options, 'axis' | 'shape' | 'theta' | 'dtype' | 'out'>;

const element = { reduces: false };

/**
 * How far the sum of a softmax may be from 1 by the rounding of its elements (at most 4 ULP each), and by that of the
 * sum, which is plain within blocks.
 */
const tolerances = { float64: 2 ** -46, float32: 2 ** -21, float16: 2 ** -9, bfloat16: 2 ** -6 };

/** Elements that are added up plainly, by twos, before they join the compensated sum. */
const BLOCK = 128;

/** Elements below which copies cost more than a kernel spares. */
const FEW = 64;

/** The gradient of softmax, or of logSoftmax. */
export function gradient(
  instance: () => Heap,
  log: boolean,
  y: unknown,
  dy: unknown,
  options: Options | undefined,
): unknown {
  const name = log ? 'logSoftmaxGradient' : 'softmaxGradient';
  const first = open(name, 'y', y, false),
    second = open(name, 'dy', dy, false),
    known = ['axis', 'shape', 'theta', 'out', 'dtype'];
  const { axis, shape, theta: factor, out, dtype } = admit<Options>(name, options, known);
  const plan = new Layout(name, first, check(name, { ...none, axis, shape, theta: factor, out, dtype }), element);
  const { length, theta } = plan,
    tolerance = tolerances[plan.dtype],
    lanes = plan.outer * plan.inner;
  let other = beside(name, 'dy', second, 'y', plan),
    source = inLanes(plan.source, plan);
  // both of them lie in the window, as float64 at most
  const heap = instance(),
    some = Math.max(1, Math.floor(heap.windowBytes / 16 / length)),
    bytes = 16 * Math.min(some, lanes) * length;
  const byKernel = !log && bytes >= 16 * FEW && bytes <= heap.longestBytes && 'gradients' in heap.kernels;
  if (byKernel) {
    const walks = heap.prepare<Walk | undefined>(bytes, [source, other, plan.target]);
    [source, other, plan.target] = walks as [Walk, Walk, Walk | undefined];
  }
  const output = new Output(plan, [source, other]),
    to = output.rows;
  const ys = new Rows(source, length, plan.sourceDtype),
    dys = new Rows(other, length, halfOf(second, plan));
  const powers = new Float64Array(log ? Math.min(some, lanes) * length : 0);
  for (let from = 0; from < lanes && length > 0; from += some) {
    const n = Math.min(some, lanes - from);
    ys.load(from, n);
    dys.load(from, n);
    to.seek(from, n);
    if (log) powersOf(heap, ys.data, ys.at, n * length, powers);
    const a = ys.data,
      b = dys.data,
      c = to.data;
    // prettier-ignore
    if (byKernel) {
      softmaxLanes(heap, a, ys.at, b, dys.at, c, to.at, n, length, theta, tolerance);
    } else for (let at = 0; at < n * length; at += length) {
      if (log) logSoftmaxLane(a, ys.at + at, powers, at, b, dys.at + at, c, to.at + at, length, theta);
      else softmaxLane(a, ys.at + at, b, dys.at + at, c, to.at + at, length, theta, tolerance);
    }
    to.store(from, n);
  }
  return output.finish();
}

/** Some lanes, in the window as float64: the kernel does all but those with a sum that is not finite. */
// prettier-ignore
function softmaxLanes(
  heap: Heap, y: Floats, a: number, dy: Floats, b: number, to: Floats, c: number, lanes: number, n: number, theta: number, tolerance: number,
): void {
  const count = lanes * n, address = heap.window(0), at = address / 8, { f64 } = heap;
  const size = to.BYTES_PER_ELEMENT, view = size === 4 ? heap.f32 : f64, start = address / size;
  f64.set(y.subarray(a, a + count), at);
  f64.set(dy.subarray(b, b + count), at + count);
  for (let done = 0; done < lanes; done++) {
    const from = address + done * n * 8;
    done += heap.kernels.gradients!(size, from, from + count * 8, address + done * n * size, lanes - done, n, theta, tolerance);
    const rest = done * n;
    if (done < lanes) softmaxLane(f64, at + rest, f64, at + count + rest, view, start + rest, n, theta, tolerance);
  }
  to.set(view.subarray(start, start + count), c);
}

/** What `sums` leaves: the sum of y, that of y (dy - pivot), and where y is nearly all of its lane, -1 if nowhere. */
const found = { mass: 0.5, mean: 0.5, top: -1 };

// prettier-ignore
function sums(y: Floats, a: number, dy: Floats, b: number, n: number, pivot: number): void {
  let hi = 0, lo = 0, high = 0, low = 0, top = -1;
  for (let from = 0; from < n; from += BLOCK) {
    const end = Math.min(n, from + BLOCK);
    let s = 0, t = 0, u = 0, v = 0, j = from;
    for (; j + 1 < end; j += 2) {
      const p = y[a + j]!, q = y[a + j + 1]!;
      s += p;
      t += q;
      u += p * (dy[b + j]! - pivot);
      v += q * (dy[b + j + 1]! - pivot);
    }
    if (j < end) {
      const p = y[a + j]!;
      s += p;
      u += p * (dy[b + j]! - pivot);
    }
    s += t;
    u += v;
    // rare
    if (s > MOST) for (j = from; j < end; j++) if (y[a + j]! > MOST) top = j;
    let sum = hi + s;
    lo += sumLow(hi, s, sum);
    hi = sum;
    sum = high + u;
    low += sumLow(high, u, sum);
    high = sum;
  }
  found.mass = total(hi, lo);
  found.mean = total(high, low);
  found.top = top;
}

const MOST = 0.9;

/**
 * theta y_j (dy_j - sum_k y_k dy_k)
 * Method:  where y adds up to 1 within its rounding, dy is taken relative to one of its elements; where one y is nearly
 *          all, to that of the same place: then a saturated lane cancels nothing, for the sum holds the small y only.
 * Special: y = 0 gives 0 whatever its dy, so what a mask hides stays hidden.
 */
// prettier-ignore
function softmaxLane(
  y: Floats, a: number, dy: Floats, b: number, to: Floats, c: number, n: number, theta: number, tolerance: number,
): void {
  let pivot = Math.abs(dy[b]!) < Infinity ? dy[b]! : 0;
  sums(y, a, dy, b, n, pivot);
  let best = 0;
  if (Math.abs(found.mass - 1) <= tolerance) {
    best = found.top < 0 ? pivot : dy[b + found.top]!;
    if (!(Math.abs(best) < Infinity)) best = 0;
  }
  if (best !== pivot) sums(y, a, dy, b, n, (pivot = best));
  let { mean } = found;
  if (Math.abs(mean) < Infinity) {
    // + 0, for y = 0 times a negative number
    let j = 0;
    for (; j + 1 < n; j += 2) {
      const first = y[a + j]! * (dy[b + j]! - pivot - mean), second = y[a + j + 1]! * (dy[b + j + 1]! - pivot - mean);
      to[c + j] = theta * first + 0;
      to[c + j + 1] = theta * second + 0;
    }
    if (j < n) to[c + j] = theta * (y[a + j]! * (dy[b + j]! - pivot - mean)) + 0;
    return;
  }
  // a NaN or an infinity, which may be hidden, or differences that overflow
  mean = 0;
  for (let j = 0; j < n; j++) if (y[a + j] !== 0) mean += y[a + j]! * dy[b + j]!;
  for (let j = 0; j < n; j++) {
    const p = y[a + j]!;
    to[c + j] = p === 0 ? 0 : theta * (p * (dy[b + j]! - mean));
  }
}

/** exp of n elements from y[a] on, to p. */
function powersOf(heap: Heap, y: Floats, a: number, n: number, p: Float64Array): void {
  const some = heap.windowBytes / 8;
  for (let from = 0; from < n; from += some) {
    const end = Math.min(n, from + some),
      address = heap.window(0),
      at = address / 8;
    heap.f64.set(y.subarray(a + from, a + end), at);
    heap.kernels.expF64(address, address, end - from);
    p.set(heap.f64.subarray(at, at + end - from), from);
  }
}

/**
 * theta (dy_j - p_j sum_k dy_k), p = exp(y) in float64
 * Method:  above a probability of 1/2 as (1 - p) dy_j - p (the sum of the other dy), with 1 - p = -expm1(y_j).
 * Special: y = -Infinity is a constant: it gives 0, and its dy counts for nothing. Lanes in which some p is 0 go by hiddenLane.
 */
// prettier-ignore
function logSoftmaxLane(
  y: Floats, a: number, p: Float64Array, at: number, dy: Floats, b: number, to: Floats, c: number, n: number, theta: number,
): void {
  let hi = 0, lo = 0, top = -1, hidden = false, j = 0;
  for (let from = 0; from < n; from += BLOCK) {
    const end = Math.min(n, from + BLOCK);
    let s = 0, t = 0;
    for (j = from; j + 1 < end; j += 2) {
      const q = p[at + j]!, r = p[at + j + 1]!;
      s += dy[b + j]!;
      t += dy[b + j + 1]!;
      // rare
      if (q > 0.5 || r > 0.5) top = q > 0.5 ? j : j + 1;
      if (q === 0 || r === 0) hidden = true;
    }
    if (j < end) {
      s += dy[b + j]!;
      if (p[at + j]! > 0.5) top = j;
      if (p[at + j] === 0) hidden = true;
    }
    s += t;
    const sum = hi + s;
    lo += sumLow(hi, s, sum);
    hi = sum;
  }
  if (hidden) return hiddenLane(y, a, p, at, dy, b, to, c, n, theta);
  const all = total(hi, lo), most = top < 0 ? 0 : aboveHalf(y[a + top]!, p[at + top]!, dy[b + top]!, hi, lo);
  for (j = 0; j + 1 < n; j += 2) {
    const first = dy[b + j]! - p[at + j]! * all, second = dy[b + j + 1]! - p[at + j + 1]! * all;
    to[c + j] = theta * first;
    to[c + j + 1] = theta * second;
  }
  if (j < n) to[c + j] = theta * (dy[b + j]! - p[at + j]! * all);
  if (top >= 0) to[c + top] = theta * most;
}

/** The same where some y may be -Infinity. */
// prettier-ignore
function hiddenLane(
  y: Floats, a: number, p: Float64Array, at: number, dy: Floats, b: number, to: Floats, c: number, n: number, theta: number,
): void {
  let hi = 0, lo = 0;
  for (let j = 0; j < n; j++) {
    const d = y[a + j] === -Infinity ? 0 : dy[b + j]!, sum = hi + d;
    lo += sumLow(hi, d, sum);
    hi = sum;
  }
  const all = total(hi, lo);
  for (let j = 0; j < n; j++) {
    const l = y[a + j]!, q = p[at + j]!, d = dy[b + j]!;
    to[c + j] = l === -Infinity ? 0 : theta * (q > 0.5 ? aboveHalf(l, q, d, hi, lo) : d - q * all);
  }
}

/** (1 - p) d - p (the sum of the others), where hi and lo are the sum of all */
function aboveHalf(y: number, p: number, d: number, hi: number, lo: number): number {
  const others = hi - d;
  return -Math.expm1(y) * d - p * total(others, sumLow(hi, -d, others) + lo);
}
