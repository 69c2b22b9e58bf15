import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import * as api from '../src/index.ts';
import { instances } from './support/eachBuild.ts';

const text = (file: string): string => readFileSync(new URL(`../${file}`, import.meta.url), 'utf8');
const names = Object.keys(api);

const AsyncFunction = (async () => {}).constructor as FunctionConstructor;

/** Runs the lines on each build; each that ends in `// => value` must give that value, to the last digit. */
async function runExample(lines: readonly string[]): Promise<number> {
  let checked = 0;
  const same = (got: unknown, want: unknown): void => {
    checked++;
    const plain = ArrayBuffer.isView(got) ? [...(got as unknown as number[])] : got;
    expect(JSON.parse(JSON.stringify(plain))).toEqual(JSON.parse(JSON.stringify(want)));
  };
  const code = lines.map((line) => line.replace(/^(.*?);\s*\/\/ => (.*)$/, 'same($1, $2);')).join('\n');
  for (const { softmax: s } of instances) {
    if (s === undefined) continue;
    const functions = { ...api, ...s } as Record<string, unknown>;
    await new AsyncFunction('same', ...names, code)(same, ...names.map((name) => functions[name]));
  }
  return checked;
}

const docs = text('src/index.ts') + (text('src/api.ts') + text('src/companions.ts')).replace(/^  /gm, '');
const examples = [...docs.matchAll(/@example\n((?: \* .*\n)+?) \*\/\n(?:export const |export function )?(\w+)/g)];
for (const [, block, name] of examples) {
  test(`the example of ${name} gives what it says`, async () => {
    expect(await runExample(block!.split('\n').map((line) => line.replace(/^ \* ?/, '')))).toBeGreaterThan(0);
  });
}
test('every function has an example', () => {
  const functions = names.filter((name) => typeof api[name as keyof typeof api] === 'function');
  expect(examples.map(([, , name]) => name).sort()).toEqual(functions.sort());
});

// what is in memory, how it got there and how it is nested has no source
const computing = [...docs.matchAll(/\/\*\*\n((?: \* ?.*\n)+?) \*\/\n(?:export const )?(\w+)(?=[:<])/g)].filter(
  ([, , name]) => name! in api && !['tensor', 'init', 'info', 'toNested'].includes(name!),
);
for (const [, block, name] of computing) {
  test(`${name} is documented: shape, errors, source`, () => {
    expect(block).toMatch(/shape/i);
    expect(block).toMatch(/@throws .*(TypeError|RangeError|as crossEntropy)/);
    expect(block).toMatch(/^ \* Source: \S/m);
  });
}
test('that is every function that computes', () => {
  const others = ['createSoftmax', 'tensor', 'init', 'info', 'toNested'];
  expect(computing.map(([, , name]) => name).sort()).toEqual(names.filter((name) => !others.includes(name)).sort());
});

test.each(['README.md', 'docs/api.md'])('the JavaScript of %s runs', async (page) => {
  const blocks = [...text(page).matchAll(/```js\n([\s\S]*?)```/g)].map(([, code]) => code!);
  expect(blocks.length).toBeGreaterThan(0);
  for (const code of blocks) await runExample(code.replace(/^import .*$/gm, '').split('\n'));
});

test('the table of options in docs/api.md is what each function says that it takes', () => {
  const rows = [...text('docs/api.md').matchAll(/^\| `(\w+)` \| (?:the whole array|\*\*the last axis\*\*|has none) \| (.*) \|$/gm)];
  const call = (name: string): unknown => {
    const f = api[name as 'topk'] as (...given: unknown[]) => unknown;
    const [, second] = [0, { topk: 1, oneHot: 2, crossEntropy: 0, crossEntropyGradient: 0, softmaxGradient: [1], logSoftmaxGradient: [1] }[name]];
    return second === undefined ? f([1], { nothing: 1 }) : f([1], second, { nothing: 1 });
  };
  for (const [, name, listed] of rows) {
    let message = '';
    try {
      call(name!);
    } catch (error) {
      message = (error as Error).message;
    }
    const taken = message.split('the options are ')[1]!.split(', ').sort();
    expect([...listed!.replace(/\(.*?\)/g, '').matchAll(/`(\w+)`/g)].map(([, option]) => option).sort(), name).toEqual(taken);
  }
  const others = ['createSoftmax', 'tensor', 'init', 'info', 'merge']; // they have none, or no lanes
  expect(rows.map(([, name]) => name).sort()).toEqual(names.filter((name) => !others.includes(name)).sort());
});
