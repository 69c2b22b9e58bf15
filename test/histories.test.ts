import { expect, test } from 'vitest';
import { createSoftmax } from '../src/index.ts';
import { eachBuild } from './support/eachBuild.ts';
import { product } from './support/calls.ts';
import { huge, logits, long, short, storages, type Storage } from './support/logits.ts';
import { pick, random, type Random } from './support/random.ts';
import { difference, numbersOf } from './support/results.ts';
import { tally } from './support/seed.ts';
import { perBuild, trials } from './support/trials.ts';

// No call depends on the calls before it: random histories on one instance, where each call and a few probes after it give the
// bits that a fresh instance gives, or its error.

type Any = any;
const CALLS = 9;

/** A call that can be made again, on any instance: its numbers, or its error. */
interface Call {
  readonly text: string;
  readonly make: (s: Any) => unknown;
}

const outcome = ({ make }: Call, s: Any): ArrayLike<number> | string => {
  tally.calls++;
  try {
    return numbersOf(make(s));
  } catch (error) {
    return `${(error as Error).name}: ${(error as Error).message}`;
  }
};

const thetas = [1, -1, 0.5, -0.3, 2.5, 0, -0, 1e300, -1e300, 1e-300, 5e-324, -5e-324, -1e-40];

/** A shape of one lane, of rows, of columns or of blocks; the axis of its lanes. */
function shapeOf(r: Random, most: number): { shape: number[]; axis: number } {
  const list = r.whole(3) > 0 ? short : r.whole(4) > 0 ? long : huge,
    fits = list.filter((n) => n <= most),
    n = pick(r, fits.length > 0 ? fits : short.filter((n) => n <= most)),
    room = Math.max(1, Math.floor(Math.min(most, 150_000) / n)),
    some = (): number => 1 + r.whole(Math.min(room, pick(r, [3, 20, 600])));
  switch (r.whole(5)) {
    case 0:
      return { shape: [some(), n], axis: 1 };
    case 1:
      return { shape: [n, some()], axis: 0 };
    case 2: {
      const outer = some();
      return { shape: [outer, n, 1 + r.whole(Math.max(1, Math.floor(room / outer)))], axis: 1 };
    }
    default:
      return { shape: [n], axis: pick(r, [0, -1]) };
  }
}

/** A call of softmax, logSoftmax or logsumexp, in one of many forms; `seed` decides all of it. */
function lanes(seed: string): Call {
  const r = random(seed),
    name = pick(r, ['softmax', 'logSoftmax', 'logsumexp'] as const),
    storage = pick<Storage>(r, ['float32', 'float32', ...storages]);
  const weighted = name === 'logsumexp' && r.whole(6) === 0,
    { shape, axis } = shapeOf(r, weighted ? 3000 : 180_000),
    size = product(shape);
  const half = storage === 'float16' || storage === 'bfloat16';
  const options: Any = {
    ...(shape.length === 1 && r.whole(2) === 0 ? {} : { shape, axis }),
    ...(r.whole(2) === 0 ? { theta: pick(r, thetas) } : {}),
    ...(r.whole(4) === 0 ? { precision: 'exact' } : {}),
    ...(half ? { dtype: storage } : {}),
  };
  const masked = r.whole(5) === 0,
    out = r.whole(3) === 0 && name !== 'logsumexp',
    tensors = !half && storage !== 'uint8' && r.whole(4) === 0;
  const text = `${name} of ${storage} [${shape}] ${JSON.stringify(options)}${masked ? ' where' : ''}${out ? ' out' : ''}${tensors ? ' tensors' : ''}${weighted ? ' b' : ''}`;
  const make = (s: Any): unknown => {
    const x = logits(seed, size, storage),
      more = { ...options };
    if (masked) more.where = { data: Uint8Array.from({ length: size }, (_, i) => (i * 7 + size) % 5 & 1), shape };
    if (weighted) more.b = { data: Float64Array.from({ length: size }, (_, i) => ((i * 5) % 7) - 2), shape };
    if (weighted) more.returnSign = true;
    if (!tensors) {
      if (out) more.out = new (half ? Uint16Array : storage === 'float32' ? Float32Array : Float64Array)(size);
      return s[name](x, more);
    }
    delete more.shape;
    const from = s.tensor(storage, shape, x),
      to = out ? s.tensor(storage, shape) : undefined;
    try {
      return Array.from(numbersOf(s[name](from, to === undefined ? more : { ...more, out: to })));
    } finally {
      from.dispose();
      to?.dispose();
    }
  };
  return { text, make };
}

/** A call of a companion, or of exp. */
function companion(seed: string): Call {
  const r = random(seed),
    name = pick(r, ['exp', 'argmax', 'topk', 'sample', 'parts', 'crossEntropy', 'crossEntropyGradient', 'softmaxGradient', 'logSoftmaxGradient'] as const),
    storage = pick(r, storages),
    { shape, axis } = shapeOf(r, 60_000),
    size = product(shape),
    n = shape.at(axis)!; // prettier-ignore
  const options: Any = {
    shape,
    ...(name === 'exp' ? {} : { axis }),
    ...(storage === 'float16' || storage === 'bfloat16' ? { dtype: storage } : {}),
    ...(/Entropy|Gradient|sample|parts/.test(name) && r.whole(2) === 0 ? { theta: pick(r, thetas) } : {}),
    ...(name === 'sample' ? { random: () => 0.37, logprobs: true, ...pick(r, [{}, { topK: 5 }, { topP: 0.9 }, { minP: 0.01 }, { topK: 50, topP: 0.8, minP: 0.01 }]) } : {}),
    ...(/Entropy/.test(name) ? { reduction: pick(r, ['mean', 'sum', 'none']), labelSmoothing: pick(r, [0, 0, 0.1]) } : {}),
  }; // prettier-ignore
  return {
    text: `${name} of ${storage} [${shape}] ${JSON.stringify(options)}`,
    make: (s) => {
      const x = logits(seed, size, storage);
      if (name === 'parts') {
        const whole = s.merge(s.summarize(x, options), s.summarize(x, options));
        return [s.logsumexp(whole), Array.from(numbersOf(s.softmax(x, { ...options, within: whole })))];
      }
      if (name === 'topk') return s.topk(x, Math.min(n, 20), options);
      if (name.startsWith('cross')) return s[name](x, Int32Array.from({ length: size / n }, (_, i) => (i * 7919) % n), options); // prettier-ignore
      if (name.endsWith('Gradient')) return s[name](x, { data: logits(`${seed}, dy`, size, 'float32'), shape }, options);
      return s[name](x, options);
    },
  };
}

/** A call that is refused, early or late. */
function refused(seed: string): Call {
  const r = random(seed),
    x = Float32Array.of(1, 2, 3),
    theta = pick(r, [-1, -2.5, -1e300]);
  const mine = (): never => {
    throw new RangeError('mine');
  };
  return pick<Call>(r, [
    { text: 'an axis out of range', make: (s) => s.softmax(x, { axis: 7, theta }) },
    { text: 'theta NaN', make: (s) => s.logSoftmax(new Float64Array(50_000), { theta: NaN }) },
    { text: 'out too short', make: (s) => s.softmax(x, { out: new Float32Array(2), theta }) },
    { text: 'a mask of 2', make: (s) => s.logsumexp(x, { where: [1, 2, 0], theta }) },
    { text: 'a getter that throws', make: (s) => s.softmax(x, Object.defineProperty({ theta }, 'axis', { get: mine })) },
    { text: 'a ragged list', make: (s) => s.softmax([[1, 2], [3]], { theta }) },
    { text: 'a label too large', make: (s) => s.crossEntropy(x, 3, { theta }) },
    { text: 'k too large', make: (s) => s.topk(x, 4) },
    { text: 'a tensor of 8 GB', make: (s) => s.tensor('float64', [1e9]) },
    { text: 'gradients of two shapes', make: (s) => s.softmaxGradient(x, [1, 2], { theta }) },
    { text: 'a shape within a call that throws', make: (s) => s.softmax(x, { get shape() { return s.softmax([1, 2], { theta }) && mine(); } }) }, // prettier-ignore
  ]);
}

/** Short calls of every strategy, each sensitive to what others may leave behind. */
const probes: readonly Call[] = Array.from({ length: 36 }, (_, i): Call => {
  const name = pick(random(i), ['softmax', 'logSoftmax', 'logsumexp'] as const),
    storage = (['float32', 'float32', 'float64', 'bfloat16'] as const)[i % 4]!,
    form = Math.floor(i / 4);
  const shape = [[3], [17], [40_000], [40_000], [9, 40], [33, 70], [600, 3], [40, 300, 2], [70_000]][form]!,
    axis = [0, 0, 0, 0, 1, 0, 0, 1, 0][form]!;
  const options: Any = { shape, axis, ...(storage === 'bfloat16' ? { dtype: storage } : {}), ...(i % 8 === 5 ? { precision: 'exact' } : {}) }; // prettier-ignore
  const like = (['normal', 'cancelling', 'alternating', 'saturated', 'special', 'far', 'ties', 'normal', 'saturated'] as const)[form]; // prettier-ignore
  const x = logits(`probe ${form}`, product(shape), storage, like);
  return { text: `probe ${i}: ${name} of ${storage} [${shape}]`, make: (s) => s[name](x, options) };
});

eachBuild('no call depends on the calls before it', (_, build) => {
  const fresh = (maxMemory: number): Any => createSoftmax({ build, maxMemory });
  const known = new Map<string, ReturnType<typeof outcome>>();
  const wanted = (probe: Call, maxMemory: number): ReturnType<typeof outcome> => {
    const key = `${probe.text} ${maxMemory}`;
    if (!known.has(key)) known.set(key, outcome(probe, fresh(maxMemory)));
    return known.get(key)!;
  };

  function history(r: Random, id: string): void {
    const maxMemory = pick(r, [64, 64, 2, 3.3]) * 2 ** 20,
      s = fresh(maxMemory);
    const texts: string[] = [],
      tensors: Any[] = [];
    const compare = (call: Call, want: ReturnType<typeof outcome>): void => {
      texts.push(call.text);
      const got = outcome(call, s);
      const wrong =
        typeof got === 'string' || typeof want === 'string'
          ? got !== want && `${String(got)}, wanted ${String(want)}`
          : difference(got, want);
      if (wrong)
        expect.fail(`maxMemory ${maxMemory}: ${call.text}: ${wrong}; calls: ${texts.join('; ')}`); // prettier-ignore
    };
    for (let i = 0; i < CALLS; i++) {
      const seed = `${id}/${i}`,
        call = [lanes, lanes, lanes, companion, refused][r.whole(5)]!(seed);
      compare(call, outcome(call, fresh(maxMemory)));
      // tensors that stay, and are gone, so that windows and memory lie elsewhere
      if (r.whole(4) === 0) tensors.push(s.tensor('float32', [pick(r, [10, 5000, 300_000])]));
      if (r.whole(4) === 0) tensors.pop()?.dispose();
      for (let k = 0; k < 3; k++) {
        const probe = pick(r, probes);
        compare(probe, wanted(probe, maxMemory));
      }
    }
    for (const each of tensors) each.dispose();
  }

  test('a negative theta leaves no sign behind for lanes longer than a block', () => {
    const x = Float32Array.from({ length: 40_000 }, (_, i) => (i % 2 === 0 ? 10 : -10)),
      s = createSoftmax({ build });
    const want = s.logsumexp(x);
    s.softmax([1, 2], { theta: -1 });
    expect(s.logsumexp(x)).toBe(want);
  });

  trials(`in a random history each gives the bits, or the error, of a fresh instance (${build})`, build === 'js' ? 10 : 30, perBuild, (r, _, id) =>
    history(r, id),
  );
});

