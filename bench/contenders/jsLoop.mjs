/** The tight loop over typed arrays: maximum, Math.exp and sum, scale. */

const functions = {
  softmax(x, y, outer, length, inner) {
    for (let o = 0; o < outer; o++) {
      for (let i = 0; i < inner; i++) {
        const start = o * length * inner + i,
          end = start + length * inner;
        let max = -Infinity,
          sum = 0;
        for (let k = start; k < end; k += inner) if (x[k] > max) max = x[k];
        for (let k = start; k < end; k += inner) {
          const e = Math.exp(x[k] - max);
          y[k] = e;
          sum += e;
        }
        const scale = 1 / sum;
        for (let k = start; k < end; k += inner) y[k] *= scale;
      }
    }
  },
  logSoftmax(x, y, outer, length, inner) {
    for (let o = 0; o < outer; o++) {
      for (let i = 0; i < inner; i++) {
        const start = o * length * inner + i,
          end = start + length * inner;
        let max = -Infinity,
          sum = 0;
        for (let k = start; k < end; k += inner) if (x[k] > max) max = x[k];
        for (let k = start; k < end; k += inner) sum += Math.exp(x[k] - max);
        const log = Math.log(sum);
        for (let k = start; k < end; k += inner) y[k] = x[k] - max - log;
      }
    }
  },
  logsumexp(x, y, outer, length, inner) {
    for (let o = 0; o < outer; o++) {
      for (let i = 0; i < inner; i++) {
        const start = o * length * inner + i,
          end = start + length * inner;
        let max = -Infinity,
          sum = 0;
        for (let k = start; k < end; k += inner) if (x[k] > max) max = x[k];
        for (let k = start; k < end; k += inner) sum += Math.exp(x[k] - max);
        y[o * inner + i] = max + Math.log(sum);
      }
    }
  },
};

/** A contender of functions (x, y, outer, length, inner); js-tuned uses it too. */
export const plain = (functions) => () => ({
  prepare({ fn, mode, x, out, outer, length, inner, theta = 1, mask = undefined }) {
    const run = functions[fn],
      size = fn === 'logsumexp' ? outer * inner : x.length,
      Result = x.constructor;
    const call = () => {
      const y = mode === 'fresh' ? new Result(size) : out;
      run(changed(), y, outer, length, inner);
      return y;
    };
    // what is asked for beside: a loop that multiplies by 1 / temperature, or hides, before the others
    const scaled = theta === 1 && !mask ? x : new Result(x.length);
    const changed = () => {
      if (theta !== 1) for (let i = 0; i < x.length; i++) scaled[i] = x[i] * theta;
      if (mask) for (let i = 0; i < x.length; i++) scaled[i] = mask[i] ? x[i] : -Infinity;
      return scaled;
    };
    return { call };
  },
});

export const open = plain(functions);
