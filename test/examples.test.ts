// The examples are programs that check themselves: run as a user runs them, they exit with 0 and say what came out.
// They import the package by its name, so dist must have been built.

import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const minute = 60_000; // they take about three seconds; a machine under load may need more

/** What `node examples/...` printed; fails with everything it said unless it exits with 0. */
function run(...args: string[]): string {
  const child = spawnSync(process.execPath, args, { cwd: new URL('..', import.meta.url), encoding: 'utf8' });
  expect(child.status, `node ${args.join(' ')}\n${child.stdout}\n${child.stderr}`).toBe(0);
  const widest = Math.max(...child.stdout.split('\n').map((line) => line.length));
  expect(widest, 'columns of the widest line').toBeLessThan(80);
  return child.stdout;
}

function numberIn(output: string, pattern: RegExp): number {
  expect(output).toMatch(pattern);
  return Number(pattern.exec(output)![1]);
}

describe('examples/digits', () => {
  test(
    'a softmax regression trained for two epochs reads at least 91 % of the MNIST test digits',
    () => {
      const output = run('examples/digits/digits.mjs', '--quick');

      expect(output).toContain('MNIST: 60,000 digits to learn from, 10,000 to be tried on');
      expect(numberIn(output, /epoch 2\/2 {2}step 600\/600 {2}loss (\d\.\d+) /)).toBeLessThan(0.35);
      expect(numberIn(output, /Test accuracy (\d+\.\d+) %/)).toBeGreaterThanOrEqual(91);
      expect(output).toContain('a 7, read as 7');
      expect(output).toMatch(/a \d, misread as \d/);
      expect(numberIn(output, /softmax-simd +(\d+\.\d+) ms/)).toBeGreaterThan(0);
      expect(numberIn(output, /largest difference (\S+)/)).toBeLessThanOrEqual(1e-6);
      const [, next] = output.split('Where to go next:');
      for (const [, path] of next!.matchAll(/^ {2}(\S+)/gm)) expect(existsSync(new URL(`../${path}`, import.meta.url)), path).toBe(true);
    },
    minute,
  );
});

describe('examples/attention', () => {
  test(
    'masked attention weights agree with a plain loop in float64 under every mask',
    () => {
      const output = run('examples/attention/attention.mjs');

      for (const mask of ['none', String.raw`padding +\[2, 1, 1, 16\]`, String.raw`causal +\[16, 16\]`]) {
        expect(output).toMatch(new RegExp(`^${mask} +\\S+ ok +1\\.000000$`, 'm'));
      }
      expect(output).toMatch(/^both +\[2, 1, 16, 16\] +\S+ ok +0\.000000 or 1\.000000$/m);
      expect(output).not.toContain('WRONG');
    },
    minute,
  );
});

describe('examples/next-token', () => {
  test(
    'text drawn under a grammar parses, and is the same from the same seed',
    () => {
      const output = run('examples/next-token/next-token.mjs');
      expect(output).toContain('Each is JSON: true. The same again from the same seed: true.');
      expect(output).toMatch(/Without the grammar the first one begins: .*word/);
      expect(numberIn(output, /(\d+) tokens a second/)).toBeGreaterThan(0);
    },
    minute,
  );
});

describe('examples/out-of-core', () => {
  test(
    'softmax of a file of 64 MB in 48 MB beside Node, two passes',
    () => {
      const output = run('examples/out-of-core/out-of-core.mjs');

      expect(output).toContain('Softmax along axis 0 of 1,048,576 x 16 float32, 64 MB');
      expect(numberIn(output, /memory beside Node (\d+) MB/)).toBeLessThanOrEqual(48);
      expect(numberIn(output, /columns add up to {2}1 within (\S+)/)).toBeLessThan(1e-6);
    },
    minute,
  );
});

describe('examples/many-cores', () => {
  test(
    'rows and one long lane by a pool of threads are what one thread gives',
    () => {
      const output = run('examples/many-cores/many-cores.mjs', '--quick');

      for (const what of ['64 rows of 128,256', '1 lane of 16,777,216'])
        expect(numberIn(output, new RegExp(`${what} +\\S+ +\\S+ +(\\d+\\.\\d+) `))).toBeGreaterThan(0);
      expect(output).not.toContain('WRONG');
    },
    minute,
  );
});

describe('examples/node-http', () => {
  let child: ChildProcess, url: string;
  beforeAll(async () => {
    const env = { ...process.env, PORT: '0' };
    child = spawn(process.execPath, ['examples/node-http/server.mjs'], { cwd: new URL('..', import.meta.url), env, stdio: ['ignore', 'pipe', 'inherit'] }); // prettier-ignore
    url = String((await once(child.stdout!, 'data'))[0]).trim();
  }, minute);
  afterAll(() => void child.kill());

  const ask = (body: string | Uint8Array, path = '', type = 'application/json'): Promise<Response> =>
    fetch(url + path, { method: 'POST', headers: { 'content-type': type }, body: body as BodyInit });
  const askFloats = (x: Float32Array | Uint8Array, path = ''): Promise<Response> =>
    ask(new Uint8Array(x.buffer, x.byteOffset, x.byteLength), path, 'application/octet-stream');
  const plain = (x: number[], temperature = 1): number[] => {
    const terms = x.map((v) => Math.exp((v - Math.max(...x)) / temperature)),
      sum = terms.reduce((a, b) => a + b, 0);
    return terms.map((term) => term / sum);
  };
  function close(got: ArrayLike<number>, wanted: number[]): void {
    expect(got.length).toBe(wanted.length);
    wanted.forEach((w, i) => expect(Math.abs(got[i]! - w), `element ${i} is ${got[i]}`).toBeLessThan(1e-6 * w + 1e-30));
  }

  test('answers JSON with the probabilities of each row', async () => {
    const answer = await ask('{"logits": [[1, 3, 2], [0, -1000, 0]], "temperature": 0.5}');
    expect(answer.status).toBe(200);
    const { probabilities } = (await answer.json()) as { probabilities: number[][] };
    expect(probabilities.length).toBe(2);
    close(probabilities[0]!, plain([1, 3, 2], 0.5));
    close(probabilities[1]!, [0.5, 0, 0.5]);
  });

  test('answers float32 with float32, requests of many shapes at once', async () => {
    const shapes = [[1, 7], [4, 1000], [4, 1000], [64, 33], [1, 1], [200_000, 1], [3, 80_000], [4, 1000], [0, 5]] as const; // prettier-ignore
    const checked = shapes.map(async ([rows, length], seed) => {
      const x = Float32Array.from({ length: rows * length }, (_, i) => 9 * Math.sin(i * 1.7 + seed));
      const answer = await askFloats(x, `?length=${length}&temperature=${seed + 1}`);
      expect(answer.status).toBe(200);
      const y = new Float32Array(await answer.arrayBuffer());
      expect(y.length).toBe(x.length);
      for (let row = 0; row < rows; row += Math.ceil(rows / 10)) {
        const here = [row * length, (row + 1) * length] as const;
        if (length < 10_000) close(y.subarray(...here), plain(Array.from(x.subarray(...here)), seed + 1));
        else expect(y.subarray(...here).reduce((sum, p) => sum + p, 0)).toBeCloseTo(1, 5);
      }
    });
    await Promise.all(checked);
    close(new Float32Array(await (await askFloats(Float32Array.of(1, 2, 3))).arrayBuffer()), plain([1, 2, 3]));
  });

  test('refuses what is malformed with 400 and the message of the library, and goes on', async () => {
    const bad: [Promise<Response>, RegExp][] = [
      [ask('{"logits": [[1, 3, 2], [1]]}'), /^softmax: x\[1\] has length 1 where x\[0\] has 3/],
      [ask('{"logits": [[1, "3", 2]]}'), /^softmax: x\[0\]\[1\] is the string "3"/],
      [ask('{"logits": [1, 2], "temperature": 0}'), /^softmax: theta is Infinity/],
      [ask('{"logits": {"data": [1], "shape": [1]}}'), /^softmax: the data of x/],
      [ask('{}'), /^softmax: x is undefined/],
      [ask('null'), /logits/],
      [ask('{"logits": [1'), /JSON/],
      [askFloats(new Float32Array(6), '?length=4'), /^tensor: shape \[1\.5, 4\]/],
      [askFloats(new Float32Array(6), '?length=-3'), /^tensor: shape \[-2, -3\]/],
      [askFloats(new Float32Array(6), '?length=3&temperature=0'), /^softmax: theta is Infinity/],
      [askFloats(new Uint8Array(23)), /^tensor: shape \[1, 5\.75\]/],
    ];
    for (const [answer, message] of bad) {
      expect((await answer).status).toBe(400);
      expect(((await (await answer).json()) as { error: string }).error).toMatch(message);
    }
    const { probabilities } = (await (await ask('{"logits": [1, 3, 2]}')).json()) as { probabilities: number[] };
    close(probabilities, plain([1, 3, 2]));
  });

  test('takes bodies up to a megabyte, answers 413 beyond, and 405 to a GET', async () => {
    expect((await askFloats(new Float32Array(1 << 18), '?length=64')).status).toBe(200);
    expect((await askFloats(new Uint8Array((1 << 20) + 4), '?length=1')).status).toBe(413);
    expect((await ask(' '.repeat(3 << 20))).status).toBe(413);
    const answer = await fetch(url);
    expect([answer.status, answer.headers.get('allow')]).toEqual([405, 'POST']);
  });
});
