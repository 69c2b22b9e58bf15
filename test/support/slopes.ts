import { difference, dyadicOf, sum, type Dyadic } from './dyadic.ts';
import type { Lane } from './laneKinds.ts';
import { formats, type Format } from './ulp.ts';

/**
 * Exact numbers for the gradients: integers times powers of two. A sum of numbers of the whole range of float64 has some
 * 4000 bits, which BigInt takes in its stride.
 */
const times = (a: Dyadic, b: Dyadic): Dyadic => ({ integer: a.integer * b.integer, power: a.power + b.power });
const zero = dyadicOf(0);
const one = dyadicOf(1);
const total = (list: readonly Dyadic[]): Dyadic => list.reduce(sum, zero);
const size = (a: Dyadic): Dyadic => (a.integer < 0n ? { integer: -a.integer, power: a.power } : a);

/** a / b to 200 bits */
function quotient(a: Dyadic, b: Dyadic): Dyadic {
  const bits = 200 + Math.max(0, b.integer.toString(2).length - a.integer.toString(2).length);
  return { integer: (a.integer << BigInt(bits)) / b.integer, power: a.power - b.power - bits };
}

/** exp(y) and 1 - exp(y), to 190 bits: by a series at y / 2^20, then squares. */
function expOf(y: number): { p: Dyadic; rest: Dyadic } {
  if (y < -800) return { p: zero, rest: one }; // less than the least float64, which the bound allows for
  if (y === 0) return { p: one, rest: zero };
  if (y < -1) {
    const p = quotient(one, expOf(-y).p);
    return { p, rest: difference(one, p) };
  }
  const digits = 420n;
  const { integer, power } = dyadicOf(y);
  const small = { integer, power: power - 20 };
  // exp(small) - 1, relative to its own size
  let term = small;
  let all = small;
  const shorten = (a: Dyadic): Dyadic => {
    const extra = a.integer.toString(2).length - Number(digits);
    return extra <= 0 ? a : { integer: a.integer >> BigInt(extra), power: a.power + extra };
  };
  for (let k = 2n; k < 40n; k++) {
    term = shorten(times(term, small));
    term = quotient({ integer: term.integer << 300n, power: term.power - 300 }, { integer: k, power: 0 });
    all = shorten(sum(all, term));
  }
  // (1 + v)^2 - 1 = v (2 + v)
  for (let k = 0; k < 20; k++) all = shorten(times(all, sum({ integer: 2n, power: 0 }, all)));
  return { p: sum(one, all), rest: { integer: -all.integer, power: all.power } };
}

/** A gradient's element: its exact value, and the error that it may have beside its last rounding. */
export interface Slope {
  readonly exact: Dyadic;
  readonly allowed: Dyadic;
}

export interface SlopeBounds {
  readonly own: number;
  readonly sum: number;
}

const scaled = (a: Dyadic, by: number): Dyadic => times(a, dyadicOf(by));

/** softmaxGradient of one lane of finite numbers: of y / sum y where `isDistribution`, else of y. */
export function softmaxSlopes(y: Lane, dy: Lane, theta: number, isDistribution: boolean, bounds: SlopeBounds): Slope[] {
  const open = Array.from(y, (_, k) => k).filter((k) => y[k] !== 0);
  const ys = Array.from(y, dyadicOf);
  const ds = Array.from(dy, (d, k) => (y[k] === 0 ? zero : dyadicOf(d)));
  const dot = (pivot: Dyadic): Dyadic => total(open.map((k) => times(ys[k]!, difference(ds[k]!, pivot))));
  const spread = (pivot: Dyadic): Dyadic => total(open.map((k) => size(times(ys[k]!, difference(ds[k]!, pivot)))));
  const mass = isDistribution ? total(ys) : one;
  const mean = dot(zero);
  const top = open.findIndex((k) => y[k]! > 0.91);
  let around = zero;
  if (isDistribution && top >= 0) around = spread(ds[open[top]!]!);
  else if (isDistribution) {
    const sorted = open.map((k) => ds[k]!).sort((a, b) => (difference(a, b).integer < 0n ? -1 : 1));
    if (sorted.length > 0) around = difference(sorted.at(-1)!, sorted[0]!);
  } else around = spread(zero);
  return ys.map((p, k) => {
    const step = quotient(difference(times(ds[k]!, mass), mean), mass);
    const by = times(dyadicOf(theta), p);
    return { exact: times(by, step), allowed: times(size(by), sum(scaled(size(step), bounds.own), scaled(around, bounds.sum))) };
  });
}

/** logSoftmaxGradient of one lane; y may be -Infinity. */
export function logSoftmaxSlopes(y: Lane, dy: Lane, theta: number, bounds: SlopeBounds): Slope[] {
  const isOpen = (k: number): boolean => y[k] !== -Infinity;
  const ds = Array.from(dy, (d, k) => (isOpen(k) ? dyadicOf(d) : zero));
  const exps = new Map([[-Infinity, { p: zero, rest: one }]]);
  const ps = Array.from(y, (v) => {
    const known = exps.get(v) ?? expOf(v);
    exps.set(v, known);
    return known;
  });
  const all = total(ds);
  const sizes = total(ds.map(size));
  const top = Array.from(y).reduce((t, v, k) => (v > -0.69 && !(v <= y[t]!) ? k : t), -1);
  const by = dyadicOf(theta);
  return ds.map((d, k) => {
    const { p, rest } = ps[k]!;
    if (!isOpen(k)) return { exact: zero, allowed: zero };
    const exact = times(by, k === top ? difference(times(rest, d), times(p, difference(all, d))) : difference(d, times(p, all)));
    const own = k === top ? times(rest, size(d)) : size(d);
    const others = times(p, k === top ? difference(sizes, size(d)) : sizes);
    const lost = scaled(sizes, 2 ** -1074);
    return { exact, allowed: times(size(by), sum(sum(scaled(own, bounds.own), scaled(others, bounds.sum)), lost)) };
  });
}

/** Whether a number is within the error allowed, and that of its last rounding or a few of the least float64. */
export function withinSlope(got: number, { exact, allowed }: Slope, format: Format, few: number): boolean {
  const { precision, lowest, highest } = formats[format];
  if (!Number.isFinite(got)) {
    // an infinity is right where the exact number is next to the largest one, or past it
    const most = dyadicOf((1 - 2 ** -precision) * 2 ** highest);
    return got === got && difference(sum(scaled(exact, Math.sign(got)), allowed), sum(most, most)).integer > 0n;
  }
  const step = dyadicOf(1.0001 * 2 ** -precision);
  const least: Dyadic = { integer: 1n, power: lowest - precision };
  const rounding = sum(times(size(exact), step), sum(sum(least, least), { integer: BigInt(few), power: -1074 }));
  return difference(sum(allowed, rounding), size(difference(dyadicOf(got), exact))).integer >= 0n;
}

/** 15 digits and a power of two, for messages. */
export function textOf({ integer, power }: Dyadic): string {
  const extra = Math.max(0, integer.toString(2).length - 60);
  return `${Number(integer >> BigInt(extra))} 2^${power + extra}`;
}
