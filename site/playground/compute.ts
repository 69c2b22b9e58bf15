// What the page shows of a state: everything that is a number, nothing that is a picture.
import type { Softmax } from 'softmax-simd';
import { kept } from './cuts.ts';
import { exactLane, ulps, type ExactLane } from './exact.ts';
import { laneOf, lanesOf, type Lanes } from './lanes.ts';
import type { State } from './state.ts';

type Values = Float64Array | Float32Array;

export interface Shown {
  readonly lanes: Lanes;
  /** the lane that the bars show, its logits as they are stored, and which of them are left by the cuts */
  readonly lane: number;
  readonly x: Float64Array;
  readonly left: Uint8Array;
  /** of the whole array */
  readonly all: Values;
  /** of the lane */
  readonly p: Float64Array;
  readonly log: Float64Array;
  readonly sum: number;
}

const stored = ({ logits: { data }, dtype }: State): Values => (dtype === 'float32' ? Float32Array.from(data) : data);

/** Probabilities of all lanes, and everything of the lane that is shown. */
export function shown(s: Softmax, state: State): Shown {
  const { logits, axis, temperature, topK, topP, minP } = state;
  const values = stored(state),
    lanes = lanesOf(logits, axis),
    lane = Math.min(state.lane, lanes.count - 1);
  let where: Uint8Array | undefined;
  if (topK > 0 || topP < 1 || minP > 0) {
    where = new Uint8Array(values.length);
    for (let i = 0; i < lanes.count; i++)
      kept(laneOf(values, lanes, i), 1 / temperature, state).forEach((left, j) => (where![lanes.at(i, j)] = left));
  }
  const options = { shape: logits.shape, axis: logits.shape.length === 1 ? null : axis, temperature, where };
  const all = s.softmax(values, options) as Values;
  const one = { temperature, where: where && Uint8Array.from(laneOf(where, lanes, lane)) };
  // the lane by itself: the same bits as in the batch
  const own = values.constructor as Float64ArrayConstructor,
    x = own.from(laneOf(values, lanes, lane));
  return {
    lanes,
    lane,
    x: Float64Array.from(x),
    left: one.where ?? new Uint8Array(x.length).fill(1),
    all,
    p: laneOf(all, lanes, lane),
    log: Float64Array.from(s.logSoftmax(x, one)),
    sum: s.logsumexp(x, one),
  };
}

/** What a loop gives that is usually written, in float64 and rounded to the type of the numbers. */
export function plain(x: Float64Array, left: Uint8Array, theta: number, round: (v: number) => number) {
  let max = -Infinity,
    sum = 0;
  for (let i = 0; i < x.length; i++) if (left[i] && x[i]! > max) max = x[i]!;
  const terms = x.map((v, i) => (left[i] ? Math.exp(theta * (v - max)) : 0));
  for (const term of terms) sum += term;
  const log = Math.log(sum);
  return {
    p: terms.map((term) => round(term / sum)),
    log: x.map((v, i) => (left[i] ? round(theta * (v - max) - log) : -Infinity)),
    sum: round(theta * max + log),
  };
}

export interface Errors {
  readonly exact: ExactLane;
  readonly p: readonly number[];
  readonly log: readonly number[];
  /** largest error of softmax, logSoftmax and logsumexp: the package's, and the plain loop's */
  readonly ours: readonly number[];
  readonly loop: readonly number[];
}

/** The longest lane whose exact results are worth the time: about 0.1 s, more where one logit dominates. */
export const longest = 10_000;

/** Errors of the lane in ULP; undefined for one that is too long. */
export function errorsOf({ x, left, p, log, sum }: Shown, state: State): Errors | undefined {
  if (x.length > longest) return undefined;
  const { dtype } = state,
    theta = 1 / state.temperature,
    exact = exactLane(x, theta, left);
  const off = (got: ArrayLike<number>, wanted: ExactLane['softmax']): number[] =>
    wanted.map((value, i) => ulps(got[i]!, value, dtype));
  const most = (list: readonly number[]): number => list.reduce((a, b) => Math.max(a, b), 0);
  const loop = plain(x, left, theta, dtype === 'float32' ? Math.fround : (v) => v);
  const each = { p: off(p, exact.softmax), log: off(log, exact.logSoftmax) };
  return {
    exact,
    ...each,
    ours: [most(each.p), most(each.log), ulps(sum, exact.logsumexp, dtype)],
    loop: [
      most(off(loop.p, exact.softmax)),
      most(off(loop.log, exact.logSoftmax)),
      ulps(loop.sum, exact.logsumexp, dtype),
    ],
  };
}
