import { describe, expect, test } from 'vitest';
import { createSoftmax } from '../src/index.ts';
import { MOST_INDEX } from '../src/input/kinds.ts';
import { roomFor } from '../src/input/typed.ts';
import { Heap } from '../src/kernels/heap.ts';
import { jsKernels } from '../src/kernels/js.ts';
import { Factor, labelSlopes } from '../src/numeric/entropySlopes.ts';
import { ExactShares } from '../src/numeric/exactShares.ts';
import { LogSoftmaxSlopes } from '../src/numeric/logSoftmaxSlopes.ts';
import { nthLargest, Pairs } from '../src/numeric/order.ts';
import { kernelsOf } from './support/core.ts';
import { eachBuild } from './support/eachBuild.ts';

// Sums, slopes and shares at the limits of float64.

type Any = any;
const js = createSoftmax({ build: 'js' }) as Any;
const half = Math.log(0.5);
const near = (got: number, want: number, relative: number): void =>
  expect(Math.abs(got - want), `${got}, wanted ${want}`).toBeLessThanOrEqual(relative * Math.abs(want));

/** 4 GB, none of which is touched; undefined where the host has no room for it */
function huge(): Uint8Array | undefined {
  try {
    return new Uint8Array(2 ** 32);
  } catch {
    return undefined;
  }
}
const room = huge() !== undefined;
test.skipIf(!room)(`a typed array of 2^32 elements is refused, with a shape and without${room ? '' : ' (no room for it here)'}`, () => {
  const x = huge();
  const random = (): never => expect.fail('random is called');
  const calls: Record<string, (o: object) => unknown> = {
    softmax: (o) => js.softmax(x, o), logSoftmax: (o) => js.logSoftmax(x, o), logsumexp: (o) => js.logsumexp(x, o), exp: (o) => js.exp(x, o), summarize: (o) => js.summarize(x, o),
    argmax: (o) => js.argmax(x, o), topk: (o) => js.topk(x, 1, o), sample: (o) => js.sample(x, { ...o, random }), crossEntropy: (o) => js.crossEntropy(x, 0, o), softmaxGradient: (o) => js.softmaxGradient(x, x, o),
  }; // prettier-ignore
  for (const [name, call] of Object.entries(calls)) {
    for (const o of [{}, { shape: [2 ** 32] }]) expect(() => call(o), name).toThrow(/with shape \[4294967296\] is too large; at most 2\^32 - 1 elements/);
  }
  expect(() => js.oneHot(x, 1), 'oneHot').toThrow(/too large/);
  expect(() => js.logsumexp([1], { b: x }), 'b').toThrow(/too large/);
});

test('a list that no engine makes is refused, and so are numbers for which there is no memory', () => {
  expect(() => js.oneHot(0, 1e8 + 1)).toThrow(/^oneHot: the result is a list of 100000001 .* pass typed arrays, or less at a time/);
  expect(() => js.summarize({ data: Uint8Array.of(1), shape: [1e8 + 1], strides: [0], offset: 0 }, { axis: [] })).toThrow(/^summarize: 100000001 lanes/);
  const full = class {
    constructor() {
      throw new RangeError('Array buffer allocation failed');
    }
  };
  expect(() => roomFor('topk', 9, full)).toThrow(/^topk: there is no memory for 9 numbers \(full\); pass less at a time/);
});

test('labels that are bigints are met by ignoreIndex as they are, not as they are rounded', () => {
  const o = { ignoreIndex: -(2 ** 63), reduction: 'sum' }, logits = [[0, 0], [0, 0]]; // prettier-ignore
  expect(js.crossEntropy(logits, BigInt64Array.of(-100n, 0n), { ...o, ignoreIndex: -100 })).toBeCloseTo(Math.LN2, 14);
  expect(() => js.crossEntropy(logits, BigInt64Array.of(-9223372036854775807n, 0n), o)).toThrow(/element 0 of target is -9223372036854775807, out of range/);
  expect(() => js.crossEntropy(logits, BigInt64Array.of(9007199254740993n, 0n), { ignoreIndex: 2 ** 53 })).toThrow(/element 0 of target is 9007199254740993, out of range/);
});

test('a tensor of more elements than an array may have is refused', () => {
  expect(() => js.tensor('float32', [...new Array(21).fill(2 ** 53 - 1), 0])).toThrow(/^tensor: a tensor with shape \[.*\] is too large/);
  expect(() => js.tensor('float64', [2 ** 16, 2 ** 16])).toThrow(/^tensor: a tensor with shape \[65536, 65536\] is too large/);
});

test('kernels pick elements up to the last number that an index has', () => {
  for (const build of ['relaxed', 'simd', 'scalar', 'js'] as const) {
    const k = build === 'js' ? jsKernels() : kernelsOf(build as 'simd');
    if (k === undefined) continue;
    const x = k.allocate(800), values = k.allocate(1600), places = k.allocate(800); // prettier-ignore
    for (const [Class, pick] of [[Float32Array, k.pickF32], [Float64Array, k.pickF64]] as const) {
      for (const n of [1, 7, 16, 17, 99]) {
        new Class(k.memory.buffer, x, n).set(Array.from({ length: n }, (_, i) => i));
        const first = MOST_INDEX - n;
        expect(pick(x, n, 3.5, first, values, places), build).toBe(Math.max(0, n - 4));
        if (n > 4) expect(new Int32Array(k.memory.buffer, places, n - 4).at(-1)).toBe(MOST_INDEX - 1);
      }
    }
  }
});

test('no memory is taken that ends where addresses do', () => {
  let at = 0;
  const released: number[] = [];
  const kernels = { window: { value: 16 }, memory: { buffer: new ArrayBuffer(64) }, allocate: () => at, release: (address: number) => released.push(address) } as Any, heap = new Heap({ build: 'js', kernels, refused: [] } as Any, 2 ** 26); // prettier-ignore
  at = 2 ** 32 - 2 ** 16 - 100;
  expect(heap.allocate(100)).toBe(at);
  expect(() => heap.allocate(101)).toThrow(/refuses 101 more bytes/);
  expect(released).toEqual([at]);
  at = -(2 ** 31); // as wasm says 2^31
  expect(heap.allocate(100)).toBe(2 ** 31);
  kernels.allocate = () => {
    throw new WebAssembly.RuntimeError('unreachable');
  };
  expect(() => heap.allocate(1)).toThrow(/refuses 1 more bytes/);
  expect(released).toHaveLength(1);
});

eachBuild('a tensor to which a caller gave strides', (softmax) => {
  test('is read by them', () => {
    const t = softmax.tensor('float32', [2, 2], [0, 1, 2, 3]),
      out = softmax.tensor('float32', [2, 2]);
    Object.assign(t, { strides: [1, 2], offset: 0 });
    const want = softmax.softmax(Float32Array.of(0, 2, 1, 3), { shape: [2, 2], axis: -1 });
    expect(Array.from((softmax.softmax(t, { axis: -1 }) as Any).data)).toEqual([...want]);
    expect(Array.from((softmax.softmax(t, { axis: -1, out }) as Any).data)).toEqual([...want]);
    // one of them alone, too
    const turned = Object.assign(softmax.tensor('float32', [2, 2], [0, 1, 2, 3]), { strides: [1, 2] }),
      later = Object.assign(softmax.tensor('float32', [2, 2]), { offset: 1 });
    for (const o of [{}, { out }]) {
      expect(Array.from((softmax.softmax(turned, { axis: -1, ...o }) as Any).data)).toEqual([...want]);
      expect(() => softmax.softmax(later, { axis: -1, ...o })).toThrow(/4 elements from offset 1/);
    }
  });
});

eachBuild('sums of products of any size', (softmax) => {
  const s = softmax as Any;
  test('negative, infinite and vanishing targets and weights', () => {
    near(s.crossEntropy([0, 0], [1, -0.5], { reduction: 'sum' }), Math.LN2 / 2, 1e-14);
    expect(s.crossEntropy([0, 0], [Infinity, 0], { reduction: 'sum' })).toBe(Infinity);
    expect(s.crossEntropy(Float64Array.of(0), Float64Array.of(Infinity), { reduction: 'sum' })).toBeNaN();
    expect(s.crossEntropy([[0]], [0], { classWeights: [-1] })).toBe(0);
  });
  test('products on both sides of 2^-900 join in one sum', () => {
    const loss = s.crossEntropy([[0, 0], [5, 0]], [0, 1], { classWeights: [2 ** -898, 2 ** -905] });
    near(loss, (Math.LN2 + (5 + Math.log1p(Math.exp(-5))) / 128) / (1 + 1 / 128), 1e-13);
  });
  test('a quotient of sums keeps all its digits, whatever their sizes', () => {
    near(s.crossEntropy([[0, -80]], [0], { classWeights: [2 ** 1000, 1] }), Math.exp(-80), 1e-13);
    const large = 1.1 * 2 ** 174;
    expect(s.crossEntropy([[0, large]], [0], { classWeights: [2 ** -1073, 1] })).toBe(large);
    expect(s.crossEntropy([[0, large]], [0], { classWeights: [2 ** 899, 1] })).toBe(large);
    near(s.crossEntropy([[0, -680]], [0], { classWeights: [2 ** -100, 1] }), Math.exp(-680), 1e-12);
  });
});

eachBuild('the gradient of crossEntropy', (softmax) => {
  const s = softmax as Any;
  test('a small theta and large targets', () => {
    const [a, b] = s.crossEntropyGradient([0, 0], [2 ** 600, 0], { theta: 2 ** -1000 });
    near(a, -(2 ** -401), 1e-6);
    near(b, 2 ** -401, 1e-6);
  });
  test('a large theta and large weights', () => {
    const o = { theta: 2 ** 100, classWeights: [2 ** 1000, 1], reduction: 'sum' };
    const [a, b] = s.crossEntropyGradient([0, -700 / 2 ** 100], 0, o);
    near(b, Math.exp(-700) * 2 ** 1000 * 2 ** 100, 1e-9);
    near(a, -b, 1e-12);
  });
  test('targets whose sum overflows', () => {
    const got = s.crossEntropyGradient(new Float64Array(4), Float64Array.of(2 ** 1023, 2 ** 1023, 0, 0), { shape: [4] }) as Float64Array;
    [-1, -1, 1, 1].forEach((sign, j) => near(got[j]!, sign * 2 ** 1022, 1e-6));
  });
  test('the largest target is not cancelled by the sum of all', () => {
    near(s.crossEntropyGradient([-60, 0, -60], [1e-10, 1, 3e-10])[1], 4e-10, 1e-14);
  });
  test('long lanes: the sums of the others keep their digits', () => {
    const n = 20_000;
    for (const top of [3, 7, 13_001]) {
      const x = new Float64Array(n);
      x[top] = Math.log(n) + 1;
      const hot = new Float64Array(n);
      hot[top] = 1;
      const slopes = s.crossEntropyGradient(x, hot, { shape: [n] }) as Float64Array;
      near(slopes[top]!, -(n - 1) * slopes[top - 1]!, 2 ** -50);
      x[top] = 60;
      const smooth = s.crossEntropyGradient(x, top, { labelSmoothing: 0.1 }) as Float64Array;
      near(smooth[top]!, (n - 1) * (0.1 / n), 2 ** -50);
    }
  });
  test('theta 0: the slope of an infinite logit is 0, not -0', () => {
    expect(Object.is(s.crossEntropyGradient([-Infinity, 0], [1, 0], { theta: 0 })[0], 0)).toBe(true);
  });
  test('an infinite target', () => {
    expect([...s.crossEntropyGradient([0, 0], [Infinity, 0])]).toEqual([-Infinity, Infinity]);
  });
});

test('labels in long lanes: the sum of the others keeps its digits', () => {
  const n = 20_000;
  for (const top of [3, 7, 13_001]) {
    const x = new Float64Array(n);
    x[top] = Math.log(n) + 1;
    const slopes = js.crossEntropyGradient(x, top) as Float64Array;
    near(slopes[top]!, -(n - 1) * slopes[top - 1]!, 2 ** -50);
  }
});

test('a probability of 0 has the slope 0 for an infinite scale', () => {
  const p = Float64Array.of(1, 0, 0), scale = new Factor();
  scale.set(Infinity, 0);
  labelSlopes(p, 0, 3, 0, { get: () => 0 }, 1, scale);
  expect([p[1], p[2]]).toEqual([0, 0]);
});

describe('exact shares', () => {
  test('subnormal shares, and those next to them', () => {
    // e is 2^-1067.6 of the other
    for (const [u, place] of [[5e-324, 0], [2 ** -1070, 0], [2 ** -1060, 1], [2 ** -1022, 1]] as const) {
      expect(js.sample([-740, 0], { random: () => u }), `u = ${u}`).toBe(place);
    }
  });
  test('the least logit that counts', () => {
    expect(js.sample([-745.1332191019412, 0], { random: () => 0 })).toBe(0);
    expect(js.sample([-745.134, 0], { random: () => 0 })).toBe(1);
  });
  test('no more than 4096 e are kept', () => {
    const { set } = Map.prototype, exact = new ExactShares(0, 1);
    let kept = 0;
    Map.prototype.set = function (this: Map<unknown, unknown>, key: unknown, value: unknown) {
      if (typeof value === 'bigint') kept++;
      return set.call(this, key, value);
    } as typeof set;
    try {
      exact.sum(Float64Array.from({ length: 4200 }, (_, i) => -1e-3 * (i + 1)), 0, 4200);
    } finally {
      Map.prototype.set = set;
    }
    expect(kept).toBe(4096);
  });
  test('nothing behind a block is looked at', () => {
    for (const Class of [Float32Array, Float64Array]) {
      expect(js.sample(new Class(16_384).fill(-1), { theta: 1e10, random: () => 0.75 })).toBe(12_288);
    }
  });
});

describe('LogSoftmaxSlopes', () => {
  /** The slopes of a lane in blocks of `some`, with p = exp(y) unless it is given. */
  const slopesOf = (y: Float64Array, dy: Float64Array, some: number, p = y.map(Math.exp)): Float64Array => {
    const lane = new LogSoftmaxSlopes(1), n = y.length, all = new Float64Array(n), to = new Float64Array(n + 2 * some);
    lane.begin();
    do for (let at = 0; at < n; at += some) lane.sum(y, at, dy, at, Math.min(some, n - at));
    while (lane.again());
    for (let at = 0; at < n; at += some) {
      const count = Math.min(some, n - at);
      to.fill(9);
      lane.slopes(y, at, p, at, dy, at, to, some, count);
      // nothing before or behind the block
      expect([...to.subarray(0, some), ...to.subarray(some + count)].every((v) => v === 9), `the block at ${at}`).toBe(true);
      all.set(to.subarray(some, some + count), at);
    }
    return all;
  };
  test('the largest in any block', () => {
    for (let top = 0; top < 12; top++) {
      const y = new Float64Array(12).fill(-60), dy = new Float64Array(12);
      y[top] = -1e-20;
      dy[top] = 1;
      const got = slopesOf(y, dy, 4);
      expect([...got], `top ${top}`).toEqual([...slopesOf(y, dy, 12)]);
      near(got[top]!, 1e-20, 1e-14);
    }
  });
  test('blocks are added up without loss', () => {
    const n = 2 ** 18, d = 1 + 2 ** -45;
    const got = slopesOf(new Float64Array(n).fill(-20), new Float64Array(n).fill(d), n, new Float64Array(n).fill(1));
    expect(got[0]).toBe(1 - 2 ** 18 - 2 ** -27);
  });
  test('an infinite dy makes the others infinite', () => {
    expect([...slopesOf(Float64Array.of(half, half), Float64Array.of(Infinity, 1e60), 2)]).toEqual([NaN, -Infinity]);
  });
  test('a hidden dy says nothing of the scale, any other does', () => {
    for (const n of [3, 4, 5]) {
      for (let hidden = 0; hidden < n; hidden++) {
        const y = new Float64Array(n).fill(-Math.log(n - 1)), dy = new Float64Array(n).fill(1.7e308);
        y[hidden] = -Infinity;
        dy[hidden] = Infinity;
        for (const slope of slopesOf(y, dy, n)) expect(Math.abs(slope), `${hidden} of ${n}`).toBeLessThan(1e294);
      }
    }
    for (const y of [[0], [0, -Infinity], [-Infinity, 0]]) {
      expect([...slopesOf(Float64Array.from(y), new Float64Array(y.length).fill(1.7e308), 2)].map(Math.abs)).toEqual(y.map(() => 0));
    }
  });
});

test('terms that vanish times theta still count together', () => {
  const y = new Float64Array(1001).fill(-20), dy = new Float64Array(1001).fill(0.4);
  y[0] = -1;
  dy[0] = 0;
  expect((js.logSoftmaxGradient(y, dy, { theta: 5e-324 }) as Float64Array)[0]! / 5e-324).toBe(-147); // 400 / e
});
test('theta 0 gives 0, not -0, where dy was scaled', () => {
  for (const slope of js.logSoftmaxGradient([half, half], [1e308, -1e308], { theta: 0 })) expect(Object.is(slope, 0)).toBe(true);
});

test('nthLargest leaves what lies behind the n numbers', () => {
  const a = Float64Array.of(1, 2, 99);
  expect(nthLargest(a, 2, 1)).toBe(2);
  expect(a[2]).toBe(99);
});
test('pairs grow to the double, or by 65536, and have one place more', () => {
  const grown = (room: number, n: number): number => {
    const pairs = new Pairs(room);
    pairs.grow(n);
    return pairs.values.length;
  };
  expect([grown(0, 0), grown(1, 1), grown(10, 10), grown(11, 10), grown(1, 100), grown(1, 200_000)]).toEqual([1, 2, 20, 11, 200, 265_536]);
});
