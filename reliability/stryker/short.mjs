import { readFileSync } from 'node:fs';
import { beforeEach } from 'vitest';

// Leaves out the tests that take long, by the list that stryker.mjs has measured: a mutant that lives runs all the others. And
// one that asks for the size of a bundle, which the code that Stryker adds is in.

const list = process.env.STRYKER_LONG,
  left = new Set(list === undefined ? [] : [...JSON.parse(readFileSync(list, 'utf8')), 'toNested alone is bundled without kernels']); // prettier-ignore

/** As the JSON report of vitest names a test. */
function nameOf(task) {
  return task.suite?.name ? `${nameOf(task.suite)} ${task.name}` : task.name;
}

beforeEach((context) => {
  if (left.has(nameOf(context.task))) context.skip();
});
