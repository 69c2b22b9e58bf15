// The charts, by Observable Plot: bars for few classes, one outline for many. The heat map is a canvas of one pixel a cell.
import * as Plot from '@observablehq/plot';
import type { Shown } from './compute.ts';

/** Up to so many classes each has a bar with its name; beyond, all are one step curve. */
export const few = 40;
/** More classes than this are shown by the largest of each group. */
const points = 1000;

/** Puts a chart in its place, without the style element that Plot adds: the policy refuses it, and style.css has its rules. */
function put(place: HTMLElement, plot: SVGSVGElement | HTMLElement, scale: Plot.Scale): void {
  plot.querySelector('style')?.remove();
  plot.setAttribute('aria-hidden', 'true');
  // for whoever measures a bar: what its ends mean
  place.dataset['scale'] = JSON.stringify([scale.domain, scale.range]);
  place.replaceChildren(plot);
}

/** The largest of each group of neighbours, so that no more than `points` are left. */
function thinned(values: ArrayLike<number>): { at: number[]; top: number[] } {
  const size = Math.ceil(values.length / points),
    at: number[] = [],
    top: number[] = [];
  for (let i = 0; i < values.length; i += size) {
    let most = -Infinity;
    for (let j = i; j < Math.min(i + size, values.length); j++) if (values[j]! > most) most = values[j]!;
    at.push(i + (size - 1) / 2);
    top.push(most);
  }
  return { at, top };
}

export interface Bars {
  readonly place: HTMLElement;
  readonly values: ArrayLike<number>;
  /** where bars begin and the axis ends */
  readonly from: number;
  readonly to: number;
  readonly label: string;
  readonly name: (index: number) => string;
  /** shares of the draws, as marks on the bars */
  readonly drawn?: ArrayLike<number> | undefined;
  readonly width: number;
}

export function bars({ place, values, from, to, label, name, drawn, width }: Bars): void {
  const n = values.length,
    style = { fontSize: '13px' };
  if (n <= few) {
    const index = Array.from({ length: n }, (_, i) => i),
      longest = index.reduce((most, i) => Math.max(most, name(i).length), 0);
    const plot = Plot.plot({
      width,
      height: 22 * n + 44,
      marginLeft: Math.min(160, 18 + 8 * longest),
      marginRight: 56,
      marginBottom: 34,
      marginTop: 4,
      style,
      x: { domain: [from, to], label, grid: true, clamp: true },
      y: { domain: index, label: null, tickFormat: (i: number) => name(i), tickSize: 0 },
      marks: [
        Plot.barX(index, {
          x1: from,
          x2: (i: number) => Math.max(values[i]!, from) || from,
          y: index,
          fill: 'var(--bar)',
        }),
        Plot.text(index, {
          x: (i: number) => Math.max(values[i]!, from) || from,
          y: index,
          text: (i: number) => short(values[i]!),
          textAnchor: 'start',
          dx: 5,
        }),
        drawn && Plot.tickX(index, { x: (i: number) => drawn[i], y: index, stroke: 'var(--drawn)', strokeWidth: 3 }),
      ],
    });
    return put(place, plot, plot.scale('x')!);
  }
  const { at, top } = thinned(values),
    marks = drawn && thinned(drawn);
  const plot = Plot.plot({
    width,
    height: 210,
    marginLeft: 60,
    marginTop: 12,
    style,
    x: { domain: [-0.5, n - 0.5], label: 'class' },
    y: { domain: [from, to], label, grid: true, clamp: true },
    marks: [
      Plot.areaY(top, {
        x: at,
        y1: from,
        y2: top.map((v) => Math.max(v, from) || from),
        curve: 'step',
        fill: 'var(--bar)',
      }),
      marks &&
        Plot.line(marks.top, { x: marks.at, y: marks.top, curve: 'step', stroke: 'var(--drawn)', strokeWidth: 1 }),
    ],
  });
  put(place, plot, plot.scale('y')!);
}

/** Four digits: 0.6652, 9.003e-12, -42. */
export function short(value: number): string {
  if (!Number.isFinite(value)) return String(value).replace('Infinity', '∞');
  return value === 0 ? '0' : Math.abs(value) >= 1e-3 ? String(Number(value.toPrecision(4))) : value.toExponential(2);
}

const palette: [number, number, number][] = [];

/** Colours of a heat map, from 0 to 1 in 256 steps. */
function colours(): readonly [number, number, number][] {
  if (palette.length === 0) {
    const { apply } = Plot.scale({ color: { type: 'linear', scheme: 'viridis', domain: [0, 255] } }) as Plot.Scale;
    for (let i = 0; i < 256; i++) {
      const text = apply(i) as string,
        hex = /^#(..)(..)(..)$/.exec(text);
      const parts = hex ? hex.slice(1).map((part) => parseInt(part, 16)) : text.match(/\d+/g)!.map(Number);
      palette.push(parts as [number, number, number]);
    }
  }
  return palette;
}

/** A cell for each element, as bright as its probability is near the largest; the shown lane is framed. Returns the largest. */
export function heat(
  canvas: HTMLCanvasElement,
  frame: HTMLElement,
  { all, lane, lanes }: Shown,
  [rows, columns]: readonly [number, number],
  along: 'row' | 'column' | 'all',
): number {
  if (canvas.width !== columns || canvas.height !== rows) {
    Object.assign(canvas, { width: columns, height: rows });
    canvas.style.aspectRatio = `${columns} / ${Math.max(rows, columns / 12)}`;
  }
  let largest = 0;
  for (const p of all) if (p > largest) largest = p;
  const context = canvas.getContext('2d')!,
    image = context.createImageData(columns, rows),
    table = colours();
  for (let i = 0; i < all.length; i++) {
    const [r, g, b] = table[Math.round((255 * (all[i]! || 0)) / (largest || 1))]!;
    image.data.set([r, g, b, 255], 4 * i);
  }
  context.putImageData(image, 0, 0);
  const share = 100 / lanes.count,
    whole = { left: '0', top: '0', width: '100%', height: '100%' };
  const part =
    along === 'row'
      ? { top: `${lane * share}%`, height: `${share}%` }
      : along === 'column'
        ? { left: `${lane * share}%`, width: `${share}%` }
        : {};
  Object.assign(frame.style, whole, part);
  return largest;
}
