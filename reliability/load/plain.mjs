// What a service has without the library: the loop that everyone writes, with the checks that it cannot do without.

export function softmax(x, { theta, out }) {
  if (!Number.isFinite(theta)) throw new RangeError('the temperature must not be 0');
  if (out !== undefined) {
    const [rows, length] = out.shape;
    for (let row = 0; row < rows; row++) softmaxRow(x.data, out.data, row * length, length, theta);
    return out;
  }
  if (!Array.isArray(x)) throw new TypeError('logits must be an array');
  if (!x.every(Array.isArray)) return plainRow(x, theta);
  if (x.some((row) => row.length !== x[0].length)) throw new TypeError('logits must not be ragged');
  return x.map((row) => plainRow(row, theta));
}

export function tensor(dtype, shape) {
  if (!shape.every((n) => Number.isSafeInteger(n) && n >= 0)) throw new RangeError('not whole rows');
  return { data: new Float32Array(shape[0] * shape[1]), shape, dispose() {} };
}

function plainRow(row, theta) {
  if (!row.every((v) => typeof v === 'number')) throw new TypeError('logits must be numbers');
  const y = new Array(row.length);
  softmaxRow(row, y, 0, row.length, theta);
  return y;
}

function softmaxRow(x, y, start, length, theta) {
  const end = start + length;
  let max = -Infinity,
    sum = 0;
  for (let i = start; i < end; i++) if (theta * x[i] > max) max = theta * x[i];
  for (let i = start; i < end; i++) sum += y[i] = Math.exp(theta * x[i] - max);
  for (let i = start; i < end; i++) y[i] /= sum;
}
