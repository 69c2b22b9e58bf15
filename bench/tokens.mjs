/**
 * From logits to tokens: sample and topk of [1, 128256] float32 logits, beside transformers.js, TopK of onnxruntime-node and a sort
 * in plain JavaScript. All in one process, one sample of each in turn, round after round; ratios are taken within a round.
 * Usage: node bench/tokens.mjs [--quick] [--node PATH] [--json FILE: added to under the version of Node]
 */
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { onnxTopk } from './contenders/onnxModel.mjs';
import * as plain from './contenders/plainTokens.mjs';
import { digits, inBench, machine, median, options, quantile, save, version } from './run.mjs';
import { show } from './tokensTable.mjs';
import { logits, workload } from './workloads.mjs';

const args = options();
if (args.node !== process.execPath) {
  const given = [...(args.quick ? ['--quick'] : []), ...(args.json ? ['--json', args.json] : [])];
  execFileSync(args.node, [import.meta.filename, ...given], { stdio: 'inherit' });
  process.exit();
}
const { info, logsumexp, sample, topk } = await import('../dist/index.js');

const n = 128_256,
  shape = [1, n],
  last = { shape, axis: -1 },
  x = logits(workload('softmax', 'float32', shape, -1, 'fresh')),
  small = logits(workload('softmax', 'float32', [1, 1000], -1, 'fresh'));

/**
 * What is timed, by name; rivals give promises.
 *
 * @type {Record<string, () => any>}
 */
const calls = {
  logsumexp: () => logsumexp(x, last),
  'topk 50': () => topk(x, 50, last).indices,
  'topk all': () => topk(x, n, last).indices,
  sample: () => sample(x, last),
  'sample, theta': () => sample(x, { ...last, theta: 1 / 0.7 }),
  'sample, topK 50': () => sample(x, { ...last, topK: 50 }),
  'sample, topP 0.95': () => sample(x, { ...last, topP: 0.95 }),
  'sample, all cuts': () => sample(x, { ...last, theta: 1 / 0.7, topK: 50, topP: 0.95, minP: 0.02 }),
  'sample [1,1000]': () => sample(small, { shape: [1, 1000], axis: -1 }),
  'a sort of the values': () => x.slice().sort(),
  'plain sort, topk 50': () => plain.topk(x, 50),
  'plain sort, topk all': () => plain.topk(x, n),
  'plain loop, sample': () => plain.sample(x),
  'plain sort, sample, topK 50': () => plain.sampleTopK(x, 50),
  'plain sort, sample, topP 0.95': () => plain.sampleTopP(x, 0.95),
};
const versions = {},
  skipped = {};

/** Adds what a rival does, if it is installed. */
async function rival(name, open) {
  if (!existsSync(inBench(`node_modules/${name}`))) skipped[name] = 'not installed: node bench/install.mjs';
  else {
    Object.assign(calls, await open());
    versions[name] = version(`node_modules/${name}`);
  }
}
await rival('@huggingface/transformers', async () => {
  const { Tensor, softmax, topk } = await import('@huggingface/transformers');
  const scores = new Tensor('float32', x, shape);
  // the steps of its multinomial sampler, which it does not export
  const draw = async (k) => {
    const [values, indices] = await topk(scores, k);
    return Number(indices.data[plain.pick(softmax(values.data))]);
  };
  return {
    'transformers.js, topk 50': async () => (await topk(scores, 50))[1].data,
    'transformers.js, topk all': async () => (await topk(scores, n))[1].data,
    'transformers.js, sample': () => draw(n),
    'transformers.js, sample, topK 50': () => draw(50),
  };
});
await rival('onnxruntime-node', async () => {
  const { default: ort } = await import('onnxruntime-node');
  const session = await ort.InferenceSession.create(onnxTopk(), { intraOpNumThreads: 1, logSeverityLevel: 3 });
  const run = async (k) =>
    (
      await session.run({
        x: new ort.Tensor('float32', x, shape),
        k: new ort.Tensor('int64', BigInt64Array.of(BigInt(k)), [1]),
      })
    ).i.data;
  return { 'onnxruntime-node, topk 50': () => run(50), 'onnxruntime-node, topk all': () => run(n) };
});

/** [ours, the other, at most so many times its time], the goals first */
const ratios = [
  ['topk 50', 'transformers.js, topk 50', 0.6],
  ['sample', 'logsumexp', 1.4],
  ['sample, topK 50', 'topk 50', 1.3],
  ['sample, topP 0.95', 'logsumexp', 2.5],
  ['sample, all cuts', 'logsumexp', 3],
  ['sample, theta', 'sample', 1.3],
  ['topk all', 'a sort of the values', 3],
  ...['topk 50', 'topk all'].map((name) => [name, `onnxruntime-node, ${name}`]),
  ['topk all', 'transformers.js, topk all'],
  ...['sample', 'sample, topK 50'].map((name) => [name, `transformers.js, ${name}`]),
  ...['topk 50', 'topk all', 'sample, topK 50', 'sample, topP 0.95'].map((name) => [name, `plain sort, ${name}`]),
  ['sample', 'plain loop, sample'],
].filter(([, to]) => calls[to] !== undefined);
/** at most so many ns */
const limits = { 'topk all': 12e6, 'sample [1,1000]': 3000 };

await verify();
let sink;
async function time(call, times) {
  const start = process.hrtime.bigint();
  for (let i = 0; i < times; i++) {
    sink = call();
    if (sink instanceof Promise) sink = await sink;
  }
  return Number(process.hrtime.bigint() - start) / times;
}

const samples = {},
  times = {};
for (const [name, call] of Object.entries(calls)) {
  let ns = Infinity;
  for (let spent = 0, i = 0; i < 5 || spent < 3e8; i++) {
    const took = await time(call, 1);
    ns = Math.min(ns, took);
    spent += took;
    if (i > 5 && spent > 1e9) break;
  }
  times[name] = Math.max(1, Math.round(3e6 / ns));
  samples[name] = [];
}
const names = Object.keys(calls);
for (let round = 0; round < (args.quick ? 7 : 31); round++) {
  // each round begins with another, so that none always follows the same
  for (let i = 0; i < names.length; i++) {
    const name = names[(i + round) % names.length];
    samples[name].push(await time(calls[name], times[name]));
  }
}

const found = (ns) => ({
  ns: digits(median(ns)),
  lower: digits(quantile(ns, 0.25)),
  upper: digits(quantile(ns, 0.75)),
});
const report = {
  ...machine(process.execPath),
  build: info().build,
  versions,
  skipped,
  calls: names.map((name) => ({ name, ...found(samples[name]), most: limits[name] })),
  ratios: ratios.map(([name, to, most]) => {
    const list = samples[name].map((ns, round) => ns / samples[to][round]);
    return { name, to, ratio: digits(median(list)), lower: digits(quantile(list, 0.25)), upper: digits(quantile(list, 0.75)), most }; // prettier-ignore
  }),
};
show(report);
if (args.json) {
  const all = existsSync(args.json) ? JSON.parse(readFileSync(args.json, 'utf8')) : {};
  save(args.json, { ...all, [report.node.split('.')[0]]: report });
}
if (sink === report) console.log(); // never
process.exit();

/** All topk give the same logits, and every draw is an index: before anything is timed. */
async function verify() {
  for (const [name, call] of Object.entries(calls)) {
    const got = await call();
    if (/sample/.test(name)) {
      if (!(Number(got?.[0] ?? got) < n)) throw new Error(`${name} drew ${got}`);
    } else if (/topk/.test(name)) {
      const wanted = plain.topk(x, got.length),
        // equal logits may come in any order
        wrong = wanted.findIndex((place, i) => x[place] !== x[Number(got[i])]);
      if (wrong >= 0) throw new Error(`${name}: place ${wrong} is ${got[wrong]}, not ${wanted[wrong]}`);
    }
  }
}
