// The site: builds as `npm run site` does, then its pages and the playground in Chromium, their numbers held against the package.
import { cpSync, existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { launch } from './chromium.mjs';
import { checks } from './playground.mjs';
import { serve } from './pages.mjs';
import { here, root, sh } from './scratch.mjs';

const folder = join(root, 'site');

export async function* site(place, later) {
  let built;
  yield {
    check: 'site: npm run site',
    async run() {
      // its links are checked while it is built: a dead one fails
      const { stdout } = await sh(process.execPath, [join(folder, 'build.mjs'), '--base', '/open/'], {
        timeout: 300_000,
      });
      built = /build complete in ([\d.]+)s/.exec(stdout)?.[1];
      return `pages in ${built} s`;
    },
  };
  if (built === undefined) return;
  const files = await serve({ folder: join(folder, 'dist'), installed: place.installed });
  later(files.stop);
  const browser = await launch();
  later(() => browser.close());
  const library = await import(pathToFileURL(join(place.installed, 'dist/index.js')).href);

  yield { check: 'site: docs/charts', run: charts };
  yield {
    check: 'site: the tutorial says what the package gives',
    run: () => tutorial(browser, files.address, library),
  };
  const at = { browser, address: files.address, library, folder: join(folder, 'dist/playground') };
  for (const [name, run] of checks) yield { check: `playground: ${name}`, run: () => run(at) };
  yield { check: 'site: the recipe for many cores', run: () => cores(place) };
  yield { check: 'site: the recipe for Jest', run: () => jest(place) };
}

/** Every page opens without an error; the tutorial's results, read off the page, are those of the packed package. */
async function tutorial(browser, address, { softmax, crossEntropy, logSoftmax }) {
  const page = await browser.newPage(),
    errors = [];
  page.on('pageerror', (error) => errors.push(String(error)));
  page.on('console', (message) => message.type() === 'error' && errors.push(message.text()));
  try {
    await page.goto(`${address}/open/tutorial.html`);
    const blocks = (await page.locator('div.language-js code').allTextContents()).join('\n');
    const said = (code) => {
      const after = blocks.split(`${code};`)[1];
      if (after === undefined) throw new Error(`the tutorial does not have ${code}`);
      return JSON.parse(/\/\/ (.*)/.exec(after)[1].replaceAll('-Infinity', 'null'));
    };
    const four = (value) => (Array.isArray(value) ? value.map(four) : Number(value.toPrecision(4)));
    const wanted = {
      'softmax([101, 103, 102])': softmax([101, 103, 102]),
      'softmax(logits, { temperature: 2 })': softmax([1, 3, 2], { temperature: 2 }),
      'softmax(two, { axis: 0 })': softmax([[1, 3, 2], [2, 1, 0]], { axis: 0 }), // prettier-ignore
      'crossEntropy([0, 20, 0], 1)': crossEntropy([0, 20, 0], 1),
      'logSoftmax(logits)': logSoftmax([1, 3, 2]),
    };
    for (const [code, value] of Object.entries(wanted))
      if (JSON.stringify(said(code)) !== JSON.stringify(four(value)))
        throw new Error(
          `${code}: the page says ${JSON.stringify(said(code))}, the package ${JSON.stringify(four(value))}`,
        );
    const names = ['index', 'api', 'recipes', 'numerics', 'performance', 'hosts', 'coming-from'];
    for (const name of names) {
      await page.goto(`${address}/open/${name}.html`);
      await page.locator('h1').first().waitFor();
    }
    const charts = await page.goto(`${address}/open/performance.html`).then(() => page.locator('.chart-light').evaluateAll((list) => list.map((each) => each.naturalWidth))); // prettier-ignore
    if (charts.length < 3 || charts.some((width) => width < 300)) throw new Error(`charts of widths ${charts}`);
    // to the playground in one click, from the first page and from the tutorial with its words in the address
    await page.goto(`${address}/open/index.html`);
    await page.locator('.VPHero a', { hasText: 'Playground' }).click();
    await page.locator('#probabilities rect.bar').first().waitFor();
    await page.goto(`${address}/open/tutorial.html`);
    await page.locator('main a', { hasText: 'In the playground' }).click();
    await page.locator('#table td', { hasText: 'xylophone' }).waitFor();
    if (errors.length > 0) throw new Error(errors.join('\n'));
    return `${Object.keys(wanted).length} results; ${names.length + 1} pages without an error, ${charts.length} charts`;
  } finally {
    await page.close();
  }
}

/** The charts of docs/ are those that the stored results give now. */
function charts() {
  const names = readdirSync(join(folder, 'dist/charts'));
  const stale = names.filter((name) => {
    const kept = join(root, 'docs/charts', name);
    return !existsSync(kept) || readFileSync(kept, 'utf8') !== readFileSync(join(folder, 'dist/charts', name), 'utf8');
  });
  if (stale.length > 0)
    throw new Error(`${stale.join(', ')}: not of the results that are stored; node site/charts/draw.mjs`);
  return `${names.length} files are of the stored results`;
}

async function cores(place) {
  cpSync(join(folder, 'recipes/cores.mjs'), join(place.folder, 'cores.mjs'));
  const { stdout } = await sh(process.execPath, ['cores.mjs'], { cwd: place.folder });
  const [, off] = /each adds up to 1 within (\S+)/.exec(stdout) ?? [];
  if (!(Number(off) < 1e-5)) throw new Error(stdout);
  return stdout.trim();
}

async function jest(place) {
  cpSync(join(folder, 'recipes/classifier.test.js'), join(place.folder, 'jest/classifier.test.js'));
  const program = [join(here, 'node_modules/jest/bin/jest.js'), '--watchman=false', '--runInBand', '--testMatch', '**/classifier.test.js']; // prettier-ignore
  const { stderr } = await sh(process.execPath, program, { cwd: join(place.folder, 'jest') });
  if (!/^Tests: +1 passed, 1 total$/m.test(stderr)) throw new Error(stderr);
  return '1 passed';
}
