// Why a mutant of src that the short tests let live is no gap: it is equal by reading, or one of the longer tests notices it, which
// was seen by running that test on it. A rule names the file and the code that is changed.
const speed = 'speed only: the way that follows finds the same',
  noticed = (test) => `a longer test notices it: ${test}`;
const rules = [
  { file: 'plan/overlap.ts', code: /^(dims\.sort\(|\(a, b\) =>|Math\.abs\(strides\[a\]|true$|step === 0$|step > width$|shape\[d\]! - 1|apart$|size > width|width \+ 1)/, why: speed },
  { file: 'plan/overlap.ts', code: /^a === b && alike && out\.offset/, mutant: /^false$/, why: speed },
  { file: 'plan/overlap.ts', code: /^a !== b$/, why: speed },
  { file: 'plan/overlap.ts', code: /^far < 0$/, mutant: /^far <= 0$/, why: 'equal: 0 is added' },
  { file: 'kernels/theta.ts', code: /^theta === 1$/, why: speed },
  { file: 'numeric/half.ts', code: /^(2 - 2 \*\* -8|size >= top)$/, why: 'equal: rounding leads to the pattern of infinity by itself' },
  { file: 'numeric/half.ts', code: /^(x === 0|1 \/ x < 0)$/, why: 'equal: 1 / x is below 0 where x is, and infinite where x is 0' },
  { file: 'functions/crossEntropyGradient.ts', code: /^true$/, mutant: /^false$/, why: 'speed only: the lane is done once more, the general way' },
  { file: 'functions/drawing.ts', code: /^!cut && guess > least$/, mutant: /\|\|/, why: 'speed only: what is kept is gathered once more' },
  { file: 'functions/drawing.ts', code: /^minP > 0$/, mutant: />=/, why: 'equal: nothing is below a share of 0' },
  { file: 'functions/gradients.ts', code: /^(lane\.again\(\)|at < from \+ length)$/, why: noticed('blocks') },
  { file: 'functions/largest.ts', code: /^(pieces\.from === 0|n < 4 \* SAMPLE \|\| r > SAMPLE \/ 2)$/, why: 'speed only: without the guess all are candidates' },
  { file: 'functions/largest.ts', code: /^\+\(equal > 0\)$/, why: 'equal: the bit is 1 of 1 and of -1' },
  { file: 'functions/sample.ts', code: /^length > 0$/, mutant: />=/, why: 'equal: nothing is read of no elements' },
  { file: 'functions/softmax.ts', code: /^typeof x === 'object' && x !== null$/, mutant: /^true$/, why: 'equal: what is no object is no tensor' },
  { file: 'functions/summarize.ts', code: /^typeof value === 'object' && value !== null$/, mutant: /^true$/, why: 'equal: what is no object is no array' },
  { file: 'functions/targets.ts', code: /^typeof target === 'number'$/, mutant: /^true$/, why: 'speed only: it is opened once more' },
  { file: 'input/describe.ts', code: /^value === null$/, mutant: /^false$/, why: 'another text of an error only' },
  { file: 'input/open.ts', code: /^view\.data === Tensor\.view\(value\)$/, mutant: /^false$/, why: 'speed only: it is read as the array that it is' },
  { file: 'input/open.ts', code: /^(size <= room\.elements|\{)$/, why: 'speed only: the list goes by an array of its own' },
  { file: 'input/open.ts', code: /^i < n$/, mutant: /^i <= n$/, why: 'equal: a typed array takes nothing behind its end' },
  { file: 'input/open.ts', code: /^length === extent$/, mutant: /^true$/, why: noticed('hostile') },
  { file: 'kernels/blocks.ts', code: /^this\.#kind !== LOGSUMEXP$/, mutant: /^false$/, why: noticed('stream') },
  { file: 'kernels/laneSum.ts', code: /^deep$/, mutant: /^false$/, why: noticed('summaries') },
  { file: 'src/instance.ts', code: /^this\.heap === undefined$/, why: noticed('kernels, since then') },
  { file: 'plan/call.ts', code: /^true$/, mutant: /^false$/, why: 'equal: it is set before it is read' },
  { file: 'plan/call.ts', code: /axis === 0 \|\| axis === -1\)?$/, why: 'speed only: the way for any shape finds the same' },
  { file: 'plan/walk.ts', code: /^step !== 1$/, mutant: /^true$/, why: speed },
  { file: 'run/chunks.ts', code: /^length \* c\.bytes$/, why: noticed('unzeroed') },
  { file: 'run/kept.ts', code: /^own <= least \+ margin && own > 0$/, why: 'equal: what is surely above is found so exactly too' },
  { file: 'run/kernel.ts', code: /^done < bytes$/, mutant: /<=/, why: 'equal: one block more, of no elements' },
  { file: 'run/kernel.ts', code: /^mask > 0 && Number/, mutant: /^false$/, why: noticed('near, since then') },
  { file: 'run/mass.ts', code: /^Math\.ceil/, why: 'speed only: where a draw is said to be in doubt, it is made exactly' },
  { file: 'run/mass.ts', code: /^2 \* BLOCK \* c\.bytes$/, why: 'equal: the elements of the block that it lies on are not read again' },
  { file: 'run/mass.ts', code: /^most > top$/, why: noticed('sample') },
  { file: 'run/pieces.ts', code: /^(c\.size > 2 \* PIECE|some > FEW)$/, why: speed },
  { file: 'run/refine.ts', code: /^i \+ some < n$/, why: noticed('accuracy') },
  { file: 'run/resident.ts', code: /^\{$/, why: speed },
  { file: 'run/resident.ts', code: /^c\.outer \* length \* inner$/, why: 'equal: the kernels do nothing for no lanes' },
  { file: 'run/resident.ts', code: /^kind === LOGSUMEXP$/, mutant: /!==/, why: noticed('rejected, since then') },
  { file: 'run/short.ts', code: /^heap\.single !== SINGLE( \|\| c\.extent > MOST)?$/, why: 'equal: in the builds without SIMD the two kernels of float32 are one; and n is compared once more' },
  { file: 'run/short.ts', code: /^theta === null$/, mutant: /^false$/, why: speed },
  { file: 'run/whole.ts', code: /^i < n$/, mutant: /<=/, why: 'equal: one element more, which nobody reads' },
  { file: 'run/whole.ts', code: /^(n <= FEW|result === FLOAT64)$/, why: speed },
  { file: 'run/chunks.ts', code: /^\{$/, why: noticed('memory, since then') },
  { file: 'run/columns.ts', code: /^i < inner$/, mutant: /<=/, why: 'equal: one group more, of no lanes' },
  { file: 'run/columns.ts', code: /./, why: noticed('columns') },
  { file: 'run/slices.ts', code: /^kind === LOGSUMEXP$/, why: noticed('unzeroed') },
  { file: 'run/slices.ts', code: /^o \* inner \+ i$/, why: noticed('near, since then') },
  { file: 'run/kernel.ts', code: /^done \/ 4$/, why: noticed('near, since then') },
  { file: 'run/resident.ts', code: /^false$/, mutant: /^true$/, why: noticed('rejected, since then') },
  { file: 'run/window.ts', code: /^inner === 1$/, mutant: /^true$/, why: noticed('fuzz') },
  { file: 'run/mass.ts', code: /^\{$/, why: noticed('memory, since then') },
  { file: 'run/refine.ts', code: /^at \+ i$/, why: 'within the bound: other lanes are made again together, with the same bits nearly always' },
]; // prettier-ignore

export const explained = (file, { in: name, code, replacement }) =>
  rules.find(
    (rule) =>
      `/${file}`.endsWith(`/${rule.file}`) &&
      (rule.in === undefined || rule.in === name) &&
      (rule.code ?? /^/).test(code) &&
      (rule.mutant ?? /^/).test(replacement),
  )?.why;
