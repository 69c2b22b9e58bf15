/** jax-js on its wasm device, each function jitted. float64 needs a host with Float16Array. */
export async function open() {
  /** @type {any} */
  const host = globalThis;
  host.navigator ??= { userAgent: 'node' };
  // it tests every input against Float16Array
  host.Float16Array ??= class Float16Array {};
  const jax = await import('@jax-js/jax');
  await jax.init('wasm');
  jax.defaultDevice('wasm');
  return {
    prepare({ fn, dtype, mode, dims, dim, x, out, theta = 1, mask = undefined }) {
      if (mask) return undefined;
      const f = jax.jit((a) => jax.nn[fn](theta === 1 ? a : a.mul(theta), dim));
      const make = () => jax.numpy.array(x, { shape: dims, dtype: jax.numpy[dtype] });
      if (mode === 'resident') {
        const a = make();
        let y;
        return {
          async: true,
          call: async () => {
            y?.dispose();
            y = f(a.ref); // the call consumes one reference
            await y.blockUntilReady();
          },
          read: () => y.ref.dataSync(),
          close: () => (a.dispose(), y.dispose()),
        };
      }
      return {
        call: () => {
          const data = f(make()).dataSync();
          if (mode === 'fresh') return data;
          out.set(data);
          return out;
        },
      };
    },
  };
}
