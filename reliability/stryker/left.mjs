// Prints the mutants of src that live and that explained.md does not explain: node reliability/stryker/left.mjs [FILE or FOLDER of src ...]
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { explained, kindOf } from './explained.mjs';

const root = join(import.meta.dirname, '../..'),
  wanted = process.argv.slice(2),
  { files } = JSON.parse(readFileSync(join(root, 'reliability/results/stryker.json'), 'utf8'));
let count = 0;
for (const [file, { survivors }] of Object.entries(files)) {
  if (wanted.length > 0 && !wanted.some((name) => `/${file}`.includes(`/${name}`))) continue;
  const left = survivors.filter((mutant) => !explained(file, mutant));
  if (left.length > 0) console.log(`\n## ${file}: ${left.length} of ${survivors.length}`);
  for (const mutant of left) {
    const { place, in: name, code, replacement, calls, differs } = mutant;
    const reached = differs ? `, ${differs}` : calls > 0 ? ` in ${calls} calls` : '';
    console.log(`${place} ${name}: ${code} -> ${replacement.split('\n')[0]}   (${kindOf(mutant)}${reached})`);
  }
  count += left.length;
}
console.log(`\n${count} are left`);
