/**
 * Numbers in [0, 1), the same for the same seed (an integer from 0 to 2^53 - 1), 53 bits each.
 * Source: sfc32 of Chris Doty-Humphrey's PractRand.
 */
export function seeded(seed: number): () => number {
  let a = seed >>> 0,
    b = Math.floor(seed / 2 ** 32),
    c = 0x9e3779b9,
    d = 1;
  const next = (): number => {
    const t = (a + b + d) | 0;
    d = (d + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (((c << 21) | (c >>> 11)) + t) | 0;
    return t >>> 0;
  };
  for (let i = 0; i < 15; i++) next();
  return () => ((next() >>> 5) * 2 ** 26 + (next() >>> 6)) / 2 ** 53;
}
