// Writes assembly/constants.ts: the numbers of the exp and log kernels as bit patterns.
// Polynomials are own minimax fits (see docs/accuracy.md); ln2 is split so that n * HI is exact for every n the
// kernels meet: 12 bits for float32 (|n| < 2^12), 34 bits for float64 (|n| < 2^19). Usage: node tools/constants.mjs
import { writeFileSync } from 'node:fs';
import { Decimal } from 'decimal.js';

Decimal.set({ precision: 60 });
const ln2 = Decimal.ln(2);
const buffer = new DataView(new ArrayBuffer(8));

/** value -> nearest double, then its 64 bits */
const bits64 = (x) => (buffer.setFloat64(0, Number(x)), '0x' + buffer.getBigUint64(0).toString(16).padStart(16, '0'));
const bits32 = (x) => (buffer.setFloat32(0, Number(x)), '0x' + buffer.getUint32(0).toString(16).padStart(8, '0'));

/** C99 hexadecimal float of a double */
function hex(x) {
  x = Number(x);
  buffer.setFloat64(0, x);
  const b = buffer.getBigUint64(0);
  const mantissa = (b & 0xfffffffffffffn).toString(16).padStart(13, '0').replace(/0+$/, '');
  return `${x < 0 ? '-' : ''}0x1${mantissa && '.' + mantissa}p${Number((b >> 52n) & 0x7ffn) - 1023}`;
}
/** a double as a Decimal, to its last bit: the constructor would take the digits that are printed */
function exactly(x) {
  buffer.setFloat64(0, x);
  const b = buffer.getBigUint64(0),
    exponent = Number((b >> 52n) & 0x7ffn) - 1075;
  return new Decimal(String((b & 0xfffffffffffffn) | 0x10000000000000n)).mul(Decimal.pow(2, exponent));
}
/** leading `bits` bits of a positive decimal, truncated */
function head(x, bits) {
  const exponent = Math.floor(Math.log2(Number(x)));
  const unit = Decimal.pow(2, exponent - bits + 1);
  return x.div(unit).floor().mul(unit);
}

const hi32 = head(ln2, 12),
  hi64 = head(ln2, 34);
/** Range reductions of float32 are kept in units of 32 ln2: then the exponent of n / 32 shows whether |n| < 64 (near rows). */
const UNIT = 32;
/** the rounding constants of e = exp(x) and of e = 2^64 exp(x) */
const near = 1.5 * 2 ** 18 + 127 / UNIT,
  lifted = near + 64 / UNIT;
const f32 = [
  ['log2 e / 32', Decimal.div(1, ln2.mul(UNIT))],
  ['32 ln2, 12 bits', hi32.mul(UNIT)],
  ['32 ln2 - HI', ln2.sub(hi32).mul(UNIT)],
  ['c2', 0x1fffffc / 2 ** 26], // 0x1.fffffcp-2
  ['c3', 0x1555492 / 2 ** 27], // 0x1.555492p-3
  ['c4', 0x15558f2 / 2 ** 29], // 0x1.5558f2p-5
  ['c5', 0x1123a20 / 2 ** 31], // 0x1.123a20p-7
  ['c6', 0x16a23d0 / 2 ** 34], // 0x1.6a23d0p-10
  ['c0', 1],
  ['the rounding constant of near lanes', near],
  ['the same, lifted by 2^64', lifted],
];
const high2 = Math.fround(Number(Decimal.div(1, ln2)));
const base2 = [
  ['log2 e / 32', high2 / UNIT],
  ['log2 e / 32, low', Decimal.div(1, ln2).sub(high2).div(UNIT)],
  ['32 c1', 0x162e430 / 2 ** (25 - 5)], // c1 = 0x1.62e43p-1
  ['32^2 c2', 0x1ebfbdc / 2 ** (27 - 10)], // 0x1.ebfbdcp-3
  ['32^3 c3', 0x1c6af7a / 2 ** (29 - 15)], // 0x1.c6af7ap-5
  ['32^4 c4', 0x13b2dd6 / 2 ** (31 - 20)], // 0x1.3b2dd6p-7
  ['32^5 c5', 0x15f0964 / 2 ** (34 - 25)], // 0x1.5f0964p-10
  ['32^6 c6', 0x14176b2 / 2 ** (37 - 30)], // 0x1.4176b2p-13
  ['c0', 1],
  ['the rounding constant of near lanes', near],
  ['the same, lifted by 2^64', lifted],
];
const wide = (mantissa, exponent) => Number(mantissa) * 2 ** (exponent - 52);
const f64 = [
  ['128 log2 e', Decimal.div(128, ln2)],
  ['ln2 / 128, 34 bits', hi64.div(128)],
  ['ln2 / 128 - HI', ln2.sub(hi64).div(128)],
  ['q2', wide(0x1ffffffffffdbcn, -2)],
  ['q3', wide(0x15555555555772n, -3)],
  ['q4', wide(0x155555cf32d74bn, -5)],
  ['q5', wide(0x111110ef570734n, -7)],
  ['1', 1],
  ['2^27 + 1, which splits a double in two', 2 ** 27 + 1],
];
const exact = [
  ['128 log2 e', Decimal.div(128, ln2)],
  ['ln2 / 128', ln2.div(128)],
  ['q2', 0.5],
  ['q3', Decimal.div(1, 6)],
  ['1', 1],
];
/** coefficients of the polynomial that meets f at as many Chebyshev nodes of [0, most] */
function interpolate(f, most, count) {
  const at = Array.from({ length: count }, (_, i) =>
    Decimal.acos(-1)
      .mul(2 * i + 1)
      .div(2 * count)
      .cos()
      .add(1)
      .mul(most)
      .div(2),
  );
  const newton = at.map((x) => f(x)); // divided differences
  for (let i = 1; i < count; i++) {
    for (let j = count - 1; j >= i; j--) newton[j] = newton[j].sub(newton[j - 1]).div(at[j].sub(at[j - i]));
  }
  let sum = [];
  for (let i = count - 1; i >= 0; i--) {
    // sum = sum (x - at[i]) + newton[i]
    sum = [new Decimal(0), ...sum].map((c, d) => (d < sum.length ? c.sub(sum[d].mul(at[i])) : c));
    sum[0] = sum[0].add(newton[i]);
  }
  return sum;
}
const log = [
  ['ln2', ln2],
  // of (log((1 + s) / (1 - s)) / s - 2) / s^2 as a function of s^2
  ...interpolate(
    (w) =>
      Decimal.ln(Decimal.add(1, w.sqrt()).div(Decimal.sub(1, w.sqrt())))
        .div(w.sqrt())
        .sub(2)
        .div(w),
    Decimal.sqrt(2).sub(1).div(Decimal.sqrt(2).add(1)).pow(2),
    5,
  ).map((c, i) => [`l${i}`, c]),
];
const table = [];
for (let i = 0; i < 128; i++) {
  const exact = Decimal.pow(2, new Decimal(i).div(128));
  const high = Number(exact); // decimal.js rounds to nearest even
  // 13 bits of it, which is right to 2^-66: the zeros behind them compress
  buffer.setFloat64(0, Number(exact.div(exactly(high)).sub(1)));
  buffer.setBigUint64(0, ((buffer.getBigUint64(0) + (1n << 39n)) >> 40n) << 40n);
  const tail = buffer.getFloat64(0);
  buffer.setFloat64(0, high);
  const bits = BigInt.asUintN(64, buffer.getBigUint64(0) - (BigInt(i) << 45n));
  table.push(`${bits64(tail)}, 0x${bits.toString(16).padStart(16, '0')}`);
}

const row =
  (bits) =>
  ([name, x]) =>
    `  ${bits(x)}, // ${name}, ${hex(bits === bits32 ? Math.fround(Number(x)) : x)}\n`;
writeFileSync(
  new URL('../assembly/constants.ts', import.meta.url),
  `// Written by tools/constants.mjs, which says how each number is made.

/**
 * simd, float32 exp: range reduction in units of 32 ln2, then the coefficients of (exp(r) - 1 - r) / r^2 on |r| <= ln2 / 2.
 * The first three words are those of theta = 1; setTheta writes others.
 */
export const F32: usize = memory.data<u32>([
${f32.map(row(bits32)).join('')}]);

/**
 * relaxed, float32 exp by powers of two: 2^(32 f) = 1 + f (c1 + f (c2 + ...)) on |32 f| <= 1 / 2. The first two words are those
 * of theta = 1; setTheta writes others.
 */
export const BASE2: usize = memory.data<u32>([
${base2.map(row(bits32)).join('')}]);

/** theta in 12 bits (relaxed: in float32), rounded towards 0, and the rest; the mask of 12 bits; the least number */
export const SCALE: usize = memory.data<u32>([0x3f800000, 0, 0xfffff000, 0xff7fffff]);

/** float64 exp: range reduction by ln2 / 128, then the coefficients of (exp(r) - 1 - r) / r^2 on |r| <= ln2 / 256 */
export const F64: usize = memory.data<u64>([
${f64.map(row(bits64)).join('')}]);

/** exp in float64 of what is rounded to float32 afterwards: one piece of ln2 / 128 and a cubic are enough */
export const EXACT: usize = memory.data<u64>([
${exact.map(row(bits64)).join('')}]);

/** log in float64 of what is rounded to float32 afterwards: log((1 + s) / (1 - s)) = s (2 + s^2 (l0 + l1 s^2 + ...)) */
export const LOG: usize = memory.data<u64>([
${log.map(row(bits64)).join('')}]);

/**
 * 2^(i / 128) for i = 0 .. 127 as pairs (tail, bits): with H the nearest double, tail = 2^(i / 128) / H - 1 (to 2^-66) and
 * bits = bits(H) - (i << 45), so that bits + (n << 45) is H times the power of two of n = 128 k + i.
 */
export const TABLE: usize = memory.data<u64>([
${table.map((pair) => `  ${pair},\n`).join('')}]);
`,
);
