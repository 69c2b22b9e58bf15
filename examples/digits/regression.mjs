// The linear part of a softmax regression: logits = pixels . weights, its gradient, and one step of descent.

import { pixels } from './mnist.mjs';

export const classes = 10;
const bias = pixels; // one more pixel that is always 1
const momentum = 0.9;

/** Each image as a list of its inked pixels (four fifths are blank): image i has entries start[i] .. start[i + 1]. */
export function inkOf({ count, images }) {
  const entries = images.reduce((sum, value) => sum + (value > 0 ? 1 : 0), count);
  const ink = { start: new Uint32Array(count + 1), pixel: new Uint16Array(entries), value: new Float32Array(entries) };
  let e = 0;
  const add = (pixel, value) => {
    ink.pixel[e] = pixel;
    ink.value[e++] = value;
  };
  for (let i = 0; i < count; i++) {
    for (let p = 0; p < pixels; p++) {
      const value = images[i * pixels + p];
      if (value > 0) add(p, value / 255);
    }
    add(bias, 1);
    ink.start[i + 1] = e;
  }
  return ink;
}

export function createRegression() {
  const weights = new Float32Array((pixels + 1) * classes);
  const gradient = new Float32Array(weights.length);
  const velocity = new Float32Array(weights.length);

  /** logits[row] = weights applied to image chosen[row]. */
  function forward({ start, pixel, value }, chosen, logits) {
    logits.fill(0);
    for (let row = 0; row < chosen.length; row++) {
      const image = chosen[row];
      const to = row * classes;
      for (let e = start[image]; e < start[image + 1]; e++) {
        const shade = value[e];
        const from = pixel[e] * classes;
        for (let c = 0; c < classes; c++) logits[to + c] += shade * weights[from + c];
      }
    }
  }

  /** Adds to the gradient what the slopes (d loss / d logits) of these images say. */
  function backward({ start, pixel, value }, chosen, slopes) {
    for (let row = 0; row < chosen.length; row++) {
      const image = chosen[row];
      const from = row * classes;
      for (let e = start[image]; e < start[image + 1]; e++) {
        const shade = value[e];
        const to = pixel[e] * classes;
        for (let c = 0; c < classes; c++) gradient[to + c] += shade * slopes[from + c];
      }
    }
  }

  /** One step downhill with momentum; clears the gradient. */
  function descend(rate) {
    for (let i = 0; i < weights.length; i++) {
      velocity[i] = momentum * velocity[i] - rate * gradient[i];
      weights[i] += velocity[i];
    }
    gradient.fill(0);
  }

  return { forward, backward, descend };
}

/** Shuffles in place (Fisher-Yates); random() gives numbers in [0, 1). */
export function shuffle(order, random) {
  for (let i = order.length - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1));
    [order[i], order[j]] = [order[j], order[i]];
  }
}

/** Random numbers in [0, 1) that are the same in every run (mulberry32). */
export function seeded(seed) {
  return () => {
    seed = (seed + 0x6d2b79f5) | 0;
    let t = Math.imul(seed ^ (seed >>> 15), 1 | seed);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}
