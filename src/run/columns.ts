import { APPLY, DOUBLE, LOGSUMEXP, MAXIMA, SOFTMAX, START, SUMS } from '../kernels/contract.ts';
import { read, write, type Walk } from '../plan/walk.ts';
import { drain, fill, keeps, memoryOf } from './window.ts';
import type { Call } from '../plan/call.ts';

const reducing = [MAXIMA, SUMS],
  all = [MAXIMA, SUMS, APPLY];

/** Lanes side by side that no window holds, `step` of them at a time: the kernels keep the state of so many. */
export function columns(c: Call, source: Walk, where: Walk | undefined, target: Walk): void {
  const { outer, inner, step } = c;
  for (let o = 0; o < outer; o++) {
    for (let i = 0; i < inner; i += step) tile(c, source, where, target, o, i, Math.min(step, inner - i));
  }
}

/**
 * Lanes i .. i + n of slab o: some of their rows at a time, once for the maxima, once for the sums and once for the results.
 * e waits in the result where that stores what is computed, else exp is taken twice.
 */
// prettier-ignore
function tile(c: Call, source: Walk, where: Walk | undefined, target: Walk, o: number, i: number, n: number): void {
  const { heap, kind, bytes: size, length, inner } = c,
    { address } = heap,
    { columnsF32, columnsF64 } = heap.kernels,
    { theta } = c.thetaParts,
    // float64 has no theta here
    kernel = c.arithmetic === DOUBLE ? columnsF64! : columnsF32!,
    keep = keeps(c);
  const some = Math.floor(heap.windowBytes / (n * c.per));
  c.elements = some * n;
  kernel(START, kind, address, 0, n, theta);
  for (const step of kind === LOGSUMEXP ? reducing : all) {
    for (let k = 0; k < length; k += some) {
      const rows = Math.min(some, length - k),
        at = (o * length + k) * inner + i;
      // rows of all lanes follow one another
      const count = n === inner ? rows * n : n,
        last = step === APPLY,
        kept = keep && last;
      for (let r = 0; r < rows * n; r += count) {
        const from = at + (r / n) * inner,
          place = address + r * size;
        if (kept) read(target, from, count, memoryOf(c), place / size);
        else fill(c, source, where, from, count, place);
      }
      if (last && kind === SOFTMAX && !kept) kernel(SUMS, kind, address, rows, n, theta);
      kernel(step, kind, address, rows, n, theta);
      for (let r = 0; r < rows * n; r += count) {
        const to = at + (r / n) * inner,
          place = address + r * size;
        if (last) drain(c, where, target, to, to, count, place);
        else if (keep && step === SUMS) write(target, to, count, memoryOf(c), place / size);
      }
    }
    kernel(step + 1, kind, address, 0, n, theta);
  }
  if (kind === LOGSUMEXP) drain(c, undefined, target, 0, o * inner + i, n, address);
}
