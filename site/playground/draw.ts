// Draws from a lane. The one place that says how: the page and the tests know only `draw` and `generator`.
import { kept, type Cuts } from './cuts.ts';

export interface DrawOptions extends Cuts {
  readonly temperature: number;
  readonly count: number;
  /** gives numbers in [0, 1); called once a draw */
  readonly random: () => number;
}

/**
 * Indices drawn from softmax(x / temperature) after the cuts, with replacement: for a number u the first entry, among
 * those kept, whose running sum of exp((x - max) / temperature) exceeds u times the whole sum.
 *
 * @throws RangeError for a lane from which nothing can be drawn: with a NaN or +Infinity, or of only -Infinity
 */
export function draw(x: ArrayLike<number>, { temperature, count, random, ...cuts }: DrawOptions): Int32Array {
  const mask = kept(x, 1 / temperature, cuts),
    sums = new Float64Array(x.length);
  let largest = -Infinity,
    sum = 0;
  for (let i = 0; i < x.length; i++) if (mask[i] && !(x[i]! <= largest)) largest = x[i]!;
  for (let i = 0; i < x.length; i++) sums[i] = sum += mask[i] ? Math.exp((x[i]! - largest) / temperature) : 0;
  if (!(sum > 0 && sum < Infinity))
    throw new RangeError('nothing can be drawn: the lane has a NaN, an Infinity, or only -Infinity');
  return Int32Array.from({ length: count }, () => {
    const wanted = random() * sum;
    let low = 0,
      high = x.length - 1;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (sums[middle]! > wanted) high = middle;
      else low = middle + 1;
    }
    return low;
  });
}

/** A generator of numbers in [0, 1) that a seed determines (mulberry32), so that an address shows the same draws again. */
export function generator(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}
