/** What is measured: shapes with the axis that is reduced, their inputs, and the reference that judges results. */

const shapes = [
  [[10], -1],
  [[100], -1],
  [[1000], -1],
  [[50_257], -1],
  [[100_000], -1],
  [[151_936], -1],
  [[1_000_000], -1],
  [[10_000_000], -1],
  [[1024, 10], -1],
  [[1024, 1000], -1],
  [[64, 32000], -1],
  [[8, 128256], -1],
  [[12, 512, 512], -1],
  [[1, 21, 512, 512], 1],
  [[4, 16, 8400], 1],
  [[1000, 1000], 0],
];
export const functions = ['softmax', 'logSoftmax', 'logsumexp'];
export const dtypes = ['float32', 'float64'];
/**
 * More logits of softmax, float32: what they are, and what is asked for.
 * @type {any[]}
 */
const variants = [
  [
    { theta: 1 / 0.7 },
    [[10], -1],
    [[1000], -1],
    [[50_257], -1],
    [[128_256], -1],
    [[151_936], -1],
    [[1024, 1000], -1],
    [[1000, 1000], 0],
  ],
  [{ masked: true }, [[1000], -1], [[32_000], -1], [[128_256], -1], [[12, 512, 512], -1]],
  [{ logits: 'peaked' }, [[1000], -1], [[128_256], -1], [[12, 512, 512], -1], [[1000, 1000], 0]],
  [{ logits: 'log-probabilities' }, [[1000], -1], [[128_256], -1], [[1024, 1000], -1]],
];
/** Rows that only a comparison of kernels asks for. */
const rows = [[64], [512], [32_000], [128_256]];
export const modes = ['fresh', 'into', 'resident'];

/** One workload; `dims` and `dim` are shape and axis with the neighbours merged and lengths of 1 dropped. */
export function workload(fn, dtype, shape, axis, mode, variant = {}) {
  const at = axis < 0 ? axis + shape.length : axis,
    product = (list) => list.reduce((a, b) => a * b, 1);
  const outer = product(shape.slice(0, at)),
    length = shape[at],
    inner = product(shape.slice(at + 1));
  const dims = [...(outer > 1 ? [outer] : []), length, ...(inner > 1 ? [inner] : [])];
  const { theta = 1, masked = false, logits = '' } = variant,
    note = [theta === 1 ? '' : ' theta 1/0.7', masked ? ' masked' : '', logits && ` ${logits}`].join('');
  const name = `${fn} ${dtype} [${shape}]${axis < 0 ? '' : ` axis ${axis}`}${note} ${mode}`;
  return {
    name,
    note,
    theta,
    masked,
    logits,
    fn,
    dtype,
    shape,
    axis,
    mode,
    outer,
    length,
    inner,
    dims,
    dim: outer > 1 ? 1 : 0,
    elements: outer * length * inner,
  };
}

/** All of them, sorted by element type so that a process sees one type only. */
export function workloads() {
  return dtypes.flatMap((dtype) =>
    modes.flatMap((mode) => [
      ...functions.flatMap((fn) => shapes.map(([shape, axis]) => workload(fn, dtype, shape, axis, mode))),
      ...(dtype === 'float32' ? more(mode) : []),
    ]),
  );
}

function more(mode) {
  if (mode === 'resident') return rows.map((shape) => workload('softmax', 'float32', shape, -1, mode));
  return variants.flatMap(([variant, ...list]) =>
    list.map(([shape, axis]) => workload('softmax', 'float32', shape, axis, mode, variant)),
  );
}

const quick = {
  'float32 fresh softmax': /\[(10|100|1000|100000|128256|1000000|1024,10|1024,1000|8,128256|1,21.*|4,16.*|1000,1000)\]/,
  'float32 fresh logSoftmax': /\[(1000|1024,10|8,128256|4,16.*)\]/,
  'float32 fresh logsumexp': /\[(1000|100000|1024,1000|4,16.*)\]/,
  'float32 into softmax': /\[(10|1000|128256|1000000|1024,1000|8,128256|4,16.*)\]/,
  'float32 resident softmax': /\[(64|1000|128256|1000000|1024,1000|4,16.*)\]/,
  'float64 fresh softmax': /\[(1000|1024,1000|4,16.*)\]/,
  'float64 fresh logSoftmax': /\[(1024,10)\]/,
  'float64 fresh logsumexp': /\[(100000)\]/,
};

export const isQuick = (w) => quick[`${w.dtype} ${w.mode} ${w.fn}`]?.test(`[${w.shape}]`) ?? false;

/**
 * Seeded logits, about N(0, 4^2): five uniforms from two steps of a generator (mulberry32). Peaked ones have the deviation 30;
 * log-probabilities are such that every lane adds up to about 1.
 */
export function logits({ dtype, elements, logits, length }) {
  const x = dtype === 'float64' ? new Float64Array(elements) : new Float32Array(elements);
  let state = 12345;
  const next = () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return (t ^ (t >>> 14)) >>> 0;
  };
  for (let i = 0; i < elements; i++) {
    const u = next();
    const unit = ((u & 255) + ((u >>> 8) & 255) + ((u >>> 16) & 255) + (u >>> 24) + next() / 2 ** 32 - 510.5) / 36.95;
    // the sum of exp of a normal deviate of deviation 4 is n exp(8), about
    x[i] = logits === 'peaked' ? unit * 7.5 : logits === 'log-probabilities' ? unit - 8 - Math.log(length) : unit;
  }
  return x;
}

/** The mask of a workload: one element in eight is hidden. */
export const maskOf = ({ elements }) =>
  Uint8Array.from({ length: elements }, (_, i) => ((i * 2654435761) >>> 13) % 8 && 1);

/**
 * The largest error of a result on up to 64 lanes, relative (for logarithms to at least 1). Throws if it is wrong; the
 * bound is wide, since libraries sum a million float32 to 1e-3 and give 1e-6 in float64.
 */
export function judge({ name, fn, dtype, outer, length, inner, theta = 1, mask = undefined }, logits, got) {
  const x =
    theta === 1 && !mask ? logits : Float64Array.from(logits, (v, i) => (mask && !mask[i] ? -Infinity : v * theta));
  const lanes = outer * inner,
    size = fn === 'logsumexp' ? lanes : lanes * length,
    step = Math.max(1, Math.floor(lanes / 61));
  if (got.length !== size) throw new Error(`${name}: ${got.length} results instead of ${size}`);
  let worst = 0;
  const compare = (value, wanted, floor) => {
    const error = Math.abs(value - wanted) / Math.max(Math.abs(wanted), floor);
    if (!(error <= worst)) worst = error;
  };
  if (fn === 'copy') got.forEach((value, i) => compare(value, x[i], 1));
  else
    for (let lane = 0; lane < lanes; lane += step) {
      const start = Math.floor(lane / inner) * length * inner + (lane % inner),
        end = start + length * inner;
      let max = -Infinity,
        sum = 0;
      for (let i = start; i < end; i += inner) max = Math.max(max, x[i]);
      for (let i = start; i < end; i += inner) sum += Math.exp(x[i] - max);
      const log = Math.log(sum);
      if (fn === 'logsumexp') compare(got[lane], max + log, 1);
      else if (fn === 'softmax')
        for (let i = start; i < end; i += inner) compare(got[i], Math.exp(x[i] - max) / sum, 1e-30);
      else for (let i = start; i < end; i += inner) compare(got[i], x[i] - max - log, 1);
    }
  if (!(worst <= (dtype === 'float64' ? 1e-4 : 1e-2))) throw new Error(`wrong result, error ${worst}`);
  return worst;
}
