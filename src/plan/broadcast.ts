import { range, rowMajor, show } from '../input/shapes.ts';
import type { View } from '../input/view.ts';
import type { Call } from './call.ts';
import { run, walkOver, type Walk } from './walk.ts';

/** A mask or weights in the order of the lanes, repeated along the axes of x that they lack. */
export function broadcast({ order, shape, size, spec }: Call, view: View): Walk {
  const own = view.shape;
  if (own === shape && view.strides === undefined && order === undefined) return run(view.data, view.offset, size);
  const lead = shape.length - own.length;
  let fits = lead >= 0;
  for (let d = 0; fits && d < own.length; d++) fits = own[d] === 1 || own[d] === shape[d + lead];
  if (!fits) {
    throw new RangeError(
      `${spec.name}: ${view.what} of shape ${show(own)} does not broadcast to x of shape ${show(shape)}; aligned at the last axis, each length must be 1 or that of x`,
    );
  }
  const steps = view.strides ?? rowMajor(own),
    strides = shape.map((_, d) => (d < lead || own[d - lead] === 1 ? 0 : steps[d - lead]!));
  return walkOver(view.data, view.offset, shape, strides, order ?? range(shape.length));
}
