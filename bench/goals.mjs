import { contenders } from './contenders/index.mjs';
import { geometricMean, short } from './run.mjs';

// What was asked for, and what the run found: ratios are the other contender's time divided by ours.

const reasons = {
  fresh:
    'A fresh result: its pages cost as much as the kernel (`copy, fresh` under How cost grows). Every library pays that, so it pulls ratios towards 1.',
  few: 'Ten logits: two copies, and steps that wait for one another (maximum, exp, sum, quotient, logarithm). Plain JavaScript copies nothing.',
  native: 'Native code: vectors of 512 bits, where wasm has 128.',
  peaked:
    'Peaked logits: a fifth of the results are subnormal, which a processor makes in 150 cycles each. XNNPACK gives 0 there; the bounds of docs/accuracy.md hold for them too.',
  call: 'A kernel called by itself: no options are read and no tensor is looked at, which takes 0.3 us of a call of ours.',
  start:
    'Cold start: most of it is the engine reading and parsing the one file, then compiling (Where the time goes). Node 22 and newer keep what they have parsed where NODE_COMPILE_CACHE names a folder (Cold start).',
};

const libraries = Object.keys(contenders).filter((name) => contenders[name].kind === 'library');
const ratio = (row, who) => row.results[who]?.ratio;
const size = (row) => row.shape.reduce((a, b) => a * b, 1);

/** The least ratio of some rows against one of some contenders. */
const least = (rows, names) => Math.min(...rows.flatMap((row) => names.map((name) => ratio(row, name) ?? Infinity)));

/** The geometric mean over rows of the ratio to the fastest of these. */
function mean(rows, names) {
  const list = rows.map((row) => least([row], names)).filter(Number.isFinite);
  return list.length === 0 ? Infinity : geometricMean(list);
}

/** The goals with what a run found: rows of a table, and the reasons for what was missed. */
export function goals(results, cold) {
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
  const rows = of('resident').filter((row) => row.axis < 0 && row.shape.at(-1) >= 64),
    relaxed = results.versions.ours?.includes('relaxed');
  const worst = relaxed ? 0.75 : 0.95;
  for (const [what, from, to] of [
    ['64 to 512', 64, 512],
    ['1000 to 1e7', 1000, 1e7],
  ]) {
    const some = rows.filter((row) => row.shape.at(-1) >= from && row.shape.at(-1) <= to);
    goal(`resident softmax against XNNPACK's kernel by itself, rows of ${what}: the least`, 1 / worst, least(some, ['xnnpack']), 'call'); // prettier-ignore
    goal(`the same, mean`, 1 / worst, mean(some, ['xnnpack']), 'call');
  }
  goal('float32 into, against onnxruntime-node with one thread: mean', 1.5, mean(of('into'), ['onnxruntime-node']), 'native'); // prettier-ignore
  goal('the same: the least', 0.75, least(of('into'), ['onnxruntime-node']), 'native');
  const warm = single.filter((row) => row.theta !== 1 && String(row.shape) === '128256');
  goal('softmax with theta at 128,256 fresh, against transformers.js', 12, least(of('fresh', warm), ['transformers.js']), 'fresh'); // prettier-ignore
  goal('softmax with theta at 128,256 into, against a plain loop', 12, least(of('into', warm), ['js-loop']), 'fresh');
  for (const mode of ['fresh', 'into']) {
    const plain = (note) => (row) => row.fn === 'softmax' && row.note === note && row.mode === mode;
    /** @type {[string, number, string][]} */
    const variants = [
      [' theta 1/0.7', relaxed ? 1.3 : 1.4, 'theta'],
      [' masked', 1.4, 'a mask'],
    ];
    for (const [note, most, what] of variants) {
      const parts = single.filter(plain(note)).flatMap((row) => {
        const same = single.find(
          (other) => plain('')(other) && String(other.shape) === String(row.shape) && size(row) > 10,
        );
        return same?.results.ours && row.results.ours ? [row.results.ours.ns / same.results.ours.ns] : [];
      });
      if (parts.length > 0) goal(`${what} beside none, ${mode}, time of ours: mean (less is better)`, most, geometricMean(parts), 'fresh', geometricMean(parts) <= most); // prettier-ignore
    }
  }
  for (const fn of ['softmax', 'logSoftmax', 'logsumexp']) {
    goal(`${fn} [10] float32 fresh, against js-loop`, 1.2, least(ten(fn, 'fresh'), ['js-loop']), 'few');
    goal(`${fn} [10] float32 into, against js-loop`, 1.5, least(ten(fn, 'into'), ['js-loop']), 'few');
  }
  const start = cold?.rows.find(({ name }) => name === 'ours');
  if (start) goal('cold start over an empty module, ms (less is better)', 3, start.over, 'start', start.over <= 3);
  return { list, reasons: [...missed] };
}
