import { InferenceSession, Tensor } from 'onnxruntime-node';
import { softmax, topk } from 'softmax-simd';

/** The five best classes of each picture, with their probabilities. */
export async function classify(model: string, pictures: Float32Array, count: number) {
  const session = await InferenceSession.create(model);
  const input = new Tensor('float32', pictures, [count, 3, 224, 224]);
  const outputs = await session.run({ [session.inputNames[0]!]: input });

  // a tensor goes in as it is, float16 too; { data, shape, dims, dtype } comes out
  const logits = outputs[session.outputNames[0]!]!;
  const probabilities = softmax(logits, { axis: -1 });
  const { values, indices } = topk(probabilities, 5, { axis: -1 });
  return { probabilities: values.data, classes: indices.data };
}
