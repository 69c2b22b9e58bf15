// Why a mutant of src that the tests let live is no gap: explained.md, found by reading.
// A heading names the file; a line is
//   - `function`, `code` (a bit changes): why
// for all mutants of the function whose changed code has this text in it; without the text, for all of the function. Those that change a
// bit of a call, or that no call reaches, are meant where the line says so, in brackets, and not else.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Whether a mutant that lives changed a bit of a call, was reached by none, or gave the same bits in all. */
export const kindOf = ({ calls, differs }) =>
  differs !== undefined ? 'a bit changes' : calls === 0 ? 'not reached' : 'same';

const rules = [];
let file = '';
for (const line of readFileSync(join(import.meta.dirname, 'explained.md'), 'utf8').split('\n')) {
  if (line.startsWith('## ')) file = line.slice(3).replaceAll('`', '');
  if (!line.startsWith('- ')) continue;
  const [, name, code = '', kind = 'same', why] =
    /^- `([^`]*)`(?:, `([^`]+)`)?(?: \((a bit changes|not reached)\))?: (.+)$/.exec(line) ?? [];
  if (why === undefined) throw new Error(`explained.md: ${line}\nis not of the form - \`function\`, \`code\`: why`);
  for (const [test] of why.matchAll(/test\/\w+\.test\.ts/g))
    if (!existsSync(join(import.meta.dirname, '../..', test)))
      throw new Error(`explained.md: ${line}\nthere is no ${test}`);
  rules.push({ file, name, code, kind, why });
}

/** Why a mutant that lives is no gap; undefined: it may be one. */
export const explained = (file, mutant) =>
  rules.find(
    ({ file: of, name, code, kind }) =>
      of === file && name === mutant.in && mutant.code.includes(code) && kind === kindOf(mutant),
  )?.why;
