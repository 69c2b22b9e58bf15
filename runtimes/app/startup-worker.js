// A Worker that compiles ahead of its first request.
import { init, softmax } from 'softmax-simd';

const { build } = await init();

export default {
  fetch: () => Response.json({ build, probabilities: softmax([0, 0]) }),
};
