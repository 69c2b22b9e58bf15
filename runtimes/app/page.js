// Says what the conformance says, on the main thread or from a module worker (?thread=worker).
import { tell } from './tell.js';

const inWorker = new URL(location.href).searchParams.get('thread') === 'worker';

await tell(async () => {
  if (!inWorker) {
    const [api, { conformBuilds }] = await Promise.all([
      import('./node_modules/softmax-simd/dist/index.js'),
      import('./conformance.mjs'),
    ]);
    return conformBuilds(api);
  }
  const worker = new Worker(new URL('./page-worker.js', import.meta.url), { type: 'module' });
  return new Promise((resolve, reject) => {
    worker.onmessage = ({ data }) => resolve(data);
    worker.onerror = (event) => reject(new Error(`the worker failed: ${event.message}`));
  });
});
