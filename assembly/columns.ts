import { add, keepWhere, magnitude, mul, oneWhereEqual, pmax, round, sub, whereLess, whereOther } from './arithmetic';
import { UNIT, biasOf, depth, one as unit, theta } from './exp';
import { limit } from './rows';
import { constant, get, loadAs, lowest, maxSlot, span, splat, storeAs, widen, width, zero } from './slots';
import { twoSumLow } from './sums';
import { BIAS, LOST, LOWEST, ORIGIN, PEAK, ROW } from './tile';

// Lanes that lie side by side: the slots of a vector lie across inner. A tile of them is streamed along the axis once
// for each step, with what is known of every lane in the rows of state below. Only for E = T without theta: what else
// there is comes here as rows (passes.ts). Sums take groups of float32 neighbours along the axis, as sumShortRow in sums.ts.

// A row of state for each, or two: high parts and, in the row after it, low parts.
export const LARGEST: usize = memory.data(ROW, 16), TOPS: usize = memory.data(ROW, 16), COUNTS: usize = memory.data(ROW, 16);
export const TOTALS: usize = memory.data(2 * ROW, 16);
/** a row of no e */
const NONE: usize = memory.data(ROW, 16);
/** whether some ORIGIN is not 0 */
const SHIFTED: usize = memory.data(8, 8);

export function shifted(): bool {
  return load<i32>(SHIFTED) != 0;
}

/** Starts all lanes, with what is below their maxima. */
export function startColumns<E, V, W>(lanes: i32, least: f64): void {
  const none = splat<E, V>(<E>least);
  for (let j = 0, s = 0; j < lanes; j += width<E, V>(), s += span<E, E, V>()) {
    storeAs<E, E, V>(LARGEST + s, none);
    storeAs<E, E, V>(COUNTS + s, zero<E, V>());
  }
  for (let j = 0; j < lanes * 8; j += span<f64, f64, W>()) {
    storeAs<f64, f64, W>(TOTALS + j, zero<f64, W>());
    storeAs<f64, f64, W>(TOTALS + ROW + j, zero<f64, W>());
  }
}

/** Takes `length` rows into the maxima: the largest x of each lane that is not a NaN. */
export function maxColumns<E, V>(x: usize, length: i32, pitch: i32, lanes: i32): void {
  const none = lowest<E, V>();
  for (; length > 0; length -= 4, x += 4 * pitch) {
    // past the end: the maxima themselves
    const x1 = length > 1 ? x + pitch : LARGEST, x2 = length > 2 ? x + 2 * pitch : LARGEST, x3 = length > 3 ? x + 3 * pitch : LARGEST;
    for (let j = 0, s = 0; j < lanes; j += width<E, V>(), s += span<E, E, V>()) {
      let m = pmax<E, V>(loadAs<E, E, V>(LARGEST + s), get<E, E, V>(x + s, lanes - j, none));
      m = pmax<E, V>(m, loadAs<E, E, V>(x1 + s));
      m = pmax<E, V>(m, loadAs<E, E, V>(x2 + s));
      storeAs<E, E, V>(LARGEST + s, pmax<E, V>(m, loadAs<E, E, V>(x3 + s)));
    }
  }
}

/** prepareRow of rows.ts, for each lane */
export function prepareColumns<E, V>(lanes: i32, masked: bool): void {
  const none = lowest<E, V>(), far = splat<E, V>(limit<E>()), down = splat<E, V>(<E>depth<E>()), bias = splat<E, V>(biasOf<E>(0));
  // float32: K is even
  const log2e = splat<E, V>(<E>(sizeof<E>() == 4 ? 0.7213475204444817 * theta : 1.4426950408889634));
  const step = splat<E, V>(<E>(sizeof<E>() == 4 ? 2 / UNIT : 128));
  let largest = zero<E, V>();
  for (let at = 0; at < lanes * <i32>sizeof<E>(); at += span<E, E, V>()) {
    const m = loadAs<E, E, V>(LARGEST + at);
    const present = keepWhere<E, V>(none, m, m), size = magnitude<E, V>(present);
    const top = whereLess<E, V>(far, size, zero<E, V>(), present);
    storeAs<E, E, V>(ORIGIN + at, keepWhere<E, V>(far, size, present));
    storeAs<E, E, V>(LOWEST + at, sub<E, V>(top, down));
    storeAs<E, E, V>(BIAS + at, sub<E, V>(bias, mul<E, V>(round<E, V>(mul<E, V>(top, log2e)), step)));
    storeAs<E, E, V>(TOPS + at, top);
    if (sizeof<E>() == 8) {
      storeAs<E, E, V>(LOST + at, zero<E, V>());
      storeAs<E, E, V>(PEAK + at, masked ? top : splat<E, V>(<E>Infinity));
    }
    largest = pmax<E, V>(largest, size);
  }
  store<i32>(SHIFTED, maxSlot<E, V>(largest) > limit<E>() ? 1 : 0);
}

/**
 * Adds `length` rows of e (of the elements x) to the sums. Masked: elements at the maximum stay out and are counted.
 * float32: in float64; float64: two-sum.
 */
export function sumColumns<E, V, W>(x: usize, pitch: i32, e: usize, pitchE: i32, length: i32, lanes: i32, masked: bool): void {
  const group: i32 = sizeof<E>() == 4 ? 4 : 2, one = constant<E, V>(unit<E, E>()), none = lowest<E, V>(), nothing = zero<E, V>();
  for (; length > 0; length -= group, x += group * pitch, e += group * pitchE) {
    // past the end: rows of no e, and of x that are no maximum
    const more1 = length > 1, more2 = group == 4 && length > 2, more3 = group == 4 && length > 3;
    const x1 = more1 ? x + pitch : LOWEST, x2 = more2 ? x + 2 * pitch : LOWEST, x3 = more3 ? x + 3 * pitch : LOWEST;
    const e1 = more1 ? e + pitchE : NONE, e2 = more2 ? e + 2 * pitchE : NONE, e3 = more3 ? e + 3 * pitchE : NONE;
    for (let j = 0, s = 0; j < lanes; j += width<E, V>(), s += span<E, E, V>()) {
      let a = get<E, E, V>(e + s, lanes - j, nothing), b = loadAs<E, E, V>(e1 + s), c = a, d = b;
      if (group == 4) {
        c = loadAs<E, E, V>(e2 + s);
        d = loadAs<E, E, V>(e3 + s);
      }
      if (masked) {
        const m = loadAs<E, E, V>(LARGEST + s), xa = get<E, E, V>(x + s, lanes - j, none), xb = loadAs<E, E, V>(x1 + s);
        let count = add<E, V>(oneWhereEqual<E, V>(xa, m, one), oneWhereEqual<E, V>(xb, m, one));
        a = whereOther<E, V>(xa, m, a);
        b = whereOther<E, V>(xb, m, b);
        if (group == 4) {
          const xc = loadAs<E, E, V>(x2 + s), xd = loadAs<E, E, V>(x3 + s);
          count = add<E, V>(count, add<E, V>(oneWhereEqual<E, V>(xc, m, one), oneWhereEqual<E, V>(xd, m, one)));
          c = whereOther<E, V>(xc, m, c);
          d = whereOther<E, V>(xd, m, d);
        }
        storeAs<E, E, V>(COUNTS + s, add<E, V>(loadAs<E, E, V>(COUNTS + s), count));
      }
      if (sizeof<E>() == 8) {
        addTo<E, W>(j * 8, <W>a);
        addTo<E, W>(j * 8, <W>b);
      } else {
        addTo<E, W>(j * 8, sum4<E, V, W>(a, b, c, d, 0));
        if (isVector<V>()) addTo<E, W>(j * 8 + 16, sum4<E, V, W>(a, b, c, d, 1));
      }
    }
  }
}

// @ts-ignore: decorator
@inline
function sum4<E, V, W>(a: V, b: V, c: V, d: V, half: i32): W {
  return add<f64, W>(add<f64, W>(widen<E, V, W>(a, half), widen<E, V, W>(b, half)),
    add<f64, W>(widen<E, V, W>(c, half), widen<E, V, W>(d, half)));
}

// @ts-ignore: decorator
@inline
export function addTo<E, W>(at: usize, value: W): void {
  const s = loadAs<f64, f64, W>(TOTALS + at), sum = add<f64, W>(s, value);
  storeAs<f64, f64, W>(TOTALS + at, sum);
  if (sizeof<E>() == 8) addLow<W>(at, twoSumLow<W>(s, value, sum, true));
}

// @ts-ignore: decorator
@inline
export function addLow<W>(at: usize, value: W): void {
  storeAs<f64, f64, W>(TOTALS + ROW + at, add<f64, W>(loadAs<f64, f64, W>(TOTALS + ROW + at), value));
}
