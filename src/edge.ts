// The entry for Workers: they refuse bytes in request handlers, and compile these imports themselves.
import relaxed from './relaxed.wasm?module';
import scalar from './scalar.wasm?module';
import simd from './simd.wasm?module';
import type { Source } from './kernels.ts';
import { instance, type CreateOptions, type Softmax } from './softmax.ts';

const modules = { relaxed, simd, scalar };
const source: Source = (build) => modules[build];
const shared: Softmax = /*#__PURE__*/ instance(source);

export function createSoftmax(options?: CreateOptions): Softmax {
  return instance(source, options);
}

// documented in index.ts and companions.ts
export const softmax: Softmax['softmax'] = shared.softmax;
export const logSoftmax: Softmax['logSoftmax'] = shared.logSoftmax;
export const logsumexp: Softmax['logsumexp'] = shared.logsumexp;
export const exp: Softmax['exp'] = shared.exp;
export const tensor: Softmax['tensor'] = shared.tensor;
export const init: Softmax['init'] = shared.init;
export const info: Softmax['info'] = shared.info;
export const argmax: Softmax['argmax'] = shared.argmax;
export const topk: Softmax['topk'] = shared.topk;
export const oneHot: Softmax['oneHot'] = shared.oneHot;
export const crossEntropy: Softmax['crossEntropy'] = shared.crossEntropy;
export const softmaxGradient: Softmax['softmaxGradient'] = shared.softmaxGradient;
export const logSoftmaxGradient: Softmax['logSoftmaxGradient'] = shared.logSoftmaxGradient;
export const crossEntropyGradient: Softmax['crossEntropyGradient'] = shared.crossEntropyGradient;
