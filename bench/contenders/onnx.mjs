import { onnxModel } from './onnxModel.mjs';

const operators = { softmax: 'Softmax', logSoftmax: 'LogSoftmax', logsumexp: 'ReduceLogSumExp' };

/** onnxruntime: the web package (wasm, one thread) or the node one (native, one thread or all, takes a given output). */
export async function open({ name }) {
  const web = name === 'onnxruntime-web';
  const loaded = web ? await import('onnxruntime-web') : await import('onnxruntime-node');
  const ort = loaded.default ?? loaded;
  if (web) ort.env.wasm.numThreads = 1;
  const options = {
    executionProviders: [web ? 'wasm' : 'cpu'],
    intraOpNumThreads: name.endsWith('all') ? 0 : 1,
    logSeverityLevel: 3,
  };
  return {
    version: ort.env.versions.common,
    async prepare({ fn, dtype, mode, dims, dim, x, out, theta = 1, mask = undefined }) {
      if (mode === 'resident') return undefined; // native reads the caller's array: the same as into
      const session = await ort.InferenceSession.create(
        onnxModel(operators[fn], dtype, dims.length, dim, theta, mask !== undefined),
        options,
      );
      const size = dims.filter((_, i) => fn !== 'logsumexp' || i !== dim);
      const where = mask && { where: new ort.Tensor('bool', mask, dims) };
      const given = mode === 'into' && !web ? { y: new ort.Tensor(dtype, out, size) } : undefined;
      return {
        call: async () => {
          const feeds = { x: new ort.Tensor(dtype, x, dims), ...where };
          const { y } = given ? await session.run(feeds, given) : await session.run(feeds);
          if (mode === 'into' && web) out.set(y.data);
          return mode === 'into' ? out : y.data;
        },
        close: () => session.release(),
      };
    },
  };
}
