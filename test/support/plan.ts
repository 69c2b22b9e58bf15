import { Call } from '../../src/plan/call.ts';
import { open } from '../../src/input/open.ts';
import { AXIS, DTYPE, KEEPDIMS, OUT, PRECISION, readOptions, SHAPE, THETA, WEIGHTS, WHERE, type Spec } from '../../src/input/options.ts';
import { NUMBERS } from '../../src/input/view.ts';
import { open as openKernels } from '../../src/kernels/choose.ts';
import { Heap } from '../../src/kernels/heap.ts';
import { FLOAT32, FLOAT64, INT32, type Storage } from '../../src/input/storage.ts';
import type { TypedArray } from '../../src/input/typed.ts';
import { axesOf } from '../../src/plan/lanes.ts';
import { fresh, wrap } from '../../src/plan/result.ts';
import type { Walk } from '../../src/plan/walk.ts';

// What the facade knows of a call once it is planned, under the names of the tests.

const heap = new Heap(openKernels(() => new Uint8Array(0), 'js'), 2 ** 26);
const all = AXIS | SHAPE | DTYPE | OUT | THETA | WHERE | PRECISION;
export const elementwise = { reduces: false };
export const reduction = { reduces: true, weights: true };

export interface Layout {
  readonly shape: readonly number[];
  readonly axes: readonly number[];
  readonly outer: number;
  readonly length: number;
  readonly inner: number;
  readonly dtype: string;
  readonly sourceDtype: string | undefined;
  readonly source: Walk;
  readonly where: Walk | undefined;
  readonly b: Walk | undefined;
  readonly target: Walk | undefined;
  readonly out: unknown;
  readonly result: readonly number[];
  readonly theta: number;
  readonly exact: boolean;
  readonly returnSign: boolean;
  readonly overlap: boolean;
  fresh(size: number): TypedArray;
  resultWalk(data: TypedArray): Walk;
  wrap(data: TypedArray, dtype?: string): unknown;
}

export function layout(
  name: string,
  x: unknown,
  options: unknown,
  { reduces, weights, defaultAxis }: { reduces: boolean; weights?: boolean; defaultAxis?: number },
): Layout {
  const takes = all | (reduces ? KEEPDIMS : 0) | (weights ? WEIGHTS : 0);
  const spec: Spec = { name, takes, reduces, axis: defaultAxis ?? null, what: 'x' };
  const c = new Call(heap);
  readOptions(c, spec, options);
  open(c, name, 'x', x, NUMBERS);
  c.plan();
  const stored: Record<string, Storage> = { int32: INT32, float32: FLOAT32, float64: FLOAT64 };
  return {
    shape: c.shape.slice(),
    axes: axesOf(c, c.shape.length),
    outer: c.outer,
    length: c.length,
    inner: c.inner,
    dtype: c.result.name,
    sourceDtype: c.storage.bits < 0 ? undefined : c.storage.name,
    source: c.source,
    where: c.where,
    b: c.b,
    target: c.outWalk,
    out: c.outObject,
    result: c.resultShape,
    theta: c.theta,
    exact: c.exact && c.result !== FLOAT64,
    returnSign: c.returnSign,
    overlap: c.overlap,
    fresh: (size) => fresh(c, size),
    resultWalk: (data) => c.resultWalk(data),
    wrap: (data, dtype) => wrap(c, data, dtype === undefined ? c.result : stored[dtype]),
  };
}
