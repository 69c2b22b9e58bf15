// sample as the sampler of transformers.js. Its class LogitsSampler is not exported (4.3), so ours goes in where it takes code of yours:
// a LogitsProcessor draws a token and leaves nothing else, and the greedy search of generate() takes that one. top_p and min_p, which
// transformers.js does not apply itself, come with it. The model is a stub: its logits depend on the last token alone.
// Exit code 1 where the texts are not what the draws say. It needs: npm install softmax-simd @huggingface/transformers@4

// @ts-ignore: a user of this has it; here runtimes/ alone installs it
import { GPT2LMHeadModel, LogitsProcessor, LogitsProcessorList, Tensor } from '@huggingface/transformers';
import { sample } from 'softmax-simd';

/** Draws the next token of every sequence of a batch. `options` are those of sample. */
export class SampleProcessor extends LogitsProcessor {
  drawn = [];
  time = 0;

  constructor(options) {
    super();
    this.options = options;
  }

  _call(inputIds, logits) {
    const start = performance.now(),
      { data, dims } = logits,
      tokens = sample({ data, dims }, this.options).data;
    data.fill(-Infinity);
    for (let row = 0; row < inputIds.length; row++) data[row * dims.at(-1) + tokens[row]] = 0;
    this.time += performance.now() - start;
    this.drawn.push([...tokens]);
    return logits;
  }
}

const vocabulary = 32_000,
  length = 40;

/** A language model without a network: each token is followed by others near it. */
const model = new GPT2LMHeadModel({ model_type: 'gpt2', eos_token_id: null, bos_token_id: null }, {}, {});
Object.assign(model, {
  async forward({ input_ids: ids }) {
    const [batch] = ids.dims,
      logits = new Float32Array(batch * vocabulary);
    for (let row = 0; row < batch; row++) {
      const last = Number(ids.data[row]);
      for (let i = 0; i < vocabulary; i++) {
        logits[row * vocabulary + i] = 3 * Math.sin(i * 1.7 + last) - Math.abs(i - last - 1) / 50;
      }
    }
    return { logits: new Tensor('float32', logits, [batch, 1, vocabulary]) };
  },
  prepare_inputs_for_generation(ids) {
    const last = ids.map((row) => row.at(-1));
    return { input_ids: new Tensor('int64', BigInt64Array.from(last), [last.length, 1]) };
  },
  _update_model_kwargs_for_generation: ({ model_inputs }) => model_inputs,
});

const prompt = () => new Tensor('int64', BigInt64Array.of(100n, 2000n), [2, 1]);

async function generate(options, settings) {
  const start = performance.now(),
    list = new LogitsProcessorList();
  const ours = options === undefined ? undefined : new SampleProcessor(options);
  if (ours !== undefined) list.push(ours);
  const ids = await model.generate({
    inputs: prompt(),
    max_new_tokens: length,
    logits_processor: list,
    ...settings,
  });
  return { rows: ids.tolist().map((row) => row.slice(1).map(Number)), ours, time: performance.now() - start };
}

const options = { temperature: 0.8, topK: 50, topP: 0.95, minP: 0.02 };
const first = await generate({ ...options, random: seeded(1) }, { do_sample: false }),
  again = await generate({ ...options, random: seeded(1) }, { do_sample: false }),
  other = await generate({ ...options, random: seeded(2) }, { do_sample: false });
const text = (rows) => JSON.stringify(rows),
  agree = first.rows.every((row, at) => row.every((token, step) => token === first.ours.drawn[step][at]));
console.log(`\nTwo sequences of ${length} tokens from ${vocabulary}, by generate() of transformers.js\n`);
for (const row of first.rows) console.log(`${row.slice(0, 12).join(' ')} ...`);
console.log(`\nThe texts are the tokens that sample drew: ${agree}`);
console.log(`The same from the same seed: ${text(first.rows) === text(again.rows)}`);
console.log(`Others from another seed: ${text(first.rows) !== text(other.rows)}`);

// the time beside the model's: the whole of a run less that of a greedy one
const greedy = await generate(undefined, { do_sample: false });
console.log(`\nsample, topK, topP and minP            ${speed(first.ours.time)}`);
for (const topK of [50, 0]) {
  const label = `transformers.js, top_k ${topK}, less greedy`.padEnd(39);
  try {
    const own = await generate(undefined, { do_sample: true, temperature: 0.8, top_k: topK });
    console.log(label + speed(own.time - greedy.time));
  } catch (error) {
    // its topk is a session of onnxruntime
    console.log(`${label}${error.message.slice(0, 30)}`);
  }
}
if (!agree || text(first.rows) !== text(again.rows) || text(first.rows) === text(other.rows)) process.exitCode = 1;

function speed(milliseconds) {
  return `${Math.round((2 * length) / (Math.max(milliseconds, 0.01) / 1000))} tokens a second`;
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
