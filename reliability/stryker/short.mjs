import { readFileSync } from 'node:fs';
import { beforeEach } from 'vitest';

// Of the tests those that are short, by the list that stryker.mjs has measured, and not of scalar, which goes the ways of js. A
// mutant that lives runs them all. And not the one that asks for the size of a bundle, which the code that Stryker adds is in.

const list = process.env.STRYKER_LONG,
  long = new Set(list === undefined ? [] : JSON.parse(readFileSync(list, 'utf8')).tests);

/** As the JSON report of vitest names a test. */
function nameOf(task) {
  return task.suite?.name ? `${nameOf(task.suite)} ${task.name}` : task.name;
}

beforeEach(({ task, skip }) => {
  const name = nameOf(task);
  if (name.includes('(scalar)') || name.endsWith('is bundled without kernels') || long.has(name)) skip();
});
