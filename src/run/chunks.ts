import { FLOAT32, FLOAT64 } from '../input/storage.ts';
import type { Floats } from '../input/typed.ts';
import { DOUBLE, EXACT, SOFTMAX, type Kind } from '../kernels/contract.ts';
import type { Call } from '../plan/call.ts';
import { blockOf, isTaken } from '../plan/cut.ts';
import { run, type Walk } from '../plan/walk.ts';
import { compute } from './kernel.ts';
import { row } from './long.ts';
import { inLanes, Rows } from './rows.ts';
import { enter } from './whole.ts';
import { fill, memoryOf } from './window.ts';

/**
 * What is done with the kernel's results on some lanes, those from `from` on: they lie as rows of y from `at` on, which may be
 * overwritten. y is the window, but for a lane that it does not hold.
 */
type Each = (from: number, count: number, y: Floats, at: number) => void;

/** Goes through the lanes of a call, some at a time. */
export function inChunks(c: Call, kind: Kind, each: Each): void {
  const { heap, length } = c,
    lanes = c.outer * c.inner;
  if (length === 0 || lanes === 0) return;
  if (atOnce(c, kind)) return each(0, lanes, memoryOf(c), heap.address / c.bytes);
  const room = Math.floor(heap.windowBytes / c.bytes);
  if (length * c.bytes > heap.longestBytes || !isTaken(c)) longLanes(c, inLanes(c.source, c), each);
  else byChunks(c, kind, Math.min(lanes, Math.max(1, Math.floor(room / length))), each);
}

/** Computes all lanes, of which there are some, if the window holds them as rows; else it is left alone, and false comes back. */
export function atOnce(c: Call, kind: Kind): boolean {
  const { heap, length, outer, storage } = c,
    { address } = heap;
  c.prepare(kind);
  // what is computed from probabilities of 16 bits is rounded once
  if (kind === SOFTMAX && storage.bits >= 0) c.prepareDouble();
  else if (c.arithmetic === DOUBLE && storage.single) c.takeArithmetic(EXACT); // rows are taken at any length
  const n = outer * length;
  if (n * c.bytes > heap.windowBytes || !isRows(c) || !isTaken(c) || c.uniform || c.negated || storage.bits >= 0)
    return false;
  heap.take();
  enter(c, c, n, address);
  compute(heap, kind, c.arithmetic, c.thetaParts, address, address, outer, length, 1);
  return true;
}

/** Whether the lanes lie one after another. */
export function isRows(c: Call): boolean {
  return c.inner === 1 && !c.gathered;
}

function byChunks(c: Call, kind: Kind, some: number, each: Each): void {
  const { heap, length } = c,
    lanes = c.outer * c.inner;
  c.takeWindow(some * length);
  const { address } = heap,
    source = inLanes(c.source, c);
  for (let from = 0; from < lanes; from += some) {
    const n = Math.min(some, lanes - from);
    fill(c, source, undefined, from * length, n * length, address);
    compute(heap, kind, c.arithmetic, c.thetaParts, address, address, n, length, 1);
    each(from, n, memoryOf(c), address / c.bytes);
  }
}

/** Lanes that no window holds, one by one, in arrays of their own. */
function longLanes(c: Call, source: Walk, each: Each): void {
  const { length, storage, result } = c,
    x = new Rows(source, storage),
    y = new (c.bytes === 8 ? Float64Array : Float32Array)(length),
    target = run(y, 0, length);
  for (let lane = 0; lane < c.outer * c.inner; lane++) {
    x.load(lane * length, length);
    c.takeWindow(blockOf(c));
    // of what the rows hold
    c.storage = x.data instanceof Float32Array ? FLOAT32 : FLOAT64;
    c.result = c.bytes === 8 ? FLOAT64 : c.storage;
    row(c, run(x.data, x.at, length), undefined, target, 0, lane, lane);
    c.storage = storage;
    c.result = result;
    each(lane, 1, y, 0);
  }
}
