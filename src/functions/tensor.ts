import type { Instance } from '../instance.ts';
import { Tensor, type TensorDtype } from '../kernels/tensor.ts';

/** A new tensor of an instance. */
export function tensor(on: Instance, dtype: TensorDtype, shape: readonly number[], data?: ArrayLike<number>): Tensor {
  const size = check(dtype, shape, data);
  // user code in `data` runs before there is memory that it could make grow
  const values = data === undefined ? undefined : Float64Array.from(data);
  const made = new Tensor(on.open(), dtype, shape, size, on.count);
  if (values === undefined) made.data.fill(0);
  else made.data.set(values);
  return made;
}

/** The number of elements of a shape. */
function check(dtype: unknown, shape: unknown, data: unknown): number {
  if (dtype !== 'float32' && dtype !== 'float64') {
    throw new TypeError(`tensor: dtype is ${String(dtype)}; a tensor holds 'float32' or 'float64'`);
  }
  if (!Array.isArray(shape))
    throw new TypeError(`tensor: shape is ${String(shape)}; give a list of lengths like [64, 1000]`);
  let size = 1;
  for (const n of shape as unknown[]) {
    if (!Number.isSafeInteger(n) || (n as number) < 0) {
      throw new RangeError(
        `tensor: shape [${shape.join(', ')}] has the length ${String(n)}; lengths are integers from 0 on`,
      );
    }
    size *= n as number;
  }
  if (data !== undefined && (data as ArrayLike<number>).length !== size) {
    throw new RangeError(
      `tensor: data has ${(data as ArrayLike<number>).length} elements, shape [${shape.join(', ')}] has ${size}; give as many`,
    );
  }
  return size;
}
