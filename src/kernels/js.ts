import { decode, encode } from '../numeric/half.ts';
import { argumentPair, expPair, last, logPair, plusProduct, productLow, sumLow } from '../numeric/pairs.ts';
import {
  LIFT,
  LIFTED,
  LOGSUMEXP,
  LOG_SOFTMAX,
  REPORT,
  SOFTMAX,
  UNLIFT,
  WINDOW,
  type Kernels,
  type Kind,
} from './contract.ts';
import { split } from './theta.ts';

type Elements = Float32Array | Float64Array;

const halves = ['float16', 'bfloat16'] as const;

/**
 * The lane that is being computed; everything about it is said here, in the order in which it is found out. Numbers that
 * are not whole are doubles to an engine from the start, so the fields begin as such.
 */
class Lane {
  theta = 0.5;
  power = 0.5;
  /** the element at the largest theta x, how often it occurs, and the sum of exp(theta (x - m)) over the others */
  m = 0.5;
  count = 0.5;
  high = 0.5;
  low = 0.5;
  /** the logarithm of count + rest: theta m + L is the logsumexp of the lane */
  logHigh = 0.5;
  logLow = 0.5;

  /** n elements from X[at] on, `stride` apart: the maximum and the sum. A NaN takes part in the sum alone. */
  measure(X: Elements, at: number, n: number, stride: number): void {
    const theta = this.theta;
    const power = this.power;
    const sign = theta < 0 ? -1 : 1;
    const end = at + n * stride;
    let top = -Infinity;
    let count = 0;
    let sum = 0;
    let lost = 0;
    for (let i = at; i < end; i += stride) {
      const value = sign * X[i];
      if (value > top) top = value;
    }
    const m = sign * top;
    for (let i = at; i < end; i += stride) {
      const x = X[i];
      if (x === m) {
        count++;
      } else {
        const z = argumentPair(x, m, theta, power);
        const e = expPair(z, last.low, LIFT);
        const next = sum + e;
        lost += last.low + sumLow(sum, e, next);
        sum = next;
      }
    }
    this.m = m;
    this.count = count;
    const rest = sum + lost;
    this.high = rest * UNLIFT;
    this.low = (lost - (rest - sum)) * UNLIFT;
  }

  /** L; with an infinite maximum there is none where theta (x - m) is asked for. */
  takeLog(kind: Kind): void {
    this.logHigh = logPair(this.count, this.high, this.low) + (kind === LOGSUMEXP ? 0 : this.m - this.m);
    this.logLow = last.low;
  }

  softmax(X: Elements, from: number, to: number, n: number, stride: number): void {
    const { m, theta, power, logHigh, logLow } = this;
    for (let i = 0; i < n; i++, from += stride, to += stride) {
      const z = argumentPair(X[from], m, theta, power);
      const hi = z - logHigh;
      X[to] = expPair(hi, last.low - logLow + sumLow(z, -logHigh, hi), 0);
    }
  }

  logSoftmax(X: Elements, from: number, to: number, n: number, stride: number): void {
    const { m, theta, power, logHigh, logLow } = this;
    for (let i = 0; i < n; i++, from += stride, to += stride) {
      const z = argumentPair(X[from], m, theta, power);
      const hi = z - logHigh;
      X[to] = hi > -Infinity ? hi + (last.low - logLow + sumLow(z, -logHigh, hi)) : hi;
    }
  }

  /** theta m + L */
  logsumexp(): number {
    return plusProduct(this.m, this.theta, this.power, this.logHigh, this.logLow);
  }
}

/**
 * The kernels in plain JavaScript, over an ArrayBuffer: where there is no WebAssembly, and to read what a kernel means.
 * Computed throughout in float64 of two parts, rounded once to the type of the elements.
 * Error:   0.501 ULP of float32, 0.52 of float64; softmax of a long lane of float64, by blocks, rounds e before: 2.1.
 * Special: NaN anywhere in a lane: all NaN. A maximum of +-Infinity: NaN, logsumexp the maximum. Length 0: -Infinity.
 */
export function jsKernels(): Kernels {
  const memory = { buffer: new ArrayBuffer(10 * PAGE) };
  let u8 = new Uint8Array(memory.buffer),
    u16 = new Uint16Array(memory.buffer),
    u32 = new Uint32Array(memory.buffer),
    f32 = new Float32Array(memory.buffer),
    f64 = new Float64Array(memory.buffer);
  const { allocate, release } = makeHeap(memory, () => {
    u8 = new Uint8Array(memory.buffer);
    u16 = new Uint16Array(memory.buffer);
    u32 = new Uint32Array(memory.buffer);
    f32 = new Float32Array(memory.buffer);
    f64 = new Float64Array(memory.buffer);
  });
  const lane = new Lane();

  /** outer * inner lanes of X; x and y count elements here */
  function lanes(kind: Kind, X: Elements, x: number, y: number, outer: number, length: number, inner: number): void {
    for (let o = 0; o < outer; o++) {
      for (let i = 0; i < inner; i++) {
        const at = o * length * inner + i;
        lane.measure(X, x + at, length, inner);
        lane.takeLog(kind);
        if (kind === SOFTMAX) lane.softmax(X, x + at, y + at, length, inner);
        else if (kind === LOG_SOFTMAX) lane.logSoftmax(X, x + at, y + at, length, inner);
        else X[y + o * inner + i] = lane.logsumexp();
      }
    }
  }

  function block(kind: Kind, X: Elements, x: number, y: number, n: number, into: number): void {
    lane.measure(X, x, n, 1);
    const { m, theta, power, count, high } = lane;
    const whole = count + high;
    const unit = expPair(0, 0, LIFT);
    const keep = kind === SOFTMAX;
    f64[into] = theta < 0 ? -m : m;
    f64[into + 1] = keep ? 0 : count;
    f64[into + 2] = keep ? whole : high;
    f64[into + 3] = lane.low + (keep ? sumLow(count, high, whole) : 0);
    f64[into + 4] = unit;
    f64[into + 5] = 0;
    for (let i = 0; keep && i < n; i++) {
      const z = argumentPair(X[x + i], m, theta, power);
      f64[y + i] = X[x + i] === m ? unit : expPair(z, last.low, LIFT); // m may be infinite, and z then NaN
    }
  }

  /** Lifted, so that a product has its low part and is rounded where it ends. The e of a maximum is exact here. */
  function scale(from: number, Y: Elements, y: number, n: number, hi: number, lo: number): void {
    for (let i = 0; i < n; i++) {
      const e = f64[from + i] * LIFTED;
      const p = e * hi;
      Y[y + i] = (p + (productLow(e, hi, p) + e * lo)) * UNLIFT;
    }
  }

  function exponentials(X: Elements, x: number, y: number, n: number): void {
    for (let i = 0; i < n; i++) X[y + i] = expPair(X[x + i], 0, 0);
  }

  function find(X: Elements, x: number, end: number, least: number, bytes: number): number {
    while (x < end && X[x / bytes]! <= least) x += bytes;
    return x;
  }

  function pick(
    X: Elements,
    x: number,
    n: number,
    least: number,
    first: number,
    values: number,
    places: number,
  ): number {
    let count = 0;
    for (let j = 0; j < n; j++) {
      if (X[x + j]! <= least) continue;
      f64[values + count] = X[x + j]!;
      u32[places + count++] = first + j;
    }
    return count;
  }

  function hide(X: Elements, x: number, mask: number, n: number, value: number): void {
    for (let i = 0; i < n; i++) if (u8[mask + i] === 0) X[x + i] = value;
  }

  function setLane(theta: number, power: number): void {
    lane.theta = theta;
    lane.power = power;
  }

  function subtract(X: Elements, x: number, y: number, n: number, m: number, hi: number, lo: number): void {
    lane.m = m;
    lane.logHigh = hi;
    lane.logLow = lo;
    lane.logSoftmax(X, x, y, n, 1);
  }

  /** A theta that is not split. */
  function setWhole(theta: number): void {
    const { factor, power } = split(theta);
    setLane(factor, power);
  }

  const lanesExact: Kernels['lanesExact'] = (kind, x, y, outer, length, inner, theta) => {
    setWhole(theta);
    lanes(kind, f32, x >>> 2, y >>> 2, outer, length, inner);
  };

  return {
    memory,
    window: { value: allocate(WINDOW + REPORT) },
    allocate,
    release,
    lanesF32: lanesExact,
    lanesF64: (kind, x, y, outer, length, inner, theta, power) => {
      setLane(theta, power);
      lanes(kind, f64, x >>> 3, y >>> 3, outer, length, inner);
    },
    lanesExact,
    blockF64: (kind, x, y, n, into, theta, power) => {
      setLane(theta, power);
      block(kind, f64, x >>> 3, y >>> 3, n, into >>> 3);
    },
    blockExact: (kind, x, y, n, into, theta) => {
      setWhole(theta);
      block(kind, f32, x >>> 2, y >>> 3, n, into >>> 3);
    },
    scaleF64: (y, n, hi, lo) => scale(y >>> 3, f64, y >>> 3, n, hi, lo),
    scaleExact: (e, y, n, factor) => scale(e >>> 3, f32, y >>> 2, n, factor, 0),
    subtractF64: (x, y, n, m, hi, lo, theta, power) => {
      setLane(theta, power);
      subtract(f64, x >>> 3, y >>> 3, n, m, hi, lo);
    },
    subtractExact: (x, y, n, m, hi, theta) => {
      setWhole(theta);
      subtract(f32, x >>> 2, y >>> 2, n, m, hi, 0);
    },
    widen16: (kind, x, y, n) => {
      f32.set(u16.subarray(x >>> 1, (x >>> 1) + n), y >>> 2);
      decode(f32, y >>> 2, n, halves[kind]);
    },
    narrow16: (kind, x, y, n) => {
      const bits = f32.slice(x >>> 2, (x >>> 2) + n);
      encode(bits, 0, n, halves[kind]);
      u16.set(bits, y >>> 1);
    },
    findF32: (x, end, least) => find(f32, x, end, least, 4),
    findF64: (x, end, least) => find(f64, x, end, least, 8),
    pickF32: (x, n, least, first, values, places) => pick(f32, x >>> 2, n, least, first, values >>> 3, places >>> 2),
    pickF64: (x, n, least, first, values, places) => pick(f64, x >>> 3, n, least, first, values >>> 3, places >>> 2),
    hideF32: (x, mask, n, value) => hide(f32, x >>> 2, mask, n, value),
    hideF64: (x, mask, n, value) => hide(f64, x >>> 3, mask, n, value),
    isMask: (at, n) => u8.subarray(at, at + n).every((byte) => byte <= 1),
    expF32: (x, y, n) => exponentials(f32, x >>> 2, y >>> 2, n),
    expF64: (x, y, n) => exponentials(f64, x >>> 3, y >>> 3, n),
  };
}

const PAGE = 65536;

/** First fit in a list of free stretches, in the order of their addresses; the memory grows by half or more. */
function makeHeap(
  memory: { buffer: ArrayBuffer },
  grown: () => void,
): { allocate(bytes: number): number; release(address: number): void } {
  const used = new Map<number, number>();
  const free = [{ at: 16, bytes: memory.buffer.byteLength - 16 }];

  /** Adds a stretch, joined with the free ones that touch it. */
  function add(at: number, bytes: number): void {
    const found = free.findIndex((stretch) => stretch.at > at);
    const next = found < 0 ? free.length : found;
    free.splice(next, 0, { at, bytes });
    for (const i of [next, next - 1]) {
      const a = free[i];
      const b = free[i + 1];
      if (a !== undefined && b !== undefined && a.at + a.bytes === b.at) {
        a.bytes += b.bytes;
        free.splice(i + 1, 1);
      }
    }
  }

  function grow(bytes: number): void {
    const old = memory.buffer;
    const size = old.byteLength;
    const next = new ArrayBuffer(Math.ceil(Math.max(size + bytes, size * 1.5) / PAGE) * PAGE);
    new Uint8Array(next).set(new Uint8Array(old));
    memory.buffer = next;
    detach(old);
    add(size, next.byteLength - size);
    grown();
  }

  function allocate(bytes: number): number {
    const size = Math.max(16, Math.ceil(bytes / 16) * 16);
    if (!free.some((stretch) => stretch.bytes >= size)) grow(size);
    const i = free.findIndex((stretch) => stretch.bytes >= size);
    const stretch = free[i];
    const at = stretch.at;
    stretch.at += size;
    stretch.bytes -= size;
    if (stretch.bytes === 0) free.splice(i, 1);
    used.set(at, size);
    return at;
  }

  function release(address: number): void {
    const bytes = used.get(address);
    if (used.delete(address)) add(address, bytes!);
  }

  return { allocate, release };
}

/** Views on a buffer that was left behind get length 0, as those of a WebAssembly memory do, where the host can. */
function detach(buffer: ArrayBuffer): void {
  const { structuredClone: clone } = globalThis as {
    structuredClone?: (value: unknown, options: { transfer: ArrayBuffer[] }) => unknown;
  };
  clone?.(buffer, { transfer: [buffer] });
}
