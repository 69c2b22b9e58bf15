// The same as coldstart.mjs, in a Worker's first request.
const x = new Float32Array(1000).map((_, i) => (i * 7919) % 13);

export default {
  async fetch() {
    const start = performance.now();
    const { softmax } = await import('softmax-simd');
    const y = softmax(x);
    return Response.json({ took: performance.now() - start, y: y[12] });
  },
};
