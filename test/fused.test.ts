import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { open } from '../src/kernels/choose.ts';
import { instances } from './support/eachBuild.ts';

// The float32 kernels of relaxed are right only where multiply-adds are fused, and a host may have the instructions without that.

const code = (build: string): Uint8Array => new Uint8Array(readFileSync(new URL(`../build/${build}.wasm`, import.meta.url)));
const relaxed = instances.find(({ build }) => build === 'relaxed')!;

test.skipIf(relaxed.softmax === undefined)(`relaxed fuses multiply-adds where it is taken${relaxed.reason && ` (${relaxed.reason})`}`, () => {
  expect(open(code, 'relaxed').kernels.fused!()).toBe(1);
  expect(open(code, 'simd').kernels.fused!()).toBe(0);
});

// V8 can be told to do without FMA on x64 alone; other processors have no flag for it
const flags = [...process.execArgv.filter((flag) => flag.includes('relaxed')), '--no-enable-fma3'];
const possible = process.arch === 'x64' && relaxed.softmax !== undefined;
const why = relaxed.reason || `${process.arch} has no flag that takes fused multiply-adds away`;

test.skipIf(!possible)(`a host that does not fuse multiply-adds refuses relaxed and takes simd${possible ? '' : `: ${why}`}`, () => {
  const script = `
    const { createSoftmax } = await import(${JSON.stringify(new URL('../dist/index.js', import.meta.url).href)});
    const softmax = createSoftmax(), found = { info: softmax.info(), y: [...softmax.softmax(Float32Array.of(1, 2, 3))] };
    try { createSoftmax({ build: 'relaxed' }).info(); } catch (error) { found.refusal = error.message; }
    console.log(JSON.stringify(found));`;
  const { stdout, stderr } = spawnSync(process.execPath, [...flags, '--input-type=module', '-e', script], { encoding: 'utf8' }); // prettier-ignore
  expect(stderr).not.toContain('Error');
  const { info, y, refusal } = JSON.parse(stdout);
  expect(info.build).toBe('simd');
  expect(refusal).toMatch(/refuses the build 'relaxed' \(relaxed SIMD does not fuse multiply-adds\); leave build out/);
  expect(y).toEqual([...instances.find(({ build }) => build === 'simd')!.softmax!.softmax(Float32Array.of(1, 2, 3))]);
});
