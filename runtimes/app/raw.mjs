// The .wasm files by the names that users have for them: found, compiled, and importable where the host does that.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';

const names = [];
for (const build of ['relaxed', 'simd', 'scalar']) {
  const specifier = `softmax-simd/${build}.wasm`,
    module = new WebAssembly.Module(readFileSync(new URL(import.meta.resolve(specifier))));
  assert.deepEqual(WebAssembly.Module.imports(module), []);
  names.push(WebAssembly.Module.exports(module).map(({ name }) => name));
  assert.deepEqual(Object.keys(await import(specifier)), names.at(-1).toSorted());
}
assert.deepEqual(names[0], names[1]);
assert.deepEqual(names[0], names[2]);
console.log(`three modules with the same ${names[0].length} exports`);
