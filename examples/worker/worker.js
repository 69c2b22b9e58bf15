// A Cloudflare Worker: POST {"logits": [[1, 3, 2]], "temperature": 1} and get each row's probabilities.
//   npx wrangler dev          then
//   curl -d '{"logits": [[1, 3, 2]]}' http://127.0.0.1:8787
import { info, softmax } from 'softmax-simd';

export default {
  async fetch(request) {
    if (request.method !== 'POST')
      return new Response('POST {"logits": [[...]]}\n', { status: 405, headers: { allow: 'POST' } });
    try {
      const { logits, temperature = 1 } = await request.json();
      const probabilities = softmax(logits, { axis: -1, theta: 1 / temperature });
      return Response.json({ probabilities, build: info().build });
    } catch (error) {
      // ragged rows, text, a temperature of 0: the message says what is wrong and how to mend it
      return Response.json({ error: error.message }, { status: 400 });
    }
  },
};
