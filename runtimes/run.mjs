// Tries the packed tarball in the real programs: node runtimes/run.mjs [--all] [--only KIND] [--tarball FILE]
// Whatever cannot be installed or started counts as failed, with its reason. Writes docs/runtimes.md, unless only a part ran.
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { chromium } from './chromium.mjs';
import { commandline } from './commandline.mjs';
import { hosts } from './conditions.mjs';
import { containers } from './containers.mjs';
import { jest } from './jest.mjs';
import { shipped } from './package.mjs';
import { check, finish, judge } from './report.mjs';
import { here, install, scratch } from './scratch.mjs';
import { machines } from './machines.mjs';
import { types } from './types.mjs';
import { workerd } from './workerd.mjs';
import { firefox } from './all/firefox.mjs';
import { next } from './all/next.mjs';
import { webkit } from './all/webkit.mjs';
import { wrangler } from './all/wrangler.mjs';

const { values: options } = parseArgs({
  options: { all: { type: 'boolean' }, only: { type: 'string' }, tarball: { type: 'string' } },
});
const begin = performance.now(),
  ends = [];
const later = (end) => ends.push(end);
const always = [commandline, containers, workerd, hosts, jest, chromium, types, machines, shipped],
  rare = [firefox, webkit, wrangler, next];

await check('install: the tools of runtimes/', () => install(here));
if (options.all) await check('install: the tools of runtimes/all/', () => install(join(here, 'all')), true);
let place;
await check('npm pack, and the tarball installed', async () => void (place = await scratch(options.tarball)));

try {
  for (const kind of place === undefined ? [] : [...always, ...(options.all ? rare : [])]) {
    if (options.only !== undefined && kind.name !== options.only) continue;
    for await (const each of kind(place, later)) {
      if (each.check) await check(each.check, each.run, rare.includes(kind));
      else await judge(each, rare.includes(kind));
    }
  }
} finally {
  for (const end of ends.reverse()) await end();
  place?.remove();
}
console.log(`${((performance.now() - begin) / 60_000).toFixed(1)} minutes`);
finish({ all: options.all, write: options.only === undefined && place !== undefined });
