import { readFileSync } from 'node:fs';
import { afterAll, describe, expect, test } from 'vitest';
import { LOGSUMEXP, LOG_SOFTMAX, SOFTMAX, type Kernels } from '../src/kernels/contract.ts';
import { jsKernels } from '../src/kernels/js.ts';
import { random } from './support/random.ts';

// The kernels themselves, below every check of the facade: they write their output and nothing else. All memory above the
// module's own data is filled with a canary; whatever differs afterwards and is not output fails. Every call runs in two
// memories with different canaries: a kernel that lets its neighbours take part gives different results.

/** bytes of the stretch that inputs and outputs lie in */
const ARENA = 1 << 20;
/** canary bytes of the two memories, as float32 and float64: a NaN, and 8.5e37 and 5.4e303 */
const canaries = [0xff, 0x7e];
/** bytes around a call that are looked at at once; all memory is at the end of each test */
const NEAR = 8192;

interface Place {
  readonly kernels: Kernels;
  readonly arena: number;
  /** the memory, and what it has to be */
  readonly bytes: Uint8Array;
  readonly mirror: Uint8Array;
  /** where the memory begins that only `allocate` gives away */
  readonly own: number;
}

/** What a heap takes as its first window and report: no kernel's, unless it is given. */
const firstWindow = ({ window }: Kernels, bytes: Uint8Array): Uint8Array =>
  bytes.subarray(window.value, window.value + 524288 + 64);

/** Below the first allocation lie constants, tables and scratch, which are the module's. */
function place(kernels: Kernels, canary: number): Place {
  const arena = kernels.allocate(ARENA),
    own = arena;
  const bytes = new Uint8Array(kernels.memory.buffer);
  for (let i = own; i < own + ARENA; i++) bytes[i] = canary;
  firstWindow(kernels, bytes).fill(canary);
  return { kernels, arena, bytes, mirror: bytes.slice(), own };
}

const builds: readonly [string, () => Kernels][] = [
  ...['relaxed', 'simd', 'scalar'].flatMap((name): [string, () => Kernels][] => {
    const code = new Uint8Array(readFileSync(new URL(`../build/${name}.wasm`, import.meta.url)));
    if (!WebAssembly.validate(code)) return [];
    const module = new WebAssembly.Module(code);
    return [[name, () => new WebAssembly.Instance(module).exports as unknown as Kernels]];
  }),
  ['js', jsKernels],
];

type Call = (k: Kernels, x: number, y: number) => void;

/** guarded calls, each in two memories */
let done = 0;
afterAll(() => console.log(`${done} kernel calls between canary bytes`));

/** One call in both memories: x and y are byte offsets in the arena; y of `written` bytes alone may change. */
function guarded(
  pair: readonly Place[],
  name: string,
  input: Uint8Array,
  x: number,
  y: number,
  written: number,
  call: Call,
): void {
  done++;
  const results: Uint8Array[] = [];
  for (const { kernels, arena, bytes, mirror } of pair) {
    bytes.set(input, arena + x);
    mirror.set(input, arena + x);
    call(kernels, arena + x, arena + y);
    if (kernels.memory.buffer !== bytes.buffer) expect.fail(`${name}: the memory grew`);
    const output = bytes.subarray(arena + y, arena + y + written);
    results.push(output);
    mirror.set(output, arena + y);
    const from = Math.max(0, Math.min(x, y) - NEAR),
      to = Math.min(ARENA, Math.max(x + input.length, y + written) + NEAR);
    const got = bytes.subarray(arena + from, arena + to),
      wanted = mirror.subarray(arena + from, arena + to);
    if (Buffer.compare(got, wanted) !== 0) {
      const at = got.findIndex((byte, i) => byte !== wanted[i]) + from;
      expect.fail(`${name}: byte ${at - y} from the start of ${written} bytes of output changed (${at - x} from x)`);
    }
  }
  // which bits a NaN has is the engine's choice, and may change when it compiles again; results of 4 bytes lie where scratch of 8 did
  const kind = name.includes('F64') && !name.includes(', 4 bytes') ? Float64Array : name.includes('narrow16') ? Uint16Array : Float32Array;
  const [a, b] = results.map((bytes) => new kind(bytes.slice().buffer));
  if (!a!.every((value, i) => Object.is(value, b![i]))) expect.fail(`${name}: the neighbours of the input take part`);
}

/** Leaves the canary behind the output of the last call as it was, so that the next one meets it. */
function wipe(pair: readonly Place[], spans: readonly (readonly [number, number])[]): void {
  pair.forEach(({ arena, bytes, mirror }, i) => {
    for (const [at, n] of spans) {
      bytes.fill(canaries[i]!, arena + at, arena + at + n);
      mirror.fill(canaries[i]!, arena + at, arena + at + n);
    }
  });
}

/** Everything above the module's own data, to the end of the memory. */
function untouched(pair: readonly Place[]): void {
  for (const { bytes, mirror, own } of pair) {
    expect(Buffer.compare(bytes.subarray(own), mirror.subarray(own)), 'memory far from the output changed').toBe(0);
  }
}

/** The constants and tables of a module: what its data sections hold. */
function tables(build: string): { at: number; bytes: Uint8Array }[] {
  const code = readFileSync(new URL(`../build/${build}.wasm`, import.meta.url)),
    found: { at: number; bytes: Uint8Array }[] = [];
  let p = 8;
  const number = (): number => {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = code[p++]!;
      value |= (byte & 127) << shift;
      if (byte < 128) return value;
    }
  };
  while (p < code.length) {
    const id = code[p++]!,
      size = number(),
      end = p + size;
    if (id === 11) {
      for (let n = number(); n > 0; n--) {
        expect(number(), 'an active segment').toBe(0);
        expect(code[p++], 'i32.const').toBe(0x41);
        const at = number();
        expect(code[p++], 'end').toBe(0x0b);
        const bytes = number();
        found.push({ at, bytes: Uint8Array.from(code.subarray(p, p + bytes)) });
        p += bytes;
      }
    }
    p = end;
  }
  return found;
}

/** n elements as bytes: ordinary ones, now and then infinities, NaN, huge and subnormal ones. */
const source = random('canary');
const pools = { 4: new Float32Array(1 << 16), 8: new Float64Array(1 << 16) };
for (let i = 0; i < 1 << 16; i++) {
  const kind = source.whole(400);
  const value =
    kind === 0 ? NaN : kind === 1 ? Infinity : kind === 2 ? -Infinity : kind === 3 ? 3e38 : kind === 4 ? 1e-42 : 0;
  pools[4][i] = kind < 5 ? value : source.normal() * 5;
  pools[8][i] = kind < 5 ? value : source.normal() * 5;
}
function draw(n: number, size: 4 | 8): Uint8Array {
  const at = source.whole((1 << 16) - n);
  return new Uint8Array(pools[size].buffer, at * size, n * size);
}

const kinds = ['softmax', 'logSoftmax', 'logsumexp'] as const;
const numbers = { softmax: SOFTMAX, logSoftmax: LOG_SOFTMAX, logsumexp: LOGSUMEXP } as const;
const modes = [
  ['F32', 4],
  ['F64', 8],
  ['Exact', 4],
] as const;

/** first byte of the input: far enough from the start that a write before it is seen */
const BASE = 16384;

for (const [build, make] of builds) {
  describe(`canary bytes (${build})`, () => {
    const pair = canaries.map((canary) => place(make(), canary)),
      vectors = build === 'relaxed' || build === 'simd';

    function lanes(kind: (typeof kinds)[number], mode: (typeof modes)[number], o: number, n: number, i: number): void {
      const [suffix, size] = mode;
      const elements = o * n * i,
        results = kind === 'logsumexp' ? o * i : elements;
      for (let align = 0; align < 16; align += size) {
        const input = draw(elements, size);
        // theta as the facade gives it: a factor from 1 to 2 and a power of two
        const sign = suffix === 'F32' ? 1 : source.whole(2) * 2 - 1,
          theta = source.whole(2) === 0 ? 1 : sign * source.between(1, 2);
        const power = suffix === 'F64' && theta !== 1 ? 2 ** (source.whole(5) - 2) : 1;
        const call: Call = (k, x, y) => {
          if (suffix === 'F32') k.lanesF32(numbers[kind], x, y, o, n, i, theta);
          else if (suffix === 'F64') k.lanesF64(numbers[kind], x, y, o, n, i, theta, power);
          else k.lanesExact(numbers[kind], x, y, o, n, i, theta);
        };
        const x = BASE + align,
          other = (align + size * source.whole(16 / size)) % 16;
        const y = BASE + Math.ceil(input.length / 16) * 16 + 48 + other;
        const name = `${kind}${suffix}, outer ${o}, length ${n}, inner ${i}, x at ${align}, theta ${theta}`;
        guarded(pair, `${name}, y at ${other}`, input, x, y, results * size, call);
        guarded(pair, `${name}, in place`, input, x, x, results * size, call);
        wipe(pair, [
          [x, input.length],
          [y, results * size],
        ]);
      }
    }

    for (const kind of kinds) {
      for (const mode of modes) {
        test(`${kind}${mode[0]} writes its output and nothing else, for lengths 0 to 200 at every alignment`, () => {
          for (let n = 0; n <= 200; n++) {
            lanes(kind, mode, 1 + (n % 6), n, 1);
            lanes(kind, mode, 1 + ((n + 3) % 6), n, 2 + (n % 19));
          }
          untouched(pair);
        });
        test(`${kind}${mode[0]} writes its output and nothing else, for outer 1 to 6 and inner 1 to 20`, () => {
          const step = build === 'js' ? 3 : 1; // one loop for all of them
          for (let o = 1; o <= 6; o++) {
            for (let i = 1; i <= 20; i += step) {
              for (const n of [0, 1, 2, 3, 4, 5, 8, 17, 33]) lanes(kind, mode, o, n, i);
            }
          }
          untouched(pair);
        });
        test(`${kind}${mode[0]} writes its output and nothing else around the sizes of blocks and tiles`, () => {
          const shapes = [
            [1, 1023, 1], [2, 1024, 1], [1, 1025, 1], [3, 2047, 1], [64, 10, 1], [65, 16, 1], [131, 31, 1], [130, 32, 1], [7, 33, 1],
            [1, 3, 511], [1, 3, 512], [2, 5, 513], [1, 21, 1024], [1, 70, 600], [1, 1030, 7], [2, 300, 21], [1, 2048, 5],
          ] as const; // prettier-ignore
          for (const [o, n, i] of shapes) lanes(kind, mode, o, n, i);
          untouched(pair);
        });
      }
    }

    test('exp, scale and subtract write n elements and nothing else', () => {
      for (let n = 0; n <= 200; n++) {
        for (const size of [4, 8] as const) {
          for (let align = 0; align < 16; align += size) {
            const input = draw(n, size),
              x = BASE + align,
              y = BASE + input.length + 64 + ((align + size) % 16) - (input.length % 16);
            const [m, hi, lo] = [source.normal(), source.normal(), source.normal() * 2 ** -60];
            const single: [string, Call, boolean][] = [
              ['expF32', (k, x, y) => k.expF32(x, y, n), true],
              ['hideF32', (k, x) => k.hideF32(x, x, n, m), false],
            ];
            if (vectors) {
              single.push(
                ['subtractF32', (k, x, y) => k.subtractF32!(x, y, n, m, hi, lo, 1), true],
                ['subtractF32 with theta', (k, x, y) => k.subtractF32!(x, y, n, m, hi, lo, 1.3), true],
                // the bytes of a float32 serve as its mask
                ['maskedF32', (k, x) => k.maskedF32!(x, x + 4 * n, 1, n, 1), false],
                ['maskedF32 of rows', (k, x) => k.maskedF32!(x, x + 4 * n, 4, n >> 2, 1.3), false],
                ['scaleF32', (k, x) => k.scaleF32!(x, n, hi, lo, NaN, 0), false],
                ['scaleF32 with a peak', (k, x) => k.scaleF32!(x, n, hi, lo, 1, 0.5), false],
              );
            }
            const calls: [string, Call, boolean][] =
              size === 4
                ? single
                : [
                    ['expF64', (k, x, y) => k.expF64(x, y, n), true],
                    ['hideF64', (k, x) => k.hideF64(x, x, n, m), false],
                    ['subtractF64', (k, x, y) => k.subtractF64(x, y, n, m, hi, lo, 1, 1), true],
                    ['subtractF64 with theta', (k, x, y) => k.subtractF64(x, y, n, m, hi, lo, -1.5, 2), true],
                    ['scaleF64', (k, x) => k.scaleF64(x, n, hi, lo, NaN, 0), false],
                    ['scaleF64 with a peak', (k, x) => k.scaleF64(x, n, hi, lo, 1, 0.5), false],
                  ];
            for (const [name, call, apart] of calls) {
              const where = `${name}, n = ${n}, x at ${align}`;
              if (apart) guarded(pair, where, input, x, y, n * size, call);
              guarded(pair, `${where}, in place`, input, x, x, n * size, call);
              wipe(pair, [
                [x, input.length],
                [y, n * size],
              ]);
            }
          }
        }
      }
      untouched(pair);
    });

    test('16 bits become float32, and these 16 bits, n elements and nothing else', () => {
      for (let n = 0; n <= 200; n++) {
        for (let align = 0; align < 16; align += 2) {
          const kind = n % 2,
            half = draw(n, 4).subarray(0, 2 * n),
            x = BASE + align,
            y = BASE + 1024 + (align & -4);
          guarded(pair, `widen16, n = ${n}, x at ${align}`, half, x, y, 4 * n, (k, x, y) => k.widen16(kind, x, y, n));
          const at = BASE + (align & -4);
          guarded(pair, `widen16, n = ${n}, upper half`, half, at + 2 * n, at, 4 * n, (k, x, y) => k.widen16(kind, x, y, n));
          wipe(pair, [
            [x, 1024],
            [y, 1024],
          ]);
          const input = draw(n, 4);
          guarded(pair, `narrow16, n = ${n}, y at ${align}`, input, y, x, 2 * n, (k, x, y) => k.narrow16(kind, x, y, n));
          guarded(pair, `narrow16, n = ${n}, in place`, input, y, y, 2 * n, (k, x, y) => k.narrow16(kind, x, y, n));
          wipe(pair, [
            [x, 1024],
            [y, 1024],
          ]);
        }
      }
      untouched(pair);
    });

    test('blocks write six numbers, softmax its e, and nothing else', () => {
      const into = BASE / 2;
      for (let n = 1; n <= 200; n++) {
        for (const size of vectors ? ([4, 8] as const) : ([8] as const)) {
          for (let align = 0; align < 16; align += size) {
            for (const kind of [0, 1, 2] as const) {
              for (const inPlace of [true, false]) {
                const input = draw(n, size),
                  x = BASE + align,
                  apart = x + input.length + size * (1 + source.whole(9)),
                  y = inPlace ? x : apart;
                const theta = source.whole(2) === 0 ? 1 : -1.25;
                const call: Call = (k, x, y) => {
                  const report = x - (BASE + align) + into;
                  if (size === 4) k.blockF32!(kind, x, y, n, report, Math.abs(theta), 0);
                  else k.blockF64(kind, x, y, n, report, theta, 1);
                  // the report is output too
                  const place = pair.find((p) => p.kernels === k)!;
                  place.mirror.set(place.bytes.subarray(report, report + 48), report);
                };
                const name = `blockF${size * 8} of kind ${kind}, n = ${n}, x at ${align}, ${inPlace ? 'in place' : 'apart'}`;
                guarded(pair, name, input, x, y, kind === 0 ? n * size : 0, call);
                const reports = pair.map((p) => p.bytes.slice(p.arena + into, p.arena + into + 48));
                if (Buffer.compare(reports[0]!, reports[1]!) !== 0) expect.fail(`${name}: the neighbours take part`);
                wipe(pair, [
                  [x, input.length],
                  [y, n * size],
                  [into, 48],
                ]);
              }
            }
          }
        }
      }
      untouched(pair);
    });

    if (build !== 'js') {
      test('gradients write their lanes and nothing else', () => {
        for (let n = 1; n <= 200; n++) {
          for (const bytes of [4, 8]) {
            const lanes = 1 + (n % 4), slopes = draw(lanes * n, 8), x = BASE, dy = BASE + 65536;
            for (const place of pair) {
              place.bytes.set(slopes, place.arena + dy);
              place.mirror.set(slopes, place.arena + dy);
            }
            let did = 0;
            const call: Call = (k, x) => void (did = k.gradients!(bytes, x, x + 65536, lanes, n, 1.5, 2 ** -46));
            // what is left of y where the results are float32 is scratch
            guarded(pair, `gradients F64, n = ${n}, ${bytes} bytes`, draw(lanes * n, 8), x, x, lanes * n * 8, call);
            expect(did).toBeLessThanOrEqual(lanes);
            wipe(pair, [
              [x, lanes * n * 8],
              [dy, lanes * n * 8],
            ]);
          }
        }
        untouched(pair);
      });
      test('no kernel reads or writes behind its input and output: both may end where the memory ends', () => {
        // a read behind the end traps; inside of the memory nobody would notice one whose value is not used
        const { kernels, arena } = pair[0]!,
          whole = kernels.memory.buffer.byteLength;
        // columns alone read whole vectors, up to the 16 bytes that `allocate` keeps
        let end = whole;
        const memory = new Uint8Array(kernels.memory.buffer);
        const last = (name: string, input: Uint8Array, results: number, call: Call, apart = true): void => {
          const x = end - input.length,
            y = end - results;
          const run = (from: number, to: number): Uint8Array => {
            memory.set(input, from);
            try {
              call(kernels, from, to);
            } catch (error) {
              expect.fail(`${name}, x at ${from - end} and y at ${to - end} from the end: ${error}`);
            }
            return memory.slice(to, to + results);
          };
          const values = (bytes: Uint8Array): ArrayLike<number> => new (name.includes('F64') ? Float64Array : Float32Array)(bytes.buffer as ArrayBuffer); // prettier-ignore
          const want = values(run(arena, apart ? arena + 65536 : arena));
          const found = apart ? [run(x, arena), run(arena, y), run(x, x)] : [run(x, x)];
          for (const bytes of found) {
            if (!Array.prototype.every.call(values(bytes), (v, i) => Object.is(v, want[i]))) expect.fail(`${name}: another result`); // prettier-ignore
          }
        };
        // no caller has lanes of length 0
        for (let n = 1; n <= 40; n++) {
          for (const [suffix, size] of modes) {
            for (const kind of kinds) {
              for (const [o, i] of [
                [1, 1],
                [5, 1],
                [1, 2],
                [3, 3],
                [1, 17],
                [2, 21],
              ] as const) {
                // prettier-ignore
                const results = kind === 'logsumexp' ? o * i : o * n * i,
                  theta = suffix === 'F32' ? 1 : (n % 2) * 0.5 + 1;
                const call: Call = (k, x, y) => {
                  if (suffix === 'F32') k.lanesF32(numbers[kind], x, y, o, n, i, theta);
                  else if (suffix === 'F64') k.lanesF64(numbers[kind], x, y, o, n, i, theta, 1);
                  else k.lanesExact(numbers[kind], x, y, o, n, i, theta);
                };
                end = i === 1 ? whole : whole - 16;
                last(`${kind}${suffix}, outer ${o}, length ${n}, inner ${i}`, draw(o * n * i, size), results * size, call); // prettier-ignore
              }
            }
          }
          const [f32, f64] = [draw(n, 4), draw(n, 8)];
          end = whole;
          last(`expF32, n = ${n}`, f32, n * 4, (k, x, y) => k.expF32(x, y, n));
          last(`expF64, n = ${n}`, f64, n * 8, (k, x, y) => k.expF64(x, y, n));
          if (vectors) {
            last(`subtractF32, n = ${n}`, f32, n * 4, (k, x, y) => k.subtractF32!(x, y, n, 1.5, 0.25, 2 ** -60, 1));
            last(`scaleF32, n = ${n}`, f32, n * 4, (k, x) => k.scaleF32!(x, n, 1.5, 2 ** -60, NaN, 0), false);
          }
          last(`subtractF64, n = ${n}`, f64, n * 8, (k, x, y) => k.subtractF64(x, y, n, 1.5, 0.25, 2 ** -60, -1.5, 2));
          last(`scaleF64, n = ${n}`, f64, n * 8, (k, x) => k.scaleF64(x, n, 1.5, 2 ** -60, NaN, 0), false);
          for (const kind of [0, 1, 2] as const) {
            const written = kind === 0 ? n : 0,
              report = arena + 262144;
            if (vectors) last(`blockF32 of kind ${kind}, n = ${n}`, f32, written * 4, (k, x, y) => k.blockF32!(kind, x, y, n, report, 1, 0)); // prettier-ignore
            last(`blockF64 of kind ${kind}, n = ${n}`, f64, written * 8, (k, x, y) => k.blockF64(kind, x, y, n, report, -1.25, 1)); // prettier-ignore
          }
        }
        wipe([pair[0]!], [[0, ARENA]]);
      });
      test('the first window is whole, aligned, apart from what is allocated, and was not touched', () => {
        for (const { kernels, bytes, arena, mirror } of pair) {
          const { value } = kernels.window;
          expect(value % 16).toBe(0);
          expect(value + 524288 + 64).toBeLessThanOrEqual(arena);
          expect(firstWindow(kernels, mirror)).toHaveLength(524288 + 64);
          expect(Buffer.compare(firstWindow(kernels, bytes), firstWindow(kernels, mirror))).toBe(0);
        }
      });
      test('16 bytes behind every allocation belong to the memory', () => {
        const kernels = make();
        for (let bytes = 1; bytes < 2 ** 22; bytes = Math.ceil(bytes * 1.37)) {
          const end = kernels.allocate(bytes) + bytes;
          expect(end + 16).toBeLessThanOrEqual(kernels.memory.buffer.byteLength);
        }
      });
      test('the constants and tables of the module are as they were', () => {
        const segments = tables(build);
        // some words depend on theta; those of 1 are the constants
        for (const { kernels, arena } of pair) kernels.lanesF32(SOFTMAX, arena, arena, 1, 1, 1, 1);
        expect(segments.length).toBeGreaterThan(3);
        for (const { bytes } of pair) {
          for (const { at, bytes: constant } of segments) {
            expect(Buffer.compare(bytes.subarray(at, at + constant.length), constant), `data at ${at}`).toBe(0);
          }
        }
      });
      test('the lowest kilobyte, which is no one’s, is still empty', () => {
        for (const { bytes } of pair) expect(bytes.subarray(0, 1024).every((byte) => byte === 0)).toBe(true);
      });
    }
  });
}

test('a canary notices one byte too many, before or behind, and a neighbour that takes part', () => {
  const pair = canaries.map((canary) => place(jsKernels(), canary));
  const call =
    (at: number, value: (bytes: Uint8Array, x: number) => number): Call =>
    (k, x, y) => {
      const bytes = new Uint8Array(k.memory.buffer);
      bytes.fill(1, y, y + 16); // output that is left as it was is noticed too
      bytes[y + at] = value(bytes, x);
    };
  const input = draw(4, 4);
  const tried = (at: number, value: (bytes: Uint8Array, x: number) => number) => () =>
    guarded(pair, 'a call', input, BASE, BASE + 64, 16, call(at, value));
  expect(tried(15, () => 1)).not.toThrow();
  expect(tried(16, () => 1)).toThrow(/byte 16 from the start/);
  expect(tried(-1, () => 1)).toThrow(/byte -1 from the start/);
  expect(tried(0, (bytes, x) => bytes[x + 16]!)).toThrow();
});
