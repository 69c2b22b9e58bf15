// What the kernels (assembly/) and the facade agree on. Nothing of it is written elsewhere in src; tools/build.mjs compares it with
// the constants and exports of the wasm.

/** What is computed of a lane. */
export const SOFTMAX = 0;
export const LOG_SOFTMAX = 1;
export const LOGSUMEXP = 2;
export type Kind = 0 | 1 | 2;

/** In what float32 and float64 are computed: float32; float64; float32 through float64, rounded once. */
export const SINGLE = 0;
export const DOUBLE = 1;
export const EXACT = 2;
export type Arithmetic = 0 | 1 | 2;

/** bytes of the first window, which the kernels bring, and of the report behind it */
export const WINDOW = 524288;
export const REPORT = 64;

/** bytes of a block; not a power of two, so that blocks of several lanes behind one another do not share lines of a cache */
export const BLOCK = 131072 - 64;

/** lanes side by side that the steps of columnsF32 and columnsF64 take at a time */
export const TILE = 512;
/** those steps; MAXIMA + 1 and SUMS + 1 close what is before them, once for all rows */
export const START = 0;
export const MAXIMA = 1;
export const SUMS = 3;
export const APPLY = 5;

/** longest strided lane that lanesF64 takes with a theta; longest lane of lanesExact, contiguous or strided */
export const THETA_COLUMN = 2048;
export const EXACT_ROW = 32768;
export const EXACT_COLUMN = 4096;

/** Sums and weights are carried 2^200 times as large, so that what is subnormal is rounded once, at the end. */
export const LIFT = 200;
export const LIFTED = 1.6069380442589903e60; // 2^200
export const UNLIFT = 6.223015277861142e-61; // 2^-200

/**
 * What every build of the kernels exports; assembly/index.ts says the same of the wasm builds. x and y are addresses in
 * `memory`, multiples of the size of an element; y may be x. There are outer * inner lanes of `length` elements that lie
 * `inner` elements apart. theta is given as theta * power with 1 <= |theta| < 2 and a power of two.
 */
export interface Kernels {
  readonly memory: { readonly buffer: ArrayBuffer };
  /** Address of the first window, 512 KiB, and of 64 bytes behind it, in which blocks report. */
  readonly window: { readonly value: number };
  /** Address of new memory, a multiple of 16 and never 0. Where the memory grows, its buffer is a new one. */
  allocate(bytes: number): number;
  release(address: number): void;
  /** float32, fast, theta from 2^-64 to 2^64; in builds without SIMD as lanesExact */
  // prettier-ignore
  lanesF32(kind: Kind, x: number, y: number, outer: number, length: number, inner: number, theta: number): void;
  // prettier-ignore
  lanesF64(kind: Kind, x: number, y: number, outer: number, length: number, inner: number, theta: number, power: number): void;
  /** float32 computed in float64, rounded once */
  lanesExact(kind: Kind, x: number, y: number, outer: number, length: number, inner: number, theta: number): void;
  /**
   * A block of n elements of a longer lane. To `into` go six float64: the
   * largest sign(theta) x; how often it occurs (softmax: 0); the rest of the sum relative to it, in two parts; e at the
   * maximum, in two parts. Softmax: the rest is the whole sum, and e of the elements, in that scale, goes to y.
   */
  blockF64(kind: Kind, x: number, y: number, n: number, into: number, theta: number, power: number): void;
  /**
   * One step of assembly/index.ts on `length` rows of up to 512 lanes at x, in place. Rows that do not fit in memory take
   * MAXIMA, SUMS and APPLY one after the other. Not in the js build, which has no state for it.
   */
  columnsF64?(step: number, kind: Kind, x: number, length: number, lanes: number): void;
  /** y (hi + lo) to y; float64: `value` where y is `peak` (its own rounding error is in `value` made good) */
  scaleF64(y: number, n: number, hi: number, lo: number, peak: number, value: number): void;
  /** theta (x - m) - (hi + lo) to y */
  subtractF64(x: number, y: number, n: number, m: number, hi: number, lo: number, theta: number, power: number): void;
  /** n float16 (kind 0) or bfloat16 (kind 1) at x to float32 at y, which may overlap their upper half; and back, in place too */
  widen16(kind: number, x: number, y: number, n: number): void;
  narrow16(kind: number, x: number, y: number, n: number): void;
  /** The address of the first element from x to `end` that is above `least`, or a NaN; `end` where there is none. */
  findF32(x: number, end: number, least: number): number;
  findF64(x: number, end: number, least: number): number;
  /**
   * Those of n elements at x that are above `least`, or a NaN: as float64 to `values`, and their numbers, `first` on, as int32 to `places`,
   * which have room for n + 1. Returns how many.
   */
  pickF32(x: number, n: number, least: number, first: number, values: number, places: number): number;
  pickF64(x: number, n: number, least: number, first: number, values: number, places: number): number;
  /** `value` into those of n elements at x whose byte at `mask` is 0 */
  hideF32(x: number, mask: number, n: number, value: number): void;
  hideF64(x: number, mask: number, n: number, value: number): void;
  /** whether n bytes are 0 or 1 */
  isMask(at: number, n: number): number | boolean;
  /**
   * In builds with SIMD: float32 softmax of rows, in place, without the elements whose byte at `mask` is 0: these become 0. They may be
   * anything. 16 bytes behind the mask are read.
   */
  maskedF32?(x: number, mask: number, outer: number, length: number, theta: number): void;
  /** exp(x) to y */
  expF32(x: number, y: number, n: number): void;
  expF64(x: number, y: number, n: number): void;
  // The gradients, in place of y or p, whose elements have so many bytes: not in the js build, for src/numeric has them too.
  // The first two return how many lanes they did: the next one, whose y and dy are lost, is left to src/numeric.
  /** theta y (dy - sum of y dy) of `outer` lanes */
  gradients?(
    bytes: number,
    y: number,
    dy: number,
    outer: number,
    length: number,
    theta: number,
    tolerance: number,
  ): number;
  /** theta (dy - exp(y) sum of dy); exp(y) is at p, in float64 */
  logGradients?(bytes: number, y: number, dy: number, p: number, outer: number, length: number, theta: number): number;
  /** one lane: first second p, and at the label first second (p - 1) */
  labelGradients?(bytes: number, p: number, length: number, label: number, first: number, second: number): void;
  /** As blockF64, of float32 elements computed in float64. Softmax: e of the elements, in float64, goes to y, which is not x. */
  blockExact(kind: Kind, x: number, y: number, n: number, into: number, theta: number): void;
  /** n float64 e, times a factor, to float32 at y */
  scaleExact(e: number, y: number, n: number, factor: number): void;
  subtractExact(x: number, y: number, n: number, m: number, hi: number, theta: number): void;
  // As blockF64 and so on, in the builds with SIMD alone: without, such lanes go through float64. theta as of lanesF32;
  // subtractF32 takes -1 besides, and softmax of blockF32 a mask as maskedF32 does, or 0 for none.
  // prettier-ignore
  blockF32?(kind: Kind, x: number, y: number, n: number, into: number, theta: number, mask: number): void;
  columnsF32?(step: number, kind: Kind, x: number, length: number, lanes: number, theta: number): void;
  scaleF32?(y: number, n: number, hi: number, lo: number, peak: number, value: number): void;
  subtractF32?(x: number, y: number, n: number, m: number, hi: number, lo: number, theta: number): void;
  /** relaxed: whether the host fuses multiply-adds, without which that build is refused */
  fused?(): number;
}
