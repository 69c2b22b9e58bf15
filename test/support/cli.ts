// Runs dist/cli.js in a process and a folder of its own.

import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, expect } from 'vitest';

export const root = dirname(dirname(import.meta.dirname));
export const cli = join(root, 'dist/cli.js');
export const folder = mkdtempSync(join(tmpdir(), 'softmax-simd-cli-'));
afterAll(() => rmSync(folder, { recursive: true }));

export interface Given {
  input?: string | Uint8Array;
  /** bytes from which on a file is large; those that tests write are not, unless they say so */
  large?: number;
}
/** What `softmax-simd ...` said, with the exit code. */
export function run(args: string, { input = '', large = 1e8 }: Given = {}): { code: number | null; out: Buffer; text: string; error: string } {
  const env = { ...process.env, SOFTMAX_SIMD_LARGE: String(large) };
  const { status, stdout, stderr } = spawnSync(process.execPath, [cli, ...args.split(' ').filter(Boolean)], { cwd: folder, env, input });
  return { code: status, out: stdout, text: stdout.toString(), error: stderr.toString() };
}
/** The JSON that it printed; fails unless it exited with 0 and said nothing else. */
export function answer(args: string, given?: Given): any {
  const { code, text, error } = run(args, given);
  expect({ code, error }).toEqual({ code: 0, error: '' });
  return JSON.parse(text);
}
export const file = (name: string, content: string | Uint8Array): string => {
  writeFileSync(join(folder, name), content);
  return name;
};

export const plain = (x: number[], temperature = 1): number[] => {
  const terms = x.map((v) => Math.exp((v - Math.max(...x)) / temperature)),
    sum = terms.reduce((a, b) => a + b, 0);
  return terms.map((term) => term / sum);
};
/** Every number of got is that of wanted, to so many parts of it. */
export function close(got: unknown, wanted: unknown, within = 1e-14): void {
  const [a, b] = [got, wanted].map((x) => [x].flat(Infinity) as number[]) as [number[], number[]];
  expect(a.length).toBe(b.length);
  a.forEach((value, i) => expect(Math.abs(value - b[i]!), `number ${i} is ${value}, not ${b[i]}`).toBeLessThanOrEqual(within * Math.abs(b[i]!)));
}
