import { add, keepWhere, madd, mul, mulLow, nmadd, pmax, sub, tableScale, tableTail } from './arithmetic';
import { TABLE } from './constants';
import { part, power, scaled, theta } from './exp';
import { loadAs, span, splat, storeAs } from './slots';

// The exp cores in float64, for float64 elements and for float32 ones. They are written as those of exp32.ts. The argument is
// x, or x - C where the maximum C is so large that x - C is exact wherever it matters; with a theta, and for float32
// elements, it is theta (x - C).

/**
 * float64: e = exp(z) 2^(200 - K), z = max(x, lo), |z| <= 2839.
 * Method:  z = n ln2 / 128 + r, |r| <= ln2 / 256; 2^(n / 128) = H (1 + tail) from a table of 128;
 *          e = H + H (tail + r + r^2 q(r)), q cubic. theta: x is the high part of the argument, and the low part, in LOW, is added to r.
 * Special: a NaN stays; the table index is masked, so that it cannot read elsewhere.
 * Source:  tools/constants.mjs
 */
// @ts-ignore: decorator
@inline
export function exp4F64<V>(masked: bool, x: usize, dx: usize, y: usize, dy: usize, lost: usize, peak: usize,
  lo0: V, lo1: V, lo2: V, lo3: V, m0: V, m1: V, m2: V, m3: V,
  log2e: V, hi: V, low: V, q2: V, q3: V, q4: V, q5: V): void {
  const z0 = pmax<f64, V>(loadAs<f64, f64, V>(x), lo0);
  const z1 = pmax<f64, V>(loadAs<f64, f64, V>(x + dx), lo1);
  const z2 = pmax<f64, V>(loadAs<f64, f64, V>(x + 2 * dx), lo2);
  const z3 = pmax<f64, V>(loadAs<f64, f64, V>(x + 3 * dx), lo3);
  const t0 = madd<f64, V>(z0, log2e, m0);
  const t1 = madd<f64, V>(z1, log2e, m1);
  const t2 = madd<f64, V>(z2, log2e, m2);
  const t3 = madd<f64, V>(z3, log2e, m3);
  const n0 = sub<f64, V>(t0, m0);
  const n1 = sub<f64, V>(t1, m1);
  const n2 = sub<f64, V>(t2, m2);
  const n3 = sub<f64, V>(t3, m3);
  let r0 = nmadd<f64, V>(n0, low, nmadd<f64, V>(n0, hi, z0));
  let r1 = nmadd<f64, V>(n1, low, nmadd<f64, V>(n1, hi, z1));
  let r2 = nmadd<f64, V>(n2, low, nmadd<f64, V>(n2, hi, z2));
  let r3 = nmadd<f64, V>(n3, low, nmadd<f64, V>(n3, hi, z3));
  if (scaled) {
    r0 = add<f64, V>(r0, loadAs<f64, f64, V>(LOW));
    r1 = add<f64, V>(r1, loadAs<f64, f64, V>(LOW + 1 * span<f64, f64, V>()));
    r2 = add<f64, V>(r2, loadAs<f64, f64, V>(LOW + 2 * span<f64, f64, V>()));
    r3 = add<f64, V>(r3, loadAs<f64, f64, V>(LOW + 3 * span<f64, f64, V>()));
  }
  const s0 = mul<f64, V>(r0, r0);
  const s1 = mul<f64, V>(r1, r1);
  const s2 = mul<f64, V>(r2, r2);
  const s3 = mul<f64, V>(r3, r3);
  const a0 = madd<f64, V>(q3, r0, q2);
  const a1 = madd<f64, V>(q3, r1, q2);
  const a2 = madd<f64, V>(q3, r2, q2);
  const a3 = madd<f64, V>(q3, r3, q2);
  const b0 = madd<f64, V>(q5, r0, q4);
  const b1 = madd<f64, V>(q5, r1, q4);
  const b2 = madd<f64, V>(q5, r2, q4);
  const b3 = madd<f64, V>(q5, r3, q4);
  const p0 = madd<f64, V>(madd<f64, V>(b0, s0, a0), s0, r0);
  const p1 = madd<f64, V>(madd<f64, V>(b1, s1, a1), s1, r1);
  const p2 = madd<f64, V>(madd<f64, V>(b2, s2, a2), s2, r2);
  const p3 = madd<f64, V>(madd<f64, V>(b3, s3, a3), s3, r3);
  const h0 = tableScale<V>(t0, TABLE);
  const h1 = tableScale<V>(t1, TABLE);
  const h2 = tableScale<V>(t2, TABLE);
  const h3 = tableScale<V>(t3, TABLE);
  const w0 = add<f64, V>(tableTail<V>(t0, TABLE), p0);
  const w1 = add<f64, V>(tableTail<V>(t1, TABLE), p1);
  const w2 = add<f64, V>(tableTail<V>(t2, TABLE), p2);
  const w3 = add<f64, V>(tableTail<V>(t3, TABLE), p3);
  const e0 = madd<f64, V>(h0, w0, h0);
  const e1 = madd<f64, V>(h1, w1, h1);
  const e2 = madd<f64, V>(h2, w2, h2);
  const e3 = madd<f64, V>(h3, w3, h3);
  storeAs<f64, f64, V>(y, e0);
  storeAs<f64, f64, V>(y + dy, e1);
  storeAs<f64, f64, V>(y + 2 * dy, e2);
  storeAs<f64, f64, V>(y + 3 * dy, e3);
  const x0 = nmadd<f64, V>(h0, w0, sub<f64, V>(e0, h0));
  const x1 = nmadd<f64, V>(h1, w1, sub<f64, V>(e1, h1));
  const x2 = nmadd<f64, V>(h2, w2, sub<f64, V>(e2, h2));
  const x3 = nmadd<f64, V>(h3, w3, sub<f64, V>(e3, h3));
  if (masked) {
    lose<V>(lost, x0, z0, peak);
    lose<V>(lost + span<f64, f64, V>(), x1, z1, peak + span<f64, f64, V>());
    lose<V>(lost + 2 * span<f64, f64, V>(), x2, z2, peak + 2 * span<f64, f64, V>());
    lose<V>(lost + 3 * span<f64, f64, V>(), x3, z3, peak + 3 * span<f64, f64, V>());
  } else {
    storeAs<f64, f64, V>(lost, sub<f64, V>(loadAs<f64, f64, V>(lost), add<f64, V>(add<f64, V>(x0, x1), add<f64, V>(x2, x3))));
  }
}

/** Adds to the word at `lost` what a rounded e lacks, -excess, where its z is below the one at `peak`. */
// @ts-ignore: decorator
@inline
function lose<V>(lost: usize, excess: V, z: V, peak: usize): void {
  storeAs<f64, f64, V>(lost, sub<f64, V>(loadAs<f64, f64, V>(lost), keepWhere<f64, V>(z, loadAs<f64, f64, V>(peak), excess)));
}

/** of the four values that exp4 takes next: theta (x - C) as HIGH + LOW */
export const HIGH: usize = memory.data(64, 16);
const LOW: usize = memory.data(64, 16);

/** The arguments theta (x - C) of the four values at x, to HIGH and LOW. */
export function scaleArguments<V>(x: usize, C: f64): void {
  const half = part();
  const origin = splat<f64, V>(C * half), th = splat<f64, V>(theta), pw = splat<f64, V>(power / half), factor = splat<f64, V>(half);
  for (let i = 0; i < 4 * span<f64, f64, V>(); i += span<f64, f64, V>()) {
    const value = mul<f64, V>(loadAs<f64, f64, V>(x + i), factor);
    const d = mul<f64, V>(sub<f64, V>(value, origin), pw), f = mul<f64, V>(d, th);
    storeAs<f64, f64, V>(HIGH + i, f);
    // a clamped argument has no low part
    storeAs<f64, f64, V>(LOW + i, keepWhere<f64, V>(splat<f64, V>(-1000), f, productLow<V>(value, origin, d, f, th, pw)));
  }
}

/** What the float64 product f = theta d, d = power (x - C), lacks of theta power (x - C); 0 where the parts might overflow. */
// @ts-ignore: decorator
@inline
export function productLow<V>(x: V, C: V, d: V, f: V, th: V, pw: V): V {
  const rounded = sub<f64, V>(x, C);
  const part = sub<f64, V>(x, rounded);
  const lost = add<f64, V>(sub<f64, V>(x, add<f64, V>(rounded, part)), sub<f64, V>(part, C));
  const low = add<f64, V>(mulLow<V>(th, d, f), mul<f64, V>(th, mul<f64, V>(lost, pw)));
  return keepWhere<f64, V>(splat<f64, V>(-1e290), f, low);
}

/**
 * float32 in, float64 out: e = exp(z) 2^200, z = max(theta (x - C), lo).
 * Method:  the table of 128 without tails, r + r^2 / 2 + r^3 / 6; relative error 2^-38 (npm run proof).
 * Special: a NaN stays.
 */
// @ts-ignore: decorator
@inline
export function exp4Exact<V>(x: usize, dx: usize, y: usize, dy: usize, th: V, C: V,
  lo0: V, lo1: V, lo2: V, lo3: V, m0: V, m1: V, m2: V, m3: V,
  log2e: V, step: V, q2: V, q3: V): void {
  const z0 = pmax<f64, V>(mul<f64, V>(sub<f64, V>(loadAs<f32, f64, V>(x), C), th), lo0);
  const z1 = pmax<f64, V>(mul<f64, V>(sub<f64, V>(loadAs<f32, f64, V>(x + dx), C), th), lo1);
  const z2 = pmax<f64, V>(mul<f64, V>(sub<f64, V>(loadAs<f32, f64, V>(x + 2 * dx), C), th), lo2);
  const z3 = pmax<f64, V>(mul<f64, V>(sub<f64, V>(loadAs<f32, f64, V>(x + 3 * dx), C), th), lo3);
  const t0 = madd<f64, V>(z0, log2e, m0);
  const t1 = madd<f64, V>(z1, log2e, m1);
  const t2 = madd<f64, V>(z2, log2e, m2);
  const t3 = madd<f64, V>(z3, log2e, m3);
  const n0 = sub<f64, V>(t0, m0);
  const n1 = sub<f64, V>(t1, m1);
  const n2 = sub<f64, V>(t2, m2);
  const n3 = sub<f64, V>(t3, m3);
  const r0 = nmadd<f64, V>(n0, step, z0);
  const r1 = nmadd<f64, V>(n1, step, z1);
  const r2 = nmadd<f64, V>(n2, step, z2);
  const r3 = nmadd<f64, V>(n3, step, z3);
  const s0 = mul<f64, V>(r0, r0);
  const s1 = mul<f64, V>(r1, r1);
  const s2 = mul<f64, V>(r2, r2);
  const s3 = mul<f64, V>(r3, r3);
  const p0 = madd<f64, V>(madd<f64, V>(q3, r0, q2), s0, r0);
  const p1 = madd<f64, V>(madd<f64, V>(q3, r1, q2), s1, r1);
  const p2 = madd<f64, V>(madd<f64, V>(q3, r2, q2), s2, r2);
  const p3 = madd<f64, V>(madd<f64, V>(q3, r3, q2), s3, r3);
  const h0 = tableScale<V>(t0, TABLE);
  const h1 = tableScale<V>(t1, TABLE);
  const h2 = tableScale<V>(t2, TABLE);
  const h3 = tableScale<V>(t3, TABLE);
  storeAs<f64, f64, V>(y, madd<f64, V>(h0, p0, h0));
  storeAs<f64, f64, V>(y + dy, madd<f64, V>(h1, p1, h1));
  storeAs<f64, f64, V>(y + 2 * dy, madd<f64, V>(h2, p2, h2));
  storeAs<f64, f64, V>(y + 3 * dy, madd<f64, V>(h3, p3, h3));
}
