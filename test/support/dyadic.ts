/** An integer times a power of two: what products and differences of doubles are, exactly. */
export interface Dyadic {
  readonly integer: bigint;
  readonly power: number;
}

const view = new DataView(new ArrayBuffer(8));

export function dyadicOf(x: number): Dyadic {
  view.setFloat64(0, x);
  const pattern = view.getBigUint64(0);
  const field = Number((pattern >> 52n) & 0x7ffn);
  const fraction = pattern & 0xfffffffffffffn;
  const magnitude = field === 0 ? fraction : fraction | 0x10000000000000n;
  return { integer: x < 0 ? -magnitude : magnitude, power: Math.max(field, 1) - 1075 };
}

export function product(a: number, b: number): Dyadic {
  const left = dyadicOf(a);
  const right = dyadicOf(b);
  return { integer: left.integer * right.integer, power: left.power + right.power };
}

export function sum(a: Dyadic, b: Dyadic): Dyadic {
  const power = Math.min(a.power, b.power);
  return { integer: (a.integer << BigInt(a.power - power)) + (b.integer << BigInt(b.power - power)), power };
}

export function difference(a: Dyadic, b: Dyadic): Dyadic {
  return sum(a, { integer: -b.integer, power: b.power });
}

/** A text that two dyadics share where they are equal. */
export function keyOf({ integer, power }: Dyadic): string {
  if (integer === 0n) return '0';
  while ((integer & 0xffffffffn) === 0n) [integer, power] = [integer >> 32n, power + 32];
  while ((integer & 1n) === 0n) [integer, power] = [integer >> 1n, power + 1];
  return `${integer.toString(36)} ${power}`;
}
