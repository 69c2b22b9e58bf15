// Chromium (Debian's, driven by playwright-core): the policies, what the bundlers made, and examples/browser.
import { bundlers } from './bundlers.mjs';
import { browserRows, serve, wasm } from './pages.mjs';
import { debian } from './scratch.mjs';

export async function launch() {
  const executablePath = await debian(['chromium', 'chromium-browser', 'google-chrome'], ['chromium']);
  const { chromium: playwright } = await import('playwright-core');
  // root has no sandbox, and CI is root
  return playwright.launch({ executablePath, args: ['--no-sandbox'] });
}

/** `open` for pages.mjs: a page for each address, closed when it has answered; its first error is the reason if not. */
function opener(browser) {
  return async (url, said) => {
    const page = await browser.newPage();
    const broken = new Promise((_, reject) => page.on('pageerror', reject));
    try {
      await page.goto(url);
      await Promise.race([said, broken]);
    } finally {
      await page.close();
    }
  };
}

export async function* chromium(place, later) {
  const site = await serve(place);
  later(site.stop);
  const launched = launch();
  launched.then(
    (browser) => later(() => browser.close()),
    () => {},
  );
  const open = async (url, said) => opener(await launched)(url, said);
  const version = async () => (await launched).version();

  yield* browserRows('Chromium', site, open, version, { best: 'relaxed' });
  for (const thread of ['main', 'worker']) {
    yield {
      runtime: `Chromium, softmax-simd/js${thread === 'worker' ? ', worker' : ''}`,
      rare: thread === 'worker',
      build: 'js',
      refused: wasm,
      version,
      run: () => site.visit(open, `/self/page.html?thread=${thread}&entry=js.js`),
    };
  }
  for (const { name, version: own, build } of bundlers) {
    const run = async (entry) => site.visit(open, `/open/${await build(place.folder, entry)}`);
    const label = `${name}, in Chromium`;
    yield { runtime: label, build: 'relaxed', refused: [], version: own, run: () => run('bundle.js') };
    yield {
      runtime: `${label}, softmax-simd/js`,
      rare: name !== 'Vite',
      build: 'js',
      refused: wasm,
      version: own,
      run: () => run('bundle-js.js'),
    };
  }
  yield { check: 'examples/browser under its own CSP', run: async () => example(await launched, site.address) };
}

/** The page's own policy holds, and a click changes what it shows. */
async function example(browser, address) {
  const page = await browser.newPage(),
    complaints = [];
  page.on('pageerror', (error) => complaints.push(String(error)));
  page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()));
  try {
    await page.goto(`${address}/open/examples/browser/index.html`);
    const cell = page.locator('output').first();
    await cell.filter({ hasText: '%' }).waitFor({ timeout: 10_000 });
    const before = await cell.textContent();
    await page.locator('input').first().fill('9');
    const after = await cell.textContent(),
      build = await page.locator('#build').textContent();
    if (complaints.length > 0) throw new Error(complaints.join('\n'));
    if (before === after || build !== 'relaxed')
      throw new Error(`shows ${before}, then ${after}, by the build ${build}`);
    return `shows ${before}, then ${after}, by the build ${build}`;
  } finally {
    await page.close();
  }
}
