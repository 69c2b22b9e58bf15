import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { Kernels } from '../src/kernels/contract.ts';
import { instances } from './support/eachBuild.ts';
import { random, type Random } from './support/random.ts';

// A kernel call must not depend on those before it: theta, the maximum and what else a call finds out about a lane lie in the
// module's memory, and a call that reads one of them without setting it takes what another call has left.

const seed = process.env['SEED'] ?? 'stateless';
const SIZE = 16384;

interface Memory {
  readonly kernels: Kernels;
  readonly x: number;
  readonly y: number;
}

function memory(module: WebAssembly.Module): Memory {
  const kernels = new WebAssembly.Instance(module).exports as unknown as Kernels;
  return { kernels, x: kernels.allocate(SIZE), y: kernels.allocate(SIZE) };
}

/** One call, drawn; it can be made on several instances. */
function draw(r: Random, vectors: boolean): { name: string; bytes: 4 | 8; call: (m: Memory) => void } {
  const names = ['lanesF64', 'lanesExact', 'lanesF32', 'columnsF64', 'blockF64', 'blockExact', 'subtractF64', 'subtractExact', 'expF32', 'expF64', 'scaleF64'].concat(vectors ? ['columnsF32', 'blockF32', 'maskedF32', 'subtractF32', 'scaleF32'] : []); // prettier-ignore
  const name = names[r.whole(names.length)]!,
    kind = r.whole(3) as 0 | 1 | 2,
    theta = [1, 1, 1.5, 0.7, 2 ** -3, 3.25][r.whole(6)]!,
    signed = r.whole(3) === 0 ? -theta : theta,
    power = 2 ** (r.whole(5) - 2);
  const [outer, length, inner] = [
    [1, 10, 1],
    [1, 40, 1],
    [7, 10, 1],
    [3, 60, 1],
    [2, 9, 5],
    [1, 50, 3],
    [1, 12, 40],
  ][r.whole(7)] as [number, number, number];
  const n = outer * length * inner,
    report = SIZE - 64;
  const columns = (k: Kernels, x: number): void => {
    const step = (s: number, rows: number): void =>
      name === 'columnsF32'
        ? k.columnsF32!(s, kind, x, rows, inner, theta)
        : k.columnsF64!(s, kind, x, rows, inner);
    step(0, 0);
    for (const s of kind === 2 ? [1, 3] : [1, 3, 5]) (step(s, length), step(s + 1, 0));
  };
  const calls: Record<string, (m: Memory) => void> = {
    lanesF32: ({ kernels: k, x, y }) => k.lanesF32(kind, x, y, outer, length, inner, theta),
    lanesF64: ({ kernels: k, x, y }) => k.lanesF64(kind, x, y, outer, length, inner, signed, power),
    lanesExact: ({ kernels: k, x, y }) => k.lanesExact(kind, x, y, outer, length, inner, signed * power),
    columnsF32: ({ kernels: k, x }) => columns(k, x),
    columnsF64: ({ kernels: k, x }) => columns(k, x),
    blockF32: ({ kernels: k, x, y }) => k.blockF32!(kind, x, y, n, y + report, theta, kind === 0 && signed < 0 ? y : 0),
    maskedF32: ({ kernels: k, x, y }) => k.maskedF32!(x, y, outer * inner, length, theta),
    blockF64: ({ kernels: k, x, y }) => k.blockF64(kind, x, y, n, y + report, signed, power),
    blockExact: ({ kernels: k, x, y }) => k.blockExact(kind, x, y, n, y + report, signed),
    subtractF32: ({ kernels: k, x, y }) => k.subtractF32!(x, y, n, 0.75, 0.5, 0, theta),
    subtractF64: ({ kernels: k, x, y }) => k.subtractF64(x, y, n, 0.75, 0.5, 0, signed, power),
    subtractExact: ({ kernels: k, x, y }) => k.subtractExact(x, y, n, 0.75, 0.5, signed),
    scaleF32: ({ kernels: k, x }) => k.scaleF32!(x, n, 0.75, 0, NaN, 0),
    scaleF64: ({ kernels: k, x }) => k.scaleF64(x, n, 0.75, 0, NaN, 0),
    expF32: ({ kernels: k, x, y }) => k.expF32(x, y, n),
    expF64: ({ kernels: k, x, y }) => k.expF64(x, y, n),
  };
  const text = `${name} of kind ${kind}, [${outer}, ${length}, ${inner}], theta ${signed} ${power}`;
  return { name: text, bytes: name.endsWith('64') ? 8 : 4, call: calls[name]! };
}

describe('a kernel call gives what it gives on an instance of its own, whatever was called before', () => {
  for (const { build, softmax, reason } of instances) {
    if (build === 'js') continue;
    test.skipIf(softmax === undefined)(`(${build}${reason && `: ${reason}`})`, () => {
      const module = new WebAssembly.Module(new Uint8Array(readFileSync(new URL(`../build/${build}.wasm`, import.meta.url)))); // prettier-ignore
      const r = random(`${seed} ${build}`),
        used = memory(module);
      let before = 'nothing';
      for (let round = 0; round < 1500; round++) {
        const { name, bytes, call } = draw(r, build !== 'scalar'),
          spread = [1, 10, 60][r.whole(3)]!,
          middle = r.whole(4) === 0 ? 400 : 0;
        const input = new (bytes === 4 ? Float32Array : Float64Array)(SIZE / bytes).map(() => spread * r.normal() + middle);
        const [got, wanted] = [used, memory(module)].map((m) => {
          new Uint8Array(m.kernels.memory.buffer, m.x, SIZE).set(new Uint8Array(input.buffer));
          // masks lie there as well
          new Uint8Array(m.kernels.memory.buffer, m.y, SIZE).fill(0).fill(1, 0, 200);
          call(m);
          return [m.x, m.y].map((at) => Buffer.from(m.kernels.memory.buffer.slice(at, at + SIZE)));
        });
        if (!got!.every((side, i) => side.equals(wanted![i]!))) {
          expect.fail(`SEED=${seed}, call ${round}: ${name}, after ${before}, differs from the same call alone`);
        }
        before = name;
      }
    });
  }
});
