import type { Source } from './choose.ts';

// For softmax-simd/js: no wasm at all.

export const source: Source = () => {
  throw new Error('this entry has no wasm; import softmax-simd');
};
