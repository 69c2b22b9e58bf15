// Builds everything: assembly/ -> build/*.wasm -> src/generated/bytes.ts (base64) -> dist/. Usage: node tools/build.mjs [wasm]
import { execFile } from 'node:child_process';
import { copyFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';

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

mkdirSync(join(root, 'build'), { recursive: true });
const asc = join(root, 'node_modules/assemblyscript/bin/asc.js');
await Promise.all(builds.map((build) => run(asc, '--target', build)));

mkdirSync(join(root, 'src/generated'), { recursive: true });
const bytes = builds.map((build) => readFileSync(join(root, `build/${build}.wasm`)).toString('base64'));
writeFileSync(
  join(root, 'src/generated/bytes.ts'),
  `// Written by tools/build.mjs: the wasm builds in base64.\n` +
    builds.map((build, i) => `export const ${build}: string =\n  '${bytes[i]}';\n`).join(''),
);

if (process.argv[2] !== 'wasm') {
  rmSync(join(root, 'dist'), { recursive: true, force: true });
  await run(within('typescript', 'bin/tsc'), '-p', 'tsconfig.json');
  for (const build of builds) copyFileSync(join(root, `build/${build}.wasm`), join(root, `dist/${build}.wasm`));
}
