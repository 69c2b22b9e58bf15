import { relaxed, scalar, simd } from './generated/bytes.ts';
import { applyPatch } from './kernels/patch.ts';
import { Instance } from './instance.ts';
import * as f from './functions/softmax.ts';
import { exp as e } from './functions/exp.ts';
const dec = (h: string) => Uint8Array.from((globalThis as any).Buffer.from(h, 'hex')) as Uint8Array;
export function make(build?: any) {
  const on = new Instance((b) => (b === 'relaxed' ? dec(relaxed) : applyPatch(dec(relaxed), dec(b === 'simd' ? simd : scalar))), { build });
  return { softmax: (x: any, o?: any) => f.call(on, 0, x, o), logSoftmax: (x: any, o?: any) => f.call(on, 1, x, o), logsumexp: (x: any, o?: any) => f.call(on, 2, x, o), exp: (x: any, o?: any) => e(on, x, o), info: () => on.info() };
}
