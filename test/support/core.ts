import { readFileSync } from 'node:fs';
import type { Kernels } from '../../src/kernels/contract.ts';
import { nextDown, nextUp } from './ulp.ts';

// The e that a fast float32 kernel computes and sums, before a lane is scaled by them: what the bounds of softmax, logSoftmax
// and logsumexp are added up from. A block reports its maximum and leaves its e in memory, times a power of two.

/** The kernels of a wasm build, or undefined where this host refuses it. */
export function kernelsOf(build: 'relaxed' | 'simd'): Kernels | undefined {
  const code = new Uint8Array(readFileSync(new URL(`../../build/${build}.wasm`, import.meta.url)));
  if (!WebAssembly.validate(code)) return undefined;
  return new WebAssembly.Instance(new WebAssembly.Module(code)).exports as unknown as Kernels;
}

export interface Core {
  /** the largest relative error of e, in units of 2^-23, and the x that attains it */
  max: number;
  at: number;
  count: number;
}

const word = new Uint32Array(1),
  number = new Float32Array(word.buffer);

/**
 * Every stride-th float32 x with theta x from 128 below `top` to it, or from -44 to 44 where `top` is 'near'; where |theta x| <
 * 2^-26, e is that of 0.
 */
export function sweepCore(k: Kernels, top: number | 'near', stride: number, theta = 1): Core {
  const some = 32000,
    x = k.allocate(4 * some),
    y = k.allocate(4 * some),
    report = k.allocate(64);
  const X = new Float32Array(k.memory.buffer, x, some),
    Y = new Float32Array(k.memory.buffer, y, some);
  const [least, most] = top === 'near' ? [-44, 44] : [top - 128, top];
  let scale = 0;
  const core: Core = { max: 0, at: NaN, count: 0 };
  // the maximum first, rounded towards 0: beyond 256 a kernel subtracts it
  let n = 1;
  const first = (top === 'near' ? 43.9 : top) / theta;
  X[0] = first;
  if (Math.abs(X[0]) > Math.abs(first)) X[0] = first < 0 ? nextUp(X[0], 'float32') : nextDown(X[0], 'float32');
  const measure = (): void => {
    k.blockF32!(0, x, y, n, report, theta, 0);
    // as a power of two: e of the first element is off by 2^-23 at most
    scale = 2 ** Math.round(Math.log2(Y[0]!) - X[0]! * theta * Math.LOG2E);
    for (let i = 0; i < n; i++) {
      // in a lane that is near but for what is masked, e of what vanishes beside the others is 0
      if (Y[i] === 0 && X[i]! * theta < -108.9) continue;
      const wanted = expProduct(X[i]!, theta) * scale,
        error = (Math.abs(Y[i]! - wanted) / wanted) * 2 ** 23;
      // a NaN counts as the largest of errors
      if (!(error <= core.max)) {
        core.max = error;
        core.at = X[i]!;
      }
    }
    core.count += n - 1;
    n = 1;
  };
  word[0] = 0;
  number[0] = 2 ** -26 / theta;
  const from = word[0]!;
  number[0] = 512 / theta;
  for (let bits = from, end = word[0]!; bits < end; bits += stride) {
    for (const sign of [0, 0x80000000]) {
      word[0] = bits + sign;
      const value = number[0]!;
      if (value * theta > most || value * theta < least || value > X[0]) continue;
      X[n++] = value;
      if (n === some) measure();
    }
  }
  measure();
  for (const address of [x, y, report]) k.release(address);
  return core;
}

/** exp(theta x) of a float32 x: the product is not rounded before it counts */
function expProduct(x: number, theta: number): number {
  const high = Math.fround(theta),
    product = high * x;
  return Math.exp(product) * (1 + (theta - high) * x);
}

/** Maxima whose lanes reach, taken together, all arguments that a kernel meets: beyond 256 it subtracts the maximum. */
export const tops = [256, 128, 0, -128, -256] as const;
