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
    prepare({ fn, dtype, mode, dims, dim, inner, x, out, theta = 1, mask = undefined }) {
      if (dtype !== 'float32') return undefined;
      const swap = dims.map((_, i) => i),
        last = dims.length - 1;
      [swap[dim], swap[last]] = [last, dim];
      // its softmax and logSoftmax know the last axis only
      const plain = (t) =>
        fn === 'logsumexp'
          ? tf.logSumExp(t, dim)
          : inner === 1
            ? functions[fn](t)
            : tf.tidy(() => tf.transpose(functions[fn](tf.transpose(t, swap)), swap));
      const where = mask && tf.tensor(mask, dims, 'bool'),
        hidden = mask && tf.scalar(-Infinity);
      const changed = (t) => (theta === 1 ? tf.where(where, t, hidden) : tf.mul(t, theta));
      const apply = theta === 1 && !mask ? plain : (t) => tf.tidy(() => plain(changed(t)));
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
        close: () => where && tf.dispose([where, hidden]),
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
