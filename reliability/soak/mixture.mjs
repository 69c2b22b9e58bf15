// The calls of a soak: functions, dtypes, axes, fresh results and `out`, tensors made and disposed, refused calls.

/** Calls of a few to a hundred elements. Each gives its result. */
export function small(s) {
  const f32 = Float32Array.from(wave(10)),
    f64 = Float64Array.from(wave(10));
  const rows32 = Float32Array.from(wave(96)),
    rows64 = Float64Array.from(wave(96));
  const out32 = new Float32Array(96),
    out64 = new Float64Array(96);
  const half = Uint16Array.from({ length: 24 }, (_, i) => 0x3c00 + 16 * i),
    bytes = Int8Array.from(wave(24));
  const nested = [wave(5), wave(5, 1)],
    mask = rows32.map((_, i) => Number(i % 3 !== 0));
  const weights = wave(10, 2);
  const resident = s.tensor('float32', [8, 12], rows32),
    result = s.tensor('float32', [8, 12]);

  return [
    () => s.softmax(f32),
    () => s.softmax(f64),
    () => s.logSoftmax(f32),
    () => s.logSoftmax(f64),
    () => s.logsumexp(f32),
    () => s.logsumexp(f64),
    () => s.exp(f32),
    () => s.softmax(rows32),
    () => s.softmax(rows32, { out: out32 }),
    () => s.logSoftmax(rows64, { out: out64 }),
    () => s.softmax(rows32, { shape: [8, 12], axis: -1 }),
    () => s.softmax(rows32, { shape: [8, 12], axis: 0, out: out32 }),
    () => s.logSoftmax(rows64, { shape: [2, 4, 12], axis: 1 }),
    () => s.logsumexp(rows64, { shape: [2, 4, 12], axis: [0, 2], keepdims: true }),
    () => s.logsumexp(rows32, { shape: [8, 12], axis: 1, out: out32.subarray(0, 8) }),
    () => s.softmax({ data: rows32, shape: [6, 8], strides: [-8, 1], offset: 40 }, { axis: 0 }),
    () => s.softmax(rows32, { theta: 0.7 }),
    () => s.logSoftmax(rows64, { shape: [8, 12], axis: 0, theta: -2 }),
    () => s.softmax(rows32, { precision: 'exact', out: out32 }),
    () => s.softmax(rows32, { where: mask }),
    () => s.logsumexp(f64, { b: weights, returnSign: true }),
    () => s.softmax(half, { dtype: 'float16' }),
    () => s.softmax(bytes),
    () => s.softmax(nested, { axis: -1 }),
    () => s.logsumexp(nested, { axis: 0 }),
    () => s.softmax(resident, { axis: -1, out: result }).data.slice(),
    () => s.logSoftmax(resident, { axis: 0 }).data,
    () => withTensor(s, 'float32', [4, 6], (t) => s.softmax(t, { axis: 0, out: t }).data.slice()),
    () => withTensor(s, 'float64', [30], (t) => s.logsumexp(t)),
    () => s.argmax(rows32, { shape: [8, 12], axis: -1 }),
    () => s.topk(f32, 3),
    () => s.crossEntropy(rows32, [1, 2, 3, 4, 5, 6, 7, 8], { shape: [8, 12] }),
    () => refused(() => s.softmax(f32, { axis: 5 })),
    () => refused(() => s.softmax(f32, { out: out64 })),
    () => refused(() => withTensor(s, 'float32', [9], (t) => s.softmax(t, { theta: Infinity }))),
  ];
}

/** Calls of a hundred thousand to a million elements: batches, slices, streams. */
export function large(s) {
  const f32 = Float32Array.from(wave(1_000_000)),
    f64 = Float64Array.from(wave(600_000));
  const out32 = new Float32Array(1_000_000),
    out64 = new Float64Array(600_000);
  const half = Uint16Array.from({ length: 200_000 }, (_, i) => 0x3800 + (i % 2048)),
    mask = Uint8Array.from({ length: 1000 }, (_, i) => Number(i % 7 > 0));
  const some = f32.subarray(0, 200_000);

  return [
    () => s.softmax(f32),
    () => s.softmax(f32, { out: out32 }),
    () => s.softmax(f32, { shape: [1000, 1000], axis: -1 }),
    () => s.softmax(f32, { shape: [1000, 1000], axis: 0, out: out32 }),
    () => s.logSoftmax(f32, { shape: [20, 50, 1000], axis: 1, out: out32 }),
    () => s.logSoftmax(f64),
    () => s.softmax(f64, { shape: [600, 1000], axis: 0, out: out64 }),
    () => s.softmax(f64, { shape: [60_000, 10], axis: 0, theta: 0.3, out: out64 }),
    () => s.logsumexp(f32),
    () => s.logsumexp(f64, { shape: [600, 1000], axis: 0 }),
    () => s.exp(f32, { out: out32 }),
    () => s.softmax(some, { shape: [200, 1000], axis: -1, precision: 'exact' }),
    () => s.softmax(some, { shape: [200, 1000], axis: -1, where: mask }),
    () => s.softmax(half, { dtype: 'bfloat16', shape: [100, 2000], axis: -1 }),
    () => s.softmax(some, { shape: [200, 1000], axis: -1, out: f32.subarray(1, 200_001).slice() }),
    () => withTensor(s, 'float32', [400, 1000], (t) => s.softmax(t, { axis: -1, out: t }).data.slice()),
    () => withTensor(s, 'float64', [300_000], (t) => s.logSoftmax(t).data),
  ];
}

function wave(length, phase = 0) {
  return Array.from({ length }, (_, i) => 8 * Math.sin(1.3 * i + phase));
}

function withTensor(s, dtype, shape, use) {
  const t = s.tensor(dtype, shape);
  try {
    t.data.forEach((_, i, data) => (data[i] = Math.cos(i)));
    return use(t);
  } finally {
    t.dispose();
  }
}

function refused(call) {
  try {
    call();
  } catch (error) {
    return `${error.name}: ${error.message}`;
  }
  throw new Error(`${call} was not refused`);
}
