import { numbers } from './constants.ts';
import { LN2, ONE, SLACK, above, exp, fixed, largest, times } from './fixed.ts';
import { prove } from './gappa.ts';
import { arithmetic } from './kernel.ts';

// The exp cores of float32 with a theta (assembly/exp32.ts). Every argument of theta = 1 is tried by npm run exhaustive; with
// a theta there are too many. Powers of two of theta and x change nothing, so 1 <= theta < 2.

const HEAD = '@rnd = float<ieee_32, ne>;\n';
/** |theta x log2 e| / 32 where |theta x| <= 384, and what n / 32 is at most */
const TURNS = 17.32;
const half = 2 ** -6;

/** |n / 32 - x ch| (t and m are multiples of 2^-5: their difference is exact) for the rounding constant m and the float32 ch nearest to theta log2 e / 32 */
function toInteger(fused: boolean): number {
  const { rounded } = arithmetic({ file: 'exp32.ts', name: 'exp4F32', fused, inputs: ['z0', 'k0', 'm0'] }, ['t0']);
  const [off] = prove(`${HEAD}z0 = rnd(Z); k0 = rnd(C); m0 = rnd(M);
${rounded}n = t0 - m0;
{ |z0 * k0| in [0, ${TURNS}] /\\ @FIX(m0, -5) /\\ m0 in [393100, 393300] -> |n - z0 * k0| in ? }
n - z0 * k0 -> t0 - (z0 * k0 + m0);
`);
  return off!;
}

/** coefficients of 2^(32 f) or of exp(r), cut off where the rest is below 2^-300 */
function series(scale: bigint, terms: number): bigint[] {
  const result = [ONE];
  for (let k = 1; k < terms; k++) result.push(times(result[k - 1]!, scale) / BigInt(k));
  return result;
}

/** relative error of the polynomial p, from its coefficients, on |x| <= most, as an approximation of exp(scale x) */
function approximation(p: readonly number[], scale: bigint, most: number): number {
  const difference = series(scale, 80).map((c, k) => (p[k] === undefined ? 0n : fixed(p[k]!)) - c);
  // exp grows: it is least at the start of a cell
  return above(largest(difference, -fixed(most), fixed(most), (from) => exp(times(from, scale)) - SLACK) + SLACK);
}

export interface Core32 {
  /** what the argument is off, absolute, as an argument of exp */
  readonly argument: number;
  /** the polynomial and its roundings, relative */
  readonly polynomial: number;
  readonly total: number;
}

/** relaxed: 2^(32 f), f = fma(x, cl, fma(x, ch, -n / 32)) */
export function base2(): Core32 {
  const [, , c1, c2, c3, c4, c5, c6, one] = numbers('BASE2') as number[],
    distance = toInteger(true);
  const common = { file: 'exp32.ts', name: 'base2', fused: true };
  const { rounded } = arithmetic({ ...common, inputs: ['z0', 'ch', 'cl', 'n0'] }, ['f0']);
  // ch + cl is theta log2 e / 32 to half a unit of cl, and half one of the float64 it is taken from
  const argument = (most: number): [number, number] =>
    prove(`${HEAD}z0 = rnd(Z); ch = rnd(Ch); cl = rnd(Cl);
${rounded}F = z0 * (ch + cl + eps) + n0;
{ |z0 * ch| in [0, ${TURNS}] /\\ |z0| in [0, ${TURNS * 32}] /\\ |cl| in [0, 1b-29] /\\ |eps| in [0, 1b-53] /\\ @FIX(n0, -5)
 /\\ |z0 * ch + n0| in [0, ${distance}] /\\ |z0 * cl + g0| in [0, ${most}]
 -> |f0 - F| in ? /\\ |f0| in ? }
f0 - F -> (f0 - (z0 * cl + g0)) + (g0 - (z0 * ch + n0)) - z0 * eps;
`) as [number, number];
  // f rounds by twice as much where z cl carries it past 2^-6
  const most = half + TURNS * 32 * 2 ** -29,
    ends = argument(most),
    inner = argument(half),
    coefficients = { c1, c2, c3, c4, c5, c6, one } as Record<string, number>,
    lines = arithmetic({ ...common, numbers: coefficients, inputs: ['f0'] }, ['p0']).rounded,
    scale = 32 * Math.LN2;
  const least = half / 32,
    fit = approximation([one!, c1!, c2!, c3!, c4!, c5!, c6!], 32n * LN2, least),
    middle = rounding({ ...common, coefficients, input: 'f0', most: least, cells: 64 }) + fit;
  const body = add(inner[0] * scale, Math.max(middle, everyFloat(lines, 'f0', least, half, scale))),
    end = add(ends[0] * scale, everyFloat(lines, 'f0', half, ends[1], scale));
  return body.total > end.total ? body : end;
}

/** simd: exp(r), r = theta x - n ln2 by way of x - n U */
export function baseE(): Core32 {
  const [, , , c2, c3, c4, c5, c6, one] = numbers('F32') as number[];
  if (toInteger(false) > half + 2e-6) throw new Error('n is not the nearest integer');
  const common = { file: 'exp32.ts', name: 'baseE', fused: false, when: { scaled: true } };
  let argument = 0,
    most = 0;
  // U = 32 step in 14 bits, 32 ln2 / theta: its last bit depends on where it lies; x below 1 / 4 meets n = 0, 1 or -1 only
  for (const [from, to] of [
    [11, 16],
    [16, 22.3],
  ] as const) {
    for (const [low, high] of [
      [0.125, 0.25],
      [0.25, 560],
    ] as const) {
      const u = from < 16 ? 2 ** -10 : 2 ** -9,
        lowPart = (22.19 / from) * (u / 2), // |theta (32 ln2 / theta - U)|: U is rounded to its last bit u
        n = high <= 0.25 ? 1 / 32 : TURNS;
      const { rounded } = arithmetic(
        { ...common, inputs: ['n0', 'hi', 'low', 'z0', 'h0', 'th', 'tl', 's0', 'p0', 'e0'] },
        ['r0'],
      );
      // R is within half an integer of ln2 by 2^-6 + 2.1e-6: what n, and the k0 that gives it, are rounded by.
      // x - n U of an x below 1 / 4 is no larger than x, for n is the nearest integer
      const tight = high <= 0.25 ? 0.25 : 22.19 * (half + 2e-6) + TURNS * u * 0.5;
      const [exactness, off] = prove(
        `${HEAD}z0 = rnd(Z); hi = rnd(Hi); low = rnd(Low); th = rnd(Th); tl = rnd(Tl);
${rounded.replace(/^(r0_0 = .*\n)/m, '$1h0 = r0_0 - rest;\n')}T = th + tl + et;
X = z0 - n0 * hi;
R = T * X - n0 * (low + el);
{ |z0| in [${low}, ${high}] /\\ @FIX(n0, -5) /\\ |n0| in [0, ${n}] /\\ hi in [${from}, ${to}] /\\ @FIX(hi, ${Math.log2(u)}) /\\ |X| in [0, ${tight}]
 /\\ @FLT(h0, 12) /\\ @FIX(h0, -100) /\\ @FIX(rest, -100) /\\ @FLT(rest, 12) /\\ |rest| in [0, ${tight * 2 ** -11}] /\\ @FLT(th, 12) /\\ th in [1, 2] /\\ |tl| in [0, 1b-11] /\\ |et| in [0, 1b-36]
 /\\ |low| in [0, ${lowPart}] /\\ |el| in [0, ${lowPart * 2 ** -24}] /\\ |R| in [0, 0.34663]
 -> |r0_0 - X| in ? /\\ |r0 - R| in ? }
r0_0 - h0 -> rest;
r0_0 -> (r0_0 - X) + X;
r0 - R -> (r0 - (rnd(h0 * th) + B)) + (rnd(h0 * th) - h0 * th) + (B - (rest * th + d0)) + (d0 - (r0_0 * tl - n0 * low)) - r0_0 * et + n0 * el + T * (r0_0 - X);
rnd(h0 * th) + B -> (rnd(h0 * th) - h0 * th) + (B - (rest * th + d0)) + (d0 - (r0_0 * tl - n0 * low)) - r0_0 * et + n0 * el + T * (r0_0 - X) + R;
`.replace(/\bB\b/g, 'rnd(rnd(rnd(r0_0 - h0) * th) + d0)'),
      ) as [number, number];
      if (exactness !== 0) throw new Error('x - n U is not exact');
      argument = Math.max(argument, off!);
      most = 0.34663 + argument;
    }
  }
  const coefficients = { c2, c3, c4, c5, c6, one } as Record<string, number>,
    { rounded } = arithmetic({ ...common, numbers: coefficients, inputs: ['r0'] }, ['p0']);
  return add(argument, Math.max(everyFloat(rounded, 'r0', 2 ** -6, most, 1), small(common, coefficients)));
}

/** |r| <= 2^-6: the polynomial and its roundings, by Gappa */
function small(common: { file: string; name: string; fused: boolean }, coefficients: Record<string, number>): number {
  const { c2, c3, c4, c5, c6 } = coefficients as Record<string, number>;
  return (
    rounding({ ...common, coefficients, input: 'r0', most: 2 ** -6, cells: 64 }) +
    approximation([1, 1, c2!, c3!, c4!, c5!, c6!], ONE, 2 ** -6)
  );
}

/**
 * The relative error of p0 against exp(scale x) over every float32 x of a size from `least` to `most`: the lines of Gappa, run as
 * JavaScript. Sums and products of float32 in float64, rounded once more, are those of float32; of a fused product
 * and sum the last bit of the float64 takes up what it lacks.
 */
function everyFloat(lines: string, input: string, least: number, most: number, scale: number): number {
  const text = lines
    .replace(/(-?\d+)b(-?\d+)/g, (_, m, e) => String(Number(m) * 2 ** Number(e)))
    .replace(/^(p0\w*|\w+) = /gm, 'const $&')
    .replace(/rnd\((\S+) \* (\S+) \+ (\S+)\);/g, 'fused($1 * $2, $3);');
  const run = new Function(
    'rnd',
    'from',
    'to',
    'scale',
    `
    const word = new Uint32Array(1), number = new Float32Array(word.buffer);
    const wide = new Float64Array(1), bits = new Int32Array(wide.buffer);
    function fused(product, c) {
      const sum = product + c, part = sum - product, lost = product - (sum - part) + (c - part);
      wide[0] = sum;
      // half way between two float32: what was lost decides
      if (lost !== 0 && (bits[0] & 0x1fffffff) === 0x10000000) bits[0] += lost > 0 === sum > 0 ? 1 : -1;
      return rnd(wide[0]);
    }
    let worst = 0;
    for (let at = from; at <= to; at++) {
      word[0] = at;
      for (let sign = 1; sign >= -1; sign -= 2) {
        const ${input} = sign * number[0];
        ${text}
        const wanted = Math.exp(scale * ${input}), error = Math.abs(p0 - wanted) / wanted;
        if (error > worst) worst = error;
      }
    }
    return worst;`,
  ) as (rnd: typeof Math.fround, from: number, to: number, scale: number) => number;
  const bitsOf = (x: number): number => new Uint32Array(new Float32Array([x]).buffer)[0]!;
  // Math.exp is within 2^-52, and its argument within 2^-54
  return run(Math.fround, bitsOf(least), bitsOf(most) + 1, scale) + 2 ** -50;
}

const add = (argument: number, polynomial: number): Core32 => ({
  argument,
  polynomial,
  total: (argument * (1 + 2 ** -20) + polynomial) * (1 + 2 ** -20),
});

/** What the roundings of p are, relative to the polynomial, on |input| <= most: Gappa halves the range as often as it takes. */
function rounding(of: {
  file: string;
  name: string;
  fused: boolean;
  coefficients: Record<string, number | undefined>;
  input: string;
  most: number;
  cells: number;
}): number {
  const { input, most, cells, coefficients, ...common } = of;
  const { rounded, exact } = arithmetic(
    { ...common, numbers: coefficients as Record<string, number>, inputs: [input] },
    ['p0'],
  );
  const last = [...exact.matchAll(/^(Mp0\w*) =/gm)].at(-1)![1]!;
  const [error] = prove(`${HEAD}${input} = rnd(X);
${rounded}${exact}
{ |${input}| in [0, ${most}] -> |(p0 - ${last}) / ${last}| in ? }
$ ${input} in ${cells};
`);
  return error!;
}
