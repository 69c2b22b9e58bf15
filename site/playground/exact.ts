// Exact results by integers of any length: what the errors on the page are measured against.

/** The number mantissa 2^exponent. */
export interface Exact {
  readonly mantissa: bigint;
  readonly exponent: number;
}
/** NaN, the infinities and 0 are numbers, everything else is Exact. */
export type Value = Exact | number;

export interface ExactLane {
  readonly softmax: readonly Value[];
  readonly logSoftmax: readonly Value[];
  readonly logsumexp: Value;
}

const view = new DataView(new ArrayBuffer(8));

/** A finite double as it is. */
function exactly(x: number): Exact {
  view.setFloat64(0, x);
  const bits = view.getBigUint64(0),
    field = Number((bits >> 52n) & 2047n),
    fraction = bits & ((1n << 52n) - 1n);
  const mantissa = field === 0 ? fraction : fraction | (1n << 52n);
  return { mantissa: bits >> 63n ? -mantissa : mantissa, exponent: Math.max(field, 1) - 1075 };
}

const shift = (n: bigint, by: number): bigint => (by >= 0 ? n << BigInt(by) : n >> BigInt(-by));
/** Position of the highest bit, 0 for the number 1. */
function highest(n: bigint): number {
  const text = (n < 0n ? -n : n).toString(16);
  return text.length * 4 - 1 - (Math.clz32(parseInt(text[0]!, 16)) - 28);
}

/** ln 2 with so many bits after the point: 18 atanh(1/26) - 2 atanh(1/4801) + 8 atanh(1/8749). */
function ln2(bits: number): bigint {
  const one = 1n << BigInt(bits + 32);
  const atanh = (n: bigint): bigint => {
    let sum = 0n;
    for (let power = one / n, k = 1n; power !== 0n; power /= n * n, k += 2n) sum += power / k;
    return sum;
  };
  return (18n * atanh(26n) - 2n * atanh(4801n) + 8n * atanh(8749n)) >> 32n;
}

/** exp of z / 2^bits as e 2^n / 2^bits with 1 <= e / 2^bits < 2. */
function exp(z: bigint, bits: number, log2: bigint): { e: bigint; n: number } {
  const extra = 64n,
    wide = z << extra;
  let n = wide / log2;
  if (wide < n * log2) n -= 1n;
  // 2^-12 of the rest by its series, then squared twelve times; 32 bits more than asked for
  const at = BigInt(bits + 32),
    r = ((wide - n * log2) << 32n) >> (extra + 12n);
  let e = 1n << at;
  for (let term = e, k = 1n; (term = (term * r) >> at) / k !== 0n; k += 1n) e += term /= k;
  for (let i = 0; i < 12; i++) e = (e * e) >> at;
  return { e: e >> 32n, n: Number(n) };
}

/** log of s / 2^bits, which is 1 or more, by steps that triple the right bits. */
function log(s: bigint, bits: number, log2: bigint): bigint {
  const one = 1n << BigInt(bits),
    over = s - one;
  const near = highest(over) < bits - 27;
  const start = Math.log(Number(s >> BigInt(bits - 60)) / 2 ** 60);
  let y = over === 0n ? 0n : near ? over : shift(BigInt(Math.round(start * 2 ** 40)), bits - 40);
  for (let right = 30; over !== 0n && right < bits; right *= 2.9) {
    const { e, n } = exp(y, bits, log2),
      power = shift(e, n);
    y += (2n * (s - power) * one) / (s + power);
  }
  return y;
}

/**
 * softmax, logSoftmax and logsumexp of the real products theta x of one lane, to at least 150 bits.
 *
 * @param x the lane; theta above 0; `where` 0 for entries that are as if absent
 */
export function exactLane(x: ArrayLike<number>, theta: number, where?: ArrayLike<number>): ExactLane {
  const present = Array.from(x, (_, i) => i).filter((i) => !where || where[i]);
  const all = (hidden: number, value: number): Value[] =>
    Array.from(x, (_, i) => (!where || where[i] ? value : hidden));
  const lane = (p: number, sum: number): ExactLane => ({
    softmax: all(0, p),
    logSoftmax: all(-Infinity, p),
    logsumexp: sum,
  });
  if (present.some((i) => Number.isNaN(x[i]))) return lane(NaN, NaN);
  if (present.some((i) => x[i] === Infinity)) return lane(NaN, Infinity);
  const finite = present.filter((i) => x[i] !== -Infinity);
  if (finite.length === 0) return lane(NaN, -Infinity);

  const sorted = Float64Array.from(finite, (i) => theta * x[i]!).sort();
  const gap = finite.length > 1 ? sorted.at(-1)! - sorted.at(-2)! : 0;
  // a sum that is next to 1 needs bits down to the second largest term
  const bits = 200 + Math.min(1200, Math.ceil(gap * 1.45)),
    log2 = ln2(bits + 64);
  const factor = exactly(theta);
  const products = new Map(
    finite.map((i) => {
      const { mantissa, exponent } = exactly(x[i]!);
      return [i, shift(mantissa * factor.mantissa, exponent + factor.exponent + bits)] as const;
    }),
  );
  let top = products.get(finite[0]!)!;
  for (const z of products.values()) if (z > top) top = z;
  const terms = new Map<number, { e: bigint; n: number }>();
  let sum = 0n;
  for (const [i, z] of products) {
    const term = exp(z - top, bits, log2);
    terms.set(i, term);
    sum += term.n < -bits - 2 ? 0n : shift(term.e, term.n);
  }
  const L = log(sum, bits, log2);
  const value = (mantissa: bigint, exponent: number): Value => (mantissa === 0n ? 0 : { mantissa, exponent });
  return {
    softmax: Array.from(x, (_, i) => {
      const term = terms.get(i);
      // far below the least double: 0
      return term === undefined || term.n < -5000 ? 0 : value((term.e << BigInt(bits)) / sum, term.n - bits);
    }),
    logSoftmax: Array.from(x, (_, i) => (terms.has(i) ? value(products.get(i)! - top - L, -bits) : -Infinity)),
    logsumexp: value(top + L, -bits),
  };
}

const formats = {
  float64: { precision: 53, lowest: -1022 },
  float32: { precision: 24, lowest: -126 },
} as const;

/** |got - exact| in units in the last place of the exact number; Infinity where one is NaN, infinite or 0 and the other not. */
export function ulps(got: number, exact: Value, format: keyof typeof formats): number {
  if (typeof exact === 'number') return Object.is(got + 0, exact + 0) ? 0 : Infinity;
  const { precision, lowest } = formats[format],
    power = highest(exact.mantissa) + exact.exponent;
  // an infinity is right beyond the largest number of the format
  if (!Number.isFinite(got)) return power >= 2 - lowest && got < 0 === exact.mantissa < 0n ? 0 : Infinity;
  const unit = Math.max(power, lowest) - (precision - 1);
  const mine = exactly(got),
    base = Math.min(mine.exponent, exact.exponent, unit - 40);
  let off = shift(mine.mantissa, mine.exponent - base) - shift(exact.mantissa, exact.exponent - base);
  if (off < 0n) off = -off;
  // 40 bits of a unit are kept
  return Number(shift(off, base - unit + 40)) / 2 ** 40;
}

/** The first digits of the number, such as 1.2340e-5. */
export function digits(value: Value, count = 20): string {
  if (typeof value === 'number') return String(value);
  const { mantissa, exponent } = value,
    positive = mantissa < 0n ? -mantissa : mantissa;
  let power = Math.floor((highest(mantissa) + exponent) * Math.log10(2)) - count;
  const scaled = (p: number): bigint => {
    const up = p < 0 ? 10n ** BigInt(-p) : 1n,
      down = p > 0 ? 10n ** BigInt(p) : 1n;
    const n = positive * up;
    return exponent >= 0 ? (n << BigInt(exponent)) / down : n / (down << BigInt(-exponent));
  };
  let text = scaled(power).toString();
  while (text.length > count) {
    const cut = BigInt(text),
      half = 5n;
    text = ((cut + half) / 10n).toString();
    power++;
  }
  const at = power + text.length - 1,
    body = `${text[0]}.${text.slice(1)}`;
  const sign = mantissa < 0n ? '-' : '';
  return at >= 0 && at < count - 1
    ? `${sign}${text.slice(0, at + 1)}.${text.slice(at + 1)}`
    : at < 0 && at > -4
      ? `${sign}0.${'0'.repeat(-at - 1)}${text}`
      : `${sign}${body}e${at}`;
}
