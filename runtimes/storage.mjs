// What results are stored in: 16-bit floats and tensors, held against float32 and float64 in plain arrays.
import { alike, flat, is, logits, refused, same } from './compare.mjs';

/** [name, test that throws] */
export function* storage(api) {
  yield* sixteenBits(api);
  yield* tensors(api);
}

/** float16 and bfloat16: bits in, bits out; equal to what float32 gives, rounded once by the pattern itself. */
function* sixteenBits(api) {
  const value = {
    bfloat16: (bits) => Float32Array.from(new Float32Array(Uint32Array.from(bits, (b) => b << 16).buffer)),
  };
  const pack = {
    // adding half of what is cut off less one, and the last bit kept: to nearest even
    bfloat16: (x) => Uint16Array.from(new Uint32Array(x.buffer), (b) => (b + 0x7fff + ((b >>> 16) & 1)) >>> 16),
  };
  value.float16 = (bits) =>
    Float32Array.from(bits, (b) => {
      const exponent = (b >> 10) & 31,
        fraction = b & 1023;
      return (b & 0x8000 ? -1 : 1) * (exponent === 0 ? fraction * 2 ** -24 : (1024 + fraction) * 2 ** (exponent - 25));
    });
  pack.float16 = (x) =>
    Uint16Array.from(x, (v) => {
      const size = Math.abs(v),
        exponent = Math.max(Math.floor(Math.log2(size || 1e-9) + 1e-12), -14);
      const steps = size / 2 ** (exponent - 10),
        low = Math.floor(steps),
        rest = steps - low;
      const whole = rest > 0.5 || (rest === 0.5 && low % 2 === 1) ? low + 1 : low;
      return (v < 0 ? 0x8000 : 0) + whole + (exponent + 14) * 1024;
    });
  for (const dtype of ['float16', 'bfloat16']) {
    const bits = pack[dtype](logits(Float32Array, 600, 31)),
      x = value[dtype](bits);
    for (const f of ['softmax', 'logSoftmax']) {
      yield [
        `${f} of ${dtype} is that of float32, rounded once`,
        () => {
          for (const axis of [0, 1]) {
            const o = { shape: [20, 30], axis },
              got = api[f](bits, { ...o, dtype });
            is(got instanceof Uint16Array, 'another kind of result');
            same(got, pack[dtype](api[f](x, o)), 0);
          }
        },
      ];
    }
  }
  if (typeof Float16Array === 'undefined') return;
  yield [
    'Float16Array gives the bits of float16 in a Uint16Array',
    () => {
      const x = Float16Array.from(logits(Float32Array, 100, 32)),
        bits = new Uint16Array(x.buffer),
        o = { shape: [10, 10], axis: 0 };
      for (const f of ['softmax', 'logSoftmax', 'logsumexp', 'exp']) {
        const own = f === 'exp' ? {} : o,
          y = api[f](x, own);
        is(y instanceof Float16Array, `${f}: not a Float16Array`);
        same(new Uint16Array(y.buffer), api[f](bits, { ...own, dtype: 'float16' }), 0);
      }
    },
  ];
}

function* tensors(api) {
  for (const [dtype, type] of [
    ['float32', Float32Array],
    ['float64', Float64Array],
  ]) {
    yield [
      `tensors of ${dtype} give the bits of arrays, along every axis`,
      () => {
        const shape = [4, 5, 6],
          x = logits(type, 120, 41),
          held = api.tensor(dtype, shape, x),
          out = api.tensor(dtype, shape);
        try {
          for (const axis of [0, 1, 2, null, [0, 2]]) {
            for (const f of ['softmax', 'logSoftmax']) {
              is(api[f](held, { axis, out }) === out, 'out is not what is returned');
              same(out.data, api[f](x, { shape, axis }), 0);
            }
            same(flat(api.logsumexp(held, { axis })), flat(api.logsumexp(x, { shape, axis })), 0);
            same(flat(api.argmax(held, { axis })), flat(api.argmax(x, { shape, axis })), 0);
          }
          same(held.data, x, 0);
        } finally {
          held.dispose();
          out.dispose();
        }
      },
    ];
  }
  yield [
    'a tensor takes what an array takes, and an array what a tensor gives',
    () => {
      const t = api.tensor('float64', [3], [1, 3, 2]);
      same([api.crossEntropy(t, 1)], [0.4076059644443804], 3e-16);
      alike(api.topk(t, 1), {
        values: { data: Float64Array.of(3), shape: [1], dtype: 'float64' },
        indices: { data: Int32Array.of(1), shape: [1], dtype: 'int32' },
      });
      const out = new Float64Array(3);
      is(api.softmax(t, { out }) === out, 'out is not what is returned');
      same(out, api.softmax([1, 3, 2]), 0);
      t.dispose();
      t.dispose();
      refused(TypeError, 'tensor', () => t.data);
    },
  ];
  if (api.createSoftmax === undefined) return; // an instance makes no instances
  yield [
    'a tensor of one instance goes into another',
    () => {
      const t = api.tensor('float64', [3], [1, 3, 2]),
        other = api.createSoftmax({ build: 'js' });
      same(other.softmax(t).data, other.softmax([1, 3, 2]), 0);
      t.dispose();
    },
  ];
}
