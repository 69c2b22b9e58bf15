import { describe, expect, test } from 'vitest';
import { DOUBLE, EXACT, SINGLE, type Arithmetic } from '../src/kernels/contract.ts';
import { arithmeticOf, blockOf, COLUMNS, cut, isTaken, LONG, NOTHING, SINGLY, SLABS, SLICES, WHOLE, type Cut, type Uncut } from '../src/plan/cut.ts';
import { random } from './support/random.ts';

const names = { [NOTHING]: 'NOTHING', [WHOLE]: 'WHOLE', [SLABS]: 'SLABS', [LONG]: 'LONG', [SLICES]: 'SLICES', [COLUMNS]: 'COLUMNS', [SINGLY]: 'SINGLY' };
const MIB = 2 ** 20;

function piece(outer: number, length: number, inner: number, given: Partial<Uncut> = {}): Uncut {
  return { outer, length, inner, arithmetic: SINGLE, plain: true, masked: false, windowBytes: MIB / 2, longestBytes: 4 * MIB, steps: true, ...given };
}

function cutOf(of: Uncut): Cut & { name: string } {
  const into: Cut = { strategy: NOTHING, step: -1, elements: -1 };
  cut(of, into);
  return { ...into, name: names[into.strategy] };
}

const double = { arithmetic: DOUBLE } as const,
  exact = { arithmetic: EXACT } as const,
  theta = { arithmetic: DOUBLE, plain: false } as const,
  small = { windowBytes: MIB / 4, longestBytes: MIB / 2 };

describe('how a call is cut', () => {
  // prettier-ignore
  test.each<[string, Uncut, string, number, number]>([
    // what it is, outer, length, inner, the strategy, how many slabs or lanes at a time, elements of the window
    ['no lanes', piece(0, 5, 1), 'NOTHING', 1, 0],
    ['no elements', piece(5, 0, 1), 'NOTHING', 1, 0],
    ['one element', piece(1, 1, 1), 'WHOLE', 1, 1],
    ['a row as long as a window', piece(1, 131072, 1), 'WHOLE', 1, 131072],
    ['a row longer than a window, which grows', piece(1, 131073, 1), 'SLABS', 1, 131073],
    ['the longest row of a window', piece(1, 1048576, 1), 'SLABS', 1, 1048576],
    ['a longer row goes by blocks', piece(1, 1048577, 1), 'LONG', 1, 32752],
    ['several of them', piece(3, 1048577, 1), 'LONG', 1, 32752],
    ['rows that fill a window', piece(131, 1000, 1), 'WHOLE', 131, 131000],
    ['rows that fill more than one', piece(132, 1000, 1), 'SLABS', 131, 131000],
    ['a mask takes a byte more', piece(131, 1000, 1, { masked: true }), 'SLABS', 104, 104000],
    ['float64 takes twice the room', piece(66, 1000, 1, double), 'SLABS', 65, 65000],
    ['a small window', piece(66, 1000, 1, { ...double, ...small }), 'SLABS', 32, 32000],
    ['a small window and a long row', piece(1, 131073, 1, small), 'LONG', 1, 32752],
    ['exact rows up to the kernel\'s limit', piece(2, 32768, 1, exact), 'WHOLE', 2, 65536],
    ['longer exact rows go by blocks', piece(2, 32769, 1, exact), 'LONG', 1, 32752],
    ['with their e in a small window, too', piece(2, 32769, 1, { ...exact, ...small }), 'LONG', 1, 21840],
    ['slabs that fit a window', piece(10, 100, 10), 'WHOLE', 10, 10000],
    ['more of them', piece(200, 100, 10), 'SLABS', 131, 131000],
    ['a slab of wide lanes that a window does not hold', piece(1, 21, 262144), 'SLICES', 4096, 86016],
    ['as many lanes of a slab as make it wide', piece(1, 64, 3000), 'SLICES', 2048, 131072],
    ['a slab of fewer lanes goes whole into a larger window', piece(1, 1000, 1000), 'SLABS', 1, 1000000],
    ['a larger slab is cut into lanes', piece(1, 1000, 1100), 'SLICES', 1040, 1040000],
    ['or streamed where few lanes would fit', piece(1, 100000, 600), 'COLUMNS', 512, 0],
    ['or where they are few', piece(1, 100000, 100), 'COLUMNS', 512, 0],
    ['float64 is streamed as well', piece(1, 100000, 100, double), 'COLUMNS', 512, 0],
    ['and float32 with a theta', piece(1, 100000, 100, { plain: false }), 'COLUMNS', 512, 0],
    ['a build without steps takes them singly', piece(1, 100000, 100, { steps: false }), 'SINGLY', 1, 32752],
    ['float64 with a theta up to the kernel\'s limit', piece(1, 2048, 20, theta), 'WHOLE', 1, 40960],
    ['and beyond', piece(1, 2049, 20, theta), 'SINGLY', 1, 2049],
    ['strided lanes of float32 with a theta have none', piece(1, 2049, 20, { plain: false }), 'WHOLE', 1, 40980],
    ['rows of float64 with a theta have none', piece(20, 2049, 1, theta), 'WHOLE', 20, 40980],
    ['strided exact lanes are no columns', piece(1, 4096, 1000, exact), 'SLICES', 256, 1048576],
    ['nor where they are few', piece(1, 4096, 300, exact), 'SLICES', 256, 1048576],
  ])('%s', (_, of, name, step, elements) => {
    expect(cutOf(of)).toMatchObject({ name, step, elements });
  });

  // prettier-ignore
  test.each<[string, Arithmetic, Parameters<typeof arithmeticOf>]>([
    ['float64 is computed in float64', DOUBLE, [false, false, SINGLE, 1, 10, 1]],
    ['float32 in float32', SINGLE, [true, false, SINGLE, 1, 10, 1]],
    ['with a theta as well', SINGLE, [true, false, SINGLE, -0.7, 10, 1]],
    ['but for a huge one', EXACT, [true, false, SINGLE, 1e300, 10, 1]],
    ['or a tiny one', EXACT, [true, false, SINGLE, 1e-300, 10, 1]],
    ['theta = 0 is a matter of the elements', SINGLE, [true, false, SINGLE, 0, 10, 1]],
    ['exact where that is asked for', EXACT, [true, true, SINGLE, 1, 10, 1]],
    ['and in builds without SIMD', EXACT, [true, false, EXACT, 1, 10, 1]],
    ['at any length', EXACT, [true, true, SINGLE, 1, 1e7, 1]],
    ['strided lanes up to a limit', EXACT, [true, true, SINGLE, 1, 4096, 2]],
    ['through float64 beyond it', DOUBLE, [true, true, SINGLE, 1, 4097, 2]],
  ])('%s', (_, arithmetic, given) => {
    expect(arithmeticOf(...given)).toBe(arithmetic);
  });

  test('whatever the call, the window has room for what the strategy puts there, within the bound', () => {
    const r = random(7);
    for (let i = 0; i < 20_000; i++) {
      const size = (): number => Math.floor(2 ** (r.uniform() * 21));
      const windowBytes = (MIB / 4 + r.whole(MIB / 4)) & -64;
      const of = piece(size(), size(), r.whole(2) ? 1 : size(), {
        arithmetic: r.whole(3) as Arithmetic, plain: r.whole(2) === 0, masked: r.whole(2) === 0, steps: r.whole(2) === 0,
        windowBytes, longestBytes: windowBytes * 8,
      }); // prettier-ignore
      const { name, strategy, step, elements } = cutOf(of),
        per = (of.arithmetic === DOUBLE ? 8 : 4) + Number(of.masked),
        about = `${name} of ${JSON.stringify(of)}`;
      expect(elements * per, about).toBeLessThanOrEqual(of.longestBytes);
      const all = of.outer * of.length * of.inner;
      expect(strategy === WHOLE, about).toBe(all > 0 && all * per <= of.windowBytes && isTaken(of));
      if (strategy === WHOLE) expect(elements, about).toBe(all);
      if (strategy === SLABS) expect(elements, about).toBe(step * of.length * of.inner);
      if (strategy === SLICES) expect(elements, about).toBeGreaterThanOrEqual(step * of.length);
      if (strategy === WHOLE || strategy === SLABS) expect(isTaken(of), about).toBe(true);
      if (strategy === LONG || strategy === SINGLY) {
        expect(elements, about).toBe(blockOf(of));
        if (of.arithmetic === EXACT) expect(elements * (per + 8), about).toBeLessThanOrEqual(of.windowBytes);
      }
      if (of.inner > 1 && strategy === LONG) expect.fail(about);
    }
  });
});
