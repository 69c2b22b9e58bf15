// What the calls of a test give, as a hash: two runs with the same hash have called the package alike and got the same bits, or errors
// of the same classes.

/** of the calls since `begin` */
const state = { hash: 0, calls: 0 };

export function begin() {
  state.hash = state.calls = 0;
}
export const sofar = () => ({ ...state });

const mix = (word) => {
  state.hash = Math.imul(state.hash ^ word, 0x01000193) ^ (state.hash >>> 15);
};
const float = new Float64Array(1),
  words = new Int32Array(float.buffer);
const number = (value) => {
  float[0] = value === value ? value : NaN;
  mix(words[0]);
  mix(words[1]);
};
const text = (value) => {
  mix(value.length);
  for (let i = 0; i < value.length; i++) mix(value.charCodeAt(i));
};

function add(value, depth = 0) {
  if (typeof value === 'number') return number(value);
  if (typeof value !== 'object' || value === null) return text(typeof value === 'function' ? '' : String(value));
  if (ArrayBuffer.isView(value)) {
    text(value[Symbol.toStringTag]);
    mix(value.length);
    for (let i = 0; i < value.length; i++) number(Number(value[i]));
  } else if (Array.isArray(value)) {
    mix(value.length);
    for (const each of value) add(each, depth + 1);
  } else if (Object.getPrototypeOf(value) === Object.prototype && depth < 8) {
    for (const [key, each] of Object.entries(value)) {
      text(key);
      add(each, depth + 1);
    }
  } else text('an object');
}

/** A function of the package whose results count. */
export const traced = (call) =>
  function (...given) {
    state.calls++;
    try {
      const result = call.apply(this, given);
      add(result);
      return result;
    } catch (error) {
      text(String(error?.constructor?.name));
      throw error;
    }
  };

const untraced = new Set(['tensor', 'init', 'info', 'createSoftmax']);

/** The functions of an object that are such, traced. */
export const tracedAll = (of) =>
  Object.fromEntries(
    Object.entries(of).map(([name, value]) => [
      name,
      typeof value === 'function' && !untraced.has(name) ? traced(value) : value,
    ]),
  );

/** A module that has the exports of src/index.ts, at a URL, traced. */
export const moduleOf = (url, names) => `
import { traced, tracedAll } from ${JSON.stringify(import.meta.url)};
import * as all from ${JSON.stringify(url)};
const own = tracedAll(all);
export const createSoftmax = (options) => tracedAll(all.createSoftmax(options));
${names.map((name) => `export const ${name} = own.${name};`).join('\n')}
`;
