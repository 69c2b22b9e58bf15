import { HIGH, biasOf, constants, depth, exp4, scaleArguments, scaled, sign, theta } from './exp';
import {
  constant, get, loadAs, put, span, splat, storeAs, sub, width, zero,
} from './lanes';

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

/** C of the lane, where the tile is one lane; spreadLane sets it for a row, and columns do not read it */
let common: f64 = 0;
/** whether some ORIGIN is not 0: set with the rows of state, by spreadLane or prepareColumns */
let shifted: bool = false;

export function setShifted(some: bool): void {
  shifted = some;
}

/** The state of a tile whose lanes are all one. */
export function spreadLane<T, E, V>(origin: f64, top: f64, K: f64, peak: f64): void {
  common = origin;
  shifted = origin != 0;
  for (let i = 0; i < 4 * <i32>span<E, E, V>(); i += span<E, E, V>()) {
    storeAs<E, E, V>(ORIGIN + i, splat<E, V>(<E>origin));
    storeAs<E, E, V>(LOWEST + i, splat<E, V>(<E>top - depth<E>()));
    storeAs<E, E, V>(BIAS + i, splat<E, V>(biasOf<E>(K)));
    if (sizeof<T>() == 8) {
      storeAs<E, E, V>(LOST + i, zero<E, V>());
      storeAs<E, E, V>(PEAK + i, splat<E, V>(<E>peak));
    }
  }
}

/** e of the tile at x, whose rows are a pitch apart, to y, where they are a pitch of its own apart (y may be x) */
export function expTile<T, E, V>(x: usize, pitch: i32, y: usize, pitchE: i32, length: i32, lanes: i32): void {
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
      exp4<T, E, V>(from, dx, to, dy, LOST + s, PEAK + s, factor, C,
        at<E, V>(LOWEST, s, 0), at<E, V>(LOWEST, s, 1), at<E, V>(LOWEST, s, 2), at<E, V>(LOWEST, s, 3),
        at<E, V>(BIAS, s, 0), at<E, V>(BIAS, s, 1), at<E, V>(BIAS, s, 2), at<E, V>(BIAS, s, 3),
        k0, k1, k2, k3, k4, k5, k6, k7, k8);
      if (n < four) drain<E, V>(y + s, n);
    }
  }
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
  if (sizeof<T>() == 8) for (; at < STASH + 64; at += span<T, E, V>()) storeAs<T, E, V>(at, rest);
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
