import type { Pairs } from './order.ts';

// Many numbers in descending order, by the digits of what they are stored as: four times as fast as merging, from 128,000 on.

/** bits of a digit, three of which make a word */
const DIGIT = 11;
const MASK = 2 ** DIGIT - 1;

/** The first n pairs with falling values, to another array of them; those with equal values as they were. No NaN. */
export function radixDescending({ values, places }: Pairs, n: number, into: Pairs): void {
  const keys = new Uint32Array(n),
    order = [new Int32Array(n), new Int32Array(n)];
  for (let i = 0; i < n; i++) order[0]![i] = i;
  let now = 0;
  const single = new Float32Array(1),
    single32 = new Int32Array(single.buffer),
    double = new Float64Array(1),
    double32 = new Int32Array(double.buffer);
  // the order of bytes in memory
  double[0] = 1;
  const high = double32[1] !== 0 ? 1 : 0;
  let narrow = true;
  for (let i = 0; i < n && narrow; i++) {
    // + 0 makes zeros of both signs equal
    single[0] = values[i]! + 0;
    narrow = single[0] === values[i];
    keys[i] = keyOf(single32[0]!);
  }
  if (!narrow) {
    for (let i = 0; i < n; i++) {
      double[0] = values[i]! + 0;
      const low = double32[1 - high]!;
      keys[i] = double32[high]! < 0 ? low : ~low;
    }
    now = sortBy(keys, order, now, n);
    for (let i = 0; i < n; i++) {
      double[0] = values[i]! + 0;
      keys[i] = keyOf(double32[high]!);
    }
  }
  const sorted = order[sortBy(keys, order, now, n)]!;
  for (let i = 0; i < n; i++) {
    into.values[i] = values[sorted[i]!]!;
    into.places[i] = places[sorted[i]!]!;
  }
}

/** The bits of a float, or the upper ones, as a number that falls where it rises. */
function keyOf(bits: number): number {
  return bits < 0 ? bits : bits ^ 0x7fff_ffff;
}

/** Sorts numbers of keys by these, lowest first, digit by digit; those of equal keys stay as they were. Returns which list has them. */
function sortBy(keys: Uint32Array, order: readonly Int32Array[], now: number, n: number): number {
  let from = order[now]!,
    to = order[1 - now]!;
  for (let shift = 0; shift < 32; shift += DIGIT) {
    const starts = new Int32Array(MASK + 1);
    for (let i = 0; i < n; i++) starts[(keys[i]! >>> shift) & MASK]!++;
    // all alike
    if (starts[(keys[0]! >>> shift) & MASK] === n) continue;
    for (let d = 0, sum = 0; d <= MASK; d++) {
      const count = starts[d]!;
      starts[d] = sum;
      sum += count;
    }
    for (let i = 0; i < n; i++) {
      const at = from[i]!;
      to[starts[(keys[at]! >>> shift) & MASK]!++] = at;
    }
    [from, to] = [to, from];
  }
  return from === order[0] ? 0 : 1;
}
