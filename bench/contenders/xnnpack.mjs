import { createRequire } from 'node:module';

/**
 * The softmax kernel of TensorFlow.js's wasm backend, which is XNNPACK's, called by itself on memory that is allocated once: no
 * tensor is made, no scope opened. The last axis and float32 only.
 */
export async function open() {
  const require = createRequire(import.meta.url);
  const tf = require('@tensorflow/tfjs-core');
  require('@tensorflow/tfjs-backend-wasm');
  await tf.setBackend('wasm');
  const backend = tf.backend(),
    { wasm } = backend,
    kernel = wasm.cwrap('Softmax', null, ['number', 'number', 'number', 'number']);
  return {
    version: tf.version_core,
    prepare({ fn, dtype, mode, inner, outer, length, dims, x, out, theta = 1, mask = undefined }) {
      if (fn !== 'softmax' || dtype !== 'float32' || inner > 1 || mask) return undefined;
      const from = tf.tensor(x, dims, 'float32'),
        to = tf.zeros(dims, 'float32');
      // a tensor gets its memory when it is first looked at
      to.dataSync();
      const [a, b] = [from, to].map(({ dataId }) => backend.dataIdMap.get(dataId));
      const view = ({ memoryOffset }) => new Float32Array(wasm.HEAPU8.buffer, memoryOffset, x.length);
      const given = view(a),
        result = view(b),
        compute = () => kernel(a.id, b.id, length, outer);
      const enter = () => {
        if (theta === 1) given.set(x);
        else for (let i = 0; i < x.length; i++) given[i] = x[i] * theta;
        compute();
      };
      const close = () => tf.dispose([from, to]);
      if (mode === 'resident') return { call: compute, read: () => result, close };
      if (mode === 'fresh') return { call: () => (enter(), new Float32Array(result)), close };
      return { call: () => (enter(), out.set(result), out), close };
    },
  };
}
