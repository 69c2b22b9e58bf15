import { equal } from '../input/shapes.ts';
import { FLOAT32, FLOAT64 } from '../input/storage.ts';
import { DOUBLE, EXACT, LOGSUMEXP, SINGLE, type Kind } from '../kernels/contract.ts';
import { Tensor } from '../kernels/tensor.ts';
import { one } from '../kernels/theta.ts';
import type { Call } from '../plan/call.ts';
import { isTaken } from '../plan/cut.ts';
import { compute } from './kernel.ts';

/** A call on tensors of this memory: nothing is copied. False where the kernels do not take the lanes as they lie. */
export function resident(c: Call): boolean {
  const { heap, kind, arithmetic, length, inner } = c,
    from = Tensor.addressIn(heap, c.tensor!),
    to = Tensor.addressIn(heap, c.out.tensor!);
  // the caller may have given a tensor another shape, strides, or an offset
  if (
    from === undefined ||
    to === undefined ||
    c.masked ||
    c.uniform ||
    c.negated ||
    c.gathered ||
    c.out.strides !== undefined ||
    c.offset + c.out.offset > 0
  )
    return false;
  if (c.outer * length * inner === 0 || (arithmetic === DOUBLE) !== (c.storage === FLOAT64)) return false;
  if (!isTaken(c)) return false;
  if (kind === LOGSUMEXP && arithmetic === EXACT) return false;
  compute(heap, kind, arithmetic, c.parts, from, to, c.outer, length, inner);
  return true;
}

/**
 * The most frequent of these before anything is planned, for rows of some hundred elements take no longer than that: a tensor's own rows
 * into a tensor of its own shape, with nothing else asked for. False where a call is not such.
 */
export function residentRows(c: Call, kind: Kind): boolean {
  const { heap, tensor, storage, axis, out } = c,
    target = out.tensor;
  if (tensor === undefined || target === undefined || kind === LOGSUMEXP || !c.isOrdinary) return false;
  const shape = Tensor.shapeOf(tensor),
    last = shape.length - 1;
  // the caller may have given a tensor another shape, strides, or an offset
  if (
    c.said !== shape ||
    out.said !== Tensor.shapeOf(target) ||
    c.strides !== undefined ||
    out.strides !== undefined ||
    c.offset + out.offset > 0 ||
    last < 0 ||
    (axis !== -1 && axis !== last && !(axis === null && last === 0)) ||
    storage !== out.storage ||
    !equal(shape, out.said) ||
    (storage === FLOAT32 && heap.single !== SINGLE)
  )
    return false;
  const from = Tensor.addressIn(heap, tensor),
    to = Tensor.addressIn(heap, target),
    length = shape[last]!,
    outer = c.extent / length;
  if (from === undefined || to === undefined || c.extent === 0) return false;
  compute(heap, kind, storage === FLOAT32 ? SINGLE : DOUBLE, one, from, to, outer, length, 1);
  return true;
}
