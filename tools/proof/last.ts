import { literal } from './constants.ts';

// The last steps, quotient and difference, in units in the last place of an exact result Y just below a power of two P: above P a
// rounding counts twice. Errors of Y elsewhere in the same binade are no larger. Numbers are written as P + units, so the grid
// has the steps 1 below 0 and 2 above it. Rounding is monotone: the ends of a cell give the ends of the results.

const up = (v: number): number =>
  v < 0 ? Math.ceil(v - 0.5) + (v - 0.5 === Math.ceil(v - 0.5) ? 1 : 0) : 2 * Math.floor(v / 2 + 0.5);
const CELL = 2 ** -8;

/**
 * The largest y - X for X = P + a, a <= most, where y = fl(fl(X - c) + c) for c in [from, to]; `single`: y = fl((X - c) + c). With what X is
 * off, at most `most`, it is the error of y.
 */
export function crossing(most: number, from: number, to: number, single: boolean): number {
  if (single) return crossingOnce(most);
  // outwards to whole cells: few of them are met
  const [end, low, high] = [Math.ceil(most / CELL), Math.floor(from / CELL), Math.ceil(to / CELL)] as const;
  const key = `${end} ${low} ${high}`,
    known = found.get(key);
  if (known !== undefined) return known;
  let worst = 0;
  for (let a = -3 / CELL; a < end; a++) {
    for (let c = low; c < high; c++) {
      const y = up(up((a + 1 - c) * CELL) + (c + 1) * CELL);
      if (y - a * CELL > worst) worst = y - a * CELL;
    }
  }
  found.set(key, worst);
  return worst;
}
const found = new Map<string, number>();

function crossingOnce(most: number): number {
  let worst = 0;
  for (let a = -3; a < most; a += CELL) worst = Math.max(worst, up(Math.min(a + CELL, most)) - a);
  return worst;
}

/**
 * e / S: `nonRounding` and `sum` are relative errors of e (but its last rounding, or all of it where `whole`) and of the sum, u their unit, 2^-53 or
 * 2^-24. e = m 2^i with 1 <= m < 2, 1 / S then has 2 / m. The low part of 1 / S is that of a rounded one, or, `truncated`, up to
 * twice as much and not negative.
 */
export function quotient(of: {
  nonRounding: number;
  whole: boolean;
  sum: number;
  u: number;
  truncated: boolean;
  single: boolean;
}): number {
  const { u, whole, truncated, single } = of;
  let worst = 0;
  for (let i = 0; i < 64; i++) {
    const [m, n] = [1 + i / 64, 1 + (i + 1) / 64];
    const off = (of.nonRounding + of.sum) / u + (whole ? 0 : 1 / m);
    const [from, to] = truncated ? [1 - n / 2, 1 + n / 2] : [-n / 2, n / 2];
    worst = Math.max(worst, off + crossing(off, from - 2 ** -20, to + 2 ** -20, single));
  }
  return worst;
}

/** half a unit in the last place of what is below v, in those of a number just below P */
const half = (v: number, P: number): number => 2 ** Math.floor(Math.log2(v * (1 - 1e-12))) / P;

/**
 * (max - x) + L: D + L = P. `core` is the relative error of the other e, `relative` that of L, u 2^-53 or 2^-24. parts: L comes in two of them, and
 * the roundings are those of (D + hi) + lo; else L is rounded first.
 */
export function difference(of: { core: number; relative: number; u: number; parts: boolean; theta: boolean }): number {
  const { core, relative, u, parts, theta } = of;
  let worst = 0;
  for (const P of [1, 2, 4, 8, 16, 32]) {
    for (let i = 0; i < 512; i++) {
      const [D, E] = [(P * i) / 512, (P * (i + 1)) / 512],
        L = P - D;
      // the lane has e of D itself
      if (Math.log1p(Math.exp(D)) > P + 1e-9) continue;
      let off = (core * (1 - Math.exp(-L)) + relative * L) / (u * P);
      // float64 with a theta has D in two parts
      if (!(theta && u < 2 ** -40)) off += half(E, P);
      const l = half(L, P);
      if (!parts) worst = Math.max(worst, off + l + crossing(off + l, 0, 0, true));
      // theta: a low part of D theta in the same direction as D, up to a whole unit of it
      else
        worst = Math.max(
          worst,
          off + crossing(off, -l - CELL, l + (theta ? half(E, P) * (u < 2 ** -40 ? 1 : 2) : 0) + CELL, false),
        );
    }
  }
  return worst;
}

/** max + L with a maximum that is not negative, and -L alone, rounded once: Y is L or more. */
export const rounded = (relative: number, u: number): number => relative / u + crossing(relative / u, 0, 0, true);

/** that the low part of a float32 factor is not negative */
export function checkTruncation(): void {
  const below = literal('results.ts', /BELOW: f64 = ([\d.]+);/);
  if (below !== 1 - 2 ** -24) throw new Error('assembly/results.ts: BELOW is another number');
}
