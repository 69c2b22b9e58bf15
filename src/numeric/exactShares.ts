// Shares of a lane in exact arithmetic: where rounding leaves open which side of a boundary a number is on. e = exp(theta (x - m))
// is a whole number of 2^-PLACES, off by less than 2^-150 of itself; sums, products and comparisons of such numbers are exact.

/** room for the least float64, 2^-1074, and as many bits behind it as an e of 1 is right to */
const PLACES = 1260n;
const WHOLE = 1n << PLACES;
/** places of exp itself, and ln 2 in them */
const WIDTH = 192n;
const LN2 = 0xb17217f7d1cf79abc9e3b39803f2f6af40f343267298b62dn;
/** below it exp is 0 in float64 */
const LEAST = -745.1332191019412;
/** the argument is halved so often before its series */
const HALVINGS = 8n;

const bits = /*#__PURE__*/ new DataView(new ArrayBuffer(8));

/** The exponent of the last place of a finite float64, at least -1074. */
function placeOf(x: number): number {
  bits.setFloat64(0, x);
  return Math.max(1, (bits.getUint32(0) >>> 20) & 0x7ff) - 1075;
}

/** x 2^-place, for a place that is not above its last. */
function wholeOf(x: number, place: number): bigint {
  const own = placeOf(x),
    high = bits.getUint32(0),
    fraction = (high & 0xfffff) * 2 ** 32 + bits.getUint32(4),
    size = BigInt(own === -1074 && (high & 0x7ff00000) === 0 ? fraction : fraction + 2 ** 52) << BigInt(own - place);
  return x < 0 ? -size : size;
}

/** exp(z 2^-WIDTH) 2^PLACES for z <= 0: 2^k exp(r) with 0 <= r < ln 2, exp(r) by its series at r / 256, squared eight times. */
function expOf(z: bigint): bigint {
  const r = ((z % LN2) + LN2) % LN2,
    k = (z - r) / LN2,
    small = r >> HALVINGS;
  let sum = 1n << WIDTH,
    term = sum;
  for (let n = 1n; term > 0n; n++) {
    term = ((term * small) >> WIDTH) / n;
    sum += term;
  }
  for (let i = 0n; i < HALVINGS; i++) sum = (sum * sum) >> WIDTH;
  return (sum << (PLACES - WIDTH)) >> -k;
}

/** The e of the elements of a lane, whose largest is m; theta is not negative. Equal elements have equal e. */
export class ExactShares {
  readonly #m: number;
  readonly #theta: number;
  readonly #known = new Map<number, bigint>();

  constructor(m: number, theta: number) {
    this.#m = m;
    this.#theta = theta;
  }

  /** e of x <= m; 0 where it is 0 in float64. */
  of(x: number): bigint {
    if (x === this.#m) return WHOLE;
    let e = this.#known.get(x);
    if (e === undefined) {
      e = this.#exp(x);
      // a lane of many elements has them side by side in few values, or hardly any twice
      if (this.#known.size < 4096) this.#known.set(x, e);
    }
    return e;
  }

  #exp(x: number): bigint {
    const theta = this.#theta;
    // halves, whose difference does not overflow
    if (!(theta * (x / 2 - this.#m / 2) >= LEAST / 2)) return 0n;
    const m = this.#m,
      place = Math.min(placeOf(x), placeOf(m)),
      last = placeOf(theta),
      z = (wholeOf(x, place) - wholeOf(m, place)) * wholeOf(theta, last);
    return expOf(z << BigInt(place + last + Number(WIDTH)));
  }

  /** sum of n elements from at on */
  sum(x: ArrayLike<number>, at: number, n: number): bigint {
    let sum = 0n;
    for (let i = at; i < at + n; i++) sum += this.of(x[i]!);
    return sum;
  }
}

/** The sign of part - share whole, for a share from 0 to 1. */
export function compareShare(part: bigint, share: number, whole: bigint): number {
  const difference = (part << 1074n) - whole * wholeOf(share, -1074);
  return difference > 0n ? 1 : difference < 0n ? -1 : 0;
}

/** Of n elements from at on, the first whose running sum, begun at `before`, is above a share of the sum; n where none is. */
// prettier-ignore
export function firstAboveShare(
  exact: ExactShares, x: ArrayLike<number>, at: number, n: number, before: bigint, share: number, sum: bigint,
): number {
  let j = 0;
  for (; j < n; j++) {
    before += exact.of(x[at + j]!);
    if (compareShare(before, share, sum) > 0) break;
  }
  return j;
}
