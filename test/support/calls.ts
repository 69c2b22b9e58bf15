import { random, type Random } from './random.ts';
import { round, bitsOf } from './ulp.ts';

// What tests of random calls share: lengths at which a call is computed in another way, logits of every storage, and results
// of every container as plain lists.

export const storages = ['float32', 'float64', 'float16', 'bfloat16', 'uint8'] as const;
export type Storage = (typeof storages)[number];
export type Elements = Float32Array | Float64Array | Uint16Array | Uint8Array;

const around = (...limits: number[]): number[] => limits.flatMap((n) => [n - 1, n, n + 1]);
/** Lengths beside the limits of copies, tiles, rows, blocks and windows. */
export const short = [1, 2, 3, 5, 10, ...around(8, 16, 32, 64, 256, 1024, 2048, 4096)];
export const long = [...around(16384, 32752, 32768), 40_000];
export const huge = [...around(65536, 131_072), 180_000];

export const pick = <T>(r: Random, list: readonly T[]): T => list[r.whole(list.length)]!;
export const product = (shape: readonly number[]): number => shape.reduce((a, n) => a * n, 1);

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

/** All numbers of a result, whatever its container. */
export function numbersOf(result: unknown): ArrayLike<number> {
  if (ArrayBuffer.isView(result)) return result as unknown as ArrayLike<number>;
  if (typeof result === 'number') return [result];
  if (Array.isArray(result)) return result.flat(Infinity) as number[];
  const { data, ...rest } = result as { data?: ArrayLike<number> };
  return data ?? Object.values(rest).flatMap((part) => Array.from(numbersOf(part)));
}

/** The first difference of two results, bit by bit; a NaN is like any NaN. Undefined where there is none. */
export function difference(got: ArrayLike<number>, want: ArrayLike<number>): string | undefined {
  if (got.length !== want.length) return `${got.length} numbers for ${want.length}`;
  for (let i = 0; i < got.length; i++)
    if (!Object.is(got[i], want[i])) return `number ${i} of ${got.length} is ${got[i]}, wanted ${want[i]}`;
  return undefined;
}
