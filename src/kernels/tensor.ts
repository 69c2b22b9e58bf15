import type { Heap } from './heap.ts';

export type TensorDtype = 'float32' | 'float64';

/** What a tensor holds of the memory; apart from it, so that the registry can free it after the tensor is gone. */
interface Held {
  readonly heap: Heap;
  readonly address: number;
  readonly count: { tensors: number; forgotten: number };
}

/** Frees the memory of tensors that were forgotten. Made on first use; a host without it only knows dispose(). */
let registry:
  { register(target: object, held: Held, token: object): void; unregister(token: object): void } | undefined;

function watch(tensor: object, held: Held): void {
  registry ??= new FinalizationRegistry<Held>(({ heap, address, count }) => {
    count.tensors--;
    count.forgotten++;
    try {
      heap.release(address);
    } catch {
      // memory that was spoilt through its buffer: nobody can catch what is thrown here, and it would end the process
    }
  });
  registry.register(tensor, held, tensor);
}

/** A proxy of a tensor, as Vue makes, cannot reach what the tensor holds. */
function checkOwn(member: string, own: boolean): void {
  if (own) return;
  throw new TypeError(
    `tensor: ${member} was asked of a proxy or an heir of a tensor; keep tensors out of proxies, in Vue with markRaw or shallowRef, or take the tensor itself, toRaw(t)`,
  );
}

/**
 * An array in the memory of an instance: calls on it copy nothing. Its shape is fixed; `dispose()` gives the memory
 * back to later tensors.
 */
export class Tensor<D extends TensorDtype = TensorDtype> {
  readonly shape: readonly number[];
  readonly dtype: D;
  readonly #dtype: D;
  readonly #held: Held;
  readonly #size: number;
  readonly #shape: readonly number[];
  #view: Float32Array | Float64Array | undefined;
  #disposed = false;

  /** Use `tensor(dtype, shape)` of an instance. */
  constructor(heap: Heap, dtype: D, shape: readonly number[], size: number, count: Held['count']) {
    this.shape = this.#shape = Object.freeze([...shape]);
    this.dtype = this.#dtype = dtype;
    this.#size = size;
    this.#held = { heap, address: heap.allocate(Math.max(16, size * (dtype === 'float32' ? 4 : 8))), count };
    count.tensors++;
    if (typeof FinalizationRegistry !== 'undefined') watch(this, this.#held);
  }

  /** Whether a value is a tensor, and no proxy of one. */
  static is(x: unknown): x is Tensor {
    // the class first: engines look up private names of other objects slowly
    return x instanceof Tensor && #held in x;
  }

  /** The elements, row-major: a view of the memory, made anew after the memory grew. Do not keep it across calls. */
  get data(): D extends 'float32' ? Float32Array : Float64Array {
    checkOwn('data', #held in this);
    return Tensor.view(this) as D extends 'float32' ? Float32Array : Float64Array;
  }

  /** @internal the same, whatever members the caller has put on the tensor */
  static view(t: Tensor): Float32Array | Float64Array {
    t.#alive();
    if (t.#view === undefined || (t.#view.length === 0 && t.#size > 0)) {
      const { heap, address } = t.#held;
      const whole = t.#dtype === 'float32' ? heap.f32 : heap.f64,
        at = address / whole.BYTES_PER_ELEMENT;
      t.#view = whole.subarray(at, at + t.#size);
    }
    return t.#view;
  }

  /** @internal the elements of a tensor, where it and another one have one dtype and the shapes that they were made with; else 0 */
  static sizeBeside(t: Tensor, other: Tensor): number {
    return t.#dtype === other.#dtype && Tensor.isAsMade(t) && Tensor.isAsMade(other) ? t.#size : 0;
  }

  /** @internal whether no caller has given it another shape, strides or an offset */
  static isAsMade(t: Tensor): boolean {
    return t.shape === t.#shape && !('strides' in t) && !('offset' in t);
  }

  /** @internal the shape that it was made with: a caller may have given it another one */
  static ownShape(t: Tensor): readonly number[] {
    return t.#shape;
  }

  /** @internal whether the elements are float32 */
  static isSingle(t: Tensor): boolean {
    return t.#dtype === 'float32';
  }

  /** Gives the memory back; using the tensor afterwards throws. */
  dispose(): void {
    checkOwn('dispose()', #held in this);
    if (this.#disposed) return;
    this.#disposed = true;
    this.#view = undefined;
    registry?.unregister(this);
    this.#held.heap.release(this.#held.address);
    this.#held.count.tensors--;
  }

  static {
    // `using t = tensor(...)`, in hosts that know it; typed by Disposing
    const { dispose } = Symbol as { readonly dispose?: symbol };
    if (dispose !== undefined) Object.defineProperty(this.prototype, dispose, { value: this.prototype.dispose });
  }

  /** @internal address in the memory of `heap`, undefined for a tensor of another instance */
  static addressIn(heap: Heap, t: Tensor): number | undefined {
    t.#alive();
    return t.#held.heap === heap ? t.#held.address : undefined;
  }

  #alive(): void {
    if (this.#disposed)
      throw new TypeError(
        `tensor: this tensor (${this.dtype}, shape [${this.shape.join(', ')}]) was disposed; make a new one`,
      );
  }
}

/** What `using` needs, in hosts and TypeScript settings that know Symbol.dispose. */
export type Disposing = SymbolConstructor extends { readonly dispose: infer S extends symbol }
  ? { [K in S]: () => void }
  : unknown;
