// The same mixture of calls over and over in one process: node --expose-gc calls.mjs BUILD SMALL LARGE
// Prints, as JSON, what memory was held after the warm-up and after each tenth of the calls.
import { createSoftmax } from '../../dist/index.js';
import { hashOf } from './hash.mjs';
import { large, small } from './mixture.mjs';

const [build, smallCalls, largeCalls] = [process.argv[2], Number(process.argv[3]), Number(process.argv[4])];
const s = createSoftmax({ build });
const smalls = small(s),
  larges = large(s);

const before = hashOf([...smalls, ...larges]);
await run(smallCalls / 10, largeCalls / 10);
const samples = [await memory(0, 0)];
for (let tenth = 1; tenth <= 10; tenth++) {
  await run(smallCalls / 10, largeCalls / 10);
  samples.push(await memory((tenth * smallCalls) / 10, (tenth * largeCalls) / 10));
}
const sameBits = hashOf([...smalls, ...larges]) === before;
console.log(JSON.stringify({ kinds: { small: smalls.length, large: larges.length }, samples, sameBits }));

async function run(smallCount, largeCount) {
  for (let i = 0; i < smallCount; i++) {
    smalls[i % smalls.length]();
    if (i % 100_000 === 0) await turn();
  }
  for (let i = 0; i < largeCount; i++) {
    larges[i % larges.length]();
    if (i % 10 === 0) await turn();
  }
}

/** What is held when all garbage is gone. */
async function memory(small, large) {
  for (let i = 0; i < 5; i++) {
    globalThis.gc();
    await turn();
  }
  const { rss, heapUsed, arrayBuffers } = process.memoryUsage();
  const { memoryBytes, tensors, forgotten } = s.info();
  const mb = (bytes) => `${(bytes / 2 ** 20).toFixed(1)} MB`;
  console.error(
    `  ${build}: ${small} + ${large} calls: RSS ${mb(rss)}, JavaScript ${mb(heapUsed + arrayBuffers)}, memory of the instance ${mb(memoryBytes)}`,
  );
  return { small, large, rss, held: heapUsed + arrayBuffers, memoryBytes, tensors, forgotten };
}

/** Lets the host do what it does between requests. */
function turn() {
  return new Promise((done) => setImmediate(done));
}
