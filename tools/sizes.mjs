// What the package costs a page, in gzipped bytes. Prints the table, and writes it into README.md between its markers:
// node tools/sizes.mjs [--check: only print]
import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { gzipSync } from 'node:zlib';
import { rolldown } from 'rolldown';

const root = dirname(import.meta.dirname);
const gzipped = (code) => gzipSync(code, { level: 9 }).length;
const fileOf = (entry) => join(root, `dist/${entry}.js`);

/** The bytes of an entry and of the file of the package that it imports, each compressed by itself. */
function published(entry) {
  const code = readFileSync(fileOf(entry), 'utf8'),
    shared = /from"\.\/(\w+)\.js"/.exec(code)?.[1];
  return gzipped(code) + (shared === undefined ? 0 : gzipped(readFileSync(fileOf(shared))));
}

/** What rolldown makes, minified, of a module that imports these names from an entry of dist/ and gives them on. */
export async function bundle(names, entry = 'index') {
  const code = `export { ${names} } from ${JSON.stringify(fileOf(entry))};`;
  const plugin = {
    name: 'page',
    resolveId: (id) => (id === 'page' ? id : undefined),
    load: (id) => (id === 'page' ? code : undefined),
  };
  const made = await rolldown({ input: 'page', plugins: [plugin], logLevel: 'warn' });
  const { output } = await made.generate({ format: 'esm', minify: true });
  await made.close();
  return output[0].code;
}

async function main() {
  const kb = (bytes) => (bytes / 1000).toFixed(1);
  const rows = [];
  for (const [entry, of] of [
    ['index', '`softmax-simd`'],
    ['js', '`softmax-simd/js`'],
  ]) {
    rows.push(`| all of ${of}, its files as they are | ${kb(published(entry))} |`);
    rows.push(`| softmax alone of ${of}, bundled by Rolldown | ${kb(gzipped(await bundle('softmax', entry)))} |`);
  }
  const block = ['| what a page loads | gzipped kB |', '|---|--:|', ...rows].join('\n');
  console.log(block);
  const readme = join(root, 'README.md'),
    text = readFileSync(readme, 'utf8');
  if (process.argv.includes('--check')) return;
  writeFileSync(
    readme,
    text.replace(/<!-- sizes -->[\s\S]*<!-- \/sizes -->/, `<!-- sizes -->\n${block}\n<!-- /sizes -->`),
  );
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) await main();
