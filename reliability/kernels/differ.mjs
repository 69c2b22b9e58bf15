// Runs every kernel of a mutant and of the build as it is on the same numbers: the largest difference of their results, in
// units of the last place, and which kernel has it. 0 over all calls hints at an equivalent mutant, a few units at one within the bounds.
const kinds = ['softmax', 'logSoftmax', 'logsumexp'];
const shapes = [
  ...Array.from({ length: 70 }, (_, n) => [1 + (n % 3), n, 1]),
  ...Array.from({ length: 40 }, (_, n) => [1 + (n % 2), n, 1 + ((n * 7) % 37)]),
  [70, 10, 1], [65, 31, 1], [130, 32, 1], [3, 33, 1], [1, 255, 1], [1, 511, 1], [1, 1025, 1], [2, 2047, 1], [1, 4100, 1], [1, 9001, 1],
  [1, 3, 511], [2, 5, 513], [1, 21, 1030], [1, 130, 600], [1, 70, 64], [2, 300, 21], [1, 1030, 7], [3, 40, 300], [1, 2048, 5],
]; // prettier-ignore
const fills = [
  (r) => 4 * (r() + r() + r() - 1.5),
  (r) => 100 * (r() - 0.5),
  (r) => 1e3 + 30 * r(),
  (r) => 2000 * (r() - 0.5),
  (r, i) => (i % 97 === 13 ? -Infinity : 8 * r()),
  (r, i) => (i % 5 === 0 ? -1e30 : r()),
  (r, i) => (i % 211 === 7 ? NaN : i % 307 === 9 ? Infinity : 3 * r()),
  (r, i) => (i % 7 === 3 ? 40 : -60 * r()),
];

/** The exports of an instance; the functions that are called are added to `called`. */
const watched = (exports, called) =>
  Object.fromEntries(
    Object.entries(exports).map(([name, value]) => [
      name,
      typeof value !== 'function' ? value : (...given) => (called.add(name), value(...given)),
    ]),
  );

const unit = {
  2: () => 1, // bits of float16
  4: (v) => Math.max(2 ** (Math.floor(Math.log2(Math.abs(v))) - 23), 2 ** -149),
  8: (v) => Math.max(2 ** (Math.floor(Math.log2(Math.abs(v))) - 52), 2 ** -1074),
};

/** Numbers of any size become probabilities. */
function distribution(y) {
  const sizes = Float64Array.from(y, (v) => (Number.isFinite(v) ? Math.abs(v) : 0)),
    sum = sizes.reduce((all, v) => all + v, 0);
  y.set(sizes.map((v) => (sum === 0 ? 1 / y.length : v / sum)));
}

/** Numbers of any size become logarithms of probabilities. */
function logarithms(y) {
  distribution(y);
  y.set(y.map(Math.log));
}

export function differ(original, mutant) {
  const called = new Set(['allocate', 'release', 'fused']),
    [a, b] = [original, mutant].map((code) =>
      watched(new WebAssembly.Instance(new WebAssembly.Module(code)).exports, called),
    );
  let state = 1,
    calls = 0,
    changed = 0,
    worst = 0,
    where = '';
  const draw = () => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0) / 2 ** 32;
  const SIZE = 1 << 19,
    at = [a, b].map((k) => k.allocate(SIZE + 64));
  if (at[0] !== at[1]) return { calls, changed: 1, worst: Infinity, where: 'allocate' };
  const x = at[0],
    y = x + SIZE / 2;
  const report = y + SIZE / 4;
  /** one call on n elements; `outputs`: of which type, where, and how many */
  const run = (name, View, n, outputs, call) => {
    const fill = fills[calls % fills.length],
      input = View.from({ length: n }, (_, i) => fill(draw, i));
    calls++;
    const [wanted, got] = [a, b].map((k) => {
      new View(k.memory.buffer, x, n).set(input);
      call(k);
      return outputs.map(([Type, at, m]) => new Type(k.memory.buffer, at, m).slice());
    });
    let differs = false;
    outputs.forEach(([Type, , m], o) => {
      for (let i = 0; i < m; i++) {
        const value = got[o][i],
          right = wanted[o][i];
        if (Object.is(value, right)) continue;
        differs = true;
        const by = Math.abs(value - right) / unit[Type.BYTES_PER_ELEMENT](right);
        if (!(by <= worst)) [worst, where] = [Number.isNaN(by) ? Infinity : by, name];
      }
    });
    if (differs) changed++;
  };
  try {
    all();
  } catch (error) {
    return { calls, changed: changed + 1, worst: Infinity, where: String(error) };
  }
  const never = Object.keys(a).filter((name) => typeof a[name] === 'function' && !called.has(name));
  if (never.length > 0) throw new Error(`differ.mjs calls every kernel but ${never.join(', ')}`);
  return { calls, changed, worst, where };

  /** some bytes of 0 and 1 */
  function mask(k) {
    const at = report + 1024;
    new Uint8Array(k.memory.buffer, at, 16384).forEach(
      (_, i, bytes) => (bytes[i] = i % 3 === 1 || i % 7 === 2 ? 0 : 1),
    );
    return at;
  }

  /** The result of a kernel, where those that go to memory are looked for. */
  function returned(k, value) {
    new Float64Array(k.memory.buffer, report, 1)[0] = Number(value);
  }

  /** Of three lanes of n elements, y and behind them dy: the gradients, and how many lanes were done. */
  function slopes(name, View, n, change, call) {
    const size = 3 * n;
    run(
      `${name} ${View.BYTES_PER_ELEMENT} ${n}`,
      View,
      2 * size,
      [
        [View, x, size],
        [Float64Array, report, 1],
      ],
      (k) => {
        const y = new View(k.memory.buffer, x, size);
        for (let from = 0; from < size; from += n) change(y.subarray(from, from + n));
        returned(k, call(k, View.BYTES_PER_ELEMENT, x + size * View.BYTES_PER_ELEMENT));
      },
    );
  }

  /** The steps of src/run/columns.ts, in place, on two parts of the rows. */
  function stream(columns, kind, bytes, n, i) {
    const half = n >> 1,
      rest = x + half * i * bytes;
    columns(0, kind, x, 0, i);
    for (const step of kind === 2 ? [1, 3] : [1, 3, 5]) {
      columns(step, kind, x, half, i);
      columns(step, kind, rest, n - half, i);
      columns(step + 1, kind, x, 0, i);
    }
  }

  function all() {
    for (let round = 0; round < fills.length; round++) {
      for (const [o, n, i] of shapes) {
        for (const [number, kind] of kinds.entries()) {
          const elements = o * n * i,
            m = kind === 'logsumexp' ? o * i : elements,
            theta = [1, -1.25, 1.75][calls % 3];
          run(`${kind}F32 ${[o, n, i]}`, Float32Array, elements, [[Float32Array, y, m]], (k) =>
            k.lanesF32(number, x, y, o, n, i, Math.abs(theta)),
          );
          if (elements * 8 > SIZE / 2) continue;
          const power = theta === 1 ? 1 : 0.5;
          run(`${kind}F64 ${[o, n, i]}`, Float64Array, elements, [[Float64Array, y, m]], (k) =>
            k.lanesF64(number, x, y, o, n, i, theta, power),
          );
          run(`${kind}Exact ${[o, n, i]}`, Float32Array, elements, [[Float32Array, y, m]], (k) =>
            k.lanesExact(number, x, y, o, n, i, theta),
          );
        }
      }
      for (const [n, i] of [
        [9, 1],
        [40, 3],
        [130, 7],
        [33, 20],
        [50, 70],
      ]) {
        for (const [number, kind] of kinds.entries()) {
          run(`columnsF32 ${kind} ${[n, i]}`, Float32Array, n * i, [[Float32Array, x, number === 2 ? i : n * i]], (k) =>
            stream((...call) => k.columnsF32(...call, 1.75), number, 4, n, i),
          );
          run(`columnsF64 ${kind} ${[n, i]}`, Float64Array, n * i, [[Float64Array, x, number === 2 ? i : n * i]], (k) =>
            stream(k.columnsF64, number, 8, n, i),
          );
        }
      }
      for (const n of [1, 2, 3, 4, 5, 7, 8, 15, 16, 17, 33, 64, 100, 1023, 4096, 4099]) {
        const f32 = [[Float32Array, y, n]],
          f64 = [[Float64Array, y, n]];
        run(`expF32 ${n}`, Float32Array, n, f32, (k) => k.expF32(x, y, n));
        run(`expF64 ${n}`, Float64Array, n, f64, (k) => k.expF64(x, y, n));
        run(`hideF32 ${n}`, Float32Array, n, [[Float32Array, x, n]], (k) => k.hideF32(x, mask(k), n, 7));
        run(`hideF64 ${n}`, Float64Array, n, [[Float64Array, x, n]], (k) => k.hideF64(x, mask(k), n, 7));
        run(`subtractF32 ${n}`, Float32Array, n, f32, (k) => k.subtractF32(x, y, n, 1.5, 0.25, 2 ** -60, 1.75));
        run(`subtractF64 ${n}`, Float64Array, n, f64, (k) => k.subtractF64(x, y, n, 1.5, 0.25, 2 ** -60, -1.5, 2));
        const theta = [1, -1.25, 1.75][calls % 3];
        run(`scaleF32 ${n}`, Float32Array, n, [[Float32Array, x, n]], (k) => k.scaleF32(x, n, 1.5, 2 ** -30, 3, 4));
        run(`scaleF64 ${n}`, Float64Array, n, [[Float64Array, x, n]], (k) => k.scaleF64(x, n, 1.5, 2 ** -60, 3, 4));
        run(`scaleExact ${n}`, Float64Array, n, f32, (k) => k.scaleExact(x, y, n, 1.5));
        run(`subtractExact ${n}`, Float32Array, n, f32, (k) => k.subtractExact(x, y, n, 1.5, 0.25, theta));
        run(`maskedF32 ${n}`, Float32Array, 3 * n, [[Float32Array, x, 3 * n]], (k) =>
          k.maskedF32(x, mask(k), 3, n, Math.abs(theta)),
        );
        for (const half of [0, 1]) {
          run(`widen16 ${half} ${n}`, Uint16Array, n, f32, (k) => {
            const bits = new Uint16Array(k.memory.buffer, x, n);
            bits.forEach((v, i) => (bits[i] = 40503 * v + 7 * i));
            k.widen16(half, x, y, n);
          });
          run(`narrow16 ${half} ${n}`, Float32Array, n, [[Uint16Array, y, n]], (k) => k.narrow16(half, x, y, n));
        }
        const one = [[Float64Array, report, 1]],
          picked = [...one, [Float64Array, y, n >> 3], [Int32Array, report + 1024, n >> 3]];
        for (const [View, type] of [
          [Float32Array, 'F32'],
          [Float64Array, 'F64'],
        ]) {
          const end = x + n * View.BYTES_PER_ELEMENT;
          run(`find${type} ${n}`, View, n, one, (k) => returned(k, k[`find${type}`](x, end, 3.5)));
          run(`pick${type} ${n}`, View, n, picked, (k) =>
            returned(k, k[`pick${type}`](x, n, 3.5, 7, y, report + 1024)),
          );
          slopes('gradients', View, n, distribution, (k, bytes, dy) =>
            k.gradients(bytes, x, dy, 3, n, -1.25, calls % 2 ? 1e9 : 1e-3),
          );
          slopes('logGradients', View, n, logarithms, (k, bytes, dy) => {
            const p = Float64Array.from(new View(k.memory.buffer, x, 3 * n), Math.exp);
            new Float64Array(k.memory.buffer, y, 3 * n).set(p);
            return k.logGradients(bytes, x, dy, y, 3, n, theta);
          });
          slopes('labelGradients', View, n, distribution, (k, bytes) =>
            k.labelGradients(bytes, x, n, n >> 1, theta, calls % 2 ? 1 : 2 ** 600),
          );
        }
        run(`isMask ${n}`, Uint8Array, n, one, (k) => {
          const bytes = new Uint8Array(k.memory.buffer, x, n);
          bytes.forEach((v, i) => (bytes[i] = v & (i === n - 1 ? 2 : 1)));
          returned(k, k.isMask(x, n));
        });
        for (const kind of [0, 1, 2]) {
          const found = [Float64Array, report, 6]; // e goes to y for softmax alone
          run(`blockF32 ${kind} ${n}`, Float32Array, n, kind === 0 ? [found, ...f32] : [found], (k) =>
            k.blockF32(kind, x, y, n, report, 1.75, 0),
          );
          run(`blockF32 masked ${kind} ${n}`, Float32Array, n, kind === 0 ? [found, ...f32] : [found], (k) =>
            k.blockF32(kind, x, y, n, report, 1.75, kind === 0 ? mask(k) : 0),
          );
          run(`blockExact ${kind} ${n}`, Float32Array, n, kind === 0 ? [found, ...f64] : [found], (k) =>
            k.blockExact(kind, x, y, n, report, 1.25),
          );
          run(`blockF64 ${kind} ${n}`, Float64Array, n, kind === 0 ? [found, ...f64] : [found], (k) =>
            k.blockF64(kind, x, y, n, report, 1.25, 1),
          );
        }
      }
    }
  }
}
