// The plain parts of the playground (site/playground/): reading logits, the address, cuts, draws, exact results.
import { Decimal } from 'decimal.js';
import { expect, test } from 'vitest';
import { kept } from '../site/playground/cuts.ts';
import { draw, generator } from '../site/playground/draw.ts';
import { digits, exactLane, ulps } from '../site/playground/exact.ts';
import { laneOf, lanesOf } from '../site/playground/lanes.ts';
import { parse, textOf } from '../site/playground/logits.ts';
import { fromNpy } from '../site/playground/npy.ts';
import { markdown, plainLoop, race } from '../site/playground/race.ts';
import { initial, read, write, type State } from '../site/playground/state.ts';
import { createSoftmax } from '../src/index.ts';
import { laneCases, saturated } from './support/cases.ts';
import * as oracle from './support/oracle.ts';
import { ulpError } from './support/ulp.ts';

const plain = ({ data, shape, labels }: ReturnType<typeof parse>) => ({ data: [...data], shape, labels });

test.each([
  ['1, 3, 2', [1, 3, 2], [3]],
  ['1 3\t2'.replace('\t', ' '), [1, 3, 2], [3]],
  ['1;3;-inf\n2;1;NaN\n', [1, 3, -Infinity, 2, 1, NaN], [2, 3]],
  ['1\n2\n3', [1, 2, 3], [3]],
  ['1,2,\n3,4,', [1, 2, 3, 4], [2, 2]],
  ['7', [7], [1]],
  ['[1, 3, null]', [1, 3, -Infinity], [3]],
  ['[[1, -Infinity], ["NaN", 4e-3]]', [1, -Infinity, NaN, 0.004], [2, 2]],
  ['{"logits": [[5]]}', [5], [1, 1]],
  ['{"data": [1, 2, 3, 4], "dims": [1, 2, 2]}', [1, 2, 3, 4], [2, 2]],
] as const)('%j is read', (text, data, shape) => {
  expect(plain(parse(text))).toEqual({ data, shape, labels: undefined });
});

test('names of classes come from the first line or from labels', () => {
  expect(plain(parse('cat,"dog",bird\n1,3,2'))).toEqual({ data: [1, 3, 2], shape: [3], labels: ['cat', 'dog', 'bird'] });
  expect(parse('{"labels": ["a", "b"], "logits": [[1, 2], [3, 4]]}').labels).toEqual(['a', 'b']);
});

test.each(['1, 3, 2', 'cat, dog\n1, 2', '1\n2', '[[1], [2]]', '[[1, 2]]', 'constructor, x\n1,2\n-inf,nan', '{"labels": ["a, b", "NaN c"], "logits": [1, 2]}', '{"labels": ["1", "2"], "logits": [[1, NaN], [3, -Infinity]]}'])(
  'the text of %j is read back',
  (text) => expect(plain(parse(textOf(parse(text))))).toEqual(plain(parse(text))),
);

test.each([
  ['', /there are no numbers; type some/],
  ['cat, dog', /has no number/],
  ['1, 2\n3', /row 2 has 1 numbers where row 1 has 2/],
  ['1, x', /row 1, column 2 is "x"; wanted: a number/],
  ['[1, [2]]', /row 1, column 2 is \[2\]/],
  ['[[1, 2], 3]', /row 2 is 3; wanted: a list/],
  ['[1, 2', /begins like JSON, but is not/],
  ['{"scores": [1]}', /an object with scores; wanted: logits/],
  ['{"logits": 5}', /logits is 5; wanted: a list/],
  ['{"data": [1, 2, 3], "shape": [2, 2]}', /shape \[2,2\] has 4 places for 3 numbers/],
  ['{"data": [1, 2, 3, 4, 5, 6, 7, 8], "shape": [2, 2, 2]}', /3 dimensions; wanted: one or two/],
  ['{"labels": ["a"], "logits": [1, 2]}', /1 labels for 2 classes/],
  ['[]', /whole numbers above 0/],
  [Array(100_001).fill(0).join(), /100001 numbers; this page shows up to 100000/],
])('refused: %#', (text, message) => {
  expect(() => parse(text)).toThrow(message);
});

/** What numpy.save writes. */
function npy(descr: string, fortran: boolean, shape: string, bytes: Uint8Array, version = 1): ArrayBuffer {
  const text = `{'descr': '${descr}', 'fortran_order': ${fortran ? 'True' : 'False'}, 'shape': (${shape}), }`;
  const before = version === 1 ? 10 : 12, header = text.padEnd(64 * Math.ceil((text.length + before + 1) / 64) - before - 1) + '\n';
  const file = new Uint8Array(before + header.length + bytes.length), view = new DataView(file.buffer);
  file.set([0x93, ...new TextEncoder().encode('NUMPY'), version, 0]);
  if (version === 1) view.setUint16(8, header.length, true);
  else view.setUint32(8, header.length, true);
  file.set(new TextEncoder().encode(header), before);
  file.set(bytes, before + header.length);
  return file.buffer;
}
const bytesOf = (array: ArrayBufferView): Uint8Array => new Uint8Array(array.buffer as ArrayBuffer);

test('.npy files: floats and integers, both byte orders, both array orders, versions 1 and 2', () => {
  const six = [1, 2, 3, 4, 5, 6.5];
  expect(plain(fromNpy(npy('<f8', false, '2, 3', bytesOf(Float64Array.from(six)))))).toEqual({ data: six, shape: [2, 3] });
  const single = fromNpy(npy('<f4', false, '6,', bytesOf(Float32Array.from(six)), 2));
  expect([single.shape, [...single.data], single.float32]).toEqual([[6], six, true]);
  expect([...fromNpy(npy('<f8', true, '2, 3', bytesOf(Float64Array.from(six)))).data]).toEqual([1, 3, 5, 2, 4, 6.5]);
  expect([...fromNpy(npy('>f8', false, '1,', bytesOf(Float64Array.of(3)).reverse())).data]).toEqual([3]);
  expect([...fromNpy(npy('<f2', false, '4,', bytesOf(Uint16Array.of(0x3c00, 0xc200, 0xfc00, 1)))).data]).toEqual([1, -3, -Infinity, 2 ** -24]);
  expect([...fromNpy(npy('<i8', false, '1, 2', bytesOf(BigInt64Array.of(-5n, 7n)))).data]).toEqual([-5, 7]);
  expect([...fromNpy(npy('|u1', false, '', Uint8Array.of(9))).data]).toEqual([9]);
});

test.each([
  [new ArrayBuffer(3), /no \.npy file/],
  [npy('<c8', false, '1,', new Uint8Array(8)), /holds '<c8'; wanted: floats or integers/],
  [npy('<f8', false, '2, 2', new Uint8Array(24)), /24 bytes of data where shape \[2,2\] needs 32/],
  [npy('<f8', false, '2, 2, 2', new Uint8Array(64)), /3 dimensions/],
  [npy('|u1', false, '1000, 1000', new Uint8Array(0)), /1000000 numbers/],
])('a wrong .npy is refused', (file, message) => {
  expect(() => fromNpy(file)).toThrow(message);
});

const states: Partial<State>[] = [
  {},
  { temperature: 0.7, topK: 5, topP: 0.9, minP: 0.05, draws: 1000, seed: 7, build: 'js', theme: 'dark', dtype: 'float32' },
  { logits: parse('1, -inf, nan\n0.1, 1e-300, 3'), axis: 0, lane: 2 },
  { logits: parse('[[1, 2]]'), axis: null },
  { logits: parse('a & b = c,d#\n1,2') },
  { logits: { data: Float64Array.from({ length: 1000 }, (_, i) => Math.sin(i) / 3), shape: [10, 100] } },
  { logits: { data: Float64Array.of(5), shape: [1] } },
];
test.each(states)('the address gives back state %#', (changes) => {
  const state = { ...initial, ...changes };
  const { logits, ...others } = state, back = read(`#${write(state)}`);
  expect(back.problems).toEqual([]);
  expect({ ...back.state, logits: plain(back.state.logits) }).toEqual({ ...others, logits: plain(logits) });
});

test('what cannot be read in an address is named, and left as it is initially', () => {
  const { state, problems } = read('#x=1_2_3&temperature=0&topK=1.5&build=fast&axis=3&labels=a~b');
  expect(problems).toEqual([
    'labels in the address: 2 labels for 3 classes; give one for each',
    'temperature in the address: 0; wanted: a number from 0.000001 to 1000000',
    'topK in the address: 1.5; wanted: a whole number from 0 to Infinity',
    'build in the address: fast; wanted: auto, relaxed, simd, scalar, js',
    'axis in the address: 3; wanted: all, 0, 1, -1, -2',
  ]);
  expect([[...state.logits.data], state.temperature, state.axis]).toEqual([[1, 2, 3], 1, -1]);
  expect(read('#x=2x2:AAAA').problems[0]).toMatch(/x in the address: the address was cut off/);
  expect(read('').state).toEqual(initial);
});

const none = { topK: 0, topP: 1, minP: 0 };
test.each([
  [[1, 3, 2], none, [1, 1, 1]],
  [[1, 3, 2], { ...none, topK: 2 }, [0, 1, 1]],
  [[2, 2, 2, 1], { ...none, topK: 2 }, [1, 1, 0, 0]],
  [[1, 3, 2], { ...none, topK: 9 }, [1, 1, 1]],
  // probabilities 0.09, 0.665, 0.245
  [[1, 3, 2], { ...none, topP: 0.6 }, [0, 1, 0]],
  [[1, 3, 2], { ...none, topP: 0.7 }, [0, 1, 1]],
  [[1, 3, 2], { ...none, topP: 0 }, [0, 1, 0]],
  // of 0.731, 0.269 that topK leaves
  [[1, 3, 2], { ...none, topK: 2, topP: 0.7 }, [0, 1, 0]],
  [[1, 3, 2], { ...none, minP: 0.3 }, [0, 1, 1]],
  [[1, 3, 2], { ...none, minP: 1 }, [0, 1, 0]],
  [[0, -Infinity], none, [1, 0]],
  [[0, NaN], { ...none, topK: 1 }, [1, 1]],
] as const)('cuts %j %j', (x, cuts, wanted) => {
  expect([...kept(x, 1, cuts)]).toEqual(wanted);
});

test('draws follow the probabilities, the seed determines them, and what is cut is never drawn', () => {
  const s = createSoftmax(), x = [1, 3, 2, -Infinity, 0.5], options = { ...none, temperature: 0.8, minP: 0.1, count: 200_000 };
  const drawn = draw(s, x, { ...options, random: generator(3) });
  const where = kept(x, 1 / 0.8, options), p = s.softmax(x, { temperature: 0.8, where });
  const counts = x.map((_, i) => drawn.filter((each) => each === i).length);
  // six standard deviations
  counts.forEach((count, i) => expect(Math.abs(count - 2e5 * p[i]!)).toBeLessThanOrEqual(6 * Math.sqrt(2e5 * p[i]! * (1 - p[i]!))));
  expect(counts[3]).toBe(0);
  expect(counts.filter((count) => count > 0).length).toBe(where.reduce((a, b) => a + b, 0));
  expect(draw(s, x, { ...options, count: 50, random: generator(3) })).toEqual(drawn.slice(0, 50));
  expect([...draw(s, x, { ...options, count: 2, random: () => 1 - 2 ** -53 })]).toEqual([2, 2]);
  expect([...draw(s, [-Infinity, 5], { ...options, count: 1, random: () => 0 })]).toEqual([1]);
  expect(() => draw(s, [NaN], { ...options, count: 1, random: () => 0 })).toThrow(/nothing can be drawn/);
});

test('lanes of rows, of columns, and of the whole array', () => {
  const two = parse('1,2,3\n4,5,6');
  const all = (axis: number | null) => {
    const lanes = lanesOf(two, axis);
    return Array.from({ length: lanes.count }, (_, lane) => [...laneOf(two.data, lanes, lane)]);
  };
  expect([all(-1), all(0), all(null)]).toEqual([[[1, 2, 3], [4, 5, 6]], [[1, 4], [2, 5], [3, 6]], [[1, 2, 3, 4, 5, 6]]]);
});

const cases = [...saturated.map((c) => ({ x: c.draw('float64', 3, 1), theta: 1 })), ...laneCases.flatMap((c) => [3, 8, 40].map((n) => ({ x: c.draw('float64', n, 1), theta: n === 8 ? 1 / 0.7 : 1 })))];
test(`exact results agree with the oracle's on ${cases.length} lanes, and so do the errors`, () => {
  const { softmax, logSoftmax, logsumexp } = createSoftmax({ build: 'js' });
  for (const { x, theta } of cases) {
    const lane = Float64Array.from(x), exact = exactLane(lane, theta);
    const pairs = [
      [softmax(lane, { theta }), exact.softmax, oracle.softmax(lane, theta)],
      [logSoftmax(lane, { theta }), exact.logSoftmax, oracle.logSoftmax(lane, theta)],
    ] as const;
    for (const [got, mine, wanted] of pairs) {
      got.forEach((value, i) => {
        const own = ulps(value, mine[i]!, 'float64'), other = ulpError(value, wanted[i]!, 'float64');
        expect(Math.abs(own - other), `${[...lane]} theta ${theta} [${i}]: ${own} and ${other}`).toBeLessThan(1e-6);
      });
    }
    const sum = logsumexp(lane, { theta }), mine = ulps(sum, exact.logsumexp, 'float64'), other = ulpError(sum, oracle.logsumexp(lane, { theta }), 'float64');
    expect(mine === other || Math.abs(mine - other) < 1e-6, `logsumexp of ${[...lane]}: ${mine} and ${other}`).toBe(true);
  }
});

test('exact results of special lanes, of masks, and their digits', () => {
  expect(exactLane([1, NaN], 1).softmax).toEqual([NaN, NaN]);
  expect(exactLane([1, Infinity], 1).logsumexp).toBe(Infinity);
  expect(exactLane([-Infinity], 1)).toEqual({ softmax: [NaN], logSoftmax: [NaN], logsumexp: -Infinity });
  const masked = exactLane([1, NaN, 3, 2], 1, [1, 0, 1, 1]), bare = exactLane([1, 3, 2], 1);
  expect(masked.softmax).toEqual([bare.softmax[0], 0, bare.softmax[1], bare.softmax[2]]);
  expect(masked.logSoftmax[1]).toBe(-Infinity);
  const D = Decimal.clone({ precision: 60 }), p = D.div(new D(3).exp(), new D(1).exp().plus(new D(2).exp()).plus(new D(3).exp()));
  expect(digits(bare.softmax[1]!, 20)).toBe(p.toSignificantDigits(20).toString());
  expect(digits(bare.logSoftmax[1]!, 20)).toBe(p.ln().toSignificantDigits(20).toString());
  expect(digits(exactLane([0, -40], 1).logSoftmax[0]!, 10)).toBe('-4.248354255e-18');
  expect(digits(exactLane([1000, 1000], 1).logsumexp, 10)).toBe('1000.693147');
  expect([ulps(NaN, NaN, 'float64'), ulps(1, NaN, 'float64'), ulps(-0, 0, 'float64')]).toEqual([0, Infinity, 0]);
});

test('the plain loop of the race computes what the package does, along rows and columns', () => {
  const { softmax } = createSoftmax(), x = Float64Array.of(1, 3, 2, 0, -1, 5);
  const near = (a: Float64Array, b: Float64Array) => a.forEach((v, i) => expect(v).toBeCloseTo(b[i]!, 14));
  near(plainLoop(x, 3, 'rows', 0.5) as Float64Array, softmax(x, { shape: [2, 3], axis: -1, theta: 0.5 }));
  near(plainLoop(x, 2, 3, 1) as Float64Array, softmax(x, { shape: [2, 3], axis: 0 }));
});

test('a race takes the contestants in turn, and its Markdown has a row for each', async () => {
  let time = 0, turns = '';
  const contest = (name: string, ms: number) => ({ name, run: () => void ((time += ms), (turns += name.at(-1))) });
  const timings = await race([contest('loop', 4), contest('ours', 1)], 1000, { rounds: 5, ms: 8, clock: () => time, pause: async () => {} });
  expect(timings.map(({ ns, ratio }) => [ns, ratio])).toEqual([[4000, 1], [1000, 4]]);
  expect(turns).toMatch(/(p{2}s{8}){5}$/);
  expect(markdown(timings, 'softmax', 'host')).toBe('softmax; host\n\n| | ns per element | middle half of the rounds | times as fast as the loop |\n|---|--:|--:|--:|\n| loop | 4.00e+3 | 4.00e+3 to 4.00e+3 | 1.00 |\n| ours | 1.00e+3 | 1.00e+3 to 1.00e+3 | 4.00 |\n');
});
