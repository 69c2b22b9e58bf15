// @ts-nocheck: tsc cannot follow operations chosen by type; asc checks this file.

import { pmax } from './arithmetic';

// Values of two kinds: V = v128, a vector, and V = f32 or f64, one element. A vector has slots; a value has slots of type E, and T is
// the type of the elements as they lie in memory: T = f32 with E = f64 is widened on load and rounded once on store. This file
// moves values, arithmetic.ts computes with them, and bits.ts is their like for bit patterns; only these call v128 operations.

/** slots of a value */
@inline
export function width<E, V>(): i32 {
  return isVector<V>() ? 16 / sizeof<E>() : 1;
}

/** bytes of one value as stored with element T */
@inline
export function span<T, E, V>(): i32 {
  return width<E, V>() * sizeof<T>();
}

/** x in every slot */
@inline
export function splat<E, V>(x: E): V {
  if (isVector<V>()) {
    return v128.splat<E>(x);
  } else {
    return <V>x;
  }
}

/** the scalar at `at`, in every slot; loaded, so that no compiler rebuilds it as a constant inside a loop */
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

/** 0 in every slot; loaded, which takes half the bytes of a constant */
@inline
export function zero<E, V>(): V {
  return constant<E, V>(ZERO);
}

/** -Infinity in every slot */
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

/** the first `count` elements at `at`, fewer than a value holds; `fill` in the slots after them (rare, so not inlined) */
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

/** slots 0 and 1 (half = 0) or 2 and 3 (half = 1) of a float32 value as float64; of a float64 one, itself */
@inline
export function widen<E, V, W>(a: V, half: i32): W {
  if (sizeof<E>() == 8) return <W>a;
  else if (isVector<V>()) {
    if (half == 0) return f64x2.promote_low_f32x4(a);
    else return f64x2.promote_low_f32x4(v128.shuffle<u64>(a, a, 1, 1));
  } else return <W>a;
}

/** the sum of pairs of slots, in float64: of a float32 value both halves, of a float64 value itself */
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

/** the sum of the slots, in float64 */
@inline
export function sumSlots<E, V>(a: V): f64 {
  if (!isVector<V>()) return <f64>a;
  const sum = <f64>v128.extract_lane<E>(a, 0) + <f64>v128.extract_lane<E>(a, 1);
  if (sizeof<E>() == 8) return sum;
  return sum + (<f64>v128.extract_lane<E>(a, 2) + <f64>v128.extract_lane<E>(a, 3));
}

/** the largest slot that is not a NaN */
@inline
export function maxSlot<E, V>(a: V): E {
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
