import { describe, expect, test } from 'vitest';
import { createSoftmax } from '../src/index.ts';
import { eachBuild } from './support/eachBuild.ts';
import { logits } from './support/logits.ts';
import { pick, random, type Random } from './support/random.ts';
import { numbersOf } from './support/results.ts';

// Every function reads its options in the same way: what the caller's object or a class of it has, enumerable or not, each
// once; what only Object.prototype has is no option.

type Any = any;
type Bag = Record<string, unknown>;

/** The arguments of a call, and what its options are, now and then something that is refused: anew for each call, as `out` is written. */
interface Sample {
  readonly call: (s: Any, options: unknown) => unknown;
  readonly value: (option: string) => unknown;
}

const forward = ['axis', 'theta', 'temperature', 'where', 'out', 'shape', 'dtype', 'precision'];
const loss = ['axis', 'shape', 'reduction', 'labelSmoothing', 'classWeights', 'ignoreIndex', 'theta', 'temperature', 'precision', 'dtype'];
const known: Record<string, readonly string[]> = {
  softmax: [...forward, 'within'],
  logSoftmax: [...forward, 'within'],
  summarize: forward.filter((name) => name !== 'out'),
  logsumexp: [...forward, 'keepdims', 'b', 'returnSign'],
  exp: ['out', 'shape', 'dtype', 'precision'],
  argmax: ['axis', 'shape', 'out', 'keepdims', 'where', 'dtype'],
  topk: ['axis', 'shape', 'dtype'],
  sample: ['axis', 'shape', 'out', 'theta', 'temperature', 'where', 'dtype', 'topK', 'topP', 'minP', 'count', 'random', 'logprobs'],
  oneHot: ['dtype'],
  crossEntropy: loss,
  crossEntropyGradient: [...loss, 'out'],
  softmaxGradient: ['axis', 'shape', 'theta', 'temperature', 'out', 'dtype'],
  logSoftmaxGradient: ['axis', 'shape', 'theta', 'temperature', 'out', 'dtype'],
  createSoftmax: ['build', 'maxMemory'],
};
const names = Object.keys(known);
const every = [...new Set(Object.values(known).flat())];

/** With the same numbers of Math.random each time. */
function withSeed(body: () => unknown): unknown {
  const own = Math.random;
  Math.random = random('Math.random').uniform;
  try {
    return body();
  } finally {
    Math.random = own;
  }
}

const forms = ['float32', 'float64', 'bits', 'list', 'tensor'] as const;
const SIZE = 24;

function sample(s: Any, name: string, seed: string): Sample {
  const r = random(seed),
    form = pick(r, forms),
    Result = form === 'float32' ? Float32Array : form === 'bits' ? Uint16Array : Float64Array;
  const data = logits(seed, SIZE, form === 'bits' ? 'float16' : form === 'float32' ? 'float32' : 'float64', 'normal');
  const x =
    name === 'oneHot'
      ? Uint8Array.from({ length: 4 }, (_, i) => i)
      : form === 'list'
        ? Array.from({ length: 4 }, (_, i) => [...data.subarray(6 * i, 6 * i + 6)])
        : form === 'tensor'
          ? s.tensor('float64', [4, 6], data)
          : data;
  const targets = Int32Array.from({ length: pick(r, [1, 1, 4]) }, (_, i) => (i * 5) % 6),
    out = pick(r, [1, 4, SIZE, SIZE, SIZE]),
    resident = r.whole(2) === 0,
    wrong = r.whole(8) === 0;
  const call = (instance: Any, options: unknown): unknown => {
    if (name === 'createSoftmax') return [createSoftmax(options as Any).info().build];
    if (name === 'oneHot') return instance.oneHot(x, 4, options);
    if (name === 'topk') return instance.topk(x, 3, options);
    if (name === 'sample') return withSeed(() => instance.sample(x, options));
    if (name.startsWith('cross')) return instance[name](x, targets, options);
    if (name.endsWith('Gradient')) return instance[name](x, x, options);
    return instance[name](x, options);
  };
  const value = (option: string): unknown => {
    switch (option) {
      case 'axis':
        return wrong ? 9 : -1;
      case 'theta':
        return -0.5;
      case 'temperature':
        return wrong ? 0 : 4;
      case 'where':
        return Uint8Array.from({ length: SIZE }, (_, i) => (i % 5 === 0 ? 0 : 1));
      case 'b':
        return Float64Array.from({ length: SIZE }, (_, i) => i - 7);
      case 'shape':
        return wrong ? [5] : [4, 6];
      case 'dtype':
        return name === 'oneHot' ? 'uint8' : 'bfloat16';
      case 'precision':
        return wrong ? 'nearest' : 'exact';
      case 'within':
        return s.summarize(new Float64Array(SIZE), { shape: [4, 6], axis: -1, ...(wrong ? { theta: 2 } : {}) });
      case 'keepdims':
      case 'returnSign':
        return true;
      case 'reduction':
        return 'sum';
      case 'labelSmoothing':
        return 0.25;
      case 'classWeights':
        return [1, 2, 3, 4, 5, 6];
      case 'ignoreIndex':
        return 0;
      case 'topK':
        return wrong ? 0 : 3;
      case 'topP':
        return wrong ? 0 : 0.7;
      case 'minP':
        return wrong ? 2 : 0.2;
      case 'count':
        return wrong ? 1.5 : 4;
      case 'random':
        return wrong ? 0.5 : () => 0.25;
      case 'logprobs':
        return wrong ? 1 : true;
      case 'build':
        return 'js';
      case 'maxMemory':
        return 1000;
    }
    if (name === 'argmax' || name === 'sample') return new Int32Array(out === SIZE ? 1 : out);
    if (form === 'tensor' && resident) return s.tensor('float64', out === SIZE ? [4, 6] : out === 1 ? [] : [out]);
    return new Result(out);
  };
  return { call, value };
}

/** What a call gives, as a text: the container, its shape and its numbers, or the error. */
function outcome(body: () => unknown): string {
  const show = (value: Any): string => {
    if (typeof value !== 'object' || value === null) return Object.is(value, -0) ? '-0' : String(value);
    if (Array.isArray(value)) return `[${value.map(show).join()}]`;
    if (ArrayBuffer.isView(value)) return `${value.constructor.name} ${show(Array.from(numbersOf(value)))}`;
    return Object.keys('data' in value ? { data: 0, shape: 0, dtype: 0 } : value).map((key) => `${key}: ${show(value[key])}`).join(); // prettier-ignore
  };
  try {
    return show(body());
  } catch (error) {
    return `${(error as Error).name}: ${(error as Error).message}`;
  }
}

/** Ways of holding options, and how often each option was read where that can be told. */
const holders: Record<string, (values: Bag, read: (key: string) => void) => object> = {
  'getters of a class': (values, read) => {
    class Held {}
    all(Held.prototype, values, read, false);
    return new Held();
  },
  'getters of a class of a class': (values, read) => {
    class Held {}
    class Further extends Held {}
    all(Held.prototype, values, read, false);
    return new Further();
  },
  'properties that are not enumerable': (values, read) => all({}, values, read, false),
  'enumerable getters': (values, read) => all({}, values, read, true),
  'a prototype of their own': (values, read) => Object.create(all({}, values, read, true)) as object,
  'a prototype without a prototype': (values, read) => Object.create(all(Object.create(null) as object, values, read, true)) as object, // prettier-ignore
  'no prototype': (values, read) => all(Object.create(null) as object, values, read, true),
  'a frozen literal': (values) => Object.freeze({ ...values }),
  'a proxy': (values, read) =>
    new Proxy(values, {
      get(target, key) {
        if (Object.hasOwn(values, key)) read(key as string);
        return target[key as string];
      },
    }),
};

/** All values as getters on an object. */
function all(on: object, values: Bag, read: (key: string) => void, enumerable: boolean): object {
  const get = (key: string): unknown => (read(key), values[key]);
  for (const key of Object.keys(values)) Object.defineProperty(on, key, { enumerable, get: () => get(key) });
  return on;
}

/** Runs `body` while Object.prototype has a property. */
function spoilt<T>(key: string, descriptor: PropertyDescriptor, body: () => T): T {
  Object.defineProperty(Object.prototype, key, { configurable: true, ...descriptor });
  try {
    return body();
  } finally {
    delete (Object.prototype as Any)[key];
  }
}

/** Some of the options; of theta and temperature, which exclude each other, one. */
function subset(r: Random, list: readonly string[], share = pick(r, [0.2, 0.5, 1])): string[] {
  const less = pick(r, ['theta', 'temperature']);
  return list.filter((key) => key !== less && r.uniform() < share);
}

eachBuild('options', (s: Any, build) => {
  describe.each(names)('of %s', (name) => {
    test('count however an object holds them, and each is read once', () => {
      for (let i = 0; i < 40; i++) {
        const seed = `${name} ${i}`,
          r = random(seed),
          list = i < known[name]!.length ? [known[name]![i]!] : subset(r, known[name]!);
        const { call, value } = sample(s, name, seed),
          fill = (): Bag => Object.fromEntries(list.map((key) => [key, value(key)]));
        const want = outcome(() => call(s, fill()));
        for (const [kind, hold] of Object.entries(holders)) {
          const runs: Record<string, number> = {},
            options = hold(fill(), (key) => (runs[key] = (runs[key] ?? 0) + 1));
          expect(outcome(() => call(s, options)), `${seed}: ${list.join()} as ${kind} (${build})`).toBe(want);
          if (kind === 'a frozen literal' || want.includes('Error')) continue;
          expect(runs, `${seed}: reads of ${list.join()} as ${kind} (${build})`).toEqual(Object.fromEntries(list.map((key) => [key, 1]))); // prettier-ignore
        }
      }
    });

    test('are neither taken from Object.prototype nor refused there', () => {
      for (const key of [...every, 'helper']) {
        for (let i = 0; i < 4; i++) {
          const seed = `${name} ${key} ${i}`,
            { call, value } = sample(s, name, seed),
            list = i === 0 ? [] : subset(random(seed), known[name]!).filter((each) => each !== key),
            given = (): Bag => Object.fromEntries(list.map((each) => [each, value(each)]));
          const want = outcome(() => call(s, given()));
          for (const enumerable of [true, false]) {
            const held = given(),
              foreign = key === 'helper' ? 1 : value(key);
            const got = spoilt(key, { enumerable, writable: true, value: foreign }, () => outcome(() => call(s, held)));
            expect(got, `${seed}: ${list.join()} beside ${key} of Object.prototype (${build})`).toBe(want);
            for (const none of i === 0 ? [undefined, null] : []) {
              const bare = spoilt(key, { enumerable, writable: true, value: foreign }, () => outcome(() => call(s, none)));
              expect(bare, `${seed}: ${none} beside ${key} of Object.prototype (${build})`).toBe(want);
            }
          }
          if (known[name]!.includes(key)) {
            const own = (): Bag => ({ ...given(), [key]: value(key) }),
              held = holders['getters of a class']!(own(), () => {}),
              got = spoilt(key, { writable: true, value: 'foreign' }, () => outcome(() => call(s, held)));
            expect(got, `${seed}: ${key} of a class and of Object.prototype (${build})`).toBe(outcome(() => call(s, own())));
          }
          let runs = 0;
          const get = (): number => (runs++, 7);
          spoilt(key, { enumerable: true, get, set() {} }, () => outcome(() => call(s, given())));
          expect(runs, `${seed}: a getter of Object.prototype ran (${build})`).toBe(0);
        }
      }
    });

    test('that have other names are refused, unless they are hidden or ask for nothing', () => {
      const { call } = sample(s, name, name),
        want = outcome(() => call(s, {}));
      class Held { axis2 = 1; } // prettier-ignore
      const inherited = Object.create({ axis2: 1 }) as object;
      for (const options of [{ axis2: 1 }, { axis2: undefined }, new Held(), inherited, Object.assign(Object.create(null), { axis2: 0 })])
        expect(outcome(() => call(s, options))).toMatch(new RegExp(`^TypeError: ${name}: there is no option axis2(?:, did you mean axis)?; the options are `)); // prettier-ignore
      const listed = outcome(() => call(s, { axis2: 1 })).split(/[ ,;]+/);
      expect(listed).toEqual(expect.arrayContaining([...known[name]!]));
      expect(outcome(() => call(s, Object.defineProperty({}, 'axis2', { value: 1 })))).toBe(want);
      for (const other of every.filter((key) => !known[name]!.includes(key))) {
        for (const none of [undefined, null]) expect(outcome(() => call(s, { [other]: none })), other).toBe(want);
        expect(outcome(() => call(s, { [other]: 1 })), other).toMatch(new RegExp(`^TypeError: ${name}: .*option ${other}\\b`)); // prettier-ignore
      }
      for (const options of [{}, undefined, null]) expect(outcome(() => call(s, options))).toBe(want);
      for (const options of [[], 1, 'axis', new Float32Array(1), () => 1])
        expect(outcome(() => call(s, options))).toMatch(new RegExp(`^TypeError: ${name}: options is `));
    });
  });

  test('each of these options has an effect, or is refused for its value, in some call', () => {
    for (const name of names) {
      for (const key of known[name]!) {
        const shape = key === 'shape' || !known[name]!.includes('shape') ? {} : { shape: [4, 6] };
        const acts = Array.from({ length: 40 }, (_, i) => sample(s, name, `${name} ${i}`)).some(
          ({ call, value }) => outcome(() => call(s, { ...shape, [key]: value(key) })) !== outcome(() => call(s, shape)),
        );
        expect(acts, `${name} ${key} (${build})`).toBe(true);
      }
    }
  });

  const heated = names.filter((name) => known[name]!.includes('temperature'));
  test.each(heated)('%s: temperature T is theta 1 / T, to the bit', (name) => {
    for (let i = 0; i < 40; i++) {
      const seed = `${name} temperature ${i}`,
        r = random(seed),
        { call, value } = sample(s, name, seed);
      const T = pick(r, [r.between(0.1, 4), -r.between(0.1, 4), 1, 2 ** (r.whole(2040) - 1020), 1.7e308, 3]),
        list = subset(r, known[name]!).filter((key) => key !== 'theta' && key !== 'temperature'),
        given = (): Bag => Object.fromEntries(list.map((key) => [key, value(key)]));
      const want = outcome(() => call(s, { ...given(), theta: 1 / T }));
      for (const none of [{}, { theta: undefined }, { theta: null }])
        expect(outcome(() => call(s, { ...given(), temperature: T, ...none })), `${seed}: ${T}, ${list.join()} (${build})`).toBe(want); // prettier-ignore
      expect(outcome(() => call(s, { ...given(), theta: 1 / T, temperature: pick(r, [null, undefined]) })), seed).toBe(want);
    }
  });

  test.each(heated)('%s: a temperature that is no number, 0, not finite, or beside theta is refused', (name) => {
    const { call } = sample(s, name, name),
      says = (options: Bag): string => outcome(() => call(s, options));
    for (const zero of [0, -0]) expect(says({ temperature: zero })).toMatch(/^RangeError: \w+: temperature is 0, .*argmax/);
    for (const wrong of [Infinity, -Infinity, NaN, 1e-310, -5e-324])
      expect(says({ temperature: wrong })).toBe(`RangeError: ${name}: temperature is ${wrong}; it and 1 / temperature must be finite (1 / theta, default 1)`); // prettier-ignore
    for (const wrong of ['1', true, 1n, [1], {}, Symbol('T')]) expect(says({ temperature: wrong })).toMatch(/^TypeError: \w+: temperature is .*; it must be a number/); // prettier-ignore
    for (const both of [{ theta: 1, temperature: 1 }, { temperature: 2, theta: 0.5 }])
      expect(says(both)).toBe(`TypeError: ${name}: theta and temperature are both given; theta is 1 / temperature, give one`); // prettier-ignore
    expect(says({ temperature: 2 })).toBe(says({ theta: 0.5 }));
    // nor is it kept from one call to the next
    expect(says({ theta: 3 })).toBe(outcome(() => call(createSoftmax({ build }), { theta: 3 })));
  });

  const others: Record<string, readonly string[]> = {
    axis: ['dim', 'axes', 'dims', 'Axis'],
    shape: ['size', 'dims'],
    temperature: ['temp', 'tau', 'Temperature', 'T'],
    theta: ['beta', 'inverseTemperature', 'inverse_temperature'],
    where: ['mask'],
    out: ['output'],
    keepdims: ['keepDims', 'keepdim', 'keep_dims'],
    b: ['weights', 'weight'],
    returnSign: ['return_sign', 'returnsign'],
    classWeights: ['weight', 'weights', 'class_weights'],
    labelSmoothing: ['label_smoothing', 'smoothing'],
    ignoreIndex: ['ignore_index', 'ignoreindex'],
    maxMemory: ['max_memory'],
    within: ['summary', 'Within'],
  };
  test.each(names)('%s: an option by another name is told what it is called here, where it is taken', (name) => {
    const { call } = sample(s, name, name),
      takes = known[name]!,
      aliases = new Set(Object.values(others).flat());
    for (const alias of aliases) {
      const here = Object.keys(others).find((key) => takes.includes(key) && others[key]!.includes(alias)),
        told = here === undefined ? '' : `, it is called ${here} here`;
      const got = outcome(() => call(s, { [alias]: 1 }));
      expect(got.startsWith(`TypeError: ${name}: there is no option ${alias}${told}; the options are `), got).toBe(true);
    }
  });
});
