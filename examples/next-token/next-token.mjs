// Decoding with a grammar: a made-up language model gives logits over 50,000 tokens, a grammar says which of them may come next, and
// sample draws one. The text is a list of numbers in JSON; exit code 1 where it does not parse, or where the same seed gives another.

import { sample } from 'softmax-simd';

const vocabulary = 50_000;
// the first tokens are those that the grammar knows, the others are words
const tokens = [...'0123456789', '[', ']', ',', '-', '.', '<end>'];
const token = (text) => tokens.indexOf(text);
const digits = [...'0123456789'].map(token);

/** What may follow: states of an automaton, each with its tokens and where they lead to. */
const grammar = {
  start: { '[': 'number' },
  number: { '-': 'first', ...to('whole', '123456789') },
  first: to('whole', '123456789'),
  whole: { ...to('whole', '0123456789'), '.': 'fraction', ',': 'number', ']': 'end' },
  fraction: to('decimals', '0123456789'),
  decimals: { ...to('decimals', '0123456789'), ',': 'number', ']': 'end' },
  end: { '<end>': 'done' },
};
function to(state, characters) {
  return Object.fromEntries([...characters].map((c) => [c, state]));
}

// a mask for each state, made once: 1 where a token may come
const masks = Object.fromEntries(
  Object.entries(grammar).map(([state, next]) => {
    const mask = new Uint8Array(vocabulary);
    for (const text of Object.keys(next)) mask[token(text)] = 1;
    return [state, mask];
  }),
);

const options = { temperature: 0.8, topK: 40, topP: 0.95, minP: 0.02 };
const texts = [1, 2, 3, 4].map((seed) => generate(seed));
const again = [1, 2, 3, 4].map((seed) => generate(seed));
console.log(`\nFour lists of numbers, drawn token by token from ${vocabulary} logits\n`);
for (const { text, logprob, steps } of texts) {
  const shown = text.length > 50 ? `${text.slice(0, 47)}...` : text;
  console.log(`${shown.padEnd(52)}${String(steps).padStart(3)} tokens${logprob.toFixed(1).padStart(8)}`);
}
const valid = texts.every(({ text }) => JSON.parse(text).every(Number.isFinite)),
  same = texts.every(({ text }, i) => text === again[i].text),
  free = generate(1, false).text;
console.log(`\nEach is JSON: ${valid}. The same again from the same seed: ${same}.`);
console.log(`Without the grammar the first one begins: ${free.slice(0, 30)}`);

const start = performance.now();
let count = 0;
while (performance.now() - start < 300) count += generate(count + 10).steps;
const each = (performance.now() - start) / count;
console.log(`${Math.round(1000 / each)} tokens a second, the model with it\n`);
if (!valid || !same) process.exitCode = 1;

/** Draws tokens until the grammar is done, at most 60. */
function generate(seed, constrained = true) {
  const random = seeded(seed),
    model = madeUp(seed);
  let state = 'start',
    text = '',
    logprob = 0,
    steps = 0;
  while (state !== 'done') {
    const logits = model(text.length),
      where = constrained ? masks[steps < 60 ? state : closing(state)] : undefined;
    const drawn = sample(logits, { ...options, where, random, logprobs: true }),
      word = tokens[drawn.indices] ?? ` word${drawn.indices}`;
    steps++;
    logprob += drawn.logprobs;
    if (word !== '<end>') text += word;
    if (!constrained && (steps === 8 || word === '<end>')) break;
    if (constrained) state = grammar[state][word];
  }
  return { text, logprob, steps };
}

/** The state to draw in when the text gets long: one that ends a list where it may end. */
function closing(state) {
  if (state !== 'whole' && state !== 'decimals') return state;
  masks.closing ??= Uint8Array.from({ length: vocabulary }, (_, i) => Number(i === token(']')));
  return 'closing';
}

/** Logits that depend on how far the text is; words are what the model likes best. */
function madeUp(seed) {
  const random = seeded(1000 + seed),
    base = Float32Array.from({ length: vocabulary }, () => 4 * (random() + random() + random() - 1.5));
  for (let i = tokens.length; i < 200; i++) base[i] += 6;
  const logits = new Float32Array(vocabulary);
  return (length) => {
    logits.set(base);
    for (const digit of digits) logits[digit] += 1 + Math.cos(digit * length + seed);
    logits[token(',')] += 3;
    logits[token('.')] += 2;
    logits[token(']')] += length / 12;
    return logits;
  };
}

/** Numbers from 0 on and below 1, the same for a seed: mulberry32. */
function seeded(seed) {
  return () => {
    seed = (seed + 0x6d2b79f5) | 0;
    let t = Math.imul(seed ^ (seed >>> 15), seed | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}
