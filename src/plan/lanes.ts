import { MOST_INDEX } from '../input/kinds.ts';
import { range, show } from '../input/shapes.ts';
import { MOST } from '../input/view.ts';

/**
 * Where the lanes of an array lie. Lane (o, i) has the elements ((o * length) + j) * inner + i, j < length, in row-major
 * order. Gathered lanes lie in the order of the axes that stay, then those of the lane: one after another, inner is 1.
 */
export interface Lanes {
  outer: number;
  length: number;
  inner: number;
  gathered: boolean;
  /** the axes of a lane, from 0 on, in order; undefined: all of them */
  axes: readonly number[] | undefined;
}

/**
 * Lays out an array; strided ones are gathered always. Axes that lie together, but for some of length 1, are one; others are gathered.
 * `flat`: a typed array of which nobody said a shape.
 */
// prettier-ignore
export function setLanes(into: Lanes, name: string, shape: readonly number[], axis: number | readonly number[], strided: boolean, flat: boolean): void {
  let axes: readonly number[];
  if (typeof axis === 'number') {
    const d = oneAxis(name, axis, shape, flat);
    axes = alone[d] ?? [d];
  } else axes = normalise(name, axis, shape, flat);
  let outer = 1,
    length = 1,
    inner = 1,
    gathered = strided;
  for (let d = 0, k = 0, seen = false, after = false; d < shape.length; d++) {
    const n = shape[d]!;
    if (axes[k] === d) {
      k++;
      length *= n;
      if (n !== 1) {
        if (after) gathered = true;
        seen = true;
      }
    } else if (seen) {
      inner *= n;
      if (n !== 1) after = true;
    } else outer *= n;
  }
  // gathered, or every element a lane of its own
  if (gathered || length === 1) {
    outer *= inner;
    inner = 1;
  }
  if (outer * inner > MOST) {
    throw new RangeError(
      `${name}: x with shape ${show(shape)} has ${outer * inner} lanes (axis ${typeof axis === 'number' ? axis : show(axis)}); at most 2^32 - 1 are possible`,
    );
  }
  into.gathered = gathered;
  into.axes = axes;
  into.outer = outer;
  into.length = length;
  into.inner = inner;
}

/** Indices of elements are int32: a lane that has more of them is refused. */
export function checkIndices(name: string, what: string, { outer, length, inner }: Lanes): void {
  if (length <= MOST_INDEX || outer * inner === 0) return;
  throw new RangeError(
    `${name}: a lane of ${what} has ${length} elements; an index has at most 31 bits, so pass parts of up to ${MOST_INDEX}`,
  );
}

/** How far apart the elements along an axis lie. */
export function innerOf(shape: readonly number[], axis: number): number {
  let inner = 1;
  for (let d = axis + 1; d < shape.length; d++) inner *= shape[d]!;
  return inner;
}

/** The axes of a lane, as a list. */
export function axesOf({ axes }: Lanes, rank: number): readonly number[] {
  return axes ?? range(rank);
}

/** The axes that stay. */
export function keptAxes({ axes }: Lanes, rank: number): number[] {
  const list: number[] = [];
  if (axes !== undefined) for (let d = 0; d < rank; d++) if (!axes.includes(d)) list.push(d);
  return list;
}

/** All axes in the order of the lanes: those that stay, then those of a lane. */
export function laneOrder(lanes: Lanes, rank: number): number[] {
  return [...keptAxes(lanes, rank), ...axesOf(lanes, rank)];
}

/** The shape of a result with one element a lane, or so many on a last axis. */
// prettier-ignore
export function reducedShape(lanes: Lanes, shape: readonly number[], keepdims: boolean, each?: number): number[] {
  const { axes } = lanes;
  if (keepdims) return shape.map((n, d) => (axes === undefined || axes.includes(d) ? 1 : n));
  const kept = keptAxes(lanes, shape.length).map((d) => shape[d]!);
  return each === undefined ? kept : [...kept, each];
}

const alone: readonly (readonly number[])[] = [[0], [1], [2], [3]];

/** The axes as numbers from 0 on, in order. */
function normalise(name: string, axis: readonly number[], shape: readonly number[], flat: boolean): number[] {
  const axes: number[] = [];
  for (const each of axis) {
    const found = oneAxis(name, each, shape, flat);
    if (axes.includes(found)) {
      throw new RangeError(
        `${name}: axis ${show(axis)} names axis ${found} twice for rank ${shape.length} (shape ${show(shape)}); name each axis once`,
      );
    }
    axes.push(found);
  }
  return axes.sort((a, b) => a - b);
}

/** What else to do about a typed array without a shape, which may be meant as rows. */
export const giveShape = ', or say what rows there are by shape: [rows, columns]';

/** An axis as a number from 0 on. */
export function oneAxis(name: string, axis: number, shape: readonly number[], flat: boolean = false): number {
  const rank = shape.length;
  if (Number.isInteger(axis) && axis >= -rank && axis < rank) return axis < 0 ? axis + rank : axis + 0;
  if (Number.isNaN(axis)) {
    throw new TypeError(`${name}: axis is NaN; it must be an integer, a list of integers, or null`);
  }
  const fix = rank === 0 ? 'leave axis out' : `use ${-rank} .. ${rank - 1}`;
  const wrong = Number.isInteger(axis) ? 'is out of range' : 'is not an integer';
  throw new RangeError(
    `${name}: axis ${axis} ${wrong} for rank ${rank} (shape ${show(shape)}); ${fix}${flat ? giveShape : ''}`,
  );
}
