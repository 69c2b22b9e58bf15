// For edge hosts of which it is not known whether they have relaxed SIMD (Next's edge runtime on Node 20 has not):
// they compile every module that is imported, at once, and a single one that they refuse stops them.
import scalar from './scalar.wasm?module';
import simd from './simd.wasm?module';
import type { Source } from './choose.ts';

const modules = { simd, scalar };
export const source: Source = (build) => {
  if (build === 'relaxed') throw new Error('this entry leaves it out, for hosts that would refuse the module');
  return modules[build];
};
