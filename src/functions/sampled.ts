import type { TypedArray } from '../input/typed.ts';
import type { Fresh, Option, Or, PerLane, Stored, Wrapped } from './results.ts';
import type { Options } from './types.ts';

// What users see of sample.

/** Options of sample. `out` is an Int32Array, or an object with one, and takes the indices. */
export interface SampleOptions extends Pick<Options, 'theta' | 'temperature' | 'where' | 'out' | 'shape' | 'dtype'> {
  /** The axis of the classes. Default -1. */
  readonly axis?: number | undefined;
  /** Only the topK largest can be drawn; of equal ones the first. An integer from 1 on. */
  readonly topK?: number | undefined;
  /** Only the fewest most probable, by what topK left, whose probabilities reach topP can be drawn. Above 0, at most 1. */
  readonly topP?: number | undefined;
  /** Only what is at least minP times as probable as the most probable one can be drawn. 0 to 1. */
  readonly minP?: number | undefined;
  /** So many draws a lane, with replacement, on a last axis of that length. Left out: one, and no axis. */
  readonly count?: number | undefined;
  /** Gives numbers from 0 on and below 1; called once a draw. Default Math.random. */
  readonly random?: (() => number) | undefined;
  /** Gives `{ indices, logprobs }`. Default false. */
  readonly logprobs?: boolean | undefined;
}

/** What sample gives for logits X. */
export type Sampled<X, O = {}> =
  Option<O, 'logprobs'> extends infer L
    ? L extends true
      ? { indices: Indices<X, O>; logprobs: Draws<X, O, Stored<X, O>> }
      : Indices<X, O>
    : never;

type Indices<X, O> = Option<O, 'out'> extends infer W ? (W extends object ? W : Draws<X, O, Fresh<Int32Array>>) : never;

/** Elements A for each draw: with `count` on an axis of their own. */
type Draws<X, O, A> =
  Option<O, 'count'> extends infer C
    ? C extends number
      ? 0 extends 1 & X
        ? any
        : X extends readonly unknown[]
          ? Deeper<PerLane<X, O, A, Or<Option<O, 'axis'>, -1>>>
          : X extends TypedArray
            ? A
            : Wrapped<A>
      : PerLane<X, O, A, Or<Option<O, 'axis'>, -1>>
    : never;

/** With an axis after the last. */
type Deeper<L> = L extends number
  ? number[]
  : L extends TypedArray
    ? L[]
    : L extends readonly (infer U)[]
      ? Deeper<U>[]
      : never;
