// Softmax along axis 0 of a .npy file that is larger than the memory it is given: each column is one lane as long as the file.
// Two passes over an async iterator of chunks: the first summarizes, the second writes each chunk's share of the whole.
// node out-of-core.mjs [--large] [IN.npy OUT.npy]; without files it makes one of its own, 64 MB, or 4 GB with --large.
// Exit code 1 when a result is wrong or more memory was used than promised.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { info, logsumexp, merge, softmax, summarize } from 'softmax-simd';
import { chunks, createNpy, openNpy, writeRows } from './npy.mjs';

const MB = 1 << 20,
  allowed = 48 * MB; // beyond what Node itself takes, whatever the size of the file
const { values, positionals } = parseArgs({ options: { large: { type: 'boolean' } }, allowPositionals: true });
const scratch = positionals.length === 0 ? mkdtempSync(join(tmpdir(), 'out-of-core-')) : undefined;
const [input, output] =
  scratch === undefined ? positionals : ['logits.npy', 'softmax.npy'].map((f) => join(scratch, f));
const before = process.memoryUsage.rss(),
  buffer = new Float32Array((4 * MB) / 4); // the only chunk there is: read, computed in place, and written

try {
  if (scratch !== undefined) await generate(input, (values.large ? 4096 : 64) * MB);
  await run(input, output);
} finally {
  if (scratch !== undefined) rmSync(scratch, { recursive: true });
}

async function run(from, to) {
  const source = await openNpy(from),
    { shape } = source;
  if (shape.length !== 2) throw new Error(`${from} has the shape (${shape.join(', ')}); this example takes two axes`);
  const [rows, width] = shape,
    begin = performance.now();

  let whole;
  const plain = plainSum(); // of the first column, to compare with
  for await (const { data, rows: some, at } of chunks(source, buffer)) {
    const part = summarize(data, { shape: [some, width], axis: 0 });
    whole = whole === undefined ? part : merge(whole, part);
    for (let i = 0; i < data.length; i += width) plain.add(data[i]);
    progress('pass 1 of 2', at + some, rows);
  }

  const target = await createNpy(to, shape),
    sums = new Float64Array(width);
  for await (const { data, rows: some, at } of chunks(source, buffer)) {
    softmax(data, { shape: [some, width], axis: 0, within: whole, out: data });
    for (let i = 0; i < data.length; i++) sums[i % width] += data[i];
    await writeRows(target, at, data);
    progress('pass 2 of 2', at + some, rows);
  }
  await source.file.close();
  await target.file.close();

  const seconds = (performance.now() - begin) / 1000,
    size = (rows * width * 4) / MB,
    peak = process.resourceUsage().maxRSS * 1024 - before;
  const offSums = Math.max(...sums.map((sum) => Math.abs(sum - 1))),
    offPlain = Math.abs(logsumexp(whole)[0] - plain.logsumexp());
  console.log(`\nSoftmax along axis 0 of ${rows.toLocaleString('en')} x ${width} float32, ${size} MB\n`);
  console.log(`one chunk          ${buffer.byteLength / MB} MB`);
  console.log(`memory beside Node ${Math.round(peak / MB)} MB, at most ${allowed / MB} MB`);
  console.log(`summary            ${JSON.stringify(whole).length} bytes of JSON for ${width} lanes`);
  console.log(`time               ${seconds.toFixed(1)} s, ${((3 * size) / seconds).toFixed(0)} MB/s read and written`);
  console.log(`columns add up to  1 within ${offSums.toExponential(1)}`);
  console.log(`logsumexp          that of a plain loop within ${offPlain.toExponential(1)}`);
  console.log(`build              ${info().build}`);
  if (!(offSums < 1e-6 && offPlain < 1e-6)) fail('WRONG: see above');
  if (peak > allowed) fail('TOO MUCH MEMORY');
}

/** Logits that are the same everywhere: a sine, and now and then a larger one. */
async function generate(path, bytes) {
  const width = 16,
    rows = bytes / 4 / width,
    target = await createNpy(path, [rows, width]);
  const most = buffer.length / width;
  for (let at = 0; at < rows; at += most) {
    const data = buffer.subarray(0, Math.min(most, rows - at) * width);
    for (let i = 0; i < data.length; i++) data[i] = 4 * Math.sin((at * width + i) * 1.7) + (i % 100_003 === 5 ? 6 : 0);
    await writeRows(target, at, data);
    progress('making the file', Math.min(rows, at + most), rows);
  }
  await target.file.close();
}

/** The sum of exp, one element after the other, in float64. */
function plainSum() {
  let most = -Infinity,
    sum = 0;
  return {
    add(x) {
      if (x > most) {
        sum = sum * Math.exp(most - x) + 1;
        most = x;
      } else sum += Math.exp(x - most);
    },
    logsumexp: () => most + Math.log(sum),
  };
}

/** On a terminal one line that is written over, elsewhere a line for each pass. */
function progress(what, done, all) {
  const percent = Math.floor((100 * done) / all);
  if (process.stderr.isTTY) process.stderr.write(`\r${what} ${percent} %${done === all ? '\n' : '  '}`);
  else if (done === all) process.stderr.write(`${what} ${percent} %\n`);
}

function fail(message) {
  console.log(message);
  process.exitCode = 1;
}
