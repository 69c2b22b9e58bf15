// Large work on all cores: a pool of worker threads (piscina) over shared memory. Rows are given out some at a time; one lane that is
// too long for that is cut in stretches, which are summarized, merged, and get their shares. Results are those of one thread: of rows
// to the bit, of the long lane within the bounds. Exit code 1 where they are not. It prints the gain, which may be a loss: on few cores, or
// where memory is the limit, one thread is as fast.

import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { Piscina } from 'piscina';
import { info, merge, softmax } from 'softmax-simd';

const { values: options } = parseArgs({ options: { quick: { type: 'boolean' } } });
const cores = availableParallelism(),
  rounds = options.quick ? 2 : 7;
const pool = new Piscina({
  filename: join(import.meta.dirname, 'worker.mjs'),
  minThreads: cores,
  maxThreads: cores,
});
const onnx = await openOnnx();

console.log(`\n${cores} threads, build ${info().build}; milliseconds, the fastest of ${rounds}\n`);
console.log('softmax of float32    one thread  all cores  gain  onnxruntime-node');
try {
  await compare('64 rows of 128,256', 64, 128_256, allRows);
  await compare('1 lane of 16,777,216', 1, 2 ** 24, longLane);
} finally {
  await pool.destroy();
}
if (onnx === undefined) console.log('\nonnxruntime-node is compared where it is installed: node bench/install.mjs');

async function compare(what, lanes, length, work) {
  const n = lanes * length,
    x = shared(n),
    y = shared(n),
    alone = new Float32Array(n);
  for (let i = 0; i < n; i++) x[i] = 4 * Math.sin(i * 1.7);
  const given = { shape: [lanes, length], axis: -1, out: alone };
  const one = await fastest(() => softmax(x, given)),
    all = await fastest(() => work(x, y, length)),
    other = onnx && (await fastest(await onnx(x, [lanes, length])));
  const row = [one, all].map((ms) => ms.toFixed(1).padStart(10)).join(' ');
  console.log(
    `${what.padEnd(21)} ${row}  ${(one / all).toFixed(2).padStart(4)}  ${other?.toFixed(1).padStart(16) ?? '-'}`,
  );
  check(alone, y, lanes > 1 ? 0 : 8 * 2 ** -24);
}

/** Rows are independent: as many tasks as keep all threads busy to the end. */
async function allRows(x, y, length) {
  const some = Math.ceil(x.length / length / (4 * cores)) * length;
  await Promise.all(cut(x.length, some).map((at) => run('rows', { x: at(x), y: at(y), length })));
}

/** One lane: two rounds of tasks, and between them a merge of what the first has said of its stretches. */
async function longLane(x, y) {
  const stretches = cut(x.length, Math.ceil(x.length / (4 * cores)));
  const whole = merge(...(await Promise.all(stretches.map((at) => run('summary', { x: at(x) })))));
  await Promise.all(stretches.map((at) => run('share', { x: at(x), y: at(y), whole })));
}

function run(name, task) {
  return pool.run(task, { name });
}

/** Places of up to `some` of n elements: functions that give such a place in an array. */
function cut(n, some) {
  return Array.from({ length: Math.ceil(n / some) }, (_, i) => {
    const from = i * some;
    return ({ buffer }) => ({ buffer, from, to: Math.min(n, from + some) });
  });
}

function shared(n) {
  return new Float32Array(new SharedArrayBuffer(4 * n));
}

async function fastest(work) {
  let best = Infinity;
  for (let round = -1; round < rounds; round++) {
    const begin = performance.now();
    await work();
    if (round >= 0) best = Math.min(best, performance.now() - begin);
  }
  return best;
}

function check(wanted, got, tolerance) {
  for (let i = 0; i < wanted.length; i++) {
    if (Math.abs(got[i] - wanted[i]) <= tolerance * wanted[i]) continue;
    console.log(`WRONG: element ${i} is ${got[i]} instead of ${wanted[i]}`);
    process.exitCode = 1;
    return;
  }
}

/** onnxruntime with as many threads, where bench/ has it: for an array, a function that computes its softmax. */
async function openOnnx() {
  const bench = join(import.meta.dirname, '../../bench');
  if (!existsSync(join(bench, 'node_modules/onnxruntime-node'))) return undefined;
  const { InferenceSession, Tensor } = createRequire(join(bench, 'package.json'))('onnxruntime-node');
  const { onnxModel } = await import('../../bench/contenders/onnxModel.mjs');
  return async (x, dims) => {
    const session = await InferenceSession.create(onnxModel('Softmax', 'float32', 2, 1), { intraOpNumThreads: cores });
    const feeds = { x: new Tensor('float32', Float32Array.from(x), dims) },
      into = { y: new Tensor('float32', new Float32Array(x.length), dims) };
    return () => session.run(feeds, into);
  };
}
