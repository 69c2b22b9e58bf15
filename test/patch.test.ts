import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import * as bytes from '../src/generated/bytes.ts';
import { applyPatch } from '../src/kernels/patch.ts';
import { makePatch } from '../tools/patch.mjs';
import { random } from './support/random.ts';

const builds = ['relaxed', 'simd', 'scalar'] as const;
const wasm = (name: string): Uint8Array =>
  new Uint8Array(readFileSync(new URL(`../build/${name}.wasm`, import.meta.url)));
const decoded = (name: (typeof builds)[number]): Uint8Array => Buffer.from(bytes[name], 'hex');
const same = (a: Uint8Array, b: Uint8Array): boolean => Buffer.compare(a, b) === 0;
const roundTrip = (from: Uint8Array, to: Uint8Array): boolean => same(applyPatch(from, makePatch(from, to)), to);

describe('the builds in the package', () => {
  for (const name of builds) {
    test(`${name} is build/${name}.wasm`, () => {
      const whole = decoded('relaxed');
      expect(same(name === 'relaxed' ? whole : applyPatch(whole, decoded(name)), wasm(name))).toBe(true);
    });
  }
  for (const from of builds) {
    test(`${from} to each build`, () => {
      for (const to of builds) expect(roundTrip(wasm(from), wasm(to)), to).toBe(true);
    });
  }
});

test('a patch to the same bytes is one copy', () => {
  const code = wasm('simd');
  expect(roundTrip(code, code)).toBe(true);
  expect(makePatch(code, code).length).toBeLessThanOrEqual(9);
});

test('empty on either side', () => {
  const empty = new Uint8Array(0),
    some = Uint8Array.of(0, 127, 128, 255);
  for (const [from, to] of [
    [empty, empty],
    [empty, some],
    [some, empty],
  ] as const)
    expect(roundTrip(from, to)).toBe(true);
});

test('neither side is written to', () => {
  const from = wasm('simd'),
    patch = makePatch(from, wasm('scalar')),
    kept = patch.slice();
  applyPatch(from, patch).fill(0);
  expect(same(from, wasm('simd')) && same(patch, kept)).toBe(true);
});

test('random bytes: few values (many copies) and all of them, alone and as pieces of the other side', () => {
  const r = random('patch');
  const make = (length: number, values: number): Uint8Array => Uint8Array.from({ length }, () => r.whole(values));
  for (let round = 0; round < 300; round++) {
    const values = [1, 2, 4, 256][round % 4]!;
    const from = make(r.whole(400), values);
    expect(roundTrip(from, make(r.whole(400), values)), `round ${round}`).toBe(true);
    const pieces: number[] = [];
    for (let n = r.whole(8); n > 0; n--) {
      const start = r.whole(from.length + 1);
      pieces.push(...from.subarray(start, start + r.whole(200)), ...make(r.whole(20), 256));
    }
    expect(roundTrip(from, Uint8Array.from(pieces)), `round ${round}, pieces`).toBe(true);
  }
});
