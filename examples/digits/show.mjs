// Drawing in the terminal, 80 columns wide: a progress line, digits beside bars.

import { pixels, side } from './mnist.mjs';
import { classes } from './regression.mjs';

const terminal = process.stdout.isTTY === true;
const columns = () => process.stdout.columns || 80; // some terminals say 0
const colours = terminal && process.env.NO_COLOR === undefined && process.stdout.hasColors?.(256);
const boxSide = 20; // MNIST scales every digit into a box of 20 x 20 pixels
const barWidth = 8;

let tenths = -1;

/** One line that is rewritten on a terminal; elsewhere a line of its own for each tenth of the way. */
export function showProgress(part, text) {
  if (terminal) {
    const line = `  ${bar(part, 24, '·')} ${text}`.slice(0, columns() - 1);
    process.stdout.write(`\r${line}\x1b[K${part >= 1 ? '\n' : ''}`);
  } else if (Math.floor(part * 10) > tenths) {
    tenths = Math.floor(part * 10);
    console.log(`  ${text}`);
  }
}

/** Each digit = { image, label, read, probabilities }: two side by side, the image on the left of its probabilities. */
export function showDigits(digits) {
  for (let d = 0; d < digits.length; d += 2) {
    const [left, right] = [digits[d], digits[d + 1]].map(panel);
    console.log('\n' + left.map((line, i) => `${line}   ${right[i]}`.trimEnd()).join('\n'));
  }
}

function panel({ image, label, read, probabilities }) {
  const verdict = read === label ? `a ${label}, read as ${read}` : `a ${label}, misread as ${read}`;
  const picture = draw(image);
  const lines = Array.from({ length: classes }, (_, c) => {
    const percent = `${(probabilities[c] * 100).toFixed(1)}%`.padStart(6);
    return `${picture[c]} ${c} ${bar(probabilities[c], barWidth, ' ')}${percent}`;
  });
  return [verdict.padEnd(boxSide + 3 + barWidth + 6), ...lines];
}

/** The digit in ten lines of twenty half blocks: an upper and a lower pixel per character. */
function draw(image) {
  const [top, left] = [boxStart(image, (p) => Math.floor(p / side)), boxStart(image, (p) => p % side)];
  const ink = (y, x) => image[(top + y) * side + left + x];
  return Array.from({ length: boxSide / 2 }, (_, line) => {
    const cells = Array.from({ length: boxSide }, (_, x) => cell(ink(2 * line, x), ink(2 * line + 1, x)));
    return cells.join('') + (colours ? '\x1b[0m' : '');
  });
}

/** Two pixels as one half block, which shows the shape even without colours; with them, also the grey. */
function cell(upper, lower) {
  const block = ' ▄▀█'[(upper > 127 ? 2 : 0) + (lower > 127 ? 1 : 0)];
  if (!colours) return block;
  const mean = (upper + lower) / 2;
  const [front, back] = { ' ': [mean, mean], '▄': [lower, upper], '▀': [upper, lower], '█': [mean, mean] }[block];
  return `\x1b[38;5;${grey(front)};48;5;${grey(back)}m${block}`;
}

function grey(value) {
  return 232 + Math.round((value / 255) * 23); // the grey ramp of the 256 colours
}

/** Where the box starts, along one axis, that has the ink in its middle. */
function boxStart(image, coordinate) {
  const inked = Array.from({ length: pixels }, (_, p) => p).filter((p) => image[p] > 0);
  const places = inked.map(coordinate);
  const middle = (Math.min(...places) + Math.max(...places) + 1) / 2;
  return Math.max(0, Math.min(side - boxSide, Math.round(middle - boxSide / 2)));
}

/** part of width filled, to an eighth of a character. */
function bar(part, width, rest) {
  const eighths = Math.round(Math.max(0, Math.min(1, part)) * width * 8);
  const full = '█'.repeat(eighths >> 3) + ['', ...'▏▎▍▌▋▊▉'][eighths & 7];
  return full.padEnd(width, rest);
}
