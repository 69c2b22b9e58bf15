import { expect, test } from 'vitest';
import * as api from '../src/index.ts';
import { compile, declarations, scratch } from './support/compile.ts';
import { pick, random, type Random } from './support/random.ts';
import { only, replay, report, seed } from './support/seed.ts';

// Random calls, whose arguments are declared as exactly or as loosely as callers do: what arrives at run time is among what the
// type of the call says. All calls of a seed are compiled at once.

const count = 600,
  title = 'what arrives at run time is among what the type of the call says';

/** A value, and the types that callers may declare it with. */
type Declared = readonly [value: unknown, ...types: string[]];
const f32 = Float32Array.of(1, 2, 3, 4, 5, 6);

const inputs: Declared[] = [
  [3, '3', 'number', 'number | number[]', 'Input'],
  [[1, 3, 2], 'number[]', 'readonly [1, 3, 2]', 'Nested', 'number[] | Float32Array', 'Input'],
  [[[1, 3, 2], [4, 6, 5]], 'number[][]', 'readonly (readonly number[])[]', 'Nested', 'number[] | number[][]', 'Input'],
  [[[[1, 2]], [[3, 4]]], 'number[][][]', 'Nested', 'any[]'],
  [f32, 'Float32Array', 'TypedArray', 'number[] | Float32Array', 'Float32Array | Float64Array', 'Input'],
  [new Float64Array(f32), 'Float64Array', 'TypedArray'],
  [new Uint8Array(f32), 'Uint8Array', 'TypedArray', 'Input'],
  [new Uint16Array(f32), 'Uint16Array', 'TypedArray'],
  [[f32, f32], 'Float32Array[]', 'TypedRows', 'readonly Float32Array[]', 'number[][] | Float32Array[]', 'TypedRows<Float32Array>', 'Input'],
  [[[new Uint8Array(f32)], [new Uint8Array(f32)]], 'Uint8Array[][]', 'TypedRows<Uint8Array>', 'TypedRows', 'Uint8Array[][] | Uint8Array[]'],
  [[new Uint16Array(2)], 'Uint16Array[]', '(Uint16Array | Uint8Array)[]', 'TypedRows'],
  [{ data: f32, shape: [2, 3] }, '{ data: Float32Array; shape: number[] }', 'Strided', 'Input'],
  [{ data: f32, dims: [2, 3], type: 'float32', location: 'cpu' }, 'SessionTensor', 'Strided<Float32Array>', 'Input'],
  [{ data: new Uint16Array(6), dims: [6], type: 'float16' }, "{ data: Uint16Array; dims: number[]; type: 'float16' | 'uint16' }", 'Strided<Uint16Array>'],
  [{ data: new Int8Array(6), dims: [2, 3], dtype: 'int8' }, '{ data: Int8Array; dims: [2, 3]; dtype: string }', 'Strided'],
]; // prettier-ignore

const i64 = BigInt64Array.of(1n, 0n),
  labels: Declared[] = [
    [i64, 'BigInt64Array', 'BigInt64Array | BigUint64Array', 'Labels'],
    [[i64, i64], 'BigInt64Array[]', 'TypedRows<BigInt64Array>', 'Labels'],
    [{ data: i64, shape: [2] }, '{ data: BigInt64Array; shape: number[] }', 'Strided<BigInt64Array>', 'Labels'],
  ];

const options: Record<string, Declared[]> = {
  axis: [
    [-1, '-1', 'number', 'number | null', 'Axis', 'number | undefined'],
    [0, '0', 'number', 'Axis'],
    [null, 'null', 'number | null', 'Axis'],
    [undefined, 'undefined', 'number | undefined'],
    [[0, 1], 'readonly [0, 1]', 'number[]', 'Axis', '[number, number]'],
    [[], 'readonly []', 'number[]', 'Axis'],
  ],
  shape: [
    [[2, 3], '[2, 3]', 'number[]', 'ArrayLike<number>', 'number[] | undefined', '[number, number] | [number]'],
    [[6], '[6]', 'number[]', '[number]', 'readonly [number, ...number[]]'],
    [Int32Array.of(1, 2, 3), 'Int32Array', 'ArrayLike<number>'],
  ],
  keepdims: [[true, 'true', 'boolean', 'boolean | undefined'], [false, 'false', 'boolean'], [undefined, 'undefined', 'true | undefined']],
  returnSign: [[true, 'true', 'boolean', 'true | undefined'], [false, 'false', 'boolean'], [undefined, 'true | undefined']],
  reduction: [['none', "'none'", "'none' | 'mean'", "'none' | undefined"], ['mean', "'mean'", "'none' | 'mean'"]],
  dtype: [['float16', "'float16'", 'string', "'float16' | undefined"], [undefined, 'undefined', 'string | undefined']],
  out: [[undefined, 'undefined', 'Float64Array | undefined', 'Int32Array | undefined'], [new Float32Array(2), 'Float32Array', 'TypedArray', 'Float32Array | undefined'], [new Float64Array(6), 'Float64Array', 'TypedArray', 'Float64Array | Int8Array']],
  axisOfSample: [[-1, '-1', 'number', 'number | undefined'], [0, '0', 'number'], [undefined, 'undefined', 'number | undefined']],
  topK: [[1, 'number', '1 | undefined']],
  count: [[2, 'number', '2', 'number | undefined'], [undefined, 'number | undefined']],
  logprobs: [[true, 'true', 'boolean'], [false, 'boolean', 'false | undefined']],
  axisOfTopk: [[-1, '-1', 'number', 'number | null'], [null, 'null', 'number | null'], [undefined, 'number | undefined']],
}; // prettier-ignore

interface Called {
  readonly parameters: readonly unknown[];
  readonly takes: readonly string[];
  /** the type of all options together */
  readonly all: string;
}
const element = ['axis', 'shape', 'dtype', 'out'],
  functions: Record<string, Called> = {
    softmax: { parameters: [], takes: element, all: 'ElementOptions' },
    logSoftmax: { parameters: [], takes: element, all: 'ElementOptions' },
    exp: { parameters: [], takes: ['shape', 'dtype', 'out'], all: 'ExpOptions' },
    logsumexp: { parameters: [], takes: [...element, 'keepdims', 'returnSign'], all: 'Options' },
    argmax: { parameters: [], takes: ['axis', 'shape', 'keepdims', 'dtype'], all: 'ArgmaxOptions' },
    topk: { parameters: [1], takes: ['axisOfTopk', 'shape', 'dtype'], all: 'TopkOptions' },
    crossEntropy: { parameters: [[[0, 1], 0, [0]]], takes: ['axis', 'shape', 'reduction', 'dtype'], all: 'CrossEntropyOptions' },
    sample: { parameters: [], takes: ['axisOfSample', 'shape', 'dtype', 'topK', 'count', 'logprobs'], all: 'SampleOptions' },
    softmaxGradient: { parameters: [[3, [1, 3, 2], [[1, 3, 2], [4, 6, 5]]]], takes: element, all: 'GradientOptions' },
    oneHot: { parameters: [7], takes: [], all: 'OneHotOptions' },
    crossEntropyGradient: { parameters: [[[0, 1], 0, [0]]], takes: ['axis', 'shape', 'dtype', 'out'], all: 'CrossEntropyGradientOptions' },
  }; // prettier-ignore

const oneOf = (r: Random, [value, ...types]: Declared): [unknown, string] => [value, pick(r, types)];

/** The type of a value that a call gave. `out` has the type that it was declared with. */
function typeOf(value: unknown, out: unknown, typeOfOut: string): string {
  if (value === out) return `NonNullable<${typeOfOut}>`;
  if (Array.isArray(value)) return `${typeOf(value[0] ?? 0, out, typeOfOut)}[]`;
  if (ArrayBuffer.isView(value)) return `ReturnType<${value.constructor.name}Constructor['of']>`;
  if (typeof value !== 'object' || value === null) return typeof value;
  const members = Object.entries(value).map(([name, member]) => `${name}: ${typeOf(member, out, typeOfOut)}`);
  return `{ ${members.join('; ')} }`;
}

/** A call as text, with what is declared for it; undefined for one that throws. */
function declared(n: number): string | undefined {
  const r = random(`types ${seed} ${n}`),
    name = pick(r, Object.keys(functions)),
    { parameters, takes, all } = functions[name]!,
    [x, typeOfX] = oneOf(r, pick(r, name === 'oneHot' ? [...inputs, ...labels] : inputs)),
    given: Record<string, unknown> = {},
    members: string[] = [];
  let typeOfOut = '';
  for (const key of takes) {
    const [value, type] = oneOf(r, pick(r, options[key]!)),
      option = key.replace(/Of[A-Z]\w+/, ''),
      there = r.whole(3) > 0;
    if (option === 'out') typeOfOut = type;
    if (there && r.whole(2) === 0) given[option] = value;
    if (option in given || there) members.push(`${option}${option in given && r.whole(3) > 0 ? '' : '?'}: ${type}`);
  }
  // a member of another function, which throws where it is there
  if (members.length > 0 && r.whole(6) === 0) members.push('note?: string');
  const loose = r.whole(4) === 0,
    absent = r.whole(6) === 0,
    most = loose ? pick(r, [all, all, `Partial<${all}>`, `Readonly<${all}>`]) : `{ ${members.join('; ')} }`,
    either = pick(r, ['', '', '', takes[0]?.startsWith('axis') ? ' | { axis?: 0 }' : " | { dtype?: 'float32' }", ` | ${all}`]),
    undefinable = absent || r.whole(3) === 0,
    rest = parameters.map((p) => (Array.isArray(p) ? pick(r, p) : p)),
    call = api[name as 'softmax'] as (...all: unknown[]) => unknown;
  let type: string;
  try {
    const { out } = given;
    type = typeOf(call(x, ...rest, ...(absent ? [] : [given])), out ?? given, loose ? `${out?.constructor.name}` : typeOfOut);
  } catch {
    return undefined;
  }
  const o = `o${n}: ${most}${either}${undefinable ? ' | undefined' : ''}`;
  return `declare const x${n}: ${typeOfX}, ${o}; mayBe<${type}>()(${[`${name}(x${n}`, ...rest.map((p) => JSON.stringify(p)), `o${n}`].join(', ')}));`;
}

test(title, () => {
  const numbers = only === undefined ? Array.from({ length: count }, (_, n) => n) : [Number(only)],
    calls = numbers.map((n) => [n, declared(n)] as const).filter(([, line]) => line !== undefined);
  const types = 'Axis ArgmaxOptions CrossEntropyGradientOptions CrossEntropyOptions ElementOptions ExpOptions GradientOptions Input Labels Nested OneHotOptions Options SampleOptions SessionTensor Strided TopkOptions TypedArray TypedRows';
  const head = `import { ${Object.keys(functions).join(', ')}, ${types.split(' ').map((name) => `type ${name}`).join(', ')} } from 'softmax-simd'; import { mayBe } from '../../test/types/is.js';`; // prettier-ignore
  declarations();
  const file = scratch('calls.ts', [head, ...calls.map(([, line]) => line)].join('\n'));
  const wrong = compile('typescript', ['es2022'], [file]).map((said) => {
    const [n, line] = calls[Number(/\((\d+),/.exec(said)?.[1]) - 2] ?? [0, ''];
    return `${replay(title, n)}\n${line}\n${said}`;
  });
  expect(wrong.join('\n')).toBe('');
  if (only === undefined) expect(calls.length).toBeGreaterThan(count / 3);
  report(title, numbers.length, calls.length);
});
