// float64 arithmetic in two parts: a number is hi + lo, unevaluated, |lo| at most about half a unit in the last place of
// hi. Only + - * / are used, so every engine gives the same bits.

/** Where a function that returns the high part of a pair leaves the low part: read it before the next call. */
export const last = { low: 0.5 }; // a fraction, so that engines hold it as a double from the start

/** What s = fl(a + b) lacks of a + b, exactly; NaN where s is infinite (Knuth). */
export function sumLow(a: number, b: number, s: number): number {
  const part = s - a;
  return a - (s - part) + (b - part);
}

/** What p = fl(a b) lacks of a b: exactly for |a|, |b| < 2^996 and |p| > 2^-960, NaN beyond 2^996 (Dekker, Veltkamp). */
export function productLow(a: number, b: number, p: number): number {
  const cutA = 134217729 * a;
  const cutB = 134217729 * b;
  const a1 = cutA - (cutA - a);
  const b1 = cutB - (cutB - b);
  const a2 = a - a1;
  const b2 = b - b1;
  return a2 * b2 - (p - a1 * b1 - a2 * b1 - a1 * b2);
}

/** (ah + al) (bh + bl) */
export function timesPair(ah: number, al: number, bh: number, bl: number): number {
  const p = ah * bh;
  last.low = productLow(ah, bh, p) + (ah * bl + al * bh);
  return p;
}

/** (ah + al) / (bh + bl) */
export function quotientPair(ah: number, al: number, bh: number, bl: number): number {
  const q = ah / bh;
  const p = q * bh;
  last.low = (ah - p - productLow(q, bh, p) + (al - q * bl)) / bh;
  return q;
}

/**
 * theta power (x - m), for a power of two and 1 <= |theta| < 2 (or power = 1 and any theta whose products do not
 * vanish); exact to about 2^-100. An infinite result, or a NaN, has a low part that means nothing.
 */
export function argumentPair(x: number, m: number, theta: number, power: number): number {
  if (theta !== 1 || power !== 1) return scaledPair(x, m, theta, power);
  const d = x - m;
  last.low = sumLow(x, -m, d);
  return d;
}

function scaledPair(x: number, m: number, theta: number, power: number): number {
  // halves, where their difference could overflow and theta power (x - m) not
  const half = power < 1 ? 0.5 : 1;
  const rest = power < 1 ? 2 * power : power;
  const a = x * half;
  const b = m * half;
  const d = a - b;
  const p = d * rest;
  const z = p * theta;
  const lost = theta * (sumLow(a, -b, d) * rest);
  const low = productLow(p, theta, z) + lost;
  last.low = low === low ? low : productLow(p * DOWN, theta, z * DOWN) / DOWN + lost;
  return z;
}

const DOWN = 5.421010862427522e-20; // 2^-64
const LARGE = 8.452712498170644e270; // 2^900
const SMALL = 1.1830521861667747e-271; // 2^-900

/** theta power m + (Lh + Ll), rounded once */
export function plusProduct(m: number, theta: number, power: number, Lh: number, Ll: number): number {
  // The power of two comes first where that is exact.
  const first = power >= 1 || m > LARGE || m < -LARGE;
  const a = first ? m * power : m;
  const p = a * theta;
  const ph = first ? p : p * power;
  const sum = ph + Lh;
  if (sum - sum !== 0) return sum;
  // A product next to the subnormals has no low part to speak of; one next to overflow has no use for it.
  const size = ph < 0 ? -ph : ph;
  const low = size > SMALL && size < LARGE ? productLow(a, theta, p) * (first ? 1 : power) : 0;
  return sum + (sumLow(ph, Lh, sum) + (low + Ll));
}

const STEPS_PER_UNIT = 184.6649652337873; // 128 / ln2
const STEP_HIGH = 0.005415212347998022; // ln2 / 128, 34 bits
const STEP_LOW = 1.2655086083325438e-13; // what is left of it
const LEAST = 2.2250738585072014e-308; // 2^-1022
const LARGEST = 8.98846567431158e307; // 2^1023
const ROUND = 6755399441055744; // 1.5 2^52: added and taken away, it leaves the nearest integer
const ROOT_HIGH = 1.0054299011128027; // 2^(1 / 128)
const ROOT_LOW = 9.499186535455032e-17;

/** 2^(i / 128) as pairs, i = 0 .. 127, then 2^k at ZERO + k, k = -1022 .. 1023 */
let table: Float64Array | undefined;
const ZERO = 256 + 1022;

function makeTable(): Float64Array {
  table = new Float64Array(ZERO + 1024);
  for (let i = 0, hi = 1, lo = 0; i < 256; i += 2) {
    table[i] = hi;
    table[i + 1] = lo;
    const p = timesPair(hi, lo, ROOT_HIGH, ROOT_LOW);
    hi = p + last.low;
    lo = last.low - (hi - p);
  }
  for (let at = 256, power = LEAST; at < table.length; at++, power *= 2) table[at] = power;
  return table;
}

/**
 * exp(zh + zl) 2^shift, shift a whole number; from subnormal results to overflow.
 * Method:  z = n ln2 / 128 + r, |r| <= ln2 / 256; 2^(n / 128) from a table of 128 pairs;
 *          exp(r) = 1 + r + r^2 q(r), q cubic; r in two parts until it meets the small terms.
 * Error:   2^-60 relative; a result below 2^-960 has an incomplete low part, one below 2^-1021 is rounded once.
 * Special: a NaN stays; zl does not matter where zh is infinite.
 */
export function expPair(zh: number, zl: number, shift: number): number {
  const values = table ?? makeTable();
  if (!(zh > -2800 && zh < 2800)) return beyond(zh);
  const n = zh * STEPS_PER_UNIT + ROUND - ROUND;
  const d = zh - n * STEP_HIGH;
  const c = zl - n * STEP_LOW;
  const r = d + c;
  const s = r * r;
  const q = 0.4999999999999678 + r * 0.16666666666668167 + s * (0.04166668085365063 + r * 0.008333332351756796);
  const i = (n & 127) << 1;
  const root = values[i];
  const w = root * (r + (s * q + (d - r + c))) + values[i + 1];
  const hi = root + w;
  const lo = w - (hi - root);
  const k = (n >> 7) + shift;
  if (k <= -1022 || k > 1023) return twice(hi, lo, k);
  const scale = values[ZERO + k];
  last.low = lo * scale;
  return hi * scale;
}

/**
 * hi + lo and exp(theta power (x - m)) of elements from .. to, none of them above 1: returns the high part. The bits are those
 * of argumentPair, expPair and sumLow one by one; written out, they take half the time.
 */
// prettier-ignore
export function addExps(
  x: Float64Array, from: number, to: number, m: number, theta: number, power: number, hi: number, lo: number,
): number {
  const values = table ?? makeTable(),
    plain = theta === 1 && power === 1;
  for (let k = from; k < to; k++) {
    const v = x[k]!;
    let zh = v - m;
    let zl = sumLow(v, -m, zh);
    if (!plain) {
      zh = scaledPair(v, m, theta, power);
      zl = last.low;
    }
    let e: number;
    let el: number;
    if (zh > -700) {
      const n = zh * STEPS_PER_UNIT + ROUND - ROUND;
      const whole = n | 0;
      const d = zh - n * STEP_HIGH;
      const c = zl - n * STEP_LOW;
      const r = d + c;
      const s = r * r;
      const q = 0.4999999999999678 + r * 0.16666666666668167 + s * (0.04166668085365063 + r * 0.008333332351756796);
      const i = (whole & 127) << 1;
      const root = values[i]!;
      const w = root * (r + (s * q + (d - r + c))) + values[i + 1]!;
      const high = root + w;
      const scale = values[ZERO + (whole >> 7)]!;
      e = high * scale;
      el = (w - (high - root)) * scale;
    } else {
      e = expPair(zh, zl, 0);
      el = last.low;
    }
    const sum = hi + e;
    lo += el + sumLow(hi, e, sum);
    hi = sum;
  }
  last.low = lo;
  return hi;
}

function beyond(z: number): number {
  last.low = 0;
  return z < 0 ? 0 : z * Infinity;
}

/** (hi + lo) 2^k, rounded once, where that is no product: from 2^1024 on, and where it may be subnormal */
function twice(hi: number, lo: number, k: number): number {
  last.low = 0;
  if (k > 1023) return k > 1024 ? Infinity : hi * LARGEST * 2;
  if (k < -1100) return 0;
  if (k === -1022 && hi >= 1) return hi * LEAST;
  // a sum with this ends where subnormals do
  const grid = table![ZERO - 1022 - k];
  const s = grid + hi;
  return (s + (sumLow(grid, hi, s) + lo) - grid) * table![ZERO + k + 1022] * LEAST;
}

/**
 * log(2^shift (count + vh + vl)), shift a whole number; -Infinity for 0.
 * Method:  a = count + v = 2^k (1 + z); n = 128 log2 a nearly, by a quartic in z that is 0 at 0;
 *          r = a 2^(-n / 128) - 1 in two parts; log a = n ln2 / 128 + log1p(r), |r| < 2^-7, degree 10.
 *          For a = 1 + v with a small v: n = 0 and r = v, so it is log1p with no branch.
 * Error:   2^-60 relative, 2^-57 for |v| < 2^-44.
 */
export function logPair(count: number, vh: number, vl: number, shift = 0): number {
  const values = table ?? makeTable();
  const sum = count + vh;
  last.low = 0;
  if (!(sum > 0 && sum < Infinity)) return sum === 0 ? -Infinity : sum > 0 ? sum : NaN;
  const tail = sumLow(count, vh, sum);
  let k = 0;
  let scale = 1;
  for (; sum * scale >= 2; k++) scale *= 0.5;
  for (; sum * scale < 1; k--) scale *= 2;
  const ah = sum * scale;
  const al = (tail + vl) * scale;
  const left = sumLow(tail, vl, tail + vl) * scale; // it counts next to 1 alone
  const z = ah - 1;
  const steps = 128 * (z * (1.4385 + z * (-0.6777 + z * (0.3218 - z * 0.0826)))) + ROUND - ROUND;
  const i = (-steps & 127) << 1;
  const half = steps > 0 ? 0.5 : 1;
  const root = values[i] * half;
  const head = timesPair(ah, al, root, values[i + 1] * half) - 1;
  const pl = last.low;
  const r = head + pl;
  const rl = sumLow(head, pl, r) + left * root;
  let y = 1 / 9 - r * 0.1;
  y = 0.2 + r * (-1 / 6 + r * (1 / 7 + r * (-1 / 8 + r * y)));
  y = r * r * (-0.5 + r * (1 / 3 + r * (-0.25 + r * y)));
  const n = 128 * (k + shift) + steps;
  const nh = n * STEP_HIGH;
  const hi = nh + r;
  const low = n * STEP_LOW + (y - r * rl) + (sumLow(nh, r, hi) + rl);
  const top = hi + low;
  last.low = low - (top - hi);
  return top;
}
