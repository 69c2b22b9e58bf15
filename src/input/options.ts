import { describe } from './describe.ts';
import { flag, isExact, text, thetaAt, thetaOf } from './kinds.ts';
import { open } from './open.ts';
import { isArray, numbers } from './shapes.ts';
import { AXIS, DRAW, LOSS, OUT, refuseOption, SHAPE, takenBy, THETA, WHERE, type Spec } from './spec.ts';
import type { Heap } from '../kernels/heap.ts';
import { readSummary, type Draft } from './summary.ts';
import { MASK, NUMBERS, View, type Elements } from './view.ts';

// Options: one way of reading them for all functions. Each is read once.

export * from './spec.ts';

const none: Spec = { name: '', takes: 0, reduces: false, axis: null, what: 'x' };

/**
 * The first argument of a call, and its options: read once each and checked, with the arrays among them open. The record is
 * used again by later calls.
 */
export class Given extends View {
  spec: Spec = none;
  /** the second argument of functions that have one: dy, or a target */
  readonly second: View = new View();
  axis: number | readonly number[] | null = null;
  theta = 1;
  /** which of theta and temperature said so */
  factor: 'theta' | 'temperature' | undefined = undefined;
  exact = false;
  keepdims = false;
  returnSign = false;
  /** the lanes that x is a part of */
  within: Draft | undefined = undefined;
  /** the options shape and dtype */
  asked: readonly number[] | undefined = undefined;
  dtype: string | undefined = undefined;
  /** as given, to be returned; undefined: there is none */
  outObject: object | undefined = undefined;
  readonly out: View = new View();
  hasMask = false;
  readonly mask: View = new View();
  hasWeights = false;
  readonly weights: View = new View();
  // of crossEntropy alone, as given
  reduction: unknown = undefined;
  labelSmoothing: unknown = undefined;
  classWeights: unknown = undefined;
  ignoreIndex: unknown = undefined;
  // of sample alone, as given
  topK: unknown = undefined;
  topP: unknown = undefined;
  minP: unknown = undefined;
  count: unknown = undefined;
  random: unknown = undefined;
  logprobs: unknown = undefined;
  /** elements of the result for each lane, on an axis of their own; undefined: one, and no axis */
  draws: number | undefined = undefined;
  // of createSoftmax
  build: unknown = undefined;
  maxMemory: unknown = undefined;
  /** whether there were options */
  optioned = false;

  /** whether an option but axis, out, theta and precision was given */
  get asksForMore(): boolean {
    const { asked, dtype, within } = this;
    return this.hasMask || this.hasWeights || asked !== undefined || dtype !== undefined || within !== undefined;
  }

  forget(): void {
    this.optioned = this.exact = this.keepdims = this.returnSign = false;
    this.theta = 1;
    this.factor = this.within = this.asked = this.dtype = undefined;
    if (this.outObject !== undefined) {
      this.outObject = undefined;
      this.out.clear();
    }
    if (this.hasMask) this.mask.clear();
    if (this.hasWeights) this.weights.clear();
    this.hasMask = this.hasWeights = false;
    if (this.spec.takes & DRAW)
      this.topK = this.topP = this.minP = this.count = this.random = this.logprobs = this.draws = undefined;
    if (this.spec.takes & LOSS) this.reduction = this.labelSmoothing = this.classWeights = this.ignoreIndex = undefined;
  }
}

/**
 * Opens the first argument of a call and reads its options. A list is read last, when no other code of the caller will run, and to
 * its end. Of anything else it is only noted where it lies; `settle` looks again after all code of the caller.
 */
// prettier-ignore
export function openCall(given: Given, spec: Spec, x: unknown, options: unknown, room?: Heap, elements: Elements = NUMBERS): void {
  const { name, what } = spec;
  if (
    options === undefined ||
    (typeof x === 'object' && x !== null && !ArrayBuffer.isView(x) && isArray(name, what, x))
  ) {
    readOptions(given, spec, options);
    open(given, name, what, x, elements, room);
  } else {
    open(given, name, what, x, elements);
    readOptions(given, spec, options);
  }
}

/** The names of options that are held by a plain object. */
export function plainNames(name: string, options: unknown): string[] | undefined {
  if (typeof options !== 'object' || options === null || isArray(name, 'options', options)) return undefined;
  if (ArrayBuffer.isView(options) || Object.getPrototypeOf(options) !== Object.prototype) return undefined;
  return Object.getOwnPropertyNames(options);
}

/** Reads the options that a function takes, and refuses others. What only Object.prototype has is not an option. */
export function readOptions(given: Given, spec: Spec, options: unknown): void {
  given.spec = spec;
  given.axis = spec.axis;
  if (options === undefined || options === null) return;
  given.optioned = true;
  if (typeof options !== 'object' || isArray(spec.name, 'options', options) || ArrayBuffer.isView(options)) {
    throw new TypeError(`${spec.name}: options is ${describe(options)}; it must be an object such as { axis: -1 }`);
  }
  const names = Object.getOwnPropertyNames(options);
  if (Object.getPrototypeOf(options) === Object.prototype) {
    for (let i = 0; i < names.length; i++) readOption(given, spec, options as Options, names[i]!);
  } else readInherited(given, spec, options as Options, names);
}

export type Options = Readonly<Record<string, unknown>>;

/** Reads what options have of their own, and from classes and objects that they inherit from, but for the root of all objects. */
function readInherited(given: Given, spec: Spec, options: Options, names: string[]): void {
  let at = Object.getPrototypeOf(options) as object | null;
  while (at !== null) {
    const above = Object.getPrototypeOf(at) as object | null;
    if (above === null && Object.hasOwn(at, 'hasOwnProperty')) break;
    for (const name of Object.getOwnPropertyNames(at)) if (!names.includes(name)) names.push(name);
    at = above;
  }
  for (const name of names) readOption(given, spec, options, name);
}

function readOption(given: Given, spec: Spec, options: Options, name: string): void {
  const { takes } = spec;
  if (name === 'axis' && takes & AXIS) setAxis(given, options.axis);
  else if (name === 'out' && takes & OUT) setOut(given, options.out);
  else if (name === 'shape' && takes & SHAPE) setShape(given, options.shape);
  else if (name === 'theta' && takes & THETA) setFactor(given, 'theta', options.theta);
  else if (name === 'where' && takes & WHERE) setArray(given, given.mask, 'where', options.where);
  else readRare(given, spec, options, name);
}

function readRare(given: Given, spec: Spec, options: Options, name: string): void {
  if (!takenBy(spec, name)) return refuseOption(spec, options, name);
  const value = options[name] ?? undefined;
  if (value === undefined) return;
  switch (name) {
    case 'b':
      setArray(given, given.weights, 'b', value);
      break;
    case 'dtype':
      given.dtype = text(spec.name, 'dtype', value);
      break;
    case 'temperature':
      setFactor(given, 'temperature', value);
      break;
    case 'precision':
      given.exact = isExact(spec.name, value);
      break;
    case 'keepdims':
    case 'returnSign':
      given[name] = flag(spec.name, name, value);
      break;
    case 'within':
      given.within = readSummary(`${spec.name}: within`, value);
      break;
    default:
      // checked by the function whose it is
      (given as unknown as Record<string, unknown>)[name] = value;
  }
}

function setAxis(given: Given, axis: unknown): void {
  if (typeof axis === 'number' || axis === null) given.axis = axis;
  else if (axis !== undefined)
    given.axis = numbers(given.spec.name, 'axis', axis, 'an integer, a list of integers such as [0, 1], or null');
}

function setShape(given: Given, shape: unknown): void {
  if (shape !== undefined && shape !== null) given.asked = numbers(given.spec.name, 'shape', shape);
}

function setOut(given: Given, out: unknown): void {
  if (out === undefined || out === null) return;
  const { name, result } = given.spec;
  if (typeof out !== 'object' || (!ArrayBuffer.isView(out) && isArray(name, 'out', out))) {
    const wanted =
      result === undefined
        ? 'a typed array or { data, shape } that can take the result'
        : `an ${result.carrier}, or { data, shape } with one as data`;
    throw new TypeError(`${name}: out is ${describe(out)}; it must be ${wanted}`);
  }
  given.outObject = out;
  open(given.out, name, 'out', out, NUMBERS);
}

function setArray(given: Given, view: View, what: 'where' | 'b', value: unknown): void {
  if (value === undefined || value === null) return;
  const mask = what === 'where';
  if (mask) given.hasMask = true;
  else given.hasWeights = true;
  open(view, given.spec.name, what, value, mask ? MASK : NUMBERS);
}

function setFactor(given: Given, by: 'theta' | 'temperature', value: unknown): void {
  if (value === undefined || value === null) return;
  const { name } = given.spec,
    theta = by === 'theta' ? thetaOf(name, value) : thetaAt(name, value);
  if (given.factor !== undefined) {
    throw new TypeError(`${name}: theta and temperature are both given; theta is 1 / temperature, give one`);
  }
  given.factor = by;
  given.theta = theta;
}
