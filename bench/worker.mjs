/** The process of one contender: opens it, prepares and checks a workload, takes samples. Driven by child.mjs. */
import { judge, logits, maskOf } from './workloads.mjs';
import { contenders } from './contenders/index.mjs';

let settings,
  contender,
  job,
  callNs,
  opened = 0,
  warmed = false;
export let last; // keeps results alive

const now = () => Number(process.hrtime.bigint());

/** Time of n calls in ns. */
async function time(n) {
  const { call } = job;
  if (job.async) {
    const start = now();
    for (let i = 0; i < n; i++) last = await call();
    return now() - start;
  }
  const start = now();
  for (let i = 0; i < n; i++) last = call();
  return now() - start;
}

async function load() {
  const { open } = await import(`./contenders/${contenders[settings.name].file}?${opened++}`);
  contender = await open(settings);
}

const handlers = {
  async open(request) {
    settings = request;
    await load();
    return { version: contender.version, node: process.version };
  },

  async prepare({ work, warm }) {
    // loops are compiled for what they have met: each workload gets them new, the js contenders at their best
    if (contenders[settings.name].kind === 'js') await load();
    /** @type {any} */
    const x = logits(work),
      { fn, mode, outer, inner } = work;
    const out = mode === 'fresh' ? undefined : new x.constructor(fn === 'logsumexp' ? outer * inner : x.length);
    const mask = work.masked ? maskOf(work) : undefined;
    job = await contender.prepare({ ...work, x, out, mask });
    if (job === undefined) return { skip: true };
    const answer = job.call();
    job.async ??= answer instanceof Promise;
    const result = await answer,
      error = judge({ ...work, mask }, x, job.read ? await job.read(result) : result);
    callNs = Infinity;
    // the first workload of a process also waits for the compilers
    if (!warmed) warm = Math.max(200, warm);
    warmed = true;
    for (let n = 1, runs = 0, spent = 0; runs < 3 || (spent < warm * 1e6 && runs < 1000); runs++) {
      const ns = await time(n);
      spent += ns;
      callNs = Math.min(callNs, ns / n);
      n = Math.max(1, Math.min(n * 2, Math.floor(2e6 / callNs)));
      if (spent > 1e9) break;
    }
    return { error, callNs };
  },

  /** ns per call over about `ms` ms; short calls first get an untimed run, the caches being someone else's. */
  async sample({ ms }) {
    if (callNs < 2e6) await time(Math.ceil(1e6 / callNs));
    const n = Math.max(1, Math.round((ms * 1e6) / callNs));
    return { ns: (await time(n)) / n };
  },

  async close() {
    await job?.close?.();
    job = last = undefined;
    return {};
  },
};

process.on('message', async ({ type, ...rest }) => {
  try {
    process.send(await handlers[type](rest));
  } catch (error) {
    process.send({ error: String(error?.message ?? error), failed: true });
  }
});
process.on('disconnect', () => process.exit());
