// Memory that is refused: node [flags that bound the memory] refused.mjs BUILD ELEMENTS
// Makes tensors of so many elements until the host has no more memory for one, and looks at what is left.
import assert from 'node:assert/strict';
import { createSoftmax } from '../../dist/index.js';
import { hashOf } from './hash.mjs';
import { small } from './mixture.mjs';

const build = process.argv[2],
  elements = Number(process.argv[3]);
const s = createSoftmax({ build });
const calls = small(s);
const before = hashOf(calls),
  { tensors: resident } = s.info();
const advice = /^softmax-simd: the host refuses \d+ more bytes of memory; dispose tensors or pass smaller arrays$/;

const x = Float32Array.from({ length: elements }, (_, i) => Math.sin(i)),
  lane = new Float32Array(900_000).fill(0.5),
  out = new Float32Array(lane.length).fill(7);
const held = [];
const refusal = errorOf(() => {
  for (;;) held.push(made());
});
assert(refusal instanceof RangeError);
assert.match(refusal.message, advice);
assert(held.length > 1);
assert.equal(s.info().tensors, resident + held.length, 'a tensor that was refused is not counted');
intact();
const { memoryBytes } = s.info();

// a lane that the window would have to grow for: refused, or right where there is room left between the tensors
const grown = errorOf(() => s.softmax(lane, { out }));
if (grown === undefined) rightLane();
else {
  assert(grown instanceof RangeError && advice.test(grown.message), grown.stack);
  assert(
    out.every((v) => v === 7),
    'out is as it was',
  );
}
intact();

for (const t of held) t.dispose();
intact([]);
s.softmax(lane, { out });
rightLane();
made().dispose();
assert.equal(s.info().tensors, resident);

const laneRefused = grown !== undefined;
console.log(JSON.stringify({ held: held.length, elements, memoryBytes, laneRefused, message: refusal.message }));

function made() {
  const t = s.tensor('float32', [elements]);
  t.data.set(x);
  return t;
}

/** No tensor has changed, and all other calls give the bits that they gave before. */
function intact(tensors = held) {
  for (const t of tensors) assert.deepEqual(t.data, x);
  assert.equal(hashOf(calls), before, 'the calls give other bits');
}

function rightLane() {
  assert(out.every((v) => Math.abs(v * lane.length - 1) < 1e-6));
}

function errorOf(call) {
  try {
    call();
  } catch (error) {
    return error;
  }
}
