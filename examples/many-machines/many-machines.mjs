// Softmax of one lane by several machines, of which some fail: a queue (BullMQ on Redis) gives out jobs. Jobs carry the places of chunks,
// results carry summaries; numbers stay in the files, which stand for a store that all machines reach. Here the machines are processes.
// It is done twice: in peace, and with two workers killed in the midst of a job. The results are the same to the bit.
// npm install bullmq ioredis; apt-get install redis-server; node many-machines.mjs. Exit code 1 where something is wrong.

import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Queue, QueueEvents } from 'bullmq';
import { logsumexp, merge, softmax } from 'softmax-simd';
import { startRedis } from './redis.mjs';

const n = 2 ** 21,
  size = 2 ** 16,
  workers = 3;
const folder = mkdtempSync(join(tmpdir(), 'many-machines-')),
  input = join(folder, 'logits.f32');
const x = Float32Array.from({ length: n }, (_, i) => 4 * Math.sin(i * 1.7) + (i % 100_003 === 5 ? 6 : 0));
writeFileSync(input, x);
const redis = await startRedis();

try {
  const quiet = await run('in peace', []),
    struck = await run('with two workers killed', ['summarize', 'share']);
  const wanted = softmax(x);
  let off = 0;
  for (let i = 0; i < n; i++) off = Math.max(off, Math.abs(quiet.y[i] - wanted[i]) / wanted[i]);
  const same = Buffer.compare(Buffer.from(quiet.y.buffer), Buffer.from(struck.y.buffer)) === 0,
    apart = Math.abs(quiet.total - logsumexp(x));
  console.log(`\nkilled or not, the results are ${same ? 'the same' : 'DIFFERENT'}`);
  console.log(`softmax in one process: within ${off.toExponential(1)}, relative`);
  console.log(`logsumexp in one process: within ${apart.toExponential(1)}`);
  if (!same || !(off <= 8 * 2 ** -24) || !(apart <= 4e-6) || struck.repeated === 0) throw new Error('WRONG: see above');
} finally {
  await redis.stop();
  rmSync(folder, { recursive: true });
}

/** All chunks by all workers; in the phases that are named, the first worker that is in the midst of a third job is killed. */
async function run(how, kills) {
  const connection = { host: '127.0.0.1', port: redis.port },
    queue = new Queue('softmax', { connection }),
    events = new QueueEvents('softmax', { connection }),
    output = join(folder, 'softmax.f32');
  queue.setMaxListeners(0); // each job that is waited for listens
  writeFileSync(output, new Uint8Array(4 * n));
  await events.waitUntilReady();
  const pool = Array.from({ length: workers }, () => fork(join(import.meta.dirname, 'worker.mjs'), [`${redis.port}`]));
  const places = Array.from({ length: n / size }, (_, i) => ({ input, output, from: i * size, to: (i + 1) * size })),
    begun = new Map(),
    killed = [];
  let phase = '',
    count = 0;
  for (const [i, child] of pool.entries()) {
    child.on('message', (/** @type {any} */ { from }) => {
      const job = `${phase} of ${from}`;
      begun.set(job, (begun.get(job) ?? 0) + 1);
      if (!kills.includes(phase) || ++count !== 3) return;
      child.kill('SIGKILL');
      killed.push(`worker ${i} in the midst of "${phase}" of the chunk at ${from}`);
    });
  }

  async function all(name, more) {
    phase = name;
    count = 0;
    const jobs = await queue.addBulk(places.map((place) => ({ name, data: { ...place, ...more } })));
    return Promise.all(jobs.map((job) => job.waitUntilFinished(events, 60_000)));
  }

  const start = performance.now();
  try {
    const whole = merge(...(await all('summarize', {})));
    await all('share', { whole });
    const repeated = [...begun.values()].filter((times) => times > 1).length;
    console.log(
      `\n${how}: ${places.length} chunks, ${workers} workers, ${((performance.now() - start) / 1000).toFixed(1)} s`,
    );
    for (const each of killed) console.log(`  killed: ${each}`);
    console.log(`  jobs that were begun again: ${repeated}`);
    return { y: new Float32Array(new Uint8Array(readFileSync(output)).buffer), total: logsumexp(whole), repeated };
  } finally {
    for (const child of pool) if (child.exitCode === null && child.signalCode === null) await stop(child);
    await queue.obliterate({ force: true });
    await queue.close();
    await events.close();
  }
}

async function stop(child) {
  child.kill();
  await once(child, 'exit');
}
