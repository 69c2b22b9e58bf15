// Builds everything: assembly/ -> build/*.wasm -> src/generated/bytes.ts -> dist/. Usage: node tools/build.mjs [wasm | dist],
// `wasm` for what comes before dist/, `dist` for dist/ alone.
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmodSync, copyFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { rolldown } from 'rolldown';
import { record } from './fresh.mjs';
import { makePatch } from './patch.mjs';

const root = dirname(import.meta.dirname);
const builds = ['relaxed', 'simd', 'scalar'];
const run = async (script, ...args) => {
  try {
    await promisify(execFile)(process.execPath, [script, ...args], { cwd: root });
  } catch (error) {
    console.error(error.stdout + error.stderr);
    process.exit(1);
  }
};
const require = createRequire(import.meta.url);
const within = (name, file) => join(dirname(require.resolve(`${name}/package.json`)), file);

const only = process.argv[2];
for (const folder of ['build', 'src/generated']) mkdirSync(join(root, folder), { recursive: true });
const asc = join(root, 'node_modules/assemblyscript/bin/asc.js');
if (only !== 'dist') {
  await saying(`assembly/ is compiled to WebAssembly (${builds.join(', ')})`, () =>
    Promise.all(builds.map((name) => run(asc, '--target', name))),
  );
}

// for the gzipped size: compression does not see what the builds share, so only relaxed, which is tried first, goes whole into
// the package's entry; it finds the repeats of bytes in hexadecimal, but few of them in base64; and more where the functions
// lie by name (asconfig.json), each type's kernel beside the other's
const wasm = Object.fromEntries(builds.map((name) => [name, readFileSync(join(root, `build/${name}.wasm`))]));
const patches = { simd: makePatch(wasm.relaxed, wasm.simd), scalar: makePatch(wasm.relaxed, wasm.scalar) };
const line = ([name, bytes]) => `export const ${name}: string =\n  '${Buffer.from(bytes).toString('hex')}';\n`;
writeFileSync(
  join(root, 'src/generated/bytes.ts'),
  `// Written by tools/build.mjs, in hexadecimal: the build relaxed, and the others as patches of it (src/kernels/patch.ts).\n` +
    Object.entries({ relaxed: wasm.relaxed, ...patches })
      .map(line)
      .join(''),
);

record('wasm');

if (only !== 'wasm') await saying('src/ is compiled and bundled into dist/', distribute);

async function distribute() {
  // tsc makes .js and .d.ts; the .js go into one file per entry, since every module that a host loads costs start-up time
  const out = join(root, 'build/js'),
    dist = join(root, 'dist');
  for (const folder of [out, dist]) rmSync(folder, { recursive: true, force: true });
  await run(within('typescript', 'bin/tsc'), '-p', 'tsconfig.json', '--outDir', out);
  const { applyPatch } = await import(pathToFileURL(join(out, 'kernels/patch.js')).href);
  for (const [name, patch] of Object.entries(patches)) {
    if (!wasm[name].equals(applyPatch(wasm.relaxed, patch))) throw new Error(`the patch does not make ${name}.wasm`);
  }
  // engines read at every start what is here: without spaces and long names of variables it is a fifth less, and of the code a
  // third; functions and classes keep their names, for stack traces. Code is not compressed: it would be a kilobyte less of 67, and calls
  // on lists take a quarter longer. The minifier makes templates of strings, which take three
  // times as long to read: the wasm is made a string again
  const quote = {
    name: 'quote',
    generateBundle: (_, bundle) => {
      for (const file of Object.values(bundle))
        if (file.code) file.code = file.code.replace(/`([0-9a-f]{99,})`/g, "'$1'");
    },
  };
  // all entries are src/index.ts; where the wasm comes from is what they differ in. The entry that most hosts take is one file;
  // the others, which bundlers take, share what does not differ
  const from = {
    name: 'source',
    resolveId(id, importer) {
      if (importer === undefined) return id;
      if (id.endsWith('.wasm?module')) return { id, external: 'absolute' }; // beside the entry that imports it
      const source = id.endsWith('/source.js') ? importer.split('?')[1] : undefined;
      return source ? join(out, `kernels/source.${source}.js`) : undefined;
    },
    load: (id) => (id.includes('?') && id.startsWith(out) ? readFileSync(id.split('?')[0], 'utf8') : undefined),
  };
  const entries = async (sources, format, ending) => {
    const input = Object.fromEntries(
      Object.entries(sources).map(([name, source]) => [name, join(out, `index.js?${source}`)]),
    );
    const bundle = await rolldown({ input, logLevel: 'warn', plugins: [from, quote] });
    const keepNames = { function: true, class: true };
    const minify = { compress: false, mangle: { toplevel: true, keepNames }, codegen: true };
    const names = { entryFileNames: `[name].${ending}`, chunkFileNames: `shared.${ending}` };
    await bundle.write({ dir: dist, ...names, format, comments: false, minify });
    await bundle.close();
  };
  await entries({ index: '' }, 'esm', 'js');
  await entries({ edge: 'workerd', edgeLight: 'edgeLight', js: 'none' }, 'esm', 'js');
  await entries({ index: '', js: 'none' }, 'cjs', 'cjs');
  await commandLine();
  // of the types what index.d.ts leads to
  const types = new Set(['index.d.ts']);
  for (const file of types) {
    const text = readFileSync(join(out, file), 'utf8');
    for (const [, name] of text.matchAll(/from '(\.{1,2}\/[\w./]+)\.[jt]s'/g))
      types.add(join(dirname(file), `${name}.d.ts`));
    mkdirSync(dirname(join(dist, file)), { recursive: true });
    writeFileSync(join(dist, file), text);
  }
  // those of require() say the same by name: TypeScript before 5.8 lets CommonJS take types of a module, but not its values
  const module = "'./index.js' with { 'resolution-mode': 'import' }";
  const listed = readFileSync(join(dist, 'index.d.ts'), 'utf8').matchAll(/^export type \{([^}]+)\}/gm);
  const typeNames = [...listed].flatMap(([, names]) => names.split(',').map((name) => name.trim())).filter(Boolean);
  const values = Object.keys(await import(pathToFileURL(join(dist, 'js.js')).href));
  writeFileSync(
    join(dist, 'index.d.cts'),
    `import type * as api from ${module};\nexport type { ${typeNames.join(', ')} } from ${module};\n` +
      values.map((name) => `export declare const ${name}: typeof api.${name};\n`).join(''),
  );
  for (const name of builds) copyFileSync(join(root, `build/${name}.wasm`), join(dist, `${name}.wasm`));
  // as `sha256sum -c` takes it: who builds the package's assembly/ again compares with this
  const sum = (name) => `${createHash('sha256').update(wasm[name]).digest('hex')}  ${name}.wasm\n`;
  writeFileSync(join(dist, 'SHA256SUMS'), builds.map(sum).join(''));
  record('dist');
}

/** Says what is done, with a dot for every two seconds that it takes: `npm ci` shows it. On stderr, for `npm pack --json`. */
async function saying(what, done) {
  process.stderr.write(`${what} `);
  const begin = performance.now(),
    dots = setInterval(() => process.stderr.write('.'), 2000);
  await done();
  clearInterval(dots);
  process.stderr.write(` ${((performance.now() - begin) / 1000).toFixed(1)} s\n`);
}

/** dist/cli.js takes the functions from dist/index.js beside it; what it brings of others comes with their licence. */
async function commandLine() {
  const library = {
    name: 'library',
    resolveId: (id) => (id === '../index.ts' ? { id: './index.js', external: true } : undefined),
  };
  const bundle = await rolldown({
    input: { cli: join(root, 'src/cli/main.ts') },
    platform: 'node',
    tsconfig: false,
    logLevel: 'warn',
    plugins: [library],
  });
  const licence = readFileSync(join(root, 'node_modules/csv-parser/LICENSE'), 'utf8').trim().replaceAll('\n', '\n * ');
  await bundle.write({
    file: join(root, 'dist/cli.js'),
    format: 'esm',
    comments: false,
    minify: { compress: true, mangle: true, codegen: true },
    postBanner: `/*! csv-parser (github.com/mafintosh/csv-parser) is a part of this file:\n *\n * ${licence}\n */`,
  });
  await bundle.close();
  chmodSync(join(root, 'dist/cli.js'), 0o755);
}
