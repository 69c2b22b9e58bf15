// The benchmark of the page: the package against a plain loop, in turn, and what it found as Markdown.

export interface Contest {
  readonly name: string;
  run(): unknown;
}
export interface Timing {
  readonly name: string;
  /** median and quartiles of the rounds, ns per element */
  readonly ns: number;
  readonly lower: number;
  readonly upper: number;
  /** median of the first contestant's time divided by this one's, round by round */
  readonly ratio: number;
}

/** Maximum, Math.exp, sum, scale: a softmax as it is usually written, over typed arrays. */
export function plainLoop(x: Float32Array | Float64Array, length: number, stride: 'rows' | number, theta: number) {
  const y = new (x.constructor as Float64ArrayConstructor)(x.length);
  const step = stride === 'rows' ? 1 : stride,
    lanes = x.length / length;
  for (let lane = 0; lane < lanes; lane++) {
    const start = stride === 'rows' ? lane * length : lane,
      end = start + length * step;
    let max = -Infinity,
      sum = 0;
    for (let i = start; i < end; i += step) if (x[i]! > max) max = x[i]!;
    for (let i = start; i < end; i += step) {
      const e = Math.exp(theta * (x[i]! - max));
      y[i] = e;
      sum += e;
    }
    const scale = 1 / sum;
    for (let i = start; i < end; i += step) y[i]! *= scale;
  }
  return y;
}

export const quantile = (sorted: readonly number[], q: number): number => {
  const at = q * (sorted.length - 1),
    low = Math.floor(at);
  return sorted[low]! + (at - low) * ((sorted[low + 1] ?? sorted[low])! - sorted[low]!);
};

/**
 * Times the contestants in turn, round after round; the page stays alive between rounds. A sample is of so many calls
 * that it takes about `ms` milliseconds, for browsers round their clocks.
 */
export async function race(
  contests: readonly Contest[],
  elements: number,
  { rounds = 15, ms = 8, clock = () => performance.now(), pause = () => new Promise((done) => setTimeout(done)) } = {},
): Promise<Timing[]> {
  const sample = ({ run }: Contest, calls: number): number => {
    const start = clock();
    for (let i = 0; i < calls; i++) run();
    return clock() - start;
  };
  const calls: number[] = [];
  for (const contest of contests) {
    // the fastest of three: a compiler or another program that steps in must not pass for the work
    const fastest = (n: number): number => Math.min(sample(contest, n), sample(contest, n), sample(contest, n));
    let n = 1;
    while (fastest(n) < ms) {
      n *= 2;
      await pause();
    }
    calls.push(n);
  }
  const times: number[][] = contests.map(() => []);
  for (let round = 0; round < rounds; round++) {
    contests.forEach((contest, i) => times[i]!.push((sample(contest, calls[i]!) / calls[i]! / elements) * 1e6));
    await pause();
  }
  return contests.map(({ name }, i) => {
    const sorted = [...times[i]!].sort((a, b) => a - b),
      ratios = times[i]!.map((ns, round) => times[0]![round]! / ns).sort((a, b) => a - b);
    return {
      name,
      ns: quantile(sorted, 0.5),
      lower: quantile(sorted, 0.25),
      upper: quantile(sorted, 0.75),
      ratio: quantile(ratios, 0.5),
    };
  });
}

/** A table for an issue or a message. */
export function markdown(timings: readonly Timing[], what: string, host: string): string {
  const short = (n: number): string => n.toPrecision(3);
  return [
    `${what}; ${host}`,
    '',
    '| | ns per element | middle half of the rounds | times as fast as the loop |',
    '|---|--:|--:|--:|',
    ...timings.map(
      ({ name, ns, lower, upper, ratio }) =>
        `| ${name} | ${short(ns)} | ${short(lower)} to ${short(upper)} | ${short(ratio)} |`,
    ),
    '',
  ].join('\n');
}
