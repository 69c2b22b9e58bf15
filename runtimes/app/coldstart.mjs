// Prints the milliseconds from import() to the first result.
const x = new Float32Array(1000).map((_, i) => (i * 7919) % 13);
const start = performance.now();
const { softmax } = await import('softmax-simd');
const y = softmax(x);
const took = performance.now() - start;
if (!(y[12] > 0)) throw new Error('no result');
console.log(took.toFixed(3));
