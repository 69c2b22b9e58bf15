import {
  factorColumns, joinMaxima, joinSums, logColumns, maxColumns, narrowResult, prepareColumns, prepareNearColumns, scaleColumns, shifted, spreadResults, startColumns,
  subtractColumns, sumColumns, valueColumns,
} from './columns';
import {
  CHUNK_E, PAIR, SHORT, TERM, VALUE, expRow, expSumNear, expSumRow, logRow, maxRow, mostNear, origin, prepareNear, prepareRow, relative, relativeRest, scaleRow, softmaxFactor,
  subtractRow, sumShortRow, valueRow,
} from './rows';
import { TILE, expNear, expTile } from './tile';
import { gather, scatter, transpose } from './transpose';

// The three functions as sequences of passes, over rows, columns and tiles.

export const SOFTMAX: i32 = 0;
export const LOG_SOFTMAX: i32 = 1;
export const LOGSUMEXP: i32 = 2;

/** bytes of a tile that is gathered */
const GATHERED: i32 = 16384;
const TILED: usize = memory.data(GATHERED, 16), TILED_Y: usize = memory.data(GATHERED, 16);
/** e of what is not kept in place: one row of float64 for float32 elements, one of float32, some rows of a tile of columns */
export const SCRATCHED: i32 = 262144;
export const SCRATCH: usize = memory.data(SCRATCHED, 16);

/** outer blocks of length x inner elements at x; results to y, which may be x and must not overlap it otherwise */
export function lanes<T, E, V, W>(kind: i32, x: usize, y: usize, outer: i32, length: i32, inner: i32): void {
  const plain = !relative<T, E>();
  const wide = inner * sizeof<T>(), block = length * wide, result = kind == LOGSUMEXP ? wide : block;
  if (inner == 1 && (!plain || length > SHORT || outer < 4)) {
    // after a lane that is not near, how many are taken the other way at once: twice as many each time, for they are alike
    let wait = 0, misses = 0;
    for (; outer > 0; outer--, x += block, y += result) {
      if (isVector<V>() && sizeof<E>() == 4) {
        if (wait > 0) wait--;
        else if (kind == SOFTMAX) {
          if (nearRow<V, W>(x, y, length)) {
            misses = 0;
            continue;
          }
          misses = min<i32>(misses + 1, 6);
          wait = 1 << misses;
        }
      }
      row<T, E, V, W>(kind, x, y, length);
    }
  } else if (plain && inner < 16 && outer > 1 && length <= GATHERED / 64 / sizeof<T>()) {
    gathered<T, V, W>(kind, x, y, outer, length, inner);
  } else {
    let near = maybeNear<E, V>();
    for (; outer > 0; outer--, x += block, y += result) {
      if (plain) near = columns<T, V, W>(kind, x, y, wide, length, inner, near);
      else transposed<T, E, V, W>(kind, x, y, wide, length, inner);
    }
  }
}

/** Whether lanes that are near are worth a try: vectors of float32. */
// @ts-ignore: decorator
@inline
function maybeNear<E, V>(): bool {
  return isVector<V>() && sizeof<E>() == 4;
}

/** Softmax of a contiguous lane, without its maximum, if every |theta x| is below 44; else false, with x as it was. */
function nearRow<V, W>(x: usize, y: usize, n: i32): bool {
  if (x == y && 4 * n > SCRATCHED) return false;
  const e = x == y ? SCRATCH : y;
  if (expSumNear<V, W>(x, e, n, false) < 0) return false;
  scaleRow<f32, f32, V>(e, y, n, 1 / load<f64>(PAIR), 0, 0, 0);
  return true;
}

/** one contiguous lane */
function row<T, E, V, W>(kind: i32, x: usize, y: usize, n: i32): void {
  const m = maxRow<T, E, V>(x, n);
  if (kind == SOFTMAX) {
    const e = sizeof<T>() == sizeof<E>() ? y : SCRATCH;
    prepareRow<T, E, V>(m, false);
    if (sizeof<T>() == sizeof<E>() && n <= SHORT) {
      expRow<T, E, V>(x, e, n, origin);
      sumShortRow<T, E, V>(x, e, n, false);
    } else {
      expSumRow<T, E, V, W>(x, e, n, false);
    }
    softmaxFactor<T, E, W>(m);
    scaleRow<T, E, V>(e, y, n, load<f64>(PAIR), load<f64>(PAIR + 16), load<f64>(TERM), load<f64>(VALUE));
    return;
  }
  const count = restOfRow<T, E, V, W>(x, n, m);
  logRow<T, W>(count, kind == LOG_SOFTMAX ? m - m : 0);
  if (kind == LOG_SOFTMAX) subtractRow<T, E, V>(x, y, n, load<f64>(PAIR), load<f64>(PAIR + 16));
  else store<T>(y, <T>valueRow());
}

/** The sum of a lane with the maximum m, without it and relative to it, to PAIR; returns how often the maximum occurs. */
export function restOfRow<T, E, V, W>(x: usize, n: i32, m: f64): f64 {
  let count: f64 = -1;
  if (isVector<V>() && sizeof<E>() == 4) {
    if (abs<f64>(m) < mostNear()) {
      prepareNear(m);
      count = expSumNear<V, W>(x, CHUNK_E, n, true);
    }
  }
  if (count < 0) {
    prepareRow<T, E, V>(m, true);
    if (sizeof<T>() == sizeof<E>() && n <= SHORT) {
      expRow<T, E, V>(x, CHUNK_E, n, origin);
      count = sumShortRow<T, E, V>(x, CHUNK_E, n, true);
    } else {
      count = expSumRow<T, E, V, W>(x, CHUNK_E, n, true);
    }
  }
  relativeRest<T, E, W>();
  return count;
}

/** lanes side by side, rows of them a pitch apart, in tiles; near: they may be near. Returns whether later ones may be. */
function columns<E, V, W>(kind: i32, x: usize, y: usize, pitch: i32, length: i32, lanes: i32, near: bool): bool {
  for (; lanes > 0; lanes -= TILE, x += TILE * sizeof<E>(), y += TILE * sizeof<E>()) {
    const w = min<i32>(lanes, TILE), wide = w * sizeof<E>(), copies = pitch == wide && length > SHORT + 16 * w ? copiesOf(w) : 1;
    const keep = kind == SOFTMAX;
    // a tile that turns out not to be near wants its x again
    let e = y, pitchE = pitch;
    if (near && keep && x == y) {
      near = length <= SCRATCHED / wide;
      e = SCRATCH;
      pitchE = wide;
    }
    if (isVector<V>() && sizeof<E>() == 4) if (near) {
      startColumns<E, V, W>(w * copies, keep ? 0 : -Infinity);
      if (!keep) {
        columnStep<E, V, W>(MAXIMA, kind, x, y, pitch, length, w, copies);
        if (copies > 1) joinMaxima<E>(w, w * copies);
        near = prepareNearColumns<V>(w * copies);
      }
      near = near && columnRows<E, V, W>(SUMS, kind, true, x, pitch, e, pitchE, y, length, w, copies);
    }
    if (!near) {
      e = y;
      pitchE = pitch;
      for (let step = START; step <= SUMS; step++) columnStep<E, V, W>(step, kind, x, y, pitch, length, w, copies);
    }
    columnStep<E, V, W>(FINISH, kind, x, y, pitch, length, w, copies);
    columnRows<E, V, W>(APPLY, kind, near, x, pitch, e, pitchE, y, length, w, copies);
  }
  return near;
}

// The steps of a tile of columns. MAXIMA, SUMS and APPLY take rows, all at once or some at a time; APPLY wants the e of SUMS
// at y for softmax. FINISH gives the results of logsumexp. From START to APPLY no other lanes may be computed.
const START: i32 = 0, MAXIMA: i32 = 1, PREPARE: i32 = 2, SUMS: i32 = 3, FINISH: i32 = 4, APPLY: i32 = 5;

/** How many elements of each of so few lanes make a row: all lanes of all vectors have work then. */
// @ts-ignore: decorator
@inline
export function copiesOf(lanes: i32): i32 {
  return lanes < 32 ? 16 / (lanes & -lanes) : 1;
}

export function columnStep<E, V, W>(step: i32, kind: i32, x: usize, y: usize, pitch: i32, length: i32, lanes: i32, copies: i32): void {
  const w = lanes * copies;
  if (step == START) {
    startColumns<E, V, W>(w, -Infinity);
  } else if (step == PREPARE) {
    if (copies > 1) joinMaxima<E>(lanes, w);
    prepareColumns<E, V>(w, kind != SOFTMAX);
  } else if (step == FINISH) {
    if (copies > 1) joinSums<E>(lanes, w);
    if (kind == SOFTMAX) factorColumns<E, W>(lanes);
    else logColumns<E, W>(lanes, kind == LOG_SOFTMAX);
    if (kind == LOGSUMEXP) valueColumns<E>(y, lanes);
    else narrowResult<E, W>(lanes, kind == SOFTMAX);
    if (copies > 1) spreadResults<E>(lanes, w);
  } else {
    columnRows<E, V, W>(step, kind, false, x, pitch, y, pitch, y, length, lanes, copies);
  }
}

/** MAXIMA, SUMS or APPLY of rows at x, their e at e; near: false where SUMS finds that they are not */
function columnRows<E, V, W>(step: i32, kind: i32, near: bool, x: usize, pitch: i32, e: usize, pitchE: i32, y: usize, length: i32, lanes: i32, copies: i32): bool {
  // whole rows of copies, then what is left
  for (let n = length / copies, w = lanes * copies; length > 0; n = 1, w = length * lanes) {
    const wide = pitch * copies, wideE = pitchE * copies;
    if (step == MAXIMA) maxColumns<E, V>(x, n, wide, w);
    else if (step == SUMS) {
      if (!sumsOf<E, V, W>(kind, near, x, wide, e, wideE, n, w)) return false;
    } else if (kind == SOFTMAX) scaleColumns<E, V>(e, wideE, y, wide, n, w);
    else if (kind == LOG_SOFTMAX) subtractColumns<E, V>(x, y, wide, n, w);
    length -= n * copies;
    x += n * wide;
    y += n * wide;
    e += n * wideE;
  }
  return true;
}

/** e of n rows, and their sums: they follow one another while e is in L1 */
function sumsOf<E, V, W>(kind: i32, near: bool, x: usize, pitch: i32, e: usize, pitchE: i32, n: i32, w: i32): bool {
  const keep = kind == SOFTMAX;
  if (!keep) pitchE = w * sizeof<E>();
  // where they may not be near, few first
  for (let rows = near ? 4 : rowsOf(w); n > 0; n -= rows, x += rows * pitch, e += rows * pitchE, rows = rowsOf(w)) {
    const some = min<i32>(n, rows), to = keep ? e : SCRATCH;
    if (!near) expTile<E, E, V>(x, pitch, to, pitchE, some, w, shifted(), 0);
    else if (isVector<V>() && sizeof<E>() == 4) {
      if (!expNear<V>(x, pitch, to, pitchE, some, w)) return false;
    }
    sumColumns<E, V, W>(x, pitch, to, pitchE, some, w, !keep);
  }
  return true;
}

// @ts-ignore: decorator
@inline
function rowsOf(w: i32): i32 {
  return max<i32>(8, (2048 / w) & -4);
}

/** many short lanes: as columns of a tile that is gathered and scattered */
function gathered<E, V, W>(kind: i32, x: usize, y: usize, outer: i32, length: i32, inner: i32): void {
  const blocks = 64 / inner, pitch = 64 * sizeof<E>(), row = length * sizeof<E>();
  let near = maybeNear<E, V>();
  for (; outer > 0; outer -= blocks) {
    const n = min<i32>(outer, blocks), to = kind == LOGSUMEXP ? y : near ? TILED_Y : TILED;
    if (inner == 1) transpose<E, V>(x, row, TILED, pitch, n, length);
    else gather(x, TILED, pitch, n, length, inner * sizeof<E>());
    near = columns<E, V, W>(kind, TILED, to, pitch, length, n * inner, near);
    x += n * row * inner;
    if (kind == LOGSUMEXP) {
      y += n * inner * sizeof<E>();
    } else {
      if (inner == 1) transpose<E, V>(to, pitch, y, row, length, n);
      else scatter(to, pitch, y, n, length, inner * sizeof<E>());
      y += n * row * inner;
    }
  }
}

/** lanes side by side, as rows, some at a time */
function transposed<T, E, V, W>(kind: i32, x: usize, y: usize, pitch: i32, length: i32, lanes: i32): void {
  const some = max<i32>(1, GATHERED / max<i32>(1, length) / sizeof<T>()), wide = length * sizeof<T>();
  for (; lanes > 0; lanes -= some, x += some * sizeof<T>(), y += some * sizeof<T>()) {
    const n = min<i32>(lanes, some);
    transpose<T, V>(x, pitch, TILED, wide, length, n);
    for (let i = 0; i < n; i++) {
      const at = TILED + i * wide;
      row<T, E, V, W>(kind, at, kind == LOGSUMEXP ? y + i * sizeof<T>() : at, length);
    }
    if (kind != LOGSUMEXP) transpose<T, V>(TILED, wide, y, pitch, n, length);
  }
}
