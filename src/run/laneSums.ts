import { one, split } from '../kernels/theta.ts';
import { WeightedSum } from '../numeric/weightedSum.ts';
import type { Call } from '../plan/call.ts';
import { readStored } from '../plan/stored.ts';
import { read, type Walk } from '../plan/walk.ts';
import { inLanes } from './rows.ts';
import { level } from './window.ts';

/** Elements that are read at a time. */
const BLOCK = 4096;

/** The weighted sums of the lanes of a call, which are read in blocks. */
export class LaneSums {
  /** lanes that fit a block, 1 where they are longer */
  readonly some: number;
  readonly #call: Call;
  readonly #x: Float64Array;
  readonly #b: Float64Array | undefined;
  readonly #mask: Uint8Array | undefined;
  readonly #walk: Walk;
  readonly #weights: Walk | undefined;
  readonly #where: Walk | undefined;
  readonly #sum: WeightedSum;

  constructor(c: Call) {
    const { length, source, where } = c,
      room = Math.min(BLOCK, Math.max(1, c.outer * c.inner) * length);
    this.some = Math.max(1, Math.floor(BLOCK / Math.max(1, length)));
    this.#call = c;
    this.#x = new Float64Array(room);
    this.#b = c.b && new Float64Array(room);
    this.#mask = where && new Uint8Array(room);
    this.#walk = inLanes(source, c);
    this.#weights = c.b && inLanes(c.b, c);
    this.#where = where && inLanes(where, c);
    const { factor, power } = c.theta === 0 ? one : split(c.theta);
    this.#sum = new WeightedSum(factor, power);
  }

  /** Those of n lanes from one on, and their signs. */
  run(from: number, n: number, results: Float64Array, signs?: Float64Array): void {
    const { length } = this.#call,
      sum = this.#sum;
    for (let r = 0; r < n; r++) {
      const start = (from + r) * length,
        at = (r % this.some) * length;
      sum.begin();
      if (length <= BLOCK) {
        if (at === 0) this.#load(start, Math.min(this.some, n - r) * length);
        sum.look(this.#x, this.#b, at, at + length);
        sum.add(this.#x, this.#b, at, at + length);
      } else {
        this.#blocks(start, (n) => sum.look(this.#x, this.#b, 0, n));
        this.#blocks(start, (n) => sum.add(this.#x, this.#b, 0, n));
      }
      results[r] = sum.finish();
      if (signs !== undefined) signs[r] = sum.sign;
    }
  }

  #blocks(start: number, each: (n: number) => void): void {
    const { length } = this.#call;
    for (let at = 0; at < length; at += BLOCK) {
      const n = Math.min(BLOCK, length - at);
      this.#load(start + at, n);
      each(n);
    }
  }

  #load(start: number, n: number): void {
    const { storage, theta } = this.#call,
      x = this.#x,
      b = this.#b,
      mask = this.#mask;
    readStored(this.#walk, storage, start, n, x, 0);
    if (b !== undefined) read(this.#weights!, start, n, b, 0);
    if (theta === 0) level(x, 0, n);
    if (mask === undefined) return;
    read(this.#where!, start, n, mask, 0);
    // terms of 0
    for (let k = 0; k < n; k++) {
      if (mask[k] !== 0) continue;
      if (b === undefined) x[k] = theta < 0 ? Infinity : -Infinity;
      else b[k] = 0;
    }
  }
}
