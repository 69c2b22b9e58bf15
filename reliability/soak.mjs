// Does memory stay where it is? node reliability/soak.mjs [--small N] [--large N] [--builds simd,js] [--json FILE]
// Each part in a process of its own; exit code 1 when memory grew, a result was wrong or a refused call lost something.
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { machine, save } from '../bench/run.mjs';
import { createSoftmax } from '../dist/index.js';

const { values: options } = parseArgs({
  options: {
    small: { type: 'string', default: '10000000' },
    large: { type: 'string', default: '1000' },
    builds: { type: 'string', default: 'relaxed,simd,scalar,js' },
    json: { type: 'string', default: join(import.meta.dirname, 'results/soak.json') },
  },
});
const MB = 2 ** 20,
  mb = (bytes) => `${(bytes / MB).toFixed(1)} MB`;

/**
 * How far memory may be above what it was after the warm-up, which is a tenth of the calls again.
 * memoryBytes, of the instance: nothing at all.
 * held, by JavaScript after a collection: 16 bytes, the smallest object, left by one of the 35 kinds of small calls are 4 MB.
 * rss: malloc keeps some freed pages, code is compiled late; 2 bytes left by each small call, or 20 KB by each large one, are
 * more.
 */
const margins = { memoryBytes: 0, held: 2 * MB, rss: 16 * MB };
/** V8 doubles its young generation when it sees fit, to 128 MB and more: a fixed size, so that RSS tells of the rest. */
const steady = ['--min-semi-space-size=16', '--max-semi-space-size=16'];

/** 512 MB: a long lane, lanes side by side in the least memory, float64. */
const huge = [
  { name: 'softmax', dtype: 'float32', shape: [2 ** 27], axis: -1, maxMemory: 64 * MB },
  { name: 'logSoftmax', dtype: 'float32', shape: [2 ** 17, 2 ** 10], axis: 0, maxMemory: 2 * MB },
  { name: 'logsumexp', dtype: 'float64', shape: [2 ** 26], axis: -1, maxMemory: 64 * MB },
];

let failures = 0;
const report = { ...machine(process.execPath), margins, skipped: [], builds: [] };
for (const build of options.builds.split(',')) {
  try {
    createSoftmax({ build }).info();
  } catch (error) {
    console.log(`${build}: skipped, as this host refuses it (${error.message})`);
    report.skipped.push({ build, reason: error.message });
    continue;
  }
  console.log(build);
  const result = { build, calls: await calls(build), huge: [], refused: await refused(build) };
  for (const work of huge) result.huge.push(await enormous(build, work));
  report.builds.push(result);
}
save(options.json, { ...report, failures });
console.log(failures === 0 ? 'Nothing grew, nothing was lost.' : `${failures} failed.`);
process.exitCode = failures === 0 ? 0 : 1;

async function calls(build) {
  const result = await run(process.execPath, [
    '--expose-gc',
    ...steady,
    part('calls'),
    build,
    options.small,
    options.large,
  ]);
  const [first, ...later] = result.samples;
  for (const [what, margin] of Object.entries(margins)) {
    const most = Math.max(...later.map((sample) => sample[what]));
    judge(
      most - first[what] <= margin,
      `${what} ${mb(first[what])} after the warm-up, then at most ${mb(most)} (margin ${mb(margin)})`,
    );
  }
  judge(
    later.every(({ tensors, forgotten }) => tensors === first.tensors && forgotten === 0),
    'every tensor was given back',
  );
  judge(result.sameBits, 'the same calls give the same bits at the end');
  return result;
}

async function enormous(build, work) {
  const { name, dtype, shape, axis, maxMemory } = work;
  const result = await run(process.execPath, [
    part('huge'),
    build,
    name,
    dtype,
    String(shape),
    String(axis),
    String(maxMemory),
  ]);
  const { memoryBytes, peak, before, seconds, worst, right } = result;
  const title = `${name} of ${dtype} [${shape}], axis ${axis}`;
  judge(
    right,
    `${title}: every result right, relative error at most ${worst.toExponential(1)}; ${seconds.toFixed(1)} s`,
  );
  judge(memoryBytes <= maxMemory, `${title}: memory of the instance ${mb(memoryBytes)}, maxMemory ${mb(maxMemory)}`);
  judge(peak - before <= 64 * MB, `${title}: the process took ${mb(peak - before)} beyond input and output`);
  return { ...work, ...result };
}

/** The host's own bounds: V8's on the pages of a wasm memory; for plain JavaScript that on the address space of a process. */
async function refused(build) {
  const script = part('refused');
  const result =
    build === 'js'
      ? await run('sh', ['-c', 'ulimit -v 2000000; exec "$0" "$@"', process.execPath, script, build, '1000000'])
      : await run(process.execPath, ['--wasm-max-mem-pages=512', script, build, '40000']);
  judge(
    true,
    `refused after ${result.held} tensors, at ${mb(result.memoryBytes)}; a long lane then ${result.laneRefused ? 'refused' : 'right'}; nothing lost`,
  );
  return result;
}

function part(name) {
  return join(import.meta.dirname, `soak/${name}.mjs`);
}

/** Runs a part to its end: the figures that it printed. */
function run(file, args) {
  return new Promise((done, failed) => {
    const child = execFile(file, args, (error, stdout) => (error === null ? done(JSON.parse(stdout)) : failed(error)));
    child.stderr.pipe(process.stderr);
  });
}

function judge(right, text) {
  console.log(`  ${right ? 'ok   ' : 'WRONG'} ${text}`);
  if (!right) failures++;
}
