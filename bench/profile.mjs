/**
 * Where the time of a call and of a cold start goes: node bench/profile.mjs [--json FILE]. The parts are measured by
 * themselves, in turn with the whole: copies into and out of wasm memory, the kernel on memory, a new result.
 */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { digits, inBench, machine, median, options, print, save, short } from './run.mjs';

if (process.argv[2] === 'task=cold') await cold();
else profile();

/** Milliseconds from the start of each step to its end, in a fresh process. */
async function cold() {
  const times = [performance.now()];
  const { createSoftmax } = await import('../dist/index.js');
  times.push(performance.now());
  const own = createSoftmax({});
  own.info();
  times.push(performance.now());
  own.softmax(new Float32Array(1000));
  times.push(performance.now());
  process.stdout.write(JSON.stringify(times.slice(1).map((time, i) => time - times[i])), () => process.exit());
}

async function profile() {
  const args = options();
  const { createSoftmax } = await import('../dist/index.js');
  const own = createSoftmax({ build: 'simd' });
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
      kernel: () => windows((from, to) => kernels.lanesF32(0, address, address, (to - from) / length, length, 1)),
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
  const fresh = Array.from({ length: 15 }, () =>
    JSON.parse(execFileSync(args.node, [import.meta.filename, 'task=cold'], { encoding: 'utf8' })),
  );
  const empty = Array.from({ length: 15 }, () =>
    Number(
      execFileSync(
        args.node,
        [
          '--input-type=module',
          '-e',
          'const t = performance.now(); await import("data:text/javascript,"); console.log(performance.now() - t)',
        ],
        { encoding: 'utf8' },
      ),
    ),
  );
  const start = ['import', 'compile and allocate', 'first call of 1000'].map((name, i) => [
    name,
    digits(median(fresh.map((f) => f[i]))),
  ]);
  const report = {
    ...machine(args.node),
    rows,
    cold: Object.fromEntries([['an empty module', digits(median(empty))], ...start]),
  };
  const names = Object.keys(rows[0].ns);
  console.log('softmax float32, simd build, ns per element\n');
  print([['', ...names], ...rows.map(({ shape, ns }) => [`[${shape}]`, ...names.map((name) => short(ns[name]))])]);
  console.log('\nCold start, ms\n');
  print(Object.entries(report.cold).map(([name, ms]) => [name, short(ms)]));
  save(args.json ?? inBench('profile.json'), report);
}
