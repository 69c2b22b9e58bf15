// Builds the site into site/dist: npm run site [-- --serve] [--base /path/] [--port 4173]. From a fresh clone too: what is not
// installed or built is, first. Pages are those of site/pages and some of docs/, with the numbers that their code gives.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { install } from '../runtimes/scratch.mjs';

const here = import.meta.dirname,
  root = join(here, '..'),
  made = join(here, '.build/pages'),
  source = 'https://github.com/softmax-simd/softmax-simd';
/** Pages of docs/ that the site shows as they are. */
const shared = ['semantics', 'hosts', 'runtimes', 'accuracy', 'reliability'];

/** Links of docs/ to one another lead to pages of the site, all others to the repository. */
export function relinked(markdown, pages) {
  return markdown.replace(/\]\((?!https?:|#|\/)([^)\s]+)\)/g, (all, target) => {
    const [path, anchor = ''] = target.split(/(?=#)/),
      name = /^(?:\.\/|docs\/)?([\w-]+)\.md$/.exec(path)?.[1];
    if (name !== undefined && pages.includes(name)) return `](./${name}.md${anchor})`;
    if (path.startsWith('./')) return all;
    const file = join('docs', path).replace(/^docs\/docs\//, 'docs/');
    return `](${source}/${/\.\w+$/.test(file) ? 'blob' : 'tree'}/main/${file}${anchor})`;
  });
}

/** Outside of code, what Vue would read as a tag or an expression stays text. */
export function escaped(markdown) {
  return markdown
    .split(/(^```[\s\S]*?^```$|`[^`\n]*`)/m)
    .map((part, at) => (at % 2 === 1 ? part : part.replace(/<(?!\/?(a|picture|source|img|div)\b|!--)/g, '&lt;')))
    .join('');
}

/** A chart in both colours, or `{{chart size}}` in a page. */
const charts = (markdown, titles) =>
  markdown.replace(/^\{\{chart (\w+)\}\}$/gm, (_, name) =>
    ['light', 'dark'].map((theme) => `![${titles[name]}](/charts/${name}-${theme}.svg){.chart-${theme}}`).join('\n'),
  );

export async function build({ base = '/' } = {}) {
  await install(here);
  const { refresh } = await import('../tools/fresh.mjs');
  refresh('wasm');
  refresh('dist');
  const library = await import(pathToFileURL(join(root, 'dist/index.js')).href);
  const { computed } = await import('./compute.mjs'),
    { api } = await import('./api.mjs'),
    { bundle } = await import('./bundle.mjs'),
    { draw, titles } = await import('./charts/draw.mjs');
  rmSync(join(here, '.build'), { recursive: true, force: true });
  mkdirSync(made, { recursive: true });

  const own = readdirSync(join(here, 'pages')).map((file) => file.replace(/\.md$/, '')),
    pages = [...own, ...shared];
  const text = (file) => readFileSync(join(root, file), 'utf8');
  // {{file path}} and {{part path heading}} bring what stands elsewhere, {{api}} the docstrings
  const filled = (markdown) =>
    markdown
      .replace(
        /^\{\{file (\S+)\}\}$/gm,
        (_, file) => `\`\`\`${file.split('.').at(-1).replace('mjs', 'js')}\n${text(file).trim()}\n\`\`\``,
      )
      .replace(/^\{\{part (\S+) (.*)\}\}$/gm, (_, file, heading) => part(text(file), heading, file))
      .replace(/^\{\{api\}\}$/gm, () => api().markdown);
  const documented = api().names,
    missing = Object.keys(library).filter((name) => !documented.includes(name));
  if (missing.length > 0) throw new Error(`no docstring was found for ${missing}; site/api.mjs reads src/index.ts, api.ts and companions.ts`); // prettier-ignore
  const { kernels } = await import('../bench/run.mjs');
  const results = JSON.parse(text('bench/results.json'));
  // a page says it when the kernels have changed since they were measured
  results.note = results.kernels === kernels() ? '' : 'The kernels have changed since.';
  for (const name of own) {
    const page = await computed(
      filled(text(`site/pages/${name}.md`)),
      { ...library, results },
      `site/pages/${name}.md`,
    );
    writeFileSync(join(made, `${name}.md`), escaped(charts(relinked(page, pages), titles)));
  }
  for (const name of shared) writeFileSync(join(made, `${name}.md`), escaped(relinked(text(`docs/${name}.md`), pages)));
  await bundle(join(made, 'public/playground'));
  draw(join(made, 'public/charts'));
  const checked = spawnSync(process.execPath, [join(here, 'node_modules/typescript/bin/tsc'), '-p', here], { encoding: 'utf8' }); // prettier-ignore
  if (checked.status !== 0) throw new Error(`the types of the playground or of the recipes are wrong:\n${checked.stdout}`); // prettier-ignore
  process.env.SITE_BASE = base;
  const vitepress = await import(pathToFileURL(join(here, 'node_modules/vitepress/dist/node/index.js')).href);
  await vitepress.build(here);
  return { pages, dist: join(here, 'dist'), vitepress };
}

/** What stands under a heading, up to the next one of its kind. */
function part(markdown, heading, file) {
  const [, found] = markdown.split(new RegExp(`^#+ ${heading}\\n`, 'm'));
  if (found === undefined) throw new Error(`${file} has no heading "${heading}"`);
  return found.split(/^#+ /m)[0].trim();
}

if (process.argv[1] === import.meta.filename) {
  const { values } = parseArgs({ options: { serve: { type: 'boolean' }, base: { type: 'string' }, port: { type: 'string', default: '4173' } } }); // prettier-ignore
  if (!existsSync(join(root, 'node_modules'))) spawnSync('npm', ['ci'], { cwd: root, stdio: 'inherit' });
  const { dist, vitepress } = await build(values);
  console.log(`Built: ${dist}`);
  if (values.serve) await vitepress.serve({ root: here, base: values.base ?? '/', port: Number(values.port) });
}
