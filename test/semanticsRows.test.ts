import { expect, test } from 'vitest';
import { eachBuild } from './support/eachBuild.ts';

// docs/semantics.md row by row: each test has the name of its row. The depth is elsewhere (semantics, accuracy, layout, rejected,
// containers, companions and the fuzz tests); here one can see that no row is without a test, on any build.

type Any = (...args: unknown[]) => any;
const { NaN: nan, Infinity: inf, LN2: ln2 } = { NaN, Infinity, LN2: Math.LN2 };
const floats = [Float32Array, Float64Array] as const;

function close(got: unknown, want: unknown): void {
  const flat = (v: any): number[] => (typeof v === 'number' ? [v] : Array.from(v.data ?? v).flatMap(flat as never));
  const a = flat(got), b = flat(want); // prettier-ignore
  expect(a.length).toBe(b.length);
  a.forEach((v, i) => (Number.isFinite(b[i]) ? expect(v).toBeCloseTo(b[i]!, 6) : expect(v).toBe(b[i])));
}
/** Throws an error of the kind, with all of these texts in it. */
function refuses(call: () => unknown, Kind: ErrorConstructor, ...texts: string[]): void {
  expect(call).toThrow(Kind);
  for (const text of texts) expect(call).toThrow(text);
}

eachBuild('the rows of docs/semantics.md', (build) => {
  const s = build as unknown as Record<string, Any>;
  const softmax = s['softmax']!, logSoftmax = s['logSoftmax']!, logsumexp = s['logsumexp']!; // prettier-ignore
  const x = [[0, ln2], [ln2, 0]], y = [[1 / 3, 2 / 3], [2 / 3, 1 / 3]], sums = [Math.log(3), Math.log(3)], last = { axis: -1 }; // prettier-ignore

  const rows: Record<string, Record<string, () => void>> = {
    functions: {
      'softmax(x, o): exp(x_j) / sum_k exp(x_k) over the lane; as x': () => close(softmax(x, last), y),
      'logSoftmax(x, o): x_j - logsumexp(lane); as x': () => close(logSoftmax(x, last), y.map((row) => row.map(Math.log))), // prettier-ignore
      'logsumexp(x, o): log(sum_k b_k exp(x_k)); lane axes removed, or kept with length 1': () => {
        close(logsumexp(x, last), sums);
        close(logsumexp(x, { ...last, b: [1, 3] }), [Math.log(7), Math.log(5)]);
        expect(logsumexp({ data: new Float32Array(6), shape: [2, 3] }, { axis: 0, keepdims: true }).shape).toEqual([
          1, 3,
        ]);
      },
      'exp(x, o): element by element; as x': () => close(s['exp']!(x), [[1, 2], [2, 1]]), // prettier-ignore
      'argmax(x, o): index of the first maximum (NaN wins); lane axes removed or kept': () => {
        expect(s['argmax']!([[1, 2, 2], [3, nan, 4]], last)).toEqual([1, 1]); // prettier-ignore
        expect(s['argmax']!([[1, 2, 2]], { ...last, keepdims: true })).toEqual([[1]]);
      },
      "oneHot(labels, classes): 0/1 rows; labels' shape + [classes]": () =>
        expect(s['oneHot']!([[2], [0]], 3)).toEqual([[[0, 0, 1]], [[1, 0, 0]]]),
      'topk(x, k, o): largest first, ties by lower index; lane axis has length k': () =>
        expect(s['topk']!([[3, 7, 7, 1]], 3, last)).toEqual({ values: [[7, 7, 3]], indices: [[1, 2, 0]] }),
      'sample(logits, o): indices drawn from softmax(theta logits); the axis removed, or count on a last one': () => {
        expect(s['sample']!([[ln2, 0], [0, ln2]], { random: () => 0.5 })).toEqual([0, 1]); // prettier-ignore
        expect(s['sample']!([ln2, 0], { count: 2, random: () => 0.7 })).toEqual([1, 1]);
      },
      "crossEntropy(logits, target, o): class indices or probabilities, PyTorch's meanings": () => {
        close(s['crossEntropy']!([1, 3, 2], 1), 0.4076059644443804);
        close(s['crossEntropy']!([1, 3, 2], [0, 1, 0]), 0.4076059644443804);
        close(s['crossEntropy']!(x, [1, 1], { reduction: 'none' }), [Math.log(1.5), Math.log(3)]);
        close(s['crossEntropy']!(x, [1, 1], { reduction: 'sum', classWeights: [1, 2] }), 2 * Math.log(4.5));
        close(s['crossEntropy']!(x, [1, 7], { ignoreIndex: 7 }), Math.log(1.5));
        close(s['crossEntropy']!(x, [1, 0], { labelSmoothing: 0.5 }), 0.75 * Math.log(1.5) + 0.25 * Math.log(3));
      },
      'softmaxGradient: y (dy - sum y dy); logSoftmaxGradient: dy - exp(y) sum dy; as y': () => {
        close(s['softmaxGradient']!([0.25, 0.75], [1, 0]), [0.1875, -0.1875]);
        close(s['logSoftmaxGradient']!([Math.log(0.25), Math.log(0.75)], [1, 0]), [0.75, -0.75]);
      },
      'crossEntropyGradient: gradient of crossEntropy by the logits, same options; as logits': () => {
        close(s['crossEntropyGradient']!([0, 0], 0), [-0.5, 0.5]);
        close(s['crossEntropyGradient']!(x, [1, 0], { reduction: 'sum', theta: -1 }), [[-2 / 3, 2 / 3], [2 / 3, -2 / 3]]); // prettier-ignore
      },
      "every label ignored: 'mean' NaN, 'sum' 0, gradient 0": () => {
        expect(s['crossEntropy']!(x, [-100, -100])).toBeNaN();
        expect(s['crossEntropy']!(x, [-100, -100], { reduction: 'sum' })).toBe(0);
        expect(s['crossEntropyGradient']!(x, [-100, -100])).toEqual([[0, 0], [0, 0]]); // prettier-ignore
      },
      'a theta given to a gradient multiplies the result': () => {
        for (const name of ['softmaxGradient', 'logSoftmaxGradient']) {
          close(s[name]!([0.25, 0.75], [1, 0], { theta: 3 }), s[name]!([0.25, 0.75], [3, 0]));
        }
      },
    },

    axis: {
      'default null = the whole array is one lane, for all functions but crossEntropy': () => {
        close(
          softmax(x),
          [1, 2, 2, 1].map((v) => v / 6),
        );
        close(logsumexp(x), Math.log(6));
        expect(s['argmax']!([[1, 2], [3, 0]])).toBe(2); // prettier-ignore
        expect(s['topk']!([[1, 2], [3, 0]], 1)).toEqual({ values: [3], indices: [2] }); // prettier-ignore
        close(s['softmaxGradient']!([[0.5, 0.5]], [[1, 0]]), [[0.25, -0.25]]);
        expect(s['crossEntropy']!(x, [0, 0])).toBe(s['crossEntropy']!(x, [0, 0], { axis: -1 }));
      },
      'negative counts from the end': () => expect(softmax(x, { axis: -2 })).toEqual(softmax(x, { axis: 0 })),
      'a list = one lane over those axes together, adjacent or not, in any order': () => {
        const data = Float64Array.from({ length: 12 }, (_, i) => Math.sin(i)), shape = [2, 3, 2]; // prettier-ignore
        const lane = (j: number): number =>
          Math.log([0, 1, 6, 7].reduce((sum, p) => sum + Math.exp(data[p + 2 * j]!), 0));
        for (const axis of [[0, 2], [2, 0], [-1, 0]]) close(logsumexp(data, { shape, axis }), [0, 1, 2].map(lane)); // prettier-ignore
        expect(softmax(data, { shape, axis: [0, 1] })).toEqual(softmax(data, { shape: [6, 2], axis: 0 }));
      },
      '[] = every element its own lane (softmax 1, logSoftmax 0, logsumexp x)': () =>
        expect([softmax(x, { axis: [] }), logSoftmax(x, { axis: [] }), logsumexp(x, { axis: [] })]).toEqual([[[1, 1], [1, 1]], [[0, 0], [0, 0]], x]), // prettier-ignore
      'out of range, not an integer, or a duplicate: RangeError that names the axis, the rank and the shape': () => {
        for (const axis of [2, -3, 0.5, [0, 2], [0, -2]]) refuses(() => softmax(x, { axis }), RangeError, 'axis', 'rank 2', 'shape [2, 2]'); // prettier-ignore
      },
      'wrong kind (string, NaN, bigint): TypeError': () => {
        for (const axis of ['0', nan, 0n, [nan], ['0']])
          refuses(() => softmax(x, { axis }), TypeError, 'softmax: axis');
      },
      'SciPy = defaults': () => close(logsumexp([[1, 2], [3, 4]], { b: [[1, 0], [0, 2]] }), Math.log(Math.E + 2 * Math.exp(4))), // prettier-ignore
      'TensorFlow, ONNX, tfjs = axis: -1; PyTorch = axis: dim': () => close(softmax(x, { axis: 0 }), y),
      'theta-softmax of the Python gists = theta and the first axis longer than 1': () => {
        const shape = [1, 2, 2];
        close(
          softmax(Float64Array.of(0, 2 * ln2, 2 * ln2, 0), { shape, theta: 0.5, axis: shape.findIndex((n) => n > 1) }),
          y,
        );
      },
    },

    numbers: {
      'Float32Array: float32': () => expect(softmax(Float32Array.of(1, 2))).toBeInstanceOf(Float32Array),
      'Float64Array, number, number[], nested number[]: float64': () => {
        expect(softmax(Float64Array.of(1, 2))).toEqual(Float64Array.from(softmax([1, 2])));
        expect(softmax([[1, 2]])).toEqual([softmax([1, 2])]);
        expect(logsumexp(0.1)).toBe(0.1);
      },
      "Uint16Array with dtype 'float16' or 'bfloat16': same storage, rounded once": () => {
        expect(softmax(Uint16Array.of(0x3c00, 0x4200, 0x4000), { dtype: 'float16' })).toEqual(Uint16Array.of(0x2dc3, 0x3952, 0x33d5)); // prettier-ignore
        expect(softmax(Uint16Array.of(0x3f80, 0x4040, 0x4000), { dtype: 'bfloat16' })).toEqual(Uint16Array.of(0x3db8, 0x3f2a, 0x3e7b)); // prettier-ignore
      },
      'Int8..Uint32Array, Uint8ClampedArray: float64, never wraps': () => {
        for (const type of [
          Int8Array,
          Uint8Array,
          Uint8ClampedArray,
          Int16Array,
          Uint16Array,
          Int32Array,
          Uint32Array,
        ]) {
          expect(softmax(type.of(1, 3, 2))).toEqual(Float64Array.from(softmax([1, 3, 2])));
        }
      },
      'BigInt64Array, BigUint64Array, bigint, string, Date: TypeError that says what to pass instead': () => {
        for (const wrong of [BigInt64Array.of(1n), BigUint64Array.of(1n), 1n, '1', new Date(0)]) refuses(() => softmax(wrong), TypeError, 'convert with'); // prettier-ignore
        refuses(() => softmax('[1]'), TypeError, 'parse the text first');
      },
      'theta multiplies the logits; theta < 0 is allowed; not finite: RangeError': () => {
        close(softmax([1, 2], { theta: 2 }), softmax([2, 4]));
        close(softmax([1, 2], { theta: -1 }), softmax([-1, -2]));
        for (const theta of [nan, inf, -inf]) refuses(() => softmax([1], { theta }), RangeError, 'theta');
      },
      'theta = 0: uniform over the finite, unmasked entries': () =>
        close(softmax([1, -inf, 3, 9], { theta: 0, where: [true, true, true, false] }), [0.5, 0, 0.5, 0]),
      "precision 'exact' computes float32 in float64 and rounds once": () =>
        expect(softmax(Float32Array.of(1, 3, 2), { precision: 'exact' })).toEqual(
          Float32Array.from(softmax([1, 3, 2])),
        ),
    },

    'special values': Object.fromEntries(
      (
        [
          ['has a NaN (unmasked)', [1, nan], [nan, nan], [nan, nan], nan],
          ['[-inf, 1]', [-inf, 1], [0, 1], [-inf, 0], 1],
          ['all -inf', [-inf, -inf], [nan, nan], [nan, nan], -inf],
          ['has +inf', [1, inf], [nan, nan], [nan, nan], inf],
          ['empty (length 0)', [], [], [], -inf],
          ['one element x, finite', [-2.5], [1], [0], -2.5],
          ['[1000, 1]', [1000, 1], [1, 0], [0, -999], 1000],
        ] as [string, number[], number[], number[], number][]
      ).map(([name, lane, soft, log, whole]) => [
        name,
        () => {
          for (const type of floats) {
            const own = type.from(lane), alone = [softmax(own), logSoftmax(own), logsumexp(own)]; // prettier-ignore
            expect(alone.map((v) => (typeof v === 'number' ? v : [...v].map((e) => e + 0)))).toEqual([
              soft,
              log,
              whole,
            ]);
            // as a row and as a column beside a lane of its own, which keeps its numbers
            const n = lane.length, other = lane.map((_, i) => i); // prettier-ignore
            for (const axis of [0, 1]) {
              const both = (type as Float64ArrayConstructor).from({ length: 2 * n }, (_, p) => (axis === 1 ? [...lane, ...other][p]! : p % 2 === 0 ? lane[p >> 1]! : other[p >> 1]!)); // prettier-ignore
              const o = { shape: axis === 1 ? [2, n] : [n, 2], axis };
              const at = (i: number): number => (axis === 1 ? i : 2 * i);
              expect(lane.map((_, i) => softmax(both, o)[at(i)] + 0)).toEqual(soft);
              expect(lane.map((_, i) => logSoftmax(both, o)[at(i)] + 0)).toEqual(log);
              expect(logsumexp(both, o)[0]).toBe(whole);
              const rest = softmax(both, o);
              close(
                lane.map((_, i) => rest[axis === 1 ? n + i : 2 * i + 1]),
                n === 0 ? [] : softmax(other),
              );
            }
          }
        },
      ]),
    ),

    'special values, the rest': {
      'fully masked by where: all 0, all -inf, -inf': () => {
        const o = { where: [false, false] };
        expect([softmax([1, nan], o), logSoftmax([1, nan], o), logsumexp([1, nan], o)]).toEqual([[0, 0], [-inf, -inf], -inf]); // prettier-ignore
      },
      '[0, -40] (float64): logSoftmax -4.248354255291589e-18, logsumexp 4.248354255291589e-18': () => {
        expect(logSoftmax([0, -40])[0]).toBe(-4.248354255291589e-18);
        expect(logsumexp([0, -40])).toBe(4.248354255291589e-18);
      },
      'subnormal results are kept, never flushed': () => {
        const single = softmax(Float32Array.of(0, -100))[1], double = softmax([0, -740])[1]; // prettier-ignore
        expect(single).toBe(Math.fround(Math.exp(-100)));
        expect(Math.abs(double / Math.exp(-740) - 1)).toBeLessThan(0.05);
        expect([single > 0 && single < 2 ** -126, double > 0 && double < 2 ** -1022]).toEqual([true, true]);
      },
      'zero-dimensional input: softmax 1, logSoftmax 0, logsumexp x': () => {
        for (const [f, want] of [
          [softmax, 1],
          [logSoftmax, 0],
          [logsumexp, 5],
        ] as const) {
          // prettier-ignore
          expect(f(5)).toBe(want);
          expect(f({ data: Float32Array.of(5), shape: [] })).toEqual({
            data: Float32Array.of(want),
            shape: [],
            dtype: 'float32',
          });
        }
      },
      "where broadcasts by NumPy's rules; a masked-out entry is as if absent, a NaN there too": () => {
        close(softmax([[1, nan, 2], [3, 4, nan]], { axis: 1, where: [[true, false, true], [true, true, false]] }), [[softmax([1, 2])[0], 0, softmax([1, 2])[1]], [...softmax([3, 4]), 0]]); // prettier-ignore
        expect(softmax([nan, 1, nan], { where: [0, 1, 1] })).toEqual([0, nan, nan]);
        const heads = new Float32Array(2 * 3 * 2 * 4), where = { data: Uint8Array.of(1, 1, 0, 0, 1, 0, 0, 0), shape: [2, 1, 1, 4] }; // prettier-ignore
        const weights = softmax(heads, { shape: [2, 3, 2, 4], axis: -1, where });
        expect([...weights.slice(20, 28)]).toEqual([0.5, 0.5, 0, 0, 1, 0, 0, 0]);
      },
      'b: weights that broadcast to x, may be negative or 0; b = 0 hides anything': () => {
        close(logsumexp(x, { axis: 1, b: [1, 2] }), [Math.log(5), Math.log(4)]);
        close(logsumexp([1, nan, inf], { b: [2, 0, 0] }), 1 + ln2);
        expect(logsumexp([1, 2], { b: [0, 0] })).toBe(-inf);
      },
      'returnSign gives { value, sign }; without it a negative sum is NaN; exact cancellation: -inf, sign 0': () => {
        expect(logsumexp([1000, 1000], { b: [1, -2], returnSign: true })).toEqual({ value: 1000, sign: -1 });
        expect(logsumexp([1000, 1000], { b: [1, -2] })).toBeNaN();
        // theta x overflows, x does not: the largest is still told from the others
        const far = { theta: 1e300, b: [1, -2], returnSign: true } as const;
        expect(logsumexp(Float32Array.of(1e38, 3e38), far)).toEqual({ value: inf, sign: -1 });
        expect(logsumexp([1000, 1000], { b: [1, -1], returnSign: true })).toEqual({ value: -inf, sign: 0 });
      },
    },

    containers: {
      'number in, number out': () => expect([softmax(3), s['exp']!(0)]).toEqual([1, 1]),
      'number[] nested to any depth: same nesting; ragged: TypeError with the path of the odd row': () => {
        expect(softmax([[[[0, 0]]]])).toEqual([[[[0.5, 0.5]]]]);
        refuses(() => softmax([[[1, 2]], [[1]]]), TypeError, 'x[1][0]');
      },
      'typed array, 1-D, or any rank with { shape }: typed array; logsumexp over everything: number': () => {
        close(softmax(Float32Array.of(0, ln2, ln2, 0), { shape: [2, 2], axis: 1 }), y);
        expect(typeof logsumexp(Float32Array.of(1), { shape: [1, 1] })).toBe('number');
      },
      'object with typed-array data, shape or dims, strides or stride, offset: { data, shape, dtype }, dims where the input had it':
        () => {
          const data = Float32Array.of(9, 0, ln2, ln2, 0), data2 = softmax(data.slice(1), { shape: [2, 2], axis: 1 }); // prettier-ignore
          expect(softmax({ data, shape: [2, 2], strides: [2, 1], offset: 1 }, last)).toEqual({ data: data2, shape: [2, 2], dtype: 'float32' }); // prettier-ignore
          expect(softmax({ data, dims: [2, 2], stride: [1, 2], offset: 1 }, last)).toEqual({ data: data2, shape: [2, 2], dims: [2, 2], dtype: 'float32' }); // prettier-ignore
        },
      'strides may be negative or 0; every index reachable must lie inside data, else RangeError': () => {
        const data = Float64Array.of(1, 2, 3);
        expect(softmax({ data, shape: [3], strides: [-1], offset: 2 }).data).toEqual(softmax(Float64Array.of(3, 2, 1)));
        expect(softmax({ data, shape: [3], strides: [0], offset: 2 }).data).toEqual(softmax(Float64Array.of(3, 3, 3)));
        for (const offset of [1, -1]) refuses(() => softmax({ data, shape: [3], strides: [1], offset }), RangeError, 'softmax', 'offset'); // prettier-ignore
      },
      'strides without an offset: only if none is negative and the elements fill data': () => {
        const data = Float64Array.of(1, 2, 3, 4);
        close(softmax({ data, shape: [2, 2], strides: [1, 2] }, last), [softmax([1, 3]), softmax([2, 4])]);
        for (const [shape, strides] of [
          [[2], [1]],
          [[4], [-1]],
          [
            [2, 2],
            [0, 1],
          ],
        ]) {
          // prettier-ignore
          refuses(() => softmax({ data, shape, strides }), RangeError, 'no offset', 'add offset');
        }
      },
      "an object's own dtype or type says what a Uint16Array holds": () => {
        for (const key of ['dtype', 'type']) {
          const y16 = softmax({ data: Uint16Array.of(0x3c00, 0x4200, 0x4000), shape: [3], [key]: 'float16' });
          expect(y16).toEqual({ data: Uint16Array.of(0x2dc3, 0x3952, 0x33d5), shape: [3], dtype: 'float16' });
          expect(softmax(y16)).toMatchObject({ dtype: 'float16' });
        }
      },
      'a data.length that disagrees with the shape: RangeError': () =>
        refuses(() => softmax({ data: new Float32Array(3), shape: [2, 2] }), RangeError, '4 elements', 'length 3'),
      'data that is a function, a tensor that is not on the CPU: TypeError that names the two-line fix; nothing is called':
        () => {
          let calls = 0;
          const read = (): void => void calls++;
          refuses(() => softmax({ data: read, dataSync: read, shape: [1] }), TypeError, 'const data = await t.data();\n  softmax(data, { shape: t.shape });'); // prettier-ignore
          refuses(() => softmax({ location: 'gpu-buffer', get data() { return read(); }, dims: [1] }), TypeError, 'const data = await t.getData();\n  softmax(data, { shape: t.dims });'); // prettier-ignore
          expect(calls).toBe(0);
        },
      'out: typed array or strided object; may be the input; a partial overlap is right; returned as given': () => {
        const wide = Float64Array.of(0, ln2, ln2, 0, 9), want = softmax(wide.slice(0, 4), { shape: [2, 2], axis: 1 }); // prettier-ignore
        const o = { shape: [2, 2], axis: 1 }, column = { data: new Float64Array(5), shape: [2, 2], strides: [1, 2], offset: 1 }; // prettier-ignore
        expect(softmax(wide.subarray(0, 4), { ...o, out: column })).toBe(column);
        expect([1, 3, 2, 4].map((p) => column.data[p])).toEqual([...want]);
        const later = wide.subarray(1);
        expect(softmax(wide.subarray(0, 4), { ...o, out: later })).toBe(later);
        expect(later).toEqual(want);
        const own = Float64Array.of(0, ln2, ln2, 0);
        expect(softmax(own, { ...o, out: own })).toBe(own);
        expect(own).toEqual(want);
      },
      'an out whose strides write one place twice: RangeError; out is untouched when an error is thrown': () => {
        const data = Float64Array.of(7, 7);
        refuses(() => softmax([1, 2], { out: { data, shape: [2], strides: [0], offset: 0 } }), RangeError, 'twice');
        refuses(() => softmax([1, 2], { axis: 1, out: data }), RangeError, 'axis 1');
        expect(data).toEqual(Float64Array.of(7, 7));
      },
      'apart from out the input is never written': () => {
        const own = Float64Array.of(3, 1, 2), before = own.slice(), where = Uint8Array.of(1, 0, 1); // prettier-ignore
        for (const name of ['softmax', 'logSoftmax', 'logsumexp']) s[name]!(own, { where, out: name === 'logsumexp' ? undefined : new Float64Array(3) }); // prettier-ignore
        expect([own, where]).toEqual([before, Uint8Array.of(1, 0, 1)]);
      },
      'detached buffers, SharedArrayBuffer-backed views: right answer or a clear error': () => {
        const shared = new Float32Array(new SharedArrayBuffer(8)), gone = new Float32Array(2); // prettier-ignore
        close(softmax(shared), [0.5, 0.5]);
        structuredClone(gone.buffer, { transfer: [gone.buffer] });
        refuses(() => softmax(gone), TypeError, 'detached');
      },
    },

    errors: {
      'TypeError for a wrong kind, RangeError for a wrong value; function name, what was got, what is wanted, how to fix it':
        () => {
          for (const name of ['softmax', 'logSoftmax', 'logsumexp', 'argmax', 'exp']) {
            refuses(() => s[name]!('1'), TypeError, `${name}: x is the string "1"; it must be a number, nested arrays`, 'convert with Number(x)'); // prettier-ignore
            refuses(() => s[name]!(new Float32Array(3), { shape: [2, 2] }), RangeError, `${name}: x has 3 elements but shape [2, 2] takes 4; the product of the shape must be the length`); // prettier-ignore
          }
        },
    },
  };

  const Half = (globalThis as unknown as { Float16Array?: new (list: number[]) => Float32Array }).Float16Array;
  test.skipIf(Half === undefined)('numbers: Float16Array where the host has it: same storage, rounded once', () => {
    const got = softmax(new Half!([1, 3, 2]));
    expect(got).toBeInstanceOf(Half);
    expect(new Uint16Array(got.buffer)).toEqual(Uint16Array.of(0x2dc3, 0x3952, 0x33d5));
  });
  for (const [section, tests] of Object.entries(rows)) {
    for (const [name, body] of Object.entries(tests)) test(`${section}: ${name}`, body);
  }
});
