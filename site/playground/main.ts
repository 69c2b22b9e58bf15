// The page. A change of the state asks for one frame, which computes and draws; when nothing has changed for a moment,
// the tables, the errors and the address follow.
import { createSoftmax, type Softmax } from 'softmax-simd';
import { errorsOf, shown, type Shown } from './compute.ts';
import { element, listen, show } from './controls.ts';
import { draw, generator } from './draw.ts';
import { textOf } from './logits.ts';
import { bars, few, heat } from './pictures.ts';
import { markdown, plainLoop, race } from './race.ts';
import { read, write, type State } from './state.ts';
import { tables } from './tables.ts';

let { state, problems } = read(location.hash);
let functions: Softmax = createSoftmax();
let build: State['build'] = 'auto';
let now: Shown;
/** Draws of the present lane: how many of each entry, and the generator that goes on. */
let drawn = { of: new Uint32Array(), logits: state.logits, key: '', count: 0, random: generator(1) };
let frame = 0,
  settling: ReturnType<typeof setTimeout> | undefined,
  address = '';
const settle = 120,
  still = matchMedia('(prefers-reduced-motion: reduce)');

const name = (i: number): string => {
  const { labels, shape } = state.logits;
  if (!labels) return String(i);
  return state.axis === 0 && shape.length === 2 ? String(i) : (labels[i % labels.length] ?? String(i));
};
const refuse = (problem: string): void => void (element('problem').textContent = problem);

function change(part: Partial<State>): void {
  state = { ...state, ...part };
  frame ||= requestAnimationFrame(draws);
}

/** The build that was asked for, or the one before with the reason. */
function choose(): void {
  if (state.build === build) return;
  try {
    const made = createSoftmax(state.build === 'auto' ? {} : { build: state.build });
    made.softmax([0]);
    functions = made;
    build = state.build;
  } catch (error) {
    refuse(`The build ${state.build} is refused here: ${(error as Error).message}`);
    state = { ...state, build };
  }
}

function draws(): void {
  frame = 0;
  choose();
  try {
    now = shown(functions, state);
  } catch (error) {
    return refuse((error as Error).message);
  }
  more();
  picture();
  show(state);
  document.documentElement.dataset['theme'] = state.theme;
  clearTimeout(settling);
  settling = setTimeout(settled, settle);
}

/** A part of the draws that are still to be made, so that they can be seen to settle on the bars. */
function more(): void {
  const { logits, axis, dtype, temperature, topK, topP, minP, seed } = state;
  const key = [axis, now.lane, dtype, temperature, topK, topP, minP, seed].join();
  if (drawn.logits !== logits || drawn.key !== key || drawn.count > state.draws)
    drawn = { of: new Uint32Array(now.x.length), logits, key, count: 0, random: generator(seed) };
  const left = state.draws - drawn.count;
  if (left === 0) return;
  const count = still.matches ? left : Math.min(left, Math.max(1, Math.ceil(state.draws / 40)));
  try {
    for (const i of draw(functions, now.x, { temperature, topK, topP, minP, count, random: drawn.random }))
      drawn.of[i]!++;
    drawn.count += count;
    if (drawn.count < state.draws) frame ||= requestAnimationFrame(draws);
  } catch (error) {
    refuse((error as Error).message);
    state = { ...state, draws: 0 };
  }
}

function picture(): void {
  const { p, log } = now,
    place = element('probabilities'),
    width = Math.max(280, place.clientWidth);
  const shares = drawn.count > 0 ? Float64Array.from(drawn.of, (count) => count / drawn.count) : undefined;
  let top = 0,
    least = 0;
  for (const v of p) if (v > top) top = v;
  for (const v of shares ?? []) if (v > top) top = v;
  for (const v of log) if (v > -Infinity && v < least) least = v;
  // steps of 1, 2, 5, so that the axis does not tremble
  const to = p.length <= few ? 1 : (roundUp(top) || 1), from = -(roundUp(-least) || 1); // prettier-ignore
  bars({ place, values: p, from: 0, to, label: 'probability', name, drawn: shares, width });
  bars({ place: element('logs'), values: log, from, to: 0, label: 'log-probability', name, width });
  const { shape } = state.logits;
  element('heat-section').hidden = shape.length !== 2;
  if (shape.length === 2) {
    const along = state.axis === null ? 'all' : state.axis === 0 ? 'column' : 'row';
    const largest = heat(element<HTMLCanvasElement>('heat'), element('chosen'), now, shape as [number, number], along);
    element('heat-legend').textContent =
      `${shape[0]} by ${shape[1]}: dark is 0, bright ${largest.toPrecision(3)}. A click chooses the lane.`;
  }
  element('drawn').textContent =
    drawn.count > 0 ? `${drawn.count.toLocaleString('en')} drawn; the marks are their shares.` : '';
}

function roundUp(value: number): number {
  if (!(value > 0)) return 0;
  const power = 10 ** Math.floor(Math.log10(value));
  return power * ([1, 2, 5].find((step) => step * power >= value) ?? 10);
}

function settled(): void {
  const { build, refused } = functions.info();
  tables(now, errorsOf(now, state), drawn.count > 0 ? drawn.of : undefined, name, build);
  element('info').textContent = JSON.stringify(functions.info());
  for (const option of element<HTMLSelectElement>('build').options)
    option.title = refused.find((each) => each.build === option.value)?.reason ?? '';
  address = write(state);
  history.replaceState(null, '', `#${address}`);
  document.body.dataset['settled'] = String(Number(document.body.dataset['settled'] ?? 0) + 1);
}

async function compare(): Promise<void> {
  const { logits, dtype, temperature, axis } = state,
    { shape } = logits,
    { softmax, info } = functions;
  const x = dtype === 'float32' ? Float32Array.from(logits.data) : logits.data;
  const columns = shape.length === 2 && axis === 0;
  const options = { shape, axis: shape.length === 1 ? null : axis, temperature };
  const { length } = now.lanes;
  element('race').disabled = true;
  element('race-status').textContent = 'running, about a second';
  const timings = await race(
    [
      { name: 'plain loop', run: () => plainLoop(x, length, columns ? shape[1]! : 'rows', 1 / temperature) },
      { name: `softmax-simd, ${info().build}`, run: () => softmax(x, options) },
    ],
    x.length,
  );
  const what = `softmax of [${shape}] ${dtype}${shape.length === 2 ? `, axis ${axis}` : ''}, new result`;
  element('race-result').textContent = markdown(timings, what, navigator.userAgent);
  element('race-result').hidden = false;
  element('race-status').textContent = `done: ${timings[1]!.ratio.toPrecision(3)} times as fast as the loop`;
  element('race').disabled = element('copy').disabled = false;
}

listen(() => state, change, refuse);
for (const count of [1, 100, 10_000])
  element(`draw-${count}`).addEventListener('click', () =>
    change({ draws: Math.min(10_000_000, state.draws + count) }),
  );
element('draw-0').addEventListener('click', () => change({ draws: 0 }));
element('heat').addEventListener('click', ({ offsetX, offsetY }) => {
  const { clientWidth, clientHeight } = element('heat'),
    share = state.axis === 0 ? offsetX / clientWidth : offsetY / clientHeight;
  change({ lane: Math.min(now.lanes.count - 1, Math.floor(share * now.lanes.count)) });
});
element('race').addEventListener('click', () => void compare());
element('copy').addEventListener('click', () => {
  const result = element('race-result'),
    said = (text: string): void => void (element('race-status').textContent = text);
  navigator.clipboard.writeText(result.textContent!).then(
    () => said('copied'),
    () => (
      getSelection()!.selectAllChildren(result),
      said('the browser refuses to copy; it is selected, copy it by hand')
    ),
  );
});
addEventListener('resize', () => change({}));
addEventListener('hashchange', () => {
  if (location.hash.slice(1) !== address) start();
});

function start(): void {
  ({ state, problems } = read(location.hash));
  element<HTMLTextAreaElement>('text').value = textOf(state.logits);
  refuse(problems.join('\n'));
  change({});
}
start();
