/** Makes the calls of bench/cliffCases.mjs and times them. As a process of its own it compares two of them, again and again. */
import { createSoftmax } from '../dist/index.js';
import { generator } from './cliffCases.mjs';
import { median } from './run.mjs';

/** @type {Map<string, any>} */
const instances = new Map();
const instance = (build) => {
  if (!instances.has(build)) instances.set(build, createSoftmax({ build }));
  return instances.get(build);
};

/** The builds that this host takes. */
export const builds = ['relaxed', 'simd', 'scalar', 'js'].filter((build) => {
  try {
    return instance(build).info().build === build;
  } catch {
    return false;
  }
});

const classes = { float32: Float32Array, float64: Float64Array, int32: Int32Array, uint8: Uint8Array },
  classOf = (dtype) => classes[dtype] ?? Uint16Array,
  resultOf = (dtype) => (dtype === 'int32' || dtype === 'uint8' ? Float64Array : classOf(dtype)),
  product = (list) => list.reduce((a, b) => a * b, 1);

/** float32 as the bits of a 16-bit float; what is too small for a normal one is 0, and nothing is rounded */
function encode(dtype, list) {
  const bits = new Uint32Array(Float32Array.from(list).buffer);
  return Uint16Array.from(bits, (v) => {
    if (dtype === 'bfloat16') return v >>> 16;
    const sign = (v >>> 16) & 0x8000,
      e = ((v >>> 23) & 255) - 112;
    return e >= 31 ? sign | 0x7c00 : e <= 0 ? sign : sign | (e << 10) | ((v >>> 13) & 1023);
  });
}

/** The elements of a case, row-major. */
function elements({ dtype, shape, values }) {
  const random = generator(7),
    [outer, length, inner = 1] = shape,
    n = product(shape),
    wide = dtype === 'float64';
  const x = Float64Array.from({ length: n }, () => (random() + random() + random() - 1.5) * 8);
  const scale = { peaked: 8, tiny: wide ? 1e-156 : 2e-21, subnormal: wide ? 1e-310 : 1e-40, equal: 0 }[values] ?? 1;
  for (let i = 0; i < n; i++) {
    x[i] = x[i] * scale + (values === 'far' ? 1000 : 0);
    if (values === 'masked' && i % 8 === 3) x[i] = -Infinity;
    if (dtype === 'uint8') x[i] = Math.abs(x[i]);
  }
  if (values === 'logProbabilities') {
    for (let o = 0; o < outer; o++) {
      for (let i = 0; i < inner; i++) {
        const at = (j) => (o * length + j) * inner + i;
        let sum = 0;
        for (let j = 0; j < length; j++) sum += Math.exp(x[at(j)]);
        for (let j = 0; j < length; j++) x[at(j)] -= Math.log(sum);
      }
    }
  }
  return dtype.endsWith('float16') ? encode(dtype, x) : classOf(dtype).from(x);
}

/** An array as a case lays it out: as it is; each row with one element behind it; every second one; the axes turned round. */
function laidOut(data, shape, layout) {
  const Class = data.constructor,
    strides = shape.map((_, d) => product(shape.slice(d + 1)));
  if (layout === undefined) return { data, shape, strides, offset: 0 };
  if (layout === 'twice') {
    const twice = new Class(2 * data.length);
    for (let i = 0; i < data.length; i++) twice[2 * i] = data[i];
    return { data: twice, shape, strides: strides.map((s) => 2 * s), offset: 0 };
  }
  const inner = shape.at(-1),
    rows = data.length / inner;
  if (layout === 'padded') {
    const padded = new Class(rows * (inner + 1));
    for (let r = 0; r < rows; r++) padded.set(data.subarray(r * inner, (r + 1) * inner), r * (inner + 1));
    return { data: padded, shape, strides: strides.map((s) => (s === 1 ? 1 : (s / inner) * (inner + 1))), offset: 0 };
  }
  const turned = new Class(data.length);
  for (let r = 0; r < rows; r++) for (let i = 0; i < inner; i++) turned[i * rows + r] = data[r * inner + i];
  return { data: turned, shape, strides: strides.map((s) => (s === 1 ? rows : s / inner)), offset: 0 };
}

/** The function of no arguments that a case is. */
export function make(one) {
  const { build, fn, dtype, shape, axis, k, values, layout, out, where, within, b, ...others } = one,
    m = instance(build),
    data = elements(one),
    n = data.length,
    [outer, length, inner = 1] = shape;
  const half = dtype.endsWith('float16') ? { dtype } : {};
  /** @type {any} */
  const options = { ...others, ...(fn === 'exp' ? {} : { axis }), ...half };
  const x = layout === undefined ? data : laidOut(data, shape, layout);
  if (layout === undefined) options.shape = shape;
  const result = resultOf(dtype);
  if (out === 'plain') options.out = new result(n);
  else if (out === 'padded') options.out = laidOut(new result(n), shape, 'padded');
  else if (out === 'tensor') {
    const from = m.tensor(dtype, shape, data);
    options.out = m.tensor(dtype, shape);
    delete options.shape;
    return { call: () => m[fn](from, options), end: () => (from.dispose(), options.out.dispose()), elements: n };
  }
  if (where !== undefined) {
    const dims = { all: shape, axis: [1, length, 1], lanes: [outer, 1, inner] }[where].slice(0, shape.length);
    options.where = { data: Uint8Array.from({ length: product(dims) }, (_, i) => (i % 8 === 3 ? 0 : 1)), shape: dims };
  }
  if (b !== undefined) options.b = { data: Float64Array.from({ length: n }, (_, i) => (b === 'signs' && i % 8 === 3 ? -0.5 : 1.5)), shape }; // prettier-ignore
  if (within) options.within = m.summarize(x, { axis, ...half, ...(layout === undefined ? { shape } : {}) });
  if (fn === 'sample') options.random = generator(11);
  const call = () => {
    switch (fn) {
      case 'topk':
        return m.topk(x, k, options);
      case 'crossEntropy':
      case 'crossEntropyGradient':
        return m[fn](x, labels, options);
      case 'softmaxGradient':
      case 'logSoftmaxGradient':
        return m[fn](y, dy, options);
      default:
        return m[fn](x, options);
    }
  };
  const labels = fn.startsWith('crossEntropy')
    ? { data: Int32Array.from({ length: n / length }, (_, i) => i % length), shape: shape.toSpliced(axis, 1) }
    : undefined;
  const ofForward = fn.endsWith('maxGradient'),
    y = ofForward ? m[fn.slice(0, -8)](x, options) : undefined,
    ordinary = ofForward && values === 'masked' ? elements({ ...one, values: 'ordinary' }) : data,
    dy = layout === undefined ? ordinary : laidOut(ordinary, shape, layout);
  return { call, end: () => {}, elements: n };
}

let sink; // what came out last: no call is dropped

/** ns an element of some calls, at least `ms` milliseconds of them */
export function time({ call, elements }, ms) {
  let calls = 0,
    took = 0;
  const start = process.hrtime.bigint();
  do {
    for (let i = 0; i < 1 + (calls >> 1); i++, calls++) sink = call();
    took = Number(process.hrtime.bigint() - start);
  } while (took < ms * 1e6);
  return took / calls / elements;
}

/** Times two cases in turn, the one first and then the other, after both have run for a while. */
export function compare(one, other, rounds, ms) {
  const a = make(one),
    b = make(other),
    ratios = [],
    ns = [],
    otherNs = [];
  for (const made of [a, b, a, b]) time(made, 10 * ms);
  for (let round = 0; round < rounds; round++) {
    const first = round % 2 === 0 ? time(a, ms) : undefined,
      second = time(b, ms),
      own = first ?? time(a, ms);
    ns.push(own);
    otherNs.push(second);
    ratios.push(own / second);
  }
  a.end();
  b.end();
  return { ratio: median(ratios), least: Math.min(...ratios), ns: median(ns), otherNs: median(otherNs) };
}

if (process.send !== undefined && process.argv[2] === 'compare') {
  process.once('message', (/** @type {any} */ { one, other, rounds, ms }) => {
    process.send(compare(one, other, rounds, ms), () => process.exit(sink === ratioOfNothing ? 1 : 0));
  });
}
const ratioOfNothing = Symbol('never');
