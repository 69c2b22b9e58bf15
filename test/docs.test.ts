import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import * as api from '../src/index.ts';

const text = (file: string): string => readFileSync(new URL(`../${file}`, import.meta.url), 'utf8');
const names = Object.keys(api), values = Object.values(api);

/** Runs the lines; each that ends in `// => value` must give that value. */
function runExample(lines: readonly string[]): number {
  let checked = 0;
  const close = (got: unknown, want: unknown): void => {
    checked++;
    const plain = ArrayBuffer.isView(got) ? [...(got as unknown as number[])] : got;
    expect(JSON.parse(JSON.stringify(plain), near)).toEqual(JSON.parse(JSON.stringify(want), near));
  };
  const near = (_: string, v: unknown): unknown => (typeof v === 'number' ? Number(v.toPrecision(14)) : v);
  const code = lines.map((line) => line.replace(/^(.*?);\s*\/\/ => (.*)$/, 'close($1, $2);')).join('\n');
  new Function('close', ...names, code)(close, ...values);
  return checked;
}

const docs = text('src/index.ts') + text('src/companions.ts').replace(/^  /gm, '');
const examples = [...docs.matchAll(/@example\n((?: \* .*\n)+?) \*\/\n(?:export const |export function )?(\w+)/g)];
for (const [, block, name] of examples) {
  test(`the example of ${name} gives what it says`, () => {
    expect(runExample(block!.split('\n').map((line) => line.replace(/^ \* ?/, '')))).toBeGreaterThan(0);
  });
}
test('every function but init has an example', () => {
  const functions = names.filter((name) => typeof api[name as keyof typeof api] === 'function' && name !== 'init');
  expect(examples.map(([, , name]) => name).sort()).toEqual(functions.sort());
});

test('the JavaScript of the README runs', () => {
  const blocks = [...text('README.md').matchAll(/```js\n([\s\S]*?)```/g)].map(([, code]) => code!);
  expect(blocks.length).toBeGreaterThan(0);
  for (const code of blocks) runExample(code.replace(/^import .*$/gm, '').split('\n'));
});
