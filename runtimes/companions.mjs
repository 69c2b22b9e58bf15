// The functions around softmax, weights, masks, theta and the known bits of 16-bit floats: what src/api.ts and docs/api.md say.
import { alike, flat, is, logits, refused, same, show } from './compare.mjs';

const inf = Infinity;
const f16 = { dtype: 'float16' },
  bf16 = { dtype: 'bfloat16' };
const square = [
  [1, 3, 2],
  [6, 5, 6],
];
const p = 4.248354255291589e-18; // log1p(exp(-40))
const half = Math.LN2,
  single = Math.fround(half);
const flatSquare = Float32Array.of(1, 3, 2, 6, 5, 6),
  shape = [2, 3];

/** function, arguments, result with its container, relative tolerance */
const answers = [
  [
    'exp',
    [
      [
        [0, 1],
        [-inf, NaN],
      ],
    ],
    [
      [1, Math.E],
      [0, NaN],
    ],
    3e-16,
  ],
  ['exp', [2], Math.exp(2), 3e-16],
  ['exp', [Float32Array.of(0, -104, 88.8), { precision: 'exact' }], Float32Array.of(1, 0, inf)],
  ['exp', [Float32Array.of(1, -87.5, -103), {}], Float32Array.of(Math.E, Math.exp(-87.5), 1.4e-45), 2e-7],
  [
    'exp',
    [{ data: Float64Array.of(9, 1, 9, 0), shape: [2], strides: [2], offset: 1 }],
    { data: Float64Array.of(Math.E, 1), shape: [2], dtype: 'float64' },
    3e-16,
  ],
  ['exp', [Int8Array.of(0, 1)], Float64Array.of(1, Math.E), 3e-16],
  ['exp', [Uint16Array.of(0x3c00, 0x4900, 0x5000), f16], Uint16Array.of(0x4170, 0x7561, 0x7c00)],
  ['exp', [Uint16Array.of(0x3f80), bf16], Uint16Array.of(0x402e)],

  ['argmax', [[1, 3, 3]], 1],
  ['argmax', [[1, NaN, inf]], 1],
  ['argmax', [[NaN, NaN]], 0],
  ['argmax', [[-inf, -inf]], 0],
  ['argmax', [[-0, 0]], 0],
  ['argmax', [7], 0],
  ['argmax', [square], 3],
  ['argmax', [square, { axis: 0 }], [1, 1, 1]],
  ['argmax', [square, { axis: -1, keepdims: true }], [[1], [0]]],
  [
    'argmax',
    [square, { axis: [] }],
    [
      [0, 0, 0],
      [0, 0, 0],
    ],
  ],
  [
    'argmax',
    [
      [
        [9, 1, 2],
        [NaN, 5, 5],
        [1, 2, 3],
      ],
      {
        axis: 1,
        where: [
          [0, 1, 1],
          [0, 1, 1],
          [0, 0, 0],
        ],
      },
    ],
    [2, 1, -1],
  ],
  ['argmax', [flatSquare, { shape, axis: 1 }], Int32Array.of(1, 0)],
  [
    'argmax',
    [{ data: flatSquare, dims: shape }, { axis: 1 }],
    { data: Int32Array.of(1, 0), shape: [2], dims: [2], dtype: 'int32' },
  ],
  ['argmax', [Uint16Array.of(0xbc00, 0x4000), f16], 1],
  ['argmax', [Uint16Array.of(0xbc00, 0x4000)], 0],

  ['topk', [square, 3], { values: [6, 6, 5], indices: [3, 5, 4] }],
  [
    'topk',
    [square, 2, { axis: -1 }],
    {
      values: [
        [3, 2],
        [6, 6],
      ],
      indices: [
        [1, 2],
        [0, 2],
      ],
    },
  ],
  ['topk', [square, 1, { axis: 0 }], { values: [[6, 5, 6]], indices: [[1, 1, 1]] }],
  ['topk', [[1, NaN, inf, -inf], 4], { values: [NaN, inf, 1, -inf], indices: [1, 2, 0, 3] }],
  ['topk', [5, 1], { values: [5], indices: [0] }],
  ['topk', [[1, 2], 0], { values: [], indices: [] }],
  [
    'topk',
    [flatSquare, 2, { shape, axis: 1 }],
    { values: Float32Array.of(3, 2, 6, 6), indices: Int32Array.of(1, 2, 0, 2) },
  ],
  ['topk', [Int8Array.of(-1, -3, 2), 2], { values: Int8Array.of(2, -1), indices: Int32Array.of(2, 0) }],
  [
    'topk',
    [Uint16Array.of(0xbc00, 0x4000, 0x3c00), 2, f16],
    { values: Uint16Array.of(0x4000, 0x3c00), indices: Int32Array.of(1, 2) },
  ],

  ['oneHot', [1, 3], [0, 1, 0]],
  ['oneHot', [[[0], [1]], 2], [[[1, 0]], [[0, 1]]]],
  ['oneHot', [[], 4], []],
  ['oneHot', [Int32Array.of(1, 0), 2], Float32Array.of(0, 1, 1, 0)],
  ['oneHot', [Uint8Array.of(1), 2, { dtype: 'uint8' }], Uint8Array.of(0, 1)],
  [
    'oneHot',
    [{ data: Int8Array.of(0, 9, 1), shape: [2], strides: [2], offset: 0 }, 2],
    { data: Float32Array.of(1, 0, 0, 1), shape: [2, 2], dtype: 'float32' },
  ],

  ['crossEntropy', [[1, 3, 2], 1], 0.4076059644443804, 3e-16],
  [
    'crossEntropy',
    [
      [1, 3, 2],
      [0, 1, 0],
    ],
    0.4076059644443804,
    3e-16,
  ],
  ['crossEntropy', [Float32Array.of(1, 3, 2), 1, { precision: 'exact' }], 0.4076059644443804, 1e-7],
  ['crossEntropy', [[0, -40], 0], p, 4e-16],
  [
    'crossEntropy',
    [
      [
        [0, 0],
        [1, 1],
      ],
      [0, 1],
      { reduction: 'none' },
    ],
    [half, half],
    3e-16,
  ],
  [
    'crossEntropy',
    [
      [
        [0, 0],
        [1, 1],
      ],
      [0, 1],
      { reduction: 'sum' },
    ],
    2 * half,
    3e-16,
  ],
  [
    'crossEntropy',
    [Float32Array.of(0, 0, 1, 1), Uint8Array.of(0, 1), { shape: [2, 2], reduction: 'none' }],
    Float32Array.of(single, single),
    1e-7,
  ],
  [
    'crossEntropy',
    [{ data: new Float32Array(4), dims: [2, 2] }, [0, 1], { reduction: 'none' }],
    { data: Float32Array.of(single, single), shape: [2], dims: [2], dtype: 'float32' },
    1e-7,
  ],
  [
    'crossEntropy',
    [{ data: new Uint16Array(4), shape: [2, 2], dtype: 'float16' }, [0, 1], { reduction: 'none' }],
    { data: Uint16Array.of(0x398c, 0x398c), shape: [2], dtype: 'float16' },
  ],
  [
    'crossEntropy',
    [
      [
        [1, 2],
        [3, 4],
      ],
      [-100, -100],
    ],
    NaN,
  ],
  [
    'crossEntropy',
    [
      [
        [1, 2],
        [3, 4],
      ],
      [-100, -100],
      { reduction: 'sum' },
    ],
    0,
  ],
  [
    'crossEntropy',
    [
      [
        [1, 2],
        [3, 4],
      ],
      [1, 0],
      { ignoreIndex: 1 },
    ],
    Math.log1p(Math.E),
    3e-16,
  ],
  ['crossEntropy', [[-inf, 0], 0], inf],
  ['crossEntropy', [[-inf, 0], 0, { classWeights: [0, 1], reduction: 'sum' }], 0],

  ['crossEntropyGradient', [[0, 0], 0], [-0.5, 0.5]],
  ['crossEntropyGradient', [[0, -40], 0], [-p, p], 1e-15],
  [
    'crossEntropyGradient',
    [
      [0, -40],
      [1, 0],
    ],
    [-p, p],
    1e-15,
  ],
  [
    'crossEntropyGradient',
    [
      [
        [1, 2],
        [3, 4],
      ],
      [-100, -100],
    ],
    [
      [0, 0],
      [0, 0],
    ],
  ],
  [
    'crossEntropyGradient',
    [
      [
        [-inf, -inf],
        [-inf, 0],
      ],
      [0, 1],
    ],
    [
      [0, 0],
      [0, 0],
    ],
  ],
  ['crossEntropyGradient', [[NaN, 1], 0], [NaN, NaN]],
  [
    'softmaxGradient',
    [
      [0.25, 0.75],
      [1, 0],
    ],
    [0.1875, -0.1875],
  ],
  [
    'softmaxGradient',
    [
      [1, 2],
      [3, 5],
    ],
    [-10, -16],
  ],
  [
    'softmaxGradient',
    [
      [
        [0, 0],
        [0.5, 0.5],
      ],
      [
        [NaN, inf],
        [1, 0],
      ],
      { axis: -1 },
    ],
    [
      [0, 0],
      [0.25, -0.25],
    ],
  ],
  ['softmaxGradient', [[0.5, 0.5], [1, 0], { theta: 3 }], [0.75, -0.75]],
  [
    'softmaxGradient',
    [{ data: Float32Array.of(0.5, 0.5), dims: [2] }, [1, 0]],
    { data: Float32Array.of(0.25, -0.25), shape: [2], dims: [2], dtype: 'float32' },
  ],
  [
    'logSoftmaxGradient',
    [
      [Math.log(0.25), Math.log(0.75)],
      [1, 0],
    ],
    [0.75, -0.75],
    3e-16,
  ],
  ['softmaxGradient', [Float32Array.of(0.25, 0.75), [1, 0]], Float32Array.of(0.1875, -0.1875)],
  ['logSoftmaxGradient', [Float64Array.of(-half, -half), [1, 0]], Float64Array.of(0.5, -0.5), 3e-16],
  [
    'logSoftmaxGradient',
    [
      [-p, -40],
      [1, 0],
    ],
    [p, -p],
    1e-15,
  ],
  [
    'logSoftmaxGradient',
    [
      [-inf, -inf],
      [3, NaN],
    ],
    [0, 0],
  ],
  ['logSoftmaxGradient', [[-half, -half], [1, 0], { theta: -2 }], [-1, 1], 3e-16],

  // weights: b = 0 hides anything, a negative sum is NaN unless the sign is asked for
  ['logsumexp', [[1, 2], { b: [1, 1] }], Math.log(Math.E + Math.exp(2)), 4e-16],
  ['logsumexp', [[1000, 1000], { b: [1, -2], returnSign: true }], { value: 1000, sign: -1 }],
  ['logsumexp', [[1000, 1000], { b: [1, -1], returnSign: true }], { value: -inf, sign: 0 }],
  ['logsumexp', [[NaN, 1, inf], { b: [0, 1, 0], returnSign: true }], { value: 1, sign: 1 }],
  [
    'logsumexp',
    [
      [
        [0, 1],
        [2, 3],
      ],
      {
        axis: 1,
        b: [
          [1, 0],
          [0, -1],
        ],
        returnSign: true,
      },
    ],
    { value: [0, 3], sign: [1, -1] },
  ],
  [
    'logsumexp',
    [
      [
        [0, 1],
        [2, 3],
      ],
      {
        axis: 0,
        b: [
          [1, 0],
          [0, 1],
        ],
        keepdims: true,
      },
    ],
    [[0, 3]],
  ],
  [
    'logsumexp',
    [
      [
        [0, 0],
        [0, 0],
      ],
      { axis: 1, b: [2, 2] },
    ],
    [2 * half, 2 * half],
    3e-16,
  ],
  ['logsumexp', [Float32Array.of(0, 0), { b: Float32Array.of(3, 1) }], Math.fround(2 * half), 2e-7],

  // masks: what is hidden is as if absent
  [
    'softmax',
    [
      [
        [1, 2],
        [3, 3],
      ],
      { axis: -1, where: [true, false] },
    ],
    [
      [1, 0],
      [1, 0],
    ],
  ],
  [
    'softmax',
    [
      [
        [1, 2],
        [3, 3],
      ],
      { axis: 0, where: [[0], [1]] },
    ],
    [
      [0, 0],
      [1, 1],
    ],
  ],
  ['softmax', [[inf, 1], { where: [0, 1] }], [0, 1]],
  [
    'softmax',
    [Float32Array.of(5, 5, 9, 5), { shape: [2, 2], axis: 1, where: Uint8Array.of(1, 1, 0, 1) }],
    Float32Array.of(0.5, 0.5, 0, 1),
  ],
  ['logSoftmax', [[NaN, 2, 2], { where: [false, true, true] }], [-inf, -half, -half], 3e-16],
  [
    'logsumexp',
    [
      [
        [NaN, 2],
        [1, 1],
      ],
      {
        axis: 1,
        where: [
          [0, 1],
          [0, 0],
        ],
      },
    ],
    [2, -inf],
  ],
  ['logsumexp', [Float64Array.of(7, 0), { where: [0, 0] }], -inf],

  // theta, and its limits
  ['logSoftmax', [[1, -inf, 5, 2], { theta: 0 }], [-Math.log(3), -inf, -Math.log(3), -Math.log(3)], 3e-16],
  ['logsumexp', [[0, 0], { theta: -7 }], half, 3e-16],
  ['softmax', [Float32Array.of(3e38, -3e38), { theta: 1e38 }], Float32Array.of(1, 0)],

  // 16 bits: computed in float32, rounded once to nearest even, subnormals kept
  ['softmax', [Uint16Array.of(0x7c00, 0), f16], Uint16Array.of(0x7e00, 0x7e00)],
  ['softmax', [Uint16Array.of(0xfc00, 0), f16], Uint16Array.of(0, 0x3c00)],
  ['softmax', [Uint16Array.of(0, 0xcc00), f16], Uint16Array.of(0x3c00, 0x0002)],
  ['logSoftmax', [Uint16Array.of(0, 0), f16], Uint16Array.of(0xb98c, 0xb98c)],
  ['logSoftmax', [Uint16Array.of(0, 0), bf16], Uint16Array.of(0xbf31, 0xbf31)],
  ['logsumexp', [Uint16Array.of(0x7bff, 0x7bff), { ...f16, axis: -1, shape: [1, 2] }], Uint16Array.of(0x7bff)],
  [
    'softmax',
    [{ data: Uint16Array.of(0, 0), dims: [2], type: 'float16' }],
    { data: Uint16Array.of(0x3800, 0x3800), shape: [2], dims: [2], dtype: 'float16' },
  ],
  [
    'softmax',
    [{ data: Uint16Array.of(0, 0), shape: [2], dtype: 'bfloat16' }],
    { data: Uint16Array.of(0x3f00, 0x3f00), shape: [2], dtype: 'bfloat16' },
  ],
];

/** kind, function, arguments */
const refusals = [
  [RangeError, 'exp', [[1], { out: new Float64Array(2) }]],
  [TypeError, 'exp', [[1], { axis: 0 }]],
  [TypeError, 'exp', ['1']],
  [RangeError, 'argmax', [[]]],
  [TypeError, 'argmax', [[1, 2], { out: new Float32Array(1) }]],
  [TypeError, 'argmax', [BigInt64Array.of(1n)]],
  [RangeError, 'topk', [[1, 2], 3]],
  [RangeError, 'topk', [[1, 2], 1.5]],
  [TypeError, 'topk', [[1, 2], '1']],
  [TypeError, 'topk', [[[1, 2]], 1, { axis: [0, 1] }]],
  [RangeError, 'oneHot', [[[0, 3]], 3]],
  [RangeError, 'oneHot', [Int32Array.of(0, -1), 3]],
  [TypeError, 'oneHot', [[0], undefined]],
  [
    RangeError,
    'crossEntropy',
    [
      [
        [1, 2],
        [3, 4],
      ],
      [0, 2],
    ],
  ],
  [
    RangeError,
    'crossEntropy',
    [
      [
        [1, 2],
        [3, 4],
      ],
      [0, 1, 1],
    ],
  ],
  [TypeError, 'crossEntropy', [[1, 2]]],
  [RangeError, 'crossEntropy', [[1, 2], 0, { reduction: 'avg' }]],
  [RangeError, 'crossEntropy', [[1, 2], 0, { labelSmoothing: 1.1 }]],
  [RangeError, 'crossEntropy', [[1, 2, 3], 0, { classWeights: [1, 2] }]],
  [TypeError, 'crossEntropyGradient', [new Float32Array(2), 0, { out: new Float64Array(2) }]],
  [RangeError, 'softmaxGradient', [[[1, 2]], [1, 2]]],
  [TypeError, 'softmaxGradient', [[1], 'x']],
  [RangeError, 'logSoftmaxGradient', [new Float32Array(4), new Float32Array(3), { shape: [2, 2] }]],
  [RangeError, 'logsumexp', [[1, 2], { b: [1, 2, 3] }]],
  [TypeError, 'logsumexp', [[1, 2], { b: 'x' }]],
  [TypeError, 'tensor', ['int8', [2]]],
  [RangeError, 'tensor', ['float32', [-1]]],
  [RangeError, 'tensor', ['float32', [2], [1]]],
];

/** PyTorch's crossEntropy by its definition, over rows; the gradient by central differences of it. */
function definition(
  rows,
  target,
  { theta = 1, labelSmoothing = 0, classWeights, ignoreIndex = -100, reduction = 'mean' },
) {
  let sum = 0,
    weights = 0;
  rows.forEach((row, i) => {
    const z = row.map((x) => theta * x),
      top = Math.max(...z),
      rest = top + Math.log(z.reduce((s, v) => s + Math.exp(v - top), 0));
    const t = target[i],
      weight = (c) => classWeights?.[c] ?? 1;
    weights += typeof t !== 'number' ? 1 : t === ignoreIndex ? 0 : weight(t);
    if (t === ignoreIndex) return;
    z.forEach((v, c) => {
      const hot = typeof t === 'number' ? Number(c === t) : t[c];
      sum -= ((1 - labelSmoothing) * hot + labelSmoothing / z.length) * weight(c) * (v - rest);
    });
  });
  return reduction === 'sum' ? sum : sum / weights;
}
const slopes = (rows, target, o) =>
  rows.map((row, i) =>
    row.map((_, j) => {
      const moved = (by) =>
        definition(
          rows.map((r, k) => (k === i ? r.map((v, m) => (m === j ? v + by : v)) : r)),
          target,
          o,
        );
      return (moved(1e-5) - moved(-1e-5)) / 2e-5;
    }),
  );
const rows = [
  [1, 3, 2, -1],
  [0.5, -2, 3, 1],
  [-1, -1, -1, 4],
  [2, 0, 1, 4],
];
const targets = {
  classes: [1, 2, -100, 0],
  probabilities: [
    [0, 1, 0, 0],
    [0.25, 0.25, 0.5, 0],
    [0.1, 0.2, 0.3, 0.4],
    [0, 0, 0, 2],
  ],
};
const settings = [
  {},
  { reduction: 'sum', theta: 0.7 },
  { classWeights: [0.5, 2, 1, 0.25] },
  { labelSmoothing: 0.1 },
  { labelSmoothing: 0.3, classWeights: [0.5, 2, 1, 0.25], theta: -1.5 },
];

/** [name, test that throws] */
export function* companions(api) {
  for (const [f, given, want, tolerance] of answers) {
    yield [`${f} ${given.map(show).join(' ')}`, () => alike(api[f](...given), want, tolerance)];
  }
  for (const [kind, f, given] of refusals) {
    yield [`${f} ${given.map(show).join(' ')} is a ${kind.name}`, () => refused(kind, f, () => api[f](...given))];
  }
  for (const [what, target] of Object.entries(targets)) {
    for (const o of settings) {
      yield [
        `crossEntropy of ${what} ${show(o)}`,
        () => {
          const want = definition(rows, target, o),
            own = { ...o, shape: [4, 4] };
          same([api.crossEntropy(rows, target, o)], [want], 1e-14);
          same([api.crossEntropy(Float32Array.from(flat(rows)), Float32Array.from(flat(target)), own)], [want], 2e-6);
        },
      ];
      yield [
        `crossEntropyGradient of ${what} ${show(o)}`,
        () => {
          const want = flat(slopes(rows, target, o)),
            own = { ...o, shape: [4, 4] },
            out = Float64Array.from(flat(rows));
          const got = api.crossEntropyGradient(rows, target, o);
          same(flat(got), want, 0, 1e-8);
          same(
            api.crossEntropyGradient(Float32Array.from(flat(rows)), Float32Array.from(flat(target)), own),
            want,
            1e-5,
            1e-6,
          );
          is(
            api.crossEntropyGradient(out, Float64Array.from(flat(target)), { ...own, out }) === out,
            'out is not what is returned',
          );
          same(out, flat(got), 0);
        },
      ];
    }
  }
  for (const type of [Float32Array, Float64Array]) yield* lanes(api, type, type === Float32Array ? 2e-6 : 1e-13);
}

/** What longer lanes have to obey, whatever their values. */
function* lanes(api, type, tolerance) {
  const n = 331,
    shape = [5, n],
    x = logits(type, 5 * n, 21),
    dy = logits(type, 5 * n, 22),
    o = { shape, axis: 1 };
  const lane = (a, i) => a.subarray(i * n, (i + 1) * n);
  yield [
    `the gradients' lanes add up to 0, ${type.name}`,
    () => {
      const both = [api.softmaxGradient(api.softmax(x, o), dy, o), api.logSoftmaxGradient(api.logSoftmax(x, o), dy, o)];
      for (const slope of both) {
        is(slope.length === x.length && slope instanceof type, 'another kind of result');
        for (let i = 0; i < 5; i++) {
          const sum = lane(slope, i).reduce((a, b) => a + b, 0),
            size = lane(slope, i).reduce((a, b) => a + Math.abs(b), 0);
          is(Math.abs(sum) <= tolerance * size && size > 0, `${sum} of ${size}`);
        }
      }
    },
  ];
  yield [
    `crossEntropy is logSoftmax at the labels, ${type.name}`,
    () => {
      const labels = Int32Array.of(0, 330, 7, 100, 200),
        logs = api.logSoftmax(x, o);
      const got = api.crossEntropy(x, labels, { ...o, reduction: 'none' });
      same(
        got,
        [...labels].map((label, i) => -logs[i * n + label]),
        tolerance,
      );
      same([api.crossEntropy(x, labels, o)], [got.reduce((a, b) => a + b, 0) / 5], tolerance);
    },
  ];
  yield [
    `argmax and topk agree with a sort, ${type.name}`,
    () => {
      const index = api.argmax(x, o),
        { values, indices } = api.topk(x, 6, o);
      for (let i = 0; i < 5; i++) {
        const own = lane(x, i),
          order = [...own.keys()].sort((a, b) => own[b] - own[a] || a - b);
        is(index[i] === order[0], `lane ${i}: ${index[i]}`);
        same(indices.subarray(6 * i, 6 * i + 6), order.slice(0, 6), 0);
        same(
          values.subarray(6 * i, 6 * i + 6),
          order.slice(0, 6).map((at) => own[at]),
          0,
        );
      }
    },
  ];
  yield [
    `a mask is the same as leaving out, ${type.name}`,
    () => {
      const where = Uint8Array.from(x, (v, i) => Number(i % 3 !== 1)),
        kept = (a, i) => lane(a, i).filter((_, j) => where[i * n + j]);
      const [y, l, e] = ['softmax', 'logSoftmax', 'logsumexp'].map((f) => api[f](x, { ...o, where }));
      for (let i = 0; i < 5; i++) {
        const own = kept(x, i);
        same(kept(y, i), api.softmax(own), tolerance);
        same(kept(l, i), api.logSoftmax(own), tolerance);
        same([e[i]], [api.logsumexp(own)], tolerance);
        is(
          lane(y, i).every((v, j) => where[i * n + j] || v === 0),
          'a hidden element is not 0',
        );
      }
    },
  ];
  yield [
    `weights agree with logarithms added, ${type.name}`,
    () => {
      const b = logits(Float64Array, 5 * n, 23, 1).map(Math.abs),
        got = api.logsumexp(x, { ...o, b });
      const moved = Float64Array.from(x, (v, i) => v + Math.log(b[i]));
      same(got, api.logsumexp(moved, o), tolerance, tolerance);
    },
  ];
}
