import { scaled } from './exp';
import { expPair, maxTerm, reciprocal } from './finish';
import { mulLow, splat } from './lanes';
import { LOGSUMEXP, LOG_SOFTMAX, SOFTMAX } from './passes';
import {
  CHUNK_E, K, PAIR, TERM, element, expSumRow, logRow, maxRow, prepareRow, relativeRest, scaleRow, subtractRow, top,
  twoSumLow, valueRow,
} from './rows';

// A lane that is longer than a block, in two trips through memory: `begin` for every block of it (its maximum, its sum,
// for softmax its e), `end` once, `apply` for every block (the factor or the logarithm). Blocks always start at the
// same elements, so the bits do not depend on how a lane was cut for the calls.
//
// The state is in words of float64:
const MAXIMUM: usize = 0; // largest sign * x so far
const COUNT: usize = 8; // how often it occurs (logs), 0 for softmax
const HIGH: usize = 16, LOW: usize = 24; // the rest of the sum relative to it; after `end` the factor or the logarithm
const VALUE: usize = 32; // logsumexp
const BLOCKS: usize = 40; // the maximum of every block

/** bytes of a block */
const BLOCK: i32 = 131072;

/** Blocks of n elements at x, the first of them number `block` of the lane; e to y. */
export function begin<T, P, V, W>(kind: i32, x: usize, y: usize, n: i32, state: usize, block: i32,
  theta: f64, power: f64, sign: f64): void {
  for (; n > 0; n -= BLOCK / sizeof<T>(), x += BLOCK, y += BLOCK, block++) {
    const size = min<i32>(n, BLOCK / sizeof<T>());
    const m = maxRow<T, T, V>(x, size, sign);
    prepareRow<T, T, P, V>(m, sign);
    const count = expSumRow<T, T, P, V, W>(x, kind == SOFTMAX ? y : CHUNK_E, size, theta, power, kind != SOFTMAX);
    relativeRest<T, T, P, W>();
    if (kind == SOFTMAX && !scaled<P>()) {
      // the rounding error of the largest e would be the largest error of the sum
      store<f64>(PAIR + 16, load<f64>(PAIR + 16) + load<f64>(TERM + 16) / load<f64>(TERM));
    }
    store<f64>(state + BLOCKS + (block << 3), m);
    if (block == 0) {
      store<f64>(state + MAXIMUM, m);
      store<f64>(state + COUNT, count);
      store<f64>(state + HIGH, load<f64>(PAIR));
      store<f64>(state + LOW, load<f64>(PAIR + 16));
    } else {
      join<W>(m, count, state, theta * power);
    }
  }
}

/** Adds a block with maximum m, whose rest is in PAIR, to the state. */
function join<W>(m: f64, count: f64, state: usize, theta: f64): void {
  const M = load<f64>(state + MAXIMUM), total = load<f64>(state + COUNT);
  let hi = load<f64>(state + HIGH), lo = load<f64>(state + LOW);
  let bh = load<f64>(PAIR), bl = load<f64>(PAIR + 16);
  if (m == M) {
    store<f64>(state + COUNT, total + count);
  } else {
    weight<W>(min<f64>(m, M), max<f64>(m, M), theta);
    const wh = load<f64>(TERM) * SCALE, wl = load<f64>(TERM + 16) * SCALE;
    if (m > M) {
      store<f64>(state + MAXIMUM, m);
      store<f64>(state + COUNT, count);
      const sum = total + hi;
      lo = timesLow(sum, lo + twoSumLow<f64>(total, hi, sum, true), wh, wl);
      hi = sum * wh;
    } else {
      const sum = count + bh;
      bl = timesLow(sum, bl + twoSumLow<f64>(count, bh, sum, true), wh, wl);
      bh = sum * wh;
    }
  }
  const sum = hi + bh;
  store<f64>(state + HIGH, sum);
  store<f64>(state + LOW, twoSumLow<f64>(hi, bh, sum, true) + lo + bl);
}

const SCALE: f64 = 6.223015277861142e-61; // 2^-200

/** low part of (ah + al) (bh + bl), of which ah bh is the high part */
function timesLow(ah: f64, al: f64, bh: f64, bl: f64): f64 {
  return mulLow<f64>(ah, bh, ah * bh) + (ah * bl + al * bh);
}

/** exp(theta (m - M)) 2^200 to TERM, for m <= M; 0 where it is of no use */
function weight<W>(m: f64, M: f64, theta: f64): void {
  const d = m - M, part = m - d, lost = (m - (d + part)) + (part - M);
  const size = abs<f64>(theta), z = d * size;
  if (z > -1000) {
    expPair<W>(splat<f64, W>(z), splat<f64, W>(0), TERM, 16);
    const low = mulLow<f64>(d, size, z) + lost * size;
    store<f64>(TERM + 16, load<f64>(TERM + 16) + load<f64>(TERM) * low);
  } else {
    // a NaN of m or M arrives through the sums, not here
    store<f64>(TERM, 0);
    store<f64>(TERM + 16, 0);
  }
}

/** All blocks have begun: the logarithm of the sum, and the value of logsumexp. */
export function end<W>(kind: i32, state: usize, theta: f64, power: f64, sign: f64): void {
  if (kind == SOFTMAX) return;
  const m = load<f64>(state + MAXIMUM);
  prepareRow<f64, f64, i64, W>(m, sign); // for `element`
  store<f64>(PAIR, load<f64>(state + HIGH));
  store<f64>(PAIR + 16, load<f64>(state + LOW));
  logRow<W>(load<f64>(state + COUNT), kind == LOGSUMEXP ? 0 : m - m);
  store<f64>(state + HIGH, load<f64>(PAIR));
  store<f64>(state + LOW, load<f64>(PAIR + 16));
  store<f64>(state + VALUE, valueRow(theta, power));
}

/** The last step for n elements from block number `block` on: softmax changes e at y, logSoftmax reads x. */
export function apply<T, P, V, W>(kind: i32, x: usize, y: usize, n: i32, state: usize, block: i32,
  theta: f64, power: f64, sign: f64): void {
  const M = load<f64>(state + MAXIMUM), hi = load<f64>(state + HIGH), lo = load<f64>(state + LOW);
  if (kind == LOG_SOFTMAX) {
    prepareRow<T, T, P, V>(M, sign);
    subtractRow<T, T, P, V>(x, y, n, theta, power, hi, lo);
    return;
  }
  // powers of two that leave every surviving e normal, so that the last product alone rounds
  const step: f64 = sizeof<T>() == 4 ? 2.3283064365386963e-10 : 8.636168555094445e-78; // 2^-32, 2^-256
  for (; n > 0; n -= BLOCK / sizeof<T>(), y += BLOCK, block++) {
    const size = min<i32>(n, BLOCK / sizeof<T>()), m = load<f64>(state + BLOCKS + (block << 3));
    prepareRow<T, T, P, V>(m, sign);
    maxTerm<T, T, P, W>(splat<f64, W>(top), splat<f64, W>(K), TERM, 16);
    for (let steps = factor<W>(m, M, hi, lo, theta * power, step); steps > 0; steps--) scaleRow<T, T, V>(y, y, size, step, 0);
    scaleRow<T, T, V>(y, y, size, load<f64>(PAIR), load<f64>(PAIR + 16));
  }
}

/**
 * e at the maximum of a block (TERM) and the state of the lane -> the factor of the block, to PAIR; returns how often
 * the block has to be multiplied by `step` before.
 */
function factor<W>(m: f64, M: f64, hi: f64, lo: f64, theta: f64, step: f64): i32 {
  const eh = load<f64>(TERM), el = load<f64>(TERM + 16);
  reciprocal<W>(splat<f64, W>(eh * hi), splat<f64, W>(timesLow(eh, el, hi, lo)), splat<f64, W>(M - M), PAIR, 16);
  if (m == M) return 0;
  const uh = load<f64>(PAIR), ul = load<f64>(PAIR + 16);
  weight<W>(m, M, theta);
  let wh = load<f64>(TERM), wl = load<f64>(TERM + 16), steps = 0;
  for (; wh != 0 && wh < step / SCALE; steps++) {
    wh /= step;
    wl /= step;
  }
  wh *= SCALE;
  store<f64>(PAIR, uh * wh);
  store<f64>(PAIR + 16, timesLow(uh, ul, wh, wl * SCALE));
  return steps;
}
