import {
  addBits, addFloat, andBits, bitsOf, chooseAbove, load16, loadBits, mulFloat, orBits, shiftLeft, shiftRight, spanBits,
  store16, storeBits,
} from './bits';

// The 16-bit floats to float32 and back, on bit patterns: B is a vector of four, or one. Both work in place: 16 bits that
// fill the upper half of their float32 may become these, and float32 the 16 bits in their lower half.

const REST: usize = memory.data(16, 16);

/** n float16 (or brain: bfloat16) at x -> float32 at y, exactly */
export function widenHalf<B>(brain: bool, x: usize, y: usize, n: i32): void {
  const slots = spanBits<B>() / 4;
  for (; n > 0; n -= slots, x += 2 * slots, y += 4 * slots) {
    const h = load16<B>(x), value = brain ? shiftLeft<B>(h, 16) : fromHalf<B>(h);
    if (n >= slots) storeBits<B>(y, value);
    else {
      storeBits<B>(REST, value);
      for (let i: usize = 0; i < <usize>n; i++) store<u32>(y + 4 * i, load<u32>(REST + 4 * i));
    }
  }
}

/**
 * Exponent and mantissa in their places of float32; times 2^112 sets the bias and makes subnormals right. Infinity and
 * NaN keep the largest exponent.
 */
// @ts-ignore: decorator
@inline
function fromHalf<B>(h: B): B {
  const magnitude = shiftLeft<B>(andBits<B>(h, bitsOf<B>(0x7fff)), 13);
  const largest = chooseAbove<B>(magnitude, 0x0f7fffff, bitsOf<B>(0x7f800000), bitsOf<B>(0));
  const sign = shiftLeft<B>(andBits<B>(h, bitsOf<B>(0x8000)), 16);
  return orBits<B>(orBits<B>(mulFloat<B>(magnitude, 0x77800000), largest), sign);
}

/** n float32 at x -> float16 (or brain: bfloat16) at y, rounded to nearest even; every NaN becomes the quiet one */
export function narrowHalf<B>(brain: bool, x: usize, y: usize, n: i32): void {
  const slots = spanBits<B>() / 4;
  for (; n > 0; n -= slots, x += 4 * slots, y += 2 * slots) {
    const bits = loadBits<B>(x), size = andBits<B>(bits, bitsOf<B>(0x7fffffff));
    const down = brain ? 16 : 13;
    // half a unit of the last place that stays, less one where that is even; the carry may reach the exponent
    const even = andBits<B>(shiftRight<B>(size, down), bitsOf<B>(1));
    let value = shiftRight<B>(addBits<B>(addBits<B>(size, bitsOf<B>((1 << (down - 1)) - 1)), even), down);
    if (!brain) {
      value = addBits<B>(value, bitsOf<B>(-112 << 10));
      // below 2^-14: the last place of 0.5 + size is that of a subnormal
      value = chooseAbove<B>(size, 0x387fffff, value, addBits<B>(addFloat<B>(size, 0x3f000000), bitsOf<B>(-0x3f000000)));
      value = chooseAbove<B>(size, 0x477fefff, bitsOf<B>(0x7c00), value);
    }
    value = orBits<B>(value, andBits<B>(shiftRight<B>(bits, 16), bitsOf<B>(0x8000)));
    value = chooseAbove<B>(size, 0x7f800000, bitsOf<B>(brain ? 0x7fc0 : 0x7e00), value);
    if (n >= slots) store16<B>(y, value);
    else {
      store16<B>(REST, value);
      for (let i: usize = 0; i < <usize>n; i++) store<u16>(y + 2 * i, load<u16>(REST + 2 * i));
    }
  }
}
