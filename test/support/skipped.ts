import type { Reporter, TestModule } from 'vitest/node';

/** Prints the tests that were skipped, which vitest only counts; each title says why. */
export default class Skipped implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    const titles = modules.flatMap((module) => [...module.children.allTests('skipped')].map((test) => test.fullName));
    if (titles.length > 0) console.log(`\nSkipped:\n${titles.map((title) => `  ${title}`).join('\n')}`);
  }
}
