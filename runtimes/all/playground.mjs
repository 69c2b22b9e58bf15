// The playground, with the packed package inside, in a browser that another driver holds.
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { root, install } from '../scratch.mjs';

/** Runs in the page: the table of entries, once it is there. */
const table =
  'return document.body.dataset.settled ? [...document.querySelectorAll("#table tbody tr")].map((row) => [...row.cells].map((cell) => cell.textContent)).concat([[document.querySelector("#info").textContent]]) : null';

/**
 * @param {(url: string) => Promise<void>} go
 * @param {(code: string) => Promise<any>} evaluate runs the body of a function in the page
 * @param {string} best the build that answers there
 */
export async function playground(place, address, go, evaluate, best) {
  await install(join(root, 'site'));
  const { bundle } = await import('../../site/bundle.mjs');
  await bundle(join(place.folder, 'playground'), join(place.installed, 'dist'));
  const { softmax } = await import(pathToFileURL(join(place.installed, 'dist/index.js')).href);
  const x = [1.5, -2, 0.25, 7],
    wanted = softmax(x, { temperature: 0.7 });
  await go(`${address}/wasm/playground/index.html#x=${x.join('_')}&temperature=0.7`);
  let rows = null;
  for (let i = 0; rows === null; i++) {
    if (i === 100) throw new Error('the playground shows no table after 20 s');
    await new Promise((done) => setTimeout(done, 200));
    rows = await evaluate(table);
  }
  const { build } = JSON.parse(rows.pop()[0]);
  if (build !== best) throw new Error(`${build} answers instead of ${best}`);
  for (const [name, , p] of rows)
    if (!(Math.abs(Number(p) - wanted[Number(name)]) <= 4e-16 * wanted[Number(name)]))
      throw new Error(`class ${name} has ${p} on the page, ${wanted[Number(name)]} by the package`);
  if (rows.length !== x.length) throw new Error(`${rows.length} rows for ${x.length} classes`);
  return `${rows.length} probabilities right, by the build ${build}`;
}
