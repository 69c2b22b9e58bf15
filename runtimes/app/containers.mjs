// The objects themselves of the libraries that people hold arrays in, through the functions of the tarball, on every build
// that this host takes. Prints how many comparisons held, by library; ends with the first that does not.
import assert from 'node:assert/strict';
import { Tensor as TransformersTensor } from '@huggingface/transformers';
import { numpy as jax } from '@jax-js/jax';
import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import ndarray from 'ndarray';
import * as np from 'numpy-ts';
import { Tensor as OrtTensor } from 'onnxruntime-web';
import { createSoftmax } from 'softmax-simd';

const rows = [
  [1, 3, 2, -1],
  [0, 0.5, -4, 0],
  [-2, 7, 6.5, 2],
];
const shape = [3, 4],
  flat = rows.flat(),
  turned = rows[0].map((_, j) => rows.map((row) => row[j]));
const held = {};
let library;

function same(got, want, what) {
  assert.deepEqual(got, want, what);
  held[library] = (held[library] ?? 0) + 1;
}

// plain loops, the definitions

const total = (lane) => lane.reduce((sum, x) => sum + Math.exp(x), 0);
const formulas = {
  softmax: (lane) => lane.map((x) => Math.exp(x) / total(lane)),
  logSoftmax: (lane) => lane.map((x) => x - Math.log(total(lane))),
  logsumexp: (lane) => Math.log(total(lane)),
  argmax: (lane) => lane.indexOf(Math.max(...lane)),
};
const gradientOf = {
  softmaxGradient: (y, dy) => y.map((p, j) => p * (dy[j] - y.reduce((sum, q, k) => sum + q * dy[k], 0))),
  logSoftmaxGradient: (y, dy) => dy.map((d, j) => d - Math.exp(y[j]) * dy.reduce((sum, e) => sum + e, 0)),
};
/** Lane by lane along an axis; what comes out, row-major. */
function along(axis, f) {
  if (axis === 1) return rows.map(f).flat();
  const columns = turned.map(f);
  return Array.isArray(columns[0]) ? columns[0].flatMap((_, i) => columns.map((column) => column[i])) : columns;
}

// holders: `type` and `dtype` of the result, `dims` where it has them, `read` for the values that the object itself gives

const Half = globalThis.Float16Array;
const halfType = Half ?? Uint16Array;
/** The bits of numbers that float16 has exactly. */
const halfBits = (numbers) =>
  Uint16Array.from(numbers, (x) => {
    const size = Math.abs(x),
      exponent = Math.floor(Math.log2(size)),
      sign = x < 0 ? 0x8000 : 0;
    return size === 0 ? sign : sign | ((exponent + 15) << 10) | ((size / 2 ** exponent - 1) * 1024);
  });
const halves = () => (Half === undefined ? halfBits(flat) : Half.from(flat));
const floats = [
  ['float32', Float32Array],
  ['float64', Float64Array],
];

function padded(type) {
  const wide = ndarray(new type(7 * 9).fill(NaN), [7, 9]);
  const view = wide.lo(1, 1).hi(6, 8).step(-2, 2);
  rows.forEach((row, i) => row.forEach((x, j) => view.set(i, j, x)));
  return view;
}

const holders = [
  ...floats.flatMap(([dtype, type]) => [
    ['ndarray', dtype, type, () => ndarray(type.from(flat), shape)],
    ['ndarray', dtype, type, () => ndarray(type.from(turned.flat()), [4, 3]).transpose(1, 0)],
    ['ndarray', dtype, type, () => padded(type)],
    ['onnxruntime-web', dtype, type, () => new OrtTensor(dtype, type.from(flat), shape)],
    ['onnxruntime-web', dtype, type, () => new OrtTensor(dtype, type.of(9, ...flat).subarray(1), shape)],
    ['@huggingface/transformers', dtype, type, () => new TransformersTensor(dtype, type.from(flat), shape)],
    [
      '@huggingface/transformers',
      dtype,
      type,
      () => new TransformersTensor(dtype, type.from(turned.flat()), [4, 3]).transpose(1, 0),
    ],
    [
      '@huggingface/transformers',
      dtype,
      type,
      () => new TransformersTensor(dtype, type.from([...flat, ...flat]), [2, 3, 4]).slice(1).squeeze(),
    ],
    ['numpy-ts', dtype, type, () => np.array(rows, dtype)],
    ['numpy-ts', dtype, type, () => np.array(turned, dtype).T],
    ['numpy-ts', dtype, type, () => np.array([turned, turned], dtype).slice('1').T.copy()],
  ]),
  ['onnxruntime-web', 'float16', halfType, () => new OrtTensor('float16', halves(), shape)],
  ['@huggingface/transformers', 'float16', halfType, () => new TransformersTensor('float16', halves(), shape)],
  ...(Half === undefined ? [] : [['numpy-ts', 'float16', Half, () => np.array(rows, 'float16')]]),
];

const tolerances = { float64: 1e-14, float32: 1e-6, float16: 1e-3 };
function near(got, want, dtype, what) {
  const unit = tolerances[dtype];
  same(
    [...got].every((x, i) => Math.abs(x - want[i]) <= unit * Math.max(1, Math.abs(want[i]))),
    true,
    `${what}: ${got}, wanted ${want}`,
  );
  same(got.length, want.length, what);
}

/** The numbers of a result of the dtype. */
function numbers(data, dtype) {
  if (dtype !== 'float16' || Half !== undefined) return Array.from(data);
  const bits = new DataView(new ArrayBuffer(4));
  return Array.from(data, (h) => {
    bits.setUint32(0, (h & 0x7fff) << 13);
    return (h & 0x8000 ? -1 : 1) * bits.getFloat32(0) * 2 ** 112;
  });
}

function accepted(s, [, dtype, type, make]) {
  const probe = make(),
    dims = 'dims' in probe;
  const x = () => {
    const holder = make(),
      before = holder.data.slice(),
      says = Object.keys(holder);
    return {
      holder,
      unchanged: (what) => same([holder.data, Object.keys(holder)], [before, says], `${what} changed its input`),
    };
  };
  const layout = (result, wanted, kind, className, what) => {
    same(Object.keys(result).sort(), ['data', 'shape', 'dtype', ...(dims ? ['dims'] : [])].sort(), what);
    same([result.shape, result.dtype, result.data.constructor], [wanted, kind, className], what);
    if (dims) same(result.dims, wanted, what);
    same(
      [result.data.byteOffset, result.data.length],
      [0, wanted.reduce((a, n) => a * n, 1)],
      `${what}: a contiguous array of its own`,
    );
  };
  for (const axis of [0, 1]) {
    const reduced = [axis === 1 ? 3 : 4];
    for (const [name, formula] of Object.entries(formulas)) {
      const { holder, unchanged } = x(),
        result = s[name](holder, { axis });
      const reduces = name === 'logsumexp' || name === 'argmax';
      const what = `${library}, ${dtype}, ${name}, axis ${axis}`;
      layout(
        result,
        reduces ? reduced : shape,
        name === 'argmax' ? 'int32' : dtype,
        name === 'argmax' ? Int32Array : type,
        what,
      );
      near(name === 'argmax' ? result.data : numbers(result.data, dtype), along(axis, formula), dtype, what);
      unchanged(what);
    }
    for (const [name, formula] of Object.entries(gradientOf)) {
      const { holder, unchanged } = x(),
        other = x(),
        what = `${library}, ${dtype}, ${name}, axis ${axis}`;
      const result = s[name](holder, other.holder, { axis });
      layout(result, shape, dtype, type, what);
      const want = along(axis, (lane) => formula(lane, lane)),
        scale = Math.max(...want.map(Math.abs));
      near(numbers(result.data, dtype).map((v) => v / scale), want.map((v) => v / scale), dtype, what); // prettier-ignore
      unchanged(what);
      other.unchanged(what);
    }
    const { holder, unchanged } = x(),
      labels = axis === 1 ? [1, 0, 3] : [0, 2, 1, 1],
      what = `${library}, ${dtype}, crossEntropy, axis ${axis}`;
    const lanes = axis === 1 ? rows : turned,
      losses = lanes.map((lane, i) => -formulas.logSoftmax(lane)[labels[i]]);
    const each = s.crossEntropy(holder, labels, { axis, reduction: 'none' });
    layout(each, reduced, dtype, type, what);
    near(numbers(each.data, dtype), losses, dtype, what);
    const mean = losses.reduce((a, b) => a + b, 0) / losses.length;
    near([s.crossEntropy(holder, labels, { axis })], [mean], dtype === 'float64' ? dtype : 'float32', what);
    const slopes = s.crossEntropyGradient(holder, labels, { axis, reduction: 'sum' });
    layout(slopes, shape, dtype, type, what);
    let lane = 0;
    const want = along(axis, (xs) => {
      const label = labels[lane++];
      return formulas.softmax(xs).map((p, j) => p - (j === label ? 1 : 0));
    });
    near(numbers(slopes.data, dtype), want, dtype, what);
    unchanged(what);
  }
  const { holder, unchanged } = x(),
    what = `${library}, ${dtype}`;
  const exps = s.exp(holder);
  layout(exps, shape, dtype, type, `${what}, exp`);
  near(numbers(exps.data, dtype), flat.map(Math.exp), dtype, `${what}, exp`);
  const { values, indices } = s.topk(holder, 2, { axis: 1 });
  layout(values, [3, 2], dtype, type, `${what}, topk`);
  layout(indices, [3, 2], 'int32', Int32Array, `${what}, topk`);
  same(numbers(values.data, dtype), [3, 2, 0.5, 0, 7, 6.5], `${what}, topk`);
  same([...indices.data], [1, 2, 1, 0, 1, 2], `${what}, topk`);
  unchanged(what);
  // as out, by itself and in place
  const out = make(),
    want = s.softmax(holder, { axis: 1 });
  same(s.softmax(holder, { axis: 1, out }) === out, true, `${what}, as out`);
  same(elements(out), Array.from(want.data), `${what}, as out`);
  unchanged(what);
  s.softmax(holder, { axis: 1, out: holder });
  same(elements(holder), Array.from(want.data), `${what}, in place`);
}

/** Where the elements of a holder lie, by the numbers that it keeps to itself where it must. */
function view(holder) {
  const strides =
    typeof holder.strides === 'object' ? holder.strides : Array.isArray(holder.stride) ? holder.stride : [4, 1];
  return { shape, strides: [...strides], offset: holder.offset ?? 0 };
}
function elements(holder) {
  const { strides, offset } = view(holder);
  return rows.flatMap((row, i) => row.map((_, j) => holder.data[offset + i * strides[0] + j * strides[1]]));
}

/** The kinds of one error and what it must say. */
function throws(call, Kind, text, what) {
  const error = errorOf(call);
  assert.ok(error instanceof Kind && text.test(error.message), `${what} expected; ${error} came`);
  held[library]++;
}

const refusals = [
  [
    'onnxruntime-web',
    TypeError,
    /Float64Array\.from\(x\.data, Number\)/,
    () => new OrtTensor('int64', BigInt64Array.of(1n, 2n), [2]),
  ],
  ['onnxruntime-web', TypeError, /typed array/, () => new OrtTensor('string', ['a', 'b'], [2])],
  [
    'onnxruntime-web',
    TypeError,
    /'gpu-buffer', not 'cpu'.*\n {2}const data = await t\.getData\(\);\n {2}softmax\(data, \{ shape: t\.dims \}\);/,
    () => OrtTensor.fromGpuBuffer({}, { dataType: 'float32', dims: [2] }),
  ],
  [
    '@huggingface/transformers',
    TypeError,
    /Float64Array\.from\(x\.data, Number\)/,
    () => new TransformersTensor('int64', BigInt64Array.of(1n), [1]),
  ],
  ['numpy-ts', RangeError, /no offset.*add offset .*or pass a contiguous copy/, () => np.array(rows).slice('1:')],
  ['numpy-ts', RangeError, /no offset/, () => np.array(rows).slice(':', '::2')],
  ['numpy-ts', RangeError, /no offset/, () => np.array(rows).slice('::-1')],
  ['numpy-ts', RangeError, /no offset/, () => np.array(flat).slice('::-1')],
  ['numpy-ts', RangeError, /no offset/, () => np.broadcast_to(np.array(rows).slice('1'), [3, 4])],
  ['numpy-ts', TypeError, /Float64Array\.from\(x\.data, Number\)/, () => np.array([1, 2], 'int64')],
  ['numpy-ts', TypeError, /complex/, () => np.array([1, 2], 'complex128')],
];

/** tfjs and jax-js: refused in every place of every function, by an error that names the fix; the fix works afterwards. */
async function unread(s, tensor, values) {
  const calls = {
    'softmax x': () => s.softmax(tensor),
    'logSoftmax x': () => s.logSoftmax(tensor),
    'logsumexp x': () => s.logsumexp(tensor),
    'exp x': () => s.exp(tensor),
    'argmax x': () => s.argmax(tensor),
    'topk x': () => s.topk(tensor, 1),
    'oneHot labels': () => s.oneHot(tensor, 9),
    'crossEntropy logits': () => s.crossEntropy(tensor, 0),
    'crossEntropy target': () => s.crossEntropy([1, 2], tensor),
    'crossEntropy classWeights': () => s.crossEntropy([1, 2], 0, { classWeights: tensor }),
    'crossEntropyGradient logits': () => s.crossEntropyGradient(tensor, 0),
    'softmaxGradient y': () => s.softmaxGradient(tensor, [1]),
    'logSoftmaxGradient dy': () => s.logSoftmaxGradient([1], tensor),
    'softmax where': () => s.softmax([1], { where: tensor }),
    'softmax out': () => s.softmax([1], { out: tensor }),
    'logsumexp b': () => s.logsumexp([1], { b: tensor }),
  };
  let fix;
  for (const [place, call] of Object.entries(calls)) {
    const [name, what] = place.split(' ');
    assert.throws(call, TypeError, `${library}: ${place}`);
    const [said, ...lines] = errorOf(call).message.split('\n');
    same(
      said,
      `${name}: the data of ${what} is a function, as in tfjs and jax-js, and is not called for you; fetch the values first:`,
    );
    const rest = name === 'topk' ? 'k, { shape: t.shape }' : '{ shape: t.shape }';
    const second = what === 'x' ? `${name}(data, ${rest});` : `const ${what} = { data, shape: t.shape };`;
    same(lines, ['  const data = await t.data();', `  ${second}`], place);
    if (place === 'softmax x') fix = lines.join('\n').replace('softmax(', 'return softmax(');
  }
  const AsyncFunction = (async () => {}).constructor;
  const y = await new AsyncFunction('t', 'softmax', fix)(tensor, s.softmax);
  near(y, formulas.softmax(values), 'float32', `${library}: the two lines of the error`);
}

function errorOf(call) {
  try {
    call();
  } catch (error) {
    return error;
  }
}

for (const build of ['relaxed', 'simd', 'scalar', 'js']) {
  const s = createSoftmax({ build });
  for (const holder of holders) {
    library = holder[0];
    accepted(s, holder);
  }
  for (const [name, Kind, text, make] of refusals) {
    library = name;
    throws(() => s.softmax(make()), Kind, text, `${name}: ${text}`);
  }
  library = 'numpy-ts';
  // the fix for slices
  const slice = np.array(rows).slice('1:', '::2');
  near(s.softmax(slice.copy(), { axis: 1 }).data, [rows[1], rows[2]].flatMap((row) => formulas.softmax([row[0], row[2]])), 'float64', 'a copy of a slice'); // prettier-ignore
  near(s.softmax({ data: slice.data, shape: slice.shape, strides: slice.strides, offset: 4 }, { axis: 1 }).data, [rows[1], rows[2]].flatMap((row) => formulas.softmax([row[0], row[2]])), 'float64', 'a slice with its offset'); // prettier-ignore
  same(s.softmax(np.array([1, 3, 2], 'uint8')).data, Float64Array.from(s.softmax([1, 3, 2])), 'integers');
  // masks and labels
  const mask = [true, true, false, true],
    want = s.softmax(rows, { axis: 1, where: mask });
  same(s.softmax(rows, { axis: 1, where: np.array(mask) }), want, 'a mask');
  library = 'onnxruntime-web';
  same(s.softmax(rows, { axis: 1, where: new OrtTensor('bool', mask, [4]) }), want, 'a mask');
  same(
    s.crossEntropy(rows, new OrtTensor('int32', Int32Array.of(1, 0, 3), [3])),
    s.crossEntropy(rows, [1, 0, 3]),
    'labels',
  );
  library = 'tfjs';
  await unread(s, tf.tensor1d([1, 3, 2]), [1, 3, 2]);
  library = '@jax-js/jax';
  await unread(s, jax.array([1, 3, 2]), [1, 3, 2]);
}
console.log(JSON.stringify(held));
