import { mkdirSync, writeFileSync } from 'node:fs';
import { test } from 'vitest';
import { hardest, laneCases, saturated, type LaneCase } from '../test/support/cases.ts';
import {
  bound,
  cancelling,
  core32,
  core64,
  subnormalExp64,
  theta32,
  withinLogsumexp,
  type Build,
  type Call,
  type Dtype,
  type Precision,
} from '../test/support/bounds.ts';
import { instances } from '../test/support/eachBuild.ts';
import { expCandidate, sweepExp } from '../test/support/exhaustive.ts';
import * as oracle from '../test/support/oracle.ts';
import * as pair from '../test/support/pairRoute.ts';
import { random } from '../test/support/random.ts';
import { roundExact, ulpError } from '../test/support/ulp.ts';
import type { Softmax } from '../src/api.ts';

// npm run accuracy: measures, and writes docs/accuracy.md.

type LaneCall = Exclude<Call, 'exp'>;
type Values = Float32Array | Float64Array;
/** Somebody who computes lanes; who knows no theta gets logits that were multiplied by it. */
interface Subject {
  readonly name: string;
  readonly dtype: Dtype;
  readonly precision?: Precision;
  readonly build?: Build;
  compute(call: LaneCall, x: Values, theta: number): Promise<ArrayLike<number> | undefined> | ArrayLike<number>;
}

const calls: readonly LaneCall[] = ['softmax', 'logSoftmax', 'logsumexp'];
const dtypes: readonly Dtype[] = ['float32', 'float64'];
const thetas = [1, 1 / 0.7];
const short = [2, 3, 4, 5, 7, 8, 13, 16, 33, 64, 100];
const seeds = [1, 2, 3];
const isOrdinary = (name: string): boolean =>
  /^(normal logits of deviation (1|3|8|30)|uniform logits)/.test(name) && !name.includes('around');

const ours = (build: Build, s: Softmax, dtype: Dtype, precision: Precision): Subject => ({
  name: dtype === 'float32' ? `${build}, ${precision}` : build,
  dtype,
  precision,
  build,
  compute(call, x, theta) {
    const y = (s[call] as Softmax['softmax'])(x as Float64Array, { precision, theta });
    return typeof y === 'number' ? [y] : (y as Float64Array);
  },
});

/** What the bench measures, loaded as the bench loads it; undefined where it is not installed. */
async function contender(
  name: string,
  file: string,
  dtype: Dtype,
  known: readonly LaneCall[],
): Promise<Subject | undefined> {
  const path = new URL(`../bench/contenders/${file}`, import.meta.url).href;
  let opened: { version?: string; prepare(work: object): any };
  try {
    opened = await (await import(/* @vite-ignore */ path)).open({ name });
  } catch (error) {
    console.log(`${name} is not measured: ${(error as Error).message.split('\n')[0]}`);
    return undefined;
  }
  const jobs = new Map<string, { x: Values; call(): any }>();
  return {
    name: opened.version === undefined ? name : `${name} ${opened.version}`,
    dtype,
    async compute(fn, x, theta) {
      if (!known.includes(fn)) return undefined;
      const key = `${fn} ${x.length}`,
        length = x.length;
      let job = jobs.get(key);
      if (job === undefined) {
        const own = x.slice(),
          work = { fn, dtype, mode: 'fresh', dims: [length], dim: 0, outer: 1, length, inner: 1, x: own };
        job = { x: own, call: (await opened.prepare(work)).call };
        jobs.set(key, job);
      }
      for (let i = 0; i < length; i++) job.x[i] = theta * x[i]!;
      return await job.call();
    },
  };
}

/** What is known of one subject's results of one call. */
class Row {
  max = [0, 0];
  ordinary = 0;
  sum = 0;
  count = 0;
  misrounded = 0;
  invalid = 0;
  absolute = 0;
  cancelled = '';
  /** whether a result where logsumexp cancels has left its bound */
  beyond = false;
  worst = '';
  constructor(
    readonly subject: Subject,
    readonly call: Call,
  ) {}

  add(got: number, exact: oracle.Exact, theta: number, ordinary: boolean, where: () => string): void {
    const ulp = ulpError(got, exact, this.subject.dtype),
      kind = theta === 1 ? 0 : 1;
    // who has no theta is not to blame for the rounding, or the overflow, of the product
    const reported = this.subject.build === undefined ? this.max[0]! : Math.max(...this.max);
    if (ulp > reported && (kind === 0 || this.subject.build !== undefined)) this.worst = where();
    this.max[kind] = Math.max(this.max[kind]!, ulp);
    if (kind === 1) return;
    this.count++;
    if (got !== roundExact(exact, this.subject.dtype) && !(got !== got && exact.value !== exact.value))
      this.misrounded++;
    if (!Number.isFinite(ulp)) this.invalid++;
    else this.sum += ulp;
    if (ordinary) this.ordinary = Math.max(this.ordinary, ulp);
  }

  addCancelled(got: number, exact: oracle.Exact, top: number, where: () => string): void {
    const error = Math.abs(got - exact.value - exact.residual),
      { dtype, precision, build } = this.subject;
    if (error > this.absolute) [this.absolute, this.cancelled] = [error, where()];
    if (build !== undefined && !withinLogsumexp(got, exact, top, dtype, precision, build)) this.beyond = true;
  }

  /** The promise for ours, theta 1. */
  get bound(): number | undefined {
    const { dtype, precision, build } = this.subject;
    return build === undefined ? undefined : bound(this.call, dtype, precision, build);
  }

  get broken(): boolean {
    const { dtype } = this.subject,
      limit = this.bound;
    if (limit === undefined) return false;
    const scaled = dtype === 'float64' && this.call === 'exp' ? subnormalExp64 : limit;
    return this.max[0]! > limit || this.max[1]! > scaled || this.beyond;
  }
}

/** Where an absolute bound stands beside the one in units in the last place. */
const nextToZero = (exact: oracle.Exact, top: number): boolean => top < 0 && Math.abs(exact.value) < 0.5;

/** The exact results at some places, the lane's sum being taken once. */
function referenceOf(x: Values, theta: number, indices: readonly number[]) {
  const logsumexp = oracle.logsumexp(x, { theta });
  if (x.length <= 4 || !pair.takes(x, theta)) {
    return {
      softmax: oracle.softmaxSample(x, indices, theta),
      logSoftmax: oracle.logSoftmaxSample(x, indices, theta),
      logsumexp,
    };
  }
  const shared = pair.normalize(x, theta);
  return {
    softmax: indices.map((i) => pair.softmaxOf(x[i]!, shared)),
    logSoftmax: indices.map((i) => pair.logSoftmaxOf(x[i]!, shared)),
    logsumexp,
  };
}

async function measure(
  rows: readonly Row[],
  c: LaneCase,
  dtype: Dtype,
  length: number,
  seed: number,
  theta: number,
): Promise<void> {
  const x = c.draw(dtype, length, seed) as Values,
    n = x.length;
  const indices =
    n <= 1000 ? Array.from(x.keys()) : Array.from({ length: 60 }, (_, k) => Math.floor((k * (n - 1)) / 59));
  let m = -Infinity;
  for (const v of x) m = Math.max(m, theta * v);
  if (n > 1000) indices.push(x.findIndex((v) => theta * v === m));
  const exact = referenceOf(x, theta, indices),
    ordinary = isOrdinary(c.name);
  const lane = `${c.name}${c.length === undefined ? `; n = ${n}, seed ${seed}` : ''}${theta === thetas[1] ? ', theta 1/0.7' : ''}`;
  for (const row of rows) {
    if (row.subject.dtype !== dtype || row.call === 'exp') continue;
    const got = await row.subject.compute(row.call, x, theta);
    if (got === undefined) continue;
    if (row.call !== 'logsumexp') {
      indices.forEach((at, k) =>
        row.add(got[at]!, exact[row.call as 'softmax'][k]!, theta, ordinary, () => `${lane}; [${at}]`),
      );
    } else if (nextToZero(exact.logsumexp, m)) row.addCancelled(got[0]!, exact.logsumexp, m, () => lane);
    else row.add(got[0]!, exact.logsumexp, theta, ordinary, () => lane);
  }
}

function measureExp(rows: readonly Row[]): void {
  const single = rows.filter(({ subject }) => subject.dtype === 'float32'),
    stride = 1021;
  const sweeps = sweepExp(
    single.map(({ subject: { name, build, precision } }) => {
      const instance = instances.find((i) => i.build === build);
      if (instance !== undefined) return expCandidate(build!, instance.softmax!, precision!);
      return { name, fill: (x, y) => x.forEach((v, i) => (y[i] = Math.exp(v))) };
    }),
    stride,
  );
  sweeps.forEach(({ max, at, sum, misrounded, count }, k) => {
    const row = single[k]!;
    row.max[0] = max;
    row.sum = sum;
    [row.misrounded, row.count, row.worst] = [misrounded, count, `${at}`];
  });
  const r = random('exp'),
    x = Float64Array.from({ length: 60_000 }, (_, i) =>
      i % 3 === 0
        ? r.between(-746, 709.7)
        : i % 3 === 1
          ? r.normal() * 2 ** -r.whole(20)
          : (r.whole(256 * 1060) - 128 * 1050 + 0.5) * (Math.LN2 / 128),
    );
  const exact = Array.from(x, (v) => oracle.exp(v));
  for (const row of rows) {
    const { dtype, build } = row.subject;
    if (dtype !== 'float64') continue;
    const instance = instances.find((i) => i.build === build);
    const y = instance === undefined ? x.map(Math.exp) : instance.softmax!.exp(x);
    // results that are subnormal have a bound of their own, and the second column
    x.forEach((v, i) =>
      row.add(y[i]!, exact[i]!, exact[i]!.exponent < -1022 && exact[i]!.head !== 0 ? NaN : 1, false, () => `${v}`),
    );
  }
}

const number = (x: number): string =>
  x === Infinity
    ? 'wrong'
    : x === 0
      ? '0'
      : x !== x
        ? ''
        : x < 0.01 || x >= 10_000
          ? x.toExponential(1)
          : x < 1
            ? x.toFixed(4)
            : x < 100
              ? x.toFixed(2)
              : x.toFixed(0);
const percent = (x: number): string =>
  x === 0 ? '0' : x < 1e-3 ? `${(100 * x).toPrecision(1)} %` : `${(100 * x).toFixed(1)} %`;
const table = (head: readonly string[], lines: readonly (readonly string[])[]): string =>
  [head, head.map((h) => (h === 'worst input' || h === 'who' || h === 'input' ? '---' : '--:')), ...lines]
    .map((l) => `| ${l.join(' | ')} |`)
    .join('\n');

function section(call: Call, dtype: Dtype, rows: readonly Row[]): string {
  const mine = rows.filter((row) => row.call === call && row.subject.dtype === dtype && row.count > 0);
  const second =
    call === 'exp'
      ? dtype === 'float64'
        ? ['max, subnormal results']
        : []
      : ['max, ordinary logits', 'max, other theta'];
  const head = ['who', 'bound', 'max', 'mean', 'not correctly rounded', ...second, 'worst input'];
  const lines = mine.map((row) => {
    const { subject, max, sum, count, invalid, misrounded, worst, ordinary } = row,
      limit = row.bound;
    const mark = limit !== undefined && max[0]! > limit ? `**${number(max[0]!)}**` : number(max[0]!);
    const extra = call === 'exp' ? second.map(() => number(max[1]!)) : [number(ordinary), number(max[1]!)];
    const promised =
      limit === undefined
        ? ''
        : `${limit}${call === 'exp' && dtype === 'float64' ? `, subnormal ${subnormalExp64}` : ''}`;
    return [
      subject.name,
      promised,
      mark,
      number(sum / (count - invalid)),
      percent(misrounded / count),
      ...extra,
      worst,
    ];
  });
  return `### ${call}, ${dtype}\n\n${table(head, lines)}\n`;
}

function cancellation(rows: readonly Row[]): string {
  const lines = rows
    .filter(({ call, absolute }) => call === 'logsumexp' && absolute > 0)
    .map(({ subject: { name, dtype, build, precision }, absolute, cancelled }) => [
      `${name}${build === undefined || dtype === 'float64' ? `, ${dtype}` : ''}`,
      build === undefined || precision === 'exact' ? '' : number(cancelling[dtype].absolute),
      absolute.toExponential(1),
      cancelled,
    ]);
  return `### logsumexp where the maximum and the logarithm cancel\n\nAbsolute errors of results below 1/2 of lanes with a negative maximum; exact float32 is right to ${bound('logsumexp', 'float32', 'exact')} ULP, below 2^-10 to ${cancelling.float32.exactUlp}.\n\n${table(['who', 'bound', 'max', 'input'], lines)}\n`;
}

function promise(): string {
  const one = (call: Call, dtype: Dtype, precision: Precision): string => {
    const [strict, relaxed] = [bound(call, dtype, precision, 'simd'), bound(call, dtype, precision, 'relaxed')];
    return strict === relaxed ? `${strict}` : `${strict} (relaxed ${relaxed})`;
  };
  const lines = (['softmax', 'logSoftmax', 'logsumexp', 'exp'] as const).map((call) => [
    call,
    one(call, 'float32', 'fast'),
    one(call, 'float32', 'exact'),
    `${one(call, 'float64', 'fast')}${call === 'exp' ? `, subnormal results ${subnormalExp64}` : ''}`,
  ]);
  return table(['who', 'float32', "float32, precision: 'exact'", 'float64'], lines).replace('| who |', '|  |');
}

test('accuracy', async () => {
  const start = performance.now();
  const subjects: (Subject | undefined)[] = [];
  for (const dtype of dtypes) {
    for (const precision of dtype === 'float32' ? (['fast', 'exact'] as const) : (['fast'] as const)) {
      for (const { build, softmax, reason } of instances) {
        if (softmax !== undefined) subjects.push(ours(build, softmax, dtype, precision));
        else console.log(`${build} is refused: ${reason}`);
      }
    }
    subjects.push(await contender('plain loop', 'jsLoop.mjs', dtype, calls));
  }
  subjects.push(
    await contender('tfjs-wasm', 'tfjs.mjs', 'float32', ['softmax', 'logSoftmax']),
    await contender('onnxruntime-web', 'onnx.mjs', 'float32', ['softmax', 'logSoftmax']),
    await contender('onnxruntime-node', 'onnx.mjs', 'float32', ['softmax', 'logSoftmax']),
  );
  const present = subjects.filter((s) => s !== undefined);
  const rows = [...calls, 'exp' as const].flatMap((call) => present.map((s) => new Row(s, call)));
  const laneRows = rows.filter(({ call }) => call !== 'exp');

  for (const dtype of dtypes) {
    for (const c of saturated) if (c.dtypes.includes(dtype)) await measure(laneRows, c, dtype, 2, 1, 1);
    for (const c of hardest) if (c.dtypes.includes(dtype)) await measure(laneRows, c, dtype, 2, 1, c.theta);
    let turn = 0;
    for (const c of laneCases) {
      if (!c.dtypes.includes(dtype)) continue;
      for (const theta of thetas) {
        for (const length of short) for (const seed of seeds) await measure(laneRows, c, dtype, length, seed, theta);
        await measure(laneRows, c, dtype, 1000, 4, theta);
      }
      await measure(laneRows, c, dtype, 5003, 5, thetas[turn % 2]!);
      if (turn % 2 === 0) await measure(laneRows, c, dtype, 40_000, 6, thetas[(turn / 2) % 2]!);
      if (turn % 5 === 0) await measure(laneRows, c, dtype, 200_000, 7, thetas[(turn / 5) % 2]!);
      turn++;
    }
  }
  measureExp(
    rows.filter(
      ({ call, subject }) => call === 'exp' && (subject.build !== undefined || subject.name === 'plain loop'),
    ),
  );

  const sections = dtypes.flatMap((dtype) => [...calls, 'exp' as const].map((call) => section(call, dtype, rows)));
  const text = `# Accuracy

Written by \`npm run accuracy\`; do not edit. Node ${process.version}, ${process.platform} ${process.arch}.

## The promise

The largest error in units in the last place (ULP) against the exact result for the given inputs, for every build, any length
up to 1e7 and any distribution, theta included. A correctly rounded result is at most 0.5 ULP off. test/support/bounds.ts
holds these numbers, the tests assert them.

${promise()}

Where a negative maximum and the logarithm L of the sum cancel to a result below 1/2, the error of logsumexp is bounded by
${cancelling.float32.absolute} min(1, 1.5 L) for float32 and ${cancelling.float64.absolute} min(1, 1.5 L) for float64, absolute; exact float32 stays within ${bound('logsumexp', 'float32', 'exact')} ULP down to results of 2^-10, and within
${cancelling.float32.exactUlp} ULP or ${cancelling.float32.exactAbsolute} absolute below. All float32 of the builds scalar and js is computed as exact, and so is float32 with a theta beyond 2^-64 .. 2^64.

## Why the fast kernels keep it

What is shown, and how:

- **by a tool**, \`npm run proof\`, which prints each bound beside the promised one and writes docs/proof.md. Roundings: Gappa, which checks its own
  proof; its scripts are made of the text and the constants of the kernels, with fused multiply-adds (relaxed) and without (simd, scalar).
  Polynomials against the functions, and the table: exact fixed-point arithmetic. The last steps: cells around a power of two.
- **by trying all**: e of float32 for theta = 1, every argument that a kernel meets (\`npm run exhaustive\`); the polynomials of both float32
  cores with their roundings, every float32 (\`npm run proof\`); exp of float32, every bit pattern.
- **by a lemma**: sums, below; each has a test that tries to break it (test/lemmas.test.ts).
- **measured only**: the js build, whose arithmetic is that of src/numeric/pairs.ts; logsumexp where it cancels to about 0 in float64 and
  in exact float32; subnormal results; lanes put together of blocks.

**float32.** e of an element is within ${core32} 2^-23 of exp, relative. With a theta the argument is theta x, never rounded as such.
relaxed: z c = n + f by two fused multiply-adds with c = theta log2 e in two parts; f is rounded twice by 2^-26 at most, 0.174 2^-23, but where
the low part of c carries it past 1 / 2 the second time by twice as much, 0.26 2^-23: ${theta32.relaxed} 2^-23. simd: z = n U + r exactly,
U = ln2 / theta in 14 bits, and theta r - n (ln2 - theta U) is rounded once where it counts, 0.125 2^-23, and by 0.035 2^-23
for what is left out where |theta x| reaches 384: ${theta32.simd} 2^-23. Lanes whose |theta x| is below 44 are computed without their maximum,
with the same bits (test/near.test.ts): K is even, so that the tie of a rounding does not depend on it.
The exhaustive run also takes theta 1/0.7 and 0.3, five maxima and near lanes; the largest that it found is
0.7203 2^-23 on relaxed and 0.7082 2^-23 on simd (theta 1: 0.7005 and 0.7082). Near lanes have one K, 64: every e lies in 2^-63.5 .. 2^63.5 times
2^64, so neither it nor its sum in float64 nor 1 / S leaves the normal numbers.

**float64.** e is within ${core64} 2^-52 of exp, relative: a table of 128 with tails, e = H + H w rounded once. Its rounding error,
H w - (e - H), is known to 2^-59 and is summed beside e, and every addition of the sum leaves its own error there.

Lemmas on sums, u = 2^-53:

1. Two-sum: s + a is fl(s + a) and what it lacks, exactly, whatever their sizes (Knuth); three operations are enough where |s| >= |a| (Dekker).
   A sum that starts at 2^204 is above every e.
2. The errors of n two-sums, added up plainly, are within n^2 u^2 of the sum of n positive numbers: each is at most u times the sum, their
   sum at most n u times, and so is each of n roundings of that, u times more.
3. So the sum S of float64 has the errors of e that are known, 2^-59, and 2^-59.5 for 1e7 elements: S and 1 / S in two parts are within 2^-57, the
   logarithm L is within 2^-56.
4. The sum of float32, plain in float64, is within (n / 16 + 8) u of that of its e, in a row; n / 4 in a column, 2^-31 for 1e7.
5. L, the logarithm of the sum relative to the maximum: the maximum's own e takes part as an exact 1, so only the others' errors delta
   count: d log(1 + v) / dv = 1 / (1 + v) makes delta v / (1 + v) = delta (1 - exp(-L)), at most delta L and delta.

The last steps. A relative error counts most for a result just below a power of two P, twice what it does just above; and there a
rounding of something that has come to lie above P counts a whole unit of the result, not half of one. npm run proof takes the largest over
all places near P, in cells; with \`core\` = ${core32} 2^-23, twice that in units of float32:

- softmax of float32, e / S. S is a sum of such e, so it is as near as the worst of them: 2.9 units. 1 / S is taken in two parts, and
  the two products and their sum round once where relaxed SIMD fuses them, which makes 3.9, else twice, 4.9: where e times the high part
  is just more than P and a unit, the low part brings a unit, and the result goes to P and 4. (A lane of \`hardest\` has 4.53.) With a theta
  4.26 and 4.99. Where e times the low part might be subnormal, 1 / S is taken as f 2^k, 1 <= f < 2,
  and the product with 2^k is exact or rounds what is subnormal.
- logSoftmax of float32, (x - max) - L, L rounded to float32 (with a theta, in two parts). x - max and L add up to the result, and the lane has
  e of x itself, so L is at least log(1 + exp(x - max)): 2.52, with a theta 2.65.
- logsumexp of float32, max + L, rounded once, as the maximum's own logSoftmax: 2.9 / 2 + 1 = 2.46 where the maximum is 0 or more, since the
  result is L or more; with a theta 2.64. A negative one leaves less than L; where that is below 1/2 the error is within
  ${bound('logsumexp', 'float32')} ULP or within ${cancelling.float32.absolute} min(1, 1.5 L).
- softmax of float64: 1.02 units for e, and one rounding where relaxed SIMD fuses, 2.05 above P; two of them, 2.57. (A lane of \`hardest\` has 2.4999.)
- logSoftmax of float64: x - max and hi + lo of L. Where L is 1 or more x - max is below 1, and lo is half a unit only there: 1.31.
- logsumexp of float64: one rounding, 0.58; a subnormal L is rounded before: ${bound('logsumexp', 'float64')}.

3 ULP for softmax of float32 cannot be promised: ${core32} 2^-23 for e and for S are 2.9 units already, and the last rounding one more. A quotient rounded
once (in float64, then to float32) would bring simd to 3.9, 4.0 with a theta; for 3 the core has to be nearer than ${core32}. A subnormal exp of float64 rounds e, at most a
quarter of a unit, and then the result: ${subnormalExp64}.

## The gradients

u is 2^-53; both are computed in float64 and rounded once to a smaller dtype. Besides what follows, a result takes the rounding
of its dtype, and a few of the least float64 (of y up to 1).

- softmaxGradient, theta y_j ((dy_j - c) - sum of y (dy - c)). Where y adds up to 1 within its rounding it is taken for y / (sum
  of y), and c is the dy of one of its elements. 128 terms are added up plainly, in two halves, 64 roundings, and each has 3 of its
  own; blocks join in two float64: 72 u V, V the sum of y |dy - c|. That is at most the range of dy; where one y is above 0.9, c
  is its dy, and V holds the small y only. The difference, the product with y and the one with theta round by 4 u in all.
  Any other y has c = 0: V is the sum of |y dy|.
- logSoftmaxGradient, theta (dy_j - p_j sum of dy). p = exp(y) is within 1.04 u, the sum within 66 u of the sum of |dy|, the product
  and the difference round: 4 u |dy_j| + 72 u p_j (sum of |dy|). Where p_j is the largest and above 1/2 it is
  (1 - p_j) dy_j - p_j (sum of the others): 4 u (1 - p_j) |dy_j| + 72 u p_j (sum of the other |dy|).
- crossEntropy, the sum of c_j (-log p_j), c target times weight. Each term takes the bound of logSoftmax; products, sums in two
  float64, and the divisor add less than 2^-50 of each.
- crossEntropyGradient, theta / divisor (p_j (sum of the other c) - c_j (sum of the other p)): each half takes the bound of
  softmax, and 2^-50.
- logsumexp with weights: 0.51 ULP, or 2^-58 (R / |sum| + |L|). The exponentials and the logarithm in two float64 are within 2^-60. R
  is the sum of |b exp(theta x)| but at the logit m of the largest term, whose exponential is 1; L is the result less theta m.
  Where terms cancel by 2^54 the sum may be any number as small.

Powers of two keep this whatever the range: that of theta, where above 1, comes before the sums; a lane in which something
would overflow is taken again, scaled. The numbers stand in test/support/bounds.ts and are asserted on every build
(test/gradients.test.ts, test/entropy.test.ts, test/weighted.test.ts).

## Lanes in parts

The state of a part (src/kernels/laneSum.ts) is its maximum with a count, and the sum R of the others in two float64, relative to
exp(theta a). The anchor a follows from the maximum m alone, 0 <= theta (m - a) < 256, and anchors lie 128 or more apart.

- A term of R is what the kernels report of a block, with the errors above: 0.725 2^-23 relative in float32, 2^-56 in float64. It is
  multiplied by an exponential within 2^-60 when it goes from the maximum of its block to the anchor, or stops to be a
  maximum; once for each anchor above that it meets, 7 at most before it is below 2^-1074 of the sum; and once when R is
  asked for relative to m: 9 2^-60 < 2^-56.8, whatever the order and the grouping.
- An addition of pairs rounds by 2^-104 of the sum: 10^6 of them by 2^-84.
- The sum is then as near as that of one lane by blocks, and the bounds follow as above. The maximum's own terms are counted,
  so the logarithm is log1p of R. float32: what is below 2^-160 of the maximum of its block is left out, for kernels take all that
  is beyond 128 for exp(-128).
- Softmax multiplies the e of a block by exp(theta (its maximum - m)) / (sum e at its maximum), taken in pairs, as that of long
  lanes does. float32 within lanes whose maximum is no float32 has its logarithms by float64.

test/summaries.test.ts and test/summariesForms.test.ts assert the bounds, over random cuts and merges, and for 10^6 parts.

## How it was measured

Every result is compared with the exact one, known to at least 80 bits (test/support/oracle.ts: decimal.js at 64 digits for
lanes of up to 4, sums of two doubles beyond); errors below 1 ULP and of subnormal results are exact too. Lanes: the
${laneCases.length} kinds of \`laneCases\` in test/support/cases.ts at ${short.length} lengths from ${short[0]} to ${short.at(-1)} with ${seeds.length} seeds each and some of 1000 to 200000
(above 1000 sampled at 61 places), theta 1 and 1/0.7, and the ${saturated.length + hardest.length} fixed lanes \`saturated\` and \`hardest\`, the latter found by a search
against these very kernels (tools/adversary.report.ts). All are chosen to hurt: "ordinary logits" are the normal ones of deviation
1 to 30 and the uniform ones among them. Mean, share and ordinary logits are for theta 1.
exp in float32: every 1021st of the 2^32 bit patterns (\`npm run exhaustive\` takes all), in float64 60000 numbers.

The plain loop is bench/contenders/jsLoop.mjs (maximum, Math.exp, sum, scale, over typed arrays); it and the libraries know no
theta, and get logits that were multiplied by it in their own type. "wrong" is a NaN or an infinity where a number belongs, or the
reverse. A worst input \`kind; n = 33, seed 2; [5]\` is element 5 of
\`laneCases.find((c) => c.name === kind).draw(dtype, 33, 2)\`.

## Measured

${sections.join('\n')}
${cancellation(rows)}`;
  mkdirSync(new URL('../docs', import.meta.url), { recursive: true });
  writeFileSync(new URL('../docs/accuracy.md', import.meta.url), text);
  console.log(text.slice(text.indexOf('## Measured')));
  for (const row of rows)
    if (row.broken)
      console.log(
        `ABOVE THE BOUND: ${row.call} ${row.subject.dtype} ${row.subject.name}: ${row.max}, ${row.absolute} at ${row.worst}`,
      );
  console.log(`${((performance.now() - start) / 1000).toFixed(0)} s`);
}, 600_000);
