// The package itself: which files are in it, what must not be in them, how large it is, how soon it answers.
import { existsSync, readFileSync, readdirSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { coldStart, engines } from './commandline.mjs';
import { reproducible } from './reproducible.mjs';
import { root, sh } from './scratch.mjs';

const KB = 1024;
/**
 * 24 KB of the tarball are the sources of the wasm; what is unpacked is weighed without them; that of a wasm is the one of
 * test/modules.test.ts.
 */
export const limits = { tarball: 345 * KB, unpacked: 960 * KB, wasm: 47 * KB, entry: 82 * KB };
const size = (bytes) => `${(bytes / KB).toFixed(1)} KB`;
const within = (what, bytes, limit) => {
  if (bytes > limit) throw new Error(`${what}: ${size(bytes)}, more than ${size(limit)}`);
  return `${size(bytes)} (at most ${size(limit)})`;
};

/** Medians of processes' cold starts. It is a figure and no test: other work on the machine may double any time. */
export function quick(all) {
  const each = Object.entries(all).map(([runtime, took]) => {
    took.sort((a, b) => a - b);
    return `${runtime} ${took[took.length >> 1].toFixed(1)} ms (fastest ${took[0].toFixed(1)})`;
  });
  return `median of ${Object.values(all)[0].length}: ${each.join(', ')}`;
}

export function* shipped(place) {
  const { folder, installed, tarball } = place;
  const files = readdirSync(installed, { recursive: true })
    .filter((file) => statSync(join(installed, file)).isFile())
    .sort();
  const read = (file) => readFileSync(join(installed, file), 'utf8');
  const manifest = JSON.parse(read('package.json'));

  yield {
    check: 'file list',
    run() {
      const odd = files.filter(
        (file) =>
          !/^(package\.json|README\.md|CHANGELOG\.md|LICENSE|asconfig\.json|assembly\/\w+\.ts|dist\/SHA256SUMS|dist\/[\w/]+\.(c?js|d\.c?ts|wasm))$/.test(
            file,
          ),
      );
      const leaves = (target) => (typeof target === 'string' ? target : Object.values(target).flatMap(leaves));
      const targets = leaves(manifest.exports);
      const missing = ['LICENSE', 'README.md', ...targets.map((target) => target.slice(2))].filter(
        (file) => !files.includes(file),
      );
      if (odd.length + missing.length > 0)
        throw new Error(`not expected: ${odd.join(', ') || 'nothing'}; missing: ${missing.join(', ') || 'nothing'}`);
      return `${files.length} files`;
    },
  };
  yield {
    check: 'README: what is not packed is a link',
    run() {
      const text = read('README.md'),
        place = /^https:\/\/github\.com\/softmax-simd\/softmax-simd\/(blob|tree)\/main\//;
      const links = [...text.matchAll(/^\[`?(.+?)\/?`?\]: (.+)$/gm)].map(([, path, link]) => [
        path,
        link.replace(place, ''),
      ]);
      const dead = links.filter(([path, link]) => path !== link || !existsSync(join(root, path)));
      const path = /(?<![\w./-])(\[?`?)((?:bench|docs|examples|reliability|runtimes|src|test|tools)\/[\w./-]*)/g;
      const bare = [...text.matchAll(path)].filter(([, before]) => !before.startsWith('['));
      const odd = [...dead.map(([path]) => path), ...bare.map(([, , path]) => path)];
      if (odd.length > 0) throw new Error(`not packed, and no link that leads there: ${odd.join(', ')}`);
      return `${links.length} links, each to what is there`;
    },
  };
  yield {
    check: 'no node: import, top-level await, dependency or script that npm runs at installation',
    async run() {
      const { build } = await import('esbuild');
      // the command line is no entry: it is for Node, Deno and Bun
      for (const file of files.filter((name) => /\.c?js$/.test(name) && name !== 'dist/cli.js')) {
        // for browsers, which have no node:fs; es2021 has no top-level await; a file that is not there fails as well
        const { metafile } = await build({
          entryPoints: [join(installed, file)],
          bundle: true,
          format: 'esm',
          target: 'es2021',
          external: ['*.wasm', '*.wasm?module'],
          write: false,
          metafile: true,
          logLevel: 'silent',
        });
        for (const { path } of Object.values(metafile.outputs).flatMap(({ imports }) => imports)) {
          if (!/^dist\/edge(Light)?\.js$/.test(file)) throw new Error(`${file} imports ${path}`);
          if (!files.includes(`dist/${basename(path).replace('?module', '')}`))
            throw new Error(`${file} imports ${path}, which is not there`);
        }
      }
      const { dependencies = {}, scripts = {}, sideEffects, type } = manifest;
      if (
        Object.keys(dependencies).length > 0 ||
        ['preinstall', 'install', 'postinstall', 'prepare'].some((name) => name in scripts) ||
        sideEffects !== false ||
        type !== 'module'
      ) {
        throw new Error('package.json');
      }
    },
  };
  yield { check: 'tarball', run: () => within('tarball', statSync(tarball).size, limits.tarball) };
  yield {
    check: 'unpacked, but for the sources of the wasm',
    run() {
      const own = files.filter((file) => !/^(assembly\/|asconfig\.json$)/.test(file));
      return within(
        'unpacked',
        own.reduce((sum, file) => sum + statSync(join(installed, file)).size, 0),
        limits.unpacked,
      );
    },
  };
  for (const build of ['relaxed', 'simd', 'scalar']) {
    yield {
      check: `${build}.wasm`,
      run() {
        const bytes = readFileSync(join(installed, `dist/${build}.wasm`));
        // Node 20 does not know relaxed SIMD: it cannot look into that one
        const module = build === 'relaxed' ? undefined : new WebAssembly.Module(bytes);
        if (module !== undefined && WebAssembly.Module.imports(module).length > 0) throw new Error('it has imports');
        return within(build, bytes.length, limits.wasm);
      },
    };
  }
  const bundled = async (contents) => {
    const { build } = await import('esbuild');
    const stdin = { contents, resolveDir: folder };
    const { outputFiles } = await build({
      stdin,
      bundle: true,
      minify: true,
      format: 'esm',
      write: false,
      logLevel: 'error',
    });
    return outputFiles[0].contents;
  };
  for (const [check, contents] of [
    ['default entry, minified and gzipped', "export * from 'softmax-simd';"],
    ['one function of it, minified and gzipped', "export { softmax } from 'softmax-simd';"],
  ]) {
    yield {
      check,
      run: async () => within(check, gzipSync(await bundled(contents), { level: 9 }).length, limits.entry),
    };
  }
  yield {
    check: 'unused import, minified',
    async run() {
      const { length } = await bundled("import 'softmax-simd'; import { softmax } from 'softmax-simd';");
      if (length > 0) throw new Error(`${length} bytes are left of it`);
      return 'nothing is left of it';
    },
  };
  yield* reproducible(place);
  yield {
    check: 'the raw .wasm by its subpath',
    run: async () => {
      const { file } = engines.find(({ runtime }) => runtime === 'Node 24');
      return (await sh(file, ['--no-warnings', 'raw.mjs'], { cwd: folder })).stdout.trim();
    },
  };
  const host = (kind) => sh(process.execPath, ['hosts.mjs', kind], { cwd: folder }).then(() => 'ok');
  yield { check: 'nothing is compiled at import', run: () => host('untouched') };
  yield { check: 'init() where synchronous compilation is refused', run: () => host('asynchronous') };
  yield { check: 'cold start: import to first result', run: async () => quick(await coldStart(place)) };
}
