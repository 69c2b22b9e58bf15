// The types of hosts and other packages, as they are: lib dom, onnxruntime-common, the tensor of transformers.js.
import type { InferenceSession, Tensor as OrtTensor, TypedTensor } from 'onnxruntime-common';
import {
  argmax, crossEntropy, crossEntropyGradient, exp, logSoftmax, logsumexp, oneHot, softmax, topk, type ArrayResult,
} from 'softmax-simd';
import { is, mayBe, type F32, type F64, type I32, type U16 } from './is.js';

// fresh results own a plain buffer
const f32 = new Float32Array([1, 2]), half = new Uint16Array(2);
const digest = (data: BufferSource) => data;
declare const anywhere: Float32Array;
const blobs = [
  new Blob([softmax(f32), logSoftmax(new Float64Array(2)), softmax(half, { dtype: 'float16' }), exp(f32)]),
  new Blob([logsumexp(f32, { shape: [2, 1], axis: -1 }), argmax(f32, { shape: [2, 1], axis: -1 }), oneHot(f32, 3)]),
  new Blob([softmax({ data: f32, shape: [2] }).data, topk(new Int8Array(2), 1).values, topk(f32, 1).indices]),
  new Blob([crossEntropy(f32, [0, 0], { shape: [2, 1], reduction: 'none' }), crossEntropyGradient(f32, 0)]),
];
const answers = [new Response(softmax(f32)), new Response(logsumexp(f32, { shape: [2, 1], axis: 0 }))];
digest(softmax(anywhere));
digest(topk(anywhere, 1).values);

// what a session of onnxruntime gives
type Floats = F32 | F64 | U16;
declare const outputs: Awaited<ReturnType<InferenceSession['run']>>, image: OrtTensor, single: TypedTensor<'float32'>;
const logits = outputs['logits']!;
is<ArrayResult<Floats>>()(softmax(logits, { axis: -1 }));
is<ArrayResult<Floats>>()(logSoftmax(image, { axis: 1 }));
is<ArrayResult<Floats>>()(logsumexp(logits, { axis: -1 }));
is<ArrayResult<I32>>()(argmax(logits, { axis: -1 }));
is<ArrayResult<I32>>()(topk(logits, 5, { axis: -1 }).indices);
mayBe<ArrayResult<Floats>>()(softmax(topk(logits, 5, { axis: -1 }).values));
is<number>()(crossEntropy(logits, [3]));
is<number>()(crossEntropy(logits, outputs['labels']!));
is<ArrayResult<Floats>>()(crossEntropy(logits, [3], { reduction: 'none' }));
is<ArrayResult<F32>>()(softmax(single, { axis: -1 }));
is<ArrayResult<F32>>()(topk(single, 1).values);
is<never>()(softmax({} as TypedTensor<'string'> | TypedTensor<'int64'>));

// the tensor of transformers.js, member by member
type AnyTypedArray =
  | Int8Array | Uint8Array | Uint8ClampedArray | Int16Array | Uint16Array | Int32Array | Uint32Array | Float32Array | Float64Array
  | BigInt64Array | BigUint64Array;
declare class HfTensor {
  get dims(): number[];
  get type(): keyof OrtTensor.DataTypeMap;
  get data(): AnyTypedArray | any[];
  get size(): number;
  get location(): string;
  ort_tensor: OrtTensor;
  softmax(): HfTensor;
  tolist(): any[];
}
declare const hf: HfTensor;
is<ArrayResult<Floats>>()(softmax(hf, { axis: -1 }));
is<ArrayResult<Floats>>()(logsumexp(hf, { axis: -1 }));
is<ArrayResult<I32>>()(argmax(hf, { axis: -1 }));
mayBe<ArrayResult<Floats>>()(softmax(topk(hf, 5, { axis: -1 }).values));
is<number>()(crossEntropy(hf, [1]));

export { answers, blobs };
