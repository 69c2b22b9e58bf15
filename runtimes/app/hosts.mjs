// Hosts that no program here is: node hosts.mjs untouched | asynchronous | bytes
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';

if (process.argv[2] === 'untouched') {
  // the import alone must not look at WebAssembly: edge hosts refuse that before any code of ours could catch it
  const own = globalThis.WebAssembly;
  globalThis.WebAssembly = new Proxy(
    {},
    { get: (_, name) => assert.fail(`WebAssembly.${String(name)} is used at import`) },
  );
  const { info } = await import('softmax-simd');
  globalThis.WebAssembly = own;
  assert.notEqual(info().build, 'js');
} else if (process.argv[2] === 'bytes') {
  // prints the hash of what each build hands to the host
  const { Module } = WebAssembly,
    hashes = {};
  let given;
  WebAssembly.Module = function (bytes) {
    given = bytes;
    return new Module(bytes);
  };
  const { createSoftmax } = await import('softmax-simd');
  for (const build of ['relaxed', 'simd', 'scalar']) {
    createSoftmax({ build }).info();
    hashes[build] = createHash('sha256').update(given).digest('hex');
  }
  console.log(JSON.stringify(hashes));
} else {
  // old Chromium compiles nothing above 4 KB synchronously on the main thread, but validates and compiles later
  const { Module } = WebAssembly;
  WebAssembly.Module = function (bytes) {
    if (bytes.length > 4096) throw new RangeError('WebAssembly.Module is disallowed on the main thread');
    return new Module(bytes);
  };
  const { createSoftmax, info, init } = await import('softmax-simd');
  assert.equal(createSoftmax().info().build, 'js');
  assert.match(createSoftmax().info().refused[0].reason, /disallowed|SIMD/);
  assert.notEqual((await init()).build, 'js');
  assert.notEqual(info().build, 'js');
}
