import { article, describe } from './describe.ts';
import { at, ragged, refuseChanged } from './nested.ts';
import { product } from './shapes.ts';
import { className, classOf, isAlive, lengthOf, set, type TypedArray } from './typed.ts';

// Lists whose rows are typed arrays of one class, to any depth.

/** Reads the rows one after another into one array of their class; `first` is the first of them, the shape goes by it. */
export function readRows(
  name: string,
  what: string,
  rows: readonly unknown[],
  shape: readonly number[],
  first: ArrayBufferView,
): TypedArray {
  const tag = className(first)!,
    into = new (classOf(tag))(product(shape));
  if (gather(rows, shape, 0, into, 0, tag) < 0) {
    search(name, what, rows, shape, [], tag);
    refuseChanged(name, what);
  }
  return into;
}

/** Where the next row goes, or -1 where something is wrong. */
// prettier-ignore
function gather(rows: readonly unknown[], shape: readonly number[], depth: number, into: TypedArray, to: number, tag: string): number {
  const n = rows.length;
  if (n !== shape[depth]) return -1;
  for (let i = 0; i < n && to >= 0; i++) {
    const row = rows[i];
    if (depth < shape.length - 2) to = Array.isArray(row) ? gather(row, shape, depth + 1, into, to, tag) : -1;
    else if (!isRow(row, tag) || lengthOf(row) !== shape[depth + 1] || !isAlive(row as TypedArray)) return -1;
    else {
      set.call(into as Float64Array, row as Float64Array, to);
      to += shape[depth + 1]!;
    }
  }
  return to;
}

function isRow(row: unknown, tag: string): row is ArrayBufferView {
  return ArrayBuffer.isView(row) && className(row) === tag;
}

/** Says what is wrong with rows that could not be read. */
// prettier-ignore
function search(name: string, what: string, rows: readonly unknown[], shape: readonly number[], path: readonly number[], tag: string): void {
  const depth = path.length;
  if (rows.length !== shape[depth]) throw new TypeError(ragged(name, what, shape, path, rows.length));
  for (let i = 0; i < rows.length; i++) {
    const row = rows[i],
      here = [...path, i];
    if (depth < shape.length - 2 && Array.isArray(row)) search(name, what, row, shape, here, tag);
    else if (depth < shape.length - 2 || !isRow(row, tag)) {
      const [first, kind] = [what + '[0]'.repeat(depth + 1), depth < shape.length - 2 ? 'an Array' : article(tag)];
      throw new TypeError(
        `${name}: ${at(what, here)} is ${describe(row)} where ${first} is ${kind}; rows must be typed arrays of one class at one depth, make them so for instance with Float64Array.from(row)`,
      );
    } else if (!isAlive(row as TypedArray)) {
      throw new TypeError(`${name}: the buffer of ${at(what, here)} is detached or shrank from under it; make a new ${tag}`);
    } else if (lengthOf(row) !== shape[depth + 1]) throw new TypeError(ragged(name, what, shape, here, lengthOf(row)));
  }
}
