import { mul, pmax } from './arithmetic';
import { NEAR, OFFSET_F32, scaled, sign, theta, unit } from './exp';
import { get, loadAs, lowest, maxSlot, span, splat, width } from './slots';
import { SHORT, SUM, endSum, startSum, sumRow, sumShortRow } from './sums';
import { expLow, expNear, expShown, expTile, spreadLane } from './tile';

// Rows, which are lanes that lie contiguous in memory, from the maximum to the sum: the slots of a vector lie along the axis. Every
// step is a pass over a stretch that stays in cache. results.ts has the steps after the sum.

/** elements between an exp and its sum: they stay in L1 */
export const CHUNK: i32 = 1024;
/** e of one chunk, for sums that do not keep it */
export const CHUNK_E: usize = memory.data(8192, 16);

/** whether arguments are theta (x - maximum), rather than x - C */
// @ts-ignore: decorator
@inline
export function relative<T, E>(): bool {
  return sizeof<T>() != sizeof<E>() || (sizeof<E>() == 8 && scaled);
}

/** What follows from a lane's maximum: written by prepareRow or prepareNear, read by what computes e, and e at the maximum. */
export let top: f64 = 0; // argument of exp at the maximum
export let origin: f64 = 0; // C, subtracted from every element
export let K: f64 = 0; // the scale of e

/** beyond it x - maximum is exact wherever it matters, so C is the maximum itself; in units of x */
// @ts-ignore: decorator
@inline
export function limit<E>(): E {
  return sizeof<E>() == 4 ? <E>(256 * unit) : <E>1500;
}

/** m, the largest sign * x, decides how the lane is computed; masked: its own e stays out of the sum. Below an infinite m every argument is -inf. */
export function prepareRow<T, E, V>(m: f64, masked: bool): void {
  const present = m > -Infinity ? m : 0;
  if (relative<T, E>()) {
    origin = present * sign;
    top = 0;
    K = 0;
  } else {
    const far = abs<f64>(present) > <f64>limit<E>();
    origin = far ? present : 0;
    top = far ? 0 : sizeof<E>() == 4 ? present * theta : present;
    K = scaleOf<E>(top);
  }
  spreadLane<T, E, V>(origin, top, K, masked ? top : Infinity);
}

/** The K of a lane. float32: even, for then the tie of a rounding does not depend on it, and e has the same bits in every scale. */
// @ts-ignore: decorator
@inline
function scaleOf<E>(top: f64): f64 {
  return sizeof<E>() == 4 ? 2 * nearest<f64>(top * 0.7213475204444817) : nearest<f64>(top * 1.4426950408889634);
}

/** the largest sign * x that is not a NaN; -inf if there is none. Of float32 elements in vectors of them, whatever comes after. */
// @ts-ignore: decorator
@inline
export function maximum<T, E, V>(x: usize, n: i32): f64 {
  return sizeof<T>() == 4 && isVector<V>() ? maxRow<f32, f32, V>(x, n) : maxRow<T, E, V>(x, n);
}

function maxRow<T, E, V>(x: usize, n: i32): f64 {
  const s = splat<E, V>(<E>sign), none = lowest<E, V>();
  const dx = span<T, E, V>(), wide = width<E, V>();
  let m0 = none, m1 = none, m2 = none, m3 = none, m4 = none, m5 = none, m6 = none, m7 = none;
  // no call of the package has a negative theta for vectors of float32
  if (sizeof<E>() == 4 && sign < 0) for (; n > 0; n--, x += 4) m0 = pmax<E, V>(m0, splat<E, V>(<E>-load<f32>(x)));
  for (; n >= 8 * wide; n -= 8 * wide, x += 8 * dx) {
    m0 = pmax<E, V>(m0, signed<E, V>(loadAs<T, E, V>(x), s));
    m1 = pmax<E, V>(m1, signed<E, V>(loadAs<T, E, V>(x + dx), s));
    m2 = pmax<E, V>(m2, signed<E, V>(loadAs<T, E, V>(x + 2 * dx), s));
    m3 = pmax<E, V>(m3, signed<E, V>(loadAs<T, E, V>(x + 3 * dx), s));
    m4 = pmax<E, V>(m4, signed<E, V>(loadAs<T, E, V>(x + 4 * dx), s));
    m5 = pmax<E, V>(m5, signed<E, V>(loadAs<T, E, V>(x + 5 * dx), s));
    m6 = pmax<E, V>(m6, signed<E, V>(loadAs<T, E, V>(x + 6 * dx), s));
    m7 = pmax<E, V>(m7, signed<E, V>(loadAs<T, E, V>(x + 7 * dx), s));
  }
  m0 = pmax<E, V>(m0, m4);
  m1 = pmax<E, V>(m1, m5);
  m2 = pmax<E, V>(m2, m6);
  m3 = pmax<E, V>(m3, m7);
  for (; n > 0; n -= wide, x += dx) m1 = pmax<E, V>(m1, signed<E, V>(get<T, E, V>(x, n, splat<E, V>(<E>NaN)), s));
  return <f64>maxSlot<E, V>(pmax<E, V>(pmax<E, V>(m0, m1), pmax<E, V>(m2, m3)));
}

// @ts-ignore: decorator
@inline
function signed<E, V>(value: V, s: V): V {
  return sizeof<E>() == 8 ? mul<E, V>(value, s) : value;
}

/** e of n elements at x, written to y (which may be x), of a lane whose C is `C` */
export function expRow<T, E, V>(x: usize, y: usize, n: i32, C: f64, masked: bool): void {
  const four = 4 * width<E, V>(), rows = n / four, done = rows * four;
  const dx = 4 * span<T, E, V>(), dy = 4 * span<E, E, V>();
  if (rows > 0) expTile<T, E, V>(x, dx, y, dy, rows, four, C != 0, C, masked);
  if (done < n) expTile<T, E, V>(x + rows * dx, dx, y + rows * dy, dy, 1, n - done, C != 0, C, masked);
}

/**
 * The sum of a lane's e to SUM, chunk by chunk; e itself goes to y. Masked: without the elements that
 * are m, of which the number is returned, and e is not kept.
 */
export function expSumRow<T, E, V, W>(x: usize, y: usize, n: i32, masked: bool, m: f64): f64 {
  startSum<T, E, V, W>(masked);
  for (; n > 0; n -= CHUNK, x += CHUNK * sizeof<T>()) {
    const some = min<i32>(n, CHUNK);
    expRow<T, E, V>(x, y, some, origin, masked);
    if (masked) sumRow<T, E, V, W>(x, y, some, true, m);
    else sumRow<T, E, V, W>(x, y, some, false, m);
    if (!masked) y += CHUNK * sizeof<E>();
  }
  return endSum<T, E, V, W>(masked);
}

/** What is known of a near lane: no element of it is above 44 / theta. */
export function prepareNear(): void {
  top = mostNear() * theta;
  K = OFFSET_F32 - 64;
}

/** The element that no element of a near lane is above. */
// @ts-ignore: decorator
@inline
export function mostNear(): f64 {
  return NEAR * unit;
}

/** Above it 1 / the sum of a near lane might be no ordinary float32: 2^119. */
export const MOST: f64 = 6.646139978924579e35;
/** Beside it the e of -109, lifted, is nothing: 2^58. */
export const ENOUGH: f64 = 288230376151711744;

/** what expSumNear finds */
export const FAR: i32 = 0;
export const LOW: i32 = 1;
export const CLOSE: i32 = 2;

/**
 * The sum of e of n float32 to SUM, their e, lifted, to y (not x). CLOSE: every |theta x| is below 44. LOW: some lie so far below that
 * their e, taken for 0, is nothing beside the sum. FAR: neither; y may be written in part. `like` is
 * what the lane before was, CLOSE if there is none: lanes of a call are alike. Of elements whose byte at `mask`, if that is not 0, is 0, e is 0,
 * and nothing is asked; the sum is 0 where that hides all.
 */
export function expSumNear<V, W>(x: usize, y: usize, n: i32, like: i32, mask: usize): i32 {
  let low = false;
  if (mask == 0) {
    const first = load<f32>(x) * theta, last = load<f32>(x + 4 * (n - 1)) * theta;
    if (!(first < NEAR && last < NEAR) || (first < -20 && last < -20)) return FAR;
    // what is masked lies at an end mostly
    low = like == LOW || first < -NEAR || last < -NEAR;
  }
  const short = n <= SHORT;
  if (!short) startSum<f32, f32, V, W>(false);
  for (let at = x, to = y, left = n, piece: i32 = 256; left > 0; left -= piece, at += 4 * piece, to += 4 * piece, piece = CHUNK) {
    const some = min<i32>(left, piece);
    if (mask) {
      if (!expShown<V>(at, mask, to, some)) return FAR;
      mask += piece;
    } else if (!low) low = !expNear<V>(true, at, 0, to, 0, 1, some);
    if (low && !expLow<V>(at, to, some)) return FAR;
    if (!short) sumRow<f32, f32, V, W>(at, to, some, false, 0);
  }
  if (short) sumShortRow<f32, f32, V>(x, y, n, false, 0);
  else endSum<f32, f32, V, W>(false);
  const sum = load<f64>(SUM);
  if (!(sum < MOST) || (low && sum < ENOUGH)) return FAR;
  return low ? LOW : CLOSE;
}
