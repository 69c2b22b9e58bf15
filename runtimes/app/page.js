// Says what the conformance says of ?entry=FILE, on the main thread or from a module worker (?thread=worker).
import { tell } from './tell.js';

const { searchParams } = new URL(location.href),
  entry = searchParams.get('entry') ?? 'index.js';

await tell(async () => {
  if (searchParams.get('thread') !== 'worker') {
    const [api, { conformBuilds }] = await Promise.all([
      import(`./node_modules/softmax-simd/dist/${entry}`),
      import('./conformance.mjs'),
    ]);
    return conformBuilds(api);
  }
  const worker = new Worker(new URL(`./page-worker.js?entry=${entry}`, import.meta.url), { type: 'module' });
  return new Promise((resolve, reject) => {
    worker.onmessage = ({ data }) => resolve(data);
    worker.onerror = (event) => reject(new Error(`the worker failed: ${event.message}`));
  });
});
