import fc from 'fast-check';
import { expect } from 'vitest';
import { createSoftmax } from '../src/index.ts';
import type { Build } from '../src/kernels/choose.ts';
import { allowance, bound, cancelling, cancels, subnormalExp64, type Call } from './support/bounds.ts';
import { instances } from './support/eachBuild.ts';
import type { Exact } from './support/exact.ts';
import { kindOf, noDistribution, type SignedExact } from './support/laneKinds.ts';
import * as oracle from './support/oracle.ts';
import * as pair from './support/pairRoute.ts';
import { pick, random, type Random } from './support/random.ts';
import { tally } from './support/seed.ts';
import { property } from './support/trials.ts';
import { formats, fromBits, round, ulpError, type Format } from './support/ulp.ts';

// Random calls of every kind on every build, against an oracle that shares no code with what it judges.

type Typed = Float32Array | Float64Array | Int8Array | Uint16Array;
const classes = {
  float32: Float32Array,
  float64: Float64Array,
  int8: Int8Array,
  uint8: Uint8Array,
  uint8clamped: Uint8ClampedArray,
  int16: Int16Array,
  uint16: Uint16Array,
  int32: Int32Array,
  uint32: Uint32Array,
  float16: Uint16Array,
  bfloat16: Uint16Array,
} as unknown as Record<Storage, new (buffer: ArrayBufferLike, offset?: number, length?: number) => Typed>;

/** Half of the float16 arrays are of this class, where the host has it. */
const { Float16Array: Native } = globalThis as unknown as { Float16Array?: (typeof classes)[Storage] };

const storages = ['float32', 'float64', 'int8', 'uint8', 'uint8clamped', 'int16', 'uint16', 'int32', 'uint32', 'float16', 'bfloat16'] as const; // prettier-ignore
type Storage = (typeof storages)[number];
const flavours = ['ordinary', 'wide', 'huge', 'tiny', 'subnormal', 'ties', 'special', 'negative', 'anything'] as const;
const containers = ['typed', 'object', 'dims', 'strided', 'strided', 'strided', 'nested', 'tensor'] as const;
const outs = ['none', 'none', 'typed', 'object', 'strided', 'same', 'overlap', 'overlap', 'tensor'] as const;
const calls = ['softmax', 'logSoftmax', 'logsumexp', 'logsumexp', 'exp'] as const;

/** All of a call but the values, which follow from the seed: fast-check makes a failing one smaller. */
interface Case {
  readonly call: Call;
  readonly shape: readonly number[];
  readonly storage: Storage;
  readonly container: (typeof containers)[number];
  readonly out: (typeof outs)[number];
  readonly flavour: (typeof flavours)[number];
  readonly axis: 'none' | 'null' | 'one' | 'some' | 'empty';
  readonly theta: number | undefined;
  /** theta is given as temperature, if that has a reciprocal */
  readonly tempered: boolean;
  readonly where: 'none' | 'typed' | 'nested' | 'broadcast' | 'scalar';
  readonly b: 'none' | 'same' | 'broadcast' | 'number';
  readonly returnSign: boolean;
  readonly keepdims: boolean;
  readonly exact: boolean;
  readonly seed: number;
}

const length = fc.oneof(
  { weight: 1, arbitrary: fc.constant(0) },
  { weight: 4, arbitrary: fc.constant(1) },
  { weight: 20, arbitrary: fc.integer({ min: 2, max: 9 }) },
  { weight: 3, arbitrary: fc.integer({ min: 10, max: 200 }) },
);

/** Lengths whose product stays below `most`; those that come too late become 1. */
const shapeBelow = (most: number, of: fc.Arbitrary<number>, rank: number): fc.Arbitrary<number[]> =>
  fc.array(of, { maxLength: rank, size: 'max' }).map((lengths) => {
    let size = 1;
    return lengths.map((n) => {
      if (size * n > most) return 1;
      size *= Math.max(n, 1);
      return n;
    });
  });

const theta = fc.oneof(
  { weight: 6, arbitrary: fc.constant(undefined) },
  { weight: 1, arbitrary: fc.constantFrom(0, -0, 1, -1, 0.5, 2) },
  { weight: 3, arbitrary: fc.double({ min: -20, max: 20, noNaN: true }) },
  { weight: 1, arbitrary: fc.constantFrom(1e300, -1e300, 1e-300, 5e-324, -5e-324, 1e-310, Number.MAX_VALUE, 1e100, -1e-40) },
); // prettier-ignore

const any = (shape: fc.Arbitrary<number[]>): fc.Arbitrary<Case> =>
  fc.record({
    call: fc.constantFrom(...calls),
    shape,
    storage: fc.oneof({ weight: 2, arbitrary: fc.constantFrom('float32' as const, 'float64' as const) }, { weight: 1, arbitrary: fc.constantFrom(...storages) }),
    container: fc.constantFrom(...containers),
    out: fc.constantFrom(...outs),
    flavour: fc.constantFrom(...flavours),
    axis: fc.constantFrom('none', 'null', 'one', 'one', 'one', 'some', 'some', 'empty'),
    theta,
    tempered: fc.boolean(),
    where: fc.constantFrom('none', 'none', 'none', 'none', 'typed', 'nested', 'broadcast', 'scalar'),
    b: fc.constantFrom('none', 'none', 'none', 'same', 'broadcast', 'number'),
    returnSign: fc.boolean(),
    keepdims: fc.boolean(),
    exact: fc.boolean(),
    seed: fc.nat(),
  }); // prettier-ignore

const product = (shape: readonly number[]): number => shape.reduce((a, n) => a * n, 1);
const shuffled = (r: Random, n: number): number[] => {
  const list = Array.from({ length: n }, (_, i) => i);
  for (let i = n - 1; i > 0; i--) {
    const j = r.whole(i + 1);
    [list[i], list[j]] = [list[j]!, list[i]!];
  }
  return list;
};

/** Where the elements of a shape lie, relative to the lowest of them. */
interface Strided {
  readonly strides: number[];
  readonly low: number;
  readonly span: number;
}

/** Strides in any order and direction, with gaps; `loose`: also 0 and overlapping ones. */
function scatter(r: Random, shape: readonly number[], loose: boolean, dense = false): Strided {
  const strides = shape.map(() => 1);
  let next = dense ? 1 : 1 + r.whole(2);
  for (const d of dense ? shape.map((_, i) => shape.length - 1 - i) : shuffled(r, shape.length)) {
    strides[d] = next;
    next = next * Math.max(1, shape[d]!) + (dense ? 0 : r.whole(3));
    if (loose && r.whole(4) === 0) strides[d] = r.whole(4);
    if (!dense && r.whole(3) === 0) strides[d] = -strides[d]! + 0;
  }
  let low = 0,
    high = 0;
  shape.forEach((n, d) => {
    if (n === 0) return;
    if (strides[d]! < 0) low += (n - 1) * strides[d]!;
    else high += (n - 1) * strides[d]!;
  });
  return product(shape) === 0 ? { strides, low: 0, span: 0 } : { strides, low: -low, span: high - low + 1 };
}

/** The places of all elements, row-major. */
function places(shape: readonly number[], strides: readonly number[], offset: number): number[] {
  let list = [offset];
  shape.forEach((n, d) => (list = list.flatMap((at) => Array.from({ length: n }, (_, i) => at + i * strides[d]!))));
  return list;
}

/** One number of a flavour; what the storage cannot hold becomes what it holds instead. */
function draw(r: Random, flavour: Case['flavour'], storage: Storage): number {
  const single = storage !== 'float64';
  switch (flavour) {
    case 'ordinary':
      return r.normal() * 4;
    case 'wide':
      return r.normal() * 300;
    case 'huge':
      return r.normal() * (single ? 1e38 : 1e307) * pick(r, [1, 1e-3, 1e-20]);
    case 'tiny':
      return r.normal() * (single ? 1e-30 : 1e-290);
    case 'subnormal':
      return r.normal() * (single ? 1e-41 : 1e-312);
    case 'ties':
      return pick(r, [0, -0, 1, 1, -1, 2]);
    case 'special':
      return pick(r, [NaN, Infinity, -Infinity, -Infinity, -0, 0, 1, 2, 3, 700, -700, 88, -104]);
    case 'negative':
      return -r.uniform() * 3;
    case 'anything':
      return NaN; // stands for random bits
  }
}

/** Fills places of an array with values; NaN comes with any payload, 16-bit floats as bits. */
function put(r: Random, data: Typed, at: readonly number[], c: Case): void {
  const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  const n = data.BYTES_PER_ELEMENT,
    float = c.storage.includes('float');
  for (const p of at) {
    const value = draw(r, c.flavour, c.storage);
    if (c.flavour === 'anything' || (float && value !== value && c.storage.startsWith('float'))) {
      for (let i = 0; i < n; i++) bytes[p * n + i] = r.whole(256);
      if (c.flavour !== 'anything') {
        // exponent all ones, any sign and fraction: a NaN with a payload
        bytes[p * n + n - 1] = 0x7f | (r.whole(2) << 7);
        bytes[p * n + n - 2] = 0xf8 | bytes[p * n + n - 2]!;
        if (n === 2) ((bytes[p * n + 1]! |= 0x7c), (bytes[p * n] = 1));
        if (n === 4) bytes[p * n + 2]! |= 0x80;
      }
    } else if (c.storage === 'float16' || c.storage === 'bfloat16') {
      data[p] = toBits(value, c.storage);
    } else data[p] = value;
  }
}

const single = new Float32Array(1),
  word = new Uint32Array(single.buffer);
function toBits(x: number, format: 'float16' | 'bfloat16'): number {
  single[0] = x;
  if (format === 'bfloat16') return word[0]! >>> 16;
  if (x !== x) return 0x7e01;
  const sign = x < 0 || Object.is(x, -0) ? 0x8000 : 0,
    size = Math.abs(x);
  if (size >= 65520) return sign | 0x7c00;
  const exponent = Math.max(-14, Math.floor(Math.log2(size || 2 ** -30)));
  return sign | (Math.min(0x7bff, Math.round(size / 2 ** (exponent - 10)) + (exponent + 14) * 1024) & 0x7fff);
}

const decoded = new Map<string, number>();
function valueOf(element: number, storage: Storage): number {
  if (storage !== 'float16' && storage !== 'bfloat16') return element;
  const key = `${storage}${element}`;
  if (!decoded.has(key)) decoded.set(key, fromBits(BigInt(element), storage));
  return decoded.get(key)!;
}

/** What a result has to be: the exact number, and the largest theta x where it is a logsumexp. */
interface Wanted {
  readonly exact: Exact;
  readonly maximum: number;
  readonly weighted: boolean;
  /** the logarithm of the sum without its sign, where that has one */
  readonly size?: number;
}

const unit32 = (x: number): number => {
  const { precision, lowest } = formats.float32;
  return 2 ** (Math.max(lowest, Math.floor(Math.log2(Math.max(Math.abs(x), 2 ** -140)))) - precision + 1);
};

/** Whether a result keeps the bound that is stated for it. */
function within(
  got: number,
  { exact, maximum, weighted, size = exact.value }: Wanted,
  c: Case,
  format: Format,
  build: Build,
  strict: boolean,
): boolean {
  const precision = strict ? 'exact' : 'fast';
  const dtype = format === 'float64' ? 'float64' : 'float32';
  const reduced = c.call === 'logsumexp';
  // weights that cancel by 86 bits and more leave nothing of two float64: any number as small, or none
  if (weighted && size < maximum - 60) return !(got >= maximum - 55) || ulpError(got, exact, format) <= 0.51;
  const fast = (dtype === 'float64' || precision === 'fast') && !weighted;
  const near = reduced && (weighted || (fast ? maximum < 0 : cancels(exact, maximum)));
  const absolute =
    // a weighted sum of exactly 1 is left by cancelling too: 2 e - 1 - e - e
    !near || (exact.head === 0 && !weighted)
      ? 0
      : dtype === 'float64'
        ? weighted
          ? cancelling.float64.absolute * Math.max(1, Math.abs(maximum))
          : allowance(exact, maximum, dtype)
        : precision === 'fast'
          ? weighted
            ? cancelling.float32.absolute
            : allowance(exact, maximum, dtype)
          : Math.abs(exact.value) < cancelling.float32.exactBelow
            ? Math.max(cancelling.float32.exactUlp * unit32(exact.value), cancelling.float32.exactAbsolute)
            : 0;
  const units =
    c.call === 'exp' && dtype === 'float64' && exact.exponent < -1022 ? subnormalExp64 : bound(c.call, dtype, precision, build); // prettier-ignore
  if (format === 'float32' || format === 'float64') {
    return ulpError(got, exact, format) <= units || Math.abs(got - exact.value - exact.residual) <= absolute;
  }
  // 16 bits: a float32 within its bound, rounded once
  if (!Number.isFinite(exact.value) || exact.head === 0) return got === exact.value || (got !== got && exact.value !== exact.value); // prettier-ignore
  const error = Math.max(units * unit32(exact.value), absolute);
  return round(exact.value - error, format) <= got && got <= round(exact.value + error, format);
}

/** What theta = 0 leaves of a lane: every finite number counts alike, infinities are absent. */
const evened = (lane: number[]): number[] => lane.map((x) => (Math.abs(x) === Infinity ? -Infinity : x * 0));

/** softmax and logSoftmax by the fast route where it is sure: no other gives thousands of cases in seconds. */
const distribution = (call: Call, lane: number[], t: number): Exact[] => {
  if (t === 0) return distribution(call, evened(lane), 1);
  if (kindOf(lane, t) !== 'finite') return lane.map(() => noDistribution);
  const route = pair.takes(lane, t) ? pair : oracle;
  return call === 'softmax' ? route.softmax(lane, t) : route.logSoftmax(lane, t);
};
const sum = (lane: number[], t: number): SignedExact => {
  if (t === 0) return sum(evened(lane), 1);
  return (pair.takes(lane, t) ? pair.logsumexp(lane, t) : undefined) ?? oracle.logsumexp(lane, { theta: t });
};

/** The case made concrete: buffers, options, and what has to come out. */
interface Trial {
  readonly c: Case;
  /** makes the arguments anew, as a call may write to them */
  arguments(make: Made): { x: unknown; options: Record<string, unknown>; out: unknown; end(): void };
  readonly result: readonly number[];
  readonly format: Format;
  readonly wanted: readonly (Wanted & { sign: number })[];
}
type Made = { tensor(dtype: string, shape: readonly number[], data?: ArrayLike<number>): any };

interface Buffers {
  readonly list: { readonly bytes: Uint8Array; readonly before: Uint8Array; readonly mayChange: Set<number> }[];
}

function trial(given: Case, sampled: boolean): Trial & { memory(): Buffers } {
  const r = random(given.seed);
  const c = settle(given);
  const { shape, storage, call } = c;
  const rank = shape.length;
  const bits = storage === 'float16' || storage === 'bfloat16';
  const format: Format = storage === 'float32' || bits ? (storage as Format) : 'float64';
  const reduces = call === 'logsumexp';

  // axes
  const order = shuffled(r, rank);
  const kindOfAxis = rank === 0 && c.axis === 'one' ? 'null' : c.axis;
  const chosen =
    kindOfAxis === 'one' ? order.slice(0, 1) : kindOfAxis === 'some' ? order.slice(0, r.whole(rank + 1)) : kindOfAxis === 'empty' ? [] : order; // prettier-ignore
  const signed = chosen.map((d) => (r.whole(2) === 0 ? d : d - rank));
  const axis =
    kindOfAxis === 'none' ? undefined : kindOfAxis === 'null' ? null : kindOfAxis === 'one' ? signed[0] : r.whole(4) === 0 ? Int32Array.from(signed) : signed; // prettier-ignore
  const axes = call === 'exp' ? [] : chosen;
  const kept = shape.map((_, d) => d).filter((d) => !axes.includes(d));
  const result = !reduces ? shape : c.keepdims ? shape.map((n, d) => (axes.includes(d) ? 1 : n)) : kept.map((d) => shape[d]!); // prettier-ignore

  // x
  const dense = c.container !== 'strided';
  const xs = scatter(r, shape, !dense && c.out !== 'same', dense);
  const X = classes[storage],
    bytesX = new X(new ArrayBuffer(8)).BYTES_PER_ELEMENT;
  const native = storage === 'float16' && Native !== undefined && r.whole(2) === 0,
    Held = native ? Native : X;
  const outClass = format === 'float64' ? Float64Array : Held,
    bytesOut = format === 'float64' ? 8 : bytesX;
  const loose = c.out === 'strided' || (c.out === 'overlap' && r.whole(2) === 0);
  const os = scatter(r, result, false, !loose);
  const pad = c.container === 'typed' || dense ? 0 : 1 + r.whole(5);
  const whole = Math.ceil((xs.span * bytesX + os.span * bytesOut + 160) / 8) * 8;

  // memory: x anywhere in its buffer, out in another, or anywhere in the same
  const template = new Uint8Array(whole).fill(0xff);
  const xStart = (1 + r.whole(9)) * 8,
    outStart = c.out === 'overlap' ? Math.min(whole - os.span * bytesOut - 8, (1 + r.whole(Math.ceil(whole / bytesOut))) * bytesOut) : 8 * (1 + r.whole(3)); // prettier-ignore
  const xElements = xs.span + 2 * pad;
  const outAt = Math.max(0, Math.floor(outStart / bytesOut) * bytesOut);
  const view = (buffer: ArrayBuffer): Typed => new X(buffer, xStart, Math.min(xElements, Math.floor((whole - xStart) / bytesX))); // prettier-ignore
  const at = places(shape, xs.strides, pad + xs.low);
  put(r, view(template.buffer as ArrayBuffer), sampled ? [...new Set(at)] : at, c);
  const values = at.map((p) => valueOf(view(template.buffer as ArrayBuffer)[p]!, storage));
  const sameValues = c.container === 'tensor' || c.container === 'nested';

  // mask and weights
  const lent = (full: boolean): number[] => shape.map((n) => (!full && r.whole(2) === 0 ? 1 : n)).slice(full ? 0 : r.whole(rank + 1)); // prettier-ignore
  const spread = (own: readonly number[], from: ArrayLike<number>): number[] => {
    const lead = rank - own.length,
      steps = own.map((n, d) => (n === 1 ? 0 : product(own.slice(d + 1))));
    return places(shape, [...Array<number>(lead).fill(0), ...steps], 0).map((p) => from[p]!);
  };
  let mask: number[] | undefined, where: unknown;
  if (c.where !== 'none' && call !== 'exp') {
    const own = c.where === 'scalar' ? [] : lent(c.where !== 'broadcast');
    const share = pick(r, [2, 2, 9]);
    const flat = Uint8Array.from({ length: product(own) }, () => (r.whole(share) === 0 ? 0 : 1));
    mask = spread(own, flat);
    where =
      c.where === 'scalar' ? (r.whole(2) ? flat[0] === 1 : flat[0]) : c.where === 'nested' && product(own) > 0 ? nest([...flat], own, r.whole(2) === 0) : { data: pick<any>(r, [flat, Float32Array.from(flat), Int32Array.from(flat)]), shape: own }; // prettier-ignore
  }
  let weights: number[] | undefined, b: unknown;
  const weigh = () => pick(r, [0, 1, -1, 2, r.normal(), r.normal() * 1e-10, -0.5]);
  if (c.b !== 'none' && reduces) {
    const own = c.b === 'number' ? [] : lent(c.b === 'same');
    const flat = Float64Array.from({ length: product(own) }, weigh);
    weights = spread(own, flat);
    b = c.b === 'number' ? flat[0] : { data: flat, shape: own };
  }

  // what has to come out: lane by lane, from the definition
  const t = call === 'exp' ? 1 : (c.theta ?? 1);
  const wanted = new Array<Wanted & { sign: number }>(product(result));
  if (call === 'exp') {
    values.forEach((x, i) => (wanted[i] = { exact: oracle.exp(x), maximum: 0, weighted: false, sign: 1 }));
  } else {
    const outerPlaces = places(kept.map((d) => shape[d]!), kept.map((d) => product(shape.slice(d + 1))), 0); // prettier-ignore
    const axesInOrder = [...axes].sort((p, q) => p - q);
    const inLane = places(axesInOrder.map((d) => shape[d]!), axesInOrder.map((d) => product(shape.slice(d + 1))), 0); // prettier-ignore
    outerPlaces.forEach((start, laneNumber) => {
      if (sampled && laneNumber % Math.ceil(outerPlaces.length / 12) !== 0) return;
      const entries = inLane.map((p) => start + p),
        open = mask === undefined ? entries : entries.filter((p) => mask![p] === 1);
      const lane = open.map((p) => values[p]!);
      // what a weight of 0 hides is no term
      const maximum = lane.reduce((m, x, k) => (weights?.[open[k]!] === 0 ? m : Math.max(m, t * x)), -Infinity);
      if (reduces) {
        const isWeighted = weights !== undefined;
        const exact = isWeighted ? oracle.logsumexp(lane, { theta: t, b: open.map((p) => weights![p]!) }) : sum(lane, t); // prettier-ignore
        const { sign } = exact;
        const shown =
          !c.returnSign && sign < 0 && exact.value !== -Infinity
            ? { ...exact, value: NaN, head: NaN, tail: 0, exponent: 0 }
            : exact;
        wanted[laneNumber] = { exact: shown, maximum, weighted: isWeighted, sign, size: exact.value };
      } else {
        const hidden = call === 'softmax' ? 0 : -Infinity;
        const nothing: Exact = { value: hidden, residual: 0, head: hidden, tail: 0, exponent: 0 };
        const checked = sampled && open.length > 64 ? open.filter((_, i) => i % Math.ceil(open.length / 40) === 0) : open; // prettier-ignore
        const results =
          checked === open ? distribution(call, lane, t) : oracle[`${call as 'softmax'}Sample`](t === 0 ? evened(lane) : lane, checked.map((p) => open.indexOf(p)), t === 0 ? 1 : t); // prettier-ignore
        if (mask !== undefined) {
          for (const p of entries) if (mask[p] !== 1) wanted[p] = { exact: nothing, maximum, weighted: false, sign: 1 };
        }
        checked.forEach((p, i) => (wanted[p] = { exact: results[i]!, maximum, weighted: false, sign: 1 }));
      }
    });
  }

  const buffers: Buffers = { list: [] };
  const guard = (buffer: ArrayBufferLike, mayChange: Set<number>): void => {
    const bytes = new Uint8Array(buffer);
    buffers.list.push({ bytes, before: bytes.slice(), mayChange });
  };

  return {
    c,
    result,
    format,
    wanted,
    memory: () => buffers,
    arguments(make) {
      buffers.list.length = 0;
      const ends: (() => void)[] = [];
      const options: Record<string, unknown> = {};
      const buffer = template.slice().buffer as ArrayBuffer;
      const data = new Held(buffer, xStart, view(buffer).length);
      const flat = (): Typed => new Held(buffer, xStart, xs.span);
      let x: any;
      if (c.container === 'typed') ((x = flat()), (options['shape'] = [...shape]));
      else if (c.container === 'object') x = { data: flat(), shape: [...shape] };
      else if (c.container === 'dims') x = { data: flat(), dims: Int32Array.from(shape) };
      else if (c.container === 'strided') x = { data, shape: [...shape], strides: xs.strides, offset: pad + xs.low };
      else if (c.container === 'nested') x = rank === 0 ? values[0] : nest(values, shape, false);
      else {
        x = make.tensor(storage, shape, values);
        ends.push(() => x.dispose());
      }
      if (bits && !native) {
        if (c.container === 'typed') options['dtype'] = storage;
        else x.dtype = storage;
      }
      if (call !== 'exp') {
        if (axis !== undefined) options['axis'] = axis;
        if (c.theta !== undefined) options[c.tempered ? 'temperature' : 'theta'] = c.tempered ? temperatureOf(c.theta) : c.theta;
        if (where !== undefined) options['where'] = where;
      }
      if (c.exact) options['precision'] = 'exact';
      if (reduces) {
        if (c.keepdims) options['keepdims'] = true;
        if (b !== undefined) options['b'] = b;
        if (c.returnSign) options['returnSign'] = true;
      }
      const mayChange = new Set<number>();
      let out: any;
      const outBuffer = c.out === 'overlap' && !sameValues ? buffer : (new Uint8Array(whole).fill(0xff).buffer as ArrayBuffer); // prettier-ignore
      if (c.out === 'same') {
        out = x;
        if (c.container !== 'tensor') {
          for (const p of at) for (let i = 0; i < bytesX; i++) mayChange.add(xStart + p * bytesX + i);
        }
      } else if (c.out === 'tensor') {
        out = make.tensor(format, result);
        ends.push(() => out.dispose());
      } else if (c.out !== 'none') {
        const O = outClass as unknown as typeof X;
        const long = new O(outBuffer, 0, Math.floor(outBuffer.byteLength / bytesOut));
        const start = outAt / bytesOut;
        out = loose ? { data: long, shape: [...result], strides: os.strides, offset: start + os.low } : new O(outBuffer, outAt, product(result)); // prettier-ignore
        if (c.out === 'object') out = { data: long, shape: [...result], offset: start };
        for (const p of places(result, loose ? os.strides : scatter(r, result, false, true).strides, start + (loose ? os.low : 0))) {
          for (let i = 0; i < bytesOut; i++) mayChange.add(p * bytesOut + i);
        } // prettier-ignore
      }
      if (out !== undefined) options['out'] = out;
      const sharesBuffer = outBuffer === buffer || c.out === 'same';
      guard(buffer, sharesBuffer ? mayChange : new Set());
      if (!sharesBuffer) guard(outBuffer, mayChange);
      for (const each of [where, b]) {
        const held = (each as { data?: Typed } | undefined)?.data;
        if (held !== undefined && ArrayBuffer.isView(held)) guard(held.buffer, new Set());
      }
      return { x, options, out, end: () => ends.forEach((end) => end()) };
    },
  };
}

/** A combination that the functions refuse becomes the nearest that they take. */
function settle(c: Case): Case {
  const changed: { -readonly [K in keyof Case]: Case[K] } = { ...c };
  if (changed.container === 'nested' && product(c.shape) === 0) changed.container = 'object';
  if (changed.container === 'nested') changed.storage = 'float64';
  if (changed.container === 'tensor' && changed.storage !== 'float64') changed.storage = 'float32';
  const { storage, call } = changed;
  const float = storage === 'float32' || storage === 'float64' || storage === 'float16' || storage === 'bfloat16';
  if (changed.out === 'tensor' && storage !== 'float32' && (storage === 'float16' || storage === 'bfloat16')) changed.out = 'typed'; // prettier-ignore
  if (changed.out === 'same' && (call === 'logsumexp' || !float || changed.container === 'nested'))
    changed.out = 'typed';
  if (changed.b !== 'none' && (call !== 'logsumexp' || product(c.shape) > 40)) changed.b = 'none';
  // decimals at 60 digits take their time: huge products on few elements only, and without weights, where they are infinite
  if ((product(c.shape) > 40 || changed.b !== 'none') && !moderate(changed)) changed.theta = undefined;
  const { theta: t } = changed;
  changed.tempered &&= t !== undefined && Number.isFinite(1 / temperatureOf(t)) && temperatureOf(t) !== 0 && Number.isFinite(temperatureOf(t)); // prettier-ignore
  if (changed.tempered) changed.theta = 1 / temperatureOf(t!);
  return changed;
}

/** A temperature near 1 / theta of few digits: theta is its reciprocal. */
const temperatureOf = (t: number): number => Math.fround(1 / t) || 1 / t;

function moderate({ theta: t, flavour, storage }: Case): boolean {
  if (t === undefined || t === 0 || t === 1) return true;
  const size = Math.abs(t);
  return size > 1e-100 && size < 1e101 && (storage !== 'float64' || !['huge', 'tiny', 'subnormal', 'anything'].includes(flavour)); // prettier-ignore
}

function nest(values: readonly number[], shape: readonly number[], booleans: boolean): any {
  if (shape.length === 0) return booleans ? values[0] === 1 : values[0];
  const [n, ...rest] = shape as [number, ...number[]];
  const each = values.length / n;
  return Array.from({ length: n }, (_, i) => nest(values.slice(i * each, (i + 1) * each), rest, booleans));
}

/** The numbers of a result in row-major order, whatever it is. */
function numbersOf(got: any, format: Format, result: readonly number[], strides?: number[]): number[] {
  const from = (data: ArrayLike<number>, offset = 0): number[] =>
    places(result, strides ?? got.strides ?? scatter(random(0), result, false, true).strides, offset).map((p) =>
      data instanceof Uint16Array && (format === 'float16' || format === 'bfloat16') ? fromBits(BigInt(data[p]!), format) : data[p]!,
    ); // prettier-ignore
  if (typeof got === 'number') return [got];
  if (ArrayBuffer.isView(got)) return from(got as unknown as number[]);
  if (Array.isArray(got)) return got.flat(Infinity) as number[];
  return from(got.data, got.offset ?? 0);
}

/** Instances of little memory: lanes of 512 KB are streamed, and slabs cut into slices. */
const narrow = instances.map(({ build, softmax: s }) => ({
  build,
  softmax: s && createSoftmax({ build, maxMemory: 2 * 1024 * 1024 }),
}));

function check(given: Case, sampled: boolean, only?: number): void {
  const one = trial(given, sampled);
  const { c, format, result, wanted } = one;
  const strict = c.exact || (c.call === 'logsumexp' && (c.b !== 'none' || c.returnSign) && format !== 'float64'); // prettier-ignore
  (sampled ? narrow : instances).forEach(({ build, softmax: s }, number) => {
    if (s === undefined || (only !== undefined && number !== only % instances.length)) return;
    tally.calls++;
    const { x, options, out, end } = one.arguments(s as unknown as Made);
    const tensorBefore = c.container === 'tensor' ? Array.from((x as { data: Float64Array }).data) : undefined;
    const where = `${build} ${c.call} ${JSON.stringify({ ...c, theta: String(c.theta) })}`;
    let got: any;
    try {
      got = (s as any)[c.call](x, options);
    } catch (error) {
      end();
      // a partial overlap may be refused, with a word of what to do
      if (c.out === 'overlap' && error instanceof RangeError && /out|overlap/.test(error.message)) return;
      throw new Error(`${where}: ${(error as Error).stack}`);
    }
    const signed = c.call === 'logsumexp' && c.returnSign,
      value = signed ? got.value : got;
    if (out !== undefined && value !== out) expect.fail(`${where}: out was not returned`);
    if (out === undefined && typeof value === 'object' && 'shape' in value) expect(value.shape, where).toEqual(result);
    const numbers = numbersOf(value, format, result);
    if (numbers.length !== wanted.length) expect.fail(`${where}: ${numbers.length} results for ${wanted.length}`);
    const signs = !signed ? undefined : numbersOf(got.sign, format, result, scatter(random(0), result, false, true).strides); // prettier-ignore
    wanted.forEach((want, i) => {
      if (!within(numbers[i]!, want, c, format, build, strict)) {
        expect.fail(`${where}: element ${i} is ${numbers[i]}, wanted ${want.exact.value} (${ulpError(numbers[i]!, want.exact, format)} ULP)`); // prettier-ignore
      }
      // a sum too small for any logarithm, or lost in the rounding of its terms, may be taken for 0
      const vanished = want.weighted
        ? want.exact.value < want.maximum - 60
        : want.exact.value === -Infinity && signs?.[i] === 0;
      if (signs !== undefined && !vanished && !Object.is(signs[i]! + 0, want.sign + 0)) {
        expect.fail(`${where}: sign ${i} is ${signs[i]}, wanted ${want.sign}`);
      }
    });
    for (const { bytes, before, mayChange } of one.memory().list) {
      for (let i = 0; i < bytes.length; i++) {
        if (bytes[i] !== before[i] && !mayChange.has(i)) expect.fail(`${where}: byte ${i} that is not out changed`);
      }
    }
    if (tensorBefore !== undefined && out !== x) {
      const after = Array.from((x as { data: Float64Array }).data);
      if (!after.every((v, i) => Object.is(v, tensorBefore[i]))) expect.fail(`${where}: the tensor x changed`);
    }
    end();
  });
}

property(
  'every call of every kind gives results within their bounds and changes nothing but out',
  any(shapeBelow(300, length, 6)),
  5000,
  0.8,
  (c) => check(c, false),
);

const long = fc.oneof(
  { weight: 3, arbitrary: fc.integer({ min: 1, max: 9 }) },
  { weight: 2, arbitrary: fc.integer({ min: 10, max: 3000 }) },
  { weight: 1, arbitrary: fc.integer({ min: 3000, max: 180_000 }) },
);

property(
  'so does every call on arrays of many windows',
  any(shapeBelow(180_000, long, 4)).map((c) => ({ ...c, b: 'none' as const })),
  60,
  0.2,
  (c) => check(c, true, c.seed),
);
