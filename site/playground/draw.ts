// Draws from a lane: the package's own, and a generator that an address can name.
import type { Cuts } from './cuts.ts';

export interface DrawOptions extends Cuts {
  readonly temperature: number;
  readonly count: number;
  /** gives numbers in [0, 1); called once a draw */
  readonly random: () => number;
}

/**
 * Indices drawn from softmax(x / temperature) after the cuts, with replacement. topK 0 is no cut, topP 0 leaves one entry.
 *
 * @throws RangeError for a lane from which nothing can be drawn: with a NaN or +Infinity, or of only -Infinity
 */
export function draw(
  { sample }: { readonly sample: (x: Float64Array, options: never) => unknown },
  x: ArrayLike<number>,
  { temperature, count, random, topK, topP, minP }: DrawOptions,
): Int32Array {
  const cuts = { topP: topP === 0 ? Number.MIN_VALUE : topP, minP, ...(topK > 0 && { topK }) };
  return sample(Float64Array.from(x), { temperature, count, random, ...cuts } as never) as Int32Array;
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
