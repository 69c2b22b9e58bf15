import { pick, random } from './random.ts';
import { round, bitsOf } from './ulp.ts';

// Lengths at which a call is computed in another way, and logits of every storage.

export const storages = ['float32', 'float64', 'float16', 'bfloat16', 'uint8'] as const;
export type Storage = (typeof storages)[number];
export type Elements = Float32Array | Float64Array | Uint16Array | Uint8Array;

const around = (...limits: number[]): number[] => limits.flatMap((n) => [n - 1, n, n + 1]);
/** Lengths beside the limits of copies, tiles, rows, blocks and windows. */
export const short = [1, 2, 3, 5, 10, ...around(8, 16, 32, 64, 256, 1024, 2048, 4096)];
export const long = [...around(16384, 32752, 32768), 40_000];
export const huge = [...around(65536, 131_072), 180_000];

const flavours = ['normal', 'alternating', 'saturated', 'ties', 'far', 'cancelling', 'special'] as const;

/** n logits; the same seed gives the same. */
export function logits(seed: string, n: number, storage: Storage, like?: (typeof flavours)[number]): Elements {
  const r = random(seed),
    flavour = like ?? pick(r, flavours);
  const value = (i: number): number => {
    if (storage === 'uint8') return r.whole(flavour === 'ties' ? 3 : 40);
    switch (flavour) {
      case 'normal':
        return r.normal() * 3;
      case 'alternating':
        return i % 2 === 0 ? 10 : -10;
      case 'saturated':
        return i === n >> 1 ? 5 : -45;
      case 'ties':
        return r.whole(4) - 2;
      case 'far':
        return 3000 + r.normal() * 20;
      case 'cancelling':
        return -Math.log(n) + r.normal() * 1e-3;
      case 'special':
        return r.whole(20) === 0 ? pick(r, [-Infinity, 0, -0, r.whole(50) === 0 ? NaN : 1]) : r.normal();
    }
  };
  if (storage === 'float32') return Float32Array.from({ length: n }, (_, i) => value(i));
  if (storage === 'float64') return Float64Array.from({ length: n }, (_, i) => value(i));
  if (storage === 'uint8') return Uint8Array.from({ length: n }, (_, i) => value(i));
  // few different ones: rounding to 16 bits takes exact arithmetic
  const some = Uint16Array.from({ length: Math.min(n, 64) }, (_, i) => Number(bitsOf(round(value(i), storage), storage)));
  return Uint16Array.from({ length: n }, (_, i) => some[i % 64 < some.length ? i % 64 : 0]!);
}
