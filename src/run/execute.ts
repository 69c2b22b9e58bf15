import { className, classOf } from '../input/typed.ts';
import { product } from '../input/shapes.ts';
import { LOGSUMEXP, type Kind } from '../kernels/contract.ts';
import type { Call } from '../plan/call.ts';
import { COLUMNS, cut, LONG, NOTHING, SINGLY, SLABS, SLICES, WHOLE } from '../plan/cut.ts';
import { fresh, wrap } from '../plan/result.ts';
import { writeStored } from '../plan/stored.ts';
import { read, run, type Walk } from '../plan/walk.ts';
import { columns } from './columns.ts';
import { longRows } from './long.ts';
import { resident } from './resident.ts';
import { singly } from './singly.ts';
import { slabs } from './slabs.ts';
import { slices } from './slices.ts';
import { whole } from './whole.ts';

/** Cuts a call, runs the strategy, and gives the result. */
export function execute(c: Call, kind: Kind): unknown {
  c.prepare(kind);
  if (c.tensor !== undefined && c.out.tensor !== undefined && resident(c)) return c.target;
  cut(c, c);
  if (c.inWindow && (c.gathered || c.strategy !== WHOLE)) leave(c);
  return c.strategy === WHOLE ? whole(c) : byParts(c);
}

function byParts(c: Call): unknown {
  c.takeWindow(c.elements);
  const data = c.target === undefined ? fresh(c, c.results) : undefined,
    target = c.targetWalk ?? c.resultWalk(data!);
  if (c.overlap) apart(c);
  const { source, where } = c;
  switch (c.strategy) {
    case SLABS:
      slabs(c, source, where, target);
      break;
    case LONG:
      longRows(c, source, where, target);
      break;
    case SLICES:
      slices(c, source, where, target);
      break;
    case COLUMNS:
      columns(c, source, where, target);
      break;
    case SINGLY:
      singly(c, source, where, target);
      break;
    case NOTHING:
      if (c.kind === LOGSUMEXP) nothing(c, target);
  }
  return data === undefined ? c.target : wrap(c, data);
}

/** Lanes without elements have the logsumexp -Infinity. */
function nothing({ storage, results }: Call, target: Walk): void {
  writeStored(target, storage, 0, results, new Float32Array(results).fill(-Infinity), 0);
}

/** The elements of a list out of the window, which the call needs for other things. */
export function leave(c: Call): void {
  c.data = (c.data as Float64Array).slice(c.offset, c.offset + c.size);
  c.offset = 0;
  c.inWindow = false;
}

/** Copies of what `out` shares memory with, for it is written before all is read. */
export function apart(c: Call): void {
  c.source = copyOf(c.source);
  if (c.where !== undefined) c.where = copyOf(c.where);
  if (c.b !== undefined) c.b = copyOf(c.b);
}

function copyOf(walk: Walk): Walk {
  const n = product(walk.dims);
  // of a Buffer, or another subclass, a copy of its plain class
  const data = new (classOf(className(walk.data)!))(n);
  read(walk, 0, n, data, 0);
  return run(data, 0, n);
}
