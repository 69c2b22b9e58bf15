/** Writes docs/reliability.md from reliability/results: nothing in it that no run printed. One function for each section, here or in sections-tests.mjs. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { short } from '../bench/run.mjs';
import { cliffs, coverage, kernelMutations, sourceMutations } from './sections-tests.mjs';

const MB = 2 ** 20,
  mb = (bytes) => (bytes / MB).toFixed(1),
  count = (n) => n.toLocaleString('en-US');

const meaning = {
  fuzz: 'values within their bounds; nothing written but `out`',
  canary: 'kernels stay inside the ranges that they were handed',
  rejected: 'a refused call leaves nothing behind',
  layout: 'every argument is checked, and means what is documented',
  companions: 'argmax, topk, oneHot, crossEntropy and gradients: values and refusals',
  instances: 're-entrant calls, threads, transferred buffers, 1,000 instances, refused memory',
  memory: 'the bound of memory, calls without end, forgotten tensors',
};

const judged = {
  fuzz: 'values within their bounds, against an oracle; nothing written but `out`',
  companionsFuzz: 'argmax, topk, crossEntropy, gradients, against their definitions',
  sampleFuzz: 'sample, against exact arithmetic, and lanes against each alone',
  typesFuzz: 'what arrives is among what the type says',
  summaries: 'lanes in parts, merged in any order, within the bounds of the whole',
  histories: 'no call depends on those before it',
  spellings: 'the same bits in every container, axis, option and way to say theta',
  growing: 'memory that grows within the call',
  overlaps: '`out` that overlaps an input',
  hostile: 'code of the caller that runs within the call',
  weighted: 'logsumexp with weights, over their whole ranges',
  gradients: 'gradients over the whole ranges of y, dy and theta',
  labelGradient: 'labels against the same target as probabilities',
  entropy: 'crossEntropy and its gradient within their bounds',
};

const sections = [
  title,
  guards(load('guards')),
  fuzzing(load('fuzz')),
  soak([load('soak'), load('soak-relaxed')].filter((run) => run !== undefined)),
  underLoad(load('load')),
  ofTests('Cliffs', 'cliffs', cliffs),
  ofTests('Coverage', 'coverage', coverage),
  ofTests('Mutations of the kernels', 'kernels', kernelMutations),
  ofTests('Mutations of src', 'stryker', sourceMutations),
  reproduce,
];
const text = sections.flatMap((section) => (typeof section === 'function' ? section() : section));
writeFileSync(join(import.meta.dirname, '../docs/reliability.md'), text.join('\n\n') + '\n');
console.log('Written: docs/reliability.md');

function title() {
  return ['# Reliability', 'Written by `node reliability/report.mjs` from the files of the last run; do not edit.'];
}

function guards(run) {
  if (run === undefined) return missing('Fuzzing, canaries and refused calls', 'guards');
  const { files, fuzzed, builds, canaries } = run;
  const failed = Object.values(files).reduce((sum, file) => sum + file.failed, 0);
  return [
    '## Fuzzing, canaries and refused calls',
    where(run),
    `Part of \`npm test\`, on ${builds} builds. ${failed === 0 ? 'No test failed.' : `**${failed} tests failed.**`}`,
    table(
      ['tests', 'passed', 'failed', 'what they guard'],
      Object.entries(files).map(([name, { passed, failed }]) => [
        `test/${name}.test.ts`,
        passed,
        failed,
        meaning[name],
      ]),
    ),
    `**Fuzzed** (test/fuzz.test.ts): ${count(fuzzed.calls)} random calls on all builds together, and ${count(fuzzed.large)} on arrays of many windows, from seed ${fuzzed.seed}. They vary function, shape (rank 0 to 6, lengths 0 and 1 too), axes, storage type, strides (negative, 0, overlapping), offset, theta, mask, weights, precision and container; \`out\` is none, apart, the input itself, overlapping it or a tensor. Values are ordinary, huge, tiny, subnormal, infinite and NaN of any payload. Each result is compared with an oracle that shares no code with the library, within the bounds of test/support/bounds.ts. The input, and every byte around \`out\`, must be as it was.`,
    `**Canaries** (test/canary.test.ts): ${count(canaries)} calls of the kernels themselves, below all checks: every kernel, lengths 0 to 200 at every alignment, shapes around the sizes of blocks and tiles, in place and apart. All memory above the module's own data holds canary bytes; one byte that changes outside of the output fails. Each call runs twice, with different canaries: a kernel that reads its neighbours gives two results. Afterwards the constants and tables of the module must be as they were.`,
    `**Refused calls** (test/rejected.test.ts): ${files.rejected.kinds} kinds of wrong calls, ${files.rejected.refused} tests with all builds. Each throws the documented class with a message that names the function, what was got and the fix; \`out\`, tensors and the instance are as before, and the next calls give the same bits.`,
  ];
}

function fuzzing(found) {
  if (found === undefined) return missing('Fuzzing from new seeds', 'fuzz');
  const { runs } = found,
    sums = {};
  for (const { files } of runs) {
    for (const [file, { cases, calls }] of Object.entries(files)) {
      const sum = (sums[file] ??= { cases: 0, calls: 0 });
      sum.cases += cases;
      sum.calls += calls;
    }
  }
  const rows = Object.entries(sums).sort(([, a], [, b]) => b.calls - a.calls),
    total = rows.reduce((sum, [, { calls }]) => sum + calls, 0),
    failed = runs.filter(({ passed }) => !passed);
  const each = ({ date, node, kernels, minutes, seed, passed }) =>
    `- ${date}, Node ${node}, kernels ${kernels}, ${minutes} minutes, seed ${seed}${passed ? '' : ': **failed**'}`;
  return [
    '## Fuzzing from new seeds',
    `${count(total)} calls in ${runs.length} runs, ${failed.length === 0 ? 'and no failure' : `**${failed.length} of which failed**`}. All builds that the host takes; every \`npm test\` draws a new seed as well, and a failure prints one command that runs its case again. A call counts where its result is judged, by an oracle, or against the same call made another way.`,
    table(
      ['tests', 'cases', 'calls', 'what is judged'],
      rows.map(([file, { cases, calls }]) => [
        `test/${file}`,
        count(cases),
        count(calls),
        judged[file.replace('.test.ts', '')],
      ]),
    ),
    [`Machine: ${runs[0].cpu}, ${runs[0].memory}, ${runs[0].platform}.`, '', ...runs.map(each)].join('\n'),
    '`npm run fuzz -- --minutes 10 --json reliability/results/fuzz.json` adds a run.',
  ];
}

function soak(runs) {
  if (runs.length === 0) return missing('Memory', 'soak');
  const builds = runs.flatMap((run) => run.builds.map((build) => ({ ...build, node: run.node })));
  const margins = runs[0].margins,
    failures = runs.reduce((sum, run) => sum + run.failures, 0);
  const { kinds, samples } = builds[0].calls;
  const at = ({ calls: { samples } }, what) => {
    const later = samples.slice(1).map((sample) => sample[what]);
    return [mb(samples[0][what]), mb(samples[5][what]), mb(samples.at(-1)[what]), mb(Math.max(...later))].join(' / ');
  };
  const notRun = runs.flatMap((run) => run.skipped).filter(({ build }) => builds.every((b) => b.build !== build));
  return [
    '## Memory',
    ...runs.map(where),
    ...notRun.map(({ build, reason }) => `Not run: ${build} (${reason}).`),
    failures === 0 ? 'Nothing grew beyond its margin, nothing was lost.' : `**${failures} checks failed.**`,
    '### Calls without end',
    `${count(samples.at(-1).small)} calls of ${kinds.small} small kinds and ${count(samples.at(-1).large)} of ${kinds.large} large ones (a hundred thousand to a million elements) in one process: functions, types, axes, fresh results and \`out\`, masks, weights, nested arrays, tensors made and disposed, refused calls. The same calls give the same bits before and after.`,
    `MB after the warm-up (a tenth of the calls again) / half way / at the end / the most of ten samples. Margins: memory of the instance ${mb(margins.memoryBytes)}; JavaScript ${mb(margins.held)}, while 16 bytes left by one of the small kinds would be more than 4; resident ${mb(margins.rss)}, since malloc keeps some freed pages, while 2 bytes left by every small call would be 19. V8's young generation has a fixed size here (\`--max-semi-space-size=16\`), as it doubles when the engine sees fit.`,
    table(
      ['build', 'Node', 'memory of the instance', 'held by JavaScript', 'resident (RSS)'],
      builds.map((build) => [build.build, build.node, at(build, 'memoryBytes'), at(build, 'held'), at(build, 'rss')]),
    ),
    '### One input of 512 MB',
    'Input and result are arrays of the caller; every result is compared with a plain sum in float64. "beyond" is the peak of resident memory less what it was before the call, with input and result in place. MB.',
    table(
      ['build', 'call', 'memory of the instance', '`maxMemory`', 'beyond', 'largest relative error', 'seconds'],
      builds.flatMap(({ build, huge }) =>
        huge.map((h) => [
          build,
          `${h.name}, ${h.dtype} [${h.shape}] axis ${h.axis}`,
          mb(h.memoryBytes),
          mb(h.maxMemory),
          mb(h.peak - h.before),
          h.worst.toExponential(1),
          h.seconds.toFixed(1),
        ]),
      ),
    ),
    '### Memory that the host refuses',
    'Under a bound of the host (V8 on the pages of a wasm memory; for the js build the address space of the process) tensors are made until there is no room. That is a `RangeError` that says what to do. All tensors keep their values, and calls give the bits that they gave before; a lane that needs a larger window is refused with `out` untouched, or right; once the tensors are disposed, everything works again.',
    table(
      ['build', 'tensors that found room', 'elements of each', 'memory of the instance, MB', 'long lane meanwhile'],
      builds.map(({ build, refused: r }) => [
        build,
        r.held,
        count(r.elements),
        mb(r.memoryBytes),
        r.laneRefused ? 'refused' : 'right',
      ]),
    ),
  ];
}

function underLoad(run) {
  if (run === undefined) return missing('Under load', 'load');
  const [ours, plain] = run.services;
  return [
    '## Under load',
    `${where(run)} autocannon ${run.autocannon}.`,
    `examples/node-http on loopback, ${run.connections} connections, ${run.seconds} seconds: JSON and float32 requests from 10 to 256,000 logits, some malformed, some too large. The same service with a plain \`Math.exp\` loop in the library's place ran in turn with it, ${run.turns} times each. Every answer was compared with one that a plain float64 loop gave beforehand (relative tolerance ${run.tolerances.float32} for float32, ${run.tolerances.float64} for float64); malformed requests have to get 400, too large ones 413.`,
    table(
      [
        '',
        'answers checked',
        'wrong',
        'connection errors',
        'answers a second',
        'CPU of the service, ms an answer',
        'p50, ms',
        'p99, ms',
      ],
      run.services.map((s) => [
        s.name,
        count(s.checked),
        s.wrong,
        s.errors,
        short(s.perSecond),
        short(s.cpuMs),
        short(s.p50),
        short(s.p99),
      ]),
    ),
    `Answers a second, turn by turn: ${run.services.map((s) => `${s.name} ${s.rates.join(', ')}`).join('; ')}. The client checks all answers on the same cores and sets the pace; the CPU time tells what the service costs.`,
    table(
      ['request', 'ours: p50', 'p99', 'plain loop: p50', 'p99'],
      Object.entries(ours.kinds).map(([kind, k]) => [
        kind,
        ...[k, plain.kinds[kind]].flatMap(({ p50, p99 }) => [short(p50), short(p99)]),
      ]),
    ),
  ];
}

/** A section of sections-tests.mjs */
function ofTests(heading, name, section) {
  const result = load(name);
  if (result === undefined) return missing(heading, name);
  const [title, ...rest] = section(result).trim().split('\n\n');
  return [title, ...(result.v8 === undefined ? [] : [where(result)]), ...rest];
}

function reproduce() {
  return [
    '## To reproduce',
    ['```sh', 'npm ci', 'npm run reliability', '```'].join('\n'),
    'reliability/README.md names the parts and their options.',
  ];
}

function load(name) {
  const file = join(import.meta.dirname, `results/${name}.json`);
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : undefined;
}

function missing(heading, name) {
  return [`## ${heading}`, `Not run: reliability/results/${name}.json is not there.`];
}

function where(r) {
  return `Machine: ${r.cpu}, ${r.memory}, ${r.platform}; Node ${r.node} (V8 ${r.v8}); ${r.date}; load of the machine at the start ${r.load}.`;
}

/** Numbers to the right, words to the left. */
function table(head, rows) {
  const align = head.map((_, c) => (rows.every((row) => /^[\d.,]+(e-?\d+)?$/.test(row[c])) ? '--:' : '---'));
  return [head, align, ...rows].map((row) => `| ${row.join(' | ')} |`).join('\n');
}
