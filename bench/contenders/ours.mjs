// by path: bench/ is a package of its own, so the name does not lead here
import * as library from '../../dist/index.js';

/** Calls as a user writes them: no options where none are needed, an object literal where they are. */
export function open({ build }) {
  const instance = build === undefined ? library : library.createSoftmax({ build });
  return {
    version: `${instance.info().build} build`,
    prepare({ fn, dtype, mode, shape, axis, x, out, theta = 1, mask = undefined }) {
      const f = instance[fn],
        line = shape.length === 1;
      if (mode === 'resident') {
        const size = shape.filter((_, i) => fn !== 'logsumexp' || i !== (axis + shape.length) % shape.length);
        const from = instance.tensor(dtype, shape, x),
          to = instance.tensor(dtype, size);
        return {
          call: () => f(from, { axis, out: to }),
          read: (y) => y.data,
          close: () => [from, to].forEach((t) => t.dispose()),
        };
      }
      const read = (y) => (typeof y === 'number' ? [y] : y);
      // no { ...rest, out }: on Node 20 that alone costs 0.5 us, and reading it another 1.5
      if (theta !== 1) {
        if (mode === 'into')
          return { call: line ? () => f(x, { theta, out }) : () => f(x, { shape, axis, theta, out }) };
        return { call: line ? () => f(x, { theta }) : () => f(x, { shape, axis, theta }) };
      }
      if (mask) {
        if (mode === 'into')
          return { call: line ? () => f(x, { where: mask, out }) : () => f(x, { shape, axis, where: mask, out }) };
        return { call: line ? () => f(x, { where: mask }) : () => f(x, { shape, axis, where: mask }) };
      }
      if (mode === 'into') return { call: line ? () => f(x, { out }) : () => f(x, { shape, axis, out }), read };
      return { call: line ? () => f(x) : () => f(x, { shape, axis }), read };
    },
  };
}
