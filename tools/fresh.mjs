// Whether what is built is of the sources that are here: tests must not run on the wasm of another assembly/.
// vitest calls the default export before the first test; tools/build.mjs calls `record` when it is done.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

const root = dirname(import.meta.dirname);
const compiler = ['node_modules/assemblyscript/package.json', 'tools/build.mjs', 'tools/patch.mjs'];
const wasm = ['build/relaxed.wasm', 'build/simd.wasm', 'build/scalar.wasm', 'src/generated/bytes.ts'];

/** What each step reads and writes: a file that is changed by hand is as stale as one that was left behind. */
const steps = {
  wasm: ['assembly', 'asconfig.json', ...compiler, ...wasm],
  dist: ['src', 'tsconfig.json', 'node_modules/csv-parser/package.json', ...compiler, ...wasm, 'dist'],
};

/** All files of a folder, or the file itself. */
function files(path) {
  if (!existsSync(join(root, path))) return [];
  if (statSync(join(root, path)).isFile()) return [path];
  return readdirSync(join(root, path))
    .sort()
    .flatMap((name) => files(join(path, name)));
}

function hash(step) {
  const sum = createHash('sha256');
  for (const file of steps[step].flatMap(files)) sum.update(`${file}\0`).update(readFileSync(join(root, file)));
  return sum.digest('hex');
}

const recordOf = (step) => join(root, `build/${step}.sha256`);

export const record = (step) => writeFileSync(recordOf(step), hash(step));

export const isFresh = (step) => existsSync(recordOf(step)) && readFileSync(recordOf(step), 'utf8') === hash(step);

/** Builds what is stale and says so; throws with the compiler's words where it cannot be built. */
export function refresh(step) {
  if (isFresh(step)) return;
  const [from, to] = step === 'wasm' ? ['assembly/', 'build/*.wasm'] : ['src/', 'dist/'];
  console.log(`${to} was not built from the present ${from}: node tools/build.mjs ${step}`);
  const { status, stderr } = spawnSync(process.execPath, [join(root, 'tools/build.mjs'), step], { encoding: 'utf8' });
  if (status !== 0) throw new Error(`tools/build.mjs ${step} failed; no test was run\n${stderr}`);
}

/** The fast tests read the wasm, the slow ones the package too. */
export default function setup({ name }) {
  refresh('wasm');
  if (name === 'slow') refresh('dist');
}
