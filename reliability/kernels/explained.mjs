// Why a mutant that the tests let live is no gap in them. A rule names the operator's line, what is changed and, where the
// line is in many functions, which of them. What no rule fits is printed as unexplained: so it is after the text changed.
const rules = [
  {
    at: 'assembly/rows.ts:317',
    text: /ge_s is .*gt_s$/,
    why: 'speed only: the last values go one by one',
  },
  {
    at: 'assembly/passes.ts:120',
    text: /^16384 is /,
    why: 'speed only: perhaps a lane fewer at a time',
  },
  {
    at: 'assembly/transpose.ts:16',
    text: /lt_s is .*le_s$/,
    in: /lanesF64/,
    why: 'one element more goes into the tile, to where nothing is read or the next row is written; nothing outside of it is (canaries)',
  },
  {
    at: 'assembly/exp.ts:26',
    text: /global\.set$/,
    in: /lanesF32/,
    why: 'equivalent: float32 kernels do not read it, all others set it first',
  },
  {
    at: 'assembly/tile.ts:50',
    text: /is \d+$/,
    in: /expTile<f32,f64/,
    why: 'equivalent: the exact core has fewer constants, and drops this one',
  },
  {
    at: 'assembly/rows.ts:345',
    text: /^if always$/,
    in: /subtractRow<f64/,
    why: 'speed only: with a theta of 1 the way of theta gives the same bits',
  },
  {
    at: 'assembly/rows.ts:51',
    text: /^f64\.const: 0 is /,
    why: 'only in a block of -inf alone: its e, which is all that differs, gets the weight 0',
  },
  {
    at: 'assembly/lanes.ts:81',
    text: /another sign$/,
    in: /row<f64/,
    why: "equivalent: Dekker's split of a factor works with either sign of its constant",
  },
  {
    at: 'assembly/tile.ts:32',
    text: /local\.tee$/,
    in: /row<f32,f64/,
    why: 'equivalent: only kernels that compute in the type of the elements ask whether a lane is shifted',
  },
  {
    at: 'assembly/rows.ts:271',
    text: /is \d+$/,
    in: /row<f32,f64/,
    why: 'equivalent: a 0 among zeros',
  },
  {
    at: 'assembly/columns.ts:187',
    text: /is \d+$/,
    in: /columns<f32/,
    why: 'equivalent: the low part of a float32 logarithm is 0, and so is what lies around it',
  },
  {
    at: 'assembly/lanes.ts:25',
    text: /another significand$/,
    in: /logPair<f64/,
    why: 'within the bound: the last bits of a coefficient, below those of the result',
  },
  {
    at: 'assembly/passes.ts:46',
    text: /^16 is 15$/,
    why: 'speed only: a row of 16 gives the same bits the long way',
  },
  {
    at: 'assembly/lanes.ts:54',
    text: /store( \d+ bytes further)?$/,
    in: /exponentials/,
    why: 'equivalent: exp reads neither the origin nor the rounding errors that the core adds up',
  },
  {
    at: 'assembly/rows.ts:286',
    text: /is \d+$/,
    in: /row<f32,f64/,
    why: 'equivalent: the quotient for float32 elements has no use for low parts',
  },
  {
    at: 'assembly/lanes.ts:35',
    text: /8 bytes further$/,
    in: /row<|lanes<f32,f32/,
    why: 'equivalent: a pair lies in memory twice, for both lanes of a vector',
  },
  {
    at: 'assembly/passes.ts:58',
    text: /8 bytes further$/,
    why: 'equivalent: a pair lies in memory twice, for both lanes of a vector',
  },
  {
    at: 'assembly/passes.ts:70',
    text: /8 bytes further$/,
    why: 'equivalent: a pair lies in memory twice, for both lanes of a vector',
  },
  {
    at: 'assembly/rows.ts:61',
    text: /nearest is .*floor$/,
    why: 'another scale of e, by a factor below 2: results are relative to it',
  },
  {
    at: 'assembly/passes.ts:80',
    text: /^(2048 is \d+|no local\.tee)$/,
    why: 'speed only: how many rows of a tile follow one another',
  },
  {
    at: 'assembly/rows.ts:317',
    text: /^8 is 9$/,
    why: 'speed only: the last values go one by one',
  },
  {
    at: 'assembly/passes.ts:101',
    text: /^64 is 63$/,
    why: 'speed only: a lane fewer in a tile',
  },
  {
    at: 'assembly/passes.ts:62',
    text: /^if never$/,
    in: /row<f32,f64/,
    why: 'within the bound: the order of a sum of float64 that is rounded to float32',
  },
  {
    at: 'assembly/rows.ts:223',
    text: /^f64\.const: 0 is /,
    in: /<f32,f64/,
    why: 'within the bound: e are 2^200 times larger than the number that replaces 0',
  },
  {
    at: 'assembly/lanes.ts:270',
    text: /halves swapped$/,
    why: 'equivalent: both halves are the same vector',
  },
  {
    at: 'assembly/exp.ts:27',
    text: /another significand$/,
    in: /exponentials/,
    why: 'equivalent: without a theta nothing reads it',
  },
  {
    at: 'assembly/exp.ts:24',
    text: /global\.set$/,
    in: /exponentials/,
    why: 'equivalent: without a theta nothing reads it',
  },
  {
    at: 'assembly/exp.ts:27',
    text: /lt is .*le$/,
    why: 'equivalent: arguments are halved and the power is doubled, both exactly',
  },
  {
    at: 'assembly/rows.ts:123',
    text: /ge_s is .*gt_s$/,
    why: 'within the bound: the last values are added one by one',
  },
  {
    at: 'assembly/lanes.ts:166',
    text: /le is .*lt$/,
    in: /find/,
    why: 'speed only: where an element equals the bound, those behind it are looked at one by one',
  },
  {
    at: 'assembly/elements.ts:32',
    text: /another significand$/,
    why: 'the limit between two ways, both right around it',
  },
];

export const explained = ({ at, text, function: name }) =>
  rules.find((rule) => rule.at === at && rule.text.test(text) && (rule.in ?? /./).test(name))?.why;

const speed = 'speed only: the way that follows finds the same';
const sourceRules = [
  {
    file: 'src/overlap.ts',
    code: /^(dims\.sort\(|\(a, b\) =>|Math\.abs\(strides\[a\]|true$|step === 0$|step > width$|shape\[d\]! - 1|apart$|size > width|width \+ 1)/,
    why: speed,
  },
  { file: 'src/overlap.ts', code: /^a === b && alike && out\.offset/, mutant: /^false$/, why: speed },
  { file: 'src/overlap.ts', code: /^a !== b$/, why: speed },
  { file: 'src/overlap.ts', code: /^far < 0$/, mutant: /^far <= 0$/, why: 'equivalent: 0 is added' },
  {
    file: 'src/theta.ts',
    code: /^Math\.abs\(factor\) >= 2$/,
    why: 'a factor of 2 and a power of 1 are the same theta as 1 and 2, with one bit less before products overflow',
  },
  { file: 'src/theta.ts', code: /^theta === 1$/, why: speed },
  {
    file: 'src/options.ts',
    code: /^default:/,
    why: 'equivalent: without it the result is undefined, which is as false',
  },
  {
    file: 'src/options.ts',
    code: /^false$/,
    why: 'another text of the error only: arrays and booleans, which masks may be, are refused before',
  },
  { file: 'src/options.ts', code: /^out === null$/, why: 'equivalent: null is taken for no out before' },
  {
    file: 'src/crossEntropy.ts',
    code: /^\[\]$/,
    why: 'equivalent: options that are allowed besides, of a name that no one gives',
  },
  { file: 'src/crossEntropy.ts', code: /^(indices !== undefined && epsilon === 0|plain)$/, why: speed },
  {
    file: 'src/crossEntropy.ts',
    code: /^hi \+ value$/,
    why: 'equivalent to the last bits: the two-sum keeps what the sum lacks',
  },
  {
    file: 'src/labels.ts',
    code: /^i < data\.length$/,
    why: 'equivalent: writes a property NaN, which a typed array ignores',
  },
  {
    file: 'src/half.ts',
    code: /^(2 - 2 \*\* -8|size >= top)$/,
    why: 'equivalent: rounding leads to the pattern of infinity by itself',
  },
  {
    file: 'src/half.ts',
    code: /^(x === 0|1 \/ x < 0)$/,
    why: 'equivalent: 1 / x is below 0 where x is, and infinite where x is 0',
  },
];

export const explainedInSource = (file, { code, mutant }) =>
  sourceRules.find((rule) => rule.file === file && rule.code.test(code) && (rule.mutant ?? /^/).test(mutant))?.why;
