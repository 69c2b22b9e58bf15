import { agreeShape, storageAs } from '../input/asked.ts';
import { plainNumbers, settle } from '../input/open.ts';
import { Given } from '../input/options.ts';
import { range, rowMajor } from '../input/shapes.ts';
import { FLOAT64, type Storage } from '../input/storage.ts';
import type { TypedArray } from '../input/typed.ts';
import { TYPED, type View } from '../input/view.ts';
import { DOUBLE, SINGLE, SOFTMAX, type Arithmetic, type Kind } from '../kernels/contract.ts';
import type { Heap } from '../kernels/heap.ts';
import { one, split, type Theta } from '../kernels/theta.ts';
import { aim } from './aim.ts';
import { broadcast } from './broadcast.ts';
import { arithmeticOf, NOTHING, type Cut, type Strategy, type Uncut } from './cut.ts';
import { laneOrder, reducedShape, setLanes, type Lanes } from './lanes.ts';
import { toBits } from './mask.ts';
import { meets } from './overlap.ts';
import { run, walkOver, type Walk } from './walk.ts';

const first: readonly number[] = [0];

/**
 * The facts of one call, each found once: what the caller holds (the view of x, and the options), where the lanes lie, what the
 * result is, how the call is cut. One object, and used again by later calls: most calls are small, and cost what they touch.
 */
export class Call extends Given implements Lanes, Uncut, Cut {
  readonly heap: Heap;

  outer = 0;
  length = 0;
  inner = 0;
  gathered = false;
  axes: readonly number[] | undefined = undefined;

  /** how the result is stored, and how many elements it has */
  result: Storage = FLOAT64;
  results = 0;
  #resultShape: readonly number[] | undefined = undefined;
  #order: readonly number[] | undefined = undefined;
  #source: Walk | undefined = undefined;
  /** the mask and the weights, broadcast to x, in the order of its walk */
  where: Walk | undefined = undefined;
  b: Walk | undefined = undefined;
  #outWalk: Walk | undefined = undefined;

  /** what is done again of n results in the window, those of lanes from `first` on: for logsumexp alone */
  refine: ((c: Call, address: number, n: number, first: number) => void) | undefined = undefined;

  kind: Kind = SOFTMAX;
  arithmetic: Arithmetic = SINGLE;
  /** kernels need no theta: it is 1, or 0 (`uniform`), where 0 stands in the window for every finite element */
  plain = true;
  uniform = false;
  /** elements are negated: kernels of float32, exact ones in builds with SIMD too, take no negative theta, and some functions want it so */
  negated = false;
  /** theta as the kernels take it */
  thetaParts: Theta = one;
  /** bytes of an element in the window, and of an element with its mask */
  bytes = 4;
  per = 4;
  strategy: Strategy = NOTHING;
  step = 0;
  elements = 0;
  readonly windowBytes: number;
  readonly longestBytes: number;
  readonly steps: boolean;

  constructor(heap: Heap) {
    super();
    this.heap = heap;
    this.windowBytes = heap.windowBytes;
    this.longestBytes = heap.longestBytes;
    this.steps = 'columnsF64' in heap.kernels;
  }

  /** For the next call: nothing of the caller's is kept alive, and all is as it was made. */
  reset(): void {
    this.clear();
    this.#source = this.#order = this.#resultShape = this.refine = undefined;
    if (!this.optioned) return;
    this.forget();
    this.where = this.b = this.#outWalk = undefined;
  }

  /**
   * When everything is open: checks sizes, and lays out the lanes. Every error of x, its options and `out` is raised by then; those of
   * a second argument come after it, before anything is written. No user code runs.
   */
  plan(): void {
    const { spec, asked } = this;
    agreeShape(this);
    settle(this, spec.name, asked);
    const { axis, said } = this,
      flat = said === undefined && (axis === 0 || axis === -1);
    if (axis === null || flat) {
      this.gathered = this.strides !== undefined;
      this.axes = flat ? first : undefined;
      this.outer = this.inner = 1;
      this.length = this.size;
    } else setLanes(this, spec.name, this.shape, axis, this.strides !== undefined, said === undefined);
    this.results = spec.reduces ? this.outer * this.inner * (this.draws ?? 1) : this.size;
    this.result = spec.result ?? this.storage.result;
    if (this.optioned) this.planOptions();
  }

  private planOptions(): void {
    const { name } = this.spec;
    if (this.dtype !== undefined) {
      this.storage = storageAs(name, this, this.dtype);
      this.result = this.spec.result ?? this.storage.result;
    }
    if (this.hasMask) {
      this.settleLike(this.mask);
      toBits(this.mask, name, this.inWindow ? undefined : this.heap);
      this.where = broadcast(this, this.mask);
    }
    if (this.hasWeights) {
      this.settleLike(this.weights);
      this.b = broadcast(this, this.weights);
    }
    if (this.outObject !== undefined) aim(this);
  }

  /** Takes the facts that kernels need. */
  prepare(kind: Kind): void {
    const { storage, theta } = this,
      host = this.heap.single,
      arithmetic = arithmeticOf(storage.single, this.exact, host, theta, this.length, this.inner);
    this.kind = kind;
    this.plain = theta === 1 || theta === 0;
    this.uniform = theta === 0;
    this.takeTheta(this.spec.rising === true || (arithmetic !== DOUBLE && host === SINGLE));
    this.takeArithmetic(arithmetic);
  }

  /** Theta for kernels that want it from 0 on, or as it is. */
  private takeTheta(negates: boolean): void {
    this.negated = this.theta < 0 && negates;
    const theta = this.negated ? -this.theta : this.theta;
    if (this.plain) this.thetaParts = one;
    else if (this.thetaParts.theta !== theta) this.thetaParts = split(theta);
  }

  /** Float64 after all, whatever `prepare` found. */
  prepareDouble(): void {
    this.takeTheta(this.spec.rising === true);
    this.takeArithmetic(DOUBLE);
  }

  /** Another arithmetic, with theta as it is: EXACT for rows of any length, where `prepare` found that strided lanes are too long for it. */
  takeArithmetic(arithmetic: Arithmetic): void {
    this.arithmetic = arithmetic;
    this.bytes = arithmetic === DOUBLE ? 8 : 4;
    this.per = this.where === undefined ? this.bytes : this.bytes + 1;
  }

  get masked(): boolean {
    return this.where !== undefined;
  }

  /** Takes the window, with room for so many elements and their masks; calls with weights have none. */
  takeWindow(elements: number): void {
    const { heap } = this,
      needed = elements * this.per;
    this.elements = elements;
    heap.take();
    if (needed <= heap.windowBytes) return;
    heap.reserve(needed, [this, this.second, this.out, this.mask]);
    const { where } = this;
    if (where !== undefined && where.data !== this.mask.data) this.where = { ...where, data: this.mask.data };
  }

  /** Shape of the result. */
  get resultShape(): readonly number[] {
    return (this.#resultShape ??= this.spec.reduces
      ? reducedShape(this, this.shape, this.keepdims, this.draws)
      : this.shape);
  }

  /** The dimensions of x in the order of its walk; undefined: row-major as they are. */
  get order(): readonly number[] | undefined {
    return this.gathered ? (this.#order ??= laneOrder(this, this.shape.length)) : undefined;
  }

  /** x in the order of the lanes. */
  get source(): Walk {
    const { order, shape } = this;
    return (this.#source ??=
      order === undefined
        ? run(this.data, this.offset, this.size)
        : walkOver(this.data, this.offset, shape, this.strides ?? rowMajor(shape), order));
  }
  set source(walk: Walk) {
    this.#source = walk;
  }

  /** The caller's `out`, in the order of the source, or of the lanes for a reduction. */
  get outWalk(): Walk | undefined {
    if (this.outObject === undefined || this.#outWalk !== undefined) return this.#outWalk;
    const { out, order, resultShape: shape } = this,
      reordered = !this.spec.reduces && order !== undefined;
    if (out.strides === undefined && !reordered) return (this.#outWalk = run(out.data, out.offset, out.size));
    const strides = out.strides ?? rowMajor(shape);
    return (this.#outWalk = walkOver(out.data, out.offset, shape, strides, reordered ? order : range(shape.length)));
  }

  /** The walk that puts results, in the order of the lanes, into a row-major array of the result's shape. */
  resultWalk(data: TypedArray): Walk {
    const { order, shape } = this;
    if (this.spec.reduces || order === undefined) return run(data, 0, this.results);
    return walkOver(data, 0, shape, rowMajor(shape), order);
  }

  /** Whether `out` shares memory with an input other than element by element in the same places. */
  get overlap(): boolean {
    const { outWalk, where, b } = this;
    if (outWalk === undefined) return false;
    return (
      meets(outWalk, this.source) ||
      (where !== undefined && meets(outWalk, where)) ||
      (b !== undefined && meets(outWalk, b))
    );
  }

  /** Gives a mask or weights the shape of x where they have its size. */
  private settleLike(view: View): void {
    const { name } = this.spec;
    plainNumbers(view, name);
    settle(view, name, view.form === TYPED && view.extent === this.size ? this.shape : undefined);
  }
}
