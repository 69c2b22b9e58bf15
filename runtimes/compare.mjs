// What the cases compare with. No assumption on the host, no case of its own.

/** The numbers of any container, in row-major order. */
export const flat = (y) =>
  typeof y === 'number' ? [y] : Array.isArray(y) ? y.flatMap(flat) : y.data ? [...y.data] : [...y];

const near = (a, b, tolerance) =>
  a === b ||
  (a !== a && b !== b) ||
  Math.abs(a - b) <= tolerance * Math.abs(b) ||
  Math.abs(a - b) <= tolerance * 1e-290;

/** Numbers against numbers, whatever holds them. */
export function same(got, want, tolerance, absolute = 0) {
  if (got.length !== want.length) throw new Error(`${got.length} results instead of ${want.length}`);
  for (let i = 0; i < want.length; i++) {
    if (near(got[i], want[i], tolerance) || Math.abs(got[i] - want[i]) <= absolute) continue;
    throw new Error(`element ${i} is ${got[i]} instead of ${want[i]}`);
  }
}

const kindOf = (value) => Object.prototype.toString.call(value).slice(8, -1);

/** Containers too: the same nesting, the same class of array, the same fields. */
export function alike(got, want, tolerance = 0, path = 'the result') {
  if (kindOf(got) !== kindOf(want)) throw new Error(`${path} is of the kind ${kindOf(got)} instead of ${kindOf(want)}`);
  if (typeof want === 'number') return same([got], [want], tolerance);
  if (typeof want !== 'object') {
    if (got !== want) throw new Error(`${path} is ${String(got)} instead of ${String(want)}`);
    return;
  }
  const [fields, wanted] = [got, want].map((each) => Object.keys(each).sort().join());
  if (fields !== wanted) throw new Error(`${path} has ${fields || 'nothing'} instead of ${wanted || 'nothing'}`);
  for (const key of Object.keys(want)) alike(got[key], want[key], tolerance, `${path}.${key}`);
}

export function is(condition, what) {
  if (!condition) throw new Error(what);
}

/** A call has to throw this kind of error, with the name of the function in front. */
export function refused(kind, name, call) {
  try {
    call();
  } catch (error) {
    if (!(error instanceof kind) || !error.message.startsWith(`${name}: `)) throw error;
    return;
  }
  throw new Error('it is taken');
}

/** Short text of arguments, for the name of a case. */
export const show = (value) => (JSON.stringify(value, plain) ?? String(value)).slice(0, 60);
function plain(_, v) {
  if (ArrayBuffer.isView(v)) return `${kindOf(v)} of ${Array.prototype.join.call(v, ', ')}`; // detached ones too
  return typeof v === 'bigint' ? `${v}n` : typeof v === 'function' ? 'f' : v !== v ? 'NaN' : v;
}

/** Numbers that are the same on every host: a linear congruence, no Math. Its sum of four is near enough to normal. */
function source(seed) {
  let state = seed | 0;
  const uniform = () => ((state = (Math.imul(state, 1664525) + 1013904223) | 0) >>> 8) / 16777216;
  return (scale) => (uniform() + uniform() + uniform() + uniform() - 2) * scale;
}
export const logits = (type, n, seed, scale = 6, next = source(seed)) => new type(n).map(() => next(scale));
