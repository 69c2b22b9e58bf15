/**
 * Makes the bytes that tools/patch.mjs made `patch` for: the length of the result, the count of bytes to insert and these
 * bytes, then operations, each of them how many of these to insert, a count of bytes to copy from `from`, and how far the
 * copy starts from the expected place, which is where the last copy ended plus the bytes inserted since. Numbers are
 * LEB128, the distance zigzag.
 */
export function applyPatch(from: Uint8Array, patch: Uint8Array): Uint8Array {
  let next = 0;
  const number = (): number => {
    for (let value = 0, shift = 0; ; shift += 7) {
      const byte = patch[next++];
      value |= (byte & 127) << shift;
      if (!(byte > 127)) return value;
    }
  };
  const to = new Uint8Array(number());
  const count = number();
  let insert = next,
    at = 0,
    place = 0;
  const put = (bytes: Uint8Array, start: number, n: number): number => {
    to.set(bytes.subarray(start, start + n), at);
    at += n;
    return n;
  };
  for (next += count; next < patch.length;) {
    const inserted = put(patch, insert, number());
    const copied = number(),
      distance = number();
    insert += inserted;
    place += inserted + ((distance >>> 1) ^ -(distance & 1));
    place += put(from, place, copied);
  }
  return to;
}
