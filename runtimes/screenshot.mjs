// docs/playground.png: the playground as it first looks with a list of eight words. node runtimes/screenshot.mjs
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { launch } from './chromium.mjs';
import { here, install, root } from './scratch.mjs';

await install(here);
const browser = await launch();
const page = await browser.newPage({ viewport: { width: 1180, height: 760 }, reducedMotion: 'reduce' });
const state = new URLSearchParams({
  x: '7.1_6.4_4.9_4.2_3.1_-2.5_0.3_-0.8',
  labels: 'the~a~my~his~blue~xylophone~and~ran',
  temperature: '1.3',
  draws: '2000',
  theme: 'light',
});
await page.goto(`${pathToFileURL(join(root, 'site/dist/playground/index.html'))}#${state}`);
await page.locator('body[data-settled]').waitFor();
await page.screenshot({ path: join(root, 'docs/playground.png') });
await browser.close();
console.log('Written: docs/playground.png');
