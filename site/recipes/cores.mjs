// Rows over several cores: each worker has an instance of its own, and all read and write the same memory.
import { availableParallelism } from 'node:os';
import { Worker, isMainThread, parentPort, workerData } from 'node:worker_threads';
import { softmax } from 'softmax-simd';

if (isMainThread) {
  const rows = 1000,
    columns = 5000,
    workers = Math.min(4, availableParallelism());
  const bytes = () => new SharedArrayBuffer(4 * rows * columns);
  const x = new Float32Array(bytes()),
    y = new Float32Array(bytes());
  for (let i = 0; i < x.length; i++) x[i] = 10 * Math.sin(i * i);

  const share = Math.ceil(rows / workers);
  const parts = Array.from({ length: workers }, (_, i) => {
    const workerData = { x, y, columns, from: i * share, to: Math.min(rows, (i + 1) * share) };
    const worker = new Worker(new URL(import.meta.url), { workerData });
    return new Promise((done, fail) => worker.once('message', done).once('error', fail));
  });
  await Promise.all(parts);

  let largest = 0;
  for (let row = 0; row < rows; row++) {
    const sum = y.subarray(row * columns, (row + 1) * columns).reduce((a, b) => a + b, 0);
    largest = Math.max(largest, Math.abs(sum - 1));
  }
  console.log(`${rows} rows by ${workers} workers; each adds up to 1 within ${largest.toExponential(0)}`);
} else {
  const { x, y, columns, from, to } = workerData;
  const part = (array) => array.subarray(from * columns, to * columns);
  softmax(part(x), { shape: [to - from, columns], axis: -1, out: part(y) });
  parentPort.postMessage('done');
}
