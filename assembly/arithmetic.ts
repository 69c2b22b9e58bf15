// @ts-nocheck: tsc cannot follow operations chosen by type; asc checks this file.

import { F64 } from './constants';
import { constant } from './slots';

// Arithmetic on the values of slots.ts, slot by slot.

@inline
export function add<E, V>(a: V, b: V): V {
  if (isVector<V>()) return v128.add<E>(a, b);
  else return a + b;
}

@inline
export function sub<E, V>(a: V, b: V): V {
  if (isVector<V>()) return v128.sub<E>(a, b);
  else return a - b;
}

@inline
export function mul<E, V>(a: V, b: V): V {
  if (isVector<V>()) return v128.mul<E>(a, b);
  else return a * b;
}

@inline
export function div<E, V>(a: V, b: V): V {
  if (isVector<V>()) return v128.div<E>(a, b);
  else return a / b;
}

/** a b + c; fused or not is decided here and nowhere else */
@inline
export function madd<E, V>(a: V, b: V, c: V): V {
  if (isVector<V>()) {
    if (ASC_FEATURE_RELAXED_SIMD) return v128.relaxed_madd<E>(a, b, c);
    else return v128.add<E>(v128.mul<E>(a, b), c);
  } else {
    return a * b + c;
  }
}

/** a b - c, fused where the engine does it */
@inline
export function msub<E, V>(a: V, b: V, c: V): V {
  if (isVector<V>() && ASC_FEATURE_RELAXED_SIMD) return v128.relaxed_madd<E>(a, b, v128.neg<E>(c));
  else return sub<E, V>(mul<E, V>(a, b), c);
}

/** c - a b */
@inline
export function nmadd<E, V>(a: V, b: V, c: V): V {
  if (isVector<V>()) {
    if (ASC_FEATURE_RELAXED_SIMD) return v128.relaxed_nmadd<E>(a, b, c);
    else return v128.sub<E>(c, v128.mul<E>(a, b));
  } else {
    return c - a * b;
  }
}

/** whether multiply-adds are fused: 2^-24 is what a product rounded by itself loses of (1 + 2^-12)^2 */
@inline
export function fuses(): bool {
  if (!ASC_FEATURE_RELAXED_SIMD) return false;
  const a = constant<f32, v128>(PROBE), b = constant<f32, v128>(PROBE + 4);
  return v128.any_true(v128.relaxed_madd<f32>(a, a, b));
}
const PROBE: usize = memory.data<u32>([0x3f800800, 0xbf801000]);

/** a b - p exactly, for p = a b rounded (Dekker: no fused operation, so every engine gives the same bits) */
@inline
export function mulLow<V>(a: V, b: V, p: V): V {
  const split = constant<f64, V>(F64 + 64);
  const ta = mul<f64, V>(a, split), tb = mul<f64, V>(b, split);
  const ah = sub<f64, V>(ta, sub<f64, V>(ta, a)), bh = sub<f64, V>(tb, sub<f64, V>(tb, b));
  const al = sub<f64, V>(a, ah), bl = sub<f64, V>(b, bh);
  const high = sub<f64, V>(mul<f64, V>(ah, bh), p);
  const cross = add<f64, V>(add<f64, V>(high, mul<f64, V>(ah, bl)), mul<f64, V>(al, bh));
  return add<f64, V>(cross, mul<f64, V>(al, bl));
}

/** the larger one; a NaN in a stays, a NaN in b is ignored */
@inline
export function pmax<E, V>(a: V, b: V): V {
  if (isVector<V>()) return v128.pmax<E>(a, b);
  else return a < b ? b : a;
}

/** the smaller one; a NaN in a stays, a NaN in b is ignored */
@inline
export function pmin<E, V>(a: V, b: V): V {
  if (isVector<V>()) return v128.pmin<E>(a, b);
  else return b < a ? b : a;
}

@inline
export function magnitude<E, V>(a: V): V {
  if (isVector<V>()) return v128.abs<E>(a);
  else return abs<E>(a);
}

/** nearest integer, ties to even */
@inline
export function round<E, V>(a: V): V {
  if (isVector<V>()) return v128.nearest<E>(a);
  else return nearest<E>(a);
}

/** a where x < y, else 0 (also where one of them is a NaN) */
@inline
export function keepWhere<E, V>(x: V, y: V, a: V): V {
  if (isVector<V>()) return v128.and(a, v128.lt<E>(x, y));
  else return x < y ? a : <V>0;
}

/** a where x < y, else b (also where one of them is a NaN) */
@inline
export function whereLess<E, V>(x: V, y: V, a: V, b: V): V {
  if (isVector<V>()) return v128.bitselect(a, b, v128.lt<E>(x, y));
  else return x < y ? a : b;
}

/** a where x is not y (also where one of them is a NaN), else 0 */
@inline
export function whereOther<E, V>(x: V, y: V, a: V): V {
  if (isVector<V>()) return v128.andnot(a, v128.eq<E>(x, y));
  else return x == y ? <V>0 : a;
}

/** a where x is y, else b (also where one of them is a NaN) */
@inline
export function whereEqual<E, V>(x: V, y: V, a: V, b: V): V {
  if (isVector<V>()) return v128.bitselect(a, b, v128.eq<E>(x, y));
  else return x == y ? a : b;
}

/** 1 where x is y, else 0 */
@inline
export function oneWhereEqual<E, V>(x: V, y: V, one: V): V {
  if (isVector<V>()) return v128.and(one, v128.eq<E>(x, y));
  else return x == y ? <V>1 : <V>0;
}

/** whether all of a, b, c, d are at most x; false with a NaN among them */
@inline
export function allAtMost<E, V>(a: V, b: V, c: V, d: V, x: V): bool {
  if (isVector<V>()) {
    return v128.all_true<u32>(v128.and(v128.and(v128.le<E>(a, x), v128.le<E>(b, x)), v128.and(v128.le<E>(c, x), v128.le<E>(d, x))));
  } else return a <= x && b <= x && c <= x && d <= x;
}

/** whether some slot of a is x or more */
@inline
export function anyAtLeast<E, V>(a: V, x: V): bool {
  if (isVector<V>()) return v128.any_true(v128.ge<E>(a, x));
  else return a >= x;
}

/** whether bit 30 is 0 in all slots: bits of numbers that are below 2 in size */
@inline
export function allBelow2<V>(a: V): bool {
  if (isVector<V>()) return !v128.any_true(v128.and(a, i32x4.splat(0x40000000)));
  else return !(reinterpret<u32>(a) & 0x40000000);
}

/** the bits of a float32 that a mask has */
@inline
export function head<V>(a: V, mask: V): V {
  if (isVector<V>()) return v128.and(a, mask);
  else return reinterpret<f32>(reinterpret<u32>(a) & reinterpret<u32>(mask));
}

/** the power of two whose exponent field is the low bits of a float32 */
@inline
export function powerF32<V>(t: V): V {
  if (isVector<V>()) return i32x4.shl(t, 23);
  else return reinterpret<f32>(reinterpret<u32>(t) << 23);
}

/** exponent of a positive float64, as a float64 */
@inline
export function exponent<V>(a: V): V {
  if (isVector<V>()) {
    const bits = v128.or(v128.shr<u64>(a, 52), f64x2.splat(4503599627370496.0));
    return v128.sub<f64>(bits, f64x2.splat(4503599627370496.0 + 1023.0));
  } else return <V>(<f64>(reinterpret<u64>(a) >> 52) - 1023.0);
}

/** 2^exponent of a positive float64; of 0 it is 0, of a NaN infinity */
@inline
export function powerOf<V>(a: V): V {
  if (isVector<V>()) return v128.and(a, i64x2.splat(0x7ff0000000000000));
  else return reinterpret<f64>(reinterpret<u64>(a) & 0x7ff0000000000000);
}

/** 2^-exponent of a positive float64 */
@inline
export function inversePower<V>(a: V): V {
  if (isVector<V>()) return v128.sub<i64>(i64x2.splat(0x7fe0000000000000), v128.and(a, i64x2.splat(0x7ff0000000000000)));
  else return reinterpret<f64>(0x7fe0000000000000 - (reinterpret<u64>(a) & 0x7ff0000000000000));
}

/** mantissa of a positive float64, in [1, 2) */
@inline
export function mantissa<V>(a: V): V {
  if (isVector<V>()) return v128.or(v128.and(a, i64x2.splat(0x000fffffffffffff)), f64x2.splat(1.0));
  else return reinterpret<f64>((reinterpret<u64>(a) & 0x000fffffffffffff) | 0x3ff0000000000000);
}

/**
 * The table entry of n = the low bits of t, a float64 with an integer below its mantissa's top bits:
 * `bits` + (n << 45) is the rounded 2^(n / 128), `tail` what it lacks, relative to it.
 */
@inline
export function tableScale<V>(t: V, table: usize): V {
  if (isVector<V>()) {
    const at = v128.shr<u64>(v128.shl<i64>(t, 57), 53);
    const a = table + i32x4.extract_lane(at, 0), b = table + i32x4.extract_lane(at, 2);
    const bits = v128.load_lane<u64>(b, v128.load_zero<u64>(a, 8), 1, 8);
    return v128.add<i64>(bits, v128.shl<i64>(t, 45));
  } else {
    const n = reinterpret<u64>(t);
    return reinterpret<f64>(load<u64>(table + ((<usize>n & 127) << 4), 8) + (n << 45));
  }
}

@inline
export function tableTail<V>(t: V, table: usize): V {
  if (isVector<V>()) {
    const at = v128.shr<u64>(v128.shl<i64>(t, 57), 53);
    const a = table + i32x4.extract_lane(at, 0), b = table + i32x4.extract_lane(at, 2);
    return v128.load_lane<u64>(b, v128.load_zero<u64>(a), 1);
  } else {
    return load<f64>(table + ((<usize>reinterpret<u64>(t) & 127) << 4));
  }
}

/** v into those of 16 float32 at x whose byte at `mask` is 0 */
@inline
export function hide16<V>(x: usize, mask: usize, v: V): void {
  if (isVector<V>()) {
    const hidden = hidden16<V>(mask);
    v128.store(x, v128.bitselect(v, v128.load(x), hiddenOf<V>(hidden, 0)));
    v128.store(x, v128.bitselect(v, v128.load(x, 16), hiddenOf<V>(hidden, 1)), 16);
    v128.store(x, v128.bitselect(v, v128.load(x, 32), hiddenOf<V>(hidden, 2)), 32);
    v128.store(x, v128.bitselect(v, v128.load(x, 48), hiddenOf<V>(hidden, 3)), 48);
  }
}

/** of the 16 bytes from `mask` on, all bits of those that are 0 */
@inline
export function hidden16<V>(mask: usize): V {
  if (isVector<V>()) return v128.eq<i8>(v128.load(mask), i32x4.splat(0));
  else return <V>0;
}

/** all bits of the slots of the i-th of four float32 values that such bytes hide */
@inline
export function hiddenOf<V>(bytes: V, i: i32): V {
  if (isVector<V>()) {
    const half = i < 2 ? v128.extend_low<i8>(bytes) : v128.extend_high<i8>(bytes);
    return (i & 1) == 0 ? v128.extend_low<i16>(half) : v128.extend_high<i16>(half);
  } else return <V>0;
}

/** a but for the bits that are hidden */
@inline
export function shown<V>(a: V, hidden: V): V {
  if (isVector<V>()) return v128.andnot(a, hidden);
  else return a;
}

/** a where the byte of the slot is 0, of those from `mask` on, else b; float64, and single elements */
@inline
export function whereHidden<V>(mask: usize, a: V, b: V): V {
  if (isVector<V>()) {
    const bytes = v128.extend_low<u32>(v128.extend_low<u16>(v128.load_ext<u8>(mask)));
    return v128.bitselect(a, b, v128.eq<i64>(bytes, i32x4.splat(0)));
  } else {
    return load<u8>(mask) ? b : a;
  }
}

/** for each choice of four slots the bytes of those that are chosen, in their order */
const CHOSEN: usize = memory.data<u8>([
  0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
  0, 1, 2, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
  4, 5, 6, 7, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
  0, 1, 2, 3, 4, 5, 6, 7, 0, 0, 0, 0, 0, 0, 0, 0,
  8, 9, 10, 11, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
  0, 1, 2, 3, 8, 9, 10, 11, 0, 0, 0, 0, 0, 0, 0, 0,
  4, 5, 6, 7, 8, 9, 10, 11, 0, 0, 0, 0, 0, 0, 0, 0,
  0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 0, 0, 0, 0,
  12, 13, 14, 15, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
  0, 1, 2, 3, 12, 13, 14, 15, 0, 0, 0, 0, 0, 0, 0, 0,
  4, 5, 6, 7, 12, 13, 14, 15, 0, 0, 0, 0, 0, 0, 0, 0,
  0, 1, 2, 3, 4, 5, 6, 7, 12, 13, 14, 15, 0, 0, 0, 0,
  8, 9, 10, 11, 12, 13, 14, 15, 0, 0, 0, 0, 0, 0, 0, 0,
  0, 1, 2, 3, 8, 9, 10, 11, 12, 13, 14, 15, 0, 0, 0, 0,
  4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 0, 0, 0, 0,
  0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15
], 16);

/**
 * Those of four float32 at x that are not at most `limit`, as float64 to `values`, and their numbers, `first` on, as i32 to `places`. Four of
 * each are written; returns how many count.
 */
@inline
export function pickFour<V>(x: usize, limit: V, first: i32, values: usize, places: usize): i32 {
  if (isVector<V>()) {
    const v = v128.load(x), mask = i32x4.bitmask(v128.le<f32>(v, limit)) ^ 15, chosen = v128.load(CHOSEN + (mask << 4));
    const front = v128.swizzle(v, chosen);
    v128.store(values, f64x2.promote_low_f32x4(front));
    v128.store(values, f64x2.promote_low_f32x4(v128.shuffle<u64>(front, front, 1, 1)), 16);
    v128.store(places, v128.swizzle(v128.add<i32>(i32x4.splat(first), i32x4(0, 1, 2, 3)), chosen));
    return popcnt<i32>(mask);
  } else return 0;
}
