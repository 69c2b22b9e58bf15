import { fuses } from './arithmetic';
import { exponentials, firstAbove, hide, onlyBits, pick } from './elements';
import { setTheta } from './exp';
import { gradient, labelGradient, logGradient } from './gradient';
import { narrowHalf, widenHalf } from './half';
import { lanes, maskedRows, softmaxFew } from './passes';
import { scaleRow, subtractRow } from './results';
import { SOFTMAX, columnStep, copiesOf } from './steps';
import { block } from './stream';

// The entry of the three wasm builds; only here the value of the kernels is chosen: a vector, or one element where the
// build has no SIMD. x and y are addresses in the memory of the module, y may be x. kind: 0 softmax, 1 logSoftmax,
// 2 logsumexp. There are outer * inner lanes of `length` elements that lie `inner` elements apart.
//   F32    float32, fast, theta from 2^-64 to 2^64; without SIMD as Exact, for one float64 takes no longer than one float32, and
//          what else is named F32 and not element by element traps: src/kernels/heap.ts says what is asked for
//   F64    float64; with theta, length <= 2048 where inner is not 1
//   Exact  float32 computed in float64, rounded once; length <= 32768, or 4096 where inner is not 1
// Of float64 theta is given as theta * power with 1 <= |theta| < 2 and a power of two, so that no product of the parts overflows.

/** relaxed: whether this host fuses multiply-adds; the float32 kernels of that build are useless where it does not */
export function fused(): bool {
  return fuses();
}

export function lanesF32(kind: i32, x: usize, y: usize, outer: i32, length: i32, inner: i32, theta: f64): void {
  if (!ASC_FEATURE_SIMD) return lanesExact(kind, x, y, outer, length, inner, theta);
  setTheta(theta, 1);
  if (kind == SOFTMAX && length <= 16 && outer * inner == 1 && softmaxFew<v128>(x, y, length)) return;
  lanes<f32, f32, v128, v128>(kind, x, y, outer, length, inner);
}

/** softmax of lanes of neighbours, in place, without the elements whose byte at `mask` is 0: these become 0; 16 bytes behind it are read */
export function maskedF32(x: usize, mask: usize, outer: i32, length: i32, theta: f64): void {
  if (!ASC_FEATURE_SIMD) unreachable();
  setTheta(theta, 1);
  if (ASC_FEATURE_SIMD) maskedRows<v128, v128>(x, mask, outer, length);
}

export function lanesF64(kind: i32, x: usize, y: usize, outer: i32, length: i32, inner: i32, theta: f64, power: f64): void {
  setTheta(theta, power);
  if (ASC_FEATURE_SIMD) lanes<f64, f64, v128, v128>(kind, x, y, outer, length, inner);
  else lanes<f64, f64, f64, f64>(kind, x, y, outer, length, inner);
}

export function lanesExact(kind: i32, x: usize, y: usize, outer: i32, length: i32, inner: i32, theta: f64): void {
  setTheta(theta, 1);
  if (ASC_FEATURE_SIMD) lanes<f32, f64, v128, v128>(kind, x, y, outer, length, inner);
  else lanes<f32, f64, f64, f64>(kind, x, y, outer, length, inner);
}

// Lanes side by side that are too long for the memory: some rows at a time, in place, a step of steps.ts after the other.

export function columnsF32(step: i32, kind: i32, x: usize, length: i32, lanes: i32, theta: f64): void {
  if (!ASC_FEATURE_SIMD) unreachable();
  setTheta(theta, 1);
  if (ASC_FEATURE_SIMD) columnStep<f32, v128, v128>(step, kind, x, x, 4 * lanes, length, lanes, copiesOf(lanes));
}

export function columnsF64(step: i32, kind: i32, x: usize, length: i32, lanes: i32): void {
  setTheta(1, 1);
  if (ASC_FEATURE_SIMD) columnStep<f64, v128, v128>(step, kind, x, x, 8 * lanes, length, lanes, copiesOf(lanes));
  else columnStep<f64, f64, f64>(step, kind, x, x, 8 * lanes, length, lanes, copiesOf(lanes));
}

// A long lane, a block at a time: its sum, then its last step. See stream.ts.

/** softmax: without the elements whose byte at `mask`, if that is not 0, is 0; 16 bytes behind it are read */
export function blockF32(kind: i32, x: usize, y: usize, n: i32, into: usize, theta: f64, mask: usize): void {
  if (!ASC_FEATURE_SIMD) unreachable();
  setTheta(theta, 1);
  if (ASC_FEATURE_SIMD) block<f32, f32, v128, v128>(kind, x, y, n, into, mask);
}

export function blockF64(kind: i32, x: usize, y: usize, n: i32, into: usize, theta: f64, power: f64): void {
  setTheta(theta, power);
  if (ASC_FEATURE_SIMD) block<f64, f64, v128, v128>(kind, x, y, n, into, 0);
  else block<f64, f64, f64, f64>(kind, x, y, n, into, 0);
}

/** float32 elements computed in float64; softmax: their e, in float64, go to y, which is not x */
export function blockExact(kind: i32, x: usize, y: usize, n: i32, into: usize, theta: f64): void {
  setTheta(theta, 1);
  if (ASC_FEATURE_SIMD) block<f32, f64, v128, v128>(kind, x, y, n, into, 0);
  else block<f32, f64, f64, f64>(kind, x, y, n, into, 0);
}

/** y *= hi + lo; where y is `peak`, it becomes `value` */
export function scaleF32(y: usize, n: i32, hi: f64, lo: f64, peak: f64, value: f64): void {
  if (ASC_FEATURE_SIMD) scaleRow<f32, f32, v128>(y, y, n, hi, lo, peak, value);
  else unreachable();
}

export function scaleF64(y: usize, n: i32, hi: f64, lo: f64, peak: f64, value: f64): void {
  if (ASC_FEATURE_SIMD) scaleRow<f64, f64, v128>(y, y, n, hi, lo, peak, value);
  else scaleRow<f64, f64, f64>(y, y, n, hi, lo, peak, value);
}

/** n float64 e times a factor, to float32 at y */
export function scaleExact(e: usize, y: usize, n: i32, factor: f64): void {
  if (ASC_FEATURE_SIMD) scaleRow<f32, f64, v128>(e, y, n, factor, 0, 0, 0);
  else scaleRow<f32, f64, f64>(e, y, n, factor, 0, 0, 0);
}

/** y = theta (x - m) - (hi + lo); theta may be -1 besides */
export function subtractF32(x: usize, y: usize, n: i32, m: f64, hi: f64, lo: f64, theta: f64): void {
  if (!ASC_FEATURE_SIMD) unreachable();
  setTheta(theta, 1);
  if (ASC_FEATURE_SIMD) subtractRow<f32, f32, v128>(x, y, n, m, hi, lo);
}

export function subtractF64(x: usize, y: usize, n: i32, m: f64, hi: f64, lo: f64, theta: f64, power: f64): void {
  setTheta(theta, power);
  if (ASC_FEATURE_SIMD) subtractRow<f64, f64, v128>(x, y, n, m, hi, lo);
  else subtractRow<f64, f64, f64>(x, y, n, m, hi, lo);
}

/** float32 elements computed in float64 */
export function subtractExact(x: usize, y: usize, n: i32, m: f64, hi: f64, theta: f64): void {
  setTheta(theta, 1);
  if (ASC_FEATURE_SIMD) subtractRow<f32, f64, v128>(x, y, n, m, hi, 0);
  else subtractRow<f32, f64, f64>(x, y, n, m, hi, 0);
}

// The gradients, in place of y or p, whose elements have so many bytes; see gradient.ts.

/** softmax: lanes at y and dy. Returns how many were done: the next one has a result that is not finite. */
export function gradients(bytes: i32, y: usize, dy: usize, outer: i32, length: i32, theta: f64, tolerance: f64): i32 {
  if (ASC_FEATURE_SIMD) {
    if (bytes == 4) return gradient<f32, v128>(y, dy, outer, length, theta, tolerance);
    else return gradient<f64, v128>(y, dy, outer, length, theta, tolerance);
  } else {
    if (bytes == 4) return gradient<f32, f64>(y, dy, outer, length, theta, tolerance);
    else return gradient<f64, f64>(y, dy, outer, length, theta, tolerance);
  }
}

/** logSoftmax: likewise, with exp(y) in float64 at p */
export function logGradients(bytes: i32, y: usize, dy: usize, p: usize, outer: i32, length: i32, theta: f64): i32 {
  if (ASC_FEATURE_SIMD) {
    if (bytes == 4) return logGradient<f32, v128>(y, dy, p, outer, length, theta);
    else return logGradient<f64, v128>(y, dy, p, outer, length, theta);
  } else {
    if (bytes == 4) return logGradient<f32, f64>(y, dy, p, outer, length, theta);
    else return logGradient<f64, f64>(y, dy, p, outer, length, theta);
  }
}

/** crossEntropy: one lane, with probabilities at p, of a label; first * second is the scale. */
export function labelGradients(bytes: i32, p: usize, length: i32, label: i32, first: f64, second: f64): void {
  if (ASC_FEATURE_SIMD) {
    if (bytes == 4) labelGradient<f32, v128, v128>(p, length, label, first, second);
    else labelGradient<f64, v128, v128>(p, length, label, first, second);
  } else {
    if (bytes == 4) labelGradient<f32, f32, f64>(p, length, label, first, second);
    else labelGradient<f64, f64, f64>(p, length, label, first, second);
  }
}

// Element by element.

export function expF32(x: usize, y: usize, n: i32): void {
  if (ASC_FEATURE_SIMD) exponentials<f32, v128>(x, y, n);
  else exponentials<f32, f64>(x, y, n);
}

export function expF64(x: usize, y: usize, n: i32): void {
  if (ASC_FEATURE_SIMD) exponentials<f64, v128>(x, y, n);
  else exponentials<f64, f64>(x, y, n);
}

/** the address of the first element from x to `end` that is above `least`, or a NaN; `end` where there is none */
export function findF32(x: usize, end: usize, least: f32): usize {
  if (ASC_FEATURE_SIMD) return firstAbove<f32, v128>(x, end, least);
  else return firstAbove<f32, f32>(x, end, least);
}

export function findF64(x: usize, end: usize, least: f64): usize {
  if (ASC_FEATURE_SIMD) return firstAbove<f64, v128>(x, end, least);
  else return firstAbove<f64, f64>(x, end, least);
}

/** those of n elements at x that are above `least`, or a NaN: as f64 to `values`, and their numbers, `first` on, as i32 to `places` */
export function pickF32(x: usize, n: i32, least: f32, first: i32, values: usize, places: usize): i32 {
  if (ASC_FEATURE_SIMD) return pick<f32, v128>(x, n, least, first, values, places);
  else return pick<f32, f32>(x, n, least, first, values, places);
}

export function pickF64(x: usize, n: i32, least: f64, first: i32, values: usize, places: usize): i32 {
  if (ASC_FEATURE_SIMD) return pick<f64, v128>(x, n, least, first, values, places);
  else return pick<f64, f64>(x, n, least, first, values, places);
}

/** whether n bytes are 0 or 1 */
export function isMask(at: usize, n: i32): bool {
  return ASC_FEATURE_SIMD ? onlyBits<v128>(at, n) : onlyBits<i32>(at, n);
}

/** `value` into those of n elements at x whose byte at `mask` is 0; the mask's last bytes may be read as words */
export function hideF32(x: usize, mask: usize, n: i32, value: f32): void {
  if (ASC_FEATURE_SIMD) hide<f32, v128>(x, mask, n, value);
  else hide<f32, f32>(x, mask, n, value);
}

export function hideF64(x: usize, mask: usize, n: i32, value: f64): void {
  if (ASC_FEATURE_SIMD) hide<f64, v128>(x, mask, n, value);
  else hide<f64, f64>(x, mask, n, value);
}

/** n float16 (kind 0) or bfloat16 (kind 1) at x to float32 at y, which may overlap their upper half */
export function widen16(kind: i32, x: usize, y: usize, n: i32): void {
  if (ASC_FEATURE_SIMD) widenHalf<v128>(kind != 0, x, y, n);
  else widenHalf<i32>(kind != 0, x, y, n);
}

/** n float32 at x to float16 (kind 0) or bfloat16 (kind 1) at y, which may be x */
export function narrow16(kind: i32, x: usize, y: usize, n: i32): void {
  if (ASC_FEATURE_SIMD) narrowHalf<v128>(kind != 0, x, y, n);
  else narrowHalf<i32>(kind != 0, x, y, n);
}

/**
 * Address of the first window (512 KiB) and of 64 bytes behind it, in which blocks report: to have them no function need be
 * called, for an engine compiles each at its first call.
 */
export const window: usize = memory.data(524288 + 64, 16);

/** bytes of the module's heap, 16-byte aligned; traps where the memory cannot grow */
export function allocate(bytes: usize): usize {
  // a value that is read at the end of a lane may reach past it, but not past the memory
  return heap.alloc(bytes + 16);
}

export function release(at: usize): void {
  heap.free(at);
}
