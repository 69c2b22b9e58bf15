import {
  factorColumns, logColumns, maxColumns, scaleColumns, startColumns, subtractColumns, sumColumns, valueColumns,
} from './columns';
import {
  CHUNK_E, PAIR, TERM, VALUE, expRow, expSumRow, logRow, maxRow, prepareRow, relative, relativeRest, scaleRow, softmaxFactor, softmaxFew, subtractRow,
  sumShortRow, valueRow,
} from './rows';
import { width } from './lanes';
import { TILE, expTile } from './tile';
import { gather, scatter, transpose } from './transpose';

// The three functions as sequences of passes, over rows, columns and tiles.

export const SOFTMAX: i32 = 0;
export const LOG_SOFTMAX: i32 = 1;
export const LOGSUMEXP: i32 = 2;

/** longest row whose sum is taken in the order of columns, so that it may lie in a tile or alone */
const SHORT: i32 = 32;
/** bytes of a tile that is gathered */
const GATHERED: i32 = 16384;
const TILED: usize = memory.data(GATHERED, 16);
/** e of what is not kept in place: one row of float64 for float32 elements, some rows of a tile of columns */
const SCRATCH: usize = memory.data(262144, 16);

/** outer blocks of length x inner elements at x; results to y, which may be x */
export function lanes<T, E, V, W>(kind: i32, x: usize, y: usize, outer: i32, length: i32, inner: i32): void {
  const plain = !relative<T, E>();
  const wide = inner * sizeof<T>(), block = length * wide, result = kind == LOGSUMEXP ? wide : block;
  if (inner == 1 && (!plain || length > SHORT || outer < 4)) {
    for (; outer > 0; outer--, x += block, y += result) {
      row<T, E, V, W>(kind, x, y, length);
    }
  } else if (plain && inner < 16 && outer > 1 && length <= GATHERED / 64 / sizeof<T>()) {
    gathered<T, V, W>(kind, x, y, outer, length, inner);
  } else {
    for (; outer > 0; outer--, x += block, y += result) {
      if (plain) columns<T, V, W>(kind, x, y, wide, length, inner);
      else transposed<T, E, V, W>(kind, x, y, wide, length, inner);
    }
  }
}

/** one contiguous lane */
function row<T, E, V, W>(kind: i32, x: usize, y: usize, n: i32): void {
  if (isVector<V>() && sizeof<E>() == 4 && kind == SOFTMAX && n <= 4 * width<E, V>() && softmaxFew<V>(x, y, n)) return;
  const m = maxRow<T, E, V>(x, n), short = n <= SHORT;
  prepareRow<T, E, V>(m, kind != SOFTMAX);
  if (kind == SOFTMAX) {
    const e = sizeof<T>() == sizeof<E>() ? y : SCRATCH;
    if (short) {
      expRow<T, E, V>(x, e, n);
      sumShortRow<T, E, V>(x, e, n, false);
    } else {
      expSumRow<T, E, V, W>(x, e, n, false);
    }
    softmaxFactor<T, E, W>(m);
    scaleRow<T, E, V>(e, y, n, load<f64>(PAIR), load<f64>(PAIR + 16), load<f64>(TERM), load<f64>(VALUE));
    return;
  }
  let count: f64;
  if (short) {
    expRow<T, E, V>(x, CHUNK_E, n);
    count = sumShortRow<T, E, V>(x, CHUNK_E, n, true);
  } else {
    count = expSumRow<T, E, V, W>(x, CHUNK_E, n, true);
  }
  relativeRest<T, E, W>();
  logRow<T, W>(count, kind == LOG_SOFTMAX ? m - m : 0);
  if (kind == LOG_SOFTMAX) subtractRow<T, E, V>(x, y, n, load<f64>(PAIR), load<f64>(PAIR + 16));
  else store<T>(y, <T>valueRow());
}

/** lanes side by side, rows of them a pitch apart, in tiles */
function columns<E, V, W>(kind: i32, x: usize, y: usize, pitch: i32, length: i32, lanes: i32): void {
  const keep = kind == SOFTMAX;
  for (; lanes > 0; lanes -= TILE, x += TILE * sizeof<E>(), y += TILE * sizeof<E>()) {
    const w = min<i32>(lanes, TILE), pitchE = keep ? pitch : w * sizeof<E>();
    // exp and sum follow one another while e is in L1
    const rows = max<i32>(8, (2048 / w) & -4);
    maxColumns<E, V>(x, length, pitch, w, !keep);
    startColumns<W>(w);
    for (let k = 0, from = x, to = y; k < length; k += rows, from += rows * pitch, to += rows * pitch) {
      const n = min<i32>(length - k, rows), e = keep ? to : SCRATCH;
      expTile<E, E, V>(from, pitch, e, pitchE, n, w);
      sumColumns<E, V, W>(from, pitch, e, pitchE, n, w, !keep);
    }
    if (keep) {
      factorColumns<E, W>(w);
      scaleColumns<E, V, W>(y, pitch, length, w);
    } else {
      logColumns<E, W>(w, kind == LOG_SOFTMAX);
      if (kind == LOG_SOFTMAX) subtractColumns<E, V, W>(x, y, pitch, length, w);
      else valueColumns<E>(y, w);
    }
  }
}

/** many short lanes: as columns of a tile that is gathered and, changed in place, scattered */
function gathered<E, V, W>(kind: i32, x: usize, y: usize, outer: i32, length: i32, inner: i32): void {
  const blocks = 64 / inner, pitch = 64 * sizeof<E>(), row = length * sizeof<E>();
  for (; outer > 0; outer -= blocks) {
    const n = min<i32>(outer, blocks), to = kind == LOGSUMEXP ? y : TILED;
    if (inner == 1) transpose<E, V>(x, row, TILED, pitch, n, length);
    else gather(x, TILED, pitch, n, length, inner * sizeof<E>());
    columns<E, V, W>(kind, TILED, to, pitch, length, n * inner);
    x += n * row * inner;
    if (kind == LOGSUMEXP) {
      y += n * inner * sizeof<E>();
    } else {
      if (inner == 1) transpose<E, V>(TILED, pitch, y, row, length, n);
      else scatter(TILED, pitch, y, n, length, inner * sizeof<E>());
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
