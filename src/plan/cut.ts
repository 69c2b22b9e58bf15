import {
  BLOCK,
  DOUBLE,
  EXACT,
  EXACT_COLUMN,
  EXACT_ROW,
  SINGLE,
  THETA_COLUMN,
  TILE,
  type Arithmetic,
} from '../kernels/contract.ts';
import { isOrdinary } from '../kernels/theta.ts';

// How softmax, logSoftmax and logsumexp are cut into windows: all conditions and constants of it stand here. A slab is length * inner
// elements, lanes that lie side by side; with inner = 1 it is a row. Other functions go through their lanes by themselves (chunks.ts,
// pieces.ts, parts.ts, mass.ts and laneSums.ts of src/run).

/** nothing to compute: no lanes, or no elements in them */
export const NOTHING = 0;
/** all lanes lie in one window */
export const WHOLE = 1;
/** some slabs at a time, or one, for which the window may grow; a long row in it goes through the kernels by blocks (run/kernel.ts) */
export const SLABS = 2;
/** one row at a time, by blocks: no window holds it */
export const LONG = 3;
/** of a slab that no window holds, some lanes at a time, all of their elements */
export const SLICES = 4;
/** of lanes that no window holds, TILE at a time, some of their elements at a time */
export const COLUMNS = 5;
/** strided lanes one by one, gathered into rows */
export const SINGLY = 6;
export type Strategy = 0 | 1 | 2 | 3 | 4 | 5 | 6;

/**
 * WIDE: where as many lanes of a slab fit the first window, it is cut there, at most WIDEST at a time. Else a slice is as wide as the largest
 * window takes, and at least NARROW.
 */
const NARROW = 64;
const WIDE = 2048;
const WIDEST = 4096;

/** A call as `cut` sees it: what there is to cut, and with what. */
export interface Uncut {
  readonly outer: number;
  readonly length: number;
  readonly inner: number;
  readonly arithmetic: Arithmetic;
  /** kernels need no theta: it is 1 or 0 */
  readonly plain: boolean;
  /** a mask is there: a byte for each element lies in the window */
  readonly masked: boolean;
  /** bytes that windows aim at, and the most that one may have */
  readonly windowBytes: number;
  readonly longestBytes: number;
  /** the kernels have the steps of COLUMNS */
  readonly steps: boolean;
}

/** The result of `cut`. */
export interface Cut {
  strategy: Strategy;
  /** slabs, or lanes of a slice, at a time */
  step: number;
  /** elements that the window must have room for */
  elements: number;
}

/** float32 is computed as asked for; strided lanes beyond the limit of the exact kernel go through float64 arrays. */
export function arithmeticOf(
  single: boolean,
  exact: boolean,
  host: Arithmetic,
  theta: number,
  length: number,
  inner: number,
): Arithmetic {
  if (!single) return DOUBLE;
  if (host === SINGLE && !exact && (theta === 1 || theta === 0 || isOrdinary(theta))) return SINGLE;
  return inner === 1 || length <= EXACT_COLUMN ? EXACT : DOUBLE;
}

/** Whether the kernels take the lanes as they are: strided ones of float64 with a theta, and exact rows, up to a limit. */
export function isTaken({ inner, plain, arithmetic, length }: Uncut): boolean {
  if (arithmetic === EXACT) return length <= EXACT_ROW;
  return plain || inner === 1 || arithmetic === SINGLE || length <= THETA_COLUMN;
}

/** Elements of a lane that lie in the window at a time, where that does not hold it: those of exact lanes beside their e, 4 + 8 bytes. */
export function blockOf({ arithmetic, length, masked, windowBytes }: Uncut): number {
  if (arithmetic !== EXACT) return Math.min(length, BLOCK / (arithmetic === DOUBLE ? 8 : 4));
  return Math.min(length, BLOCK / 4, Math.floor(windowBytes / (masked ? 13 : 12)) & -16);
}

/**
 * Chooses a strategy, in this order (test/cut.test.ts has an example of each). NOTHING: there are no elements. WHOLE: all fit the window, and
 * the kernels take the lanes as they are. SLABS: one does, in a window that may grow, and is not cut by WIDE. LONG: other rows. COLUMNS: the
 * kernels have the steps, and there are at most TILE lanes, or a slice would be too narrow. SINGLY: the kernels do not take the lanes, or a
 * slice would be too narrow. SLICES: what is left.
 */
export function cut(call: Uncut, into: Cut): void {
  const { outer, length, inner, arithmetic, plain, masked } = call,
    size = arithmetic === DOUBLE ? 8 : 4,
    per = masked ? size + 1 : size,
    slab = length * inner,
    all = outer * slab;
  if (all * per <= call.windowBytes && (all === 0 || isTaken(call))) {
    into.strategy = all === 0 ? NOTHING : WHOLE;
    into.step = all === 0 ? 1 : outer;
    into.elements = all;
    return;
  }
  into.step = 1;
  into.elements = 0;
  const room = Math.floor(call.windowBytes / per),
    most = Math.floor(call.longestBytes / per),
    wide = inner > 1 && Math.floor(room / length) >= WIDE,
    lanes = wide ? Math.min(Math.floor(room / length), WIDEST) : Math.floor(most / length) & -16;
  if (slab <= (wide ? room : most) && isTaken(call)) {
    into.strategy = SLABS;
    into.step = Math.min(outer, Math.max(1, Math.floor(room / slab)));
    into.elements = into.step * slab;
  } else if (inner === 1) {
    into.strategy = LONG;
    into.elements = blockOf(call);
  } else if (
    (plain || arithmetic === SINGLE) &&
    arithmetic !== EXACT &&
    call.steps &&
    (inner <= TILE || lanes < NARROW)
  ) {
    into.strategy = COLUMNS;
    into.step = TILE; // run/columns.ts counts the elements that fit the first window
  } else if (!isTaken(call) || lanes < NARROW) {
    into.strategy = SINGLY;
    into.elements = blockOf(call);
  } else {
    into.strategy = SLICES;
    into.step = lanes;
    into.elements = length * ((lanes + 15) & -16);
  }
}
