// Everything that the page shows, as the part of its address behind #, and back.
import { checked, parse, type Logits } from './logits.ts';

export const builds = ['auto', 'relaxed', 'simd', 'scalar', 'js'] as const;
export const dtypes = ['float64', 'float32'] as const;
export const themes = ['auto', 'light', 'dark'] as const;

export interface State {
  readonly logits: Logits;
  readonly dtype: (typeof dtypes)[number];
  readonly temperature: number;
  /** 0: all of them */
  readonly topK: number;
  readonly topP: number;
  readonly minP: number;
  /** null: the whole array is one lane */
  readonly axis: number | null;
  /** the lane that the bars show */
  readonly lane: number;
  readonly draws: number;
  readonly seed: number;
  readonly build: (typeof builds)[number];
  readonly theme: (typeof themes)[number];
}

export const initial: State = {
  logits: { data: Float64Array.of(1, 3, 2), shape: [3], labels: ['cat', 'dog', 'bird'] },
  dtype: 'float64',
  temperature: 1,
  topK: 0,
  topP: 1,
  minP: 0,
  axis: -1,
  lane: 0,
  draws: 0,
  seed: 1,
  build: 'auto',
  theme: 'auto',
};

/** Beyond this many numbers they are written as bytes, not as text. */
const readable = 60;

function writeLogits({ data, shape }: Logits): string {
  if (data.length > readable) {
    let text = '';
    for (const byte of new Uint8Array(data.buffer, data.byteOffset, data.byteLength)) text += String.fromCharCode(byte);
    const base64 = btoa(text).replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '');
    return `${shape.join('x')}:${base64}`;
  }
  const rows = shape.length === 2 ? shape[0]! : 1,
    columns = data.length / rows;
  const text = Array.from({ length: rows }, (_, i) => data.subarray(i * columns, (i + 1) * columns).join('_'));
  // a single row of two dimensions ends in a semicolon, so that it can be told from a list
  return text.join('~') + (shape.length === 2 && rows === 1 ? '~' : '');
}

function readLogits(text: string): Logits {
  const [, shape, base64] = /^([\dx]+):([\w-]*)$/.exec(text) ?? [];
  if (base64 === undefined) {
    const two = text.includes('~');
    const rows = text.split('~').filter((row, i) => i === 0 || row !== '');
    const read = parse(JSON.stringify(two ? rows.map((row) => row.split('_')) : text.split('_')));
    return read;
  }
  const bytes = Uint8Array.from(atob(base64.replaceAll('-', '+').replaceAll('_', '/')), (char) => char.charCodeAt(0));
  if (bytes.length % 8 !== 0) throw new RangeError('the address was cut off');
  return checked({ data: new Float64Array(bytes.buffer), shape: shape!.split('x').map(Number) });
}

/** The fields that are numbers: the least, the most, and whether they are whole. */
const ranges = {
  temperature: [1e-6, 1e6, false],
  topK: [0, Infinity, true],
  topP: [0, 1, false],
  minP: [0, 1, false],
  lane: [0, Infinity, true],
  draws: [0, 10_000_000, true],
  seed: [0, 2 ** 32 - 1, true],
} as const;

/** What differs from the initial state, as `name=value&...`. */
export function write(state: State): string {
  const fields = new URLSearchParams();
  const { logits } = state;
  fields.set('x', writeLogits(logits));
  if (logits.labels) fields.set('labels', logits.labels.map((label) => label.replaceAll('~', ' ')).join('~'));
  for (const name of [...(Object.keys(ranges) as (keyof typeof ranges)[]), 'dtype', 'axis', 'build', 'theme'] as const)
    if (state[name] !== initial[name]) fields.set(name, String(state[name] ?? 'all'));
  return fields.toString();
}

/** The state that such a text stands for; what cannot be read is as initially, and named among the problems. */
export function read(hash: string): { state: State; problems: string[] } {
  const fields = new URLSearchParams(hash.replace(/^#/, '')),
    problems: string[] = [];
  const state: { -readonly [K in keyof State]: State[K] } = { ...initial };
  const attempt = (name: string, set: (text: string) => void): void => {
    const text = fields.get(name);
    if (text === null) return;
    try {
      set(text);
    } catch (error) {
      problems.push(`${name} in the address: ${(error as Error).message}`);
    }
  };
  attempt('x', (text) => (state.logits = readLogits(text)));
  attempt('labels', (text) => (state.logits = checked({ ...state.logits, labels: text.split('~') })));
  for (const [name, [least, greatest, whole]] of Object.entries(ranges)) {
    attempt(name, (text) => {
      const number = Number(text);
      if (text.trim() === '' || !(number >= least && number <= greatest) || (whole && !Number.isInteger(number)))
        throw new RangeError(`${text}; wanted: a ${whole ? 'whole ' : ''}number from ${least} to ${greatest}`);
      state[name as keyof typeof ranges] = number;
    });
  }
  const choice = <T>(list: readonly T[], text: string): T => {
    if (!list.includes(text as T)) throw new RangeError(`${text}; wanted: ${list.join(', ')}`);
    return text as T;
  };
  attempt('dtype', (text) => (state.dtype = choice(dtypes, text)));
  attempt('build', (text) => (state.build = choice(builds, text)));
  attempt('theme', (text) => (state.theme = choice(themes, text)));
  attempt('axis', (text) => {
    const axis = choice(['all', '0', '1', '-1', '-2'], text);
    state.axis = axis === 'all' ? null : Number(axis);
  });
  if (fields.has('x') && !fields.has('labels') && state.logits.labels) {
    const { data, shape } = state.logits;
    state.logits = { data, shape };
  }
  return { state, problems };
}
