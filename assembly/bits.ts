// @ts-nocheck: tsc cannot follow operations chosen by type; asc checks this file.

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

/** whether no bit is set */
@inline
export function isNone<B>(a: B): bool {
  if (isVector<B>()) return !v128.any_true(a);
  else return !a;
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

