// The sections of docs/reliability.md on cliffs and on the tests themselves, from reliability/results/{cliffs,kernels,stryker,coverage}.json.
import { explained } from './kernels/explained.mjs';
import { explained as explainedInSource, kindOf } from './stryker/explained.mjs';

const table = (head, rows) =>
  [head, head.map(() => '---'), ...rows]
    .map((row) => `| ${row.map((cell) => String(cell).replaceAll('|', '\\|')).join(' | ')} |`)
    .join('\n');
const percent = ([part, whole]) => (whole === 0 ? '-' : `${((100 * part) / whole).toFixed(1)} %`);
const share = ([part, whole]) => `${part} of ${whole} (${percent([part, whole])})`;
const code = (text) => `\`${text}\``;

/** Kernels: results/kernels.json of mutate.mjs */
export function kernelMutations(result) {
  const { mutants } = result,
    count = (wanted) => mutants.filter(({ status }) => status === wanted).length,
    hangs = count('hangs'),
    noticed = count('killed') + hangs,
    survived = count('survived');
  const byKind = group(mutants, ({ kind }) => kind);
  const rows = [...byKind].map(([kind, of]) => [
    kind,
    of.length,
    of.filter(({ status }) => status === 'killed' || status === 'hangs').length,
  ]);
  const alive = mutants.filter(({ status }) => status === 'survived');
  const lines = alive.map((mutant) => {
    const { changed, calls, worst, where } = mutant.differs;
    const bits =
      changed === 0
        ? `the same bits in ${calls} calls`
        : `${changed} of ${calls} calls differ, by at most ${worst !== null && worst < 1e6 ? `${+worst.toPrecision(2)} ULP` : 'more than 10^6 ULP'} (${where})`;
    return [code(mutant.at), code(mutant.function), mutant.text, bits, explained(mutant) ?? '**unexplained**'];
  });
  const unexplained = alive.filter((mutant) => explained(mutant) === undefined).length;
  return `## Mutations of the kernels

${code(`node reliability/mutate.mjs --seed ${result.seed}`)}: each mutant is build/simd.wasm with one operator changed, drawn from ${result.candidates} changes at
${result.operators} operators; the allocator, which is AssemblyScript's, is left out. ${result.tests} tests reach it; against a mutant
those run that reach its function, random ones with ${result.part} of their cases.
Of ${mutants.length} mutants ${noticed} are noticed (${percent([noticed, mutants.length])}; ${hangs} of them by hanging) and ${survived} are not: ${survived - unexplained} are no gap in the tests, ${unexplained} are unexplained.

${table(['what is changed', 'mutants', 'noticed'], rows)}

Those that are not noticed. Results: those of the kernels themselves, each called on its own, beside those of the build as it is; a block reports a sum in two parts,
of which the second may be any.

${table(['line', 'function', 'change', 'results', 'why'], lines)}
`;
}

/** Calls much dearer than a neighbour: results/cliffs.json of bench/cliffs.mjs */
export function cliffs({ date, node, cpu, seed, seconds, builds, cases, pairs, suspects, known, cliffs: found }) {
  const digits = (v) => (v >= 100 ? v.toFixed(0) : v.toPrecision(3));
  const line = ({ case: name, neighbour, ns, neighbourNs, ratio, reason, alike }) => [
    code(name),
    digits(ns),
    `${neighbour}: ${digits(neighbourNs)}`,
    digits(ratio),
    alike ?? '',
    reason ?? (ratio > 5 ? '**without a reason**' : ''),
  ];
  const head = ['call', 'ns an element', 'its neighbour', 'ratio', 'found alike', 'why'];
  const dear = known.filter(({ ratio }) => ratio > 5);
  return `## Cliffs

${code(`npm run bench -- --cliffs --seed ${seed} --seconds ${seconds}`)}: no call shall cost more than 5 times a neighbour, which has one element less
or more, one option less, or ordinary values. ${cases} random calls beside ${pairs} neighbours (${builds.join(', ')}; ${cpu}, Node ${node}, ${date});
${suspects} were measured again in a process of their own, and ${found.length} kinds of cliffs are left.
${found.length === 0 ? '' : `\n${table(head, found.map(line))}\n`}
Of ${known.length} calls that were cliffs once, ${dear.length} still cost more than 5 times their neighbour.
${dear.length === 0 ? '' : `\n${table(head, dear.map(line))}\n`}`;
}

/** src: results/stryker.json of stryker.mjs */
export function sourceMutations({ stryker, node, cpu, longest, untested, files }) {
  const sum = (of, what) => of.reduce((total, file) => total + what(file), 0),
    noticed = ({ killed, timedOut, later }) => killed + timedOut + later,
    tested = (file) => noticed(file) + file.survivors.length;
  const all = Object.entries(files)
    .map(([file, found]) => {
      const kinds = group(found.survivors, (mutant) => {
        const why = explainedInSource(file, mutant);
        return why === undefined ? kindOf(mutant) : why.startsWith('noticed') ? 'elsewhere' : 'equal';
      });
      return {
        file,
        ...found,
        of: (kind) => kinds.get(kind) ?? [],
        ofKind: (kind) => kinds.get(kind)?.length ?? 0,
      };
    })
    .filter((file) => tested(file) > 0);
  const mosts = [...group(all, ({ most }) => most)].sort(([, a], [, b]) => b.length - a.length),
    limits = mosts.map(([most, of]) => `${most} ms (${of.length} files)`).join(' or ');
  const total = sum(all, tested),
    part = (kind) => share([sum(all, (file) => file.ofKind(kind)), total]);
  const rows = all.map((file) => [
    code(file.file),
    tested(file),
    noticed(file),
    ...['elsewhere', 'equal', ...kinds].map((kind) => file.ofKind(kind)),
    file.date,
  ]);
  const left = group(
    all.flatMap(({ file, of }) => kinds.flatMap(of).map((mutant) => ({ file, ...mutant }))),
    ({ file, in: name }) => [code(file), code(name)].join('\n'),
  );
  return `## Mutations of src

${code('node reliability/stryker.mjs')}, Stryker ${stryker} (${cpu}, Node ${node}): src without texts of errors, the command line, and what reads the kernels in a host's own way.
The judges are the tests that run in one process, take at most ${limits} without a mutant, and are of the builds relaxed and js, random ones with a twentieth of their cases;
of what they let live, new tests and longer ones, of up to ${longest} ms where none reached it (${code('--again')}). Of ${total} mutants

- ${share([sum(all, noticed), total])} are noticed, ${sum(all, (file) => file.timedOut)} of them by hanging;
- ${part('elsewhere')} are noticed by another test: one that takes longer, needs a process of its own, or is of the other builds;
- ${part('equal')} are no gap, by reading: most often two ways give the same bits, and one is faster. [reliability/stryker/explained.md](../reliability/stryker/explained.md) says of each why, or which test;
- ${part('same')} change no bit and no error in any call of the tests that reach them, and are not explained;
- ${part('a bit changes')} change a bit, or an error, in a call of a test that passes all the same, and are not explained;
- ${part('not reached')} are not reached by these tests, and are not explained.

${untested.length === 0 ? '' : `Without mutants, not tested yet, or changed since: ${untested.map(code).join(', ')}.\n`}
${table(['file', 'mutants', 'noticed', 'elsewhere', 'no gap', 'no bit changes', 'a bit changes', 'not reached', 'date'], rows)}
${
  left.size === 0
    ? ''
    : `\nWhat is not explained:\n\n${table(
        ['file', 'function', ...kinds],
        [...left].map(([key, list]) => [
          ...key.split('\n'),
          ...kinds.map((kind) => list.filter((mutant) => kindOf(mutant) === kind).length),
        ]),
      )}\n`
}`;
}

const kinds = ['same', 'a bit changes', 'not reached'];

/** Coverage: results/coverage.json of coverage.mjs */
export function coverage({ total, src, kernels }) {
  const names = ['statements', 'branches', 'functions', 'lines'];
  const missed = src.filter((file) => file.lines_missed !== '' || file.branches_missed !== '');
  const arms = kernels.flatMap(({ build, missed }) => missed.map((arm) => ({ build, ...arm })));
  const places = group(arms, ({ at, arm, function: name }) =>
    [code(at), arm, code(name.replace(/<.*/, ''))].join('\n'),
  );
  return `## Coverage

What \`npm test\` runs. src, by V8:

${table(['', ...names], [['all of src', ...names.map((name) => share(total[name]))]])}

${table(
  ['file', 'lines not run', 'lines with a branch not taken'],
  missed.map(({ file, lines_missed, branches_missed }) => [code(file), lines_missed, branches_missed]),
)}

The kernels, by a counter in each function, each loop and both ways of each branch of the compiled modules
(\`node reliability/coverage.mjs\`):

${table(
  ['build', 'functions', 'loops and ways of branches'],
  kernels.map(({ build, functions, arms }) => [build, share(functions), share(arms)]),
)}

Never run:

${table(
  ['line', 'what', 'function', 'builds'],
  [...places].map(([key, of]) => [...key.split('\n'), tally(of.map(({ build }) => build))]),
)}
`;
}

function group(list, key) {
  const groups = new Map();
  for (const item of list) groups.set(key(item), [...(groups.get(key(item)) ?? []), item]);
  return groups;
}

const tally = (names) =>
  [...group(names, (name) => name)].map(([name, of]) => (of.length > 1 ? `${name} (${of.length})` : name)).join(', ');
