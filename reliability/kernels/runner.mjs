// A process that runs the tests of the kernels against one mutant after the other; see mutate.mjs.
import { createVitest } from 'vitest/node';

let failed;
const reporter = {
  onTestCaseReady: () => process.send({ alive: true }),
  onTestCaseResult: (test) => {
    process.send({ alive: true });
    const { state, errors } = test.result();
    if (state === 'failed') failed ??= { test: test.fullName, error: errors?.[0]?.message?.split('\n')[0] };
  },
};
const vitest = await createVitest('test', {
  config: new URL('mutant.config.mjs', import.meta.url).pathname,
  watch: false,
  reporters: [reporter],
});
await vitest.standalone();
const files = await vitest.globTestSpecifications();

process.on('message', async (mutant) => {
  failed = undefined;
  vitest.provide('mutant', mutant);
  vitest.state.filesMap.clear();
  const { testModules, unhandledErrors } = await vitest.runTestSpecifications(files, true);
  const error = unhandledErrors[0] ?? testModules.flatMap((module) => module.errors())[0];
  let passed = 0;
  for (const module of testModules) for (const test of module.children.allTests('passed')) passed += test.ok() ? 1 : 0;
  process.send({
    done: true,
    passed,
    killed: failed ?? (error && { test: 'outside of a test', error: String(error.message).split('\n')[0] }),
  });
});
process.send({ ready: true });
