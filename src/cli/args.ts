import { parseArgs } from 'node:util';
import { meant, usage } from './failure.ts';
import { seeded } from './random.ts';

/** The commands that compute, and the options of each. */
const scaled = ['axis', 'theta', 'temperature', 'exact', 'format'];
export const commands = {
  softmax: scaled,
  logsoftmax: scaled,
  logsumexp: scaled,
  argmax: ['axis', 'format'],
  topk: ['k', 'axis', 'format'],
  sample: ['axis', 'temperature', 'theta', 'top-k', 'top-p', 'min-p', 'count', 'seed', 'logprobs', 'format'],
} as const satisfies Record<string, readonly string[]>;

export type Command = keyof typeof commands;
export const formats = ['json', 'npy', 'bars'] as const;
export type Format = (typeof formats)[number];

/** A command line that has been understood. */
export interface Request {
  readonly command: Command;
  /** undefined: standard input */
  readonly file: string | undefined;
  /** undefined: bars on a terminal, else JSON */
  readonly format: Format | undefined;
  readonly k: number;
  /** as the package takes them */
  readonly options: Record<string, unknown>;
}

const flags = new Set(['exact', 'logprobs']);
const list = (names: readonly string[]): string => names.map((name) => `--${name}`).join(', ');

/** Reads what stands behind the command. */
export function parse(command: Command, args: readonly string[]): Request {
  const known: readonly string[] = commands[command];
  const given = new Map<string, string>();
  const files: string[] = [];
  const types = known.map((name) => [name, { type: flags.has(name) ? 'boolean' : 'string' }] as const);
  const { tokens } = parseArgs({ args: [...args], options: Object.fromEntries(types), strict: false, tokens: true });
  for (const token of tokens) {
    if (token.kind === 'positional') files.push(token.value);
    if (token.kind !== 'option') continue;
    const { name, rawName, value } = token;
    if (!known.includes(name) || !rawName.startsWith('--'))
      throw usage(`${command} has no option ${rawName}${meant(name, known, '--')}; it has ${list(known)}`);
    if (given.has(name)) throw usage(`--${name} is there twice`);
    if (flags.has(name) && value !== undefined) throw usage(`--${name} takes no value, but has '${value}'`);
    if (!flags.has(name) && (value === undefined || value.startsWith('--')))
      throw usage(`--${name} has no value; it wants ${wants[name]}`);
    given.set(name, value ?? '');
  }
  if (files.length > 1) throw usage(`there are ${files.length} files, ${files.join(' and ')}; ${command} takes one`);
  if (command === 'topk' && !given.has('k')) throw usage('topk wants --k: how many of the largest, for instance --k 5');

  const options: Record<string, unknown> = {};
  for (const [name, text] of given) {
    if (name === 'exact') options['precision'] = 'exact';
    else if (name === 'logprobs') options['logprobs'] = true;
    else if (name === 'axis') options['axis'] = axis(text);
    else if (name === 'seed') options['random'] = seeded(integer(name, text, 0));
    else if (name !== 'k' && name !== 'format') options[camel(name)] = number(name, text);
  }
  const format = given.get('format') as Format | undefined;
  if (format !== undefined && !formats.includes(format))
    throw usage(`--format is '${format}'; it must be ${wants['format']}`);
  const k = given.has('k') ? integer('k', given.get('k')!, 1) : 0;
  return { command, file: files[0] === '-' ? undefined : files[0], format, k, options };
}

const wants: Record<string, string> = {
  axis: "an axis as -1, several as 0,2, or 'all'",
  format: "'json', 'npy' or 'bars'",
  k: 'an integer from 1 on',
  seed: 'an integer from 0 on',
  theta: 'a number',
  temperature: 'a number',
  'top-k': 'an integer from 1 on',
  'top-p': 'a number above 0, at most 1',
  'min-p': 'a number from 0 to 1',
  count: 'an integer from 1 on',
};

const camel = (name: string): string => name.replace(/-(.)/g, (_, letter: string) => letter.toUpperCase());

function number(name: string, text: string): number {
  const value = text.trim() === '' ? NaN : Number(text);
  if (Number.isNaN(value)) throw usage(`--${name} is '${text}'; it must be ${wants[name]}`);
  return value;
}

function integer(name: string, text: string, least: number): number {
  const value = number(name, text);
  if (!Number.isSafeInteger(value) || value < least) throw usage(`--${name} is ${text}; it must be ${wants[name]}`);
  return value;
}

function axis(text: string): number | number[] | null {
  if (text === 'all') return null;
  const parts = text.split(',');
  if (!parts.every((part) => /^\s*-?\d+\s*$/.test(part)))
    throw usage(`--axis is '${text}'; it must be ${wants['axis']}`);
  return parts.length === 1 ? Number(text) : parts.map(Number);
}
