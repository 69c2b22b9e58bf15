/**
 * Each of our builds against the tight JS loop, timed by tinybench, each in a process of its own, three times in turn.
 * Usage: node bench/builds.mjs [--quick] [--fn softmax] [--dtype float32] [--mode into] [--node PATH] [--json FILE]
 */
import { execFileSync } from 'node:child_process';
import { pathToFileURL } from 'node:url';
import { contenders } from './contenders/index.mjs';
import { median, options, print, relaxedFlag, save, short } from './run.mjs';
import { isQuick, judge, logits, workload, workloads } from './workloads.mjs';

const tasks = ['js-loop', 'relaxed', 'simd', 'scalar', 'js'];

/** In the process of one task: the median ns per element of every workload. */
async function task({ task, quick, fn, dtype, mode }) {
  const { Bench } = await import('tinybench');
  const ours = task !== 'js-loop';
  const { open } = await import(`./contenders/${contenders[ours ? 'ours' : 'js-loop'].file}`);
  const contender = await open({ dtype, build: task }),
    result = {};
  for (const work of list({ quick, fn, dtype, mode })) {
    /** @type {any} */
    const x = logits(work),
      out = new x.constructor(fn === 'logsumexp' ? work.outer * work.inner : x.length);
    const { call, read = (y) => y, close } = contender.prepare({ ...work, x, out });
    judge(work, x, read(call()));
    // the clock costs as much as a short call: several of them make one
    const calls = Math.max(1, Math.round(2e4 / work.elements));
    const bench = new Bench({
      time: quick ? 20 : 100,
      warmupTime: quick ? 20 : 50,
      iterations: 3,
      warmupIterations: 2,
    });
    bench.add(work.name, () => {
      for (let i = 0; i < calls; i++) call();
    });
    bench.runSync();
    /** @type {any} */
    const found = bench.tasks[0].result;
    result[work.name] = (found.latency.p50 * 1e6) / calls / work.elements;
    close?.();
  }
  process.stdout.write(JSON.stringify(result));
}

const list = ({ quick, fn, dtype, mode }) =>
  workloads()
    .filter((w) => w.fn === fn && w.dtype === dtype && w.mode === mode)
    .filter((w) => !quick || isQuick(workload('softmax', 'float32', w.shape, w.axis, 'fresh')));

export function builds({ quick, node, fn = 'softmax', dtype = 'float32', mode = 'into' }) {
  const settings = { quick, fn, dtype, mode },
    old = execFileSync(node, ['--version'], { encoding: 'utf8' }).startsWith('v20.');
  const found = Object.fromEntries(tasks.map((name) => [name, []]));
  for (let round = 0; round < (quick ? 2 : 3); round++) {
    for (const name of tasks) {
      const flags = name === 'relaxed' && old ? [relaxedFlag] : [];
      const given = JSON.stringify({ ...settings, task: name });
      try {
        found[name].push(
          JSON.parse(
            execFileSync(node, [...flags, import.meta.filename, given], {
              encoding: 'utf8',
              stdio: ['ignore', 'pipe', 'pipe'],
            }),
          ),
        );
      } catch (error) {
        if (round === 0)
          console.log(`without the ${name} build: ${/Error: .*/.exec(error.stderr)?.[0] ?? error.message}`);
      }
    }
  }
  const running = tasks.filter((name) => found[name].length > 0),
    ns = (name, work) => median(found[name].map((r) => r[work.name]));
  const rows = list(settings).map((work) => ({
    name: work.name,
    ns: Object.fromEntries(running.map((name) => [name, Number(ns(name, work).toPrecision(4))])),
  }));
  console.log(
    'Builds: the tight JS loop in ns per element, and how many times faster each build is' +
      (old ? ` (relaxed behind ${relaxedFlag})` : '') +
      '\n',
  );
  print([
    ['workload', ...running],
    ...rows.map((row) => [
      row.name,
      ...running.map((name) =>
        name === 'js-loop' ? short(row.ns[name]) : `${short(row.ns['js-loop'] / row.ns[name])}x`,
      ),
    ]),
  ]);
  return rows;
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  if (process.argv[2]?.startsWith('{')) await task(JSON.parse(process.argv[2]));
  else {
    const string = { type: 'string' },
      args = options({ fn: string, dtype: string, mode: string });
    const rows = builds(args);
    if (args.json) save(args.json, rows);
  }
}
