import { dyadicOf } from '../../test/support/dyadic.ts';

// Real numbers as multiples of 2^-400. A product or quotient is cut off there: all that is computed here takes fewer than
// 2^30 of them, of numbers below 2^30, so that results are right to 2^-300. `SLACK` stands for it in every bound.

const BITS = 400n;
export const ONE = 1n << BITS;
export const SLACK = 1n << 100n;

/** A double, exactly: those of the kernels have no bit below 2^-400. */
export function fixed(x: number): bigint {
  const { integer, power } = dyadicOf(x);
  const shift = BITS + BigInt(power);
  if (shift >= 0n) return integer << shift;
  const shifted = integer >> -shift;
  if (shifted << -shift !== integer) throw new RangeError(`${x} has bits below 2^-${BITS}`);
  return shifted;
}

export const times = (a: bigint, b: bigint): bigint => (a * b) >> BITS;
export const over = (a: bigint, b: bigint): bigint => (a << BITS) / b;
export const size = (a: bigint): bigint => (a < 0n ? -a : a);

/** A double that is not below it. */
export function above(a: bigint): number {
  const near = Number(a / (1n << 200n)) * 2 ** -200; // 1074 - 400 bits are left for what is small
  return near + Math.abs(near) * 2 ** -50 + 2 ** -190;
}

/** exp of |x| <= 1 */
export function exp(x: bigint): bigint {
  let sum = ONE,
    term = ONE;
  for (let k = 1n; term !== 0n && term !== -1n; k++) {
    term = times(term, x) / k;
    sum += term;
  }
  return sum;
}

/** ln2 = 2 atanh(1 / 3) */
export const LN2: bigint = (() => {
  let sum = 0n,
    term = (2n * ONE) / 3n;
  for (let k = 1n; term > 0n; k += 2n) {
    sum += term / k;
    term /= 9n;
  }
  return sum;
})();

/**
 * A bound of |p| / weight on [from, to]: in every cell p is written around its middle, where the sizes of the terms add up.
 * `weight` is given where a cell starts, and says what the divisor is at least in it.
 */
export function largest(
  p: readonly bigint[],
  from: bigint,
  to: bigint,
  weight: (from: bigint) => bigint = () => ONE,
): bigint {
  const cells = 256n,
    half = (to - from) / (2n * cells) + 1n;
  let most = 0n;
  for (let i = 0n; i < cells; i++) {
    const middle = from + (2n * i + 1n) * half,
      around = [...p];
    for (let low = 0; low < around.length; low++) {
      for (let k = around.length - 2; k >= low; k--) around[k]! += times(around[k + 1]!, middle);
    }
    let sum = 0n;
    for (let k = around.length - 1; k >= 0; k--) sum = times(sum, half) + size(around[k]!);
    const share = over(sum + SLACK, weight(middle - half));
    if (share > most) most = share;
  }
  return most + SLACK;
}
