import { agreeShape, storageAs } from '../input/asked.ts';
import { nest } from '../input/nest.ts';
import { DTYPE, Given, openCall, SHAPE, type Spec } from '../input/options.ts';
import { values } from '../run/rows.ts';
import type { Options } from './types.ts';

/** Options of toNested. */
export type NestedOptions = Pick<Options, 'shape' | 'dtype'>;

const spec: Spec = { name: 'toNested', takes: SHAPE | DTYPE, reduces: false, axis: null, what: 'x' };

export function toNested(x: unknown, options: unknown): unknown {
  const { name } = spec,
    given = new Given();
  openCall(given, spec, x, options);
  agreeShape(given);
  if (given.dtype !== undefined) given.storage = storageAs(name, given, given.dtype);
  const data = values(given, name, given.asked);
  return given.shape.length === 0 ? data[0] : nest(name, data, given.shape);
}
