// What passes between reading, computing and writing.

/** The typed arrays that .npy files, and results, are made of. 64-bit integers become float64 when they are read. */
export type Data =
  Float32Array | Float64Array | Uint8Array | Int8Array | Uint16Array | Int16Array | Uint32Array | Int32Array;

/** An array of any rank, in the form that the package takes and gives. */
export interface Numbers {
  readonly data: Data;
  readonly shape: readonly number[];
  /** of Fortran order; left out: row-major */
  readonly strides?: readonly number[];
  /** 'float16' where a Uint16Array holds the bits of one */
  readonly dtype?: string;
}

/** Numbers of a file, with the names that a header row gives to columns. */
export interface Table extends Numbers {
  readonly labels?: readonly string[] | undefined;
}

export const sizeOf = (shape: readonly number[]): number => shape.reduce((size, length) => size * length, 1);
