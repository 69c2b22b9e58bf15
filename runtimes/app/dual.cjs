// require() beside import: node dual.cjs [two]. One instance where the host has a choice; two instances do no harm.
const assert = require('node:assert/strict');

(async () => {
  const module = await import('softmax-simd');
  if (process.argv[2] !== 'two') {
    for (const path of ['', '/inline', '/js']) {
      const required = require(`softmax-simd${path}`),
        imported = await import(`softmax-simd${path}`);
      for (const name of Object.keys(imported)) assert.equal(required[name], imported[name], `${path} ${name}`);
    }
    return console.log('one instance');
  }
  const other = require('./node_modules/softmax-simd/dist/index.cjs');
  assert.deepEqual(Object.keys(other).sort(), Object.keys(module).sort());
  assert.notEqual(other.softmax, module.softmax);
  const x = Float64Array.from({ length: 999 }, (_, i) => Math.sin(i) * 9),
    expected = module.softmax(x);
  assert.deepEqual(other.softmax(x), expected);
  // a tensor of one is an object with data and shape to the other
  for (const [one, two] of [
    [module, other],
    [other, module],
  ]) {
    const tensor = one.tensor('float64', [999], x),
      result = two.softmax(tensor);
    assert.deepEqual(Float64Array.from(result.data ?? result), expected);
    tensor.dispose();
  }
  console.log('the same names and results, tensors of each other included');
})().catch((error) => {
  console.error(error);
  process.exitCode = 1;
});
