import { describe, expect, test } from 'vitest';
import { readFileSync } from 'node:fs';
import { builds, open, type Build } from '../src/kernels/choose.ts';
import { type Kernels } from '../src/kernels/contract.ts';
import { BLOCK } from '../src/kernels/contract.ts';
import { Stream } from '../src/kernels/blocks.ts';
import { split } from '../src/kernels/theta.ts';
import { bound, withinLogsumexp, type Dtype } from './support/bounds.ts';
import { laneCases } from './support/cases.ts';
import type { Exact } from './support/exact.ts';
import * as oracle from './support/oracle.ts';
import { random } from './support/random.ts';
import { worst } from './support/ulp.ts';

type Lane = Float32Array | Float64Array;
const SOFTMAX = 0;
const LOG_SOFTMAX = 1;
const LOGSUMEXP = 2;

/** How elements are computed: in their own type, or float32 in float64. */
type Way = 'F32' | 'F64' | 'Exact';

/** One long lane through the kernels of a build, block by block, as the facade does it. */
function compute(kernels: Kernels, kind: 0 | 1 | 2, way: Way, data: Lane, theta = 1): Lane {
  const size = data.BYTES_PER_ELEMENT,
    View = data.constructor as Float64ArrayConstructor,
    { factor, power } = split(theta),
    stream = new Stream(kind, factor, power),
    some = BLOCK / size,
    blocks = Math.ceil(data.length / some);
  const at = kernels.allocate(data.byteLength),
    into = kernels.allocate(48),
    // e of float32 elements computed in float64 does not fit in their place
    wide = way === 'Exact' ? kernels.allocate(8 * data.length) : 0;
  const view = new View(kernels.memory.buffer, at, data.length);
  view.set(data);
  const eachBlock = (body: (x: number, n: number, i: number, e: number) => void): void => {
    for (let i = 0; i < blocks; i++) {
      body(at + i * BLOCK, Math.min(some, data.length - i * some), i, wide + 8 * i * some);
    }
  };
  eachBlock((x, n, _, e) => {
    if (way === 'F32') kernels.blockF32!(kind, x, x, n, into, theta, 0);
    else if (way === 'F64') kernels.blockF64(kind, x, x, n, into, factor, power);
    else kernels.blockExact(kind, x, e, n, into, theta);
    stream.add(new Float64Array(kernels.memory.buffer, into, 6));
  });
  stream.finish();
  const { m, hi, lo } = stream;
  if (kind === LOGSUMEXP) view[0] = stream.logsumexp();
  if (kind === LOG_SOFTMAX) {
    if (way === 'F32') kernels.subtractF32!(at, at, data.length, m, hi, lo, theta);
    else if (way === 'F64') kernels.subtractF64(at, at, data.length, m, hi, lo, factor, power);
    else kernels.subtractExact(at, at, data.length, m, hi, theta);
  }
  if (kind === SOFTMAX) {
    eachBlock((x, n, i, e) => {
      let steps = stream.factor(i, way !== 'F32');
      // what is below 2^-256 is no float32
      if (way === 'Exact') return kernels.scaleExact(e, x, n, stream.factorHigh * (steps > 0 ? 0 : 1));
      const scale = way === 'F32' ? kernels.scaleF32! : kernels.scaleF64;
      for (; steps > 0; steps--) scale(x, n, 2 ** -256, 0, NaN, 0);
      scale(x, n, stream.factorHigh, stream.factorLow, stream.peak, stream.value);
    });
  }
  const result = kind === LOGSUMEXP ? view.slice(0, 1) : view.slice();
  for (const address of wide === 0 ? [at, into] : [at, into, wide]) kernels.release(address);
  return result;
}

/** The promise of all builds; logSoftmax of the js build keeps a narrower one. */
function limit(call: 'softmax' | 'logSoftmax', way: Way, build: Build): number {
  if (way !== 'F64') return bound(call, 'float32', way === 'Exact' ? 'exact' : 'fast', build);
  return build === 'js' && call === 'logSoftmax' ? 0.52 : bound(call, 'float64', 'fast', build);
}

interface LongLane {
  readonly name: string;
  readonly data: Lane;
  readonly theta: number;
}

/** Elements of a block. */
const per = { float32: BLOCK / 4, float64: BLOCK / 8 } as const;

function lanesOf(dtype: Dtype): LongLane[] {
  const View = (dtype === 'float32' ? Float32Array : Float64Array) as Float64ArrayConstructor;
  const b = per[dtype];
  const lane = (name: string, n: number, valueAt: (i: number, r: ReturnType<typeof random>) => number, theta = 1) => {
    const source = random(`${name} ${dtype}`);
    return { name, theta, data: View.from({ length: n }, (_, i) => valueAt(i, source)) };
  };
  const named = (name: string, n: number): LongLane => {
    const found = laneCases.find((c) => c.name === name)!;
    return { name, theta: 1, data: dtype === 'float32' ? found.draw('float32', n) : found.draw('float64', n) };
  };
  // how far below the maximum results become subnormal, and vanish
  const [subnormal, gone] = dtype === 'float32' ? [88, 104] : [709, 746];
  const lanes = [
    named('a rising ramp 1400 high', 200_000),
    named('a falling ramp 1400 high', 5 * b + 1),
    named('steps of 97 up', 4 * b + 7),
    named('steps of 97 down', 4 * b - 1),
    named('blocks on both sides of the limit of the shift', 4 * b),
    named('normal logits of deviation 8', 200_000),
    named('normal logits of deviation 300', 3 * b),
    named('equal logits', 3 * b + 5),
    named('-Infinity among finite logits', 3 * b),
    named('huge logits of both signs', 3 * b),
    named('logits of -log n, whose logsumexp is next to 0', 3 * b),
    lane('a maximum of one block alone, the others far below', 4 * b, (i, r) =>
      i === 2 * b + 3 ? 7 : -subnormal + 3 * r.normal(),
    ),
    lane('blocks whose results are subnormal', 6 * b, (i, r) => (i < b ? 0 : -subnormal - 5 * Math.floor(i / b)) + r.normal()),
    lane('blocks that get nearer to the maximum from where results vanish', 8 * b, (i, r) =>
      -gone + (gone / 8) * Math.floor(i / b + 1) + 2 * r.normal(),
    ),
    lane('blocks of -Infinity around finite ones', 5 * b, (i, r) =>
      Math.floor(i / b) % 2 === 0 ? -Infinity : 3 * r.normal(),
    ),
    lane('the same maximum in every block, all others far below', 3 * b, (i) => (i % b === 9 ? 2 : -800)),
    lane('one maximum above what is subnormal beside it', 3 * b, (i) => (i === b + 1 ? 2 : 2 - gone - (i % 3))),
  ]; // prettier-ignore
  for (const theta of [0.37, 2.5, 41]) {
    const signed = theta === 2.5 && dtype === 'float64' ? -theta : theta;
    lanes.push(lane(`normal logits, theta ${signed}`, 3 * b + 11, (_, r) => 12 * r.normal(), signed));
    lanes.push(
      lane(
        `steps, theta ${signed}`,
        4 * b,
        (i, r) => ((97 * Math.floor(i / b)) / signed) * (i % 2) + r.normal(),
        signed,
      ),
    );
  }
  if (dtype === 'float64') {
    lanes.push(
      lane(
        'a theta that makes a huge difference small',
        3 * b,
        (i, r) => (i < b ? 1 : -1) * (1 + r.uniform()) * 1e260,
        1e-260,
      ),
    );
  }
  return lanes;
}

interface Sample {
  readonly indices: number[];
  readonly softmax: Exact[];
  readonly logSoftmax: Exact[];
  readonly logsumexp: Exact;
}

/** Exact results at some hundred places, the same for every build. */
function sample({ data, theta, name }: LongLane): Sample {
  const source = random(name);
  const n = data.length;
  const largest = (data as Float64Array).reduce((at, x, i) => (theta * x > theta * data[at]! ? i : at), 0);
  const indices = [0, n - 1, largest, ...Array.from({ length: 150 }, () => source.whole(n))];
  return {
    indices,
    softmax: oracle.softmaxSample(data, indices, theta),
    logSoftmax: oracle.logSoftmaxSample(data, indices, theta),
    logsumexp: oracle.logsumexp(data, { theta }),
  };
}

const lanes = { float32: lanesOf('float32'), float64: lanesOf('float64') };
const samples = new Map<LongLane, Sample>();

function sampleOf(lane: LongLane): Sample {
  const known = samples.get(lane) ?? sample(lane);
  samples.set(lane, known);
  return known;
}

/** The kernels of a build, or why this host refuses them. */
function opened(build: Build): Kernels | string {
  try {
    return open((wasm) => readFileSync(new URL(`../build/${wasm}.wasm`, import.meta.url)), build).kernels;
  } catch (error) {
    return (error as Error).message;
  }
}

for (const build of builds) {
  const kernels = opened(build);
  if (typeof kernels === 'string') {
    test.skip(`long lanes by blocks (${build}: ${kernels})`);
    continue;
  }
  describe(`long lanes by blocks (${build})`, () => {
    const fast = build === 'relaxed' || build === 'simd' ? (['F32'] as const) : [];
    for (const way of [...fast, 'F64', 'Exact'] as const) {
      const dtype = way === 'F64' ? 'float64' : 'float32';
      test(`keep the bounds of ${way}, subnormal results too`, () => {
        for (const lane of lanes[dtype]) {
          const exact = sampleOf(lane);
          const name = `${lane.name}, ${lane.data.length} of ${dtype}`;
          for (const call of ['softmax', 'logSoftmax'] as const) {
            const y = compute(kernels, call === 'softmax' ? SOFTMAX : LOG_SOFTMAX, way, lane.data, lane.theta);
            const found = worst(exact.indices.map((i) => y[i]!), exact[call], dtype); // prettier-ignore
            const text = `${call} of ${name}: index ${exact.indices[found.index]}, ${found.text}`;
            expect(found.ulp, text).toBeLessThanOrEqual(limit(call, way, build));
          }
          const [got] = compute(kernels, LOGSUMEXP, way, lane.data, lane.theta);
          // the facade does these again, in two parts
          if (way === 'Exact' && Math.abs(got!) < 2 ** -6) continue;
          const largest = lane.theta * lane.data[exact.indices[2]!]!;
          const within = withinLogsumexp(got!, exact.logsumexp, largest, dtype, way === 'Exact' ? 'exact' : 'fast', build);
          expect(within, `logsumexp of ${name}: got ${got}, wanted ${exact.logsumexp.value}`).toBe(true);
        }
      });

      test(`give the special values of ${way} wherever they stand`, () => {
        const b = per[dtype];
        const View = (dtype === 'float32' ? Float32Array : Float64Array) as Float64ArrayConstructor;
        const all = (data: Lane, theta: number): unknown[] => [
          new Set(compute(kernels, SOFTMAX, way, data, theta)),
          new Set(compute(kernels, LOG_SOFTMAX, way, data, theta)),
          compute(kernels, LOGSUMEXP, way, data, theta)[0],
        ];
        const nan = new Set([NaN]);
        for (const theta of way === 'F32' ? [1, 0.3, 7] : [1, -0.3]) {
          const up = theta < 0 ? -Infinity : Infinity;
          for (const at of [0, b + 5, 3 * b + 6]) {
            for (const base of [0.5, -up]) {
              const data = new View(3 * b + 7).fill(base);
              data[at] = NaN;
              expect(all(data, theta)).toEqual([nan, nan, NaN]);
              data[at] = up;
              expect(all(data, theta)).toEqual([nan, nan, Infinity]);
              data[(at + 2 * b) % data.length] = NaN;
              expect(all(data, theta)).toEqual([nan, nan, NaN]);
            }
            const alone = new View(3 * b + 7).fill(-up);
            alone[at] = 0.5;
            expect(all(alone, theta)).toEqual([new Set([0, 1]), new Set([-Infinity, 0]), dtype === 'float32' ? Math.fround(0.5 * theta) : 0.5 * theta]);
          }
          expect(all(new View(3 * b).fill(-up), theta)).toEqual([nan, nan, -Infinity]);
          expect(all(new View(3 * b).fill(up), theta)).toEqual([nan, nan, Infinity]);
        }
      });
    }
  });
}
