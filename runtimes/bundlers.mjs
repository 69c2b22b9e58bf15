// Vite, esbuild, webpack, rspack, Rollup, Rolldown, each as it comes: app/bundle.js becomes bundles/NAME/bundle.js, whole and
// minified; app/bundle-js.js, which takes softmax-simd/js, the same in bundles/NAME-js/.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { here } from './scratch.mjs';

const builders = {
  async vite(folder, directory, entry) {
    const { build } = await import('vite');
    const rollupOptions = { input: entry, output: { entryFileNames: 'bundle.js' } };
    await build({ root: folder, configFile: false, logLevel: 'error', build: { outDir: directory, rollupOptions } });
  },
  async esbuild(folder, directory, entry) {
    const { build } = await import('esbuild');
    await build({
      entryPoints: [entry],
      outfile: join(directory, 'bundle.js'),
      bundle: true,
      minify: true,
      format: 'esm',
      logLevel: 'error',
    });
  },
  async webpack(folder, directory, entry) {
    const { default: webpack } = await import('webpack');
    await pack(webpack, folder, directory, entry);
  },
  async rspack(folder, directory, entry) {
    const { rspack } = await import('@rspack/core');
    await pack(rspack, folder, directory, entry);
  },
  async rollup(folder, directory, entry) {
    const [{ rollup }, { default: resolve }] = await Promise.all([
      import('rollup'),
      import('@rollup/plugin-node-resolve'),
    ]);
    const bundle = await rollup({ input: entry, plugins: [resolve()], onwarn: refuse });
    await bundle.write({ file: join(directory, 'bundle.js'), format: 'es' });
    await bundle.close();
  },
  async rolldown(folder, directory, entry) {
    const { rolldown } = await import('rolldown');
    const bundle = await rolldown({ input: entry, cwd: folder, platform: 'browser', onwarn: refuse });
    await bundle.write({ file: join(directory, 'bundle.js'), format: 'es', minify: true });
    await bundle.close();
  },
};

function pack(packer, context, path, entry) {
  const config = { mode: 'production', context, entry, output: { path, filename: 'bundle.js' }, performance: false };
  return new Promise((resolve, reject) => {
    packer(config, (error, stats) => {
      if (error !== null || stats.hasErrors()) reject(error ?? new Error(stats.toString('errors-only')));
      else resolve();
    });
  });
}

function refuse(warning) {
  throw new Error(warning.message);
}

const packages = { rspack: '@rspack/core' };
const manifest = (name) =>
  JSON.parse(readFileSync(join(here, 'node_modules', packages[name] ?? name, 'package.json'), 'utf8'));

/** `build` makes a page of one of the entries, `bundle.js` or `bundle-js.js`, and resolves with its path. */
export const bundlers = ['Vite', 'esbuild', 'webpack', 'rspack', 'Rollup', 'Rolldown'].map((label) => {
  const name = label.toLowerCase();
  return {
    name: label,
    version: () => manifest(name).version,
    async build(folder, entry) {
      const path = join('bundles', entry.replace('bundle', name).replace('.js', '')),
        directory = join(folder, path);
      await builders[name](folder, directory, join(folder, entry));
      const page = '<!doctype html><meta charset="utf-8" /><script type="module" src="bundle.js"></script>\n';
      writeFileSync(join(directory, 'page.html'), page);
      return `${path}/page.html`;
    },
  };
});
