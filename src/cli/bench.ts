import { softmax } from '../index.ts';

/** A row of the doctor's table: softmax of some float32 against a plain loop, for about so many milliseconds. */
export function bench(size: number, milliseconds: number): string {
  const x = Float32Array.from({ length: size }, (_, i) => 8 * Math.sin(i * 1.7));
  const out = new Float32Array(size),
    options = { out };
  const ours = (): unknown => softmax(x, options),
    loop = (): void => plain(x, out);
  const calls = Math.max(1, Math.round(20_000 / size)); // a run takes about a tenth of a millisecond
  const times: [number[], number[]] = [[], []];
  const begin = performance.now();
  for (let round = 0; round < 3 || performance.now() - begin < milliseconds; round++) {
    for (const [i, run] of [ours, loop].entries()) {
      const start = performance.now();
      for (let call = 0; call < calls; call++) run();
      times[i]!.push((1e6 * (performance.now() - start)) / calls);
    }
  }
  // the first fifth warms up
  const [a, b] = times.map((all) => median(all.slice(Math.floor(all.length / 5)))) as [number, number];
  const verdict = a <= b ? `${(b / a).toFixed(1)} times as fast` : `${(a / b).toFixed(1)} times as slow`;
  return `| ${size.toLocaleString('en')} | ${nanoseconds(a)} | ${nanoseconds(b)} | ${verdict} |\n`;
}

const nanoseconds = (n: number): string => (n < 10_000 ? `${Math.round(n)} ns` : `${(n / 1000).toFixed(1)} µs`);

function median(times: number[]): number {
  return times.sort((a, b) => a - b)[times.length >> 1]!;
}

function plain(x: Float32Array, y: Float32Array): void {
  let max = -Infinity;
  for (let i = 0; i < x.length; i++) if (x[i]! > max) max = x[i]!;
  let sum = 0;
  for (let i = 0; i < x.length; i++) sum += y[i] = Math.exp(x[i]! - max);
  const scale = 1 / sum;
  for (let i = 0; i < y.length; i++) y[i]! *= scale;
}
