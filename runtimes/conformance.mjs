// What every runtime has to answer: known numbers, special values, axes, containers and refusals, as plain modules.
// conform(api) takes the namespace of the package, or an instance of createSoftmax, and makes no assumption on the host.
import { bounds } from './bounds.mjs';
import { companions } from './companions.mjs';
import { flat, is, logits, same, show } from './compare.mjs';
import { storage } from './storage.mjs';

const functions = ['softmax', 'logSoftmax', 'logsumexp'];
const square = [
  [1, 0.5, 0.2, 3],
  [1, -1, 7, 3],
  [2, 12, 13, 3],
];
const wide = [
  [-1.30022268, 0.59127472, 1.21384177],
  [0.1981082, -0.83686108, -1.54785864],
];
const five = [
  [1, 2, 3],
  [3, 10, 1],
  [1, 2, 5],
  [4, 6.5, 1.2],
  [3, 6, 1],
];

/** function, input, options, the first results in row-major order (or from the element that follows), relative tolerance */
const known = [
  ['softmax', square, {}, [4.48309e-6, 2.71913e-6, 2.01438e-6, 3.31258e-5], 2e-6],
  ['softmax', square, {}, [1.21863e-5, 2.68421e-1, 7.29644e-1, 3.31258e-5], 5e-6, 8],
  ['softmax', square, { axis: 0 }, [2.11942e-1, 1.013e-5, 2.75394e-6, 3.33333e-1], 5e-6],
  ['softmax', square, { axis: 1 }, [2.42746e-3, 3.28521e-4, 9.79307e-1, 1.79366e-2], 5e-6, 4],
  ['softmax', [3, 1, 0.2], {}, [0.8360188, 0.11314284, 0.05083836], 1e-7],
  ['softmax', [13, 31, 5], {}, [1.52299795e-8, 0.999999985, 5.10908895e-12], 1e-9],
  ['softmax', [1, 3, 2], {}, [0.09003057317038046, 0.6652409557748219, 0.24472847105479767], 4e-16],
  ['softmax', [1000, 3000, 2000], {}, [0, 1, 0], 0],
  ['softmax', five, { axis: -1 }, [0.0900305731704, 0.244728471055, 0.665240955775, 0.000910938878031], 1e-11],
  ['softmax', five, { axis: 0 }, [0.0271269943113, 0.00031973671412, 0.11331411948, 0.200442882761], 1e-11],
  ['softmax', wide, { axis: 0 }, [0.1826746, 0.80661068, 0.94057075, 0.8173254, 0.19338932, 0.05942925], 1e-7],
  ['softmax', wide, { axis: -1 }, [0.0500392, 0.33172426, 0.61823654, 0.65371718, 0.23222472, 0.1140581], 1e-7],
  ['logSoftmax', [1000, 1], {}, [0, -999], 0],
  ['logSoftmax', [0, -40], {}, [-4.248354255291589e-18, -40], 4e-16],
  ['logsumexp', [0, -40], {}, [4.248354255291589e-18], 4e-16],
  ['logsumexp', [2, 3], { b: [2, 0.5] }, [Math.log(2 * Math.exp(2) + 0.5 * Math.exp(3))], 1e-14],
  ['logsumexp', [1000, 1000], { b: [1, -1] }, [-Infinity], 0],
  ['logsumexp', [1, NaN, Infinity], { b: [2, 0, 0] }, [1 + Math.log(2)], 1e-15],
  ['logsumexp', [1, 2], { b: [1, -1] }, [NaN], 0],
  ['softmax', Uint8Array.of(1, 3, 2), {}, [0.09003057317038046, 0.6652409557748219], 4e-16],
  ['softmax', Uint16Array.of(0x3c00, 0x4200, 0x4000), { dtype: 'float16' }, [0x2dc3, 0x3952, 0x33d5], 0],
  ['softmax', Uint16Array.of(0x3f80, 0x4040, 0x4000), { dtype: 'bfloat16' }, [0x3db8, 0x3f2a, 0x3e7b], 0],
  ['softmax', [1, -Infinity, 5, 2], { theta: 0 }, [1 / 3, 0, 1 / 3, 1 / 3], 0],
  ['softmax', [1, 3, 2], { theta: -1 }, [0.6652409557748219, 0.09003057317038046, 0.24472847105479767], 4e-16],
  [
    'softmax',
    [
      [1, NaN],
      [3, 1],
    ],
    {
      axis: -1,
      where: [
        [true, false],
        [false, false],
      ],
    },
    [1, 0, 0, 0],
    0,
  ],
  [
    'logSoftmax',
    [
      [1, NaN],
      [3, 1],
    ],
    {
      axis: -1,
      where: [
        [1, 0],
        [0, 0],
      ],
    },
    [0, -Infinity, -Infinity, -Infinity],
    0,
  ],
  ['softmax', [NaN, 1, NaN], { where: [false, true, true] }, [0, NaN, NaN], 0],
  ['logsumexp', new Float32Array(0), {}, [-Infinity], 0],
  ['logsumexp', new Float32Array(0), { shape: [3, 0], axis: 1 }, [-Infinity, -Infinity, -Infinity], 0],
  ['softmax', new Float64Array(0), { shape: [0, 4], axis: 0 }, [], 0],
  ['softmax', 3, {}, [1], 0],
  ['logSoftmax', 3, {}, [0], 0],
  ['logsumexp', 3, {}, [3], 0],
  ['exp', [0, 1, -Infinity, Infinity, 710, -745.13], {}, [1, Math.E, 0, Infinity, Infinity, 5e-324], 4e-16],
  [
    'exp',
    Float32Array.of(0, 1, -100, 89, NaN),
    {},
    [1, Math.fround(Math.E), Math.fround(3.783506e-44), Infinity, NaN],
    2e-7,
  ],
];

/** lane, softmax, logSoftmax, logsumexp: what holds in every function and axis form */
const special = [
  [[1, NaN, 0], [NaN, NaN, NaN], [NaN, NaN, NaN], NaN],
  [[-Infinity, 1], [0, 1], [-Infinity, 0], 1],
  [[-Infinity, -Infinity], [NaN, NaN], [NaN, NaN], -Infinity],
  [[Infinity, 1, -Infinity], [NaN, NaN, NaN], [NaN, NaN, NaN], Infinity],
  [[-7.5], [1], [0], -7.5],
  [[3], [1], [0], 3],
  [[1000, 1], [1, 0], [0, -999], 1000],
  [[NaN, Infinity], [NaN, NaN], [NaN, NaN], NaN],
];

/** A view whose buffer is gone. */
function detached() {
  const view = Float32Array.of(1, 2);
  structuredClone(view.buffer, { transfer: [view.buffer] });
  return view;
}

/** how it is refused, data, options */
const refusals = [
  [RangeError, [1, 2], { axis: 1 }],
  [RangeError, [1, 2], { axis: -2 }],
  [RangeError, [1, 2], { axis: 0.5 }],
  [RangeError, [[1, 2]], { axis: [0, -2] }],
  [TypeError, [1, 2], { axis: '0' }],
  [TypeError, [1, 2], { axis: NaN }],
  [TypeError, [1, 2], { axis: 0n }],
  [RangeError, [1, 2], { theta: Infinity }],
  [TypeError, [[1, 2], [3]], {}],
  [TypeError, 'text', {}],
  [TypeError, 1n, {}],
  [TypeError, new Date(0), {}],
  [TypeError, BigInt64Array.of(1n), {}],
  [TypeError, new DataView(new ArrayBuffer(8)), {}],
  [TypeError, { data: () => 0, shape: [1] }, {}],
  [TypeError, { data: Float32Array.of(1), dims: [1], location: 'gpu-buffer' }, {}],
  [RangeError, { data: Float32Array.of(1, 2), shape: [3] }, {}],
  [RangeError, { data: new Float32Array(6), shape: [2, 3], strides: [3, 2], offset: 0 }, {}],
  [RangeError, { data: new Float32Array(6), shape: [2], strides: [-1] }, {}],
  [RangeError, new Float32Array(6), { shape: [2, 2] }],
  [TypeError, [1, 2], { out: new Float32Array(2) }],
  [RangeError, [1, 2], { out: new Float64Array(3) }],
  [RangeError, [1, 2], { out: { data: new Float64Array(2), shape: [2], strides: [0], offset: 0 } }],
  [RangeError, [1, 2], { where: [1, 2] }],
  [
    RangeError,
    [
      [1, 2],
      [3, 4],
    ],
    { where: [1, 0, 1] },
  ],
  [RangeError, [1, 2], { precision: 'best' }],
  [RangeError, Float32Array.of(1), { dtype: 'float16' }],
  [TypeError, [1, 2], { axes: 0 }],
  [TypeError, [1, 2], { keepdims: true }],
  [TypeError, detached(), {}],
];

/** The three results of one lane, by definition, in float64. */
function byDefinition(lane) {
  const m = lane.reduce((a, b) => Math.max(a, b), -Infinity);
  const e = lane.map((x) => Math.exp(x - m)),
    sum = e.reduce((a, b) => a + b, 0),
    logsumexp = m + Math.log(sum);
  return { softmax: e.map((v) => v / sum), logSoftmax: lane.map((x) => x - logsumexp), logsumexp };
}

/** The same over axes of an array, results in row-major order. */
function overAxes(data, shape, axes) {
  const lanes = new Map(),
    results = { softmax: [], logSoftmax: [], logsumexp: [] };
  data.forEach((x, at) => {
    let rest = at,
      key = '';
    for (let d = shape.length - 1; d >= 0; rest = Math.floor(rest / shape[d--]))
      if (!axes.includes(d)) key = `${rest % shape[d]} ${key}`;
    lanes.set(key, [...(lanes.get(key) ?? []), at]);
  });
  for (const places of lanes.values()) {
    const lane = byDefinition(places.map((at) => data[at]));
    places.forEach((at, i) => ((results.softmax[at] = lane.softmax[i]), (results.logSoftmax[at] = lane.logSoftmax[i])));
    results.logsumexp.push(lane.logsumexp);
  }
  return results;
}

/** [name, test that throws] of all cases. */
function* cases(api) {
  for (const [f, x, options, want, tolerance, from = 0] of known) {
    yield [
      `${f} ${show(x)} ${show(options)}`,
      () => same(flat(api[f](x, options)).slice(from, from + want.length), want, tolerance),
    ];
  }
  for (const [lane, ...wanted] of special) {
    for (const type of [Float32Array, Float64Array]) {
      for (const [k, f] of functions.entries()) {
        const name = `${f} ${type.name} ${show(lane)}`,
          n = lane.length,
          want = [wanted[k]].flat();
        yield [name, () => same(flat(api[f](type.from(lane))), want, 0)];
        yield [
          `${name} as a column between others`,
          () => {
            const x = new type(6 * n).fill(0.5);
            lane.forEach((v, i) => (x[3 * i + 1] = v));
            const y = flat(api[f](x, { shape: [2, n, 3], axis: 1 }));
            same(f === 'logsumexp' ? [y[1]] : lane.map((_, i) => y[3 * i + 1]), want, 0);
            const other = byDefinition(Array(n).fill(0.5))[f];
            same([y[0]], [Array.isArray(other) ? other[0] : other], 3e-7, 3e-7);
          },
        ];
      }
    }
  }
  for (const [kind, x, options] of refusals) {
    yield [
      `softmax ${show(x)} ${show(options)} is a ${kind.name}`,
      () => {
        const kept = options.out?.data ?? options.out,
          before = kept && [...kept];
        try {
          api.softmax(x, options);
        } catch (error) {
          if (!(error instanceof kind) || !error.message.startsWith('softmax: ')) throw error;
          if (before) same([...kept], before, 0);
          return;
        }
        throw new Error('it is taken');
      },
    ];
  }
  for (const [type, tolerance] of [
    [Float32Array, 5e-7],
    [Float64Array, 2e-14],
  ]) {
    for (const n of [...Array(35).keys(), 64, 67, 1000, 4099, 40000, 150000]) {
      const x = logits(type, n, n + 1);
      yield [
        `${n} logits, ${type.name}`,
        () => {
          const want = byDefinition([...x]),
            out = x.slice();
          if (n === 0) return same([api.logsumexp(x)], [-Infinity], 0);
          for (const f of functions)
            same(flat(api[f](x)), [want[f]].flat(), tolerance, f === 'softmax' ? 0 : tolerance * 10);
          if (api.softmax(out, { out }) !== out) throw new Error('out is not what is returned');
          same(out, api.softmax(x), 0);
        },
      ];
    }
    const shape = [2, 3, 4, 5],
      x = logits(type, 120, 9);
    for (const axes of [
      [],
      [0],
      [1],
      [2],
      [3],
      [0, 1],
      [1, 2],
      [2, 3],
      [0, 2],
      [3, 0],
      [1, 3],
      [2, 1, 0],
      [0, 2, 3],
      [3, 1, 0, 2],
    ]) {
      const want = overAxes([...x], shape, axes),
        negative = axes.map((a) => a - 4);
      for (const f of functions) {
        yield [
          `${f} over axes [${axes}], ${type.name}`,
          () => {
            for (const axis of [axes, negative])
              same(flat(api[f](x, { shape, axis })), want[f], tolerance, f === 'softmax' ? 0 : tolerance * 10);
          },
        ];
      }
    }
  }
  // few lanes side by side; so many rows that they are streamed; with a mask, a theta, and a result that lies elsewhere
  for (const [rows, lanes, type = Float32Array] of [
    [301, 2],
    [300, 7],
    [450, 21],
    [70001, 2],
    [60001, 9, Float64Array],
  ]) {
    yield [
      `${lanes} lanes of ${rows}, side by side`,
      () => {
        const shape = [rows, lanes],
          x = logits(type, rows * lanes, rows),
          shown = [...Array(rows).keys()].filter((k) => k % 7 !== 3);
        const where = { data: Uint8Array.from({ length: rows }, (_, k) => Number(k % 7 !== 3)), shape: [rows, 1] };
        const out = { data: new type(rows * (lanes + 1)).fill(9), shape, strides: [lanes + 1, 1], offset: 0 };
        for (const theta of [1, 1.5]) {
          const y = api.softmax(x, { shape, axis: 0, theta }),
            masked = api.softmax(x, { shape, axis: 0, theta, where, out }).data;
          const sums = api.logsumexp(x, { shape, axis: 0, theta });
          for (const i of [0, lanes - 1]) {
            const lane = Array.from({ length: rows }, (_, k) => theta * x[k * lanes + i]),
              want = byDefinition(lane);
            same(
              lane.map((_, k) => y[k * lanes + i]),
              want.softmax,
              5e-7,
            );
            same([sums[i]], [want.logsumexp], 5e-7);
            same(
              shown.map((k) => masked[k * (lanes + 1) + i]),
              byDefinition(shown.map((k) => lane[k])).softmax,
              5e-7,
            );
            same([masked[3 * (lanes + 1) + i], masked[lanes]], [0, 9], 0);
          }
        }
      },
    ];
  }
  yield* containers(api);
  yield* companions(api);
  yield* storage(api);
  yield* bounds(api);
}

function* containers(api) {
  const wanted = flat(
    api.softmax(
      [
        [1, 2, 3],
        [4, 5, 7],
      ],
      { axis: -1 },
    ),
  );
  const close = (y, want = wanted) => same(flat(y), want, 5e-7);
  const holders = {
    'a scijs ndarray': { data: Float64Array.of(9, 1, 4, 2, 5, 3, 7), shape: [2, 3], stride: [1, 2], offset: 1 },
    'negative strides': { data: Float64Array.of(7, 5, 4, 3, 2, 1), shape: [2, 3], strides: [-3, -1], offset: 5 },
    'an onnxruntime tensor': {
      data: Float32Array.of(1, 2, 3, 4, 5, 7),
      dims: [2, 3],
      type: 'float32',
      location: 'cpu',
    },
    'a flat array with shape': { data: Float32Array.of(1, 2, 3, 4, 5, 7), shape: [2, 3] },
  };
  for (const [name, x] of Object.entries(holders)) {
    yield [
      `softmax of ${name}`,
      () => {
        const y = api.softmax(x, { axis: -1 });
        close(y);
        is(String(y.shape) === '2,3' && (x.dims === undefined) === (y.dims === undefined), 'wrong shape or dims');
      },
    ];
  }
  for (const type of [Int8Array, Uint8Array, Uint8ClampedArray, Int16Array, Uint16Array, Int32Array, Uint32Array]) {
    yield [
      `${type.name} is computed in float64`,
      () => {
        const y = api.softmax(type.of(1, 2, 3, 4, 5, 7), { shape: [2, 3], axis: 1 });
        is(y instanceof Float64Array, 'not a Float64Array');
        same(y, wanted, 0);
      },
    ];
  }
  if (typeof Float16Array !== 'undefined') {
    yield [
      'Float16Array stays one',
      () => {
        const y = api.softmax(Float16Array.of(1, 3, 2));
        is(y instanceof Float16Array, 'not a Float16Array');
        same(new Uint16Array(y.buffer), [0x2dc3, 0x3952, 0x33d5], 0);
      },
    ];
  }
  yield [
    'nested in, nested out; keepdims; returnSign',
    () => {
      is(JSON.stringify(api.softmax([[[5]], [[5]]], { axis: 0 })) === '[[[0.5]],[[0.5]]]', 'not nested');
      is(JSON.stringify(api.logsumexp([[1], [2]], { axis: 1, keepdims: true })) === '[[1],[2]]', 'not kept');
      const { value, sign } = api.logsumexp([1000, 1000], { b: [1, -2], returnSign: true });
      is(value === 1000 && sign === -1, `${value} and ${sign}`);
    },
  ];
  yield [
    'out with strides leaves what lies between',
    () => {
      const out = { data: new Float64Array(14).fill(9), shape: [2, 3], strides: [6, 2], offset: 1 };
      is(
        api.softmax(
          [
            [1, 2, 3],
            [4, 5, 7],
          ],
          { axis: -1, out },
        ) === out,
        'out is not what is returned',
      );
      same(
        [1, 3, 5, 7, 9, 11].map((i) => out.data[i]),
        wanted,
        0,
      );
      same(
        [0, 2, 4, 12, 13].map((i) => out.data[i]),
        [9, 9, 9, 9, 9],
        0,
      );
    },
  ];
  if (typeof SharedArrayBuffer !== 'undefined') {
    yield [
      'a view on shared memory',
      () => {
        const x = new Float32Array(new SharedArrayBuffer(24));
        x.set([1, 2, 3, 4, 5, 7]);
        close(api.softmax(x, { shape: [2, 3], axis: 1 }));
      },
    ];
  }
  yield [
    'a shifted view as out',
    () => {
      const data = logits(Float32Array, 900, 3),
        want = api.softmax(data.slice(0, 800));
      same(api.softmax(data.subarray(0, 800), { out: data.subarray(5, 805) }), want, 0);
    },
  ];
  yield [
    'rounding once: exact float32',
    () => {
      const x = logits(Float32Array, 500, 4),
        want = Float32Array.from(byDefinition([...x]).softmax);
      same(api.softmax(x, { precision: 'exact' }), want, 6e-8);
    },
  ];
  yield [
    'tensors: in place, growth, use after dispose',
    () => {
      const alive = api.info().tensors,
        t = api.tensor('float32', [2, 3], [1, 2, 3, 4, 5, 7]),
        out = api.tensor('float32', [2, 3]);
      is(api.softmax(t, { axis: -1, out }) === out, 'out is not what is returned');
      close(out.data);
      const big = api.tensor('float64', [1 << 20]);
      close(out.data);
      for (const each of [big, out, t]) each.dispose();
      is(api.info().tensors === alive, 'tensors are left');
      try {
        api.softmax(t);
      } catch (error) {
        return is(error instanceof TypeError, String(error));
      }
      is(false, 'a disposed tensor is taken');
    },
  ];
  yield [
    'init() says what info() says',
    async () => {
      const a = await api.init(),
        b = api.info();
      is(
        a.build === b.build && ['relaxed', 'simd', 'scalar', 'js'].includes(b.build) && b.memoryBytes > 0,
        show([a, b]),
      );
    },
  ];
}

/** FNV-1a of the bytes of a few thousand results: rows short and long, columns, all functions, both types. */
function fingerprint(api) {
  let hash = 0x811c9dc5;
  const add = (y) => {
    const array = typeof y === 'number' ? Float64Array.of(y) : y;
    for (const byte of new Uint8Array(array.buffer, array.byteOffset, array.byteLength))
      hash = Math.imul(hash ^ byte, 0x01000193);
  };
  for (const type of [Float32Array, Float64Array]) {
    for (const n of [1, 2, 3, 5, 8, 13, 16, 17, 31, 100, 257, 1000])
      for (const f of functions) add(api[f](logits(type, n, n, 12)));
    for (const shape of [
      [7, 5],
      [3, 40],
      [2, 9, 4],
      [4, 21, 3],
      [150, 3],
    ]) {
      const x = logits(
        type,
        shape.reduce((a, b) => a * b),
        77,
        20,
      );
      for (const f of functions)
        for (const axis of [0, -1, null]) for (const theta of [1, 0.7]) add(api[f](x, { shape, axis, theta }));
    }
    const long = logits(type, 200000, 5, 30);
    for (const f of functions)
      add(flat(api[f](long)).length === 1 ? api[f](long) : api[f](long).filter((_, i) => i % 97 === 0));
    add(api.exp(logits(type, 500, 6, 40)));
    add(api.softmax(logits(type, 333, 8), { precision: 'exact' }));
  }
  return (hash >>> 0).toString(16).padStart(8, '0');
}

/** All cases on one build. `hash`: what the results of the build have to hash to, where that is known. */
export async function conform(api, { hash: wanted } = {}) {
  const failed = [];
  let passed = 0,
    hash = '';
  for (const [name, test] of cases(api)) {
    try {
      await test();
      passed++;
    } catch (error) {
      failed.push(`${name}: ${error?.message ?? error}`);
    }
  }
  try {
    hash = fingerprint(api);
    if (wanted !== undefined && hash !== wanted) failed.push(`the results hash to ${hash} instead of ${wanted}`);
  } catch (error) {
    failed.push(`hash: ${error?.message ?? error}`);
  }
  return { build: api.info().build, passed, failed, hash };
}

/** The build that the host picks, then each that can be had when asked for: the others say why not. */
export async function conformBuilds(api) {
  // the very first call of all is a plain one, before init
  const first = api.softmax(Float32Array.of(1, 2, 3)),
    picked = { picked: true, refused: api.info().refused, ...(await conform(api)) };
  if (first.length !== 3) picked.failed.push('the first call of all');
  const fresh = await api.createSoftmax().init();
  if (fresh.build !== picked.build)
    picked.failed.push(`init() of a fresh instance takes ${fresh.build}, a first call ${picked.build}`);
  try {
    // a lane that the memory does not hold is streamed
    const small = api.createSoftmax({ maxMemory: 2 << 20 }),
      x = logits(Float64Array, 400000, 11);
    same(small.softmax(x), byDefinition([...x]).softmax, 1e-13);
    if (small.info().memoryBytes > 2 << 20) throw new Error(`${small.info().memoryBytes} bytes`);
    picked.passed++;
  } catch (error) {
    picked.failed.push(`maxMemory of 2 MiB: ${error?.message ?? error}`);
  }
  const results = [picked];
  for (const build of ['relaxed', 'simd', 'scalar', 'js']) {
    let own;
    try {
      own = api.createSoftmax({ build });
      own.info();
    } catch (error) {
      results.push({ build, refused: error.message });
      continue;
    }
    results.push(await conform(own));
  }
  return results;
}
