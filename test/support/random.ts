/** Seeded numbers, the same on every machine: sfc32 (Chris Doty-Humphrey, PractRand), seeded by a hash of a text. */
export interface Random {
  /** Uniform in [0, 1), 32 bits. */
  uniform(): number;
  /** Uniform in [low, high). */
  between(low: number, high: number): number;
  /** A whole number in [0, below). */
  whole(below: number): number;
  normal(): number;
}

export function random(seed: string | number): Random {
  // FNV-1a gives the four words of state their start; the first rounds mix what is left alike.
  let hash = 0x811c9dc5;
  const word = (text: string): number => {
    for (let index = 0; index < text.length; index++) hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
    return hash | 0;
  };
  let [a, b, c, counter] = [word(String(seed)), word('b'), word('c'), 1];
  const next = (): number => {
    const sum = (((a + b) | 0) + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (((c << 21) | (c >>> 11)) + sum) | 0;
    return (sum >>> 0) / 2 ** 32;
  };
  for (let round = 0; round < 15; round++) next();
  return {
    uniform: next,
    between: (low, high) => low + (high - low) * next(),
    whole: (below) => Math.floor(next() * below),
    // Box and Muller; 1 - u keeps the logarithm finite.
    normal: () => Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next()),
  };
}

/** One of a list. */
export const pick = <T>(r: Random, list: readonly T[]): T => list[r.whole(list.length)]!;
