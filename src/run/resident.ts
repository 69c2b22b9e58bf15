import { FLOAT64 } from '../input/storage.ts';
import { DOUBLE, EXACT, LOGSUMEXP, SINGLE, type Kind } from '../kernels/contract.ts';
import type { Heap } from '../kernels/heap.ts';
import { one } from '../kernels/theta.ts';
import { innerOf, oneAxis } from '../plan/lanes.ts';
import { Tensor } from '../kernels/tensor.ts';
import type { Call } from '../plan/call.ts';
import { isTaken } from '../plan/cut.ts';
import { compute } from './kernel.ts';

/** A call on tensors of this memory: nothing is copied. False where the kernels do not take the lanes as they lie. */
export function resident(c: Call): boolean {
  const { heap, kind, arithmetic, length, inner } = c,
    from = Tensor.addressIn(heap, c.tensor!),
    to = Tensor.addressIn(heap, c.out.tensor!);
  // the caller may have given a tensor another shape, strides, or an offset; a mask, theta 0 and negation change elements in the window
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
  // results near 0 are made again from x, in the window
  if (kind === LOGSUMEXP && arithmetic === EXACT) return false;
  compute(heap, kind, arithmetic, c.thetaParts, from, to, c.outer, length, inner);
  return true;
}

/**
 * The same for a call into a tensor, with one axis or none and no other option, which needs no record. Undefined: it does.
 */
export function tensorInto(heap: Heap, kind: Kind, name: string, x: Tensor, axis: unknown, out: unknown): unknown {
  if (heap.single !== SINGLE || !Tensor.is(out)) return undefined;
  // it looks at members that may be getters of the caller: the addresses come after it
  const n = Tensor.sizeBeside(x, out),
    from = Tensor.addressIn(heap, x),
    to = Tensor.addressIn(heap, out);
  if (from === undefined || to === undefined || n === 0) return undefined;
  const shape = Tensor.ownShape(x),
    d = axis === undefined || axis === null ? -1 : oneAxis(name, axis as number, shape);
  if (!isShapeOf(Tensor.ownShape(out), kind, shape, d)) return undefined;
  const length = d < 0 ? n : shape[d]!,
    inner = d < 0 ? 1 : innerOf(shape, d);
  compute(heap, kind, Tensor.isSingle(x) ? SINGLE : DOUBLE, one, from, to, n / (length * inner), length, inner);
  return out;
}

/** Whether it is the shape of the result over axis d, or over all of them: -1. */
function isShapeOf(given: readonly number[], kind: Kind, shape: readonly number[], d: number): boolean {
  const left = kind !== LOGSUMEXP ? shape.length : d < 0 ? 0 : shape.length - 1;
  if (given.length !== left) return false;
  for (let i = 0; i < left; i++) if (given[i] !== shape[kind === LOGSUMEXP && i >= d ? i + 1 : i]) return false;
  return true;
}
