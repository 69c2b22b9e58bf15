import { expTable, functionText, numberAt } from './constants.ts';
import { LN2, ONE, SLACK, above, exp, fixed, largest, over, size, times } from './fixed.ts';
import { prove } from './gappa.ts';
import { arithmetic, gappa } from './kernel.ts';

// The exp cores in float64 (assembly/exp64.ts): the reduction of the argument, the polynomial, the table, e.

const HEAD = '@rnd = float<ieee_64, ne>;\n';
/** Rounding constants: 1.5 2^52 + 128 (200 - K), an integer, |K| <= 2^13. */
const BIAS = '@FIX(m0, 0) /\\ m0 in [6755399440000000, 6755399442500000]';

/** the numbers of a core by the names of its parameters, in the order in which expTile hands them over */
function coefficients(name: string, table: string): Record<string, number> {
  const { parameters } = functionText('exp64.ts', name),
    first = parameters.indexOf('m3') + 1;
  return Object.fromEntries(parameters.slice(first).map((p, i) => [p, numberAt(table, 8 * i)]));
}

/** The largest sizes of a tail, and of what it is off: 2^(i / 128) = H (1 + tail + tau). */
export function tableErrors(): { tail: number; tau: number } {
  let [tail, tau] = [0, 0n];
  expTable().forEach((entry, i) => {
    tail = Math.max(tail, Math.abs(entry.tail));
    const off = size(over(exp((LN2 * BigInt(i)) / 128n), fixed(entry.H)) - ONE - fixed(entry.tail)) + SLACK;
    if (off > tau) tau = off;
  });
  return { tail, tau: above(tau) };
}

/** |P(r) - (exp(r) - 1)| on |r| <= most < 2^-8, for P = r + q[0] r^2 + q[1] r^3 + ... */
export function expApproximation(q: readonly number[], most: number): number {
  const difference = [0n, 0n, ...q.map(fixed)];
  let factorial = 1n;
  for (let k = 2; k < 40; k++) {
    factorial *= BigInt(k);
    difference[k] = (difference[k] ?? 0n) - ONE / factorial;
  }
  // what comes after r^39 is below 2^-320
  return above(largest(difference, -fixed(most), fixed(most)) + SLACK);
}

export interface Reduced {
  /** the largest |r|, and how far r is from z - n ln2 / 128 */
  readonly r: number;
  readonly off: number;
}

/** n and r of |z| <= most. scaled: with a low part of the argument. Below 2^-9 n is 0, and r is z. */
export function reduction(core: string, table: string, fused: boolean, scaled: boolean, most: number): Reduced {
  const numbers = coefficients(core, table),
    { log2e, low = 0 } = numbers as { log2e: number; low?: number },
    step = numbers.hi ?? numbers.step!;
  const { rounded } = arithmetic(
    {
      file: 'exp64.ts',
      name: core,
      fused,
      numbers,
      inputs: ['z0', 'm0', 'LOW'],
      loaded: { LOW: 'LOW' },
      when: { scaled },
    },
    ['r0'],
  );
  const product = fused ? `n0 * ${gappa(step)}` : `rnd(n0 * ${gappa(step)})`,
    inner = `rnd(z0 - ${product})`,
    second = fused ? `n0 * ${gappa(low)}` : `rnd(n0 * ${gappa(low)})`,
    c = gappa(log2e);
  if (!rounded.includes(inner)) throw new Error(`assembly/exp64.ts: ${core} reduces its argument in another way`);
  const eps = above(size(LN2 / 128n - fixed(step) - fixed(low)) + SLACK),
    unit = above(size(times(fixed(log2e), LN2 / 128n) - ONE) + SLACK);
  // with one piece of ln2 / 128 the inner difference is r itself
  const pieces = low === 0 ? inner : `rnd(${inner} - ${second})`;
  const script = `${HEAD}z0 = rnd(Z); LOW = rnd(Low);
${rounded}LN = ${gappa(step)} + ${gappa(low)} + eps;
X = z0 - n0 * LN;
A = ${pieces};
{ |z0| in [1b-9, ${most}] /\\ ${BIAS} /\\ |eps| in [0, ${eps}] /\\ ${c} * LN - 1 in [-${unit}, ${unit}] /\\ |LOW| in [0, 1b-42]
 -> |X| in ? /\\ |A - X| in ?${scaled ? ' /\\ |r0 - (A + LOW)| in ?' : ''} }
n0 - z0 * ${c} -> (n0 - (t0 - m0)) + (t0 - (z0 * ${c} + m0));
X -> (z0 * ${c} - n0) * LN + z0 * (1 - ${c} * LN);
${inner} - (z0 - n0 * ${gappa(step)}) -> ${inner} - (X + n0 * (${gappa(low)} + eps));
A - X -> (A - (${inner} - n0 * ${gappa(low)})) + (${inner} - (z0 - n0 * ${gappa(step)})) + n0 * eps;
`;
  const [X, off, sum = 0] = prove(
    low === 0 ? script.replace(/A - X -> .*/, `A - X -> (A - (z0 - n0 * ${gappa(step)})) + n0 * eps;`) : script,
  ) as [number, number, number?];
  const all = (off + sum) * (1 + 2 ** -50);
  return { r: X + all + (scaled ? 2 ** -42 : 0), off: all };
}

export interface Core {
  /** the relative error of e; without the last rounding; what e - H and the error of e's rounding are off */
  readonly e: number;
  readonly known: number;
  readonly lost: number;
}

/** e = H + H w. An argument in two parts is off by `argument`, absolute, which is what it adds to e. */
export function core64(fused: boolean, scaled: boolean, argument = 0): Core {
  const numbers = coefficients('exp4F64', 'F64'),
    { r, off } = reduction('exp4F64', 'F64', fused, scaled, 2839),
    { tail, tau } = tableErrors();
  const q = [numbers.q2!, numbers.q3!, numbers.q4!, numbers.q5!];
  // 1 + W = (1 + tail + tau) exp(r) (1 + d) with tail + r + r^2 q(r) in W apart: what is left
  const X = r * 1.01,
    d = (off + argument) * 1.0001,
    omega = (expApproximation(q, r) * 1.01 + tail * X + tau * 1.01 + d * 1.01) * 1.0001;
  const { rounded, exact } = arithmetic(
    { file: 'exp64.ts', name: 'exp4F64', fused, numbers, inputs: ['r0', 'h0', 'w0'], when: {} },
    ['p0'],
  );
  if (!/const w0 = add<f64, V>\(tableTail<V>\(t0, TABLE\), p0\);/.test(functionText('exp64.ts', 'exp4F64').body))
    throw new Error('assembly/exp64.ts: w0 is added up in another way');
  const last = arithmetic({ file: 'exp64.ts', name: 'exp4F64', fused, numbers, inputs: ['h0', 'w0'], when: {} }, [
    'e0',
  ]);
  const excess = fused ? 'rnd(d - h0 * w0)' : 'rnd(d - hw)';
  const script = `${HEAD}r0 = rnd(R); h0 = rnd(H); tail = rnd(T);
${rounded}${exact}w0 = rnd(tail + p0);
hw = ${fused ? 'h0 * w0' : 'rnd(h0 * w0)'};
${last.rounded}d = rnd(e0 - h0);
x = ${excess};
W = tail + Mp0 + omega;
{ |r0| in [0, ${r}] /\\ h0 in [1, 2] /\\ |tail| in [0, ${tail}] /\\ |omega| in [0, ${omega}]
 -> |(hw + h0 - h0 * (1 + W)) / (h0 * (1 + W))| in ? /\\ |(e0 - h0 * (1 + W)) / (h0 * (1 + W))| in ? /\\ |d - (e0 - h0)| in ? /\\ |x - (d - hw)| in ? }
w0 - W -> (w0 - (tail + Mp0)) - omega;
hw / h0 - W -> (hw - h0 * w0) / h0 + (w0 - W);
(hw + h0 - h0 * (1 + W)) / (h0 * (1 + W)) -> (hw / h0 - W) / (1 + W);
e0 - h0 -> (e0 - (hw + h0)) + hw;
d - hw -> (d - (e0 - h0)) + (e0 - (hw + h0));
`;
  const [known, e, difference, lost] = prove(script) as [number, number, number, number];
  if (difference !== 0) throw new Error('e - H is not exact');
  return { e, known, lost };
}

/** The relative error of e of float32 elements, theta (x - C) of |z| <= most taken in float64. */
export function exact32(fused: boolean, most: number): number {
  const numbers = coefficients('exp4Exact', 'EXACT'),
    { r, off } = reduction('exp4Exact', 'EXACT', fused, false, most),
    { tail, tau } = tableErrors();
  // x - C and its product with theta round: 2^-53 each
  const argument = most * 2 ** -52 * 1.0001,
    omega =
      (expApproximation([numbers.q2!, numbers.q3!], r) * 1.01 + (tail + tau) * 1.01 + (off + argument) * 1.02) * 1.0001;
  const { rounded, exact } = arithmetic(
    { file: 'exp64.ts', name: 'exp4Exact', fused, numbers, inputs: ['r0', 'h0'], when: {} },
    ['p0'],
  );
  const product = fused ? 'h0 * p0' : 'rnd(h0 * p0)';
  const [e] = prove(`${HEAD}r0 = rnd(R); h0 = rnd(H);
${rounded}${exact}e = rnd(${product} + h0);
W = Mp0 + omega;
{ |r0| in [0, ${r}] /\\ h0 in [1, 2] /\\ |omega| in [0, ${omega}] -> |(e - h0 * (1 + W)) / (h0 * (1 + W))| in ? }
(${product} + h0 - h0 * (1 + W)) / (h0 * (1 + W)) -> ((${product} - h0 * p0) / h0 + (p0 - Mp0) - omega) / (1 + W);
`);
  return e!;
}
