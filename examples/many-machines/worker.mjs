// A worker, as it would run on a machine of its own: it takes jobs from the queue, reads the chunk whose place a job names, and gives
// back a summary, or writes the chunk's share. A job that is done twice, or was left in the midst, does no harm: it reads one
// file and writes its own place in another.
// node worker.mjs PORT

import { open } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { Worker } from 'bullmq';
import { softmax, summarize } from 'softmax-simd';

const connection = { host: '127.0.0.1', port: Number(process.argv[2]) };
// who is not heard of for a second loses the job, which another worker gets
const worker = new Worker('softmax', compute, {
  connection,
  lockDuration: 1000,
  stalledInterval: 500,
  maxStalledCount: 9,
});
worker.on('error', (error) => console.error(error.message));

async function compute({ name, data: { input, output, from, to, whole } }) {
  const x = await readFloats(input, from, to);
  if (name === 'summarize') {
    const summary = summarize(x);
    await midst(from);
    return summary;
  }
  softmax(x, { within: whole, out: x });
  const half = (to - from) >> 1;
  await writeFloats(output, from, x.subarray(0, half));
  await midst(from);
  await writeFloats(output, from + half, x.subarray(half));
}

/** Says that it is in the midst of a job, and gives time to be killed there. */
async function midst(from) {
  process.send?.({ from });
  await sleep(20);
}

async function readFloats(path, from, to) {
  const x = new Float32Array(to - from),
    file = await open(path);
  await file.read(new Uint8Array(x.buffer), 0, x.byteLength, 4 * from);
  await file.close();
  return x;
}

async function writeFloats(path, from, x) {
  const file = await open(path, 'r+');
  await file.write(new Uint8Array(x.buffer, x.byteOffset, x.byteLength), 0, x.byteLength, 4 * from);
  await file.close();
}
