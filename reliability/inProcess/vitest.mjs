// What the tests import as `vitest` when tests.mjs loads them: they are gathered, and may run any number of times. The matchers are
// those of vitest.
import {
  ASYMMETRIC_MATCHERS_OBJECT,
  getState,
  JestAsymmetricMatchers,
  JestChaiExpect,
  JestExtend,
} from '@vitest/expect';
import * as chai from 'chai';
import { format } from 'node:util';

for (const plugin of [JestExtend, JestChaiExpect, JestAsymmetricMatchers]) chai.use(plugin);

/** the file that is loaded, or whose test runs; its suites and their hooks; the tests so far */
let file = '',
  names = [],
  before = [],
  after = [],
  found = [];

/** Loads a file of tests, and returns them. */
export async function collect(name, load) {
  [file, names, before, after, found] = [name, [name], [], [], []];
  await load();
  return found;
}

export const expect = Object.assign(
  (value, message) => chai.expect(value, message),
  chai.expect,
  globalThis[ASYMMETRIC_MATCHERS_OBJECT],
  { getState: () => ({ ...getState(expect), testPath: file }) },
);

function suite(name, body) {
  const outer = [names, before, after];
  [names, before, after] = [[...names, name], [...before], [...after]];
  body();
  [names, before, after] = outer;
}

function add(name, body) {
  const path = [...names, name].join(' > '),
    same = found.filter((other) => other.path === path).length,
    own = file,
    hooks = { before, after };
  const run = async () => {
    file = own;
    for (const hook of hooks.before) await (hook.done ??= hook.body());
    try {
      await body();
    } finally {
      for (const { body } of hooks.after) await body();
    }
  };
  found.push({ path, id: same === 0 ? path : `${path} #${same + 1}`, file, run });
}

const nothing = Object.assign(() => {}, { each: () => () => {} });

const dressed = (add) =>
  Object.assign(add, {
    skip: nothing,
    skipIf: (skipped) => (skipped ? nothing : add),
    each: (rows) => (name, body) => {
      for (const [i, row] of rows.entries()) {
        const values = Array.isArray(row) ? row : [row];
        add(format(name.replaceAll('%#', String(i)), ...values), () => body(...values));
      }
    },
  });

export const describe = dressed(suite);
export const test = dressed(add);
export const beforeAll = (body) => before.push({ body: async () => body() });
export const afterEach = (body) => after.push({ body });
/** The tests may run again: what they have made stays until the process ends. */
export const afterAll = () => {};
