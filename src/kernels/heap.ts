import type { Opened } from './choose.ts';
import { SINGLE, EXACT, WINDOW, type Arithmetic, type Kernels } from './contract.ts';

/** bytes of the longest lane (or slab) that a window grows for; longer ones are streamed */
const LONGEST = 4 * 1024 * 1024;
/** what a module takes before any window: code, tables, scratch, and room to grow by steps */
const LEAST = 2 * 1024 * 1024;

/** The end of what an address may reach: kernels read a few bytes behind an array, and 2^32 is 0 to them. */
const HIGHEST = 2 ** 32 - 2 ** 16;

/** What every typed array has, whatever members its owner has put on it. */
const get = (member: string, data: object): unknown =>
  Reflect.get(Object.getPrototypeOf(Uint8Array.prototype) as object, member, data);

/**
 * The memory of one instance: the window that lanes are copied into, and tensors. The only place that touches
 * memory.buffer. Views go stale when the memory grows, so they are taken from here after `reserve`.
 */
export class Heap {
  readonly kernels: Kernels;
  /** how float32 is computed where nothing else is asked for: only vectors are faster in float32 than in float64 */
  readonly single: Arithmetic;
  /** bytes that windows aim at, and the most that one may have */
  readonly windowBytes: number;
  readonly longestBytes: number;
  /** address of the window, a multiple of 16; its contents are lost with the next call */
  address: number;
  /** address of the few words in which the kernels report on a block */
  readonly report: number;
  /** how often the window was taken: who finds another number than before has lost what was in it */
  uses = 0;
  #bytes = WINDOW;
  #u8: Uint8Array = new Uint8Array(0);
  #u16: Uint16Array = new Uint16Array(0);
  #i32: Int32Array = new Int32Array(0);
  #f32: Float32Array = new Float32Array(0);
  #f64: Float64Array = new Float64Array(0);
  #start = 0;
  #start64 = 0;
  #last32: Float32Array = this.#f32;
  #last64: Float64Array = this.#f64;

  static check(maxMemory: number): void {
    if (typeof maxMemory !== 'number') {
      throw new TypeError(`createSoftmax: maxMemory is a ${typeof maxMemory}; give a number of bytes`);
    }
    if (!(maxMemory >= LEAST)) {
      throw new RangeError(
        `createSoftmax: maxMemory is ${maxMemory} bytes; give at least ${LEAST} (2 MiB), or leave it out`,
      );
    }
  }

  constructor({ build, kernels }: Opened, maxMemory: number) {
    this.kernels = kernels;
    this.single = build === 'relaxed' || build === 'simd' ? SINGLE : EXACT;
    // whole elements, and both parts of a window aligned, whatever the bound
    this.windowBytes = Math.min(WINDOW, maxMemory / 8) & -64;
    this.longestBytes = Math.min(LONGEST, maxMemory / 4) & -64;
    // what the kernels bring: only a lane that is longer makes the memory grow
    this.address = kernels.window.value;
    this.report = this.address + WINDOW;
  }

  /**
   * Makes the window at least so large. Where the memory grows for it, views of it go stale, tensors among them: those of
   * `views` are made anew.
   */
  reserve(bytes: number, views: readonly { data: object }[]): void {
    if (bytes <= this.#bytes) return;
    const { buffer } = this.kernels.memory;
    const places = views.map(({ data }) =>
      get('buffer', data) === buffer ? { at: get('byteOffset', data), n: get('length', data) } : undefined,
    );
    // the old window stays until there is a new one
    const address = this.allocate(bytes);
    if (this.#bytes > WINDOW) this.kernels.release(this.address);
    this.address = address;
    this.#bytes = bytes;
    views.forEach((view, i) => {
      const place = places[i];
      if (place === undefined || get('length', view.data) === place.n) return;
      const plain = Object.getPrototypeOf(view.data).constructor as Float32ArrayConstructor;
      view.data = new plain(this.kernels.memory.buffer, place.at as number, place.n as number);
    });
  }

  /** Address of new memory, 16-byte aligned. */
  allocate(bytes: number): number {
    if (bytes > 1_000_000_000)
      throw new RangeError(`tensor: ${bytes} bytes are more than one allocation may have (1e9)`);
    const address = this.#allocated(bytes);
    if (address !== undefined && address + bytes <= HIGHEST) return address;
    if (address !== undefined) this.kernels.release(address);
    throw new RangeError(
      `softmax-simd: the host refuses ${bytes} more bytes of memory; dispose tensors or pass smaller arrays`,
    );
  }

  #allocated(bytes: number): number | undefined {
    try {
      const address = this.kernels.allocate(bytes);
      // wasm gives an address from 2^31 on as a negative number
      return address < 0 ? address + 2 ** 32 : address;
    } catch {
      return undefined;
    }
  }

  release(address: number): void {
    this.kernels.release(address);
  }

  /**
   * Says that a call uses the window from now on: whoever remembers an earlier number (`uses`) finds that what he left there is lost.
   * Nothing is cleared.
   */
  take(): number {
    return ++this.uses;
  }

  /** float64 elements that the window has room for */
  get elements(): number {
    return this.windowBytes >>> 3;
  }

  /** The whole memory as bytes. */
  get u8(): Uint8Array {
    if (this.#u8.length === 0) this.#u8 = new Uint8Array(this.kernels.memory.buffer);
    return this.#u8;
  }

  /** The whole memory as 16-bit words; indices are addresses / 2. */
  get u16(): Uint16Array {
    if (this.#u16.length === 0) this.#u16 = new Uint16Array(this.kernels.memory.buffer);
    return this.#u16;
  }

  /** The whole memory as int32; indices are addresses / 4. */
  get i32(): Int32Array {
    if (this.#i32.length === 0) this.#i32 = new Int32Array(this.kernels.memory.buffer);
    return this.#i32;
  }

  /** The whole memory as float32; indices are addresses / 4. */
  get f32(): Float32Array {
    if (this.#f32.length === 0) this.#f32 = new Float32Array(this.kernels.memory.buffer);
    return this.#f32;
  }

  /** The whole memory as float64; indices are addresses / 8. */
  get f64(): Float64Array {
    if (this.#f64.length === 0) this.#f64 = new Float64Array(this.kernels.memory.buffer);
    return this.#f64;
  }

  /** A view of n float32 at an address; the last one is kept, as equal windows and equal small calls ask for it again. */
  view32(address: number, n: number): Float32Array {
    if (this.#last32.length !== n || this.#start !== address || n === 0) {
      this.#last32 = this.f32.subarray(address >>> 2, (address >>> 2) + n);
      this.#start = address;
    }
    return this.#last32;
  }

  view64(address: number, n: number): Float64Array {
    if (this.#last64.length !== n || this.#start64 !== address || n === 0) {
      this.#last64 = this.f64.subarray(address >>> 3, (address >>> 3) + n);
      this.#start64 = address;
    }
    return this.#last64;
  }

  get bytes(): number {
    return this.kernels.memory.buffer.byteLength;
  }
}
