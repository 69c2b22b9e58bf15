import {
  add, div, exponent, inversePower, madd, mantissa, mul, mulLow, nmadd, round, sub, tableScale, tableTail,
} from './arithmetic';
import { F64, LOG, TABLE } from './constants';
import { OFFSET_F32, OFFSET_F64, biasOf } from './exp';
import { constant, splat, storeAs, zero } from './slots';

// What is done once a lane: float64 in two parts (hi + lo), W one lane or two. A pair of results goes to memory,
// hi at `into` and lo at `into + pitch`.

// @ts-ignore: decorator
@inline
function put<W>(into: usize, pitch: usize, hi: W, lo: W): void {
  storeAs<f64, f64, W>(into, hi);
  storeAs<f64, f64, W>(into + pitch, lo);
}

/** exp(z) 2^(200 - K) to 2^-59: step by step exp4F64, so that hi is the e found there, with the last sum in two parts */
export function expPair<W>(z: W, K: W, into: usize, pitch: usize): void {
  const magic = splat<f64, W>(biasOf<f64>(0));
  const bias = sub<f64, W>(magic, mul<f64, W>(K, splat<f64, W>(128)));
  const t = madd<f64, W>(z, constant<f64, W>(F64), bias);
  const n = sub<f64, W>(t, bias);
  const r = nmadd<f64, W>(n, constant<f64, W>(F64 + 16), nmadd<f64, W>(n, constant<f64, W>(F64 + 8), z));
  const s = mul<f64, W>(r, r);
  const a = madd<f64, W>(constant<f64, W>(F64 + 32), r, constant<f64, W>(F64 + 24));
  const b = madd<f64, W>(constant<f64, W>(F64 + 48), r, constant<f64, W>(F64 + 40));
  const p = madd<f64, W>(madd<f64, W>(b, s, a), s, r);
  const h = tableScale<W>(t, TABLE);
  const w = add<f64, W>(tableTail<W>(t, TABLE), p);
  const hi = madd<f64, W>(h, w, h);
  put<W>(into, pitch, hi, sub<f64, W>(mul<f64, W>(h, w), sub<f64, W>(hi, h)));
}

/** e at the maximum, in the scale of its kernel: exp(top) 2^(offset - K) */
export function maxTerm<E, W>(top: W, K: W, into: usize, pitch: usize): void {
  expPair<W>(top, sizeof<E>() == 4 ? add<f64, W>(K, splat<f64, W>(OFFSET_F64 - OFFSET_F32)) : K, into, pitch);
}

/** 1 / (hi + lo), by one Newton step with an exact product; for float32 elements 1 / hi is enough. `poison` is added to it. */
export function reciprocal<T, W>(hi: W, lo: W, poison: W, into: usize, pitch: usize): void {
  const one = constant<f64, W>(F64 + 56);
  const u = div<f64, W>(one, hi);
  if (sizeof<T>() == 4) {
    storeAs<f64, f64, W>(into, add<f64, W>(u, poison));
    return;
  }
  const p = mul<f64, W>(u, hi);
  const left = sub<f64, W>(sub<f64, W>(sub<f64, W>(one, p), mulLow<W>(u, hi, p)), mul<f64, W>(u, lo));
  put<W>(into, pitch, add<f64, W>(u, poison), mul<f64, W>(u, left));
}

/** (ah + al) (bh + bl), rounded once */
export function product<W>(ah: W, al: W, bh: W, bl: W, into: usize): void {
  const p = mul<f64, W>(ah, bh);
  const low = add<f64, W>(mulLow<W>(ah, bh, p), add<f64, W>(mul<f64, W>(ah, bl), mul<f64, W>(al, bh)));
  storeAs<f64, f64, W>(into, add<f64, W>(p, low));
}

/** (hi + lo) / (eh + el); for float32 elements hi / eh is enough */
export function quotient<T, W>(hi: W, lo: W, eh: W, el: W, into: usize, pitch: usize): void {
  if (sizeof<T>() == 4) {
    put<W>(into, pitch, div<f64, W>(hi, eh), zero<f64, W>());
    return;
  }
  const q = div<f64, W>(hi, eh);
  const p = mul<f64, W>(q, eh);
  const left = add<f64, W>(sub<f64, W>(sub<f64, W>(sub<f64, W>(hi, p), mulLow<W>(q, eh, p)), mul<f64, W>(q, el)), lo);
  put<W>(into, pitch, q, div<f64, W>(left, eh));
}

/**
 * log(count + vh + vl) for a sum of at least 1, nearly, with `poison` added.
 * Method:  a = count + v in two parts; n = 128 log2 a nearly, by a quartic that is 0 at 1; T = 2^(-n / 128) from the
 *          table of exp; r = a T - 1 exactly; log a = n ln2 / 128 + log1p(r), |r| < 2^-7, degree 7.
 *          For a = 1 + v with a small v: n = 0, T = 1, r = v, so it is log1p with no branch.
 * Error:   2^-57, relative, near 1 2^-59; for float32 elements 2^-42, by logFast (npm run proof).
 */
export function logPair<T, W>(count: W, vh: W, vl: W, poison: W, into: usize, pitch: usize): void {
  const sum = add<f64, W>(count, vh);
  const part = sub<f64, W>(sum, count);
  const ah = sum;
  const al = add<f64, W>(
    add<f64, W>(sub<f64, W>(count, sub<f64, W>(sum, part)), sub<f64, W>(vh, part)), vl);
  if (sizeof<T>() == 4) {
    put<W>(into, pitch, add<f64, W>(logFast<W>(ah, al), poison), zero<f64, W>());
    return;
  }

  const one = constant<f64, W>(F64 + 56);
  const z = sub<f64, W>(mantissa<W>(ah), one);
  let q = sub<f64, W>(splat<f64, W>(0.3218), mul<f64, W>(z, splat<f64, W>(0.0826)));
  q = sub<f64, W>(mul<f64, W>(z, q), splat<f64, W>(0.6777));
  q = mul<f64, W>(z, add<f64, W>(mul<f64, W>(z, q), splat<f64, W>(1.4385)));
  const n = round<f64, W>(mul<f64, W>(add<f64, W>(exponent<W>(ah), q), splat<f64, W>(128)));

  // T = H (1 + tail) = 2^(-n / 128); the magic constant without the offset puts -n in the low bits
  const t = sub<f64, W>(splat<f64, W>(6755399441055744.0), n);
  const H = tableScale<W>(t, TABLE), p = mul<f64, W>(H, ah);
  const pl = add<f64, W>(mulLow<W>(H, ah, p), add<f64, W>(mul<f64, W>(H, al), mul<f64, W>(p, tableTail<W>(t, TABLE))));
  const head = sub<f64, W>(p, one);
  const r = add<f64, W>(head, pl);
  let y = add<f64, W>(mul<f64, W>(r, splat<f64, W>(1.0 / 7.0)), splat<f64, W>(-1.0 / 6.0));
  y = add<f64, W>(mul<f64, W>(r, y), splat<f64, W>(0.2));
  y = sub<f64, W>(mul<f64, W>(r, y), splat<f64, W>(0.25));
  y = add<f64, W>(mul<f64, W>(r, y), splat<f64, W>(1.0 / 3.0));
  y = sub<f64, W>(mul<f64, W>(r, y), splat<f64, W>(0.5));
  y = mul<f64, W>(mul<f64, W>(r, r), y);
  const nh = mul<f64, W>(n, constant<f64, W>(F64 + 8));
  const rl = add<f64, W>(sub<f64, W>(head, sub<f64, W>(r, sub<f64, W>(r, head))),
    sub<f64, W>(pl, sub<f64, W>(r, head)));
  const hi = add<f64, W>(nh, r);
  const lost = add<f64, W>(sub<f64, W>(r, sub<f64, W>(hi, nh)), rl);
  const low = add<f64, W>(add<f64, W>(mul<f64, W>(n, constant<f64, W>(F64 + 16)), y), lost);
  const top = add<f64, W>(hi, low);
  put<W>(into, pitch, add<f64, W>(top, poison), sub<f64, W>(low, sub<f64, W>(top, hi)));
}

/**
 * log(ah + al), by z = a 2^-k - 1 in [2^-0.5, 2^0.5) - 1 and s = z / (2 + z): a = 2^k (1 + s) / (1 - s).
 * For a = 1 + v with a small v: k = 0, z = v, so it is log1p with no branch.
 */
// @ts-ignore: decorator
@inline
function logFast<W>(ah: W, al: W): W {
  const two = splat<f64, W>(2), near = mul<f64, W>(ah, splat<f64, W>(1.4142135623730951)), H = inversePower<W>(near);
  const z = add<f64, W>(sub<f64, W>(mul<f64, W>(H, ah), constant<f64, W>(F64 + 56)), mul<f64, W>(H, al));
  const s = div<f64, W>(z, add<f64, W>(two, z)), w = mul<f64, W>(s, s);
  let q = madd<f64, W>(constant<f64, W>(LOG + 40), w, constant<f64, W>(LOG + 32));
  q = madd<f64, W>(q, w, constant<f64, W>(LOG + 24));
  q = madd<f64, W>(q, w, constant<f64, W>(LOG + 16));
  q = madd<f64, W>(q, w, constant<f64, W>(LOG + 8));
  q = mul<f64, W>(s, madd<f64, W>(q, w, two));
  return madd<f64, W>(exponent<W>(near), constant<f64, W>(LOG), q);
}

/** m + L rounded once, m and L in two parts */
export function addPairs(mh: f64, ml: f64, Lh: f64, Ll: f64): f64 {
  const sum = mh + Lh, part = sum - mh;
  const lost = (mh - (sum - part)) + (Lh - part);
  // an infinite sum has no error term
  return lost - lost == 0 ? sum + (lost + (ml + Ll)) : sum;
}
