import { add, inversePower, msub, mul, pmax, powerOf, sub } from './arithmetic';
import { COUNTS, LARGEST, TOPS, TOTALS, addLow, addTo } from './columns';
import { SCALE } from './constants';
import { UNIT, biasOf, part, scaled, theta } from './exp';
import { addPairs, logPair, maxTerm, product, quotient, reciprocal } from './finish';
import { BELOW, minus, minusScaled, times } from './results';
import { constant, loadAs, put, span, splat, storeAs, width, zero } from './slots';
import { BIAS, LOST, ROW } from './tile';

// The last steps of a tile of columns: what is done once a lane, and the passes that give the results.

// A row of state for each, or two: high parts and, in the row after it, low parts.
const STATE: usize = memory.data(12 * ROW, 16);
/** 1 / the sums; their logarithms relative to e at the maxima; that e; float64: softmax at the maxima */
const FACTORS: usize = STATE, LOGARITHMS: usize = STATE + 2 * ROW, TERMS: usize = STATE + 4 * ROW, VALUES: usize = STATE + 6 * ROW;
/** float32: a factor or a logarithm in two parts, and the power of two that is left of a factor */
const HIGHS: usize = STATE + 7 * ROW, LOWS: usize = STATE + 8 * ROW, POWERS: usize = STATE + 9 * ROW;
/** the sums relative to e at the maxima */
const RESTS: usize = STATE + 10 * ROW;

/** e at the maximum of the lanes at j, to TERMS */
function maxTerms<E, W>(j: i32): void {
  let top = loadAs<E, f64, W>(TOPS + j * sizeof<E>());
  if (sizeof<E>() == 4) top = mul<f64, W>(top, splat<f64, W>(theta));
  let K = sub<f64, W>(splat<f64, W>(<f64>biasOf<E>(0)), loadAs<E, f64, W>(BIAS + j * sizeof<E>()));
  K = mul<f64, W>(K, splat<f64, W>(sizeof<E>() == 4 ? UNIT : 0.0078125));
  maxTerm<E, W>(top, K, TERMS + j * 8, ROW);
}

/** m - m, for a NaN where the maximum is infinite */
// @ts-ignore: decorator
@inline
function poison<E, W>(j: i32): W {
  const m = loadAs<E, f64, W>(LARGEST + j * sizeof<E>());
  return sub<f64, W>(m, m);
}

/** what the sums and the rounded e lack */
// @ts-ignore: decorator
@inline
function lowSum<E, W>(j: i32): W {
  return sizeof<E>() == 4 ? zero<f64, W>() : add<f64, W>(loadAs<f64, f64, W>(TOTALS + ROW + j * 8), loadAs<f64, f64, W>(LOST + j * 8));
}

/** The maxima of columns of the same lane, `lanes` apart, become that of the lane. */
export function joinMaxima<E>(lanes: i32, columns: i32): void {
  for (let j = columns - 1; j >= lanes; j--) {
    const at = j * sizeof<E>(), to = at - lanes * sizeof<E>();
    store<E>(to, pmax<E, E>(load<E>(to, LARGEST), load<E>(at, LARGEST)), LARGEST);
  }
  spread(LARGEST, lanes * sizeof<E>(), columns * sizeof<E>());
}

/** Their counts and sums are added up in the first `lanes` columns. */
export function joinSums<E>(lanes: i32, columns: i32): void {
  for (let j = columns - 1; j >= lanes; j--) {
    const at = j * sizeof<E>(), to = at - lanes * sizeof<E>(), into = (j - lanes) * 8;
    store<E>(to, load<E>(to, COUNTS) + load<E>(at, COUNTS), COUNTS);
    addTo<E, f64>(into, load<f64>(j * 8, TOTALS));
    if (sizeof<E>() == 8) addLow<f64>(into, load<f64>(j * 8, TOTALS + ROW) + load<f64>(j * 8, LOST));
  }
}

/** Their results are that of the lane. */
export function spreadResults<E>(lanes: i32, columns: i32): void {
  const single = sizeof<E>() == 4, end = single ? RESTS : HIGHS;
  for (let row = single ? HIGHS : STATE; row < end; row += ROW) spread(row, lanes * sizeof<E>(), columns * sizeof<E>());
}

/** Repeats the first bytes of a row. */
function spread(row: usize, bytes: i32, all: i32): void {
  for (const end = row + all - bytes; row < end; row += 4) store<u32>(row + bytes, load<u32>(row));
}

/** 1 / sums to FACTORS; float64: e of the maxima to TERMS, and their results to VALUES */
export function factorColumns<E, W>(lanes: i32): void {
  for (let j = 0; j < lanes; j += width<f64, W>()) {
    const s = j * 8;
    reciprocal<E, W>(loadAs<f64, f64, W>(TOTALS + s), lowSum<E, W>(j), poison<E, W>(j), FACTORS + s, ROW);
    if (sizeof<E>() == 8) {
      maxTerms<E, W>(j);
      product<W>(loadAs<f64, f64, W>(TERMS + s), loadAs<f64, f64, W>(TERMS + ROW + s), loadAs<f64, f64, W>(FACTORS + s),
        loadAs<f64, f64, W>(FACTORS + ROW + s), VALUES + s);
    }
  }
}

/**
 * The logarithms of the sums, relative to the maximum, to LOGARITHMS; poisoned: NaN where that is infinite. Three loops, so that
 * the processor has several lanes under way: each step is a long chain.
 */
export function logColumns<E, W>(lanes: i32, poisoned: bool): void {
  for (let j = 0; j < lanes; j += width<f64, W>()) maxTerms<E, W>(j);
  for (let j = 0; j < lanes; j += width<f64, W>()) {
    const s = j * 8;
    quotient<E, W>(loadAs<f64, f64, W>(TOTALS + s), lowSum<E, W>(j), loadAs<f64, f64, W>(TERMS + s), loadAs<f64, f64, W>(TERMS + ROW + s), RESTS + s, ROW);
  }
  for (let j = 0; j < lanes; j += width<f64, W>()) {
    const s = j * 8;
    logPair<E, W>(loadAs<E, f64, W>(COUNTS + j * sizeof<E>()), loadAs<f64, f64, W>(RESTS + s), loadAs<f64, f64, W>(RESTS + ROW + s),
      poisoned ? poison<E, W>(j) : zero<f64, W>(), LOGARITHMS + s, ROW);
  }
}

/** the maximum plus the log, rounded once, to y */
export function valueColumns<E>(y: usize, lanes: i32): void {
  for (let j = 0; j < lanes; j++) {
    const m = <f64>load<E>(j * sizeof<E>(), LARGEST) * (sizeof<E>() == 4 ? theta : 1);
    store<E>(y + j * sizeof<E>(), <E>addPairs(m, 0, load<f64>(j * 8, LOGARITHMS), load<f64>(j * 8, LOGARITHMS + ROW)));
  }
}

/** float32: FACTORS or LOGARITHMS as the last steps want them: a factor times a power of two, and the high part below it */
export function narrowResults<W>(lanes: i32, factor: bool): void {
  for (let j = 0; j < lanes; j += width<f64, W>()) {
    const at = j * 4, exact = loadAs<f64, f64, W>((factor ? FACTORS : LOGARITHMS) + j * 8);
    let value = exact;
    if (factor) {
      storeAs<f32, f64, W>(POWERS + at, powerOf<W>(exact));
      value = mul<f64, W>(exact, inversePower<W>(exact));
    }
    storeAs<f32, f64, W>(HIGHS + at, mul<f64, W>(value, splat<f64, W>(factor ? BELOW : 1)));
    storeAs<f32, f64, W>(LOWS + at, sub<f64, W>(value, loadAs<f32, f64, W>(HIGHS + at)));
  }
}

/** e times the lane's factor to y */
export function scaleColumns<E, V>(e: usize, pitchE: i32, y: usize, pitch: i32, length: i32, lanes: i32): void {
  const single = sizeof<E>() == 4;
  for (; length > 0; length--, y += pitch, e += pitchE) {
    for (let j = 0, s = 0; j < lanes; j += width<E, V>(), s += span<E, E, V>()) {
      const hi = loadAs<E, E, V>((single ? HIGHS : FACTORS) + s), lo = loadAs<E, E, V>((single ? LOWS : FACTORS + ROW) + s);
      const peak = loadAs<E, E, V>((single ? POWERS : TERMS) + s), value = single ? peak : loadAs<E, E, V>(VALUES + s);
      put<E, E, V>(y + s, times<E, E, V>(single, loadAs<E, E, V>(e + s), hi, lo, peak, value), lanes - j);
    }
  }
}

/** x -> (x - m) less the lane's log */
export function subtractColumns<E, V>(x: usize, y: usize, pitch: i32, length: i32, lanes: i32): void {
  if (sizeof<E>() == 4 && scaled) {
    const p = part(), half = splat<E, V>(<E>p), th = splat<E, V>(load<E>(SCALE) / <E>p), tl = splat<E, V>(load<E>(SCALE + 4) / <E>p), mask = constant<E, V>(SCALE + 8), least = constant<E, V>(SCALE + 12);
    for (; length > 0; length--, x += pitch, y += pitch) {
      for (let j = 0, s = 0; j < lanes; j += width<E, V>(), s += span<E, E, V>()) {
        put<E, E, V>(y + s, minusScaled<V>(msub<E, V>(loadAs<E, E, V>(x + s), half, mul<E, V>(loadAs<E, E, V>(LARGEST + s), half)), th, tl, loadAs<E, E, V>(HIGHS + s), loadAs<E, E, V>(LOWS + s), mask, least), lanes - j);
      }
    }
    return;
  }
  const unused = zero<E, V>();
  for (; length > 0; length--, x += pitch, y += pitch) {
    for (let j = 0, s = 0; j < lanes; j += width<E, V>(), s += span<E, E, V>()) {
      const value = loadAs<E, E, V>(x + s), hi = loadAs<E, E, V>((sizeof<E>() == 4 ? HIGHS : LOGARITHMS) + s);
      const lo = sizeof<E>() == 4 ? hi : loadAs<E, E, V>(LOGARITHMS + ROW + s);
      put<E, E, V>(y + s, minus<E, E, V>(value, loadAs<E, E, V>(LARGEST + s), unused, hi, lo), lanes - j);
    }
  }
}
