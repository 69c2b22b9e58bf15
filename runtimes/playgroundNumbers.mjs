// The numbers that the playground shows, in its table and as bars: those of the package, on every build.
import { after, bars, cells, entries, hash, info, logits, open, range, same } from './shown.mjs';

export async function numbers(at) {
  let compared = 0;
  for (const build of ['simd', 'scalar', 'js', 'auto']) {
    for (const dtype of ['float64', 'float32']) {
      const page = await open(at, hash({ build, dtype, temperature: 0.7 }));
      const { softmax, logSoftmax } = at.library.createSoftmax(build === 'auto' ? {} : { build });
      const x = dtype === 'float32' ? Float32Array.from(logits) : Float64Array.from(logits);
      // relaxed rounds otherwise than what Node 20 has
      const tolerance = build !== 'auto' ? 0 : dtype === 'float32' ? 4e-7 : 4e-16;
      const shown = await entries(page),
        p = softmax(x, { temperature: 0.7 }),
        log = logSoftmax(x, { temperature: 0.7 });
      for (let i = 0; i < x.length; i++) {
        same(`softmax[${i}] of ${build} ${dtype}`, shown.get(String(i)).p, p[i], tolerance);
        same(`logSoftmax[${i}] of ${build} ${dtype}`, shown.get(String(i)).log, log[i], tolerance);
        compared += 2;
      }
      const answered = (await info(page)).build;
      if (answered !== (build === 'auto' ? 'relaxed' : build))
        throw new Error(`${answered} answers instead of ${build}`);
      const [ours, loop] = await cells(page, 'errors');
      if (!(Number(ours[1]) <= 4 && Number(ours[2]) <= 2.5 && loop[0] === 'a plain loop'))
        throw new Error(`errors ${ours}`);
      if (page.complaints.length > 0) throw new Error(page.complaints.join('\n'));
      await page.close();
    }
  }
  return `${compared} numbers of 4 builds`;
}

export async function moves(at) {
  const page = await open(at, hash({ build: 'js' }));
  const { softmax } = at.library;
  const slide = (id, value) => after(page, () => page.locator(`#${id}`).fill(String(value)));
  let checked = 0;
  const compare = async (wanted) => {
    const { scale, widths } = await bars(page, 'probabilities'),
      [[from, to], [left, right]] = range(scale);
    if (widths.length !== wanted.length) throw new Error(`${widths.length} bars for ${wanted.length} classes`);
    widths.forEach((width, i) => {
      const shown = from + (width / (right - left)) * (to - from);
      // widths are written to a hundredth of a pixel
      if (Math.abs(shown - wanted[i]) > 0.02 / (right - left))
        throw new Error(`bar ${i} stands for ${shown}, not ${wanted[i]}`);
      checked++;
    });
  };
  await compare(softmax(logits));
  await slide('temperature', 2.5);
  await compare(softmax(logits, { temperature: 2.5 }));
  await slide('topK', 3);
  const three = logits.map((v, i) => (i === 6 || i === 3 || i === 4 ? 1 : 0));
  await compare(softmax(logits, { temperature: 2.5, where: three }));
  await slide('topP', 0.5);
  await compare(softmax(logits, { temperature: 2.5, where: logits.map((v) => (v === 7 ? 1 : 0)) }));
  await slide('topP', 1);
  await slide('topK', 0);
  await slide('minP', 0.3);
  const most = softmax(logits, { temperature: 2.5 });
  await compare(softmax(logits, { temperature: 2.5, where: most.map((p) => (p >= 0.3 * most[6] ? 1 : 0)) }));
  // by the keyboard too
  await page.locator('#temperature').focus();
  await after(page, () => page.keyboard.press('ArrowRight'));
  if ((await page.locator('#temperature-number').inputValue()) !== '2.55')
    throw new Error('an arrow key does not move the temperature');
  await page.close();
  return `${checked} bars as long as their numbers`;
}

export async function many(at) {
  const page = await open(at, '#build=js');
  await after(page, () => page.selectOption('#example', '1,000 classes'));
  const x = (await page.locator('#text').inputValue()).split(',').map(Number),
    p = at.library.createSoftmax({ build: 'js' }).softmax(x);
  const { scale, path } = await bars(page, 'probabilities'),
    [[from, to], [bottom, top]] = range(scale);
  const heights = [...path.matchAll(/V([\d.]+)H/g)].map(
    ([, y]) => from + ((bottom - Number(y)) / (bottom - top)) * (to - from),
  );
  if (heights.length !== 1000) throw new Error(`${heights.length} steps for 1000 classes`);
  heights.forEach((height, i) => {
    if (Math.abs(height - p[i]) > 0.1 / (bottom - top)) throw new Error(`class ${i} stands at ${height}, not ${p[i]}`);
  });
  // late frames depend on what else the machine does, so they are stated, beside those of a page at rest; so is the time of
  // the page's own thread, which other work does not change
  const still = await page.evaluate(lateFrames, false);
  const session = await page.context().newCDPSession(page);
  await session.send('Performance.enable', { timeDomain: 'threadTicks' });
  const spent = async () => (await session.send('Performance.getMetrics')).metrics.find(({ name }) => name === 'TaskDuration').value; // prettier-ignore
  const before = await spent();
  const moving = await page.evaluate(lateFrames, true);
  const each = (((await spent()) - before) / 120) * 1000;
  await page.close();
  return `1000 steps right; while a slider moves ${each.toFixed(1)} ms of a frame's 16.7, and ${moving} of 120 frames late (at rest ${still})`;
}

/** Runs in the page: how many of 120 frames come later than 25 ms after the one before. */
async function lateFrames(move) {
  const slider = document.querySelector('#temperature');
  let late = 0,
    last = await new Promise(requestAnimationFrame);
  for (let i = 0; i < 120; i++) {
    if (move) {
      slider.value = String(0.5 + (i % 60) / 20);
      slider.dispatchEvent(new Event('input'));
    }
    const now = await new Promise(requestAnimationFrame);
    if (now - last > 25) late++;
    last = now;
  }
  return late;
}
