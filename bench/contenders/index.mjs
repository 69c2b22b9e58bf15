/**
 * Who takes part: `kind` is ours, js (plain loops), library (JavaScript or wasm), kernel (called by itself, past its library) or
 * native; copy is a yardstick.
 */
export const contenders = {
  ours: { kind: 'ours', file: 'ours.mjs' },
  'js-loop': { kind: 'js', file: 'jsLoop.mjs' },
  'js-tuned': { kind: 'js', file: 'jsTuned.mjs' },
  'tfjs-wasm': { kind: 'library', file: 'tfjs.mjs', package: '@tensorflow/tfjs-backend-wasm' },
  xnnpack: { kind: 'kernel', file: 'xnnpack.mjs', package: '@tensorflow/tfjs-backend-wasm' },
  'transformers.js': { kind: 'library', file: 'transformers.mjs', package: '@huggingface/transformers' },
  'onnxruntime-web': { kind: 'library', file: 'onnx.mjs', package: 'onnxruntime-web' },
  'numpy-ts': { kind: 'library', file: 'numpyTs.mjs', package: 'numpy-ts' },
  'jax-js': { kind: 'library', file: 'jax.mjs', package: '@jax-js/jax' },
  'onnxruntime-node': { kind: 'native', file: 'onnx.mjs', package: 'onnxruntime-node' },
  'onnxruntime-node-all': { kind: 'native', file: 'onnx.mjs', package: 'onnxruntime-node' },
  copy: { kind: 'yardstick', file: 'copy.mjs' },
};
