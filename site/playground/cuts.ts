// Top-k, top-p and min-p: which entries of a lane may be drawn.

export interface Cuts {
  /** 0: all of them */
  readonly topK: number;
  readonly topP: number;
  readonly minP: number;
}

/**
 * 1 for each entry that is left, 0 for the others, in this order: the topK largest, ties by lower index; of these,
 * renormalised, the fewest most probable ones whose probabilities reach topP; of these the ones with at least minP times
 * the largest probability.
 *
 * @param x logits of one lane; -Infinity is never left, and a lane with a NaN or +Infinity is left whole
 * @param theta factor on the logits, above 0
 */
export function kept(x: ArrayLike<number>, theta: number, { topK, topP, minP }: Cuts): Uint8Array {
  const mask = new Uint8Array(x.length).fill(1);
  let largest = -Infinity,
    broken = false;
  for (let i = 0; i < x.length; i++) {
    if (!(x[i]! < Infinity)) broken = true;
    if (x[i]! > largest) largest = x[i]!;
  }
  if (broken || largest === -Infinity) return mask;
  const term = (i: number): number => Math.exp(theta * (x[i]! - largest));
  if ((topK > 0 && topK < x.length) || topP < 1) {
    const order = Array.from(mask.keys()).sort((a, b) => x[b]! - x[a]! || a - b);
    if (topK > 0) order.length = Math.min(order.length, topK);
    let total = 0,
      sum = 0,
      count = 0;
    for (const i of order) total += term(i);
    while (count < order.length && (count === 0 || sum < topP * total)) sum += term(order[count++]!);
    mask.fill(0);
    for (const i of order.slice(0, count)) mask[i] = 1;
  }
  for (let i = 0; i < x.length; i++) if (x[i] === -Infinity || term(i) < minP) mask[i] = 0;
  return mask;
}
