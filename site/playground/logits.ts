// Logits from text: JSON or CSV, of one or two dimensions.

/** Numbers in row-major order, their one or two lengths, and a name for each class where the text has them. */
export interface Logits {
  readonly data: Float64Array;
  readonly shape: readonly number[];
  readonly labels?: readonly string[];
}

/** What the playground draws at most. */
export const most = 100_000;

const words: Record<string, number> = {
  nan: NaN,
  inf: Infinity,
  infinity: Infinity,
  '+inf': Infinity,
  '+infinity': Infinity,
  '-inf': -Infinity,
  '-infinity': -Infinity,
  null: -Infinity,
};

/** A number as people write it: NaN, inf and -Infinity too; undefined for anything else. */
function numberOf(text: string): number | undefined {
  const word = text.trim().toLowerCase();
  if (Object.hasOwn(words, word)) return words[word];
  return word === '' || Number.isNaN(Number(word)) ? undefined : Number(word);
}

/**
 * Reads what was typed, pasted or dropped.
 *
 * @param text JSON (a list, a list of rows, or an object with `logits` or `data` and `shape`, and `labels`; null is -Infinity),
 *   or CSV with commas, semicolons, tabs or spaces; a first line without any number names the classes
 * @throws TypeError for what is no number, RangeError for rows of several lengths and for more than `most` numbers
 */
export function parse(text: string): Logits {
  const trimmed = text.trim();
  if (trimmed === '') throw new TypeError('there are no numbers; type some, such as 1, 3, 2');
  if (!/^[[{]/.test(trimmed)) return fromCsv(trimmed);
  let value: unknown;
  try {
    // JSON has no words for these, JavaScript has; what stands in a string stays
    const quoted = trimmed.replace(/"(?:[^"\\]|\\.)*"|-?Infinity|NaN/g, (each) =>
      each[0] === '"' ? each : `"${each}"`,
    );
    value = JSON.parse(quoted);
  } catch (error) {
    throw new TypeError(`this begins like JSON, but is not: ${(error as Error).message}`);
  }
  return fromJson(value);
}

function fromJson(value: unknown): Logits {
  if (Array.isArray(value)) return table(Array.isArray(value[0]) ? value : [value], !Array.isArray(value[0]));
  const { logits, data, shape, dims, labels } = value as Record<string, unknown>;
  const named = Array.isArray(labels) ? labels.map(String) : undefined;
  if (logits !== undefined) {
    if (!Array.isArray(logits)) throw new TypeError(`logits is ${JSON.stringify(logits)}; wanted: a list of numbers`);
    return checked({ ...fromJson(logits), ...(named && { labels: named }) });
  }
  if (!Array.isArray(data))
    throw new TypeError(`an object with ${Object.keys(value as object)}; wanted: logits, or data and shape`);
  const flat = table([data], true);
  return checked({
    data: flat.data,
    shape: squeezed((shape ?? dims ?? flat.shape) as number[]),
    ...(named && { labels: named }),
  });
}

function table(rows: readonly unknown[], flat: boolean): Logits {
  const first = (rows[0] as unknown[]).length;
  const numbers = rows.map((row, i) => {
    if (!Array.isArray(row)) throw new TypeError(`row ${i + 1} is ${JSON.stringify(row)}; wanted: a list, as row 1 is`);
    if (row.length !== first)
      throw new RangeError(`row ${i + 1} has ${row.length} numbers where row 1 has ${first}; give all the same length`);
    return row.map((each, j) => {
      const number = each === null ? -Infinity : typeof each === 'string' ? numberOf(each) : each;
      if (typeof number !== 'number')
        throw new TypeError(
          `row ${i + 1}, column ${j + 1} is ${JSON.stringify(each)}; wanted: a number, NaN or -Infinity`,
        );
      return number;
    });
  });
  return checked({ data: Float64Array.from(numbers.flat()), shape: flat ? [first] : [rows.length, first] });
}

function fromCsv(text: string): Logits {
  const lines = text.split(/\r?\n/).filter((line) => line.trim() !== '');
  const separator = /[,;\t]/.exec(lines[0]!)?.[0] ?? ' ';
  const cells = lines.map((line) => {
    const parts = separator === ' ' ? line.trim().split(/\s+/) : line.split(separator);
    // a comma at the end of a line
    if (parts.length > 1 && parts.at(-1)!.trim() === '') parts.pop();
    return parts.map((part) => part.trim().replace(/^"(.*)"$/, '$1'));
  });
  const named = cells[0]!.every((cell) => numberOf(cell) === undefined);
  const labels = named ? cells.shift() : undefined;
  if (cells.length === 0) throw new TypeError(`${JSON.stringify(lines[0])} has no number; wanted: such as 1, 3, 2`);
  const column = cells.length > 1 && cells.every((row) => row.length === 1);
  const read = table(column ? [cells.flat()] : cells, column || cells.length === 1);
  return checked(labels && !column ? { ...read, labels } : read);
}

/** One or two lengths: lengths of 1 are dropped from the front while there are more. */
export function squeezed(shape: readonly number[]): number[] {
  const lengths = [...shape];
  while (lengths.length > 2 && lengths.includes(1)) lengths.splice(lengths.indexOf(1), 1);
  if (lengths.length > 2) throw new RangeError(`shape [${shape}] has ${shape.length} dimensions; wanted: one or two`);
  return lengths.length === 0 ? [1] : lengths;
}

/** The same logits, if there are as many as the shape says and not too many. */
export function checked(logits: Logits): Logits {
  const { data, shape, labels } = logits,
    size = shape.reduce((a, b) => a * b, 1);
  if (!shape.every((n) => Number.isInteger(n) && n > 0))
    throw new RangeError(`shape [${shape}]; wanted: whole numbers above 0`);
  if (size !== data.length)
    throw new RangeError(`shape [${shape}] has ${size} places for ${data.length} numbers; make them agree`);
  if (size > most)
    throw new RangeError(`${size} numbers; this page shows up to ${most}: take fewer, or the package itself`);
  if (labels && labels.length !== shape.at(-1))
    throw new RangeError(`${labels.length} labels for ${shape.at(-1)} classes; give one for each`);
  return logits;
}

/** The logits as a text that `parse` reads back: lines of numbers if that is enough, else JSON. */
export function textOf({ data, shape, labels }: Logits): string {
  const columns = shape.at(-1)!,
    rows = Array.from({ length: data.length / columns }, (_, i) =>
      data.subarray(i * columns, (i + 1) * columns).join(', '),
    );
  const lines = [...(labels ? [labels.join(', ')] : []), ...rows].join('\n');
  const same = (read: Logits): boolean =>
    String(read.shape) === String(shape) && JSON.stringify(read.labels) === JSON.stringify(labels);
  try {
    if (same(parse(lines))) return lines;
  } catch {
    // names that look like numbers, or have commas
  }
  const logits = shape.length === 2 ? `[${rows.map((row) => `[${row}]`).join(', ')}]` : `[${rows.join(', ')}]`;
  return labels ? `{"labels": ${JSON.stringify(labels)}, "logits": ${logits}}` : logits;
}
