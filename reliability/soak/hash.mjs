import { createHash } from 'node:crypto';

/** The bits of the results of some calls. */
export function hashOf(calls) {
  const hash = createHash('sha256');
  for (const call of calls) add(call());
  return hash.digest('hex');

  function add(result) {
    if (ArrayBuffer.isView(result)) hash.update(new Uint8Array(result.buffer, result.byteOffset, result.byteLength));
    else if (typeof result === 'number') hash.update(Float64Array.of(result));
    else if (typeof result === 'object') Object.values(result).forEach(add);
    else hash.update(String(result));
  }
}
