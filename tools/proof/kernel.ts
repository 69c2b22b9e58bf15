import { dyadicOf } from '../../test/support/dyadic.ts';
import { functionText, numberAt } from './constants.ts';

// The arithmetic of a kernel's function as lines of Gappa, read from its text: a change of an operation, or of their order,
// changes the proof.

export interface Wanted {
  readonly file: string;
  readonly name: string;
  /** whether madd, msub and nmadd round once, as with relaxed SIMD */
  readonly fused: boolean;
  /** variables that the script says itself what they are */
  readonly inputs: readonly string[];
  /** numbers by the names of parameters */
  readonly numbers?: Readonly<Record<string, number>>;
  /** what is loaded, by the text between the brackets of loadAs */
  readonly loaded?: Readonly<Record<string, string>>;
  /** the `if` of the text, by its condition */
  readonly when?: Readonly<Record<string, boolean>>;
  /** the Gappa name of the rounding operator */
  readonly round?: string;
}

export interface Lines {
  /** definitions as they are rounded, and the same without roundings, whose names begin with M */
  readonly rounded: string;
  readonly exact: string;
}

/** A double as Gappa reads it. */
export function gappa(x: number): string {
  const { integer, power } = dyadicOf(x);
  return integer < 0n ? `(${integer}b${power})` : `${integer}b${power}`;
}

type Term = { readonly rounded: string; readonly exact: string };

/** The lines that define the last values of `targets`, and all that they are made of. */
export function arithmetic(wanted: Wanted, targets: readonly string[]): Lines {
  const { inputs, numbers = {}, when = {}, round = 'rnd' } = wanted;
  const { body } = functionText(wanted.file, wanted.name);
  const values = new Map<string, Term | Error>();
  const made = new Map<string, { rounded: string; exact: string; from: string[] }>();
  for (const name of inputs) values.set(name, { rounded: name, exact: name });
  for (const [name, x] of Object.entries(numbers)) values.set(name, { rounded: gappa(x), exact: gappa(x) });
  const rounded = (expression: string): string => `${round}(${expression})`;

  function term(text: string, from: string[]): Term {
    const trimmed = text.trim(),
      call = /^(\w+)\(([^]*)\)$/.exec(trimmed);
    if (call === null) {
      if (/^[\d.]+(e-?\d+)?$/.test(trimmed)) return { rounded: gappa(Number(trimmed)), exact: gappa(Number(trimmed)) };
      const value = values.get(trimmed);
      if (value === undefined) throw new Error(`${wanted.name} reads ${trimmed}, which tools/proof does not know`);
      if (value instanceof Error) throw value;
      if (made.has(value.rounded)) from.push(value.rounded);
      return value;
    }
    const [, name, inner] = call as unknown as [string, string, string];
    if (name === 'constant') return constant(inner);
    if (name === 'splat') return number(inner);
    if (name === 'loadAs' && wanted.loaded?.[inner] !== undefined) return term(wanted.loaded[inner], from);
    const operands = split(inner).map((operand) => term(operand, from));
    const [a, b, c] = operands as [Term, Term, Term];
    const both = (of: (a: string, b: string, c: string) => string, single = of): Term => ({
      rounded: single(a.rounded, b.rounded, c?.rounded),
      exact: `(${of(a.exact, b.exact, c?.exact)})`,
    });
    const product = wanted.fused
      ? (x: string, y: string) => `${x} * ${y}`
      : (x: string, y: string) => rounded(`${x} * ${y}`);
    switch (name) {
      case 'add':
        return both(
          (x, y) => `${x} + ${y}`,
          (x, y) => rounded(`${x} + ${y}`),
        );
      case 'sub':
        return both(
          (x, y) => `${x} - ${y}`,
          (x, y) => rounded(`${x} - ${y}`),
        );
      case 'mul':
        return both(
          (x, y) => `${x} * ${y}`,
          (x, y) => rounded(`${x} * ${y}`),
        );
      case 'div':
        return both(
          (x, y) => `${x} / ${y}`,
          (x, y) => rounded(`${x} / ${y}`),
        );
      case 'madd':
        return both(
          (x, y, z) => `${x} * ${y} + ${z}`,
          (x, y, z) => rounded(`${product(x, y)} + ${z}`),
        );
      case 'msub':
        return both(
          (x, y, z) => `${x} * ${y} - ${z}`,
          (x, y, z) => rounded(`${product(x, y)} - ${z}`),
        );
      case 'nmadd':
        return both(
          (x, y, z) => `${z} - ${x} * ${y}`,
          (x, y, z) => rounded(`${z} - ${product(x, y)}`),
        );
    }
    throw new Error(`${wanted.name} calls ${name}, which tools/proof cannot read: ${trimmed}`);
  }

  const assignment = /^(?:const |let )?(\w+) = ([^]*)$/,
    all = statements(body, when),
    versions = new Map<string, number>();
  const often = (name: string): boolean => all.filter((line) => assignment.exec(line)?.[1] === name).length > 1;
  for (const statement of all) {
    const found = assignment.exec(statement);
    if (found === null || inputs.includes(found[1]!) || found[1]! in numbers) continue;
    const [, name, expression] = found as unknown as [string, string, string];
    try {
      const from: string[] = [],
        made_ = term(expression, from),
        version = versions.get(name) ?? 0,
        label = often(name) ? `${name}_${version}` : name;
      versions.set(name, version + 1);
      made.set(label, { ...made_, from });
      values.set(name, { rounded: label, exact: `M${label}` });
    } catch (error) {
      values.set(name, error as Error); // it matters only where something that is wanted is made of it
    }
  }

  const needed = new Set<string>();
  const need = (label: string): void => {
    if (needed.has(label)) return;
    needed.add(label);
    made.get(label)!.from.forEach(need);
  };
  let names = '';
  for (const target of targets) {
    const value = values.get(target);
    if (value === undefined) throw new Error(`assembly/${wanted.file}: ${wanted.name} has no ${target} any more`);
    if (value instanceof Error) throw value;
    need(value.rounded);
    if (value.rounded !== target) names += `${target} = ${value.rounded};\n`;
  }
  const lines = [...made].filter(([label]) => needed.has(label));
  return {
    rounded: lines.map(([label, value]) => `${label} = ${value.rounded};\n`).join('') + names,
    exact: lines.map(([label, value]) => `M${label} = ${value.exact};\n`).join(''),
  };
}

function constant(inner: string): Term {
  const [, table, offset] = /^(\w+)(?: \+ (\d+))?$/.exec(inner.trim())!;
  const x = gappa(numberAt(table!, Number(offset ?? 0)));
  return { rounded: x, exact: x };
}

/** a literal, or a quotient of two, which the compiler rounds */
function number(inner: string): Term {
  const parts = inner.split('/').map((part) => part.trim());
  if (parts.length > 2 || parts.some((part) => !/^-?[\d.]+(e-?\d+)?$/.test(part)))
    throw new Error(`${inner} is no number`);
  const x = gappa(parts.length === 2 ? Number(parts[0]) / Number(parts[1]) : Number(parts[0]));
  return { rounded: x, exact: x };
}

/** The parts of a text between commas that are in no brackets. */
function split(text: string): string[] {
  const parts: string[] = [];
  let depth = 0,
    from = 0;
  for (let i = 0; i < text.length; i++) {
    if (text[i] === '(') depth++;
    if (text[i] === ')') depth--;
    if (text[i] === ',' && depth === 0) {
      parts.push(text.slice(from, i));
      from = i + 1;
    }
  }
  parts.push(text.slice(from));
  return parts;
}

/** The statements that run where the conditions are what `when` says; those under any other condition are left out. */
function statements(body: string, when: Readonly<Record<string, boolean>>): string[] {
  const plain = body.replace(/<(?:\w+)(?:, ?\w+)*>/g, '');
  const chosen = chooseBranches(plain, when);
  return chosen.split(';').flatMap((line) => {
    const [first, ...rest] = split(line.trim());
    return [first!, ...rest].map((part) => part.trim());
  });
}

function chooseBranches(text: string, when: Readonly<Record<string, boolean>>): string {
  const at = text.search(/\bif \(/);
  if (at < 0) return text;
  const close = matching(text, text.indexOf('(', at), '(', ')');
  const condition = text.slice(text.indexOf('(', at) + 1, close);
  if (text[close + 2] !== '{')
    return text.slice(0, at) + chooseBranches(text.slice(text.indexOf(';', close) + 1), when);
  const end = matching(text, close + 2, '{', '}');
  const yes = text.slice(close + 3, end);
  let no = '',
    next = end + 1;
  const other = /^ else \{/.exec(text.slice(next));
  if (other !== null) {
    const last = matching(text, next + other[0].length - 1, '{', '}');
    no = text.slice(next + other[0].length, last);
    next = last + 1;
  }
  // `else if` is read as an `if` of its own
  if (text.startsWith(' else if (', next)) next += ' else '.length;
  const choice = when[condition] === undefined ? '' : when[condition] ? yes : no;
  return text.slice(0, at) + chooseBranches(choice, when) + chooseBranches(text.slice(next), when);
}

function matching(text: string, from: number, open: string, close: string): number {
  let depth = 0;
  for (let i = from; i < text.length; i++) {
    if (text[i] === open) depth++;
    if (text[i] === close && --depth === 0) return i;
  }
  throw new Error('brackets do not match');
}
