// Why a mutant that the tests let live is no gap in them: explained.md, found by reading. What no line of it fits is printed as
// unexplained: so it is after the source changed.
import { readFileSync } from 'node:fs';

const text = (file) => readFileSync(new URL(file, import.meta.url), 'utf8').split('\n');
const sources = new Map();
/** The lines of a file of assembly/. */
function linesOf(file) {
  if (!sources.has(file))
    sources.set(
      file,
      text(`../../${file}`).map((line) => line.trim()),
    );
  return sources.get(file);
}

const rules = [];
let file = '';
for (const line of text('explained.md')) {
  if (line.startsWith('## ')) file = line.slice(3);
  if (!line.startsWith('- ')) continue;
  const [, code, change, where = '', why] = /^- `(.+?)`: `(.+?)`(?: in `(.+?)`)?: (.+)$/.exec(line) ?? [];
  if (why === undefined)
    throw new Error(`explained.md: ${line}\nis not of the form - \`line\`: \`change\` in \`function\`: why`);
  if (!linesOf(file).includes(code)) throw new Error(`explained.md: ${line}\n${file} has no such line`);
  rules.push({ file, code, change: new RegExp(change), where: new RegExp(where), why });
}

export function explained({ at, text, function: name }) {
  const [file, number] = at.split(':'),
    code = linesOf(file)[number - 1];
  return rules.find(
    (rule) => rule.file === file && rule.code === code && rule.change.test(text) && rule.where.test(name),
  )?.why;
}
