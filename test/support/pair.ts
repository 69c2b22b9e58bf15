/** A real number as the unevaluated sum of two doubles, |lo| at most half a unit in the last place of hi. */
export interface Pair {
  readonly hi: number;
  readonly lo: number;
}

/**
 * Arithmetic on sums of two doubles, relative error at most 2^-102 per operation also under cancellation.
 * Source: Joldes, Muller, Popescu, Tight and rigorous error bounds for basic building blocks of double-word arithmetic, 2017.
 */
export const pairOf = (hi: number, lo = 0): Pair => ({ hi, lo });

/** a + b with its rounding error (Knuth). */
export function twoSum(a: number, b: number): Pair {
  const hi = a + b;
  const part = hi - a;
  return { hi, lo: a - (hi - part) + (b - part) };
}

/** The same where |a| >= |b| or a = 0 (Dekker). */
function fastTwoSum(a: number, b: number): Pair {
  const hi = a + b;
  return { hi, lo: b - (hi - a) };
}

/** a b with its rounding error (Dekker, Veltkamp); |a|, |b| < 2^996, and exact while |a b| > 2^-960. */
export function twoProduct(a: number, b: number): Pair {
  const hi = a * b;
  const cutA = 134217729 * a;
  const upperA = cutA - (cutA - a);
  const lowerA = a - upperA;
  const cutB = 134217729 * b;
  const upperB = cutB - (cutB - b);
  const lowerB = b - upperB;
  return { hi, lo: lowerA * lowerB - (hi - upperA * upperB - lowerA * upperB - upperA * lowerB) };
}

export function add(a: Pair, b: Pair): Pair {
  const high = twoSum(a.hi, b.hi);
  const low = twoSum(a.lo, b.lo);
  const middle = fastTwoSum(high.hi, high.lo + low.hi);
  return fastTwoSum(middle.hi, middle.lo + low.lo);
}

export function subtract(a: Pair, b: Pair): Pair {
  return add(a, { hi: -b.hi, lo: -b.lo });
}

export function multiply(a: Pair, b: Pair): Pair {
  const product = twoProduct(a.hi, b.hi);
  return fastTwoSum(product.hi, product.lo + (a.hi * b.lo + a.lo * b.hi));
}

export function divide(a: Pair, b: Pair): Pair {
  const first = a.hi / b.hi;
  const left = subtract(a, multiply(b, { hi: first, lo: 0 }));
  const second = left.hi / b.hi;
  const rest = subtract(left, multiply(b, { hi: second, lo: 0 }));
  return add(fastTwoSum(first, second), { hi: rest.hi / b.hi, lo: 0 });
}
