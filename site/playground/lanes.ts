// Which elements of a one- or two-dimensional array a lane has.
import type { Logits } from './logits.ts';

export interface Lanes {
  readonly count: number;
  readonly length: number;
  /** The place in the array of an element of a lane. */
  at(lane: number, index: number): number;
}

export function lanesOf({ data, shape }: Logits, axis: number | null): Lanes {
  if (axis === null || shape.length === 1) return { count: 1, length: data.length, at: (_, index) => index };
  const [rows, columns] = shape as [number, number];
  return axis === 0 || axis === -2
    ? { count: columns, length: rows, at: (lane, index) => index * columns + lane }
    : { count: rows, length: columns, at: (lane, index) => lane * columns + index };
}

/** The elements of one lane. */
export function laneOf(values: ArrayLike<number>, lanes: Lanes, lane: number): Float64Array {
  return Float64Array.from({ length: lanes.length }, (_, index) => values[lanes.at(lane, index)]!);
}
