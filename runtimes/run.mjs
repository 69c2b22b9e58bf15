// Tries the packed tarball in the real programs: node runtimes/run.mjs [--all] [--only KIND] [--tarball FILE]
// --all: what takes long too, and what asks for more than the registry. Whatever cannot be installed or started counts as failed, with its reason. Writes docs/runtimes.md, unless only a part ran.
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
import { site } from './site.mjs';
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
// two that take as long run side by side, each on a core
const some = [commandline, site],
  others = [containers, workerd, hosts, jest, chromium, types],
  rare = [machines, firefox, webkit, wrangler, next],
  order = [...some, ...others, shipped, ...rare];

await check('install: the tools of runtimes/', () => install(here));
if (options.all) await check('install: the tools of runtimes/all/', () => install(join(here, 'all')), { all: true });
let place;
await check('npm pack, and the tarball installed', async () => void (place = await scratch(options.tarball)));

async function all(kinds) {
  for (const kind of kinds) {
    if (options.only !== undefined && kind.name !== options.only) continue;
    for await (const each of kind(place, later)) {
      const at = { kind: order.indexOf(kind), all: rare.includes(kind) || each.rare === true };
      if (at.all && !options.all) continue;
      if (each.check) await check(each.check, each.run, at);
      else await judge(each, at);
    }
  }
}

try {
  if (place !== undefined) {
    await Promise.all([all(some), all(others)]);
    // it takes times, so it runs alone
    await all([shipped, ...(options.all ? rare : [])]);
  }
} finally {
  for (const end of ends.reverse()) await end();
  place?.remove();
}
console.log(`${((performance.now() - begin) / 60_000).toFixed(1)} minutes`);
finish({ all: options.all, write: options.only === undefined && place !== undefined });
