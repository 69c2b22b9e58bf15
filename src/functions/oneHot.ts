import { describe } from '../input/describe.ts';
import { countOf, MOST_INDEX } from '../input/kinds.ts';
import { toNumbers } from '../input/open.ts';
import { openCall, DTYPE, Given, type Spec } from '../input/options.ts';
import { count } from '../input/shapes.ts';
import { roomFor, type TypedArray } from '../input/typed.ts';
import { LABELS } from '../input/view.ts';
import { wrapLike } from '../plan/result.ts';
import { values } from '../run/rows.ts';
import type { ArrayResult, Fresh, Option, Same } from './results.ts';
import type { BigArray } from './types.ts';

/** Options of oneHot. */
export interface OneHotOptions {
  /** What the rows are stored as, where they are not plain arrays. Default 'float32'. */
  readonly dtype?: Dtype | undefined;
}

type Dtype = 'float32' | 'float64' | 'int32' | 'uint8';
type Holder<T> = T extends 'float64'
  ? Fresh<Float64Array>
  : T extends 'int32'
    ? Fresh<Int32Array>
    : T extends 'uint8'
      ? Fresh<Uint8Array>
      : Fresh<Float32Array>;

/** 0/1 rows for labels X. */
export type OneHot<X, O = {}> = 0 extends 1 & X
  ? any
  : X extends number
    ? number[]
    : X extends readonly unknown[]
      ? Same<readonly X[], Holder<Option<O, 'dtype'>>>
      : X extends TypedArray | BigArray
        ? Holder<Option<O, 'dtype'>>
        : ArrayResult<Holder<Option<O, 'dtype'>>>;

const holders = { float32: Float32Array, float64: Float64Array, int32: Int32Array, uint8: Uint8Array };

const spec: Spec = { name: 'oneHot', takes: DTYPE, reduces: false, axis: null, what: 'labels' };

export function oneHot(labels: unknown, classes: unknown, options: unknown): unknown {
  const { name } = spec,
    given = new Given();
  openCall(given, spec, labels, options, undefined, LABELS);
  toNumbers(given, name);
  const dtype = given.dtype ?? 'float32';
  const holder = Object.hasOwn(holders, dtype) ? holders[dtype as keyof typeof holders] : undefined;
  if (holder === undefined) {
    throw new RangeError(`${name}: dtype is ${describe(dtype)}; it must be one of ${Object.keys(holders).join(', ')}`);
  }
  const data = values(given, name);
  const width = countOf(name, 'classes', classes, MOST_INDEX, () => 'the number of classes');
  const result = [...given.shape, width],
    size = count(name, 'the result', result);
  checkLabels(name, 'labels', data, given.shape, width, undefined);
  const rows = roomFor<TypedArray>(name, size, holder);
  for (let i = 0; i < data.length; i++) rows[i * width + data[i]!] = 1;
  return wrapLike(given, rows, result, dtype);
}

/** Every label must be an integer from 0 to classes - 1, or the one that is ignored. */
export function checkLabels(
  name: string,
  what: string,
  labels: Float64Array,
  shape: readonly number[],
  classes: number,
  ignored: number | undefined,
): void {
  for (let i = 0; i < labels.length; i++) {
    const label = labels[i]!;
    if ((label >>> 0 === label && label < classes) || label === ignored) continue;
    const place: number[] = [];
    for (let d = shape.length - 1, rest = i; d >= 0; d--) {
      place.unshift(rest % shape[d]!);
      rest = Math.floor(rest / shape[d]!);
    }
    const which = what + place.map((p) => `[${p}]`).join('');
    const wrong = Number.isInteger(label) ? 'out of range' : 'not an integer';
    const others = ignored === undefined ? '' : `, or ${ignored} (ignoreIndex) for what does not count`;
    const wanted =
      classes === 0
        ? 'there are no classes that a label could name, give one at least'
        : `labels are integers from 0 to ${classes - 1}`;
    throw new RangeError(`${name}: ${which} is ${label}, ${wrong}; ${wanted}${others}`);
  }
}
