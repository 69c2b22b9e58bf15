import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import * as api from '../src/index.ts';

const names = ['relaxed', 'simd', 'scalar'];
const bytes = (name: string): Buffer => readFileSync(new URL(`../build/${name}.wasm`, import.meta.url));

/** ids of the sections of a module, in order */
function sections(code: Uint8Array): number[] {
  const ids: number[] = [];
  for (let at = 8; at < code.length; ) {
    ids.push(code[at++]!);
    let size = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = code[at++]!;
      size |= (byte & 127) << shift;
      if (byte < 128) break;
    }
    at += size;
  }
  return ids;
}

for (const name of names) {
  test(`${name}.wasm has at most 47 KB, no imports and no start function`, () => {
    const code = bytes(name);
    expect(code.length).toBeLessThanOrEqual(47 * 1024);
    const ids = sections(code);
    expect(ids).not.toContain(2);
    expect(ids).not.toContain(8);
  });
}

test('dist/SHA256SUMS has the hashes of the builds', () => {
  const sums = readFileSync(new URL('../dist/SHA256SUMS', import.meta.url), 'utf8');
  expect(sums).toBe(names.map((name) => `${createHash('sha256').update(bytes(name)).digest('hex')}  ${name}.wasm\n`).join(''));
});

test('all wasm builds export the same names', () => {
  const exports = (name: string): string[] => WebAssembly.Module.exports(new WebAssembly.Module(new Uint8Array(bytes(name)))).map((e) => e.name);
  expect(exports('scalar')).toEqual(exports('simd'));
});

test('all entries export the same functions, and an instance has those that compute', () => {
  const exported = (file: string): string[] =>
    [...readFileSync(new URL(`../dist/${file}.js`, import.meta.url), 'utf8').matchAll(/export *\{([^}]*)\}/g)]
      .flatMap(([, list]) => list!.split(','))
      .map((name) => name.trim().replace(/^.* as /, ''))
      .sort();
  for (const entry of ['index', 'edge', 'edgeLight', 'js']) expect(exported(entry)).toEqual(Object.keys(api).sort());
  // toNested arranges numbers that are there; no build computes it
  expect([...Object.keys(api.createSoftmax()), 'createSoftmax', 'toNested'].sort()).toEqual(Object.keys(api).sort());
});
