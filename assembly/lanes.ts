// @ts-nocheck: tsc cannot follow operations chosen by type; asc checks this file.

import { F64 } from './constants';

// The vocabulary of lane operations, spoken by two kinds of value: V = v128 (all lanes of a vector at once) and
// V = f32 or f64 (one lane). E is the element a value is made of, T the element as it lies in memory: T = f32 with
// E = f64 is widened on load and rounded once on store. Only this file calls v128 operations.

/** lanes of a value */
@inline
export function width<E, V>(): i32 {
  return isVector<V>() ? 16 / sizeof<E>() : 1;
}

/** bytes of one value as stored with element T */
@inline
export function span<T, E, V>(): i32 {
  return width<E, V>() * sizeof<T>();
}

/** x in every lane */
@inline
export function splat<E, V>(x: E): V {
  if (isVector<V>()) {
    return v128.splat<E>(x);
  } else {
    return <V>x;
  }
}

/** the scalar at `at`, in every lane; loaded, so that no compiler rebuilds it as a constant inside a loop */
@inline
export function constant<E, V>(at: usize): V {
  if (isVector<V>()) {
    return sizeof<E>() == 4 ? v128.load_splat<u32>(at) : v128.load_splat<u64>(at);
  } else {
    return <V>load<E>(at);
  }
}

const ZERO: usize = memory.data(8, 8);
const LOWEST_F32: usize = memory.data<u32>([0xff800000]), LOWEST_F64: usize = memory.data<u64>([0xfff0000000000000]);

/** 0 in every lane; loaded, which takes half the bytes of a constant */
@inline
export function zero<E, V>(): V {
  return constant<E, V>(ZERO);
}

/** -Infinity in every lane */
@inline
export function lowest<E, V>(): V {
  return constant<E, V>(sizeof<E>() == 4 ? LOWEST_F32 : LOWEST_F64);
}

@inline
export function loadAs<T, E, V>(at: usize): V {
  if (isVector<V>()) {
    if (sizeof<T>() == sizeof<E>()) return v128.load(at);
    return f64x2.promote_low_f32x4(v128.load_zero<u64>(at));
  } else {
    return <V>load<T>(at);
  }
}

@inline
export function storeAs<T, E, V>(at: usize, value: V): void {
  if (isVector<V>()) {
    if (sizeof<T>() == sizeof<E>()) v128.store(at, value);
    else v128.store_lane<u64>(at, f32x4.demote_f64x2_zero(value), 0);
  } else {
    store<T>(at, <T>value);
  }
}

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

/** whether multiply-adds are fused: 2^-24 is what a product rounded by itself loses of (1 + 2^-12)^2 */
@inline
export function fuses(): bool {
  if (!ASC_FEATURE_RELAXED_SIMD) return false;
  const a = constant<f32, v128>(PROBE), b = constant<f32, v128>(PROBE + 4);
  return v128.any_true(v128.relaxed_madd<f32>(a, a, b));
}
const PROBE: usize = memory.data<u32>([0x3f800800, 0xbf801000]);

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

/** whether all of a, b, c, d are at most x; false with a NaN among them */
@inline
export function allAtMost<E, V>(a: V, b: V, c: V, d: V, x: V): bool {
  if (isVector<V>()) {
    return v128.all_true<u32>(v128.and(v128.and(v128.le<E>(a, x), v128.le<E>(b, x)), v128.and(v128.le<E>(c, x), v128.le<E>(d, x))));
  } else return a <= x && b <= x && c <= x && d <= x;
}

/** 1 where x is y, else 0 */
@inline
export function oneWhereEqual<E, V>(x: V, y: V, one: V): V {
  if (isVector<V>()) return v128.and(one, v128.eq<E>(x, y));
  else return x == y ? <V>1 : <V>0;
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

/** the sum of pairs of lanes, in float64: of a float32 value both halves, of a float64 value itself */
@inline
export function widenSum<E, V, W>(a: V): W {
  if (sizeof<E>() == 8) {
    return <W>a;
  } else if (isVector<V>()) {
    return v128.add<f64>(
      f64x2.promote_low_f32x4(a),
      f64x2.promote_low_f32x4(v128.shuffle<u64>(a, a, 1, 1)),
    );
  } else {
    return <W>a;
  }
}

/** widenSum of the value at `at`: an engine converts from memory without a shuffle, in half the steps */
@inline
export function widenSumAt<E, V, W>(at: usize): W {
  if (sizeof<E>() == 4 && isVector<V>()) {
    return v128.add<f64>(
      f64x2.promote_low_f32x4(v128.load_zero<u64>(at)),
      f64x2.promote_low_f32x4(v128.load_zero<u64>(at, 8)),
    );
  } else {
    return widenSum<E, V, W>(loadAs<E, E, V>(at));
  }
}

/** the i-th value from `at`, by an offset in the instruction */
@inline
export function loadNext<V>(at: usize, i: i32): V {
  if (isVector<V>()) {
    if (i == 1) return v128.load(at, 16);
    if (i == 2) return v128.load(at, 32);
    return v128.load(at, 48);
  } else {
    return <V>load<f32>(at + 4 * i);
  }
}

@inline
export function storeNext<V>(at: usize, value: V, i: i32): void {
  if (isVector<V>()) {
    if (i == 1) v128.store(at, value, 16);
    else if (i == 2) v128.store(at, value, 32);
    else v128.store(at, value, 48);
  } else {
    store<f32>(at + 4 * i, <f32>value);
  }
}

/** whether bit 30 is 0 in all lanes: bits of numbers that are below 2 in size */
@inline
export function allBelow2<V>(a: V): bool {
  if (isVector<V>()) return !v128.any_true(v128.and(a, i32x4.splat(0x40000000)));
  else return !(reinterpret<u32>(a) & 0x40000000);
}

/** the sum of the lanes, in float64 */
@inline
export function sumLanes<E, V>(a: V): f64 {
  if (!isVector<V>()) return <f64>a;
  const sum = <f64>v128.extract_lane<E>(a, 0) + <f64>v128.extract_lane<E>(a, 1);
  if (sizeof<E>() == 8) return sum;
  return sum + (<f64>v128.extract_lane<E>(a, 2) + <f64>v128.extract_lane<E>(a, 3));
}

/** the largest lane that is not a NaN */
@inline
export function maxLane<E, V>(a: V): E {
  if (isVector<V>()) {
    let m = v128.extract_lane<E>(a, 0);
    m = pmax<E, E>(m, v128.extract_lane<E>(a, 1));
    if (sizeof<E>() == 4) {
      m = pmax<E, E>(m, v128.extract_lane<E>(a, 2));
      m = pmax<E, E>(m, v128.extract_lane<E>(a, 3));
    }
    return m;
  } else {
    return <E>a;
  }
}

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

/** lanes 0 and 1 (half = 0) or 2 and 3 (half = 1) of a float32 value as float64; of one lane, itself */
@inline
export function widen<E, V, W>(a: V, half: i32): W {
  if (sizeof<E>() == 8) return <W>a;
  else if (isVector<V>()) {
    if (half == 0) return f64x2.promote_low_f32x4(a);
    else return f64x2.promote_low_f32x4(v128.shuffle<u64>(a, a, 1, 1));
  } else return <W>a;
}

/** exponent of a positive float64, as a float64 */
@inline
export function exponent<V>(a: V): V {
  if (isVector<V>()) {
    const bits = v128.or(v128.shr<u64>(a, 52), f64x2.splat(4503599627370496.0));
    return v128.sub<f64>(bits, f64x2.splat(4503599627370496.0 + 1023.0));
  } else return <V>(<f64>(reinterpret<u64>(a) >> 52) - 1023.0);
}

/** 2^-exponent of a positive float64 */
@inline
export function inversePower<V>(a: V): V {
  if (isVector<V>()) return v128.sub<i64>(i64x2.splat(0x7fe0000000000000), v128.and(a, i64x2.splat(0x7ff0000000000000)));
  else return reinterpret<f64>(0x7fe0000000000000 - (reinterpret<u64>(a) & 0x7ff0000000000000));
}

/** 2^exponent of a positive float64; of 0 it is 0, of a NaN infinity */
@inline
export function powerOf<V>(a: V): V {
  if (isVector<V>()) return v128.and(a, i64x2.splat(0x7ff0000000000000));
  else return reinterpret<f64>(reinterpret<u64>(a) & 0x7ff0000000000000);
}

/** mantissa of a positive float64, in [1, 2) */
@inline
export function mantissa<V>(a: V): V {
  if (isVector<V>()) return v128.or(v128.and(a, i64x2.splat(0x000fffffffffffff)), f64x2.splat(1.0));
  else return reinterpret<f64>((reinterpret<u64>(a) & 0x000fffffffffffff) | 0x3ff0000000000000);
}

/** the first `count` elements at `at`, fewer than a value holds; `fill` in the lanes after them (rare, so not inlined) */
export function loadPart<T, E, V>(at: usize, count: i32, fill: V): V {
  if (isVector<V>()) {
    if (sizeof<E>() == 4) {
      if (count == 1) return v128.load_lane<u32>(at, fill, 0);
      const pair = v128.load_lane<u64>(at, fill, 0);
      return count == 2 ? pair : v128.load_lane<u32>(at, pair, 2, 8);
    }
    if (sizeof<T>() == 8) return v128.load_lane<u64>(at, fill, 0);
    return f64x2.replace_lane(fill, 0, <f64>load<f32>(at));
  } else {
    return fill;
  }
}

export function storePart<T, E, V>(at: usize, value: V, count: i32): void {
  if (isVector<V>()) {
    if (sizeof<E>() == 4) {
      if (count == 1) v128.store_lane<u32>(at, value, 0);
      else v128.store_lane<u64>(at, value, 0);
      if (count == 3) v128.store_lane<u32>(at, value, 2, 8);
    } else if (sizeof<T>() == 8) v128.store_lane<u64>(at, value, 0);
    else store<f32>(at, <f32>f64x2.extract_lane(value, 0));
  }
}

/** the value at `at`, of which n elements or more belong to the caller */
@inline
export function get<T, E, V>(at: usize, n: i32, fill: V): V {
  return !isVector<V>() || n >= width<E, V>() ? loadAs<T, E, V>(at) : loadPart<T, E, V>(at, n, fill);
}

@inline
export function put<T, E, V>(at: usize, value: V, n: i32): void {
  if (!isVector<V>() || n >= width<E, V>()) storeAs<T, E, V>(at, value);
  else storePart<T, E, V>(at, value, n);
}

/** v into those of 16 float32 at x whose byte at `mask` is 0 */
@inline
export function hide16<V>(x: usize, mask: usize, v: V): void {
  if (isVector<V>()) {
    const none = v128.eq<i8>(v128.load(mask), i32x4.splat(0));
    const low = v128.extend_low<i8>(none), high = v128.extend_high<i8>(none);
    v128.store(x, v128.bitselect(v, v128.load(x), v128.extend_low<i16>(low)));
    v128.store(x, v128.bitselect(v, v128.load(x, 16), v128.extend_high<i16>(low)), 16);
    v128.store(x, v128.bitselect(v, v128.load(x, 32), v128.extend_low<i16>(high)), 32);
    v128.store(x, v128.bitselect(v, v128.load(x, 48), v128.extend_high<i16>(high)), 48);
  }
}

/** a where the byte of the lane is 0, of those from `mask` on, else b; float64, and single elements */
@inline
export function whereHidden<V>(mask: usize, a: V, b: V): V {
  if (isVector<V>()) {
    const bytes = v128.extend_low<u32>(v128.extend_low<u16>(v128.load_ext<u8>(mask)));
    return v128.bitselect(a, b, v128.eq<i64>(bytes, i32x4.splat(0)));
  } else {
    return load<u8>(mask) ? b : a;
  }
}

// Bit patterns of 32 bits: B is a vector of four, or one (i32).

@inline
export function spanBits<B>(): i32 {
  return isVector<B>() ? 16 : 4;
}

@inline
export function bitsOf<B>(x: i32): B {
  if (isVector<B>()) return i32x4.splat(x);
  else return <B>x;
}

@inline
export function loadBits<B>(at: usize): B {
  if (isVector<B>()) return v128.load(at);
  else return <B>load<i32>(at);
}

@inline
export function storeBits<B>(at: usize, a: B): void {
  if (isVector<B>()) v128.store(at, a);
  else store<i32>(at, <i32>a);
}

/** patterns of 16 bits, with 0 above */
@inline
export function load16<B>(at: usize): B {
  if (isVector<B>()) return v128.load_ext<u16>(at);
  else return <B>(<i32>load<u16>(at));
}

/** the lower 16 bits of patterns that have 0 above */
@inline
export function store16<B>(at: usize, a: B): void {
  if (isVector<B>()) v128.store_lane<u64>(at, v128.narrow<u32>(a, a), 0);
  else store<u16>(at, <u16>(<i32>a));
}

@inline
export function andBits<B>(a: B, b: B): B {
  if (isVector<B>()) return v128.and(a, b);
  else return <B>(<i32>a & <i32>b);
}

@inline
export function orBits<B>(a: B, b: B): B {
  if (isVector<B>()) return v128.or(a, b);
  else return <B>(<i32>a | <i32>b);
}

@inline
export function addBits<B>(a: B, b: B): B {
  if (isVector<B>()) return v128.add<i32>(a, b);
  else return <B>(<i32>a + <i32>b);
}

@inline
export function shiftLeft<B>(a: B, by: i32): B {
  if (isVector<B>()) return v128.shl<i32>(a, by);
  else return <B>(<i32>a << by);
}

@inline
export function shiftRight<B>(a: B, by: i32): B {
  if (isVector<B>()) return v128.shr<u32>(a, by);
  else return <B>(<i32>(<u32>(<i32>a) >> by));
}

/** x where a > limit, else y; all of them not negative */
@inline
export function chooseAbove<B>(a: B, limit: i32, x: B, y: B): B {
  if (isVector<B>()) return v128.bitselect(x, y, v128.gt<i32>(a, i32x4.splat(limit)));
  else return <i32>a > limit ? x : y;
}

/** the product of float32, in bits */
@inline
export function mulFloat<B>(a: B, b: i32): B {
  if (isVector<B>()) return v128.mul<f32>(a, i32x4.splat(b));
  else return <B>reinterpret<i32>(reinterpret<f32>(<i32>a) * reinterpret<f32>(b));
}

/** the sum of float32, in bits */
@inline
export function addFloat<B>(a: B, b: i32): B {
  if (isVector<B>()) return v128.add<f32>(a, i32x4.splat(b));
  else return <B>reinterpret<i32>(reinterpret<f32>(<i32>a) + reinterpret<f32>(b));
}
