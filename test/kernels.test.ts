import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { createSoftmax } from '../src/index.ts';
import { open, openAsync, type Build, type Opened, type Source } from '../src/kernels/choose.ts';
import { difference, dyadicOf, product } from './support/dyadic.ts';
import { instances } from './support/eachBuild.ts';
import { random } from './support/random.ts';
import { sameBits } from './support/ulp.ts';

const code = (build: Build): Uint8Array => readFileSync(new URL(`../build/${build}.wasm`, import.meta.url));
const broken = new Uint8Array([0, 97, 115, 109, 1, 0, 0, 0, 99]);
/** Some builds broken, the others as they are. */
const without =
  (...builds: Build[]): Source =>
  (build) =>
    builds.includes(build) ? broken : code(build);

test('scalar has float32 lanes that are the exact ones, and traps where a float32 kernel of vectors is asked for', () => {
  const { kernels: k } = open(code, 'scalar');
  const x = k.allocate(400),
    y = k.allocate(400),
    lane = Float32Array.from({ length: 100 }, (_, i) => 9 * Math.sin(i));
  for (const [n, inner] of [[100, 1], [20, 5]] as const) {
    for (const kind of [0, 1, 2] as const) {
      for (const at of [x, y]) new Float32Array(k.memory.buffer, at, 100).set(lane);
      k.lanesF32(kind, x, x, 1, n, inner, 1);
      k.lanesExact(kind, y, y, 1, n, inner, 1);
      expect(sameBits(new Float32Array(k.memory.buffer, x, 100), new Float32Array(k.memory.buffer, y, 100))).toBe(true);
    }
  }
  expect(() => k.blockF32!(0, x, x, 100, y, 1, 0)).toThrow(WebAssembly.RuntimeError);
  expect(() => k.maskedF32!(x, y, 1, 100, 1)).toThrow(WebAssembly.RuntimeError);
  expect(() => k.columnsF32!(0, 0, x, 10, 10, 1)).toThrow(WebAssembly.RuntimeError);
  expect(() => k.scaleF32!(x, 100, 1, 0, NaN, 0)).toThrow(WebAssembly.RuntimeError);
  expect(() => k.subtractF32!(x, x, 100, 1, 0, 0, 1)).toThrow(WebAssembly.RuntimeError);
});

const ways: [string, (source: Source, wanted?: Build) => Promise<Opened>][] = [
  ['open', async (source, wanted) => open(source, wanted)],
  ['openAsync', openAsync],
];
describe.each(ways)('%s', (_, opened) => {
  test('takes the next build where one does not compile, and says why', async () => {
    const { build, refused } = await opened(without('relaxed', 'simd'));
    expect(build).toBe('scalar');
    expect(refused.map((r) => r.build)).toEqual(['relaxed', 'simd']);
    for (const { reason } of refused) expect(reason).toMatch(/no relaxed SIMD|WebAssembly/);
  });
  test('ends with the js build', async () => {
    const { build, kernels, refused } = await opened(without('relaxed', 'simd', 'scalar'));
    expect(build).toBe('js');
    expect(refused.map((r) => r.build)).toEqual(['relaxed', 'simd', 'scalar']);
    const at = kernels.allocate(64);
    new Float32Array(kernels.memory.buffer, at, 2).set([3, 3]);
    kernels.lanesF32(0, at, at, 1, 2, 1, 1);
    expect([...new Float32Array(kernels.memory.buffer, at, 2)]).toEqual([0.5, 0.5]);
  });
  test('opens the js build without a look at the others where it is asked for', async () => {
    const { build, refused } = await opened(() => expect.fail('a source was asked'), 'js');
    expect([build, refused]).toEqual(['js', []]);
  });
  test('takes what a source throws for a refusal', async () => {
    const source: Source = (build) => {
      if (build === 'scalar') return code(build);
      throw `no file for ${build}`;
    };
    const { build, refused } = await opened(source);
    expect(build).toBe('scalar');
    expect(refused.at(-1)).toEqual({ build: 'simd', reason: 'no file for simd' });
  });
  test('takes a module that the host has compiled', async () => {
    const { build, kernels } = await opened((build) => new WebAssembly.Module(new Uint8Array(code(build))), 'scalar');
    expect(build).toBe('scalar');
    expect(kernels.allocate(16)).toBeGreaterThan(0);
  });
  test('never gives another build than the one that is asked for', async () => {
    await expect(opened(without('scalar'), 'scalar')).rejects.toThrow(/createSoftmax: this host refuses the build 'scalar' \(.+\); leave build out/); // prettier-ignore
    expect((await opened(without('simd'), 'scalar')).refused).toEqual([]);
  });
});

describe('subtractF64 with a theta keeps what the product lacks', () => {
  for (const { build, softmax, reason } of instances) {
    test.skipIf(softmax === undefined)(`(${build}${reason && `: ${reason}`})`, () => {
      const { kernels } = open(code, build),
        at = kernels.allocate(16),
        y = new Float64Array(kernels.memory.buffer, at, 1),
        r = random('subtract');
      for (let k = 0; k < 2000; k++) {
        const x = r.normal() * 10 ** r.between(-3, 3),
          m = r.normal() * 10 ** r.between(-3, 3),
          theta = r.between(1, 2) * (r.whole(2) * 2 - 1),
          power = 2 ** (r.whole(9) - 4);
        // what remains when the rounded product is subtracted is the part that a sum would lose
        const factor = product(theta, power),
          whole = (v: number) => ({
            integer: factor.integer * dyadicOf(v).integer,
            power: factor.power + dyadicOf(v).power,
          }),
          rounded = theta * ((x - m) * power),
          { integer, power: exponent } = difference(difference(whole(x), whole(m)), dyadicOf(rounded));
        const want = Number(integer) * 2 ** exponent;
        y[0] = x;
        kernels.subtractF64(at, at, 1, m, rounded, 0, theta, power);
        if (!(Math.abs(y[0] - want) <= 2 ** -104 * Math.abs(rounded) + 2 ** -50 * Math.abs(want))) {
          expect.fail(`x ${x}, m ${m}, theta ${theta} ${power}: got ${y[0]}, wanted ${want}`);
        }
      }
    });
  }
});

describe('gradients do every lane before one whose slopes are not finite', () => {
  for (const { build, softmax, reason } of instances) {
    const none = build === 'js' ? 'src/numeric has them' : reason;
    test.skipIf(softmax === undefined || build === 'js')(`(${build}${none && `: ${none}`})`, () => {
      const { kernels: k } = open(code, build),
        lanes = 5;
      for (const bytes of [4, 8] as const) {
        for (const n of [1, 2, 3, 8, 127, 128, 129]) {
          const Class = bytes === 4 ? Float32Array : Float64Array,
            [y, dy, p] = [k.allocate(lanes * n * bytes), k.allocate(lanes * n * bytes), k.allocate(lanes * n * 8)];
          for (let wrong = 0; wrong <= lanes; wrong++) {
            // an element of that lane, or of none
            const at = wrong < lanes ? wrong * n + ((wrong * n) % 7) % n : -1,
              slopes = new Class(lanes * n).map((_: number, i: number) => (i === at ? Infinity : Math.sin(i)));
            for (const log of [false, true]) {
              new Class(k.memory.buffer, dy, lanes * n).set(slopes);
              new Class(k.memory.buffer, y, lanes * n).fill(log ? -Math.log(n) : 1 / n);
              new Float64Array(k.memory.buffer, p, lanes * n).fill(1 / n);
              const done = log ? k.logGradients!(bytes, y, dy, p, lanes, n, 1) : k.gradients!(bytes, y, dy, lanes, n, 1, 1e-3);
              expect(done, `${log ? 'logGradients' : 'gradients'} of ${bytes} bytes, n = ${n}`).toBe(wrong);
            }
          }
          for (const address of [y, dy, p]) k.release(address);
        }
      }
    });
  }
});

describe('find gives the first element above a bound, or a NaN', () => {
  for (const { build, softmax, reason } of instances) {
    test.skipIf(softmax === undefined)(`(${build}${reason && `: ${reason}`})`, () => {
      const { kernels } = open(code, build),
        r = random('find');
      for (const bytes of [4, 8] as const) {
        const find = bytes === 4 ? kernels.findF32 : kernels.findF64;
        const at = kernels.allocate(64 * bytes),
          x = new (bytes === 4 ? Float32Array : Float64Array)(kernels.memory.buffer, at, 64);
        for (let round = 0; round < 2000; round++) {
          for (let i = 0; i < 64; i++) x[i] = r.uniform() < 0.02 ? NaN : r.whole(40);
          const from = r.whole(64),
            end = from + r.whole(65 - from),
            least = round % 50 === 0 ? NaN : 30 + r.whole(10);
          const found = x.subarray(from, end).findIndex((value) => !(value <= least));
          const want = found < 0 ? end : from + found;
          expect(find(at + from * bytes, at + end * bytes, least)).toBe(at + want * bytes);
        }
      }
    });
  }
});

describe('pick gives the elements above a bound, and NaN, and their numbers', () => {
  for (const { build, softmax, reason } of instances) {
    test.skipIf(softmax === undefined)(`(${build}${reason && `: ${reason}`})`, () => {
      const { kernels } = open(code, build),
        r = random('pick');
      for (const bytes of [4, 8] as const) {
        const pick = bytes === 4 ? kernels.pickF32 : kernels.pickF64,
          [at, to, places] = [kernels.allocate(100 * bytes), kernels.allocate(101 * 8), kernels.allocate(101 * 4)],
          { buffer } = kernels.memory;
        const x = new (bytes === 4 ? Float32Array : Float64Array)(buffer, at, 100),
          values = new Float64Array(buffer, to, 102),
          numbers = new Int32Array(buffer, places, 102);
        for (let round = 0; round < 500; round++) {
          const odds = r.uniform();
          for (let i = 0; i < 100; i++) x[i] = r.uniform() < 0.02 ? NaN : r.uniform() < odds ? r.normal() : -9;
          const from = r.whole(100),
            n = r.whole(101 - from),
            least = [-9, 0, 1, Infinity, -Infinity, NaN][r.whole(6)]!,
            first = r.whole(1e6);
          values[101] = numbers[101] = -7;
          const wanted = [...x.subarray(from, from + n).keys()].filter((i) => !(x[from + i]! <= least)),
            count = pick(at + from * bytes, n, least, first, to, places);
          expect([...values.subarray(0, count)]).toEqual(wanted.map((i) => x[from + i]));
          expect([...numbers.subarray(0, count)]).toEqual(wanted.map((i) => first + i));
          expect([values[101], numbers[101]]).toEqual([-7, -7]);
        }
      }
    });
  }
});

describe('hide puts a value where the mask is 0', () => {
  for (const { build, softmax, reason } of instances) {
    test.skipIf(softmax === undefined)(`(${build}${reason && `: ${reason}`})`, () => {
      const { kernels } = open(code, build),
        r = random('hide');
      for (const bytes of [4, 8] as const) {
        const hide = bytes === 4 ? kernels.hideF32 : kernels.hideF64;
        const at = kernels.allocate(64 * bytes),
          mask = kernels.allocate(64),
          x = new (bytes === 4 ? Float32Array : Float64Array)(kernels.memory.buffer, at, 64),
          shown = new Uint8Array(kernels.memory.buffer, mask, 64);
        for (let round = 0; round < 2000; round++) {
          for (let i = 0; i < 64; i++) ((x[i] = r.whole(5) - 2 || NaN), (shown[i] = r.whole(2)));
          const from = r.whole(32),
            first = r.whole(32),
            n = r.whole(33),
            value = [0, -Infinity, Infinity, 7][r.whole(4)]!;
          const want = x.slice();
          for (let i = 0; i < n; i++) if (shown[first + i] === 0) want[from + i] = value;
          hide(at + from * bytes, mask + first, n, value);
          expect(sameBits(x, want)).toBe(true);
        }
      }
    });
  }
});

describe('isMask says whether bytes are 0 or 1', () => {
  for (const { build, softmax, reason } of instances) {
    test.skipIf(softmax === undefined)(`(${build}${reason && `: ${reason}`})`, () => {
      const { kernels } = open(code, build),
        at = kernels.allocate(256),
        bytes = new Uint8Array(kernels.memory.buffer, at, 256),
        r = random('isMask');
      for (let n = 0; n < 100; n++) {
        // what lies around them does not matter
        bytes.fill(7);
        for (let i = 0; i < n; i++) bytes[16 + i] = r.whole(2);
        expect(Boolean(kernels.isMask(at + 16, n))).toBe(true);
        for (let i = 0; i < n; i++) {
          const [was, bad] = [bytes[16 + i]!, [2, 128, 255, 3][r.whole(4)]!];
          bytes[16 + i] = bad;
          expect(Boolean(kernels.isMask(at + 16, n)), `${bad} at ${i} of ${n}`).toBe(false);
          bytes[16 + i] = was;
        }
      }
    });
  }
});

describe('a mask that holds more than 0 and 1 is refused, wherever it does and however long, and nothing is written', () => {
  for (const { build, softmax, reason } of instances) {
    test.skipIf(softmax === undefined)(`(${build}${reason && `: ${reason}`})`, () => {
      const own = createSoftmax({ build });
      for (const n of [1, 10, 65, 100, 4096, 5000, 300000, 1_200_000]) {
        for (const at of [0, n >> 1, n - 1]) {
          const out = new Float32Array(n).fill(7),
            where = new Uint8Array(n).fill(1);
          where[at] = 2;
          expect(() => own.softmax(new Float32Array(n), { where, out })).toThrow(`where holds 2 (element ${at})`);
          expect(out.every((value) => value === 7)).toBe(true);
        }
      }
    });
  }
});

describe('allocate and release', () => {
  for (const { build, softmax, reason } of instances) {
    const name = `give memory that nobody else has, and take it back (${build}${reason && `: ${reason}`})`;
    test.skipIf(softmax === undefined)(name, () => {
      const { kernels: k } = open(code, build),
        r = random('allocate'),
        live: { at: number; n: number; tag: number }[] = [];
      const first = k.allocate(8);
      k.release(first);
      let most = 0,
        held = 0;
      for (let i = 0; i < 20000; i++) {
        // more and more of them, then fewer
        if (live.length > 0 && r.whole(100) < (i % 4000 < 2000 ? 45 : 56)) {
          const j = r.whole(live.length),
            { at, n, tag } = live[j]!;
          live[j] = live[live.length - 1]!;
          live.pop();
          const bytes = new Uint8Array(k.memory.buffer, at, n);
          expect(bytes.every((byte) => byte === tag), `block of ${n} bytes at ${at}, call ${i}`).toBe(true);
          k.release(at);
          held -= n;
        } else {
          const n = Math.floor(r.between(0, 1) ** 4 * 5000),
            at = k.allocate(n),
            tag = r.whole(256);
          expect(at % 16).toBe(0);
          new Uint8Array(k.memory.buffer, at, n).fill(tag);
          live.push({ at, n, tag });
          held += n;
          most = Math.max(most, held);
        }
      }
      for (const { at } of live) k.release(at);
      // all is one piece again
      expect(k.allocate(most)).toBe(first);
      expect(k.memory.buffer.byteLength).toBeLessThan(2 ** 21 + 8 * most);
    });
  }
});

describe('init', () => {
  for (const { build, softmax, reason } of instances) {
    const name = `compiles ahead of the first call, once, with the same results (${build}${reason && `: ${reason}`})`;
    test.skipIf(softmax === undefined)(name, async () => {
      const own = createSoftmax({ build });
      const [first, second] = await Promise.all([own.init(), own.init()]);
      expect(first.build).toBe(build);
      expect(first.memoryBytes).toBe(second.memoryBytes);
      const x = Float32Array.from({ length: 100 }, (_, i) => Math.sin(i) * 5);
      const t = own.tensor('float32', [100], x);
      await own.init();
      expect(own.softmax(t).data).toEqual(softmax!.softmax(x));
    });
  }
  test('compiles beside the thread, never at once', async () => {
    const own = createSoftmax({ build: 'scalar' }),
      { Module } = WebAssembly;
    WebAssembly.Module = class {
      constructor() {
        throw new Error('compiled at once');
      }
    } as never;
    try {
      expect((await own.init()).build).toBe('scalar');
    } finally {
      WebAssembly.Module = Module;
    }
  });
  for (const { build, softmax, reason } of instances) {
    test.skipIf(softmax === undefined)(`of a call that came first finds what the call opened (${build}${reason && `: ${reason}`})`, async () => {
      const own = createSoftmax({ build }),
        late = own.init();
      const t = own.tensor('float32', [1_000_000], new Float32Array(1_000_000).fill(1)),
        { memoryBytes } = own.info();
      expect(await late).toMatchObject({ tensors: 1, memoryBytes });
      expect(own.softmax(t).data[0]).toBeCloseTo(1e-6, 12);
    });
  }
});
