/** theta as the kernels take it: factor * power with 1 <= |factor| < 2 and a power of two, so that no part overflows */
export interface Theta {
  readonly theta: number;
  readonly factor: number;
  readonly power: number;
}

export const one: Theta = { theta: 1, factor: 1, power: 1 };

/** Whether the float32 kernels take this theta: 2^-64 to 2^64 and, where elements are negated first, its opposite. */
export function isOrdinary(theta: number): boolean {
  const size = theta < 0 ? -theta : theta;
  return size >= 5.421010862427522e-20 && size <= 18446744073709551616;
}

export function split(theta: number): Theta {
  if (theta === 1) return one;
  let factor = theta,
    power = 1;
  for (; Math.abs(factor) >= 2; power *= 2) factor /= 2;
  for (; Math.abs(factor) < 1; power /= 2) factor *= 2;
  return { theta, factor, power };
}

/** The theta of sums over parts: of its size, for elements that a negative one multiplies are negated; 0 is a matter of the elements. */
export function sizeOf(theta: number): Theta {
  return theta === 0 ? one : split(Math.abs(theta));
}
