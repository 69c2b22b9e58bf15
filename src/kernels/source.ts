import { relaxed, scalar, simd } from '../generated/bytes.ts';
import type { Source } from './choose.ts';
import { applyPatch } from './patch.ts';

// Where the wasm comes from. tools/build.mjs puts source.workerd.ts, source.edgeLight.ts or source.none.ts in the place of this
// file for the entries of their names; all entries are src/index.ts otherwise.

/** relaxed lies here in hexadecimal, the other builds as patches of it; only what is tried is decoded. */
export const source: Source = (build) => {
  const whole = decode(relaxed);
  return build === 'relaxed' ? whole : applyPatch(whole, decode(build === 'simd' ? simd : scalar));
};

function decode(hex: string): Uint8Array {
  const native = Uint8Array as unknown as { fromHex?: (text: string) => Uint8Array };
  if (native.fromHex !== undefined) return native.fromHex(hex);
  const host = globalThis as unknown as { Buffer?: { from(text: string, encoding: string): Uint8Array } };
  if (host.Buffer !== undefined) return host.Buffer.from(hex, 'hex');
  const code = new Uint8Array(hex.length / 2);
  for (let i = 0; i < code.length; i++) code[i] = parseInt(hex.slice(2 * i, 2 * i + 2), 16);
  return code;
}
