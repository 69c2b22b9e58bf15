import { contenders } from './contenders/index.mjs';
import { geometricMean, short } from './run.mjs';

// What was asked for, and what the run found: ratios are the other contender's time divided by ours.

const reasons = {
  fresh:
    'A fresh result: its pages cost as much as the kernel (`copy, fresh` under How cost grows). Every library pays that, so it pulls ratios towards 1.',
  few: 'Ten logits: two copies, and steps that wait for one another (maximum, exp, sum, quotient, logarithm). Plain JavaScript copies nothing.',
  native: 'Native code: vectors of 256 or 512 bits, where wasm has 128.',
  peaked:
    'Peaked logits: a fifth of the results are subnormal, which a processor makes in 150 cycles each. XNNPACK gives 0 there; the bounds of docs/accuracy.md hold for them too.',
  call: 'A kernel called by itself: no options are read and no tensor is looked at, which a call of ours does.',
  mask: 'A mask is read once more than the logits are, a byte for each, and what it hides is hidden before the kernel.',
  start:
    'Cold start: most of it is the engine reading and parsing the one file, then compiling (Where the time goes). Node 22 and newer keep what they have parsed where NODE_COMPILE_CACHE names a folder (Cold start).',
};

const libraries = Object.keys(contenders).filter((name) => contenders[name].kind === 'library');
const ratio = (row, who) => row.results[who]?.ratio;

/** The least ratio of some rows against one of some contenders. */
const least = (rows, names) => Math.min(...rows.flatMap((row) => names.map((name) => ratio(row, name) ?? Infinity)));

/** The geometric mean over rows of the ratio to the fastest of these. */
function mean(rows, names) {
  const list = rows.map((row) => least([row], names)).filter(Number.isFinite);
  return list.length === 0 ? Infinity : geometricMean(list);
}

/** The goals with what a run found: rows of a table, and the reasons for what was missed. */
export function goals(results, cold, resident) {
  const list = [],
    missed = new Set();
  const goal = (what, asked, got, reason, reached = got >= asked) => {
    if (!Number.isFinite(got)) return;
    list.push([what, short(asked), short(got), reached ? 'reached' : 'missed']);
    if (!reached) missed.add(reasons[reason]);
  };
  const single = results.rows.filter((row) => row.dtype === 'float32'),
    of = (mode, rows = single) => rows.filter((row) => row.mode === mode),
    ten = (fn, mode) => of(mode).filter((row) => row.fn === fn && String(row.shape) === '10' && !row.note);
  goal('float32 fresh, mean over the fastest library of each workload', 2.2, mean(of('fresh'), libraries), 'fresh');
  goal('float32 into, mean over the fastest library of each workload', 3.5, mean(of('into'), libraries), 'fresh');
  for (const mode of ['fresh', 'into', 'resident']) {
    const rows = of(mode),
      reason = mode === 'fresh' ? 'fresh' : 'call';
    goal(`float32 ${mode}, against every library: the least`, 1, least(rows.filter(({ logits }) => !logits), libraries), reason); // prettier-ignore
    goal(`the same of peaked logits and log-probabilities: the least`, 1, least(rows.filter(({ logits }) => logits), libraries), 'peaked'); // prettier-ignore
  }
  goal('float32 into, against onnxruntime-node with one thread: mean', 1.5, mean(of('into'), ['onnxruntime-node']), 'native'); // prettier-ignore
  goal('the same: the least', 0.75, least(of('into'), ['onnxruntime-node']), 'native');
  const warm = single.filter((row) => (row.theta ?? 1) !== 1 && String(row.shape) === '128256');
  goal('softmax with theta at 128,256 fresh, against transformers.js', 12, least(of('fresh', warm), ['transformers.js']), 'fresh'); // prettier-ignore
  goal('softmax with theta at 128,256 into, against a plain loop', 12, least(of('into', warm), ['js-loop']), 'fresh');
  for (const [node, { build, rows }] of Object.entries(resident ?? {})) {
    const relaxed = build.includes('relaxed'),
      most = (rows) => Math.max(...rows.map((row) => row.ratio)),
      size = ({ name }) => Number(/^\[(\d+)\]/.exec(name)?.[1] ?? 0),
      less = (what, asked, rows, reason) => goal(`${what}, Node ${node.slice(1)}, most (less is better)`, asked, most(rows), reason, most(rows) <= asked); // prettier-ignore
    const kernels = rows.filter(({ against }) => against === 'xnnpack'),
      noted = (note) => rows.filter(({ name }) => name.endsWith(note));
    less("our tensors / XNNPACK's kernel, rows of 64 to 512", relaxed ? 0.75 : 0.95, kernels.filter((row) => size(row) > 0 && size(row) < 1000), 'call'); // prettier-ignore
    less("our tensors / XNNPACK's kernel, rows of 1000 and more", relaxed ? 0.75 : 0.95, kernels.filter((row) => !(size(row) > 0 && size(row) < 1000)), 'call'); // prettier-ignore
    less('softmax with theta / without', relaxed ? 1.3 : 1.4, noted('theta 1/0.7'), 'call');
    less('softmax with a mask / without', 1.4, noted('masked'), 'mask');
  }
  for (const fn of ['softmax', 'logSoftmax', 'logsumexp']) {
    goal(`${fn} [10] float32 fresh, against js-loop`, 1.2, least(ten(fn, 'fresh'), ['js-loop']), 'few');
    goal(`${fn} [10] float32 into, against js-loop`, 1.5, least(ten(fn, 'into'), ['js-loop']), 'few');
  }
  const start = cold?.rows.find(({ name }) => name === 'ours');
  if (start) goal('cold start over an empty module, ms (less is better)', 3, start.over, 'start', start.over <= 3);
  return { list, reasons: [...missed] };
}
