import { className, lengthOf, open as openArray, product, type Input as OpenedArray } from './arrays.ts';
import { companions, type Companions } from './companions.ts';
import { compute, modeOf } from './compute.ts';
import { Heap } from './heap.ts';
import { LOGSUMEXP, LOG_SOFTMAX, SOFTMAX, type Kind } from './js.ts';
import { builds, open, openAsync, type Build, type Opened, type Source } from './kernels.ts';
import { layout, type Layout, type Nested, type Options, type Strided, type TypedArray } from './layout.ts';
import { admit, none, take, type Taken } from './options.ts';
import { names, resident, same, short32, short64 } from './short.ts';
import { Tensor, type Disposing, type TensorDtype } from './tensor.ts';
import { split } from './theta.ts';
import { weighted } from './weighted.ts';
import { read, run as contiguous, type Float16View, type Walk } from './walk.ts';
import { Windows } from './windows.ts';

/** What the functions take: a number, nested arrays, a typed array, or an object with `data` and `shape` or `dims`. */
export type Input = number | Nested | TypedArray | Strided | Tensor;

/** Options of softmax and logSoftmax. */
export type ElementOptions = Omit<Options, 'keepdims' | 'b' | 'returnSign'>;

/** The typed array that results of these elements come in. */
export type Stored<D> = D extends Float32Array
  ? Float32Array
  : D extends Float16View
    ? D
    : D extends TypedArray
      ? Float64Array
      : never;

type Mutable<T> = T extends readonly (infer U)[] ? Mutable<U>[] : number;
type Sixteen = { readonly dtype: 'float16' | 'bfloat16' };
type StoredAs<D, O> = O extends Sixteen ? D : Stored<D>;

/** A result for an object: contiguous, row-major. `dims` is there where the input had it. */
export interface ArrayResult<D> {
  data: D;
  shape: number[];
  dtype: string;
  dims?: number[];
}

/** The result for an input X: the same kind of container. */
export type Result<X, O = unknown> = O extends { readonly out: infer W extends object }
  ? W
  : X extends number
    ? number
    : X extends readonly unknown[]
      ? Mutable<X>
      : X extends TypedArray
        ? StoredAs<X, O>
        : X extends { readonly data: infer D }
          ? ArrayResult<StoredAs<D, O>>
          : never;

/** The result of a reduction: a number for the whole of a number, a list or a typed array. */
export type Reduced<X, O = unknown> = O extends { readonly out: infer W extends object }
  ? W
  : X extends number
    ? number
    : O extends { readonly axis: number | readonly number[] } | { readonly keepdims: true }
      ? X extends readonly unknown[]
        ? Nested | number
        : X extends TypedArray
          ? StoredAs<X, O> | number
          : X extends { readonly data: infer D }
            ? ArrayResult<StoredAs<D, O>>
            : never
      : X extends
            { readonly data: infer D; readonly shape: unknown } | { readonly data: infer D; readonly dims: unknown }
        ? ArrayResult<StoredAs<D, O>>
        : number;

/** What an instance is made of. */
export interface Info {
  /** the build that answers */
  readonly build: Build;
  /** the builds that were tried before it, and why the host refused them */
  readonly refused: readonly { readonly build: Build; readonly reason: string }[];
  /** bytes of the instance's memory, tensors included */
  readonly memoryBytes: number;
  /** tensors that are alive */
  readonly tensors: number;
  /** tensors that were forgotten and freed by the garbage collector */
  readonly forgotten: number;
}

export interface CreateOptions {
  /** One build, instead of the best that the host takes. */
  readonly build?: Build | undefined;
  /** Bound on the memory in bytes, tensors apart. Default 64 MiB, at least 2 MiB. */
  readonly maxMemory?: number | undefined;
}

/** The functions of one instance; they need no `this`. */
export interface Softmax extends Companions {
  softmax<X extends Input, const O extends ElementOptions>(x: X, options?: O): Result<X, O>;
  logSoftmax<X extends Input, const O extends ElementOptions>(x: X, options?: O): Result<X, O>;
  logsumexp<X extends Input, const O extends Options & { readonly returnSign: true }>(
    x: X,
    options: O,
  ): { value: Reduced<X, O>; sign: Reduced<X, O> };
  logsumexp<X extends Input, const O extends Options>(x: X, options?: O): Reduced<X, O>;
  exp<X extends Input, const O extends ExpOptions>(x: X, options?: O): Result<X, O>;
  tensor<D extends TensorDtype>(dtype: D, shape: readonly number[], data?: ArrayLike<number>): Tensor<D> & Disposing;
  init(): Promise<Info>;
  info(): Info;
}

/** Options of exp, which knows no lanes. */
export type ExpOptions = Pick<Options, 'out' | 'shape' | 'dtype' | 'precision'>;

const element = { reduces: false },
  reduction = { reduces: true };

/** An instance that opens its kernels at the first call. */
export function instance(source: Source, options?: CreateOptions): Softmax {
  const known = ['build', 'maxMemory'];
  const { build, maxMemory = 64 * 1024 * 1024 } = admit<CreateOptions>('createSoftmax', options, known);
  if (build !== undefined && !builds.includes(build)) {
    throw new RangeError(
      `createSoftmax: build is '${String(build)}'; use one of ${builds.join(', ')}, or leave it out`,
    );
  }
  const count = { tensors: 0, forgotten: 0 };
  Heap.check(maxMemory);
  let opened: Opened | undefined, memory: Heap | undefined;
  const settle = (found: Opened): Heap => {
    opened = found;
    return (memory = new Heap(found, maxMemory));
  };
  const heap = (): Heap => memory ?? settle(open(source, build));

  function run(kind: Kind, x: unknown, options: Options | undefined): unknown {
    const name = names[kind],
      spec = kind === LOGSUMEXP ? reduction : element;
    if (Tensor.is(x)) {
      const taken = take(name, options, spec);
      return resident(heap, kind, x, taken) ?? longWay(heap, kind, x, openArray(name, 'x', x, false), taken);
    }
    const type: unknown = ArrayBuffer.isView(x) ? x.constructor : undefined;
    if (type !== Float32Array && type !== Float64Array) {
      const input = openArray(name, 'x', x, false);
      return longWay(heap, kind, x, input, take(name, options, spec));
    }
    // the short way is for plain arrays: no proxy, no subclass
    const floats = x as Float32Array & Float64Array,
      n = lengthOf.call(floats),
      taken = take(name, options, spec);
    const found = type === Float32Array ? short32(heap, kind, floats, n, taken) : short64(heap, kind, floats, n, taken);
    if (found !== undefined) return found;
    same(kind, floats, n);
    return longWay(heap, kind, x, openArray(name, 'x', x, false), taken);
  }

  const info = (): Info => {
    const { bytes } = heap();
    return { build: opened!.build, refused: opened!.refused, memoryBytes: bytes, ...count };
  };
  const own: Omit<Softmax, keyof Companions> = {
    softmax: (x, options) => run(SOFTMAX, x, options) as never,
    logSoftmax: (x, options) => run(LOG_SOFTMAX, x, options) as never,
    logsumexp: (x: unknown, options?: Options) => run(LOGSUMEXP, x, options) as never,
    exp: (x, options) => exponential(heap(), x, options) as never,
    tensor(dtype, shape, data) {
      const lengths = tensorShape(dtype, shape),
        size = product(lengths);
      // user code in `data` runs before there is memory that it could make grow
      if (data !== undefined) fits(data, lengths, size);
      const values = data === undefined ? undefined : fits(Float64Array.from(data), lengths, size);
      const made = new Tensor(heap(), dtype, lengths, size, count);
      if (values === undefined) made.data.fill(0);
      else made.data.set(values);
      return made as never;
    },
    async init() {
      if (memory === undefined) {
        const found = await openAsync(source, build);
        if (memory === undefined) settle(found);
      }
      return info();
    },
    info,
  };
  return { ...own, ...companions(own, heap) };
}

/** The long way, whatever x and the options are: all checks, then windows. Nothing is compiled before the checks have passed. */
function longWay(heap: () => Heap, kind: Kind, x: unknown, input: OpenedArray, taken: Taken): unknown {
  const plan = layout(names[kind], input, taken, kind === LOGSUMEXP ? reduction : element);
  if (plan.b !== undefined || plan.returnSign) return weighted(plan);
  const { target } = plan;
  if (target !== undefined && Tensor.is(x) && Tensor.is(plan.out) && inMemory(heap(), kind, plan)) {
    return plan.out;
  }
  const size = kind === LOGSUMEXP ? plan.outer * plan.inner : plan.outer * plan.length * plan.inner;
  const data = target === undefined ? plan.fresh(size) : undefined;
  const { overlap } = plan,
    source = overlap ? copyOf(plan.source) : plan.source,
    where = overlap && plan.where ? copyOf(plan.where) : plan.where;
  new Windows(heap(), kind, plan, modeOf(heap(), plan), source, where, target ?? plan.resultWalk(data!)).run();
  return data === undefined ? plan.out : plan.wrap(data);
}

/** A call on tensors of this memory: nothing is copied. False where the kernels do not take the lanes as they lie. */
function inMemory(heap: Heap, kind: Kind, plan: Layout): boolean {
  const { data } = plan.source,
    from = addressIn(heap, plan.source),
    to = addressIn(heap, plan.target!),
    mode = modeOf(heap, plan);
  if (from === undefined || to === undefined || plan.where !== undefined || plan.theta === 0 || plan.length === 0)
    return false;
  if (plan.outer * plan.inner === 0 || className(data) !== (mode === 'F64' ? 'Float64Array' : 'Float32Array'))
    return false;
  // a tensor may have been given other data
  const lanes = plan.outer * plan.inner * data.BYTES_PER_ELEMENT;
  if (from !== to && from < to + (kind === LOGSUMEXP ? lanes : lanes * plan.length) && to < from + lanes * plan.length)
    return false;
  if (plan.theta !== 1 && mode === 'F64' && plan.inner !== 1 && plan.length > 2048) return false;
  if (kind === LOGSUMEXP && mode === 'Exact') return false;
  compute(heap, kind, mode, split(plan.theta), from, to, plan.outer, plan.length, plan.inner);
  return true;
}

/** The address of neighbours in the memory; undefined for others. */
function addressIn(heap: Heap, { data, offset, dims, strides }: Walk): number | undefined {
  if (data.buffer !== heap.u8.buffer || dims.length > 1 || strides[0] !== 1) return undefined;
  return data.byteOffset + offset * data.BYTES_PER_ELEMENT;
}

/** exp, element by element, a window at a time. */
function exponential(heap: Heap, x: unknown, options: ExpOptions | undefined): unknown {
  const input = openArray('exp', 'x', x, false),
    known = ['out', 'shape', 'dtype', 'precision'];
  const { out, shape, dtype, precision } = admit<ExpOptions>('exp', options, known);
  const plan = layout('exp', input, { ...none, axis: [], out, shape, dtype, precision }, element);
  const size = plan.outer,
    data = plan.target === undefined ? plan.fresh(size) : undefined;
  const source = plan.overlap ? copyOf(plan.source) : plan.source;
  new Windows(
    heap,
    SOFTMAX,
    plan,
    plan.dtype === 'float64' ? 'F64' : 'F32',
    source,
    undefined,
    plan.target ?? plan.resultWalk(data!),
  ).exp(size);
  return data === undefined ? plan.out : plan.wrap(data);
}

function copyOf(walk: Walk): Walk {
  let n = 1;
  for (const d of walk.dims) n *= d;
  // of a Buffer, or another subclass, a copy of its plain class
  const name = className(walk.data)!;
  const data = new (globalThis as unknown as Record<string, Float64ArrayConstructor>)[name]!(n);
  read(walk, 0, n, data, 0);
  return contiguous(data, 0, n);
}

/** The shape of a new tensor, each length read once. */
function tensorShape(dtype: unknown, shape: unknown): number[] {
  if (dtype !== 'float32' && dtype !== 'float64') {
    throw new TypeError(`tensor: dtype is ${String(dtype)}; a tensor holds 'float32' or 'float64'`);
  }
  if (!Array.isArray(shape))
    throw new TypeError(`tensor: shape is ${String(shape)}; give a list of lengths like [64, 1000]`);
  const lengths: number[] = [...(shape as number[])];
  for (const n of lengths) {
    if (!Number.isSafeInteger(n) || n < 0) {
      throw new RangeError(
        `tensor: shape [${lengths.join(', ')}] has the length ${String(n)}; lengths are integers from 0 on`,
      );
    }
  }
  return lengths;
}

/** The elements of a new tensor, if there are as many as its shape takes. */
function fits<A extends ArrayLike<number>>(data: A, shape: readonly number[], size: number): A {
  const { length } = data;
  if (length === size) return data;
  throw new RangeError(`tensor: data has ${length} elements, shape [${shape.join(', ')}] has ${size}; give as many`);
}
