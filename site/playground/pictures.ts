// The charts, by Observable Plot: bars for few classes, one outline for many. The heat map is a canvas of one pixel a cell.
import * as Plot from '@observablehq/plot';
import type { Shown } from './compute.ts';

/** Up to so many classes each has a bar with its name; beyond, all are one step curve. */
export const few = 40;
/** More classes than this are shown by the largest of each group. */
const points = 1000;

/** The largest of each group of neighbours, so that no more than `points` are left. */
function thinned(values: ArrayLike<number>): { size: number; top: ArrayLike<number> } {
  const size = Math.ceil(values.length / points);
  if (size === 1) return { size, top: values };
  const top: number[] = [];
  for (let i = 0; i < values.length; i += size) {
    let most = -Infinity;
    for (let j = i; j < Math.min(i + size, values.length); j++) if (values[j]! > most) most = values[j]!;
    top.push(most);
  }
  return { size, top };
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

interface Chart {
  readonly key: string;
  readonly x: (value: number) => number;
  readonly y: (value: number) => number;
  readonly band: number;
  readonly shapes: readonly SVGElement[][];
}
const charts = new WeakMap<HTMLElement, Chart>();

/**
 * A bar for each class, or the outline of all of them. Plot draws axes, grid and scales, once; while these stay, a change of the
 * values only moves the shapes, which takes a twentieth of the time and keeps 1,000 classes within a frame.
 */
export function bars(chart: Bars): void {
  const { values, from, drawn } = chart;
  const { x, y, band, shapes } = framed(chart),
    n = values.length,
    above = (v: number): number => (v > from ? v : from);
  const px = (v: number): string => v.toFixed(1);
  if (n > few) {
    const outline = (list: ArrayLike<number>, closed: boolean): string => {
      const { size, top } = thinned(list);
      let path = `M${px(x(-0.5))},${px(y(closed ? from : above(top[0]!)))}`;
      for (let i = 0; i < top.length; i++)
        path += `V${px(y(above(top[i]!)))}H${px(x(Math.min((i + 1) * size, n) - 0.5))}`;
      return closed ? `${path}V${px(y(from))}Z` : path;
    };
    shapes[0]![0]!.setAttribute('d', outline(values, true));
    shapes[0]![1]!.setAttribute('d', drawn ? outline(drawn, false) : '');
    return;
  }
  const [rects, texts, ticks] = shapes as [SVGElement[], SVGElement[], SVGElement[]];
  const start = x(from);
  for (let i = 0; i < n; i++) {
    const end = x(above(values[i]!)),
      top = y(i);
    set(rects[i]!, { x: start, y: top, width: Math.max(0, end - start), height: band });
    const share = drawn ? x(drawn[i]!) : -10;
    set(texts[i]!, { x: Math.max(end, share + 1) + 5, y: top + band / 2 });
    texts[i]!.textContent = short(values[i]!);
    set(ticks[i]!, { x: share - 1.5, y: top, width: drawn ? 3 : 0, height: band });
  }
}

const set = (shape: SVGElement, attributes: Record<string, number>): void => {
  for (const name in attributes) shape.setAttribute(name, attributes[name]!.toFixed(2));
};

/** The chart without what moves; made anew when its axes change. */
function framed({ place, values, from, to, label, name, width }: Bars): Chart {
  const n = values.length,
    names = n > few ? [] : Array.from({ length: n }, (_, i) => name(i));
  const key = JSON.stringify([n, from, to, width, names]);
  const before = charts.get(place);
  if (before?.key === key) return before;

  const longest = names.reduce((most, each) => Math.max(most, each.length), 0),
    style = { fontSize: '13px' },
    value = { domain: [from, to], label, grid: true, clamp: true };
  const plot =
    n <= few
      ? Plot.plot({
          width,
          height: 22 * n + 54,
          marginLeft: Math.min(160, 18 + 8 * longest),
          marginRight: 62,
          marginBottom: 46,
          marginTop: 4,
          style,
          x: value,
          y: {
            type: 'band',
            domain: names.map((_, i) => i),
            label: null,
            tickFormat: (i: number) => names[i]!,
            tickSize: 0,
          },
          marks: [
            Plot.gridX({ strokeOpacity: 0.15 }),
            Plot.axisX({}),
            Plot.axisY({ tickSize: 0, label: null, tickFormat: (i: number) => names[i]! }),
          ],
        })
      : Plot.plot({
          width,
          height: 232,
          marginLeft: 60,
          marginTop: 30,
          marginBottom: 42,
          style,
          x: { domain: [-0.5, n - 0.5], label: 'class' },
          y: value,
          marks: [Plot.gridY({ strokeOpacity: 0.15 }), Plot.axisX({}), Plot.axisY({})],
        });
  // the policy refuses the style element that Plot adds; style.css has its rules
  plot.querySelector('style')?.remove();
  plot.setAttribute('aria-hidden', 'true');
  const add = (kind: string, attributes: Record<string, string>): SVGElement => {
    const shape = document.createElementNS('http://www.w3.org/2000/svg', kind);
    for (const each in attributes) shape.setAttribute(each, attributes[each]!);
    plot.append(shape);
    return shape;
  };
  const each = (kind: string, attributes: Record<string, string>): SVGElement[] =>
    names.map(() => add(kind, attributes));
  const shapes =
    n <= few
      ? [
          each('rect', { class: 'bar' }),
          each('text', { class: 'value', dy: '0.35em', 'text-anchor': 'start' }),
          each('rect', { class: 'share' }),
        ]
      : [[add('path', { class: 'bar' }), add('path', { class: 'shares' })]];
  const x = plot.scale('x')!,
    y = plot.scale('y')!;
  const made = { key, x: x.apply, y: y.apply, band: y.bandwidth ?? 0, shapes };
  charts.set(place, made);
  // for whoever measures a bar: what its ends mean
  const moved = n <= few ? x : y;
  place.dataset['scale'] = JSON.stringify([moved.domain, moved.range]);
  place.replaceChildren(plot);
  return made;
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
