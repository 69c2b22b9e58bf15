// Tries the packed tarball in the real programs: node runtimes/run.mjs [--all] [--only WORD] [--tarball FILE]
// Whatever cannot be installed or started counts as failed, with its reason. Writes docs/runtimes.md.
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { commandline, coldStart } from './commandline.mjs';
import { chromium } from './chromium.mjs';
import { check, finish, judge } from './report.mjs';
import { here, install, scratch } from './scratch.mjs';
import { workerd } from './workerd.mjs';

const { values: options } = parseArgs({ options: { all: { type: 'boolean' }, only: { type: 'string' }, tarball: { type: 'string' } } });
const begin = performance.now(), ends = [];
const later = (end) => ends.push(end);
const wanted = (name) => options.only === undefined || name.includes(options.only);

await check('install: the tools of runtimes/', () => install(here));
const place = await scratch(options.tarball);
later(place.remove);

for (const kind of [commandline, workerd, chromium]) {
  for await (const each of kind(place, later)) {
    if (!wanted(kind.name)) break;
    if (each.example) await check(each.example, each.run);
    else await judge(each, false);
  }
}
for (const end of ends.reverse()) await end();
finish({ all: options.all, notes: `Took ${((performance.now() - begin) / 60_000).toFixed(1)} minutes.` });
