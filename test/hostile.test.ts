import { expect } from 'vitest';
import { createSoftmax } from '../src/index.ts';
import type { Softmax } from '../src/api.ts';
import { eachBuild } from './support/eachBuild.ts';
import { classOf, draw, extras, functions, invoke, inWords, plainly, product, type Call, type Part, type Typed } from './support/calls.ts'; // prettier-ignore
import { pick, type Random } from './support/random.ts';
import { difference, flat } from './support/results.ts';
import { only } from './support/seed.ts';
import { perBuild, trials } from './support/trials.ts';

// Code of the caller that runs in the midst of a call: getters of options, of objects and of tensors, and proxies. It detaches a
// buffer, resizes it, disposes a tensor, or calls the instance again. The call gives the right result or an error that says
// what is wrong. It writes nothing but out, and tensors that live keep their elements.

type Resizable = ArrayBuffer & { resize(bytes: number): void };
const most = 2 ** 21;

/** An argument where user code can reach it: what the call gets, and the ways to spoil it. */
interface Placed {
  given: object;
  readonly spoil: Record<string, () => void>;
}

function place(r: Random, s: Softmax, { dtype, shape, data }: Part, flatly: boolean): Placed {
  const Class = classOf(dtype),
    own = dtype === 'float16' || dtype === 'bfloat16' ? { dtype } : {},
    home = pick(r, ['fixed', 'tracking', 'tensor']);
  if (home === 'tensor' && (dtype === 'float32' || dtype === 'float64')) {
    const tensor = s.tensor(dtype, shape, data);
    return {
      given: tensor,
      spoil: {
        dispose() {
          tensor.dispose();
          s.tensor(dtype, shape, data.map(() => 5)); // takes the place
        },
      },
    }; // prettier-ignore
  }
  const bytes = data.byteLength,
    tracking = home !== 'fixed',
    options = tracking ? { maxByteLength: most } : {},
    buffer = new (ArrayBuffer as unknown as new (n: number, options: object) => Resizable)(bytes, options);
  const view = new (Class as unknown as new (buffer: ArrayBuffer) => Typed)(buffer);
  view.set(data);
  const spoil: Placed['spoil'] = { detach: () => void structuredClone(buffer, { transfer: [buffer] }) };
  if (tracking) {
    spoil['empty'] = () => buffer.resize(0);
    spoil['halve'] = () => buffer.resize(Math.ceil(data.length / 2) * Class.BYTES_PER_ELEMENT);
    spoil['grow'] = () => buffer.resize(r.whole(2) === 0 ? most : bytes + 8);
  }
  return { given: flatly ? view : { data: view, shape: [...shape], ...own }, spoil };
}

/** Calls the instance in the midst of its call; its memory grows, and what the window held is lost. */
function again(r: Random, s: Softmax): void {
  s.softmax(Float64Array.from({ length: 1 + r.whole(300) }, (_, i) => i));
  s.logSoftmax(new Float32Array(90), { shape: [9, 10], axis: r.whole(2), theta: 0.3 });
  s.crossEntropyGradient([1, 2, 3], 1);
  s.topk(new Float32Array(600), 5);
  if (r.whole(2) === 0) s.tensor('float64', [200_000]);
  if (r.whole(3) === 0) s.softmax(new Float32Array(200_000));
}

/** The hook at one place of the call: a name, and how it gets there. */
function plant(r: Random, hook: () => void, given: Record<string, unknown>): { where: string; change: (options: Record<string, unknown>) => object } { // prettier-ignore
  let change = (options: Record<string, unknown>): object => options;
  const getter = (object: object, name: string): object => {
    const value: unknown = Reflect.get(object, name);
    return Object.defineProperty(object, name, { enumerable: true, configurable: true, get: () => (hook(), value) }); // prettier-ignore
  };
  const objects = Object.keys(given).filter((what) => !ArrayBuffer.isView(given[what]));
  const arrays = Object.keys(given).filter((what) => ArrayBuffer.isView(given[what]));
  if (r.whole(5) === 0 && arrays.length > 0) {
    const what = pick(r, arrays),
      name = pick(r, ['constructor', 'length', 'byteLength', 'byteOffset', 'buffer']),
      array = given[what] as Typed;
    Object.defineProperty(array, name, { configurable: true, get: () => (hook(), Reflect.get(Object.getPrototypeOf(array) as object, name, array)) }); // prettier-ignore
    return { where: `member ${name} of ${what}`, change };
  }
  if (r.whole(2) === 0 && objects.length > 0) {
    const what = pick(r, objects),
      name = pick(r, ['data', 'shape', 'dims', 'strides', 'stride', 'offset', 'dtype', 'type', 'location']);
    const object = given[what] as { shape: unknown };
    if (name === 'data' && !Object.hasOwn(object, 'data')) return plant(r, hook, given); // that of a tensor
    if (name === 'shape' && r.whole(2) === 0) {
      const list = [...(object.shape as number[])];
      Object.defineProperty(object, 'shape', { value: new Proxy(list, { get: (t, key, self) => (key === 'length' && hook(), Reflect.get(t, key, self)) }) }); // prettier-ignore
    } else getter(object, name);
    return { where: `${name} of ${what}`, change };
  }
  const name = pick(r, ['axis', 'shape', 'out', 'theta', 'where', 'dtype', 'precision', 'reduction', 'b', 'keepdims', 'returnSign', 'classWeights', 'ignoreIndex', 'labelSmoothing']); // prettier-ignore
  const way = pick(r, ['getter', 'getter', 'get', 'ownKeys', 'list', 'valueOf']);
  if (way === 'getter') change = (options) => getter(options, name);
  else if (way === 'get') change = (options) => new Proxy(options, { get: (t, key, self) => (key === name && hook(), Reflect.get(t, key, self)) }); // prettier-ignore
  else if (way === 'valueOf') change = (options) => ({ ...options, [name]: { valueOf: () => (hook(), 1) } });
  else if (way === 'ownKeys') change = (options) => new Proxy(options, { ownKeys: (t) => (hook(), Reflect.ownKeys(t)) });
  else {
    change = (options) => {
      for (const each of ['axis', 'shape'] as const) {
        const value = options[each],
          list = Array.isArray(value) ? value : typeof value === 'number' && each === 'axis' ? [value] : undefined;
        if (list !== undefined) options[each] = new Proxy(list, { get: (t, key, self) => (key === '0' && hook(), Reflect.get(t, key, self)) }); // prettier-ignore
      }
      return options;
    };
  }
  return { where: `${way === 'ownKeys' ? 'the names of the options' : `${way} of the option ${name}`}`, change };
}

/** The call on what is left of x, where x alone says how long it is: other arguments are broadcast. */
function resized(call: Call, length: number): Call | undefined {
  const { x, ...others } = call.parts;
  if (Object.values(others).some(({ shape }) => product(shape) !== 1)) return undefined;
  if (x!.shape.length > 1) return undefined;
  const data = new (classOf(x!.dtype))(length);
  data.set(x!.data.subarray(0, length));
  return { ...call, parts: { ...others, x: { ...x!, shape: [length], data } } };
}

const sizes = [3, 10, 16, 17, 40, 300, 3000];

function any(r: Random): Call {
  const name = pick(r, functions),
    n = pick(r, sizes),
    shape = r.whole(2) === 0 ? [n] : pick(r, [[1, n], [2, n], [n, 2], [2, 3, Math.ceil(n / 5)]]); // prettier-ignore
  const axis = r.whole(3) === 0 ? shape.map((_, d) => d) : [r.whole(shape.length)],
    dtype = pick(r, ['float32', 'float64', 'float32', 'float64', 'float16', 'int32'] as const);
  const call = draw(r, name, shape, axis, dtype, extras(r, name, pick(r, [undefined, undefined, undefined, 0.7])));
  if (shape.length === 1 && !name.startsWith('cross') && r.whole(3) === 0) delete call.options['axis'];
  return call;
}

/** The calls that may go a short way: one array of floats, and no option or few. */
function bare(r: Random): Call {
  const name = pick(r, ['softmax', 'logSoftmax', 'logsumexp', 'exp', 'argmax', 'topk'] as const),
    shape = pick(r, [[pick(r, sizes)], [2, pick(r, sizes)]]); // prettier-ignore
  const call = draw(r, name, shape, [shape.length - 1], pick(r, ['float32', 'float64']));
  if (name !== 'exp') call.options['axis'] = -1;
  if (shape.length === 1 && r.whole(2) === 0) delete call.options['axis'];
  return { ...call, parts: { x: call.parts['x']! } };
}

function hostile(r: Random, s: Softmax, plain: Softmax): void {
  const call = r.whole(3) === 0 ? bare(r) : any(r),
    { name } = call,
    { shape } = call.parts['x']!;
  const placed: Record<string, Placed> = {},
    given: Record<string, unknown> = {};
  for (const [what, part] of Object.entries(call.parts)) {
    const flatly = (part.shape.length === 1 || (what === 'x' && name !== 'oneHot')) && String(part.shape) === String(shape) && r.whole(2) === 0; // prettier-ignore
    placed[what] = place(r, s, part, flatly);
  }
  if (call.out !== undefined && r.whole(2) === 0) {
    const { dtype, shape } = call.out;
    placed['out'] = place(r, s, { dtype, shape, data: new (classOf(dtype))(product(shape)).fill(7) }, shape.length === 1 && r.whole(2) === 0); // prettier-ignore
  }
  for (const [what, { given: argument }] of Object.entries(placed)) given[what] = argument;
  if (ArrayBuffer.isView(given['x']) && (r.whole(2) === 0 || shape.length > 1) && name !== 'oneHot') call.options['shape'] = [...shape]; // prettier-ignore

  const flatly = ArrayBuffer.isView(given['x']) && !('out' in given),
    want = plainly(plain, call, flatly);

  const living = [1, 4, 30].map((n) => s.tensor('float32', [n], new Float32Array(n).fill(3)));
  const victim = pick(r, [...Object.keys(placed), 'x']),
    planned = r.whole(4) === 0 ? 'again' : pick(r, Object.keys(placed[victim]!.spoil));
  let turn = 1 + r.whole(3) * r.whole(2),
    done = false;
  const hook = (): void => {
    if (done || --turn > 0) return;
    done = true;
    if (act === 'again') again(r, s);
    else placed[victim]!.spoil[act]!();
  };
  const data = (what: string): Typed => (ArrayBuffer.isView(given[what]) ? given[what] : (given[what] as Part).data) as Typed; // prettier-ignore
  const views = Object.fromEntries(Object.keys(given).filter((what) => !('dispose' in (given[what] as object))).map((what) => [what, data(what)])); // prettier-ignore
  const kinds = JSON.stringify(Object.fromEntries(Object.entries(given).map(([what, argument]) => [what, (argument as object).constructor.name]))); // prettier-ignore
  // from here to the call nothing reads the arguments
  const { where, change } = plant(r, hook, given);
  // a member of the array is looked at before anything is read: then the array is empty
  const act = planned === 'empty' && where.startsWith('member') ? 'detach' : planned;
  const text = `${inWords(call)}${'out' in given ? ', out' : ''}: ${where} ${act === 'again' ? 'calls again' : `${act}s ${victim}`}; ${kinds}`;
  let got: unknown,
    thrown: Error | undefined;
  try {
    got = invoke(s, call, given, change);
  } catch (error) {
    thrown = error as Error;
  }
  done = true; // what follows reads the same getters
  if (thrown === undefined) {
    let numbers: Float64Array = new Float64Array(0);
    try {
      numbers = flat(got);
    } catch (error) {
      expect.fail(`${text}: the result is not there: ${(error as Error).message}`);
    }
    const other = act === 'grow' || act === 'halve' || act === 'empty' ? resized(call, data('x').length) : undefined;
    const wrong = difference(numbers, want);
    if (wrong !== undefined && (other === undefined || difference(numbers, plainly(plain, other, flatly)) !== undefined)) expect.fail(`${text}: ${wrong}`); // prettier-ignore
  } else if (!(thrown instanceof TypeError || thrown instanceof RangeError) || !new RegExp(`^(${name}|tensor|softmax-simd): `).test(thrown.message)) {
    expect.fail(`${text}: ${thrown.stack}`);
  } // prettier-ignore
  for (const t of living) {
    if (t.data.some((v) => v !== 3)) expect.fail(`${text}: a tensor that lives was overwritten`);
    t.dispose();
  }
  for (const [what, view] of Object.entries(views)) {
    // what is left of it
    if (what === 'out' && thrown === undefined) continue;
    const before = call.parts[what]?.data,
      n = what === 'out' ? product(call.out!.shape) : before!.length;
    for (let i = 0; i < Math.min(view.length, n); i++) if (view[i] !== (before === undefined ? 7 : before[i])) expect.fail(`${text}: ${what} was written`); // prettier-ignore
  }
  const x = Float32Array.of(1, 2, 3);
  if (difference(s.softmax(x), plain.softmax(x)) !== undefined) expect.fail(`${text}: a later call is wrong`);
  for (const { given } of Object.values(placed)) if ('dispose' in given) (given as { dispose(): void }).dispose();
}

const members = ['length', 'byteLength', 'byteOffset', 'buffer', 'BYTES_PER_ELEMENT', 'set', 'subarray', 'fill', 'slice', Symbol.toStringTag, Symbol.iterator]; // prettier-ignore

/** Arrays with members of their own: a call that read one would run code of the caller in its midst, or believe it. */
function watched(r: Random, s: Softmax, plain: Softmax): void {
  // of one class, only the type of a flat target can tell what it holds
  const single = r.whole(4) === 0,
    call = single ? draw(r, pick(r, ['crossEntropy', 'crossEntropyGradient'] as const), [1 + r.whole(40), 1], [1], 'float32') : any(r); // prettier-ignore
  const read = new Set<string>();
  const watch = (what: string, array: Typed): Typed => {
    const prototype = Object.getPrototypeOf(array) as object;
    for (const member of members) Object.defineProperty(array, member, { get: () => (read.add(`${String(member)} of ${what}`), Reflect.get(prototype, member, array)) }); // prettier-ignore
    return array;
  };
  const want = plainly(plain, call),
    given: Record<string, unknown> = {};
  for (const [what, { dtype, shape, data }] of Object.entries(call.parts)) {
    const array = data.slice(),
      { buffer } = array;
    given[what] = single && what === 'target' ? watch(what, array) : { data: watch(what, array), shape, dtype };
    if (what === 'x' && call.out?.dtype === dtype && r.whole(2) === 0) given['out'] = { data: watch('out', new (classOf(dtype))(buffer, 0, product(call.out.shape))), shape: call.out.shape, dtype }; // prettier-ignore
  }
  const got = invoke(s, call, given),
    found = [...read];
  expect(found, inWords(call)).toEqual([]);
  expect(difference(flat(got), want), inWords(call)).toBe(undefined);
}

eachBuild('code of the caller within a call', (plain, build) => {
  let s = createSoftmax({ build });
  trials(`gives an error or the right result, and spoils nothing (${build})`, 600, 0.7 * perBuild, (r) => {
    if (r.whole(20) === 0 || only !== undefined) s = createSoftmax({ build });
    hostile(r, s, plain);
  });
  trials(`reads no member that the caller has put on an array (${build})`, 300, 0.3 * perBuild, (r) => watched(r, s, plain));
});
