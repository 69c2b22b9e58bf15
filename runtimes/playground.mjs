// What the playground shows, against numbers: each check opens pages of its own.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { many, moves, numbers } from './playgroundNumbers.mjs';
import { after, entries, hash, info, logits, open, same } from './shown.mjs';

async function policies(at) {
  const page = await open(at, hash({}), { prefix: 'self' }),
    { build, refused } = await info(page);
  if (build !== 'js' || refused.length !== 3) throw new Error(`${build} answers, ${refused.length} refused`);
  const shown = await entries(page),
    p = at.library.createSoftmax({ build: 'js' }).softmax(logits);
  p.forEach((each, i) => same(`softmax[${i}] without wasm`, shown.get(String(i)).p, each));
  await page.selectOption('#build', 'simd');
  const problem = page.locator('#problem').filter({ hasText: 'simd is refused here' });
  await problem.waitFor({ timeout: 10_000 });
  await page.close();
  const strict = await open(at);
  const ran = await strict.evaluate(() => {
    const script = document.createElement('script');
    script.textContent = 'window.injected = true';
    document.head.append(script);
    return [window.injected === true, document.querySelector('meta[http-equiv]').content];
  });
  if (ran[0] || /unsafe-(inline|eval)'/.test(ran[1].replace("'wasm-unsafe-eval'", '')))
    throw new Error(`the policy lets a script in: ${ran[1]}`);
  await strict.close();
  return "js without 'wasm-unsafe-eval', relaxed with it; inline scripts are refused";
}

async function offline(at) {
  const context = await at.browser.newContext();
  await context.setOffline(true);
  const asked = [];
  context.on('request', (request) => asked.push(request.url()));
  const page = await open(at, '', { context, url: `${pathToFileURL(join(at.folder, 'index.html'))}${hash({})}` });
  const { build } = await info(page),
    shown = await entries(page),
    p = at.library.softmax(logits);
  p.forEach((each, i) => same(`softmax[${i}] from a file`, shown.get(String(i)).p, each, 4e-16));
  const foreign = asked.filter((url) => !url.startsWith(pathToFileURL(at.folder).href));
  if (foreign.length > 0 || page.complaints.length > 0) throw new Error([...foreign, ...page.complaints].join('\n'));
  await context.close();
  return `opened as a file, without a network: ${build}, ${asked.length} files`;
}

/** What numpy.save writes of float32, shape [2, 3]. */
function npy() {
  const header = "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }".padEnd(117) + '\n';
  const file = Buffer.concat([Buffer.from([0x93]), Buffer.from('NUMPY'), Buffer.from([1, 0, 118, 0]), Buffer.from(header)]); // prettier-ignore
  return Buffer.concat([file, Buffer.from(Float32Array.of(1, 3, 2, 2, 1, 0).buffer)]);
}

async function inputs(at) {
  const page = await open(at, '#build=js');
  const { softmax } = at.library.createSoftmax({ build: 'js' });
  const compare = async (what, wanted) => {
    const shown = await entries(page);
    wanted.forEach((p, i) => same(`${what}[${i}]`, shown.get(String(i)).p, p));
  };
  await after(page, () =>
    page.setInputFiles('#file', { name: 'x.npy', mimeType: 'application/octet-stream', buffer: npy() }),
  );
  await compare('a row of the .npy', softmax(Float32Array.of(1, 3, 2)));
  if ((await page.locator('#heat').evaluate((canvas) => [canvas.width, canvas.height].join())) !== '3,2')
    throw new Error('no heat map of 3 by 2');
  // viridis grows brighter with the value: cells are in the order of their probabilities
  const light = await page.locator('#heat').evaluate((canvas) => {
    const { data } = canvas.getContext('2d').getImageData(0, 0, 3, 2);
    return Array.from({ length: 6 }, (_, i) => data[4 * i] + 2 * data[4 * i + 1] + data[4 * i + 2] / 4);
  });
  const rows = [softmax(Float32Array.of(1, 3, 2)), softmax(Float32Array.of(2, 1, 0))].flatMap((row) => [...row]),
    order = (values) => [...values.keys()].sort((a, b) => values[a] - values[b] || a - b).join();
  if (order(light) !== order(rows)) throw new Error(`cells as bright as ${light} for ${rows}`);
  await after(page, () => page.selectOption('#axis', '0'));
  await compare('a column', softmax(Float32Array.of(1, 2)));
  await after(page, () => page.locator('#lane').fill('1'));
  await compare('the second column', softmax(Float32Array.of(3, 1)));
  await after(page, () => page.selectOption('#axis', 'all'));
  await compare('the whole array', softmax(Float32Array.of(1, 3, 2, 2, 1, 0)));
  const dropped = await page.evaluateHandle(() => {
    const transfer = new DataTransfer();
    transfer.items.add(new File(['{"logits": [4, 2]}'], 'x.json'));
    return transfer;
  });
  await after(page, () => page.dispatchEvent('main', 'drop', { dataTransfer: dropped }));
  await compare('the dropped JSON', softmax(Float32Array.of(4, 2)));
  await page.locator('#text').fill('1, 2\n3');
  const said = await page.locator('#problem').textContent();
  if (!/row 2 has 1 numbers where row 1 has 2/.test(said)) throw new Error(`ragged rows: ${said}`);
  await page.close();
  return '.npy, JSON, rows, columns, the whole, and a refusal';
}

async function drawing(at) {
  const page = await open(at, '#x=1_3_2_-inf&temperature=0.8&seed=5&build=js');
  await page.click('#draw-10000');
  await page.locator('#drawn').filter({ hasText: '10,000 drawn' }).waitFor({ timeout: 20_000 });
  await after(page, () => page.locator('#lane').dispatchEvent('input'));
  const shown = await entries(page),
    p = at.library.softmax([1, 3, 2, -Infinity], { temperature: 0.8 });
  let total = 0;
  p.forEach((each, i) => {
    const { drawn } = shown.get(String(i));
    total += drawn;
    // six standard deviations; the seed fixes what is drawn
    if (Math.abs(drawn - 1e4 * each) > 6 * Math.sqrt(1e4 * each * (1 - each)))
      throw new Error(`${drawn} draws of ${i}, expected ${1e4 * each}`);
  });
  if (total !== 10_000) throw new Error(`${total} draws instead of 10000`);
  const address = page.url(), again = await open(at, new URL(address).hash); // prettier-ignore
  await again.locator('#drawn').filter({ hasText: '10,000 drawn' }).waitFor({ timeout: 20_000 });
  await after(again, () => again.locator('#lane').dispatchEvent('input'));
  const second = await entries(again);
  for (const [name, entry] of shown)
    if (JSON.stringify(second.get(name)) !== JSON.stringify(entry))
      throw new Error(`the address gives other numbers for ${name}`);
  await page.close();
  await again.close();
  return '10,000 draws settle on the bars, and come again from the address';
}

async function racing(at) {
  const context = await at.browser.newContext({ permissions: ['clipboard-read', 'clipboard-write'] });
  const page = await open(at, '#build=js', { context });
  await page.click('#race');
  await page.locator('#copy:enabled').waitFor({ timeout: 30_000 });
  await page.click('#copy');
  await page.locator('#race-status').filter({ hasText: 'copied' }).waitFor({ timeout: 10_000 });
  const text = await page.evaluate(() => navigator.clipboard.readText());
  const rows = [...text.matchAll(/^\| (plain loop|softmax-simd, js) \| ([\d.e+]+) \|/gm)];
  if (rows.length !== 2 || !rows.every(([, , ns]) => Number(ns) > 0)) throw new Error(text);
  await context.close();
  return 'a table of both, copied as Markdown';
}

async function accessible(at) {
  const axe = readFileSync(join(at.folder, '../../node_modules/axe-core/axe.min.js'), 'utf8');
  let passed = 0;
  for (const theme of ['light', 'dark']) {
    const page = await open(at, `#x=1_3_2~2_1_0&draws=100&theme=${theme}`);
    // evaluated by the driver: the page's own policy would refuse it
    await page.evaluate(axe);
    const { violations, passes } = await page.evaluate(() => globalThis.axe.run());
    if (violations.length > 0)
      throw new Error(
        violations
          .map(({ id, nodes }) => `${theme}: ${id}: ${nodes.map(({ target }) => target).join(', ')}`)
          .join('\n'),
      );
    passed += passes.length;
    await page.close();
  }
  return `${passed} rules of axe pass in light and dark, contrast and labels among them`;
}

export const checks = [
  ['numbers of each build, every digit', numbers],
  ['bars follow the sliders', moves],
  ['1,000 classes', many],
  ['policies', policies],
  ['offline', offline],
  ['files, axes, errors', inputs],
  ['draws and the address', drawing],
  ['benchmark', racing],
  ['keyboard, labels, contrast', accessible],
];
