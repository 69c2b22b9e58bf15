import { describe, test } from 'vitest';
import { createSoftmax } from '../../src/index.ts';
import { builds, type Build } from '../../src/kernels/choose.ts';
import type { Softmax } from '../../src/api.ts';

/** An instance of each build that this host takes; the reason for the others. */
export const instances: readonly { build: Build; softmax: Softmax | undefined; reason: string }[] = builds.map((build) => {
  try {
    const softmax = createSoftmax({ build });
    softmax.info();
    return { build, softmax, reason: '' };
  } catch (error) {
    return { build, softmax: undefined, reason: (error as Error).message };
  }
});

/** The same tests on every build; a build that the host refuses is skipped, with the reason in its name. */
export function eachBuild(name: string, body: (s: Softmax, build: Build) => void): void {
  for (const { build, softmax, reason } of instances) {
    if (softmax === undefined) test.skip(`${name} (${build}: ${reason})`);
    else describe(`${name} (${build})`, () => body(softmax, build));
  }
}
