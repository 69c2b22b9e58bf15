import { describe, expect } from 'vitest';
import { container, isHalf, nested, places, stridedView } from './support/containers.ts';
import { eachBuild } from './support/eachBuild.ts';
import { logits, long, short, storages, type Elements, type Storage } from './support/logits.ts';
import { pick, random, type Random } from './support/random.ts';
import { difference, numbersOf } from './support/results.ts';
import { tally } from './support/seed.ts';
import { perBuild, trials } from './support/trials.ts';
import { bitsOf, round } from './support/ulp.ts';

// The same call gives the same bits however it is spelled: axis 0, -1, null or [0], with a shape or without, as a typed array, an
// object, a strided view, a list or a tensor, with `out` or without, with theta or temperature, with options that say what is the
// default, or with none. `parts` are softmax and logsumexp of lanes that have x twice.

type Any = any;
const SPELLINGS = 6;

const functions = ['softmax', 'logSoftmax', 'logsumexp', 'exp', 'argmax', 'topk', 'sample', 'parts', 'crossEntropy', 'crossEntropyGradient', 'softmaxGradient', 'logSoftmaxGradient'] as const; // prettier-ignore
type Name = (typeof functions)[number];
const reduces = (name: Name): boolean => name === 'logsumexp' || name === 'argmax';
const keepsShape = (name: Name): boolean => !reduces(name) && !/^(topk|sample|crossEntropy)$/.test(name);
const masks = /^(softmax|logSoftmax|logsumexp|argmax|sample|parts)$/,
  scaled = /softmax$|logsumexp|cross|sample|parts|xGradient/i,
  precise = /^(softmax|logSoftmax|logsumexp|exp|parts|cross.*)$/;
const tiny = short.filter((n) => n <= 65);

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
  // the default of crossEntropy and sample is the last axis, of the others the whole array
  if (/cross|sample/.test(name) ? axes.length === 1 && axes[0] === rank - 1 : rows === 1) spelled.push(undefined);
  if (rows === 1 && name !== 'sample') spelled.push(null);
  if (axes.length === 1) spelled.push(signed[0]);
  if (name !== 'topk' && name !== 'sample') spelled.push(r.whole(2) === 0 ? signed : signed.reverse(), Int8Array.from(signed));
  // topk takes one axis, or all; sample one
  if (spelled.length === 0) return { shape: [rows, n], axis: -1 };
  return { shape, axis: pick(r, spelled) };
}

/** The result of a call; NaN for a lane from which nothing can be drawn. */
function refusable(call: () => unknown): unknown {
  try {
    return call();
  } catch (error) {
    if (error instanceof RangeError && /^sample: .*lane/.test(error.message)) return NaN;
    throw error;
  }
}

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
    // the functions that have them take them as theta, or as temperature
    temperature = pick(same, [1, 1, 0.5, -2, 0.7, 30, 1e-3, 0]),
    theta = temperature === 0 ? 0 : 1 / temperature,
    exact = same.whole(3) === 0,
    mask = masks.test(name) && same.whole(4) === 0 ? Uint8Array.from({ length: size }, () => Number(same.whole(4) > 0)) : undefined,
    cuts = pick(same, [{}, { topK: 1 + same.whole(n) }, { topP: 0.9 }, { minP: 0.05 }, { topK: 9, topP: 0.8, minP: 0.01 }]),
    count = pick(same, [undefined, 1, 3]);
  const { shape, axis } = plain ? { shape: [rows, n], axis: name === 'exp' ? undefined : -1 } : shapeOf(r, name, rows, n);
  const { text, value, option } = plain ? { text: 'typed', value: x, option: true } : container(r, s, x, shape, storage, true); // prettier-ignore
  const flat = shape.length === 1 && !plain,
    options: Any = {};
  if (axis !== undefined) options.axis = axis;
  if (option ? !flat || r.whole(3) === 0 : r.whole(6) === 0) options.shape = r.whole(3) === 0 ? Int32Array.from(shape) : shape;
  if (isHalf(storage) && (option || (value.dtype ?? value.type) === undefined || r.whole(3) === 0)) options.dtype = storage;
  if (name.startsWith('cross')) Object.assign(options, { reduction, labelSmoothing: smoothing });
  if (scaled.test(name) && theta !== 1) Object.assign(options, !plain && theta !== 0 && r.whole(2) === 0 ? { temperature } : { theta });
  if (precise.test(name) && exact) options.precision = 'exact';
  if (mask !== undefined) options.where = plain ? { data: mask, shape } : container(r, s, mask, shape, 'uint8', false).value;
  // what is the default
  if (!plain) {
    const empty = (): unknown => pick(r, [undefined, null]);
    if (!/cross|sample/.test(name) && name !== 'exp' && options.axis === undefined && r.whole(4) === 0) options.axis = undefined; // prettier-ignore
    if (scaled.test(name) && theta === 1 && r.whole(3) === 0) options[pick(r, ['theta', 'temperature'])] = pick(r, [1, empty()]);
    if (masks.test(name) && mask === undefined && r.whole(4) === 0) options.where = pick(r, [true, 1, empty()]);
    if (precise.test(name) && !exact && r.whole(4) === 0) options.precision = pick(r, ['fast', empty()]); // prettier-ignore
    if (reduces(name) && r.whole(4) === 0) options.keepdims = pick(r, [true, false, empty()]);
    if (name === 'logsumexp' && r.whole(6) === 0) options.returnSign = pick(r, [false, empty()]);
    if (keepsShape(name) && r.whole(8) === 0) options.out = empty();
  }
  // where the result goes
  const Result: Any = name === 'argmax' || name === 'sample' ? Int32Array : storage === 'float32' ? Float32Array : isHalf(storage) ? Uint16Array : Float64Array; // prettier-ignore
  let gather = (y: unknown): ArrayLike<number> => numbersOf(y),
    to = 'fresh';
  if (!plain && (keepsShape(name) || reduces(name) || name === 'sample') && r.whole(2) === 0) {
    to = keepsShape(name) ? pick(r, ['typed', 'object', 'strided', 'in place', 'tensor']) : pick(r, ['typed', 'tensor']);
    if (to === 'in place' && (text === 'list' || storage === 'uint8')) to = 'typed';
    if (to === 'tensor' && Result !== Float32Array && Result !== Float64Array) to = 'typed';
    const length = reduces(name) ? rows : name === 'sample' ? rows * (count ?? 1) : size;
    if (to === 'typed') options.out = new Result(length);
    else if (to === 'object') options.out = { data: new Result(length), shape };
    else if (to === 'tensor') {
      const axes = axesOf(axis, shape),
        reduced = options.keepdims === true ? shape.map((n, d) => (axes.includes(d) ? 1 : n)) : shape.filter((_, d) => !axes.includes(d));
      options.out = s.tensor(Result === Float32Array ? 'float32' : 'float64', keepsShape(name) ? shape : reduced);
    }
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
    if (name === 'sample') {
      const source = random(base);
      return s.sample(value, { ...options, ...cuts, count, random: source.uniform, logprobs: !isHalf(storage) });
    }
    if (name === 'parts') {
      const { out, ...rest } = options,
        { theta: _, temperature: __, ...within } = options,
        summary = s.summarize(value, rest),
        whole = JSON.parse(JSON.stringify(s.merge(summary, summary)));
      return [Array.from(numbersOf(s.logsumexp(whole))), Array.from(gather(s.softmax(value, { ...(r.whole(2) ? within : options), within: whole })))];
    }
    if (name.startsWith('cross')) return s[name](value, plain ? labels : target(r, labels, shape, axis, n), given);
    if (!name.endsWith('Gradient')) return s[name](value, given);
    const dy = logits(`${base} dy`, size, 'float64', 'normal');
    return s[name](value, plain ? { data: dy, shape } : container(r, s, dy, shape, 'float64', false).value, given);
  };
  tally.calls++;
  const y = name === 'parts' || name === 'sample' ? refusable(call) : call(),
    number = typeof y === 'number' && name !== 'argmax' && name !== 'sample' && !(name === 'crossEntropy' && reduction !== 'none');
  const json = (key: string, v: Any): unknown => (key === 'out' || ArrayBuffer.isView(v) ? String(v?.constructor?.name) : v);
  return {
    text: `${text} [${shape}], theta ${theta}, ${JSON.stringify(given, json)}, ${to}`,
    numbers: number && isHalf(storage) && Object.is(round(y, storage), y) ? [Number(bitsOf(y, storage))] : name === 'parts' ? numbersOf(y) : gather(y),
  };
} // prettier-ignore

/** The axes that are meant, from 0 on; undefined: all of them, or those said. */
function axesOf(axis: unknown, shape: readonly number[], unless?: number): number[] {
  const axes = (axis ?? unless) as number | number[] | undefined;
  const list = axis === null || axes === undefined ? shape.keys() : typeof axes === 'number' ? [axes] : axes;
  return Array.from(list, (d) => (d + shape.length) % shape.length);
}

/** The labels as a typed array, or as a list or object of the logits' shape without the lanes. */
function target(r: Random, labels: Int32Array, shape: readonly number[], axis: unknown, n: number): unknown {
  const axes = axesOf(axis, shape, -1);
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
        // `npm run fuzz` goes on with short lanes, of which there are many more a second
        small = r.whole(number < 60 ? 3 : 40) > 0,
        n = pick(r, small ? tiny : r.whole(10) > 0 || name === 'topk' ? short : long),
        rows = r.whole(2) === 0 ? 1 : 1 + r.whole(Math.max(1, Math.min(Math.floor((small ? 200 : 8000) / n), pick(r, [4, 40, 400]))));
      const want = spelled(`${id} plain`, s, name, storage, rows, n, true);
      for (let i = 0; i < SPELLINGS; i++) {
        const seed = `${id} ${i}`,
          got = spelled(seed, s, name, storage, rows, n, false),
          wrong = difference(got.numbers, want.numbers);
        if (wrong) expect.fail(`${rows} lanes of ${n} ${storage}: ${got.text}: ${wrong}`); // prettier-ignore
      }
    }

    trials(`${name}, however it is spelled (${build})`, 60, perBuild / functions.length, compare);
  });
});
