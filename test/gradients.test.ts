import { expect, test } from 'vitest';
import { slopeBounds } from './support/bounds.ts';
import { instances } from './support/eachBuild.ts';
import { pick, type Random } from './support/random.ts';
import { tally } from './support/seed.ts';
import { logSoftmaxSlopes, softmaxSlopes, textOf, withinSlope, type Slope } from './support/slopes.ts';
import { trials } from './support/trials.ts';
import { bitsOf, fromBits, round, type Format } from './support/ulp.ts';

// Gradients over the whole ranges of y, dy and theta, against exact ones.

const power = (r: Random, low: number, high: number): number => (1 + r.uniform()) * 2 ** (low + r.whole(high - low));
const either = (r: Random): number => (r.whole(2) === 0 ? 1 : -1);
/** How far the sum of a softmax may be from 1 by the rounding of its elements. */
const tolerances = { float64: 2 ** -46, float32: 2 ** -21, float16: 2 ** -9, bfloat16: 2 ** -6 };

interface Case {
  readonly format: Format;
  readonly shape: readonly [number, number];
  readonly y: number[];
  readonly dy: number[];
  readonly theta: number;
  /** dy is float32, as y is */
  readonly single: boolean;
}

function draw(r: Random, log: boolean): Case {
  const format = pick(r, ['float64', 'float64', 'float32', 'float16', 'bfloat16'] as const);
  const n = 1 + r.whole(pick(r, [2, 6, 12, 150])), lanes = 1 + r.whole(n > 12 ? 2 : 9); // prettier-ignore
  const theta = pick(r, [1, 1, -1, 0.7, 0, 3e5, power(r, -1060, 1000), -power(r, -1060, 1000), power(r, 900, 1022)]);
  const y: number[] = [], dy: number[] = []; // prettier-ignore
  for (let l = 0; l < lanes; l++) {
    const kind = r.whole(10), spread = pick(r, [0, 1, 5, 40, 700]), hidden = r.whole(3) === 0; // prettier-ignore
    const z = Array.from({ length: n }, () => (hidden && r.whole(4) === 0 ? -Infinity : r.normal() * spread));
    const most = Math.max(...z), mass = z.reduce((s, v) => s + Math.exp(v - (most === -Infinity ? 0 : most)), 0); // prettier-ignore
    const level = power(r, 400, 900);
    const raw = z.map(() => (kind === 0 ? r.uniform() : kind === 1 ? power(r, -1074, -1) : kind === 2 ? r.normal() * 30 : r.uniform() * level));
    const drawn = power(r, -1070, 1022), offset = pick(r, [0, 0, 1, 1e6, 1e300]), own = r.whole(5); // prettier-ignore
    z.forEach((v, j) => {
      const p = most === -Infinity ? 0 : Math.exp(v - most) / mass, rawLog = kind === 0 ? -power(r, -1074, 10) : kind === 1 ? -v * v : kind === 2 ? -0 : -Infinity; // prettier-ignore
      y.push(round(log ? (kind < 4 ? rawLog : v - most - Math.log(mass)) : kind < 4 && (kind < 3 || format === 'float64') ? raw[j]! : p, format));
      if (!Number.isFinite(y.at(-1)!)) y[y.length - 1] = log ? -Infinity : 0;
      const d = own === 0 ? r.normal() : own === 1 ? power(r, -1074, 1023) * either(r) : own === 2 ? drawn * r.normal() : own === 3 ? offset + r.normal() : pick(r, [0, 1.7e308, -1.7e308, 1e-300, 5e-324]);
      dy.push(Math.abs(d) < 1.79e308 ? d : 1.7e308 * Math.sign(d));
    });
  }
  // huge y that are no distribution need a dy that leaves a finite product
  const big = y.some((p) => Math.abs(p) > 2 ** 100);
  const single = format === 'float32' && r.whole(4) > 0, narrow = (d: number): number => (single ? Math.fround(Math.max(-3e38, Math.min(3e38, d))) : d); // prettier-ignore
  return { format, single, shape: [lanes, n], y, dy: dy.map((d) => narrow(big ? d && either(r) * power(r, -100, 100) : d)), theta: big ? power(r, -900, -800) : theta };
}

function check(name: 'softmaxGradient' | 'logSoftmaxGradient', r: Random): void {
  const log = name === 'logSoftmaxGradient'; // prettier-ignore
  const { format, single, shape, y, dy, theta } = draw(r, log);
  const [lanes, n] = shape, half = format === 'float16' || format === 'bfloat16'; // prettier-ignore
  const wanted = Array.from({ length: lanes }, (_, l) => {
    const p = y.slice(l * n, l * n + n), d = dy.slice(l * n, l * n + n); // prettier-ignore
    if (log) return logSoftmaxSlopes(p, d, theta, slopeBounds[name]);
    const mass = p.reduce((s, v) => s + v, 0);
    return softmaxSlopes(p, d, theta, Math.abs(mass - 1) <= tolerances[format], slopeBounds[name]);
  }).flat();
  // a hidden element's dy counts for nothing, whatever it is
  const given = dy.map((d, k) => (y[k] === (log ? -Infinity : 0) && r.whole(2) === 0 ? pick(r, [NaN, Infinity, -Infinity, 1e308]) : d));
  const values = half ? Uint16Array.from(y, (v) => Number(bitsOf(v, format))) : format === 'float32' ? Float32Array.from(y) : Float64Array.from(y); // prettier-ignore
  const axis = r.whole(2), order = (a: ArrayLike<number>): any => (axis === 1 ? a : (a as Float64Array).map((_, i) => a[(i % lanes) * n + Math.floor(i / lanes)]!)); // prettier-ignore
  const options = { axis, shape: axis === 1 ? shape : [n, lanes], theta, ...(half && { dtype: format }) };
  const most = y.reduce((m, v) => Math.max(m, Math.abs(v)), 1), few = log || most > 2 ** 20 ? 4 * n + 4 : (4 * n + 4) * Math.ceil(most) ** 2; // prettier-ignore
  for (const { build, softmax: s } of instances) {
    if (s === undefined) continue;
    tally.calls++;
    const got = (s as any)[name](order(values), order(single ? Float32Array.from(given) : Float64Array.from(given)), options) as Float64Array;
    got.forEach((bits, i) => {
      const g = half ? fromBits(BigInt(bits), format) : bits, at = axis === 1 ? i : (i % lanes) * n + Math.floor(i / lanes), slope = wanted[at]!; // prettier-ignore
      if (withinSlope(g, slope, format, few)) return;
      const l = Math.floor(at / n), text = (a: number[]): string => a.slice(l * n, l * n + n).join(', '); // prettier-ignore
      expect.fail(`${build}: ${name}([${text(y)}], [${text(given)}], { theta: ${theta} }) of ${format}${single ? ', both' : ''} [${at % n}] is ${g}, wanted ${textOf(slope.exact)}`); // prettier-ignore
    });
  }
}

for (const name of ['softmaxGradient', 'logSoftmaxGradient'] as const) {
  trials(`${name} keeps its bound over the whole ranges of y, dy and theta`, 700, 1 / 3, (r) => check(name, r));
}

for (const { build, softmax: s, reason } of instances) {
  test.skipIf(s === undefined)(`gradients do not overflow, or vanish, on their way to a result that is finite (${build}${reason && `: ${reason}`})`, () => {
    const half = Math.log(0.5);
    expect(s!.logSoftmaxGradient([half, half], [1e308, 1e308])).toEqual([0, 0]);
    const steep = s!.softmaxGradient([0.9, 0.1], [-1.7e308, 1.7e308]);
    expect([steep[0]! / 1e307, steep[1]! / 1e307]).toEqual([expect.closeTo(-3.06, 10), expect.closeTo(3.06, 10)]);
    const small = s!.softmaxGradient([1e-200, 1], [1e-200, 0], { theta: 1e300 });
    expect([small[0]! * 1e100, small[1]! * 1e100]).toEqual([expect.closeTo(1, 12), expect.closeTo(-1, 12)]);
    expect(s!.softmaxGradient([0.25, 0.75], [1e10, 1e10], { theta: 1e300 })).toEqual([0, 0]);
  });
}

/** A lane whose blocks of 128 lose half a unit of their sum each, all in one slot of a vector: what they lose together is beyond the bound. */
function losing(log: boolean, isDistribution: boolean, slot: number): { y: number[]; dy: number[] } {
  const blocks = isDistribution ? 100 : 170,
    y = new Array<number>(128 * blocks).fill(log ? -Infinity : 0),
    dy = y.map(() => 0);
  // in vectors of two, slot 0 has the even elements
  for (let i = 2 + slot; i < y.length; i += 2) {
    const large = i < 6;
    if (log) [y[i], dy[i]] = i === 2 + slot ? [Math.fround(Math.log(0.5)), 1] : [-20, large ? 1 : 2 ** -59];
    else if (isDistribution) [y[i], dy[i]] = [large ? 0.5 : 2 ** -59, 1];
    else [y[i], dy[i]] = [large ? 1 : 2 ** -58, 1];
  }
  // the slopes of softmax are computed around this dy
  if (!log) y[0] = 2 ** -100;
  return { y, dy };
}

let lanes: { name: 'softmaxGradient' | 'logSoftmaxGradient'; y: number[]; dy: number[]; want: Slope[] }[] | undefined;
const losingLanes = (): NonNullable<typeof lanes> =>
  (lanes ??= [0, 1].flatMap((slot) => {
    const log = losing(true, false, slot), rest = losing(false, false, slot), distribution = losing(false, true, slot); // prettier-ignore
    const { softmaxGradient, logSoftmaxGradient } = slopeBounds;
    return [
      { name: 'logSoftmaxGradient', ...log, want: logSoftmaxSlopes(log.y, log.dy, 1, logSoftmaxGradient) },
      { name: 'softmaxGradient', ...rest, want: softmaxSlopes(rest.y, rest.dy, 1, false, softmaxGradient) },
      { name: 'softmaxGradient', ...distribution, want: softmaxSlopes(distribution.y, distribution.dy, 1, true, softmaxGradient) },
    ];
  }));

for (const { build, softmax: s, reason } of instances) {
  test.skipIf(s === undefined)(`what the blocks of a long lane lose is added up (${build}${reason && `: ${reason}`})`, () => {
    for (const { name, y, dy, want } of losingLanes()) {
      for (const format of ['float64', 'float32'] as const) {
        const Class = format === 'float64' ? Float64Array : Float32Array;
        s![name](Class.from(y), Class.from(dy)).forEach((g, i) => {
          if (!withinSlope(g, want[i]!, format, 4 * y.length)) expect.fail(`${name} of ${format}, ${y.length} elements: [${i}] is ${g}, wanted ${textOf(want[i]!.exact)}`);
        });
      }
    }
  });
}
