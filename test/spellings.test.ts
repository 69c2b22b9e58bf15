import { describe, expect } from 'vitest';
import { eachBuild } from './support/eachBuild.ts';
import { product } from './support/calls.ts';
import { logits, long, short, storages, type Elements, type Storage } from './support/logits.ts';
import { pick, random, type Random } from './support/random.ts';
import { difference, numbersOf } from './support/results.ts';
import { perBuild, trials } from './support/trials.ts';
import { bitsOf, round } from './support/ulp.ts';

// The same call gives the same bits however it is spelled: axis 0, -1, null or [0], with a shape or without, as a typed array, an
// object, a strided view, a list or a tensor, with `out` or without, with options that say what is the default, or with none.

type Any = any;
const SPELLINGS = 6;

const functions = ['softmax', 'logSoftmax', 'logsumexp', 'exp', 'argmax', 'topk', 'crossEntropy', 'crossEntropyGradient', 'softmaxGradient', 'logSoftmaxGradient'] as const; // prettier-ignore
type Name = (typeof functions)[number];
const reduces = (name: Name): boolean => name === 'logsumexp' || name === 'argmax';
const takesTheta = (name: Name): boolean => /softmax|Entropy|logsumexp/i.test(name);
const takesPrecision = (name: Name): boolean => /^(softmax|logSoftmax|logsumexp|exp|cross.*)$/.test(name);
const keepsShape = (name: Name): boolean => !reduces(name) && name !== 'topk' && name !== 'crossEntropy';
const isHalf = (storage: Storage): storage is 'float16' | 'bfloat16' => storage === 'float16' || storage === 'bfloat16';

/** The shape of an argument, and the axis of its lanes. */
interface Shape {
  readonly shape: number[];
  readonly axis: unknown;
}

/** [rows, n] with the last axis as lanes, in any shape and by any name of the axes that mean the same. */
function shapeOf(r: Random, name: Name, rows: number, n: number): Shape {
  const lead = rows === 1 && r.whole(2) === 0 ? [] : [rows],
    factor = [2, 3, 5, 7].find((f) => n % f === 0 && n > f),
    parts = factor !== undefined && r.whole(3) === 0 ? [factor, n / factor] : [n];
  if (r.whole(5) === 0) lead.unshift(1);
  const tail = r.whole(5) === 0 ? [1] : [],
    shape = [...lead, ...parts, ...tail],
    rank = shape.length;
  const axes = parts.map((_, i) => lead.length + i),
    signed = axes.map((d) => (r.whole(2) === 0 ? d : d - rank));
  if (name === 'exp') return { shape, axis: undefined };
  const spelled: unknown[] = [];
  // the default of crossEntropy is the last axis, of the others the whole array
  if (name.startsWith('cross') ? axes.length === 1 && axes[0] === rank - 1 : rows === 1) spelled.push(undefined);
  if (rows === 1) spelled.push(null);
  if (axes.length === 1) spelled.push(signed[0]);
  if (name !== 'topk') spelled.push(r.whole(2) === 0 ? signed : signed.reverse(), Int8Array.from(signed));
  // topk takes one axis, or all
  if (spelled.length === 0) return { shape: [rows, n], axis: -1 };
  return { shape, axis: pick(r, spelled) };
}

const places = (shape: readonly number[], strides: readonly number[], offset: number): Float64Array => {
  const list = new Float64Array(product(shape));
  for (let i = 0; i < list.length; i++) {
    let at = offset;
    for (let d = shape.length - 1, rest = i; d >= 0; d--, rest = Math.floor(rest / shape[d + 1]!)) at += (rest % shape[d]!) * strides[d]!; // prettier-ignore
    list[i] = at;
  }
  return list;
};

/** The elements in a view whose axes come in any order and direction, with gaps. */
function stridedView(r: Random, x: Elements, shape: readonly number[]): Any {
  const order = shape.map((_, d) => d).sort(() => r.uniform() - 0.5),
    strides = shape.map(() => 1);
  let next = 1 + r.whole(2),
    offset = r.whole(3);
  for (const d of order) {
    strides[d] = r.whole(3) === 0 ? -next : next;
    if (strides[d]! < 0) offset += (shape[d]! - 1) * next;
    next = next * shape[d]! + r.whole(2);
  }
  const at = places(shape, strides, offset),
    data = new (x.constructor as Float64ArrayConstructor)(at.reduce((a, b) => Math.max(a, b), 0) + 1 + r.whole(3)).fill(7);
  for (let i = 0; i < x.length; i++) data[at[i]!] = x[i]!;
  return { data, shape, strides, offset };
}

function nested(x: ArrayLike<number>, shape: readonly number[]): Any {
  const level = (depth: number, from: number, size: number): Any =>
    depth === shape.length
      ? x[from]
      : Array.from({ length: shape[depth]! }, (_, i) => level(depth + 1, from + (i * size) / shape[depth]!, size / shape[depth]!)); // prettier-ignore
  return level(0, 0, x.length);
}

/** An argument in one of the containers that mean the same; `option`: it needs the shape as an option. */
function container(r: Random, s: Any, x: Elements, shape: readonly number[], storage: Storage, own: boolean): { text: string; value: Any; option: boolean } {
  const kinds = ['typed', 'typed', 'subarray', 'subclass', 'shape', 'dims', 'strided', 'strided'];
  if (storage === 'float64' || storage === 'uint8') kinds.push('list', 'list');
  if (storage === 'float32' || storage === 'float64') kinds.push('tensor', 'tensor');
  const text = pick(r, kinds),
    Class = x.constructor as Float64ArrayConstructor,
    says = isHalf(storage) && (!own || r.whole(2) === 0) ? { [pick(r, ['dtype', 'type'])]: storage } : {};
  const value = (): Any => {
    switch (text) {
      case 'typed':
        return x.slice();
      case 'subarray': {
        const whole = new Class(x.length + 3);
        whole.set(x, 1);
        return whole.subarray(1, x.length + 1);
      }
      case 'subclass':
        return new (class extends Class {})(x as Any);
      case 'shape':
        return { data: x.slice(), shape, ...says };
      case 'dims':
        return { data: x.slice(), dims: Int32Array.from(shape), ...says };
      case 'strided':
        return { ...stridedView(r, x, shape), ...says };
      case 'list':
        return nested(x, shape);
      default:
        return s.tensor(storage, shape, x);
    }
  };
  return { text, value: value(), option: /typed|sub/.test(text) };
} // prettier-ignore

/** A call in one spelling, and its numbers; of 16-bit results the bits. */
function spelled(seed: string, s: Any, name: Name, storage: Storage, rows: number, n: number, plain: boolean): { text: string; numbers: ArrayLike<number> } {
  const base = seed.slice(0, seed.lastIndexOf(' ')),
    r = random(seed),
    same = random(base);
  const size = rows * n,
    x = logits(base, size, storage, name === 'logsumexp' && same.whole(2) === 0 ? 'cancelling' : undefined),
    labels = Int32Array.from({ length: rows }, () => same.whole(n)),
    k = 1 + same.whole(Math.min(n, 20)),
    reduction = pick(same, ['mean', 'sum', 'none']),
    smoothing = pick(same, [0, 0, 0.1]),
    theta = pick(same, [1, 1, 1, 2, 0.25, 1 / 0.7, -4]),
    precision = pick(same, ['fast', 'fast', 'exact']);
  const { shape, axis } = plain ? { shape: [rows, n], axis: name === 'exp' ? undefined : -1 } : shapeOf(r, name, rows, n);
  const { text, value, option } = plain ? { text: 'typed', value: x, option: true } : container(r, s, x, shape, storage, true); // prettier-ignore
  const flat = shape.length === 1 && !plain,
    options: Any = {};
  if (axis !== undefined) options.axis = axis;
  if (option ? !flat || r.whole(3) === 0 : r.whole(6) === 0) options.shape = r.whole(3) === 0 ? Int32Array.from(shape) : shape;
  if (isHalf(storage) && (option || (value.dtype ?? value.type) === undefined || r.whole(3) === 0)) options.dtype = storage;
  if (name.startsWith('cross')) Object.assign(options, { reduction, labelSmoothing: smoothing });
  // theta, or where that says the same, its reciprocal
  if (takesTheta(name) && theta !== 1)
    Object.assign(options, !plain && Number.isInteger(Math.log2(Math.abs(theta))) && r.whole(2) === 0 ? { temperature: 1 / theta } : { theta }); // prettier-ignore
  if (takesPrecision(name) && precision === 'exact') options.precision = precision;
  // what is the default
  if (!plain) {
    const empty = (): unknown => pick(r, [undefined, null]);
    if (!name.startsWith('cross') && name !== 'exp' && options.axis === undefined && r.whole(4) === 0) options.axis = undefined; // prettier-ignore
    if (takesTheta(name) && theta === 1 && r.whole(3) === 0) options.theta = pick(r, [1, empty()]);
    if (/^(softmax|logSoftmax|logsumexp|argmax)$/.test(name) && r.whole(4) === 0) options.where = pick(r, [true, 1, empty()]);
    if (takesPrecision(name) && precision === 'fast' && r.whole(4) === 0) options.precision = pick(r, ['fast', empty()]); // prettier-ignore
    if (reduces(name) && r.whole(4) === 0) options.keepdims = pick(r, [true, false, empty()]);
    if (name === 'logsumexp' && r.whole(6) === 0) options.returnSign = pick(r, [false, empty()]);
    if (keepsShape(name) && r.whole(8) === 0) options.out = empty();
  }
  // where the result goes
  const Result: Any = name === 'argmax' ? Int32Array : storage === 'float32' ? Float32Array : isHalf(storage) ? Uint16Array : Float64Array; // prettier-ignore
  let gather = (y: unknown): ArrayLike<number> => numbersOf(y),
    to = 'fresh';
  if (!plain && name !== 'topk' && name !== 'crossEntropy' && r.whole(2) === 0) {
    to = pick(r, ['typed', 'object', 'strided', 'in place', 'tensor']);
    if (reduces(name)) to = 'typed';
    if (to === 'in place' && (text === 'list' || storage === 'uint8')) to = 'typed';
    if (to === 'tensor' && Result !== Float32Array && Result !== Float64Array) to = 'typed';
    const length = reduces(name) ? rows : size;
    if (to === 'typed') options.out = new Result(length);
    else if (to === 'object') options.out = { data: new Result(length), shape };
    else if (to === 'tensor') options.out = s.tensor(Result === Float32Array ? 'float32' : 'float64', shape);
    else {
      const out = to === 'in place' ? value : stridedView(r, new Result(length) as Elements, shape);
      options.out = out;
      if (out.strides !== undefined) {
        const at = places(shape, out.strides, out.offset);
        gather = (y) => Array.from(at, (place) => (y as Any).data[place]);
      }
    }
  }
  const given = Object.keys(options).length === 0 ? pick(r, [undefined, null, {}]) : options;
  const call = (): unknown => {
    if (name === 'topk') return s.topk(value, k, given);
    if (name.startsWith('cross')) return s[name](value, plain ? labels : target(r, labels, shape, axis, n), given);
    if (!name.endsWith('Gradient')) return s[name](value, given);
    const dy = logits(`${base} dy`, size, 'float64', 'normal');
    return s[name](value, plain ? { data: dy, shape } : container(r, s, dy, shape, 'float64', false).value, given);
  };
  const y = call(),
    number = typeof y === 'number' && name !== 'argmax' && !(name === 'crossEntropy' && reduction !== 'none');
  const json = (key: string, v: Any): unknown => (key === 'out' || ArrayBuffer.isView(v) ? String(v?.constructor?.name) : v);
  return {
    text: `${text} [${shape}], ${JSON.stringify(given, json)}, ${to}`,
    numbers: number && isHalf(storage) && round(y, storage) === y ? [Number(bitsOf(y, storage))] : gather(y),
  };
} // prettier-ignore

/** The labels as a typed array, or as a list or object of the logits' shape without the lanes. */
function target(r: Random, labels: Int32Array, shape: readonly number[], axis: unknown, n: number): unknown {
  const axes = (axis === undefined ? [-1] : axis === null ? shape.map((_, d) => d) : typeof axis === 'number' ? [axis] : Array.from(axis as number[]))
    .map((d) => (d + shape.length) % shape.length); // prettier-ignore
  const kept = shape.filter((_, d) => !axes.includes(d));
  return pick<() => unknown>(r, [
    // floats of one class are probabilities
    () => (n === 1 ? labels : Float64Array.from(labels)),
    () => labels,
    () => ({ data: labels, shape: kept }),
    () => nested(labels, kept),
  ])();
}

eachBuild('the same call gives the same bits', (s: Any, build) => {
  describe.each(functions)('of %s', (name) => {
    function compare(r: Random, number: number, id: string): void {
      const storage = storages[number % storages.length]!,
        n = pick(r, r.whole(10) > 0 || name === 'topk' ? short : long),
        rows = r.whole(2) === 0 ? 1 : 1 + r.whole(Math.max(1, Math.min(Math.floor(8000 / n), pick(r, [4, 40, 400]))));
      const want = spelled(`${id} plain`, s, name, storage, rows, n, true);
      for (let i = 0; i < SPELLINGS; i++) {
        const seed = `${id} ${i}`,
          got = spelled(seed, s, name, storage, rows, n, false),
          wrong = difference(got.numbers, want.numbers);
        if (wrong) expect.fail(`${rows} lanes of ${n} ${storage}: ${got.text}: ${wrong}`); // prettier-ignore
      }
    }

    trials(`${name}, however it is spelled (${build})`, 45, perBuild / functions.length, compare);
  });
});
