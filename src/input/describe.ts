// What an error says of a value.

/** What a value is, in a few words, without calling any of its own code. */
export function describe(value: unknown): string {
  if (value === null || value === undefined) return String(value);
  if (typeof value === 'string')
    return `the string ${JSON.stringify(value.length > 24 ? `${value.slice(0, 24)}...` : value)}`;
  if (typeof value === 'bigint') return `the bigint ${value}n`;
  if (typeof value === 'symbol') return 'a symbol';
  if (typeof value === 'function') return 'a function';
  if (typeof value === 'number' || typeof value === 'boolean') return `the ${typeof value} ${value}`;
  const tag = Object.prototype.toString.call(value).slice(8, -1);
  if (tag === 'Object') return 'an object';
  const length =
    Array.isArray(value) || (ArrayBuffer.isView(value) && tag !== 'DataView')
      ? ` of length ${(value as unknown[]).length}`
      : '';
  return `${/^[AEIO]/.test(tag) ? 'an' : 'a'} ${tag}${length}`;
}

/** How to make of a value what was wanted, to be put behind an error. */
export function cure(value: unknown): string {
  if (typeof value === 'string') return '; parse the text first, for instance with JSON.parse or Number';
  if (typeof value === 'bigint') return '; convert with Number(...)';
  if (typeof value !== 'object' || value === null) return '';
  if (Array.isArray(value)) return '; convert with Float64Array.from(...)';
  const tag = Object.prototype.toString.call(value).slice(8, -1);
  if (tag.startsWith('Big')) return '; convert with Float64Array.from(array, Number)';
  if (tag === 'DataView' || tag.endsWith('ArrayBuffer')) {
    return '; say what the bytes are, for instance with new Float32Array(buffer)';
  }
  if (tag === 'Float16Array')
    return "; pass the bits of a polyfilled Float16Array as a Uint16Array with dtype: 'float16'";
  if (tag === 'Promise') return '; await it first';
  if (tag === 'Number' || tag === 'Date') return '; convert with Number(...)';
  if (tag === 'Set' || tag === 'Map' || tag === 'Generator' || tag === 'Arguments')
    return '; convert with Array.from(...)';
  return '';
}

/** An argument that is no array at all. */
export function unfit(name: string, what: string, value: unknown, mask: boolean): string {
  const wanted = mask
    ? 'a boolean, nested arrays of booleans or 0 / 1, a typed array of 0 / 1, or { data, shape }'
    : 'a number, nested arrays of numbers, a typed array, or { data, shape } with a typed array as data';
  return `${name}: ${what} is ${describe(value)}; it must be ${wanted}${cure(value)}`;
}
