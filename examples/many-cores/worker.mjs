// What a thread does: the logits and the results lie in shared memory, so a task names places and brings no numbers.

import { softmax, summarize } from 'softmax-simd';

const view = ({ buffer, from, to }) => new Float32Array(buffer, 4 * from, to - from);

/** softmax of some rows. */
export function rows({ x, y, length }) {
  const logits = view(x);
  softmax(logits, { shape: [logits.length / length, length], axis: -1, out: view(y) });
}

/** What a stretch of one long lane adds to it. */
export const summary = ({ x }) => summarize(view(x));

/** The share of the stretch in the whole lane. */
export function share({ x, y, whole }) {
  softmax(view(x), { within: whole, out: view(y) });
}
