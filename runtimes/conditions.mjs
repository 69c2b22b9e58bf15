// Tools that set the condition `workerd` but import no `.wasm?module`: what they say to the package as it comes, and that the
// alias softmax-simd -> softmax-simd/inline, which docs/hosts.md gives, is the way out. Their output runs in the Node that runs this.
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { engines } from './commandline.mjs';

const conditions = ['workerd', 'worker'];
const inline = 'softmax-simd/inline';
const input = 'answer.mjs';

const vite = (folder, alias) => ({
  root: folder,
  configFile: false,
  logLevel: 'silent',
  resolve: { conditions, alias: alias ? [{ find: /^softmax-simd$/, replacement: inline }] : [] },
});

/** Each makes the file that is then run, or resolves with what was said already. */
const tools = {
  async 'Vite, client build'(folder, outDir, alias) {
    const { build } = await import('vite');
    const lib = { entry: join(folder, input), formats: ['es'], fileName: () => 'answer.js' };
    await build({ ...vite(folder, alias), build: { outDir, lib } });
  },
  async 'Vite, SSR build'(folder, outDir, alias) {
    const { build } = await import('vite');
    const ssr = { noExternal: true, resolve: { conditions } };
    const rollupOptions = { output: { entryFileNames: 'answer.js' } };
    await build({ ...vite(folder, alias), ssr, build: { ssr: join(folder, input), outDir, rollupOptions } });
  },
  'Vite, SSR in development': (folder, _, alias) =>
    development(folder, alias, { noExternal: true, resolve: { conditions } }),
  'Vite, SSR in development, external': (folder, _, alias) =>
    development(folder, alias, { resolve: { conditions, externalConditions: conditions } }),
  async 'esbuild --conditions=workerd'(folder, outdir, alias) {
    const { build } = await import('esbuild');
    const paths = { entryPoints: [join(folder, input)], outdir, outExtension: { '.js': '.js' } };
    const names = alias ? { 'softmax-simd': inline } : {};
    await build({ ...paths, bundle: true, format: 'esm', conditions, alias: names, logLevel: 'silent' });
  },
  async rspack(folder, path, alias) {
    const { rspack } = await import('@rspack/core');
    const output = { path, filename: 'answer.js', module: true, library: { type: 'module' }, chunkFormat: 'module' };
    const resolve = { conditionNames: [...conditions, 'import'], alias: alias ? { 'softmax-simd$': inline } : {} };
    const config = {
      mode: 'production',
      context: folder,
      entry: join(folder, input),
      target: 'es2022',
      output,
      resolve,
    };
    await new Promise((resolve, reject) => {
      rspack(config, (error, stats) => {
        if (error !== null || stats.hasErrors()) reject(error ?? new Error(stats.toString('errors-only')));
        else resolve();
      });
    });
  },
};

async function development(folder, alias, ssr) {
  const { createServer } = await import('vite');
  const server = await createServer({
    ...vite(folder, alias),
    appType: 'custom',
    server: { middlewareMode: true, ws: false },
    ssr,
  });
  try {
    return (await server.ssrLoadModule(`/${input}`)).said;
  } finally {
    await server.close();
  }
}

/** What app/answer.mjs says after a tool had it in its hands. */
async function answer(tool, folder, alias) {
  const directory = join(folder, 'conditions', `${tool.replace(/\W+/g, '-')}-${alias ? 'inline' : 'plain'}`);
  const said = await tools[tool](folder, directory, alias);
  return JSON.parse(said ?? (await import(pathToFileURL(join(directory, 'answer.js')).href)).said);
}

export function* hosts({ folder }) {
  for (const tool of Object.keys(tools)) {
    yield {
      check: `${tool}, condition workerd`,
      async run() {
        // where this begins to work, the part of docs/hosts.md has to go
        const refusal = await answer(tool, folder, false).then(
          (said) =>
            Promise.reject(new Error(`the plain name answers by ${said.build}: docs/hosts.md says that it fails`)),
          (error) => String(error.message),
        );
        if (!/wasm/.test(refusal)) throw new Error(refusal);
        const { build, half } = await answer(tool, folder, true);
        if (build !== engines[0].build || half.join() !== '0.5,0.5') throw new Error(`answers ${half} by ${build}`);
        return `refuses the .wasm; the alias ${inline} answers by ${build}`;
      },
    };
  }
}
