import { add, head, hiddenOf, madd, mul, nmadd, pmax, pmin, powerF32, shown, sub, whereOther } from './arithmetic';
import { orBits } from './bits';
import { SCALE } from './constants';
import { scaled } from './exp';
import { constant, loadAs, loadNext, storeAs, storeNext } from './slots';

// The exp cores of float32. Each takes four values at a time, written step by step beside one another: engines keep the order
// of the source, and four independent chains hide the latency of one. The results go to memory; who sums them reads them
// back from there, which costs nothing beside the exp.

/**
 * Four values at x -> e = exp(theta z) 2^(offset - K) at y, z = max(x, lo) or, where the lane is near and not low, x itself. Rounding
 * constants m and table k as in constants.ts; n / 32 is the integer of the range reduction. Returns, of a near lane, `far` with
 * the bits of all n / 32 or'ed into it: bit 30 is set where |n| is 64 or more, or an argument is infinite or NaN. Of a low one,
 * the largest n / 32 (relaxed: the least -n / 32), in which a NaN does not show; e of what is lo or less is 0. masked: what `hidden`
 * (hidden16) hides is taken for 0, and its e is 0.
 */
// @ts-ignore: decorator
@inline
export function exp4F32<V>(near: bool, low: bool, masked: bool, hidden: V, far: V, x: usize, y: usize, lo0: V, lo1: V, lo2: V, lo3: V, m0: V, m1: V, m2: V, m3: V,
  k0: V, k1: V, k2: V, k3: V, k4: V, k5: V, k6: V, k7: V, k8: V): V {
  let z0 = loadAs<f32, f32, V>(x), z1 = loadNext<V>(x, 1), z2 = loadNext<V>(x, 2), z3 = loadNext<V>(x, 3);
  if (!near || low) {
    z0 = pmax<f32, V>(z0, lo0);
    z1 = pmax<f32, V>(z1, lo1);
    z2 = pmax<f32, V>(z2, lo2);
    z3 = pmax<f32, V>(z3, lo3);
  }
  if (masked) {
    z0 = shown<V>(z0, hiddenOf<V>(hidden, 0));
    z1 = shown<V>(z1, hiddenOf<V>(hidden, 1));
    z2 = shown<V>(z2, hiddenOf<V>(hidden, 2));
    z3 = shown<V>(z3, hiddenOf<V>(hidden, 3));
  }
  const t0 = madd<f32, V>(z0, k0, m0);
  const t1 = madd<f32, V>(z1, k0, m1);
  const t2 = madd<f32, V>(z2, k0, m2);
  const t3 = madd<f32, V>(z3, k0, m3);
  if (ASC_FEATURE_RELAXED_SIMD) return base2<V>(near, low, masked, hidden, far, lo0, y, z0, z1, z2, z3, t0, t1, t2, t3, m0, m1, m2, m3, k0, k1, k2, k3, k4, k5, k6, k7, k8);
  return baseE<V>(near, low, masked, hidden, far, lo0, y, z0, z1, z2, z3, t0, t1, t2, t3, m0, m1, m2, m3, k1, k2, k3, k4, k5, k6, k7, k8);
}

/**
 * Without fused multiply-adds.
 * Method:  z = n U + r, U = ln2 / theta in few bits, exactly; theta = 1: r less n (ln2 - U); else theta r - n (ln2 - theta U)
 *          by halves of r, so that one rounding counts. p = 1 + (r + r^2 q(r)), q of degree 4 by Estrin; times 2^(n - K + offset)
 *          from the low bits of the rounding constant.
 * Error:   0.725 2^-23, relative, for theta = 1 (core32 in test/support/bounds.ts), 0.75 2^-23 with others (npm run proof). Found: 0.6987 for x = 0.1742125302553177,
 *          theta = 1.9999; for theta = 1 0.6777, x = 38.47196960449219 (npm run exhaustive, every 61st float32, six theta).
 * Special: a NaN stays.
 * Source:  tools/constants.mjs
 */
// @ts-ignore: decorator
@inline
function baseE<V>(near: bool, below: bool, masked: bool, hidden: V, far: V, lo: V, y: usize, z0: V, z1: V, z2: V, z3: V, t0: V, t1: V, t2: V, t3: V, m0: V, m1: V, m2: V, m3: V,
  hi: V, low: V, c2: V, c3: V, c4: V, c5: V, c6: V, one: V): V {
  const n0 = sub<f32, V>(t0, m0);
  const n1 = sub<f32, V>(t1, m1);
  const n2 = sub<f32, V>(t2, m2);
  const n3 = sub<f32, V>(t3, m3);
  if (below) {
    far = pmax<f32, V>(pmax<f32, V>(pmax<f32, V>(pmax<f32, V>(far, n0), n1), n2), n3);
  } else if (near) {
    far = orBits<V>(orBits<V>(orBits<V>(orBits<V>(far, n0), n1), n2), n3);
  }
  let r0 = nmadd<f32, V>(n0, hi, z0);
  let r1 = nmadd<f32, V>(n1, hi, z1);
  let r2 = nmadd<f32, V>(n2, hi, z2);
  let r3 = nmadd<f32, V>(n3, hi, z3);
  if (scaled) {
    const th = constant<f32, V>(SCALE), tl = constant<f32, V>(SCALE + 4), mask = constant<f32, V>(SCALE + 8);
    const h0 = head<V>(r0, mask);
    const h1 = head<V>(r1, mask);
    const h2 = head<V>(r2, mask);
    const h3 = head<V>(r3, mask);
    const d0 = nmadd<f32, V>(n0, low, mul<f32, V>(r0, tl));
    const d1 = nmadd<f32, V>(n1, low, mul<f32, V>(r1, tl));
    const d2 = nmadd<f32, V>(n2, low, mul<f32, V>(r2, tl));
    const d3 = nmadd<f32, V>(n3, low, mul<f32, V>(r3, tl));
    r0 = madd<f32, V>(h0, th, madd<f32, V>(sub<f32, V>(r0, h0), th, d0));
    r1 = madd<f32, V>(h1, th, madd<f32, V>(sub<f32, V>(r1, h1), th, d1));
    r2 = madd<f32, V>(h2, th, madd<f32, V>(sub<f32, V>(r2, h2), th, d2));
    r3 = madd<f32, V>(h3, th, madd<f32, V>(sub<f32, V>(r3, h3), th, d3));
  } else {
    r0 = nmadd<f32, V>(n0, low, r0);
    r1 = nmadd<f32, V>(n1, low, r1);
    r2 = nmadd<f32, V>(n2, low, r2);
    r3 = nmadd<f32, V>(n3, low, r3);
  }
  const s0 = mul<f32, V>(r0, r0);
  const s1 = mul<f32, V>(r1, r1);
  const s2 = mul<f32, V>(r2, r2);
  const s3 = mul<f32, V>(r3, r3);
  const a0 = madd<f32, V>(c3, r0, c2);
  const a1 = madd<f32, V>(c3, r1, c2);
  const a2 = madd<f32, V>(c3, r2, c2);
  const a3 = madd<f32, V>(c3, r3, c2);
  const b0 = madd<f32, V>(c6, s0, madd<f32, V>(c5, r0, c4));
  const b1 = madd<f32, V>(c6, s1, madd<f32, V>(c5, r1, c4));
  const b2 = madd<f32, V>(c6, s2, madd<f32, V>(c5, r2, c4));
  const b3 = madd<f32, V>(c6, s3, madd<f32, V>(c5, r3, c4));
  const q0 = madd<f32, V>(b0, s0, a0);
  const q1 = madd<f32, V>(b1, s1, a1);
  const q2 = madd<f32, V>(b2, s2, a2);
  const q3 = madd<f32, V>(b3, s3, a3);
  const p0 = add<f32, V>(one, madd<f32, V>(q0, s0, r0));
  const p1 = add<f32, V>(one, madd<f32, V>(q1, s1, r1));
  const p2 = add<f32, V>(one, madd<f32, V>(q2, s2, r2));
  const p3 = add<f32, V>(one, madd<f32, V>(q3, s3, r3));
  let e0 = mul<f32, V>(p0, powerF32<V>(t0));
  let e1 = mul<f32, V>(p1, powerF32<V>(t1));
  let e2 = mul<f32, V>(p2, powerF32<V>(t2));
  let e3 = mul<f32, V>(p3, powerF32<V>(t3));
  if (below) {
    e0 = whereOther<f32, V>(z0, lo, e0);
    e1 = whereOther<f32, V>(z1, lo, e1);
    e2 = whereOther<f32, V>(z2, lo, e2);
    e3 = whereOther<f32, V>(z3, lo, e3);
  }
  if (masked) {
    e0 = shown<V>(e0, hiddenOf<V>(hidden, 0));
    e1 = shown<V>(e1, hiddenOf<V>(hidden, 1));
    e2 = shown<V>(e2, hiddenOf<V>(hidden, 2));
    e3 = shown<V>(e3, hiddenOf<V>(hidden, 3));
  }
  storeAs<f32, f32, V>(y, e0);
  storeNext<V>(y, e1, 1);
  storeNext<V>(y, e2, 2);
  storeNext<V>(y, e3, 3);
  return far;
}

/**
 * With fused multiply-adds, without which it is useless: src/kernels/choose.ts asks fused() of index.ts first.
 * Method:  theta log2 e = ch + cl; z ch = n + f nearly, |f| <= 1 / 2: f = fma(z, cl, fma(z, ch, -n)); p = 2^f by Horner, degree 6;
 *          times 2^(n - K + offset).
 * Error:   0.725 2^-23, relative, for theta = 1 (core32 in test/support/bounds.ts), 0.82 2^-23 with others (npm run proof). Found: 0.6876 for x = 9146.23828125,
 *          theta = 0.013; for theta = 1 0.6869, x = -12.822824478149414 (npm run exhaustive, every 61st float32, six theta).
 * Special: a NaN stays.
 * Source:  tools/constants.mjs
 */
// @ts-ignore: decorator
@inline
function base2<V>(near: bool, below: bool, masked: bool, hidden: V, far: V, lo: V, y: usize, z0: V, z1: V, z2: V, z3: V, t0: V, t1: V, t2: V, t3: V, m0: V, m1: V, m2: V, m3: V,
  ch: V, cl: V, c1: V, c2: V, c3: V, c4: V, c5: V, c6: V, one: V): V {
  const n0 = sub<f32, V>(m0, t0);
  const n1 = sub<f32, V>(m1, t1);
  const n2 = sub<f32, V>(m2, t2);
  const n3 = sub<f32, V>(m3, t3);
  if (below) {
    far = pmin<f32, V>(pmin<f32, V>(pmin<f32, V>(pmin<f32, V>(far, n0), n1), n2), n3);
  } else if (near) {
    far = orBits<V>(orBits<V>(orBits<V>(orBits<V>(far, n0), n1), n2), n3);
  }
  const g0 = madd<f32, V>(z0, ch, n0);
  const g1 = madd<f32, V>(z1, ch, n1);
  const g2 = madd<f32, V>(z2, ch, n2);
  const g3 = madd<f32, V>(z3, ch, n3);
  const f0 = madd<f32, V>(z0, cl, g0);
  const f1 = madd<f32, V>(z1, cl, g1);
  const f2 = madd<f32, V>(z2, cl, g2);
  const f3 = madd<f32, V>(z3, cl, g3);
  let p0 = madd<f32, V>(c6, f0, c5);
  let p1 = madd<f32, V>(c6, f1, c5);
  let p2 = madd<f32, V>(c6, f2, c5);
  let p3 = madd<f32, V>(c6, f3, c5);
  p0 = madd<f32, V>(p0, f0, c4);
  p1 = madd<f32, V>(p1, f1, c4);
  p2 = madd<f32, V>(p2, f2, c4);
  p3 = madd<f32, V>(p3, f3, c4);
  p0 = madd<f32, V>(p0, f0, c3);
  p1 = madd<f32, V>(p1, f1, c3);
  p2 = madd<f32, V>(p2, f2, c3);
  p3 = madd<f32, V>(p3, f3, c3);
  p0 = madd<f32, V>(p0, f0, c2);
  p1 = madd<f32, V>(p1, f1, c2);
  p2 = madd<f32, V>(p2, f2, c2);
  p3 = madd<f32, V>(p3, f3, c2);
  p0 = madd<f32, V>(p0, f0, c1);
  p1 = madd<f32, V>(p1, f1, c1);
  p2 = madd<f32, V>(p2, f2, c1);
  p3 = madd<f32, V>(p3, f3, c1);
  p0 = madd<f32, V>(p0, f0, one);
  p1 = madd<f32, V>(p1, f1, one);
  p2 = madd<f32, V>(p2, f2, one);
  p3 = madd<f32, V>(p3, f3, one);
  let e0 = mul<f32, V>(p0, powerF32<V>(t0));
  let e1 = mul<f32, V>(p1, powerF32<V>(t1));
  let e2 = mul<f32, V>(p2, powerF32<V>(t2));
  let e3 = mul<f32, V>(p3, powerF32<V>(t3));
  if (below) {
    e0 = whereOther<f32, V>(z0, lo, e0);
    e1 = whereOther<f32, V>(z1, lo, e1);
    e2 = whereOther<f32, V>(z2, lo, e2);
    e3 = whereOther<f32, V>(z3, lo, e3);
  }
  if (masked) {
    e0 = shown<V>(e0, hiddenOf<V>(hidden, 0));
    e1 = shown<V>(e1, hiddenOf<V>(hidden, 1));
    e2 = shown<V>(e2, hiddenOf<V>(hidden, 2));
    e3 = shown<V>(e3, hiddenOf<V>(hidden, 3));
  }
  storeAs<f32, f32, V>(y, e0);
  storeNext<V>(y, e1, 1);
  storeNext<V>(y, e2, 2);
  storeNext<V>(y, e3, 3);
  return far;
}
