import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { Csv } from './csv.ts';
import { headOf, kindOf } from './input.ts';
import { checkSize, decode, headerLength, readHeader, type Header } from './npy.ts';
import type { Numbers } from './numbers.ts';
import type { Progress } from './progress.ts';

/** A file that is read in pieces, in row-major order, as often as it is needed. */
export interface Source {
  /** of CSV the first length is NaN until it has been read to its end */
  readonly shape: readonly number[];
  /** bytes of an element in memory */
  readonly bytes: number;
  /** the elements of [from, to), about `step` at a time: of .npy not more, of CSV as many rows as reach it */
  pieces(from: number, to: number, step: number, progress: Progress): AsyncGenerator<Numbers>;
}

/** Opens a file for that, or gives undefined for one that has to be read whole: JSON, and Fortran order. */
export async function openSource(file: string, size: number, flat: boolean): Promise<Source | undefined> {
  const head = await headOf(file, 1 << 12);
  const kind = kindOf(file, head);
  if (kind === 'json') return undefined;
  if (kind === 'csv') return openCsv(file, flat);
  const header = readHeader(await headOf(file, headerLength(head)), file);
  checkSize(header, size, file);
  return header.fortran && header.shape.length > 1 ? undefined : ofNpy(file, header);
}

function ofNpy(file: string, header: Header): Source {
  const { shape, bytes, start } = header;
  return {
    shape,
    bytes,
    async *pieces(from, to, step, progress) {
      const opened = await open(file);
      const room = Buffer.alloc(Math.min(step, to - from) * bytes);
      try {
        for (let at = from; at < to; at += step) {
          const wanted = Math.min(step, to - at) * bytes;
          let filled = 0;
          while (filled < wanted) {
            const { bytesRead } = await opened.read(room, filled, wanted - filled, start + at * bytes + filled);
            if (bytesRead === 0) throw new Error(`${file} became shorter while it was read`);
            filled += bytesRead;
          }
          progress.add(wanted);
          yield decode(header, room.subarray(0, wanted), file);
        }
      } finally {
        await opened.close();
      }
    },
  };
}

/** The first row says how many columns there are. A single row is read whole; a single column is a list where `flat` is asked. */
async function openCsv(file: string, flat: boolean): Promise<Source | undefined> {
  const first = new Csv(file);
  const blocks = first.blocks(createReadStream(file), 1);
  const single = (await blocks.next()).done || (await blocks.next()).done;
  await blocks.return(undefined);
  if (single) return undefined;
  const shape = flat && first.columns === 1 ? [NaN] : [NaN, first.columns];
  return {
    shape,
    bytes: 8,
    async *pieces(_from, _to, step, progress) {
      let rows = 0;
      const counted = async function* (): AsyncGenerator<Buffer> {
        for await (const piece of createReadStream(file, { highWaterMark: 1 << 20 }) as AsyncIterable<Buffer>) {
          progress.add(piece.length);
          yield piece;
        }
      };
      const csv = new Csv(file);
      for await (const data of csv.blocks(counted(), step)) {
        rows += data.length / csv.columns;
        yield { data, shape: [data.length] };
      }
      shape[0] = rows;
    },
  };
}
