// Firefox ESR (Debian's, driven by puppeteer-core over WebDriver BiDi).
import { createRequire } from 'node:module';
import { browserRows, serve } from '../pages.mjs';
import { debian } from '../scratch.mjs';
import { playground } from './playground.mjs';

export async function* firefox(place, later) {
  const site = await serve(place);
  later(site.stop);
  const launched = debian(['firefox-esr', 'firefox'], ['firefox-esr']).then((executablePath) => {
    const puppeteer = createRequire(import.meta.url)('puppeteer-core');
    return puppeteer.launch({ browser: 'firefox', executablePath, headless: true });
  });
  launched.then(
    (browser) => later(() => browser.close()),
    () => {},
  );
  const open = async (url, said) => {
    const page = await (await launched).newPage();
    try {
      await page.goto(url);
      await said;
    } finally {
      await page.close();
    }
  };
  const version = async () => (await (await launched).version()).match(/[\d.]+/)[0];
  yield* browserRows('Firefox ESR', site, open, version, { best: 'relaxed' });
  yield {
    check: 'playground in Firefox ESR',
    async run() {
      const page = await (await launched).newPage();
      return playground(
        place,
        site.address,
        (url) => page.goto(url),
        (code) => page.evaluate(`(() => { ${code} })()`),
        'relaxed',
      );
    },
  };
}
