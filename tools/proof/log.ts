import { Decimal } from 'decimal.js';
import { functionText, numberAt, numbers } from './constants.ts';
import { tableErrors } from './exp64.ts';
import { LN2, ONE, SLACK, above, fixed, largest, size } from './fixed.ts';
import { prove } from './gappa.ts';
import { arithmetic, gappa } from './kernel.ts';

// The logarithms of assembly/finish.ts: in two parts for float64, by atanh for what is rounded to float32.

const HEAD = '@rnd = float<ieee_64, ne>;\n';
const when = { 'sizeof() == 4': false };

/** How far the quartic of logPair is from log2(1 + z) on [0, 1]: at 4096 places, and by its slope between them. */
export function quartic(): number {
  const { body } = functionText('finish.ts', 'logPair'),
    [a, b, c, d] = [
      /splat<f64, W>\((0\.3218)\)/,
      /splat<f64, W>\((0\.0826)\)/,
      /splat<f64, W>\((0\.6777)\)/,
      /splat<f64, W>\((1\.4385)\)/,
    ].map((p) => {
      const found = p.exec(body);
      if (found === null) throw new Error('assembly/finish.ts: logPair has another quartic');
      return Number(found[1]);
    }) as [number, number, number, number];
  const exact = Decimal.clone({ precision: 25 }),
    ln2 = exact.ln(2);
  let most = 0;
  for (let i = 0; i <= 4096; i++) {
    const z = i / 4096,
      q = z * (d + z * (z * (a - z * b) - c));
    most = Math.max(
      most,
      Math.abs(
        q -
          exact
            .ln(1 + z)
            .div(ln2)
            .toNumber(),
      ),
    );
  }
  // both slopes lie between 0.4 and 1.5: so does their difference in size
  return most + 1.5 / 8192;
}

/** |r + r^2 y(r) - log1p(r)| on |r| <= most, divided by |r| */
function logApproximation(y: readonly number[], most: number): number {
  const difference = Array.from(
    { length: 60 },
    (_, k) => (y[k] === undefined ? 0n : fixed(y[k]!)) - (k % 2 === 0 ? -ONE : ONE) / BigInt(k + 2),
  );
  return above(largest([0n, ...difference], -fixed(most), fixed(most)) + SLACK);
}

export interface Log64 {
  /** relative errors: near 1, where the logarithm is log1p, and elsewhere; |r| is at most `r` */
  readonly near: number;
  readonly far: number;
  readonly r: number;
}

/** hi + lo of logPair for float64 elements, of a sum of `count` + v below 2^40 */
export function log64(): Log64 {
  const { tail, tau } = tableErrors(),
    off = 0.5 + 128 * quartic() + 2 ** -40,
    step = Math.LN2 / 128;
  const r = Math.expm1(step * off) * (1 + 2 ** -20);
  const common = { file: 'finish.ts', name: 'logPair', fused: false, when };
  const { rounded, exact } = arithmetic({ ...common, inputs: ['r'] }, ['y']);
  const last = [...exact.matchAll(/^(My\w*) =/gm)].at(-1)![1]!;
  const coefficients = [-0.5, 1 / 3, -0.25, 0.2, -1 / 6, 1 / 7],
    fit = logApproximation(coefficients, r);
  samePolynomial(exact, last, coefficients, r);

  const [relative] = prove(`${HEAD}r = rnd(R);
${rounded}${exact}{ |r| in [1b-400, ${r}] -> |(y - ${last}) / ${last}| in ? }
`) as [number];
  // Near 1: n = 0, T = 1, and head + pl = r + rl exactly. y, its sum with rl, and r rl, which is left out, are relative to r.
  const u = 2 ** -53,
    ofY = (r / 2) * 1.02,
    near = relative * ofY + u * (ofY + u) + r * u * 1.02 + fit;

  // Elsewhere |log a| is at least half a step, nearly. lost: what hi = nh + r lacks, exact, as |nh| > |r|
  const low = numberAt('F64', 16),
    eps = above(size(LN2 / 128n - fixed(numberAt('F64', 8)) - fixed(low)) + SLACK);
  const [rest, exactly] = prove(`${HEAD}r = rnd(R); rl = rnd(Rl); l = rnd(Lost);
${rounded}${exact}nh = rnd(n * ${gappa(numberAt('F64', 8))});
lost = rnd(l + rl);
nl = rnd(n * ${gappa(low)});
sum = rnd(nl + y);
low = rnd(sum + lost);
{ |r| in [1b-400, ${r}] /\\ |rl| in [0, 1b-62] /\\ |l| in [0, 1b-48] /\\ @FIX(n, 0) /\\ |n| in [1, 5120] /\\ |y - ${last}| in [0, ${relative * ofY * r}]
 -> |low - (n * ${gappa(low)} + ${last} + l + rl)| in ? /\\ |nh - n * ${gappa(numberAt('F64', 8))}| in ? }
low - (n * ${gappa(low)} + ${last} + l + rl) -> (low - (sum + lost)) + (sum - (nl + y)) + (lost - (l + rl)) + (nl - n * ${gappa(low)}) + (y - ${last});
`) as [number, number];
  if (exactly !== 0) throw new Error('n ln2 / 128 is not exact');
  // l is half a unit of hi, 2^-48 where |hi| < 32; pl, of 2^-51 at most, rounds three times; T is off by tau, tail meets the low parts
  const absolute = rest + 5120 * eps + r * 2 ** -62 * 1.02 + fit * r + tau * 1.02 + tail * 2 ** -50 + 3 * 2 ** -104,
    least = step * (1 - off) * 0.999;
  return { near, far: absolute / least, r };
}

/** the lines of Gappa without roundings, as JavaScript */
function samePolynomial(lines: string, name: string, coefficients: readonly number[], most: number): void {
  const text = lines
    .replace(/(-?\d+)b(-?\d+)/g, (_, m, e) => String(Number(m) * 2 ** Number(e)))
    .replace(/^M/gm, 'const M');
  const run = new Function('r', `${text} return ${name};`) as (r: number) => number;
  for (let i = -8; i <= 8; i++) {
    const r = (most * (i + 0.5)) / 9,
      wanted = coefficients.reduceRight((sum, c) => sum * r + c, 0) * r * r;
    if (!(Math.abs(run(r) - wanted) <= 2 ** -45 * Math.abs(wanted)))
      throw new Error('assembly/finish.ts: y is another polynomial');
  }
}

/** Relative errors of logFast, near 1 (k = 0) and elsewhere. */
export function log32(fused: boolean): { near: number; far: number } {
  const [ln2, ...l] = numbers('LOG') as number[],
    most = (Math.SQRT2 - 1) / (Math.SQRT2 + 1) + 2 ** -50;
  // 2 + w q(w) for log((1 + s) / (1 - s)) / s, w = s^2
  const difference = Array.from(
    { length: 120 },
    (_, k) => (l[k] === undefined ? 0n : fixed(l[k]!)) - (2n * ONE) / BigInt(2 * k + 3),
  );
  const fit = above(largest([0n, ...difference], 0n, fixed(most * most)) + SLACK) / 2;
  const common = { file: 'finish.ts', name: 'logFast', fused };
  const { rounded, exact } = arithmetic({ ...common, numbers: { two: 2 }, inputs: ['z'] }, ['q']);
  const last = [...exact.matchAll(/^(Mq\w*) =/gm)].at(-1)![1]!;
  const [near] = prove(`${HEAD}z = rnd(Z);
${rounded}${exact}{ |z| in [1b-400, 0.4143] -> |(q - ${last}) / ${last}| in ? }
`) as [number];
  // z: H ah - 1 is exact, H al and the sum round; k ln2 as well, and the last sum, of |log| of ln2 / 2 and more
  const u = 2 ** -53,
    q = near + fit + 3 * u;
  return {
    near: q,
    far: (q * 0.3466 + 40 * 0.694 * 2 * u + Math.abs(above(size(LN2 - fixed(ln2!)))) * 40) / 0.3465 + 2 * u,
  };
}
