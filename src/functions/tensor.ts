import { count } from '../input/shapes.ts';
import type { Instance } from '../instance.ts';
import { Tensor, type TensorDtype } from '../kernels/tensor.ts';

/** A new tensor of an instance. */
export function tensor(on: Instance, dtype: TensorDtype, shape: readonly number[], data?: ArrayLike<number>): Tensor {
  const lengths = tensorShape(dtype, shape),
    size = count('tensor', 'a tensor', lengths);
  // user code in `data` runs before there is memory that it could make grow
  if (data !== undefined) fits(data, lengths, size);
  const values = data === undefined ? undefined : fits(Float64Array.from(data), lengths, size);
  const made = new Tensor(on.open(), dtype, lengths, size, on.count);
  if (values === undefined) made.data.fill(0);
  else made.data.set(values);
  return made;
}

/** The shape of a new tensor, each length read once. */
function tensorShape(dtype: unknown, shape: unknown): number[] {
  if (dtype !== 'float32' && dtype !== 'float64') {
    throw new TypeError(`tensor: dtype is ${String(dtype)}; a tensor holds 'float32' or 'float64'`);
  }
  if (!Array.isArray(shape))
    throw new TypeError(`tensor: shape is ${String(shape)}; give a list of lengths like [64, 1000]`);
  const lengths: number[] = [...(shape as number[])];
  for (const n of lengths) {
    if (!Number.isSafeInteger(n) || n < 0) {
      throw new RangeError(
        `tensor: shape [${lengths.join(', ')}] has the length ${String(n)}; lengths are integers from 0 on`,
      );
    }
  }
  return lengths;
}

/** The elements of a new tensor, if there are as many as its shape takes. */
function fits<A extends ArrayLike<number>>(data: A, shape: readonly number[], size: number): A {
  const { length } = data;
  if (length === size) return data;
  throw new RangeError(`tensor: data has ${length} elements, shape [${shape.join(', ')}] has ${size}; give as many`);
}
