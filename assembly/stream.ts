import { hide } from './elements';
import { restOfRow } from './passes';
import { REST, TERM, relativeRest } from './results';
import { CLOSE, FAR, expSumNear, expSumRow, maximum, mostNear, prepareNear, prepareRow } from './rows';
import { SCRATCH, SCRATCHED, SOFTMAX } from './steps';
import { SUM } from './sums';

// One block of a lane that is longer than a block. What it finds out goes to `into`, in words of float64; the blocks of
// a lane are put together in src/kernels/blocks.ts, for all builds alike.
const MAXIMUM: usize = 0; // the largest sign * x
const COUNT: usize = 8; // how often it occurs; softmax: 0
const HIGH: usize = 16, LOW: usize = 24; // the rest of the sum relative to it, in two parts
const TERM_HIGH: usize = 32, TERM_LOW: usize = 40; // e at the maximum

/** n elements at x; softmax: their e to y, and of float32 elements without those whose byte at `mask`, if that is not 0, is 0 */
export function block<T, E, V, W>(kind: i32, x: usize, y: usize, n: i32, into: usize, mask: usize): void {
  let count: f64 = -1, m: f64 = mostNear();
  if (kind != SOFTMAX) {
    m = maximum<T, E, V>(x, n);
    count = restOfRow<T, E, V, W>(x, n, m);
  } else {
    if (isVector<V>() && sizeof<E>() == 4) {
      if (x != y || 4 * n <= SCRATCHED) {
        const e = x == y ? SCRATCH : y;
        prepareNear();
        let found = expSumNear<V, W>(x, e, n, CLOSE, mask);
        if (mask && (found == FAR || load<f64>(SUM) == 0)) {
          hide<f32, V>(x, mask, n, -Infinity);
          found = expSumNear<V, W>(x, e, n, CLOSE, 0);
        }
        if (found != FAR) count = 0;
        if (count == 0 && x == y) memory.copy(y, SCRATCH, 4 * n);
      } else if (mask) hide<f32, V>(x, mask, n, -Infinity);
    }
    if (count < 0) {
      m = maximum<T, E, V>(x, n);
      prepareRow<T, E, V>(m, false);
      count = expSumRow<T, E, V, W>(x, y, n, false, 0);
    }
    relativeRest<T, E, W>();
  }
  store<f64>(into + COUNT, count);
  store<f64>(into + MAXIMUM, m);
  store<f64>(into + HIGH, load<f64>(REST));
  store<f64>(into + LOW, load<f64>(REST + 16));
  store<f64>(into + TERM_HIGH, load<f64>(TERM));
  store<f64>(into + TERM_LOW, load<f64>(TERM + 16));
}
