// What the other files of this folder state with. They are compiled, never run.

type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;

/** The type of the value is E, and no other. */
export declare function is<E>(): <A>(value: A, ...other: Equal<A, E> extends true ? [] : [{ found: A; wanted: E }]) => void;

/** A value of type E may be what this is: its type is not too narrow, and it is not any. */
export declare function mayBe<E>(): <A>(
  value: A,
  ...other: [E] extends [A] ? (0 extends 1 & A ? [{ found: 'any'; wanted: E }] : []) : [{ found: A; wanted: E }]
) => void;

// New arrays: on a buffer of their own, where TypeScript tells buffers apart.
export type F32 = ReturnType<Float32ArrayConstructor['of']>;
export type F64 = ReturnType<Float64ArrayConstructor['of']>;
export type I32 = ReturnType<Int32ArrayConstructor['of']>;
export type U16 = ReturnType<Uint16ArrayConstructor['of']>;
export type U8 = ReturnType<Uint8ArrayConstructor['of']>;
