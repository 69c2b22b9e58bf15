/** transformers.js: its softmax and log_softmax of one lane, and its temperature, which divides the logits in place. New results only. */
export async function open() {
  const { softmax, log_softmax, TemperatureLogitsWarper, Tensor, env } = await import('@huggingface/transformers');
  const functions = { softmax, logSoftmax: log_softmax };
  return {
    version: env.version,
    prepare({ fn, mode, dtype, length, outer, inner, x, theta = 1, mask = undefined }) {
      if (mode !== 'fresh' || functions[fn] === undefined || outer * inner > 1 || mask) return undefined;
      if (theta === 1) return { call: () => functions[fn](x) };
      const warp = new TemperatureLogitsWarper(1 / theta),
        scores = new Tensor(dtype, x.slice(), [1, length]);
      return {
        call: () => {
          // a model gives new logits each time
          scores.data.set(x);
          return functions[fn](warp([], scores).data);
        },
      };
    },
  };
}
