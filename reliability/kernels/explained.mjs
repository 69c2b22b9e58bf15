import { readFileSync } from 'node:fs';

// Why a mutant that the tests let live is no gap in them. A rule names the operator's line by its text, what is changed and, where
// the line is in many functions, which of them. What no rule fits is printed as unexplained: so it is after the line changed.
const rules = [
  {
    file: 'assembly/results.ts',
    code: 'for (; n >= 4 * wide; n -= 4 * wide, e += 4 * de, y += 4 * dy) {',
    text: /ge_s is .*gt_s$/,
    why: 'speed only: the last values go one by one',
  },
  {
    file: 'assembly/passes.ts',
    code: 'const some = max<i32>(1, GATHERED / max<i32>(1, length) / sizeof<T>()), wide = length * sizeof<T>();',
    text: /^(16384|4) is /,
    why: 'speed only: perhaps a lane fewer at a time',
  },
  {
    file: 'assembly/transpose.ts',
    code: 'for (let k = 0; k < n; k++) store<T>(to + k * pitchTo, load<T>(from + k * sizeof<T>()));',
    text: /lt_s is .*le_s$/,
    in: /lanesF64/,
    why: 'one element more goes into the tile, to where nothing is read or the next row is written; nothing outside of it is (canaries)',
  },
  {
    file: 'assembly/tile.ts',
    code: 'k6 = constant<E, V>(k + 6 * size), k7 = constant<E, V>(k + 7 * size), k8 = constant<E, V>(k + 8 * size);',
    text: /is \d+$/,
    in: /expTile<f32,f64/,
    why: 'equivalent: the exact core has fewer constants, and drops this one',
  },
  {
    file: 'assembly/results.ts',
    code: 'if (sizeof<T>() == 8 && scaled) {',
    text: /^if always$/,
    in: /subtractRow<f64/,
    why: 'speed only: with a theta of 1 the way of theta gives the same bits',
  },
  {
    file: 'assembly/rows.ts',
    code: 'const present = m > -Infinity ? m : 0;',
    text: /^f64\.const: 0 is /,
    why: 'only in a block of -inf alone: its e, which is all that differs, gets the weight 0',
  },
  {
    file: 'assembly/arithmetic.ts',
    code: 'if (isVector<V>()) return v128.div<E>(a, b);',
    text: /another sign$/,
    in: /row<f64/,
    why: "equivalent: Dekker's split of a factor works with either sign of its constant",
  },
  {
    file: 'assembly/results.ts',
    code: 'store<f64>(TERM + 16, 0);',
    text: /is \d+$/,
    in: /row<f32,f64/,
    why: 'equivalent: a 0 among zeros',
  },
  {
    file: 'assembly/columnResults.ts',
    code: 'store<E>(y + j * sizeof<E>(), <E>addPairs(m, 0, load<f64>(j * 8, LOGARITHMS), load<f64>(j * 8, LOGARITHMS + ROW)));',
    text: /is \d+$/,
    in: /column(Step|Rows|s)<f32/,
    why: 'equivalent: the low part of a float32 logarithm is 0, and so is what lies around it',
  },
  {
    file: 'assembly/slots.ts',
    code: 'return v128.splat<E>(x);',
    text: /another significand$/,
    in: /logPair<f64/,
    why: 'within the bound: the last bits of a coefficient, below those of the result',
  },
  {
    file: 'assembly/index.ts',
    code: 'if (kind == SOFTMAX && length <= 16 && outer * inner == 1 && softmaxFew<v128>(x, y, length)) return;',
    text: /^16 is 15$/,
    why: 'speed only: a row of 16 gives the same bits the long way',
  },
  {
    file: 'assembly/slots.ts',
    code: 'if (sizeof<T>() == sizeof<E>()) v128.store(at, value);',
    text: /store( \d+ bytes further)?$/,
    in: /exponentials/,
    why: 'equivalent: exp reads neither the origin nor the rounding errors that the core adds up',
  },
  {
    file: 'assembly/results.ts',
    code: 'quotient<T, W>(constant<f64, W>(SUM), constant<f64, W>(SUM + 16), constant<f64, W>(TERM), constant<f64, W>(TERM + 16), REST, 16);',
    text: /is \d+$/,
    in: /row<f32,f64/,
    why: 'equivalent: the quotient for float32 elements has no use for low parts',
  },
  {
    file: 'assembly/slots.ts',
    code: 'return sizeof<E>() == 4 ? v128.load_splat<u32>(at) : v128.load_splat<u64>(at);',
    text: /8 bytes further$/,
    in: /row<|lanes<f32,f32/,
    why: 'equivalent: a pair lies in memory twice, for both lanes of a vector',
  },
  {
    file: 'assembly/passes.ts',
    code: 'scaleRow<T, E, V>(e, y, n, load<f64>(FACTOR), load<f64>(FACTOR + 16), load<f64>(TERM), load<f64>(VALUE));',
    text: /8 bytes further$/,
    why: 'equivalent: a pair lies in memory twice, for both lanes of a vector',
  },
  {
    file: 'assembly/passes.ts',
    code: 'if (kind == LOG_SOFTMAX) subtractRow<T, E, V>(x, y, n, m * sign, load<f64>(LOGARITHM), load<f64>(LOGARITHM + 16));',
    text: /8 bytes further$/,
    why: 'equivalent: a pair lies in memory twice, for both lanes of a vector',
  },
  {
    file: 'assembly/rows.ts',
    code: 'return sizeof<E>() == 4 ? 2 * nearest<f64>(top * 0.7213475204444817) : nearest<f64>(top * 1.4426950408889634);',
    text: /nearest is .*floor$/,
    why: 'another scale of e, by a factor below 2: results are relative to it',
  },
  {
    file: 'assembly/results.ts',
    code: 'for (; n >= 4 * wide; n -= 4 * wide, e += 4 * de, y += 4 * dy) {',
    text: /^8 is 9$/,
    why: 'speed only: the last values go one by one',
  },
  {
    file: 'assembly/passes.ts',
    code: 'const blocks = 64 / inner, pitch = 64 * sizeof<E>(), row = length * sizeof<E>();',
    text: /^64 is 63$/,
    why: 'speed only: a lane fewer in a tile',
  },
  {
    file: 'assembly/sums.ts',
    code: 'store<E>(e + k * sizeof<E>(), 0);',
    text: /^f64\.const: 0 is /,
    in: /<f32,f64/,
    why: 'within the bound: e are 2^200 times larger than the number that replaces 0',
  },
  {
    file: 'assembly/slots.ts',
    code: 'else return f64x2.promote_low_f32x4(v128.shuffle<u64>(a, a, 1, 1));',
    text: /halves swapped$/,
    why: 'equivalent: both halves are the same vector',
  },
  {
    file: 'assembly/exp.ts',
    code: 'power = powerOfTwo;',
    text: /global\.set$/,
    in: /exponentials/,
    why: 'equivalent: without a theta nothing reads it',
  },
  {
    file: 'assembly/sums.ts',
    code: 'for (; n >= 4 * wide; n -= 4 * wide, x += 4 * dx, e += 4 * dy) {',
    text: /ge_s is .*gt_s$/,
    why: 'within the bound: the last values are added one by one',
  },
  {
    file: 'assembly/arithmetic.ts',
    code: 'return v128.all_true<u32>(v128.and(v128.and(v128.le<E>(a, x), v128.le<E>(b, x)), v128.and(v128.le<E>(c, x), v128.le<E>(d, x))));',
    text: /le is .*lt$/,
    in: /find/,
    why: 'speed only: where an element equals the bound, those behind it are looked at one by one',
  },
  {
    file: 'assembly/elements.ts',
    code: 'if (load<f64>(COPY + i) > 500) store<f64>(y + i, load<f64>(CHUNK_E + i) * 6.668014432879854e240); // 2^800',
    text: /another significand$/,
    why: 'the limit between two ways, both right around it',
  },
  {
    file: 'assembly/passes.ts',
    code: 'scaleRow<T, E, V>(e, y, n, load<f64>(FACTOR), load<f64>(FACTOR + 16), load<f64>(TERM), load<f64>(VALUE));',
    text: /^\d+ is \d+$/,
    in: /row<f32,f64/,
    why: 'equivalent: the exact kernel has no use for the low part of a factor',
  },
  {
    file: 'assembly/results.ts',
    code: 'store<f64>(TERM + 16, 0);',
    text: /is \d+$/,
    in: /maxTermRow<f64/,
    why: 'within the bound: the low part of an e at a maximum that was there before, at most the last bit of this one',
  },
  {
    file: 'assembly/slots.ts',
    code: 'return sizeof<E>() == 4 ? v128.load_splat<u32>(at) : v128.load_splat<u64>(at);',
    text: /8 bytes further$/,
    in: /expSumRow<f64/,
    why: 'equivalent: behind the 0 lie the bits of a float32, which as a float64 vanish in every sum',
  },
  {
    file: 'assembly/sums.ts',
    code: 'store<f64>(SUM + 16, c + lostOf<T, V>());',
    text: /is \d+$/,
    in: /<f32,/,
    why: 'equivalent: float32 elements have no use for the low part of a sum',
  },
  {
    file: 'assembly/sums.ts',
    code: 'c += load<f64>(RUNNING + 24) + twoSumLow<f64>(s, b, sum, true);',
    text: /add is .*sub$/,
    in: /<f32,/,
    why: 'equivalent: float32 elements have no use for the low part of a sum',
  },
  {
    file: 'assembly/elements.ts',
    code: 'put<T, f64, V>(COPY + at, pmin<f64, V>(get<T, f64, V>(x + at, m - i, cap), cap), m - i);',
    text: /(another significand|sub is .*add)$/,
    in: /expF32/,
    why: 'equivalent: any cap does that overflows float32; what is read behind the end is not stored, and allocate keeps room for it',
  },
  {
    file: 'assembly/columns.ts',
    code: 'for (let j = 0; j < lanes * 8; j += span<f64, f64, W>()) {',
    text: /^16 is 15$/,
    why: 'equivalent: zeros over zeros',
  },
  {
    file: 'assembly/passes.ts',
    code: '} else if (plain && inner < 16 && outer > 1 && length <= GATHERED / 64 / sizeof<T>()) {',
    text: /lt_s is .*le_s$/,
    why: 'speed only: sixteen lanes go either way',
  },
  {
    file: 'assembly/transpose.ts',
    code: 'for (; i <= rows - 4; i += 4, from += 4 * pitchFrom, to += 16) {',
    text: /^4 is 5$/,
    why: 'speed only: the last four rows go one by one',
  },
  {
    file: 'assembly/tile.ts',
    code: 'for (let i = 0; i < 4 * <i32>span<E, E, V>(); i += span<E, E, V>()) {',
    text: /lt_s is .*le_s$/,
    why: 'equivalent: a group more than is read, and the row has room',
  },
  {
    file: 'assembly/columnResults.ts',
    code: 'for (let j = 0; j < lanes; j += width<f64, W>()) {',
    text: /^2 is 1$/,
    in: /<f32/,
    why: 'speed only: half of every pair is done twice, from what is not yet written over',
  },
  {
    file: 'assembly/arithmetic.ts',
    code: 'if (isVector<V>()) return v128.mul<E>(a, b);',
    text: /mul is .*add$/,
    in: /logPair<f64/,
    why: 'within the bound: a term of the logarithm below its last bits',
  },
  {
    file: 'assembly/elements.ts',
    code: 'if (load<f64>(COPY + i) > 500) store<f64>(y + i, load<f64>(CHUNK_E + i) * 6.668014432879854e240); // 2^800',
    text: /gt is .*ge$/,
    why: 'the limit between two ways, both right around it',
  },
  {
    file: 'assembly/gradient.ts',
    code: 'let s = none, c = none, u = none, v = none, last: f64 = 0, rest: f64 = 0;',
    text: /no local\.tee$/,
    why: 'equivalent: what a function has not set yet is 0',
  },
  {
    file: 'assembly/steps.ts',
    code: 'if (copies > 1) joinMaxima<E>(lanes, w);',
    text: /gt_s is .*ge_s$/,
    why: 'equivalent: of one copy there is nothing to join',
  },
  {
    file: 'assembly/columnResults.ts',
    code: 'for (let j = 0; j < lanes; j += width<f64, W>()) {',
    text: /lt_s is .*le_s$/,
    why: 'equivalent: a group more than is read, and the row has room',
  },
  {
    file: 'assembly/columnResults.ts',
    code: 'quotient<E, W>(loadAs<f64, f64, W>(TOTALS + s), lowSum<E, W>(j), loadAs<f64, f64, W>(TERMS + s), loadAs<f64, f64, W>(TERMS + ROW + s), RESTS + s, ROW);',
    text: /is \d+$/,
    in: /<f32/,
    why: 'equivalent: the quotient for float32 elements has no use for low parts',
  },
  {
    file: 'assembly/slots.ts',
    code: 'return constant<E, V>(ZERO);',
    text: /is \d+$/,
    in: /expSumRow<f32,f64/,
    why: 'equivalent: the byte before the 0 makes a float64 that vanishes in every sum',
  },
  {
    file: 'assembly/arithmetic.ts',
    code: 'if (isVector<V>()) return v128.and(a, v128.lt<E>(x, y));',
    text: /lt is .*le$/,
    in: /subtractRow<f64/,
    why: 'only a product of exactly -1e290, where the low part is far below the last bit that matters',
  },
  {
    file: 'assembly/passes.ts',
    code: 'count = expSumRow<T, E, V, W>(x, CHUNK_E, n, true, m * sign);',
    text: /^1 is 2$/,
    why: 'equivalent: true either way',
  },
  {
    file: 'assembly/finish.ts',
    code: 'const sum = mh + Lh, part = sum - mh;',
    text: /^f64\.add is f64\.sub$/,
    in: /<f32,/,
    why: 'within the bound: what the sum lacks, and be it twice L, the error term gives back, in float64',
  },
  {
    file: 'assembly/steps.ts',
    code: 'if (copies > 1) spreadResults<E>(lanes, w);',
    text: /^if always$/,
    why: 'equivalent: of one copy there is nothing to spread',
  },
  {
    file: 'assembly/rows.ts',
    code: 'if (done < n) expTile<T, E, V>(x + rows * dx, dx, y + rows * dy, dy, 1, n - done, C != 0, C);',
    text: /gt_s is .*ge_s$/,
    why: 'equivalent: a tile of no lanes is none',
  },
  {
    file: 'assembly/slots.ts',
    code: 'return sizeof<E>() == 4 ? v128.load_splat<u32>(at) : v128.load_splat<u64>(at);',
    text: /8 bytes further$/,
    in: /expSumRow<f32,f64/,
    why: 'within the bound: what lies behind the 0 is subnormal as a float64, beside e of 2^200',
  },
];

/** The source line that a mutant's place names. */
function lineAt(file, number) {
  return readFileSync(new URL(`../../${file}`, import.meta.url), 'utf8')
    .split('\n')
    [number - 1]?.trim();
}

export function explained({ at, text, function: name }) {
  const [file, number] = at.split(':'),
    code = lineAt(file, Number(number));
  const fits = (rule) =>
    rule.file === file && rule.code === code && rule.text.test(text) && (rule.in ?? /./).test(name);
  return rules.find(fits)?.why;
}
