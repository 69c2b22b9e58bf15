import { className, equal, open, product, settle, show, type Input } from './arrays.ts';
import { BinnedSum } from './binnedSum.ts';
import type { Heap } from './heap.ts';
import { checkLabels } from './labels.ts';
import { Layout } from './layout.ts';
import { describe } from './nested.ts';
import { admit, check, none } from './options.ts';
import { beside, halfOf, inLanes, keptAxes, Rows, rowsAtOnce, values, type Floats } from './rows.ts';
import type { Walk } from './walk.ts';

/** softmax or logSoftmax of an instance */
export type Kernel = (x: Floats, options: object) => unknown;

const names = 'axis shape reduction labelSmoothing classWeights ignoreIndex theta precision dtype';

/** The arguments of crossEntropy and its gradient, checked. */
export class Problem {
  readonly plan: Layout;
  /** the logits, in the order of the lanes of `plan` */
  readonly source: Walk;
  readonly input: Input;
  readonly mean: boolean;
  readonly perLane: boolean;
  readonly lanes: number;
  /** the class of each lane */
  readonly indices: Float64Array | undefined;
  /** or the probabilities */
  readonly target: Walk | undefined;
  readonly ignored: number;
  readonly weights: Float64Array | undefined;
  /** label smoothing: so much of the target is spread evenly over the classes */
  readonly epsilon: number;
  private readonly precision: 'fast' | 'exact';
  private readonly probabilities: Rows | undefined;

  constructor(
    name: string,
    heap: () => Heap,
    logits: unknown,
    target: unknown,
    options: Record<string, unknown> | undefined,
    more: readonly string[],
  ) {
    const x = open(name, 'logits', logits, false),
      t = open(name, 'target', target, false);
    const own = admit<Record<string, unknown>>(name, options, [...names.split(' '), ...more]);
    const { axis = -1, shape, theta, precision, dtype, reduction, labelSmoothing, classWeights, ignoreIndex } = own,
      out = more.includes('out') ? own['out'] : undefined;
    const spec = { reduces: false };
    const w =
      classWeights === undefined || classWeights === null ? undefined : open(name, 'classWeights', classWeights, false);
    const given = check(name, { ...none, axis, shape, theta, precision, dtype, out });
    const kind = readReduction(name, reduction);
    const part = (n: number): boolean => n >= 0 && n <= 1;
    this.epsilon = readNumber(name, 'labelSmoothing', labelSmoothing, 0, part, 'a number from 0 to 1');
    this.ignored = readNumber(name, 'ignoreIndex', ignoreIndex, -100, Number.isInteger, 'an integer');
    if ((x.shape ?? given.shape)?.length === 0) {
      throw new RangeError(`${name}: logits have rank 0; give the logits of all classes, for instance [1, 3, 2]`);
    }
    const plan = new Layout(name, x, given, spec);
    if (plan.axes.length === 0)
      throw new RangeError(`${name}: axis [] leaves no classes; say along which axis they lie, -1 for the last`);
    this.plan = plan;
    this.input = x;
    this.precision = given.exact ? 'exact' : 'fast';
    this.mean = kind === 'mean';
    this.perLane = kind === 'none';
    this.lanes = plan.outer * plan.inner;

    let dense: Walk | undefined;
    if (this.isDense(name, t)) {
      if (ignoreIndex !== undefined && ignoreIndex !== null && this.ignored >= 0) {
        throw new RangeError(
          `${name}: ignoreIndex is ${this.ignored} but the target holds probabilities; it is meant for class indices, leave it out`,
        );
      }
      dense = beside(name, 'target', t, 'logits', plan);
    } else {
      const { data, shape: own } = values(name, 'target', t);
      checkLabels(name, 'target', data, own, plan.length, this.ignored);
      this.indices = data;
    }
    if (w !== undefined) {
      const { data, shape: own } = values(name, 'classWeights', w);
      if (own.length !== 1 || own[0] !== plan.length) {
        throw new RangeError(
          `${name}: classWeights has shape ${show(own)}; there are ${plan.length} classes, give one weight for each`,
        );
      }
      this.weights = data;
    }
    // the longest window that the calls on some lanes at a time may ask for
    const memory = heap(),
      bytes = Math.min(plan.length * 8, memory.longestBytes);
    const walks = memory.prepare<Walk | undefined>(bytes, [plan.source, dense, plan.target]);
    [this.source, this.target, plan.target] = walks as [Walk, Walk | undefined, Walk | undefined];
    if (this.target !== undefined) this.probabilities = new Rows(this.target, halfOf(t, plan));
  }

  /** Whether the target has a number for each logit, rather than a class for each lane. */
  private isDense(name: string, target: Input): boolean {
    const { shape } = this.plan,
      kept = this.kept,
      { lanes } = this,
      size = lanes * this.plan.length;
    const given = target.shape ?? [target.data.length];
    const fits = (wanted: readonly number[]): boolean =>
      target.shape === undefined ? target.data.length === product(wanted) : equal(given, wanted);
    const dense = fits(shape),
      sparse = fits(kept);
    if (dense && sparse) return /^Float/.test(className(target.data)!); // one class, flat arrays: only the type can tell
    if (dense || sparse) return dense;
    settle(name, 'target', target, undefined);
    throw new RangeError(
      `${name}: target has shape ${show(given)}; the logits have shape ${show(shape)}: give a class index for each lane (shape ${show(kept)}, ${lanes} of them) or a probability for each logit (${size})`,
    );
  }

  get kept(): number[] {
    return keptAxes(this.plan).map((d) => this.plan.shape[d]!);
  }

  /** By what the sum is divided: for classes the sum of their weights, for probabilities the number of lanes. */
  get divisor(): BinnedSum {
    const { indices, weights, ignored } = this,
      sum = new BinnedSum();
    if (!this.mean) return sum.add(1, 1);
    if (indices === undefined) return sum.add(1, this.lanes * this.plan.length === 0 ? NaN : this.lanes);
    for (let i = 0; i < indices.length; i++)
      if (indices[i] !== ignored) sum.add(1, weights === undefined ? 1 : weights[indices[i]!]!);
    return sum;
  }

  /** Lane `lane`, the r-th of those that are loaded: its row of coefficients. False where it is ignored. */
  coefficients(lane: number, r: number, c: Float64Array): boolean {
    const { indices, probabilities, weights, epsilon } = this,
      n = c.length;
    if (indices !== undefined) {
      const label = indices[lane]!;
      if (label === this.ignored) return false;
      c.fill(epsilon / n);
      c[label]! += 1 - epsilon;
    } else {
      const { data } = probabilities!,
        at = probabilities!.at + r * n;
      for (let j = 0; j < n; j++) c[j] = epsilon === 0 ? data[at + j]! : data[at + j]! * (1 - epsilon) + epsilon / n;
    }
    if (weights !== undefined) for (let j = 0; j < n; j++) c[j]! *= weights[j]!;
    return true;
  }

  /** Calls `each` for some lanes at a time with the logits and the kernel's result on them. */
  chunks(kernel: Kernel, each: (from: number, count: number, x: Rows, y: Floats) => void): void {
    const { plan, lanes, precision } = this,
      { length, theta } = plan;
    if (length === 0) return;
    const x = new Rows(inLanes(this.source, plan), plan.sourceDtype),
      some = Math.min(lanes, rowsAtOnce(length));
    const y = x.data instanceof Float32Array ? new Float32Array(some * length) : new Float64Array(some * length);
    for (let from = 0; from < lanes; from += some) {
      const n = Math.min(some, lanes - from);
      x.load(from * length, n * length);
      this.probabilities?.load(from * length, n * length);
      const out = n === some ? y : y.subarray(0, n * length);
      kernel(x.data.subarray(x.at, x.at + n * length), { shape: [n, length], axis: -1, theta, precision, out });
      each(from, n, x, out);
    }
  }
}

function readReduction(name: string, value: unknown): 'mean' | 'sum' | 'none' {
  const reduction = value ?? 'mean';
  if (reduction === 'mean' || reduction === 'sum' || reduction === 'none') return reduction;
  const Kind = typeof reduction === 'string' ? RangeError : TypeError;
  throw new Kind(`${name}: reduction is ${describe(reduction)}; it must be 'mean', 'sum' or 'none'`);
}

function readNumber(
  name: string,
  what: string,
  value: unknown,
  usual: number,
  fits: (n: number) => boolean,
  wanted: string,
): number {
  if (value === undefined || value === null) return usual;
  if (typeof value !== 'number') throw new TypeError(`${name}: ${what} is ${describe(value)}; it must be ${wanted}`);
  if (!fits(value)) throw new RangeError(`${name}: ${what} is ${value}; it must be ${wanted}`);
  return value;
}
