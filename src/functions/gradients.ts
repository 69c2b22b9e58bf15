import { open } from '../input/open.ts';
import { AXIS, DTYPE, openCall, OUT, SHAPE, THETA, type Spec } from '../input/options.ts';
import { FLOAT32, type Storage } from '../input/storage.ts';
import { part } from '../input/typed.ts';
import { NUMBERS, type View } from '../input/view.ts';
import type { Instance } from '../instance.ts';
import { DOUBLE, SINGLE } from '../kernels/contract.ts';
import type { Heap } from '../kernels/heap.ts';
import { LogSoftmaxSlopes } from '../numeric/logSoftmaxSlopes.ts';
import { BLOCK } from '../numeric/scale.ts';
import { SoftmaxSlopes } from '../numeric/softmaxSlopes.ts';
import type { Call } from '../plan/call.ts';
import { readStored } from '../plan/stored.ts';
import { isRows } from '../run/chunks.ts';
import { agree, beside, inLanes, Output, Rows, storageBeside } from '../run/rows.ts';
import { deliver, enter } from '../run/whole.ts';
import { memoryOf } from '../run/window.ts';
import type { Options } from './types.ts';

// Vector-Jacobian products of softmax and logSoftmax from their results. Lanes of y, of dy, and for logSoftmax of exp(y) lie one
// after the other in the window, and the gradient takes the place of y.

/** Options of the gradients of softmax and logSoftmax: those of the forward call. */
export type GradientOptions = Pick<Options, 'axis' | 'shape' | 'theta' | 'temperature' | 'dtype' | 'out'>;

const takes = AXIS | SHAPE | THETA | OUT | DTYPE;
const ofSoftmax: Spec = { name: 'softmaxGradient', takes, reduces: false, axis: null, what: 'y' };
const ofLogSoftmax: Spec = { name: 'logSoftmaxGradient', takes, reduces: false, axis: null, what: 'y' };

export function softmaxGradient(on: Instance, y: unknown, dy: unknown, options: unknown): unknown {
  return gradient(on, ofSoftmax, y, dy, options);
}

export function logSoftmaxGradient(on: Instance, y: unknown, dy: unknown, options: unknown): unknown {
  return gradient(on, ofLogSoftmax, y, dy, options);
}

function gradient(on: Instance, spec: Spec, y: unknown, dy: unknown, options: unknown): unknown {
  const c = on.take(),
    { second } = c;
  openCall(c, spec, y, options);
  open(second, spec.name, 'dy', dy, NUMBERS);
  c.plan();
  agree(c, second);
  const result = run(c, second);
  second.clear();
  on.give(c);
  return result;
}

function run(c: Call, second: View): unknown {
  const { heap, length, storage } = c,
    lanes = c.outer * c.inner,
    single = storage === FLOAT32 && second.storage === FLOAT32;
  c.takeArithmetic(single ? SINGLE : DOUBLE);
  const each = (isLog(c) ? 2 * c.bytes + 8 : 2 * c.bytes) * length,
    own = storageBeside(c, second);
  if (
    c.size > 0 &&
    each * lanes <= heap.windowBytes &&
    isRows(c) &&
    second.strides === undefined &&
    storage.bits < 0 &&
    own.bits < 0
  ) {
    heap.take();
    enter(c, c, c.size, heap.address);
    enter(c, second, c.size, heap.address + c.size * c.bytes);
    slopes(c, second, own, 0, lanes);
    return deliver(c);
  }
  if (each <= heap.longestBytes && c.size > 0) {
    const some = Math.min(lanes, Math.max(1, Math.floor(heap.windowBytes / each)));
    heap.take();
    heap.reserve(some * each, [c, second, c.out]);
    return byChunks(c, second, own, some);
  }
  return longLanes(c, second, own);
}

function isLog(c: Call): boolean {
  return c.spec === ofLogSoftmax;
}

/** Some lanes at a time. */
function byChunks(c: Call, second: View, own: Storage, some: number): unknown {
  const { length, storage } = c,
    lanes = c.outer * c.inner,
    source = inLanes(c.source, c),
    other = beside(c, second),
    output = new Output(c, [source, other]),
    view = memoryOf(c),
    at = c.heap.address / c.bytes;
  for (let from = 0; from < lanes; from += some) {
    const n = Math.min(some, lanes - from) * length;
    readStored(source, storage, from * length, n, view, at);
    readStored(other, own, from * length, n, view, at + n);
    slopes(c, second, own, from, n / length);
    output.put(from * length, n, view, at);
  }
  return output.finish();
}

/** Lanes in the window, from .. from + lanes of all: the kernel does those whose result is finite. */
function slopes(c: Call, second: View, own: Storage, from: number, lanes: number): void {
  const { heap, length, theta, bytes, storage } = c,
    { kernels: k, address } = heap,
    n = lanes * length,
    y = address / bytes,
    p = address + 2 * n * bytes,
    log = isLog(c),
    view = memoryOf(c);
  if (log) powers(heap, view, y, p, n);
  let hard: Slopes | undefined;
  for (let done = 0; done < lanes; done++) {
    const at = address + done * length * bytes;
    if (log && k.logGradients !== undefined) {
      done += k.logGradients(bytes, at, at + n * bytes, p + 8 * done * length, lanes - done, length, theta);
    } else if (k.gradients !== undefined) {
      done += k.gradients(bytes, at, at + n * bytes, lanes - done, length, theta, storage.tolerance);
    }
    if (done === lanes) return;
    hard ??= slopesOf(c);
    const start = y + done * length;
    if (k.gradients !== undefined) {
      // the kernel has written there
      readStored(inLanes(c.source, c), storage, (from + done) * length, length, view, start);
      readStored(beside(c, second), own, (from + done) * length, length, view, start + n);
    }
    hard.begin();
    do hard.sum(view, start, view, start + n, length);
    while (hard.again());
    if (hard instanceof SoftmaxSlopes) hard.slopes(view, start, view, start + n, view, start, length);
    else hard.slopes(view, start, heap.f64, p / 8 + done * length, view, start + n, view, start, length);
  }
}

type Slopes = SoftmaxSlopes | LogSoftmaxSlopes;

function slopesOf(c: Call): Slopes {
  return isLog(c) ? new LogSoftmaxSlopes(c.theta) : new SoftmaxSlopes(c.theta, c.storage.tolerance);
}

/** Lanes that no window holds, in blocks: exp(y) and the result of one lie in the window. Or no elements at all. */
function longLanes(c: Call, second: View, own: Storage): unknown {
  const { heap, length } = c,
    source = inLanes(c.source, c),
    other = beside(c, second),
    output = new Output(c, [source, other]),
    ys = new Rows(source, c.storage),
    dys = new Rows(other, own),
    lane = slopesOf(c);
  // whole blocks of a sum
  const room = (heap.windowBytes / 16) & -BLOCK,
    { address, f64 } = heap,
    p = address / 8,
    to = p + room,
    end = c.size;
  heap.take();
  for (let from = 0; from < end; from += length) {
    lane.begin();
    do {
      for (let at = from; at < from + length; at += room) {
        const n = Math.min(room, from + length - at);
        ys.load(at, n);
        dys.load(at, n);
        lane.sum(ys.data, ys.at, dys.data, dys.at, n);
      }
    } while (lane.again());
    for (let at = from; at < from + length; at += room) {
      const n = Math.min(room, from + length - at);
      ys.load(at, n);
      dys.load(at, n);
      if (lane instanceof SoftmaxSlopes) lane.slopes(ys.data, ys.at, dys.data, dys.at, f64, to, n);
      else {
        powers(heap, ys.data, ys.at, address, n);
        lane.slopes(ys.data, ys.at, f64, p, dys.data, dys.at, f64, to, n);
      }
      output.put(at, n, f64, to);
    }
  }
  return output.finish();
}

/** exp of n elements of a view, as float64 at an address. */
function powers(heap: Heap, view: Float32Array | Float64Array, y: number, p: number, n: number): void {
  const { f64 } = heap,
    to = p / 8;
  if (n <= 16) for (let i = 0; i < n; i++) f64[to + i] = view[y + i]!;
  else f64.set(part(view, y, n), to);
  heap.kernels.expF64(p, p, n);
}
