import { BASE2, EXACT, F32, F64, SCALE } from './constants';

// theta, and the scales in which the cores of exp32.ts and exp64.ts give their e.

/**
 * theta as theta * power with 1 <= |theta| < 2 and a power of two; for float32 elements theta alone, and a power of 1. Every
 * entry of index.ts whose kernels read it sets it first.
 */
export let theta: f64 = 1;
export let power: f64 = 1;
export let sign: f64 = 1;
/** whether it is not 1, and 1 / theta: a unit of arguments in units of x */
export let scaled: bool = false;
export let unit: f64 = 1;

/** Sets theta, and in the tables of the float32 cores what depends on it. */
export function setTheta(factor: f64, powerOfTwo: f64): void {
  if (theta == factor && power == powerOfTwo) return;
  theta = factor;
  power = powerOfTwo;
  sign = factor < 0 ? -1 : 1;
  scaled = factor != 1 || powerOfTwo != 1;
  unit = 1 / factor;
  if (!ASC_FEATURE_SIMD) return;
  // a literal below takes the type of its cast: ln2 has to be a float64
  const ln2: f64 = 0.6931471805599453, turns = factor * (1.4426950408889634 / UNIT), high = <f32>turns, table = constants<f32, f32>();
  store<f32>(table, high);
  // towards 0: the bits of a float64 that float32, or 12 bits, have
  const head = reinterpret<f64>(reinterpret<u64>(factor) & (ASC_FEATURE_RELAXED_SIMD ? 0xffffffffe0000000 : 0xfffffe0000000000));
  store<f32>(SCALE, <f32>head);
  store<f32>(SCALE, <f32>(factor - head), 4);
  if (ASC_FEATURE_RELAXED_SIMD) {
    store<f32>(table, <f32>(turns - <f64>high), 4);
  } else {
    // ln2 / theta in 14 bits, so that its products with |n| < 2^10 are exact; for theta = 1 12 bits, which are enough
    const half: u32 = scaled ? 0x200 : 0x400, step = reinterpret<f32>((reinterpret<u32>(<f32>(ln2 / factor)) + half) & (0 - 2 * half));
    store<f32>(table, <f32>UNIT * step, 4);
    store<f32>(table, <f32>(UNIT * (ln2 - factor * <f64>step)), 8);
  }
}

/** x - C may overflow where a small theta makes it matter again: then x / 2 - C / 2 is taken, and twice theta. */
// @ts-ignore: decorator
@inline
export function part(): f64 {
  return abs<f64>(theta * power) < 1 ? 0.5 : 1;
}

/** e is kept as exp(z) 2^(offset - K): above every subnormal, so that one later product rounds subnormal results. */
export const OFFSET_F32: f64 = 90;
export const OFFSET_F64: f64 = 200;

/** The float32 cores count in n / 32: bit 30 of it shows that |n| is 64 or more, an infinity or a NaN. */
export const UNIT: f64 = 32;
/** what an argument of a near row is below, in size: log2 e times it is below 63.5 */
export const NEAR: f64 = 44;

/** 1.5 2^23 leaves the nearest integer in the low bits; on top of it the exponent bias and the offset. */
const MAGIC_F32: f64 = 12582912.0 + 127.0 + OFFSET_F32;
/** 1.5 2^52: the same for float64, in steps of 1 / 128; the table's entries hold the exponent bias. */
const MAGIC_F64: f64 = 6755399441055744.0 + 128.0 * OFFSET_F64;

/** The rounding constant of the range reduction; its low bits make the scale 2^(offset - K). */
// @ts-ignore: decorator
@inline
export function biasOf<E>(K: f64): E {
  return sizeof<E>() == 4 ? <E>((MAGIC_F32 - K) / UNIT) : <E>(MAGIC_F64 - 128.0 * K);
}

/** How far below the maximum an argument is clamped: so far that 1e7 clamped terms still vanish. float32: in units of x. */
// @ts-ignore: decorator
@inline
export function depth<E>(): f64 {
  return sizeof<E>() == 4 ? 128 * unit : 800;
}

/** Where the constants of a core lie: range reduction first, then the polynomial. */
// @ts-ignore: decorator
@inline
export function constants<T, E>(): usize {
  return sizeof<E>() == 4 ? (ASC_FEATURE_RELAXED_SIMD ? BASE2 : F32) : sizeof<T>() == 4 ? EXACT : F64;
}

/** Where the 1 lies among them. */
// @ts-ignore: decorator
@inline
export function one<T, E>(): usize {
  return constants<T, E>() + (sizeof<E>() == 4 || sizeof<T>() == 4 ? 32 : 56);
}
