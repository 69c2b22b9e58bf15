import { add, loadAs, mul, span, splat, storeAs, sub, sumLanes, zero } from './lanes';
import { scaleRow, twoSumLow } from './rows';

// The vector-Jacobian product of softmax, in float64; src/gradients.ts has it in TypeScript, and says how and why.

/** bytes of the elements that are added up plainly before they join a sum in two parts */
const BLOCK: i32 = 1024;
/** above it one y is nearly all of its lane */
const MOST: f64 = 0.9;

/** What `sums` has found of a lane: the sum of y, that of y (dy - pivot), and the dy where y is nearly all, else the pivot */
let mass: f64 = 0, mean: f64 = 0, own: f64 = 0;

/**
 * theta y (dy - sum of y dy) of `outer` lanes of float64, to y; from there, where bytes is 4, as float32 to `to`, which may
 * be y or before it. Returns how many were done: the next one has a result that is not finite, and its y is gone.
 */
export function gradient<W>(bytes: i32, y: usize, dy: usize, to: usize, outer: i32, length: i32, theta: f64, tolerance: f64): i32 {
  // the power of two in 1 < |theta| comes before the sums, lest they vanish
  const rise = max<f64>(1, reinterpret<f64>(reinterpret<u64>(theta) & 0x7ff0_0000_0000_0000)), fall = theta / rise;
  const R = splat<f64, W>(rise), F = splat<f64, W>(fall), none = zero<f64, W>(), dx = span<f64, f64, W>(), row = 8 * length;
  for (let o = 0; o < outer; o++, y += row, dy += row, to += bytes * length) {
    // of the first that counts
    let first = 0;
    while (first < row - 8 && load<f64>(y + first) == 0) first += 8;
    let pivot = load<f64>(dy + first);
    sums<W>(y, dy, row, pivot, rise);
    const isDistribution = abs<f64>(mass - 1) <= tolerance, best = isDistribution ? own : 0;
    if (best != pivot) sums<W>(y, dy, row, pivot = best, rise);
    if (isDistribution) mean /= mass;
    const P = splat<f64, W>(pivot), M = splat<f64, W>(mean);
    let at = 0, lost = none, rest: f64 = 0; // sums of 0, or a NaN where a result is not finite
    for (; at <= row - dx; at += dx) {
      const g = slope<W>(loadAs<f64, f64, W>(y + at), loadAs<f64, f64, W>(dy + at), P, M, R, F, none);
      lost = add<f64, W>(lost, sub<f64, W>(g, g));
      storeAs<f64, f64, W>(y + at, g);
    }
    if (at < row) {
      rest = slope<f64>(load<f64>(y + at), load<f64>(dy + at), pivot, mean, rise, fall, 0);
      store<f64>(y + at, rest);
      rest -= rest;
    }
    if (sumLanes<f64, W>(lost) + rest != 0) return o;
    if (bytes == 4) scaleRow<f32, f64, W>(y, to, length, 1, 0, 0, 0);
  }
  return outer;
}

// @ts-ignore: decorator
@inline
function slope<W>(y: W, dy: W, pivot: W, mean: W, rise: W, fall: W, none: W): W {
  // + 0, for y = 0 times a negative number
  return add<f64, W>(mul<f64, W>(fall, mul<f64, W>(y, sub<f64, W>(mul<f64, W>(rise, sub<f64, W>(dy, pivot)), mean))), none);
}

function sums<W>(y: usize, dy: usize, bytes: i32, pivot: f64, rise: f64): void {
  const none = zero<f64, W>(), P = splat<f64, W>(pivot), R = splat<f64, W>(rise), dx = span<f64, f64, W>();
  let s = none, c = none, u = none, v = none, last: f64 = 0, rest: f64 = 0;
  own = pivot;
  for (; bytes > 0; bytes -= BLOCK, y += BLOCK, dy += BLOCK) {
    const end = min<i32>(bytes, BLOCK);
    let a = none, b = none, at = 0;
    for (; at <= end - dx; at += dx) {
      const p = loadAs<f64, f64, W>(y + at);
      a = add<f64, W>(a, p);
      b = add<f64, W>(b, mul<f64, W>(p, mul<f64, W>(R, sub<f64, W>(loadAs<f64, f64, W>(dy + at), P))));
    }
    if (at < end) {
      last = load<f64>(y + at);
      rest = last * (rise * (load<f64>(dy + at) - pivot));
    }
    // rare
    if (sumLanes<f64, W>(a) + last > MOST) {
      for (at = 0; at < end; at += 8) if (load<f64>(y + at) > MOST) own = load<f64>(dy + at);
    }
    const sum = add<f64, W>(s, a), dot = add<f64, W>(u, b);
    c = add<f64, W>(c, twoSumLow<W>(s, a, sum, true));
    v = add<f64, W>(v, twoSumLow<W>(u, b, dot, true));
    s = sum;
    u = dot;
  }
  mass = sumLanes<f64, W>(s) + (sumLanes<f64, W>(c) + last);
  mean = sumLanes<f64, W>(u) + (sumLanes<f64, W>(v) + rest);
}
