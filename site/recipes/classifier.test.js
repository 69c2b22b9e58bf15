// Jest, as it comes: no transform, no moduleNameMapper
const { softmax, argmax } = require('softmax-simd');

test('the dog is seen as a dog', () => {
  const probabilities = softmax([1, 3, 2]);
  expect(argmax(probabilities)).toBe(1);
  expect(probabilities[1]).toBeCloseTo(0.6652, 4);
});
