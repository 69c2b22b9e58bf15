// The 16-bit floats as float32, in place: a float32 array holds their bit patterns as integers, or their values.

const scratch = new Float32Array(1);
const bits = new Uint32Array(scratch.buffer);

/** 2^(k - 160) for k from 0 to 319, made when they are needed */
let powers: Float64Array | undefined;

/** Bit patterns (integers 0 .. 65535) -> values, exactly. */
export function decode(a: Float32Array | Float64Array, at: number, count: number, dtype: 'float16' | 'bfloat16'): void {
  const half = dtype === 'float16';
  for (let i = at; i < at + count; i++) {
    const h = a[i]!;
    if (half) {
      // exponent and mantissa in the places of float32; times 2^112 sets the bias and makes subnormals right
      bits[0] = (h & 0x7fff) << 13;
      const magnitude =
        (h & 0x7c00) === 0x7c00 ? ((h & 0x3ff) === 0 ? Infinity : NaN) : scratch[0]! * 5192296858534828e18;
      a[i] = h & 0x8000 ? -magnitude : magnitude;
    } else {
      bits[0] = h << 16;
      a[i] = scratch[0]!;
    }
  }
}

/** Values -> bit patterns, rounded once to nearest even; every NaN becomes the quiet one. */
export function encode(a: Float32Array | Float64Array, at: number, count: number, dtype: 'float16' | 'bfloat16'): void {
  const half = dtype === 'float16';
  const unitOf = (powers ??= Float64Array.from({ length: 320 }, (_, k) => 2 ** (k - 160)));
  const digits = half ? 11 : 8,
    lowest = half ? -14 : -126,
    top = half ? 65520 : 2 ** 127 * (2 - 2 ** -8);
  for (let i = at; i < at + count; i++) {
    const x = a[i]!;
    const size = Math.abs(x),
      sign = x < 0 || (x === 0 && 1 / x < 0) ? 0x8000 : 0;
    if (size !== size) {
      a[i] = half ? 0x7e00 : 0x7fc0;
    } else if (size >= top) {
      a[i] = sign | (half ? 0x7c00 : 0x7f80);
    } else {
      scratch[0] = size;
      const exponent = Math.max(((bits[0]! >>> 23) & 0xff) - 127, lowest);
      // adding and subtracting a power of two far above rounds to its last place; exact in float64
      const unit = unitOf[exponent - digits + 161]!,
        far = unit * 4503599627370496;
      const steps = (size + far - far) / unit; // 2^(digits - 1) .. 2^digits for normal numbers
      a[i] = sign | (steps + ((exponent - lowest) << (digits - 1)));
    }
  }
}
