import { defineConfig } from 'vitest/config';

// Reports measure; the tests assert. They run under vitest for its TypeScript and for V8's flag, as the tests do.
const relaxed = Number(process.versions.node.split('.')[0]) < 22 ? ['--experimental-wasm-relaxed-simd'] : [];

export default defineConfig({
  root: new URL('..', import.meta.url).pathname,
  test: {
    include: ['tools/*.report.ts'],
    pool: 'forks',
    execArgv: [...relaxed, '--expose-gc'],
    testTimeout: 4 * 3_600_000,
    fileParallelism: false,
    disableConsoleIntercept: true,
  },
});
