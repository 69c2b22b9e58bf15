import { join } from 'node:path';
import { defineConfig } from 'vitest/config';
import { BaseSequencer } from 'vitest/node';

/** The tests of the kernels, those first that find most for their time. */
export const tests = process.env.MUTANT_TESTS?.split(',') ?? [
  'semantics',
  'canary',
  'accuracy',
  'columns',
  'containers',
  'companions',
  'kernels',
  'stream',
  'fuzz',
  'instances',
  'near',
  'half',
  'gradients',
  'labelGradient',
  'largest',
  'sample',
  'spellings',
];
const rank = ({ moduleId }) => tests.findIndex((name) => moduleId.endsWith(`/${name}.test.ts`));

class InOrder extends BaseSequencer {
  async sort(files) {
    return files.sort((a, b) => rank(a) - rank(b));
  }
}

export default defineConfig({
  root: join(import.meta.dirname, '../..'),
  test: {
    include: tests.map((name) => `test/${name}.test.ts`),
    setupFiles: [join(import.meta.dirname, 'mutant.setup.mjs')],
    // one build; the fuzz test walks over all of them in one test
    testNamePattern:
      /\(simd\)|^(every call of every kind|so does every call|\w+Gradient keeps its bound|the companions give)/,
    sequence: { sequencer: InOrder },
    pool: 'threads',
    isolate: false,
    maxWorkers: 1,
    bail: 1,
    testTimeout: 120_000,
    silent: true,
  },
});
