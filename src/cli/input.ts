import { createReadStream, statSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { extname } from 'node:path';
import { Csv } from './csv.ts';
import { Failure } from './failure.ts';
import { parseJson } from './json.ts';
import { isNpy, parseNpy } from './npy.ts';
import type { Table } from './numbers.ts';
import { Progress } from './progress.ts';

/** What the characters of a JSON text may take: V8 has no longer strings. */
const longestText = 0x1fffffe8;

export type Kind = 'json' | 'csv' | 'npy';

/** What a file is, by the ending of its name, or else by its first bytes. */
export function kindOf(file: string | undefined, head: Buffer): Kind {
  if (isNpy(head)) return 'npy';
  const ending = file === undefined ? '' : extname(file).toLowerCase();
  if (ending === '.npy' || head.toString('latin1', 0, 2) === 'PK')
    throw new Failure(
      `${file ?? 'standard input'} is no .npy file: it begins with other bytes; write it by numpy.save, one array a file`,
    );
  if (ending === '.json') return 'json';
  if (ending === '.csv' || ending === '.tsv') return 'csv';
  return /^\s*[[{]/.test(head.toString('utf8').replace(/^\ufeff/, '')) ? 'json' : 'csv';
}

/** The size of a file, which has to be there and to be readable; undefined for what has none, as pipes. */
export function sizeOfFile(file: string): number | undefined {
  try {
    const found = statSync(file);
    if (found.isDirectory()) throw new Failure(`${file} is a folder; wanted a file of JSON, CSV or .npy`);
    return found.isFile() ? found.size : undefined;
  } catch (error) {
    throw unreadable(file, error);
  }
}

export function unreadable(file: string, error: unknown): Error {
  if (error instanceof Failure) return error;
  const { code } = error as NodeJS.ErrnoException;
  if (code !== 'ENOENT') return new Failure(`${file} cannot be read (${code ?? (error as Error).message})`);
  return new Failure(`there is no file ${file}; name one of JSON, CSV or .npy, or give numbers on standard input`);
}

/** The first bytes of a file. */
export async function headOf(file: string, length: number): Promise<Buffer> {
  const opened = await open(file).catch((error: unknown) => Promise.reject(unreadable(file, error)));
  try {
    const { buffer, bytesRead } = await opened.read(Buffer.alloc(length), 0, length, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await opened.close();
  }
}

/** Reads all of a file, or of standard input, and makes an array of it. `flat`: of CSV with one row or one column, a list. */
export async function readWhole(file: string | undefined, flat: boolean, large: number): Promise<Table> {
  const source = file ?? 'standard input';
  const size = file === undefined ? undefined : sizeOfFile(file);
  if (file === undefined && process.stdin.isTTY)
    process.stderr.write('softmax-simd: type numbers as JSON or CSV, then Ctrl-D\n');
  const stream = file === undefined ? process.stdin : createReadStream(file, { highWaterMark: 1 << 20 });
  const progress = new Progress(`reading ${source}`, size, large);
  const pieces: Buffer[] = [];
  try {
    for await (const piece of stream as AsyncIterable<Buffer>) {
      pieces.push(piece);
      progress.add(piece.length);
    }
  } catch (error) {
    throw unreadable(source, error);
  } finally {
    progress.end();
  }
  const kind = kindOf(file, Buffer.concat(pieces.slice(0, 1)).subarray(0, 1 << 12));
  if (kind === 'csv') return readCsv(pieces, source, flat);
  const bytes = Buffer.concat(pieces);
  if (kind === 'npy') return parseNpy(bytes, source);
  if (bytes.length > longestText)
    throw new Failure(
      `${source} has ${bytes.length} bytes, and JSON is read up to ${longestText}; write it as .npy or CSV`,
    );
  return parseJson(bytes.toString('utf8').replace(/^\ufeff/, ''), source);
}

async function readCsv(pieces: Buffer[], source: string, flat: boolean): Promise<Table> {
  const csv = new Csv(source);
  for await (const data of csv.blocks(pieces, Infinity)) {
    const shape = [data.length / csv.columns, csv.columns];
    return { data, shape: flat && Math.min(...shape) === 1 ? [data.length] : shape, labels: csv.labels };
  }
  throw new Failure(`${source} has no numbers; wanted JSON, CSV or .npy, for instance [1, 3, 2]`);
}
