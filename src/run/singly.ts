import { classOf, className } from '../input/typed.ts';
import { LOGSUMEXP } from '../kernels/contract.ts';
import { read, run, write, type Walk } from '../plan/walk.ts';
import { row } from './long.ts';
import type { Call } from '../plan/call.ts';

/** Strided lanes one by one: as they lie, or through copies where walks have several strides. */
export function singly(c: Call, source: Walk, where: Walk | undefined, target: Walk): void {
  const { outer, length, inner } = c,
    reduced = c.kind === LOGSUMEXP;
  const flat = [source, where, target].every((walk) => walk === undefined || walk.dims.length === 1);
  const along = (walk: Walk, at: number): Walk => {
    const { data, offset, strides } = walk,
      step = strides[0]!;
    if (flat) return { data, offset: offset + at * step, dims: [length], strides: [inner * step] };
    const copy = run(new (classOf(className(data)!))(length), 0, length);
    for (let k = 0; k < length; k++) read(walk, at + k * inner, 1, copy.data, k);
    return copy;
  };
  for (let o = 0; o < outer; o++) {
    for (let i = 0; i < inner; i++) {
      const at = o * length * inner + i,
        lane = o * inner + i,
        to = reduced ? target : along(target, at);
      row(c, along(source, at), where && along(where, at), to, 0, lane, lane);
      if (!flat && !reduced) for (let k = 0; k < length; k++) write(target, at + k * inner, 1, to.data, k);
    }
  }
}
