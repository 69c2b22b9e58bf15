import { expect, test } from 'vitest';
import { bound, withinExp, withinLogsumexp, type Dtype, type Precision } from './support/bounds.ts';
import { blockLengths, deepCancellation, hardest, laneCases, saturated, type LaneCase } from './support/cases.ts';
import { eachBuild } from './support/eachBuild.ts';
import { exp, logSoftmax, logSoftmaxSample, logsumexp, softmax, softmaxSample } from './support/oracle.ts';
import { ulpError, worst } from './support/ulp.ts';

const thetas = [1, 1 / 0.7, -2.5];
const forms: readonly (readonly [Dtype, Precision])[] = [
  ['float32', 'fast'],
  ['float32', 'exact'],
  ['float64', 'fast'],
];

/** The exact results do not depend on the build: computed once. */
const remembered = new Map<string, unknown>();
function once<T>(key: string, make: () => T): T {
  if (!remembered.has(key)) remembered.set(key, make());
  return remembered.get(key) as T;
}
const largest = (x: ArrayLike<number>, theta: number): number => Array.prototype.reduce.call(x, (m: any, v: any) => Math.max(m, theta * v), -Infinity) as number;

function check(s: any, build: any, c: LaneCase, dtype: Dtype, precision: Precision, length: number, theta: number, seed: number): void {
  const x = c.draw(dtype, length, seed), key = `${c.name} ${dtype} ${length} ${theta} ${seed}`, options = { precision, theta };
  const where = `${build}, ${precision}, theta ${theta}, ${c.name}, n = ${x.length}`;
  const y = worst(s.softmax(x, options), once(`s ${key}`, () => softmax(x, theta)), dtype);
  // a rounded theta in float32 is computed as exact; theta = 1 keeps the bound of its precision
  const strict = precision;
  expect(y.ulp, `softmax, ${where}: ${y.text}`).toBeLessThanOrEqual(bound('softmax', dtype, strict, build));
  const l = worst(s.logSoftmax(x, options), once(`l ${key}`, () => logSoftmax(x, theta)), dtype);
  expect(l.ulp, `logSoftmax, ${where}: ${l.text}`).toBeLessThanOrEqual(bound('logSoftmax', dtype, strict, build));
  const got = s.logsumexp(x, options), exact = once(`e ${key}`, () => logsumexp(x, { theta }));
  expect(withinLogsumexp(got, exact, largest(x, theta), dtype, strict, build), `logsumexp, ${where}: got ${got}, want ${exact.value}`).toBe(true);
}

eachBuild('the bounds hold', (s, build) => {
  for (const [dtype, precision] of forms) {
    for (const theta of thetas) {
      test(`for ${precision} ${dtype} on every kind of lane, theta ${theta}`, () => {
        for (const c of laneCases) {
          if (c.dtypes !== undefined && !c.dtypes.includes(dtype)) continue;
          for (const length of [2, 7, 13, 33, 100]) check(s, build, c, dtype, precision, length, theta, 1);
        }
      });
    }
    test(`for ${precision} ${dtype} where softmax saturates`, () => {
      for (const c of saturated) if (c.dtypes === undefined || c.dtypes.includes(dtype)) check(s, build, c, dtype, precision, 2, 1, 1);
    });
    for (const c of hardest) {
      if (c.dtypes.includes(dtype)) test(`for ${precision} ${dtype} ${c.name}`, () => check(s, build, c, dtype, precision, 2, c.theta, 1));
    }
    test(`for ${precision} ${dtype} around the lengths of blocks`, () => {
      const cases = laneCases.filter((c) => c.length === undefined && (c.dtypes === undefined || c.dtypes.includes(dtype)));
      blockLengths.forEach((length, i) => {
        const c = cases[(i * 7) % cases.length]!, x = c.draw(dtype, length, 3), indices = Array.from({ length: 40 }, (_, k) => Math.floor((k * (x.length - 1)) / 39));
        const key = `${c.name} ${dtype} ${length} sample`, name = `${c.name}, n = ${x.length}`;
        const pick = (a: ArrayLike<number>): number[] => indices.map((k) => a[k]!);
        const y = worst(pick(s.softmax(x as Float64Array, { precision })), once(`s ${key}`, () => softmaxSample(x, indices)), dtype);
        expect(y.ulp, `softmax, ${name}: ${y.text}`).toBeLessThanOrEqual(bound('softmax', dtype, precision, build));
        const l = worst(pick(s.logSoftmax(x as Float64Array, { precision })), once(`l ${key}`, () => logSoftmaxSample(x, indices)), dtype);
        expect(l.ulp, `logSoftmax, ${name}: ${l.text}`).toBeLessThanOrEqual(bound('logSoftmax', dtype, precision, build));
      });
    });
    test(`for ${precision} ${dtype} exp`, () => {
      const x = dtype === 'float32' ? new Float32Array(4000) : new Float64Array(4000);
      const [low, high] = dtype === 'float32' ? [-104.5, 89] : [-746, 710.5];
      for (let i = 0; i < x.length; i++) x[i] = i % 3 === 0 ? (i - 2000) * 1e-3 : low + ((high - low) * ((i * 0.6180339887498949) % 1));
      const y = s.exp(x as Float64Array, { precision }), exact = once(`exp ${dtype}`, () => Array.from(x, (v) => exp(v)));
      x.forEach((v, i) => {
        if (!withinExp(y[i]!, exact[i]!, dtype, precision, build)) expect.fail(`exp(${v}) = ${y[i]}: ${ulpError(y[i]!, exact[i]!, dtype)} ULP`);
      });
      expect(Array.from(s.exp([-Infinity, 0, NaN, Infinity, 1000, -1000] as number[]))).toEqual([0, 1, NaN, Infinity, Infinity, 0]);
    });
  }
  test('for exact float32 logsumexp that cancels deeply', () => {
    // 31 ULP off where float64 kernels take it
    const six = [-2.0461151599884033, -1.7418749332427979, -1.7071715593338013, -1.3079644441604614, -2.555741548538208, -1.79462468624115];
    const lanes: [string, Float32Array][] = [['six', Float32Array.from(six)]];
    for (const { name, dtypes, draw } of deepCancellation) if (dtypes?.includes('float32') ?? true) lanes.push([name, draw('float32') as Float32Array]);
    for (const [name, x] of lanes) {
      // strided, and longer than exact lanes are taken so; what is added has no term
      const shape = [Math.max(x.length, 4097), 2], data = new Float32Array(2 * shape[0]!).fill(-Infinity), exact = once(`d ${name}`, () => logsumexp(x));
      x.forEach((v, i) => (data[2 * i + 1] = v));
      const strided = (s.logsumexp({ data, shape }, { precision: 'exact', axis: 0 }) as { data: Float32Array }).data[1]!;
      for (const got of [s.logsumexp(x, { precision: 'exact' }), strided]) {
        expect(withinLogsumexp(got, exact, largest(x, 1), 'float32', 'exact', build), `${name}: got ${got}, want ${exact.value}`).toBe(true);
      }
    }
    // longer than a block
    const c = laneCases.find(({ name }) => name === 'logits around -log n')!, x = c.draw('float32', 40000, 6) as Float32Array;
    const exact = once('d blocks', () => logsumexp(x));
    for (const got of [s.logsumexp(x, { precision: 'exact' }), (s.logsumexp({ data: x, shape: [40000, 1] }, { precision: 'exact', axis: 0 }) as { data: Float32Array }).data[0]!]) {
      expect(withinLogsumexp(got, exact, largest(x, 1), 'float32', 'exact', build), `n = 40000: got ${got}, want ${exact.value}`).toBe(true);
    }
  });
});
