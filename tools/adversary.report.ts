import { test } from 'vitest';
import {
  allowance,
  bound,
  cancelling,
  cancels,
  withinExp,
  type Build,
  type Call,
  type Dtype,
  type Precision,
} from '../test/support/bounds.ts';
import { instances } from '../test/support/eachBuild.ts';
import * as oracle from '../test/support/oracle.ts';
import * as pair from '../test/support/pairRoute.ts';
import { random, type Random } from '../test/support/random.ts';
import { nextDown, nextUp, ulpError, worst } from '../test/support/ulp.ts';
import type { Softmax } from '../src/api.ts';

// npm run adversary: hill climbs that try to break each bound, from seeded lanes. SECONDS=600 for a longer search (in all),
// SEED=2 for another, LENGTH=4 for lanes that short, ONLY=float64 for the targets whose name has that text. A broken bound
// belongs in `hardest` of test/support/cases.ts.
const seconds = Number(process.env.SECONDS ?? 120);
const seed = process.env.SEED ?? '1';
const only = process.env.ONLY ?? '';
const longest = Number(process.env.LENGTH ?? 1033);

type Values = Float32Array | Float64Array;
type LaneCall = Exclude<Call, 'exp'>;
interface Lane {
  readonly x: Values;
  readonly theta: number;
}
interface Target {
  readonly name: string;
  readonly call: LaneCall;
  readonly dtype: Dtype;
  readonly precision: Precision;
  readonly build: Build;
  readonly softmax: Softmax;
  /** a lane alone, or one of two columns */
  readonly layout: 'row' | 'column';
}
interface Found {
  /** the error as a share of the bound, and in units in the last place (where logsumexp cancels: absolute) */
  ratio: number;
  error: string;
  lane: Lane;
}

const forms = [
  ['float32', 'fast'],
  ['float32', 'exact'],
  ['float64', 'fast'],
] as const;
const calls = ['softmax', 'logSoftmax', 'logsumexp'] as const;
const targets: Target[] = forms.flatMap(([dtype, precision]) =>
  calls.flatMap((call) =>
    instances.flatMap(({ build, softmax }) =>
      (['row', 'column'] as const).flatMap((layout) => {
        const name = `${call} ${dtype} ${precision} ${build} ${layout}`;
        return softmax === undefined ? [] : [{ name, call, dtype, precision, build, softmax, layout }];
      }),
    ),
  ),
);

function results({ call, precision, softmax, layout }: Target, { x, theta }: Lane): ArrayLike<number> {
  const plain = precision === 'fast' && theta === 1,
    run = softmax[call] as Softmax['softmax'];
  if (layout === 'row') {
    const y = plain ? run(x as Float64Array) : run(x as Float64Array, { precision, theta });
    return typeof y === 'number' ? [y] : (y as Float64Array);
  }
  const n = x.length,
    both = x instanceof Float32Array ? new Float32Array(2 * n) : new Float64Array(2 * n);
  for (let i = 0; i < n; i++) both[2 * i] = both[2 * i + 1] = x[i]!;
  const { data } = run({ data: both as Float64Array, shape: [n, 2] }, { axis: 0, precision, theta }) as {
    data: Float64Array;
  };
  return call === 'logsumexp' ? [data[1]!] : data.filter((_, i) => i % 2 === 1);
}

const word = new Float64Array(1),
  halves = new Uint32Array(word.buffer);
/** |got - wanted| in units in the last place of float32, wanted far nearer to the exact result than those. */
function ulp32(got: number, wanted: number): number {
  word[0] = wanted;
  const error = Math.abs(got - wanted) * 2 ** (23 - Math.max(((halves[1]! >>> 20) & 0x7ff) - 1023, -126));
  return error === error ? error : Infinity;
}

function largestOf({ x, theta }: Lane): number {
  let m = -Infinity;
  for (let i = 0; i < x.length; i++) m = Math.max(m, theta < 0 ? -x[i]! : x[i]!);
  return theta < 0 ? -m : m;
}

/** The largest error as a share of the bound, float32 by a float64 reference, float64 by pairs of doubles. */
function ratioOf(target: Target, lane: Lane): number {
  const { call, dtype, precision, build } = target,
    y = results(target, lane),
    { x, theta } = lane;
  const limit = bound(call, dtype, precision, build);
  let ratio = 0;
  if (dtype === 'float32') {
    const m = largestOf(lane);
    let rest = 0,
      ties = -1;
    for (let i = 0; i < x.length; i++) {
      if (x[i] === m) ties++;
      else rest += Math.exp(theta * (x[i]! - m));
    }
    rest += ties;
    if (call === 'logsumexp') {
      const top = theta * m,
        wanted = top + Math.log1p(rest);
      const absolute = Math.abs(y[0]! - wanted);
      // what float64 cancels itself is left to the exact judge
      if (top < 0 && Math.abs(wanted) < -top * 2 ** -8)
        return precision === 'exact' ? exactly(target, lane).ratio : absolute / cancelling.float32.absolute;
      const ratio = ulp32(y[0]!, wanted) / limit;
      return top < 0 && Math.abs(wanted) < 0.5 && precision === 'fast'
        ? Math.min(ratio, absolute / (cancelling.float32.absolute * Math.min(1, 1.5 * (wanted - top))))
        : ratio;
    }
    const log = Math.log1p(rest),
      total = 1 + rest;
    for (let i = 0; i < x.length; i++) {
      const d = theta * (x[i]! - m);
      ratio = Math.max(ratio, ulp32(y[i]!, call === 'softmax' ? Math.exp(d) / total : d - log) / limit);
    }
    return ratio;
  }
  if (call === 'logsumexp') {
    const exact = pair.logsumexp(x, theta);
    return exact === undefined
      ? exactly(target, lane).ratio
      : sumRatio(target, y[0]!, exact, theta * largestOf(lane)).ratio;
  }
  const normalizer = pair.normalize(x, theta),
    of = call === 'softmax' ? pair.softmaxOf : pair.logSoftmaxOf;
  for (let i = 0; i < x.length; i++) ratio = Math.max(ratio, ulpError(y[i]!, of(x[i]!, normalizer), 'float64') / limit);
  return ratio;
}

function sumRatio(
  { dtype, precision, build }: Target,
  got: number,
  exact: oracle.Exact,
  top: number,
): { ratio: number; error: string } {
  const ulp = ulpError(got, exact, dtype),
    limit = bound('logsumexp', dtype, precision, build);
  const absolute = Math.abs(got - exact.value - exact.residual);
  let ratio = ulp / limit;
  const { float32: c } = cancelling,
    allowed = allowance(exact, top, dtype);
  if (precision === 'fast') {
    if (allowed > 0) ratio = Math.min(ratio, absolute / allowed);
  } else if (cancels(exact, top)) {
    if (Math.abs(exact.value) < c.exactBelow) ratio = Math.min(ratio, ulp / c.exactUlp, absolute / c.exactAbsolute);
  }
  return {
    ratio,
    error:
      ratio < ulp / limit ? `${absolute.toPrecision(3)} absolute (${ulp.toPrecision(3)} ULP)` : `${ulp.toFixed(4)} ULP`,
  };
}

/** The same by the oracle. */
function exactly(target: Target, lane: Lane): { ratio: number; error: string } {
  const { call, dtype, precision, build } = target,
    { x, theta } = lane,
    y = results(target, lane);
  if (call === 'logsumexp') return sumRatio(target, y[0]!, oracle.logsumexp(x, { theta }), theta * largestOf(lane));
  const { ulp } = worst(y, oracle[call](x, theta), dtype);
  return { ratio: ulp / bound(call, dtype, precision, build), error: `${ulp.toFixed(4)} ULP` };
}

/** A lane to climb from: few elements mostly, near what is hard. */
function start(target: Target, r: Random): Lane {
  const long = r.uniform() < 0.02,
    few = r.uniform() < 0.5;
  const n = Math.min(longest, long ? 34 + r.whole(1000) : few ? 2 + r.whole(3) : 5 + r.whole(29));
  const single = target.dtype === 'float32',
    deep = single ? 88 : 709;
  const kind = r.whole(10),
    s = 10 ** r.between(-2, 1.5),
    d = r.between(0, 20),
    N = [1, 2, 64, 128][r.whole(4)]!;
  const shift = r.uniform() < 0.5 ? 0 : (r.uniform() < 0.5 ? -1 : 1) * 2 ** r.between(-6, single ? 14 : 40);
  const value = (i: number): number => {
    if (kind === 0) return i === 0 ? 0 : -d;
    if (kind === 1) return i === 0 ? 0 : -r.between(0, 20);
    if (kind === 2) return i === 0 ? 0 : -(r.whole(20 * N) + 0.5) * (Math.LN2 / N);
    if (kind === 3) return i < n / 2 ? 0 : -s * r.uniform();
    if (kind === 4) return i === 0 ? 0 : -deep - r.between(-3, single ? 17 : 40);
    if (kind === 5) return -Math.log(n) + 0.1 * s * r.normal();
    if (kind === 6) return s * r.uniform();
    if (kind === 7) return i % 3 === 0 ? 0 : -r.between(0, deep);
    return s * r.normal();
  };
  const x = single ? new Float32Array(n) : new Float64Array(n);
  for (let i = 0; i < n; i++) x[i] = value(i) + (kind === 5 ? 0 : shift);
  const scaled = r.uniform() < 0.4;
  const theta = scaled ? [1 / 0.7, 0.1, -2.5, 3, 1e-3, 10 ** r.between(-3, 3)][r.whole(6)]! : 1;
  return { x, theta };
}

function change({ x, theta }: Lane, dtype: Dtype, r: Random): Lane {
  const y = x.slice(),
    n = y.length,
    i = r.whole(n),
    kind = r.whole(8);
  if (kind < 3) for (let k = r.whole(6); k >= 0; k--) y[i] = (kind === 0 ? nextUp : nextDown)(y[i]!, dtype);
  else if (kind < 5) y[i] = y[i]! + r.normal() * 2 ** r.between(dtype === 'float32' ? -24 : -50, 3);
  else if (kind === 5) y[i] = y[r.whole(n)]!;
  else if (kind === 6) {
    const by = r.normal() * 2 ** r.between(-20, 2);
    for (let k = 0; k < n; k++) y[k] = y[k]! + by;
  } else if (theta !== 1) return { x: y, theta: theta * (1 + r.normal() * 2 ** r.between(-50, -2)) };
  else y[i] = y[i]! * (1 + r.normal() * 2 ** r.between(-20, 0));
  return { x: y, theta };
}

/** A lane that breaks the bound, without the elements that it does not take for that. */
function shrunk(target: Target, lane: Lane): Lane {
  for (let i = lane.x.length - 1; i >= 0 && lane.x.length > 2; i--) {
    const next = { x: lane.x.filter((_, k) => k !== i) as Values, theta: lane.theta };
    if (exactly(target, next).ratio > 1) lane = next;
  }
  return lane;
}

const text = ({ x, theta }: Lane): string =>
  `${theta === 1 ? '' : `theta ${theta}, `}n = ${x.length}, [${x.length > 33 ? `${Array.from(x.slice(0, 4)).join(', ')}, ...` : Array.from(x).join(', ')}]`;

test('bounds are hard to break', () => {
  const chosen = targets.filter(({ name }) => name.includes(only)),
    found = new Map<string, Found>();
  let tried = 0;
  const keep = (target: Target, lane: Lane): void => {
    const best = found.get(target.name),
      { ratio, error } = exactly(target, lane);
    if (best === undefined || ratio > best.ratio) found.set(target.name, { ratio, error, lane });
  };
  for (const target of chosen) {
    // scalar takes the steps of simd, and for float32 those of its exact kernel: it is only shown what the others have found
    if (target.build === 'scalar') continue;
    const r = random(`adversary ${seed} ${target.name}`);
    const until = performance.now() + (seconds * 1000) / ((chosen.length * 3) / 4);
    let best = 0;
    while (performance.now() < until) {
      let lane = start(target, r),
        ratio = ratioOf(target, lane);
      for (let stale = 0; stale < (lane.x.length > 33 ? 12 : 80); stale++) {
        const next = change(lane, target.dtype, r),
          now = ratioOf(target, next);
        tried++;
        if (now > ratio) stale = 0;
        if (now >= ratio) [lane, ratio] = [next, now];
        if (stale % 16 === 15 && performance.now() > until) break;
      }
      if (ratio <= best) continue;
      best = ratio;
      for (const other of chosen) {
        if (other.call === target.call && other.dtype === target.dtype && other.precision === target.precision)
          keep(other, lane);
      }
    }
  }
  console.log(`\n${tried} lanes in ${seconds} s, seed ${seed}; the largest error found, and its share of the bound:`);
  for (const [name, { ratio, error, lane }] of found) {
    const target = chosen.find((t) => t.name === name)!;
    if (ratio > 1 && lane.x.length < 100) {
      const few = shrunk(target, lane);
      console.log(`  BROKEN with ${few.x.length}: ${exactly(target, few).error} ${text(few)}`);
    }
    console.log(
      `${ratio > 1 ? 'BROKEN ' : ''}${name.padEnd(40)} ${error.padEnd(24)} ${(100 * ratio).toFixed(0)} %  ${text(lane)}`,
    );
  }
});

test('exp float64', () => {
  const r = random(`exp ${seed}`),
    size = 512,
    x = new Float64Array(size),
    y = new Float64Array(size);
  const until = performance.now() + 20 * seconds,
    worstOf = new Map<string, { ulp: number; at: number }>();
  let broken = 0;
  while (performance.now() < until) {
    for (let i = 0; i < size; i++) {
      const near = (r.whole(256 * 1090) - 128 * 1065 + 0.5) * (Math.LN2 / 128) + r.normal() * 2 ** -40;
      x[i] =
        i % 4 === 0
          ? near
          : i % 4 === 1
            ? r.between(-746, -708)
            : r.between(-708.3, 709.7) * 2 ** -r.whole(i % 4 === 2 ? 20 : 1);
    }
    const exact = Array.from(x, (v) => oracle.exp(v));
    for (const { build, softmax } of instances) {
      if (softmax === undefined) continue;
      softmax.exp(x, { out: y });
      for (let i = 0; i < size; i++) {
        const name = `exp float64 ${build}${exact[i]!.exponent < -1022 ? ' subnormal' : ''}`,
          ulp = ulpError(y[i]!, exact[i]!, 'float64');
        if (!withinExp(y[i]!, exact[i]!, 'float64', 'fast', build)) broken++;
        if (!(ulp <= (worstOf.get(name)?.ulp ?? 0))) worstOf.set(name, { ulp, at: x[i]! });
      }
    }
  }
  for (const [name, { ulp, at }] of worstOf) console.log(`${name.padEnd(40)} ${ulp.toFixed(4)} ULP at ${at}`);
  if (broken > 0) console.log(`BROKEN: exp float64, ${broken} times`);
});
