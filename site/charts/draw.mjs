// Draws all charts: node site/charts/draw.mjs writes docs/charts/; the build of the site puts them into the site.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { bars, magnitudes } from './accuracy.mjs';
import { growth, ratios, sizes } from './speed.mjs';

const root = join(import.meta.dirname, '../..');
const text = (file) => readFileSync(join(root, file), 'utf8');

/** What there is to draw, each with its sentence; the numbers come from the files that are named. */
export const titles = {
  size: 'Time per element of softmax, float32, against the number of elements',
  ratio: 'Time of others divided by ours, softmax float32, median and middle half of the rounds',
  growth: 'Time per element as a lane grows, beside plain copies',
  accuracy: 'Largest errors in ULP',
  magnitude: 'Largest error in ULP of results of each magnitude',
};

export function draw(folder) {
  const results = JSON.parse(text('bench/results.json'));
  sizes(folder, results);
  ratios(folder, results);
  if (existsSync(join(root, 'bench/growth.json'))) growth(folder, JSON.parse(text('bench/growth.json')));
  bars(folder, text('docs/accuracy.md'));
  magnitudes(folder, JSON.parse(text('site/data/errors.json')));
}

if (process.argv[1] === import.meta.filename) {
  draw(join(root, 'docs/charts'));
  console.log('Written: docs/charts');
}
