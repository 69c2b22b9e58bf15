import {
  add, inversePower, keepWhere, magnitude, msub, mul, oneWhereEqual, pmax, powerOf, round, sub, whereLess, whereOther,
} from './arithmetic';
import { SCALE } from './constants';
import { OFFSET_F32, UNIT, biasOf, depth, one as unit, part, scaled, theta } from './exp';
import { addPairs, logPair, maxTerm, product, quotient, reciprocal } from './finish';
import { BELOW, minus, minusScaled, times } from './results';
import { limit, mostNear } from './rows';
import { constant, get, loadAs, lowest, maxSlot, put, span, splat, storeAs, widen, width, zero } from './slots';
import { twoSumLow } from './sums';
import { BIAS, LOST, LOWEST, ORIGIN, PEAK, ROW } from './tile';

// Lanes that lie side by side: the lanes of a vector lie across inner. A tile of them is streamed along the axis once
// for each step, with what is known of every lane in the rows of state below. Only for E = T without theta: what else
// there is comes here as rows (passes.ts). Sums take groups of float32 neighbours along the axis, as sumShortRow in rows.ts.

const MAXIMUM: usize = memory.data(ROW, 16), TOP: usize = memory.data(ROW, 16), COUNT: usize = memory.data(ROW, 16);
/** a row of no e */
const NONE: usize = memory.data(ROW, 16);
// two rows each: high parts and, in the row after it, low parts
const SUM: usize = memory.data(2 * ROW, 16);
const RESULTS: usize = memory.data(4 * ROW, 16), TERM: usize = RESULTS, RESULT: usize = RESULTS + 2 * ROW;
/** of float32 lanes: the power of two that is left of a factor */
const POWER: usize = memory.data(ROW, 16);
/** whether some ORIGIN is not 0 */
const SHIFTED: usize = memory.data(8, 8);

export function shifted(): bool {
  return load<i32>(SHIFTED) != 0;
}

/** Starts all lanes, with what is below their maxima. */
export function startColumns<E, V, W>(lanes: i32, least: f64): void {
  const none = splat<E, V>(<E>least);
  for (let j = 0, s = 0; j < lanes; j += width<E, V>(), s += span<E, E, V>()) {
    storeAs<E, E, V>(MAXIMUM + s, none);
    storeAs<E, E, V>(COUNT + s, zero<E, V>());
  }
  for (let j = 0; j < lanes * 8; j += span<f64, f64, W>()) {
    storeAs<f64, f64, W>(SUM + j, zero<f64, W>());
    storeAs<f64, f64, W>(SUM + ROW + j, zero<f64, W>());
  }
}

/** Takes `length` rows into the maxima: the largest x of each lane that is not a NaN. */
export function maxColumns<E, V>(x: usize, length: i32, pitch: i32, lanes: i32): void {
  const none = lowest<E, V>();
  for (; length > 0; length -= 4, x += 4 * pitch) {
    // past the end: the maxima themselves
    const x1 = length > 1 ? x + pitch : MAXIMUM, x2 = length > 2 ? x + 2 * pitch : MAXIMUM, x3 = length > 3 ? x + 3 * pitch : MAXIMUM;
    for (let j = 0, s = 0; j < lanes; j += width<E, V>(), s += span<E, E, V>()) {
      let m = pmax<E, V>(loadAs<E, E, V>(MAXIMUM + s), get<E, E, V>(x + s, lanes - j, none));
      m = pmax<E, V>(m, loadAs<E, E, V>(x1 + s));
      m = pmax<E, V>(m, loadAs<E, E, V>(x2 + s));
      storeAs<E, E, V>(MAXIMUM + s, pmax<E, V>(m, loadAs<E, E, V>(x3 + s)));
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
    const m = loadAs<E, E, V>(MAXIMUM + at);
    const present = keepWhere<E, V>(none, m, m), size = magnitude<E, V>(present);
    const top = whereLess<E, V>(far, size, zero<E, V>(), present);
    storeAs<E, E, V>(ORIGIN + at, keepWhere<E, V>(far, size, present));
    storeAs<E, E, V>(LOWEST + at, sub<E, V>(top, down));
    storeAs<E, E, V>(BIAS + at, sub<E, V>(bias, mul<E, V>(round<E, V>(mul<E, V>(top, log2e)), step)));
    storeAs<E, E, V>(TOP + at, top);
    if (sizeof<E>() == 8) {
      storeAs<E, E, V>(LOST + at, zero<E, V>());
      storeAs<E, E, V>(PEAK + at, masked ? top : splat<E, V>(<E>Infinity));
    }
    largest = pmax<E, V>(largest, size);
  }
  store<i32>(SHIFTED, maxSlot<E, V>(largest) > limit<E>() ? 1 : 0);
}

/** The same for lanes that may be near; false where a maximum shows that they are not. */
export function prepareNearColumns<V>(lanes: i32): bool {
  const none = lowest<f32, V>(), bias = splat<f32, V>(biasOf<f32>(OFFSET_F32));
  let largest = zero<f32, V>();
  for (let at = 0; at < 4 * lanes; at += span<f32, f32, V>()) {
    const m = loadAs<f32, f32, V>(MAXIMUM + at);
    storeAs<f32, f32, V>(LOWEST + at, none);
    storeAs<f32, f32, V>(BIAS + at, bias);
    storeAs<f32, f32, V>(TOP + at, m);
    largest = pmax<f32, V>(largest, magnitude<f32, V>(m));
  }
  return <f64>maxSlot<f32, V>(largest) < mostNear();
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
        const m = loadAs<E, E, V>(MAXIMUM + s), xa = get<E, E, V>(x + s, lanes - j, none), xb = loadAs<E, E, V>(x1 + s);
        let count = add<E, V>(oneWhereEqual<E, V>(xa, m, one), oneWhereEqual<E, V>(xb, m, one));
        a = whereOther<E, V>(xa, m, a);
        b = whereOther<E, V>(xb, m, b);
        if (group == 4) {
          const xc = loadAs<E, E, V>(x2 + s), xd = loadAs<E, E, V>(x3 + s);
          count = add<E, V>(count, add<E, V>(oneWhereEqual<E, V>(xc, m, one), oneWhereEqual<E, V>(xd, m, one)));
          c = whereOther<E, V>(xc, m, c);
          d = whereOther<E, V>(xd, m, d);
        }
        storeAs<E, E, V>(COUNT + s, add<E, V>(loadAs<E, E, V>(COUNT + s), count));
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
function addTo<E, W>(at: usize, value: W): void {
  const s = loadAs<f64, f64, W>(SUM + at), sum = add<f64, W>(s, value);
  storeAs<f64, f64, W>(SUM + at, sum);
  if (sizeof<E>() == 8) addLow<W>(at, twoSumLow<W>(s, value, sum, true));
}

// @ts-ignore: decorator
@inline
function addLow<W>(at: usize, value: W): void {
  storeAs<f64, f64, W>(SUM + ROW + at, add<f64, W>(loadAs<f64, f64, W>(SUM + ROW + at), value));
}

/** e at the maximum of the lanes at j, to TERM */
function maxTerms<E, W>(j: i32): void {
  let top = loadAs<E, f64, W>(TOP + j * sizeof<E>());
  if (sizeof<E>() == 4) top = mul<f64, W>(top, splat<f64, W>(theta));
  let K = sub<f64, W>(splat<f64, W>(<f64>biasOf<E>(0)), loadAs<E, f64, W>(BIAS + j * sizeof<E>()));
  K = mul<f64, W>(K, splat<f64, W>(sizeof<E>() == 4 ? UNIT : 0.0078125));
  maxTerm<E, W>(top, K, TERM + j * 8, ROW);
}

/** m - m, for a NaN where the maximum is infinite */
// @ts-ignore: decorator
@inline
function poison<E, W>(j: i32): W {
  const m = loadAs<E, f64, W>(MAXIMUM + j * sizeof<E>());
  return sub<f64, W>(m, m);
}

/** what the sums and the rounded e lack */
// @ts-ignore: decorator
@inline
function lowSum<E, W>(j: i32): W {
  return sizeof<E>() == 4 ? zero<f64, W>() : add<f64, W>(loadAs<f64, f64, W>(SUM + ROW + j * 8), loadAs<f64, f64, W>(LOST + j * 8));
}

/** The maxima of columns of the same lane, `lanes` apart, become that of the lane. */
export function joinMaxima<E>(lanes: i32, columns: i32): void {
  for (let j = columns - 1; j >= lanes; j--) {
    const at = j * sizeof<E>(), to = at - lanes * sizeof<E>();
    store<E>(to, pmax<E, E>(load<E>(to, MAXIMUM), load<E>(at, MAXIMUM)), MAXIMUM);
  }
  spread(MAXIMUM, lanes * sizeof<E>(), columns * sizeof<E>());
}

/** Their counts and sums are added up in the first `lanes` columns. */
export function joinSums<E>(lanes: i32, columns: i32): void {
  for (let j = columns - 1; j >= lanes; j--) {
    const at = j * sizeof<E>(), to = at - lanes * sizeof<E>(), into = (j - lanes) * 8;
    store<E>(to, load<E>(to, COUNT) + load<E>(at, COUNT), COUNT);
    addTo<E, f64>(into, load<f64>(j * 8, SUM));
    if (sizeof<E>() == 8) addLow<f64>(into, load<f64>(j * 8, SUM + ROW) + load<f64>(j * 8, LOST));
  }
}

/** Their results are that of the lane. */
export function spreadResults<E>(lanes: i32, columns: i32): void {
  for (let row = RESULTS; row < RESULTS + 4 * ROW; row += ROW) spread(row, lanes * sizeof<E>(), columns * sizeof<E>());
  if (sizeof<E>() == 4) spread(POWER, lanes * 4, columns * 4);
}

/** Repeats the first bytes of a row. */
function spread(row: usize, bytes: i32, all: i32): void {
  for (const end = row + all - bytes; row < end; row += 4) store<u32>(row + bytes, load<u32>(row));
}

/** sums -> reciprocals in RESULT; float64: e of the maxima in TERM, and in the row after it their results */
export function factorColumns<E, W>(lanes: i32): void {
  for (let j = 0; j < lanes; j += width<f64, W>()) {
    const s = j * 8;
    reciprocal<E, W>(loadAs<f64, f64, W>(SUM + s), lowSum<E, W>(j), poison<E, W>(j), RESULT + s, ROW);
    if (sizeof<E>() == 8) {
      maxTerms<E, W>(j);
      product<W>(loadAs<f64, f64, W>(TERM + s), loadAs<f64, f64, W>(TERM + ROW + s), loadAs<f64, f64, W>(RESULT + s),
        loadAs<f64, f64, W>(RESULT + ROW + s), TERM + ROW + s);
    }
  }
}

/**
 * sums without the maximum -> logs relative to the maximum in RESULT; poisoned: NaN where that is infinite. Three loops, so that
 * the processor has several lanes under way: each step is a long chain.
 */
export function logColumns<E, W>(lanes: i32, poisoned: bool): void {
  for (let j = 0; j < lanes; j += width<f64, W>()) maxTerms<E, W>(j);
  for (let j = 0; j < lanes; j += width<f64, W>()) {
    const s = j * 8;
    quotient<E, W>(loadAs<f64, f64, W>(SUM + s), lowSum<E, W>(j), loadAs<f64, f64, W>(TERM + s), loadAs<f64, f64, W>(TERM + ROW + s), TERM + s, ROW);
  }
  for (let j = 0; j < lanes; j += width<f64, W>()) {
    const s = j * 8;
    logPair<E, W>(loadAs<E, f64, W>(COUNT + j * sizeof<E>()), loadAs<f64, f64, W>(TERM + s), loadAs<f64, f64, W>(TERM + ROW + s),
      poisoned ? poison<E, W>(j) : zero<f64, W>(), RESULT + s, ROW);
  }
}

/** the maximum plus the log, rounded once, to y */
export function valueColumns<E>(y: usize, lanes: i32): void {
  for (let j = 0; j < lanes; j++) {
    const m = <f64>load<E>(j * sizeof<E>(), MAXIMUM) * (sizeof<E>() == 4 ? theta : 1);
    store<E>(y + j * sizeof<E>(), <E>addPairs(m, 0, load<f64>(j * 8, RESULT), load<f64>(j * 8, RESULT + ROW)));
  }
}

/** RESULT in float32, in two parts, as the last steps want it; a factor times a power of two, and the high part below it */
export function narrowResult<E, W>(lanes: i32, factor: bool): void {
  if (sizeof<E>() == 8) return;
  for (let j = 0; j < lanes; j += width<f64, W>()) {
    let value = loadAs<f64, f64, W>(RESULT + j * 8);
    const at = j * sizeof<E>();
    if (factor) {
      storeAs<E, f64, W>(POWER + at, powerOf<W>(value));
      value = mul<f64, W>(value, inversePower<W>(value));
    }
    storeAs<E, f64, W>(RESULT + at, mul<f64, W>(value, splat<f64, W>(factor ? BELOW : 1)));
    storeAs<E, f64, W>(RESULT + ROW + at, sub<f64, W>(value, loadAs<E, f64, W>(RESULT + at)));
  }
}

/** e times the lane's factor to y */
export function scaleColumns<E, V>(e: usize, pitchE: i32, y: usize, pitch: i32, length: i32, lanes: i32): void {
  for (; length > 0; length--, y += pitch, e += pitchE) {
    for (let j = 0, s = 0; j < lanes; j += width<E, V>(), s += span<E, E, V>()) {
      const hi = loadAs<E, E, V>(RESULT + s), lo = loadAs<E, E, V>(RESULT + ROW + s);
      const peak = loadAs<E, E, V>((sizeof<E>() == 4 ? POWER : TERM) + s), value = double<E, V>(TERM + ROW + s, hi);
      put<E, E, V>(y + s, times<E, E, V>(sizeof<E>() == 4, loadAs<E, E, V>(e + s), hi, lo, peak, value), lanes - j);
    }
  }
}

/** the value at `at`, which float64 alone needs; else what is at hand */
// @ts-ignore: decorator
@inline
function double<E, V>(at: usize, unused: V): V {
  return sizeof<E>() == 8 ? loadAs<E, E, V>(at) : unused;
}

/** x -> (x - m) less the lane's log */
export function subtractColumns<E, V>(x: usize, y: usize, pitch: i32, length: i32, lanes: i32): void {
  if (sizeof<E>() == 4 && scaled) {
    const p = part(), half = splat<E, V>(<E>p), th = splat<E, V>(load<E>(SCALE) / <E>p), tl = splat<E, V>(load<E>(SCALE + 4) / <E>p), mask = constant<E, V>(SCALE + 8), least = constant<E, V>(SCALE + 12);
    for (; length > 0; length--, x += pitch, y += pitch) {
      for (let j = 0, s = 0; j < lanes; j += width<E, V>(), s += span<E, E, V>()) {
        put<E, E, V>(y + s, minusScaled<V>(msub<E, V>(loadAs<E, E, V>(x + s), half, mul<E, V>(loadAs<E, E, V>(MAXIMUM + s), half)), th, tl, loadAs<E, E, V>(RESULT + s), loadAs<E, E, V>(RESULT + ROW + s), mask, least), lanes - j);
      }
    }
    return;
  }
  const unused = zero<E, V>();
  for (; length > 0; length--, x += pitch, y += pitch) {
    for (let j = 0, s = 0; j < lanes; j += width<E, V>(), s += span<E, E, V>()) {
      const value = loadAs<E, E, V>(x + s), hi = loadAs<E, E, V>(RESULT + s), lo = double<E, V>(RESULT + ROW + s, hi);
      put<E, E, V>(y + s, minus<E, E, V>(value, loadAs<E, E, V>(MAXIMUM + s), unused, hi, lo), lanes - j);
    }
  }
}
