// Large files on the command line; SOFTMAX_SIMD_LARGE makes small ones large. dist must have been built.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { dump, parse } from 'npyjs';
import { describe, expect, test } from 'vitest';
import { argmax, logSoftmax, logsumexp, softmax, toNested, topk } from '../src/index.ts';
import { close, file, folder, run } from './support/cli.ts';

describe('large files are read by chunks', () => {
  const x = Float32Array.from({ length: 6000 }, (_, i) => Math.fround(9 * Math.sin(i * 1.7)) + (i % 100 === 0 ? 1 : 0));
  file('large.npy', new Uint8Array(dump(x, [20, 15, 20])));
  file('flat.npy', new Uint8Array(dump(x, [6000])));
  file('large.csv', Array.from({ length: 300 }, (_, i) => [...x.subarray(20 * i, 20 * i + 20)].join(',')).join('\n'));
  const whole: Record<string, (x: any, options: object) => any> = {
    softmax,
    logsoftmax: logSoftmax,
    logsumexp,
    argmax,
    'topk --k 3': (x, options) => topk(x, 3, options),
  };
  const arrays = { 'large.npy': { data: x, shape: [20, 15, 20] }, 'flat.npy': { data: x, shape: [6000] }, 'large.csv': { data: Float64Array.from(x), shape: [300, 20] } };
  test.each(Object.entries(arrays))('%s gives what the package gives for all of it, along every axis', (name, array) => {
    for (const [command, call] of Object.entries(whole)) {
      const several = array.shape.length === 3 && !/argmax|topk/.test(command) ? [[0, 2]] : [];
      for (const axis of array.shape.length === 1 ? [null] : [...array.shape.keys(), null, ...several]) {
        const { code, text, error } = run(`${command} ${name} --axis ${axis ?? 'all'}`, { large: 4000 });
        expect(code, error).toBe(0);
        // a file that is read whole is announced by `reading`
        expect(error).toMatch(new RegExp(`^(softmax-simd: ${name}, .*\\n)+$`));
        const got = JSON.parse(text),
          wanted = call(array, { axis });
        if (command.startsWith('topk')) expect(got).toEqual({ values: toNested(wanted.values), indices: toNested(wanted.indices) });
        else close(got, toNested(wanted), name === 'large.csv' ? 1e-14 : 1e-6);
      }
    }
  });
  test('.npy comes out of them too, with the number of rows of a CSV file', () => {
    for (const args of ['softmax large.npy --axis 2', 'argmax large.npy --axis 1', 'softmax large.csv --axis 1', 'logsumexp large.csv --axis 1']) {
      const [whole, parts] = [1e8, 4000].map((large) => run(`${args} --format npy`, { large }).out) as [Buffer, Buffer];
      expect(parts.equals(whole), args).toBe(true);
    }
    // parts of lanes are put together within the bounds, not to the bit
    for (const args of ['softmax large.npy --axis 1', 'logsoftmax flat.npy', 'logsumexp large.npy --axis 0', 'softmax large.csv --axis 0']) {
      const [whole, parts] = [1e8, 4000].map((large) => {
        const { out } = run(`${args} --format npy`, { large });
        return parse(out.buffer.slice(out.byteOffset, out.byteOffset + out.length) as ArrayBuffer);
      }) as [ReturnType<typeof parse>, ReturnType<typeof parse>];
      expect({ shape: parts.shape, dtype: parts.dtype }, args).toEqual({ shape: whole.shape, dtype: whole.dtype });
      close([...(parts.data as Float32Array)], [...(whole.data as Float32Array)], 1e-6);
    }
  });
  test('a progress line says how far they are', () => {
    const { error } = run('softmax large.csv --axis 1', { large: 4000 });
    expect(error).toMatch(/^softmax-simd: .*large\.csv, \d+ MB of \d+ MB, 100 %$/m);
  });
  test('a wrong cell in the last row of one is refused', () => {
    file('wrong.csv', `${readFileSync(join(folder, 'large.csv'), 'utf8')}\n1,2\n`);
    const { code, error } = run('logsumexp wrong.csv', { large: 4000 });
    expect(code).toBe(1);
    expect(error).toMatch(/line 301 has 2 columns where 20 are wanted/);
  });
});
