import { add, anyAtLeast, head, inversePower, madd, msub, mul, mulLow, pmax, powerOf, sub, whereEqual } from './arithmetic';
import { SCALE } from './constants';
import { part, power, scaled, theta } from './exp';
import { productLow } from './exp64';
import { addPairs, logPair, maxTerm, product, quotient, reciprocal } from './finish';
import { K, relative, top } from './rows';
import { constant, get, loadAs, put, span, splat, storeAs, width } from './slots';
import { SUM } from './sums';

// The last steps of a row: what is done once, and the passes that give the results.

/** pairs, hi and 16 bytes after it lo: e at the maximum of the lane; 1 / the sum; the rest of the sum and its logarithm, relative to e at the maximum */
export const TERM: usize = memory.data(32, 16);
export const FACTOR: usize = memory.data(32, 16);
export const REST: usize = memory.data(32, 16);
export const LOGARITHM: usize = memory.data(32, 16);
/** softmax at the maximum of a float64 lane */
export const VALUE: usize = memory.data(16, 16);

/** e at the maximum of the lane to TERM; exactly 2^200 if arguments are relative to it */
export function maxTermRow<T, E, W>(): void {
  if (relative<T, E>()) {
    store<f64>(TERM, 1.606938044258990275541962092341162602522e60);
    store<f64>(TERM + 16, 0);
  } else maxTerm<E, W>(splat<f64, W>(top), splat<f64, W>(K), TERM, 16);
}

/** 1 / SUM to FACTOR; NaN where the maximum m is infinite. float64: e at the maximum to TERM, and its result to VALUE. */
export function softmaxFactor<T, E, W>(m: f64): void {
  reciprocal<T, W>(constant<f64, W>(SUM), constant<f64, W>(SUM + 16), splat<f64, W>(m - m), FACTOR, 16);
  if (sizeof<T>() == 4) return;
  maxTermRow<T, E, W>();
  product<W>(constant<f64, W>(TERM), constant<f64, W>(TERM + 16), constant<f64, W>(FACTOR), constant<f64, W>(FACTOR + 16), VALUE);
}

/** SUM, in the scale of its kernel, relative to e at the maximum, to REST */
export function relativeRest<T, E, W>(): void {
  maxTermRow<T, E, W>();
  quotient<T, W>(constant<f64, W>(SUM), constant<f64, W>(SUM + 16), constant<f64, W>(TERM), constant<f64, W>(TERM + 16), REST, 16);
}

/** log(count + REST) to LOGARITHM */
export function logRow<T, W>(count: f64, poison: f64): void {
  logPair<T, W>(splat<f64, W>(count), constant<f64, W>(REST), constant<f64, W>(REST + 16), splat<f64, W>(poison), LOGARITHM, 16);
}

/** theta times the element at the maximum, plus LOGARITHM, rounded once */
export function valueRow(element: f64): f64 {
  const m = element * power, p = m * theta;
  // beside a product so large the logarithm vanishes, and the product's parts would overflow
  const low = abs<f64>(p) < 1e290 && abs<f64>(theta) < 1e290 ? mulLow<f64>(theta, m, p) : 0;
  return addPairs(p, low, load<f64>(LOGARITHM), load<f64>(LOGARITHM + 16));
}

/** 1 - 2^-24 */
export const BELOW: f64 = 0.999999940395355224609375;

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
  if (sizeof<E>() == 8) scaleBy<T, E, V>(false, e, y, n, hi, lo, peak, value);
  else scaleSingle<V>(hi >= SMALL, e, y, n, hi);
}

/**
 * float32: e times a factor to y. plain: no e is below 2^-10. Else, or where the factor is small, the low part of a product may be
 * subnormal where the result is not, and that costs some processors 150 cycles: the factor is taken as f P, 1 <= f < 2, and e f
 * comes first, then times the power of two P.
 */
export function scaleSingle<V>(plain: bool, e: usize, y: usize, n: i32, factor: f64): void {
  if (plain && factor >= SMALL) scaleBy<f32, f32, V>(false, e, y, n, factor, 0, 0, 0);
  else if (factor < TINY) scaleWide<V>(e, y, n, factor);
  else scaleBy<f32, f32, V>(true, e, y, n, factor * inversePower<f64>(factor), 0, powerOf<f64>(factor), 0);
}

/** 2^-88; 1 / the sum of a lane that is not near is below it */
const SMALL: f64 = 3.2311742677852644e-27;
/** a factor that float32 does not hold, of a block whose maximum is far below that of its lane: it multiplies in float64 */
const TINY: f64 = 7.52316384526264e-37; // 2^-120

function scaleWide<V>(e: usize, y: usize, n: i32, factor: f64): void {
  const u = splat<f64, V>(factor), wide = width<f64, V>(), d = span<f32, f64, V>();
  for (; n > 0; n -= wide, e += d, y += d) put<f32, f64, V>(y, mul<f64, V>(get<f32, f64, V>(e, n, u), u), n);
}

/** deep: e (hi + lo) peak, for `peak` the P of scaleSingle */
// @ts-ignore: decorator
@inline
function scaleBy<T, E, V>(deep: bool, e: usize, y: usize, n: i32, hi: f64, lo: f64, peak: f64, value: f64): void {
  const high = highPart<E>(hi), uh = splat<E, V>(high), ul = splat<E, V>(sizeof<E>() == 4 ? <E>(hi - <f64>high) : <E>lo);
  const p = splat<E, V>(<E>peak), v = splat<E, V>(<E>value), replaced = sizeof<T>() == 8;
  const de = span<E, E, V>(), dy = span<T, E, V>(), wide = width<E, V>();
  for (; n >= 4 * wide; n -= 4 * wide, e += 4 * de, y += 4 * dy) {
    const e0 = loadAs<E, E, V>(e), e1 = loadAs<E, E, V>(e + de), e2 = loadAs<E, E, V>(e + 2 * de), e3 = loadAs<E, E, V>(e + 3 * de);
    let y0 = multiply<T, E, V>(deep, e0, uh, ul, p);
    let y1 = multiply<T, E, V>(deep, e1, uh, ul, p);
    let y2 = multiply<T, E, V>(deep, e2, uh, ul, p);
    let y3 = multiply<T, E, V>(deep, e3, uh, ul, p);
    // rare, and to find out that it is not so takes half of what it takes
    if (replaced) if (anyAtLeast<E, V>(pmax<E, V>(pmax<E, V>(e0, e1), pmax<E, V>(e2, e3)), p)) {
      y0 = whereEqual<E, V>(e0, p, v, y0);
      y1 = whereEqual<E, V>(e1, p, v, y1);
      y2 = whereEqual<E, V>(e2, p, v, y2);
      y3 = whereEqual<E, V>(e3, p, v, y3);
    }
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
function multiply<T, E, V>(deep: bool, e: V, hi: V, lo: V, peak: V): V {
  if (sizeof<T>() == 4 && sizeof<E>() == 8) return mul<E, V>(e, hi);
  const y = madd<E, V>(e, hi, mul<E, V>(e, lo));
  return deep ? mul<E, V>(y, peak) : y;
}

// @ts-ignore: decorator
@inline
export function times<T, E, V>(deep: bool, e: V, hi: V, lo: V, peak: V, value: V): V {
  const y = multiply<T, E, V>(deep, e, hi, lo, peak);
  return sizeof<T>() == 8 ? whereEqual<E, V>(e, peak, value, y) : y;
}

/** x -> theta (x - element) - (hi + lo) */
export function subtractRow<T, E, V>(x: usize, y: usize, n: i32, element: f64, hi: f64, lo: f64): void {
  const m = splat<E, V>(<E>element), th = splat<E, V>(<E>theta);
  const lh = splat<E, V>(<E>hi), ll = splat<E, V>(<E>lo);
  const dx = span<T, E, V>(), wide = width<E, V>();
  if (sizeof<E>() == 4 && scaled) {
    // x - m may overflow and theta (x - m) not
    if (theta < 1 && abs<f64>(element) > 1e30) return subtractRow<T, f64, V>(x, y, n, element, hi, lo);
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
export function minus<T, E, V>(x: V, m: V, th: V, hi: V, lo: V): V {
  const d = sub<E, V>(x, m);
  if (sizeof<E>() == 4) return sub<E, V>(d, hi);
  if (sizeof<T>() == 4) return sub<E, V>(mul<E, V>(d, th), hi);
  return sub<E, V>(sub<E, V>(d, hi), lo);
}
