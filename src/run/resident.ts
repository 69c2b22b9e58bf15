import { FLOAT64 } from '../input/storage.ts';
import { DOUBLE, EXACT, LOGSUMEXP } from '../kernels/contract.ts';
import { Tensor } from '../kernels/tensor.ts';
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
