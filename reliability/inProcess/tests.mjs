// Tests loaded into this process, from the sources, whose types Node strips: they run again and again, mutant after mutant, and each takes
// no longer than its own work. vitest.mjs is what they import as `vitest`.
import { readFileSync } from 'node:fs';
import * as module from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { moduleOf } from './trace.mjs';
import { collect } from './vitest.mjs';

/** The folder that holds src and test, how often it has been loaded, what is done to the text of src, and whether calls are traced. */
const loaded = { folder: '', version: 0, edit: (text) => text, trace: false };

if (module.registerHooks === undefined) throw new Error(`Node ${process.version} is too old: take 24 or a newer one`);
module.registerHooks({
  resolve(name, context, next) {
    if (name === 'vitest') return { url: new URL('vitest.mjs', import.meta.url).href, shortCircuit: true };
    const found = next(name, context),
      own = found.url.startsWith(loaded.folder) && !found.url.includes('/node_modules/');
    if (!own || !found.url.endsWith('.ts')) return found;
    const url = `${found.url}?${loaded.version}`,
      // `hostile` looks at which members of an array are read, and a trace reads them
      traced =
        loaded.trace && found.url === `${loaded.folder}src/index.ts` && /\/test\/(?!hostile)/.test(context.parentURL);
    return traced ? { url: `${url}&traced`, format: 'module', shortCircuit: true } : { ...found, url };
  },
  load(url, context, next) {
    if (url.endsWith('&traced'))
      return { format: 'module', source: moduleOf(url.slice(0, -7), exported()), shortCircuit: true };
    const found = next(url, context),
      own = url.startsWith(`${loaded.folder}src/`) && found.source !== undefined;
    return own ? { ...found, source: loaded.edit(String(found.source)) } : found;
  },
});

/** The functions that src/index.ts exports, by its text. */
const exported = () =>
  [...readFileSync(new URL(`${loaded.folder}src/index.ts`), 'utf8').matchAll(/^export const (\w+)/gm)].map(
    ([, name]) => name,
  );

/**
 * The tests of some files (their names without .test.ts) under a folder, loaded anew, with a state of their own: { id, file, run }.
 * `trace`: what their calls give is traced (trace.mjs).
 */
export async function load(root, files, { edit = (text) => text, trace = false } = {}) {
  Object.assign(loaded, { folder: pathToFileURL(join(root, '/')).href, version: loaded.version + 1, edit, trace });
  const all = [];
  for (const file of files) {
    all.push(...(await collect(file, () => import(`${loaded.folder}test/${file}.test.ts`))));
  }
  return all;
}

/** Runs a test; returns what it throws, or undefined. */
export async function failureOf(test) {
  try {
    await test.run();
    return undefined;
  } catch (error) {
    return error ?? new Error('it throws nothing');
  }
}
