import type { Dtype } from './bounds.ts';
import { random, type Random } from './random.ts';

/** Seeded lanes that are hard in some way. A name completes the sentence "softmax of ...". */
export interface LaneCase {
  readonly name: string;
  /** Given where the values themselves fix the length; such a case ignores the length it is asked for. */
  readonly length?: number;
  /** The types it says something about. */
  readonly dtypes: readonly Dtype[];
  /** The same values for the same dtype, length and seed, rounded to the dtype. */
  draw(dtype: 'float32', length?: number, seed?: number): Float32Array;
  draw(dtype: 'float64', length?: number, seed?: number): Float64Array;
  draw(dtype: Dtype, length?: number, seed?: number): Float32Array | Float64Array;
}

interface Place {
  readonly index: number;
  readonly length: number;
  readonly dtype: Dtype;
  readonly random: Random;
}

const both: readonly Dtype[] = ['float32', 'float64'];

function caseOf(name: string, dtypes: readonly Dtype[], valueAt: (place: Place) => number, fixed?: number): LaneCase {
  function draw(dtype: Dtype, length = 100, seed = 1): any {
    const used = fixed ?? length;
    const source = random(`${name} ${dtype} ${used} ${seed}`);
    const values = dtype === 'float32' ? new Float32Array(used) : new Float64Array(used);
    for (let index = 0; index < used; index++) values[index] = valueAt({ index, length: used, dtype, random: source });
    return values;
  }
  return { name, dtypes, draw, ...(fixed === undefined ? {} : { length: fixed }) };
}

const any = (name: string, valueAt: (place: Place) => number): LaneCase => caseOf(name, both, valueAt);
const only = (dtype: Dtype, name: string, valueAt: (place: Place) => number): LaneCase =>
  caseOf(name, [dtype], valueAt);

/** A fixed lane, written out. */
export function fixedCase(name: string, values: readonly number[], dtypes: readonly Dtype[] = both): LaneCase {
  return caseOf(name, dtypes, ({ index }) => values[index]!, values.length);
}

const ordinary: LaneCase[] = [
  ...[1, 3, 8, 30, 100, 300].map((s) => any(`normal logits of deviation ${s}`, ({ random }) => s * random.normal())),
  any('uniform logits between 0 and 16', ({ random }) => 16 * random.uniform()),
  any('equal logits', () => 0.7),
  any('equal logits of 0', () => 0),
  any('logits of alternating signs', ({ index, random }) => (index % 2 ? -1 : 1) * random.between(0, 50)),
  any('the same two logits in turn', ({ index }) => (index % 2 ? -0.3 : 0.4)),
];

const offset = (dtypes: readonly Dtype[], by: number, s: number): LaneCase =>
  caseOf(`normal logits of deviation ${s} around ${by}`, dtypes, ({ random }) => by + s * random.normal());

const offsets: LaneCase[] = [
  ...[100, -100, 1e3, -1e3, 1e4, -1e4].map((by) => offset(both, by, by === 100 ? 1 : 20)),
  ...[255, 257, 1400, 1600].map((by) => offset(both, by, 8)),
  ...[1e6, -1e6].map((by) => offset(['float32'], by, 3)),
  ...[1e6, 1e9, -1e9, 1e12, 1e15, -1e15].map((by) => offset(['float64'], by, 30)),
  only(
    'float32',
    'logits a few units in the last place apart at 1e30',
    ({ random }) => 1e30 - random.whole(3) * 2 ** 76,
  ),
  only(
    'float32',
    'logits a few units in the last place apart at 3e38',
    ({ random }) => 3e38 - random.whole(3) * 2 ** 104,
  ),
  only('float64', 'logits a few units in the last place apart at 2^53', ({ random }) => 2 ** 53 - random.whole(40)),
  only('float32', 'logits a few units in the last place apart at 2^24', ({ random }) => 2 ** 24 - random.whole(40)),
];

const spreads: LaneCase[] = [
  any('a rising ramp 1400 high', ({ index, length }) => (1400 * index) / Math.max(1, length - 1) - 700),
  any('a falling ramp 1400 high', ({ index, length }) => 700 - (1400 * index) / Math.max(1, length - 1)),
  any('a rising ramp 180 high', ({ index, length }) => (180 * index) / Math.max(1, length - 1)),
  any('steps of 97 up', ({ index, length, random }) => 97 * Math.floor((8 * index) / length) + random.normal()),
  any('steps of 97 down', ({ index, length, random }) => -97 * Math.floor((8 * index) / length) + random.normal()),
  any('steps of 97 up and down', ({ index, length, random }) => {
    const step = Math.floor((8 * index) / length);
    return 97 * Math.min(step, 7 - step) + random.normal();
  }),
  any('blocks on both sides of the limit of the shift', ({ index, length, dtype, random }) => {
    const limit = dtype === 'float32' ? 256 : 1500;
    return limit + 20 * (index < length / 2 ? -1 : 1) + 5 * random.normal();
  }),
  ...[87, 88, 103, 104, 708, 745].map((depth) =>
    any(`a maximum and logits about ${depth} below it`, ({ index, length, random }) =>
      index === length >> 1 ? 3 : 3 - depth + random.between(-2, 2),
    ),
  ),
  ...[100, 740].map((depth) =>
    any(`logits spread evenly down to ${depth} below the maximum`, ({ random }) => -depth * random.uniform()),
  ),
];

const dominated: LaneCase[] = [
  any('one giant among many tiny', ({ index, length, random }) =>
    index === length >> 1 ? 40 : 0.01 * random.normal(),
  ),
  any('one giant 17 above many that add up', ({ index }) => (index === 0 ? 17 : 0)),
  any('one giant 37 above many that add up', ({ index }) => (index === 0 ? 37 : 0)),
  any('a maximum that stands twice', ({ index, length, random }) =>
    index === 0 || index === length - 1 ? 5 : random.between(-5, 4.99),
  ),
  any('a maximum that stands in every third place', ({ index, random }) => (index % 3 ? random.between(-5, 1.9) : 2)),
  any(
    'a maximum and logits next to it',
    ({ dtype, random }) => 2 - random.whole(4) * 2 ** (dtype === 'float32' ? -23 : -52),
  ),
  any('logits that decay by a tenth', ({ index }) => -0.1 * index),
  any('logits that decay by ln 2', ({ index }) => -Math.LN2 * index),
  any('logits that grow by ln 3', ({ index, length }) => Math.log(3) * (index - length)),
];

/** Halfway between two steps of a range reduction by ln2/N, for the N that tables commonly have. */
const nearTies: LaneCase[] = [1, 2, 32, 64, 128].flatMap((N) =>
  [0, 3.25].map((maximum) =>
    any(`near-ties of a range reduction by ln2/${N} below ${maximum}`, ({ index, dtype, random }) => {
      const depth = random.whole((dtype === 'float32' ? 120 : 1050) * N);
      const nudge = (random.whole(3) - 1) * (dtype === 'float32' ? 2 ** -22 : 2 ** -46);
      return index === 0 ? maximum : -(depth + 0.5) * (Math.LN2 / N) + nudge;
    }),
  ),
);

const extremes: LaneCase[] = [
  any(
    'subnormal logits',
    ({ dtype, random }) => (random.whole(2000) - 1000) * (dtype === 'float32' ? 2 ** -149 : 2 ** -1074),
  ),
  any('tiny logits of both signs', ({ random }) => random.normal() * 1e-30),
  any('-Infinity among finite logits', ({ index, random }) => (index % 3 === 1 ? -Infinity : 4 * random.normal())),
  any('one finite logit among -Infinity', ({ index, length }) => (index === length - 1 ? -2.5 : -Infinity)),
  any('the most negative numbers beside ordinary ones', ({ index, dtype, random }) =>
    index % 2 ? 3 * random.normal() : dtype === 'float32' ? -3e38 : -1e308,
  ),
  any(
    'huge logits of both signs',
    ({ dtype, random }) => (2 * random.uniform() - 1) * (dtype === 'float32' ? 3e38 : 1e308),
  ),
  any('logits of every size and sign', ({ dtype, random }) => {
    const size = 2 ** random.between(...((dtype === 'float32' ? [-140, 127] : [-1060, 1023]) as [number, number]));
    return random.uniform() < 0.5 ? -size : size;
  }),
];

/** Lanes whose logsumexp is next to 0: n logits around -log n. */
const nearZero: LaneCase[] = [
  any('logits of -log n, whose logsumexp is next to 0', ({ length }) => -Math.log(length)),
  any('logits around -log n', ({ length, random }) => -Math.log(length) + 1e-3 * random.normal()),
  any('a logit just below 0 above a small rest', ({ index, random }) =>
    index === 0 ? -1e-4 : -9 - random.uniform() - Math.log(9),
  ),
];

/** Cases of any length. */
export const laneCases: readonly LaneCase[] = [
  ...ordinary,
  ...offsets,
  ...spreads,
  ...dominated,
  ...nearTies,
  ...extremes,
  ...nearZero,
];

/** [0, -d]: logSoftmax of the 0 is -log1p(exp(-d)), which must keep its relative precision down to the subnormals. */
export const saturated: readonly LaneCase[] = [
  0.1, 0.5, 1, 2, 5, 8, 12, 15.9, 16.6, 17.4, 20, 30, 36, 36.8, 37.5, 40, 50, 70, 86, 87, 87.3, 88, 90, 100, 103, 103.9,
  104, 110, 150, 300, 500, 700, 707, 708.4, 709, 720, 740, 744, 745, 745.1, 746, 800, 1000,
].flatMap((d) => [
  fixedCase(`[0, ${-d}]`, [0, -d]),
  fixedCase(`[${-d}, 0] moved up by 8`, [8 - d, 8]),
  fixedCase(`a 0 before three of ${-d}`, [0, -d, -d, -d]),
]);

/**
 * Lanes whose exponentials add up to 1 far closer than their own rounding: each logit takes what the ones before it left.
 * No absolute bound is in question; only a logsumexp with more digits than its format keeps any of the result.
 */
export const deepCancellation: readonly LaneCase[] = both.flatMap((dtype) =>
  [-0.1, -0.5, -0.6931471805599453, -1, -2, -5].flatMap((first) =>
    [2, 3, 4].map((length) =>
      fixedCase(`${length} logits from ${first} that add up to 1 (${dtype})`, fill(first, length, dtype), [dtype]),
    ),
  ),
);

export interface HardLane extends LaneCase {
  readonly theta: number;
}

const hard = (dtype: Dtype, values: readonly number[], theta = 1): HardLane => ({
  ...fixedCase(`${theta === 1 ? '' : `theta ${theta}, `}[${values.join(', ')}]`, values, [dtype]),
  theta,
});

/**
 * Lanes that tools/adversary.report.ts found by climbing from error to error. Most have e of the maximum, and e of the
 * element, just above a power of two and the quotient just below one: the same errors count twice as much there.
 */
export const hardest: readonly HardLane[] = [
  // softmax
  hard('float32', [0.026792246848344803, -16.62228012084961, -18.695390701293945, -10.11509895324707]),
  hard('float64', [0.015247069324580078, -15.43868719343233]),
  hard('float64', [0.015247069324580078, -15.43868719343233, -58.91000947411032, -20.202769423049602]),
  hard('float64', [0.014436573376230423, 0.009954130215697923, 0.0028675388673682495, 0.009954123621585837]),
  hard(
    'float64',
    [8.028713179050021e-9, -11.760707920164196, -0.6461428478360177, -0.21520668520967756, -15.135612455838366],
  ),
  hard(
    'float32',
    [
      5.9603433300026154e-8, -16.63553237915039, -8.97872257232666, 5.9601358515237735e-8, -46.77111053466797,
      -12.828869819641113, 5.960117022141276e-8, -16.63553237915039, -12.821218490600586,
    ],
  ),
  hard(
    'float32',
    [
      0.030968787148594856, -16.63553237915039, -16.63553237915039, 5.959832094504236e-8, -16.63553237915039,
      -80.74757385253906, 0.0003111449477728456, -16.63553237915039, -16.981887817382812,
    ],
  ),
  hard('float32', [0.030968787148594856, 5.959832094504236e-8, -80.74757385253906, 0.0003111449477728456]),
  hard('float64', [0.003123786211705246, -7.004423188134382]),
  hard('float64', [0.003123786211705246, -7.004423188134382, -6.948980000020759, -6.930430336652139]),
  hard(
    'float64',
    [
      -745.8651461911835, -746.3554536319865, -745.7061753277231, -729.1055927432025, -725.5873652747425,
      -725.5873652415543, -745.8540464260269, -1976.7368143731499, -745.7102910497456,
    ],
  ),
  // logSoftmax
  hard('float32', [0.0001506096014054492, -10.24361515045166, 4.854588985443115]),
  hard('float32', [0.0001506096014054492, -10.24361515045166, 4.854588985443115, -9.939732551574707]),
  hard('float64', [5.646450410006659, 0.9883033774635355, -1.2425235926788523, 7.44376612459692], -2.48524363077),
  hard('float32', [4.160271644592285, -16.63554573059082, 0.0010972556192427874]),
  hard('float32', [0.01563704013824463, -17.823999404907227, -16.9549617767334, -4.83616304397583]),
  hard('float64', [-17.97714811072649, -41.096399596209054, -6.879441080964499]),
  hard(
    'float64',
    [
      -955028319.5339342, -955028331.6639899, -955028319.5339319, -955028329.5845485, -955028321.95993,
      -955028325.4256597, -955028321.9599289, -955028321.9599289, -955028333.0502837,
    ],
    -2.5000000009870256,
  ),
  // logsumexp
  hard('float32', [-12.3209228515625, -0.000006193554327182937, -12.321303367614746, -12.34953498840332]),
  hard('float32', [-0.000001595808726051473, -13.736498832702637, -13.656721115112305, -13.658702850341797]),
  hard('float64', [-0.00006187076437469162, -11.327060823752639, -11.525834079250743, -8.79213361364626]),
  hard('float32', [-0.06185179576277733, -2.4873342514038086, -3.1880078315734863]),
  hard(
    'float32',
    [
      -0.006437101401388645, -11.561883926391602, -10.938575744628906, -5.999876022338867, -5.999886989593506,
      -15.492977142333984, -4.834874153137207, -15.133191108703613, -7.00913667678833,
    ],
  ),
  hard(
    'float64',
    [
      -0.00080080889792615, -15.964799990890045, -14.579286577187565, -7.035450266680435, -4.160896131775087,
      -17.480151399653664, -15.964799990890038, -17.48015275073916, -15.964799990889935,
    ],
    1.4285714285714286,
  ),
  hard(
    'float64',
    [
      5e-324, -783.1968332109877, -723.9017695624055, -743.5521653598506, -725.2649022503873, -725.2649022503873,
      -731.8243665949145, -707.114215491729, -725.2649022503875,
    ],
  ),
  hard(
    'float32',
    [-1.3611905574798584, -1.3576377630233765, -18.061567306518555, -17.98360824584961, -1.2397243976593018],
  ),
  hard(
    'float32',
    [
      -1.3611905574798584, -1.3576377630233765, -18.061567306518555, -17.98360824584961, -1.2397243976593018,
      -18.056718826293945,
    ],
  ),
];

function fill(first: number, length: number, dtype: Dtype): number[] {
  const rounded = dtype === 'float32' ? Math.fround : (x: number) => x;
  const lane = [rounded(first)];
  let left = -Math.expm1(lane[0]!);
  while (lane.length < length) {
    // A step down, so that something is left for the next.
    const next = rounded(Math.log(left) - (lane.length === length - 1 ? 0 : Math.abs(Math.log(left)) * 1e-7));
    if (!Number.isFinite(next)) break;
    lane.push(next);
    left -= Math.exp(next);
  }
  return lane;
}

/** 0 to 67: every tail of every vector width, unrolled or not. */
export const shortLengths: readonly number[] = Array.from({ length: 68 }, (_, length) => length);

/** Around the sizes at which kernels change blocks. */
export const blockLengths: readonly number[] = [1024, 2048, 4096, 16384, 32768].flatMap((size) => [
  size - 1,
  size,
  size + 1,
  size + 7,
]);
