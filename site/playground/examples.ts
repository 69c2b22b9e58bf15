// What the list of examples offers: a name, and the text that stands in the field then.
import { generator } from './draw.ts';

const normal = (seed: number): (() => number) => {
  const random = generator(seed);
  return () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
};
const numbers = (count: number, seed: number, spread: number): number[] => {
  const next = normal(seed);
  return Array.from({ length: count }, () => Number((spread * next()).toFixed(3)));
};

export const examples: readonly { readonly name: string; readonly text: () => string }[] = [
  { name: 'three classes', text: () => 'cat, dog, bird\n1, 3, 2' },
  {
    name: 'the next word',
    text: () => 'the, a, my, his, blue, xylophone, and, ran\n7.1, 6.4, 4.9, 4.2, 3.1, -2.5, 0.3, -0.8',
  },
  { name: 'too large for Math.exp', text: () => '1000, 3000, 2000' },
  { name: 'one that dominates', text: () => '0, -40, -41, -745' },
  { name: '1,000 classes', text: () => numbers(1000, 7, 2.5).join(', ') },
  {
    name: 'attention, 16 by 16, causal',
    text: () => {
      const scores = numbers(256, 3, 1.5);
      return Array.from({ length: 16 }, (_, i) => scores.slice(16 * i, 16 * i + 16).map((s, j) => (j > i ? '-inf' : s)).join(', ')).join('\n'); // prettier-ignore
    },
  },
];
