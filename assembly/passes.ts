import {
  factorColumns, joinMaxima, joinSums, logColumns, maxColumns, narrowResult, prepareColumns, scaleColumns, spreadResults, startColumns, subtractColumns,
  sumColumns, valueColumns,
} from './columns';
import {
  CHUNK_E, PAIR, TERM, VALUE, expRow, expSumRow, logRow, maxRow, prepareRow, relative, relativeRest, scaleRow, softmaxFactor, subtractRow,
  sumShortRow, valueRow,
} from './rows';
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
  const m = maxRow<T, E, V>(x, n), short = sizeof<T>() == sizeof<E>() && n <= SHORT;
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
  for (; lanes > 0; lanes -= TILE, x += TILE * sizeof<E>(), y += TILE * sizeof<E>()) {
    const w = min<i32>(lanes, TILE), copies = pitch == w * sizeof<E>() && length > SHORT + 16 * w ? copiesOf(w) : 1;
    for (let step = START; step <= APPLY; step++) columnStep<E, V, W>(step, kind, x, y, pitch, length, w, copies);
  }
}

// The steps of a tile of columns. MAXIMA, SUMS and APPLY take rows, all at once or some at a time; APPLY wants the e of SUMS
// at y for softmax. FINISH gives the results of logsumexp.
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
    startColumns<E, V, W>(w);
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
    // whole rows of copies, then what is left
    for (let n = length / copies, all = w, wide = pitch * copies; length > 0; n = 1, all = length * lanes) {
      columnRows<E, V, W>(step, kind, x, y, wide, n, all);
      length -= n * copies;
      x += n * wide;
      y += n * wide;
    }
  }
}

function columnRows<E, V, W>(step: i32, kind: i32, x: usize, y: usize, pitch: i32, length: i32, w: i32): void {
  if (step == MAXIMA) {
    maxColumns<E, V>(x, length, pitch, w);
  } else if (step == SUMS) {
    // exp and sum follow one another while e is in L1
    const rows = max<i32>(8, (2048 / w) & -4), keep = kind == SOFTMAX, pitchE = keep ? pitch : w * sizeof<E>();
    for (; length > 0; length -= rows, x += rows * pitch, y += rows * pitch) {
      const n = min<i32>(length, rows), e = keep ? y : SCRATCH;
      expTile<E, E, V>(x, pitch, e, pitchE, n, w);
      sumColumns<E, V, W>(x, pitch, e, pitchE, n, w, !keep);
    }
  } else if (kind == SOFTMAX) {
    scaleColumns<E, V>(y, pitch, length, w);
  } else if (kind == LOG_SOFTMAX) {
    subtractColumns<E, V>(x, y, pitch, length, w);
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
