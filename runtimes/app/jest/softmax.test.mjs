// Modules, as Jest has them with --experimental-vm-modules.
import * as api from 'softmax-simd';
import * as inline from 'softmax-simd/inline';
import * as js from 'softmax-simd/js';

test('the package answers', () => {
  for (const { softmax } of [api, js]) expect(softmax(new Float32Array(2))).toEqual(Float32Array.of(0.5, 0.5));
  expect(['relaxed', 'simd']).toContain(api.info().build);
  expect(js.info().build).toBe('js');
  expect(inline.softmax).toBe(api.softmax);
});
