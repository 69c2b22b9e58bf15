import { className } from './arrays.ts';
import { decode, encode } from './half.ts';
import type { Layout } from './layout.ts';
import { inLanes, type Half } from './rows.ts';
import { one, split, type Theta } from './theta.ts';
import { read, write, type Walk } from './walk.ts';
import { WeightedSum } from './weightedSum.ts';

/** Elements that are read at a time. */
const BLOCK = 4096;

/**
 * logsumexp with weights or a sign: log |sum b exp(theta x)| and the sign of the sum, lane by lane, in pairs of float64
 * whatever the build, so that weights of both signs cancel as exactly as they should.
 */
export function weighted(plan: Layout): unknown {
  const { outer, inner, target, returnSign } = plan;
  const lanes = outer * inner,
    values = target === undefined ? plan.fresh(lanes) : undefined,
    signs = returnSign ? plan.fresh(lanes) : undefined;
  const sums = new LaneSums(plan),
    some = plan.overlap ? lanes : sums.some;
  const results = new Float64Array(Math.min(lanes, some)),
    found = new Float64Array(results.length),
    to = target ?? plan.resultWalk(values!),
    signsTo = signs && plan.resultWalk(signs);
  for (let from = 0; from < lanes; from += some) {
    const n = Math.min(some, lanes - from);
    sums.run(from, n, results, found);
    if (!returnSign) for (let r = 0; r < n; r++) if (found[r]! < 0) results[r] = NaN;
    put(plan, to, from, n, results);
    if (signsTo !== undefined) put(plan, signsTo, from, n, found);
  }
  const got = values === undefined ? plan.out : plan.wrap(values);
  return signs === undefined ? got : { value: got, sign: plan.wrap(signs) };
}

function put(plan: Layout, walk: Walk, from: number, n: number, a: Float64Array): void {
  if (plan.sourceDtype !== undefined && className(walk.data) === 'Uint16Array') encode(a, 0, n, plan.sourceDtype);
  write(walk, from, n, a, 0);
}

/** The weighted sums of the lanes of a call, which are read in blocks. */
export class LaneSums {
  /** lanes that fit a block, 1 where they are longer */
  readonly some: number;
  readonly #length: number;
  readonly #x: Float64Array;
  readonly #b: Float64Array;
  readonly #mask: Uint8Array | undefined;
  readonly #walk: Walk;
  readonly #weights: Walk | undefined;
  readonly #where: Walk | undefined;
  readonly #half: Half | undefined;
  readonly #uniform: boolean;
  readonly #sum: WeightedSum;

  constructor(plan: Layout, source: Walk = plan.source, where: Walk | undefined = plan.where) {
    const { length, theta } = plan,
      room = Math.min(BLOCK, Math.max(1, plan.outer * plan.inner) * length);
    this.some = Math.max(1, Math.floor(BLOCK / Math.max(1, length)));
    this.#length = length;
    this.#x = new Float64Array(room);
    this.#b = new Float64Array(room).fill(1);
    this.#mask = where && new Uint8Array(room);
    this.#walk = inLanes(source, plan);
    this.#weights = plan.b && inLanes(plan.b, plan);
    this.#where = where && inLanes(where, plan);
    this.#half = className(source.data) === 'Uint16Array' ? plan.sourceDtype : undefined;
    this.#uniform = theta === 0;
    const { factor, power }: Theta = theta === 0 ? one : split(theta);
    this.#sum = new WeightedSum(factor, power);
  }

  /** Those of n lanes from one on, and their signs. */
  run(from: number, n: number, results: number[] | Float64Array, signs: number[] | Float64Array): void {
    const length = this.#length,
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
      signs[r] = sum.sign;
    }
  }

  #blocks(start: number, each: (n: number) => void): void {
    for (let at = 0; at < this.#length; at += BLOCK) {
      const n = Math.min(BLOCK, this.#length - at);
      this.#load(start + at, n);
      each(n);
    }
  }

  #load(start: number, n: number): void {
    const x = this.#x,
      b = this.#b,
      mask = this.#mask;
    read(this.#walk, start, n, x, 0);
    if (this.#half !== undefined) decode(x, 0, n, this.#half);
    if (this.#weights !== undefined) read(this.#weights, start, n, b, 0);
    if (this.#uniform) for (let k = 0; k < n; k++) x[k] = Math.abs(x[k]!) === Infinity ? -Infinity : x[k]! * 0;
    if (mask === undefined) return;
    read(this.#where!, start, n, mask, 0);
    // weights of the call's own take the mask's place
    for (let k = 0; k < n; k++)
      if (mask[k] === 0) b[k] = 0;
      else if (this.#weights === undefined) b[k] = 1;
  }
}
