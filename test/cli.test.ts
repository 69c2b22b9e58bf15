// The command line as users have it: dist/cli.js in a process of its own, so dist must have been built.

import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { dump, parse } from 'npyjs';
import { describe, expect, test } from 'vitest';
import { answer, cli, close, file, folder, plain, root, run } from './support/cli.ts';

const rows = [[1, 3, 2], [2, 5, 0.5]]; // prettier-ignore
const byRows = rows.map((row) => plain(row));
const f32 = Float32Array.from(rows.flat());
const npy = file('rows.npy', new Uint8Array(dump(f32, [2, 3])));
const csv = file('rows.csv', '1,3,2\n2,5,0.5\n');

describe('each command gives what it says', () => {
  const input = '[1, 3, 2]';
  test('softmax', () => close(answer('softmax', { input }), plain([1, 3, 2])));
  test('softmax with a temperature or a theta', () => {
    close(answer('softmax --temperature 2', { input }), plain([1, 3, 2], 2));
    close(answer('softmax --theta 2', { input }), plain([1, 3, 2], 0.5));
    close(answer('softmax --theta -1', { input }), plain([-1, -3, -2]));
  });
  test('logsoftmax', () => close(answer('logsoftmax', { input }), plain([1, 3, 2]).map(Math.log)));
  test('the spelling of the functions', () => {
    for (const name of ['logSoftmax', 'LogSoftmax', 'log_softmax']) close(answer(name, { input }), plain([1, 3, 2]).map(Math.log));
    expect(answer('topK --k 1', { input })).toEqual({ values: [3], indices: [1] });
  });
  test('logsumexp', () => close(answer('logsumexp', { input }), Math.log(Math.exp(1) + Math.exp(3) + Math.exp(2))));
  test('argmax', () => expect(answer('argmax', { input })).toBe(1));
  test('topk', () => expect(answer('topk --k 2', { input })).toEqual({ values: [3, 2], indices: [1, 2] }));
  test('axes: rows, columns, several, all', () => {
    const input = JSON.stringify(rows);
    close(answer('softmax --axis -1', { input }), byRows);
    close(answer('softmax --axis=0', { input }), [0, 1, 2].map((c) => plain(rows.map((row) => row[c]!))[0]!).concat([0, 1, 2].map((c) => plain(rows.map((row) => row[c]!))[1]!))); // prettier-ignore
    close(answer('softmax', { input }), plain(rows.flat()));
    close(answer('softmax --axis all', { input }), plain(rows.flat()));
    close(answer('softmax --axis 0,1', { input }), plain(rows.flat()));
    expect(answer('argmax --axis 1', { input })).toEqual([1, 1]);
    expect(answer('topk --k 1 --axis 0', { input })).toEqual({ values: [[2, 5, 2]], indices: [[1, 1, 0]] });
  });
  test('exact: float32 results that are rounded once', () => {
    const x = Float32Array.from({ length: 1000 }, (_, i) => 9 * Math.sin(i * 1.7));
    const input = new Uint8Array(dump(x, [1000]));
    const wanted = plain([...x]).map(Math.fround);
    expect(answer('softmax --exact', { input })).toEqual(wanted);
  });
});

describe('sample', () => {
  const input = '[1, 3, 2]';
  test('draws as often as probabilities say, the same for the same seed', () => {
    const drawn = answer('sample --count 30000 --seed 7', { input }) as number[];
    expect(answer('sample --count 30000 --seed 7', { input })).toEqual(drawn);
    expect(answer('sample --count 30000 --seed 8', { input })).not.toEqual(drawn);
    // five standard deviations of 30,000 draws are below 0.015
    plain([1, 3, 2]).forEach((p, i) => expect(Math.abs(drawn.filter((index) => index === i).length / 30000 - p)).toBeLessThan(0.015));
  });
  test('one draw of a list is a number; of rows, one for each', () => {
    expect([0, 1, 2]).toContain(answer('sample', { input }));
    expect(answer('sample --temperature 0.001', { input: JSON.stringify(rows) })).toEqual([1, 1]);
    expect(answer('sample --axis 0 --temperature 0.001', { input: JSON.stringify(rows) })).toEqual([1, 1, 0]);
    expect(answer('sample', { input: '1,3000,2\n' })).toBe(1);
  });
  test('cuts: top-k, top-p and min-p leave the largest; its logprob is 0 then', () => {
    for (const cut of ['--top-k 1', '--top-p 0.3', '--min-p 0.9'])
      expect(answer(`sample --count 3 --logprobs ${cut}`, { input })).toEqual({ indices: [1, 1, 1], logprobs: [0, 0, 0] });
  });
  test('large files: the draws are those of the file that is read whole', () => {
    file('logits.csv', Array.from({ length: 300 }, (_, i) => `${Math.sin(i)},${Math.cos(i)},0`).join('\n'));
    const [whole, parts] = [1e8, 2000].map((large) => run('sample logits.csv --seed 1 --count 2', { large }).text);
    expect(JSON.parse(parts!)).toHaveLength(300);
    expect(parts).toBe(whole);
  });
  test('bars say how often each was drawn', () => {
    const { text } = run('sample --count 100 --format bars --seed 1', { input: 'cat,dog,bird\n1,1,-inf\n' });
    expect(text).toMatch(/^cat {2}█+.* +\d+\ndog {2}█+.* +\d+\n$/);
  });
});

describe('each format is read', () => {
  test('.npy by name and from standard input', () => {
    close(answer(`softmax ${npy} --axis -1`), byRows, 4e-7);
    close(answer('softmax - --axis -1', { input: readFileSync(join(folder, npy)) }), byRows, 4e-7);
  });
  test('CSV: commas, semicolons, tabs, blanks; a header, blank lines, Windows, a byte order mark', () => {
    close(answer(`softmax ${csv} --axis -1`), byRows);
    for (const text of ['1;3;2\n2;5;0.5', '1\t3\t2\n2\t5\t0.5', '1  3 2\n2 5 0.5\n', '\ufeffcat,dog,"a, bird"\r\n\r\n1,3,2\r\n"2",5, 0.5\r\n\r\n'])
      close(answer('softmax --axis -1', { input: text }), byRows);
    close(answer('logsumexp', { input: '1,-inf\n' }), 1);
  });
  test('CSV of one row or one column is a list, unless an axis is named', () => {
    close(answer('softmax', { input: '1,3,2\n' }), plain([1, 3, 2]));
    close(answer('softmax', { input: 'score\n1\n3\n2\n' }), plain([1, 3, 2]));
    expect(answer('softmax --axis -1', { input: '1\n3\n' })).toEqual([[1], [1]]);
    expect(answer('argmax --axis -1', { input: '1,3\n' })).toEqual([1]);
  });
  test('JSON: a number, three axes, infinities in quotes, which come out as they went in', () => {
    expect(answer(`softmax ${file('five.json', '5')}`)).toBe(1);
    close(answer('softmax --axis -1', { input: `[${JSON.stringify(rows)}]` }), byRows);
    expect(answer('logsoftmax', { input: '["-Infinity", 0]' })).toEqual(['-Infinity', 0]);
    expect(answer('softmax', { input: '[["NaN", 1]]' })).toEqual([['NaN', 'NaN']]);
    expect(answer('softmax', { input: '[[], []]' })).toEqual([[], []]);
  });
});

describe('.npy that is written', () => {
  const read = (args: string): { data: unknown; shape: number[]; dtype: string } => {
    const { code, out, error } = run(args);
    expect({ code, error }).toEqual({ code: 0, error: '' });
    const { data, shape, dtype } = parse(out.buffer.slice(out.byteOffset, out.byteOffset + out.length) as ArrayBuffer);
    return { data: [...(data as Float32Array)], shape, dtype };
  };
  test('has the dtype and the shape of the result', () => {
    const { data, ...rest } = read(`softmax ${npy} --axis -1 --format npy`);
    expect(rest).toEqual({ shape: [2, 3], dtype: 'f4' });
    close(data, byRows, 4e-7);
    expect(read(`argmax ${npy} --axis -1 --format npy`)).toEqual({ data: [1, 1], shape: [2], dtype: 'i4' });
    expect(read(`softmax ${csv} --format npy`).dtype).toBe('f8');
    expect(read(`logsumexp ${csv} --format npy`).shape).toEqual([]);
  });
  test('is read again', () => {
    file('out.npy', run(`logsoftmax ${npy} --axis -1 --format npy`).out);
    close(answer('softmax out.npy --axis -1'), byRows, 1e-6);
  });
});

describe('wrong input is refused with 1, a wrong command line with 2, and nothing is printed', () => {
  const wide = new Uint8Array(dump(BigInt64Array.of(2n ** 60n + 1n), [1]));
  test.each<[args: string, input: string | Uint8Array, code: 1 | 2, error: RegExp]>([
    ['softmax', '[1, null]', 1, /standard input: \[1\] is null, .*write "-Infinity", in quotes/],
    ['softmax', '[[1, 2], [1]]', 1, /\[1\] has length 1 where an array of length 2 is wanted/],
    ['softmax', '[[1, 2], 3]', 1, /\[1\] is 3 where an array of length 2 is wanted/],
    ['softmax', '[1, [2]]', 1, /\[1\] is an array where a number/],
    ['softmax', '[1, "2"]', 1, /\[1\] is "2"; it must be a number/],
    ['softmax', '{"logits": [1]}', 1, /an object with logits; .*jq \.logits/],
    ['softmax', '[1, 2', 1, /is no JSON \(.*\); wanted nested arrays of numbers, as \[\[1, 3\], \[2, 5\]\]\n$/],
    ...['[1,-Infinity]', '[NaN]', '[[1, -inf]]', '[1, nan, 2]'].map((input): [string, string, 1, RegExp] => ['softmax', input, 1, /is no JSON .*; JSON knows no infinities and no NaN, write "-Infinity", "Infinity" or "NaN", in quotes\n$/]),
    ['softmax', '', 1, /has no numbers; wanted JSON, CSV or \.npy/],
    ['softmax', 'a,b\n', 1, /has no numbers/],
    ['softmax', '1,2\n3\n', 1, /line 2 has 1 columns where 2 are wanted/],
    ['softmax', 'a,b\n\n1,x\n', 1, /line 3, column 2 is 'x'; wanted a number/],
    ['softmax', '1,,3\n', 1, /line 1, column 2 is empty; wanted a number, -inf where there is none/],
    ['softmax', readFileSync(join(folder, npy)).subarray(0, -4), 1, /\d+ bytes where its shape \[2, 3\] makes \d+; it was cut short/],
    ['softmax', readFileSync(join(folder, npy)).subarray(0, 40), 1, /ends within its header/],
    ['softmax', wide, 1, /element 0 is 1152921504606846977, which float64 may not hold/],
    ['softmax', new Uint8Array(dump(Float64Array.of(1, 2), [1], { dtype: 'c16' })), 1, /the dtype c16; wanted real numbers: in NumPy, x\.real/],
    ['softmax', 'PK\x03\x04', 1, /no \.npy file.*numpy\.save/],
    ['softmax absent.json', '', 1, /there is no file absent\.json; /],
    ['softmax .', '', 1, /\. is a folder; wanted a file/],
    ['softmax --axis 1', '[1, 2]', 1, /axis 1 is out of range for rank 1 \(shape \[2\]\); use -1 \.\. 0/],
    ['topk --k 3', '[1, 2]', 1, /k is 3; .* at most the length of the lanes/],
    ['argmax', '[]', 1, /lanes of length 0/],
    ['softmax --format bars --axis -1', '[[1, 2], [3, 4]]', 1, /bars show one lane, and shape \[2, 2\] has 2/],
    ['', '', 2, /there is no command; the commands are softmax, /],
    ['softmac', '[1]', 2, /there is no command softmac, did you mean softmax; the commands are/],
    ['softmax --foo 1', '[1]', 2, /softmax has no option --foo; it has --axis, --theta/],
    ['softmax -t 1', '[1]', 2, /softmax has no option -t; it has/],
    ['softmax --temp 2', '[1]', 2, /softmax has no option --temp, did you mean --temperature; it has/],
    ['softmax --axes 0', '[1]', 2, /softmax has no option --axes, did you mean --axis; it has/],
    ['sample --topP 0.5', '[1]', 2, /sample has no option --topP, did you mean --top-p; it has/],
    ['topk -k 1', '[1]', 2, /topk has no option -k, did you mean --k; it has/],
    ['dokter', '', 2, /there is no command dokter, did you mean doctor; /],
    ['argmax --theta 2', '[1]', 2, /argmax has no option --theta; it has --axis, --format/],
    ['softmax a b', '', 2, /there are 2 files, a and b; softmax takes one/],
    ['topk', '[1]', 2, /topk wants --k: .*--k 5/],
    ['topk --k 1.5', '[1]', 2, /--k is 1\.5; it must be an integer from 1 on/],
    ['softmax --axis x', '[1]', 2, /--axis is 'x'; it must be an axis as -1/],
    ['softmax --axis', '[1]', 2, /--axis has no value/],
    ['softmax --axis --exact', '[1]', 2, /--axis has no value/],
    ['softmax --exact=1', '[1]', 2, /--exact takes no value/],
    ['softmax --theta 1 --theta 2', '[1]', 2, /--theta is there twice/],
    ['softmax --temperature 0', '[1]', 2, /temperature is 0, .*use argmax/],
    ['softmax --temperature warm', '[1]', 2, /--temperature is 'warm'; it must be a number/],
    ['softmax --theta 1 --temperature 2', '[1]', 2, /theta and temperature are both given/],
    ['softmax --format xml', '[1]', 2, /--format is 'xml'; it must be 'json', 'npy' or 'bars'/],
    ['argmax --format bars', '[1]', 2, /argmax has no bars to draw; use --format json/],
    ['topk --k 1 --format npy', '[1]', 2, /topk gives two arrays here, and a \.npy file has one; use --format json/],
    ['sample --logprobs --format npy', '[1]', 2, /sample gives two arrays here/],
    ['sample --seed x', '[1]', 2, /--seed is 'x'; it must be an integer from 0 on/],
    ['sample --seed -1', '[1]', 2, /--seed is -1; it must be/],
    ['sample --top-p 2', '[1]', 2, /topP is 2; it must be above 0/],
    ['sample --top-k 0', '[1]', 2, /topK is 0; it must be an integer from 1 on/],
    ['sample --count 1.5', '[1]', 2, /count is 1\.5; it must be an integer from 1 on/],
    ['sample', '["NaN", 1]', 1, /nothing can be drawn from the lane/],
    ['softmax --seed 1', '[1]', 2, /softmax has no option --seed/],
    ['doctor x', '', 2, /doctor takes neither files nor options/],
  ])('softmax-simd %s', (args, input, wanted, message) => {
    const { code, text, error } = run(args, { input });
    expect({ code, text }).toEqual({ code: wanted, text: '' });
    expect(error).toMatch(message);
    expect(error, 'one line, without a stack').toMatch(/^softmax-simd: .*\n$/);
  });
  test('the remedies work: "-Infinity" for null, -inf for an empty cell', () => {
    close(answer('softmax', { input: '[1, "-Infinity"]' }), [1, 0]);
    close(answer('softmax', { input: '1,-inf,1\n' }), [0.5, 0, 0.5]);
  });
});

test('a reader that has had enough, as head has, ends it quietly', async () => {
  file('long.json', JSON.stringify(Array.from({ length: 200_000 }, (_, i) => [i % 7])));
  const child = spawn(process.execPath, [cli, 'softmax', 'long.json', '--axis', '0'], { cwd: folder });
  let error = '';
  child.stderr.on('data', (text) => (error += text));
  child.stdout.once('data', () => child.stdout.destroy());
  const [code] = await once(child, 'exit');
  expect({ code, error }).toEqual({ code: 0, error: '' });
});

describe('help, version, doctor', () => {
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string };
  test('--version is that of the package', () => expect(run('--version').text).toBe(`${version}\n`));
  test('--help names every command and option, in lines of at most 100 characters', () => {
    const { code, text } = run('softmax --help');
    expect(code).toBe(0);
    for (const word of ['softmax', 'logsoftmax', 'logsumexp', 'argmax', 'topk', 'sample', 'doctor', '--axis', '--temperature', '--theta', '--exact', '--k', '--top-k', '--top-p', '--min-p', '--count', '--seed', '--logprobs', '--format', 'Exit code'])
      expect(text).toContain(word);
    expect(Math.max(...text.split('\n').map((line) => line.length))).toBeLessThanOrEqual(100);
  });
  test('doctor: versions, builds, a self-test without faults, a bench, as Markdown', () => {
    const { code, text, error } = run('doctor');
    expect({ code, error }).toEqual({ code: 0, error: '' });
    expect(text).toContain(`| softmax-simd | ${version} |`);
    expect(text).toMatch(/\| runtime \| \w+ \d+\./);
    for (const build of ['relaxed', 'simd', 'scalar', 'js'])
      expect(text).toMatch(new RegExp(`\\| ${build} \\| (answers|works) \\| 10 of 10 right \\||\\| ${build} \\| refused: .+ \\| \\|`));
    expect(text.match(/\| answers \|/g)).toHaveLength(1);
    expect(text.match(/^\| [\d,]+ \| .* times as (fast|slow) \|$/gm)).toHaveLength(5);
    for (const table of text.split('\n\n').filter((block) => block.startsWith('|')))
      expect(new Set(table.trim().split('\n').map((line) => line.split('|').length)).size, table).toBe(1);
  });
});

test('docs/commandline.md: each command prints what stands below it', () => {
  const blocks = [...readFileSync(join(root, 'docs/commandline.md'), 'utf8').matchAll(/```console\n([\s\S]*?)```/g)].map(([, text]) => text!);
  const near = (text: string): string => text.replace(/\d+\.\d+/g, (digits) => String(Number(Number(digits).toPrecision(14))));
  let commands = 0;
  for (const block of blocks) {
    for (const [, command, printed] of block.matchAll(/^\$ (.*)\n((?:(?!\$ ).*\n)*)/gm)) {
      const call = command!.replaceAll('softmax-simd', `"${process.execPath}" "${cli}"`);
      const { stdout, stderr } = spawnSync('sh', ['-c', call], { cwd: folder, encoding: 'utf8' });
      expect(near(stdout + stderr), command).toBe(near(printed!));
      commands++;
    }
  }
  expect(commands).toBeGreaterThan(8);
});
