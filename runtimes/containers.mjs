// The arrays that people hold: objects of the real libraries through the packed tarball (app/containers.mjs), and the
// package's own tests of 16-bit floats where the host has Float16Array, which the Node of `npm cit` need not.
import { copyFileSync, mkdirSync, readFileSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { engines } from './commandline.mjs';
import { here, root, sh } from './scratch.mjs';

// numpy-ts wants Node 22, which has no Float16Array yet: there float16 tensors hold bits.
const nodes = engines.filter(({ runtime }) => ['Node 22', 'Node 24', 'Node 26'].includes(runtime));
const libraries = [
  '@huggingface/transformers',
  '@jax-js/jax',
  '@tensorflow/tfjs-backend-cpu',
  '@tensorflow/tfjs-core',
  'ndarray',
  'numpy-ts',
  'onnxruntime-web',
];
const halves = ['companions', 'containers', 'layout', 'semanticsRows'].map((name) => `test/${name}.test.ts`);

export function* containers({ folder }) {
  for (const library of libraries) {
    const link = join(folder, 'node_modules', library);
    mkdirSync(dirname(link), { recursive: true });
    symlinkSync(join(here, 'node_modules', library), link);
  }
  for (const { runtime, file } of nodes) {
    yield {
      check: `containers of other libraries, ${runtime}`,
      async run() {
        const { stdout } = await sh(file, ['containers.mjs'], { cwd: folder });
        const held = Object.entries(JSON.parse(stdout.trim().split('\n').pop()));
        return held.map(([library, count]) => `${library} ${count}`).join(', ');
      },
    };
  }
  yield {
    check: 'examples/transformers: sample in generate() of transformers.js, Node 24',
    async run() {
      const name = 'transformers.mjs';
      copyFileSync(join(root, 'examples/transformers', name), join(folder, name));
      const { stdout } = await sh(nodes[1].file, [name], { cwd: folder });
      return stdout.match(/sample, topK, topP and minP +(\d+ tokens a second)/)[1];
    },
  };
  yield {
    check: 'tests of 16-bit floats, Node 24',
    async run() {
      const { file } = nodes[1];
      const vitest = join(root, 'node_modules/vitest/vitest.mjs');
      const result = join(folder, 'halves.json');
      const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${result}`];
      const env = { ...process.env, CI: '' }; // or it would write over build/tests.json
      await sh(file, [vitest, 'run', ...reporters, ...halves], { cwd: root, env });
      const { numTotalTests, numPassedTests } = JSON.parse(readFileSync(result, 'utf8'));
      if (numPassedTests < numTotalTests)
        throw new Error(`${numTotalTests - numPassedTests} of ${numTotalTests} did not run`);
      return `${numPassedTests} passed on all builds, none skipped`;
    },
  };
}
