// The playground as one folder of static files: page, style, and one script that holds the package, its wasm included.
// A script of the old kind, not a module: then the folder works by a double click too, where pages may load no modules.
import { cpSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'vite';

const here = import.meta.dirname,
  from = join(here, 'playground');

export async function bundle(folder, dist = join(here, '../dist')) {
  await build({
    root: from,
    configFile: false,
    logLevel: 'warn',
    publicDir: false,
    resolve: { alias: { 'softmax-simd': join(dist, 'index.js') } },
    build: {
      outDir: folder,
      emptyOutDir: true,
      target: 'es2022',
      chunkSizeWarningLimit: 1000,
      lib: { entry: join(from, 'main.ts'), formats: ['iife'], name: 'playground', fileName: () => 'playground.js' },
    },
  });
  mkdirSync(folder, { recursive: true });
  for (const file of ['index.html', 'style.css', 'icon.svg']) cpSync(join(from, file), join(folder, file));
}
