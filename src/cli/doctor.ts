import { cpus } from 'node:os';
import { createSoftmax, info, type Build, type Softmax } from '../index.ts';
import { bench } from './bench.ts';
import { version } from './help.ts';
import { write } from './output.ts';

// Known numbers, computed with fifty digits. float32 may be off by 4 units in the last place.
const cases: readonly [name: string, of: (s: Softmax) => unknown, wanted: readonly number[], bits: 24 | 53][] = [
  [
    'softmax([1, 3, 2])',
    (s) => s.softmax([1, 3, 2]),
    [0.09003057317038046, 0.6652409557748218, 0.24472847105479764],
    53,
  ],
  ['softmax([1000, 3000, 2000])', (s) => s.softmax([1000, 3000, 2000]), [0, 1, 0], 53],
  [
    'softmax of float32',
    (s) => s.softmax(Float32Array.of(1, 3, 2)),
    [0.09003057317038046, 0.6652409557748218, 0.24472847105479764],
    24,
  ],
  ['softmax by rows', (s) => (s.softmax([[0, 0], [1, 3]], { axis: -1 }) as number[][]).flat(), [0.5, 0.5, 0.11920292202211756, 0.8807970779778824], 53], // prettier-ignore
  [
    'softmax at temperature 2',
    (s) => s.softmax([1, 3, 2], { temperature: 2 }),
    [0.1863237232258476, 0.506480391055654, 0.3071958857184984],
    53,
  ],
  ['logSoftmax([0, -40])', (s) => s.logSoftmax([0, -40]), [-4.248354255291589e-18, -40], 53],
  ['logsumexp([1, 3, 2])', (s) => [s.logsumexp([1, 3, 2])], [3.4076059644443806], 53],
  ['argmax([1, 3, 2])', (s) => [s.argmax([1, 3, 2])], [1], 53],
  ['sample([1, 3, 2]) by 0.5', (s) => [s.sample([1, 3, 2], { random: () => 0.5 })], [1], 53],
  ['topk([1, 3, 2], 2)', (s) => s.topk([1, 3, 2], 2).indices, [1, 2], 53],
];

/** Whether each number is within 4 units in the last place. */
const right = (got: unknown, wanted: readonly number[], bits: number): boolean =>
  wanted.every((w, i) => Math.abs((got as number[])[i]! - w) <= 4 * Math.abs(w) * 2 ** -(bits - 1));

/** The self-test on one build: names of what is wrong. */
function selfTest(softmax: Softmax): string[] {
  return cases.flatMap(([name, of, wanted, bits]) => {
    try {
      const got = of(softmax);
      return right(got, wanted, bits) ? [] : [`${name} gives ${JSON.stringify(got)}, not ${JSON.stringify(wanted)}`];
    } catch (error) {
      return [`${name}: ${(error as Error).message}`];
    }
  });
}

function runtime(): string {
  const { bun, deno, node, v8 } = process.versions as Record<string, string>;
  if (bun !== undefined) return `Bun ${bun}`;
  return deno === undefined ? `Node ${node}` : `Deno ${deno} (V8 ${v8})`;
}

/** What was found, as Markdown; the exit code is 1 where a number is wrong. */
export async function doctor(): Promise<void> {
  const answering = info().build,
    wrong: string[] = [],
    rows: string[] = [];
  for (const build of ['relaxed', 'simd', 'scalar', 'js'] as Build[]) {
    try {
      const found = createSoftmax({ build });
      found.info();
      const faults = selfTest(found);
      wrong.push(...faults.map((fault) => `- ${build}: ${fault}`));
      const verdict = faults.length === 0 ? `${cases.length} of ${cases.length} right` : `${faults.length} WRONG`;
      rows.push(`| ${build} | ${build === answering ? 'answers' : 'works'} | ${verdict} |`);
    } catch (error) {
      rows.push(`| ${build} | refused: ${reason(error)} | |`);
    }
  }
  const processors = cpus();
  await write(`### softmax-simd doctor

| | |
|---|---|
| softmax-simd | ${version()} |
| runtime | ${runtime()} |
| system | ${process.platform} ${process.arch} |
| processor | ${processors.length} x ${processors[0]?.model.trim() ?? 'unknown'} |

| build | | self-test |
|---|---|---|
${rows.join('\n')}
${wrong.map((line) => `\n${line}`).join('')}
softmax of float32 into an array that is there, and a plain loop; medians of interleaved runs, two seconds in all:

| elements | softmax-simd (${answering}) | plain loop | |
|--:|--:|--:|--:|
`);
  for (const size of [10, 100, 1000, 10_000, 100_000]) await write(bench(size, 400));
  if (wrong.length > 0) process.exitCode = 1;
}

/** What stands in brackets in the error of createSoftmax. */
const reason = (error: unknown): string => /\((.*)\)/.exec((error as Error).message)?.[1] ?? (error as Error).message;
