import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { defineConfig } from 'vitest/config';
import { BaseSequencer } from 'vitest/node';

// Tests that run in threads, where Stryker counts which of them reach a mutant: not those that need a flag of Node's, start
// processes of their own, look at other things than src, or count what the tests before them did.
const excluded = [
  'accuracy',
  'blocks',
  'canary',
  'cli',
  'cliFormats',
  'cliLarge',
  'docs',
  'examples',
  'exhaustive',
  'hostileMemory',
  'instances',
  'lemmas',
  'long',
  'memory',
  'modules',
  'overlaps',
  'patch',
  'playground',
  'proof',
  'release',
  'site',
  'sizes',
  'types',
  'typesFuzz',
];

// of random cases a tenth
process.env.FUZZ_PART = '0.1';
const list = process.env.STRYKER_LONG,
  took = list === undefined ? {} : JSON.parse(readFileSync(list, 'utf8')).files,
  timeOf = ({ moduleId }) => took[basename(moduleId)] ?? 0;

/** Short files first: most mutants fail in one of them, and the first failure ends their run. */
class ShortFirst extends BaseSequencer {
  async sort(files) {
    return files.sort((a, b) => timeOf(a) - timeOf(b));
  }
}

export default defineConfig({
  test: {
    include: ['test/*.test.ts'],
    exclude: [`test/{${excluded}}.test.ts`],
    setupFiles: ['reliability/stryker/short.mjs'],
    isolate: false,
    testTimeout: 60_000,
    sequence: { sequencer: ShortFirst },
  },
});
