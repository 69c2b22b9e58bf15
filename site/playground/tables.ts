// The two tables: the largest errors, and the entries with theirs.
import type { Errors, Shown } from './compute.ts';
import { element } from './controls.ts';
import { digits } from './exact.ts';
import { short } from './pictures.ts';

/** Rows that the table of entries has at most. */
const rows = 100;

const fill = (id: string, lines: readonly (readonly string[])[]): void =>
  element<HTMLTableElement>(id).tBodies[0]!.replaceChildren(
    ...lines.map((cells) => {
      const line = document.createElement('tr');
      for (const cell of cells) line.insertCell().textContent = cell;
      return line;
    }),
  );

const ulp = (error: number | undefined): string =>
  error === undefined ? '' : error === Infinity ? 'wrong' : error >= 1e4 ? error.toExponential(1) : error.toFixed(3);

export function tables(
  { x, p, log }: Shown,
  errors: Errors | undefined,
  counts: ArrayLike<number> | undefined,
  name: (index: number) => string,
  build: string,
): void {
  const largest = errors && [
    [`softmax-simd, ${build}`, ...errors.ours.map(ulp)],
    ['a plain loop', ...errors.loop.map(ulp)],
  ];
  fill('errors', largest ?? [['lanes of more than 10,000 are not compared', '', '', '']]);
  const order = Array.from(p.keys()).sort((a, b) => p[b]! - p[a]! || a - b);
  fill(
    'table',
    order
      .slice(0, rows)
      .map((i) => [
        name(i),
        String(x[i]),
        String(p[i]),
        ulp(errors?.p[i]),
        String(log[i]),
        ulp(errors?.log[i]),
        errors ? digits(errors.exact.softmax[i]!) : '',
        counts ? String(counts[i]) : '',
      ]),
  );
  element('more').textContent = order.length > rows ? `The ${rows} most probable of ${order.length}.` : '';
  const first = order.slice(0, 3).map((i) => `${name(i)} ${short(100 * p[i]!)} %`);
  element('summary').textContent =
    `Most probable: ${first.join(', ')}${order.length > 3 ? `, and ${order.length - 3} more` : ''}.`;
}
