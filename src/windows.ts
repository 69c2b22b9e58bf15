import { decode, encode } from './half.ts';
import type { Heap } from './heap.ts';
import type { Kernels } from './kernels.ts';
import type { Layout } from './layout.ts';
import { one, split, type Theta } from './theta.ts';
import { BLOCK, Stream } from './stream.ts';
import { weightedSum } from './weighted.ts';
import { read, run, write, type Walk } from './walk.ts';

// The kernels on windows of memory: copy lanes in, one kernel call, copy the results out.

export const SOFTMAX = 0, LOG_SOFTMAX = 1, LOGSUMEXP = 2;
export type Kind = 0 | 1 | 2;

/** How elements are computed: float32, float64, or float32 through float64 and rounded once. */
export type Mode = 'F32' | 'F64' | 'Exact';

/** longest lane that the exact kernel and the float64 kernel with theta take, contiguous or not */
const EXACT_ROW = 32768, EXACT_COLUMN = 4096, THETA_COLUMN = 2048;
/** lanes of a slice of a slab that is too large for one window */
const NARROW = 64, WIDE = 2048, WIDEST = 4096;

/** The arithmetic of a call; lanes beyond the limits of the exact kernel go through float64 arrays. */
export function modeOf(layout: Layout): Mode {
  if (layout.dtype === 'float64') return 'F64';
  if (!layout.exact && (layout.theta === 1 || layout.theta === 0)) return 'F32';
  return layout.length <= (layout.inner === 1 ? EXACT_ROW : EXACT_COLUMN) ? 'Exact' : 'F64';
}

/** The kernel of (kind, mode) on lanes that lie in memory; a contiguous lane may be longer than a block. */
export function compute(
  heap: Heap, kind: Kind, mode: Mode, t: Theta, x: number, y: number, outer: number, length: number, inner: number,
): void {
  const k = heap.kernels;
  const size = mode === 'F64' ? 8 : 4;
  if (inner === 1 && length * size > BLOCK && mode !== 'Exact') {
    for (let o = 0; o < outer; o++) {
      longLane(heap, kind, mode, t, x + o * length * size, y + o * (kind === LOGSUMEXP ? 1 : length) * size, length);
    }
  } else if (mode === 'F32') {
    if (kind === SOFTMAX) k.softmaxF32(x, y, outer, length, inner);
    else if (kind === LOG_SOFTMAX) k.logSoftmaxF32(x, y, outer, length, inner);
    else k.logsumexpF32(x, y, outer, length, inner);
  } else if (mode === 'F64') {
    if (kind === SOFTMAX) k.softmaxF64(x, y, outer, length, inner, t.factor, t.power);
    else if (kind === LOG_SOFTMAX) k.logSoftmaxF64(x, y, outer, length, inner, t.factor, t.power);
    else k.logsumexpF64(x, y, outer, length, inner, t.factor, t.power);
  } else {
    if (kind === SOFTMAX) k.softmaxExact(x, y, outer, length, inner, t.theta);
    else if (kind === LOG_SOFTMAX) k.logSoftmaxExact(x, y, outer, length, inner, t.theta);
    else k.logsumexpExact(x, y, outer, length, inner, t.theta);
  }
}

/** A lane in memory that is longer than a block. */
function longLane(heap: Heap, kind: Kind, mode: Mode, t: Theta, x: number, y: number, length: number): void {
  const stream = new Stream(kind, t.factor, t.power);
  addBlocks(heap, stream, kind, mode, t, x, y, length);
  stream.finish();
  if (kind === LOGSUMEXP) {
    if (mode === 'F32') heap.f32[y >>> 2] = stream.logsumexp();
    else heap.f64[y >>> 3] = stream.logsumexp();
  } else {
    applyBlocks(heap.kernels, stream, kind, mode, t, x, y, length, 0);
  }
}

/** Sums the n elements at x, block by block; for softmax their e go to y. */
function addBlocks(heap: Heap, stream: Stream, kind: Kind, mode: Mode, t: Theta, x: number, y: number, n: number): void {
  const k = heap.kernels, size = mode === 'F64' ? 8 : 4, report = heap.report();
  for (let done = 0; done < n * size; done += BLOCK) {
    const m = Math.min(BLOCK, n * size - done) / size;
    if (mode === 'F32') k.blockF32(kind, x + done, y + done, m, report);
    else k.blockF64(kind, x + done, y + done, m, report, t.factor, t.power);
    stream.add(heap.f64.subarray(report >>> 3, (report >>> 3) + 6));
  }
}

/** The last step for the n elements from block number `block` on. */
function applyBlocks(
  k: Kernels, stream: Stream, kind: Kind, mode: Mode, t: Theta, x: number, y: number, n: number, block: number,
): void {
  if (kind === LOG_SOFTMAX) {
    if (mode === 'F32') k.subtractF32(x, y, n, stream.m, stream.hi, stream.lo);
    else k.subtractF64(x, y, n, stream.m, stream.hi, stream.lo, t.factor, t.power);
    return;
  }
  const size = mode === 'F64' ? 8 : 4, step = mode === 'F64' ? 2 ** -256 : 2 ** -32;
  const scale = mode === 'F64' ? k.scaleF64 : k.scaleF32;
  for (let done = 0; done < n * size; done += BLOCK, block++) {
    const m = Math.min(BLOCK, n * size - done) / size;
    for (let steps = stream.factor(block, mode === 'F64'); steps > 0; steps--) scale(y + done, m, step, 0, NaN, 0);
    scale(y + done, m, stream.factorHigh, stream.factorLow, stream.peak, stream.value);
  }
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
  /** as computed: theta = 0 is a matter of the elements (0 where they are finite) */
  readonly uniform: boolean;
  /** what the 16 bits of an element are, where they come and go as integers */
  readonly bits: 'float16' | 'bfloat16' | undefined;

  constructor(heap: Heap, kind: Kind, layout: Layout, mode: Mode, source: Walk, where: Walk | undefined, target: Walk) {
    this.heap = heap;
    this.kind = kind;
    this.layout = layout;
    this.mode = mode;
    this.source = source;
    this.where = where;
    this.target = target;
    this.size = mode === 'F64' ? 8 : 4;
    this.uniform = layout.theta === 0;
    this.theta = this.uniform ? one : split(layout.theta);
    this.bits = Object.prototype.toString.call(source.data) === '[object Uint16Array]' ? layout.sourceDtype : undefined;
  }

  /** exp of n elements, instead of a function of lanes. */
  exp(n: number): void {
    const some = this.heap.windowBytes / this.size, address = this.heap.window(Math.min(n, some) * this.size);
    const kernel = this.mode === 'F64' ? this.heap.kernels.expF64 : this.heap.kernels.expF32;
    for (let at = 0; at < n; at += some) {
      const count = Math.min(some, n - at);
      this.fill(this.source, undefined, at, count, address);
      kernel(address, address, count);
      this.drain(undefined, this.target, at, at, count, address);
    }
  }

  run(): void {
    const { heap, size } = this;
    const { outer, length, inner } = this.layout;
    if (outer * inner === 0) return;
    if (length === 0) {
      if (this.kind === LOGSUMEXP) this.fillEmpty(outer * inner);
      return;
    }
    const slab = length * inner * size;
    // the float64 kernel with theta takes strided lanes only up to this length
    const apart = this.theta !== one && this.mode === 'F64' && inner !== 1 && length > THETA_COLUMN;
    const slice = Math.floor(heap.windowBytes / (length * size));
    const slices = slice >= WIDE ? Math.min(slice, WIDEST) : slab <= heap.longestBytes ? inner : Math.floor(heap.longestBytes / (length * size));
    const lane = length * size, single = apart || slices < Math.min(NARROW, inner);
    const needed = inner === 1 ? slab : slab <= heap.windowBytes && !apart ? 0 : single ? lane : length * ((slices + 15) & -16) * size;
    if (needed > heap.windowBytes && (needed <= heap.longestBytes || !(inner === 1 || single))) {
      const [source, where, target] = heap.prepare<Walk | undefined>(needed, [this.source, this.where, this.target]);
      this.source = source!;
      this.where = where;
      this.target = target!;
    }
    if (inner === 1 && slab > heap.longestBytes) {
      for (let o = 0; o < outer; o++) this.stream(this.source, this.where, this.target, o * length, o, length);
    } else if (inner === 1 || (slab <= heap.windowBytes && !apart)) {
      this.blocks(outer, length, inner);
    } else if (single) {
      this.lanesApart();
    } else {
      for (let o = 0; o < outer; o++) {
        for (let i = 0; i < inner; i += slices) this.slice(o, i, Math.min(slices, inner - i));
      }
    }
  }

  private fillEmpty(n: number): void {
    const value = Float32Array.of(-Infinity);
    if (this.bits !== undefined) encode(value, 0, 1, this.bits);
    for (let i = 0; i < n; i++) write(this.target, i, 1, value, 0);
  }

  /** Whole blocks of length * inner elements, as many in a window as fit. */
  private blocks(outer: number, length: number, inner: number): void {
    const block = length * inner, some = Math.max(1, Math.floor(this.heap.windowBytes / (block * this.size)));
    const address = this.heap.window(Math.min(outer, some) * block * this.size);
    const result = this.kind === LOGSUMEXP ? inner : block;
    for (let o = 0; o < outer; o += some) {
      const n = Math.min(some, outer - o);
      this.fill(this.source, this.where, o * block, n * block, address);
      compute(this.heap, this.kind, this.mode, this.theta, address, address, n, length, inner);
      this.refine(address, n * inner, o * inner);
      this.drain(this.where, this.target, o * block, o * result, n * result, address);
    }
  }

  /** Lanes i .. i + n of block o, their rows copied one by one. */
  private slice(o: number, i: number, n: number): void {
    const { length, inner } = this.layout;
    const pitch = (n + 15) & -16, address = this.heap.window(length * pitch * this.size);
    for (let k = 0; k < length; k++) {
      this.fill(this.source, this.where, (o * length + k) * inner + i, n, address + k * pitch * this.size);
    }
    compute(this.heap, this.kind, this.mode, this.theta, address, address, 1, length, pitch);
    if (this.kind === LOGSUMEXP) {
      this.refine(address, n, o * inner + i);
      this.drain(undefined, this.target, 0, o * inner + i, n, address);
      return;
    }
    for (let k = 0; k < length; k++) {
      const at = (o * length + k) * inner + i;
      this.drain(this.where, this.target, at, at, n, address + k * pitch * this.size);
    }
  }

  /** Lanes that lie too far apart for a window: each gathered, as a contiguous one. */
  private lanesApart(): void {
    const { outer, length, inner } = this.layout;
    const reduced = this.kind === LOGSUMEXP;
    if (!reduced && this.target.dims.length > 1) {
      const data = this.layout.fresh(outer * length * inner), plain = run(data, 0, data.length);
      new Windows(this.heap, this.kind, this.layout, this.mode, this.source, this.where, plain).lanesApart();
      write(this.target, 0, data.length, data, 0);
      return;
    }
    for (let o = 0; o < outer; o++) {
      for (let i = 0; i < inner; i++) {
        const at = o * length * inner + i, lane = o * inner + i;
        const source = every(this.source, at, length, inner), where = this.where && every(this.where, at, length, inner);
        const target = reduced ? this.target : every(this.target, at, length, inner);
        if (length * this.size > this.heap.longestBytes) {
          this.stream(source, where, target, 0, reduced ? lane : 0, length);
          continue;
        }
        const address = this.heap.window(length * this.size);
        this.fill(source, where, 0, length, address);
        compute(this.heap, this.kind, this.mode, this.theta, address, address, 1, length, 1);
        this.drain(where, target, 0, reduced ? lane : 0, reduced ? 1 : length, address);
      }
    }
  }

  /** A contiguous lane that no window holds, in two trips. `lane` is where its value goes, for logsumexp. */
  private stream(source: Walk, where: Walk | undefined, target: Walk, start: number, lane: number, length: number): void {
    const { heap, kind, mode, theta, size } = this;
    const chunk = Math.max(1, Math.floor(heap.windowBytes / BLOCK)) * (BLOCK / size);
    const address = heap.window(chunk * size), stream = new Stream(kind, theta.factor, theta.power);
    // e can wait in the result where that stores what is computed
    const keep = kind === SOFTMAX && this.layout.dtype === (mode === 'F64' ? 'float64' : 'float32');
    for (let at = 0; at < length; at += chunk) {
      const n = Math.min(chunk, length - at);
      this.fill(source, where, start + at, n, address);
      addBlocks(heap, stream, kind, mode, theta, address, address, n);
      if (keep) write(target, start + at, n, this.view(), address / size);
    }
    stream.finish();
    if (kind === LOGSUMEXP) {
      this.view()[address / size] = stream.logsumexp();
      this.drain(undefined, target, 0, lane, 1, address);
      return;
    }
    for (let at = 0; at < length; at += chunk) {
      const n = Math.min(chunk, length - at);
      if (keep) {
        read(target, start + at, n, this.view(), address / size);
      } else {
        this.fill(source, where, start + at, n, address);
        if (kind === SOFTMAX) addBlocks(heap, new Stream(kind, theta.factor, theta.power), kind, mode, theta, address, address, n);
      }
      applyBlocks(heap.kernels, stream, kind, mode, theta, address, address, n, (at * size) / BLOCK);
      this.drain(where, target, start + at, start + at, n, address);
    }
  }

  private view(): Float32Array | Float64Array {
    return this.mode === 'F64' ? this.heap.f64 : this.heap.f32;
  }

  /** Elements start .. start + count to the window, as the kernels want them. */
  private fill(source: Walk, where: Walk | undefined, start: number, count: number, address: number): void {
    const view = this.view(), at = address / this.size;
    read(source, start, count, view, at);
    if (this.bits !== undefined) decode(view, at, count, this.bits);
    if (this.uniform) {
      for (let i = at; i < at + count; i++) view[i] = Math.abs(view[i]!) === Infinity ? -Infinity : view[i]! * 0;
    }
    if (where !== undefined) {
      const mask = new Uint8Array(count), hidden = this.theta.theta < 0 ? Infinity : -Infinity;
      read(where, start, count, mask, 0);
      for (let i = 0; i < count; i++) if (mask[i] === 0) view[at + i] = hidden;
    }
  }

  /** `count` results from the window to elements `to` of the target; `start` is where they come from in the mask. */
  private drain(where: Walk | undefined, target: Walk, start: number, to: number, count: number, address: number): void {
    const view = this.view(), at = address / this.size;
    if (where !== undefined && this.kind !== LOGSUMEXP) {
      const mask = new Uint8Array(count), hidden = this.kind === SOFTMAX ? 0 : -Infinity;
      read(where, start, count, mask, 0);
      for (let i = 0; i < count; i++) if (mask[i] === 0) view[at + i] = hidden;
    }
    if (this.bits !== undefined) encode(view, at, count, this.bits);
    write(target, to, count, view, at);
  }

  /**
   * Exact logsumexps near 0, where the maximum and the logarithm cancel, are done again in pairs of float64. The results of
   * n lanes from `first` on are in the window, and nothing is written yet that x might share.
   */
  private refine(address: number, n: number, first: number): void {
    if (this.kind !== LOGSUMEXP || this.mode !== 'Exact') return;
    const { length, inner } = this.layout;
    const view = this.view(), at = address / this.size;
    for (let i = 0; i < n; i++) if (Math.abs(view[at + i]!) < 2 ** -6) view[at + i] = this.again(first + i, length, inner);
  }

  private again(lane: number, length: number, inner: number): number {
    const x = new Float64Array(length), mask = new Uint8Array(length).fill(1);
    const start = Math.floor(lane / inner) * length * inner + (lane % inner);
    for (let k = 0; k < length; k++) {
      read(this.source, start + k * inner, 1, x, k);
      if (this.where !== undefined) read(this.where, start + k * inner, 1, mask, k);
    }
    if (this.bits !== undefined) decode(x, 0, length, this.bits);
    if (this.uniform) for (let k = 0; k < length; k++) x[k] = Math.abs(x[k]!) === Infinity ? -Infinity : x[k]! * 0;
    return weightedSum(x, Float64Array.from(mask), this.theta);
  }
}

/** The walk over elements start, start + step, ... of another, n of them. */
function every(walk: Walk, start: number, n: number, step: number): Walk {
  if (walk.dims.length === 1) {
    return { data: walk.data, offset: walk.offset + start * walk.strides[0]!, dims: [n], strides: [step * walk.strides[0]!] };
  }
  const copy = new Float64Array(n);
  for (let i = 0; i < n; i++) read(walk, start + i * step, 1, copy, i);
  return { data: copy, offset: 0, dims: [n], strides: [1] };
}
