import { add, mul, pmax, sub, whereOther } from './arithmetic';
import { loadAs, lowest, maxSlot, span, splat, storeAs, sumSlots, zero } from './slots';
import { twoSumLow } from './sums';

// The gradients, computed in float64 whatever T the elements are, in place of y. src/numeric has them in TypeScript, and
// says how and why. `gradient` and `logGradient` return how many lanes were done: the next one has a result that is not
// finite, and its y and dy are lost.

/** elements that are added up plainly before they join a sum in two parts */
const BLOCK: i32 = 128;
/** above it one y is nearly all of its lane */
const MOST: f64 = 0.9;
/** log 1/2 */
const HALF: f64 = -0.6931471805599453;

/** of a lane: the sum of y, that of y (dy - pivot), and the dy where y is nearly all, else the pivot */
let mass: f64 = 0, mean: f64 = 0, own: f64 = 0;

/** The power of two in 1 < |theta|: it comes before the sums, lest they vanish. */
// @ts-ignore: decorator
@inline
function riseOf(theta: f64): f64 {
  return max<f64>(1, reinterpret<f64>(reinterpret<u64>(theta) & 0x7ff0_0000_0000_0000));
}

/** theta y (dy - sum of y dy) of `outer` lanes */
export function gradient<T, W>(y: usize, dy: usize, outer: i32, length: i32, theta: f64, tolerance: f64): i32 {
  const rise = riseOf(theta), fall = theta / rise;
  const R = splat<f64, W>(rise), F = splat<f64, W>(fall), none = zero<f64, W>(), dx = span<T, f64, W>(), row = length * sizeof<T>();
  for (let o = 0; o < outer; o++, y += row, dy += row) {
    // of the first that counts
    let first = 0;
    while (first < row - <i32>sizeof<T>() && load<T>(y + first) == 0) first += sizeof<T>();
    let pivot = <f64>load<T>(dy + first);
    sums<T, W>(y, dy, length, pivot, rise);
    const isDistribution = abs<f64>(mass - 1) <= tolerance, best = isDistribution ? own : 0;
    if (best != pivot) sums<T, W>(y, dy, length, pivot = best, rise);
    if (isDistribution) mean /= mass;
    const P = splat<f64, W>(pivot), M = splat<f64, W>(mean);
    let at = 0, lost = none, other = none, rest: f64 = 0; // sums of 0, or a NaN where a result is not finite
    for (; at <= row - 2 * dx; at += 2 * dx) {
      const g = slope<W>(loadAs<T, f64, W>(y + at), loadAs<T, f64, W>(dy + at), P, M, R, F, none);
      const h = slope<W>(loadAs<T, f64, W>(y + at + dx), loadAs<T, f64, W>(dy + at + dx), P, M, R, F, none);
      lost = add<f64, W>(lost, sub<f64, W>(g, g));
      other = add<f64, W>(other, sub<f64, W>(h, h));
      storeAs<T, f64, W>(y + at, g);
      storeAs<T, f64, W>(y + at + dx, h);
    }
    if (at <= row - dx) {
      const g = slope<W>(loadAs<T, f64, W>(y + at), loadAs<T, f64, W>(dy + at), P, M, R, F, none);
      other = add<f64, W>(other, sub<f64, W>(g, g));
      storeAs<T, f64, W>(y + at, g);
      at += dx;
    }
    if (at < row) {
      rest = slope<f64>(<f64>load<T>(y + at), <f64>load<T>(dy + at), pivot, mean, rise, fall, 0);
      store<T>(y + at, <T>rest);
      rest -= rest;
    }
    if (sumSlots<f64, W>(add<f64, W>(lost, other)) + rest != 0) return o;
  }
  return outer;
}

// @ts-ignore: decorator
@inline
function slope<W>(y: W, dy: W, pivot: W, mean: W, rise: W, fall: W, none: W): W {
  // + 0, for y = 0 times a negative number
  return add<f64, W>(mul<f64, W>(fall, mul<f64, W>(y, sub<f64, W>(mul<f64, W>(rise, sub<f64, W>(dy, pivot)), mean))), none);
}

function sums<T, W>(y: usize, dy: usize, n: i32, pivot: f64, rise: f64): void {
  const none = zero<f64, W>(), P = splat<f64, W>(pivot), R = splat<f64, W>(rise), dx = span<T, f64, W>();
  let s = none, c = none, u = none, v = none, last: f64 = 0, rest: f64 = 0;
  own = pivot;
  for (let left = n; left > 0; left -= BLOCK, y += BLOCK * sizeof<T>(), dy += BLOCK * sizeof<T>()) {
    const end = min<i32>(left, BLOCK) * sizeof<T>();
    let a = none, b = none, most = none, at = 0;
    for (; at <= end - dx; at += dx) {
      const p = loadAs<T, f64, W>(y + at);
      a = add<f64, W>(a, p);
      most = pmax<f64, W>(most, p);
      b = add<f64, W>(b, term<W>(p, loadAs<T, f64, W>(dy + at), P, R));
    }
    if (at < end) {
      last = <f64>load<T>(y + at);
      rest = term<f64>(last, <f64>load<T>(dy + at), pivot, rise);
    }
    // rare
    if (maxSlot<f64, W>(most) > MOST || last > MOST) {
      for (at = 0; at < end; at += sizeof<T>()) if (<f64>load<T>(y + at) > MOST) own = <f64>load<T>(dy + at);
    }
    const sum = add<f64, W>(s, a), dot = add<f64, W>(u, b);
    if (left < n) {
      c = add<f64, W>(c, twoSumLow<W>(s, a, sum, true));
      v = add<f64, W>(v, twoSumLow<W>(u, b, dot, true));
    }
    s = sum;
    u = dot;
  }
  mass = sumSlots<f64, W>(s) + (sumSlots<f64, W>(c) + last);
  mean = sumSlots<f64, W>(u) + (sumSlots<f64, W>(v) + rest);
}

// @ts-ignore: decorator
@inline
function term<W>(y: W, dy: W, pivot: W, rise: W): W {
  return mul<f64, W>(y, mul<f64, W>(rise, sub<f64, W>(dy, pivot)));
}

/** theta (dy - p (sum of dy)) of `outer` lanes, where p has exp(y) in float64; a lane with a y above 0 is not done. */
export function logGradient<T, W>(y: usize, dy: usize, p: usize, outer: i32, length: i32, theta: f64): i32 {
  const rise = riseOf(theta), fall = theta / rise, R = splat<f64, W>(rise), F = splat<f64, W>(fall);
  const dx = span<T, f64, W>(), row = length * sizeof<T>(), wide: i32 = 8 / sizeof<T>();
  for (let o = 0; o < outer; o++, y += row, dy += row, p += 8 * length) {
    let at = 0, most = splat<f64, W>(HALF), lost = zero<f64, W>(), rest: f64 = 0;
    for (; at <= row - dx; at += dx) most = pmax<f64, W>(most, loadAs<T, f64, W>(y + at));
    let log = maxSlot<f64, W>(most), best: f64 = 0, probability: f64 = 0, top = -1;
    if (at < row) log = pmax<f64, f64>(log, <f64>load<T>(y + at));
    if (log > 0) return o;
    if (log > HALF) {
      // its dy is not in the sum of the others
      for (top = 0; <f64>load<T>(y + top) != log; ) top += sizeof<T>();
      best = rise * <f64>load<T>(dy + top);
      probability = load<f64>(p + top * wide);
      store<T>(dy + top, 0);
    }
    const others = sumPresent<T, W>(y, dy, length, rise), all = others + best, A = splat<f64, W>(all);
    for (at = 0; at <= row - dx; at += dx) {
      const l = loadAs<T, f64, W>(y + at);
      const g = logSlope<W>(l, loadAs<T, f64, W>(dy + at), loadAs<f64, f64, W>(p + at * wide), A, R, F);
      lost = add<f64, W>(lost, sub<f64, W>(g, g));
      storeAs<T, f64, W>(y + at, g);
    }
    if (at < row) {
      rest = logSlope<f64>(<f64>load<T>(y + at), <f64>load<T>(dy + at), load<f64>(p + at * wide), all, rise, fall);
      store<T>(y + at, <T>rest);
      rest -= rest;
    }
    if (top >= 0) {
      const g = fall * (notOf(log, probability) * best - probability * others);
      store<T>(y + top, <T>g);
      rest += g - g;
    }
    if (sumSlots<f64, W>(lost) + rest != 0) return o;
  }
  return outer;
}

// @ts-ignore: decorator
@inline
function logSlope<W>(y: W, dy: W, p: W, all: W, rise: W, fall: W): W {
  return whereOther<f64, W>(y, lowest<f64, W>(), mul<f64, W>(fall, sub<f64, W>(mul<f64, W>(rise, dy), mul<f64, W>(p, all))));
}

/** the sum of rise dy where y is not -Infinity */
function sumPresent<T, W>(y: usize, dy: usize, n: i32, rise: f64): f64 {
  const none = zero<f64, W>(), hidden = lowest<f64, W>(), R = splat<f64, W>(rise), dx = span<T, f64, W>();
  let s = none, c = none, last: f64 = 0;
  for (; n > 0; n -= BLOCK, y += BLOCK * sizeof<T>(), dy += BLOCK * sizeof<T>()) {
    const end = min<i32>(n, BLOCK) * sizeof<T>();
    let a = none, at = 0;
    for (; at <= end - dx; at += dx) {
      a = add<f64, W>(a, whereOther<f64, W>(loadAs<T, f64, W>(y + at), hidden, mul<f64, W>(R, loadAs<T, f64, W>(dy + at))));
    }
    if (at < end && <f64>load<T>(y + at) != -Infinity) last = rise * <f64>load<T>(dy + at);
    const sum = add<f64, W>(s, a);
    c = add<f64, W>(c, twoSumLow<W>(s, a, sum, true));
    s = sum;
  }
  return sumSlots<f64, W>(s) + (sumSlots<f64, W>(c) + last);
}

/**
 * 1 - p where p = exp(y) is above 1/2
 * Method:  1 - p up to 0.6, where nothing is lost; above, -expm1(y) by its Taylor series to y^16, even and odd powers apart.
 * Error:   2 units of 2^-53
 */
function notOf(y: f64, p: f64): f64 {
  if (p < 0.6) return 1 - p;
  const z = y * y;
  const even = 0.5 + z * (1 / 24.0 + z * (1 / 720.0 + z * (1 / 40320.0 + z * (1 / 3628800.0 + z * (1 / 479001600.0 + z * (1 / 87178291200.0 + z * (1 / 20922789888000.0)))))));
  const odd = 1 / 6.0 + z * (1 / 120.0 + z * (1 / 5040.0 + z * (1 / 362880.0 + z * (1 / 39916800.0 + z * (1 / 6227020800.0 + z * (1 / 1307674368000.0))))));
  return -(y + z * (even + y * odd));
}

/**
 * scale p of a lane in place, and at the label scale (p - 1): the gradient of crossEntropy. The scale has two factors, for
 * it may be larger than a float64; the second one is 1 where it is not. 1 - p is the sum of the others where p is above
 * 1/2. p is no NaN.
 */
export function labelGradient<T, V, W>(p: usize, length: i32, label: i32, first: f64, second: f64): void {
  const at = p + label * sizeof<T>(), end = p + length * sizeof<T>(), own = <f64>load<T>(at);
  let others = 1 - own;
  if (own > 0.5) {
    store<T>(at, 0);
    others = sumOf<T, W>(p, end);
  }
  // a factor that T holds takes the product to T, rounded once
  if (second == 1 && <f64><T>first == first) p = scaleAll<T, T, V>(p, end, <T>first, 1);
  else p = scaleAll<T, f64, W>(p, end, first, second);
  for (; p < end; p += sizeof<T>()) store<T>(p, <T>scaled<f64, f64>(<f64>load<T>(p), first, second, 0));
  store<T>(at, <T>scaled<f64, f64>(-others, first, second, 0));
}

// @ts-ignore: decorator
@inline
function scaleAll<T, E, V>(p: usize, end: usize, first: E, second: E): usize {
  const A = splat<E, V>(first), B = splat<E, V>(second), none = zero<E, V>(), dx = span<T, E, V>();
  if (second == 1) for (; p + 2 * dx <= end; p += 2 * dx) {
    storeAs<T, E, V>(p, add<E, V>(mul<E, V>(loadAs<T, E, V>(p), A), none));
    storeAs<T, E, V>(p + dx, add<E, V>(mul<E, V>(loadAs<T, E, V>(p + dx), A), none));
  }
  for (; p + dx <= end; p += dx) storeAs<T, E, V>(p, scaled<E, V>(loadAs<T, E, V>(p), A, B, none));
  return p;
}

// @ts-ignore: decorator
@inline
function scaled<E, V>(p: V, first: V, second: V, none: V): V {
  // + 0, for 0 times a negative number
  return add<E, V>(mul<E, V>(mul<E, V>(p, first), second), none);
}

/** the sum of elements that are not negative, in two parts: four values at a time, plainly */
function sumOf<T, W>(x: usize, end: usize): f64 {
  const dx = span<T, f64, W>();
  let s = zero<f64, W>(), c = s, last: f64 = 0;
  while (x + dx <= end) {
    let a = loadAs<T, f64, W>(x);
    x += dx;
    if (x + 3 * dx <= end) {
      a = add<f64, W>(add<f64, W>(a, loadAs<T, f64, W>(x)), add<f64, W>(loadAs<T, f64, W>(x + dx), loadAs<T, f64, W>(x + 2 * dx)));
      x += 3 * dx;
    }
    const sum = add<f64, W>(s, a);
    c = add<f64, W>(c, twoSumLow<W>(s, a, sum, true));
    s = sum;
  }
  if (x < end) last = <f64>load<T>(x);
  return sumSlots<f64, W>(s) + (sumSlots<f64, W>(c) + last);
}
