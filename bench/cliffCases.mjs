/** The calls that bench/cliffs.mjs compares: drawn ones, those that were slow once, the neighbours of each, and what stays slow. */

/** @typedef {Record<string, any>} Case build, fn, dtype, shape, axis, values; what is left out is not asked for */

/** Lengths of lanes and of what lies between their elements: those at which something changes, with the next ones. */
const around = (...limits) => limits.flatMap((n) => [n - 1, n, n + 1]);
const lengths = [1, 2, 3, 4, 5, 7, 10, ...around(8, 16, 32, 64, 128, 256, 512, 1024), 1000],
  long = [...around(2048, 4096, 8192, 16384, 32752, 32768, 65536, 131072)],
  inners = [1, 1, 1, 1, 2, 3, 4, 5, 8, 10, 21, ...around(16, 32, 64, 512, 2048), 4096];
/** most elements of an array, and the fewest: below it `--calls` tells what a call costs */
const most = 2 ** 18,
  fewest = 2 ** 7;

export const functions = {
  softmax: ['theta', 'where', 'precision', 'within', 'out', 'layout'],
  logSoftmax: ['theta', 'where', 'precision', 'within', 'out', 'layout'],
  logsumexp: ['theta', 'where', 'precision', 'b', 'returnSign', 'layout'],
  exp: ['precision', 'out', 'layout'],
  argmax: ['where', 'layout'],
  topk: ['layout'],
  sample: ['theta', 'where', 'topK', 'topP', 'minP', 'logprobs', 'layout'],
  crossEntropy: ['theta', 'layout', 'labelSmoothing'],
  crossEntropyGradient: ['theta', 'layout', 'labelSmoothing'],
  softmaxGradient: ['theta', 'layout'],
  logSoftmaxGradient: ['theta', 'layout'],
  summarize: ['theta', 'where', 'precision', 'layout'],
};
const choices = {
  theta: [0.7, 2, -1, 1.3],
  where: ['all', 'axis', 'lanes'],
  precision: ['exact'],
  within: [true],
  out: ['plain', 'plain', 'padded', 'tensor'],
  layout: ['padded', 'twice', 'turned'],
  b: ['positive', 'signs'],
  returnSign: [true],
  topK: [1, 50],
  topP: [0.9],
  minP: [0.05],
  logprobs: [true],
  labelSmoothing: [0.1],
};
const dtypes = ['float32', 'float32', 'float32', 'float64', 'float64', 'float16', 'bfloat16', 'int32', 'uint8'];
export const values = [
  'ordinary',
  'ordinary',
  'peaked',
  'logProbabilities',
  'tiny',
  'equal',
  'masked',
  'far',
  'subnormal',
];

/** A generator of numbers in [0, 1) from a seed (mulberry32). */
export function generator(seed) {
  let a = seed >>> 0;
  return () => {
    a = (a + 0x6d2b79f5) | 0;
    let t = Math.imul(a ^ (a >>> 15), 1 | a);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

/** A case at random. */
export function draw(random, builds) {
  const pick = (list) => list[Math.floor(random() * list.length)];
  for (;;) {
    const fn = pick(Object.keys(functions)),
      length = pick(random() < 0.25 ? long : lengths),
      inner = pick(inners),
      room = Math.floor(most / (length * inner)),
      outer = Math.floor(2 ** (random() * Math.log2(room + 1)));
    if (room < 1 || outer * length * inner < fewest) continue;
    /** @type {Case} */
    const drawn = {
      build: pick(builds),
      fn,
      dtype: pick(dtypes),
      shape: inner === 1 ? [outer, length] : [outer, length, inner],
      axis: 1,
      values: pick(values),
    };
    for (const option of functions[fn]) if (random() < 0.25) drawn[option] = pick(choices[option]);
    if (fn === 'topk') drawn.k = Math.min(length, pick([1, 5, 50, length]));
    if (isPossible(drawn)) return drawn;
  }
}

/** Whether a call means what its case says, and something else than one with less in it. */
function isPossible(/** @type {Case} */ { fn, dtype, values, where, within, theta, out, layout, topP, precision }) {
  const isInteger = dtype === 'int32' || dtype === 'uint8';
  if (isInteger && values !== 'ordinary' && values !== 'equal' && values !== 'peaked') return false;
  if (dtype.endsWith('float16') && (values === 'tiny' || values === 'subnormal')) return false;
  if ((dtype === 'float64' || isInteger) && precision) return false;
  // a mask of -Infinity is none where theta is negative
  if (values === 'masked' && theta < 0) return false;
  // the summary has the theta
  if (within && theta) return false;
  // sample refuses a lane without entries; the gradients of masked lanes are those of others
  if (fn === 'sample' && (where === 'lanes' || values === 'masked')) return false;
  if (out === 'tensor' && (layout || where || (dtype !== 'float32' && dtype !== 'float64'))) return false;
  return !(topP && where);
}

/**
 * The neighbours of a case: one element less or more along each axis, one option less, ordinary values, a given result.
 *
 * @returns {[what: string, neighbour: Case][]}
 */
export function neighbours(one) {
  const { fn, shape, values, k } = one,
    /** @type {[string, Case][]} */
    list = [];
  const [outer, length, inner = 1] = shape;
  const shaped = (what, outer, length, inner) => {
    const next = { ...one, shape: inner === 1 ? [outer, length] : [outer, length, inner] };
    if (k !== undefined) next.k = k === shape[1] ? length : Math.min(k, length);
    list.push([what, next]);
  };
  if (length > 1) shaped('length - 1', outer, length - 1, inner);
  shaped('length + 1', outer, length + 1, inner);
  if (inner > 1) shaped('inner - 1', outer, length, inner - 1);
  shaped('inner + 1', outer, length, inner + 1);
  if (outer > 3) shaped('outer - 1', outer - 1, length, inner);
  if (outer > 2) shaped('outer + 1', outer + 1, length, inner);
  for (const option of functions[fn]) {
    if (one[option] === undefined) continue;
    const { [option]: _, ...less } = one;
    list.push([`no ${option}`, less]);
  }
  if (values !== 'ordinary') list.push(['ordinary values', { ...one, values: 'ordinary' }]);
  if (functions[fn].includes('out') && one.out === undefined) list.push(['a given out', { ...one, out: 'plain' }]);
  if (fn === 'summarize') list.push(['logsumexp', { ...one, fn: 'logsumexp' }]);
  return list;
}

const shown = { where: 'where ', out: 'out ', layout: '', b: 'b ', precision: '', theta: 'theta ' };

/** A case in words. */
export function nameOf(one) {
  const { build, fn, dtype, shape, axis, values, k, ...options } = one;
  const asked = Object.entries(options).map(([name, value]) =>
    value === true ? name : `${shown[name] ?? `${name} `}${value}`,
  );
  return [
    `${fn}${k === undefined ? '' : ` of ${k}`} ${dtype} [${shape}]${axis === shape.length - 1 ? '' : ` axis ${axis}`}`,
    values,
    ...asked,
    build,
  ].join(', ');
}

/** Calls that cost more than 5 times a neighbour once: [what the neighbour is, case]. */
export function known(builds) {
  const f32 = { build: builds[0], dtype: 'float32', axis: 1, values: 'ordinary' },
    f64 = { ...f32, dtype: 'float64' },
    exact = { ...f32, precision: 'exact' },
    scalar = { ...f32, build: 'scalar' },
    lse = { fn: 'logsumexp', values: 'logProbabilities' };
  /** @type {[string, Case][]} */
  const list = [
    ['ordinary values', { ...exact, ...lse, shape: [4096, 32] }],
    ['ordinary values', { ...exact, ...lse, shape: [1, 131072] }],
    ['ordinary values', { ...exact, ...lse, shape: [1, 128, 1024] }],
    ['ordinary values', { ...scalar, ...lse, shape: [128, 1024] }],
    ['ordinary values', { ...scalar, ...lse, shape: [1, 1024, 128] }],
    ['ordinary values', { ...f64, ...lse, shape: [4096, 32] }],
    ['length - 1', { ...f64, fn: 'softmax', shape: [1, 2049, 64], theta: 0.7, where: 'axis' }],
    ['length - 1', { ...f64, fn: 'softmax', shape: [1, 2049, 64], theta: 0.7, out: 'padded' }],
    ['length - 1', { ...exact, fn: 'softmax', shape: [1, 4097, 64], where: 'axis' }],
    ['length - 1', { ...exact, fn: 'softmax', shape: [1, 4097, 64], out: 'padded' }],
    ['length - 1', { ...scalar, fn: 'softmax', shape: [1, 4097, 64], theta: 0.7, where: 'axis' }],
  ];
  for (const length of [2, 3]) {
    list.push(
      ['no theta', { ...f64, fn: 'softmax', shape: [20000, length], theta: 0.7 }],
      ['no theta', { ...f32, fn: 'softmax', shape: [20000, length], theta: 0.7 }],
      ['no precision', { ...exact, fn: 'softmax', shape: [20000, length] }],
      ['no theta', { ...f64, fn: 'softmax', shape: [100, length, 200], theta: 0.7 }],
      ['no precision', { ...exact, fn: 'softmax', shape: [100, length, 200] }],
    );
  }
  for (const shape of [
    [1000, 32],
    [100, 1000],
    [10, 100, 32],
  ]) {
    list.push(
      ['no b', { ...f32, fn: 'logsumexp', shape, b: 'positive' }],
      ['no returnSign', { ...f32, fn: 'logsumexp', shape, returnSign: true }],
      ['logsumexp', { ...f32, fn: 'summarize', shape }],
      ['no within', { ...f32, fn: 'softmax', shape, within: true }],
    );
    for (const fn of ['softmax', 'logsumexp']) {
      list.push(
        ['ordinary values', { ...f32, fn, shape, values: 'tiny' }],
        ['ordinary values', { ...f64, fn, shape, values: 'tiny' }],
        ['ordinary values', { ...exact, fn, shape, values: 'tiny' }],
        ['ordinary values', { ...f32, fn, shape, values: 'subnormal' }],
        ['ordinary values', { ...f64, fn, shape, values: 'subnormal' }],
      );
    }
  }
  list.push(
    ['logsumexp', { ...f32, fn: 'summarize', shape: [32, 1000] }],
    ['no within', { ...f32, fn: 'softmax', shape: [1024, 10], within: true }],
    ['logsumexp', { ...f32, fn: 'summarize', shape: [1024, 10] }],
    ['a given out', { ...f32, fn: 'logSoftmax', shape: [1, 21, 65536] }],
    ['length - 1', { ...f32, fn: 'topk', shape: [1, 128256], k: 128256 }],
  );
  return list;
}

/**
 * Why some stay: [what is true of such a call, the reason].
 *
 * @type {[(one: Case, what: string) => boolean, string][]}
 */
const reasons = [
  [
    ({ values }) => values === 'subnormal',
    'the processor takes about 150 cycles for an operation on a subnormal number; with them as input there is no way round',
  ],
  [
    ({ dtype, values }, what) => dtype === 'float64' && values === 'tiny' && what === 'ordinary values',
    'logits of about 1e-156: the square that the polynomial of exp takes is subnormal; to test for that would cost every float64 call two operations in thirty',
  ],
  [
    (_, what) => what === 'no b' || what === 'no returnSign',
    'terms of both signs cancel, so each term and their sum are pairs of float64, made one after the other without vectors',
  ],
  [
    ({ shape: [, length] }, what) => what === 'no within' && length < 300,
    'each lane has a sum of its own, from which its factor is made by an exponential and a logarithm in pairs of float64: 0.4 to 0.8 us a lane, whatever its length',
  ],
  [
    ({ fn, shape: [, length] }, what) => fn === 'summarize' && what === 'logsumexp' && length < 300,
    'each lane is reported by itself and becomes five numbers of a plain object: 0.2 to 0.5 us a lane, whatever its length',
  ],
  [
    ({ fn, values, precision, build }) =>
      fn === 'logsumexp' && values === 'logProbabilities' && (precision === 'exact' || build === 'scalar'),
    'near 0 maximum and logarithm cancel, so the sum is made again in pairs of float64',
  ],
  [
    ({ fn, topP, values }) => fn === 'sample' && topP !== undefined && (values === 'tiny' || values === 'equal'),
    'no two probabilities differ by more than their rounding, so which are kept is decided in exact arithmetic',
  ],
  [
    ({ fn, within, shape: [, , inner] }, what) =>
      (fn === 'topk' || fn === 'argmax' || within) && inner === 2 && what === 'inner - 1',
    'a row is taken as it lies; two lanes side by side are brought into rows first, a few ns an element',
  ],
  [
    ({ shape: [, length] }, what) => what === 'no precision' && length < 4,
    'exact lanes are computed in float64, and what a lane costs beside its elements, 0.1 us, is shared by two or three of them',
  ],
];

export const reasonOf = (one, what) => reasons.find(([holds]) => holds(one, what))?.[1];
