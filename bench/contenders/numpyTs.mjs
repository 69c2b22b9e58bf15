/** numpy-ts has no softmax: composed as its users do, every temporary disposed. Node 22 or newer. */
export async function open() {
  if (Number(process.versions.node.split('.')[0]) < 22) throw new Error('numpy-ts needs Node 22');
  const np = await import('numpy-ts');
  // its default heap of 256 MiB throws "WASM OOM" on inputs of a few million elements
  np.configureWasm({ maxMemory: 2 ** 31 - 65536 });
  const free = (...list) => list.forEach((a) => a.dispose?.());

  /** exp(x - max) and its sum along the axis, or for logSoftmax also x - max. */
  function parts(a, axis, keep) {
    const max = np.max(a, axis, true),
      shifted = np.subtract(a, max),
      e = np.exp(shifted),
      sum = np.sum(e, axis, keep);
    return { max, shifted, e, sum };
  }
  const functions = {
    softmax(a, axis) {
      const { max, shifted, e, sum } = parts(a, axis, true),
        y = np.divide(e, sum);
      free(max, shifted, e, sum);
      return y;
    },
    logSoftmax(a, axis) {
      const { max, shifted, e, sum } = parts(a, axis, true),
        log = np.log(sum),
        y = np.subtract(shifted, log);
      free(max, shifted, e, sum, log);
      return y;
    },
    logsumexp(a, axis) {
      const { max, shifted, e, sum } = parts(a, axis, true),
        log = np.log(sum),
        y = np.add(max, log);
      free(max, shifted, e, sum, log);
      return y;
    },
  };
  return {
    version: np.__version__,
    prepare({ fn, dtype, mode, dims, dim, x, out, theta = 1, mask = undefined }) {
      if (mask) return undefined;
      const make = () => {
        // frombuffer copies fast; asarray of a typed array costs 24 ns per element
        const flat = np.frombuffer(x.buffer, dtype);
        return dims.length === 1 ? flat : flat.reshape(dims);
      };
      const apply = (a) => {
        if (theta === 1) return functions[fn](a, dim);
        const scaled = np.multiply(a, theta),
          y = functions[fn](scaled, dim);
        free(scaled);
        return y;
      };
      if (mode === 'resident') {
        const a = make();
        let y = functions[fn](a, dim);
        return {
          call: () => {
            free(y);
            y = functions[fn](a, dim);
          },
          read: () => y.data,
          close: () => free(a, y),
        };
      }
      return {
        call: () => {
          const a = make(),
            y = apply(a),
            view = y.data;
          const result = mode === 'fresh' ? view.slice() : out;
          if (mode === 'into') out.set(view);
          free(a, y);
          return result;
        },
      };
    },
  };
}
