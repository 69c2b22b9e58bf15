import { hide } from './elements';
import { sign } from './exp';
import {
  FACTOR, LOGARITHM, TERM, VALUE, logRow, relativeRest, scaleRow, scaleSingle, softmaxFactor, subtractRow, valueRow,
} from './results';
import { CHUNK_E, CLOSE, ENOUGH, FAR, MOST, expRow, expSumNear, expSumRow, maximum, origin, prepareRow, relative } from './rows';
import { LOGSUMEXP, LOG_SOFTMAX, SCRATCH, SCRATCHED, SOFTMAX, columns, maybeNear } from './steps';
import { SHORT, SUM, sumShortRow } from './sums';
import { expLow } from './tile';
import { gather, scatter, transpose } from './transpose';

// The three functions as sequences of passes, over rows, columns and tiles.

/** bytes of a tile that is gathered */
const GATHERED: i32 = 16384;
const TILED: usize = memory.data(GATHERED, 16), TILED_Y: usize = memory.data(GATHERED, 16);

/** outer blocks of length x inner elements at x; results to y, which may be x and must not overlap it otherwise */
export function lanes<T, E, V, W>(kind: i32, x: usize, y: usize, outer: i32, length: i32, inner: i32): void {
  const plain = !relative<T, E>();
  const wide = inner * sizeof<T>(), block = length * wide, result = kind == LOGSUMEXP ? wide : block;
  if (inner == 1 && (!plain || length > SHORT || outer < 4)) {
    // after a lane that is far, how many are taken the other way at once: twice as many each time
    let wait = 0, misses = 0, like = CLOSE;
    for (; outer > 0; outer--, x += block, y += result) {
      if (isVector<V>() && sizeof<E>() == 4) {
        if (wait > 0) wait--;
        else if (kind == SOFTMAX) {
          like = nearRow<V, W>(x, y, length, like, 0);
          if (like != FAR) {
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
    let near = maybeNear<E, V>(kind);
    for (; outer > 0; outer--, x += block, y += result) {
      if (plain) near = columns<T, V, W>(kind, x, y, wide, length, inner, near);
      else transposed<T, E, V, W>(kind, x, y, wide, length, inner);
    }
  }
}

/**
 * Softmax of one lane of up to 16 float32, the same steps as a row's, without what only longer ones need. False, with nothing
 * done, where it is not near.
 */
export function softmaxFew<V>(x: usize, y: usize, n: i32): bool {
  if (!expLow<V>(x, CHUNK_E, n)) return false;
  sumShortRow<f32, f32, V>(x, CHUNK_E, n, false, 0);
  const sum = load<f64>(SUM);
  if (!(sum < MOST && sum >= ENOUGH)) return false;
  scaleSingle<V>(false, CHUNK_E, y, n, 1 / sum);
  return true;
}

/** Softmax of a contiguous lane without its maximum, if expSumNear, whose result it returns, finds that it can be; else x is as it was. */
function nearRow<V, W>(x: usize, y: usize, n: i32, like: i32, mask: usize): i32 {
  if (x == y && 4 * n > SCRATCHED) return FAR;
  const e = x == y ? SCRATCH : y, found = expSumNear<V, W>(x, e, n, like, mask), sum = load<f64>(SUM);
  // all hidden: 0
  if (found != FAR) scaleSingle<V>(found == CLOSE, e, y, n, 1 / (sum == 0 ? 1 : sum));
  return found;
}

/** softmax of contiguous lanes of n float32 at x, in place, without the elements whose byte at `mask` is 0: these become 0 */
export function maskedRows<V, W>(x: usize, mask: usize, outer: i32, n: i32): void {
  // as lanes has it: after one that is far, more and more are taken the other way; and so are those that go into a tile
  const tiled = n <= SHORT && outer >= 4;
  for (let misses = 0; outer > 0; ) {
    let some = 1;
    if (!tiled && nearRow<V, W>(x, x, n, CLOSE, mask) != FAR) misses = 0;
    else {
      some = tiled ? outer : min<i32>(outer, 1 << misses);
      misses = min<i32>(misses + 1, 6);
      hide<f32, V>(x, mask, some * n, -Infinity);
      lanes<f32, f32, V, W>(SOFTMAX, x, x, some, n, 1);
      for (let i = 0; i < some * n; i += n) {
        const at = x + 4 * i, first = load<f32>(at);
        if (first != first) hide<f32, V>(at, mask + i, n, 0);
      }
    }
    outer -= some;
    x += 4 * some * n;
    mask += some * n;
  }
}

/** one contiguous lane */
function row<T, E, V, W>(kind: i32, x: usize, y: usize, n: i32): void {
  if (kind == SOFTMAX) {
    const m = maximum<T, E, V>(x, n);
    const e = sizeof<T>() == sizeof<E>() ? y : SCRATCH;
    prepareRow<T, E, V>(m, false);
    if (sizeof<T>() == sizeof<E>() && n <= SHORT) {
      expRow<T, E, V>(x, e, n, origin, true);
      sumShortRow<T, E, V>(x, e, n, false, 0);
    } else {
      expSumRow<T, E, V, W>(x, e, n, false, 0);
    }
    softmaxFactor<T, E, W>(m);
    scaleRow<T, E, V>(e, y, n, load<f64>(FACTOR), load<f64>(FACTOR + 16), load<f64>(TERM), load<f64>(VALUE));
    return;
  }
  const m = maximum<T, E, V>(x, n), count = restOfRow<T, E, V, W>(x, n, m);
  logRow<T, W>(count, kind == LOG_SOFTMAX ? m - m : 0);
  if (kind == LOG_SOFTMAX) subtractRow<T, E, V>(x, y, n, m * sign, load<f64>(LOGARITHM), load<f64>(LOGARITHM + 16));
  else store<T>(y, <T>valueRow(m * sign));
}

/** The sum of a lane whose largest sign * x is m, without it and relative to it, to REST; returns how often it occurs. */
export function restOfRow<T, E, V, W>(x: usize, n: i32, m: f64): f64 {
  let count: f64;
  prepareRow<T, E, V>(m, true);
  if (sizeof<T>() == sizeof<E>() && n <= SHORT) {
    expRow<T, E, V>(x, CHUNK_E, n, origin, true);
    count = sumShortRow<T, E, V>(x, CHUNK_E, n, true, m * sign);
  } else {
    count = expSumRow<T, E, V, W>(x, CHUNK_E, n, true, m * sign);
  }
  relativeRest<T, E, W>();
  return count;
}

/** many short lanes: as columns of a tile that is gathered and scattered */
function gathered<E, V, W>(kind: i32, x: usize, y: usize, outer: i32, length: i32, inner: i32): void {
  const blocks = 64 / inner, pitch = 64 * sizeof<E>(), row = length * sizeof<E>();
  let near = maybeNear<E, V>(kind);
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
