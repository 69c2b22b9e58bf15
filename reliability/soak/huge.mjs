// One input of 512 MB, one lane or lanes along axis 0: node huge.mjs BUILD FUNCTION DTYPE SHAPE AXIS MAXMEMORY
// Every result is compared with a plain sum in float64; prints the memory that the call took beyond input and output.
import { createSoftmax } from '../../dist/index.js';

const [build, name, dtype, dims, axis, maxMemory] = process.argv.slice(2);
const shape = dims.split(',').map(Number),
  size = shape.reduce((a, b) => a * b);
const Class = dtype === 'float32' ? Float32Array : Float64Array;
const tolerance = dtype === 'float32' ? 1e-6 : 1e-7; // of the plain sum: 1e8 roundings of 1e-16, and ours

// a pattern of values again and again; a prime number of them, so that they meet every place of a lane
const pattern = Class.from({ length: 4099 }, (_, i) => 12 * Math.sin(i)),
  maximum = pattern.reduce((a, b) => Math.max(a, b)),
  terms = Float64Array.from(pattern, (v) => Math.exp(v - maximum));
const x = new Class(size),
  lanes = Number(axis) === 0 ? size / shape[0] : 1,
  sums = new Float64Array(lanes);
for (let i = 0, p = 0, lane = 0; i < size; i++) {
  x[i] = pattern[p];
  sums[lane] += terms[p];
  if (++p === pattern.length) p = 0;
  if (++lane === lanes) lane = 0;
}
const out = new Class(name === 'logsumexp' ? lanes : size).fill(7);

const s = createSoftmax({ build, maxMemory: Number(maxMemory) });
s.softmax(x.subarray(0, 10_000)); // compiled before it is measured
const before = process.memoryUsage().rss,
  start = performance.now();
s[name](x, { shape, axis: Number(axis), out });
const seconds = (performance.now() - start) / 1000,
  peak = process.resourceUsage().maxRSS * 1024;

let worst = 0;
for (let i = 0, p = 0, lane = 0; i < out.length; i++) {
  const log = Math.log(sums[lane]);
  const wanted = name === 'logsumexp' ? maximum + log : name === 'softmax' ? terms[p] / sums[lane] : pattern[p] - maximum - log; // prettier-ignore
  const error = Math.abs(out[i] - wanted) / Math.abs(wanted);
  if (!(error <= worst)) worst = error;
  if (++p === pattern.length) p = 0;
  if (++lane === lanes) lane = 0;
}
const right = worst <= tolerance;
const { memoryBytes } = s.info();
const [input, output] = [x.byteLength, out.byteLength];
console.log(JSON.stringify({ input, output, memoryBytes, before, peak, seconds, worst, right }));
