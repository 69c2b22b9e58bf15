import { sumLow } from './pairs.ts';

// Where a running sum passes a bound.

/** the running sum at the place that was found; 0.5: a double to the engine from the start */
export const passed = { sum: 0.5 };
/** elements that are passed over together; each addition waits for the one before */
const GROUP = 16;

/** The first of n elements at which their running sum is above `least`; n where there is none. */
export function passed32(e: Float32Array, at: number, n: number, least: number): number {
  let sum = 0,
    j = 0;
  for (; j + GROUP <= n; j += GROUP) {
    let a = 0,
      b = 0,
      c = 0,
      d = 0;
    for (let i = at + j; i < at + j + GROUP; i += 4) {
      a += e[i]!;
      b += e[i + 1]!;
      c += e[i + 2]!;
      d += e[i + 3]!;
    }
    const next = sum + (a + b + (c + d));
    if (next > least) break;
    sum = next;
  }
  for (; j < n; j++) {
    sum += e[at + j]!;
    if (sum > least) break;
  }
  passed.sum = sum;
  return j;
}

/** The same, with what additions lose. */
export function passed64(e: Float64Array, at: number, n: number, least: number): number {
  let sum = 0,
    lost = 0,
    j = 0;
  for (; j + GROUP <= n; j += GROUP) {
    let a = 0,
      b = 0,
      c = 0,
      d = 0;
    for (let i = at + j; i < at + j + GROUP; i += 4) {
      a += e[i]!;
      b += e[i + 1]!;
      c += e[i + 2]!;
      d += e[i + 3]!;
    }
    const value = a + b + (c + d),
      next = sum + value,
      low = lost + sumLow(sum, value, next);
    if (next + low > least) break;
    sum = next;
    lost = low;
  }
  for (; j < n; j++) {
    const value = e[at + j]!,
      next = sum + value;
    lost += sumLow(sum, value, next);
    sum = next;
    if (sum + lost > least) break;
  }
  passed.sum = sum + lost;
  return j;
}
