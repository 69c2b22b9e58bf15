// Masked attention weights, softmax(q . k / sqrt(d)) over the keys, for every sequence and head in one call.
// Each weight is checked against a plain loop in float64; exit code 1 when one is wrong.

import { info, softmax } from 'softmax-simd';

const [batch, heads, queries, keys, d] = [2, 4, 16, 16, 32];
const shape = [batch, heads, queries, keys];
const padded = [0, 5]; // keys of each sequence that are only padding, on its left as for generating text
const bound = 1e-6; // on the difference of a weight, which is at most 1

const isToken = (b, key) => key >= padded[b];
const isPast = (query, key) => key <= query;

// Masks of 0 and 1 that broadcast to the scores as in NumPy: none is expanded over the heads.
const padding = mask([batch, 1, 1, keys], (i) => isToken(Math.floor(i / keys), i % keys));
const causal = mask([queries, keys], (i) => isPast(Math.floor(i / keys), i % keys));
const both = mask([batch, 1, queries, keys], (i) => {
  return isToken(Math.floor(i / (queries * keys)), i % keys) && isPast(Math.floor(i / keys) % queries, i % keys);
});

const random = seeded(7);
const scores = dotProducts(normals(batch * heads * queries * d), normals(batch * heads * keys * d));

console.log(`\nAttention weights [batch, heads, queries, keys] = [${shape.join(', ')}]\n`);
console.log('mask     shape           largest difference  row sums');
check('none', undefined, () => true);
check('padding', padding, (b, query, key) => isToken(b, key));
check('causal', causal, (b, query, key) => isPast(query, key));
const weights = check('both', both, (b, query, key) => isToken(b, key) && isPast(query, key));
console.log(`\nA query that sees no key at all has weights 0. Build: ${info().build}.`);
drawFirstHeads();

function check(name, where, sees) {
  const weights = softmax(scores, { shape, axis: -1, theta: 1 / Math.sqrt(d), where });
  const sums = new Set();
  let difference = 0;
  for (let row = 0; row < batch * heads * queries; row++) {
    const here = [row * keys, (row + 1) * keys];
    const seen = (key) => sees(Math.floor(row / (heads * queries)), row % queries, key);
    const wanted = plainSoftmax(scores.subarray(...here), seen);
    const got = Array.from(weights.subarray(...here));
    const off = got.map((weight, key) => (seen(key) || weight === 0 ? Math.abs(weight - wanted[key]) : Infinity));
    difference = Math.max(difference, ...off); // NaN stays NaN, which is not within the bound
    sums.add(got.reduce((sum, weight) => sum + weight, 0).toFixed(6));
  }
  const right = difference <= bound;
  if (!right) process.exitCode = 1;
  const shown = `${difference.toExponential(1)} ${right ? 'ok' : 'WRONG'}`;
  const maskShape = where ? `[${where.shape.join(', ')}]` : '';
  console.log(`${name.padEnd(8)} ${maskShape.padEnd(15)} ${shown.padEnd(19)} ${[...sums].sort().join(' or ')}`);
  return weights;
}

/** The definition, over the keys that a query sees. */
function plainSoftmax(scores, sees) {
  const logits = Array.from(scores, (score, key) => (sees(key) ? score / Math.sqrt(d) : -Infinity));
  const max = Math.max(...logits);
  if (max === -Infinity) return logits.fill(0);
  const terms = logits.map((logit) => Math.exp(logit - max));
  const sum = terms.reduce((total, term) => total + term, 0);
  return terms.map((term) => term / sum);
}

function drawFirstHeads() {
  const shade = (weight) => (' ░▒▓█'[Math.min(4, Math.ceil(4 * Math.sqrt(weight)))] ?? '?').repeat(2);
  console.log('\nThe first head of each sequence, a row for each query, a column for each key:');
  for (let query = 0; query < queries; query++) {
    const pictures = padded.map((_, b) => {
      const start = (b * heads * queries + query) * keys;
      const row = Array.from(weights.subarray(start, start + keys));
      return row.map((weight, key) => (both.data[(b * queries + query) * keys + key] ? shade(weight) : ' ·')).join('');
    });
    console.log(`  ${pictures.join('    ')}`);
  }
  console.log('  weight: ░ to 6 %  ▒ to 25 %  ▓ to 56 %  █ to 100 %   · masked');
}

function mask(maskShape, allowed) {
  const length = maskShape.reduce((product, n) => product * n, 1);
  return { data: Uint8Array.from({ length }, (_, i) => Number(allowed(i))), shape: maskShape };
}

function dotProducts(q, k) {
  return Float32Array.from({ length: batch * heads * queries * keys }, (_, i) => {
    const [row, column] = [Math.floor(i / keys), Math.floor(i / (queries * keys)) * keys + (i % keys)];
    const key = k.subarray(column * d, (column + 1) * d);
    return key.reduce((sum, value, j) => sum + value * q[row * d + j], 0);
  });
}

/** Normally distributed numbers (Box-Muller). */
function normals(length) {
  return Float32Array.from({ length }, () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random()));
}

/** Random numbers in [0, 1) that are the same in every run (a linear congruential generator). */
function seeded(state) {
  return () => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0) / 2 ** 32;
}
