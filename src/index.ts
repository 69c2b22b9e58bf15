import * as bytes from './generated/bytes.ts';
import type { Source } from './kernels.ts';
import { instance, type CreateOptions, type Softmax } from './softmax.ts';

export type { Axis, Nested, Options, Strided, TypedArray } from './layout.ts';
export type { Build } from './kernels.ts';
export type { ArrayResult, CreateOptions, ElementOptions, ExpOptions, Info, Input, Reduced, Result, Softmax } from './softmax.ts';
export type { Tensor } from './tensor.ts';

/** The builds lie in this file's package as base64; only the one that is tried is decoded. */
const source: Source = (build) => decode(bytes[build]);

function decode(base64: string): Uint8Array {
  const native = Uint8Array as unknown as { fromBase64?: (text: string) => Uint8Array };
  if (native.fromBase64 !== undefined) return native.fromBase64(base64);
  const host = globalThis as unknown as {
    Buffer?: { from(text: string, encoding: string): Uint8Array };
    atob(text: string): string;
  };
  if (host.Buffer !== undefined) return host.Buffer.from(base64, 'base64');
  const text = host.atob(base64), code = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) code[i] = text.charCodeAt(i);
  return code;
}

const shared: Softmax = /*#__PURE__*/ instance(source);

/** An instance of its own: own memory, and a chosen build if wanted. */
export function createSoftmax(options?: CreateOptions): Softmax {
  return instance(source, options);
}

export const softmax: Softmax['softmax'] = shared.softmax;
export const logSoftmax: Softmax['logSoftmax'] = shared.logSoftmax;
export const logsumexp: Softmax['logsumexp'] = shared.logsumexp;
export const exp: Softmax['exp'] = shared.exp;
export const tensor: Softmax['tensor'] = shared.tensor;
export const init: Softmax['init'] = shared.init;
export const info: Softmax['info'] = shared.info;
