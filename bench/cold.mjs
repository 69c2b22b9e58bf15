/**
 * Cold start: from the import to the first result of 1000 values, in fresh processes, taken in turn with an empty module.
 * Usage: node bench/cold.mjs [--quick] [--processes 25] [--node PATH] [--json FILE]
 */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { contenders } from './contenders/index.mjs';
import { inBench, machine, median, options, print, save, short } from './run.mjs';
import { logits, workload } from './workloads.mjs';

if (process.argv[2]?.startsWith('task=')) await task(process.argv[2].slice(5));
else run();

async function task(name) {
  const work = workload('softmax', 'float32', [1000], -1, 'fresh'),
    x = logits(work);
  const start = performance.now();
  if (name === 'empty module') await import('./contenders/empty.mjs');
  else if (name.startsWith('ours')) (await import('../dist/index.js')).softmax(x);
  else {
    const { open } = await import(`./contenders/${contenders[name].file}`);
    const job = await (await open({ name, dtype: 'float32' })).prepare({ ...work, x });
    await job.call();
  }
  process.stdout.write(String(performance.now() - start), () => process.exit());
}

function run() {
  const args = options({ processes: { type: 'string' } }),
    processes = Number(args.processes ?? (args.quick ? 9 : 25));
  const rivals = Object.keys(contenders).filter(
    (name) => contenders[name].package && existsSync(inBench(`node_modules/${contenders[name].package}`)),
  );
  // Node 22 and newer keep what they compiled, where they are told to: the first process writes it, the others read it
  const cached = 'ours, with NODE_COMPILE_CACHE',
    cache = mkdtempSync(join(tmpdir(), 'cold-')),
    major = Number(/^v?(\d+)/.exec(machine(args.node).node)[1]);
  const own = major < 22 ? ['ours'] : ['ours', cached];
  const found = new Map(['empty module', ...own, 'js-loop', ...rivals].map((name) => [name, []]));
  for (let round = 0; round < processes; round++) {
    for (const [name, list] of found) {
      try {
        list.push(
          Number(
            execFileSync(args.node, [import.meta.filename, `task=${name}`], {
              encoding: 'utf8',
              stdio: ['ignore', 'pipe', 'ignore'],
              env: name === cached ? { ...process.env, NODE_COMPILE_CACHE: cache } : process.env,
            }),
          ),
        );
      } catch {
        found.delete(name); // numpy-ts on Node 20
      }
    }
  }
  rmSync(cache, { recursive: true });
  const least = median(found.get('empty module'));
  const rows = [...found].map(([name, list]) => ({
    name,
    ms: median(list),
    min: Math.min(...list),
    over: median(list) - least,
  }));
  for (const row of rows) for (const key of ['ms', 'min', 'over']) row[key] = Number(row[key].toFixed(3));
  console.log(`Import to first result of 1000 values, median of ${processes} processes each, ms\n`);
  print([
    ['', 'median', 'least', 'over an empty module'],
    ...rows.map((row) => [row.name, short(row.ms), short(row.min), row.over.toFixed(2)]),
  ]);
  save(args.json ?? inBench('cold.json'), { ...machine(args.node), processes, rows });
}
