/**
 * Where the time of a call and of a cold start goes: node bench/profile.mjs [--json FILE]. The parts are measured by
 * themselves, in turn with the whole: copies into and out of wasm memory, the kernel on memory, a new result.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { digits, inBench, machine, median, options, print, save, short } from './run.mjs';

if (process.argv[2] === 'task=cold') await cold(process.argv[3]);
else profile();

/** Milliseconds from the start of each step to its end, in a fresh process: of an import alone, or of ours to a first result. */
async function cold(file) {
  const x = new Float32Array(1000),
    times = [performance.now()];
  const { info, softmax } = await import(file);
  times.push(performance.now());
  if (softmax) {
    info();
    times.push(performance.now());
    softmax(x);
    times.push(performance.now());
  }
  process.stdout.write(JSON.stringify(times.slice(1).map((time, i) => time - times[i])), () => process.exit());
}

/** Where a cold start goes: the parts are read off in turn, from processes of their own. */
function start(node) {
  const folder = mkdtempSync(join(tmpdir(), 'profile-')),
    bare = join(folder, 'bare.mjs'),
    text = readFileSync(inBench('../dist/index.js'), 'utf8').replace(/'[0-9a-f]{99,}'/g, "''");
  writeFileSync(bare, text.replace(/export\s*\{[^}]*\};/, ''));
  const files = [inBench('contenders/empty.mjs'), bare, inBench('../dist/index.js')],
    found = files.map(() => []);
  for (let round = 0; round < 25; round++) {
    files.forEach((file, i) => {
      const task = [import.meta.filename, 'task=cold', pathToFileURL(file).href];
      found[i].push(JSON.parse(execFileSync(node, task, { encoding: 'utf8' })));
    });
  }
  rmSync(folder, { recursive: true });
  const at = (file, step) => median(found[file].map((steps) => steps[step]));
  return Object.entries({
    'import of an empty module': at(0, 0),
    [`of our ${Math.round(text.length / 1024)} KB of code without the wasm`]: at(1, 0),
    'with it': at(2, 0),
    'decode, compile, instantiate': at(2, 1),
    'first call of 1000': at(2, 2),
  });
}

async function profile() {
  const args = options();
  const { createSoftmax } = await import('../dist/index.js');
  const own = createSoftmax({ build: 'simd' });
  /** @type {any} */
  const kernels = new WebAssembly.Instance(new WebAssembly.Module(readFileSync(inBench('../dist/simd.wasm')))).exports;
  // as the facade does it: what a window holds at a time
  const WINDOW = 512 * 1024,
    address = kernels.allocate(WINDOW * 2),
    memory = new Float32Array(kernels.memory.buffer);
  const shapes = [[10], [100], [1000], [64, 32000], [1024, 1000], [8, 128256]];
  const rows = shapes.map((shape) => {
    const length = shape.at(-1),
      n = shape.reduce((a, b) => a * b),
      some = Math.max(length, Math.floor(WINDOW / 4 / length) * length);
    const x = Float32Array.from({ length: n }, () => Math.random() * 8 - 4),
      out = new Float32Array(n),
      at = address / 4;
    const windows = (step) => {
      for (let from = 0; from < n; from += some) step(from, Math.min(n, from + some));
    };
    const o = { shape, axis: -1 },
      into = { ...o, out };
    const steps = {
      'copy in': () => windows((from, to) => memory.set(x.subarray(from, to), at)),
      kernel: () => windows((from, to) => kernels.lanesF32(0, address, address, (to - from) / length, length, 1, 1)),
      'copy out': () => windows((from, to) => out.set(memory.subarray(at, at + to - from), from)),
      'a new array': () => new Float32Array(n).fill(1),
      'whole, into': shape.length === 1 ? () => own.softmax(x, { out }) : () => own.softmax(x, into),
      'whole, fresh': shape.length === 1 ? () => own.softmax(x) : () => own.softmax(x, o),
    };
    const samples = Object.fromEntries(Object.keys(steps).map((name) => [name, []]));
    const times = Math.max(1, Math.round(4e5 / n));
    for (let round = 0; round < 31; round++) {
      for (const [name, step] of Object.entries(steps)) {
        memory.set(x.subarray(0, Math.min(n, some)), at);
        const start = performance.now();
        for (let i = 0; i < times; i++) step();
        samples[name].push(((performance.now() - start) * 1e6) / times / n);
      }
    }
    return {
      shape,
      ns: Object.fromEntries(Object.entries(samples).map(([name, list]) => [name, digits(median(list))])),
    };
  });
  const report = {
    ...machine(args.node),
    rows,
    cold: Object.fromEntries(start(args.node).map(([name, ms]) => [name, digits(ms)])),
  };
  const names = Object.keys(rows[0].ns);
  console.log('softmax float32, simd build, ns per element\n');
  print([['', ...names], ...rows.map(({ shape, ns }) => [`[${shape}]`, ...names.map((name) => short(ns[name]))])]);
  console.log('\nCold start, ms\n');
  print(Object.entries(report.cold).map(([name, ms]) => [name, short(ms)]));
  save(args.json ?? inBench('profile.json'), report);
}
