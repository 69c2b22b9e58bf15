// Whether the wasm in the package is what its own sources make: built from them again, in another folder, by the compiler that
// the package names. And whether the JavaScript hands those very bytes to the host.
import { createHash } from 'node:crypto';
import { cpSync, mkdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { engines } from './commandline.mjs';
import { root, sh } from './scratch.mjs';

const builds = ['relaxed', 'simd', 'scalar'];
const hash = (bytes) => createHash('sha256').update(bytes).digest('hex');

/** Builds the installed package's sources in a new folder; resolves with the bytes of each build. */
async function compile(installed, place) {
  const compiler = join(root, 'node_modules/assemblyscript');
  const { version } = JSON.parse(readFileSync(join(compiler, 'package.json'), 'utf8'));
  const { devDependencies } = JSON.parse(readFileSync(join(installed, 'package.json'), 'utf8'));
  if (version !== devDependencies.assemblyscript)
    throw new Error(`assemblyscript ${version} is here, the package names ${devDependencies.assemblyscript}`);
  mkdirSync(join(place, 'node_modules'), { recursive: true });
  for (const part of ['assembly', 'asconfig.json'])
    cpSync(join(installed, part), join(place, part), { recursive: true });
  symlinkSync(compiler, join(place, 'node_modules/assemblyscript'));
  const asc = (build) =>
    sh(process.execPath, ['node_modules/assemblyscript/bin/asc.js', '--target', build], { cwd: place });
  await Promise.all(builds.map(asc));
  const made = Object.fromEntries(builds.map((build) => [build, readFileSync(join(place, `build/${build}.wasm`))]));
  rmSync(place, { recursive: true });
  return made;
}

export function* reproducible({ folder, installed }) {
  const shipped = (build) => readFileSync(join(installed, `dist/${build}.wasm`));
  const sums = () =>
    Object.fromEntries(
      readFileSync(join(installed, 'dist/SHA256SUMS'), 'utf8')
        .trim()
        .split('\n')
        .map((line) => [line.slice(66, -'.wasm'.length), line.slice(0, 64)]),
    );
  const compare = (build, got, whose) => {
    if (got !== sums()[build]) throw new Error(`${build}.wasm ${whose} has the hash ${got}, not ${sums()[build]}`);
  };

  yield {
    check: 'dist/SHA256SUMS',
    async run() {
      await sh('sha256sum', ['--check', '--strict', 'SHA256SUMS'], { cwd: join(installed, 'dist') });
      for (const build of builds) compare(build, hash(shipped(build)), 'of the package');
      return 'holds the hashes of the three builds';
    },
  };
  yield {
    check: "wasm built again from the package's own sources",
    async run() {
      const made = await compile(installed, join(folder, 'another/in a deeper folder'));
      for (const build of builds) {
        compare(build, hash(made[build]), 'built from the sources');
        if (!made[build].equals(shipped(build))) throw new Error(`${build}.wasm has other bytes`);
      }
      return 'the same bytes and hashes';
    },
  };
  yield {
    check: 'the bytes in the default entry',
    async run() {
      // one that knows relaxed SIMD: where the probe fails nothing is decoded
      const { file } = engines.find(({ runtime }) => runtime === 'Node 26');
      const { stdout } = await sh(file, ['hosts.mjs', 'bytes'], { cwd: folder });
      const given = JSON.parse(stdout);
      for (const build of builds) compare(build, given[build], 'in dist/index.js');
      return 'the same as those of the files';
    },
  };
}
