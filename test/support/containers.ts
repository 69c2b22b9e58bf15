import { product } from './calls.ts';
import type { Elements, Storage } from './logits.ts';
import { pick, type Random } from './random.ts';

// The same elements in every container that a function takes.

type Any = any;
export const isHalf = (storage: Storage): storage is 'float16' | 'bfloat16' => storage === 'float16' || storage === 'bfloat16';

/** The places of all elements, row-major. */
export const places = (shape: readonly number[], strides: readonly number[], offset: number): Float64Array => {
  const list = new Float64Array(product(shape));
  for (let i = 0; i < list.length; i++) {
    let at = offset;
    for (let d = shape.length - 1, rest = i; d >= 0; d--, rest = Math.floor(rest / shape[d + 1]!)) at += (rest % shape[d]!) * strides[d]!; // prettier-ignore
    list[i] = at;
  }
  return list;
};

/** The elements in a view whose axes come in any order and direction, with gaps. */
export function stridedView(r: Random, x: Elements, shape: readonly number[]): Any {
  const order = shape.map((_, d) => d).sort(() => r.uniform() - 0.5),
    strides = shape.map(() => 1);
  let next = 1 + r.whole(2),
    offset = r.whole(3);
  for (const d of order) {
    strides[d] = r.whole(3) === 0 ? -next : next;
    if (strides[d]! < 0) offset += (shape[d]! - 1) * next;
    next = next * shape[d]! + r.whole(2);
  }
  const at = places(shape, strides, offset),
    data = new (x.constructor as Float64ArrayConstructor)(at.reduce((a, b) => Math.max(a, b), 0) + 1 + r.whole(3)).fill(7);
  for (let i = 0; i < x.length; i++) data[at[i]!] = x[i]!;
  return { data, shape, strides, offset };
}

/** The elements as nested lists. */
export function nested(x: ArrayLike<number>, shape: readonly number[]): Any {
  const level = (depth: number, from: number, size: number): Any =>
    depth === shape.length
      ? x[from]
      : Array.from({ length: shape[depth]! }, (_, i) => level(depth + 1, from + (i * size) / shape[depth]!, size / shape[depth]!)); // prettier-ignore
  return level(0, 0, x.length);
}

/** An argument in one of the containers that mean the same; `option`: it needs the shape as an option. */
export function container(r: Random, s: Any, x: Elements, shape: readonly number[], storage: Storage, own: boolean): { text: string; value: Any; option: boolean } {
  const kinds = ['typed', 'typed', 'subarray', 'subclass', 'shape', 'dims', 'strided', 'strided'];
  if (storage === 'float64' || storage === 'uint8') kinds.push('list', 'list');
  if (storage === 'float32' || storage === 'float64') kinds.push('tensor', 'tensor');
  const text = pick(r, kinds),
    Class = x.constructor as Float64ArrayConstructor,
    says = isHalf(storage) && (!own || r.whole(2) === 0) ? { [pick(r, ['dtype', 'type'])]: storage } : {};
  const value = (): Any => {
    switch (text) {
      case 'typed':
        return x.slice();
      case 'subarray': {
        const whole = new Class(x.length + 3);
        whole.set(x, 1);
        return whole.subarray(1, x.length + 1);
      }
      case 'subclass':
        return new (class extends Class {})(x as Any);
      case 'shape':
        return { data: x.slice(), shape, ...says };
      case 'dims':
        return { data: x.slice(), dims: Int32Array.from(shape), ...says };
      case 'strided':
        return { ...stridedView(r, x, shape), ...says };
      case 'list':
        return nested(x, shape);
      default:
        return s.tensor(storage, shape, x);
    }
  };
  return { text, value: value(), option: /typed|sub/.test(text) };
} // prettier-ignore
