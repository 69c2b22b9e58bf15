// The playground as one folder of static files: page, style, and one script that holds the package, its wasm included.
// A script of the old kind, not a module: then the folder works by a double click too, where pages may load no modules.
import { cpSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';

const here = import.meta.dirname,
  from = join(here, 'playground');

export async function bundle(folder, dist = join(here, '../dist')) {
  mkdirSync(folder, { recursive: true });
  await build({
    entryPoints: [join(from, 'main.ts')],
    outfile: join(folder, 'playground.js'),
    bundle: true,
    minify: true,
    format: 'iife',
    target: 'es2022',
    alias: { 'softmax-simd': join(dist, 'index.js') },
    logLevel: 'warning',
    legalComments: 'none',
  });
  for (const file of ['index.html', 'style.css', 'icon.svg']) cpSync(join(from, file), join(folder, file));
}
