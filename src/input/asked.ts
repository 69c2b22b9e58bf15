import { asBits, describe } from './describe.ts';
import type { Given } from './options.ts';
import { equal, show } from './shapes.ts';
import { halfOf, isInteger, storageOf, type Storage } from './storage.ts';
import { className } from './typed.ts';
import { LIST, NUMBER, OBJECT, ROWS, type View } from './view.ts';

// What the options shape and dtype say of the first argument, where it says something itself.

/** The option shape must be the shape that the first argument itself has, where it has one. */
export function agreeShape({ said, asked, spec, what, form }: Given): void {
  if (asked === undefined || said === undefined || equal(asked, said)) return;
  const fix =
    form === LIST && said.length === 1
      ? `: pass Float64Array.from(${what}), or nested rows`
      : form === NUMBER
        ? ', leave it out'
        : `, leave it out or give ${what} itself that shape`;
  throw new RangeError(
    `${spec.name}: the option shape ${show(asked)} contradicts the shape of ${what}, ${show(said)}; it is meant for flat typed arrays${fix}`,
  );
}

/** What the elements of x are when the option dtype says something of them. */
export function storageAs(name: string, x: View, asked: string): Storage {
  const { storage } = x;
  if (asked === storage.name) return storage;
  const carrier = className(x.data)!;
  if (carrier === 'Uint16Array' && storage.bits < 0 && (asked === 'float16' || asked === 'bfloat16'))
    return storageOf(x.data, asked);
  const is =
    x.form === NUMBER || x.form === LIST
      ? `${x.what} is made of numbers, which are ${storage.name}`
      : `${x.what} ${x.form === ROWS ? 'has the elements of' : 'is'} ${describe(x.data)}${storage.bits >= 0 && carrier === 'Uint16Array' ? ` that holds ${storage.name}` : ''}`;
  throw new RangeError(`${name}: dtype is ${describe(asked)} but ${is}; ${remedy(x, carrier, asked)}`);
}

/** To leave dtype out is advised only where the elements are what they seem: integers may be the bits or bytes of floats. */
function remedy(x: View, carrier: string, asked: string): string {
  const { storage, form, what } = x,
    half = halfOf(asked);
  if (carrier !== 'Uint16Array') {
    return half !== undefined && isInteger(storage)
      ? asBits(form === ROWS ? 'row' : form === OBJECT ? `${what}.data` : what, half)
      : `dtype only says what a Uint16Array holds ('float16' or 'bfloat16'), leave it out`;
  }
  if (storage.bits >= 0) return `leave it out, or say in ${what} itself what it holds`;
  return half === undefined
    ? `dtype says what a Uint16Array holds: 'float16', 'bfloat16', or 'uint16' for integers`
    : `dtype: '${half}' is how it is spelt here`;
}
