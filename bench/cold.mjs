/**
 * Cold start: from the import to the first result of 1000 values, in fresh processes, taken in turn with an empty module.
 * Usage: node bench/cold.mjs [--quick] [--processes 25] [--node PATH] [--json FILE]
 */
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
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
  else if (name === 'ours') (await import('../dist/index.js')).softmax(x);
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
  const found = new Map(['empty module', 'ours', 'js-loop', ...rivals].map((name) => [name, []]));
  for (let round = 0; round < processes; round++) {
    for (const [name, list] of found) {
      try {
        list.push(
          Number(
            execFileSync(args.node, [import.meta.filename, `task=${name}`], {
              encoding: 'utf8',
              stdio: ['ignore', 'pipe', 'ignore'],
            }),
          ),
        );
      } catch {
        found.delete(name); // numpy-ts on Node 20
      }
    }
  }
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
