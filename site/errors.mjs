// Measures data/errors.json: the largest error of results of each magnitude, ours and others'. Needs the rivals of bench/
// (node bench/install.mjs); those that are not there are left out, and said to be.
import { build } from 'esbuild';
import { existsSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const here = import.meta.dirname,
  bench = join(here, '../bench');
const file = join(mkdtempSync(join(tmpdir(), 'softmax-simd-')), 'exact.mjs');
await build({ entryPoints: [join(here, 'playground/exact.ts')], outfile: file, format: 'esm', bundle: true });
const { exactLane, ulps } = await import(pathToFileURL(file).href);
const { createSoftmax } = await import('../dist/index.js');
const { contenders } = await import(pathToFileURL(join(bench, 'contenders/index.mjs')).href);

const length = 33,
  lanes = 1500;
/** Seeded numbers in [0, 1) (mulberry32). */
function* uniform(state) {
  for (;;) {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    yield ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  }
}

/** Lanes of spreads from 1 to 90, so that probabilities of all magnitudes come up, and some that one logit dominates. */
function logits(dtype) {
  const random = uniform(2026),
    next = () => random.next().value;
  const x = dtype === 'float32' ? new Float32Array(lanes * length) : new Float64Array(lanes * length);
  for (let lane = 0; lane < lanes; lane++) {
    const spread = 90 ** next();
    for (let i = 0; i < length; i++) x[lane * length + i] = spread * (next() + next() + next() - 1.5) * 2;
    if (lane % 3 === 0) x[lane * length] += 60 * next();
  }
  return x;
}

const who = { relaxed: 'ours', 'js-loop': 'plain loop', 'tfjs-wasm': 'tfjs-wasm', 'onnxruntime-web': 'onnxruntime-web', 'onnxruntime-node': 'onnxruntime-node' }; // prettier-ignore
const series = [],
  versions = {};
for (const dtype of ['float32', 'float64']) {
  const x = logits(dtype),
    exact = Array.from({ length: lanes }, (_, lane) => exactLane(x.subarray(lane * length, (lane + 1) * length), 1));
  for (const fn of ['softmax', 'logSoftmax']) {
    for (const [name, label] of Object.entries(who)) {
      let got;
      try {
        if (name === 'relaxed') got = createSoftmax()[fn](x, { shape: [lanes, length], axis: -1 });
        else {
          const { file, package: needed } = contenders[name];
          if (needed && !existsSync(join(bench, 'node_modules', needed))) throw new Error(`${needed} is not installed: node bench/install.mjs`); // prettier-ignore
          const { open } = await import(pathToFileURL(join(bench, 'contenders', file)).href);
          const opened = await open({ name });
          const job = await opened.prepare({ fn, dtype, mode: 'fresh', x, shape: [lanes, length], axis: -1, dims: [lanes, length], dim: 1, outer: lanes, length, inner: 1 }); // prettier-ignore
          if (job === undefined) continue;
          got = await job.call();
          versions[label] = opened.version ?? '';
        }
      } catch (error) {
        console.log(`left out: ${label}, ${fn} ${dtype}: ${error.message.split('\n')[0]}`);
        continue;
      }
      const bins = new Map();
      exact.forEach((lane, at) =>
        lane[fn].forEach((value, i) => {
          if (typeof value === 'number') return;
          const { mantissa, exponent } = value,
            digits = (mantissa < 0n ? -mantissa : mantissa).toString(2).length + exponent;
          const power = Math.floor(digits * Math.log10(2)), error = ulps(got[at * length + i], value, dtype); // prettier-ignore
          if (error > (bins.get(power) ?? -1)) bins.set(power, error);
        }),
      );
      const least = dtype === 'float32' ? -44 : -60;
      const sorted = [...bins].filter(([power]) => power >= least).sort(([a], [b]) => a - b);
      series.push({ part: `${fn}, ${dtype}`, who: label, bins: sorted.map(([power, most]) => [power, Number(most.toPrecision(4))]) }); // prettier-ignore
    }
  }
}
const { build: answered } = createSoftmax().info();
writeFileSync(
  join(here, 'data/errors.json'),
  `${JSON.stringify({ node: process.version, build: answered, lanes, length, versions, series })}\n`,
);
for (const { part, who, bins } of series) console.log(`${part}, ${who}: ${Math.max(...bins.map(([, most]) => most))}`);
process.exit(0);
