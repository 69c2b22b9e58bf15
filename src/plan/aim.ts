import { article, describe } from '../input/describe.ts';
import { settle } from '../input/open.ts';
import { equal, show } from '../input/shapes.ts';
import { TYPED } from '../input/view.ts';
import type { Call } from './call.ts';
import { isInjective } from './overlap.ts';

/** Makes sure that the caller's `out` can take the result. */
export function aim(c: Call): void {
  const { out, result, results } = c,
    { name } = c.spec;
  if (out.storage !== result) checkCarrier(c);
  settle(out, name, undefined);
  if (out.form === TYPED) {
    if (out.size === results) return;
    throw new RangeError(
      `${name}: out has ${out.size} elements; the result has shape ${show(c.resultShape)} and needs ${results}`,
    );
  }
  const shape = c.resultShape;
  if (!equal(out.shape, shape)) {
    throw new RangeError(
      `${name}: out has shape ${show(out.shape)}; the result has shape ${show(shape)}, give out the same`,
    );
  }
  if (out.strides !== undefined && !isInjective(out.shape, out.strides)) {
    throw new RangeError(
      `${name}: out with shape ${show(out.shape)} and strides ${show(out.strides)} writes some places twice; give every element a place of its own`,
    );
  }
}

function checkCarrier({ out, result, spec: { name } }: Call): void {
  if (out.storage.carrier !== result.carrier) {
    throw new TypeError(
      `${name}: out is ${describe(out.data)}; the result is ${result.name} and needs ${article(result.carrier)}`,
    );
  }
  if (out.stored !== undefined && out.stored !== result.name && result.carrier === 'Uint16Array') {
    throw new TypeError(`${name}: out says that it holds ${out.stored}; the result is ${result.name}`);
  }
}
