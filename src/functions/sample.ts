import { cure, describe } from '../input/describe.ts';
import { AXIS, DRAW, DTYPE, OUT, SHAPE, THETA, WHERE, openCall, type Spec } from '../input/options.ts';
import { unchanged } from '../input/open.ts';
import { count as sizeOf, show } from '../input/shapes.ts';
import { INT32 } from '../input/storage.ts';
import { lengthOf, roomFor } from '../input/typed.ts';
import type { Instance } from '../instance.ts';
import { Tensor } from '../kernels/tensor.ts';
import type { Call } from '../plan/call.ts';
import { checkIndices, keptAxes } from '../plan/lanes.ts';
import { wrap } from '../plan/result.ts';
import { read, write } from '../plan/walk.ts';
import { PIECE, Pieces } from '../run/pieces.ts';
import { readStored } from '../plan/stored.ts';
import { inLanes } from '../run/rows.ts';
import { Drawing } from './drawing.ts';
import { stored } from './topk.ts';

const spec: Spec = {
  name: 'sample',
  takes: AXIS | THETA | WHERE | OUT | SHAPE | DTYPE | DRAW,
  reduces: true,
  axis: -1,
  what: 'logits',
  rising: true,
  result: INT32,
};

/** One that no call uses, to be used again. */
let spare: Drawing | undefined;

export function sample(on: Instance, logits: unknown, options: unknown): unknown {
  const { name } = spec,
    c = on.take();
  openCall(c, spec, logits, options, c.heap);
  const drawing = spare ?? new Drawing(),
    random = readDraw(c, drawing);
  spare = undefined;
  if ((c.said ?? c.asked)?.length === 0) {
    throw new RangeError(`${name}: logits have rank 0; give the logits of all classes, for instance [1, 3, 2]`);
  }
  c.plan();
  const { length, inner } = c,
    lanes = c.outer * inner,
    draws = c.draws ?? 1;
  sizeOf(name, 'the result', [lanes, draws]);
  if (lanes > 0 && length === 0) refuse(c, 0);
  checkIndices(name, 'logits', c);
  const y = lanes === 1 && draws === 1 ? one(c, drawing, random) : several(c, drawing, random, lanes, draws);
  spare = drawing;
  on.give(c);
  return y;
}

/** One draw, the most frequent call. */
function one(c: Call, drawing: Drawing, random: () => unknown): unknown {
  drawing.begin(c);
  if (!drawing.open(0)) refuse(c, 0);
  const place = drawing.draw(nextOf(c, random));
  if (place < 0) changed();
  const y = finish(c, Int32Array.of(place), drawing.logs ? Float64Array.of(drawing.log()) : undefined);
  drawing.end();
  return y;
}

function several(c: Call, drawing: Drawing, random: () => unknown, lanes: number, draws: number): unknown {
  const n = lanes * draws,
    shares = roomFor(c.spec.name, n, Float64Array),
    found = roomFor(c.spec.name, n, Int32Array),
    logs = drawing.logs ? roomFor(c.spec.name, n, Float64Array) : undefined;
  // nothing is drawn before all lanes have been looked at
  if (lanes > 1) check(c);
  drawing.begin(c);
  if (lanes === 1 && !drawing.open(0)) refuse(c, 0);
  for (let i = 0; i < n; i++) shares[i] = nextOf(c, random);
  for (let lane = 0, i = 0; lane < lanes; lane++) {
    if (lanes > 1 && !drawing.open(lane)) changed();
    for (let d = 0; d < draws; d++, i++) {
      const place = drawing.draw(shares[i]!);
      if (place < 0) changed();
      found[i] = place;
      if (logs !== undefined) logs[i] = drawing.log();
    }
  }
  const y = finish(c, found, logs);
  drawing.end();
  return y;
}

/** Indices, and logarithms if asked for, as the caller gets them. */
function finish(c: Call, found: Int32Array, logs: Float64Array | undefined): unknown {
  const values = logs && stored(c.storage.single ? new Float32Array(logs) : logs, c.storage.result);
  if (c.outObject !== undefined) write(c.outWalk!, 0, found.length, found, 0);
  const indices = c.outObject ?? wrap(c, found);
  return values === undefined ? indices : { indices, logprobs: wrap(c, values, c.storage.result) };
}

/** The next random number. It is code of the caller, which may do anything meanwhile. */
function nextOf(c: Call, random: () => unknown): number {
  if (random === Math.random) return Math.random();
  const { data, where, tensor } = c,
    n = lengthOf(data),
    shown = where === undefined ? 0 : lengthOf(where.data),
    room = c.outObject === undefined ? 0 : lengthOf(c.out.data),
    u = random();
  if (typeof u !== 'number') {
    throw new TypeError(
      `sample: random gave ${describe(u)}; it must give numbers from 0 on and below 1, as Math.random does`,
    );
  }
  if (!(u >= 0 && u < 1)) {
    throw new RangeError(`sample: random gave ${u}; it must give numbers from 0 on and below 1, as Math.random does`);
  }
  if (tensor !== undefined) Tensor.view(tensor); // an error where it is disposed
  if (lengthOf(data) !== n || (where !== undefined && lengthOf(where.data) !== shown)) changed();
  if (c.outObject !== undefined && lengthOf(c.out.data) !== room) unchanged(c.out, 'sample');
  return u;
}

function changed(): never {
  throw new RangeError(
    'sample: the logits changed while random ran; let it leave them alone, and compute nothing large with this instance',
  );
}

/** Refuses the first of several lanes from which nothing can be drawn. */
function check(c: Call): void {
  const pieces = new Pieces(c),
    most = c.storage.single ? 3.4028234663852886e38 : Number.MAX_VALUE;
  let some = false;
  while (pieces.next()) {
    const { at, n, from, lane, lanes } = pieces;
    for (let r = 0; r < lanes; r++) {
      const row = at + r * n;
      if (from === 0) some = false;
      some ||= pieces.above(row, 0, -Infinity) < n;
      if (pieces.above(row, 0, most) < n || (!some && from + n === c.length)) refuse(c, lane + r);
    }
  }
}

function refuse(c: Call, lane: number): never {
  const { length, shape, theta } = c,
    lanes = c.outer * c.inner,
    kept = keptAxes(c, shape.length),
    index: number[] = [];
  for (let d = kept.length - 1, rest = lane; d >= 0; d--) {
    index.unshift(rest % shape[kept[d]!]!);
    rest = Math.floor(rest / shape[kept[d]!]!);
  }
  const only = theta === 0 ? 'infinite entries' : theta < 0 ? Infinity : -Infinity,
    { bad, shown } = wrongEntry(c, lane),
    nothing = length === 0 ? 'no entries' : shown ? `only ${only}` : 'nothing that where lets through';
  throw new RangeError(
    `sample: nothing can be drawn from ${lanes === 1 ? 'the lane' : `lane ${show(index)}`} of logits with shape ${show(shape)}: ` +
      (bad ?? `it has ${nothing}`) +
      '; give every lane a finite entry, and no NaN or infinite one that takes all',
  );
}

/** What is wrong with an entry of a lane, if one is, and whether the mask lets any through. */
function wrongEntry(c: Call, lane: number): { bad?: string; shown: boolean } {
  const { length, theta } = c,
    infinite = theta < 0 ? -Infinity : Infinity,
    x = new Float64Array(Math.min(length, PIECE)),
    mask = new Uint8Array(x.length).fill(1);
  let shown = false;
  for (let from = 0; from < length; from += x.length) {
    const n = Math.min(x.length, length - from);
    readStored(inLanes(c.source, c), c.storage, lane * length + from, n, x, 0);
    if (c.where !== undefined) read(inLanes(c.where, c), lane * length + from, n, mask, 0);
    for (let j = 0; j < n; j++) {
      if (mask[j] === 0) continue;
      shown = true;
      const value = x[j]!;
      if (value !== value || (value === infinite && theta !== 0))
        return { bad: `its entry ${from + j} is ${value}`, shown };
    }
  }
  return { shown };
}

/** Reads the options of sample alone, and returns the source of random numbers. */
function readDraw(c: Call, drawing: Drawing): () => unknown {
  if (c.axis === null || typeof c.axis !== 'number') {
    throw new TypeError(`sample: axis is ${describe(c.axis)}; it must be an integer, the axis of the classes`);
  }
  const { topK, topP, minP, count, random, logprobs } = c;
  drawing.topK =
    topK === undefined
      ? Infinity
      : wholeOf('topK', topK, 'how many of the largest entries may be drawn, or left out, so that all may');
  drawing.topP = topP === undefined ? 1 : shareOf('topP', topP, true);
  drawing.minP = minP === undefined ? 0 : shareOf('minP', minP, false);
  if (count !== undefined) c.draws = wholeOf('count', count, 'the draws of a lane');
  if (logprobs !== undefined && typeof logprobs !== 'boolean') {
    throw new TypeError(`sample: logprobs is ${describe(logprobs)}; it must be true or false`);
  }
  drawing.logs = logprobs === true;
  if (random === undefined) return Math.random;
  if (typeof random === 'function') return random as () => unknown;
  throw new TypeError(
    `sample: random is ${describe(random)}; it must be a function that gives numbers from 0 on and below 1, as Math.random does`,
  );
}

function wholeOf(what: string, value: unknown, why: string): number {
  if (Number.isInteger(value) && (value as number) >= 1) return value as number;
  const Kind = typeof value === 'number' ? RangeError : TypeError,
    got = typeof value === 'number' ? value : describe(value);
  throw new Kind(`sample: ${what} is ${got}; it must be an integer from 1 on, ${why}${cure(value, what)}`);
}

function shareOf(what: string, value: unknown, positive: boolean): number {
  const range = positive ? 'above 0 and at most 1; 1 cuts nothing' : 'from 0 to 1; 0 cuts nothing';
  if (typeof value !== 'number')
    throw new TypeError(`sample: ${what} is ${describe(value)}; it must be a number ${range}${cure(value, what)}`);
  if (value <= 1 && (positive ? value > 0 : value >= 0)) return value;
  throw new RangeError(`sample: ${what} is ${value}; it must be ${range}`);
}
