// Which lines and branches of src/, and which arms of the compiled kernels, `npm test` runs.
//   node reliability/coverage.mjs [test files ...]
// src by V8. For assembly/, the three modules are given a counter in each function, loop and arm of a branch, and the tests
// run with these modules in the place of their own; a source map tells the lines. Writes reliability/results/coverage.json.
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { machine } from '../bench/run.mjs';
import { instrumented } from './arms/arms.mjs';
import { compiled, root } from './wasm.mjs';

const folder = join(root, 'build/arms');
rmSync(folder, { recursive: true, force: true });
mkdirSync(folder, { recursive: true });
const builds = ['relaxed', 'simd', 'scalar'].map((build) => ({ build, ...compiled(build) }));
for (const build of builds) build.instrumented = instrumented(build);
writeFileSync(
  join(folder, 'builds.json'),
  JSON.stringify(
    builds.map(({ build, code, instrumented }) => ({
      build,
      from: code.toString('base64'),
      code: Buffer.from(instrumented.code).toString('base64'),
      arms: instrumented.arms,
    })),
  ),
);

const vitest = [
  join(root, 'node_modules/vitest/vitest.mjs'),
  'run',
  '--config',
  'reliability/arms/vitest.config.mjs',
  ...process.argv.slice(2),
];
const { status } = spawnSync(process.execPath, vitest, {
  cwd: root,
  stdio: 'inherit',
  env: { FUZZ_SEED: '20261128', ...process.env, ARMS: folder },
});
if (status !== 0) throw new Error('the tests fail with counters in the modules, so their coverage says nothing');

/** 1, 2, 3, 7 -> "1-3, 7" */
function ranges(numbers) {
  const found = [];
  for (const n of [...new Set(numbers)].sort((a, b) => a - b)) {
    if (found.length > 0 && found.at(-1)[1] === n - 1) found.at(-1)[1] = n;
    else found.push([n, n]);
  }
  return found.map(([a, b]) => (a === b ? `${a}` : `${a}-${b}`)).join(', ');
}

const json = (name) => JSON.parse(readFileSync(join(root, 'coverage', name), 'utf8'));
const figures = json('coverage-summary.json'),
  details = json('coverage-final.json');
const short = ({ statements, branches, functions, lines }) =>
  Object.fromEntries(
    Object.entries({ statements, branches, functions, lines }).map(([name, { covered, total }]) => [
      name,
      [covered, total],
    ]),
  );
const src = Object.entries(details).map(([file, { statementMap, s, branchMap, b }]) => ({
  file: relative(root, file),
  ...short(figures[file]),
  lines_missed: ranges(
    Object.keys(s)
      .filter((k) => s[k] === 0)
      .map((k) => statementMap[k].start.line),
  ),
  branches_missed: ranges(
    Object.keys(b).flatMap((k) =>
      b[k].flatMap((n, i) => (n === 0 ? [branchMap[k].locations[i].start.line ?? branchMap[k].loc.start.line] : [])),
    ),
  ),
}));

const hits = readdirSync(folder)
  .filter((name) => name.startsWith('hits-'))
  .map((name) => JSON.parse(readFileSync(join(folder, name), 'utf8')));
const kernels = builds.map(({ build, instrumented: { arms } }) => {
  const run = new Set(hits.flatMap((hit) => hit[build]));
  // the allocator is AssemblyScript's
  const ours = arms.map((arm, i) => ({ ...arm, run: run.has(i) })).filter(({ at }) => at.startsWith('assembly/'));
  const share = (of) => [of.filter((arm) => arm.run).length, of.length];
  return {
    build,
    functions: share(ours.filter(({ arm }) => arm === 'function')),
    arms: share(ours.filter(({ arm }) => arm !== 'function')),
    missed: ours.filter(({ run }) => !run).map(({ run, ...arm }) => arm),
  };
});
mkdirSync(join(import.meta.dirname, 'results'), { recursive: true });
writeFileSync(
  join(import.meta.dirname, 'results/coverage.json'),
  JSON.stringify({ ...machine(process.execPath), total: short(figures.total), src, kernels }, null, 1) + '\n',
);
console.log(short(figures.total));
for (const { build, functions, arms, missed } of kernels) {
  console.log(`${build}: functions ${functions.join(' of ')}, arms ${arms.join(' of ')}`);
  for (const { at, arm, function: name } of missed) console.log(`  ${at} ${arm} in ${name}`);
}
