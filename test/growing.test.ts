import { expect, test } from 'vitest';
import { createSoftmax } from '../src/index.ts';
import type { Softmax } from '../src/api.ts';
import type { Build } from '../src/kernels/choose.ts';
import { eachBuild, instances } from './support/eachBuild.ts';
import { apart, classOf, draw, extras, functions, invoke, inWords, plainly, product, type Call, type Part } from './support/calls.ts'; // prettier-ignore
import { pick, type Random } from './support/random.ts';
import { difference, flat } from './support/results.ts';
import { perBuild, trials } from './support/trials.ts';

// The memory of an instance grows when the first lane comes that its window does not hold. Views of tensors go stale then,
// so a call that took them before reads nothing and writes nowhere. Each case has an instance of its own, whose window
// grows in the call, and compares with arrays apart.

/** Lanes beyond a window of 512 KiB, in float64 at least; along the first axis they lie apart. */
function shapeOf(r: Random): { shape: number[]; axis: number[] } {
  const length = pick(r, [65_600, 70_000, 132_000, 160_000, 262_144]) + r.whole(3),
    lanes = length > 150_000 ? 1 : 1 + r.whole(2);
  return r.whole(4) === 0 ? { shape: [length, lanes], axis: [0] } : { shape: [lanes, length], axis: [1] };
}

/** Each part in a tensor or on its own, and `out` on its own, in a tensor, or x or dy itself. */
function place(r: Random, s: Softmax, call: Call): { given: Record<string, unknown>; tensors: string[]; out: unknown } {
  const given: Record<string, unknown> = {},
    tensors: string[] = [];
  const tensor = (what: string, { dtype, shape, data }: Part): unknown => {
    tensors.push(what);
    return s.tensor(dtype as 'float32', shape, data);
  };
  for (const [what, part] of Object.entries(call.parts)) {
    const fits = part.dtype === 'float32' || part.dtype === 'float64';
    given[what] = fits && r.whole(3) > 0 ? tensor(what, part) : apart(part);
  }
  let out: unknown;
  if (call.out !== undefined) {
    const { dtype, shape } = call.out,
      data = new (classOf(dtype))(product(shape)).fill(7),
      fits = ['x', 'dy'].filter((what) => call.parts[what]?.dtype === dtype && String(call.parts[what]!.shape) === String(shape)); // prettier-ignore
    const where = r.whole(4);
    if (where === 1 && dtype !== 'int32') out = tensor('out', { dtype, shape, data });
    else if (where === 2 && fits.length > 0) out = given[pick(r, fits)];
    else if (where > 0) out = { data, shape };
  }
  return { given: out === undefined ? given : { ...given, out }, tensors, out };
}

eachBuild('a window that grows within the call', (plain, build) => {
  trials(`finds tensors as every argument (${build})`, 50, perBuild, (r) => {
    const name = pick(r, functions),
      { shape, axis } = shapeOf(r);
    const call = draw(r, name, shape, axis, pick(r, ['float32', 'float64']), extras(r, name, pick(r, [undefined, undefined, 0.7, -1.5]))); // prettier-ignore
    const s = createSoftmax({ build }),
      { given, tensors, out } = place(r, s, call);
    const text = `${inWords(call)}, tensors: ${tensors}`;
    let got: unknown;
    try {
      got = invoke(s, call, given);
    } catch (error) {
      expect.fail(`${text}: ${(error as Error).stack}`);
    }
    if (out !== undefined && got !== out) expect.fail(`${text}: out was not returned`);
    const wrong = difference(flat(got), plainly(plain, call));
    if (wrong !== undefined) expect.fail(`${text}: ${wrong}`);
    for (const [what, { data }] of Object.entries(call.parts)) {
      const changed = given[what] === out ? undefined : difference(flat(given[what]), data);
      if (changed !== undefined) expect.fail(`${text}: ${what} was changed: ${changed}`);
    }
  });
});

/**
 * An instance whose memory is taken up to 2^31, by bytes that nobody touches: what it allocates lies beyond, and wasm gives such addresses
 * as negative numbers.
 */
function high(build: Build): Softmax {
  const { Instance } = WebAssembly;
  let exports: { allocate(bytes: number): number } | undefined;
  WebAssembly.Instance = new Proxy(Instance, {
    construct(of, given: [WebAssembly.Module]) {
      const made = new of(...given);
      exports = made.exports as unknown as typeof exports;
      return made;
    },
  });
  try {
    const s = createSoftmax({ build });
    s.info();
    for (const bytes of [1e9, 1e9, 148e6]) exports!.allocate(bytes);
    return s;
  } finally {
    WebAssembly.Instance = Instance;
  }
}

for (const { build, softmax: plain, reason } of instances) {
  const name = `a window, tensors and results beyond 2^31 bytes (${build}${build === 'js' ? ': its addresses are plain numbers' : reason && `: ${reason}`})`;
  if (plain === undefined || build === 'js') test.skip(name);
  else
    trials(name, 30, perBuild, (r) => {
      const s = high(build);
      for (let i = 0; i < 4; i++) {
        const fn = pick(r, functions),
          { shape, axis } = i % 2 === 0 ? shapeOf(r) : { shape: [1 + r.whole(9), 1 + r.whole(900)], axis: [r.whole(2)] },
          call = draw(r, fn, shape, axis, pick(r, ['float32', 'float64']), extras(r, fn, pick(r, [undefined, undefined, 0.7, -1.5]))),
          { given, tensors } = place(r, s, call),
          text = `${inWords(call)}, tensors: ${tensors}`;
        let got: unknown;
        try {
          got = invoke(s, call, given);
        } catch (error) {
          expect.fail(`${text}: ${(error as Error).stack}`);
        }
        const wrong = difference(flat(got), plainly(plain, call));
        if (wrong !== undefined) expect.fail(`${text}: ${wrong}`);
      }
      expect(s.info().memoryBytes).toBeGreaterThan(2 ** 31);
    });
}
