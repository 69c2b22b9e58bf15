import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { LanguageService, LanguageServiceHost } from 'typescript-5.9';
import { beforeAll, describe, expect, test } from 'vitest';
import { compile, compilers, declarations, scratch } from './support/compile.ts';

// The types of the public functions: the files of test/types state what they are, and compilers find them true.

const ts = createRequire(import.meta.url)('typescript-5.9') as typeof import('typescript-5.9');
let entry: string;
beforeAll(() => {
  entry = declarations();
}, 60_000);

const states = ['results', 'several', 'wrong'].map((name) => `test/types/${name}.ts`);
const careless = { strict: false, noImplicitAny: true };
const careful = { exactOptionalPropertyTypes: true, noUncheckedIndexedAccess: true };
for (const compiler of compilers) {
  test(`${compiler}: the results with lib es2022 alone`, () => {
    expect(compile(compiler, ['es2022'], [...states, 'runtimes/app/consumer.ts'])).toEqual([]);
  });
  test(`${compiler}: results where null and undefined are of every type`, () => {
    expect(compile(compiler, ['es2022'], ['test/types/careless.ts'], careless)).toEqual([]);
  });
  test(`${compiler}: what hosts and other packages take and give, with lib dom`, () => {
    expect(compile(compiler, ['es2022', 'dom'], ['test/types/hosts.ts'], careful)).toEqual([]);
  });
}

test('a statement that is false is found', () => {
  const text = `import { softmax } from 'softmax-simd';
    import { is, mayBe } from '../../test/types/is.js';
    is<number | string>()(softmax(1));
    mayBe<string>()(softmax(1));
    mayBe<string>()(JSON.parse('1'));`;
  const places = compile('typescript', ['es2022'], [scratch('false.ts', text)]).map((line) => /\((\d+),/.exec(line)![1]);
  expect(places).toEqual(['3', '4', '5']);
});

test('the TypeScript of docs/api.md compiles, and not with an annotation', () => {
  const text = [...readFileSync('docs/api.md', 'utf8').matchAll(/```ts\n([\s\S]*?)```/g)].map(([, code]) => code!).join('\n');
  expect(compile('typescript', ['es2022'], [scratch('page.ts', text)])).toEqual([]);
  const annotated = text.replace(/ = (.*) satisfies (\w+);/, ': $2 = $1;');
  expect(compile('typescript', ['es2022'], [scratch('page.ts', annotated)])).toHaveLength(1);
});

test('a misspelled option is named, with the right spelling', () => {
  const text = `import { logsumexp, sample, softmax } from 'softmax-simd';
    softmax([1], { temprature: 2 });
    softmax([1], { axis: -1, temprature: 2 });
    sample([1], { topK: 2, topp: 0.9 });
    logsumexp([1], { axis: '0' });`;
  const said = compile('typescript', ['es2022'], [scratch('misspelled.ts', text)]);
  expect(said).toEqual([
    expect.stringMatching(/'temprature' does not exist .* Did you mean to write 'temperature'/),
    expect.stringMatching(/'temprature' does not exist .* Did you mean to write 'temperature'/),
    expect.stringMatching(/'topp' does not exist .* Did you mean to write 'topP'/),
    expect.stringMatching(/'string' is not assignable to type 'Axis/),
  ]);
});

test.each(compilers)('%s: declarations of callers\' functions name nothing but the package', (compiler) => {
  const text = `import * as s from 'softmax-simd';
    export const f1 = <O extends s.ElementOptions>(x: number[], o?: O) => s.softmax(x, o);
    export const f2 = <X extends s.Input, const O extends s.Options>(x: X, o: O) => s.logsumexp(x, o);
    export const f3 = <O extends s.ArgmaxOptions>(x: Float32Array, o?: O) => s.argmax(x, o);
    export const f4 = <O extends s.SampleOptions>(x: Float32Array, o: O) => s.sample(x, o);
    export const f5 = <O extends s.CrossEntropyOptions>(x: Float32Array, o?: O) => s.crossEntropy(x, [1], o);
    export const f6 = <O extends s.TopkOptions>(x: number[][], o?: O) => s.topk(x, 1, o);
    export const f7 = <X extends s.Labels, O extends s.OneHotOptions>(x: X, o?: O) => s.oneHot(x, 1, o);
    export const f8 = <X extends s.Input>(x: X) => s.summarize(x, { axis: -1 });
    export const f9 = <X extends s.Input>(x: X) => s.crossEntropy(x, 1, { reduction: 'none' });
    export const f10 = <X extends s.Input>(x: X, o: { axis: -1; note?: string }) => s.softmax(x, o);
    const y1: number[] = f1([1], { theta: 2 }), y2: number[] = f2([[1]], { axis: -1 });`;
  const file = scratch('callers.ts', text);
  expect(compile(compiler, ['es2022'], [file], { noEmit: false, declaration: true, emitDeclarationOnly: true })).toEqual([]);
  const names = [...readFileSync(file.replace('.ts', '.d.ts'), 'utf8').matchAll(/(?:import\(|from )(['"].*?['"])/g)].map(([, name]) => name);
  expect(new Set(names.map((name) => name!.slice(1, -1)))).toEqual(new Set(['softmax-simd']));
});

describe('what editors show', () => {
  const lines = `
    import { argmax, crossEntropy, logsumexp, softmax, type Nested } from 'softmax-simd';
    declare const nested: Nested, rows: number[][], f32: Float32Array, axis: number | null, boxed: { data: Float32Array; dims: number[] };
  `;

  let text = '',
    version = 0,
    service: LanguageService,
    file: string;
  beforeAll(() => {
    file = `${entry}.editor.ts`;
    const options = { target: 9, module: 99, moduleResolution: 100, lib: ['lib.es2022.d.ts'], types: [], strict: true };
    const host: LanguageServiceHost = {
      getScriptFileNames: () => [file],
      getScriptVersion: (name) => (name === file ? `${version}` : ''),
      getScriptSnapshot: (name) => {
        const content = name === file ? text : ts.sys.readFile(name);
        return content === undefined ? undefined : ts.ScriptSnapshot.fromString(content);
      },
      getCurrentDirectory: () => process.cwd(),
      getCompilationSettings: () => ({ ...options, paths: { 'softmax-simd': [entry] } }),
      getDefaultLibFileName: (of) => ts.getDefaultLibFilePath(of),
      fileExists: (name) => name === file || ts.sys.fileExists(name),
      readFile: ts.sys.readFile,
    };
    service = ts.createLanguageService(host);
  });

  /** Has a line typed in; returns the place of | in it. */
  function type(line: string): number {
    text = lines + line.replace('|', '');
    version++;
    return lines.length + line.indexOf('|');
  }

  test.each([
    ['softmax(nested)', 'Nested'],
    ['softmax(rows, { axis: -1 })', 'number[][]'],
    ['softmax(boxed)', 'ArrayResult<Float32Array<ArrayBuffer>>'],
    ['logsumexp(f32, { shape: [64, 1000], axis: -1 })', 'Float32Array<ArrayBuffer>'],
    ['logsumexp(rows, { axis })', 'number | number[]'],
    ['argmax(nested, { axis: 0 })', 'number | Nested'],
    ["crossEntropy(rows, [1], { reduction: 'none' })", 'number[]'],
    ['<X extends number[][]>(x: X) => softmax(x)', '<X extends number[][]>(x: X) => Result<X, undefined>'],
  ])('the type of %s is short', (code, short) => {
    const at = type(`const |y = ${code};`);
    expect(ts.displayPartsToString(service.getQuickInfoAtPosition(file, at)!.displayParts)).toBe(`const y: ${short}`);
  });

  test.each(['softmax', 'logsumexp', 'argmax', 'crossEntropy'])('signature help shows the documentation of %s', (name) => {
    const at = type(`${name}(|`),
      { items } = service.getSignatureHelpItems(file, at, {})!;
    expect(items).toHaveLength(1);
    const { documentation, parameters, tags } = items[0]!;
    expect(ts.displayPartsToString(documentation).length).toBeGreaterThan(30);
    expect(tags.map((tag) => tag.name)).toEqual(expect.arrayContaining(['returns', 'throws', 'example']));
    expect(ts.displayPartsToString(parameters.at(-1)!.displayParts)).toMatch(/^options: .*Options/);
  });

  test('options are completed by their names', () => {
    const at = type('softmax(rows, { | })');
    const names = service.getCompletionsAtPosition(file, at, {})!.entries.map((found) => found.name);
    expect(names).toEqual(['axis', 'dtype', 'out', 'precision', 'shape', 'temperature', 'theta', 'where', 'within']);
  });
});
