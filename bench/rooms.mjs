/** Where the time of a call goes, by the folders of src: a profile of V8's. */
import { readdirSync, readFileSync } from 'node:fs';
import { Session } from 'node:inspector/promises';
import { join } from 'node:path';

const src = join(import.meta.dirname, '../src');
const declared = /^(?:export )?(?:async )?function (\w+)|^ {2}(?:private |static |get |set )*#?(\w+)\(.*\{$/gm;

/** function -> its folder of src, or a list of folders that have one of its name */
const folders = new Map();
for (const name of readdirSync(src, { recursive: true }).map(String)) {
  if (!/\.ts$/.test(name) || /^(cli|generated)\//.test(name)) continue;
  for (const [, fn, method] of readFileSync(join(src, name), 'utf8').matchAll(declared)) {
    const known = folders.get(fn ?? method) ?? [],
      folder = name.includes('/') ? name.slice(0, name.indexOf('/')) : 'functions';
    if (!known.includes(folder)) folders.set(fn ?? method, [...known, folder]);
  }
}

function roomOf({ functionName: name, url }) {
  if (name.startsWith('wasm') || url.startsWith('wasm')) return 'kernel';
  if (name === '(garbage collector)') return 'garbage collection';
  if (!url.endsWith('/dist/index.js')) return 'bench';
  const of = folders.get(name.replace(/\$\d+$/, '').replace(/^(get|set) /, ''));
  return of?.join(' or ') ?? 'unnamed';
}

/** The shares of the rooms in a call that is made again and again for some ms, the largest first: [room, share]. */
export async function rooms(call, ms) {
  const session = new Session();
  session.connect();
  await session.post('Profiler.enable');
  await session.post('Profiler.setSamplingInterval', { interval: 100 });
  await session.post('Profiler.start');
  for (const end = performance.now() + ms; performance.now() < end;) for (let i = 0; i < 1000; i++) call();
  const { profile } = await session.post('Profiler.stop');
  session.disconnect();
  const frames = new Map(profile.nodes.map(({ id, callFrame }) => [id, callFrame])),
    sums = new Map();
  profile.samples.forEach((id, i) => {
    const room = roomOf(frames.get(id));
    if (room !== 'bench') sums.set(room, (sums.get(room) ?? 0) + profile.timeDeltas[i]);
  });
  const total = [...sums.values()].reduce((a, b) => a + b, 0);
  return [...sums].map(([room, time]) => [room, time / total]).sort((a, b) => b[1] - a[1]);
}
