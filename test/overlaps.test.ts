import { expect, test } from 'vitest';
import { createSoftmax } from '../src/index.ts';
import { eachBuild } from './support/eachBuild.ts';
import { classOf, draw, extras, functions, invoke, inWords, product, type Dtype, type Name, type Part, type Typed } from './support/calls.ts'; // prettier-ignore
import { pick, type Random } from './support/random.ts';
import { difference } from './support/results.ts';
import { only } from './support/seed.ts';
import { perBuild, trials } from './support/trials.ts';

// `out` and an argument in one buffer: shifted, transposed, reversed, of other strides, or of another dtype. The result is that of
// the call on copies, or a RangeError that leaves everything as it was; bytes that are not out stay as they are.

type Kind = { shape: number[]; axis: number[]; theta?: number; exact?: boolean; dtype?: Dtype };

/** Shapes whose lanes go one by one, also where all of them fit a window. */
const alone: ((r: Random) => Kind)[] = [
  (r) => ({ shape: [2049 + r.whole(900), 1 + r.whole(20)], axis: [0], theta: 0.7, dtype: 'float64' }), // theta, lanes apart
  (r) => ({ shape: [4097 + r.whole(900), 1 + r.whole(9)], axis: [0], exact: true, dtype: 'float32' }),
  (r) => ({ shape: [4097 + r.whole(900), 1 + r.whole(9)], axis: [0], theta: -0.3 }),
  (r) => ({ shape: [1 + r.whole(2), 32_700 + r.whole(900)], axis: [1], theta: 1.5 }), // rows beyond the exact kernel
]; // prettier-ignore

/** Shapes of the other ways in which a call can be cut, by the limits of windows, blocks and kernels. */
const large: ((r: Random) => Kind)[] = [
  (r) => ({ shape: [1 + r.whole(2), 66_000 + r.whole(900)], axis: [1] }), // beyond a window: a window that grows, or a stream
  (r) => ({ shape: [66_000 + r.whole(900), 1 + r.whole(2)], axis: [0] }), // columns that are streamed
  (r) => ({ shape: [2 + r.whole(9), 14_000 + r.whole(900)], axis: [0] }), // slices of a slab
  (r) => ({ shape: [300 + r.whole(90), 300 + r.whole(90)], axis: [r.whole(2)] }), // several windows
  (r) => ({ shape: [3 + r.whole(5), 30 + r.whole(30), 3 + r.whole(5), 20 + r.whole(20)], axis: pick(r, [[0, 2], [1, 3], [0], [2], [1, 2, 3]]) }), // many strides
]; // prettier-ignore

function small(r: Random): Kind {
  const shape = Array.from({ length: 1 + r.whole(4) }, () => 1 + r.whole(pick(r, [3, 8, 8, 20])));
  while (product(shape) > 3000) shape.pop();
  const axes = shape.map((_, d) => d),
    axis = r.whole(4) === 0 ? axes.filter(() => r.whole(2) === 0) : [r.whole(shape.length)];
  return { shape, axis: axis.length > 0 ? axis : axes, ...pick(r, [{}, {}, { theta: 0.7 }, { theta: -2 }, { theta: 0 }]) };
}

interface Lay {
  readonly strides: number[];
  readonly low: number;
  readonly span: number;
}

/** Strides that give every element a place of its own: of the axes in any order, in any direction, with gaps now and then. */
function lay(r: Random, shape: readonly number[]): Lay {
  const strides = shape.map(() => 0),
    order = shape.map((_, d) => d);
  if (r.whole(2) === 0) for (let i = order.length - 1; i > 0; i--) { const j = r.whole(i + 1); [order[i], order[j]] = [order[j]!, order[i]!]; } // prettier-ignore
  let width = 1,
    low = 0;
  const backwards = r.whole(2) === 0;
  for (const d of order.reverse()) {
    const step = width + (r.whole(6) === 0 ? r.whole(3) : 0);
    strides[d] = backwards && r.whole(2) === 0 ? -step : step;
    if (strides[d]! < 0) low += (shape[d]! - 1) * step;
    width = step * (shape[d]! - 1) + width;
  }
  return { strides, low, span: width };
}

/** Every place, row-major. */
function places(shape: readonly number[], strides: readonly number[], offset: number): Int32Array {
  const all = new Int32Array(product(shape)),
    index = shape.map(() => 0);
  for (let i = 0, at = offset; i < all.length; i++) {
    all[i] = at;
    for (let d = shape.length - 1; d >= 0; d--) {
      at += strides[d]!;
      if (++index[d]! < shape[d]!) break;
      at -= strides[d]! * shape[d]!;
      index[d] = 0;
    }
  }
  return all;
}

interface Laid {
  readonly given: { readonly data: Typed };
  readonly data: Typed;
  readonly at: Int32Array;
}

/** An array of a shape in the buffer, on a view of its own, from a byte on. */
function view(r: Random, buffer: ArrayBuffer, from: number, dtype: Dtype, shape: readonly number[], { strides, low, span }: Lay, half: boolean): Laid { // prettier-ignore
  const Class = classOf(dtype),
    lead = r.whole(3),
    data = new Class(buffer, from, span + lead);
  const own = half ? { dtype } : {};
  const rowMajor = strides.every((step, d) => shape[d] === 1 || step === product(shape.slice(d + 1)));
  const given = rowMajor && r.whole(2) === 0 ? { data: new Class(buffer, from + lead * Class.BYTES_PER_ELEMENT, span), shape, ...own } : { data, shape, strides, offset: low + lead, ...own }; // prettier-ignore
  return { given, data, at: places(shape, strides, low + lead) };
}

/** The same view on another buffer. */
const on = <T extends Typed>({ constructor, byteOffset, length }: T, buffer: ArrayBufferLike): T =>
  new (constructor as new (...all: unknown[]) => T)(buffer, byteOffset, length);

const writing = functions.filter((name) => name !== 'topk' && name !== 'oneHot' && name !== 'summarize' && name !== 'crossEntropy');
const dtypes: Dtype[] = ['float32', 'float64', 'float32', 'float64', 'float16', 'bfloat16', 'int32', 'uint8'];

/** One call with out in the buffer of one of its arguments. Returns whether they shared a byte. */
function overlapping(r: Random, s: object, name: Name, kind: Kind): 'shared' | 'apart' | 'refused' {
  const dtype = kind.dtype ?? pick(r, dtypes),
    more = extras(r, name, kind.theta);
  const call = draw(r, name, kind.shape, kind.axis, dtype, kind.exact && !name.endsWith('xGradient') && name !== 'argmax' ? { ...more, precision: 'exact' } : more); // prettier-ignore
  const given: Record<string, unknown> = {},
    half = (part: { readonly dtype: Dtype }): boolean => part.dtype === 'float16' || part.dtype === 'bfloat16',
    host = pick(r, Object.keys(call.parts)),
    part: Part = call.parts[host]!;
  // from the same byte, or a few bytes or elements on
  const shift = (): number => 8 * pick(r, [0, 0, 1, 2, r.whole(12), r.whole(1 + Math.min(400, product(kind.shape)))]);
  const [lays, shifts] = [[lay(r, part.shape), lay(r, call.out!.shape)] as const, [shift(), shift()] as const],
    room = 8 * Math.max(lays[0].span, lays[1].span) + Math.max(...shifts) + 64,
    buffer = new ArrayBuffer(room);
  new Uint8Array(buffer).fill(1 + r.whole(99));
  const own = view(r, buffer, shifts[0], part.dtype, part.shape, lays[0], half(part)),
    out = view(r, buffer, shifts[1], call.out!.dtype, call.out!.shape, lays[1], half(call.out!));
  for (let i = 0; i < own.at.length; i++) own.data[own.at[i]!] = part.data[i]!;
  for (const [what, { data, shape, dtype: its }] of Object.entries(call.parts)) {
    given[what] = what === host ? own.given : { data, shape, ...(half({ dtype: its }) ? { dtype: its } : {}) };
  }
  const before = new Uint8Array(buffer).slice(),
    base = ({ data }: Laid): number => data.byteOffset,
    taken = new Uint8Array(room);
  for (const p of own.at) taken.fill(1, base(own) + p * own.data.BYTES_PER_ELEMENT, base(own) + (p + 1) * own.data.BYTES_PER_ELEMENT);
  let shared = false;
  for (const p of out.at) {
    const from = base(out) + p * out.data.BYTES_PER_ELEMENT;
    for (let i = from; i < from + out.data.BYTES_PER_ELEMENT; i++) shared ||= taken[i] === 1;
    taken.fill(2, from, from + out.data.BYTES_PER_ELEMENT);
  }
  const text = `${inWords(call)}, out in the buffer of ${host}: ${JSON.stringify([own, out].map((v) => ({ ...v.given, data: base(v) })))}`; // prettier-ignore
  const after = new Uint8Array(buffer);
  const unchanged = (all: boolean): void => {
    for (let i = 0; i < room; i++) if (after[i] !== before[i] && (all || taken[i] !== 2)) expect.fail(`${text}: byte ${i} was changed`); // prettier-ignore
  };
  try {
    if (invoke(s, call, { ...given, out: out.given }) !== out.given) expect.fail(`${text}: out was not returned`);
  } catch (error) {
    if (!(error instanceof RangeError) || !shared) throw new Error(`${text}: ${(error as Error).stack}`);
    unchanged(true);
    return 'refused';
  }
  // copies laid out alike, as the order of a sum may depend on strides
  const copy = new ArrayBuffer(room),
    moved = ({ given }: Laid, to: ArrayBufferLike): object => ({ ...given, data: on(given.data, to) });
  invoke(s, call, { ...given, [host]: moved(own, before.buffer), out: moved(out, copy) });
  const numbers = (data: Typed): Float64Array => Float64Array.from(out.at, (p) => data[p]!),
    wrong = difference(numbers(out.data), numbers(on(out.data, copy)));
  if (wrong !== undefined) expect.fail(`${text}: ${wrong}`);
  unchanged(false);
  return shared ? 'shared' : 'apart';
}

eachBuild('out in the buffer of an argument', (s, build) => {
  const found = { shared: 0, apart: 0, refused: 0 },
    narrow = createSoftmax({ build, maxMemory: 2 * 1024 * 1024 });
  test('a lane of x that the lane before has overwritten is read before', () => {
    const buffer = Float64Array.from({ length: 60_001 }, (_, i) => Math.sin(i) * 9),
      x = buffer.subarray(0, 60_000),
      options = { shape: [3000, 20], axis: 0, theta: 0.7 };
    const want = s.softmax(x.slice(), options);
    expect(difference(s.softmax(x, { ...options, out: buffer.subarray(1) }), want)).toBeUndefined();
  });

  test('what later windows read is not overwritten', () => {
    const n = 300_000, o = { shape: [300, 1000], axis: -1 }, wave = Float64Array.from({ length: n }, (_, i) => Math.sin(i) * 3); // prettier-ignore
    const labels = Int32Array.from({ length: 300 }, (_, i) => i), y = s.softmax(wave, o), l = s.logSoftmax(wave, o); // prettier-ignore
    const calls: [string, Float64Array, (a: Float64Array, out?: Float64Array) => unknown][] = [
      ['logits of crossEntropyGradient', wave, (a, out) => s.crossEntropyGradient(a, labels, { ...o, out })],
      ['target of crossEntropyGradient', y, (a, out) => s.crossEntropyGradient(wave, a, { ...o, out })],
      ['y of softmaxGradient', y, (a, out) => s.softmaxGradient(a, wave, { ...o, out })],
      ['dy of softmaxGradient', wave, (a, out) => s.softmaxGradient(y, a, { ...o, out })],
      ['y of logSoftmaxGradient', l, (a, out) => s.logSoftmaxGradient(a, wave, { ...o, out })],
      ['dy of logSoftmaxGradient', wave, (a, out) => s.logSoftmaxGradient(l, a, { ...o, out })],
    ];
    for (const [name, a, call] of calls) {
      const want = call(a.slice()) as Float64Array, buffer = new Float64Array(n + 1); // prettier-ignore
      buffer.set(a);
      call(buffer.subarray(0, n), buffer.subarray(1));
      expect(difference(buffer.subarray(1), want), name).toBeUndefined();
    }
  });

  trials(`gives what copies give, whatever the overlap (${build})`, 600, 0.3 * perBuild, (r) => {
    found[overlapping(r, s, pick(r, writing), small(r))]++;
  });
  trials(`also where the lanes go one by one (${build})`, 30, 0.2 * perBuild, (r) => {
    found[overlapping(r, s, pick(r, ['softmax', 'logSoftmax'] as const), pick(r, alone)(r))]++;
  });
  trials(`also where a call goes by slices, streams and windows (${build})`, 15, 0.5 * perBuild, (r) => {
    found[overlapping(r, r.whole(2) === 0 ? s : narrow, pick(r, writing), pick(r, large)(r))]++;
  });
  test.skipIf(only !== undefined)(`most cases share bytes (one case, by FUZZ_CASE, is not counted) (${build})`, () => {
    expect(found.shared).toBeGreaterThan(found.apart + found.refused);
  }); // prettier-ignore
});
