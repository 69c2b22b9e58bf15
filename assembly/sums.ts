import { add, oneWhereEqual, sub, whereOther } from './arithmetic';
import { one } from './exp';
import { constant, get, loadAs, span, splat, storeAs, sumSlots, widenSum, widenSumAt, width, zero } from './slots';
import { LOST } from './tile';

// The sum of the e of a row.

/** longest row whose sum is taken in the order of columns, so that it may lie in a tile or alone */
export const SHORT: i32 = 32;

/** the sum so far (a W), what its roundings lost (a W), and the count of maxima (a V) */
const RUNNING: usize = memory.data(48, 16);

/** the sum of the lane, a pair: hi and 16 bytes after it lo */
export const SUM: usize = memory.data(32, 16);

/** Starts the sum of a lane. */
// @ts-ignore: decorator
@inline
export function startSum<T, E, V, W>(masked: bool): void {
  storeAs<f64, f64, W>(RUNNING, splat<f64, W>(sizeof<T>() == 8 && !masked ? ABOVE : 0));
  storeAs<f64, f64, W>(RUNNING + 16, zero<f64, W>());
  storeAs<E, E, V>(RUNNING + 32, zero<E, V>());
}

/** 2^204, above every partial sum of a few e; a sum that starts there needs no ordering for the fast two-sum */
const ABOVE: f64 = 2.5711008708143844e61;

/**
 * Adds n values e (of the elements x) to the sum. Masked: those of elements that are m stay out and are counted.
 * float32: in float64. float64: two-sum; fast where the sum starts above
 * all of them, full where it has no known size.
 */
// @ts-ignore: decorator
@inline
export function sumRow<T, E, V, W>(x: usize, e: usize, n: i32, masked: bool, m: f64): void {
  const dx = span<T, E, V>(), dy = span<E, E, V>(), wide = width<E, V>();
  const single = constant<E, V>(one<T, E>()), other = splat<E, V>(<E>m);
  let s = loadAs<f64, f64, W>(RUNNING), lost = loadAs<f64, f64, W>(RUNNING + 16);
  let count = loadAs<E, E, V>(RUNNING + 32);
  for (; n >= 4 * wide; n -= 4 * wide, x += 4 * dx, e += 4 * dy) {
    let a: W, b: W, c: W, d: W;
    if (masked) {
      let e0 = loadAs<E, E, V>(e), e1 = loadAs<E, E, V>(e + dy), e2 = loadAs<E, E, V>(e + 2 * dy), e3 = loadAs<E, E, V>(e + 3 * dy);
      const x0 = loadAs<T, E, V>(x), x1 = loadAs<T, E, V>(x + dx), x2 = loadAs<T, E, V>(x + 2 * dx), x3 = loadAs<T, E, V>(x + 3 * dx);
      e0 = whereOther<E, V>(x0, other, e0);
      e1 = whereOther<E, V>(x1, other, e1);
      e2 = whereOther<E, V>(x2, other, e2);
      e3 = whereOther<E, V>(x3, other, e3);
      count = add<E, V>(count, add<E, V>(
        add<E, V>(oneWhereEqual<E, V>(x0, other, single), oneWhereEqual<E, V>(x1, other, single)),
        add<E, V>(oneWhereEqual<E, V>(x2, other, single), oneWhereEqual<E, V>(x3, other, single))));
      if (sizeof<T>() == 4 && sizeof<E>() == 4) {
        // they go back: converting from memory takes half the steps
        storeAs<E, E, V>(e, e0);
        storeAs<E, E, V>(e + dy, e1);
        storeAs<E, E, V>(e + 2 * dy, e2);
        storeAs<E, E, V>(e + 3 * dy, e3);
        a = widenSumAt<E, V, W>(e), b = widenSumAt<E, V, W>(e + dy), c = widenSumAt<E, V, W>(e + 2 * dy), d = widenSumAt<E, V, W>(e + 3 * dy);
      } else {
        a = widenSum<E, V, W>(e0), b = widenSum<E, V, W>(e1), c = widenSum<E, V, W>(e2), d = widenSum<E, V, W>(e3);
      }
    } else {
      a = widenSumAt<E, V, W>(e), b = widenSumAt<E, V, W>(e + dy), c = widenSumAt<E, V, W>(e + 2 * dy), d = widenSumAt<E, V, W>(e + 3 * dy);
    }
    if (sizeof<T>() == 4) {
      s = add<f64, W>(s, add<f64, W>(add<f64, W>(a, b), add<f64, W>(c, d)));
    } else {
      const s1 = add<f64, W>(s, a), s2 = add<f64, W>(s1, b), s3 = add<f64, W>(s2, c), s4 = add<f64, W>(s3, d);
      const low = add<f64, W>(twoSumLow<W>(s, a, s1, masked), twoSumLow<W>(s1, b, s2, masked));
      lost = add<f64, W>(lost, add<f64, W>(low, add<f64, W>(twoSumLow<W>(s2, c, s3, masked), twoSumLow<W>(s3, d, s4, masked))));
      s = s4;
    }
  }
  for (; n > 0; n -= wide, x += dx, e += dy) {
    let e0 = get<E, E, V>(e, n, zero<E, V>());
    const x0 = masked ? get<T, E, V>(x, n, splat<E, V>(<E>NaN)) : e0;
    if (masked) {
      e0 = whereOther<E, V>(x0, other, e0);
      count = add<E, V>(count, oneWhereEqual<E, V>(x0, other, single));
    }
    const a = widenSum<E, V, W>(e0), s1 = add<f64, W>(s, a);
    if (sizeof<T>() == 8) lost = add<f64, W>(lost, twoSumLow<W>(s, a, s1, masked));
    s = s1;
  }
  storeAs<f64, f64, W>(RUNNING, s);
  storeAs<f64, f64, W>(RUNNING + 16, lost);
  storeAs<E, E, V>(RUNNING + 32, count);
}

/** what sum = fl(s + a) lacks; not full: only for |s| >= |a| */
// @ts-ignore: decorator
@inline
export function twoSumLow<W>(s: W, a: W, sum: W, full: bool): W {
  const part = sub<f64, W>(sum, s);
  if (full) return add<f64, W>(sub<f64, W>(s, sub<f64, W>(sum, part)), sub<f64, W>(a, part));
  return sub<f64, W>(a, part);
}

/** the rounding errors of all e; those of float32 are left */
function lostOf<T, V>(): f64 {
  if (sizeof<T>() == 4) return 0;
  let lost: f64 = 0;
  for (let i = 0; i < 4 * <i32>span<f64, f64, V>(); i += 8) lost += load<f64>(LOST + i);
  return lost;
}

/** the slots of the sum together, to SUM; returns the count */
// @ts-ignore: decorator
@inline
export function endSum<T, E, V, W>(masked: bool): f64 {
  let s = load<f64>(RUNNING), c = load<f64>(RUNNING + 16);
  if (isVector<W>()) {
    if (sizeof<T>() == 8 && !masked) s -= ABOVE;
    let b = load<f64>(RUNNING + 8);
    if (sizeof<T>() == 8 && !masked) b -= ABOVE;
    const sum = s + b;
    c += load<f64>(RUNNING + 24) + twoSumLow<f64>(s, b, sum, true);
    s = sum;
  } else if (sizeof<T>() == 8 && !masked) s -= ABOVE;
  store<f64>(SUM, s);
  store<f64>(SUM + 16, c + lostOf<T, V>());
  return sumSlots<E, V>(loadAs<E, E, V>(RUNNING + 32));
}

/**
 * Sums the n e of a short row (of the elements x, of which those that are m stay out where masked) in the order of columns.ts: groups of float32 neighbours, then one after
 * the other. So such a row gives the same bits alone and as one of many. Result as of expSumRow.
 */
export function sumShortRow<T, E, V>(x: usize, e: usize, n: i32, masked: bool, m: f64): f64 {
  const group: i32 = sizeof<T>() == 4 ? 4 : 1;
  let count: f64 = 0;
  if (masked) {
    for (let k = 0; k < n; k++) {
      if (<E>load<T>(x + k * sizeof<T>()) == <E>m) {
        count += 1;
        store<E>(e + k * sizeof<E>(), 0);
      }
    }
  }
  let s: f64 = 0, c: f64 = 0;
  for (; n > 0; n -= group, e += group * sizeof<E>()) {
    let a = <f64>load<E>(e), b: f64 = 0;
    if (group == 4 && n > 1) a += <f64>load<E>(e, sizeof<E>());
    if (group == 4 && n > 2) b = <f64>load<E>(e, 2 * sizeof<E>());
    if (group == 4 && n > 3) b += <f64>load<E>(e, 3 * sizeof<E>());
    const value = a + b, sum = s + value;
    if (sizeof<T>() == 8) c += twoSumLow<f64>(s, value, sum, true);
    s = sum;
  }
  store<f64>(SUM, s);
  store<f64>(SUM + 16, c + lostOf<T, V>());
  return count;
}
