import { expect } from 'vitest';
import { bound, entropyBound } from './support/bounds.ts';
import { difference, dyadicOf, sum, type Dyadic } from './support/dyadic.ts';
import { instances } from './support/eachBuild.ts';
import * as oracle from './support/oracle.ts';
import { pick, type Random } from './support/random.ts';
import { textOf } from './support/slopes.ts';
import { tally } from './support/seed.ts';
import { trials } from './support/trials.ts';

// crossEntropy and its gradient over the whole ranges of weights, targets and theta.

const power = (r: Random, low: number, high: number): number => (1 + r.uniform()) * 2 ** (low + r.whole(high - low));
const zero = dyadicOf(0);
const size = (a: Dyadic): Dyadic => (a.integer < 0n ? difference(zero, a) : a);
const times = (a: Dyadic, b: Dyadic): Dyadic => ({ integer: a.integer * b.integer, power: a.power + b.power });
/** an exact number to 100 bits */
const dyadic = ({ head, tail, exponent }: oracle.Exact): Dyadic => {
  const { integer, power } = sum(dyadicOf(head), dyadicOf(tail));
  return { integer, power: power + exponent };
};
const total = (list: readonly Dyadic[]): Dyadic => list.reduce(sum, zero);

function check(r: Random): void {
  const n = 1 + r.whole(5), lanes = 1 + r.whole(4), single = r.whole(2) === 0, dense = r.whole(2) === 0, precision = pick(r, ['fast', 'fast', 'exact'] as const); // prettier-ignore
  const level = pick(r, [1, 1, power(r, -1000, 1000), power(r, 1010, 1022), power(r, -1060, -1040)]), spread = pick(r, [0, 1, 20, 500]); // prettier-ignore
  const theta = pick(r, [1, -1, 0.5, power(r, -20, 20), power(r, -900, -800), power(r, 800, 900)]);
  const x = Array.from({ length: n * lanes }, () => { const v = r.normal() * spread / theta; return single ? Math.fround(Math.max(-3e38, Math.min(3e38, v))) : v; }); // prettier-ignore
  const labels = Array.from({ length: lanes }, () => r.whole(n));
  const target = x.map(() => pick(r, [0, 1, r.uniform(), 0.25]) * (dense ? level : 1));
  const weights = !dense && r.whole(3) > 0 ? Array.from({ length: n }, () => pick(r, [1, r.uniform(), 2]) * level) : undefined;
  const reduction = pick(r, ['mean', 'mean', 'sum', 'none'] as const), w = (j: number): number => weights?.[j] ?? 1; // prettier-ignore
  // the divisor and the terms of each lane, exactly
  const divisor = reduction !== 'mean' ? dyadicOf(1) : dense ? dyadicOf(lanes) : total(labels.map((t) => dyadicOf(w(t))));
  const ulp = 2 ** (single ? -23 : -52);
  const logBound = bound('logSoftmax', single ? 'float32' : 'float64', precision, 'simd') * ulp;
  const pBound = bound('softmax', single ? 'float32' : 'float64', precision, 'simd') * ulp;
  const least = dyadicOf(single ? 2 ** -147 : 2 ** -1072);
  const losses: Dyadic[] = [], allowances: Dyadic[] = [], slopes: Dyadic[] = [], slack: Dyadic[] = []; // prettier-ignore
  for (let l = 0; l < lanes; l++) {
    const lane = x.slice(l * n, l * n + n), logs = oracle.logSoftmax(lane, theta).map(dyadic), ps = oracle.softmax(lane, theta).map(dyadic); // prettier-ignore
    const c = lane.map((_, j) => dyadicOf(dense ? target[l * n + j]! : j === labels[l] ? w(j) : 0));
    losses.push(total(c.map((v, j) => times(difference(zero, v), logs[j]!))));
    allowances.push(total(c.map((v, j) => times(size(v), sum(times(size(logs[j]!), dyadicOf(logBound + entropyBound.sum)), least)))));
    const all = total(c), others = (list: Dyadic[], j: number): Dyadic => total(list.filter((_, k) => k !== j)); // prettier-ignore
    c.forEach((v, j) => {
      // p_j (sum of the other c) - c_j (sum of the other p)
      const [up, down] = [times(ps[j]!, others(c, j)), times(v, others(ps, j))];
      slopes.push(times(dyadicOf(theta), difference(up, down)));
      slack.push(times(size(dyadicOf(theta)), sum(times(sum(size(up), size(down)), dyadicOf(pBound + entropyBound.sum)), times(size(all), least))));
    });
  }
  const options = { shape: [lanes, n], theta, reduction, precision, classWeights: weights };
  const values = single ? Float32Array.from(x) : Float64Array.from(x), given = dense ? { data: Float64Array.from(target), shape: [lanes, n] } : { data: Int32Array.from(labels), shape: [lanes] }; // prettier-ignore
  for (const { build, softmax: s } of instances) {
    if (s === undefined) continue;
    const verify = (name: string, got: number, exact: Dyadic, allowed: Dyadic, rounding: number, smallest: number, most: number): void => {
      // got divisor against exact, without a quotient
      const most2 = times(dyadicOf(most), divisor);
      if (!Number.isFinite(got)) {
        if (got === got && difference(sum(times(exact, dyadicOf(Math.sign(got))), allowed), most2).integer > 0n) return;
      } else {
        const error = size(difference(times(dyadicOf(got), divisor), exact));
        const may = sum(allowed, sum(times(size(exact), dyadicOf(rounding)), times(divisor, dyadicOf(smallest))));
        if (difference(may, error).integer >= 0n) return;
      }
      expect.fail(`${build}: ${name} of ${JSON.stringify({ x, target: dense ? target : labels, ...options, single })} is ${got}, wanted ${textOf(exact)} / ${textOf(divisor)}`); // prettier-ignore
    };
    tally.calls += 2;
    const loss = (s as any).crossEntropy(values, given, options);
    const narrow = single && reduction === 'none', format = [narrow ? 2 ** -23 : 2 ** -51, narrow ? 2 ** -148 : 2 ** -1073, narrow ? 3.4e38 : 1.79e308] as const; // prettier-ignore
    if (reduction === 'none') [...(typeof loss === 'number' ? [loss] : (loss.data ?? loss))].forEach((g: number, l) => verify(`loss ${l}`, g, losses[l]!, allowances[l]!, ...format));
    else verify('the loss', loss, total(losses), total(allowances), ...format);
    const gradient = (s as any).crossEntropyGradient(values, given, options) as Float64Array;
    gradient.forEach((g, i) => verify(`slope ${i}`, g, slopes[i]!, slack[i]!, single ? 2 ** -23 : 2 ** -51, single ? 2 ** -148 : 2 ** -1073, single ? 3.4e38 : 1.79e308)); // prettier-ignore
  }
}

trials('crossEntropy and its gradient keep their bounds over the whole ranges of weights, targets and theta', 700, 1, check);
