import { Plain, Scaled } from './exp';
import { LOGSUMEXP, LOG_SOFTMAX, SOFTMAX, lanes } from './passes';

// The entry of the three wasm builds; only here the value of the kernels is chosen: a vector, or one element where the
// build has no SIMD. x and y are addresses in the memory of the module, y may be x. There are outer * inner lanes of
// `length` elements that lie `inner` elements apart.
//   F32    float32, fast                     length <= 32768 where inner is 1
//   F64    float64                           length <= 16384 where inner is 1
//   Exact  float32 computed in float64, rounded once; length <= 32768, or 4096 where inner is not 1
//   Theta  float64, length <= 16384, or 2048 where inner is not 1; theta (x - maximum) in two parts; theta = f power with 1 <= |f| < 2, power a power of two

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
