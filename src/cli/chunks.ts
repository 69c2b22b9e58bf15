import type { Format, Request } from './args.ts';
import { axesOf, compute, tryOut } from './compute.ts';
import { sizeOf, type Numbers } from './numbers.ts';
import { Answers } from './output.ts';
import { partsOf } from './parts.ts';
import { Progress } from './progress.ts';
import type { Source } from './source.ts';

// A large file, computed by chunks. Its array is seen as [outer, lead, ...rest]: the lanes run over `lead`, and over axes of
// `rest` where the axes of a lane are not neighbours.

/** Bytes of the elements of a chunk. */
const chunkBytes = (large: number): number => Math.min(1 << 23, Math.max(64, large / 8));

/** outer, lead and rest, and the axes of a lane in [lead, ...rest] */
function plan(axes: readonly number[], shape: readonly number[]) {
  if (axes.length === 0) return { outer: sizeOf(shape), lead: 1, rest: [], axes: [0] };
  const first = axes[0]!;
  let run = 1;
  while (axes[run] === first + run) run++;
  const rest = shape.slice(first + run);
  return {
    outer: sizeOf(shape.slice(0, first)),
    lead: sizeOf(shape.slice(first, first + run)),
    rest,
    axes: [0, ...axes.slice(run).map((axis) => axis - first - run + 1)],
  };
}

/** Computes and writes what a request asks of a large file; false, and nothing is written, where it has to be read whole. */
export async function computeChunks(
  request: Request,
  source: Source,
  format: Format,
  large: number,
  size: number,
): Promise<boolean> {
  const { shape } = source;
  if (shape.includes(0)) return false;
  const axes = axesOf(request, shape.length);
  // axes that are out of range are refused here
  tryOut(request, shape.length);
  const { outer, lead, rest, axes: within } = plan(axes, shape);
  const row = sizeOf(rest),
    laneSize = lead * row,
    most = Math.max(1, Math.floor(chunkBytes(large) / source.bytes));
  // a row of CSV is read at once, however long it is
  const whole = laneSize <= most || (Number.isNaN(shape[0]) && axes[0] !== 0);
  const parts = whole ? undefined : partsOf(request, within);
  if (!whole && parts === undefined) return false;

  const count = format === 'npy' && whole && Number.isNaN(shape[0]); // .npy says first how many rows it has
  const passes = (count ? 1 : 0) + (parts === undefined ? 1 : parts.passes);
  const progress = new Progress(request.file!, size * passes, large);
  const read = (from: number, to: number, step: number) => source.pieces(from, to, step, progress); // prettier-ignore
  if (count) await toEnd(read(0, Infinity, most));
  const out = new Answers(format, () => resultShape(request, shape, axes));
  if (parts === undefined) {
    const step = Math.max(1, Math.floor(most / laneSize)) * laneSize,
      over = withAxes(request, within.map((axis) => axis + 1)); // prettier-ignore
    for await (const piece of read(0, sizeOf(shape), step))
      await out.add(compute(over, { ...piece, shape: [piece.data.length / laneSize, lead, ...rest] }));
  } else {
    const step = Math.max(1, Math.floor(most / row)) * row,
      over = withAxes(request, [...within]);
    for (let o = 0; o < (outer || 1); o++) {
      const [from, to] = Number.isNaN(laneSize) ? [0, Infinity] : [o * laneSize, (o + 1) * laneSize];
      const again = async function* (): AsyncGenerator<Numbers> {
        for await (const piece of read(from, to, step)) yield { ...piece, shape: [piece.data.length / row, ...rest] };
      };
      for await (const answer of parts.of(over, again, rest)) await out.add(answer);
    }
  }
  await out.end();
  progress.end();
  return true;
}

const withAxes = (request: Request, axes: number[]): Request => ({
  ...request,
  options: { ...request.options, axis: axes.length === 1 ? axes[0] : axes },
});

function resultShape(
  { command, k, options }: Request,
  shape: readonly number[],
  axes: readonly number[],
): readonly number[] {
  if (command === 'softmax' || command === 'logsoftmax') return shape;
  if (command === 'topk')
    return axes.length === shape.length ? [k] : shape.map((length, axis) => (axes.includes(axis) ? k : length));
  const left = shape.filter((_, axis) => !axes.includes(axis));
  return 'count' in options ? [...left, options['count'] as number] : left;
}

async function toEnd(pieces: AsyncGenerator<Numbers>): Promise<void> {
  while (!(await pieces.next()).done);
}
