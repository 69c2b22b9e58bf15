import { defineConfig } from 'vitest/config';

// Node 20 has relaxed SIMD behind a flag, and only the tests ask for it: so all four builds are tested there too.
const relaxed = Number(process.versions.node.split('.')[0]) < 22 ? ['--experimental-wasm-relaxed-simd'] : [];

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    pool: 'forks',
    execArgv: [...relaxed, '--expose-gc'],
    testTimeout: 60_000,
    // .ci/run counts from the file
    reporters: ['default', './test/support/skipped.ts', ...(process.env['CI'] ? ['json'] : [])],
    outputFile: { json: 'build/tests.json' },
  },
});
