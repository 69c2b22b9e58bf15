// Node, Bun and Deno: the programs themselves, called by path, run app/commandline.mjs in the scratch folder.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { here, sh } from './scratch.mjs';

const tool = (...path) => join(here, 'node_modules', ...path);
const wasm = ['relaxed', 'simd', 'scalar'];
const own = Number(process.versions.node.split('.')[0]);

/** Each engine: its program, the arguments, the build that has to answer and those that it has to refuse. */
export const engines = [
  {
    runtime: `Node ${own}`,
    file: process.execPath,
    args: [],
    build: own < 22 ? 'simd' : 'relaxed',
    refused: own < 22 ? ['relaxed'] : [],
  },
  { runtime: 'Node 22', file: tool('node-22/bin/node'), args: [], build: 'relaxed', refused: [] },
  { runtime: 'Node 24', file: tool('node-24/bin/node'), args: [], build: 'relaxed', refused: [] },
  { runtime: 'Node 26', file: tool('node-26/bin/node'), args: [], build: 'relaxed', refused: [] },
  // its engine does not fuse multiply-adds on x64
  {
    runtime: 'Bun',
    file: tool('@oven/bun-linux-x64/bin/bun'),
    args: ['run'],
    build: 'simd',
    refused: ['relaxed'],
  },
  // no permission flag: nothing is read, no host is asked
  {
    runtime: 'Deno',
    file: tool('@deno/linux-x64-glibc/deno'),
    args: ['run', '--no-prompt', '--no-lock', '--cached-only'],
    build: 'relaxed',
    refused: [],
  },
];
const [, , , node26, bun, deno] = engines;
const jitless = [engines[0], node26].map((engine) => ({
  ...engine,
  rare: engine === node26, // the same as the first, and the slowest
  runtime: `${engine.runtime} --jitless`,
  args: ['--jitless'],
  build: 'js',
  refused: wasm,
}));
/** Node 20 has relaxed SIMD, but behind a flag. */
const flagged = engines
  .slice(0, 1)
  .filter(({ build }) => build === 'simd')
  .map((engine) => ({
    ...engine,
    runtime: `${engine.runtime} --experimental-wasm-relaxed-simd`,
    args: ['--experimental-wasm-relaxed-simd'],
    build: 'relaxed',
    refused: [],
  }));

/** What Bun makes one file of, or one program; and what Deno says to the types. */
async function* tools({ folder }) {
  const made = (name) => join(folder, 'bundles', name);
  const build = (...args) => sh(bun.file, ['build', 'commandline.mjs', ...args], { cwd: folder });
  const version = async () => (await sh(bun.file, ['--version'])).stdout.trim();
  yield {
    runtime: 'bun build, in Node 26',
    build: node26.build,
    refused: node26.refused,
    version,
    async run() {
      await build('--target=node', '--minify', '--outfile', made('bun.mjs'));
      return JSON.parse((await sh(node26.file, [made('bun.mjs')])).stdout);
    },
  };
  yield {
    runtime: 'bun build --compile',
    build: bun.build,
    refused: bun.refused,
    version,
    async run() {
      await build('--compile', '--outfile', made('program'));
      return JSON.parse((await sh(made('program'), [])).stdout);
    },
  };
  yield {
    check: 'deno check',
    async run() {
      await sh(deno.file, ['check', '--no-lock', '--cached-only', 'consumer.ts'], { cwd: folder });
      return 'consumer.ts is accepted';
    },
  };
}

/** The command line by its bin, in each engine: its version, and probabilities of a file and of standard input. */
async function* bin({ folder, installed }) {
  const { version } = JSON.parse(readFileSync(join(installed, 'package.json'), 'utf8'));
  const command = join(folder, 'node_modules/.bin/softmax-simd');
  writeFileSync(join(folder, 'scores.csv'), '1,3,2\n');
  const right = (text) => JSON.parse(text).every((p, i) => Math.abs(p - [0.0900306, 0.665241, 0.2447285][i]) < 1e-6);
  const deno = ['run', '--no-prompt', '--no-lock', '--cached-only', '--allow-read', '--allow-env'];
  for (const { runtime, file, args } of engines) {
    yield {
      check: `npx softmax-simd, ${runtime}`,
      async run() {
        const own = runtime === 'Deno' ? deno : args;
        const call = async (...words) => (await sh(file, [...own, command, ...words], { cwd: folder })).stdout;
        const said = (await call('--version')).trim();
        if (said !== version) throw new Error(`--version says ${said}, not ${version}`);
        const text = await call('softmax', 'scores.csv');
        if (!right(text)) throw new Error(`softmax scores.csv gives ${text}`);
        return `softmax-simd ${said}: softmax of a file`;
      },
    };
  }
  yield {
    check: 'npx softmax-simd, by npx, from standard input',
    async run() {
      const { stdout } = await sh('sh', ['-c', "echo '[1, 3, 2]' | npx --offline softmax-simd softmax"], {
        cwd: folder,
      });
      if (!right(stdout)) throw new Error(`it gives ${stdout}`);
      return 'probabilities of [1, 3, 2]';
    },
  };
}

export async function* commandline(place) {
  const { folder } = place;
  const version = async (file) => (await sh(file, ['--version'])).stdout.match(/\d+\.\d+\.\d+/)[0];
  for (const { runtime, file, args, build, refused, rare } of [...engines, ...flagged, ...jitless]) {
    yield {
      runtime,
      rare,
      build,
      refused,
      version: () => version(file),
      run: async () => JSON.parse((await sh(file, [...args, 'commandline.mjs'], { cwd: folder })).stdout),
    };
  }
  for (const { runtime, file, build, refused } of engines.filter((engine) => engine.runtime !== 'Deno')) {
    yield {
      runtime: `${runtime}, require()`,
      build,
      refused,
      version: () => version(file),
      run: async () => JSON.parse((await sh(file, ['require.cjs'], { cwd: folder })).stdout),
    };
  }
  for (const { runtime, file, args } of engines) {
    yield {
      runtime: `${runtime}, softmax-simd/js`,
      rare: runtime === 'Node 22' || runtime === 'Node 26',
      build: 'js',
      refused: wasm,
      version: () => version(file),
      run: async () => JSON.parse((await sh(file, [...args, 'js.mjs'], { cwd: folder })).stdout),
    };
  }
  yield* bin(place);
  yield* tools(place);
}

/** Milliseconds from import() to the first softmax of 1000 values, each time in a process of its own. */
export async function coldStart({ folder }, times = 9) {
  const took = {};
  for (const { runtime, file, args } of engines) {
    took[runtime] = [];
    for (let i = 0; i < times; i++)
      took[runtime].push(Number((await sh(file, [...args, 'coldstart.mjs'], { cwd: folder })).stdout));
  }
  return took;
}
