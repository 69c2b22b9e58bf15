import * as option from '../input/options.ts';
import { openCall, type Spec } from '../input/options.ts';
import type { Instance } from '../instance.ts';
import { byteLengthOf, lengthOf } from '../input/typed.ts';
import { LOGSUMEXP, SINGLE, type Kind } from '../kernels/contract.ts';
import { execute } from '../run/execute.ts';
import { weighted } from './weighted.ts';

const element = option.AXIS | option.SHAPE | option.DTYPE | option.OUT | option.THETA | option.WHERE | option.PRECISION;

/** The functions of lanes, by kind. */
const specs: readonly Spec[] = [
  { name: 'softmax', takes: element, reduces: false, axis: null, what: 'x' },
  { name: 'logSoftmax', takes: element, reduces: false, axis: null, what: 'x' },
  {
    name: 'logsumexp',
    takes: element | option.KEEPDIMS | option.WEIGHTS,
    reduces: true,
    axis: null,
    what: 'x',
  },
];


/** One call: open what the caller holds, lay out the lanes, cut, run, and give the result. */
export function call(on: Instance, kind: Kind, x: unknown, options: unknown): unknown {
  if (options === undefined && ArrayBuffer.isView(x) && x.constructor === Float32Array) {
    const y = bare(on, kind, x as Float32Array);
    if (y !== undefined) return y;
  }
  const c = on.take(),
    spec = specs[kind]!;
  openCall(c, spec, x, options, c.heap);
  c.plan();
  const y = c.b !== undefined || c.returnSign ? weighted(c) : execute(c, kind);
  on.give(c);
  return y;
}

/** One short lane of float32 without options: the same steps, without what they have to ask. */
function bare(on: Instance, kind: Kind, x: Float32Array): unknown {
  const { heap } = on,
    n = lengthOf(x);
  if (heap === undefined || n > 16 || n === 0 || byteLengthOf(x) !== 4 * n || heap.single !== SINGLE) return undefined;
  const f = heap.f32,
    { address } = heap,
    at = address >>> 2;
  heap.uses++;
  for (let i = 0; i < n; i++) f[at + i] = x[i]!;
  heap.kernels.lanesF32(kind, address, address, 1, n, 1, 1);
  if (kind === LOGSUMEXP) return f[at];
  const y = new Float32Array(n);
  for (let i = 0; i < n; i++) y[i] = f[at + i]!;
  return y;
}
