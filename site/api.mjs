// The page of the API from the docstrings and types of src/, by the compiler API of TypeScript 5.9 (7 has none).
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';

const root = join(import.meta.dirname, '..');
const functionsOf = readdirSync(join(root, 'src/functions')).filter((name) => name !== 'types.ts').map((name) => `src/functions/${name}`); // prettier-ignore
const files = ['src/index.ts', 'src/api.ts', 'src/companions.ts', 'src/functions/types.ts', 'src/functions/results.ts', ...functionsOf, 'src/instance.ts', 'src/kernels/choose.ts', 'src/kernels/tensor.ts']; // prettier-ignore

/** Text of a comment, or of one of its tags. */
const textOf = (comment) => (typeof comment === 'string' ? comment : (ts.getTextOfJSDocComment(comment) ?? ''));

function documented(node) {
  const last = node.jsDoc?.at(-1);
  return last && { text: textOf(last.comment), tags: [...(last.tags ?? [])] };
}

/** In a table: one line, no bar that would end the cell. */
const cell = (text) => plain(text).replace(/\s+/g, ' ').replaceAll('|', '\\|').replace(/^- /, '');
/** In a paragraph: what Vue would take for a tag is none. */
const plain = (text) => text.trim().replace(/`[^`]*`|</g, (each) => (each === '<' ? '&lt;' : each));

function section(name, signature, { text, tags }) {
  const of = (kind) => tags.filter((tag) => tag.tagName.text === kind);
  const lines = [`### ${name}`, '', '```ts', signature.replace(/^ {2}/gm, ''), '```', ''];
  // notes that docstrings give a line each: Error, Source, Shape, Target, Note
  const loose = [], notes = []; // prettier-ignore
  for (const block of [text, ...of('returns').map((tag) => textOf(tag.comment)), ...of('throws').map((tag) => textOf(tag.comment))])
    for (const [, label, rest] of block.matchAll(/^(Error|Source|Note): ([\s\S]*?)(?=^(?:Error|Source|Note): |(?![\s\S]))/gm)) notes.push([label, rest]); // prettier-ignore
  const bare = (block) => block.replace(/^(Error|Source|Note): [\s\S]*/m, '');
  loose.push(plain(bare(text)), '');
  const rows = [
    ...of('param').map((tag) => [`\`${tag.name.getText()}\``, bare(textOf(tag.comment))]),
    ...of('returns').map((tag) => ['returns', bare(textOf(tag.comment))]),
    ...of('throws').map((tag) => ['throws', bare(textOf(tag.comment))]),
    ...notes.map(([label, rest]) => [label.toLowerCase(), rest]),
  ];
  lines.push(...loose);
  if (rows.length > 0)
    lines.push('| | |', '|---|---|', ...rows.map(([what, said]) => `| ${what} | ${cell(said)} |`), '');
  for (const tag of of('example')) lines.push('```js', textOf(tag.comment).trim(), '```', '');
  return lines.join('\n');
}

/** The docs of every function, and of the types whose members have docs, as Markdown. */
export function api() {
  const functions = new Map(), types = new Map(); // prettier-ignore
  const exported = new Set();
  for (const file of files) {
    const source = ts.createSourceFile(file, readFileSync(join(root, file), 'utf8'), ts.ScriptTarget.ES2022, true); // prettier-ignore
    for (const node of source.statements) {
      if (file === 'src/index.ts' && ts.isExportDeclaration(node) && node.exportClause && ts.isNamedExports(node.exportClause)) for (const each of node.exportClause.elements) exported.add(each.name.text); // prettier-ignore
      if (file === 'src/index.ts') {
        const named = ts.isFunctionDeclaration(node) ? node : ts.isVariableStatement(node) ? node.declarationList.declarations[0] : undefined; // prettier-ignore
        const docs = documented(node);
        if (!named || !docs || !(ts.getCombinedModifierFlags(named) & ts.ModifierFlags.Export)) continue;
        const signature = ts.isFunctionDeclaration(node) ? node.getText().slice(0, node.body.getStart() - node.getStart()).trim() : `${named.name.text}${signatureOf(named.initializer)}`; // prettier-ignore
        functions.set(named.name.text, section(named.name.text, signature.replace(/^export function /, ''), docs));
      } else if (ts.isInterfaceDeclaration(node)) {
        const whole = /^(Softmax|Companions)$/.test(node.name.text);
        for (const member of node.members) {
          const docs = documented(member);
          if (whole && docs && ts.isMethodSignature(member)) functions.set(member.name.text, section(member.name.text, member.getText().replace(/;$/, ''), docs)); // prettier-ignore
        }
        if (!whole && documented(node)) types.set(node.name.text, node);
      } else if (ts.isTypeAliasDeclaration(node) && documented(node)) types.set(node.name.text, node);
    }
  }
  const order = ['softmax', 'logSoftmax', 'logsumexp', 'exp', 'argmax', 'topk', 'sample', 'oneHot', 'crossEntropy'];
  const at = (name) => (order.includes(name) ? order.indexOf(name) : order.length);
  const sorted = [...functions].sort(([a], [b]) => at(a) - at(b));
  const listed = [...types].filter(([name]) => exported.has(name));
  const type = ([name, node]) => {
    const members = ts.isInterfaceDeclaration(node) ? node.members.map((member) => [member, documented(member)]).filter(([, docs]) => docs) : []; // prettier-ignore
    const rows = members.map(([member, docs]) => `| \`${member.name.getText()}\` | ${cell(`\`${member.type?.getText() ?? ''}\``.replaceAll('\n', ' '))} | ${cell(docs.text)} |`); // prettier-ignore
    return [`### ${name}`, '', plain(documented(node).text), '', ...(rows.length > 0 ? ['| | type | |', '|---|---|---|', ...rows, ''] : ['```ts', node.getText().replace(/^export /, ''), '```', ''])].join('\n'); // prettier-ignore
  };
  return {
    names: sorted.map(([name]) => name),
    markdown: ['## Functions', '', ...sorted.map(([, text]) => text), '## Types', '', ...listed.map(type)].join('\n'),
  };
}

/** (x: Input): number of an arrow function. */
const signatureOf = (node) => `(${node.parameters.map((each) => each.getText()).join(', ')})${node.type ? `: ${node.type.getText()}` : ''}`; // prettier-ignore
