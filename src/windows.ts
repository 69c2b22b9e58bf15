import { className } from './arrays.ts';
import { addBlock, applyBlock, compute, NEAR_ZERO, type Mode } from './compute.ts';
import { decode, encode } from './half.ts';
import type { Heap } from './heap.ts';
import { LOGSUMEXP, SOFTMAX, type Kind } from './js.ts';
import type { Layout } from './layout.ts';
import { one, split, type Theta } from './theta.ts';
import { BLOCK, Stream } from './stream.ts';
import { LaneSums } from './weighted.ts';
import { read, run, write, type Walk } from './walk.ts';

// The kernels on windows of memory: copy lanes in, one kernel call, copy the results out.

/** longest strided lane that the float64 kernel with theta takes */
const THETA_COLUMN = 2048;
/** lanes of a slice of a slab that is too large for one window */
const NARROW = 64,
  WIDE = 2048,
  WIDEST = 4096;
/** steps and tiles of assembly/passes.ts */
const START = 0,
  MAXIMA = 1,
  SUMS = 3,
  APPLY = 5,
  TILE = 512;

type Bits = 'float16' | 'bfloat16' | undefined;

function bitsOf(walk: Walk, layout: Layout): Bits {
  const kind = className(walk.data);
  return kind === 'Uint16Array' ? layout.sourceDtype : kind === 'Float16Array' ? 'float16' : undefined;
}

/** A Float16Array by its bits: kernels convert faster than engines. */
function asIntegers(walk: Walk): Walk {
  if (className(walk.data) !== 'Float16Array') return walk;
  const { buffer, byteOffset, length } = walk.data;
  return { ...walk, data: new Uint16Array(buffer, byteOffset, length) };
}

/** One call on arrays that lie outside the memory of the instance; the results go to `target`. */
export class Windows {
  readonly heap: Heap;
  readonly kind: Kind;
  readonly layout: Layout;
  readonly mode: Mode;
  target: Walk;
  source: Walk;
  where: Walk | undefined;
  readonly size: number;
  readonly theta: Theta;
  /** bytes of a window for each element: those of a mask lie behind the elements */
  readonly #per: number;
  #mask = 0;
  /** as computed: theta = 0 is a matter of the elements (0 where they are finite) */
  readonly #uniform: boolean;
  #sums: LaneSums | undefined;
  /** what the 16 bits of an element are, where they come, and where they go */
  readonly #sourceBits: Bits;
  readonly #targetBits: Bits;

  constructor(heap: Heap, kind: Kind, layout: Layout, mode: Mode, source: Walk, where: Walk | undefined, target: Walk) {
    this.heap = heap;
    this.kind = kind;
    this.layout = layout;
    this.mode = mode;
    this.source = asIntegers(source);
    this.where = where;
    this.target = asIntegers(target);
    this.size = mode === 'F64' ? 8 : 4;
    this.#per = where === undefined ? this.size : this.size + 1;
    this.#uniform = layout.theta === 0;
    this.theta = this.#uniform ? one : split(layout.theta);
    this.#sourceBits = bitsOf(source, layout);
    this.#targetBits = bitsOf(target, layout);
  }

  /** exp of n elements, instead of a function of lanes. */
  exp(n: number): void {
    const some = this.heap.windowBytes / this.size,
      address = this.#window(Math.min(n, some));
    const kernel = this.mode === 'F64' ? this.heap.kernels.expF64 : this.heap.kernels.expF32;
    for (let at = 0; at < n; at += some) {
      const count = Math.min(some, n - at);
      this.#fill(this.source, undefined, at, count, address);
      kernel(address, address, count);
      this.#drain(undefined, this.target, at, at, count, address);
    }
  }

  run(): void {
    const { heap, size, mode } = this;
    const { outer, length, inner } = this.layout;
    if (outer * inner === 0) return;
    if (length === 0) {
      if (this.kind === LOGSUMEXP) this.#fillEmpty(outer * inner);
      return;
    }
    const slab = length * inner * size,
      lane = length * size;
    const bytes = this.#room(heap.windowBytes),
      longest = this.#room(heap.longestBytes);
    const plain = this.theta === one && mode !== 'Exact',
      apart = !plain && mode === 'F64' && length > THETA_COLUMN;
    // lanes of a slice, where that many fit a window or where the whole slab is too large
    const slice = Math.floor(bytes / lane),
      wide = slice >= WIDE,
      lanes = wide ? Math.min(slice, WIDEST) : Math.floor(longest / lane) & -16;
    const whole = inner === 1 ? lane <= longest : slab <= (wide ? bytes : longest) && !apart;
    const streams = plain && inner > 1 && (inner <= TILE || lanes < NARROW) && 'columnsF64' in heap.kernels;
    const single = !streams && (apart || lanes < NARROW || inner === 1);
    const needed = whole ? slab : streams ? 0 : single ? Math.min(lane, BLOCK) : length * ((lanes + 15) & -16) * size;
    if (needed > bytes) {
      const [source, where, target] = heap.prepare<Walk | undefined>((needed / size) * this.#per, [
        this.source,
        this.where,
        this.target,
      ]);
      this.source = source!;
      this.where = where;
      this.target = target!;
    }
    if (whole) return this.#blocks(outer, length, inner);
    const step = streams ? TILE : single ? 1 : lanes;
    for (let o = 0; o < outer; o++) {
      for (let i = 0; i < inner; i += step) {
        const n = Math.min(step, inner - i);
        if (inner === 1) this.#alone(this.source, this.where, this.target, o * length, o, o);
        else if (streams) this.#stream(o, i, n);
        else if (single) this.#strided(o, i);
        else this.#slice(o, i, n);
      }
    }
  }

  #fillEmpty(n: number): void {
    const value = Float32Array.of(-Infinity);
    if (this.#targetBits !== undefined) encode(value, 0, 1, this.#targetBits);
    for (let i = 0; i < n; i++) write(this.target, i, 1, value, 0);
  }

  /** Whole blocks of length * inner elements, as many in a window as fit. */
  #blocks(outer: number, length: number, inner: number): void {
    const block = length * inner,
      some = Math.max(1, Math.floor(this.heap.windowBytes / (block * this.#per)));
    const address = this.#window(Math.min(outer, some) * block);
    const result = this.kind === LOGSUMEXP ? inner : block;
    for (let o = 0; o < outer; o += some) {
      const n = Math.min(some, outer - o);
      this.#fill(this.source, this.where, o * block, n * block, address);
      compute(this.heap, this.kind, this.mode, this.theta, address, address, n, length, inner);
      this.#refine(address, n * inner, o * inner);
      this.#drain(this.where, this.target, o * block, o * result, n * result, address);
    }
  }

  /** Lanes i .. i + n of block o, their rows copied one by one. */
  #slice(o: number, i: number, n: number): void {
    const { length, inner } = this.layout;
    const pitch = (n + 15) & -16,
      address = this.#window(length * pitch);
    for (let k = 0; k < length; k++) {
      this.#fill(this.source, this.where, (o * length + k) * inner + i, n, address + k * pitch * this.size);
    }
    compute(this.heap, this.kind, this.mode, this.theta, address, address, 1, length, pitch);
    if (this.kind === LOGSUMEXP) {
      this.#refine(address, n, o * inner + i);
      this.#drain(undefined, this.target, 0, o * inner + i, n, address);
      return;
    }
    for (let k = 0; k < length; k++) {
      const at = (o * length + k) * inner + i;
      this.#drain(this.where, this.target, at, at, n, address + k * pitch * this.size);
    }
  }

  /**
   * Lanes i .. i + n of block o, which no window holds: some rows at a time, once for the maxima, once for the sums and once for
   * the results.
   */
  #stream(o: number, i: number, n: number): void {
    const { heap, kind, mode, size, source, where, target } = this,
      { length, inner } = this.layout,
      keep = this.#keeps();
    const kernel = mode === 'F64' ? heap.kernels.columnsF64! : heap.kernels.columnsF32!;
    const some = Math.floor(heap.windowBytes / (n * this.#per)),
      address = this.#window(some * n);
    kernel(START, kind, address, 0, n);
    for (const step of kind === LOGSUMEXP ? [MAXIMA, SUMS] : [MAXIMA, SUMS, APPLY]) {
      for (let k = 0; k < length; k += some) {
        const rows = Math.min(some, length - k),
          at = (o * length + k) * inner + i;
        // rows of all lanes follow one another
        const count = n === inner ? rows * n : n,
          last = step === APPLY,
          kept = keep && last;
        for (let r = 0; r < rows * n; r += count) {
          const from = at + (r / n) * inner,
            place = address + r * size;
          if (kept) read(target, from, count, this.#view(), place / size);
          else this.#fill(source, where, from, count, place);
        }
        if (last && kind === SOFTMAX && !kept) kernel(SUMS, kind, address, rows, n);
        kernel(step, kind, address, rows, n);
        for (let r = 0; r < rows * n; r += count) {
          const to = at + (r / n) * inner,
            place = address + r * size;
          if (last) this.#drain(where, target, to, to, count, place);
          else if (keep && step === SUMS) write(target, to, count, this.#view(), place / size);
        }
      }
      kernel(step + 1, kind, address, 0, n);
    }
    if (kind === LOGSUMEXP) this.#drain(undefined, target, 0, o * inner + i, n, address);
  }

  /** The lane whose elements follow element `at` of the walks, in two trips where it is longer than a block. A logsumexp goes to element `to`. */
  #alone(source: Walk, where: Walk | undefined, target: Walk, at: number, lane: number, to: number): void {
    const { heap, kind, mode, theta, size } = this,
      { length } = this.layout,
      reduced = kind === LOGSUMEXP;
    const block = Math.min(length, BLOCK / size),
      address = this.#window(block);
    if (length === block) {
      this.#fill(source, where, at, length, address);
      compute(heap, kind, mode, theta, address, address, 1, length, 1);
      if (reduced) this.#refine(address, 1, lane);
      this.#drain(where, target, at, reduced ? to : at, reduced ? 1 : length, address);
      return;
    }
    const keep = this.#keeps();
    const stream = new Stream(kind, theta.factor, theta.power);
    for (let k = 0; k < length; k += block) {
      const n = Math.min(block, length - k);
      this.#fill(source, where, at + k, n, address);
      addBlock(heap, stream, kind, mode, theta, address, address, n);
      if (keep) write(target, at + k, n, this.#view(), address / size);
    }
    stream.finish();
    if (reduced) {
      this.#view()[address / size] = stream.logsumexp();
      this.#drain(undefined, target, 0, to, 1, address);
      return;
    }
    for (let k = 0, number = 0; k < length; k += block, number++) {
      const n = Math.min(block, length - k);
      if (keep) {
        read(target, at + k, n, this.#view(), address / size);
      } else {
        this.#fill(source, where, at + k, n, address);
        if (kind === SOFTMAX)
          addBlock(heap, new Stream(kind, theta.factor, theta.power), kind, mode, theta, address, address, n);
      }
      applyBlock(heap.kernels, stream, kind, mode, theta, address, address, n, number);
      this.#drain(where, target, at + k, at + k, n, address);
    }
  }

  /** Lane i of block o: as it lies, or through copies where walks have several strides. */
  #strided(o: number, i: number): void {
    const { source, where, target } = this,
      { length, inner } = this.layout,
      reduced = this.kind === LOGSUMEXP;
    const at = o * length * inner + i,
      lane = o * inner + i;
    const flat = [source, where, target].every((walk) => walk === undefined || walk.dims.length === 1);
    const along = (walk: Walk): Walk => {
      const { data, offset, strides } = walk,
        step = strides[0]!;
      if (flat) return { data, offset: offset + at * step, dims: [length], strides: [inner * step] };
      const Class = Object.getPrototypeOf(data).constructor as Float64ArrayConstructor,
        copy = run(new Class(length), 0, length);
      for (let k = 0; k < length; k++) read(walk, at + k * inner, 1, copy.data, k);
      return copy;
    };
    const to = reduced ? target : along(target);
    this.#alone(along(source), where && along(where), to, 0, lane, lane);
    if (!flat && !reduced) for (let k = 0; k < length; k++) write(target, at + k * inner, 1, to.data, k);
  }

  /** Whether e can wait in the result: that stores what is computed. */
  #keeps(): boolean {
    return this.kind === SOFTMAX && this.layout.dtype === (this.mode === 'F64' ? 'float64' : 'float32');
  }

  /** How much of so many bytes is for elements. */
  #room(bytes: number): number {
    return Math.floor(bytes / this.#per) * this.size;
  }

  /** The address of a window of n elements. */
  #window(n: number): number {
    const address = this.heap.window(n * this.#per);
    this.#mask = address + n * this.size;
    return address;
  }

  #view(): Float32Array | Float64Array {
    return this.mode === 'F64' ? this.heap.f64 : this.heap.f32;
  }

  /** Elements start .. start + count to the window, as the kernels want them. */
  #fill(source: Walk, where: Walk | undefined, start: number, count: number, address: number): void {
    const view = this.#view(),
      at = address / this.size;
    if (this.#sourceBits === undefined || this.mode === 'F64') {
      read(source, start, count, view, at);
      if (this.#sourceBits !== undefined) decode(view, at, count, this.#sourceBits);
    } else {
      // into the upper half of what they become
      const upper = address + 2 * count;
      read(source, start, count, this.heap.u16, upper / 2);
      this.heap.kernels.widen16(this.#sourceBits === 'float16' ? 0 : 1, upper, address, count);
    }
    if (this.#uniform) {
      for (let i = at; i < at + count; i++) view[i] = Math.abs(view[i]!) === Infinity ? -Infinity : view[i]! * 0;
    }
    if (where !== undefined) this.#hide(where, start, count, address, this.theta.theta < 0 ? Infinity : -Infinity);
  }

  /** Puts `value` where the mask is 0, into `count` elements of the window at an address. */
  #hide(where: Walk, start: number, count: number, address: number, value: number): void {
    read(where, start, count, this.heap.u8, this.#mask);
    if (this.mode === 'F64') this.heap.kernels.hideF64(address, this.#mask, count, value);
    else this.heap.kernels.hideF32(address, this.#mask, count, value);
  }

  /** `count` results from the window to elements `to` of the target; `start` is where they come from in the mask. */
  #drain(where: Walk | undefined, target: Walk, start: number, to: number, count: number, address: number): void {
    const view = this.#view(),
      at = address / this.size;
    if (where !== undefined && this.kind !== LOGSUMEXP) {
      this.#hide(where, start, count, address, this.kind === SOFTMAX ? 0 : -Infinity);
    }
    if (this.#targetBits === undefined || this.mode === 'F64') {
      if (this.#targetBits !== undefined) encode(view, at, count, this.#targetBits);
      write(target, to, count, view, at);
    } else {
      this.heap.kernels.narrow16(this.#targetBits === 'float16' ? 0 : 1, address, address, count);
      write(target, to, count, this.heap.u16, address / 2);
    }
  }

  /**
   * Exact logsumexps near 0, where the maximum and the logarithm cancel, are done again in pairs of float64. The results of
   * n lanes from `first` on are in the window, and nothing is written yet that x might share.
   */
  #refine(address: number, n: number, first: number): void {
    if (this.kind !== LOGSUMEXP || this.mode !== 'Exact') return;
    const view = this.#view(),
      at = address / this.size;
    for (let i = 0; i < n; i++) if (Math.abs(view[at + i]!) < NEAR_ZERO) view[at + i] = this.#again(first + i);
  }

  #again(lane: number): number {
    this.#sums ??= new LaneSums(this.layout, this.source, this.where);
    const result = [0];
    this.#sums.run(lane, 1, result, [0]);
    return result[0]!;
  }
}
