import { expect, test } from 'vitest';
import { createSoftmax } from '../src/index.ts';
import { bound, withinLogsumexp, type Build, type Dtype } from './support/bounds.ts';
import { laneCases } from './support/cases.ts';
import { eachBuild } from './support/eachBuild.ts';
import type { Exact } from './support/exact.ts';
import type { SignedExact } from './support/laneKinds.ts';
import * as oracle from './support/oracle.ts';
import { random } from './support/random.ts';
import { round, sameBits, worst } from './support/ulp.ts';

// Lanes that lie side by side, along an axis that is not the last: few of them (several elements of each make a row), and more than
// the memory may hold (some rows at a time).

type Floats = Float32Array | Float64Array;

/** A lane of some kind, with the exact results at some places; NaN and infinite lanes among them. */
interface Lane {
  readonly name: string;
  readonly x: Floats;
  readonly indices: readonly number[];
  readonly softmax: readonly Exact[];
  readonly logSoftmax: readonly Exact[];
  readonly logsumexp: SignedExact;
}

const drawn = new Map<string, Lane>();

function lane(dtype: Dtype, length: number, kind: number, samples: number): Lane {
  const fitting = laneCases.filter((c) => c.length === undefined && c.dtypes.includes(dtype)),
    c = fitting[kind % fitting.length]!,
    seed = 1 + Math.floor(kind / fitting.length);
  const key = `${c.name} ${dtype} ${length} ${seed} ${samples}`,
    known = drawn.get(key);
  if (known !== undefined) return known;
  const x = c.draw(dtype, length, seed),
    n = Math.min(samples, length),
    indices = Array.from({ length: n }, (_, k) => Math.floor((k * (length - 1)) / Math.max(1, n - 1)));
  const whole = n === length;
  const made = {
    name: c.name,
    x,
    indices,
    softmax: whole ? oracle.softmax(x) : oracle.softmaxSample(x, indices),
    logSoftmax: whole ? oracle.logSoftmax(x) : oracle.logSoftmaxSample(x, indices),
    logsumexp: oracle.logsumexp(x),
  };
  drawn.set(key, made);
  return made;
}

/** [length, lanes]: column i is lanes[i], again from the first after the last. */
function sideBySide(lanes: readonly Lane[], length: number, width: number, dtype: Dtype): Floats {
  const x = dtype === 'float32' ? new Float32Array(length * width) : new Float64Array(length * width);
  for (let k = 0; k < length; k++) for (let i = 0; i < width; i++) x[k * width + i] = lanes[i % lanes.length]!.x[k]!;
  return x;
}

const sums = (x: Floats): number => (x as Float64Array).reduce((m, v) => Math.max(m, v), -Infinity);

function check(s: any, build: Build, dtype: Dtype, lanes: readonly Lane[], length: number, width: number, columns: readonly number[]): void {
  const x = sideBySide(lanes, length, width, dtype),
    options = { shape: [length, width], axis: 0 };
  const y = s.softmax(x, options),
    l = s.logSoftmax(x, options),
    e = s.logsumexp(x, options);
  for (const i of columns) {
    const own = lanes[i % lanes.length]!,
      where = `${dtype} [${length},${width}], lane ${i} (${own.name})`;
    const column = (a: Floats): number[] => own.indices.map((k) => a[k * width + i]!);
    const p = worst(column(y), own.softmax, dtype);
    expect(p.ulp, `softmax of ${where}: ${p.text}`).toBeLessThanOrEqual(bound('softmax', dtype, 'fast', build));
    const q = worst(column(l), own.logSoftmax, dtype);
    expect(q.ulp, `logSoftmax of ${where}: ${q.text}`).toBeLessThanOrEqual(bound('logSoftmax', dtype, 'fast', build));
    expect(withinLogsumexp(e[i], own.logsumexp, sums(own.x), dtype, 'fast', build), `logsumexp of ${where}: ${e[i]}, not ${own.logsumexp.value}`).toBe(true); // prettier-ignore
  }
}

eachBuild('the bounds hold for few lanes side by side', (s, build) => {
  for (const dtype of ['float32', 'float64'] as const) {
    test(`${dtype}, 1 to 33 of them`, () => {
      const r = random(`few ${dtype}`);
      for (let width = 1; width <= 33; width++) {
        // from where several elements make a row: with a rest of every size, and with none
        for (const length of [48 + 16 * width + r.whole(40), 16 * (4 + width)]) {
          const lanes = Array.from({ length: Math.min(width, 6) }, () => lane(dtype, length, r.whole(200), 12));
          check(s, build, dtype, lanes, length, width, [...Array(width).keys()]);
        }
      }
    });
  }

  test('beside so many that a tile ends before them', () => {
    for (const dtype of ['float32', 'float64'] as const) {
      for (const [length, width] of [[90, 514], [300, 525]] as const) {
        const lanes = Array.from({ length: 5 }, (_, i) => lane(dtype, length, 7 * i + 1, 12));
        check(s, build, dtype, lanes, length, width, [0, 510, 511, 512, 513, width - 1]);
      }
    }
  });

  test('a lane of NaN, of -Infinity or with an infinite maximum leaves its neighbours alone', () => {
    for (const width of [2, 3, 5, 16, 19]) {
      for (const odd of [NaN, -Infinity, Infinity, 1e38]) {
        const length = 401,
          x = Float32Array.from({ length: length * width }, (_, i) => Math.sin(i) * 4),
          options = { shape: [length, width], axis: 0 };
        const plain = s.softmax(x, options);
        for (let k = 0; k < length; k++) if (odd === -Infinity || k === 77) x[k * width + 1] = odd;
        const y = s.softmax(x, options),
          e = s.logsumexp(x, options) as Float32Array;
        for (let k = 0; k < length; k++) {
          const own = odd === 1e38 ? Number(k === 77) : NaN;
          for (let i = 0; i < width; i++) {
            const got = y[k * width + i]!,
              want = i === 1 ? own : plain[k * width + i]!;
            // an origin that is not 0 in one lane takes all lanes of a tile through a subtraction, of 0 in the others
            if (!Object.is(got, want)) expect.fail(`[${length},${width}] with ${odd}, row ${k} of lane ${i}: ${got}, not ${want}`);
          }
        }
        expect(e[1]).toBe(odd === 1e38 ? Math.fround(1e38) : odd);
      }
    }
  });
});

eachBuild('lanes too long for the memory', (_, build) => {
  const s: any = createSoftmax({ build, maxMemory: 2 * 1024 * 1024 });
  // more than the 512 KiB that such a memory takes at once
  const long = [50_001, 3],
    wide = build === 'js' ? [3001, 60] : [3001, 600];

  for (const dtype of ['float32', 'float64'] as const) {
    test(`keep the bounds, ${dtype}`, () => {
      const few = Array.from({ length: 3 }, (_, i) => lane(dtype, long[0]!, 3 * i, 40)),
        many = Array.from({ length: 7 }, (_, i) => lane(dtype, wide[0]!, 5 * i + 1, 40));
      check(s, build, dtype, few, long[0]!, 3, [0, 1, 2]);
      check(s, build, dtype, many, wide[0]!, wide[1]!, [0, 1, 6, 511, 512, 513, 599].filter((i) => i < wide[1]!));
      expect(s.info().memoryBytes).toBeLessThanOrEqual(2 * 1024 * 1024);
    });

    test(`in place, into strided results and with masks, ${dtype}`, () => {
      for (const [length, width] of [long, wide] as [number, number][]) {
        const x = sideBySide([lane(dtype, length, 2, 40), lane(dtype, length, 4, 40), lane(dtype, length, 7, 40)], length, width, dtype);
        const shape = [length, width],
          pitch = width + 2,
          Class = x.constructor as Float64ArrayConstructor;
        const shown = (k: number): boolean => k % 5 !== 1,
          full = Uint8Array.from(x, (_, at) => Number(shown(Math.floor(at / width)))),
          rows = Uint8Array.from({ length }, (_, k) => Number(shown(k)));
        for (const call of ['softmax', 'logSoftmax'] as const) {
          const y = s[call](x, { shape, axis: 0 }),
            out = { data: new Class(length * pitch).fill(7), shape, strides: [pitch, 1], offset: 0 };
          s[call](x, { shape, axis: 0, out });
          for (let k = 0; k < length; k++) {
            if (!sameBits(out.data.subarray(k * pitch, k * pitch + width), y.subarray(k * width, (k + 1) * width))) expect.fail(`${call} [${shape}], strided, row ${k}`); // prettier-ignore
            if (out.data[k * pitch + width] !== 7) expect.fail(`${call} [${shape}], strided: what lies behind row ${k} was written`);
          }
          const own = x.slice();
          expect(s[call](own, { shape, axis: 0, out: own })).toBe(own);
          expect(sameBits(own, y)).toBe(true);

          const masked = s[call](x, { shape, axis: 0, where: full });
          expect(sameBits(s[call](x, { shape, axis: 0, where: { data: rows, shape: [length, 1] } }), masked)).toBe(true);
          // as if what is hidden were absent: against the lane without it, within the bounds of both
          for (const i of [0, width - 1]) {
            const open = new Class(rows.reduce((a, b) => a + b, 0));
            for (let k = 0, at = 0; k < length; k++) if (shown(k)) open[at++] = x[k * width + i]!;
            const indices = Array.from({ length: 30 }, (_, k) => Math.floor((k * (open.length - 1)) / 29));
            const kept = new Class(open.length);
            for (let k = 0, at = 0; k < length; k++) {
              const got = masked[k * width + i]!;
              if (shown(k)) kept[at++] = got;
              else if (!Object.is(got, call === 'softmax' ? 0 : -Infinity)) expect.fail(`${call} [${shape}] masked, lane ${i}: ${got} where element ${k} is hidden`); // prettier-ignore
            }
            const w = worst(indices.map((k) => kept[k]!), oracle[`${call}Sample`](open, indices), dtype); // prettier-ignore
            expect(w.ulp, `${call} [${shape}] masked, lane ${i}: ${w.text}`).toBeLessThanOrEqual(bound(call, dtype, 'fast', build));
          }
        }
      }
    });
  }

  test('of 16 bits are those of float32, rounded', () => {
    const [length, width] = long as [number, number],
      r = random('sixteen'),
      bits = Uint16Array.from({ length: length * width }, () => r.whole(0x4800) + r.whole(2) * 0x8000);
    const values = Float32Array.from(bits, (b) => (b & 0x8000 ? -1 : 1) * ((b & 0x7c00) === 0 ? (b & 0x3ff) * 2 ** -24 : (1 + (b & 0x3ff) / 1024) * 2 ** (((b >> 10) & 31) - 15))); // prettier-ignore
    const shape = [length, width];
    const back = (b: number): number => (b & 0x8000 ? -1 : 1) * ((b & 0x7c00) === 0 ? (b & 0x3ff) * 2 ** -24 : (1 + (b & 0x3ff) / 1024) * 2 ** (((b >> 10) & 31) - 15)); // prettier-ignore
    for (const call of ['softmax', 'logSoftmax'] as const) {
      const y = s[call](bits, { shape, axis: 0, dtype: 'float16' }) as Uint16Array,
        want = s[call](values, { shape, axis: 0 }) as Float32Array;
      for (let at = 0; at < y.length; at += 37) expect(back(y[at]!), `${call} ${at}`).toBe(round(want[at]!, 'float16'));
    }
  });
});
