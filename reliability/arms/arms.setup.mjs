import { randomUUID } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import { swap } from '../kernels/swap.mjs';
import { counters } from './arms.mjs';

const folder = process.env['ARMS'];
const builds = JSON.parse(readFileSync(join(folder, 'builds.json'), 'utf8')).map(({ build, from, code, arms }) => ({
  build,
  from,
  code: Buffer.from(code, 'base64'),
  counters: counters(arms),
}));
swap(
  builds.map(({ from, code, counters }) => ({ from, code, imports: { arms: Object.fromEntries(counters.entries()) } })),
);

afterAll(() => {
  const hits = Object.fromEntries(
    builds.map(({ build, counters }) => [build, counters.flatMap(({ value }, i) => (value ? [i] : []))]),
  );
  writeFileSync(join(folder, `hits-${randomUUID()}.json`), JSON.stringify(hits));
});
