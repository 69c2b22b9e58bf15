/** @type {import('@stryker-mutator/api/core').PartialStrykerOptions} */
export default {
  testRunner: 'vitest',
  plugins: [import.meta.resolve('@stryker-mutator/vitest-runner')],
  vitest: { configFile: 'reliability/stryker.vitest.config.mjs', related: false },
  coverageAnalysis: 'perTest',
  concurrency: 2,
  mutate: [
    'plan/overlap',
    'numeric/half',
    'kernels/theta',
    'functions/oneHot',
    'functions/crossEntropy',
    'input/options',
  ].map((name) => `src/${name}.ts`),
  disableTypeChecks: false,
  tsconfigFile: 'none', // it is read by the interface of a compiler that TypeScript 7 no longer has
  ignoreStatic: true,
  mutator: { excludedMutations: ['StringLiteral'] }, // texts of errors
  reporters: ['clear-text', 'json', 'progress-append-only'],
  clearTextReporter: { logTests: false, reportTests: false, allowColor: false },
  jsonReporter: { fileName: 'build/stryker.json' },
  tempDirName: 'build/stryker',
  ignorePatterns: ['/runtimes', '/bench', '/docs', '/examples', '/tools/*.wasm'],
  timeoutMS: 60_000,
  allowEmpty: false,
};
