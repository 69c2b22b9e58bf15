import { open } from '../input/open.ts';
import { openCall, AXIS, DTYPE, OUT, SHAPE, THETA, type Spec } from '../input/options.ts';
import type { Floats } from '../input/typed.ts';
import { View } from '../input/view.ts';
import type { Instance } from '../instance.ts';
import type { Heap } from '../kernels/heap.ts';
import { BLOCK, LogSoftmaxSlopes, SoftmaxSlopes } from '../numeric/slopes.ts';
import { leave } from '../run/execute.ts';
import { beside, inLanes, Output, Rows, storageBeside } from '../run/rows.ts';
import type { Options } from './types.ts';

// Vector-Jacobian products of softmax and logSoftmax from their results.

/** Options of the gradients of softmax and logSoftmax: those of the forward call. */
export type GradientOptions = Pick<Options, 'axis' | 'shape' | 'theta' | 'dtype' | 'out'>;

/** Elements below which copies cost more than a kernel spares. */
const FEW = 64;

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
  const { name } = spec,
    c = on.take(),
    { heap } = c,
    second = new View(),
    log = spec === ofLogSoftmax;
  openCall(c, spec, y, options);
  open(second, name, 'dy', dy, false);
  c.plan();
  const { length, theta, storage } = c,
    { tolerance } = storage,
    lanes = c.outer * c.inner,
    slopes = log ? new LogSoftmaxSlopes(theta) : new SoftmaxSlopes(theta, tolerance);
  beside(c, second);
  // both of them lie in the window, as float64 at most
  const // whole blocks of a sum, which then does not depend on where a lane is cut
    room = (heap.windowBytes / 16) & -BLOCK,
    some = Math.max(1, Math.floor(room / length)),
    bytes = 16 * Math.min(some, lanes) * length;
  const byKernel = !log && bytes >= 16 * FEW && bytes <= heap.longestBytes && 'gradients' in heap.kernels;
  if (byKernel) {
    heap.uses++;
    heap.reserve(bytes, [c, c.out, second]);
  }
  const other = beside(c, second),
    source = inLanes(c.source, c),
    output = new Output(c, [source, other]),
    to = output.rows;
  const ys = new Rows(source, storage),
    dys = new Rows(other, storageBeside(c, second));
  const powers = new Float64Array(log ? Math.min(room, lanes * length) : 0);
  const slope = (start: number, n: number): void => {
    const { data: y, at: a } = ys,
      { data: d, at: b } = dys,
      { data: t, at: c } = to;
    if (slopes instanceof SoftmaxSlopes) slopes.slopes(y, a + start, d, b + start, t, c + start, n);
    else slopes.slopes(y, a + start, powers, start, d, b + start, t, c + start, n);
  };
  const load = (from: number, n: number): void => {
    ys.load(from, n);
    dys.load(from, n);
  };
  for (let from = 0; from < lanes && length > 0; from += some) {
    const n = Math.min(some, lanes - from),
      start = from * length;
    if (byKernel || length <= room) {
      load(start, n * length);
      to.seek(start, n * length);
      if (log) powersOf(heap, ys.data, ys.at, n * length, powers);
      const each = (at: number): void => {
        slopes.begin();
        do slopes.sum(ys.data, ys.at + at, dys.data, dys.at + at, length);
        while (slopes.again());
        slope(at, length);
      };
      if (byKernel) softmaxLanes(heap, ys, dys, to, n, length, theta, tolerance, each);
      else for (let at = 0; at < n * length; at += length) each(at);
      to.store(start, n * length);
      continue;
    }
    slopes.begin();
    do {
      for (let at = 0; at < length; at += room) {
        const m = Math.min(room, length - at);
        load(start + at, m);
        slopes.sum(ys.data, ys.at, dys.data, dys.at, m);
      }
    } while (slopes.again());
    for (let at = 0; at < length; at += room) {
      const m = Math.min(room, length - at);
      load(start + at, m);
      to.seek(start + at, m);
      if (log) powersOf(heap, ys.data, ys.at, m, powers);
      slope(0, m);
      to.store(start + at, m);
    }
  }
  const result = output.finish();
  on.give(c);
  return result;
}

/** Some lanes, in the window as float64: the kernel does all but those with a result that is not finite. */
// prettier-ignore
function softmaxLanes(
  heap: Heap, { data: y, at: a }: Rows, { data: dy, at: b }: Rows, { data: to, at: c }: Rows,
  lanes: number, n: number, theta: number, tolerance: number, each: (at: number) => void,
): void {
  const count = lanes * n, address = heap.address, at = address / 8, { f64 } = heap;
  const size = to.BYTES_PER_ELEMENT, view = size === 4 ? heap.f32 : f64, start = address / size;
  f64.set(y.subarray(a, a + count), at);
  f64.set(dy.subarray(b, b + count), at + count);
  for (let done = 0; done < lanes; done++) {
    const first = done, from = address + done * n * 8;
    done += heap.kernels.gradients!(size, from, from + count * 8, address + done * n * size, lanes - done, n, theta, tolerance);
    to.set(view.subarray(start + first * n, start + done * n), c + first * n);
    if (done < lanes) each(done * n);
  }
}

/** exp of n elements from y[a] on, to p. */
function powersOf(heap: Heap, y: Floats, a: number, n: number, p: Float64Array): void {
  const some = heap.windowBytes / 8;
  for (let from = 0; from < n; from += some) {
    const end = Math.min(n, from + some),
      address = heap.address,
      at = address / 8;
    heap.f64.set(y.subarray(a + from, a + end), at);
    heap.kernels.expF64(address, address, end - from);
    p.set(heap.f64.subarray(at, at + end - from), from);
  }
}
