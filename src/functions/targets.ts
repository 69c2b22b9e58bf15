import { describe } from '../input/describe.ts';
import { open, settle, toNumbers } from '../input/open.ts';
import { openCall, type Spec } from '../input/options.ts';
import { equal, product, range, show } from '../input/shapes.ts';
import { LABELS, NUMBERS, TYPED, View } from '../input/view.ts';
import type { Instance } from '../instance.ts';
import { BinnedSum } from '../numeric/binnedSum.ts';
import type { Call } from '../plan/call.ts';
import { giveShape, keptAxes } from '../plan/lanes.ts';
import type { Walk } from '../plan/walk.ts';
import { agree, beside, Rows, storageBeside, values } from '../run/rows.ts';
import { checkLabels } from './oneHot.ts';

const isShare = (n: number): boolean => n >= 0 && n <= 1;

/** The arguments of crossEntropy and its gradient, checked. */
export class Problem {
  readonly call: Call;
  readonly reduction: 'mean' | 'sum' | 'none';
  readonly lanes: number;
  /** the class of each lane */
  readonly indices: ArrayLike<number> | undefined;
  readonly ignored: number;
  readonly weights: Float64Array | undefined = undefined;
  /** label smoothing: so much of the target is spread evenly over the classes */
  readonly epsilon: number;
  /** where there are none of these, the target has probabilities */
  #probabilities: Rows | undefined;

  constructor(on: Instance, spec: Spec, logits: unknown, target: unknown, options: unknown) {
    const { name } = spec,
      c = on.take();
    this.call = c;
    // no list goes into the window: code of the caller runs until the target is open
    openCall(c, spec, logits, options);
    const { classWeights, second: t } = c,
      w = classWeights === undefined ? undefined : new View();
    if (w !== undefined) open(w, name, 'classWeights', classWeights, NUMBERS);
    this.reduction = readReduction(name, c.reduction);
    this.epsilon = readNumber(name, 'labelSmoothing', c.labelSmoothing, 0, isShare, 'a number from 0 to 1');
    this.ignored = readNumber(name, 'ignoreIndex', c.ignoreIndex, -100, Number.isInteger, 'an integer');
    if (typeof target !== 'number') open(t, name, 'target', target, LABELS);
    if ((c.said ?? c.asked)?.length === 0) {
      throw new RangeError(`${name}: logits have rank 0; give the logits of all classes, for instance [1, 3, 2]`);
    }
    c.plan();
    if (c.axes?.length === 0)
      throw new RangeError(`${name}: axis [] leaves no classes; say along which axis they lie, -1 for the last`);
    this.lanes = c.outer * c.inner;

    // the label of the only lane
    if (typeof target === 'number' && (c.axes === undefined || c.axes.length === (c.said?.length ?? 1))) {
      const label = target;
      if (!((label >>> 0 === label && label < c.length) || label === this.ignored)) {
        checkLabels(name, 'target', Float64Array.of(label), [], c.length, this.ignored);
      }
      this.indices = [label];
    } else {
      if (typeof target === 'number') open(t, name, 'target', target, LABELS);
      toNumbers(t, name);
      if (this.isDense(name, t)) {
        if (this.ignored >= 0) {
          throw new RangeError(
            `${name}: ignoreIndex is ${this.ignored} but the target holds probabilities; it is meant for class indices, leave it out`,
          );
        }
        agree(c, t);
      } else {
        const labels = values(t, name);
        checkLabels(name, 'target', labels, t.shape, c.length, this.ignored);
        this.indices = labels;
      }
    }
    if (w !== undefined) {
      const data = values(w, name);
      if (w.shape.length !== 1 || w.shape[0] !== c.length) {
        throw new RangeError(
          `${name}: classWeights has shape ${show(w.shape)}; there are ${c.length} classes, give one weight for each`,
        );
      }
      this.weights = data;
    }
  }

  /** Whether the target has a number for each logit, rather than a class for each lane. */
  private isDense(name: string, target: View): boolean {
    const { shape } = this.call,
      kept = this.kept,
      { lanes } = this,
      size = lanes * this.call.length;
    const given = target.said ?? [target.extent];
    const fits = (wanted: readonly number[]): boolean =>
      target.said === undefined ? target.extent === product(wanted) : equal(given, wanted);
    const dense = fits(shape),
      sparse = fits(kept);
    if (dense && sparse) return target.storage.carrier.startsWith('Float'); // one class, flat arrays: only the type can tell
    if (dense || sparse) return dense;
    settle(target, name, undefined);
    // PyTorch has the classes on axis 1
    const { form, asked } = this.call,
      along = [1, ...range(shape.length)].find(
        (axis) => axis < shape.length && fits(shape.filter((_, d) => d !== axis)),
      );
    throw new RangeError(
      `${name}: target has shape ${show(given)}; the logits have shape ${show(shape)}: give a class index for each lane (shape ${show(kept)}, ${lanes} of them) or a probability for each logit (${size})${along === undefined ? '' : `, or axis: ${along} if the classes lie along it`}${form === TYPED && asked === undefined ? giveShape : ''}`,
    );
  }

  get kept(): number[] {
    const { shape } = this.call;
    return keptAxes(this.call, shape.length).map((d) => shape[d]!);
  }

  /** By what the sum is divided: for classes the sum of their weights, for probabilities the number of lanes. */
  get divisor(): BinnedSum {
    const { indices, weights, ignored, reduction } = this,
      sum = new BinnedSum();
    if (reduction !== 'mean') return sum.add(1, 1);
    if (indices === undefined) return sum.add(1, this.lanes * this.call.length === 0 ? NaN : this.lanes);
    for (let i = 0; i < indices.length; i++)
      if (indices[i] !== ignored) sum.add(1, weights === undefined ? 1 : weights[indices[i]!]!);
    return sum;
  }

  /** The class of the only lane, where nothing but its probability matters; else -1. */
  get only(): number {
    const { indices, weights, epsilon, lanes, ignored } = this;
    if (lanes !== 1 || indices === undefined || weights !== undefined || epsilon !== 0) return -1;
    return indices[0] === ignored ? -1 : indices[0]!;
  }

  /** The probabilities, as a walk: to be asked for when the window is taken, for the memory may grow by that. */
  get target(): Walk | undefined {
    return this.indices === undefined ? beside(this.call, this.call.second) : undefined;
  }

  /** Makes some lanes of the probabilities ready. */
  load(from: number, count: number): void {
    if (this.indices !== undefined) return;
    const { call } = this;
    this.#probabilities ??= new Rows(this.target!, storageBeside(call, call.second));
    this.#probabilities.load(from * call.length, count * call.length);
  }

  /** Lane `lane`, the r-th of those that are loaded: its row of coefficients. False where it is ignored. */
  coefficients(lane: number, r: number, c: Float64Array): boolean {
    const { indices, weights, epsilon } = this,
      n = c.length;
    if (indices !== undefined) {
      const label = indices[lane]!;
      if (label === this.ignored) return false;
      c.fill(epsilon / n);
      c[label]! += 1 - epsilon;
    } else {
      const { data, at: first } = this.#probabilities!,
        at = first + r * n;
      for (let j = 0; j < n; j++) c[j] = epsilon === 0 ? data[at + j]! : data[at + j]! * (1 - epsilon) + epsilon / n;
    }
    if (weights !== undefined) for (let j = 0; j < n; j++) c[j]! *= weights[j]!;
    return true;
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
