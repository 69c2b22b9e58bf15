import { AXIS, DTYPE, LOSS, OUT, PRECISION, SHAPE, THETA, type Spec } from '../input/options.ts';
import type { Instance } from '../instance.ts';
import { SOFTMAX } from '../kernels/contract.ts';
import { Factor, labelSlopes, quotient, rise, targetSlopes } from '../numeric/entropySlopes.ts';
import { exponentOf, timesPower } from '../numeric/scale.ts';
import type { Call } from '../plan/call.ts';
import { atOnce, inChunks, isRows } from '../run/chunks.ts';
import { inLanes, Logits, Output } from '../run/rows.ts';
import { deliver } from '../run/whole.ts';
import { memoryOf } from '../run/window.ts';
import { Problem } from './targets.ts';

// Per lane a row of coefficients c, target times weight: d loss / d x_j = theta (p_j sum_k c_k - c_j).

const spec: Spec = {
  name: 'crossEntropyGradient',
  takes: AXIS | SHAPE | THETA | DTYPE | PRECISION | LOSS | OUT,
  reduces: false,
  axis: -1,
  what: 'logits',
};

export function crossEntropyGradient(on: Instance, logits: unknown, target: unknown, options: unknown): unknown {
  const problem = new Problem(on, spec, logits, target, options),
    { call: c, only } = problem;
  const result = only >= 0 && isAlone(c, only) ? deliver(c) : slopes(problem);
  c.second.clear();
  on.give(c);
  return result;
}

const alone = /*#__PURE__*/ new Factor();

/** The slopes of one lane by its label, in the window, where that holds it and the probability is not 0. */
function isAlone(c: Call, label: number): boolean {
  const { labelGradients } = c.heap.kernels;
  if (labelGradients === undefined || !atOnce(c, SOFTMAX)) return false;
  const { address } = c.heap;
  if (!(memoryOf(c)[address / c.bytes + label]! > 0)) return false;
  const { factor, exponent } = quotient(c.theta, 1, 0);
  alone.set(factor, exponent);
  labelGradients(c.bytes, address, c.length, label, alone.first, alone.second);
  return true;
}

function slopes(problem: Problem): unknown {
  const { call: c, indices, weights, ignored, lanes } = problem,
    { heap, length, theta } = c,
    { labelGradients } = heap.kernels;
  const plain = indices !== undefined && problem.epsilon === 0,
    coefficients = plain ? undefined : new Float64Array(length),
    { divisor } = problem,
    { factor, exponent } = quotient(theta, divisor.fold(), divisor.power),
    scale = new Factor();
  scale.set(factor, exponent);
  let risen = 0,
    x: Logits | undefined,
    output: Output | undefined,
    result: unknown;
  inChunks(c, SOFTMAX, (from, count, p, start) => {
    const inWindow = p === memoryOf(c);
    problem.load(from, count);
    for (let r = 0, at = start; r < count; r++, at += length) {
      const lane = from + r,
        label = plain ? indices[lane]! : ignored;
      if (plain && label !== ignored) {
        if (weights !== undefined) {
          const e = exponentOf(weights[label]!);
          scale.set(factor * timesPower(weights[label]!, -e), exponent + e);
        }
        if (inWindow && labelGradients !== undefined && p[at + label]! > 0) {
          labelGradients(c.bytes, at * c.bytes, length, label, scale.first, scale.second);
        } else {
          x ??= new Logits(inLanes(c.source, c), c.storage, length);
          labelSlopes(p, at, length, label, x.seek(lane), theta, scale);
        }
      } else if (!plain && problem.coefficients(lane, r, coefficients!)) {
        const up = rise(coefficients!, exponent > 0);
        if (up !== risen) scale.set(factor, exponent - (risen = up));
        x ??= new Logits(inLanes(c.source, c), c.storage, length);
        targetSlopes(p, at, coefficients!, x.seek(lane), theta, scale);
      } else p.fill(0, at, at + length);
    }
    if (count === lanes && inWindow && isRows(c)) result = deliver(c);
    else {
      output ??= outputOf(problem);
      output.put(from * length, count * length, p, start);
    }
  });
  return result ?? (output ?? outputOf(problem)).finish();
}

function outputOf({ call, target }: Problem): Output {
  const source = inLanes(call.source, call);
  return new Output(call, target === undefined ? [source] : [source, target]);
}
