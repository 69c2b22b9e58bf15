// A Worker that answers a request with what the conformance says; the package is not called before.
import * as api from 'softmax-simd';
import { conformBuilds } from './conformance.mjs';

export default {
  async fetch() {
    try {
      return Response.json(await conformBuilds(api));
    } catch (error) {
      return new Response(String(error?.stack ?? error), { status: 500 });
    }
  },
};
