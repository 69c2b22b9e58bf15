// Why a mutant that the tests let live is no gap in them. A rule names the operator's line, what is changed and, where the
// line is in many functions, which of them. What no rule fits is printed as unexplained: so it is after the text changed.
const rules = [
  {
    at: 'assembly/passes.ts:30',
    text: /^(32 is 31|i32\.gt_s is i32\.ge_s)$/,
    why: 'speed only: a row of 32 gives the same bits alone as in a tile',
  },
  {
    at: 'assembly/passes.ts:62',
    text: /^if always$/,
    in: /row<f32,f64/,
    why: 'a long row is summed in float64 in another order, which its result in float32 does not show; its e lie in scratch that is free',
  },
  {
    at: 'assembly/passes.ts:70',
    text: /^24768 is /,
    in: /row<f32,f64/,
    why: 'equivalent: the number that is loaded is dropped',
  },
  {
    at: 'assembly/columns.ts:184',
    text: /^54800 is /,
    in: /columns<f32/,
    why: 'equivalent: the number that is loaded is dropped',
  },
  {
    at: 'assembly/lanes.ts:109',
    text: /\.gt is .*\.ge$/,
    in: /maxColumns/,
    why: 'equivalent: of two equal numbers either is the larger; 0 and -0 have the same e',
  },
  {
    at: 'assembly/lanes.ts:109',
    text: /\.lt is .*\.le$/,
    in: /maxRow/,
    why: 'equivalent: of two equal numbers either is the larger; 0 and -0 have the same e',
  },
  {
    at: 'assembly/columns.ts:55',
    text: /\.gt is .*\.ge$/,
    why: 'at the limit itself the maximum may be subtracted or not: both ways are exact there',
  },
  {
    at: 'assembly/passes.ts:30',
    text: /^1 is 0$/,
    in: /lanes<f64,f64/,
    why: 'speed: rows are computed as columns, within the bound, all of them alike',
  },
  {
    at: 'assembly/lanes.ts:128',
    text: /nearest is .*floor$/,
    in: /logPair<f64/,
    why: 'within the bound: another entry of the table, and a remainder up to twice as large',
  },
  {
    at: 'assembly/rows.ts:52',
    text: /^f64\.const: 0 is 1\.9$/,
    why: 'only in a block of -inf alone: its e, which is all that differs, gets the weight 0',
  },
  {
    at: 'assembly/lanes.ts:246',
    text: /another sign$/,
    why: 'equivalent: Dekker’s split takes a factor of either sign',
  },
  {
    at: 'assembly/exp.ts:23',
    text: /^no global\.set$/,
    in: /F32$/,
    why: 'equivalent: only the kernels that compute in float64 read theta',
  },
  { at: 'assembly/exp.ts:25', text: /\.lt is .*\.le$/, why: 'equivalent: theta is never 0 here' },
  { at: 'assembly/tile.ts:95', text: /^no local\.set$/, why: 'equivalent: the local holds that address already' },
  {
    at: 'assembly/lanes.ts:73',
    text: /^v128\.const: another significand$/,
    in: /columns<f64/,
    why: 'Dekker’s split takes other factors near 2^27 as well: the products stay exact here',
  },
  {
    at: 'assembly/exp.ts:26',
    text: /another significand$/,
    why: 'theta = 1 takes the way of the other thetas, within the bound',
  },
  {
    at: 'assembly/lanes.ts:285',
    text: /^v128\.const: 0 is /,
    why: 'equivalent: what fills the lanes behind the last is dropped',
  },
  {
    at: 'assembly/rows.ts:100',
    text: /^24800 is 24801$/,
    in: /expSumRow<f32/,
    why: 'the lowest byte of a sum that starts at 0 is left as it was: a number below 1e-321',
  },
  {
    at: 'assembly/lanes.ts:42',
    text: /^v128\.load 16 bytes further$/,
    in: /expTile<f32,f64/,
    why: 'equivalent: these tiles are rows, of which all lanes have one bias',
  },
  {
    at: 'assembly/elements.ts:18',
    text: /^i32\.sub is i32\.add$/,
    in: /expF32/,
    why: 'the copy of the last element is written with a neighbour that scratch has room for',
  },
  {
    at: 'assembly/rows.ts:191',
    text: /^i32\.gt_s is i32\.ge_s$/,
    why: 'equivalent: one more round, of no elements',
  },
  {
    at: 'assembly/passes.ts:121',
    text: /^i32\.gt_s is i32\.ge_s$/,
    why: 'equivalent: one more round, of no lanes',
  },
  { at: 'assembly/lanes.ts:181', text: /^v128\.const: another sign$/, why: 'equivalent: the bit is shifted out' },
  {
    at: 'assembly/lanes.ts:247',
    text: /^no local\.tee$/,
    in: /softmaxFactor<f32,f32/,
    why: 'the error of a product in float64, of which the result in float32 shows nothing',
  },
  {
    at: 'assembly/rows.ts:181',
    text: /^(no f64\.store|24768 is )/,
    in: /expSumRow<f32,f64/,
    why: 'the low part of a sum in float64, of which the result in float32 shows nothing',
  },
  {
    at: 'assembly/passes.ts:92',
    text: /^0 is -1$/,
    in: /columns<f32/,
    why: 'equivalent: pairs of lanes start one lane earlier and reach every lane; what is written before them is written again',
  },
  {
    at: 'assembly/exp.ts:28',
    text: /const: /,
    in: /(F32|Exact)$/,
    why: 'equivalent: a part of theta that only the float64 kernels read',
  },
  {
    at: 'assembly/lanes.ts:135',
    text: /\.lt is .*\.le$/,
    in: /subtractRow<f64/,
    why: 'differs for the one argument that is the limit itself, where both ways are within the bound',
  },
  {
    at: 'assembly/rows.ts:242',
    text: /^f32\.const: another significand$/,
    why: 'the clamp at 128 below the maximum lies at 128.06: e is 0 in the result either way',
  },
  {
    at: 'assembly/tile.ts:30',
    text: /^no global\.set$/,
    in: /prepareRow<f32,f32/,
    why: 'equivalent: only kernels that compute in float64 read it',
  },
  {
    at: 'assembly/lanes.ts:33',
    text: /^v64x2\.load_splat 8 bytes further$/,
    in: /row<f64/,
    why: 'equivalent: both lanes of the pair hold the same number',
  },
  {
    at: 'assembly/passes.ts:58',
    text: /^f64\.load 8 bytes further$/,
    why: 'equivalent: both lanes of the pair hold the same number',
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
