import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { load } from '../inProcess/tests.mjs';

// Not the tests that need a flag of Node's, start processes of their own, look at other things than src, or count what the tests
// before them did.
const excluded =
  'accuracy blocks canary cli cliFormats cliLarge docs examples exhaustive hostileMemory instances lemmas long memory modules overlaps patch playground proof release site sizes types typesFuzz unzeroed'.split(
    ' ',
  );

// of random cases a part
process.env.FUZZ_PART ??= '0.05';

const counting = /stryCov_9fa48\((?:"\d+"(?:, )?)+\)/g;

/** Of the four builds the two whose ways through src differ most. */
const leftOut = /\((simd|scalar)\)/;

/** The tests of a folder that holds src and test. Unless `counts`, the calls by which Stryker counts what they reach are left out. */
export async function loadTests(root, counts = false) {
  const tests = await load(
    root,
    readdirSync(join(root, 'test')).flatMap((name) => {
      const [, file] = /^(\w+)\.test\.ts$/.exec(name) ?? [];
      return file === undefined || excluded.includes(file) ? [] : [file];
    }),
    { trace: true, edit: counts ? undefined : (text) => text.replace(counting, '0') },
  );
  return tests.filter(({ id }) => !leftOut.test(id));
}
