// What all charts have in common: Observable Plot without a page, colours for light and for dark, and files that stay small.
import * as Plot from '@observablehq/plot';
import { JSDOM } from 'jsdom';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const { document } = new JSDOM('').window;

/** GitHub's page colours, and series that are told apart on each, by eyes of all kinds too (Okabe and Ito's hues). */
export const themes = {
  light: { text: '#1f2328', soft: '#59636e', line: '#d1d9e0', series: ['#0b64c0', '#b35900', '#00785a', '#9a3b8c', '#6b6200', '#59636e'] }, // prettier-ignore
  dark: { text: '#e6edf3', soft: '#9ea7b1', line: '#3d444d', series: ['#58a6ff', '#f0a04b', '#3fc79a', '#e08ad0', '#d8c94a', '#9ea7b1'] }, // prettier-ignore
};

/** Names and colours in a line above the chart, dots before them. */
function legend(svg, names, { text }, series) {
  const make = (kind, attributes, words) => {
    const node = document.createElementNS('http://www.w3.org/2000/svg', kind);
    for (const name in attributes) node.setAttribute(name, String(attributes[name]));
    if (words) node.textContent = words;
    svg.append(node);
  };
  let x = 12;
  names.forEach((name, i) => {
    make('circle', { cx: x, cy: 12, r: 5, fill: series[i] });
    make('text', { x: x + 9, y: 16, fill: text, 'font-size': 12, 'text-anchor': 'start' }, name);
    x += 30 + 6.7 * name.length;
  });
}

/**
 * Draws a chart once for each theme.
 *
 * @param {(theme: (typeof themes)['light']) => import('@observablehq/plot').PlotOptions} options
 * @param {string[]} names of the series, in the order of their colours, the first of which is `first`
 * @param {string} title what a screen reader says
 */
export function chart(folder, file, title, names, options, first = 0) {
  mkdirSync(folder, { recursive: true });
  for (const [theme, colours] of Object.entries(themes)) {
    const given = options(colours);
    const svg = /** @type {SVGSVGElement} */ (
      Plot.plot({
        document,
        marginTop: 44,
        style: { fontSize: '12px', color: colours.soft, fontFamily: 'system-ui, sans-serif' },
        ariaLabel: title,
        ...given,
      })
    );
    legend(svg, names, colours, colours.series.slice(first));
    svg.setAttribute('role', 'img');
    const rounded = svg.outerHTML
      .replace(/<style>[\s\S]*?<\/style>/, '')
      .replaceAll(/(\d+\.\d{2})\d+/g, '$1')
      .replace('<svg ', '<svg xmlns="http://www.w3.org/2000/svg" ')
      .replaceAll('currentColor', colours.soft);
    writeFileSync(join(folder, `${file}-${theme}.svg`), `${rounded}\n`);
  }
}
