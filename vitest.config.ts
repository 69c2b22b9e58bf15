import { randomInt } from 'node:crypto';
import { existsSync } from 'node:fs';
import { relative } from 'node:path';
import type { ViteDevServer } from 'vite';
import { defineConfig } from 'vitest/config';
import { refresh } from './tools/fresh.mjs';

// Node 20 has relaxed SIMD behind a flag, and only the tests ask for it: so all four builds are tested there too.
const relaxed = Number(process.versions.node.split('.')[0]) < 22 ? ['--experimental-wasm-relaxed-simd'] : [];

// Random tests draw new cases in each run; a failure prints the command that runs its case alone.
if (process.env['FUZZ_SEED'] === undefined) {
  process.env['FUZZ_SEED'] = String(randomInt(2 ** 31));
  console.log(
    `Random tests draw from seed ${process.env['FUZZ_SEED']}; FUZZ_SEED=${process.env['FUZZ_SEED']} npm test draws the same cases.`,
  );
}

// what takes more than three seconds, or reads dist/ (examples, modules): `npm run test:fast` leaves it out
const slow = [
  'accuracy',
  'blocks',
  'canary',
  'cli',
  'cliLarge',
  'columns',
  'companions',
  'companionsFuzz',
  'containers',
  'entropy',
  'examples',
  'exhaustive',
  'fuzz',
  'gradients',
  'growing',
  'histories',
  'hostile',
  'instances',
  'js',
  'kernels',
  'labelGradient',
  'lanes',
  'largest',
  'layout',
  'lemmas',
  'long',
  'memory',
  'modules',
  'near',
  'options',
  'overlaps',
  'rejected',
  'release',
  'support/routes',
  'sample',
  'sampleFuzz',
  'selections',
  'semantics',
  'sizes',
  'slopesNan',
  'spellings',
  'stateless',
  'stream',
  'summaries',
  'summariesForms',
  'typedRows',
  'types',
  'unzeroed',
  'walk',
  'ways',
  'weighted',
].map((name) => `test/${name}.test.ts`);
for (const file of slow) if (!existsSync(file)) throw new Error(`vitest.config.ts: there is no ${file}`);

/** In watch mode kernels are compiled as soon as they change; the tests that they touch follow. */
const compile = {
  name: 'compile',
  configureServer({ config, watcher }: ViteDevServer) {
    watcher.on('change', (file) => {
      if (!/^(assembly\/|asconfig\.json$)/.test(relative(config.root, file))) return;
      try {
        refresh('wasm');
      } catch (error) {
        console.error((error as Error).message);
      }
    });
  },
};

const project = (name: string, files: { include: string[]; exclude?: string[] }) => ({
  extends: true as const,
  test: { name, globalSetup: ['tools/fresh.mjs'], ...files },
});

export default defineConfig({
  plugins: [compile],
  test: {
    projects: [project('fast', { include: ['test/**/*.test.ts'], exclude: slow }), project('slow', { include: slow })],
    pool: 'forks',
    // npm run fuzz: all files side by side
    maxWorkers: process.env['FUZZ_MINUTES'] === undefined ? '100%' : 16,
    execArgv: [...relaxed, '--expose-gc'],
    testTimeout: process.env['FUZZ_MINUTES'] === undefined ? 60_000 : 600_000,
    // .ci/run counts from the file
    reporters: ['default', './test/support/skipped.ts', ...(process.env['CI'] ? ['json'] : [])],
    outputFile: { json: 'build/tests.json' },
  },
});
