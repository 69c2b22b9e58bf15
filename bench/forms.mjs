/** The forms of a call that bench/calls.mjs times: how users hold their logits, what they ask for, and the goals. */
import { loops } from './loops.mjs';

/** Most times the bare call, the plain loop over the same container, and the other build, and most ns an element, by size. */
const goals = {
  asBefore: { 10: { other: 1 }, 100: { other: 1 } },
  shaped: { 10: { bare: 1.5 }, 100: { bare: 1.2 } },
  object: { 10: { bare: 2 }, 100: { bare: 1.3 } },
  option: { 10: { bare: 2 }, 100: { bare: 1.5 } },
  masked: { 10: { bare: 3 }, 100: { bare: 2 } },
  listed: { 10: { loop: 1.5 }, 100: { loop: 1 } },
  wide: { 10: { bare: 3.5 }, 100: { bare: 2.5 } },
  argmax: { 10: { bare: 1 }, 100: { bare: 1 } },
  topk: { 10: { bare: 2.5 }, 100: { bare: 2 } },
  loss: { 10: { bare: 2 }, 100: { bare: 1.5, loop: 1 } },
  gradient: { 10: { bare: 2.5 }, 100: { bare: 2, loop: 1 } },
  largeGradient: { large: { bare: 1.3 } },
  largeTopk: { large: { element: 4 } },
  largeList: { large: { element: 6 } },
  // against another build of the package
  fresh: { large: { other: 1 } },
  float64: { large: { other: 0.9 } },
};

/**
 * The forms for n logits. `make` takes a package and gives the call; `loop` does the same plainly; `base` is the bare call that
 * it is compared with: with `out` that with `out`.
 */
export function forms(n) {
  const x = Float32Array.from({ length: n }, (_, i) => Math.sin(i * 1.7) * 3),
    out = new Float32Array(n),
    wide = Float64Array.from(x),
    bytes = Uint8Array.from(x, (v) => v * v),
    halves = Uint16Array.from(x, (v) => (v < 0 ? 0xbc00 : 0x3c00)),
    mask = Uint8Array.from(x, (_, i) => (i % 3 ? 1 : 0)),
    list = [...x],
    half = Math.max(1, n >> 1),
    nested = n > 1 ? [list.slice(0, half), list.slice(half, 2 * half)] : [list];
  const twice = new Float32Array(2 * n).fill(1),
    strided = { data: twice, shape: [n], strides: [2], offset: 0 },
    onnx = { data: x, dims: [1, n], type: 'float32' },
    shaped = { data: x, shape: [1, n] };
  const label = n >> 1,
    k = Math.min(3, n),
    y = loops.softmax(x),
    dy = Float32Array.from(x, (v) => v / 3);
  const loop = () => loops.softmax(x),
    into = () => loops.softmax(x, out);
  /** @type {(name: string, make: Function, more?: { goal?: string, loop?: Function, base?: string }) => object} */
  const form = (name, make, { goal, loop, base = 'softmax(x)' } = {}) => ({
    name,
    make,
    loop,
    base,
    elements: n,
    goals: goals[goal],
  });
  const softmax = (name, x, options, more) => form(name, (m) => () => m.softmax(x, options), more);
  const tensors = (name, axis) =>
    form(
      name,
      (m) => {
        const from = m.tensor('float32', [1, n], x),
          to = m.tensor('float32', [1, n]);
        return () => m.softmax(from, { axis, out: to });
      },
      { goal: 'asBefore', base: '{ out }' },
    );
  const withOut = { goal: 'shaped', loop: into, base: '{ out }' },
    fresh = { goal: 'shaped', loop };
  return [
    form('softmax(x)', (m) => () => m.softmax(x), { goal: 'asBefore', loop }),
    softmax('{ out }', x, { out }, { goal: 'asBefore', loop: into, base: '{ out }' }),
    softmax('{ axis: -1 }', x, { axis: -1 }, fresh),
    softmax('{ shape: [n], axis: 0 }', x, { shape: [n], axis: 0 }, fresh),
    softmax('{ shape: [1, n], axis: -1 }', x, { shape: [1, n], axis: -1 }, fresh),
    softmax('{ shape: [1, n], axis: 1 }', x, { shape: [1, n], axis: 1 }, fresh),
    softmax('{ shape: [n], axis: 0, out }', x, { shape: [n], axis: 0, out }, withOut),
    softmax('{ shape: [1, n], axis: -1, out }', x, { shape: [1, n], axis: -1, out }, withOut),
    softmax('{ shape: [1, n], axis: 1, out }', x, { shape: [1, n], axis: 1, out }, withOut),
    softmax('{ data, dims }', onnx, { axis: -1 }, { goal: 'object', loop }),
    softmax('{ data, shape }', shaped, { axis: -1 }, { goal: 'object', loop }),
    softmax('{ data, shape, strides }', strided, { axis: -1 }, { goal: 'object', loop: () => loops.strided(twice) }),
    softmax(
      'theta',
      x,
      { theta: 1 / 0.7 },
      { goal: 'option', loop: () => loops.softmax(x, new Float32Array(n), 1 / 0.7) },
    ),
    softmax("precision: 'exact'", x, { precision: 'exact' }, { goal: 'option', loop }),
    softmax('where', x, { where: mask }, { goal: 'masked', loop: () => loops.masked(x, mask) }),
    softmax('list', list, undefined, { goal: 'listed', loop: () => loops.softmax(list, new Array(n)) }),
    softmax('nested 2 x n/2', nested, { axis: -1 }, { goal: 'listed', loop: () => loops.nested(nested) }),
    softmax('float16', halves, { dtype: 'float16' }, { goal: 'option' }),
    softmax('float64', wide, undefined, { goal: 'wide', loop: () => loops.softmax(wide) }),
    softmax('uint8', bytes, undefined, { goal: 'wide', loop: () => loops.softmax(bytes, new Float64Array(n)) }),
    form('logSoftmax(x)', (m) => () => m.logSoftmax(x), { loop: () => loops.logSoftmax(x) }),
    form('logsumexp(x)', (m) => () => m.logsumexp(x), { loop: () => loops.logsumexp(x) }),
    form('argmax(x)', (m) => () => m.argmax(x), { goal: 'argmax', loop: () => loops.argmax(x) }),
    form('topk(x, 3)', (m) => () => m.topk(x, k), { goal: 'topk', loop: () => loops.topk(x, k) }),
    form('crossEntropy(x, label)', (m) => () => m.crossEntropy(x, label), {
      goal: 'loss',
      loop: () => loops.logsumexp(x) - x[label],
    }),
    form('crossEntropyGradient(x, label)', (m) => () => m.crossEntropyGradient(x, label), {
      goal: 'gradient',
      loop: () => loops.lossGradient(x, label),
    }),
    form('softmaxGradient(y, dy)', (m) => () => m.softmaxGradient(y, dy), {
      goal: 'gradient',
      loop: () => loops.softmaxGradient(y, dy),
    }),
    tensors('tensor into tensor, axis: -1', -1),
    tensors('tensor into tensor, axis: 1', 1),
  ];
}

/** Work of some size, of forms that are not rows of float32: what an element costs. */
export function large() {
  const row = (lanes, length) => {
    const x = Float32Array.from({ length: lanes * length }, (_, i) => Math.sin(i * 1.7) * 3),
      labels = Int32Array.from({ length: lanes }, (_, i) => i),
      options = { shape: [lanes, length], axis: -1 };
    const of = (call, make, goal) => ({
      name: `${call} [${lanes},${length}]`,
      make,
      base: `softmax [${lanes},${length}]`,
      elements: x.length,
      goals: goals[goal],
    });
    return [
      of('softmax', (m) => () => m.softmax(x, options)),
      of('crossEntropyGradient', (m) => () => m.crossEntropyGradient(x, labels, options), 'largeGradient'),
      of('topk of 50', (m) => () => m.topk(x, 50, options), length === 1000 ? 'largeTopk' : undefined),
      of(
        'list',
        list(x, (m, listed) => m.softmax(listed)),
        'largeList',
      ),
      of(
        'nested list',
        list(rows(x, length), (m, listed) => m.softmax(listed, { axis: -1 })),
        'largeList',
      ),
    ];
  };
  const list = (x, call) => {
    const listed = [...x];
    return (m) => () => call(m, listed);
  };
  const rows = (x, length) =>
    Array.from({ length: x.length / length }, (_, i) => [...x.subarray(i * length, (i + 1) * length)]);
  return [...row(32, 1000), ...row(8, 128256), ...others()];
}

/** Work that only another build of the package is compared with (--against). */
function others() {
  /** @type {any[]} */
  const lanes = [
    ['float32', [300_000], 'fresh'],
    ['float32', [1_000_000], 'fresh'],
    ['float32', [1024, 1000], 'fresh'],
    ['float32', [1, 21, 256, 256], 'fresh', 1],
    ['float64', [1000], 'float64'],
    ['float64', [128256], 'float64'],
  ];
  return lanes.flatMap(([dtype, shape, goal, axis = -1]) => {
    const n = shape.reduce((a, b) => a * b),
      Class = dtype === 'float32' ? Float32Array : Float64Array,
      x = new Class(n).map((_, i) => Math.sin(i * 1.7) * 3);
    return ['softmax', 'logSoftmax'].flatMap((fn) => {
      const name = `${fn} ${dtype} [${shape}]${axis < 0 ? '' : ` axis ${axis}`}`,
        given = { shape, axis },
        into = { ...given, out: new Class(n) },
        common = { base: name, elements: n, goals: goals[goal] };
      return [
        { ...common, name, make: (m) => () => m[fn](x, given) },
        { ...common, name: `${name} { out }`, make: (m) => () => m[fn](x, into) },
        {
          ...common,
          name: `${name} tensors`,
          make(m) {
            const from = m.tensor(dtype, shape, x),
              out = m.tensor(dtype, shape);
            return () => m[fn](from, { axis, out });
          },
        },
      ];
    });
  });
}
