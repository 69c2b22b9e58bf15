import { allAtMost, hide16, pickFour, pmin, whereHidden } from './arithmetic';
import { andBits, bitsOf, isNone, loadBits, orBits, spanBits } from './bits';
import { setTheta } from './exp';
import { scaleRow } from './results';
import { CHUNK, CHUNK_E, expRow, maximum } from './rows';
import { get, loadAs, put, span, splat, width } from './slots';
import { spreadLane } from './tile';

// exp, element by element, in float64 for both types: float32 results are rounded once.

const COPY: usize = memory.data(8192, 16);

/** y = exp(x) of n elements, in chunks; x may be y */
export function exponentials<T, V>(x: usize, y: usize, n: i32): void {
  // exp(cap) overflows when it is rounded to T, or scaled
  const cap = splat<f64, V>(sizeof<T>() == 4 ? 110 : 720), size = CHUNK * sizeof<T>();
  setTheta(1, 1);
  for (; n > 0; n -= CHUNK, x += size, y += size) {
    const m = min<i32>(n, CHUNK);
    for (let i = 0, at: usize = 0; i < m; i += width<f64, V>(), at += span<T, f64, V>()) {
      put<T, f64, V>(COPY + at, pmin<f64, V>(get<T, f64, V>(x + at, m - i, cap), cap), m - i);
    }
    spreadLane<T, f64, V>(0, 0, 0, 0);
    expRow<T, f64, V>(COPY, CHUNK_E, m, 0, false);
    scaleRow<T, f64, V>(CHUNK_E, y, m, 6.223015277861142e-61, 0, 0, 0); // 2^-200
    if (sizeof<T>() == 8 && maximum<T, f64, V>(COPY, m) > 500) large<V>(y, m);
  }
}

/** rare: the elements whose e would overflow, again in a scale of their own */
function large<V>(y: usize, n: i32): void {
  spreadLane<f64, f64, V>(0, 690, 1000, 0);
  expRow<f64, f64, V>(COPY, CHUNK_E, n, 0, false);
  for (let i = 0; i < n << 3; i += 8) {
    if (load<f64>(COPY + i) > 500) store<f64>(y + i, load<f64>(CHUNK_E + i) * 6.668014432879854e240); // 2^800
  }
}

/** the address of the first element from x to `end` that is above `least`, or a NaN; `end` where there is none */
export function firstAbove<T, V>(x: usize, end: usize, least: T): usize {
  const limit = splat<T, V>(least), dx = span<T, T, V>();
  while (x + 4 * dx <= end && allAtMost<T, V>(loadAs<T, T, V>(x), loadAs<T, T, V>(x + dx), loadAs<T, T, V>(x + 2 * dx), loadAs<T, T, V>(x + 3 * dx), limit)) {
    x += 4 * dx;
  }
  while (x < end && load<T>(x) <= least) x += sizeof<T>();
  return x;
}

/**
 * Those of n elements at x that are above `least`, or a NaN: as f64 to `values`, and their numbers, `first` on, as i32 to `places`; there is
 * room for n + 1. Returns how many.
 */
export function pick<T, V>(x: usize, n: i32, least: T, first: i32, values: usize, places: usize): i32 {
  const limit = splat<T, V>(least), dx = span<T, T, V>(), some = 4 * width<T, V>();
  let count: usize = 0;
  for (const end = first + n; first < end; first += some, x += 4 * dx) {
    const m = min<i32>(end - first, some);
    if (m == some && allAtMost<T, V>(loadAs<T, T, V>(x), loadAs<T, T, V>(x + dx), loadAs<T, T, V>(x + 2 * dx), loadAs<T, T, V>(x + 3 * dx), limit)) continue;
    // without a branch on what they are
    if (isVector<V>() && sizeof<T>() == 4 && m == some) {
      for (let i = 0; i < 16; i += 4) count += <usize>pickFour<V>(x + (i << 2), limit, first + i, values + (count << 3), places + (count << 2));
      continue;
    }
    for (let i = first, at = x; i < first + m; i++, at += sizeof<T>()) {
      const value = load<T>(at);
      store<f64>(values + (count << 3), <f64>value);
      store<i32>(places + (count << 2), i);
      count += <usize>!(value <= least);
    }
  }
  return <i32>count;
}

/** whether n bytes are 0 or 1 */
export function onlyBits<B>(at: usize, n: i32): bool {
  let all = bitsOf<B>(0), rest = 0;
  for (; n >= spanBits<B>(); n -= spanBits<B>(), at += spanBits<B>()) all = orBits<B>(all, loadBits<B>(at));
  for (; n > 0; n--, at++) rest |= load<u8>(at);
  return rest <= 1 && isNone<B>(andBits<B>(all, bitsOf<B>(~0x01010101)));
}

/** `value` into those of n elements at x whose byte at `mask` is 0 */
export function hide<T, V>(x: usize, mask: usize, n: i32, value: T): void {
  const v = splat<T, V>(value), wide = width<T, V>();
  if (isVector<V>() && sizeof<T>() == 4) {
    for (; n >= 16; n -= 16, mask += 16, x += 64) hide16<V>(x, mask, v);
    for (; n > 0; n--, mask++, x += 4) if (!load<u8>(mask)) store<T>(x, value);
    return;
  }
  for (; n > 0; n -= wide, mask += wide, x += span<T, T, V>()) {
    put<T, T, V>(x, whereHidden<V>(mask, v, loadAs<T, T, V>(x)), n);
  }
}
