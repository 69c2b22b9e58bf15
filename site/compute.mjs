// Runs the code of a page, and writes into it what came out: a page says no number that the package did not give.
import { inspect } from 'node:util';

const AsyncFunction = (async () => {}).constructor;

/** [1, 2] where Node writes [ 1, 2 ]. */
const tight = (text) => text.replaceAll('[ ', '[').replaceAll(' ]', ']');

/** As a reader would write it: four digits of what is not whole, typed arrays with their class. */
export function shown(value) {
  const round = (v) => (Number.isInteger(v) || !Number.isFinite(v) ? v : Number(v.toPrecision(4)));
  const rounded = (v) => {
    if (typeof v === 'number') return round(v);
    if (ArrayBuffer.isView(v)) return Array.from(/** @type {any} */ (v), round);
    if (Array.isArray(v)) return v.map(rounded);
    if (v !== null && typeof v === 'object')
      return Object.fromEntries(Object.entries(v).map(([name, each]) => [name, rounded(each)]));
    return v;
  };
  const text = tight(inspect(rounded(value), { depth: 6, compact: true, breakLength: Infinity, maxArrayLength: 12 }));
  return ArrayBuffer.isView(value) ? `${value.constructor.name} ${text}` : text;
}

/**
 * The page with its results put in. A block that is marked `js run` is run, all of a page in one scope after the other; where
 * a line ends in `//=` its value follows as a comment, and `//==` gives all digits. `{= expression =}` in the text becomes its value.
 *
 * @param {string} markdown
 * @param {Record<string, unknown>} api the names that code may use besides its own
 * @returns {Promise<string>}
 * @throws Error that names the page and the line of code which failed
 */
export async function computed(markdown, api, name = 'page') {
  const parts = markdown.split(/(^```js run\n[\s\S]*?^```$|\{=.*?=\})/m),
    code = [];
  parts.forEach((part, at) => {
    const line = (text) => text.replaceAll('\n', ' ').slice(0, 60);
    if (part.startsWith('{=')) code.push(`$put(${at}, 0, ${part.slice(2, -2)}, true, ${JSON.stringify(line(part))});`);
    if (!part.startsWith('```js run')) return;
    part
      .split('\n')
      .slice(1, -1)
      .forEach((text, row) => {
        // prettier-ignore
        const [, statement, how] = /^(.*?);?\s*\/\/(==?)\s*$/.exec(text) ?? [];
        if (/^import /.test(text)) return;
        const [, declared] = /^(?:const|let)\s+(\w+)\s*=/.exec(statement ?? '') ?? [];
        if (statement === undefined) code.push(text);
        else if (declared) code.push(`${statement};`, `$put(${at}, ${row + 1}, ${declared}, ${how === '='});`);
        else
          code.push(`$put(${at}, ${row + 1}, ${statement.replace(/^console\.log\((.*)\)$/, '$1')}, ${how === '='});`);
      });
  });
  const found = new Map();
  const put = (at, row, value, rounded) => found.set(`${at} ${row}`, rounded ? shown(value) : tight(inspect(value, { compact: true, breakLength: Infinity, depth: 6 }))); // prettier-ignore
  try {
    await new AsyncFunction('$put', ...Object.keys(api), code.join('\n'))(put, ...Object.values(api));
  } catch (error) {
    throw new Error(`${name}: the code of the page fails after ${found.size} results: ${error.message}`, { cause: error }); // prettier-ignore
  }
  const text = parts.map((part, at) => {
    // words of a sentence stand without quotes
    if (part.startsWith('{=')) return found.get(`${at} 0`).replace(/^'(.*)'$/, '$1');
    if (!part.startsWith('```js run')) return part;
    const lines = part.split('\n').map((line, row) => {
      const value = found.get(`${at} ${row}`);
      if (value === undefined) return line;
      const bare = line.replace(/\s*\/\/==?\s*$/, '');
      // on a line of its own where both would be too wide for a page
      return bare.length + value.length > 74 ? `${bare}\n// ${value}` : `${bare} // ${value}`;
    });
    return ['```js', ...lines.slice(1)].join('\n');
  });
  return text.join('');
}
