/**
 * Makes the bytes that tools/patch.mjs made `patch` for: the length of the result, then operations, each of them
 * a count of bytes to insert, these bytes, a count of bytes to copy from `from`, and how far the copy starts from the
 * expected place, which is where the last copy ended plus the bytes inserted since. Numbers are LEB128, the distance zigzag.
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
  for (let at = 0, place = 0; next < patch.length;) {
    const inserted = number();
    to.set(patch.subarray(next, next + inserted), at);
    next += inserted;
    at += inserted;
    const copied = number();
    const distance = number();
    place += inserted + ((distance >>> 1) ^ -(distance & 1));
    to.set(from.subarray(place, place + copied), at);
    place += copied;
    at += copied;
  }
  return to;
}
