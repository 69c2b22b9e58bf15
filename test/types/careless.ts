// What results are where `strictNullChecks` is off, as it is for JavaScript whose types are checked and no more.
import { argmax, crossEntropy, logsumexp, oneHot, softmax, topk, type Options } from 'softmax-simd';
import { is, mayBe, type F32, type F64, type I32 } from './is.js';

const rows = [[1, 2]], flat = [1, 2];
declare const f32: Float32Array, axis: number, out: Float64Array, typed: Float32Array[], some: { axis?: number; out?: Float64Array };

is<F32>()(softmax(f32));
is<F32>()(softmax(f32, { shape: [1, 2], axis: -1 }));
is<F32>()(softmax(f32, { axis }));
is<F64>()(softmax(new Uint16Array(2), { axis: -1 }));
is<Float64Array>()(softmax(f32, { out }));
is<number[][]>()(softmax(rows, { axis: -1 }));
mayBe<F64>()(softmax(f32 as Float32Array | Float64Array, { axis: 0 }));
is<number>()(logsumexp(flat));
is<number>()(logsumexp(f32, { theta: 2 }));
is<number[]>()(logsumexp(rows, { axis: -1 }));
is<F32>()(logsumexp(f32, { shape: [1, 2], axis: -1 }));
is<{ value: number; sign: number }>()(logsumexp(flat, { returnSign: true }));
mayBe<number>()(logsumexp(rows, { axis: null }));
mayBe<number[]>()(argmax(rows, some));
is<I32>()(argmax(typed, { axis: -1 }));
is<number>()(crossEntropy(rows, [1]));
is<number[]>()(crossEntropy(rows, [1], { reduction: 'none' }));
is<F32>()(topk(f32, 1).values);
is<number[]>()(topk(rows, 1).values);
is<F32>()(oneHot(f32, 3));

// options that may be left out, and names that are no options
declare const shared: { axis: -1; keepdims?: true };
function optional(o?: Options, p?: Partial<Options>) {
  mayBe<number[]>()(logsumexp(rows, o));
  mayBe<number[]>()(logsumexp(rows, p));
}
is<number[][]>()(softmax(rows, shared));
// @ts-expect-error temperature
softmax(rows, { axis: -1, temprature: 2 });
// @ts-expect-error keepdims belongs to reductions
softmax(rows, { axis: -1, keepdims: true });
export { optional };
