import type { Softmax } from '../../src/api.ts';
import type { Build } from './bounds.ts';
import { exp, logSoftmax, softmax, type Exact } from './oracle.ts';
import { roundExact, ulpError } from './ulp.ts';

/**
 * Sweeps over the bit patterns of float32, stride by stride. The reference is float64 (Math.exp and Math.log1p, below 2 of
 * its units: 2^-28 of float32's); where that lies too near to a tie to say what is correctly rounded, and at the worst
 * input found, the oracle judges.
 */
export interface Sweep {
  readonly name: string;
  /** The largest error in units in the last place, and the x or d that attains it. */
  max: number;
  at: number;
  got: number;
  /** The sum of all errors. */
  sum: number;
  /** How many results are not the correctly rounded ones, of how many. */
  misrounded: number;
  count: number;
}

/** Writes a result for every element of x to y. */
export type Fill = (x: Float32Array, y: Float32Array) => void;

export interface Candidate {
  readonly name: string;
  readonly fill: Fill;
}

const chunk = 1 << 17;
const nearTie = 2 ** -26;

const started = ({ name }: Candidate): Sweep => ({ name, max: 0, at: NaN, got: NaN, sum: 0, misrounded: 0, count: 0 });

/** The exact results of a chunk as float64, each with the units in the last place in 1, and correctly rounded. */
class Reference {
  readonly wanted: Float64Array;
  readonly perUnit: Float64Array;
  readonly correct: Float32Array;
  readonly #high: Uint32Array;

  constructor(size: number) {
    this.wanted = new Float64Array(size);
    this.perUnit = new Float64Array(size);
    this.correct = new Float32Array(size);
    this.#high = new Uint32Array(this.wanted.buffer);
  }

  /** An exact result that float64 can tell; `exact` is asked where it can not. */
  set(i: number, wanted: number, exact: () => Exact): void {
    this.wanted[i] = wanted;
    const field = (this.#high[2 * i + 1]! >>> 20) & 0x7ff;
    const perUnit = 2 ** (23 - Math.max(field - 1023, -126)),
      correct = Math.fround(wanted);
    this.perUnit[i] = perUnit;
    const past = Math.abs(correct - wanted) * perUnit - 0.5;
    this.correct[i] = past < nearTie && past > -nearTie ? roundExact(exact(), 'float32') : correct;
  }

  /** A result without an error: NaN or an infinity. */
  setSpecial(i: number, value: number): void {
    this.wanted[i] = this.correct[i] = value;
    this.perUnit[i] = 0;
  }

  judge(sweep: Sweep, y: Float32Array, size: number, input: (i: number) => number): void {
    const { wanted, perUnit, correct } = this;
    let { max, misrounded, sum } = sweep;
    for (let i = 0; i < size; i++) {
      const got = y[i]!;
      let error = Math.abs(got - wanted[i]!) * perUnit[i]!;
      if (got !== correct[i]) {
        if (got === got || correct[i] === correct[i]) misrounded++;
        if (error !== error) error = got !== got && correct[i] !== correct[i] ? 0 : Infinity;
      } else if (error !== error) error = 0;
      sum += error;
      if (error > max) {
        max = error;
        sweep.at = input(i);
        sweep.got = got;
      }
    }
    sweep.max = max;
    sweep.sum = sum;
    sweep.misrounded = misrounded;
    sweep.count += size;
  }
}

/** exp of every stride-th of the 2^32 bit patterns. */
export function sweepExp(candidates: readonly Candidate[], stride: number): Sweep[] {
  const sweeps = candidates.map(started),
    reference = new Reference(chunk);
  const patterns = new Uint32Array(chunk),
    all = new Float32Array(patterns.buffer),
    results = new Float32Array(chunk);
  for (let from = 0; from < 2 ** 32; from += chunk * stride) {
    const size = Math.min(chunk, Math.ceil((2 ** 32 - from) / stride)),
      x = all.subarray(0, size),
      y = results.subarray(0, size);
    for (let i = 0; i < size; i++) patterns[i] = from + i * stride;
    for (let i = 0; i < size; i++) {
      const at = x[i]!;
      if (at !== at || at > 89) reference.setSpecial(i, at !== at ? NaN : Infinity);
      else if (at < -105) {
        reference.wanted[i] = reference.correct[i] = 0;
        reference.perUnit[i] = 2 ** 149;
      } else if (at < 2 ** -40 && at > -(2 ** -40)) {
        reference.wanted[i] = reference.correct[i] = 1;
        reference.perUnit[i] = at < 0 ? 2 ** 24 : 2 ** 23;
      } else {
        const wanted = Math.exp(at);
        if (wanted >= 2 ** 128 - 2 ** 103) reference.setSpecial(i, Infinity);
        else reference.set(i, wanted, () => exp(at));
      }
    }
    candidates.forEach(({ fill }, k) => {
      fill(x, y);
      reference.judge(sweeps[k]!, y, size, (i) => x[i]!);
    });
  }
  for (const s of sweeps) if (Number.isFinite(s.at)) s.max = ulpError(s.got, exp(s.at), 'float32');
  return sweeps;
}

/** softmax or logSoftmax of [0, -d] for every stride-th float32 d from 0 to 200; x has the pairs one after another. */
export function sweepPairs(call: 'softmax' | 'logSoftmax', candidates: readonly Candidate[], stride: number): Sweep[] {
  const last = 0x43480000,
    half = chunk / 2; // the pattern of 200
  const sweeps = candidates.map(started),
    reference = new Reference(chunk);
  const pattern = new Uint32Array(1),
    distance = new Float32Array(pattern.buffer);
  const all = new Float32Array(chunk),
    results = new Float32Array(chunk),
    oracle = call === 'softmax' ? softmax : logSoftmax;
  for (let from = 0; from <= last; from += half * stride) {
    const size = 2 * Math.min(half, Math.floor((last - from) / stride) + 1),
      x = all.subarray(0, size),
      y = results.subarray(0, size);
    for (let i = 0; i < size; i += 2) {
      pattern[0] = from + (i / 2) * stride;
      const d = distance[0]!,
        e = Math.exp(-d);
      x[i] = 0;
      x[i + 1] = -d;
      reference.set(i, call === 'softmax' ? 1 / (1 + e) : -Math.log1p(e), () => oracle([0, -d])[0]!);
      reference.set(i + 1, call === 'softmax' ? e / (1 + e) : -d - Math.log1p(e), () => oracle([0, -d])[1]!);
    }
    candidates.forEach(({ fill }, k) => {
      fill(x, y);
      reference.judge(sweeps[k]!, y, size, (i) => -x[i | 1]!);
    });
  }
  for (const s of sweeps) {
    if (Number.isFinite(s.at))
      s.max = Math.min(...oracle([0, -s.at]).map((exact) => ulpError(s.got, exact, 'float32')));
  }
  return sweeps;
}

export const expCandidate = (build: Build, s: Softmax, precision: 'fast' | 'exact'): Candidate => ({
  name: `${build} ${precision}`,
  fill: (x, y) => void s.exp(x, { precision, out: y }),
});

/** The pairs as rows of one array: kernels take them side by side. */
export const manyPairs = (
  build: Build,
  s: Softmax,
  call: 'softmax' | 'logSoftmax',
  precision: 'fast' | 'exact',
): Candidate => ({
  name: `${build} ${precision}`,
  fill(x, y) {
    s[call]({ data: x, shape: [x.length / 2, 2] }, { precision, out: { data: y, shape: [x.length / 2, 2] }, axis: -1 });
  },
});

/** Each pair a call of its own. */
export const singlePairs = (
  build: Build,
  s: Softmax,
  call: 'softmax' | 'logSoftmax',
  precision: 'fast' | 'exact',
): Candidate => ({
  name: `${build} ${precision}, alone`,
  fill(x, y) {
    const pair = new Float32Array(2),
      out = new Float32Array(2);
    for (let i = 0; i < x.length; i += 2) {
      pair[0] = x[i]!;
      pair[1] = x[i + 1]!;
      if (precision === 'fast') s[call](pair, { out });
      else s[call](pair, { out, precision });
      y[i] = out[0]!;
      y[i + 1] = out[1]!;
    }
  },
});
