import { filled, MOST_LIST, nest } from '../input/nest.ts';
import { Given, LANES, openCall, OUT, readOptions, type Spec } from '../input/options.ts';
import { isArray, show } from '../input/shapes.ts';
import { agreeSummaries, readSummary, VERSION, type Draft, type Summary } from '../input/summary.ts';
import type { Instance } from '../instance.ts';
import { LOGSUMEXP, SINGLE } from '../kernels/contract.ts';
import { LaneSum, NOTHING } from '../kernels/laneSum.ts';
import { sizeOf } from '../kernels/theta.ts';
import { block } from '../run/kernel.ts';
import { Parts } from '../run/parts.ts';
import type { Options } from './types.ts';

export type { Summary };

/** Options of summarize, as those of logsumexp. */
export type SummarizeOptions = Pick<
  Options,
  'axis' | 'theta' | 'temperature' | 'where' | 'shape' | 'dtype' | 'precision'
>;

const spec: Spec = {
  name: 'summarize',
  takes: LANES & ~OUT,
  reduces: true,
  axis: null,
  what: 'x',
};

/** Its lanes and its theta are those of summarize. */
const ofSummary: Spec = { name: 'logsumexp of a summary', takes: 0, reduces: true, axis: null, what: 'x' };

export function summarize(on: Instance, x: unknown, options: unknown): Summary {
  const c = on.take();
  openCall(c, spec, x, options, c.heap);
  c.plan();
  const { heap, length, theta } = c,
    draft = empty([...c.resultShape], theta, c.results);
  // exact: that also where the maximum and the logarithm cancel
  const parts = new Parts(c, LOGSUMEXP, c.exact),
    sum = new LaneSum(sizeOf(theta));
  while (parts.next()) {
    const { lane, lanes, from, n, address } = parts;
    for (let r = 0; r < lanes; r++) {
      if (from === 0) sum.set(NOTHING, 0, 0, 0, 0);
      sum.addBlock(
        block(heap, LOGSUMEXP, c.arithmetic, c.thetaParts, address + r * n * c.bytes, 0, n),
        c.arithmetic === SINGLE,
      );
      if (from + n === length) keep(draft, lane + r, sum);
    }
  }
  on.give(c);
  return draft;
}

/** The summary of lanes that lie in parts. */
export function merge(...summaries: readonly unknown[]): Summary {
  if (summaries.length === 0) throw new TypeError('merge: there is no summary; pass one or more, merge(...parts)');
  const whole = readSummary(nameOf(0, summaries[0]), summaries[0]);
  if (summaries.length === 1) return whole;
  const others = summaries.slice(1).map((each, i) => {
    const draft = readSummary(nameOf(i + 1, each), each);
    agreeSummaries('merge', whole, draft, i + 1);
    return draft;
  });
  const sum = new LaneSum(sizeOf(whole.theta));
  for (let i = 0; i < whole.code.length; i++) {
    restore(whole, i, sum);
    for (const { code, top, count, high, low } of others) sum.add(code[i]!, top[i]!, count[i]!, high[i]!, low[i]!);
    keep(whole, i, sum);
  }
  return whole;
}

function nameOf(i: number, value: unknown): string {
  if (typeof value === 'object' && value !== null && isArray('merge', `argument ${i}`, value))
    throw new TypeError(`merge: argument ${i} is an array; spread it, merge(...parts)`);
  return `merge: summary ${i}`;
}

/** logsumexp of a summary: of the whole lanes. */
export function logsumexpOf(value: unknown, options: unknown): unknown {
  readOptions(new Given(), ofSummary, options);
  const whole = readSummary('logsumexp: x', value);
  const sum = new LaneSum(sizeOf(whole.theta)),
    values = Float64Array.from(whole.code, (_, i) => restore(whole, i, sum).logsumexp());
  return whole.shape.length === 0 ? values[0] : nest('logsumexp', values, whole.shape);
}

function empty(shape: number[], theta: number, n: number): Draft {
  if (n > MOST_LIST) {
    throw new RangeError(
      `summarize: ${n} lanes (shape ${show(shape)}) are more than lists can hold (about 10^8); summarize fewer at a time`,
    );
  }
  const zeros = (): number[] => filled(n, 0);
  // + 0: JSON knows no -0
  return { version: VERSION, shape, theta: theta + 0, code: zeros(), top: zeros(), count: zeros(), high: zeros(), low: zeros() }; // prettier-ignore
}

function restore({ code, top, count, high, low }: Draft, i: number, sum: LaneSum): LaneSum {
  sum.set(code[i]!, top[i]!, count[i]!, high[i]!, low[i]!);
  return sum;
}

function keep(draft: Draft, i: number, { code, top, count, high, low }: LaneSum): void {
  draft.code[i] = code;
  draft.top[i] = top;
  draft.count[i] = count;
  draft.high[i] = high;
  draft.low[i] = low + 0;
}
