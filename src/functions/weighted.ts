import { className, type TypedArray } from '../input/typed.ts';
import { one, split } from '../kernels/theta.ts';
import { decode, encode } from '../numeric/half.ts';
import { lastSign, weightedSum } from '../numeric/weighted.ts';
import type { Call } from '../plan/call.ts';
import { fresh, wrap } from '../plan/result.ts';
import { read, write, type Walk } from '../plan/walk.ts';
import { leave } from '../run/execute.ts';
import { level } from '../run/window.ts';

/**
 * logsumexp with weights or a sign: log |sum b exp(theta x)| and the sign of the sum, lane by lane, in pairs of float64
 * whatever the build, so that weights of both signs cancel as exactly as they should.
 */
export function weighted(c: Call): unknown {
  const { storage, returnSign, outer, length, inner } = c;
  if (c.inWindow) leave(c);
  const lanes = outer * inner,
    values = c.target !== undefined ? undefined : fresh(c, lanes);
  const signs = returnSign ? fresh(c, lanes) : undefined;
  const x = new Float64Array(length),
    b = new Float64Array(length),
    mask = new Uint8Array(length).fill(1);
  const theta = c.theta === 0 ? one : split(c.theta);
  const results = new Float64Array(lanes),
    found = new Float64Array(lanes);
  const { source, where } = c;
  for (let o = 0; o < outer; o++) {
    for (let i = 0; i < inner; i++) {
      const at = o * length * inner + i;
      lane(source, at, length, inner, x);
      if (storage.bits >= 0 && className(source.data) === 'Uint16Array')
        decode(x, 0, length, storage.name as 'float16');
      if (c.theta === 0) level(x, 0, length);
      if (c.b !== undefined) lane(c.b, at, length, inner, b);
      else b.fill(1);
      if (where !== undefined) {
        lane(where, at, length, inner, mask);
        for (let k = 0; k < length; k++) if (mask[k] === 0) b[k] = 0;
      }
      const n = o * inner + i;
      results[n] = weightedSum(x, b, theta);
      found[n] = lastSign();
      if (!returnSign && found[n]! < 0) results[n] = NaN;
    }
  }
  const put = (walk: Walk, a: Float64Array): void => {
    if (storage.bits >= 0 && className(walk.data) === 'Uint16Array') encode(a, 0, lanes, storage.name as 'float16');
    write(walk, 0, lanes, a, 0);
  };
  put(c.targetWalk ?? c.resultWalk(values!), results);
  const got = values === undefined ? c.target : wrap(c, values);
  if (signs === undefined) return got;
  put(c.resultWalk(signs), found);
  return { value: got, sign: wrap(c, signs) };
}

function lane(walk: Walk, start: number, n: number, step: number, into: TypedArray): void {
  if (step === 1) read(walk, start, n, into, 0);
  else for (let k = 0; k < n; k++) read(walk, start + k * step, 1, into, k);
}
