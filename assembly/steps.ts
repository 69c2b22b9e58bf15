import {
  factorColumns, joinMaxima, joinSums, logColumns, narrowResults, scaleColumns, spreadResults, subtractColumns, valueColumns,
} from './columnResults';
import { maxColumns, prepareColumns, shifted, startColumns, sumColumns } from './columns';
import { SHORT } from './sums';
import { TILE, expNear, expTile } from './tile';

// Columns, which are lanes side by side, in tiles: the steps of columns.ts in their order. The kinds of results of all passes.

export const SOFTMAX: i32 = 0;
export const LOG_SOFTMAX: i32 = 1;
export const LOGSUMEXP: i32 = 2;

/** e of what is not kept in place: one row of float64 for float32 elements, one of float32, some rows of a tile of columns */
export const SCRATCHED: i32 = 262144;
export const SCRATCH: usize = memory.data(SCRATCHED, 16);

/** Whether lanes that are near are worth a try: softmax of float32 by vectors. */
// @ts-ignore: decorator
@inline
export function maybeNear<E, V>(kind: i32): bool {
  return isVector<V>() && sizeof<E>() == 4 && kind == SOFTMAX;
}

/** lanes side by side, rows of them a pitch apart, in tiles; near: they may be near. Returns whether later ones may be. */
export function columns<E, V, W>(kind: i32, x: usize, y: usize, pitch: i32, length: i32, lanes: i32, near: bool): bool {
  for (; lanes > 0; lanes -= TILE, x += TILE * sizeof<E>(), y += TILE * sizeof<E>()) {
    const w = min<i32>(lanes, TILE), wide = w * sizeof<E>(), copies = pitch == wide && length > SHORT + 16 * w ? copiesOf(w) : 1;
    // a tile that turns out not to be near wants its x again
    let e = y, pitchE = pitch;
    if (near && x == y) {
      near = length <= SCRATCHED / wide;
      e = SCRATCH;
      pitchE = wide;
    }
    if (isVector<V>() && sizeof<E>() == 4) if (near) {
      startColumns<E, V, W>(w * copies, 0);
      near = columnRows<E, V, W>(SUMS, kind, true, x, pitch, e, pitchE, y, length, w, copies);
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

/** How many elements of each of so few lanes make a row: all slots of all vectors have work then. */
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
    else if (sizeof<E>() == 4) narrowResults<W>(lanes, kind == SOFTMAX);
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
    if (!near) expTile<E, E, V>(x, pitch, to, pitchE, some, w, shifted(), 0, true);
    else if (isVector<V>() && sizeof<E>() == 4) {
      if (!expNear<V>(false, x, pitch, to, pitchE, some, w)) return false;
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
