import { lengthOf, part, set, type TypedArray } from '../input/typed.ts';

/**
 * A strided view in reading order: element (i0, i1, ...) is data[offset + sum of i_d * strides[d]].
 * Dimensions of length 1 are dropped and neighbours that continue each other are merged,
 * so a contiguous walk has dims [n] and strides [1]; dims is never empty.
 */
export interface Walk {
  readonly data: TypedArray;
  readonly offset: number;
  readonly dims: readonly number[];
  readonly strides: readonly number[];
}

const unit: readonly number[] = [1];

/** From this length on a row goes by `set` or `fill`: their views cost as much as a loop over so many elements. */
const LONG = 32;

/** Rows that a transposing copy takes together, so that a cache line is used up while it is at hand. */
const TILE = 16;

/** The walk over n elements that lie side by side. */
export function run(data: TypedArray, offset: number, n: number): Walk {
  return { data, offset, dims: [n], strides: unit };
}

/** The walk over the dimensions named by `order`, first one slowest. */
export function walkOver(
  data: TypedArray,
  offset: number,
  shape: readonly number[],
  strides: readonly number[],
  order: readonly number[],
): Walk {
  const dims: number[] = [];
  const steps: number[] = [];
  for (const d of order) {
    const n = shape[d]!;
    const step = strides[d]!;
    if (n === 0) return run(data, offset, 0);
    if (n === 1) continue;
    const last = dims.length - 1;
    if (last >= 0 && steps[last] === step * n) {
      dims[last]! *= n;
      steps[last] = step;
    } else {
      dims.push(n);
      steps.push(step);
    }
  }
  return dims.length === 0 ? run(data, offset, 1) : { data, offset, dims, strides: steps };
}

/** Copies elements start .. start + count of the walk to into[at ..]; values convert as by assignment. */
export function read(walk: Walk, start: number, count: number, into: TypedArray, at: number): void {
  if (walk.dims.length > 1) return scatter(walk, start, count, into, at, false);
  const step = walk.strides[0]!;
  const p = walk.offset + start * step;
  if (step === 1) copy(walk.data, p, into, at, count);
  else if (step === 0 && count > 0) into.fill(walk.data[p]!, at, at + count);
  else block(walk.data, p, 0, step, into, at, 0, 1, 1, count);
}

/** Copies from[at ..] to elements start .. start + count of the walk. */
export function write(walk: Walk, start: number, count: number, from: TypedArray, at: number): void {
  if (walk.dims.length > 1) return scatter(walk, start, count, from, at, true);
  const step = walk.strides[0]!;
  const p = walk.offset + start * step;
  if (step === 1) copy(from, at, walk.data, p, count);
  else block(from, at, 0, 1, walk.data, p, 0, step, 1, count);
}

/** Cuts the range into blocks of whole rows (the last two dimensions), with part of a row at either end. */
function scatter(walk: Walk, start: number, count: number, staging: TypedArray, at: number, out: boolean): void {
  const { data, dims, strides } = walk;
  const d = dims.length - 2;
  const height = dims[d]!;
  const width = dims[d + 1]!;
  const down = strides[d]!;
  const step = strides[d + 1]!;
  let column = start % width;
  let plane = Math.floor(start / width);
  let row = plane % height;
  plane = Math.floor(plane / height);
  while (count > 0) {
    let p = walk.offset + row * down + column * step;
    for (let k = d - 1, rest = plane; k >= 0; k--) {
      const n = dims[k]!;
      p += (rest % n) * strides[k]!;
      rest = Math.floor(rest / n);
    }
    const whole = column === 0 && count >= width;
    const rows = whole ? Math.min(height - row, Math.floor(count / width)) : 1;
    const n = whole ? width : Math.min(width - column, count);
    // Across the grain (the row direction is the nearer one in memory) a few rows go together, column by column.
    const tile = down !== 0 && Math.abs(down) < Math.abs(step) ? Math.min(TILE, rows) : rows;
    for (let r = 0; r < rows; r += tile, p += tile * down) {
      const m = Math.min(tile, rows - r);
      const q = at + r * n;
      if (tile === rows) {
        if (out) block(staging, q, n, 1, data, p, down, step, m, n);
        else block(data, p, down, step, staging, q, n, 1, m, n);
      } else {
        if (out) block(staging, q, 1, n, data, p, step, down, n, m);
        else block(data, p, step, down, staging, q, 1, n, n, m);
      }
    }
    at += rows * n;
    count -= rows * n;
    column += n;
    if (column === width || whole) {
      column = 0;
      row += rows;
      if (row === height) {
        row = 0;
        plane++;
      }
    }
  }
}

/** Copies n neighbours. Up to 16 an element loop is cheaper than `set` and its view. */
function copy(from: TypedArray, p: number, to: TypedArray, q: number, n: number): void {
  if (n <= 16) loop(from, p, 0, 1, to, q, 0, 1, 1, n);
  else set.call(to as Float64Array, p === 0 && n === lengthOf(from) ? from : part(from, p, n), q);
}

/** to[q + r * toDown + c * toStep] = from[p + r * down + c * step] for r < rows, c < n. */
// prettier-ignore
function block(
  from: TypedArray, p: number, down: number, step: number,
  to: TypedArray, q: number, toDown: number, toStep: number, rows: number, n: number,
): void {
  if (down === 0 && toDown === n && toStep === 1 && rows > 1) {
    // one row again and again: what is there is copied, twice as much each time
    block(from, p, 0, step, to, q, n, 1, 1, n);
    for (let done = n, all = rows * n; done < all; done *= 2) copy(to, q, to, q + done, Math.min(done, all - done));
    return;
  }
  if (n < LONG || toStep !== 1 || (step !== 1 && step !== 0)) {
    return loop(from, p, down, step, to, q, toDown, toStep, rows, n);
  }
  for (let r = 0; r < rows; r++, p += down, q += toDown) {
    if (step === 1) set.call(to as Float64Array, part(from, p, n), q);
    else to.fill(from[p]!, q, q + n);
  }
}

/** The same, element by element: one text for each pair of classes that matters, for an access that has seen more than four classes is several times slower. */
// prettier-ignore
function loop(
  from: TypedArray, p: number, down: number, step: number,
  to: TypedArray, q: number, toDown: number, toStep: number, rows: number, n: number,
): void {
  if (from instanceof Float32Array && to instanceof Float32Array) {
    loop32(from, p, down, step, to, q, toDown, toStep, rows, n);
  } else if (from instanceof Float64Array && to instanceof Float64Array) {
    loop64(from, p, down, step, to, q, toDown, toStep, rows, n);
  } else if (from instanceof Uint16Array && to instanceof Uint16Array) {
    loop16(from, p, down, step, to, q, toDown, toStep, rows, n);
  } else if (from instanceof Uint8Array && to instanceof Uint8Array) {
    loop8(from, p, down, step, to, q, toDown, toStep, rows, n);
  } else {
    loopAny(from, p, down, step, to, q, toDown, toStep, rows, n);
  }
}

// prettier-ignore
function loop32(
  from: Float32Array, p: number, down: number, step: number,
  to: Float32Array, q: number, toDown: number, toStep: number, rows: number, n: number,
): void {
  for (let r = 0; r < rows; r++) {
    for (let c = 0, a = p + r * down, b = q + r * toDown; c < n; c++, a += step, b += toStep) to[b] = from[a]!;
  }
}

// prettier-ignore
function loop64(
  from: Float64Array, p: number, down: number, step: number,
  to: Float64Array, q: number, toDown: number, toStep: number, rows: number, n: number,
): void {
  for (let r = 0; r < rows; r++) {
    for (let c = 0, a = p + r * down, b = q + r * toDown; c < n; c++, a += step, b += toStep) to[b] = from[a]!;
  }
}

// prettier-ignore
function loop16(
  from: Uint16Array, p: number, down: number, step: number,
  to: Uint16Array, q: number, toDown: number, toStep: number, rows: number, n: number,
): void {
  for (let r = 0; r < rows; r++) {
    for (let c = 0, a = p + r * down, b = q + r * toDown; c < n; c++, a += step, b += toStep) to[b] = from[a]!;
  }
}

// prettier-ignore
function loop8(
  from: Uint8Array, p: number, down: number, step: number,
  to: Uint8Array, q: number, toDown: number, toStep: number, rows: number, n: number,
): void {
  for (let r = 0; r < rows; r++) {
    for (let c = 0, a = p + r * down, b = q + r * toDown; c < n; c++, a += step, b += toStep) to[b] = from[a]!;
  }
}

// prettier-ignore
function loopAny(
  from: TypedArray, p: number, down: number, step: number,
  to: TypedArray, q: number, toDown: number, toStep: number, rows: number, n: number,
): void {
  for (let r = 0; r < rows; r++) {
    for (let c = 0, a = p + r * down, b = q + r * toDown; c < n; c++, a += step, b += toStep) to[b] = from[a]!;
  }
}
