// Learns to read handwritten digits: a softmax regression (784 pixels -> 10 classes) trained on the 60,000 digits
// of MNIST by stochastic gradient descent with momentum, then tried on the 10,000 test digits.
//
//   node examples/digits/digits.mjs [--quick]      exit code 1 when it reads fewer than it promises

import { setImmediate as drawn } from 'node:timers/promises';
import { crossEntropyGradient, info, logSoftmax, softmax } from 'softmax-simd';
import { pixels, readMnist } from './mnist.mjs';
import { race } from './race.mjs';
import { classes, createRegression, inkOf, seeded, shuffle } from './regression.mjs';
import { showDigits, showProgress } from './show.mjs';

const quick = process.argv.includes('--quick');
const epochs = quick ? 2 : 20;
const promised = quick ? 0.91 : 0.92; // of the test digits
const batch = 100;
const firstRate = 0.2; // chosen, as the epochs were, on 10,000 digits held out of the training set

const started = performance.now();
const seconds = () => `${((performance.now() - started) / 1000).toFixed(1)} s`;
const count = (n) => n.toLocaleString('en');

console.log('\nReading the digits of MNIST ...');
const { train, test } = readMnist();
console.log(`MNIST: ${count(train.count)} digits to learn from, ${count(test.count)} to be tried on\n`);
const regression = createRegression();
await learn();

const { logits, probabilities, read } = readTest();
const misread = read.flatMap((digit, i) => (digit === test.labels[i] ? [] : [i]));
showDigits([0, 1, 2, misread[0]].map(testDigit));

const accuracy = 1 - misread.length / test.count;
const enough = accuracy >= promised;
const result = `${percent(accuracy)} (${count(test.count - misread.length)} of ${count(test.count)})`;
console.log(`\nTest accuracy ${result}, ${enough ? 'at least' : 'LESS THAN'} the ${percent(promised)} promised.`);

const same = compareSpeed();
console.log(`\n${seconds()} in all. Where to go next:`);
console.log('  README.md            the package in ten lines');
console.log('  docs/commandline.md  no code: echo "[1, 3, 2]" | npx softmax-simd softmax');
console.log('  examples/            attention, an HTTP service, a Worker, a page');
console.log('  CONTRIBUTING.md      tests, and where a new thing goes');
if (!enough || !same) process.exitCode = 1;

async function learn() {
  const ink = inkOf(train);
  const order = Array.from(train.labels, (_, i) => i);
  const random = seeded(1);
  const logits = new Float32Array(batch * classes);
  const rows = { shape: [batch, classes], axis: -1 };
  const slopes = new Float32Array(logits.length);
  const logProbabilities = new Float32Array(logits.length);
  const steps = train.count / batch;

  for (let epoch = 0; epoch < epochs; epoch++) {
    shuffle(order, random);
    let loss = 0;
    for (let step = 0; step < steps; step++) {
      const chosen = order.slice(step * batch, (step + 1) * batch);
      const atLabel = chosen.map((image, row) => row * classes + train.labels[image]);
      regression.forward(ink, chosen, logits);
      logSoftmax(logits, { ...rows, out: logProbabilities });
      for (const i of atLabel) loss -= logProbabilities[i];

      const labels = chosen.map((image) => train.labels[image]);
      crossEntropyGradient(logits, labels, { ...rows, reduction: 'sum', out: slopes });
      regression.backward(ink, chosen, slopes);
      const part = (epoch + (step + 1) / steps) / epochs;
      const rate = (firstRate * (1 + Math.cos(Math.PI * part))) / 2; // falls to 0 along a cosine
      regression.descend(rate / batch);

      if ((step + 1) % 20 > 0) continue;
      const place = `epoch ${epoch + 1}/${epochs}  step ${String(step + 1).padStart(3)}/${steps}`;
      showProgress(part, `${place}  loss ${(loss / (step + 1) / batch).toFixed(4)}  ${seconds()}`);
      await drawn(); // a terminal that writes later gets its turn
    }
  }
}

function readTest() {
  const shape = [test.count, classes];
  const everyone = Array.from(test.labels, (_, i) => i);
  const logits = new Float32Array(test.count * classes);
  regression.forward(inkOf(test), everyone, logits);
  const probabilities = softmax(logits, { shape, axis: -1 });
  const read = everyone.map((i) => mostLikely(probabilities.subarray(i * classes, (i + 1) * classes)));
  return { logits, probabilities, read };
}

function mostLikely(row) {
  return row.indexOf(Math.max(...row));
}

function testDigit(i) {
  return {
    image: test.images.subarray(i * pixels, (i + 1) * pixels),
    label: test.labels[i],
    read: read[i],
    probabilities: probabilities.subarray(i * classes, (i + 1) * classes),
  };
}

function compareSpeed() {
  const { ours, loop, difference, rounds } = race(logits, test.count, classes);
  const ratio = loop / ours;
  const verdict = ratio >= 1 ? `${ratio.toFixed(1)} times as fast` : `${(1 / ratio).toFixed(1)} times as SLOW`;
  console.log(`\nsoftmax of these ${count(test.count)} x ${classes} logits, median of ${rounds} interleaved runs:`);
  console.log(`  softmax-simd  ${ours.toFixed(3)} ms  (build: ${info().build})`);
  console.log(`  plain JS loop ${loop.toFixed(3)} ms`);
  const same = difference <= 1e-6;
  console.log(`  ${verdict}; largest difference ${difference.toExponential(1)}${same ? '' : ' is TOO LARGE'}`);
  return same;
}

function percent(part) {
  return `${(part * 100).toFixed(2)} %`;
}
