/** The plain loops that a user would write instead, one for each container and function of bench/forms.mjs. */

function largest(x) {
  let max = -Infinity;
  for (let i = 0; i < x.length; i++) if (x[i] > max) max = x[i];
  return max;
}

function softmax(x, y = new x.constructor(x.length), theta = 1) {
  const max = largest(x);
  let sum = 0;
  for (let i = 0; i < x.length; i++) sum += y[i] = Math.exp(theta * (x[i] - max));
  for (let i = 0; i < x.length; i++) y[i] /= sum;
  return y;
}

function logsumexp(x) {
  const max = largest(x);
  let sum = 0;
  for (let i = 0; i < x.length; i++) sum += Math.exp(x[i] - max);
  return max + Math.log(sum);
}

function logSoftmax(x) {
  const y = new x.constructor(x.length),
    total = logsumexp(x);
  for (let i = 0; i < x.length; i++) y[i] = x[i] - total;
  return y;
}

/** every second element */
function strided(data) {
  const n = data.length >> 1,
    y = new Float32Array(n);
  for (let i = 0; i < n; i++) y[i] = data[2 * i];
  return softmax(y, y);
}

function masked(x, mask) {
  const y = new Float32Array(x.length);
  let max = -Infinity,
    sum = 0;
  for (let i = 0; i < x.length; i++) if (mask[i] && x[i] > max) max = x[i];
  for (let i = 0; i < x.length; i++) if (mask[i]) sum += y[i] = Math.exp(x[i] - max);
  for (let i = 0; i < x.length; i++) y[i] /= sum;
  return y;
}

const nested = (rows) => rows.map((row) => softmax(row, new Array(row.length)));

function argmax(x) {
  let at = 0;
  for (let i = 1; i < x.length; i++) if (x[i] > x[at]) at = i;
  return at;
}

/** by insertion */
function topk(x, k) {
  const values = new Float32Array(k).fill(-Infinity),
    indices = new Int32Array(k);
  for (let i = 0; i < x.length; i++) {
    if (!(x[i] > values[k - 1])) continue;
    let at = k - 1;
    for (; at > 0 && x[i] > values[at - 1]; at--) {
      values[at] = values[at - 1];
      indices[at] = indices[at - 1];
    }
    values[at] = x[i];
    indices[at] = i;
  }
  return { values, indices };
}

/** a draw by the running sum */
function sample(x, e = softmaxTerms(x)) {
  let sum = 0,
    part = 0,
    i = 0;
  for (let j = 0; j < e.length; j++) sum += e[j];
  const wanted = Math.random() * sum;
  while (i < e.length - 1 && (part += e[i]) <= wanted) i++;
  return i;
}

function softmaxTerms(x) {
  const max = largest(x);
  return Float64Array.from(x, (v) => Math.exp(v - max));
}

/** the same of what topP keeps, by a sort of the places */
function sampleTopP(x, topP) {
  const e = softmaxTerms(x),
    order = Int32Array.from(x, (_, i) => i).sort((a, b) => e[b] - e[a]);
  let sum = 0,
    part = 0,
    kept = 0;
  for (let j = 0; j < e.length; j++) sum += e[j];
  while (part < topP * sum) part += e[order[kept++]];
  const some = order.subarray(0, kept);
  return some[
    sample(
      some,
      Float64Array.from(some, (i) => e[i]),
    )
  ];
}

/** what a sort of the numbers alone takes */
const sorted = (x) => x.slice().sort();

function lossGradient(x, label) {
  const y = softmax(x);
  y[label] -= 1;
  return y;
}

function softmaxGradient(y, dy) {
  const dx = new Float32Array(y.length);
  let sum = 0;
  for (let i = 0; i < y.length; i++) sum += y[i] * dy[i];
  for (let i = 0; i < y.length; i++) dx[i] = y[i] * (dy[i] - sum);
  return dx;
}

export const loops = {
  softmax,
  logsumexp,
  logSoftmax,
  strided,
  masked,
  nested,
  argmax,
  topk,
  sample,
  sampleTopP,
  sorted,
  lossGradient,
  softmaxGradient,
};
