import { plain } from './jsLoop.mjs';

/**
 * What plain JavaScript can do with care: exp(t) for t <= 0 by a table of 2^(i/64) and a polynomial (degree 3 where
 * results are float32, 5 for float64), and for a strided axis blocks of lanes that are walked row by row.
 */

const table = Float64Array.from({ length: 64 }, (_, i) => 2 ** (i / 64));
const powers = Float64Array.from({ length: 1076 }, (_, i) => 2 ** -i);
// ln2 / 64 in two parts: k * hi is exact
const steps = 64 / Math.LN2,
  hi = Math.round(Math.LN2 * 2 ** 36) / 2 ** 42,
  lo = Math.LN2 / 64 - hi + 2.3190468138462996e-17 / 64;

function exp32(t) {
  if (!(t > -104)) return t !== t ? t : 0;
  const k = (t * steps - 0.5) | 0,
    r = t - k * (Math.LN2 / 64);
  return table[k & 63] * powers[-(k >> 6)] * (1 + r * (1 + r * (0.5 + r * (1 / 6))));
}

function exp64(t) {
  if (!(t > -745)) return t !== t ? t : 0;
  const k = (t * steps - 0.5) | 0,
    r = t - k * hi - k * lo;
  const p = r * (1 + r * (0.5 + r * (1 / 6 + r * (1 / 24 + r * (1 / 120)))));
  const s = table[k & 63];
  return (s + s * p) * powers[-(k >> 6)];
}

/** The three functions with one exp written into them, so that each loop knows one exp and one array type. */
function functions(exp) {
  const block = 256,
    max = new Float64Array(block),
    sum = new Float64Array(block);

  function lane(x, y, start, end, keep) {
    let m = -Infinity,
      s0 = 0,
      s1 = 0,
      k = start;
    for (let k = start; k < end; k++) if (x[k] > m) m = x[k];
    if (keep) {
      for (; k + 1 < end; k += 2) {
        const a = exp(x[k] - m),
          b = exp(x[k + 1] - m);
        y[k] = a;
        y[k + 1] = b;
        s0 += a;
        s1 += b;
      }
      if (k < end) s0 += y[k] = exp(x[k] - m);
    } else {
      for (; k + 1 < end; k += 2) {
        s0 += exp(x[k] - m);
        s1 += exp(x[k + 1] - m);
      }
      if (k < end) s0 += exp(x[k] - m);
    }
    max[0] = m;
    return s0 + s1;
  }

  /** Maxima and sums of w lanes from `at` on, `length` rows that lie `inner` apart. */
  function lanes(x, y, at, w, length, inner, keep) {
    max.fill(-Infinity);
    sum.fill(0);
    for (let k = 0, row = at; k < length; k++, row += inner) {
      for (let i = 0; i < w; i++) if (x[row + i] > max[i]) max[i] = x[row + i];
    }
    for (let k = 0, row = at; k < length; k++, row += inner) {
      if (keep) for (let i = 0; i < w; i++) sum[i] += y[row + i] = exp(x[row + i] - max[i]);
      else for (let i = 0; i < w; i++) sum[i] += exp(x[row + i] - max[i]);
    }
  }

  /** rows(start, end, o) for each contiguous lane, or columns(at, w, o) for each block of strided ones. */
  function walk(outer, length, inner, rows, columns) {
    for (let o = 0; o < outer; o++) {
      const start = o * length * inner;
      if (inner === 1) rows(start, start + length, o);
      else for (let i = 0; i < inner; i += block) columns(start + i, Math.min(block, inner - i), o * inner + i);
    }
  }

  return {
    softmax(x, y, outer, length, inner) {
      walk(
        outer,
        length,
        inner,
        (start, end) => {
          const scale = 1 / lane(x, y, start, end, true);
          for (let k = start; k < end; k++) y[k] *= scale;
        },
        (at, w) => {
          lanes(x, y, at, w, length, inner, true);
          for (let i = 0; i < w; i++) sum[i] = 1 / sum[i];
          for (let k = 0, row = at; k < length; k++, row += inner) for (let i = 0; i < w; i++) y[row + i] *= sum[i];
        },
      );
    },
    logSoftmax(x, y, outer, length, inner) {
      walk(
        outer,
        length,
        inner,
        (start, end) => {
          const log = Math.log(lane(x, y, start, end, false)),
            m = max[0];
          for (let k = start; k < end; k++) y[k] = x[k] - m - log;
        },
        (at, w) => {
          lanes(x, y, at, w, length, inner, false);
          for (let i = 0; i < w; i++) sum[i] = Math.log(sum[i]);
          for (let k = 0, row = at; k < length; k++, row += inner)
            for (let i = 0; i < w; i++) y[row + i] = x[row + i] - max[i] - sum[i];
        },
      );
    },
    logsumexp(x, y, outer, length, inner) {
      walk(
        outer,
        length,
        inner,
        (start, end, o) => {
          const log = Math.log(lane(x, y, start, end, false));
          y[o] = max[0] + log;
        },
        (at, w, to) => {
          lanes(x, y, at, w, length, inner, false);
          for (let i = 0; i < w; i++) y[to + i] = max[i] + Math.log(sum[i]);
        },
      );
    },
  };
}

export const open = ({ dtype }) => plain(functions(dtype === 'float64' ? exp64 : exp32))();
