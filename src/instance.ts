import { CREATE, Given, readOptions, type Spec } from './input/options.ts';
import { builds, open, openAsync, type Build, type Opened, type Source } from './kernels/choose.ts';
import { Heap } from './kernels/heap.ts';
import { Call } from './plan/call.ts';

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

const spec: Spec = { name: 'createSoftmax', takes: CREATE, reduces: false, axis: null, what: 'options' };

/** What functions compute with: kernels, their memory, and records that calls use again. The kernels open at the first call. */
export class Instance {
  readonly count = { tensors: 0, forgotten: 0 };
  heap: Heap | undefined = undefined;
  readonly #source: Source;
  readonly #build: Build | undefined;
  readonly #maxMemory: number;
  #opened: Opened | undefined = undefined;
  /** none while a call is under way: one in its midst, from code of the caller, makes its own */
  #spare: Call | undefined = undefined;

  constructor(source: Source, options?: CreateOptions) {
    const given = new Given();
    readOptions(given, spec, options);
    const build = given.build as Build | undefined,
      maxMemory = (given.maxMemory ?? 64 * 1024 * 1024) as number;
    if (build !== undefined && !builds.includes(build)) {
      throw new RangeError(
        `createSoftmax: build is '${String(build)}'; use one of ${builds.join(', ')}, or leave it out`,
      );
    }
    Heap.check(maxMemory);
    this.#source = source;
    this.#build = build;
    this.#maxMemory = maxMemory;
  }

  /** The memory, with kernels compiled. */
  open(): Heap {
    return this.heap ?? this.#settle(open(this.#source, this.#build));
  }

  #settle(found: Opened): Heap {
    this.#opened = found;
    this.heap = new Heap(found, this.#maxMemory);
    return this.heap;
  }

  /** The record of a new call. Give it back when the call is done; after an error it is lost, and the next call makes one. */
  take(): Call {
    const call = this.#spare;
    if (call === undefined) return new Call(this.open());
    this.#spare = undefined;
    return call;
  }

  give(call: Call): void {
    call.reset();
    this.#spare = call;
  }

  async init(): Promise<Info> {
    if (this.heap === undefined) {
      const found = await openAsync(this.#source, this.#build);
      if (this.heap === undefined) this.#settle(found);
    }
    return this.info();
  }

  info(): Info {
    const { bytes } = this.open(),
      { build, refused } = this.#opened!;
    return { build, refused, memoryBytes: bytes, ...this.count };
  }
}
