import { expect, test } from 'vitest';
import { expTable, functionText, numberAt, numbers } from '../tools/proof/constants.ts';
import { expApproximation, tableErrors } from '../tools/proof/exp64.ts';
import { arithmetic } from '../tools/proof/kernel.ts';
import { crossing, quotient, rounded } from '../tools/proof/last.ts';
import { bound, core32 } from './support/bounds.ts';

// npm run proof needs gappa; that it still finds what it reads of the kernels, and what it shows without gappa, is asserted here.

test.each([true, false])('the arithmetic of the cores is found in their text, fused %s', (fused) => {
  const numbersOf = Object.fromEntries(['log2e', 'hi', 'low', 'step', 'q2', 'q3', 'q4', 'q5'].map((name) => [name, 0.5]));
  const read = (file: string, name: string, inputs: string[], target: string, more = {}): string =>
    arithmetic({ file, name, fused, inputs, ...more }, [target]).rounded;
  const core = read('exp64.ts', 'exp4F64', ['z0', 'm0', 'h0', 'w0', 'LOW'], 'r0', {
    numbers: numbersOf,
    when: { scaled: true },
    loaded: { LOW: 'LOW' },
  });
  expect(core).toContain('r0_1 = rnd(r0_0 + LOW);');
  expect(core).toContain(fused ? 't0 = rnd(z0 * 4503599627370496b-53 + m0);' : 't0 = rnd(rnd(z0 * 4503599627370496b-53) + m0);');
  expect(read('exp64.ts', 'exp4F64', ['h0', 'w0'], 'e0')).toBe(fused ? 'e0 = rnd(h0 * w0 + h0);\n' : 'e0 = rnd(rnd(h0 * w0) + h0);\n');
  read('exp64.ts', 'exp4Exact', ['r0'], 'p0', { numbers: numbersOf });
  read('exp32.ts', 'exp4F32', ['z0', 'k0', 'm0'], 't0');
  read('exp32.ts', 'base2', ['z0', 'ch', 'cl', 'n0'], 'f0');
  read('exp32.ts', 'baseE', ['n0', 'hi', 'low', 'z0', 'h0', 'th', 'tl'], 'r0', { when: { scaled: true } });
  read('finish.ts', 'logPair', ['r'], 'y', { when: { 'sizeof() == 4': false } });
  read('finish.ts', 'logFast', ['z'], 'q', { numbers: { two: 2 } });
});

test('what is not found is said', () => {
  expect(() => numbers('NOTHING')).toThrow('assembly/constants.ts has no table NOTHING any more');
  expect(() => numberAt('F64', 800)).toThrow('F64 has nothing at byte 800');
  expect(() => functionText('exp64.ts', 'nothing')).toThrow('assembly/exp64.ts has no function nothing any more');
  expect(() => arithmetic({ file: 'exp64.ts', name: 'exp4F64', fused: true, inputs: [] }, ['e0'])).toThrow('which tools/proof does not know');
  expect(() => arithmetic({ file: 'exp64.ts', name: 'exp4F64', fused: true, inputs: [] }, ['e9'])).toThrow('has no e9 any more');
});

test('the table and the polynomial of float64 are as near as the proof takes them', () => {
  expect(expTable()).toHaveLength(128);
  const { tail, tau } = tableErrors();
  expect(tail).toBeLessThan(2 ** -53);
  expect(tau).toBeLessThan(2 ** -66);
  const fit = expApproximation([24, 32, 40, 48].map((at) => numberAt('F64', at)), Math.LN2 / 256);
  expect(fit).toBeLessThan(2.2e-20);
  expect(fit).toBeGreaterThan(2e-20);
  expect(expApproximation([0.5, 1 / 6, 1 / 24, 1 / 120], Math.LN2 / 256)).toBeGreaterThan(5e-19); // Taylor
});

test('the last steps of softmax and logsumexp add up to no more than what is promised', () => {
  // right below a power of two a rounding to the grid above it counts twice
  expect(crossing(0.5, 0, 0, true)).toBeCloseTo(0.5, 1);
  expect(crossing(1.2, 0, 0, true)).toBeCloseTo(1, 1);
  const e = core32 * 2 ** -23,
    single = { nonRounding: e, whole: true, sum: e + 2 ** -40, u: 2 ** -24, truncated: true };
  const simd = quotient({ ...single, single: false });
  expect(simd).toBeLessThanOrEqual(bound('softmax', 'float32', 'fast', 'simd'));
  expect(simd).toBeGreaterThan(4.5); // a lane of `hardest` has 4.53
  expect(quotient({ ...single, single: true })).toBeLessThanOrEqual(bound('softmax', 'float32', 'fast', 'relaxed'));
  const known = 2 ** -59,
    wide = quotient({ nonRounding: known, whole: false, sum: known, u: 2 ** -53, truncated: false, single: false });
  expect(wide).toBeLessThanOrEqual(bound('softmax', 'float64'));
  expect(wide).toBeGreaterThan(2.49); // a lane of `hardest` has 2.4999
  expect(rounded(e, 2 ** -24)).toBeLessThanOrEqual(bound('logsumexp', 'float32'));
});
