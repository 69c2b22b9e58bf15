import { allAtMost, allBelow2, hidden16, sub } from './arithmetic';
import { orBits } from './bits';
import { biasOf, constants, depth, scaled, sign, theta, unit } from './exp';
import { exp4F32 } from './exp32';
import { HIGH, exp4Exact, exp4F64, scaleArguments } from './exp64';
import { constant, get, loadAs, put, span, splat, storeAs, width, zero } from './slots';

// exp of a tile: `length` rows of `lanes` elements. Rows and columns both come here: a contiguous lane is a tile whose
// rows are four values, all of the same lane.

/** most lanes in a tile: two or three rows of state stay in L1 */
export const TILE: i32 = 512;
/** bytes of a row of state: TILE float64 and room for one more group of values */
export const ROW: i32 = 4352;

/** of every lane in the tile: what is subtracted from x, the lowest argument, the rounding constant */
export const ORIGIN: usize = memory.data(ROW, 16), LOWEST: usize = memory.data(ROW, 16), BIAS: usize = memory.data(ROW, 16);
/** of float64 lanes: the rounding errors of e, in all, of arguments below PEAK (the maximum where that stays out, else infinity) */
export const LOST: usize = memory.data(ROW, 16), PEAK: usize = memory.data(ROW, 16);

/** four values of the end of a row, and their e */
export const STASH: usize = memory.data(64, 16);
export const STASH_E: usize = memory.data(64, 16);

/** bytes that hide nothing, and such that hide all */
const BEYOND: usize = memory.data<u8>([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255]);

/** The state of a tile whose lanes are all one. */
export function spreadLane<T, E, V>(origin: f64, top: f64, K: f64, peak: f64): void {
  const lowest = sizeof<E>() == 4 ? <E>(top * unit - depth<E>()) : <E>(top - depth<E>());
  for (let i = 0; i < 4 * <i32>span<E, E, V>(); i += span<E, E, V>()) {
    storeAs<E, E, V>(ORIGIN + i, splat<E, V>(<E>origin));
    storeAs<E, E, V>(LOWEST + i, splat<E, V>(lowest));
    storeAs<E, E, V>(BIAS + i, splat<E, V>(biasOf<E>(K)));
    if (sizeof<T>() == 8) {
      storeAs<E, E, V>(LOST + i, zero<E, V>());
      storeAs<E, E, V>(PEAK + i, splat<E, V>(<E>peak));
    }
  }
}

/**
 * e of the tile at x, whose rows are a pitch apart, to y, where they are a pitch of its own apart (y may be x). shifted: some
 * ORIGIN is not 0; a tile with arguments in two parts, or in float64 of float32 elements, is one lane, whose C is `common`.
 */
export function expTile<T, E, V>(x: usize, pitch: i32, y: usize, pitchE: i32, length: i32, lanes: i32, shifted: bool, common: f64, masked: bool): void {
  const k = constants<T, E>(), size = sizeof<E>();
  const k0 = constant<E, V>(k), k1 = constant<E, V>(k + size), k2 = constant<E, V>(k + 2 * size),
    k3 = constant<E, V>(k + 3 * size), k4 = constant<E, V>(k + 4 * size), k5 = constant<E, V>(k + 5 * size),
    k6 = constant<E, V>(k + 6 * size), k7 = constant<E, V>(k + 7 * size), k8 = constant<E, V>(k + 8 * size);
  const factor = splat<E, V>(<E>theta), C = splat<E, V>(<E>common);
  const dx = span<T, E, V>(), dy = span<E, E, V>(), four = 4 * width<E, V>();
  for (; length > 0; length--, x += pitch, y += pitchE) {
    for (let j = 0; j < lanes; j += four) {
      const n = lanes - j, s = j * sizeof<E>();
      let from = x + j * sizeof<T>(), to = y + s;
      if (n < four) {
        fill<T, E, V>(from, n);
        from = STASH;
        to = STASH_E;
      }
      if (sizeof<T>() == 8 && scaled) {
        scaleArguments<V>(from, common);
        from = HIGH;
      } else if (sizeof<T>() == sizeof<E>() && shifted) {
        shift<E, V>(from, s);
        from = STASH;
      }
      const lo0 = at<E, V>(LOWEST, s, 0), lo1 = at<E, V>(LOWEST, s, 1), lo2 = at<E, V>(LOWEST, s, 2), lo3 = at<E, V>(LOWEST, s, 3);
      const m0 = at<E, V>(BIAS, s, 0), m1 = at<E, V>(BIAS, s, 1), m2 = at<E, V>(BIAS, s, 2), m3 = at<E, V>(BIAS, s, 3);
      if (sizeof<E>() == 4) {
        exp4F32<V>(false, false, false, lo0, lo0, from, to, lo0, lo1, lo2, lo3, m0, m1, m2, m3, k0, k1, k2, k3, k4, k5, k6, k7, k8);
      } else if (sizeof<T>() == 4) {
        exp4Exact<V>(from, dx, to, dy, factor, C, lo0, lo1, lo2, lo3, m0, m1, m2, m3, k0, k1, k2, k3);
      } else {
        exp4F64<V>(masked, from, dx, to, dy, LOST + s, PEAK + s, lo0, lo1, lo2, lo3, m0, m1, m2, m3, k0, k1, k2, k3, k4, k5, k6);
      }
      if (n < four) drain<E, V>(y + s, n);
    }
  }
}

/**
 * e of a near tile of float32, whose every |theta x| is below 44: then no maximum need be known, and e = exp(theta x) or, where
 * lifted, 2^64 times that. False, with y in part written, where one is not below 44 in size, or is a NaN.
 */
export function expNear<V>(lifted: bool, x: usize, pitch: i32, y: usize, pitchE: i32, length: i32, lanes: i32): bool {
  return allBelow2<V>(nearTile<V>(false, false, 0, lifted, x, pitch, y, pitchE, length, lanes));
}

/**
 * The same of n elements where some may lie far below, as what is masked does: e of those below -109 is 0. False where
 * one is 44 or more; a NaN is in its e.
 */
export function expLow<V>(x: usize, y: usize, n: i32): bool {
  const most = splat<f32, V>(ASC_FEATURE_RELAXED_SIMD ? -1.96875 : 1.96875), far = nearTile<V>(true, false, 0, true, x, 0, y, 0, 1, n);
  return ASC_FEATURE_RELAXED_SIMD ? allAtMost<f32, V>(most, most, most, most, far) : allAtMost<f32, V>(far, far, far, far, most);
}

/** expNear of n elements, lifted; those whose byte at `mask` is 0 may be anything, and their e is 0. */
export function expShown<V>(x: usize, mask: usize, y: usize, n: i32): bool {
  return allBelow2<V>(nearTile<V>(false, true, mask, true, x, 0, y, 0, 1, n));
}

// @ts-ignore: decorator
@inline
function nearTile<V>(low: bool, masked: bool, mask: usize, lifted: bool, x: usize, pitch: i32, y: usize, pitchE: i32, length: i32, lanes: i32): V {
  const k = constants<f32, f32>();
  const k0 = constant<f32, V>(k), k1 = constant<f32, V>(k + 4), k2 = constant<f32, V>(k + 8), k3 = constant<f32, V>(k + 12),
    k4 = constant<f32, V>(k + 16), k5 = constant<f32, V>(k + 20), k6 = constant<f32, V>(k + 24), k7 = constant<f32, V>(k + 28),
    k8 = constant<f32, V>(k + 32), m = constant<f32, V>(k + (lifted ? 40 : 36)), four = 4 * width<f32, V>();
  // loaded, for an engine moves a splat into the loop
  if (low) store<f32>(LOWEST, <f32>(-109 * unit));
  const lo = low ? constant<f32, V>(LOWEST) : m;
  let far = zero<f32, V>();
  for (; length > 0; length--, x += pitch, y += pitchE) {
    for (let j = 0; j < lanes; j += four) {
      const n = lanes - j;
      let from = x + 4 * j, to = y + 4 * j;
      let hidden = lo;
      if (masked) hidden = hidden16<V>(mask + j);
      if (n < four) {
        fill<f32, f32, V>(from, n);
        from = STASH;
        to = STASH_E;
        // what fills it may be hidden itself
        if (masked) hidden = orBits<V>(hidden, loadAs<f32, f32, V>(BEYOND + 16 - n));
      }
      far = exp4F32<V>(true, low, masked, hidden, far, from, to, lo, lo, lo, lo, m, m, m, m, k0, k1, k2, k3, k4, k5, k6, k7, k8);
      if (n < four) drain<f32, V>(y + 4 * j, n);
    }
  }
  return far;
}

// @ts-ignore: decorator
@inline
function at<E, V>(row: usize, offset: usize, i: i32): V {
  return loadAs<E, E, V>(row + offset + i * span<E, E, V>());
}

/**
 * The n elements at x, at most four values, to the stash. In the lanes behind them: the first one again, which costs no
 * underflow; float64: what has no e to speak of, for the sum of the rounding errors.
 */
export function fill<T, E, V>(x: usize, n: i32): void {
  const rest = splat<E, V>(sizeof<T>() == 8 ? <E>(-Infinity * sign) : <E>load<T>(x));
  let at = STASH;
  for (; n > 0; n -= width<E, V>(), at += span<T, E, V>(), x += span<T, E, V>()) {
    storeAs<T, E, V>(at, get<T, E, V>(x, n, rest));
  }
  if (sizeof<T>() == sizeof<E>()) for (; at < STASH + 64; at += span<T, E, V>()) storeAs<T, E, V>(at, rest);
}

/** x - C of the four values at x, to the stash; s is the place of their lanes in the rows of state */
function shift<E, V>(x: usize, s: i32): void {
  for (let i = 0; i < 4 * <i32>span<E, E, V>(); i += span<E, E, V>()) {
    storeAs<E, E, V>(STASH + i, sub<E, V>(loadAs<E, E, V>(x + i), loadAs<E, E, V>(ORIGIN + s + i)));
  }
}

/** their e to y */
function drain<E, V>(y: usize, n: i32): void {
  for (let at = STASH_E; n > 0; n -= width<E, V>(), at += span<E, E, V>(), y += span<E, E, V>()) {
    put<E, E, V>(y, loadAs<E, E, V>(at), n);
  }
}
