import { DOUBLE, EXACT, type Kind } from '../kernels/contract.ts';
import type { Call } from '../plan/call.ts';
import { blockOf } from '../plan/cut.ts';
import type { Walk } from '../plan/walk.ts';
import { inLanes } from './rows.ts';
import { fill, leaveWindow } from './window.ts';

/**
 * The lanes of a call as rows in the window: some lanes at a time, or a part of one, never more of a lane than a block. For
 * kernels that report on blocks.
 */
export class Parts {
  /** the lanes of the part, and which of their elements it has: n, from one on */
  lane = 0;
  lanes = 0;
  from = 0;
  n = 0;
  /** where they lie, and where there is room for the e of a block, which those of exact elements need */
  readonly address: number;
  readonly e: number;
  /** what is read, over the lanes */
  readonly source: Walk;
  readonly where: Walk | undefined;
  private readonly call: Call;
  private readonly block: number;
  private readonly some: number;

  /** `double`: in float64, whatever is computed else */
  constructor(c: Call, kind: Kind, double: boolean = false) {
    const { heap, length, storage } = c;
    if (c.inWindow) leaveWindow(c);
    c.prepare(kind);
    if (double) c.prepareDouble();
    // rows are taken at any length
    else if (c.arithmetic === DOUBLE && storage.single) c.takeArithmetic(EXACT);
    this.call = c;
    this.block = blockOf(c);
    const room = heap.windowBytes - (c.arithmetic === EXACT ? 8 * this.block + 16 : 0);
    this.some = length > this.block ? 1 : Math.max(1, Math.floor(room / (c.per * Math.max(1, length))));
    c.takeWindow(Math.min(this.some, c.outer * c.inner) * this.block);
    this.source = inLanes(c.source, c);
    this.where = c.where && inLanes(c.where, c);
    this.address = heap.address;
    this.e = c.arithmetic === EXACT ? (heap.address + c.elements * c.per + 15) & -16 : 0;
  }

  /** On to the next part, if there is one. */
  next(): boolean {
    const { call, source, some, where, address } = this,
      { length, outer, inner } = call;
    this.from += this.n;
    if (this.from >= length || this.lanes === 0) {
      this.from = 0;
      this.lane += this.lanes;
      this.lanes = length === 0 ? 0 : Math.min(some, outer * inner - this.lane);
    }
    if (this.lanes === 0) return false;
    this.n = Math.min(this.block, length - this.from);
    fill(call, source, where, this.lane * length + this.from, this.lanes * this.n, address);
    return true;
  }
}
