import { className, isPosing } from './typed.ts';

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
  if (isPosing(value, tag)) return `a proxy or an heir of a ${tag.endsWith('Array') ? tag : 'typed array'}`;
  if (tag === 'Object') return 'an object';
  const length =
    Array.isArray(value) || (ArrayBuffer.isView(value) && tag !== 'DataView')
      ? ` of length ${(value as unknown[]).length}`
      : '';
  return `${article(tag)}${length}`;
}

/** The name of a class behind its article. */
export function article(tag: string): string {
  return `${/^[AEIO]/.test(tag) ? 'an' : 'a'} ${tag}`;
}

/** How to make of a value, which is called `it` there, what was wanted: to be put behind an error. */
export function cure(value: unknown, it: string): string {
  if (typeof value === 'string') return `; ${cureText(value, it, it)}`;
  if (typeof value === 'bigint') return `; convert with Number(${it})`;
  if (typeof value !== 'object' || value === null) return '';
  const tag = Object.prototype.toString.call(value).slice(8, -1);
  if (isBig(value)) return `; convert with Float64Array.from(${it}, Number)`;
  if (tag === 'DataView') {
    return `; say what the bytes are, for instance with new Float32Array(${it}.buffer, ${it}.byteOffset, ${it}.byteLength / 4)`;
  }
  if (tag.endsWith('ArrayBuffer')) return `; say what the bytes are, for instance with new Float32Array(${it})`;
  if (tag === 'Float16Array')
    return "; pass the bits of a polyfilled Float16Array as a Uint16Array with dtype: 'float16'";
  if (isPosing(value, tag)) return `; pass the array itself, in Vue toRaw(${it})`;
  if (tag === 'Promise') return '; await it first';
  if (tag === 'Number' || tag === 'Date') return `; convert with Number(${it})`;
  if (tag === 'Map') return `; convert with Array.from(${it}.values())`;
  if (tag === 'Set' || tag === 'Generator' || tag === 'Arguments' || tag.endsWith('Iterator'))
    return `; convert with Array.from(${it})`;
  const method = methods.find((each) => hasMethod(value, each));
  if (method !== undefined) return `; pass ${it}.${method}()`;
  return tag === 'Object' && hasNumbers(value) ? `; pass Object.values(${it})` : '';
}

/** What to do with a text, which is called `it` and belongs to `what`. */
export function cureText(text: string, it: string, what: string): string {
  if (text.trim() !== '' && !Number.isNaN(Number(text))) return `convert with Number(${it})`;
  if (/^\s*[[{]/.test(text)) return 'parse the text first, for instance with JSON.parse';
  return what === 'target' || what === 'labels'
    ? `give the index of its class, from 0 to classes - 1, as names.indexOf(${it})`
    : `parse the text first, Number makes ${Number(text)} of it`;
}

/** Whether all that an object has are numbers, under names of its own; no getter runs. */
function hasNumbers(value: object): boolean {
  const members = Object.entries(Object.getOwnPropertyDescriptors(value));
  return members.length > 0 && members.every(([name, each]) => name !== 'length' && typeof each.value === 'number');
}

/** What to do with integers that are the bytes of 16-bit floats. */
export function asBits(it: string, half: string): string {
  return `pass its bytes as new Uint16Array(${it}.buffer, ${it}.byteOffset, ${it}.byteLength / 2) with dtype: '${half}'`;
}

/** What to do with a mask of 0 and -Infinity, of so many axes. */
export function additive(rank: number): string {
  let mask = '(m) => m === 0';
  for (let d = rank; d > 0; d--) mask = `${d === 1 ? 'mask' : '(m) => m'}.map(${mask})`;
  return `Add an additive mask (0 and -Infinity) to x instead, or pass ${mask}`;
}

/** What other libraries call the way to plain or typed arrays: ml-matrix; apache-arrow and mathjs; numjs. */
const methods = ['to2DArray', 'toArray', 'tolist'];

/** Whether an object or a class of it has a method; no getter runs. */
function hasMethod(value: object, name: string): boolean {
  for (let at: object | null = value; at !== null; at = Object.getPrototypeOf(at) as object | null) {
    const found = Object.getOwnPropertyDescriptor(at, name);
    if (found !== undefined) return typeof found.value === 'function';
  }
  return false;
}

function isBig(value: object): boolean {
  return ArrayBuffer.isView(value) && className(value)?.startsWith('Big') === true;
}

/** An argument that is no array at all. */
export function unfit(name: string, what: string, value: unknown, mask: boolean): string {
  const wanted = mask
    ? 'a boolean, nested arrays of booleans or 0 / 1, a typed array of 0 / 1, or { data, shape }'
    : 'a number, nested arrays of numbers, a typed array, or { data, shape } with a typed array as data';
  return `${name}: ${what} is ${unlike(value, wanted)}${cure(value, what)}`;
}

/** What `data` of an object is, where it is no typed array of numbers. */
export function unfitData(name: string, what: string, owner: object, data: unknown): string {
  const is = `${name}: the data of ${what} is ${unlike(data, 'a typed array of numbers')}`,
    // a method of the owner would give the same bigints
    other = typeof data === 'object' && data !== null && isBig(data) ? '' : cure(owner, what);
  if (other !== '' || !Array.isArray(data)) return is + (other || cure(data, `${what}.data`));
  if (data.every((each) => typeof each === 'number')) return `${is}; convert with Float64Array.from(${what}.data)`;
  return `${is}; nested arrays are passed as they are, without shape`;
}

function unlike(value: unknown, wanted: string): string {
  return typeof value === 'object' && value !== null && isBig(value)
    ? `${describe(value)}, whose elements are bigints; only labels may be`
    : `${describe(value)}; it must be ${wanted}`;
}
