// Results of every container as plain numbers, and where two of them differ.

/** All numbers of a result, whatever its container. */
export function numbersOf(result: unknown): ArrayLike<number> {
  if (ArrayBuffer.isView(result)) return result as unknown as ArrayLike<number>;
  if (typeof result === 'number') return [result];
  if (Array.isArray(result)) return result.flat(Infinity) as number[];
  const { data, ...rest } = result as { data?: ArrayLike<number> };
  return data ?? Object.values(rest).flatMap((part) => Array.from(numbersOf(part)));
}

/** The same as a copy. */
export const flat = (result: unknown): Float64Array => Float64Array.from(numbersOf(result));

/** Where two results differ, for the message of a failure; undefined where they have the same bits. */
export function difference(got: ArrayLike<number>, want: ArrayLike<number>): string | undefined {
  if (got.length !== want.length) return `${got.length} results for ${want.length}`;
  let first = -1,
    many = 0;
  for (let i = 0; i < got.length; i++) if (!Object.is(got[i], want[i]) && many++ === 0) first = i;
  return many === 0 ? undefined : `${many} of ${got.length} differ; element ${first} is ${got[first]}, wanted ${want[first]}`;
}
