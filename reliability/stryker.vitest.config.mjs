import { defineConfig } from 'vitest/config';

// The tests that run in threads, where Stryker counts which of them reach a mutant: not those that need a flag of Node's
// or start processes of their own. STRYKER_TESTS=quick leaves out the slow ones for a first pass.
const slow = ['accuracy', 'fuzz', 'semantics', 'stream'];
const never = ['canary', 'docs', 'examples', 'exhaustive', 'instances', 'long', 'memory', 'modules', 'types'];
const excluded = process.env['STRYKER_TESTS'] === 'quick' ? [...never, ...slow] : never;

export default defineConfig({
  test: {
    include: ['test/*.test.ts'],
    exclude: [`test/{${excluded}}.test.ts`],
    isolate: false,
    testTimeout: 60_000,
  },
});
