// The requests of a load, and what has to come back. The answers are computed here, by a plain loop in float64.

const megabyte = 2 ** 20;
const floats = { 'content-type': 'application/octet-stream' };
const json = { 'content-type': 'application/json' };
/** relative, of every probability: float32 within 6 ULP; float64 within a few ULP of both, and of the exponents' rounding */
export const tolerances = { float32: 1e-6, float64: 1e-13 };

const random = seeded(11);
const kinds = [
  ...some(12, () => fromJson(1, 10)),
  ...some(6, () => fromJson(4, 10)),
  ...some(4, () => fromJson(16, 100)),
  ...some(8, () => fromFloats(1, 10)),
  ...some(8, () => fromFloats(1, 1000)),
  ...some(4, () => fromFloats(64, 1000)),
  ...some(2, () => fromFloats(1, 32_000)),
  ...some(1, () => fromFloats(8, 32_000)),
  ...malformed(),
];
export const requests = shuffled(kinds);

function fromJson(rows, length) {
  const logits = Array.from({ length: rows }, () => Array.from({ length }, () => 20 * random() - 10)),
    temperature = pick([1, 0.5, 2]);
  const wanted = logits.map((row) => plain(row, temperature));
  return {
    kind: `JSON [${rows}, ${length}]`,
    headers: json,
    body: JSON.stringify({ logits, temperature }),
    right(status, body) {
      if (status !== 200) return false;
      const got = JSON.parse(body).probabilities;
      return got.length === rows && wanted.every((row, i) => close(got[i], row, tolerances.float64));
    },
  };
}

function fromFloats(rows, length) {
  const logits = Float32Array.from({ length: rows * length }, () => 20 * random() - 10),
    temperature = pick([1, 0.5, 2]);
  const wanted = Array.from({ length: rows }, (_, i) =>
    plain(Array.from(logits.subarray(i * length, (i + 1) * length)), temperature),
  ).flat();
  return {
    kind: `float32 [${rows}, ${length}]`,
    path: `/?length=${length}&temperature=${temperature}`,
    headers: floats,
    body: Buffer.from(logits.buffer),
    right(status, body) {
      if (status !== 200 || body.length !== wanted.length * 4) return false;
      const got = new Float32Array(new Uint8Array(Buffer.from(body, 'latin1')).buffer);
      return close(got, wanted, tolerances.float32);
    },
  };
}

function malformed() {
  const refused = (wanted) => (status, body) => status === wanted && JSON.parse(body).error.length > 0;
  const bad = (rest) => ({ kind: 'malformed', headers: json, right: refused(400), ...rest });
  return [
    bad({ body: '{"logits": [[1, 3, 2], [1]]}' }),
    bad({ body: '{"logits": [[1, "3", 2]]}' }),
    bad({ body: '{"logits": [1, 2], "temperature": 0}' }),
    bad({ body: '{"logits": {"data": [1, 2], "shape": [1e9, 1e9]}}' }),
    bad({ body: '{"logits": [1, 2' }),
    bad({ body: 'null' }),
    bad({ body: Buffer.alloc(24), headers: floats, path: '/?length=5' }),
    bad({ body: Buffer.alloc(23), headers: floats }),
    bad({ body: Buffer.alloc(24), headers: floats, path: '/?length=-3' }),
    bad({ body: Buffer.alloc(24), headers: floats, path: '/?length=1e300' }),
    { kind: 'too large', headers: floats, body: Buffer.alloc(megabyte + 4), right: refused(413) },
  ];
}

function plain(row, temperature) {
  const max = Math.max(...row),
    terms = row.map((v) => Math.exp((v - max) / temperature));
  const sum = terms.reduce((a, b) => a + b, 0);
  return terms.map((term) => term / sum);
}

function close(got, wanted, tolerance) {
  if (got?.length !== wanted.length) return false;
  for (let i = 0; i < wanted.length; i++) {
    if (!(Math.abs(got[i] - wanted[i]) <= tolerance * wanted[i])) return false; // a NaN is not close
  }
  return true;
}

function some(count, make) {
  return Array.from({ length: count }, make);
}

function pick(list) {
  return list[Math.floor(random() * list.length)];
}

function shuffled(list) {
  return list.map((value) => [random(), value]).sort(([a], [b]) => a - b).map(([, value]) => value); // prettier-ignore
}

/** Random numbers in [0, 1) that are the same in every run (a linear congruential generator). */
function seeded(state) {
  return () => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0) / 2 ** 32;
}
