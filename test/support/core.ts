import { readFileSync } from 'node:fs';
import type { Kernels } from '../../src/kernels/contract.ts';

// The e that a fast float32 kernel computes and sums, before a lane is scaled by them: what the bounds of softmax, logSoftmax
// and logsumexp are added up from. A block reports its maximum and leaves its e in memory, 2^(64 - K) times as large.

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

/** Every stride-th float32 from 128 below `top` to it; where |x| < 2^-26, e is that of 0. */
export function sweepCore(k: Kernels, top: number, stride: number): Core {
  const some = 32000,
    x = k.allocate(4 * some),
    y = k.allocate(4 * some),
    report = k.allocate(64);
  const X = new Float32Array(k.memory.buffer, x, some),
    Y = new Float32Array(k.memory.buffer, y, some);
  const scale = 2 ** (64 - Math.round(top * Math.LOG2E));
  const core: Core = { max: 0, at: NaN, count: 0 };
  let n = 1;
  X[0] = top;
  const measure = (): void => {
    k.blockF32!(0, x, y, n, report);
    for (let i = 0; i < n; i++) {
      const wanted = Math.exp(X[i]!) * scale,
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
  for (let bits = 0x32800000; bits < 0x44000000; bits += stride) {
    for (const sign of [0, 0x80000000]) {
      word[0] = bits + sign;
      const value = number[0]!;
      if (value > top || value < top - 128) continue;
      X[n++] = value;
      if (n === some) measure();
    }
  }
  measure();
  for (const address of [x, y, report]) k.release(address);
  return core;
}

/** Maxima whose lanes reach, taken together, all arguments that a kernel meets: beyond 256 it subtracts the maximum. */
export const tops = [256, 128, 0, -128, -256] as const;
