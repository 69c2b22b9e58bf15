import { special, type Exact } from './exact.ts';

export type Lane = ArrayLike<number>;

export interface SumOptions {
  readonly theta?: number;
  readonly b?: Lane;
}

/** log|sum| with the sign of the sum: 1, -1, 0 for a sum that is exactly 0, NaN for one that is none. */
export interface SignedExact extends Exact {
  readonly sign: number;
}

/**
 * The lanes whose result follows from the table of special values in docs/semantics.md, told apart before any arithmetic.
 * theta = 0 leaves the uniform distribution over the finite entries: infinities count as absent, whatever their sign.
 */
export type Kind = 'empty' | 'nan' | 'positive infinity' | 'negative infinity' | 'finite';

/** Whether the product theta x is -Infinity, or an infinity that theta = 0 removes. */
export function isAbsent(x: number, theta: number): boolean {
  return !Number.isFinite(x) && x === x && (theta === 0 || x * theta < 0);
}

export function kindOf(lane: Lane, theta: number): Kind {
  if (!Number.isFinite(theta)) throw new RangeError(`the oracle wants a finite theta, got ${theta}`);
  let infinite = false;
  let finite = false;
  for (let index = 0; index < lane.length; index++) {
    const x = lane[index]!;
    if (x !== x) return 'nan';
    if (Number.isFinite(x)) finite = true;
    else if (!isAbsent(x, theta)) infinite = true;
  }
  if (lane.length === 0) return 'empty';
  return infinite ? 'positive infinity' : finite ? 'finite' : 'negative infinity';
}

/** What softmax and logSoftmax give for every element of a lane that is not finite. */
export const noDistribution = special(NaN);

/** logsumexp, without weights, of a lane that is not finite. */
export function sumOfKind(kind: Kind): SignedExact {
  if (kind === 'nan') return { ...special(NaN), sign: NaN };
  if (kind === 'positive infinity') return { ...special(Infinity), sign: 1 };
  return { ...special(-Infinity), sign: 0 };
}

/**
 * The weighted lane without the entries that b = 0 hides, and its value where infinities or NaN decide it.
 * Weights that are not finite are not taken.
 */
export function weigh(lane: Lane, b: Lane, theta: number): { x: number[]; b: number[]; decided?: SignedExact } {
  const kept = { x: [] as number[], b: [] as number[] };
  let infinite = 0;
  let nan = false;
  for (let index = 0; index < lane.length; index++) {
    const x = lane[index]!;
    const weight = b[index]!;
    if (!Number.isFinite(weight)) throw new RangeError(`the oracle wants finite weights, got ${weight}`);
    if (weight === 0 || isAbsent(x, theta)) continue;
    if (x !== x) nan = true;
    else if (!Number.isFinite(x)) {
      if (infinite === -Math.sign(weight)) nan = true;
      infinite = Math.sign(weight);
    }
    kept.x.push(x);
    kept.b.push(weight);
  }
  if (nan) return { ...kept, decided: { ...special(NaN), sign: NaN } };
  if (infinite !== 0) return { ...kept, decided: { ...special(Infinity), sign: infinite } };
  if (kept.x.length === 0) return { ...kept, decided: { ...special(-Infinity), sign: 0 } };
  return kept;
}
