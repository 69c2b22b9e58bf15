// Whether a tag may be published: node tools/release.mjs v1.2.3
// The tag, the version of package.json and of its lock, and the newest section of CHANGELOG.md have to be the same.
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

const root = dirname(import.meta.dirname);
const text = (file) => readFileSync(join(root, file), 'utf8');
const tag = process.argv[2] ?? '';
const wanted = JSON.parse(text('package.json')).version;
const [, section] = /^## (.+)$/m.exec(text('CHANGELOG.md')) ?? [];

const faults = Object.entries({
  'the tag': tag.replace(/^v/, ''),
  'package-lock.json': JSON.parse(text('package-lock.json')).version,
  'the first section of CHANGELOG.md': section,
}).filter(([, found]) => found !== wanted);
for (const [what, found] of faults)
  console.error(`${what} is ${found || 'missing'}; package.json says ${wanted}: make them one`);
process.exit(faults.length === 0 ? 0 : 1);
