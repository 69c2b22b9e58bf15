import { Decimal } from 'decimal.js';

// sample by its definition, in decimals: e to 100 places, their sums and products exact.

const D = Decimal.clone({ precision: 1200, minE: -9e15, maxE: 9e15 });
const E = Decimal.clone({ precision: 100, minE: -9e15, maxE: 9e15 });

/** The value of a float64, not what it is printed as. */
function valueOf(x: number): Decimal {
  let places = 0;
  for (; !Number.isInteger(x); places++) x *= 2;
  return new D(BigInt(x).toString()).div(new D(2).pow(places));
}

export interface Cuts {
  theta?: number;
  topK?: number;
  topP?: number;
  minP?: number;
  mask?: readonly number[];
}

/** What may be drawn from a lane, in order, and the e of each relative to the largest. */
export function keptOf(lane: ArrayLike<number>, { theta = 1, topK, topP, minP, mask }: Cuts = {}): { places: number[]; e: Decimal[] } {
  const x = Array.from(lane, (v) => (theta === 0 && Number.isFinite(v) ? 0 : theta === 0 ? -Infinity : theta < 0 ? -v : v));
  const size = Math.abs(theta) || 1;
  let order = x.map((_, i) => i).filter((i) => mask === undefined || mask[i] !== 0);
  order.sort((a, b) => (x[a] === x[b] ? a - b : x[a]! > x[b]! ? -1 : 1));
  const top = x[order[0]!]!;
  const known = new Map<number, Decimal>();
  const e = (i: number): Decimal => {
    const v = x[i]!;
    if (!known.has(v)) {
      const z = v === -Infinity ? undefined : valueOf(v).minus(valueOf(top)).times(valueOf(size));
      // 0 where it is that in float64
      known.set(v, z === undefined || z.lt(-745.1332191019412) ? new D(0) : new D(E.exp(new E(z))));
    }
    return known.get(v)!;
  };
  const sum = (list: number[]): Decimal => list.reduce((s, i) => s.plus(e(i)), new D(0));
  if (topK !== undefined) order = order.slice(0, topK);
  if (topP !== undefined) {
    const goal = sum(order).times(valueOf(topP));
    let part = new D(0),
      n = 0;
    do part = part.plus(e(order[n++]!));
    while (n < order.length && part.lt(goal));
    order = order.slice(0, n);
  }
  if (minP !== undefined) order = order.filter((i) => e(i).gte(valueOf(minP)));
  const places = order.filter((i) => !e(i).isZero()).sort((a, b) => a - b);
  return { places, e: places.map(e) };
}

/** The place that u draws. */
export function drawnBy(u: number, { places, e }: { places: number[]; e: Decimal[] }): number {
  const goal = e.reduce((s, v) => s.plus(v), new D(0)).times(valueOf(u));
  let part = new D(0);
  for (let k = 0; k < places.length; k++) {
    part = part.plus(e[k]!);
    if (part.gt(goal)) return places[k]!;
  }
  throw new Error('u is not below 1');
}

/** The float64 next to every boundary between two draws, on both sides and at it, and the ends of what random may give. */
export function boundaries({ e }: { e: Decimal[] }): number[] {
  const whole = e.reduce((s, v) => s.plus(v), new D(0)),
    found = new Set([0, Number.MIN_VALUE, 2 ** -53, 0.5, 1 - 2 ** -53]);
  let part = new D(0);
  for (const v of e) {
    part = part.plus(v);
    const u = part.div(whole).toNumber();
    for (const near of [u - u * 2 ** -52, u - u * 2 ** -53, u, u + u * 2 ** -53, u + u * 2 ** -52]) if (near < 1) found.add(near);
  }
  return [...found].sort((a, b) => a - b);
}

/** The logarithm of the probability of a place. */
export function logOf(place: number, { places, e }: { places: number[]; e: Decimal[] }): number {
  const whole = e.reduce((s, v) => s.plus(v), new D(0));
  return E.ln(e[places.indexOf(place)]!.div(whole).toSignificantDigits(60)).toNumber();
}
