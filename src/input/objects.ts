import { asBits, describe, unfit, unfitData } from './describe.ts';
import { equal, numbers, show } from './shapes.ts';
import { halfOf, isInteger, storageOf } from './storage.ts';
import { isNumeric, plain, type TypedArray } from './typed.ts';
import { LABELS, MASK, OBJECT, openPlain, TYPED, type Elements, type View } from './view.ts';

/** Opens an object with `data` and `shape` or `dims`; each of its fields is read once. */
export function openObject(view: View, name: string, value: object, elements: Elements): void {
  const object = value as Record<string, unknown>,
    { what } = view;
  const { location } = object;
  // onnxruntime: the data of a tensor elsewhere must not even be looked at.
  if (typeof location === 'string' && location !== 'cpu' && location !== 'cpu-pinned') {
    throw new TypeError(
      `${name}: ${what} is a tensor whose location is '${location}', not 'cpu'; fetch its values first:\n  const data = await t.getData();\n  ${instead(name, what, 'dims')}`,
    );
  }
  const { data } = object;
  if (!ArrayBuffer.isView(data) || !isNumeric(data, elements === LABELS)) {
    refuseData(name, what, value, data, elements === MASK);
  }
  const { shape, dims } = object;
  const given = shape ?? dims;
  if (given === undefined || given === null) {
    throw new TypeError(
      `${name}: ${what} has data (${describe(data)}) but neither shape nor dims; add shape, or pass the data itself with the option shape`,
    );
  }
  const named = dims !== undefined && dims !== null;
  const sizes = numbers(name, `the shape of ${what}`, given);
  if (named && given !== dims) {
    const other = numbers(name, `dims of ${what}`, dims);
    if (!equal(sizes, other)) {
      throw new RangeError(`${name}: ${what} has both shape ${show(sizes)} and dims ${show(other)}; they must agree`);
    }
  }
  // A method of this name (transformers.js) computes what row-major order implies.
  let { strides } = object;
  if (strides === undefined || strides === null || typeof strides === 'function') strides = object['stride'];
  const steps =
    strides === undefined || strides === null || typeof strides === 'function'
      ? undefined
      : numbers(name, `the strides of ${what}`, strides);
  const { offset, dtype, type } = object;
  if (offset !== undefined && offset !== null && (typeof offset !== 'number' || Number.isNaN(offset))) {
    throw new TypeError(
      `${name}: the offset of ${what} is ${describe(offset)}; it must be an integer, counted in elements`,
    );
  }
  const stored = typeof dtype === 'string' ? dtype : typeof type === 'string' ? type : undefined;
  if (stored !== undefined && stored.startsWith('complex')) {
    throw new TypeError(`${name}: ${what} is ${stored}; only real numbers have a softmax here, pass the real part`);
  }
  // what integers are the bits of, the object may say
  let half: string | undefined;
  if (!openPlain(view, data) || (stored !== undefined && stored !== view.storage.name && isInteger(view.storage))) {
    const array = plain(data as TypedArray);
    view.set(TYPED, array, storageOf(array, stored));
    half = stored === undefined ? undefined : halfOf(stored);
    if (half !== undefined && isInteger(view.storage)) {
      throw new TypeError(
        `${name}: ${what} says that it holds ${stored} but its data is ${describe(data)}; ${asBits(`${what}.data`, half)}`,
      );
    }
  }
  view.form = OBJECT;
  view.said = sizes;
  view.strides = steps;
  view.hasOffset = offset !== undefined && offset !== null;
  view.offset = view.hasOffset ? (offset as number) : 0;
  view.dims = named;
  view.stored = half ?? stored;
}

function refuseData(name: string, what: string, value: object, data: unknown, mask: boolean): never {
  if (typeof data === 'function') {
    throw new TypeError(
      `${name}: the data of ${what} is a function, as in tfjs and jax-js, and is not called for you; fetch the values first:\n  const data = await t.data();\n  ${instead(name, what, 'shape')}`,
    );
  }
  if (data === undefined) throw new TypeError(unfit(name, what, value, mask));
  throw new TypeError(unfitData(name, what, value, data));
}

/** What to write for an argument once its values are there. */
function instead(name: string, what: string, shape: string): string {
  if (what !== 'x') return `const ${what} = { data, shape: t.${shape} };`;
  return `${name}(data, ${name === 'topk' ? 'k, ' : ''}{ shape: t.${shape} });`;
}
