import { FLOAT32, FLOAT64 } from '../input/storage.ts';
import type { Floats } from '../input/typed.ts';
import { DOUBLE, EXACT, type Kind } from '../kernels/contract.ts';
import type { Call } from '../plan/call.ts';
import { blockOf, isTaken } from '../plan/cut.ts';
import { run, type Walk } from '../plan/walk.ts';
import { compute } from './kernel.ts';
import { row } from './long.ts';
import { inLanes, Rows } from './rows.ts';
import { fill, viewOf } from './window.ts';

/**
 * Goes through the lanes of a call, some at a time: `each` gets those from `from` on, and the kernel's results on them as rows
 * of y from `at` on, which it may overwrite. They lie in the window, where that holds a lane.
 */
export function inChunks(
  c: Call,
  kind: Kind,
  each: (from: number, count: number, y: Floats, at: number) => void,
): void {
  const { heap, length } = c,
    lanes = c.outer * c.inner,
    source = inLanes(c.source, c);
  if (length === 0 || lanes === 0) return;
  c.prepare(kind);
  if (c.arithmetic === DOUBLE && c.storage.single) c.arithmetic = EXACT; // rows are taken at any length
  c.bytes = c.per = c.arithmetic === DOUBLE ? 8 : 4;
  if (length * c.bytes > heap.longestBytes || !isTaken(c)) return longLanes(c, source, each);
  const some = Math.min(lanes, Math.max(1, Math.floor(heap.windowBytes / c.bytes / length)));
  c.takeWindow(some * length);
  const { address } = heap;
  for (let from = 0; from < lanes; from += some) {
    const n = Math.min(some, lanes - from);
    fill(c, source, undefined, from * length, n * length, address);
    compute(heap, kind, c.arithmetic, c.parts, address, address, n, length, 1);
    each(from, n, viewOf(c), address / c.bytes);
  }
}

/** Lanes that no window holds, one by one, in arrays of their own. */
function longLanes(c: Call, source: Walk, each: (from: number, count: number, y: Floats, at: number) => void): void {
  const { length, storage, result } = c,
    x = new Rows(source, storage),
    y = new (c.bytes === 8 ? Float64Array : Float32Array)(length),
    target = run(y, 0, length);
  // of what the rows hold
  c.storage = c.result = x.data instanceof Float32Array ? FLOAT32 : FLOAT64;
  if (c.bytes === 8) c.result = FLOAT64;
  for (let lane = 0; lane < c.outer * c.inner; lane++) {
    x.load(lane * length, length);
    c.takeWindow(blockOf(c));
    row(c, run(x.data, x.at, length), undefined, target, 0, lane, lane);
    each(lane, 1, y, 0);
  }
  c.storage = storage;
  c.result = result;
}
