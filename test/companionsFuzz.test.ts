import fc from 'fast-check';
import { expect } from 'vitest';
import { instances } from './support/eachBuild.ts';
import { pick, random, type Random } from './support/random.ts';
import { tally } from './support/seed.ts';
import { property } from './support/trials.ts';
import { bitsOf, fromBits, round } from './support/ulp.ts';

// Random calls of the companions on every build, against their definitions as plain loops over numbers.

const inf = Infinity;
const storages = ['float32', 'float32', 'float64', 'int8', 'uint8', 'float16', 'bfloat16'] as const;
type Storage = (typeof storages)[number] | 'int32';
const classes = { float32: Float32Array, float64: Float64Array, int8: Int8Array, uint8: Uint8Array, float16: Uint16Array, bfloat16: Uint16Array, int32: Int32Array }; // prettier-ignore
const tolerances = { float64: 1e-12, float32: 2e-6, float16: 2e-3, bfloat16: 2e-2 };

const product = (shape: readonly number[]): number => shape.reduce((a, n) => a * n, 1);
const isHalf = (s: Storage): s is 'float16' | 'bfloat16' => s === 'float16' || s === 'bfloat16';
const resultOf = (s: Storage): keyof typeof tolerances => (s in tolerances ? (s as 'float32') : 'float64');

/** Places of all elements, row-major. */
function places(shape: readonly number[], strides: readonly number[], offset = 0): number[] {
  let list = [offset];
  shape.forEach((n, d) => (list = list.flatMap((at) => Array.from({ length: n }, (_, i) => at + i * strides[d]!))));
  return list;
}
const rowMajor = (shape: readonly number[]): number[] => shape.map((_, d) => product(shape.slice(d + 1)));

/** The places of the elements of each lane. */
function lanesOf(shape: readonly number[], axes: readonly number[]): number[][] {
  const strides = rowMajor(shape), kept = shape.map((_, d) => d).filter((d) => !axes.includes(d)), own = [...axes].sort((a, b) => a - b); // prettier-ignore
  const of = (list: number[], from: number): number[] => places(list.map((d) => shape[d]!), list.map((d) => strides[d]!), from); // prettier-ignore
  return of(kept, 0).map((from) => of(own, from));
}

/** Strides in any order and direction, with gaps, and where to start. */
function scatter(r: Random, shape: readonly number[]): { strides: number[]; offset: number; size: number } {
  const order = shape.map((_, d) => d).sort(() => r.uniform() - 0.5), strides = shape.map(() => 1);
  let next = 1 + r.whole(2), low = 0;
  for (const d of order) {
    strides[d] = next * (r.whole(3) === 0 ? -1 : 1);
    if (strides[d]! < 0) low += (shape[d]! - 1) * strides[d]!;
    next = next * Math.max(1, shape[d]!) + r.whole(2);
  }
  if (product(shape) === 0) low = 0;
  return { strides, offset: 1 - low, size: 2 - low + next * 2 };
}

function element(r: Random, storage: Storage, special: boolean): number {
  if (storage === 'uint8') return r.whole(6);
  if (special && storage !== 'int8' && r.whole(6) === 0) return pick(r, [-inf, -inf, -inf, -0, 0, inf, NaN]);
  if (storage === 'int8') return r.whole(13) - 6;
  if (r.whole(3) === 0) return r.whole(9) - 4; // ties
  return isHalf(storage) ? round(r.normal() * 3, storage) : storage === 'float32' ? Math.fround(r.normal() * 3) : r.normal() * 3; // prettier-ignore
}

/** An array argument with these values; `nested` holds any numbers. */
interface Held {
  readonly x: any;
  readonly options: Record<string, unknown>;
  unchanged(): boolean;
}
function hold(r: Random, values: readonly number[], shape: readonly number[], storage: Storage, container: string): Held {
  const stored = isHalf(storage) ? values.map((v) => Number(bitsOf(v, storage))) : values;
  const dtype = isHalf(storage) ? { dtype: storage } : {};
  const keep = (x: any, data: any, options = {}): Held => {
    const before = data.slice();
    return { x, options, unchanged: () => data.every((v: number, i: number) => Object.is(v, before[i])) };
  };
  if (container === 'nested') {
    const nest = (at: number, rest: readonly number[]): any =>
      rest.length === 0 ? values[at] : Array.from({ length: rest[0]! }, (_, i) => nest(at + i * product(rest.slice(1)), rest.slice(1))); // prettier-ignore
    return { x: nest(0, shape), options: {}, unchanged: () => true };
  }
  const Class = classes[storage] as Float32ArrayConstructor;
  if (container === 'strided') {
    const { strides, offset, size } = scatter(r, shape), data = new Class(size).fill(7);
    places(shape, strides, offset).forEach((p, i) => (data[p] = stored[i]!));
    return keep({ data, shape, strides, offset, ...dtype }, data);
  }
  const data = Class.from(stored);
  if (container === 'typed') return keep(data, data, { shape, ...dtype });
  return keep({ data, [container === 'dims' ? 'dims' : 'shape']: shape, ...dtype }, data);
}

/** The numbers of a result, row-major. */
function numbersOf(got: any, format: string, shape: readonly number[]): number[] {
  if (typeof got === 'number') return [got];
  if (Array.isArray(got)) return got.flat(inf) as number[];
  const data = ArrayBuffer.isView(got) ? (got as unknown as number[]) : got.data;
  const at = places(shape, got.strides ?? rowMajor(shape), got.offset ?? 0);
  return at.map((p) => (data instanceof Uint16Array ? fromBits(BigInt(data[p]!), format as 'float16') : data[p]));
}

// The definitions.

/** log softmax(theta x) of a lane; a theta of 0 leaves out infinities. */
function logsOf(lane: readonly number[], theta: number): number[] {
  const z = lane.map((x) => (theta === 0 ? (Math.abs(x) === inf ? -inf : x * 0) : theta * x)), top = Math.max(...z);
  if (z.some((v) => v !== v) || Math.abs(top) === inf) return lane.map(() => NaN);
  const sum = Math.log(z.reduce((s, v) => s + Math.exp(v - top), 0));
  return z.map((v) => v - top - sum);
}
const term = (c: number, log: number): number => (c === 0 && log === -inf ? 0 : -c * log);
const sum = (list: readonly number[]): number => list.reduce((a, b) => a + b, 0);
const absent = (x: number, theta: number): boolean => (theta === 0 ? Math.abs(x) === inf : theta * x === -inf);

interface Case {
  readonly call: 'argmax' | 'topk' | 'crossEntropy' | 'crossEntropyGradient' | 'softmaxGradient' | 'logSoftmaxGradient';
  readonly shape: readonly number[];
  readonly storage: Storage;
  readonly container: string;
  readonly other: string;
  readonly axis: 'none' | 'null' | 'one' | 'some';
  readonly out: string;
  readonly theta: number | undefined;
  readonly dense: boolean;
  readonly reduction: 'mean' | 'sum' | 'none' | undefined;
  readonly smoothing: number | undefined;
  readonly weighted: boolean;
  readonly ignored: number | undefined;
  readonly seed: number;
}
const containers = ['typed', 'object', 'dims', 'strided', 'strided', 'nested'] as const;
const cases: fc.Arbitrary<Case> = fc.record({
  call: fc.constantFrom('argmax', 'topk', 'crossEntropy', 'crossEntropyGradient', 'crossEntropyGradient', 'softmaxGradient', 'logSoftmaxGradient'),
  shape: fc.array(fc.oneof({ weight: 9, arbitrary: fc.integer({ min: 1, max: 6 }) }, { weight: 1, arbitrary: fc.constantFrom(0, 40) }), { maxLength: 4, size: 'max' }).filter((shape) => product(shape) <= 600),
  storage: fc.constantFrom(...storages),
  container: fc.constantFrom(...containers),
  other: fc.constantFrom(...containers),
  axis: fc.constantFrom('none', 'null', 'one', 'one', 'one', 'some'),
  out: fc.constantFrom('none', 'none', 'typed', 'strided', 'same'),
  theta: fc.constantFrom(undefined, undefined, 1, 0.5, -1.5, 0),
  dense: fc.boolean(),
  reduction: fc.constantFrom(undefined, 'mean', 'sum', 'none'),
  smoothing: fc.constantFrom(undefined, undefined, 0, 0.1, 1),
  weighted: fc.boolean(),
  ignored: fc.constantFrom(undefined, undefined, -1, 0),
  seed: fc.nat(),
}) as fc.Arbitrary<Case>; // prettier-ignore

/** What has to come out; `scale` is the size of what was added up. */
interface Wanted {
  readonly shape: readonly number[];
  readonly values: readonly number[];
  readonly scale: readonly number[];
}

function check(c: Case): void {
  const r = random(c.seed), { shape, call } = c, rank = shape.length, size = product(shape); // prettier-ignore
  const container = size === 0 && c.container === 'nested' ? 'object' : c.container;
  const storage = container === 'nested' ? 'float64' : c.storage, format = resultOf(storage);
  const loss = call.startsWith('crossEntropy'), gradient = call.endsWith('Gradient');

  let axis: number | number[] | null | undefined, axes: number[];
  const order = shape.map((_, d) => d).sort(() => r.uniform() - 0.5), signed = (d: number): number => (r.whole(2) === 0 ? d : d - rank); // prettier-ignore
  if (c.axis === 'one' && rank > 0) (axes = [order[0]!]), (axis = signed(order[0]!));
  else if (c.axis === 'some' && call !== 'topk' && rank > 0) (axes = order.slice(0, 1 + r.whole(rank))), (axis = axes.map(signed));
  else if (c.axis === 'none' && loss && rank > 0) axes = [rank - 1];
  else (axes = order), (axis = c.axis === 'none' && !loss ? undefined : null);
  const lanes = lanesOf(shape, axes), n = product(axes.map((d) => shape[d]!));
  const kept = shape.filter((_, d) => !axes.includes(d));

  const values = Array.from({ length: size }, () => element(r, storage, true));
  const options: Record<string, unknown> = axis === undefined ? {} : { axis };
  const scale = new Array<number>(size).fill(1), want = new Array<number>(size);
  let arguments_: () => { list: unknown[]; held: Held[] };
  let wanted: Wanted;
  let more: ((s: any) => void) | undefined;

  if (call === 'argmax') {
    const keepdims = r.whole(2) === 0, mask = r.whole(2) === 0 ? values.map(() => r.whole(3) > 0) : undefined;
    if (keepdims) options['keepdims'] = true;
    const best = (lane: number[]): number => {
      const open = lane.map((_, i) => i).filter((i) => mask === undefined || mask[lane[i]!]);
      const nan = open.find((i) => Number.isNaN(values[lane[i]!]!));
      return nan ?? open.reduce((b, i) => (b < 0 || values[lane[i]!]! > values[lane[b]!]! ? i : b), -1);
    };
    if (n === 0 && lanes.length > 0) return;
    const result = keepdims ? shape.map((l, d) => (axes.includes(d) ? 1 : l)) : kept;
    wanted = { shape: result, values: lanes.map(best), scale: lanes.map(() => 0) };
    arguments_ = () => {
      const x = hold(r, values, shape, storage, container);
      const where = mask && hold(r, mask.map(Number), shape, 'uint8', size === 0 ? 'object' : pick(r, ['object', 'strided', 'nested'])); // prettier-ignore
      return { list: [x.x, { ...options, ...x.options, ...(where && { where: where.x }) }], held: where ? [x, where] : [x] };
    };
  } else if (call === 'topk') {
    const k = r.whole(n + 1), flat = axis === null || axis === undefined;
    const chosen = lanes.map((lane) =>
      lane.map((_, i) => i).sort((i, j) => {
        const a = values[lane[i]!]!, b = values[lane[j]!]!;
        if (Number.isNaN(a) || Number.isNaN(b)) return Number.isNaN(a) && Number.isNaN(b) ? i - j : Number.isNaN(a) ? -1 : 1;
        return a === b ? i - j : b - a;
      }).slice(0, k)); // prettier-ignore
    const result = flat ? [k] : shape.map((l, d) => (d === axes[0] ? k : l));
    const list = new Array<number>(product(result)), indices = new Array<number>(product(result));
    lanesOf(result, flat ? [0] : axes).forEach((lane, l) => lane.forEach((p, i) => ((indices[p] = chosen[l]![i]!), (list[p] = values[lanes[l]![chosen[l]![i]!]!]!)))); // prettier-ignore
    wanted = { shape: result, values: indices, scale: indices.map(() => 0) };
    arguments_ = () => {
      const x = hold(r, values, shape, storage, container);
      return { list: [x.x, k, { ...options, ...x.options }], held: [x] };
    };
    more = (got) => expect(numbersOf(got.values, storage, result)).toEqual(list);
  } else if (loss) {
    if (n === 0 || rank === 0) return;
    const { ignored = -100, smoothing: epsilon = 0, theta = 1, reduction = 'mean' } = c;
    const dense = c.dense && ignored < 0;
    const weights = c.weighted ? Array.from({ length: n }, () => pick(r, [0, 1, 0.5, 2])) : undefined;
    const labels = lanes.map(() => (r.whole(4) === 0 ? ignored : r.whole(n)));
    const target = values.map(() => pick(r, [0, 0, 0.5, 1, 0.25]));
    Object.assign(options, { theta: c.theta, reduction: c.reduction, labelSmoothing: c.smoothing, classWeights: weights });
    if (!dense) options['ignoreIndex'] = c.ignored;
    const weigh = (j: number): number => weights?.[j] ?? 1;
    const losses: number[] = [], sizes: number[] = [];
    const counted = dense ? lanes.length : sum(labels.map((t) => (t === ignored ? 0 : weigh(t))));
    const divisor = reduction !== 'mean' ? 1 : counted;
    lanes.forEach((lane, l) => {
      const logs = logsOf(lane.map((p) => values[p]!), theta), counts = dense || labels[l] !== ignored; // prettier-ignore
      const hot = lane.map((p, j) => weigh(j) * ((1 - epsilon) * (dense ? target[p]! : Number(j === labels[l])) + epsilon / n));
      // the plain loss of a label looks at its own logarithm only
      const terms = hot.map((v, j) => (!dense && epsilon === 0 && j !== labels[l] ? 0 : term(v, logs[j]!)));
      losses.push(counts ? sum(terms) : 0);
      sizes.push(counts ? sum(terms.map(Math.abs)) + 1 : 1);
      const all = sum(hot);
      lane.forEach((p, j) => {
        const slope = theta * (Math.exp(logs[j]!) * all - hot[j]!) / divisor; // prettier-ignore
        want[p] = !counts || absent(values[p]!, theta) ? 0 : slope;
        scale[p] = Math.abs(theta / divisor) * (all + hot[j]!);
      });
    });
    // 0 / 0: every label ignored, or every weight 0
    const nothing = counted === 0 && reduction === 'mean';
    if (gradient && nothing && labels.some((t) => t !== ignored)) return;
    wanted = gradient
      ? { shape, values: want, scale }
      : reduction === 'none'
        ? { shape: kept, values: losses, scale: sizes }
        : { shape: [], values: [sum(losses) / divisor], scale: [sum(sizes) / (divisor || 1)] };
    const targetShape = dense ? shape : kept;
    arguments_ = () => {
      const x = hold(r, values, shape, storage, container);
      // a flat array is told by its length: where there is one class it may mean either
      const kind = product(targetShape) === 0 || n === 1 ? 'object' : c.other;
      const t = hold(r, dense ? target : labels, targetShape, dense || kind === 'nested' ? 'float64' : 'int32', kind);
      return { list: [x.x, t.x, { ...options, ...x.options }], held: [x, t] };
    };
  } else {
    const soft = call === 'softmaxGradient', theta = c.theta ?? 1;
    options['theta'] = c.theta;
    // a distribution, nearly all in one place now and then; or any numbers
    const any = storage === 'int8' || storage === 'uint8' || r.whole(4) === 0, spread = pick(r, [1, 4, 30]);
    const ys = any ? values.map((v) => (Number.isFinite(v) ? (soft ? v : -Math.abs(v)) : soft ? 0 : -inf)) : values.slice();
    const stored = (v: number): number => (storage === 'int8' || storage === 'uint8' ? v : round(v, format));
    if (!any) {
      for (const lane of lanes) {
        const logs = logsOf(lane.map(() => (r.whole(7) === 0 ? -inf : r.normal() * spread)), 1);
        lane.forEach((p, i) => (ys[p] = stored(soft ? Math.exp(logs[i]!) : logs[i]!)));
      }
    } else ys.forEach((v, i) => (ys[i] = storage === 'uint8' ? Math.abs(v) : v));
    const dys = values.map((_, p) => ((soft ? ys[p] === 0 : ys[p] === -inf) && r.whole(3) === 0 ? pick(r, [NaN, inf, 1]) : Math.fround(r.normal()))); // prettier-ignore
    for (const lane of lanes) {
      const open = lane.filter((p) => (soft ? ys[p] !== 0 : ys[p] !== -inf));
      const mean = sum(open.map((p) => (soft ? ys[p]! : 1) * dys[p]!)), size = sum(open.map((p) => (soft ? Math.abs(ys[p]!) : 1) * Math.abs(dys[p]!))); // prettier-ignore
      for (const p of lane) {
        const y = ys[p]!;
        if (!open.includes(p)) (want[p] = 0), (scale[p] = 0);
        else if (soft) (want[p] = theta * y * (dys[p]! - mean)), (scale[p] = Math.abs(theta * y) * (Math.abs(dys[p]!) + size + 1));
        else (want[p] = theta * (dys[p]! - Math.exp(y) * mean)), (scale[p] = Math.abs(theta) * (Math.abs(dys[p]!) + Math.exp(y) * size));
      }
    }
    wanted = { shape, values: want, scale };
    arguments_ = () => {
      const y = hold(r, ys, shape, storage, container);
      const dy = hold(r, dys, shape, 'float32', product(shape) === 0 ? 'object' : c.other);
      return { list: [y.x, dy.x, { ...options, ...y.options }], held: [y, dy] };
    };
  }

  const tolerance = call === 'argmax' || call === 'topk' ? 0 : call === 'crossEntropy' && c.reduction !== 'none' ? (format === 'float64' ? 1e-12 : 2e-6) : tolerances[format]; // prettier-ignore
  for (const { build, softmax: s } of instances) {
    if (s === undefined) continue;
    const where = `${build} ${JSON.stringify({ ...c, theta: String(c.theta) })}`;
    const { list, held } = arguments_();
    const takesOut = call === 'argmax' || gradient;
    const given = list.at(-1) as Record<string, any>;
    const OutClass = (call === 'argmax' ? Int32Array : format === 'float64' ? Float64Array : classes[format]) as Float32ArrayConstructor; // prettier-ignore
    let out: any, gaps: (() => boolean) | undefined;
    if (takesOut && c.out === 'typed') out = new OutClass(product(wanted.shape));
    if (takesOut && c.out === 'strided') {
      const { strides, offset, size: room } = scatter(r, wanted.shape), data = new OutClass(room).fill(77);
      const own = new Set(places(wanted.shape, strides, offset));
      out = { data, shape: wanted.shape, strides, offset };
      gaps = () => data.every((v, i) => own.has(i) || v === 77);
    }
    if (gradient && c.out === 'same' && container !== 'nested' && (list[0] as any).constructor === OutClass) out = list[0];
    if (out !== undefined) given['out'] = out;
    tally.calls++;
    const got = (s as any)[call](...list);
    if (out !== undefined) expect(got, where).toBe(out);
    const main = call === 'topk' ? got.indices : got;
    if (out === undefined && typeof main === 'object' && 'shape' in main) expect(main.shape, where).toEqual(wanted.shape);
    const numbers = numbersOf(main, format, wanted.shape);
    expect(numbers.length, where).toBe(wanted.values.length);
    wanted.values.forEach((v, i) => {
      const tiny = format === 'float16' ? 6e-8 : 1e-40;
      const right = Object.is(numbers[i]! + 0, v + 0) || Math.abs(numbers[i]! - v) <= tolerance * wanted.scale[i]! + tiny;
      if (!right) expect.fail(`${where}: element ${i} is ${numbers[i]}, wanted ${v}`);
    });
    more?.(got);
    held.forEach((each, i) => expect(each.unchanged() || (i === 0 && out === list[0]), `${where}: argument ${i} changed`).toBe(true));
    expect(gaps?.() ?? true, `${where}: a gap of out was written`).toBe(true);
  }
}

property('the companions give what their definitions say, for every axis, dtype, container and option', cases, 1500, 0.8, check);

property('out may share its memory with where or b, in any place', fc.record({
    call: fc.constantFrom('softmax', 'logSoftmax', 'logsumexp'), outer: fc.integer({ min: 1, max: 9 }), n: fc.integer({ min: 1, max: 40 }), inner: fc.integer({ min: 1, max: 5 }),
    large: fc.oneof({ weight: 19, arbitrary: fc.constant(false) }, { weight: 1, arbitrary: fc.constant(true) }), single: fc.boolean(), weights: fc.boolean(), axis: fc.constantFrom(0, 1, 2, null), seed: fc.nat(),
  }), 200, 0.2, ({ call, outer, n, inner, large, single, weights, axis, seed }) => {
    const r = random(seed), shape = [large ? outer * 256 : outer, n, inner], size = product(shape); // prettier-ignore
    const Class = single ? Float32Array : Float64Array, bytes = Class.BYTES_PER_ELEMENT;
    const x = (Class as Float64ArrayConstructor).from({ length: size }, () => r.normal()), b = call === 'logsumexp' && weights;
    const result = call !== 'logsumexp' ? shape : axis === null ? [] : shape.filter((_, d) => d !== axis);
    const length = product(result), other = new ArrayBuffer(8 * Math.ceil((size * (b ? bytes : 1) + length * bytes) / 8) + 16);
    for (const { build, softmax: s } of instances) {
      if (s === undefined || (large && build !== instances[seed % 4]!.build)) continue;
      const at = r.whole(Math.floor((other.byteLength - length * bytes) / bytes) + 1) * bytes;
      const mask = b ? new Class(other, 0, size) : new Uint8Array(other, r.whole(8), size);
      mask.set(Array.from({ length: size }, () => (b ? pick(r, [0, 1, 2, -0.5]) : r.whole(4) > 0 ? 1 : 0)));
      const own = mask.slice(), run = s[call as 'logsumexp'];
      const want: any = run(x, { shape, axis, ...(b ? { b: { data: own, shape } } : { where: own }) });
      const out = { data: new Class(other, at, length), shape: result };
      tally.calls++;
      const got = run(x, { shape, axis, ...(b ? { b: { data: mask, shape } } : { where: mask }), out });
      expect(got).toBe(out);
      expect(Array.from(out.data), `${build} ${call} ${shape} axis ${axis}`).toEqual(typeof want === 'number' ? [want] : Array.from(want));
    }
  }); // prettier-ignore
