// CommonJS, as Jest has it without settings.
const api = require('softmax-simd');
const inline = require('softmax-simd/inline');
const js = require('softmax-simd/js');

test('the package answers', () => {
  for (const { softmax } of [api, js]) expect(softmax(new Float32Array(2))).toEqual(Float32Array.of(0.5, 0.5));
  expect(['relaxed', 'simd']).toContain(api.info().build);
  expect(js.info().build).toBe('js');
  expect(inline.softmax).toBe(api.softmax);
});
