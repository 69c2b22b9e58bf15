import { exponentOf, scale, type Exact } from './exact.ts';
import type { Lane, SignedExact } from './laneKinds.ts';
import { ulpError } from './ulp.ts';

/**
 * The promise: the largest error of each result in units in the last place of the exact one, for every build, any length
 * up to 1e7 and any distribution, theta included. docs/accuracy.md adds them up from the roundings of a kernel; what comes
 * near are rows of a few elements that a search made for it (`hardest` in cases.ts, found by tools/adversary.report.ts). Tests
 * assert these numbers, docs/accuracy.md prints them, comments and README quote them. Results in float16 and bfloat16 are float32 ones
 * rounded once.
 */
export type Call = 'softmax' | 'logSoftmax' | 'logsumexp' | 'exp';
export type Dtype = 'float32' | 'float64';
export type Precision = 'fast' | 'exact';
export type Build = 'relaxed' | 'simd' | 'scalar' | 'js';

type PerBuild = Readonly<Record<Build, number>>;

const everywhere = (ulp: number): PerBuild => ({ relaxed: ulp, simd: ulp, scalar: ulp, js: ulp });
/** float32 is computed in float32 by vectors alone; the other builds take float64, and round once */
const vectors = (ulp: number): PerBuild => ({ ...everywhere(0.51), relaxed: ulp, simd: ulp });

/** float64 knows no separate exact precision: both words mean the same kernel there. */
export const bounds = {
  float32: {
    fast: {
      softmax: { ...vectors(5), relaxed: 4.3 },
      logSoftmax: vectors(2.7),
      logsumexp: vectors(2.7),
      exp: everywhere(0.501),
    },
    exact: {
      softmax: everywhere(0.51),
      logSoftmax: everywhere(0.51),
      logsumexp: everywhere(0.51),
      exp: everywhere(0.501),
    },
  },
  float64: {
    fast: {
      softmax: { ...everywhere(2.6), relaxed: 2.1, js: 2.1 },
      logSoftmax: { ...everywhere(1.5), js: 1 },
      logsumexp: { ...everywhere(1.5), js: 1 },
      exp: everywhere(0.52),
    },
  },
} as const satisfies Record<Dtype, Partial<Record<Precision, Record<Call, PerBuild>>>>;

/**
 * The relative error, in units of 2^-23, of the e that a fast float32 kernel sums and scales: measured over every argument
 * (tools/exhaustive.report.ts). docs/accuracy.md adds up the bounds of float32 from it.
 */
export const core32 = 0.725;

/** The same with a theta, where there are too many arguments to try: shown by npm run proof. */
export const theta32 = { relaxed: 0.82, simd: 0.75 } as const;

/** The relative error, in units of 2^-52, of the e of float64, with a theta too: shown by npm run proof. */
export const core64 = 0.51;

/** exp in float64 where the result is subnormal. */
export const subnormalExp64 = 0.76;

/**
 * logsumexp where a negative maximum and the logarithm of the sum cancel to about 0: an absolute error (of results below
 * 1/2; smaller where the logarithm is), or, for exact float32 below 2^-10, one in units in the last place, or an absolute
 * one where even float64 in two parts runs out.
 */
export const cancelling = {
  float32: { absolute: 1.15e-7, exactUlp: 5, exactBelow: 2 ** -10, exactAbsolute: 1e-18 },
  float64: { absolute: 2e-16 },
} as const;

/** The bound in units in the last place. */
export function bound(call: Call, dtype: Dtype, precision: Precision = 'fast', build: Build = 'simd'): number {
  const table = dtype === 'float32' ? bounds.float32[precision] : bounds.float64.fast;
  return table[call][build];
}

/** Whether float64 exp keeps its bound, which is wider where the exact result is subnormal. */
export function withinExp(got: number, exact: Exact, dtype: Dtype, precision: Precision, build: Build): boolean {
  const wider = dtype === 'float64' && exact.head !== 0 && exact.exponent < -1022;
  return ulpError(got, exact, dtype) <= (wider ? subnormalExp64 : bound('exp', dtype, precision, build));
}

/** The absolute error that a fast logsumexp may have where its maximum is negative and the result is near 0; else 0. */
export function allowance(exact: Exact, maximum: number, dtype: Dtype): number {
  if (maximum >= 0 || Math.abs(exact.value) >= 0.5) return 0;
  return cancelling[dtype].absolute * Math.min(1, 1.5 * (exact.value - maximum));
}

/** Whether the logarithm of the sum pulls a negative maximum towards 0, or past it by less than its own size. */
export function cancels(exact: Exact, maximum: number): boolean {
  return maximum < 0 && Math.abs(exact.value) < -maximum;
}

/**
 * Whether a logsumexp keeps its bound. `maximum` is the largest theta x of the lane: [0, -40] cancels nothing and has to be
 * right to the last bits, [-0.7, -0.68] cancels.
 */
export function withinLogsumexp(
  got: number,
  exact: Exact,
  maximum: number,
  dtype: Dtype,
  precision: Precision = 'fast',
  build: Build = 'simd',
): boolean {
  const ulp = ulpError(got, exact, dtype);
  if (ulp <= bound('logsumexp', dtype, precision, build)) return true;
  if (dtype === 'float32' && precision === 'exact') {
    if (!cancels(exact, maximum)) return false;
    const { exactBelow, exactUlp, exactAbsolute } = cancelling.float32;
    return Math.abs(exact.value) < exactBelow && (ulp <= exactUlp || Math.abs(got - exact.value) <= exactAbsolute);
  }
  return Math.abs(got - exact.value - exact.residual) <= allowance(exact, maximum, dtype);
}

/**
 * logsumexp with weights, any dtype: half a unit in the last place of the result and a little, or so much times
 * R / |sum| + |L|. R is the sum of |b exp(theta x)| over all elements but those at the logit m of the largest term, L is the
 * result less theta m: what the exponentials and the logarithm in two float64, 2^-60 each, come to. Where the
 * terms cancel by `lost` and more, the sum may be any number as small, of either sign, or 0.
 */
export const weightedSum = { ulp: 0.51, absolute: 2 ** -58, lost: 2 ** 54 } as const;

/** Whether a logsumexp with weights keeps its bound. All of x, b and theta are finite. */
export function withinWeighted(got: number, gotSign: number, exact: SignedExact, x: Lane, b: Lane, theta: number, dtype: Dtype): boolean {
  if (gotSign === exact.sign && ulpError(got, exact, dtype) <= weightedSum.ulp) return true;
  const sizes = Array.from(x, (v, k) => (b[k] === 0 ? -Infinity : theta * v + Math.log(Math.abs(b[k]!))));
  const most = sizes.reduce((m, v) => Math.max(m, v), -Infinity);
  const sumOf = (of: (k: number) => boolean): number => sizes.reduce((s, v, k) => s + (of(k) ? Math.exp(v - most) : 0), 0);
  // next to such numbers a logarithm is nothing, whatever cancels
  if (Math.abs(most) > 2 ** 60) {
    const near = 2 ** -20 * Math.min(Number.MAX_VALUE, Math.abs(most));
    if (exact.sign === 0) return got <= most + near;
    // theta x may be beyond all float64: in units of 2^up
    const z = Array.from(x).reduce((m, v, k) => (b[k] === 0 ? m : Math.max(m, Math.sign(theta) * v)), -Infinity),
      up = exponentOf(theta) + exponentOf(z),
      top = scale(Math.abs(theta), -exponentOf(theta)) * scale(z, -exponentOf(z));
    if (scale(exact.head, exact.exponent - up) < top - 2 ** -20 * Math.abs(top)) return got <= most + near;
    return gotSign === exact.sign && ulpError(got, exact, dtype) <= 1;
  }
  const sum = exact.sign === 0 ? 0 : Math.exp(exact.value - most);
  const all = sumOf(() => true);
  if (sum * weightedSum.lost < all) return got <= most + Math.log(all / weightedSum.lost) + 1 + Math.abs(most) * 2 ** (dtype === 'float32' ? -24 : -52);
  if (gotSign !== exact.sign) return false;
  // terms that are nearly as large as the largest may be taken for it
  const candidates = sizes.flatMap((v, k) => (v > most - 1 ? [k] : []));
  const rest = Math.max(...candidates.map((m) => sumOf((k) => x[k] !== x[m])));
  const logarithm = Math.max(...candidates.map((m) => Math.abs(exact.value - theta * x[m]!)));
  const rounding = dtype === 'float32' ? Math.abs(exact.value) * 2 ** -24 : 0;
  return Math.abs(got - exact.value - exact.residual) <= weightedSum.absolute * (rest / sum + logarithm) + rounding;
}

/**
 * The error of a gradient beside its rounding to the result's dtype, as shares of what it is made of; docs/accuracy.md
 * derives them. softmaxGradient: |theta y_j| (own |dy_j - mean| + sum V). V is what the sum of y (dy - c) is
 * made of: the sum of y |dy - c| where one y, with its dy = c, is above 0.9; the range of dy for other y that add up to 1 within
 * their rounding; else the sum of |y dy|. logSoftmaxGradient: |theta| (own |dy_j| + sum p_j D), D the sum of |dy|; where p_j
 * is above 1/2, |theta| (own (1 - p_j) |dy_j| + sum p_j D) with D without dy_j.
 */
export const slopeBounds = {
  softmaxGradient: { own: 4 * 2 ** -53, sum: 72 * 2 ** -53 },
  logSoftmaxGradient: { own: 4 * 2 ** -53, sum: 72 * 2 ** -53 },
} as const;

/**
 * crossEntropy: each |c_j log p_j| takes so much of itself for the sums, beside the bound of logSoftmax; its gradient, of
 * |theta / divisor| (p_j |sum of the other c| + |c_j| sum of the other p), beside the bound of softmax. c is target times weight.
 */
export const entropyBound = { sum: 2 ** -50 } as const;
