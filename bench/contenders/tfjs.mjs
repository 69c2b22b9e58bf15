import { createRequire } from 'node:module';

/** TensorFlow.js on its wasm backend (one thread: Node refuses its workers), float32 only. */
export async function open() {
  const require = createRequire(import.meta.url);
  const tf = require('@tensorflow/tfjs-core');
  require('@tensorflow/tfjs-backend-wasm');
  await tf.setBackend('wasm');
  const functions = { softmax: tf.softmax, logSoftmax: tf.logSoftmax };
  return {
    version: tf.version_core,
    prepare({ fn, dtype, mode, dims, dim, inner, x, out }) {
      if (dtype !== 'float32') return undefined;
      const swap = dims.map((_, i) => i),
        last = dims.length - 1;
      [swap[dim], swap[last]] = [last, dim];
      // its softmax and logSoftmax know the last axis only
      const apply = (t) =>
        fn === 'logsumexp'
          ? tf.logSumExp(t, dim)
          : inner === 1
            ? functions[fn](t)
            : tf.tidy(() => tf.transpose(functions[fn](tf.transpose(t, swap)), swap));
      if (mode === 'resident') {
        const t = tf.tensor(x, dims, 'float32');
        let y = apply(t);
        return {
          call: () => {
            y.dispose();
            y = apply(t);
          },
          read: () => y.dataSync(),
          close: () => tf.dispose([t, y]),
        };
      }
      return {
        call: () => {
          const t = tf.tensor(x, dims, 'float32'),
            y = apply(t);
          // never inside tf.tidy: it would walk the typed array
          const data = y.dataSync();
          t.dispose();
          y.dispose();
          if (mode === 'fresh') return data;
          out.set(data);
          return out;
        },
      };
    },
  };
}
