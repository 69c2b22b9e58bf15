// How pages of the site get their numbers (site/compute.mjs).
import { expect, test } from 'vitest';
import { computed, shown } from '../site/compute.mjs';
import * as api from '../src/index.ts';

const page = (code: string): string => `Text.\n\n\`\`\`js run\n${code}\n\`\`\`\n`;

test('values follow the code that gives them, rounded to four digits or with all of them', async () => {
  const text = await computed(page("import { softmax } from 'softmax-simd';\nconst p = softmax([1, 3, 2]); //=\np[0] //==\nlet n = 1;\nn += 1;\nn; //="), api);
  expect(text).toBe(page("import { softmax } from 'softmax-simd';\nconst p = softmax([1, 3, 2]); // [0.09003, 0.6652, 0.2447]\np[0] // 0.09003057317038045\nlet n = 1;\nn += 1;\nn; // 2").replace('js run', 'js'));
});

test('blocks of a page share their names, and its text can use them', async () => {
  const text = await computed(`${page('const x = 2;')}twice is {= 2 * x =} {= 'dogs' =}\n${page('x + 1; //=')}`, api);
  expect(text).toContain('twice is 4 dogs\n');
  expect(text).toContain('x + 1; // 3\n');
});

test('a value that is too wide for its line stands below it; other blocks stay as they are', async () => {
  const text = await computed(page('Array(12).fill(0.123456789); //='), api);
  expect(text).toContain(`Array(12).fill(0.123456789);\n// [${Array(12).fill('0.1235').join(', ')}]\n`);
  expect(await computed('```js\n1; //=\n```\n', api)).toBe('```js\n1; //=\n```\n');
});

test('code that fails names the page', async () => {
  await expect(computed(page('softmax("three"); //='), api, 'tutorial.md')).rejects.toThrow(/^tutorial\.md: the code of the page fails after 0 results: softmax: x is the string/);
});

test('how values are shown', () => {
  expect(shown(Float32Array.of(0.1, 1 / 3, -Infinity))).toBe('Float32Array [0.1, 0.3333, -Infinity]');
  expect(shown({ values: [[1.23456]], dtype: 'float32' })).toBe("{ values: [[1.235]], dtype: 'float32' }");
  expect([shown(3), shown(1.5e-20), shown(true), shown('dog')]).toEqual(['3', '1.5e-20', 'true', "'dog'"]);
});
