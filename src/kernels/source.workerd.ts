// For Workers: they refuse bytes in request handlers, and compile these imports themselves.
import relaxed from './relaxed.wasm?module';
import scalar from './scalar.wasm?module';
import simd from './simd.wasm?module';
import type { Source } from './choose.ts';

const modules = { relaxed, simd, scalar };
export const source: Source = (build) => modules[build];
