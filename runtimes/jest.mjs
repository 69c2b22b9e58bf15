// Jest without settings (CommonJS) and with modules, in its environments; and what require() beside import gives elsewhere.
import { join } from 'node:path';
import { engines } from './commandline.mjs';
import { here, sh } from './scratch.mjs';

const modules = join(here, 'node_modules');
const environments = {
  node: 'node',
  jsdom: join(modules, 'jest-environment-jsdom'),
  'edge-runtime': join(modules, '@edge-runtime/jest-environment'),
};
const forms = { '': 'softmax.test.js', ', modules': 'softmax.test.mjs' };

export function* jest({ folder }) {
  for (const [environment, path] of Object.entries(environments)) {
    for (const [form, file] of Object.entries(forms)) {
      yield {
        check: `Jest, ${environment}${form}`,
        async run() {
          const program = [join(modules, 'jest/bin/jest.js'), '--watchman=false', '--runInBand', `--env=${path}`];
          const NODE_OPTIONS = form === '' ? '' : '--experimental-vm-modules';
          const env = { ...process.env, NODE_OPTIONS };
          const options = { cwd: join(folder, 'jest'), env };
          const { stderr } = await sh(process.execPath, [...program, '--testMatch', `**/${file}`], options);
          if (!/^Tests: +1 passed, 1 total$/m.test(stderr)) throw new Error(stderr);
          return 'answers by a SIMD build';
        },
      };
    }
  }
  for (const { runtime, file } of engines.filter((engine) => engine.runtime !== 'Deno')) {
    yield {
      check: `${runtime}: require() and import`,
      run: async () => (await sh(file, ['dual.cjs'], { cwd: folder })).stdout.trim(),
    };
  }
  yield {
    check: 'the CommonJS build beside the module',
    run: async () => (await sh(process.execPath, ['dual.cjs', 'two'], { cwd: folder })).stdout.trim(),
  };
}
