// Copies between lanes that are too short or too few to work on in place and a tile, where they lie side by side.

/** `rows` rows of n contiguous elements -> n rows of `rows` elements; pitches in bytes */
export function transpose<T, V>(from: usize, pitchFrom: i32, to: usize, pitchTo: i32, rows: i32, n: i32): void {
  let i = 0;
  if (isVector<V>() && sizeof<T>() == 4) {
    for (; i <= rows - 4; i += 4, from += 4 * pitchFrom, to += 16) {
      let k = 0, a = from, b = to;
      for (; k <= n - 4; k += 4, a += 16, b += 4 * pitchTo) square(a, pitchFrom, b, pitchTo);
      for (; k < n; k++, a += 4, b += pitchTo) {
        for (let j = 0; j < 4; j++) store<T>(b + 4 * j, load<T>(a + j * pitchFrom));
      }
    }
  }
  for (; i < rows; i++, from += pitchFrom, to += sizeof<T>()) {
    for (let k = 0; k < n; k++) store<T>(to + k * pitchTo, load<T>(from + k * sizeof<T>()));
  }
}

/** a square of 4 x 4 float32 */
// @ts-ignore: decorator
@inline
function square(from: usize, pitchFrom: i32, to: usize, pitchTo: i32): void {
  if (ASC_FEATURE_SIMD) {
    const a = v128.load(from), b = v128.load(from + pitchFrom);
    const c = v128.load(from + 2 * pitchFrom), d = v128.load(from + 3 * pitchFrom);
    const p = v128.shuffle<u32>(a, b, 0, 4, 1, 5), q = v128.shuffle<u32>(c, d, 0, 4, 1, 5);
    const r = v128.shuffle<u32>(a, b, 2, 6, 3, 7), s = v128.shuffle<u32>(c, d, 2, 6, 3, 7);
    v128.store(to, v128.shuffle<u64>(p, q, 0, 2));
    v128.store(to + pitchTo, v128.shuffle<u64>(p, q, 1, 3));
    v128.store(to + 2 * pitchTo, v128.shuffle<u64>(r, s, 0, 2));
    v128.store(to + 3 * pitchTo, v128.shuffle<u64>(r, s, 1, 3));
  }
}

/** `blocks` blocks of length x `wide` bytes, one behind the other -> length rows of blocks * wide bytes */
export function gather(from: usize, to: usize, pitch: i32, blocks: i32, length: i32, wide: i32): void {
  for (let o = 0; o < blocks; o++, to += wide) {
    for (let k = 0; k < length; k++) {
      for (let i = 0; i < wide; i += 4, from += 4) store<u32>(to + k * pitch + i, load<u32>(from));
    }
  }
}

/** the way back */
export function scatter(from: usize, pitch: i32, to: usize, blocks: i32, length: i32, wide: i32): void {
  for (let o = 0; o < blocks; o++, from += wide) {
    for (let k = 0; k < length; k++) {
      for (let i = 0; i < wide; i += 4, to += 4) store<u32>(to, load<u32>(from + k * pitch + i));
    }
  }
}
