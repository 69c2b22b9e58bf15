import { one, part, power, productLow, scaled, sign, theta } from './exp';
import { addPairs, logPair, maxTerm, product, quotient, reciprocal } from './finish';
import {
  add, constant, get, loadAs, lowest, madd, maxLane, mul, mulLow, oneWhereEqual, pmax, put, span, splat, storeAs,
  sub, sumLanes, whereEqual, whereOther, widenSum, width, zero,
} from './lanes';
import { LOST, STASH, STASH_E, expTile, fill, spreadLane } from './tile';

// Lanes that lie contiguous in memory: the lanes of a vector lie along the axis. Every step is a pass over a stretch
// that stays in cache; what a step finds out about a lane is left in the few words below.

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

/** What the kernels must know of a lane's maximum: prepareRow sets it for the steps after it; setElement for a last step alone. */
export let top: f64 = 0; // argument of exp at the maximum
export let origin: f64 = 0; // C, subtracted from every element
export let K: f64 = 0; // the scale of e
export let element: f64 = 0; // the element at the maximum

/** beyond it x - maximum is exact wherever it matters, so C is the maximum itself */
// @ts-ignore: decorator
@inline
export function limit<E>(): f64 {
  return sizeof<E>() == 4 ? 256 : 1500;
}

export function setElement(m: f64): void {
  element = m;
}

/** m, the largest sign * x (x itself in float32), decides how the lane is computed; masked: its own e stays out of the sum. Below an infinite m every argument is -inf. */
export function prepareRow<T, E, V>(m: f64, masked: bool): void {
  const present = m > -Infinity ? m : 0;
  element = sizeof<E>() == 8 ? m * sign : m;
  if (relative<T, E>()) {
    origin = present * sign;
    top = 0;
    K = 0;
  } else {
    const far = abs<f64>(present) > limit<E>();
    origin = far ? present : 0;
    top = far ? 0 : present;
    K = nearest<f64>(top * 1.4426950408889634);
  }
  spreadLane<T, E, V>(origin, top, K, masked ? top : Infinity);
}

/** the largest sign * x that is not a NaN; -inf if there is none */
export function maxRow<T, E, V>(x: usize, n: i32): f64 {
  const s = splat<E, V>(<E>sign), none = lowest<E, V>();
  const dx = span<T, E, V>(), wide = width<E, V>();
  let m0 = none, m1 = none, m2 = none, m3 = none;
  for (; n >= 4 * wide; n -= 4 * wide, x += 4 * dx) {
    m0 = pmax<E, V>(m0, signed<E, V>(loadAs<T, E, V>(x), s));
    m1 = pmax<E, V>(m1, signed<E, V>(loadAs<T, E, V>(x + dx), s));
    m2 = pmax<E, V>(m2, signed<E, V>(loadAs<T, E, V>(x + 2 * dx), s));
    m3 = pmax<E, V>(m3, signed<E, V>(loadAs<T, E, V>(x + 3 * dx), s));
  }
  for (; n > 0; n -= wide, x += dx) m1 = pmax<E, V>(m1, signed<E, V>(get<T, E, V>(x, n, splat<E, V>(<E>NaN)), s));
  return <f64>maxLane<E, V>(pmax<E, V>(pmax<E, V>(m0, m1), pmax<E, V>(m2, m3)));
}

/** only float64 arithmetic knows a negative theta */
// @ts-ignore: decorator
@inline
function signed<E, V>(value: V, sign: V): V {
  return sizeof<E>() == 8 ? mul<E, V>(value, sign) : value;
}

/** e of n elements at x, written to y (which may be x) */
export function expRow<T, E, V>(x: usize, y: usize, n: i32): void {
  const four = 4 * width<E, V>(), rows = n / four, done = rows * four;
  const dx = 4 * span<T, E, V>(), dy = 4 * span<E, E, V>();
  if (rows > 0) expTile<T, E, V>(x, dx, y, dy, rows, four);
  if (done < n) expTile<T, E, V>(x + rows * dx, dx, y + rows * dy, dy, 1, n - done);
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
  const unit = constant<E, V>(one<T, E>()), other = splat<E, V>(<E>element);
  let s = loadAs<f64, f64, W>(SUM), lost = loadAs<f64, f64, W>(SUM + 16);
  let count = loadAs<E, E, V>(SUM + 32);
  for (; n >= 4 * wide; n -= 4 * wide, x += 4 * dx, e += 4 * dy) {
    let e0 = loadAs<E, E, V>(e), e1 = loadAs<E, E, V>(e + dy), e2 = loadAs<E, E, V>(e + 2 * dy), e3 = loadAs<E, E, V>(e + 3 * dy);
    if (masked) {
      const x0 = loadAs<T, E, V>(x), x1 = loadAs<T, E, V>(x + dx), x2 = loadAs<T, E, V>(x + 2 * dx), x3 = loadAs<T, E, V>(x + 3 * dx);
      e0 = whereOther<E, V>(x0, other, e0);
      e1 = whereOther<E, V>(x1, other, e1);
      e2 = whereOther<E, V>(x2, other, e2);
      e3 = whereOther<E, V>(x3, other, e3);
      count = add<E, V>(count, add<E, V>(
        add<E, V>(oneWhereEqual<E, V>(x0, other, unit), oneWhereEqual<E, V>(x1, other, unit)),
        add<E, V>(oneWhereEqual<E, V>(x2, other, unit), oneWhereEqual<E, V>(x3, other, unit))));
    }
    const a = widenSum<E, V, W>(e0), b = widenSum<E, V, W>(e1), c = widenSum<E, V, W>(e2), d = widenSum<E, V, W>(e3);
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
      count = add<E, V>(count, oneWhereEqual<E, V>(x0, other, unit));
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
    expRow<T, E, V>(x, y, m);
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

/**
 * Softmax of one lane of up to 16 float32, the same steps as a row's, without what only longer ones need. False, with nothing
 * done, where the maximum is not an ordinary number: that takes the long way.
 */
export function softmaxFew<V>(x: usize, y: usize, n: i32): bool {
  const wide = width<f32, V>(), dx = span<f32, f32, V>();
  fill<f32, f32, V>(x, n);
  let most = loadAs<f32, f32, V>(STASH);
  for (let i = 1; i * wide < n; i++) most = pmax<f32, V>(most, loadAs<f32, f32, V>(STASH + i * dx));
  const m = maxLane<f32, V>(most);
  if (!(abs<f32>(m) <= <f32>256)) return false;
  spreadLane<f32, f32, V>(0, m, nearest<f64>(<f64>m * 1.4426950408889634), 0);
  expTile<f32, f32, V>(STASH, 0, STASH_E, 0, 1, 4 * wide);
  sumShortRow<f32, f32, V>(x, STASH_E, n, false);
  const u = 1 / load<f64>(PAIR), high = highPart<f32>(u), uh = splat<f32, V>(high), ul = splat<f32, V>(<f32>(u - <f64>high));
  for (let i = 0; i < n; i += wide) {
    const e = loadAs<f32, f32, V>(STASH_E + 4 * i);
    put<f32, f32, V>(y + 4 * i, madd<f32, V>(e, uh, mul<f32, V>(e, ul)), n - i);
  }
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
  const high = highPart<E>(hi), uh = splat<E, V>(high), ul = splat<E, V>(sizeof<E>() == 4 ? <E>(hi - <f64>high) : <E>lo);
  const p = splat<E, V>(<E>peak), v = splat<E, V>(<E>value);
  const de = span<E, E, V>(), dy = span<T, E, V>(), wide = width<E, V>();
  for (; n >= 4 * wide; n -= 4 * wide, e += 4 * de, y += 4 * dy) {
    const y0 = times<T, E, V>(loadAs<E, E, V>(e), uh, ul, p, v);
    const y1 = times<T, E, V>(loadAs<E, E, V>(e + de), uh, ul, p, v);
    const y2 = times<T, E, V>(loadAs<E, E, V>(e + 2 * de), uh, ul, p, v);
    const y3 = times<T, E, V>(loadAs<E, E, V>(e + 3 * de), uh, ul, p, v);
    storeAs<T, E, V>(y, y0);
    storeAs<T, E, V>(y + dy, y1);
    storeAs<T, E, V>(y + 2 * dy, y2);
    storeAs<T, E, V>(y + 3 * dy, y3);
  }
  for (; n > 0; n -= wide, e += de, y += dy) {
    put<T, E, V>(y, times<T, E, V>(get<E, E, V>(e, n, uh), uh, ul, p, v), n);
  }
}

// @ts-ignore: decorator
@inline
export function times<T, E, V>(e: V, hi: V, lo: V, peak: V, value: V): V {
  if (sizeof<T>() == 4 && sizeof<E>() == 8) return mul<E, V>(e, hi);
  const y = madd<E, V>(e, hi, mul<E, V>(e, lo));
  return sizeof<E>() == 8 ? whereEqual<E, V>(e, peak, value, y) : y;
}

/** x -> theta (x - m) - (hi + lo), m the element at the maximum */
export function subtractRow<T, E, V>(x: usize, y: usize, n: i32, hi: f64, lo: f64): void {
  const m = splat<E, V>(<E>element), th = splat<E, V>(<E>theta);
  const lh = splat<E, V>(<E>hi), ll = splat<E, V>(<E>lo);
  const dx = span<T, E, V>(), wide = width<E, V>();
  if (sizeof<T>() == 8 && scaled) {
    const half = part(), pw = splat<E, V>(<E>(power / half)), factor = splat<E, V>(<E>half), origin = splat<E, V>(<E>(element * half));
    for (; n > 0; n -= wide, x += dx, y += dx) {
      const value = mul<E, V>(get<T, E, V>(x, n, m), factor), d = mul<E, V>(sub<E, V>(value, origin), pw), f = mul<E, V>(d, th);
      const low = productLow<V>(value, origin, d, f, th, pw);
      put<T, E, V>(y, sub<E, V>(sub<E, V>(f, lh), sub<E, V>(ll, low)), n);
    }
    return;
  }
  for (; n >= 4 * wide; n -= 4 * wide, x += 4 * dx, y += 4 * dx) {
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

// @ts-ignore: decorator
@inline
export function minus<T, E, V>(x: V, m: V, theta: V, hi: V, lo: V): V {
  const d = sub<E, V>(x, m);
  if (sizeof<E>() == 4) return sub<E, V>(d, hi);
  if (sizeof<T>() == 4) return sub<E, V>(mul<E, V>(d, theta), hi);
  return sub<E, V>(sub<E, V>(d, hi), lo);
}
