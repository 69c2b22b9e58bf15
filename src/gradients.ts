import { open } from './arrays.ts';
import type { Heap } from './heap.ts';
import { Layout } from './layout.ts';
import { admit, check, none, type Options } from './options.ts';
import { beside, halfOf, inLanes, Output, Rows, type Floats } from './rows.ts';
import { BLOCK, LogSoftmaxSlopes, SoftmaxSlopes } from './slopes.ts';
import type { Walk } from './walk.ts';

// Vector-Jacobian products of softmax and logSoftmax from their results.

/** Options of the gradients of softmax and logSoftmax: those of the forward call. */
export type GradientOptions = Pick<Options, 'axis' | 'shape' | 'theta' | 'dtype' | 'out'>;

const element = { reduces: false };

/**
 * How far the sum of a softmax may be from 1 by the rounding of its elements (at most 4 ULP each), and by that of the
 * sum, which is plain within blocks.
 */
const tolerances = { float64: 2 ** -46, float32: 2 ** -21, float16: 2 ** -9, bfloat16: 2 ** -6 };

/** Elements below which copies cost more than a kernel spares. */
const FEW = 64;

/** The gradient of softmax, or of logSoftmax. */
export function gradient(
  instance: () => Heap,
  log: boolean,
  y: unknown,
  dy: unknown,
  options: Options | undefined,
): unknown {
  const name = log ? 'logSoftmaxGradient' : 'softmaxGradient';
  const first = open(name, 'y', y, false),
    second = open(name, 'dy', dy, false),
    known = ['axis', 'shape', 'theta', 'out', 'dtype'];
  const { axis, shape, theta: factor, out, dtype } = admit<Options>(name, options, known);
  const plan = new Layout(name, first, check(name, { ...none, axis, shape, theta: factor, out, dtype }), element);
  const { length, theta } = plan,
    tolerance = tolerances[plan.dtype],
    lanes = plan.outer * plan.inner,
    slopes = log ? new LogSoftmaxSlopes(theta) : new SoftmaxSlopes(theta, tolerance);
  let other = beside(name, 'dy', second, 'y', plan),
    source = inLanes(plan.source, plan);
  // both of them lie in the window, as float64 at most
  const heap = instance(),
    // whole blocks of a sum, which then does not depend on where a lane is cut
    room = (heap.windowBytes / 16) & -BLOCK,
    some = Math.max(1, Math.floor(room / length)),
    bytes = 16 * Math.min(some, lanes) * length;
  const byKernel = !log && bytes >= 16 * FEW && bytes <= heap.longestBytes && 'gradients' in heap.kernels;
  if (byKernel) {
    const walks = heap.prepare<Walk | undefined>(bytes, [source, other, plan.target]);
    [source, other, plan.target] = walks as [Walk, Walk, Walk | undefined];
  }
  const output = new Output(plan, [source, other]),
    to = output.rows;
  const ys = new Rows(source, plan.sourceDtype),
    dys = new Rows(other, halfOf(second, plan));
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
  return output.finish();
}

/** Some lanes, in the window as float64: the kernel does all but those with a result that is not finite. */
// prettier-ignore
function softmaxLanes(
  heap: Heap, { data: y, at: a }: Rows, { data: dy, at: b }: Rows, { data: to, at: c }: Rows,
  lanes: number, n: number, theta: number, tolerance: number, each: (at: number) => void,
): void {
  const count = lanes * n, address = heap.window(0), at = address / 8, { f64 } = heap;
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
      address = heap.window(0),
      at = address / 8;
    heap.f64.set(y.subarray(a + from, a + end), at);
    heap.kernels.expF64(address, address, end - from);
    p.set(heap.f64.subarray(at, at + end - from), from);
  }
}
