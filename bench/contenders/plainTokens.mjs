/** topk and sampling as one writes them in plain JavaScript: a sort of all places, loops over typed arrays. */

/** The places of the k largest, largest first. */
export function topk(x, k) {
  return Uint32Array.from(x.keys())
    .sort((a, b) => x[b] - x[a] || a - b)
    .subarray(0, k);
}

/** An index by probabilities. */
export function pick(p) {
  let sum = 0;
  for (let i = 0; i < p.length; i++) sum += p[i];
  let left = Math.random() * sum;
  for (let i = 0; i < p.length; i++) if ((left -= p[i]) < 0) return i;
  return p.length - 1;
}

export function sample(x) {
  let top = -Infinity;
  for (let i = 0; i < x.length; i++) top = Math.max(top, x[i]);
  const e = new Float64Array(x.length);
  for (let i = 0; i < x.length; i++) e[i] = Math.exp(x[i] - top);
  return pick(e);
}

export function sampleTopK(x, k) {
  const places = topk(x, k);
  return places[sample(Float32Array.from(places, (place) => x[place]))];
}

export function sampleTopP(x, topP) {
  const places = topk(x, x.length),
    e = Float64Array.from(places, (place) => Math.exp(x[place] - x[places[0]])),
    share = topP * e.reduce((a, b) => a + b, 0);
  let n = 0;
  for (let part = 0; part < share; n++) part += e[n];
  return places[pick(e.subarray(0, n))];
}
