import { describe, expect, test } from 'vitest';
import { jsKernels } from '../src/kernels/js.ts';
import { type Kind } from '../src/kernels/contract.ts';
import { split } from '../src/kernels/theta.ts';
import { cancelling, cancels, type Dtype } from './support/bounds.ts';
import { deepCancellation, laneCases, saturated, type LaneCase } from './support/cases.ts';
import type { Exact } from './support/exact.ts';
import * as oracle from './support/oracle.ts';
import { random } from './support/random.ts';
import { sameBits, ulpError, worst } from './support/ulp.ts';

type Lane = Float32Array | Float64Array;
type Call = 'softmax' | 'logSoftmax' | 'logsumexp';
type Kernel = 'F32' | 'F64' | 'Exact';

const kernels = jsKernels();
const calls = ['softmax', 'logSoftmax', 'logsumexp'] as const;
/** The promise of the js build, narrower than that of all builds. */
const limit = { float32: 0.501, float64: 0.52 } as const;

/** The results of one kernel call, out of place unless `inPlace`. */
function compute(call: Call, kernel: Kernel, data: Lane, outer = 1, inner = 1, theta = 1, inPlace = false): Lane {
  const length = data.length / outer / inner;
  const size = call === 'logsumexp' ? outer * inner : data.length;
  const View = data.constructor as Float64ArrayConstructor;
  const x = kernels.allocate(data.byteLength);
  const y = inPlace ? x : kernels.allocate(Math.max(size, 1) * data.BYTES_PER_ELEMENT);
  new View(kernels.memory.buffer, x, data.length).set(data);
  const { factor, power } = split(theta);
  const kind = calls.indexOf(call) as Kind;
  if (kernel === 'F32') kernels.lanesF32(kind, x, y, outer, length, inner, 1);
  else if (kernel === 'F64') kernels.lanesF64(kind, x, y, outer, length, inner, factor, power);
  else kernels.lanesExact(kind, x, y, outer, length, inner, theta);
  const result = new View(kernels.memory.buffer, y, size).slice();
  kernels.release(x);
  if (!inPlace) kernels.release(y);
  return result;
}

const kernelOf = (dtype: Dtype, theta: number): Kernel => (dtype === 'float64' ? 'F64' : theta === 1 ? 'F32' : 'Exact');

/** Every element of the three results is within the promise. */
function check(lane: LaneCase, dtype: Dtype, length: number, theta: number): void {
  const data = dtype === 'float32' ? lane.draw('float32', length) : lane.draw('float64', length);
  const kernel = kernelOf(dtype, theta);
  const name = `${lane.name}, ${data.length} of ${dtype}, theta ${theta}`;
  const softmax = worst(compute('softmax', kernel, data, 1, 1, theta), oracle.softmax(data, theta), dtype);
  expect(softmax.ulp, `softmax of ${name}: ${softmax.text}`).toBeLessThanOrEqual(limit[dtype]);
  const log = worst(compute('logSoftmax', kernel, data, 1, 1, theta), oracle.logSoftmax(data, theta), dtype);
  expect(log.ulp, `logSoftmax of ${name}: ${log.text}`).toBeLessThanOrEqual(limit[dtype]);
  const [got] = compute('logsumexp', kernel, data, 1, 1, theta);
  const exact = oracle.logsumexp(data, { theta });
  const largest = (data as Float64Array).reduce((most, x) => Math.max(most, theta * x), -Infinity);
  if (!nearZero(got!, exact, largest)) {
    const text = `logsumexp of ${name}: got ${got}, wanted ${exact.value}`;
    expect(ulpError(got!, exact, dtype), text).toBeLessThanOrEqual(limit[dtype]);
  }
}

/** Two parts of float64 are cancelled to less than one: 2^-100 is left, absolutely. */
function nearZero(got: number, exact: Exact, largest: number): boolean {
  const error = Math.abs(got - exact.value - exact.residual);
  return cancels(exact, largest) && error <= cancelling.float64.absolute * 2 ** -7;
}

describe('the js kernels round once', () => {
  for (const dtype of ['float32', 'float64'] as const) {
    const cases = laneCases.filter((lane) => lane.dtypes.includes(dtype));

    test(`${dtype}: short lanes of every kind`, () => {
      for (const lane of cases) for (const length of [1, 2, 3, 5, 17, 64]) check(lane, dtype, length, 1);
    });

    test(`${dtype}: lanes of 1000 elements of every kind`, () => {
      for (const lane of cases) check(lane, dtype, 1000, 1);
    });

    test(`${dtype}: theta of both signs and every size`, () => {
      for (const lane of cases)
        for (const theta of [0.37, -1.9, 1 / 3, -1, 13, 2 ** -20]) check(lane, dtype, 23, theta);
    });

    test(`${dtype}: saturated and cancelling lanes`, () => {
      for (const lane of [...saturated, ...deepCancellation]) {
        if (lane.dtypes.includes(dtype)) check(lane, dtype, 0, 1);
      }
    });

    test(`${dtype}: exp of everything from 0 to overflow`, () => {
      const View = (dtype === 'float32' ? Float32Array : Float64Array) as Float64ArrayConstructor;
      const [low, high] = dtype === 'float32' ? [-105, 90] : [-750, 712];
      const source = random(`exp ${dtype}`);
      const data = View.from({ length: 3000 }, (_, i) =>
        i < 8 ? [NaN, Infinity, -Infinity, 0, -0, 1, 1e30, -1e30][i]! : source.between(low, high),
      );
      const x = kernels.allocate(data.byteLength);
      const view = new View(kernels.memory.buffer, x, data.length);
      view.set(data);
      kernels[dtype === 'float32' ? 'expF32' : 'expF64'](x, x, data.length);
      data.forEach((value, i) => {
        expect(ulpError(view[i]!, oracle.exp(value), dtype), `exp(${value})`).toBeLessThanOrEqual(limit[dtype]);
      });
      kernels.release(x);
    });
  }
});

describe('the js kernels', () => {
  const finite = Float64Array.of(1, 2, 3);

  test('give the special values of the table', () => {
    for (const kernel of ['F32', 'F64', 'Exact'] as const) {
      const View = (kernel === 'F64' ? Float64Array : Float32Array) as Float64ArrayConstructor;
      for (const theta of kernel === 'F32' ? [1] : [1, 0.3, -1.7]) {
        const up = theta < 0 ? -Infinity : Infinity;
        const all = (lane: number[]): number[][] =>
          calls.map((call) => Array.from(compute(call, kernel, View.from(lane), 1, 1, theta)));
        const nan = [NaN, NaN, NaN];
        for (const lane of [
          [NaN, 1, 2],
          [1, NaN, up],
          [up, 1, NaN],
          [-up, NaN, -up],
          [NaN, -up, 1],
        ]) {
          // prettier-ignore
          expect(all(lane)).toEqual([nan, nan, [NaN]]);
        }
        expect(all([-up, -up, -up])).toEqual([nan, nan, [-Infinity]]);
        expect(all([-up, up, 1])).toEqual([nan, nan, [Infinity]]);
        expect(all([up, up, up])).toEqual([nan, nan, [Infinity]]);
        expect(all([-up, 1])).toEqual([[0, 1], [-Infinity, 0], [View.of(theta)[0]]]);
        expect(all([])).toEqual([[], [], [-Infinity]]);
      }
    }
  });

  test('take lanes one by one, whatever their stride, and in place', () => {
    const source = random('strides');
    const [outer, length, inner] = [3, 7, 5];
    for (const kernel of ['F32', 'F64', 'Exact'] as const) {
      const View = (kernel === 'F64' ? Float64Array : Float32Array) as Float64ArrayConstructor;
      const data = View.from({ length: outer * length * inner }, () => 5 * source.normal());
      data[40] = NaN;
      for (const call of calls) {
        const got = compute(call, kernel, data, outer, inner);
        expect(sameBits(got, compute(call, kernel, data, outer, inner, 1, true))).toBe(true);
        for (let o = 0; o < outer; o++) {
          for (let i = 0; i < inner; i++) {
            const lane = View.from({ length }, (_, k) => data[(o * length + k) * inner + i]!);
            const alone = compute(call, kernel, lane);
            const here = call === 'logsumexp' ? [got[o * inner + i]!] : Array.from(lane, (_, k) => got[(o * length + k) * inner + i]!); // prettier-ignore
            expect(sameBits(here, alone)).toBe(true);
          }
        }
      }
    }
  });

  test('keep a theta exact that makes or unmakes huge differences', () => {
    for (const theta of [1e-308, -3e-309, 5e-324, 1.7e308, -1e300]) {
      const x = Math.abs(theta) < 1 ? 1 / Math.abs(theta) : 3 / Math.abs(theta);
      const data = Float64Array.of(Math.min(x, 1.7e308), -Math.min(x, 1.6e308), 0);
      const got = compute('softmax', 'F64', data, 1, 1, theta);
      const found = worst(got, oracle.softmax(data, theta), 'float64');
      expect(found.ulp, `theta ${theta}: ${found.text}`).toBeLessThanOrEqual(limit.float64);
    }
  });

  test('subtract, scale and report blocks as the wasm kernels do', () => {
    const x = kernels.allocate(24);
    const y = kernels.allocate(24);
    const into = kernels.allocate(48);
    const view = (at: number, n: number): Float64Array => new Float64Array(kernels.memory.buffer, at, n);
    view(x, 3).set(finite);
    kernels.blockF64(1, x, y, 3, into, -1, 1);
    expect([...view(into, 6)]).toEqual([-1, 1, Math.exp(-1) + Math.exp(-2), expect.any(Number), 2 ** 200, 0]);
    kernels.blockF64(0, x, y, 3, into, 1, 1);
    expect([...view(into, 3)]).toEqual([3, 0, 1 + (Math.exp(-1) + Math.exp(-2))]);
    expect(view(y, 3)[2]).toBe(2 ** 200);
    kernels.scaleF64(y, 3, 2 ** -200, 0, NaN, 0);
    expect([...view(y, 3)]).toEqual([Math.exp(-2), Math.exp(-1), 1]);
    kernels.subtractF64(x, y, 3, 3, 0.5, 2 ** -60, 1.5, 2);
    expect([...view(y, 3)]).toEqual([-6.5, -3.5, -0.5]);
    for (const at of [x, y, into]) kernels.release(at);
  });
});

describe('the memory of the js kernels', () => {
  test('is handed out in multiples of 16 bytes, never at 0, and used again when released', () => {
    const own = jsKernels();
    const source = random('heap');
    const held = new Map<number, number>();
    for (let i = 0; i < 3000; i++) {
      if (held.size > 20 || (held.size > 0 && source.uniform() < 0.4)) {
        const at = [...held.keys()][source.whole(held.size)]!;
        own.release(at);
        held.delete(at);
      } else {
        const bytes = source.whole(3) === 0 ? source.whole(60) : source.whole(9000);
        const at = own.allocate(bytes);
        expect(at % 16).toBe(0);
        expect(at).toBeGreaterThan(0);
        expect(at + bytes).toBeLessThanOrEqual(own.memory.buffer.byteLength);
        for (const [other, size] of held) expect(at + bytes <= other || other + size <= at).toBe(true);
        held.set(at, bytes);
      }
    }
    expect(own.memory.buffer.byteLength).toBeLessThan(2 ** 20);
    for (const at of held.keys()) own.release(at);
    const start = own.window.value + 524288 + 64;
    const size = own.memory.buffer.byteLength;
    expect(own.allocate(size - start)).toBe(start);
    expect(own.memory.buffer.byteLength).toBe(size);
  });

  test('keeps its contents when it grows, and leaves the old views empty', () => {
    const own = jsKernels();
    const at = own.allocate(16);
    const old = new Float32Array(own.memory.buffer, at, 4);
    old.set([1, 2, 3, 4]);
    own.allocate(1e6);
    expect(old.length).toBe(0);
    expect([...new Float32Array(own.memory.buffer, at, 4)]).toEqual([1, 2, 3, 4]);
    own.lanesF32(0, at, at, 1, 4, 1, 1);
    expect(new Float32Array(own.memory.buffer, at, 4)[3]).toBeCloseTo(0.6439, 4);
  });

  test('ignores the release of what it has not handed out', () => {
    const own = jsKernels();
    const at = own.allocate(64);
    own.release(at + 16);
    own.release(0);
    own.release(at);
    own.release(at);
    expect([own.allocate(64), own.allocate(64)]).toEqual([at, at + 64]);
  });
});
