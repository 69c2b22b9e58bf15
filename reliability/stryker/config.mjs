const plugin = (name) => new URL(`${name}.mjs`, import.meta.url).href;

/** @type {import('@stryker-mutator/api/core').PartialStrykerOptions} */
export default {
  testRunner: 'tests',
  plugins: [plugin('runner'), plugin('record'), plugin('only')],
  checkers: ['only'],
  coverageAnalysis: 'perTest',
  testRunnerNodeArgs: ['--expose-gc', '--disable-warning=ExperimentalWarning'],
  maxTestRunnerReuse: 300, // each time that the tests are loaded anew costs memory
  concurrency: Number(process.env.STRYKER_WORKERS ?? 2),
  disableTypeChecks: false,
  tsconfigFile: 'none', // it is read by the interface of a compiler that TypeScript 7 no longer has
  mutator: { excludedMutations: ['StringLiteral'] }, // texts of errors
  reporters: ['record', 'progress-append-only'],
  tempDirName: 'build/stryker',
  ignorePatterns: ['/runtimes', '/bench', '/docs', '/examples', '/tools/*.wasm', '/site'],
  // a mutant that takes longer than the tests that reach it, and so much besides, hangs
  dryRunTimeoutMinutes: 30, // src/numeric: loops over elements in which each operation asks whether it is the mutant
  timeoutFactor: 1, // of the tests while Stryker counted what they reach, which is slower
  timeoutMS: 8_000,
};
