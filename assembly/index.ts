import { exponentials } from './elements';
import { Plain, Scaled } from './exp';
import { LOGSUMEXP, LOG_SOFTMAX, SOFTMAX, lanes } from './passes';
import { apply, begin, end } from './stream';

// The entry of the three wasm builds; only here the value of the kernels is chosen: a vector, or one element where the
// build has no SIMD. x and y are addresses in the memory of the module, y may be x. There are outer * inner lanes of
// `length` elements that lie `inner` elements apart.
//   F32    float32, fast
//   F64    float64
//   Exact  float32 computed in float64, rounded once; length <= 32768, or 4096 where inner is not 1
//   Theta  float64, length <= 2048 where inner is not 1; theta (x - maximum) in two parts
// theta is given as theta * power with 1 <= |theta| < 2 and a power of two, so that no product of the parts overflows.

export function softmaxF32(x: usize, y: usize, outer: i32, length: i32, inner: i32): void {
  if (ASC_FEATURE_SIMD) lanes<f32, f32, Plain, v128, v128>(SOFTMAX, x, y, outer, length, inner, 1, 1, 1);
  else lanes<f32, f32, Plain, f32, f64>(SOFTMAX, x, y, outer, length, inner, 1, 1, 1);
}

export function softmaxF64(x: usize, y: usize, outer: i32, length: i32, inner: i32): void {
  if (ASC_FEATURE_SIMD) lanes<f64, f64, Plain, v128, v128>(SOFTMAX, x, y, outer, length, inner, 1, 1, 1);
  else lanes<f64, f64, Plain, f64, f64>(SOFTMAX, x, y, outer, length, inner, 1, 1, 1);
}

export function softmaxExact(x: usize, y: usize, outer: i32, length: i32, inner: i32, theta: f64): void {
  if (ASC_FEATURE_SIMD) lanes<f32, f64, Scaled, v128, v128>(SOFTMAX, x, y, outer, length, inner, theta, 1, theta < 0 ? -1 : 1);
  else lanes<f32, f64, Scaled, f64, f64>(SOFTMAX, x, y, outer, length, inner, theta, 1, theta < 0 ? -1 : 1);
}

export function softmaxTheta(x: usize, y: usize, outer: i32, length: i32, inner: i32, theta: f64, power: f64): void {
  if (ASC_FEATURE_SIMD) lanes<f64, f64, Scaled, v128, v128>(SOFTMAX, x, y, outer, length, inner, theta, power, theta < 0 ? -1 : 1);
  else lanes<f64, f64, Scaled, f64, f64>(SOFTMAX, x, y, outer, length, inner, theta, power, theta < 0 ? -1 : 1);
}

export function logSoftmaxF32(x: usize, y: usize, outer: i32, length: i32, inner: i32): void {
  if (ASC_FEATURE_SIMD) lanes<f32, f32, Plain, v128, v128>(LOG_SOFTMAX, x, y, outer, length, inner, 1, 1, 1);
  else lanes<f32, f32, Plain, f32, f64>(LOG_SOFTMAX, x, y, outer, length, inner, 1, 1, 1);
}

export function logSoftmaxF64(x: usize, y: usize, outer: i32, length: i32, inner: i32): void {
  if (ASC_FEATURE_SIMD) lanes<f64, f64, Plain, v128, v128>(LOG_SOFTMAX, x, y, outer, length, inner, 1, 1, 1);
  else lanes<f64, f64, Plain, f64, f64>(LOG_SOFTMAX, x, y, outer, length, inner, 1, 1, 1);
}

export function logSoftmaxExact(x: usize, y: usize, outer: i32, length: i32, inner: i32, theta: f64): void {
  if (ASC_FEATURE_SIMD) lanes<f32, f64, Scaled, v128, v128>(LOG_SOFTMAX, x, y, outer, length, inner, theta, 1, theta < 0 ? -1 : 1);
  else lanes<f32, f64, Scaled, f64, f64>(LOG_SOFTMAX, x, y, outer, length, inner, theta, 1, theta < 0 ? -1 : 1);
}

export function logSoftmaxTheta(x: usize, y: usize, outer: i32, length: i32, inner: i32, theta: f64, power: f64): void {
  if (ASC_FEATURE_SIMD) lanes<f64, f64, Scaled, v128, v128>(LOG_SOFTMAX, x, y, outer, length, inner, theta, power, theta < 0 ? -1 : 1);
  else lanes<f64, f64, Scaled, f64, f64>(LOG_SOFTMAX, x, y, outer, length, inner, theta, power, theta < 0 ? -1 : 1);
}

export function logsumexpF32(x: usize, y: usize, outer: i32, length: i32, inner: i32): void {
  if (ASC_FEATURE_SIMD) lanes<f32, f32, Plain, v128, v128>(LOGSUMEXP, x, y, outer, length, inner, 1, 1, 1);
  else lanes<f32, f32, Plain, f32, f64>(LOGSUMEXP, x, y, outer, length, inner, 1, 1, 1);
}

export function logsumexpF64(x: usize, y: usize, outer: i32, length: i32, inner: i32): void {
  if (ASC_FEATURE_SIMD) lanes<f64, f64, Plain, v128, v128>(LOGSUMEXP, x, y, outer, length, inner, 1, 1, 1);
  else lanes<f64, f64, Plain, f64, f64>(LOGSUMEXP, x, y, outer, length, inner, 1, 1, 1);
}

export function logsumexpExact(x: usize, y: usize, outer: i32, length: i32, inner: i32, theta: f64): void {
  if (ASC_FEATURE_SIMD) lanes<f32, f64, Scaled, v128, v128>(LOGSUMEXP, x, y, outer, length, inner, theta, 1, theta < 0 ? -1 : 1);
  else lanes<f32, f64, Scaled, f64, f64>(LOGSUMEXP, x, y, outer, length, inner, theta, 1, theta < 0 ? -1 : 1);
}

export function logsumexpTheta(x: usize, y: usize, outer: i32, length: i32, inner: i32, theta: f64, power: f64): void {
  if (ASC_FEATURE_SIMD) lanes<f64, f64, Scaled, v128, v128>(LOGSUMEXP, x, y, outer, length, inner, theta, power, theta < 0 ? -1 : 1);
  else lanes<f64, f64, Scaled, f64, f64>(LOGSUMEXP, x, y, outer, length, inner, theta, power, theta < 0 ? -1 : 1);
}

// A long lane, kind 0 softmax, 1 logSoftmax, 2 logsumexp; see stream.ts.

export function beginF32(kind: i32, x: usize, y: usize, n: i32, state: usize, block: i32): void {
  if (ASC_FEATURE_SIMD) begin<f32, Plain, v128, v128>(kind, x, y, n, state, block, 1, 1, 1);
  else begin<f32, Plain, f32, f64>(kind, x, y, n, state, block, 1, 1, 1);
}

export function applyF32(kind: i32, x: usize, y: usize, n: i32, state: usize, block: i32): void {
  if (ASC_FEATURE_SIMD) apply<f32, Plain, v128, v128>(kind, x, y, n, state, block, 1, 1, 1);
  else apply<f32, Plain, f32, f64>(kind, x, y, n, state, block, 1, 1, 1);
}

export function beginF64(kind: i32, x: usize, y: usize, n: i32, state: usize, block: i32): void {
  if (ASC_FEATURE_SIMD) begin<f64, Plain, v128, v128>(kind, x, y, n, state, block, 1, 1, 1);
  else begin<f64, Plain, f64, f64>(kind, x, y, n, state, block, 1, 1, 1);
}

export function applyF64(kind: i32, x: usize, y: usize, n: i32, state: usize, block: i32): void {
  if (ASC_FEATURE_SIMD) apply<f64, Plain, v128, v128>(kind, x, y, n, state, block, 1, 1, 1);
  else apply<f64, Plain, f64, f64>(kind, x, y, n, state, block, 1, 1, 1);
}

export function beginTheta(kind: i32, x: usize, y: usize, n: i32, state: usize, block: i32, theta: f64, power: f64): void {
  if (ASC_FEATURE_SIMD) begin<f64, Scaled, v128, v128>(kind, x, y, n, state, block, theta, power, theta < 0 ? -1 : 1);
  else begin<f64, Scaled, f64, f64>(kind, x, y, n, state, block, theta, power, theta < 0 ? -1 : 1);
}

export function applyTheta(kind: i32, x: usize, y: usize, n: i32, state: usize, block: i32, theta: f64, power: f64): void {
  if (ASC_FEATURE_SIMD) apply<f64, Scaled, v128, v128>(kind, x, y, n, state, block, theta, power, theta < 0 ? -1 : 1);
  else apply<f64, Scaled, f64, f64>(kind, x, y, n, state, block, theta, power, theta < 0 ? -1 : 1);
}

export function endLane(kind: i32, state: usize, theta: f64, power: f64): void {
  if (ASC_FEATURE_SIMD) end<v128>(kind, state, theta, power, theta < 0 ? -1 : 1);
  else end<f64>(kind, state, theta, power, theta < 0 ? -1 : 1);
}

// Element by element.

export function expF32(x: usize, y: usize, n: i32): void {
  if (ASC_FEATURE_SIMD) exponentials<f32, v128>(x, y, n);
  else exponentials<f32, f32>(x, y, n);
}

export function expF64(x: usize, y: usize, n: i32): void {
  if (ASC_FEATURE_SIMD) exponentials<f64, v128>(x, y, n);
  else exponentials<f64, f64>(x, y, n);
}

/** bytes of the module's heap, 16-byte aligned; traps where the memory cannot grow */
export function allocate(bytes: usize): usize {
  return heap.alloc(bytes);
}

export function release(at: usize): void {
  heap.free(at);
}
