import { openCall, DTYPE, OUT, PRECISION, SHAPE, type Spec } from '../input/options.ts';
import { FLOAT64 } from '../input/storage.ts';
import type { Instance } from '../instance.ts';
import { DOUBLE, SINGLE, SOFTMAX } from '../kernels/contract.ts';
import { fresh, wrap } from '../plan/result.ts';
import { copyInputs, drain, fill } from '../run/window.ts';

const spec: Spec = { name: 'exp', takes: OUT | SHAPE | DTYPE | PRECISION, reduces: false, axis: null, what: 'x' };

/** exp, element by element, a window at a time. */
export function exp(on: Instance, x: unknown, options: unknown): unknown {
  const c = on.take(),
    { heap } = c;
  openCall(c, spec, x, options);
  c.plan();
  c.prepare(SOFTMAX);
  const double = c.result === FLOAT64,
    n = c.results,
    data = c.outObject === undefined ? fresh(c, n) : undefined;
  c.takeArithmetic(double ? DOUBLE : SINGLE);
  const some = Math.floor(heap.windowBytes / c.bytes),
    target = c.outWalk ?? c.resultWalk(data!),
    kernel = double ? heap.kernels.expF64 : heap.kernels.expF32;
  c.takeWindow(Math.min(n, some));
  if (c.overlap) copyInputs(c);
  const { address } = heap;
  for (let at = 0; at < n; at += some) {
    const count = Math.min(some, n - at);
    fill(c, c.source, undefined, at, count, address);
    kernel(address, address, count);
    drain(c, undefined, target, at, at, count, address);
  }
  const y = data === undefined ? c.outObject : wrap(c, data);
  on.give(c);
  return y;
}
