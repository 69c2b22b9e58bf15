// softmax against the loop one would write by hand, on the same rows, each into an array that is there already.

import { softmax } from 'softmax-simd';

const rounds = 101;

/** { ours, loop: median milliseconds, difference: the largest between the two results, rounds }. */
export function race(logits, rows, length) {
  const fromOurs = new Float32Array(logits.length);
  const fromLoop = new Float32Array(logits.length);
  const options = { shape: [rows, length], axis: -1, out: fromOurs };
  const times = { ours: [], loop: [] };
  // Interleaved, so that whatever else the machine does falls on both; the first rounds warm up.
  for (let round = -20; round < rounds; round++) {
    const ours = timed(() => softmax(logits, options));
    const loop = timed(() => plainSoftmax(logits, fromLoop, rows, length));
    if (round < 0) continue;
    times.ours.push(ours);
    times.loop.push(loop);
  }
  const difference = fromOurs.reduce((largest, p, i) => Math.max(largest, Math.abs(p - fromLoop[i])), 0);
  return { ours: median(times.ours), loop: median(times.loop), difference, rounds };
}

function plainSoftmax(x, y, rows, length) {
  for (let start = 0; start < rows * length; start += length) {
    const end = start + length;
    let max = x[start];
    for (let i = start + 1; i < end; i++) if (x[i] > max) max = x[i];
    let sum = 0;
    for (let i = start; i < end; i++) sum += y[i] = Math.exp(x[i] - max);
    const scale = 1 / sum;
    for (let i = start; i < end; i++) y[i] *= scale;
  }
}

function timed(run) {
  const start = performance.now();
  run();
  return performance.now() - start;
}

const median = (times) => times.sort((a, b) => a - b)[times.length >> 1];
