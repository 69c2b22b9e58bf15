// What the playground shows, read off the page: driving it, its tables, the lengths of its bars.

/** Opens the playground with what stands behind # in its address, and waits until the tables are there. */
export async function open({ browser, address }, hash = '', { prefix = 'wasm', context = browser, url } = {}) {
  const page = await context.newPage({ viewport: { width: 1280, height: 900 } }),
    complaints = [];
  page.on('pageerror', (error) => complaints.push(String(error)));
  page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()));
  await page.goto(url ?? `${address}/${prefix}/playground/index.html${hash}`);
  await page.locator('body[data-settled]').waitFor({ timeout: 20_000 });
  return Object.assign(page, { complaints });
}

/** Does something, and waits until the tables follow. */
export async function after(page, act) {
  const before = Number(await page.evaluate(() => document.body.dataset.settled));
  await act();
  await page.waitForFunction((n) => Number(document.body.dataset.settled) > n, before, { timeout: 20_000 });
}

export const cells = (page, id) => page.locator(`#${id} tbody tr`).evaluateAll((rows) => rows.map((row) => [...row.cells].map((cell) => cell.textContent))); // prettier-ignore
/** Probabilities and logarithms by class, as the table of entries has them, every digit. */
export async function entries(page) {
  const rows = await cells(page, 'table');
  return new Map(rows.map(([name, , p, , log, , , drawn]) => [name, { p: Number(p), log: Number(log), drawn: Number(drawn) }])); // prettier-ignore
}
export const info = async (page) => JSON.parse(await page.locator('#info').textContent());
export function same(what, got, wanted, tolerance = 0) {
  const off = Math.abs(got - wanted);
  if (!(Object.is(got, wanted) || off <= tolerance * Math.abs(wanted)))
    throw new Error(`${what} is ${got} on the page, ${wanted} by the package`);
}
export const range = (text) => /** @type {[number[], number[]]} */ (JSON.parse(text));

/** Lengths of the drawn bars, turned back into numbers by the scale of the chart. */
export const bars = (page, id) =>
  page.locator(`#${id}`).evaluate((place) => ({
    scale: place.dataset.scale,
    widths: [...place.querySelectorAll('rect.bar')].map((bar) => Number(bar.getAttribute('width'))),
    path: place.querySelector('path.bar')?.getAttribute('d') ?? '',
  }));

export const logits = [1.5, -2, 0.25, 3, 3, -40, 7, 0.1];
export const hash = (state) => `#${new URLSearchParams({ x: logits.join('_'), ...state })}`;
