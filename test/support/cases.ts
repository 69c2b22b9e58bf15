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
  // after the sums of float32 went to float64, and the rounding errors of e into those of float64
  hard(
    'float32',
    [
      27.726337432861328, 27.97934913635254, 48.22224426269531, 29.54252052307129, 29.465797424316406,
      27.23832893371582, 29.360151290893555, 19.445676803588867, 29.460155487060547,
    ],
  ),
  hard(
    'float32',
    [
      5.186924934387207, -1.169935703277588, -7.427985191345215, -3.852509021759033, -6.605984687805176,
      -2.6223373413085938, -1.169975757598877, 5.186924934387207, -3.852506637573242,
    ],
  ),
  hard('float32', [-0.7739093899726868, -60.3281135559082, 16.292152404785156, 57.188777923583984]),
  hard('float32', [-1.5348596207331866e-6, -14.158504486083984, -12.813661575317383]),
  hard('float64', [0.02024574138327631, 0.019044731070533265]),
  hard('float32', [-3.223280191421509, -3.2232625484466553, 5.807053089141846]),
  hard(
    'float32',
    [
      3.151266574859619, -11.686161994934082, -6.260858535766602, -4.295932292938232, -11.940083503723145,
      -2.11184024810791, -14.900256156921387, -5.112544536590576, -14.888945579528809, -0.7408573627471924,
      -11.687530517578125, -0.3097391128540039,
    ],
  ),
  hard('float32', [0.3713803291320801, -5.886697292327881, -18.147489547729492]),
  hard(
    'float32',
    [
      -0.6742313504219055, 0.46823662519454956, 3.725222587585449, -1.780564785003662, 12.648857116699219,
      1.2583905458450317, -0.15341834723949432, 3.2359626293182373, -7.689413070678711, -5.624616622924805,
      3.7241971492767334, 1.987548589706421, 6.932531833648682, 1.2583779096603394, 1.8747845888137817,
      1.8885875940322876, -16.017742156982422, -0.6377891302108765, 2.860180377960205, 25.284587860107422,
      2.8601815700531006, 16.949798583984375,
    ],
  ),
  // where a result crosses a power of two that the exact one is below: the last roundings count twice there
  hard('float64', [0, -0.6766154468383968, -0.6443499526930354, -34.596080498611116]),
  hard(
    'float32',
    [-5.278299808502197, -15.660185813903809, -9.454630851745605, -15.106050491333008, -22.060749053955078],
  ),
  hard('float32', [0, -8.030091285705566, -7.970451831817627, -8.111283302307129, -12.046560287475586]),
  hard('float32', [1.3435230528102693e-7, -9.38530445098877, -6.334273815155029, -5.198212146759033]),
  hard(
    'float32',
    [
      4.7117926442297176e-5, -3.1611127853393555, -17.29335594177246, -17.52186393737793, -6.793153285980225,
      -7.018742561340332, -8.096583366394043, -8.628499984741211, -15.475147247314453, -11.67406940460205,
      -11.76630687713623, -3.1611127853393555, -3.1611127853393555, -13.402403831481934, -18.852346420288086,
      -16.257404327392578, -8.628499984741211,
    ],
  ),
  hard(
    'float64',
    [0.06038288469354688, -707.5776956664166, -707.5776956537464, -707.7010059170228, -682.3194088583489],
  ),
  hard(
    'float64',
    [
      2.1090171711354144, -7.595043371182885, -3.4361602733445737, -5.515566398670776, -5.515566392224679,
      -8.288136586313522, -3.4361602723982703, 0.028901153704003577, 0.02957562945558754, 2.109017171135419,
      2.109017124731652, -3.4361602733444636, 2.1090171711354144, -7.594512644425669, -3.436160271943266,
      -5.51560184529909,
    ],
    2.9999999999999707,
  ),
  hard(
    'float64',
    [
      -0.5800340839257248, -20.51822727569946, -17.070386484502883, -0.585205112822891, -17.782852662096964,
      -9.220244186237988, -20.53158864402817, -0.5826793054645665, -7.595497123204702, -12.915032957919468,
      -15.246305731364071, -14.183834935777165, -7.761847116292055, -2.4684124442344317, -19.841829380259412,
      -18.34171822318482, -2.2842285225694785, -2.2842285225694785, -10.133225778356701, -12.128621940739945,
      -15.639395299606552, -7.759084981173814, -16.623247494228714, -14.835448279284442, -6.079073469393487,
      -12.933509308152393, -19.22904296335908, -9.220244186237991, -3.285726923734487,
    ],
  ),
  hard(
    'float64',
    [
      5e-324, -733.2453615268741, -748.3106698821041, -736.9340448810271, -742.3797861981355, -733.7457443738334,
      -733.3965139379729, -706.1488062022254, -716.2483143121794, -744.1670324259462, -725.8230312119704,
      -737.151658980129, -725.8230312119753, -709.0996460942551, -743.1350771160804, -725.2392971417881,
      -743.0359442913908, -710.9198806099594, -748.6408726386724, -731.8131536293099, -718.0418462420348,
      -708.2186909064003,
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
