import type { Draft } from '../input/summary.ts';
import { LOG_SOFTMAX, SOFTMAX, type Kind } from '../kernels/contract.ts';
import { Stream } from '../kernels/blocks.ts';
import { FINITE, LaneSum } from '../kernels/laneSum.ts';
import { sizeOf } from '../kernels/theta.ts';
import type { Call } from '../plan/call.ts';
import { applyBlock, block } from './kernel.ts';
import { Parts } from './parts.ts';
import { Output } from './rows.ts';
import { hide, memoryOf } from './window.ts';

/** softmax or logSoftmax of lanes that are parts of larger ones, whose sums are known: theta is theirs. */
export function share(c: Call, kind: Kind, whole: Draft): unknown {
  c.theta = whole.theta;
  // the logarithms are relative to the maximum: where that is no float32, not in float32
  if (kind === LOG_SOFTMAX && whole.top.some((top) => Math.fround(top) !== top)) c.exact = true;
  const parts = new Parts(c, kind),
    { heap, length, bytes, arithmetic, thetaParts: theta } = c,
    { address, e, source, where } = parts,
    out = new Output(c, where === undefined ? [source] : [source, where]),
    sum = new LaneSum(sizeOf(whole.theta)),
    stream = new Stream(kind, theta.factor, theta.power);
  while (parts.next()) {
    const { lane, lanes, from, n } = parts;
    for (let r = 0; r < lanes; r++) {
      const i = lane + r,
        x = address + r * n * bytes;
      if (whole.code[i] !== FINITE) {
        memoryOf(c).fill(NaN, x / bytes, x / bytes + n);
        continue;
      }
      if (from === 0) {
        sum.set(FINITE, whole.top[i]!, whole.count[i]!, whole.high[i]!, whole.low[i]!);
        stream.take(sum);
        stream.finish();
      }
      if (kind === SOFTMAX) stream.show(block(heap, kind, arithmetic, theta, x, e === 0 ? x : e, n));
      applyBlock(heap.kernels, stream, kind, arithmetic, theta, x, e === 0 ? x : e, x, n, 0);
    }
    if (where !== undefined) hide(c, where, lane * length + from, lanes * n, address, kind === SOFTMAX ? 0 : -Infinity);
    out.put(lane * length + from, lanes * n, memoryOf(c), address / bytes);
  }
  return out.finish();
}
