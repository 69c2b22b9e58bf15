// Vite, esbuild, webpack, Rollup, Rolldown, each as it comes: app/bundle.js becomes bundles/NAME/bundle.js, whole and minified.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { here } from './scratch.mjs';

const entry = (folder) => join(folder, 'bundle.js');
const output = (folder, name) => join(folder, 'bundles', name);

const builders = {
  async vite(folder, directory) {
    const { build } = await import('vite');
    const rollupOptions = { input: entry(folder), output: { entryFileNames: 'bundle.js' } };
    await build({ root: folder, configFile: false, logLevel: 'error', build: { outDir: directory, rollupOptions } });
  },
  async esbuild(folder, directory) {
    const { build } = await import('esbuild');
    await build({
      entryPoints: [entry(folder)],
      outdir: directory,
      bundle: true,
      minify: true,
      format: 'esm',
      logLevel: 'error',
    });
  },
  async webpack(folder, directory) {
    const { default: webpack } = await import('webpack');
    const config = {
      mode: 'production',
      context: folder,
      entry: entry(folder),
      output: { path: directory, filename: 'bundle.js' },
    };
    await new Promise((resolve, reject) => {
      webpack({ ...config, performance: false }, (error, stats) => {
        if (error !== null || stats.hasErrors()) reject(error ?? new Error(stats.toString('errors-only')));
        else resolve();
      });
    });
  },
  async rollup(folder, directory) {
    const [{ rollup }, { default: resolve }] = await Promise.all([
      import('rollup'),
      import('@rollup/plugin-node-resolve'),
    ]);
    const bundle = await rollup({ input: entry(folder), plugins: [resolve()], onwarn: refuse });
    await bundle.write({ dir: directory, format: 'es' });
    await bundle.close();
  },
  async rolldown(folder, directory) {
    const { rolldown } = await import('rolldown');
    const bundle = await rolldown({ input: entry(folder), cwd: folder, platform: 'browser', onwarn: refuse });
    await bundle.write({ dir: directory, format: 'es', minify: true });
    await bundle.close();
  },
};

function refuse(warning) {
  throw new Error(warning.message);
}

export const bundlers = ['Vite', 'esbuild', 'webpack', 'Rollup', 'Rolldown'].map((name) => ({
  name,
  version: () =>
    JSON.parse(readFileSync(join(here, 'node_modules', name.toLowerCase(), 'package.json'), 'utf8')).version,
  async build(folder) {
    const directory = output(folder, name.toLowerCase());
    await builders[name.toLowerCase()](folder, directory);
    mkdirSync(directory, { recursive: true });
    writeFileSync(
      join(directory, 'page.html'),
      '<!doctype html><meta charset="utf-8" /><script type="module" src="bundle.js"></script>\n',
    );
  },
}));
