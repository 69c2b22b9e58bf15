/**
 * Numbers printed elsewhere, each with as many digits as its source gives. Printed by libraries in float32, some are
 * a little off themselves: `units` says by how many units of the last printed digit a right result may differ (default 0.51).
 */
export interface Known {
  readonly name: string;
  readonly call: 'softmax' | 'logSoftmax' | 'logsumexp';
  readonly input: unknown;
  readonly options?: Readonly<Record<string, unknown>>;
  /** The results in row-major order, from the element `from` on (default 0). Whole numbers and infinities are exact. */
  readonly expected: readonly string[];
  readonly from?: number;
  readonly units?: number;
  /** The sign that goes with `returnSign`. */
  readonly sign?: number;
  /** Only with this sort of typed array as input; otherwise plain arrays, float64. */
  readonly holder?: 'Uint8Array';
}

const square = [
  [1, 0.5, 0.2, 3],
  [1, -1, 7, 3],
  [2, 12, 13, 3],
];
const wide = [
  [-1.30022268, 0.59127472, 1.21384177],
  [0.1981082, -0.83686108, -1.54785864],
];
const five = [
  [1, 2, 3],
  [3, 10, 1],
  [1, 2, 5],
  [4, 6.5, 1.2],
  [3, 6, 1],
];

const sums: readonly Known[] = [
  {
    name: 'softmax over a whole 3 x 4 array, its first row',
    call: 'softmax',
    input: square,
    expected: ['4.48309e-06', '2.71913e-06', '2.01438e-06', '3.31258e-05'],
  },
  {
    name: 'softmax over a whole 3 x 4 array, its last row',
    call: 'softmax',
    input: square,
    from: 8,
    expected: ['1.21863e-05', '2.68421e-01', '7.29644e-01', '3.31258e-05'],
  },
  {
    name: 'softmax along axis 0, the first row',
    call: 'softmax',
    input: square,
    options: { axis: 0 },
    expected: ['2.11942e-01', '1.01300e-05', '2.75394e-06', '3.33333e-01'],
  },
  {
    name: 'softmax along axis 1, the second row',
    call: 'softmax',
    input: square,
    options: { axis: 1 },
    from: 4,
    expected: ['2.42746e-03', '3.28521e-04', '9.79307e-01', '1.79366e-02'],
  },
  {
    name: 'softmax [3, 1, 0.2]',
    call: 'softmax',
    input: [3, 1, 0.2],
    expected: ['0.8360188', '0.11314284', '0.05083836'],
  },
  {
    name: 'softmax [13, 31, 5]',
    call: 'softmax',
    input: [13, 31, 5],
    expected: ['1.52299795e-08', '0.999999985', '5.10908895e-12'],
  },
  {
    name: 'softmax [1, 3, 2]',
    call: 'softmax',
    input: [1, 3, 2],
    // 17 digits: the last printed unit is below that of the double.
    units: 12,
    expected: ['0.09003057317038046', '0.6652409557748219', '0.24472847105479767'],
  },
  { name: 'softmax [1000, 3000, 2000]', call: 'softmax', input: [1000, 3000, 2000], expected: ['0', '1', '0'] },
  {
    name: 'softmax of 2 x 3 logits along axis 0',
    call: 'softmax',
    input: wide,
    options: { axis: 0 },
    units: 1,
    expected: ['0.1826746', '0.80661068', '0.94057075', '0.8173254', '0.19338932', '0.05942925'],
  },
  {
    name: 'softmax of 2 x 3 logits along the last axis',
    call: 'softmax',
    input: wide,
    options: { axis: -1 },
    expected: ['0.0500392', '0.33172426', '0.61823654', '0.65371718', '0.23222472', '0.1140581'],
  },
  {
    name: 'softmax of 5 x 3 logits along the last axis',
    call: 'softmax',
    input: five,
    options: { axis: -1 },
    // Both results of this array are our own, by decimal.js.
    expected: [
      ...['0.0900305731704', '0.244728471055', '0.665240955775'],
      ...['0.000910938878031', '0.998965778951', '0.000123282171070'],
      ...['0.0171478255455', '0.0466126225780', '0.936239551877'],
      ...['0.0755098575279', '0.919898383307', '0.00459175916509'],
      ...['0.0471234165247', '0.946499122553', '0.00637746092244'],
    ],
  },
  {
    name: 'softmax of 5 x 3 logits along axis 0',
    call: 'softmax',
    input: five,
    options: { axis: 0 },
    expected: [
      ...['0.0271269943113', '0.000319736714120', '0.113314119480'],
      ...['0.200442882761', '0.953121711707', '0.0153353984546'],
      ...['0.0271269943113', '0.000319736714120', '0.837284385641'],
      ...['0.544860245854', '0.0287817817765', '0.0187306979699'],
      ...['0.200442882761', '0.0174570330886', '0.0153353984546'],
    ],
  },
  { name: 'logSoftmax [1000, 1]', call: 'logSoftmax', input: [1000, 1], expected: ['0', '-999'] },
  {
    name: 'logSoftmax [0, -40], which keeps the -4e-18',
    call: 'logSoftmax',
    input: [0, -40],
    units: 2,
    expected: ['-4.248354255291589e-18', '-40'],
  },
  {
    name: 'logsumexp [0, -40]',
    call: 'logsumexp',
    input: [0, -40],
    units: 2,
    expected: ['4.248354255291589e-18'],
  },
];

const weighted: readonly Known[] = [
  {
    name: 'logsumexp [1000, 1000] weighted by [1, -1]',
    call: 'logsumexp',
    input: [1000, 1000],
    options: { b: [1, -1], returnSign: true },
    expected: ['-Infinity'],
    sign: 0,
  },
  {
    name: 'logsumexp [1000, 1000] weighted by [1, -2]',
    call: 'logsumexp',
    input: [1000, 1000],
    options: { b: [1, -2], returnSign: true },
    expected: ['1000'],
    sign: -1,
  },
  {
    name: 'logsumexp of a lane hidden by weights of 0',
    call: 'logsumexp',
    input: [1, NaN, Infinity],
    options: { b: [0, 0, 0], returnSign: true },
    expected: ['-Infinity'],
    sign: 0,
  },
];

const masked: readonly Known[] = [
  {
    name: 'softmax of a fully masked lane',
    call: 'softmax',
    input: [1, 3, 2],
    options: { where: [false, false, false] },
    expected: ['0', '0', '0'],
  },
  {
    name: 'logSoftmax of a fully masked lane',
    call: 'logSoftmax',
    input: [1, 3, 2],
    options: { where: [false, false, false] },
    expected: ['-Infinity', '-Infinity', '-Infinity'],
  },
  {
    name: 'softmax of bytes, which is the float64 answer',
    call: 'softmax',
    input: [1, 3, 2],
    holder: 'Uint8Array',
    units: 12,
    expected: ['0.09003057317038046', '0.6652409557748219', '0.24472847105479767'],
  },
];

export const known: readonly Known[] = [...sums, ...weighted, ...masked];

/** Cross-entropy of softmax [1, 3, 2] against the one-hot [0, 1, 0]. */
export const knownCrossEntropy = {
  logits: [1, 3, 2],
  label: 1,
  oneHot: [0, 1, 0],
  expected: '0.4076059644443804',
} as const;

/** Whether a number agrees with a printed one to its last digit; whole numbers, infinities and NaN have to be met. */
export function agrees(got: number, printed: string, units = 0.51): boolean {
  if (!/[.e]/.test(printed) || !Number.isFinite(Number(printed)))
    return got === Number(printed) || Object.is(got, Number(printed));
  const [mantissa, exponent = '0'] = printed.split('e') as [string, string?];
  const decimals = (mantissa.split('.')[1] ?? '').length;
  return Math.abs(got - Number(printed)) <= units * 10 ** (Number(exponent) - decimals);
}
