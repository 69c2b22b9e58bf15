import { SCALE } from './constants';
import { NEAR, OFFSET_F32, depth, one, part, power, scaled, sign, theta, unit } from './exp';
import { productLow } from './exp64';
import { addPairs, logPair, maxTerm, product, quotient, reciprocal } from './finish';
import {
  add, constant, get, head, inversePower, loadAs, lowest, madd, maxLane, msub, mul, mulLow, oneWhereEqual, pmax, powerOf, put, span,
  splat, storeAs, sub, sumLanes, whereEqual, whereOther, widenSum, widenSumAt, width, zero,
} from './lanes';
import { LOST, STASH, STASH_E, expNear, expTile, fill, spreadLane } from './tile';

// Lanes that lie contiguous in memory: the lanes of a vector lie along the axis. Every step is a pass over a stretch
// that stays in cache; what a step finds out about a lane is left in the few words below.

/** longest row whose sum is taken in the order of columns, so that it may lie in a tile or alone */
export const SHORT: i32 = 32;
/** elements between an exp and its sum: they stay in L1 */
export const CHUNK: i32 = 1024;

/** e of one chunk, for sums that do not keep it */
export const CHUNK_E: usize = memory.data(8192, 16);
/** pairs, hi and 16 bytes after it lo: e at the maximum; the result of the last step */
export const TERM: usize = memory.data(32, 16);
export const PAIR: usize = memory.data(32, 16);
export const VALUE: usize = memory.data(16, 16);

/** 1 - 2^-24 */
export const BELOW: f64 = 0.999999940395355224609375;

/** whether arguments are theta (x - maximum), rather than x - C */
// @ts-ignore: decorator
@inline
export function relative<T, E>(): bool {
  return sizeof<T>() != sizeof<E>() || (sizeof<E>() == 8 && scaled);
}

/** What the kernels must know of a lane's maximum. */
export let top: f64 = 0; // argument of exp at the maximum
export let origin: f64 = 0; // C, subtracted from every element
export let K: f64 = 0; // the scale of e
export let element: f64 = 0; // the element at the maximum

/** beyond it x - maximum is exact wherever it matters, so C is the maximum itself; in units of x */
// @ts-ignore: decorator
@inline
export function limit<E>(): E {
  return sizeof<E>() == 4 ? <E>(256 * unit) : <E>1500;
}

export function setElement(m: f64): void {
  element = m;
}

/** m, the largest sign * x, decides how the lane is computed; masked: its own e stays out of the sum. Below an infinite m every argument is -inf. */
export function prepareRow<T, E, V>(m: f64, masked: bool): void {
  const present = m > -Infinity ? m : 0;
  element = m * sign;
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

/** the largest sign * x that is not a NaN; -inf if there is none */
export function maxRow<T, E, V>(x: usize, n: i32): f64 {
  const s = splat<E, V>(<E>sign), none = lowest<E, V>();
  const dx = span<T, E, V>(), wide = width<E, V>();
  let m0 = none, m1 = none, m2 = none, m3 = none, m4 = none, m5 = none, m6 = none, m7 = none;
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
  return <f64>maxLane<E, V>(pmax<E, V>(pmax<E, V>(m0, m1), pmax<E, V>(m2, m3)));
}

/** only float64 arithmetic knows a negative theta */
// @ts-ignore: decorator
@inline
function signed<E, V>(value: V, sign: V): V {
  return sizeof<E>() == 8 ? mul<E, V>(value, sign) : value;
}

/** e of n elements at x, written to y (which may be x), of a lane whose C is `C` */
export function expRow<T, E, V>(x: usize, y: usize, n: i32, C: f64): void {
  const four = 4 * width<E, V>(), rows = n / four, done = rows * four;
  const dx = 4 * span<T, E, V>(), dy = 4 * span<E, E, V>();
  if (rows > 0) expTile<T, E, V>(x, dx, y, dy, rows, four, C != 0, C);
  if (done < n) expTile<T, E, V>(x + rows * dx, dx, y + rows * dy, dy, 1, n - done, C != 0, C);
}

/** sum (a W), its low part (a W), count (a V) */
const SUM: usize = memory.data(48, 16);

/** Starts the sum of a lane. */
// @ts-ignore: decorator
@inline
function startSum<T, E, V, W>(masked: bool): void {
  storeAs<f64, f64, W>(SUM, splat<f64, W>(sizeof<T>() == 8 && !masked ? ABOVE : 0));
  storeAs<f64, f64, W>(SUM + 16, zero<f64, W>());
  storeAs<E, E, V>(SUM + 32, zero<E, V>());
}

/** 2^204, above every partial sum of a few e; a sum that starts there needs no ordering for the fast two-sum */
const ABOVE: f64 = 2.5711008708143844e61;

/**
 * Adds n values e (of the elements x) to the sum. Masked: those of the maximum stay out and are counted.
 * float32: in float64. float64: two-sum; fast where the sum starts above
 * all of them, full where it has no known size.
 */
// @ts-ignore: decorator
@inline
function sumRow<T, E, V, W>(x: usize, e: usize, n: i32, masked: bool): void {
  const dx = span<T, E, V>(), dy = span<E, E, V>(), wide = width<E, V>();
  const single = constant<E, V>(one<T, E>()), other = splat<E, V>(<E>element);
  let s = loadAs<f64, f64, W>(SUM), lost = loadAs<f64, f64, W>(SUM + 16);
  let count = loadAs<E, E, V>(SUM + 32);
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
  storeAs<f64, f64, W>(SUM, s);
  storeAs<f64, f64, W>(SUM + 16, lost);
  storeAs<E, E, V>(SUM + 32, count);
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

/** the lanes of the sum together, hi and lo at PAIR; returns the count */
// @ts-ignore: decorator
@inline
function endSum<T, E, V, W>(masked: bool): f64 {
  let s = load<f64>(SUM), c = load<f64>(SUM + 16);
  if (isVector<W>()) {
    if (sizeof<T>() == 8 && !masked) s -= ABOVE;
    let b = load<f64>(SUM + 8);
    if (sizeof<T>() == 8 && !masked) b -= ABOVE;
    const sum = s + b;
    c += load<f64>(SUM + 24) + twoSumLow<f64>(s, b, sum, true);
    s = sum;
  } else if (sizeof<T>() == 8 && !masked) s -= ABOVE;
  store<f64>(PAIR, s);
  store<f64>(PAIR + 16, c + lostOf<T, V>());
  return sumLanes<E, V>(loadAs<E, E, V>(SUM + 32));
}

/**
 * The sum of a lane's e to PAIR, chunk by chunk; e itself goes to y. Masked: without the maximum, of which the number is
 * returned, and e is not kept.
 */
export function expSumRow<T, E, V, W>(x: usize, y: usize, n: i32, masked: bool): f64 {
  startSum<T, E, V, W>(masked);
  for (; n > 0; n -= CHUNK, x += CHUNK * sizeof<T>()) {
    const m = min<i32>(n, CHUNK);
    expRow<T, E, V>(x, y, m, origin);
    if (masked) sumRow<T, E, V, W>(x, y, m, true);
    else sumRow<T, E, V, W>(x, y, m, false);
    if (!masked) y += CHUNK * sizeof<E>();
  }
  return endSum<T, E, V, W>(masked);
}

/**
 * Sums the n e of a short row (of the elements x) in the order of columns.ts: groups of float32 neighbours, then one after
 * the other. So such a row gives the same bits alone and as one of many. Result as of expSumRow.
 */
export function sumShortRow<T, E, V>(x: usize, e: usize, n: i32, masked: bool): f64 {
  const group: i32 = sizeof<T>() == 4 ? 4 : 1;
  let count: f64 = 0;
  if (masked) {
    for (let k = 0; k < n; k++) {
      if (<E>load<T>(x + k * sizeof<T>()) == <E>element) {
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
  store<f64>(PAIR, s);
  store<f64>(PAIR + 16, c + lostOf<T, V>());
  return count;
}

/** What is known of a near lane: an element that none is above, m or, where that is not known, 44 / theta. */
export function prepareNear(m: f64): void {
  element = m;
  top = m * theta;
  K = OFFSET_F32;
}

/** The element that no element of a near lane is above. */
// @ts-ignore: decorator
@inline
export function mostNear(): f64 {
  return NEAR * unit;
}

/**
 * expSumRow or, of a short row, expRow and sumShortRow, of float32 after prepareNear, if every |theta x| is below 44; y is not x. Else
 * -1, with y in part written.
 */
export function expSumNear<V, W>(x: usize, y: usize, n: i32, masked: bool): f64 {
  // what is hidden lies at an end mostly
  const most = mostNear();
  if (!(abs<f64>(load<f32>(x)) < most) || !(abs<f64>(load<f32>(x + 4 * (n - 1))) < most)) return -1;
  if (n <= SHORT) return expNear<V>(x, 0, y, 0, 1, n) ? sumShortRow<f32, f32, V>(x, y, n, masked) : -1;
  startSum<f32, f32, V, W>(masked);
  // a short piece first: a lane that is not near mostly shows it there
  for (let piece: i32 = 128; n > 0; n -= piece, x += 4 * piece, piece = CHUNK) {
    const m = min<i32>(n, piece);
    if (!expNear<V>(x, 0, y, 0, 1, m)) return -1;
    if (masked) sumRow<f32, f32, V, W>(x, y, m, true);
    else sumRow<f32, f32, V, W>(x, y, m, false);
    if (!masked) y += 4 * piece;
  }
  return endSum<f32, f32, V, W>(masked);
}

/**
 * Softmax of one lane of up to 16 float32, the same steps as a row's, without what only longer ones need. False, with nothing
 * done, where it is not near.
 */
export function softmaxFew<V>(x: usize, y: usize, n: i32): bool {
  if (!expNear<V>(x, 0, CHUNK_E, 0, 1, n)) return false;
  sumShortRow<f32, f32, V>(x, CHUNK_E, n, false);
  scaleRow<f32, f32, V>(CHUNK_E, y, n, 1 / load<f64>(PAIR), 0, 0, 0);
  return true;
}

/** e at the maximum of the lane to TERM; exactly 2^200 if arguments are relative to it */
export function maxTermRow<T, E, W>(): void {
  if (relative<T, E>()) {
    store<f64>(TERM, 1.606938044258990275541962092341162602522e60);
    store<f64>(TERM + 16, 0);
  } else maxTerm<E, W>(splat<f64, W>(top), splat<f64, W>(K), TERM, 16);
}

/** the sum in PAIR -> 1 / sum in PAIR; NaN where the maximum m is infinite; float64: e at the maximum and its result */
export function softmaxFactor<T, E, W>(m: f64): void {
  reciprocal<T, W>(constant<f64, W>(PAIR), constant<f64, W>(PAIR + 16), splat<f64, W>(m - m), PAIR, 16);
  if (sizeof<T>() == 4) return;
  maxTermRow<T, E, W>();
  product<W>(constant<f64, W>(TERM), constant<f64, W>(TERM + 16), constant<f64, W>(PAIR), constant<f64, W>(PAIR + 16), VALUE);
}

/** the rest of a lane (PAIR), in the scale of its kernel -> relative to the element at the maximum */
export function relativeRest<T, E, W>(): void {
  maxTermRow<T, E, W>();
  quotient<T, W>(constant<f64, W>(PAIR), constant<f64, W>(PAIR + 16), constant<f64, W>(TERM), constant<f64, W>(TERM + 16), PAIR, 16);
}

/** count and relative rest (PAIR) of the elements -> log of their sum relative to the maximum, in PAIR */
export function logRow<T, W>(count: f64, poison: f64): void {
  logPair<T, W>(splat<f64, W>(count), constant<f64, W>(PAIR), constant<f64, W>(PAIR + 16), splat<f64, W>(poison), PAIR, 16);
}

/** theta times the element at the maximum, plus the log in PAIR, rounded once */
export function valueRow(): f64 {
  const m = element * power, p = m * theta;
  // beside a product so large the logarithm vanishes, and the product's parts would overflow
  const low = abs<f64>(p) < 1e290 && abs<f64>(theta) < 1e290 ? mulLow<f64>(theta, m, p) : 0;
  return addPairs(p, low, load<f64>(PAIR), load<f64>(PAIR + 16));
}

/** of a factor, below it where that is rounded: so e (1 / e) becomes 1 */
// @ts-ignore: decorator
@inline
function highPart<E>(u: f64): E {
  return sizeof<E>() == 4 ? <E>(u * BELOW) : <E>u;
}

/**
 * e (of type E) -> e (hi + lo), rounded to T. Where e is the rounded e of the maximum the result is `value`: its own
 * rounding error would be the largest error of a lane that it dominates.
 */
export function scaleRow<T, E, V>(e: usize, y: usize, n: i32, hi: f64, lo: f64, peak: f64, value: f64): void {
  if (sizeof<E>() == 8 || hi >= SMALL) scaleBy<T, E, V>(false, e, y, n, hi, lo, peak, value);
  else if (hi < TINY) scaleWide<V>(e, y, n, hi);
  else scaleBy<T, E, V>(true, e, y, n, hi * inversePower<f64>(hi), 0, powerOf<f64>(hi), 0);
}

/**
 * float32: a factor below which the low part of a product may be subnormal where the result is not, and that costs some engines
 * of processors 150 cycles. Such a factor is taken as f P, 1 <= f < 2: e f first, then times the power of two P. A near lane
 * has no smaller e than 2^-63.5.
 */
const SMALL: f64 = 7.275957614183426e-12; // 2^-37
/** a factor that float32 does not hold, of a block whose maximum is far below that of its lane: it multiplies in float64 */
const TINY: f64 = 7.52316384526264e-37; // 2^-120

function scaleWide<V>(e: usize, y: usize, n: i32, factor: f64): void {
  const u = splat<f64, V>(factor), wide = width<f64, V>(), d = span<f32, f64, V>();
  for (; n > 0; n -= wide, e += d, y += d) put<f32, f64, V>(y, mul<f64, V>(get<f32, f64, V>(e, n, u), u), n);
}

/** deep: e (hi + lo) peak, for `peak` the P of SMALL */
// @ts-ignore: decorator
@inline
function scaleBy<T, E, V>(deep: bool, e: usize, y: usize, n: i32, hi: f64, lo: f64, peak: f64, value: f64): void {
  const high = highPart<E>(hi), uh = splat<E, V>(high), ul = splat<E, V>(sizeof<E>() == 4 ? <E>(hi - <f64>high) : <E>lo);
  const p = splat<E, V>(<E>peak), v = splat<E, V>(<E>value);
  const de = span<E, E, V>(), dy = span<T, E, V>(), wide = width<E, V>();
  for (; n >= 4 * wide; n -= 4 * wide, e += 4 * de, y += 4 * dy) {
    const y0 = times<T, E, V>(deep, loadAs<E, E, V>(e), uh, ul, p, v);
    const y1 = times<T, E, V>(deep, loadAs<E, E, V>(e + de), uh, ul, p, v);
    const y2 = times<T, E, V>(deep, loadAs<E, E, V>(e + 2 * de), uh, ul, p, v);
    const y3 = times<T, E, V>(deep, loadAs<E, E, V>(e + 3 * de), uh, ul, p, v);
    storeAs<T, E, V>(y, y0);
    storeAs<T, E, V>(y + dy, y1);
    storeAs<T, E, V>(y + 2 * dy, y2);
    storeAs<T, E, V>(y + 3 * dy, y3);
  }
  for (; n > 0; n -= wide, e += de, y += dy) {
    put<T, E, V>(y, times<T, E, V>(deep, get<E, E, V>(e, n, uh), uh, ul, p, v), n);
  }
}

// @ts-ignore: decorator
@inline
export function times<T, E, V>(deep: bool, e: V, hi: V, lo: V, peak: V, value: V): V {
  if (sizeof<T>() == 4 && sizeof<E>() == 8) return mul<E, V>(e, hi);
  const y = madd<E, V>(e, hi, mul<E, V>(e, lo));
  if (deep) return mul<E, V>(y, peak);
  return sizeof<E>() == 8 ? whereEqual<E, V>(e, peak, value, y) : y;
}

/** x -> theta (x - m) - (hi + lo), m the element at the maximum */
export function subtractRow<T, E, V>(x: usize, y: usize, n: i32, hi: f64, lo: f64): void {
  const m = splat<E, V>(<E>element), th = splat<E, V>(<E>theta);
  const lh = splat<E, V>(<E>hi), ll = splat<E, V>(<E>lo);
  const dx = span<T, E, V>(), wide = width<E, V>();
  if (sizeof<E>() == 4 && scaled) {
    // x - m may overflow and theta (x - m) not
    if (theta < 1 && abs<f64>(element) > 1e30) return subtractRow<T, f64, V>(x, y, n, hi, lo);
    const t1 = constant<E, V>(SCALE), tl = constant<E, V>(SCALE + 4), mask = constant<E, V>(SCALE + 8), least = constant<E, V>(SCALE + 12);
    const low = splat<E, V>(<E>(hi - <f64>(<E>hi) + lo));
    for (; n >= 2 * wide; n -= 2 * wide, x += 2 * dx, y += 2 * dx) {
      const d0 = sub<E, V>(loadAs<T, E, V>(x), m), d1 = sub<E, V>(loadAs<T, E, V>(x + dx), m);
      storeAs<T, E, V>(y, minusScaled<V>(d0, t1, tl, lh, low, mask, least));
      storeAs<T, E, V>(y + dx, minusScaled<V>(d1, t1, tl, lh, low, mask, least));
    }
    for (; n > 0; n -= wide, x += dx, y += dx) put<T, E, V>(y, minusScaled<V>(sub<E, V>(get<T, E, V>(x, n, m), m), t1, tl, lh, low, mask, least), n);
    return;
  }
  if (sizeof<T>() == 8 && scaled) {
    const half = part(), pw = splat<E, V>(<E>(power / half)), factor = splat<E, V>(<E>half), origin = splat<E, V>(<E>(element * half));
    for (; n > 0; n -= wide, x += dx, y += dx) {
      const value = mul<E, V>(get<T, E, V>(x, n, m), factor), d = mul<E, V>(sub<E, V>(value, origin), pw), f = mul<E, V>(d, th);
      const low = productLow<V>(value, origin, d, f, th, pw);
      put<T, E, V>(y, sub<E, V>(sub<E, V>(f, lh), sub<E, V>(ll, low)), n);
    }
    return;
  }
  for (; sizeof<T>() == sizeof<E>() && n >= 4 * wide; n -= 4 * wide, x += 4 * dx, y += 4 * dx) {
    const y0 = minus<T, E, V>(loadAs<T, E, V>(x), m, th, lh, ll);
    const y1 = minus<T, E, V>(loadAs<T, E, V>(x + dx), m, th, lh, ll);
    const y2 = minus<T, E, V>(loadAs<T, E, V>(x + 2 * dx), m, th, lh, ll);
    const y3 = minus<T, E, V>(loadAs<T, E, V>(x + 3 * dx), m, th, lh, ll);
    storeAs<T, E, V>(y, y0);
    storeAs<T, E, V>(y + dx, y1);
    storeAs<T, E, V>(y + 2 * dx, y2);
    storeAs<T, E, V>(y + 3 * dx, y3);
  }
  for (; n > 0; n -= wide, x += dx, y += dx) {
    put<T, E, V>(y, minus<T, E, V>(get<T, E, V>(x, n, m), m, th, lh, ll), n);
  }
}

/** float32: theta d - (hi + lo), theta in two parts, of which the second is not negative (SCALE) */
// @ts-ignore: decorator
@inline
export function minusScaled<V>(d: V, th: V, tl: V, hi: V, lo: V, mask: V, least: V): V {
  const h = ASC_FEATURE_RELAXED_SIMD ? d : head<V>(d, mask);
  const rest = ASC_FEATURE_RELAXED_SIMD ? msub<f32, V>(d, tl, lo)
    : sub<f32, V>(add<f32, V>(mul<f32, V>(sub<f32, V>(d, h), th), mul<f32, V>(d, tl)), lo);
  // an infinite d has no rest: instead of a NaN, a number
  return add<f32, V>(msub<f32, V>(h, th, hi), pmax<f32, V>(least, rest));
}

// @ts-ignore: decorator
@inline
export function minus<T, E, V>(x: V, m: V, theta: V, hi: V, lo: V): V {
  const d = sub<E, V>(x, m);
  if (sizeof<E>() == 4) return sub<E, V>(d, hi);
  if (sizeof<T>() == 4) return sub<E, V>(mul<E, V>(d, theta), hi);
  return sub<E, V>(sub<E, V>(d, hi), lo);
}
