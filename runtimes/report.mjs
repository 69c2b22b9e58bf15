// Judges what came back, prints it line by line, and writes docs/runtimes.md.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './scratch.mjs';

const rows = [],
  checks = [];
/** build -> hash of the first runtime that ran it: the strict builds have to give the same bits everywhere */
const hashes = new Map();
const strict = ['simd', 'scalar', 'js'];
const seconds = (start) => `${((performance.now() - start) / 1000).toFixed(1)} s`;

/** Runs the conformance in one runtime. `build` is what has to answer, `refused` what may refuse when asked for. */
export async function judge({ runtime, run, version, build, refused = [] }, { kind, all }) {
  const start = performance.now(),
    failures = [];
  let results = [],
    exact = '';
  try {
    exact = (await version?.()) ?? '';
    results = await run();
  } catch (error) {
    failures.push(reason(error));
  }
  const [picked, ...forced] = results;
  if (picked !== undefined) {
    if (build !== undefined && picked.build !== build)
      failures.push(`${picked.build} answers instead of ${build} (${JSON.stringify(picked.refused)})`);
    if (forced.length !== 4) failures.push(`${forced.length} forced builds instead of 4`);
    for (const result of results) {
      if (typeof result.refused === 'string') {
        if (!refused.includes(result.build)) failures.push(`${result.build} cannot be had: ${result.refused}`);
        continue;
      }
      if (!result.picked && refused.includes(result.build) && build !== undefined)
        failures.push(`${result.build} is there, against what is known`);
      for (const failure of result.failed)
        failures.push(`${result.build}${result.picked ? '' : ', forced'}: ${failure}`);
      if (result.passed === 0) failures.push(`${result.build}: no case passed`);
      if (!strict.includes(result.build)) continue;
      if (!hashes.has(result.build)) hashes.set(result.build, { hash: result.hash, runtime });
      const first = hashes.get(result.build);
      result.same = first.hash === result.hash;
      if (!result.same)
        failures.push(`${result.build} gives other bits than ${first.runtime}: ${result.hash}, not ${first.hash}`);
    }
  }
  const row = { runtime, version: exact, picked, forced, failures, kind, all };
  rows.push(row);
  const cells = rowCells(row);
  print(
    failures,
    `${cells[0].padEnd(44)} ${cells[2].padEnd(8)} ${cells[3].padEnd(6)} ${cells[4].padEnd(36)} ${cells[5].padEnd(18)} ${seconds(start)}`,
  );
}

/** A check that either throws or returns the figure that the report shows. */
export async function check(name, test, { kind = -1, all = false } = {}) {
  const start = performance.now(),
    failures = [];
  let value = '';
  try {
    value = (await test()) ?? 'ok';
  } catch (error) {
    failures.push(reason(error));
  }
  checks.push({ name, value, failures, kind, all });
  print(
    failures,
    `${name.padEnd(44)} ${value} ${value.length < 60 ? ' '.repeat(60 - value.length) : ''}${seconds(start)}`,
  );
}

const reason = (error) => String(error?.message ?? error).trim();
function print(failures, line) {
  console.log(`${failures.length === 0 ? 'ok  ' : 'FAIL'} ${line}`);
  for (const failure of failures.slice(0, 8)) console.log(`       ${failure.replaceAll('\n', '\n       ')}`);
  if (failures.length > 8) console.log(`       and ${failures.length - 8} more`);
}

function rowCells({ runtime, version, picked, forced, failures }) {
  const taken = forced.filter((result) => typeof result.refused !== 'string');
  const bits = [picked, ...taken].filter((result) => result?.same !== undefined);
  const same = [...new Set(bits.map((result) => `${result.build}${result.same ? '' : ' DIFFERS'}`))];
  const total = picked === undefined ? '-' : String(picked.passed);
  const each = taken.map((result) =>
    result.failed.length === 0 ? result.build : `${result.build} (${result.failed.length} fail)`,
  );
  return [
    runtime,
    version,
    picked?.build ?? '-',
    total,
    each.join(' ') || '-',
    same.join(' ') || '-',
    failures.length === 0 ? 'passed' : failing(failures),
  ];
}

const head =
  '| runtime | version | build picked | cases | also run, asked for by name | same bits | |\n|---|---|---|---|---|---|---|\n';
const marker = '## Only with `--all`\n';
const table = (list) => head + list.map((row) => `| ${rowCells(row).join(' | ')} |\n`).join('');
const failing = (failures) => `FAILED: ${failures[0].split('\n')[0].replaceAll('|', '/')}`;

const figures = (list) =>
  '| check | |\n|---|---|\n' +
  list
    .map(({ name, value, failures }) => `| ${name} | ${failures.length === 0 ? value : failing(failures)} |\n`)
    .join('');

function document(rest) {
  return `# Where it runs

Written by \`npm run runtimes\` (runtimes/run.mjs): the packed tarball, installed in a scratch folder, in the real programs.

- cases: how many of the conformance cases (runtimes/conformance.mjs: known numbers, special values, axes, containers, masks,
  weights, 16-bit floats, companions, tensors, refusals, and the bounds of test/support/bounds.ts) passed on the build that the
  host picked; every build that can be had by \`createSoftmax({ build })\` ran them too. Hosts without Float16Array or
  SharedArrayBuffer have fewer.
- same bits: builds whose results, a few thousand, hash to the same value here as in every other row. relaxed may differ.
- CSP 'self' lets no WebAssembly in, and a Worker compiles no bytes in a request: there the js build has to answer. The
  entry for Workers (condition \`workerd\`) brings modules instead and keeps the fast builds.

${table(rows.filter((row) => !row.all))}
## Package and examples

${figures(checks.filter((each) => !each.all))}${rest === undefined ? '' : `\n${marker}${rest}`}`;
}

/** Prints `N passed, N failed` last; the exit code says the same. The table of a run with --all outlives runs without it. */
export function finish({ all, write }) {
  const file = join(root, 'docs/runtimes.md');
  for (const list of [rows, checks]) list.sort((one, other) => one.kind - other.kind); // kinds run side by side
  const before = existsSync(file) ? readFileSync(file, 'utf8').split(marker)[1] : undefined;
  const rare = (list) => list.filter((each) => each.all);
  if (write) writeFileSync(file, document(all ? `\n${table(rare(rows))}\n${figures(rare(checks))}` : before));
  const failed = [...rows, ...checks].filter(({ failures }) => failures.length > 0).length;
  console.log(`${rows.length + checks.length - failed} passed, ${failed} failed`);
  process.exitCode = failed === 0 ? 0 : 1;
}
